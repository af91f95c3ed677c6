package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

// TestWhatIsTypedSurvivesWhatIsDoneBesideIt sends the decision's form through each
// button beside it, as a browser without script does.
func TestWhatIsTypedSurvivesWhatIsDoneBesideIt(t *testing.T) {
	for _, c := range []struct {
		name, path, field, value string
		status                   int
		want                     string
	}{
		{"a note", "/note", "add_note", "Called the applicant twice.", 200, "Called the applicant twice."},
		{"a note too short", "/note", "add_note", "no", 422, "8 more characters"},
		{"a reveal", "/reveal", "reason.birth_date", "The caller gave a birthday.", 200, "shown for"},
		{"a reveal without a reason", "/reveal", "reason.birth_date", "", 422, "Why do you need"},
		{"a claim", "/claim", "", "", 200, "Yours for 15:00"},
		{"a release of what nobody holds", "/release", "", "", 409, "Nobody holds it any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTestDesk(t)
			b, _ := d.signedIn(review.RoleReviewer)
			id := d.rich(1, "Lucía Fernández Quispe", plainCode, graveCode)
			form := b.open(id)
			form.Set("action", "reject")
			form["ground"] = []string{"another_person", "other"}
			form.Set("note", "Half a thought, not yet")
			form.Set("finding."+graveCode, "upheld")
			if c.field != "" {
				form.Set(c.field, c.value)
				form.Set("field", review.FieldBirthDate)
			}
			w := b.submit("/verifications/"+id+c.path, form)
			wantStatus(t, w, c.status)
			if !strings.Contains(text(w), c.want) {
				t.Errorf("the page does not say %q: %q", c.want, text(w))
			}
			doc := page(t, w)
			again := fields(t, doc, "decision")
			for _, field := range []string{"action", "note", "finding." + graveCode, "submission", "version"} {
				if again.Get(field) != form.Get(field) {
					t.Errorf("%s is %q, was %q", field, again.Get(field), form.Get(field))
				}
			}
			if got := strings.Join(again["ground"], " "); got != "another_person other" {
				t.Errorf("grounds %q", got)
			}
			if doc.Find("#note-error, #action-error").Length() > 0 {
				t.Error("the decision is faulted for what was wrong beside it")
			}
			if len(d.decisions(id)) != 0 {
				t.Error("something was decided")
			}
		})
	}
}

func TestWithNothingTypedAFormBesideTheDecisionGoesOn(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	form := fields(t, page(t, b.get("/verifications/"+id+"?return=%2Fqueue%3Fseverity%3Dlow&n=7")), "decision")
	w := b.submit("/verifications/"+id+"/claim", form)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/verifications/"+id+"?n=7&return=%2Fqueue%3Fseverity%3Dlow" {
		t.Errorf("%d to %q", w.Code, to)
	}
	form.Set("add_note", "Called the applicant twice.")
	w = b.submit("/verifications/"+id+"/note", form)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasSuffix(to, "#history") {
		t.Errorf("%d to %q", w.Code, to)
	}
}

// What was typed before newer evidence came is refused when it is sent, even after a
// note has drawn the page anew.
func TestANoteInBetweenDoesNotHideNewerEvidence(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	form := b.open(id)
	d.take(review.Cybrid, review.Row{ID: "beef" + strings.Repeat("0", 27) + "1", State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z",
		UpdatedAt: "2026-11-22T08:59:00Z", Subject: review.Reading{Name: "Lucía Fernández Quispe"}, Codes: []string{plainCode, "name_check_failure"}}, nil)
	form.Set("action", "approve")
	form.Set("ground", "other")
	form.Set("note", goodNote)
	form.Set("add_note", "Called the applicant twice.")
	w := b.submit("/verifications/"+id+"/note", form)
	wantStatus(t, w, http.StatusOK)
	wantStatus(t, b.submit("/verifications/"+id+"/decision", fields(t, page(t, w), "decision")), http.StatusConflict)
}

func TestTheSecondWordSurvivesANoteToo(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	form := fields(t, page(t, mei.get("/verifications/"+id)), "decision")
	form.Set("note", "I read the same, ")
	form.Set("add_note", "Asked the fraud team.")
	w := mei.submit("/verifications/"+id+"/note", form)
	wantStatus(t, w, http.StatusOK)
	if got := fields(t, page(t, w), "decision").Get("note"); got != "I read the same, " {
		t.Errorf("the second word is %q", got)
	}
}

