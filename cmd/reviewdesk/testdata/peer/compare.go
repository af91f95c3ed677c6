package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// conns are the numbers of connections at which each path is asked.
var conns = [2]int{1, 16}

// compare asks both for the same, by turns, and prints the table.
func (o options) compare(d *desk, p *peer) error {
	for _, s := range []*server{&d.server, &p.server} {
		if err := s.settle(); err != nil {
			return err
		}
	}
	fmt.Printf("%d verifications, %d of them wait (PocketBase: %d). PocketBase v0.36.8. Each path %s at 1 and at 16 connections, %d times by turns; CPU is the server's.\n\n",
		o.cases, p.total, p.total, o.lasts, o.rounds)
	fmt.Println("| path | desk req/s, c1 / c16 | PocketBase | ratio | desk CPU ms, c16 | PocketBase | ratio | desk p50 / p99 ms, c16 | PocketBase | goal |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|")
	for _, path := range paths(d, p) {
		if err := o.one(d, p, path); err != nil {
			return fmt.Errorf("%s: %w", path.name, err)
		}
	}
	if err := exports(d, p, o.cases); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	fmt.Printf("| start to the first 200 | %d ms | %d ms | %.2f | | | | | | 14: < 50 ms |\n", d.ready.Milliseconds(), p.ready.Milliseconds(), float64(d.ready)/float64(p.ready))
	fmt.Printf("| resident: idle, after its queue was walked through / at the peak | %d / %d MiB | %d / %d MiB | %.2f / %.2f | | | | | | 14: < 32 MiB; 15: <= 256 MiB |\n", d.idle/1024, d.resident("VmHWM")/1024,
		p.idle/1024, p.resident("VmHWM")/1024, float64(d.idle)/float64(p.idle), float64(d.resident("VmHWM"))/float64(p.resident("VmHWM")))
	return nil
}

func (o options) one(d *desk, p *peer, path path) error {
	var ours, theirs [2]figure
	var n, m atomic.Int64
	for range o.rounds {
		for i, c := range conns {
			f, err := ask(&d.server, path.desk, c, o.lasts, path.most, &n)
			if err != nil {
				return fmt.Errorf("desk: %w", err)
			}
			ours[i].add(f)
			if f, err = ask(&p.server, path.peer, c, o.lasts, path.most, &m); err != nil {
				return fmt.Errorf("pocketbase: %w", err)
			}
			theirs[i].add(f)
		}
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 }
	fmt.Printf("| %s | %.0f / %.0f | %.0f / %.0f | **%.1f / %.1f** | %.3f | %.3f | **%.3f** | %.1f / %.1f | %.1f / %.1f | %s |\n", path.name,
		ours[0].perSecond(), ours[1].perSecond(), theirs[0].perSecond(), theirs[1].perSecond(), ours[0].perSecond()/theirs[0].perSecond(), ours[1].perSecond()/theirs[1].perSecond(),
		ours[1].cost(), theirs[1].cost(), ours[1].cost()/theirs[1].cost(), ms(ours[1].share(0.5)), ms(ours[1].share(0.99)), ms(theirs[1].share(0.5)), ms(theirs[1].share(0.99)), path.goal)
	return nil
}

// holds checks a status, and how often something stands in the answer; -1: at least once.
func holds(status int, what string, times int) func(int, []byte) error {
	return func(got int, body []byte) error {
		if n := bytes.Count(body, []byte(what)); got != status || what != "" && n != times && (times >= 0 || n == 0) {
			return fmt.Errorf("status %d, want %d; %d times %q, want %d: %.300s", got, status, n, what, times, body)
		}
		return nil
	}
}

const perPage = 50

func paths(d *desk, p *peer) []path {
	list := "/api/collections/verification/records?sort=due_at&perPage=50&filter=" + url.QueryEscape("state='in_review'")
	get := func(path string) asked {
		return asked{func(int) *http.Request { return d.request("GET", path, d.officer, nil) }, holds(200, "<tr data-row", perPage)}
	}
	ask := func(path string) asked {
		return asked{func(int) *http.Request { return p.request("GET", path, nil) }, holds(200, `"collectionId"`, perPage)}
	}
	rows := []path{
		{name: "queue page of 50; PocketBase with its total", goal: "2: req/s >= 15, p99 <= 0.1", desk: get("/queue"), peer: ask(list)},
		{name: "queue page of 50; PocketBase without total", goal: "3: req/s >= 5 at c16, CPU <= 0.20", desk: get("/queue"), peer: ask(list + "&skipTotal=1")},
		{name: fmt.Sprintf("page at depth %d", d.depth), goal: "4: CPU <= 0.1", desk: get(d.deep), peer: ask(fmt.Sprintf("%s&skipTotal=1&page=%d", list, d.depth/perPage+1))},
		{name: "search of a rare name", goal: "5: >= 100",
			desk: asked{func(int) *http.Request {
				return d.request("GET", "/queue?"+url.Values{"status": {"all"}, "q": {d.rare}}.Encode(), d.officer, nil)
			}, holds(200, "<tr data-row", -1)},
			peer: asked{func(int) *http.Request {
				return p.request("GET", "/api/collections/verification/records?perPage=50&skipTotal=1&filter="+url.QueryEscape("name~'"+rareName[:20]+"'"), nil)
			}, holds(200, `"collectionId"`, 1)}},
	}
	return append(rows, onCases(d, p)...)
}

