package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestTwoPersonsDecideWhatOneMayNot(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleSenior)
	jonas, mei := d.officer("Jonas Lind", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)

	wantStatus(t, ana.decide(id, "approve", "finding."+graveCode, "cleared"), http.StatusSeeOther)
	if got := d.wire(id)["state"]; got != "reviewing" {
		t.Fatalf("a proposal shows outside: %v", got)
	}
	if e := d.decisions(id); len(e) != 1 || e[0].Action != "proposed" {
		t.Fatalf("the log says %+v", e)
	}
	if got := text(ana.get("/verifications/" + id)); !strings.Contains(got, "You proposed this decision") {
		t.Errorf("the proposer reads %q", got)
	}
	if got := text(jonas.get("/verifications/" + id)); !strings.Contains(got, "a senior gives the second word") {
		t.Errorf("a reviewer reads %q", got)
	}
	wantStatus(t, ana.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote), http.StatusForbidden)
	wantStatus(t, jonas.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote), http.StatusForbidden)

	seen := mei.get("/verifications/" + id)
	if got := text(seen); !strings.Contains(got, "Second review") || !strings.Contains(got, goodNote) || !strings.Contains(got, "Ana Quiroga") {
		t.Errorf("the second person reads %q", got)
	}
	form := fields(t, page(t, seen), "decision")
	form.Set("note", "too short")
	w := mei.submit("/verifications/"+id+"/confirm", form)
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if fields(t, page(t, w), "decision").Get("note") != "too short" {
		t.Error("the second person's note is gone")
	}
	form.Set("note", "I read the same, independently.")
	w = mei.submit("/verifications/"+id+"/confirm", form)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/queue?status=second_review" {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if got := d.wire(id); got["state"] != "completed" || got["outcome"] != "passed" {
		t.Errorf("state %v, outcome %v", got["state"], got["outcome"])
	}
	if got := text(mei.get("/verifications/" + id)); !strings.Contains(got, "Approved") || !strings.Contains(got, "Second word by") || !strings.Contains(got, "I read the same, independently.") {
		t.Errorf("the decided case reads %q", got)
	}
	w = mei.submit("/verifications/"+id+"/return", form)
	wantStatus(t, w, http.StatusConflict)
	if fields(t, page(t, w), "decision").Get("note") != "I read the same, independently." || !strings.Contains(text(w), "Mei Tan confirmed this case at") {
		t.Errorf("a second second word reads %q", text(w))
	}
}

func TestASentBackProposalCanBeDecidedAnew(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	wantStatus(t, mei.submit("/verifications/"+id+"/return", url.Values{"version": {"2"}, "note": {"Look at the second selfie too."}}), http.StatusSeeOther)
	got := text(ana.get("/verifications/" + id))
	if !strings.Contains(got, "Mei Tan sent the case back to the queue") || !strings.Contains(got, "Look at the second selfie too.") {
		t.Errorf("the case reads %q", got)
	}
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	if n := len(d.decisions(id)); n != 2 {
		t.Errorf("%d proposals in the log", n)
	}
}

func TestAStaleSecondWordNamesWhoChangedTheCase(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	mei, sam := d.officer("Mei Tan", review.RoleSenior), d.officer("Sam Ode", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	wantStatus(t, mei.post("/verifications/"+id+"/return", "version", "2", "note", "Look at the second selfie."), http.StatusSeeOther)
	w := sam.post("/verifications/"+id+"/confirm", "version", "2", "note", "I agree with Ana on this.")
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "Mei Tan sent the case back to the queue at 09:01:00 UTC") || !strings.Contains(w.Body.String(), "I agree with Ana on this.") {
		t.Errorf("the page says %q", got)
	}
}

func TestAProposalThatASeniorHoldsIsReadByTheOthers(t *testing.T) {
	d := newTestDesk(t)
	ana, mei, cy := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior), d.officer("Cy Okafor", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	wantStatus(t, mei.post("/verifications/"+id+"/claim"), http.StatusSeeOther)
	seen := page(t, cy.get("/verifications/"+id))
	if got := seen.Find("#decision").Text(); seen.Find(`form[action$="/confirm"], button[formaction$="/confirm"]`).Length() != 0 || !strings.Contains(got, "Mei Tan works on this case until") {
		t.Errorf("another senior reads %q", got)
	}
	w := cy.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote)
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "Mei Tan claimed this case") {
		t.Errorf("told %q", got)
	}
	if got := text(ana.get("/verifications/" + id)); !strings.Contains(got, "You proposed this decision.") {
		t.Errorf("who proposed reads %q", got)
	}
	wantStatus(t, mei.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote), http.StatusSeeOther)
}

func TestNobodyIsShownTheMaskedFieldsOfAPersonTheyDeclared(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	reveal := `[formaction*="/reveal"], form[action*="/reveal"]`
	if page(t, ana.get("/verifications/"+id)).Find(reveal).Length() == 0 {
		t.Fatal("nothing to reveal in any case")
	}
	wantStatus(t, ana.post("/interests", "interest", "Ines Moreau"), http.StatusSeeOther)
	if page(t, ana.get("/verifications/"+id)).Find(reveal).Length() != 0 {
		t.Error("the page offers to reveal")
	}
	w := ana.post("/verifications/"+id+"/reveal", "field", "birth_date", "reason", goodReason)
	wantStatus(t, w, http.StatusForbidden)
	if strings.Contains(text(w), "1990") {
		t.Error("the birth date is on the page")
	}
}
