package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/review"
)

const goodReason = "The registry answers tomorrow."

// undoOn finds the offer to undo on a page: in the message, or beside the decision.
func undoOn(t testing.TB, body string) bool {
	t.Helper()
	return strings.Contains(body, "/undo\"")
}

func TestADecisionCanBeUndoneFromTheNextPageAndFromItsOwnWhileItLasts(t *testing.T) {
	d := newTestDesk(t)
	ana, bo := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Bo Lind", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	d.Cybrid(2, "Noor El-Sayed", plainCode)
	w := ana.decide(id, "reject")
	wantStatus(t, w, http.StatusSeeOther)
	next := ana.get(w.Header().Get("Location"))
	doc := page(t, next)
	if got := strings.Join(strings.Fields(doc.Find(".toast").Text()), " "); !strings.Contains(got, "rejected.") || !strings.Contains(got, "Undo 0:10") {
		t.Errorf("the message says %q", got)
	}
	if doc.Find(`.toast[action="/verifications/`+id+`/undo"] button[data-key=z][aria-keyshortcuts=z]`).Length() != 1 || doc.Find(".toast").Length() != 1 {
		t.Error("the message has no undo, or stands twice")
	}
	if !undoOn(t, ana.get("/queue").Body.String()) {
		t.Error("a second page does not offer it any more")
	}
	if own := ana.get("/verifications/" + id); page(t, own).Find(".undo-box button").Length() != 1 || page(t, own).Find(".toast form, form.toast").Length() != 0 {
		t.Error("the case's page does not offer it once")
	}
	if undoOn(t, bo.get("/verifications/"+id).Body.String()) {
		t.Error("somebody else is offered it")
	}
	wantStatus(t, bo.post("/verifications/"+id+"/undo"), http.StatusForbidden)
	w = ana.post("/verifications/" + id + "/undo")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/verifications/"+id {
		t.Fatalf("%d to %q", w.Code, to)
	}
	after := ana.get("/verifications/" + id)
	if got := text(after); !strings.Contains(got, "taken back. Nobody outside has heard of it.") || undoOn(t, after.Body.String()) {
		t.Errorf("afterwards the page says %q", got)
	}
	if v, _ := d.Peek(t.Context(), id); v.Status != review.StatusInReview || v.Decision != nil {
		t.Errorf("the case is %s", v.Status)
	}
	if e := d.events(review.EventFilter{Kind: review.EventUndone}); len(e) != 1 || e[0].Object != id {
		t.Errorf("the log says %+v", e)
	}
}

func TestAnUndoThatComesTooLateIsAConflictThatSaysSo(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	d.Clock.Move(10 * time.Second)
	if undoOn(t, ana.get("/queue").Body.String()) || undoOn(t, ana.get("/verifications/"+id).Body.String()) {
		t.Error("it is still offered")
	}
	w := ana.post("/verifications/" + id + "/undo")
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "This could not be undone. The decision took effect outside at 09:01:10 UTC") || !strings.Contains(got, "Ask to reopen") {
		t.Errorf("the page says %q", got)
	}
}

func TestAProposalIsTakenBackUntilSomebodyConfirmsIt(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	d.Clock.Move(5 * time.Minute)
	if got := text(ana.get("/verifications/" + id)); !strings.Contains(got, "Take the proposal back") {
		t.Errorf("the proposer reads %q", got)
	}
	wantStatus(t, ana.post("/verifications/"+id+"/undo"), http.StatusSeeOther)
	w := mei.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote)
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "The proposal is void. Ana Quiroga took the proposal of the rejection back") || !strings.Contains(w.Body.String(), goodNote) {
		t.Errorf("the second person reads %q", got)
	}
}

func TestASeniorTakesACaseOverAndNobodyElseDoes(t *testing.T) {
	d := newTestDesk(t)
	ana, bo, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Bo Lind", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	form := ana.open(id)
	wantStatus(t, ana.post("/verifications/"+id+"/claim"), http.StatusSeeOther)
	for who, b := range map[string]*browser{"a reviewer": bo, "a senior": mei} {
		box := page(t, b.get("/verifications/"+id)).Find(".subject .end")
		if got := strings.TrimSpace(box.Find("[data-countdown]").Text()); got != "15:00" {
			t.Errorf("%s is told %q of the claim", who, got)
		}
		if n := box.Find("[name=take_over]").Length(); (n == 1) != (who == "a senior") {
			t.Errorf("%s is offered to take it over %d times", who, n)
		}
	}
	if got := page(t, bo.get("/queue")).Find(".c-own [data-countdown]").Text(); got != "15:00" {
		t.Errorf("the queue says %q", got)
	}
	wantStatus(t, bo.post("/verifications/"+id+"/claim", "take_over", "1"), http.StatusForbidden)
	wantStatus(t, mei.post("/verifications/"+id+"/claim"), http.StatusConflict)
	wantStatus(t, mei.post("/verifications/"+id+"/claim", "take_over", "1"), http.StatusSeeOther)
	form.Set("action", "reject")
	form.Set("ground", "document_expired")
	form.Set("note", goodNote)
	w := ana.submit("/verifications/"+id+"/decision", form)
	wantStatus(t, w, http.StatusConflict)
	if !strings.Contains(text(w), "Mei Tan claimed this case") || fields(t, page(t, w), "decision").Get("note") != goodNote {
		t.Errorf("the one it was taken from reads %q", text(w))
	}
	if e := d.events(review.EventFilter{Kind: review.EventTakenOver}); len(e) != 1 {
		t.Errorf("the log says %+v", e)
	}
}