// onCases are the paths that take another case each time. Looks begin at the top of the
// queue, decisions at the end of what was met.
func onCases(d *desk, p *peer) []path {
	last := func(ids []string, n int) string { return ids[len(ids)-1-n%len(ids)] }
	reject := url.Values{"action": {"reject"}, "version": {"1"}, "ground": {"document_altered"}, "note": {"The second line of the zone does not add up."},
		"return": {"/queue"}} // the next case is the one that this officer holds already
	create := []byte(`{"type":"kyc","method":"id_and_selfie"}`)
	return []path{
		{name: "a case with its history, each look recorded; record with expand", goal: "6: >= 3",
			desk: asked{func(n int) *http.Request {
				return d.request("GET", "/verifications/"+d.ids[n%len(d.ids)], d.officer, nil)
			}, holds(200, `id="history"`, 1)},
			peer: asked{func(n int) *http.Request {
				return p.request("GET", "/api/collections/verification/records/"+p.ids[n%len(p.ids)]+"?expand=finding_via_verification,event_via_verification", nil)
			}, holds(200, `"kind"`, 3)}},
		{name: "decision with its audit rows; batch of an update and two rows", goal: "7: >= 5 at c16", most: 1000,
			desk: asked{func(n int) *http.Request {
				return d.request("POST", "/verifications/"+last(d.ids, n)+"/decision", d.officer, reject)
			}, holds(303, "", 0)},
			peer: asked{func(n int) *http.Request { return p.request("POST", "/api/batch", decisionBatch(last(p.ids, n))) }, holds(200, `"status":200`, 3)}},
		{name: "create", goal: "12: >= 3 at c16", most: 1500,
			desk: asked{func(n int) *http.Request {
				r, _ := http.NewRequest("POST", d.url+"/api/identity_verifications", bytes.NewReader(create))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", "Bearer "+d.tokens[n%len(d.tokens)])
				return r
			}, holds(201, "", 0)},
			peer: asked{func(n int) *http.Request {
				return p.request("POST", "/api/collections/verification/records", map[string]any{"provider": "cybrid", "provider_id": fmt.Sprintf("new-%d-%d", time.Now().UnixNano(), n),
					"method": "id_and_selfie", "state": "arriving", "version": 1, "created_at": stamp(time.Now())})
			}, holds(200, `"collectionId"`, 1)}},
	}
}

// decisionBatch changes the case and writes what was decided and that it was, as the
// desk does, in PocketBase's one transaction.
func decisionBatch(id string) any {
	at := stamp(time.Now())
	event := func(kind, note string) map[string]any {
		return map[string]any{"method": "POST", "url": "/api/collections/event/records", "body": map[string]any{"verification": id, "kind": kind, "actor": peerEmail, "at": at, "note": note}}
	}
	return map[string]any{"requests": []any{
		map[string]any{"method": "PATCH", "url": "/api/collections/verification/records/" + id, "body": map[string]any{"state": "failed", "outcome": "reject", "decided_at": at,
			"decided_by": peerEmail, "ground": "document_altered", "note": "The second line of the zone does not add up.", "version+": 1}},
		event("decided", "document_altered"), event("audited", "The second line of the zone does not add up."),
	}}
}

// mostExported is how many rows are taken of a large export.
const mostExported = 200_000

// exports takes both exports of the same rows: the desk's one answer, and PocketBase's
// pages of a thousand by key.
func exports(d *desk, p *peer, cases int) error {
	ours, first, err := deskExport(d)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	theirs, err := peerExport(p, min(cases, mostExported))
	if err != nil {
		return fmt.Errorf("pocketbase: %w", err)
	}
	fmt.Printf("| export of verifications, rows/s (first byte after %d ms) | %.0f | %.0f | **%.1f** | %.4f a row | %.4f | **%.3f** | | | 10: >= 15 |\n", first.Milliseconds(),
		ours.perSecond(), theirs.perSecond(), ours.perSecond()/theirs.perSecond(), ours.cost(), theirs.cost(), ours.cost()/theirs.cost())
	return nil
}

func deskExport(d *desk) (f figure, first time.Duration, err error) {
	began, cpu := time.Now(), d.cpu()
	res, err := client.Do(d.request("GET", "/export/verifications.csv", d.auditor, nil))
	if err != nil {
		return f, 0, err
	}
	defer res.Body.Close()
	buf := make([]byte, 256<<10)
	for err == nil {
		var n int
		n, err = res.Body.Read(buf)
		if first == 0 {
			first = time.Since(began)
		}
		f.n += bytes.Count(buf[:n], []byte("\n"))
	}
	f.took, f.cpu = time.Since(began), d.cpu()-cpu
	if errors.Is(err, io.EOF) && res.StatusCode == http.StatusOK {
		err = nil
	}
	return f, first, err
}

func peerExport(p *peer, rows int) (f figure, err error) {
	began, cpu, after := time.Now(), p.cpu(), ""
	for f.n < rows {
		body, err := p.get("/api/collections/verification/records?sort=id&perPage=1000&skipTotal=1&filter=" + url.QueryEscape("id>'"+after+"'"))
		if err != nil {
			return f, err
		}
		var list struct{ Items []struct{ ID string } }
		if err := json.Unmarshal(body, &list); err != nil {
			return f, err
		}
		if len(list.Items) == 0 {
			break
		}
		f.n, after = f.n+len(list.Items), list.Items[len(list.Items)-1].ID
	}
	f.took, f.cpu = time.Since(began), p.cpu()-cpu
	log.Print(strings.TrimSpace(fmt.Sprintf("exported %d rows of PocketBase", f.n)))
	return f, nil
}
