package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestTheSessionCookieIsPinned(t *testing.T) {
	for base, want := range map[string]string{
		testBase:               "desk_session",
		"https://desk.example": "__Host-desk_session",
	} {
		d := newTestDeskAt(t, base)
		a := d.member("Ana Quiroga", review.RoleReviewer)
		w := d.browser().post("/signin", "email", a.Email, "password", testPassword)
		var found *http.Cookie
		for _, c := range w.Result().Cookies() {
			if c.Name == want {
				found = c
			}
		}
		if found == nil {
			t.Fatalf("%s: no cookie %s in %v", base, want, w.Header()["Set-Cookie"])
		}
		secure := strings.HasPrefix(base, "https")
		if !found.HttpOnly || found.Secure != secure || found.SameSite != http.SameSiteLaxMode || found.Path != "/" || found.Domain != "" {
			t.Errorf("%s: %s", base, found.Raw)
		}
		if found.MaxAge != 0 || !found.Expires.IsZero() || len(found.Value) < 43 {
			t.Errorf("%s: %s", base, found.Raw)
		}
		if got := w.Header().Values("Cache-Control"); len(got) != 1 || got[0] != "no-store" {
			t.Errorf("%s: Cache-Control %q", base, got)
		}
	}
}

func TestSigningInMakesANewTokenAndEndsTheOldOne(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	b := d.browser()
	b.cookies["desk_session"] = strings.Repeat("f", 43) // planted by somebody who hopes it is kept
	b.signIn(a.Email)
	first := b.cookies["desk_session"]
	if first == strings.Repeat("f", 43) {
		t.Fatal("the planted token was kept")
	}
	b.signIn(a.Email)
	old := d.browser()
	old.cookies["desk_session"] = first
	wantSignIn(t, old.get("/"))
	if w := b.get("/"); w.Header().Get("Location") != "/queue" {
		t.Error("the new session does not hold")
	}
	planted := d.browser()
	planted.cookies["desk_session"] = strings.Repeat("f", 43)
	wantSignIn(t, planted.get("/"))
}

func TestReadingSetsNoCookieAndWritesNothing(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	for range 5 {
		if w := b.get("/admin"); len(w.Result().Cookies()) != 0 {
			t.Errorf("set %v", w.Result().Cookies())
		}
	}
}

func TestSignOutEndsTheSessionForGood(t *testing.T) {
	d := newTestDesk(t)
	b, a := d.signedIn(review.RoleReviewer)
	stolen := d.browser()
	stolen.cookies["desk_session"] = b.cookies["desk_session"]
	w := b.post("/signout")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin" || w.Header().Get("Clear-Site-Data") != `"cache", "storage"` {
		t.Errorf("%d to %q, Clear-Site-Data %q", w.Code, w.Header().Get("Location"), w.Header().Get("Clear-Site-Data"))
	}
	if _, kept := b.cookies["desk_session"]; kept {
		t.Error("the cookie was kept")
	}
	wantSignIn(t, stolen.get("/queue"))
	out := d.events(review.EventFilter{Kind: review.EventSignedOut})
	if len(out) != 1 || out[0].Actor.ID != a.ID || out[0].Request == "" || out[0].Session == "" {
		t.Errorf("the log says %+v", out)
	}
	if !strings.Contains(text(b.get("/signin")), "You are signed out.") {
		t.Error("nothing says so")
	}
}

func TestASessionEndedWhileRequestsAreInFlightNeverComesBack(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleAdmin)
	for round := range dbtest.Figure(15, 500) {
		b := d.browser()
		b.signIn(a.Email)
		token := b.cookies["desk_session"]
		d.Clock.Move(2 * time.Minute) // every request in flight wants to note that the session is alive
		var wg sync.WaitGroup
		ended := make(chan struct{})
		for range 8 {
			wg.Go(func() {
				for {
					other := d.browser()
					other.cookies["desk_session"] = token
					other.get("/admin")
					select {
					case <-ended:
						return
					default:
					}
				}
			})
		}
		b.post("/signout")
		close(ended)
		wg.Wait()
		old := d.browser()
		old.cookies["desk_session"] = token
		wantSignIn(t, old.get(fmt.Sprintf("/admin?round=%d", round)))
	}
	t.Logf("%d sessions ended, and none came back", dbtest.Figure(15, 500))
}

