package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
	"reviewdesk/views"
)

var sixteen = gauge.Work{Workers: 16}

// hotPaths are those. Those that only read come first.
var hotPaths = []hotPath{
	listPath("queue-first", 1, "", func(*desk) (string, []any) { return "/queue", nil }),
	listPath("queue-first-16", 16, "", func(*desk) (string, []any) { return "/queue", nil }),
	listPath("queue-deep", 1, "v.status = 'in_review' AND (v.due_at, v.seq) > (?, ?)", (*desk).deepPlace),
	filterPath("provider", "v.provider = ?", func(*desk) string { return "coinify" }),
	filterPath("country", "v.country = ?", func(d *desk) string { return d.country }),
	filterPath("severity", "v.severity >= 3 AND ? <> ''", func(*desk) string { return "high" }),
	filterPath("code", "EXISTS (SELECT 1 FROM finding f WHERE f.v = v.seq AND f.code = ?)", func(d *desk) string { return d.code }),
	searchPath("search-rare", (*desk).rareName),
	searchPath("search-common", func(*desk) string { return "ma" }),
	listPath("search-id", 1, "v.id = ?", (*desk).fragment),
	{name: "render-queue", desk: (*desk).renderQueue, floor: func(d *desk) operation { return d.floorPage(1, "/queue", "") }},
	programPath("api-list-first", func(*desk) string { return "" }),
	programPath("api-list-100", func(*desk) string { return "?per_page=100" }),
	programPath("api-list-reviewing", func(*desk) string { return "?state=reviewing" }),
	programPath("api-list-none", func(*desk) string { return "?state=storing" }),
	programPath("api-list-customer", func(d *desk) string { return "?customer_guid=" + d.customer() }),
	programPath("api-list-deepest", func(d *desk) string { return fmt.Sprintf("?page=%d", max(0, d.count("provider = 'cybrid'")/10-1)) }),
	{name: "export-csv-row", rows: true, desk: (*desk).exportCSV, floor: (*desk).floorExport},

	{name: "case", desk: viewCases(1), floor: floorCase(1)},
	{name: "case-16", work: sixteen, desk: viewCases(16), floor: floorCase(16)},
	{name: "decide", desk: decideCases(1), floor: floorWrites(1, decisionRows)},
	{name: "decide-16", work: sixteen, desk: decideCases(16), floor: floorWrites(16, decisionRows)},
	{name: "create", desk: createCases(1), floor: floorWrites(1, creationRows)},
	{name: "create-16", work: sixteen, desk: createCases(16), floor: floorWrites(16, creationRows)},
}

// listPath asks for a page of the list again and again; the floor reads the same rows.
func listPath(name string, workers int, where string, what func(*desk) (address string, args []any)) hotPath {
	if where == "" {
		where = "v.status = 'in_review'"
	}
	return hotPath{name: name, work: gauge.Work{Workers: workers},
		desk: func(d *desk, _ int) operation {
			address, _ := what(d)
			return d.asking(workers, address)
		},
		floor: func(d *desk) operation {
			address, args := what(d)
			return d.floorPage(workers, address, floorList(where, "v.due_at, v.seq", "LIMIT 51"), args...)
		}}
}

// filterPath narrows the queue.
func filterPath(field, where string, value func(*desk) string) hotPath {
	return listPath("queue-by-"+field, 1, "v.status = 'in_review' AND "+where, func(d *desk) (string, []any) {
		v := value(d)
		return "/queue?" + url.Values{field: {v}}.Encode(), []any{v}
	})
}

// searchPath seeks a name among all cases, newest first.
func searchPath(name string, words func(*desk) string) hotPath {
	address := func(d *desk) string { return "/queue?" + url.Values{"status": {"all"}, "q": {words(d)}}.Encode() }
	return hotPath{name: name,
		desk: func(d *desk, _ int) operation { return d.asking(1, address(d)) },
		floor: func(d *desk) operation {
			match := `"` + strings.Join(strings.Fields(words(d)), `" * AND "`) + `" *`
			return d.floorPage(1, address(d), floorList("v.seq IN (SELECT rowid FROM search WHERE search MATCH ?)", "v.created_at DESC, v.seq DESC", "LIMIT 51"), match)
		}}
}

// programPath asks for ten verifications as a program does.
func programPath(name string, query func(*desk) string) hotPath {
	return hotPath{name: name,
		desk: func(d *desk, _ int) operation {
			l, p := d.officers(1, review.RoleReviewer)[0], d.bank()
			request := written(p.request(http.MethodGet, identityVerifications+query(d), ""))
			return func(int) error { return l.must(request, http.StatusOK) }
		},
		floor: func(d *desk) operation {
			return d.floorPage(1, identityVerifications, floorObjects)
		}}
}

func (l *line) must(request []byte, status int) error {
	_, err := l.ask(request, status)
	return err
}

// asking asks for one page over and over.
func (d *desk) asking(workers int, address string) operation {
	officers := d.officers(workers, review.RoleReviewer)
	requests := make([][]byte, workers)
	for i, l := range officers {
		requests[i] = written(l.request(http.MethodGet, address, nil))
	}
	return func(worker int) error { return officers[worker].must(requests[worker], http.StatusOK) }
}

