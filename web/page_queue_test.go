package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// listed are the ids of a list's rows, in order.
func listed(t testing.TB, doc *goquery.Document) []string {
	t.Helper()
	var out []string
	doc.Find("tr[data-row]").Each(func(_ int, row *goquery.Selection) {
		id, _ := row.Attr("data-id")
		out = append(out, id)
	})
	return out
}

// list opens a list.
func (b *browser) list(query string) *goquery.Document {
	b.d.t.Helper()
	w := b.get("/queue" + query)
	wantStatus(b.d.t, w, http.StatusOK)
	return page(b.d.t, w)
}

func link(doc *goquery.Document, selector string) string {
	href, _ := doc.Find(selector).First().Attr("href")
	return href
}

// many takes in n cases that wait, each a minute older than the one before.
func (d *testDesk) many(n int) []string {
	d.t.Helper()
	ids := make([]string, n)
	for i := range n {
		at := dbtest.Start.Add(-time.Duration(i+1) * time.Minute).Format(time.RFC3339)
		ids[n-1-i] = d.take(review.Cybrid, review.Row{ID: fmt.Sprintf("%032x", i+1), State: "reviewing", CreatedAt: at, UpdatedAt: at,
			Subject: review.Reading{Name: fmt.Sprintf("Applicant %d", i)}, Codes: []string{plainCode}}, nil)
	}
	return ids // the longest waiting first
}

func TestPagingRunsThroughEveryCaseForwardsAndBackwards(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	want := d.many(120)
	for _, sort := range []string{"", "oldest", "newest"} {
		t.Run("sort "+sort, func(t *testing.T) {
			want := slices.Clone(want)
			query := ""
			if sort != "" {
				query = "?sort=" + sort
			}
			if sort == "newest" {
				slices.Reverse(want)
			}
			var forth []string
			var ranges []string
			doc := b.list(query)
			for {
				forth = append(forth, listed(t, doc)...)
				ranges = append(ranges, strings.TrimSpace(doc.Find(".filters .paging .num").Text()))
				next := link(doc, ".filters [rel=next]")
				if next == "" {
					break
				}
				doc = b.list(strings.TrimPrefix(next, "/queue"))
			}
			if !slices.Equal(forth, want) {
				t.Errorf("forwards there are %d of %d cases in order", len(forth), len(want))
			}
			if !slices.Equal(ranges, []string{"1 to 50 of 120", "51 to 100 of 120", "101 to 120 of 120"}) {
				t.Errorf("the pages say %q", ranges)
			}
			back := listed(t, doc)
			for {
				previous := link(doc, ".filters [rel=prev]")
				if previous == "" {
					break
				}
				doc = b.list(strings.TrimPrefix(previous, "/queue"))
				back = append(listed(t, doc), back...)
			}
			if !slices.Equal(back, want) {
				t.Errorf("backwards there are %d of %d cases in order", len(back), len(want))
			}
			if got := strings.TrimSpace(doc.Find(".filters .paging .num").Text()); got != "1 to 50 of 120" {
				t.Errorf("back at the beginning the page says %q", got)
			}
		})
	}
}

func TestAMadeUpPlaceInAListIsRefused(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	coded := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, text := range []string{"x", "%00", coded("1.2"), coded("1.2.3.4"), coded("-1.2.3"), coded("1.0.0"), coded("1.2.3 OR 1=1"), coded("+1.2.3"), coded("99999999999999999999.1.0")} {
		for _, field := range []string{"after", "before"} {
			wantStatus(t, b.get("/queue?"+field+"="+text), http.StatusBadRequest)
		}
	}
	good := place{rows: 3}
	good.At, good.Seq = 1, 2
	wantStatus(t, b.get("/queue?after="+good.String()), http.StatusOK)
	wantStatus(t, b.get("/queue?after="+good.String()+"&before="+good.String()), http.StatusBadRequest)
}