func TestAHoldersLookRenewsTheirClaimAndNobodyElsesDoes(t *testing.T) {
	d := newTestDesk(t)
	ana, bo := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Bo Lind", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.post("/verifications/"+id+"/claim"), http.StatusSeeOther)
	until := func() time.Time { v, _ := d.Peek(t.Context(), id); return v.Claim.Until }
	first := until()
	d.Clock.Move(4 * time.Minute)
	ana.get("/verifications/" + id)
	if !until().Equal(first) {
		t.Error("renewed with more than ten minutes left")
	}
	d.Clock.Move(2 * time.Minute)
	bo.get("/verifications/" + id)
	if !until().Equal(first) {
		t.Error("somebody else's look renewed it")
	}
	ana.get("/verifications/" + id)
	if want := d.Clock.Now().Add(review.ClaimFor); !until().Equal(want) {
		t.Errorf("held until %s, want %s", until(), want)
	}
	d.Clock.Move(6 * time.Minute)
	wantStatus(t, ana.post("/verifications/"+id+"/note", "note", goodNote), http.StatusSeeOther)
	if want := d.Clock.Now().Add(review.ClaimFor); !until().Equal(want) {
		t.Errorf("after a form held until %s, want %s", until(), want)
	}
	told := 0
	for _, e := range d.events(review.EventFilter{Case: id}) {
		if factsOf(e)["claim_until"] != "" {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d events say that they renewed the claim", told)
	}
	d.Clock.Move(review.ClaimFor)
	ana.get("/verifications/" + id)
	if v, _ := d.Peek(t.Context(), id); v.Claim.Held(d.Clock.Now()) {
		t.Error("a look made a claim anew")
	}
}

func TestASkippedCaseLeadsToTheNextOneAndStaysAway(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	first, second := d.Cybrid(1, "Ines Moreau", plainCode), d.Cybrid(2, "Noor El-Sayed", plainCode)
	wantStatus(t, ana.post("/queue/next"), http.StatusSeeOther)
	form := ana.open(first)
	form.Set("note", "Half a thought")
	form.Set("skip.reason", "short")
	w := ana.submit("/verifications/"+first+"/skip", form)
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := page(t, w)
	if doc.Find("#act-skip-reason").Text() != "short" || doc.Find("#act-skip[open] #act-skip-reason-error").Length() != 1 || fields(t, doc, "decision").Get("note") != "Half a thought" {
		t.Error("something typed is gone, or the mistake is not told beside its field")
	}
	if doc.Find("#note-error, #add-note-error").Length() != 0 {
		t.Error("the mistake is told at somebody else's field too")
	}
	form.Set("skip.reason", "I know too little of this country.")
	w = ana.submit("/verifications/"+first+"/skip", form)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/verifications/"+second) {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if got := text(ana.get("/verifications/" + first)); !strings.Contains(got, "I know too little of this country.") {
		t.Errorf("the history does not say why: %q", got)
	}
}

