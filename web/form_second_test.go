package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Four eyes: by the codes, by the draw, by the officer's wish. Whoever said the first
// word says the second in no way, whatever their role.
func TestNobodyGivesTheSecondWordOnTheirOwnByAnyRoad(t *testing.T) {
	d := newTestDesk(t)
	admin := d.actor(review.RoleAdmin)
	other := d.officer("Cy Okafor", review.RoleSenior)
	n := 0
	for _, why := range []struct {
		name    string
		code    string
		percent int
		form    []string
		said    string
	}{
		{"a code that two must agree on", graveCode, 0, []string{"finding." + graveCode, "cleared"}, "because of " + graveCode},
		{"a critical code", "duplicate_person_check_failure", 0, nil, "because of duplicate_person_check_failure"},
		{"a code nobody has explained", newCode, 0, []string{"finding." + newCode, "cleared"}, "because of " + newCode},
		{"the draw", plainCode, 100, nil, "because it was drawn as a sample"},
		{"the officer's wish", plainCode, 0, []string{"second", "yes"}, "asked for it"},
	} {
		p, err := d.Policy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p.SamplePercent = why.percent
		if _, err := d.SetPolicy(t.Context(), admin, p); err != nil {
			t.Fatal(err)
		}
		for _, role := range []review.Role{review.RoleReviewer, review.RoleSenior} {
			n++
			b := d.officer("Officer "+string(rune('A'+n)), role)
			id := d.Cybrid(n, "Ines Moreau", why.code)
			if got := text(b.get("/verifications/" + id)); strings.Contains(got, "sample") {
				t.Errorf("%s: told of the draw before deciding", why.name)
			}
			wantStatus(t, b.decide(id, "reject", why.form...), http.StatusSeeOther)
			v, _ := d.Peek(t.Context(), id)
			if v.Status != review.StatusSecondReview {
				t.Fatalf("%s by a %s: %s", why.name, role, v.Status)
			}
			if got := text(b.get("/verifications/" + id)); !strings.Contains(got, why.said) {
				t.Errorf("%s by a %s: the page does not say why: %q", why.name, role, got)
			}
			for _, road := range []struct {
				path string
				form []string
			}{
				{"confirm", []string{"version", "2", "note", goodNote}}, {"return", []string{"version", "2", "note", goodNote}},
				{"decision", []string{"version", "2", "action", "reject", "ground", "other", "note", goodNote}},
				{"decision", []string{"version", "1", "action", "reject", "ground", "other", "note", goodNote}},
				{"reopen", []string{"answer", "yes", "note", goodNote}},
			} {
				if w := b.post("/verifications/"+id+"/"+road.path, road.form...); w.Code != http.StatusForbidden && w.Code != http.StatusConflict {
					t.Errorf("%s by a %s: /%s answers %d", why.name, role, road.path, w.Code)
				}
				if v, _ := d.Peek(t.Context(), id); v.Status != review.StatusSecondReview || v.Confirm != nil {
					t.Fatalf("%s by a %s: /%s made it %s", why.name, role, road.path, v.Status)
				}
			}
			wantStatus(t, other.post("/verifications/"+id+"/confirm", "version", "2", "note", goodNote), http.StatusSeeOther)
			d.Clock.Move(time.Minute)
			wantStatus(t, b.post("/verifications/"+id+"/reopen", "reason", goodReason), http.StatusSeeOther)
			wantStatus(t, b.post("/verifications/"+id+"/reopen", "answer", "yes", "note", goodNote), http.StatusForbidden)
			wantStatus(t, other.post("/verifications/"+id+"/reopen", "answer", "no", "note", goodNote), http.StatusSeeOther)
		}
	}
}

func (d *testDesk) actor(role review.Role) db.Actor {
	return db.Actor{Kind: "person", Person: d.member("Settles "+upperFirst(string(role)), role).Person}
}

func TestABlindSecondPersonDoesNotReadTheFirstOnesReasons(t *testing.T) {
	d := newTestDesk(t)
	p, err := d.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Blind = true
	if _, err := d.SetPolicy(t.Context(), d.actor(review.RoleAdmin), p); err != nil {
		t.Fatal(err)
	}
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", graveCode)
	wantStatus(t, ana.decide(id, "reject", "ground", "document_altered"), http.StatusSeeOther)
	proposed := d.decisions(id)[0]
	for _, path := range []string{"/verifications/" + id, "/audit/" + itoa(proposed.Seq), "/audit?case=" + id} {
		w := mei.get(path)
		wantStatus(t, w, http.StatusOK)
		for _, hidden := range []string{goodNote, "Document altered", "document_altered", "upholding", "Upheld"} {
			if strings.Contains(withoutForms(t, w), hidden) {
				t.Errorf("%s shows the second person %q", path, hidden)
			}
		}
	}
	if got := text(mei.get("/verifications/" + id)); !strings.Contains(got, "stays hidden until you have given your own word") || !strings.Contains(got, "Confirm the rejection") {
		t.Errorf("the page says %q", got)
	}
	if !strings.Contains(ana.get("/verifications/"+id).Body.String(), goodNote) {
		t.Error("the first person does not read their own note")
	}
	wantStatus(t, mei.post("/verifications/"+id+"/confirm", "version", "2", "note", "I saw the same edge at the portrait."), http.StatusSeeOther)
	if !strings.Contains(mei.get("/verifications/"+id).Body.String(), goodNote) || !strings.Contains(text(mei.get("/audit/"+itoa(proposed.Seq))), "Document altered") {
		t.Error("once given, the second word does not open the first one's reasons")
	}
}

