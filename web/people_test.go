package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnAdminAddsSomebodyWithALinkThatIsShownOnce(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	w := b.post("/admin/people", "name", "Ana Quiroga", "email", "Ana.Quiroga@desk.example ", "role", "reviewer")
	wantStatus(t, w, http.StatusOK)
	link, _ := page(t, w).Find("#one-time-link").Attr("value")
	path, ours := strings.CutPrefix(link, testBase+"/welcome/")
	if !ours || len(path) < 40 {
		t.Fatalf("the link is %q", link)
	}
	if strings.Contains(b.get("/admin/people").Body.String(), path) || strings.Contains(d.log.String(), path) {
		t.Error("the secret is shown again, or logged")
	}
	for _, cookie := range b.cookies {
		if strings.Contains(cookie, path) {
			t.Error("the secret is in a cookie")
		}
	}
	other := d.browser()
	if got := other.post("/welcome/"+path, "password", testPassword, "again", testPassword); got.Code != http.StatusSeeOther {
		t.Fatalf("the link answers %d", got.Code)
	}
	row := page(t, b.get("/admin/people")).Find("tr:contains('Ana Quiroga')")
	if got := strings.Join(strings.Fields(row.Text()), " "); !strings.Contains(got, "ana.quiroga@desk.example") || !strings.Contains(got, "Active") || !strings.Contains(got, "1 session") {
		t.Errorf("the list says %q", got)
	}
}

func TestAMistakeIsToldBesideItsFieldAndWhatWasTypedStays(t *testing.T) {
	d := newTestDesk(t)
	b, a := d.signedIn(review.RoleAdmin)
	for _, test := range []struct{ name, email, role, field string }{
		{"", "x@desk.example", "reviewer", "name"},
		{"X Y", "no address", "reviewer", "email"},
		{"X Y", a.Email, "reviewer", "email"},
		{"X Y", "x@desk.example", "boss", "role"},
		{"<b>X</b>", "<script>@x", "reviewer", "email"},
	} {
		w := b.post("/admin/people", "name", test.name, "email", test.email, "role", test.role)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		doc := page(t, w)
		name, _ := doc.Find("#name").Attr("value")
		email, _ := doc.Find("#email").Attr("value")
		if doc.Find("#"+test.field+"-error").Length() != 1 || name != test.name || email != test.email {
			t.Errorf("%+v: name %q, email %q: %s", test, name, email, text(w))
		}
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventAccountAdded})); n != 1 {
		t.Errorf("%d accounts were added", n)
	}
}

func TestNobodyChangesTheirOwnAccountOrOneThatHasChanged(t *testing.T) {
	d := newTestDesk(t)
	b, me := d.signedIn(review.RoleAdmin)
	somebody := d.member("Somebody Else", review.RoleReviewer)
	for _, act := range []string{"role", "disable", "enable", "reset"} {
		wantStatus(t, b.post("/admin/people/"+me.ID+"/"+act, "role", "senior"), http.StatusForbidden)
		wantStatus(t, b.post("/admin/people/none/"+act, "role", "senior"), http.StatusNotFound)
		w := b.post("/admin/people/"+somebody.ID+"/"+act, "role", "senior", "version", "1")
		if wantStatus(t, w, http.StatusConflict); !strings.Contains(text(w), "has changed since the page was drawn") {
			t.Error(text(w))
		}
	}
	wantStatus(t, b.post("/admin/people/"+somebody.ID+"/role", "role", "boss"), http.StatusUnprocessableEntity)
	now, err := d.Account(t.Context(), somebody.ID)
	if err != nil || now.Role != review.RoleReviewer || !now.Active() {
		t.Errorf("%+v %v", now, err)
	}
}

func TestANewLinkEndsTheOldPasswordAndItsSessions(t *testing.T) {
	d := newTestDesk(t)
	officer, a := d.signedIn(review.RoleReviewer)
	admin, _ := d.signedIn(review.RoleAdmin)
	w := admin.post("/admin/people/" + a.ID + "/reset")
	wantStatus(t, w, http.StatusOK)
	link, _ := page(t, w).Find("#one-time-link").Attr("value")
	wantSignIn(t, officer.get("/queue"))
	wantStatus(t, d.browser().post("/signin", "email", a.Email, "password", testPassword), http.StatusUnauthorized)
	const another = "a different set of words"
	path := strings.TrimPrefix(link, testBase)
	if got := officer.post(path, "password", another, "again", another); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, text(got))
	}
	wantStatus(t, officer.get("/queue"), http.StatusOK)
}

func TestTheAdminPageOffersTheExports(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	doc := page(t, b.get("/admin"))
	form := doc.Find(`form[action="/export/verifications.csv"]`)
	for _, field := range []string{"status", "provider", "severity", "from", "to"} {
		if form.Find(`[name="`+field+`"]`).Length() != 1 {
			t.Errorf("no filter %s", field)
		}
	}
	for _, option := range form.Find("option").EachIter() {
		field, _ := option.Closest("select").Attr("name")
		value, _ := option.Attr("value")
		if w := b.get("/export/verifications.csv?" + field + "=" + value); w.Code != http.StatusOK {
			t.Errorf("%s=%s is offered and answers %d", field, value, w.Code)
		}
	}
	if doc.Find(`form[action="/export/audit.csv"]`).Length() != 1 || doc.Find(`a[href="/admin/people"]`).Length() == 0 {
		t.Error("a room is missing")
	}
}
