package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/providers"
)

func wireObject(t testing.TB, v review.Verification) map[string]any {
	t.Helper()
	vocabulary, err := providers.All.Of(v.Provider)
	if err != nil {
		t.Fatal(err)
	}
	object, err := vocabulary.Object(v)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(object, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestADecisionIsWrittenInTheProvidersOwnWords(t *testing.T) {
	for _, c := range []struct {
		name, action, reason string
		take                 func(*testDesk) string
		want                 map[string]any
	}{
		{"Cybrid approved", "approve", "", func(d *testDesk) string { return d.Cybrid(1, "Ines Moreau", plainCode) },
			map[string]any{"state": "completed", "outcome": "passed"}},
		{"Cybrid rejected", "reject", "", func(d *testDesk) string { return d.Cybrid(1, "Ines Moreau", plainCode) },
			map[string]any{"state": "completed", "outcome": "failed"}},
		{"Coinify approved", "approve", "", func(d *testDesk) string { return d.Coinify(1, "Ines Moreau", coinifyCode) },
			map[string]any{"state": "approved", "rejectReason": nil}},
		{"Coinify rejected by default", "reject", "", func(d *testDesk) string { return d.Coinify(1, "Ines Moreau", coinifyCode) },
			map[string]any{"state": "rejected", "rejectReason": "DENIED", "approveTime": nil}},
		{"Coinify rejected for a reason", "reject", "DENIED_UNSUPPORTED_ID_TYPE", func(d *testDesk) string { return d.Coinify(1, "Ines Moreau", coinifyCode) },
			map[string]any{"state": "rejected", "rejectReason": "DENIED_UNSUPPORTED_ID_TYPE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newTestDesk(t)
			b, a := d.signedIn(review.RoleReviewer)
			id := c.take(d)
			change := []string{}
			if c.reason != "" {
				change = []string{"reject_reason", c.reason}
			}
			wantStatus(t, b.decide(id, c.action, change...), http.StatusSeeOther)
			got := d.wire(id)
			for field, want := range c.want {
				if got[field] != want {
					t.Errorf("%s is %v, want %v", field, got[field], want)
				}
			}
			if codes, _ := got["failure_codes"].([]any); c.name == "Cybrid rejected" && !slices.Contains(codes, any(review.ComplianceRejection)) {
				t.Errorf("failure_codes %v", codes)
			}
			events := d.decisions(id)
			if len(events) != 1 || events[0].Actor.ID != a.ID || factsOf(events[0])["action"] != c.action {
				t.Errorf("the log says %+v", events)
			}
		})
	}
}

func TestAfterADecisionTheNextCaseOfTheViewIsOpenedAndClaimed(t *testing.T) {
	d := newTestDesk(t)
	b, a := d.signedIn(review.RoleReviewer)
	first := d.Cybrid(1, "Ines Moreau", plainCode)
	d.Coinify(2, "Not In This View", coinifyCode)
	second := d.Cybrid(3, "Noor El-Sayed", plainCode)

	w := b.post("/queue/next", "return", "/queue?provider=cybrid&unknown=1")
	wantStatus(t, w, http.StatusSeeOther)
	list := url.Values{"return": {"/queue?provider=cybrid"}}.Encode()
	if to := w.Header().Get("Location"); to != "/verifications/"+first+"?"+list {
		t.Fatalf("the most urgent case is at %q", to)
	}
	opened := b.get(w.Header().Get("Location"))
	form := fields(t, page(t, opened), "decision")
	if got := form.Get("return"); got != "/queue?provider=cybrid" {
		t.Errorf("the form comes back to %q", got)
	}
	form.Set("action", "approve")
	form.Set("ground", "evidence_agrees")
	w = b.submit("/verifications/"+first+"/decision", form)
	wantStatus(t, w, http.StatusSeeOther)
	if to := w.Header().Get("Location"); to != "/verifications/"+second+"?"+list {
		t.Fatalf("the next case is at %q", to)
	}
	if v, _ := d.Peek(t.Context(), second); v.Claim.By.ID != a.ID {
		t.Errorf("the next case is %+v's", v.Claim)
	}
	next := b.get(w.Header().Get("Location"))
	if !strings.Contains(text(next), "IV-C0FF-EE00 approved.") {
		t.Error("the next page does not say what was done")
	}

	form = fields(t, page(t, next), "decision")
	form.Set("action", "approve")
	form.Set("ground", "evidence_agrees")
	w = b.submit("/verifications/"+second+"/decision", form)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/queue?provider=cybrid" {
		t.Fatalf("%d to %q once the view is empty", w.Code, to)
	}
	if page := text(b.get("/queue?provider=cybrid")); !strings.Contains(page, "That was the last case of this view") || !strings.Contains(page, "1 case waits") {
		t.Errorf("the empty view says %q", page)
	}
}

func TestWithNothingLeftToTakeReviewNextSaysSo(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	w := b.post("/queue/next", "provider", "coinify")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/queue?provider=coinify" {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if !strings.Contains(text(b.get("/queue?provider=coinify")), "Nobody is waiting in this view") {
		t.Error("the page does not say why no case opened")
	}
}

