package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestHealthIsToldToThisMachineOnly(t *testing.T) {
	d := newTestDeskAt(t, "https://desk.example")
	for _, path := range []string{"/healthz", "/readyz"} {
		here := d.browser()
		here.address = "127.0.0.1:999"
		r := here.request("GET", path, nil)
		r.Host = "127.0.0.1:8080" // a probe asks by address
		w := here.send(r)
		if w.Code != http.StatusOK || w.Body.String() != "ok\n" {
			t.Errorf("%s answers %d %q", path, w.Code, w.Body.String())
		}
		r = here.request("GET", path, nil)
		r.Header.Set("X-Forwarded-For", "203.0.113.7")
		wantStatus(t, here.send(r), http.StatusNotFound)
		wantStatus(t, d.browser().get(path), http.StatusNotFound)
	}
}

func TestTheDeskIsNotReadyWithoutItsDatabase(t *testing.T) {
	d := newTestDesk(t)
	here := d.browser()
	here.address = "[::1]:999"
	d.Shut()
	w := here.get("/readyz")
	if wantStatus(t, w, http.StatusServiceUnavailable); strings.Contains(w.Body.String(), "sql") {
		t.Error(w.Body.String())
	}
	wantStatus(t, here.get("/healthz"), http.StatusOK)
	d.Open() // for the test's end
}

func TestAClosingDeskAnswersInWords(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	b := d.browser()
	b.signIn(a.Email)
	d.Shut()
	for _, w := range []int{b.get("/queue").Code, b.post("/signin", "email", a.Email, "password", testPassword).Code} {
		if w < 500 {
			t.Errorf("answered %d", w)
		}
	}
	if body := b.get("/queue").Body.String(); strings.Contains(body, "sql") || !strings.Contains(body, "<html") {
		t.Errorf("%s", body)
	}
	d.Open()
}

func TestPolicyReportsAreCountedAndNeverQuoted(t *testing.T) {
	d := newTestDesk(t)
	report := `{"type":"csp-violation","url":"https://desk.example/welcome/secret","body":{"effectiveDirective":"script-src-elem","blockedURL":"https://evil.example/x?secret","documentURL":"https://desk.example/welcome/secret"}}`
	r := d.browser().request("POST", reportPath, nil)
	r.Header.Set("Content-Type", "application/reports+json")
	r.Header.Del("Sec-Fetch-Site") // as Chromium sends them
	r.Body = readCloser{strings.NewReader("[" + strings.Repeat(report+",", 40) + report + "]")}
	wantStatus(t, d.browser().send(r), http.StatusNoContent)
	log := d.log.String()
	if n := strings.Count(log, `"directive":"script-src-elem","blocked":"evil.example"`); n != reportsAMinute || strings.Contains(log, "secret") {
		t.Errorf("%d lines in the log: %s", n, log)
	}
	r = d.browser().request("POST", reportPath, nil)
	r.Body = readCloser{strings.NewReader("no report")}
	wantStatus(t, d.browser().send(r), http.StatusBadRequest)
}
