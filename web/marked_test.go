package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

// mark makes a text that can be found again wherever it turns up.
func mark(what string) string { return "Zqmrk" + what }

// marked takes in a case whose every personal field is marked.
func (d *testDesk) marked() (id string, marks []string) {
	r := func(of string) review.Reading {
		return review.Reading{Name: mark(of + "name"), Number: mark(of + "number"), Address: mark(of + "address"),
			Email: strings.ToLower(mark(of+"mail")) + "@applicant.example", Phone: mark(of + "phone"), Occupation: mark(of + "occupation"), BirthDate: "1977-03-09"}
	}
	row := review.Row{ID: fmt.Sprintf("feed%028x", 1), State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z",
		Method: "id_and_selfie", Subject: r("given"), Codes: []string{graveCode, mark("code")},
		Document: review.Document{Kind: "passport", Country: "ES", Read: r("read"), MRZ: []string{strings.ToUpper(mark("mrz"))}}}
	id = d.take(review.Cybrid, row, func(in *db.Incoming) {
		in.Verification.Registry = r("registry")
		in.Pictures = []review.Picture{{Kind: review.PictureSelfie, MediaType: "image/png", Data: onePicture(d.t, 30, 30)}}
	})
	return id, []string{"zqmrk", "1977-03-09"}
}

// TestNothingPersonalLeavesByALogAnAddressACookieOrAnErrorPage drives a road on which
// everything personal, and everything typed, is marked.
func TestNothingPersonalLeavesByALogAnAddressACookieOrAnErrorPage(t *testing.T) {
	d := newTestDesk(t)
	id, marks := d.marked()
	ana, _ := d.signedIn(review.RoleReviewer)
	mei := d.officer("Mei Tan", review.RoleSenior)
	rosa, _ := d.signedIn(review.RoleAdmin)
	iris, _ := d.signedIn(review.RoleAuditor)
	at := "/verifications/" + id
	clean := func(what, text string) {
		t.Helper()
		for _, m := range marks {
			if strings.Contains(strings.ToLower(text), m) {
				t.Errorf("%s holds %q: %.600s", what, m, text)
				return
			}
		}
	}
	look := func(who *browser, w *httptest.ResponseRecorder, what string) *httptest.ResponseRecorder {
		t.Helper()
		clean(what+": the address it leads to", w.Header().Get("Location"))
		clean(what+": the cookies", strings.Join(w.Header().Values("Set-Cookie"), "; "))
		clean(what+": the messages on the way", fmt.Sprint(d.server.browser.read(who.request(http.MethodGet, "/", nil))))
		if doc := page(t, w); w.Code >= 400 && doc.Find("form#decision").Length() == 0 && doc.Find("form[action='/signin']").Length() == 0 && doc.Find("form[action='/admin/people']").Length() == 0 {
			clean(fmt.Sprintf("%s: the error page %d", what, w.Code), w.Body.String())
		}
		clean(what+": the title", page(t, w).Find("title").Text())
		return w
	}
	get := func(who *browser, path string) { t.Helper(); look(who, who.get(path), "GET "+path) }
	send := func(who *browser, path string, pairs ...string) *httptest.ResponseRecorder {
		t.Helper()
		return look(who, who.post(path, pairs...), "POST "+path)
	}
	note := "Typed: " + mark("note") + " and more."

	for _, who := range []*browser{ana, mei, rosa, iris, d.browser()} {
		for _, path := range []string{"/", "/queue", "/queue?status=all", at, at + "/pictures/0", at + "/pictures/9", "/audit", "/audit/1", "/audit?case=" + id,
			"/admin/people", "/verifications/none", "/nothing", "/export/verifications.csv", "/export/audit.csv"} {
			get(who, path)
		}
	}
	for _, search := range []string{mark("givenname"), mark("givennumber"), mark("nobody")} {
		who := ana
		w := who.get("/queue?q=" + url.QueryEscape(search)) // typed by the officer into the search itself
		clean("the search: where it leads", w.Header().Get("Location"))
	}
	get(ana, "/queue?after=nonsense&severity=none")
	send(ana, at+"/claim")
	send(ana, at+"/reveal", "field", review.FieldNumber, "reason", mark("reason"))
	send(ana, at+"/reveal", "field", mark("field"), "reason", "")
	send(iris, at+"/reveal", "field", review.FieldNumber, "reason", mark("reason"))
	send(ana, at+"/note", "note", note)
	send(iris, at+"/note", "note", note)
	send(rosa, at+"/note", "note", note)
	send(ana, at+"/decision", "action", "reject", "note", note, "version", "7", "ground", mark("ground"))
	send(iris, at+"/decision", "action", "reject", "note", note, "version", "1")
	form := ana.open(id)
	form.Set("action", "reject")
	form.Set("note", note)
	form.Set("ground", "other")
	wantStatus(t, look(ana, ana.submit(at+"/decision", form), "the decision"), http.StatusSeeOther)
	send(ana, at+"/confirm", "version", "2", "note", note)
	send(mei, at+"/confirm", "version", "1", "note", note)
	wantStatus(t, send(mei, at+"/confirm", "version", "2", "note", note), http.StatusSeeOther)
	send(mei, at+"/return", "version", "3", "note", note)
	get(ana, at)
	get(ana, "/queue")
	send(d.browser(), "/signin", "email", mark("mail")+"@desk.example", "password", mark("password"), "next", "/queue")
	send(d.browser(), at+"/decision", "note", note)
	send(rosa, "/admin/people", "name", mark("member"), "email", "no address "+mark("member"), "role", "reviewer")
	send(ana, "/signout")
	big := ana.request(http.MethodPost, at+"/decision", url.Values{"note": {strings.Repeat(note, 20_000)}})
	look(ana, ana.send(big), "a form that is too large")
	bad := mei.request(http.MethodPost, at+"/note", nil)
	bad.Header.Set("Content-Type", "text/plain; "+mark("type"))
	look(mei, mei.send(bad), "a form that is none")
	d.Shut()
	look(mei, mei.get(at), "a desk that is closed")
	d.Open()
	clean("the log", d.log.String())
	if !strings.Contains(d.log.String(), `"route":"POST /verifications/{id}/confirm"`) {
		t.Error("the log holds nothing at all")
	}
}
