package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

// A sealed desk records nothing, so nothing is done on it that is recorded: nobody
// signs in, no case is opened, no data leaves. Whoever was signed in reads the lists
// and the log, and every page says why.
func TestASealedDeskReadsWhatNeedsNoRecordAndSaysSoOnEveryPage(t *testing.T) {
	d := newTestDesk(t)
	ana, _ := d.signedIn(review.RoleReviewer)
	iris, auditor := d.signedIn(review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.get("/verifications/"+id), http.StatusOK)
	d.rollBack()
	before := len(d.events(review.EventFilter{}))
	for _, test := range []struct {
		who    *browser
		path   string
		status int
		says   string
	}{
		{d.browser(), "/signin", http.StatusOK, "Sign in"},
		{d.browser(), "/queue", http.StatusSeeOther, ""},
		{ana, "/queue", http.StatusOK, "Ines Moreau"},
		{ana, "/audit", http.StatusOK, ""},
		{iris, "/audit", http.StatusOK, "received"},
		{ana, "/verifications/" + id, http.StatusServiceUnavailable, "Opening a case is recorded"},
		{iris, "/export/audit.csv", http.StatusServiceUnavailable, "an export"},
	} {
		got := test.who.get(test.path)
		wantStatus(t, got, test.status)
		if body := text(got); got.Code != http.StatusSeeOther && (!strings.Contains(strings.ToLower(body), strings.ToLower(test.says)) || !strings.Contains(body, "The desk is read-only.")) {
			t.Errorf("%s says %q", test.path, body)
		}
		if strings.Contains(text(got), "Ines") && got.Code != http.StatusOK {
			t.Errorf("%s names the applicant", test.path)
		}
	}

	stranger := d.browser()
	got := stranger.post("/signin", "email", auditor.Email, "password", testPassword, "next", "/audit")
	wantStatus(t, got, http.StatusServiceUnavailable)
	form := page(t, got)
	if value, _ := form.Find("input[name=email]").Attr("value"); value != auditor.Email || !strings.Contains(text(got), "Nobody can sign in while the desk is sealed") {
		t.Errorf("the sign-in page keeps %q and says %q", value, text(got))
	}
	if len(stranger.cookies) > 0 {
		t.Errorf("cookies %v", stranger.cookies)
	}

	got = ana.post("/signout")
	wantStatus(t, got, http.StatusServiceUnavailable)
	wantSignIn(t, ana.get("/queue")) // this browser has let go of it, at least
	if now := len(d.events(review.EventFilter{})); now != before {
		t.Errorf("a sealed desk wrote %d events", now-before)
	}
}

func TestAcceptingARollbackEndsTheSessionsThatCameBackWithIt(t *testing.T) {
	d := newTestDesk(t)
	ana, _ := d.signedIn(review.RoleReviewer)
	d.rollBack()
	wantStatus(t, ana.get("/queue"), http.StatusOK)
	if err := d.AcceptRollback(t.Context(), db.System("test"), "restored after a disk failure"); err != nil {
		t.Fatal(err)
	}
	wantSignIn(t, ana.get("/queue"))
}
