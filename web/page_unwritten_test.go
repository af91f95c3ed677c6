package web

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

func TestWhatCannotBeWrittenKeepsEveryWord(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode, graveCode)
	form := b.open(id)
	d.rollBack()
	form.Set("action", "approve")
	form.Set("ground", "evidence_agrees")
	form.Set("note", goodNote)
	form.Set("finding."+graveCode, "cleared")
	form.Set("add_note", goodNote)
	form.Set("escalate.reason", goodReason)
	for _, path := range []string{"/decision", "/note", "/escalate"} {
		w := b.submit("/verifications/"+id+path, form)
		wantStatus(t, w, http.StatusServiceUnavailable)
		if !strings.Contains(text(w), "Nothing was recorded") || !strings.Contains(text(w), "What you typed is still here") {
			t.Errorf("%s says %q", path, text(w))
		}
		if !strings.Contains(w.Body.String(), goodNote) {
			t.Errorf("%s loses the note", path)
		}
		if got := page(t, w).Find("#act-escalate-reason").Text(); got != goodReason {
			t.Errorf("%s keeps %q of the reason to escalate", path, got)
		}
		if strings.Contains(w.Body.String(), "Lucía") {
			t.Errorf("%s shows a person although the look could not be recorded", path)
		}
		if path == "/decision" {
			again := fields(t, page(t, w), "decision")
			if again.Get("action") != "approve" || again.Get("finding."+graveCode) != "cleared" || again.Get("ground") != "evidence_agrees" {
				t.Errorf("the form keeps %v", again)
			}
		}
	}
}

func TestANoteIsAddedOrKeptAsTyped(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	w := b.post("/verifications/"+id+"/note", "note", "short")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if got := page(t, w).Find("#add-note").Text(); strings.TrimSpace(got) != "short" || page(t, w).Find("#add-note-error").Length() != 1 {
		t.Errorf("the form keeps %q", got)
	}
	w = b.post("/verifications/"+id+"/note", "note", "Called the applicant <b>twice</b>.", "return", "/queue?q=moreau")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/verifications/"+id+"?return=%2Fqueue%3Fq%3Dmoreau#history" {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if got := text(b.get("/verifications/" + id)); !strings.Contains(got, "Called the applicant <b>twice</b>.") {
		t.Errorf("the history says %q", got)
	}
}

func TestOnlyThoseWhoDecideWriteOnCases(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	for _, role := range []review.Role{review.RoleAuditor, review.RoleAdmin} {
		b, _ := d.signedIn(role)
		for _, path := range []string{"/decision", "/confirm", "/return", "/claim", "/release", "/note", "/reveal"} {
			wantStatus(t, b.post("/verifications/"+id+path, "version", "1", "action", "approve", "ground", "other", "note", goodNote, "field", "email", "reason", "because"), http.StatusForbidden)
		}
		wantStatus(t, b.post("/queue/next"), http.StatusForbidden)
	}
	if v, _ := d.Peek(t.Context(), id); v.Version != 1 || v.Status != review.StatusInReview {
		t.Errorf("the case is %s, version %d", v.Status, v.Version)
	}
}

func TestAFormForACaseThatIsNotThereIsNotFound(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleSenior)
	for _, path := range []string{"/decision", "/confirm", "/return", "/claim", "/release", "/note", "/reveal"} {
		wantStatus(t, b.post("/verifications/c0ffee00-0000-4000-8000-00000000abcd"+path, "version", "1"), http.StatusNotFound)
	}
	if _, err := d.FindID(t.Context(), "nothing"); !errors.Is(err, db.ErrNotFound) {
		t.Error(err)
	}
}