func TestACaseIsSetAsideWithItsClockStanding(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	for name, form := range map[string]url.Values{
		"until nothing that is a time": {"until": {"soon"}, "reason": {goodReason}},
		"until yesterday":              {"until": {"2026-11-21T09:00"}, "reason": {goodReason}},
		"until next year":              {"until": {"2027-11-21T09:00"}, "reason": {goodReason}},
		"without a reason":             {"preset": {"week"}},
	} {
		w := ana.submit("/verifications/"+id+"/snooze", form)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		if doc := page(t, w); doc.Find("#act-snooze[open] .verdict").Length() != 1 || doc.Find("#act-snooze-until").AttrOr("value", "") != form.Get("until") {
			t.Errorf("%s: the form says %q", name, text(w))
		}
	}
	wantStatus(t, ana.post("/verifications/"+id+"/snooze", "preset", "tomorrow", "reason", goodReason), http.StatusSeeOther)
	v, _ := d.Peek(t.Context(), id)
	if want := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC); !v.SnoozedUntil.Equal(want) {
		t.Errorf("until %s", v.SnoozedUntil)
	}
	seen := ana.get("/verifications/" + id)
	for _, want := range []string{"Set aside until 23 Nov, 09:00.", goodReason, "Waited 1h 01m, clock paused until 23 Nov, 09:00", "Take it back into the queue"} {
		if !strings.Contains(text(seen), want) {
			t.Errorf("the page does not say %q: %q", want, text(seen))
		}
	}
	if got := text(ana.get("/queue")); !strings.Contains(got, "Nothing waits for review") || !strings.Contains(got, "Set aside 1") {
		t.Errorf("the queue says %q", got)
	}
	if got := text(ana.get("/queue?work=aside")); !strings.Contains(got, "1h 01m, clock paused") || !strings.Contains(got, "until 23 Nov, 09:00") {
		t.Errorf("the list says %q", got)
	}
	wantStatus(t, ana.post("/verifications/"+id+"/snooze", "preset", "week", "reason", goodReason), http.StatusConflict)
	wantStatus(t, ana.post("/verifications/"+id+"/wake"), http.StatusSeeOther)
	wantStatus(t, ana.post("/verifications/"+id+"/wake"), http.StatusConflict)
	if got := text(ana.get("/queue")); !strings.Contains(got, "Ines Moreau") {
		t.Errorf("the queue says %q", got)
	}
}

func TestThePresetsAreMornings(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	for _, c := range []struct{ now, tomorrow, monday, week string }{
		{"2026-11-22T23:30", "2026-11-23T09:00", "2026-11-23T09:00", "2026-11-29T23:30"}, // a Sunday
		{"2026-11-23T08:00", "2026-11-24T09:00", "2026-11-30T09:00", "2026-11-30T08:00"}, // a Monday
		{"2027-03-27T12:00", "2027-03-28T09:00", "2027-03-29T09:00", "2027-04-03T12:00"}, // the night the clocks change
	} {
		now, _ := time.ParseInLocation("2006-01-02T15:04", c.now, madrid)
		for i, want := range []string{c.tomorrow, c.monday, c.week} {
			if got := presets[i].at(now).Format("2006-01-02T15:04"); got != want {
				t.Errorf("%s from %s is %s, want %s", presets[i].name, c.now, got, want)
			}
		}
	}
}

func TestAskingAgainDrawsUpATextThatTheOfficerEditsAndThatTipsNobodyOff(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode, "name_check_failure")
	form := ana.open(id)
	form.Set("note", "Half a thought")
	form.Set("ask-again.redo", plainCode)
	w := ana.submit("/verifications/"+id+"/ask-again", form)
	wantStatus(t, w, http.StatusOK)
	again := fields(t, page(t, w), "decision")
	for _, f := range []string{"ask-again.text"} {
		if text := page(t, w).Find(`[name="` + f + `"]`).Text(); !strings.Contains(text, review.Standard.Lookup(review.Cybrid, plainCode).Applicant) {
			t.Errorf("the text is %q", text)
		}
	}
	if again.Get("note") != "Half a thought" || page(t, w).Find(`[name="ask-again.redo"]:checked, [name="ask-again.redo"][checked]`).Length() != 1 {
		t.Error("what was typed or ticked is gone")
	}
	if len(d.events(review.EventFilter{Kind: review.EventAskedAgain})) != 0 {
		t.Error("drawing the text up asked already")
	}
	form.Set("ask-again.text", "Your document looks forged. Send another.")
	w = ana.submit("/verifications/"+id+"/ask-again", form)
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if doc := page(t, w); !strings.Contains(doc.Find("#act-ask-again-text-error").Text(), "forged") || doc.Find("#act-ask-again-text").Text() != form.Get("ask-again.text") {
		t.Errorf("the refused word is not told: %q", text(w))
	}
	wantStatus(t, ana.post("/verifications/"+id+"/ask-again", "text", "Please send a newer bill."), http.StatusUnprocessableEntity) // nothing chosen
	wantStatus(t, ana.post("/verifications/"+id+"/ask-again", "redo", "no_such_code", "text", "Please send a newer bill."), http.StatusUnprocessableEntity)
	wantStatus(t, ana.post("/verifications/"+id+"/ask-again", "redo", plainCode, "redo", "name_check_failure", "text", "Please send a newer bill."), http.StatusSeeOther)
	if got := text(ana.get("/verifications/" + id)); !strings.Contains(got, "Waits for the applicant.") || !strings.Contains(got, "clock paused for the applicant") || !strings.Contains(got, "Please send a newer bill.") {
		t.Errorf("the case reads %q", got)
	}
}