// withoutForms is a page's text without what its forms offer to choose from.
func withoutForms(t testing.TB, w *httptest.ResponseRecorder) string {
	doc := page(t, w)
	doc.Find("form, script, fieldset").Remove()
	html, err := doc.Html()
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func TestTheSecondPersonIsToldWhyAProposalIsVoid(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	form := mei.open(id)
	form.Set("note", "I see it the same way.")
	d.take(review.Cybrid, review.Row{ID: "beef" + strings.Repeat("0", 27) + "1", State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z",
		UpdatedAt: "2026-11-22T08:59:00Z", Subject: review.Reading{Name: "Lucía Fernández Quispe"}, Codes: []string{graveCode, "name_check_failure"}}, nil)
	w := mei.submit("/verifications/"+id+"/confirm", form)
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "The proposal is void. A copy came from Cybrid at 09:01:00 UTC on 22 November 2026, after it was proposed") {
		t.Errorf("the page says %q", got)
	}
	if fields(t, page(t, w), "decision").Get("note") != "I see it the same way." {
		t.Error("the note is gone")
	}
}

func TestADecisionKeepsTheWordsOfThePolicyItWasTakenUnder(t *testing.T) {
	d := newTestDesk(t)
	ana, admin := d.officer("Ana Quiroga", review.RoleReviewer), d.actor(review.RoleAdmin)
	old, young := d.Cybrid(1, "Ines Moreau", plainCode), d.Cybrid(2, "Noor El-Sayed", plainCode)
	wantStatus(t, ana.decide(old, "reject", "ground", "document_expired"), http.StatusSeeOther)
	p, err := d.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range p.Grounds {
		if g.Key == "document_expired" {
			p.Grounds = slices.Clone(p.Grounds)
			p.Grounds[i].Words = "Papers out of date"
		}
	}
	p.Codes = []review.CodeRule{{Provider: review.Cybrid, Code: plainCode, Severity: "critical", Overridable: review.OverridableFourEyes}}
	if _, err := d.SetPolicy(t.Context(), admin, p); err != nil {
		t.Fatal(err)
	}
	if doc := page(t, ana.get("/verifications/"+old)); !strings.Contains(doc.Find(".word").Text(), "Document expired or not accepted") || doc.Find(".f-chip .chip").AttrOr("data-is", "") != "low" && doc.Find(".f-chip .chip").AttrOr("data-is", "") != "med" {
		t.Errorf("the old decision reads %q", doc.Find(".word").Text())
	}
	open := page(t, ana.get("/verifications/"+young))
	if !strings.Contains(open.Find("#decision").Text(), "Papers out of date") || open.Find(`.f-chip .chip[data-is="crit"]`).Length() != 1 || !strings.Contains(open.Find("#decision").Text(), "A second person confirms either outcome") {
		t.Errorf("the open case reads %q", open.Find("#decision").Text())
	}
	if page(t, ana.get("/queue")).Find(`.c-find .chip[data-is="crit"]`).Length() != 1 {
		t.Error("the queue does not go by the policy")
	}
}

func TestTwoOfficersClaimOneCaseAndOneOfThemGetsIt(t *testing.T) {
	d := newTestDesk(t)
	for round := range 8 {
		id := d.Cybrid(round+1, "Ines Moreau", plainCode)
		browsers := []*browser{d.officer("Ana "+string(rune('A'+round)), review.RoleReviewer), d.officer("Bo "+string(rune('A'+round)), review.RoleReviewer)}
		codes := make([]int, 2)
		var all sync.WaitGroup
		for i, b := range browsers {
			all.Go(func() { codes[i] = b.post("/verifications/" + id + "/claim").Code })
		}
		all.Wait()
		slices.Sort(codes)
		if !slices.Equal(codes, []int{http.StatusSeeOther, http.StatusConflict}) {
			t.Errorf("the answers are %v", codes)
		}
	}
}