func TestARefusedFormKeepsEveryTypedWord(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", graveCode, plainCode)
	form := b.open(id)
	note := "  <b>Sma\r\nll \"note\" </textarea>"
	form.Set("action", "approve")
	form["ground"] = []string{"false_alarm", "explained", "document_altered"} // the last one of the other list
	form.Set("note", note)
	form.Set("finding."+plainCode, "not_applicable")
	w := b.submit("/verifications/"+id+"/decision", form) // the grave finding has no word of its own
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := page(t, w)
	again := fields(t, doc, "decision")
	if got, want := again.Get("note"), strings.ReplaceAll(note, "\r\n", "\n"); got != want {
		t.Errorf("the note is %q, want %q", got, want)
	}
	if again.Get("action") != "approve" || !slices.Equal(again["ground"], []string{"false_alarm", "explained"}) {
		t.Errorf("action %q, grounds %q", again.Get("action"), again["ground"])
	}
	if again.Get("finding."+plainCode) != "not_applicable" || again.Get("submission") != form.Get("submission") {
		t.Errorf("%v", again)
	}
	if doc.Find("#res-"+graveCode+"-error").Length() != 1 {
		t.Error("the mistake is not beside its field")
	}
	if doc.Find("[data-error-summary] a[href='#res-"+graveCode+"']").Length() != 1 {
		t.Error("the summary does not lead to the field")
	}
	if len(d.decisions(id)) != 0 {
		t.Error("something was recorded")
	}
}

func TestEachMistakeOfAFormIsToldAtItsField(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	grave := d.Cybrid(1, "Ines Moreau", graveCode)
	never := d.Cybrid(2, "Noor El-Sayed", neverCode)
	attempt := d.Coinify(3, "Aoife Ní Bhriain", coinifyCode)
	for _, c := range []struct {
		name, id string
		form     url.Values
		field    string
	}{
		{"no action", grave, url.Values{"ground": {"other"}, "note": {goodNote}}, "action-error"},
		{"no ground", grave, url.Values{"action": {"reject"}, "note": {goodNote}}, "ground-reject-error"},
		{"a ground nobody knows", grave, url.Values{"action": {"reject"}, "ground": {"because"}, "note": {goodNote}}, "ground-reject-error"},
		{"a short note", grave, url.Values{"action": {"reject"}, "ground": {"other"}, "note": {"no"}}, "note-error"},
		{"a note too long", grave, url.Values{"action": {"reject"}, "ground": {"other"}, "note": {strings.Repeat("ñ", review.NoteMax+1)}}, "note-error"},
		{"an upheld finding approved over", grave, url.Values{"action": {"approve"}, "ground": {"other"}, "note": {goodNote}, "finding." + graveCode: {"upheld"}}, "res-selfie_failure-error"},
		{"what nobody may approve", never, url.Values{"action": {"approve"}, "ground": {"other"}, "note": {goodNote}}, "action-error"},
		{"a reason of nobody's", attempt, url.Values{"action": {"reject"}, "ground": {"other"}, "note": {goodNote}, "reject_reason": {"BORED"}}, "reject_reason-error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for field, values := range b.open(c.id) {
				if field == "version" || field == "submission" || field == "return" {
					c.form[field] = values
				}
			}
			w := b.submit("/verifications/"+c.id+"/decision", c.form)
			wantStatus(t, w, http.StatusUnprocessableEntity)
			if page(t, w).Find("#"+c.field).Length() == 0 {
				t.Errorf("no #%s in %s", c.field, text(w))
			}
			if got := fields(t, page(t, w), "decision").Get("note"); got != c.form.Get("note") {
				t.Errorf("the note became %d characters", len(got))
			}
		})
	}
	for _, id := range []string{grave, never, attempt} {
		if len(d.decisions(id)) != 0 {
			t.Error("something was recorded")
		}
	}
}

func TestAFormWithoutItsVersionIsRefused(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	for _, version := range []string{"", "0", "-1", "one", "99999999999999999999"} {
		w := b.post("/verifications/"+id+"/decision", "version", version, "action", "approve", "ground", "other", "note", goodNote)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		if fields(t, page(t, w), "decision").Get("version") != "1" {
			t.Error("the form drawn again has no version either")
		}
	}
}