// brokenStore cannot commit.
type brokenStore struct{ scs.CtxStore }

func (brokenStore) CommitCtx(context.Context, string, []byte, time.Time) error {
	return fmt.Errorf("%w: disk full", db.ErrNotRecorded)
}

func TestASignInThatCannotBeRecordedIsACleanRefusal(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleReviewer)
	d.server.sessions.Store = brokenStore{d.SessionStore()}
	w := d.browser().post("/signin", "email", a.Email, "password", testPassword)
	wantStatus(t, w, http.StatusServiceUnavailable)
	if len(w.Result().Cookies()) != 0 || w.Header().Get("Location") != "" {
		t.Errorf("half an answer: %v %q", w.Result().Cookies(), w.Header().Get("Location"))
	}
	if body := w.Body.String(); strings.Count(body, "<html") != 1 || strings.Contains(body, "disk full") || !strings.Contains(text(w), "Nothing was recorded") {
		t.Errorf("%s", body)
	}
}

func TestSessionsEndAfterIdleAndAfterTheirWholeTime(t *testing.T) {
	d := newTestDesk(t)
	a := d.member("Ana Quiroga", review.RoleAdmin)
	b := d.browser()
	b.signIn(a.Email)
	d.Clock.Move(db.SessionIdle - time.Second)
	wantStatus(t, b.get("/admin"), http.StatusOK)
	d.Clock.Move(db.SessionIdle)
	wantSignIn(t, b.get("/admin"))

	b.signIn(a.Email)
	for passed := time.Duration(0); passed < db.SessionLasts-time.Minute; passed += 20 * time.Minute {
		wantStatus(t, b.get("/admin"), http.StatusOK)
		d.Clock.Move(20 * time.Minute)
	}
	wantSignIn(t, b.get("/admin"))
}

func TestDisablingSomebodyHoldsAtOnce(t *testing.T) {
	d := newTestDesk(t)
	officer, a := d.signedIn(review.RoleReviewer)
	admin, _ := d.signedIn(review.RoleAdmin)
	wantStatus(t, officer.get("/queue"), http.StatusOK)
	if w := admin.post("/admin/people/" + a.ID + "/disable"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, text(w))
	}
	wantSignIn(t, officer.get("/queue"))
	w := d.browser().post("/signin", "email", a.Email, "password", testPassword)
	wantStatus(t, w, http.StatusUnauthorized)
	admin.post("/admin/people/" + a.ID + "/enable")
	officer.signIn(a.Email)
}

func TestANewRoleHoldsAtOnce(t *testing.T) {
	d := newTestDesk(t)
	officer, a := d.signedIn(review.RoleReviewer)
	admin, _ := d.signedIn(review.RoleAdmin)
	if w := admin.post("/admin/people/"+a.ID+"/role", "role", "auditor"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, text(w))
	}
	wantSignIn(t, officer.get("/queue")) // privilege changed: sign in anew
	officer.signIn(a.Email)
	wantStatus(t, officer.post("/queue/next"), http.StatusForbidden)
	wantStatus(t, officer.get("/audit"), http.StatusOK)
}

func TestAFormSentAfterTheSessionEndedLeadsBackToItsPage(t *testing.T) {
	d := newTestDesk(t)
	for referer, want := range map[string]string{
		testBase + "/queue?severity=high": "/signin?next=%2Fqueue%3Fseverity%3Dhigh", "http://localhost:8080/audit": "/signin?next=%2Faudit",
		"": "/signin", "https://evil.example/queue": "/signin", testBase + "//evil.example": "/signin", "%zz": "/signin",
	} {
		r := d.browser().request("POST", "/queue/next", nil)
		r.Header.Set("Referer", referer)
		w := d.browser().send(r)
		if wantSignIn(t, w); w.Header().Get("Location") != want {
			t.Errorf("from %q it leads to %q, want %q", referer, w.Header().Get("Location"), want)
		}
	}
}