func TestWhatIsForInformationAsksForNoWord(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Coinify(1, "Ines Moreau", coinifyCode)
	doc := page(t, b.get("/verifications/"+id))
	if doc.Find(`[name="finding.`+coinifyCode+`"]`).Length() != 3 || doc.Find(`[name="finding.MANUAL_REVIEW"]`).Length() != 0 {
		t.Error("the words asked for are not those of the findings that count")
	}
	wantStatus(t, b.decide(id, "reject"), http.StatusSeeOther)
	doc = page(t, b.get("/verifications/"+id))
	if got := strings.Join(strings.Fields(doc.Find(".f-do").Text()), " "); got != "Upheld" {
		t.Errorf("the findings are %q", got)
	}
	alone := d.Coinify(2, "Noor El-Sayed", "")
	if got := text(b.get("/verifications/" + alone)); strings.Contains(got, "0 failed") || strings.Contains(got, "0 checks failed") {
		t.Errorf("nothing failed, and the page says %q", got)
	}
}

func TestWhatIsOverItsTargetIsAViewOfItsOwn(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	old := d.Cybrid(1, "Ines Moreau", plainCode)
	d.Clock.Move(review.Target + time.Hour)
	d.take(review.Cybrid, review.Row{ID: "abcd" + strings.Repeat("0", 28), State: "reviewing", CreatedAt: "2026-11-23T10:00:00Z", UpdatedAt: "2026-11-23T10:00:00Z", Codes: []string{plainCode}}, nil)
	b.signIn(d.member("Jonas Lind", review.RoleReviewer).Email)
	doc := b.list("?due=over")
	if got := listed(t, doc); len(got) != 1 || got[0] != old {
		t.Errorf("over the target are %q", got)
	}
	if got := strings.Join(strings.Fields(doc.Find(".saved a[aria-current]").First().Text()), " "); got != "Over target 1" {
		t.Errorf("the saved view says %q", got)
	}
	if got := doc.Find("title").Text(); got != "Queue (1) · Reviewdesk" {
		t.Errorf("the page's title is %q", got)
	}
	wantStatus(t, b.get("/queue?due=never"), http.StatusUnprocessableEntity)
}

func TestNoApplicantIsNamedInATitle(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	if got := page(t, b.get("/verifications/"+id)).Find("title").Text(); got != "IV-C0FF-EE00, reviewing · Reviewdesk" {
		t.Errorf("the title is %q", got)
	}
}

func TestTheHeadingTakesFocusAfterADecisionOnly(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	d.Cybrid(2, "Noor El-Sayed", plainCode)
	if page(t, b.get("/verifications/"+id)).Find("h1[data-focus]").Length() != 0 {
		t.Error("the heading takes focus although nothing was done")
	}
	w := b.decide(id, "approve")
	doc := page(t, b.get(w.Header().Get("Location")))
	if doc.Find(`h1[data-focus][tabindex="-1"]`).Length() != 1 || doc.Find("[role=status] [data-toast]").Length() != 1 {
		t.Error("after a decision the new heading does not take focus, or nothing says what was done")
	}
}

func TestEachViewThatEverybodyHasIsCounted(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	d.Cybrid(1, "Ines Moreau", plainCode)
	critical := d.Cybrid(2, "Noor El-Sayed", "watchlist_check_failure")
	d.Cybrid(3, "Kwame Mensah", "watchlist_check_failure")
	counts := func() string {
		return strings.Join(strings.Fields(page(t, b.get("/queue")).Find("aside .saved").Text()), " ")
	}
	if got := counts(); !strings.Contains(got, "Critical findings 2 High and critical 2 Nobody has it yet 3") {
		t.Errorf("the views say %q", got)
	}
	wantStatus(t, b.post("/verifications/"+critical+"/claim"), http.StatusSeeOther)
	if got := counts(); !strings.Contains(got, "Critical findings 2 High and critical 2 Nobody has it yet 2") {
		t.Errorf("with one claimed they say %q", got)
	}
}