func TestAnEscalatedCaseIsTheSeniorsAndMarked(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	form := ana.open(id)
	wantStatus(t, ana.post("/verifications/"+id+"/escalate", "reason", "no"), http.StatusUnprocessableEntity)
	wantStatus(t, ana.post("/verifications/"+id+"/escalate", "reason", "The name stands on a list I do not know."), http.StatusSeeOther)
	seen := text(ana.get("/verifications/" + id))
	for _, want := range []string{"For seniors", "Ana Quiroga handed this case to the seniors.", "The name stands on a list I do not know.", "This case was handed to the seniors.", "Review next"} {
		if !strings.Contains(seen, want) {
			t.Errorf("the page does not say %q: %q", want, seen)
		}
	}
	form.Set("action", "reject")
	form.Set("ground", "document_expired")
	form.Set("note", goodNote)
	w := ana.submit("/verifications/"+id+"/decision", form)
	if w.Code != http.StatusConflict && w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), goodNote) {
		t.Errorf("a decision of theirs: %d, %q", w.Code, text(w))
	}
	wantStatus(t, mei.post("/verifications/"+id+"/escalate", "reason", goodReason), http.StatusConflict)
	if got := text(mei.get("/queue?work=escalated")); !strings.Contains(got, "Ines Moreau") || !strings.Contains(got, "For seniors 1") {
		t.Errorf("the list says %q", got)
	}
	if w := mei.post("/queue/next", "return", "/queue?work=escalated"); !strings.HasPrefix(w.Header().Get("Location"), "/verifications/"+id) {
		t.Errorf("the next case of that view is at %q", w.Header().Get("Location"))
	}
}

func TestACaseIsGivenAwayOrSteppedBackFrom(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	to := d.member("Jo Park", review.RoleReviewer)
	auditor := d.member("Audie Tor", review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.post("/verifications/"+id+"/claim"), http.StatusSeeOther)
	for _, bad := range []string{"", "nobody", auditor.ID} {
		if w := ana.post("/verifications/"+id+"/assign", "to", bad); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusForbidden {
			t.Errorf("given to %q: %d", bad, w.Code)
		}
	}
	wantStatus(t, mei.post("/verifications/"+id+"/assign", "to", to.ID), http.StatusConflict)
	wantStatus(t, ana.post("/verifications/"+id+"/assign", "to", to.ID), http.StatusSeeOther)
	if v, _ := d.Peek(t.Context(), id); v.Claim.By.ID != to.ID || !v.Claim.Held(d.Clock.Now().Add(7*time.Hour)) {
		t.Errorf("the case is %+v's", v.Claim)
	}
	other := d.Cybrid(2, "Noor El-Sayed", plainCode)
	if w := ana.post("/verifications/" + other + "/recuse"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/queue" {
		t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	if got := text(ana.get("/verifications/" + other)); !strings.Contains(got, "You recused yourself from this case") {
		t.Errorf("the page says %q", got)
	}
	wantStatus(t, ana.post("/verifications/"+other+"/claim"), http.StatusForbidden)
	wantStatus(t, ana.post("/verifications/"+other+"/decision", "action", "reject", "version", "1", "ground", "other", "note", goodNote), http.StatusForbidden)
}

func TestATextOfWhichTheCatalogueHasNoWordsIsTheOfficersOwn(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", listCode, plainCode)
	form := ana.open(id)
	form["ask-again.redo"] = []string{listCode}
	form.Set("compose", "1")
	w := ana.submit("/verifications/"+id+"/ask-again", form)
	wantStatus(t, w, http.StatusOK)
	if got := fields(t, page(t, w), "decision").Get("ask-again.text"); got != "" || !strings.Contains(page(t, w).Find("#act-ask-again-text-error").Text(), "no words for the applicant") {
		t.Errorf("the text is %q", got)
	}
	form["ask-again.redo"] = []string{listCode, plainCode}
	got := fields(t, page(t, ana.submit("/verifications/"+id+"/ask-again", form)), "decision").Get("ask-again.text")
	if strings.Count(got, "\n- ") != 1 || len(review.TipsOff(got)) > 0 {
		t.Errorf("the text is %q", got)
	}
}

func TestOnASundayTomorrowIsOfferedOnce(t *testing.T) {
	d := newTestDesk(t) // its clock begins on a Sunday
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	times := map[string]bool{}
	page(t, ana.get("/verifications/"+id)).Find(`[name$="preset"]`).Each(func(_ int, radio *goquery.Selection) {
		_, at, _ := strings.Cut(radio.Parent().Text(), ", ")
		if times[at] {
			t.Errorf("%q stands twice", at)
		}
		times[at] = true
	})
	if len(times) != 2 {
		t.Errorf("offered are %v", times)
	}
}
