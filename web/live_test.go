package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

// listen opens the stream of somebody who is signed in and hands over its lines.
func listen(t *testing.T, d *testDesk, b *browser) <-chan string {
	t.Helper()
	server := httptest.NewServer(d.handler)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(server.Close)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(testBase)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = base.Host
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := server.Client().Do(r)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%v %+v", err, answer)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer answer.Body.Close()
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			if text, is := strings.CutPrefix(s.Text(), "data: "); is {
				lines <- text
			}
		}
	}()
	return lines
}

func TestAnOpenPageHearsThatTheListsChange(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	lines := listen(t, d, b)
	if first := <-lines; !strings.Contains(first, `"/queue":""`) {
		t.Fatalf("heard %s", first)
	}
	d.Cybrid(1, "Ines Moreau", "address_check_failure")
	if next := <-lines; !strings.Contains(next, `"/queue":"1"`) || strings.Contains(next, "Moreau") {
		t.Errorf("heard %s", next)
	}
}

func TestAnOpenPageHearsTheCountsOfItsSavedViews(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	other, _ := d.signedIn(review.RoleSenior)
	wantStatus(t, b.post("/views", "name", "Addresses", "query", "code=address_check_failure"), http.StatusSeeOther)
	wantStatus(t, other.post("/views", "name", "Not shared", "query", "country=ES"), http.StatusSeeOther)
	lines := listen(t, d, b)
	<-lines
	d.Cybrid(1, "Ines Moreau", "address_check_failure")
	if next := <-lines; !strings.Contains(next, `"/queue?code=address_check_failure":"1"`) || !strings.Contains(next, `"/queue?owner=none":`) || strings.Contains(next, "country=ES") {
		t.Errorf("heard %s", next)
	}
}

func TestTheStreamEndsWithTheSession(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	lines := listen(t, d, b)
	<-lines
	wantStatus(t, b.post("/signout"), http.StatusSeeOther) // is recorded, and so heard
	for line := range lines {
		t.Errorf("heard %s after signing out", line)
	}
}

func TestAReaderWhoLeavesEarlyIsNoFault(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	b, _ := d.signedIn(review.RoleReviewer)
	for _, path := range []string{"/live", "/queue", "/verifications/" + id} {
		r := b.request("GET", path, nil)
		ctx, leave := context.WithCancel(r.Context())
		leave()
		if w := b.send(r.WithContext(ctx)); w.Code != statusLeft || w.Body.Len() > 0 {
			t.Errorf("%s: answered %d, %q", path, w.Code, w.Body)
		}
	}
	if log := d.log.String(); strings.Contains(log, `"ERROR"`) || !strings.Contains(log, "the reader left") {
		t.Errorf("the log holds %s", log)
	}
	if seen := d.events(review.EventFilter{Kind: review.EventViewed}); len(seen) > 0 {
		t.Errorf("nobody saw the case, and the log says so %d times", len(seen))
	}
}