func TestWhoeverComesSecondReadsWhoWasFirstAndKeepsEveryWord(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	form := mei.open(id)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)

	form.Set("action", "reject")
	form["ground"] = []string{"another_person", "other"}
	form.Set("note", "The selfie shows somebody else, see the ears.")
	form.Set("finding."+plainCode, "upheld")
	w := mei.submit("/verifications/"+id+"/decision", form)
	wantStatus(t, w, http.StatusConflict)
	if !strings.Contains(text(w), "Ana Quiroga approved this case at 09:01:00 UTC on 22 November 2026") {
		t.Errorf("the page says %q", text(w))
	}
	again := fields(t, page(t, w), "decision")
	for _, field := range []string{"action", "note", "finding." + plainCode} {
		if again.Get(field) != form.Get(field) {
			t.Errorf("%s is %q, was %q", field, again.Get(field), form.Get(field))
		}
	}
	if !slices.Equal(again["ground"], form["ground"]) {
		t.Errorf("grounds %q", again["ground"])
	}
	if n := len(d.decisions(id)); n != 1 {
		t.Errorf("%d decisions", n)
	}
}

func TestNewerEvidenceIsAConflictThatCanBeSentAgain(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	form := b.open(id)
	d.take(review.Cybrid, review.Row{ID: "beef" + strings.Repeat("0", 27) + "1", State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z",
		UpdatedAt: "2026-11-22T08:59:00Z", Subject: review.Reading{Name: "Lucía Fernández Quispe"}, Codes: []string{plainCode, "name_check_failure"}}, nil)
	form.Set("action", "approve")
	form.Set("ground", "other")
	form.Set("note", goodNote)
	w := b.submit("/verifications/"+id+"/decision", form)
	wantStatus(t, w, http.StatusConflict)
	if !strings.Contains(text(w), "Cybrid changed this case at 08:59:00 UTC") {
		t.Errorf("the page says %q", text(w))
	}
	again := fields(t, page(t, w), "decision")
	if again.Get("version") != "2" || again.Get("note") != goodNote {
		t.Fatalf("%v", again)
	}
	wantStatus(t, b.submit("/verifications/"+id+"/decision", again), http.StatusSeeOther)
}

func TestADoubleClickFindsItsOwnResult(t *testing.T) {
	d := newTestDesk(t)
	b, a := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	next, third := d.Cybrid(2, "Noor El-Sayed", plainCode), d.Cybrid(3, "Aoife Ní Bhriain", plainCode)
	form := b.open(id)
	form.Set("action", "approve")
	form.Set("ground", "evidence_agrees")
	one := b.submit("/verifications/"+id+"/decision", form)
	two := b.submit("/verifications/"+id+"/decision", form)
	wantStatus(t, one, http.StatusSeeOther)
	wantStatus(t, two, http.StatusSeeOther)
	if a, b := one.Header().Get("Location"), two.Header().Get("Location"); a != b || !strings.HasPrefix(a, "/verifications/"+next) {
		t.Errorf("the clicks lead to %q and %q", a, b)
	}
	if v, _ := d.Peek(t.Context(), third); v.Claim.By.ID == a.ID {
		t.Error("the second click claimed another case")
	}
	if n := len(d.decisions(id)); n != 1 {
		t.Errorf("%d decisions", n)
	}
}

func TestNobodyDecidesWhatSomebodyElseHolds(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	form := mei.open(id)
	w := ana.post("/verifications/"+id+"/claim", "return", "/queue?severity=low")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.Contains(to, "severity") {
		t.Fatalf("%d to %q", w.Code, to)
	}
	if got := text(mei.get("/verifications/" + id)); !strings.Contains(got, "Ana Quiroga works on this case until 09:16") {
		t.Errorf("the page says %q", got)
	}
	form.Set("action", "approve")
	form.Set("ground", "evidence_agrees")
	w = mei.submit("/verifications/"+id+"/decision", form)
	wantStatus(t, w, http.StatusConflict)
	if !strings.Contains(text(w), "Ana Quiroga claimed this case at 09:01:00 UTC") {
		t.Errorf("the page says %q", text(w))
	}
	wantStatus(t, mei.post("/verifications/"+id+"/claim"), http.StatusConflict)
	wantStatus(t, mei.post("/verifications/"+id+"/release"), http.StatusConflict)
	wantStatus(t, ana.post("/verifications/"+id+"/release"), http.StatusSeeOther)
	wantStatus(t, mei.submit("/verifications/"+id+"/decision", form), http.StatusSeeOther)
}
