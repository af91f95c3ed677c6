package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

func TestAPersonIsToldWhenTheirDataWasLookedAtAndByNobodysName(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	mei := d.officer("Mei Tan", review.RoleSenior)
	sam, _ := d.signedIn(review.RoleAuditor)
	id, other := d.Cybrid(1, "Ines Moreau", plainCode), d.Coinify(2, "Viktor Hahn", coinifyCode)
	ana.get("/verifications/" + id)
	ana.get("/verifications/" + other)
	wantStatus(t, ana.post("/verifications/"+id+"/reveal", "field", "birth_date", "reason", "The caller was on the line."), http.StatusOK)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	for _, query := range []string{"?provider=cybrid", "?provider=coinify", "?owner=me"} {
		wantStatus(t, sam.get("/export/verifications.csv"+query), http.StatusOK)
	}
	href := link(page(t, mei.get("/verifications/"+id)), "a[href$='/access-report']")
	w := mei.get(href)
	wantStatus(t, w, http.StatusOK)
	got := text(w)
	for _, want := range []string{"Ines Moreau", "The case was opened", "Reviewing the identity verification", "Date of birth shown in full", "a reason was given and is on record",
		"A decision was taken", "A list that may have held this data, masked, left the desk as CSV"} {
		if !strings.Contains(got, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if n := strings.Count(got, "left the desk as CSV"); n != 2 {
		t.Errorf("%d lists may have held the data, want 2", n)
	}
	main := folded(page(t, w).Find("main"))
	for _, never := range []string{"Ana", "Quiroga", "Mei", "Tan", "on the line", "Viktor", "reviewer", "203.0.113.7", "approve"} {
		if strings.Contains(main, never) {
			t.Errorf("the report says %q", never)
		}
	}
	if e := d.events(review.EventFilter{Case: id, Kind: review.EventExported}); len(e) != 1 || factsOf(e[0])["what"] != db.ExportLooks || e[0].ActorName != "Mei Tan" {
		t.Errorf("the log says %v of the report", e)
	}
	file := sam.get(link(page(t, w), "a[download]"))
	wantStatus(t, file, http.StatusOK)
	if body := file.Body.String(); !strings.HasPrefix(body, "\"time\",\"what\",\"purpose\",\"case\"\r\n") || !strings.Contains(body, "A report like this one was made") || strings.Contains(body, "Mei") {
		t.Errorf("the file: %s", body)
	}
}

func TestAReportOfLooksIsForThoseWhoMakeThemAndForOurOwnPages(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	for role, may := range map[review.Role]bool{review.RoleReviewer: false, review.RoleSenior: true, review.RoleAuditor: true, review.RoleAdmin: false} {
		b, _ := d.signedIn(role)
		for _, path := range []string{"/access-report", "/access-report.csv"} {
			if w := b.get("/verifications/" + id + path); (w.Code == http.StatusOK) != may {
				t.Errorf("%s gets %d from %s", role, w.Code, path)
			}
		}
		before := len(d.events(review.EventFilter{}))
		foreign := b.request(http.MethodGet, "/verifications/"+id+"/access-report", nil)
		foreign.Header.Set("Sec-Fetch-Site", "cross-site")
		if w := b.send(foreign); w.Code != http.StatusForbidden || len(d.events(review.EventFilter{})) != before {
			t.Errorf("%s from another site: %d", role, w.Code)
		}
	}
	if _, err := d.Looks(t.Context(), db.Actor{Kind: "person", Person: review.Person{ID: "x", Role: review.RoleAdmin}}, id, "csv"); err == nil {
		t.Error("storage itself lets an admin make one")
	}
}

func TestTheReportIsOfAllCasesOfAPerson(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	first, second := d.again(1, "c-1"), d.again(2, "c-1")
	stranger := d.again(3, "c-2")
	for _, id := range []string{first, second, stranger} {
		wantStatus(t, sam.get("/verifications/"+id), http.StatusOK)
	}
	r, err := NewLookReport(t.Context(), d.DB, db.System("test"), second, "text")
	if err != nil {
		t.Fatal(err)
	}
	if r.Cases != 2 || len(r.Rows) != 2 || r.Rows[0].Purpose != forAudit {
		t.Errorf("%d cases, %+v", r.Cases, r.Rows)
	}
}

// again takes in an attempt of the person whom the provider calls reference.
func (d *testDesk) again(n int, reference string) string {
	d.t.Helper()
	id := d.Cybrid(n, "Ines Moreau", plainCode)
	v, err := d.Peek(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	v.ID = strings.Replace(v.ID, "c0ffee", "beefed", 1)
	v.ProviderID, v.Subject.Reference = strings.Replace(v.ProviderID, "c0ffee", "beefed", 1), reference
	if _, err := d.Receive(d.t.Context(), db.System("test"), []db.Incoming{{Verification: v}}); err != nil {
		d.t.Fatal(err)
	}
	return v.ID
}