// mixed is a desk with one case of each kind, by name.
func mixed(t *testing.T) (d *testDesk, b *browser, a db.Account, ids map[string]string) {
	d = newTestDesk(t)
	b, a = d.signedIn(review.RoleSenior)
	jonas := d.officer("Jonas Lind", review.RoleReviewer)
	ids = map[string]string{
		"plain":   d.Cybrid(1, "Ines Moreau", plainCode),
		"grave":   d.Cybrid(2, "Noor El-Sayed", graveCode, plainCode),
		"attempt": d.Coinify(3, "Aoife Ní Bhriain", coinifyCode),
		"mine":    d.Cybrid(4, "Kwame Mensah", plainCode),
		"passed":  d.Cybrid(5, "Sofia Papadopoulou", plainCode),
		"failed":  d.Coinify(6, "Tomasz Wójcik", coinifyCode),
		"second":  d.Cybrid(7, "Priya Raghunathan", graveCode),
		"german": d.take(review.Coinify, review.Row{ID: "0cf12488-0dcf-4f99-96c4-e1ec879c906d", State: "rejected", Reason: "MANUAL_REVIEW", CreatedAt: "2026-11-22T08:30:00Z",
			UpdatedAt: "2026-11-22T08:30:00Z", Subject: review.Reading{Name: "Jürgen Groß", Country: "DE"}, Document: review.Document{Kind: "passport", Country: "DE"}, Codes: []string{newCode}}, nil),
		"arriving": d.take(review.Cybrid, review.Row{ID: "abcd" + strings.Repeat("0", 28), State: "pending", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z"}, nil),
		"lapsed":   d.take(review.Cybrid, review.Row{ID: "abce" + strings.Repeat("0", 28), State: "expired", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z"}, nil),
	}
	next := ""
	for _, w := range []struct {
		id, action string
	}{{ids["passed"], "approve"}, {ids["failed"], "reject"}, {ids["second"], "reject"}} {
		got := jonas.decide(w.id, w.action)
		wantStatus(t, got, http.StatusSeeOther)
		next = got.Header().Get("Location")
		d.Clock.Move(time.Minute)
	}
	held, _, _ := strings.Cut(strings.TrimPrefix(next, "/verifications/"), "?") // the case that Jonas was given next
	wantStatus(t, jonas.post("/verifications/"+held+"/release"), http.StatusSeeOther)
	wantStatus(t, b.post("/verifications/"+ids["mine"]+"/claim"), http.StatusSeeOther)
	return d, b, a, ids
}

func TestEachFilterShowsItsCasesAndNoOthers(t *testing.T) {
	_, b, a, ids := mixed(t)
	for query, want := range map[string][]string{
		"":                                   {"plain", "grave", "attempt", "mine", "german"},
		"?provider=coinify":                  {"attempt", "german"},
		"?code=" + graveCode:                 {"grave"},
		"?code=" + newCode:                   {"german"},
		"?q=" + strings.ToUpper(graveCode):   {"grave"}, // a code typed into the search
		"?q=%20" + plainCode + "%20":         {"plain", "grave", "mine"},
		"?severity=high":                     {"grave", "german"},
		"?severity=critical":                 {},
		"?due=over":                          {},
		"?country=DE":                        {"german"},
		"?country=de":                        {"german"},
		"?owner=me":                          {"mine"},
		"?owner=" + a.ID:                     {"mine"},
		"?owner=none":                        {"plain", "grave", "attempt", "german"},
		"?status=decided":                    {"failed", "passed"},
		"?status=passed":                     {"passed"},
		"?status=failed":                     {"failed"},
		"?status=second_review":              {"second"},
		"?status=arriving":                   {"arriving"},
		"?status=lapsed":                     {"lapsed"},
		"?status=all&q=moreau":               {"plain"},
		"?q=IA-0CF1-2488":                    {"german"}, // a short id
		"?q=ia-0cf1-24":                      {"german"}, // as far as it is typed
		"?q=IA-0CF1":                         {"german"},
		"?provider=cybrid&severity=low&q=el": {"grave"},
		"?status=all":                        {"plain", "grave", "attempt", "mine", "passed", "failed", "second", "german", "arriving", "lapsed"},
	} {
		var names []string
		for _, id := range listed(t, b.list(query)) {
			for name, known := range ids {
				if known == id {
					names = append(names, name)
				}
			}
		}
		if query != "?status=decided" { // the latest decision first
			slices.Sort(names)
			slices.Sort(want)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%q lists %q, want %q", query, names, want)
		}
	}
}

func TestAFilterThatCannotBeReadIsToldByItsName(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	for _, query := range []string{"provider=x", "severity=worst", "country=Spain", "owner=you", "status=new", "sort=up", "q=" + strings.Repeat("a", 201)} {
		w := b.get("/queue?" + query)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		field, _, _ := strings.Cut(query, "=")
		if !strings.Contains(text(w), field+": ") {
			t.Errorf("%q is answered %q", query, text(w))
		}
	}
}

func TestAFragmentOfANameIsFoundInAnyScript(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	names := []string{"Lucía Fernández Quispe", "王小明", "أحمد عبد الرحمن", "Дмитрий Шостакович", "Đặng Thị Hương", "Γιώργος Παπαδόπουλος"}
	ids := map[string]string{}
	for i, name := range names {
		ids[name] = d.Cybrid(i+1, name, plainCode)
	}
	for query, want := range map[string]string{
		"nández": names[0], "NANDEZ": names[0], "quis": names[0], "小明": names[1], "明": names[1], "حمن": names[2],
		"такович": names[3], "ШОСТА": names[3], "huong": names[4], "παπα": names[5], "lucía quispe": names[0],
	} {
		if got := listed(t, b.list("?q="+url.QueryEscape(query))); !slices.Equal(got, []string{ids[want]}) {
			t.Errorf("%q finds %q, want %s", query, got, want)
		}
	}
	doc := b.list("?q=" + url.QueryEscape("nobody at all"))
	if got := strings.Join(strings.Fields(doc.Find(".empty").Text()), " "); !strings.Contains(got, "No case matches this filter") || !strings.Contains(got, "6 cases wait without it.") || link(doc, ".empty a") != "/queue" {
		t.Errorf("nothing found says %q", got)
	}
	if got, _ := doc.Find("#q").Attr("value"); got != "nobody at all" {
		t.Errorf("the search box holds %q", got)
	}
}

func TestAFilterFormKeepsTheOtherFilters(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	d.Cybrid(1, "Ines Moreau", plainCode)
	doc := b.list("?provider=cybrid&severity=low&q=ines&sort=newest&bogus=1")
	form := doc.Find("select[name=severity]").Closest("form")
	kept := map[string]string{}
	form.Find("input[type=hidden]").Each(func(_ int, field *goquery.Selection) {
		name, _ := field.Attr("name")
		kept[name], _ = field.Attr("value")
	})
	if len(kept) != 3 || kept["provider"] != "cybrid" || kept["q"] != "ines" || kept["sort"] != "newest" {
		t.Errorf("the form keeps %v", kept)
	}
	if got, _ := form.Find("option[selected]").Attr("value"); got != "low" {
		t.Errorf("chosen is %q", got)
	}
	if got := link(doc, "[aria-label='Remove filter: Severity']"); got != "/queue?provider=cybrid&q=ines&sort=newest" {
		t.Errorf("without the filter: %q", got)
	}
	if got := doc.Find(".filters").Text(); !strings.Contains(got, "Clear 3 filters") {
		t.Errorf("the filters say %q", got)
	}
}

func TestTheQueueCountsWhatWaits(t *testing.T) {
	_, b, _, _ := mixed(t)
	doc := b.list("")
	segments := strings.Join(strings.Fields(doc.Find("nav[aria-label=State]").Text()), " ")
	if segments != "All 5reviewing 3MANUAL_REVIEW 2" {
		t.Errorf("the segments say %q", segments)
	}
	kpis := strings.Join(strings.Fields(doc.Find(".kpis").Text()), " ")
	for _, want := range []string{"Waiting for review5 1 claimed", "Over the 24 h target0 all within it", "Decided today2 1 approved", "Median time to decide1h 02m"} {
		if !strings.Contains(kpis, want) {
			t.Errorf("the numbers do not say %q: %q", want, kpis)
		}
	}
	decided := b.list("?status=decided")
	if got := strings.Join(strings.Fields(decided.Find("nav[aria-label=State]").Text()), " "); got != "Decided Passed Failed" {
		t.Errorf("the outcomes say %q", got)
	}
	row := strings.Join(strings.Fields(decided.Find("tr[data-row]").First().Text()), " ")
	if !strings.Contains(row, "Tomasz Wójcik") || !strings.Contains(row, "rejected") || !strings.Contains(row, "Jonas Lind") || !strings.Contains(row, "min ago") {
		t.Errorf("a decided row reads %q", row)
	}
}

func TestWaitingTurnsAmberAtFourFifthsAndRedAtTheTarget(t *testing.T) {
	since := dbtest.Start
	due := since.Add(review.Target)
	for _, c := range []struct {
		gone         time.Duration
		words, level string
		step         int
	}{
		{0, "0m", "", 0}, {59 * time.Minute, "59m", "", 0}, {12*time.Hour + 5*time.Minute, "12h 05m", "", 10},
		{review.Target*4/5 - time.Second, "19h 11m", "", 15}, {review.Target * 4 / 5, "19h 12m", "amber", 16},
		{review.Target - time.Second, "23h 59m", "amber", 19}, {review.Target, "1d 0h", "red", 20}, {52 * time.Hour, "2d 4h", "red", 20}, {72 * time.Hour, "3d 0h", "red", 20}, {-time.Hour, "0m", "", 0},
	} {
		words, level, word, step := waiting(since, due, since.Add(c.gone), 48*time.Hour)
		if past := strings.HasPrefix(word, "over the limit"); past != (c.gone >= 72*time.Hour) {
			t.Errorf("after %s it says %q", c.gone, word)
		}
		if words != c.words || level != c.level || step != c.step {
			t.Errorf("after %s: %q, %q, step %d; want %q, %q, %d", c.gone, words, level, step, c.words, c.level, c.step)
		}
	}
}

func TestOnlyThoseWithTheRightAreOfferedToExportOrToWork(t *testing.T) {
	d := newTestDesk(t)
	d.Cybrid(1, "Ines Moreau", plainCode)
	for _, role := range []review.Role{review.RoleReviewer, review.RoleSenior, review.RoleAuditor} {
		b, _ := d.signedIn(role)
		doc := b.list("?provider=cybrid&sort=newest")
		export := link(doc, "a[href^='/export/']")
		if role.May(review.RightExport) != (export == "/export/verifications.csv?provider=cybrid&status=in_review") {
			t.Errorf("%s exports by %q", role, export)
		}
		if next := doc.Find("form[action='/queue/next']").Length() == 1; next != role.May(review.RightDecide) {
			t.Errorf("%s is offered to review next: %v", role, next)
		}
	}
}

func TestAnEmptyQueueSaysThatNothingWaits(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	if got := b.list("").Find(".empty").Text(); !strings.Contains(got, "Nothing waits for review") {
		t.Errorf("it says %q", got)
	}
	if got := b.list("?status=decided").Find(".empty").Text(); !strings.Contains(got, "Nothing has been decided yet") {
		t.Errorf("it says %q", got)
	}
}

func TestAnEmptyListSaysWhatWouldBeInIt(t *testing.T) {
	d := newTestDesk(t)
	d.Cybrid(1, "Ines Moreau", plainCode)
	b, _ := d.signedIn(review.RoleSenior)
	for query, want := range map[string]string{
		"?owner=me":                   "You hold no case",
		"?work=aside":                 "No case is set aside",
		"?work=reopen":                "Nobody asks to reopen a case",
		"?work=escalated":             "No case waits for the seniors",
		"?due=over":                   "No case is over its target",
		"?status=second_review":       "Nothing waits for a second person",
		"?due=over&country=FR":        "No case matches these 2 filters",
		"?work=aside&q=nobody":        "No case matches these 2 filters",
		"?country=FR":                 "No case matches this filter",
		"?status=decided":             "Nothing has been decided yet",
		"?status=decided&country=FR":  "No case matches this filter",
		"?status=second_review&q=abc": "No case matches this filter",
	} {
		if got := strings.Join(strings.Fields(b.list(query).Find(".empty").Text()), " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s says %q", query, got)
		}
	}
}
