package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// series reads Prometheus' text format, as strictly as it is defined: each family is
// declared once before its figures, no figure comes twice.
func series(t *testing.T, text string) map[string]float64 {
	t.Helper()
	line := regexp.MustCompile(`^([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? ([-+0-9.e]+|\+Inf)$`)
	kinds, all := map[string]string{}, map[string]float64{}
	for l := range strings.Lines(text) {
		l = strings.TrimSuffix(l, "\n")
		if rest, is := strings.CutPrefix(l, "# TYPE "); is {
			name, kind, _ := strings.Cut(rest, " ")
			if kinds[name] != "" {
				t.Errorf("%s is declared twice", name)
			}
			kinds[name] = kind
		}
		if strings.HasPrefix(l, "#") {
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("no figure: %q", l)
		}
		family := m[1]
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if cut, is := strings.CutSuffix(m[1], suffix); is && kinds[cut] == "histogram" {
				family = cut
			}
		}
		if kinds[family] == "" {
			t.Errorf("%s is not declared", m[1])
		}
		if _, twice := all[m[1]+m[2]]; twice {
			t.Errorf("%s%s comes twice", m[1], m[2])
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Error(err)
		}
		all[m[1]+m[2]] = v
	}
	return all
}

func TestMetricsTellHowTheDeskStands(t *testing.T) {
	d := newTestDesk(t)
	if _, _, err := d.AddEndpoint(t.Context(), db.System("test"), db.NewEndpoint{Provider: review.Cybrid, URL: "https://platform.example/in"}); err != nil {
		t.Fatal(err)
	}
	id, marks := d.marked()
	ana, _ := d.signedIn(review.RoleReviewer)
	plain := d.Cybrid(1, "Ines Moreau")
	d.Coinify(2, "Olu Adebayo")
	wantStatus(t, ana.get("/verifications/"+id), http.StatusOK)
	wantStatus(t, ana.get("/verifications/"+plain), http.StatusOK)
	wantStatus(t, ana.get("/nosuch\"page"), http.StatusNotFound)
	wantStatus(t, ana.post("/verifications/"+plain+"/decision", "action", "approve", "version", "1", "ground", "evidence_agrees", "note", "Read by eye, all agrees."), http.StatusSeeOther)
	d.Clock.Move(time.Hour)

	here := d.browser()
	here.address = "127.0.0.1:999"
	w := here.get("/metrics")
	if wantStatus(t, w, http.StatusOK); w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Error(w.Header())
	}
	text := w.Body.String()
	for _, m := range append(marks, id, plain, "nosuch") {
		if strings.Contains(strings.ToLower(text), m) {
			t.Errorf("the metrics hold %q", m)
		}
	}
	got := series(t, text)
	head, _, err := d.Checkpointed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		`reviewdesk_requests_total{route="GET /verifications/{id}",status="200"}`:      2,
		`reviewdesk_requests_total{route="",status="404"}`:                             1,
		`reviewdesk_request_seconds_count{route="GET /verifications/{id}"}`:            2,
		`reviewdesk_request_seconds_bucket{route="GET /verifications/{id}",le="+Inf"}`: 2,
		`reviewdesk_cases{provider="cybrid",status="in_review"}`:                       1,
		`reviewdesk_cases{provider="cybrid",status="passed"}`:                          1,
		`reviewdesk_cases{provider="coinify",status="in_review"}`:                      1,
		`reviewdesk_oldest_case_seconds{provider="coinify",status="in_review"}`:        d.Clock.Now().Sub(dbtest.Start.Add(-time.Hour)).Seconds(),
		`reviewdesk_decisions_total{outcome="approved"}`:                               1,
		`reviewdesk_decisions_total{outcome="rejected"}`:                               0,
		`reviewdesk_log_events`:        float64(head.Size),
		`reviewdesk_anchor_lag_events`: 0,
		`reviewdesk_sealed`:            0,
		`reviewdesk_writable`:          1,
		`reviewdesk_outbox_waiting`:    1,
		`reviewdesk_witness_quorum`:    0,
	} {
		if v, known := got[name]; !known || v != want {
			t.Errorf("%s is %v (known: %v), want %v", name, v, known, want)
		}
	}
	for _, name := range []string{"reviewdesk_commit_seconds_count", "reviewdesk_commit_batch_sum", "reviewdesk_database_bytes", "reviewdesk_anchor_bytes", "reviewdesk_outbox_lag_seconds", "reviewdesk_commit_seconds_sum"} {
		if got[name] <= 0 {
			t.Errorf("%s is %v", name, got[name])
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestMetricsAreForThisMachineAndTheTokenOnly(t *testing.T) {
	d := newTestDesk(t)
	ask := func(address string, headers ...string) int {
		b := d.browser()
		b.address = address
		r := b.request("GET", "/metrics", nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		return b.send(r).Code
	}
	const token = "scrape-me-if-you-can-2026"
	check := func(want int, address string, headers ...string) {
		t.Helper()
		if got := ask(address, headers...); got != want {
			t.Errorf("%s with %q: %d, want %d", address, headers, got, want)
		}
	}
	const far, here = "203.0.113.7:1", "127.0.0.1:1"
	check(200, here)
	check(404, far)
	check(404, far, "Authorization", "Bearer ")
	check(404, here, "X-Forwarded-For", "203.0.113.7")
	d.serve(Options{BaseURL: testBase, MetricsToken: token})
	check(200, here)
	check(404, far)
	check(200, far, "Authorization", "Bearer "+token)
	check(404, far, "Authorization", token)
	check(404, far, "Authorization", "Bearer "+token[1:])
	check(404, far, "Authorization", "Bearer "+token, "Authorization", "Bearer "+token)
	check(404, far, "Authorization", "Basic "+token)
}