// deepPlace is nine tenths down the queue.
func (d *desk) deepPlace() (string, []any) { return d.deep, []any{d.deepAt.At, d.deepAt.Seq} }

// usual is what a column of the queue's cases says most often.
func (d *desk) usual(column string) string {
	all := d.query(`SELECT ` + column + ` FROM verification v LEFT JOIN finding f ON f.v = v.seq WHERE v.status = 'in_review' AND ` + column + ` <> '' GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1`)
	if len(all) == 0 {
		d.b.Fatal("the queue holds nothing in ", column)
	}
	return all[0].(string)
}

// rareName is the whole name of somebody in the middle of the desk.
func (d *desk) rareName() string {
	return d.query(`SELECT s.name FROM verification v JOIN subject s ON s.id = v.subject WHERE v.seq >= ? AND s.name <> '' ORDER BY v.seq LIMIT 1`, d.size/2)[0].(string)
}

// fragment is a search for seven characters from within the id of a case in the middle.
func (d *desk) fragment() (address string, args []any) {
	id := d.query(`SELECT id FROM verification WHERE seq >= ? ORDER BY seq LIMIT 1`, d.size/2)[0].(string)
	return "/queue?" + url.Values{"status": {"all"}, "q": {"id:" + id[1:8]}}.Encode(), []any{id}
}

// customer is somebody whose verifications a platform may ask for.
func (d *desk) customer() string {
	return d.query(`SELECT s.reference FROM verification v JOIN subject s ON s.id = v.subject WHERE v.seq >= ? AND v.provider = 'cybrid' AND s.reference <> '' ORDER BY v.seq LIMIT 1`, d.size/2)[0].(string)
}

func (d *desk) count(where string) int {
	return int(d.query(`SELECT COUNT(*) FROM verification WHERE ` + where)[0].(int64))
}

// renderQueue draws the queue's page from rows that have been read.
func (d *desk) renderQueue(int) operation {
	who := d.officers(1, review.RoleReviewer)[0].who
	r := httptest.NewRequest(http.MethodGet, "/queue", nil).WithContext(d.visitor(who))
	l, err := d.server.listing(r, r.URL.Query())
	if err != nil {
		d.b.Fatal(err)
	}
	rows, err := d.List(d.b.Context(), l.filter, db.Cursor{}, pageSize)
	if err != nil {
		d.b.Fatal(err)
	}
	p, err := d.server.queuePage(httptest.NewRecorder(), r, l, rows)
	if err != nil {
		d.b.Fatal(err)
	}
	return func(int) error {
		return d.server.render(&headersOnly{header: http.Header{}}, r, http.StatusOK, views.Queue(p))
	}
}

func (d *desk) exportCSV(int) operation {
	l := d.officers(1, review.RoleAuditor)[0]
	request := written(l.request(http.MethodGet, "/export/verifications.csv", nil))
	return func(int) error { return l.must(request, http.StatusOK) }
}

// viewCases opens one case after the other, each of which is recorded: nobody opens the
// same one twice within a minute.
func viewCases(workers int) func(*desk, int) operation {
	return func(d *desk, _ int) operation {
		const place = "CASE"
		officers := d.officers(workers, review.RoleReviewer)
		requests := make([][]byte, workers)
		for i, l := range officers {
			requests[i] = written(l.request(http.MethodGet, "/verifications/"+place, nil))
		}
		return func(worker int) error {
			n := int(d.viewed.Add(1))
			if n%len(d.cases) == 0 {
				d.Clock.Move(time.Minute + time.Second)
			}
			return officers[worker].must(bytes.Replace(requests[worker], []byte(place), []byte(d.cases[n%len(d.cases)]), 1), http.StatusOK)
		}
	}
}

// decideCases has officers decide one case after the other. With each decision they are
// given the next case, which is theirs then.
func decideCases(workers int) func(*desk, int) operation {
	return func(d *desk, n int) operation {
		d.freshCases(n + workers)
		officers := d.officers(workers, review.RoleReviewer)
		for _, l := range officers {
			if err := l.act("/queue/next", "return", "/queue"); err != nil {
				d.b.Fatal(err)
			}
		}
		return func(worker int) error {
			l := officers[worker]
			return l.act(l.at+"/decision", "action", "approve", "version", "1", "ground", "evidence_agrees", "note", goodNote)
		}
	}
}

// act sends a form, and goes to the case that the desk then shows.
func (l *line) act(path string, pairs ...string) error {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	location, err := l.ask(written(l.request(http.MethodPost, path, form)), http.StatusSeeOther)
	if err != nil {
		return err
	}
	if l.at, _, _ = strings.Cut(location, "?"); !strings.HasPrefix(l.at, "/verifications/") {
		return fmt.Errorf("%s led to %s", path, location)
	}
	return nil
}

func createCases(workers int) func(*desk, int) operation {
	return func(d *desk, _ int) operation {
		lines, p := d.officers(workers, review.RoleReviewer), d.bank()
		request := written(p.request(http.MethodPost, identityVerifications, plainRequest))
		return func(worker int) error { return lines[worker].must(request, http.StatusCreated) }
	}
}
