package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestReopeningTakesAReasonAndTheYesOfASecondPerson(t *testing.T) {
	d := newTestDesk(t)
	mei, cy, ana := d.officer("Mei Tan", review.RoleSenior), d.officer("Cy Okafor", review.RoleSenior), d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, mei.decide(id, "reject"), http.StatusSeeOther)
	wantStatus(t, mei.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusForbidden) // it can be undone still
	d.Clock.Move(time.Minute)
	w := mei.post("/verifications/"+id+"/reopen", "reason", "no")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if doc := page(t, w); doc.Find("#act-reopen-reason").Text() != "no" || doc.Find("#act-reopen-reason-error").Length() != 1 {
		t.Error("the form has lost its text, or does not say what is wrong with it")
	}
	wantStatus(t, mei.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusSeeOther)
	wantStatus(t, ana.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusConflict)
	for who, b := range map[string]*browser{"who asked": mei, "a reviewer": ana} {
		if body := b.get("/verifications/" + id); page(t, body).Find("[name=answer]").Length() != 0 || !strings.Contains(text(body), "Mei Tan asks to reopen this case.") {
			t.Errorf("%s reads %q", who, text(body))
		}
		wantStatus(t, b.post("/verifications/"+id+"/reopen", "answer", "yes", "note", goodNote), http.StatusForbidden)
	}
	if got := cy.get("/queue?work=reopen"); !strings.Contains(text(got), "Asked to reopen") || !strings.Contains(got.Body.String(), "/verifications/"+id) {
		t.Errorf("the list says %q", text(got))
	}
	seen := cy.get("/verifications/" + id)
	if page(t, seen).Find(`[name=answer][value=yes]`).Length() != 1 || !strings.Contains(text(seen), goodReason) {
		t.Fatalf("the second person reads %q", text(seen))
	}
	wantStatus(t, cy.post("/verifications/"+id+"/reopen", "answer", "perhaps", "note", goodNote), http.StatusBadRequest)
	w = cy.post("/verifications/"+id+"/reopen", "answer", "no", "note", "no")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if page(t, w).Find("#act-reopen-note").Text() != "no" {
		t.Error("the second person's note is gone")
	}
	wantStatus(t, cy.post("/verifications/"+id+"/reopen", "answer", "no", "note", "The bill is the old one."), http.StatusSeeOther)
	wantStatus(t, mei.post("/verifications/"+id+"/reopen", "reason", "A newer bill came today."), http.StatusSeeOther)
	wantStatus(t, cy.post("/verifications/"+id+"/reopen", "answer", "yes", "note", "The newer bill agrees."), http.StatusSeeOther)
	if v, _ := d.Peek(t.Context(), id); v.Status != review.StatusInReview || v.Decision != nil {
		t.Errorf("the case is %s", v.Status)
	}
}

func TestTheListOfWishesToReopenLeadsFromOneToTheNext(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	ids := []string{d.Cybrid(1, "Ines Moreau", plainCode), d.Cybrid(2, "Noor El-Sayed", plainCode)}
	for _, id := range ids {
		wantStatus(t, ana.post("/verifications/"+id+"/decision", "action", "reject", "version", "1", "ground", "other", "note", goodNote, "return", "/queue?code=none_of_them"), http.StatusSeeOther)
	}
	d.Clock.Move(time.Minute)
	for _, id := range []string{ids[1], ids[0]} { // asked for in the other order
		wantStatus(t, ana.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusSeeOther)
		d.Clock.Move(time.Second)
	}
	rows := page(t, mei.get("/queue?work=reopen")).Find("[data-row]")
	if rows.Length() != 2 || rows.First().AttrOr("data-id", "") != ids[1] {
		t.Fatalf("the list has %d cases, %s first", rows.Length(), rows.First().AttrOr("data-id", ""))
	}
	first := page(t, mei.get(rows.First().AttrOr("data-href", "")))
	if next := first.Find(`[aria-label="Next case"]`).AttrOr("href", ""); !strings.HasPrefix(next, "/verifications/"+ids[0]) {
		t.Errorf("the next one is at %q", next)
	}
	auditor, _ := d.signedIn(review.RoleAuditor)
	if got := page(t, auditor.get("/queue?work=reopen")).Find(`a[href^="/export/"]`).AttrOr("href", ""); got != "/export/verifications.csv?work=reopen" {
		t.Errorf("the export is at %q", got)
	}
	if got := auditor.get("/export/verifications.csv?work=reopen").Body.String(); !strings.Contains(got, ids[0]) || !strings.Contains(got, ids[1]) {
		t.Errorf("the export says %q", got)
	}
}

func TestWhoDecidedLetsACaseBeOpenedAgainAndDoesNotKeepItClosed(t *testing.T) {
	d := newTestDesk(t)
	mei, ana := d.officer("Mei Tan", review.RoleSenior), d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, mei.decide(id, "reject"), http.StatusSeeOther)
	d.Clock.Move(time.Minute)
	wantStatus(t, ana.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusSeeOther)
	seen := page(t, mei.get("/verifications/"+id))
	if seen.Find(`[name=answer][value=yes]`).Length() != 1 || seen.Find(`[name=answer][value=no]`).Length() != 0 || !strings.Contains(seen.Text(), "The decision is yours") {
		t.Error("the page does not offer yes alone, or does not say why")
	}
	wantStatus(t, mei.post("/verifications/"+id+"/reopen", "answer", "no", "note", goodNote), http.StatusForbidden)
	wantStatus(t, mei.post("/verifications/"+id+"/reopen", "answer", "yes", "note", goodNote), http.StatusSeeOther)
}
