package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// longAgo takes in a case that its provider settled years ago, so that its period has
// run out, and returns its id.
func (d *testDesk) longAgo(n int, name string, years int, codes ...string) string {
	d.t.Helper()
	at := d.Now().AddDate(-years, 0, -1).UTC().Format(time.RFC3339)
	return d.take(review.Cybrid, review.Row{ID: hexOf(n), State: "completed", Reason: "failed", CreatedAt: at, UpdatedAt: at,
		Subject: review.Reading{Name: name, Email: strings.ToLower(strings.Fields(name)[0]) + "@applicant.example", BirthDate: "1990-02-14"}, Codes: codes}, nil)
}

func hexOf(n int) string {
	const digits = "0123456789abcdef"
	return "0dd1f0" + string([]byte{digits[n/16], digits[n%16]}) + "000040008000000000000000"
}

func TestThePageOfRetentionSaysWhoIsDueAndWhy(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	w := b.get("/admin/retention")
	wantStatus(t, w, http.StatusOK)
	for _, want := range []string{"Nobody is due", "Nobody is held", "Nobody was erased yet", "It is off", "31 CFR 501.601"} {
		if !strings.Contains(text(w), want) {
			t.Errorf("the empty page does not say %q", want)
		}
	}
	const listed = "prohibited_person_check_failure"
	due := d.longAgo(1, "Ines Moreau", 5, plainCode)
	sanctioned := d.longAgo(2, "Viktor Hahn", 9, listed)
	d.longAgo(3, "Noor El-Sayed", 4, plainCode)
	doc := page(t, b.get("/admin/retention"))
	list := folded(doc.Find("#due"))
	for _, want := range []string{"Due1", shortID(review.Cybrid, due), "failed", "five years", "Five years after the case was closed"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list of who is due does not say %q: %s", want, list)
		}
	}
	if strings.Contains(list, shortID(review.Cybrid, sanctioned)) {
		t.Error("a sanctions code keeps a case for ten years, and it is due after nine")
	}
	d.Clock.Move(366 * 24 * time.Hour)
	b = d.browser()
	b.signIn("person.admin@desk.example")
	list = folded(page(t, b.get("/admin/retention")).Find("#due"))
	for _, want := range []string{"Due3", shortID(review.Cybrid, sanctioned), "ten years, for " + listed} {
		if !strings.Contains(list, want) {
			t.Errorf("a year later the list does not say %q: %s", want, list)
		}
	}
	for _, never := range []string{"Ines", "Moreau", "Viktor", "Noor", "applicant.example"} {
		if strings.Contains(b.get("/admin/retention").Body.String(), never) {
			t.Errorf("the page names %q", never)
		}
	}
	if looks := d.events(review.EventFilter{Kind: review.EventViewed}); len(looks) != 0 {
		t.Errorf("the dry run was %d looks at somebody's data", len(looks))
	}
}

func TestTheListOfWhoIsDueGoesOnPageByPage(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	for n := range keptPeople + 3 {
		d.longAgo(n, "Ines Moreau", 6, plainCode)
	}
	seen := map[string]bool{}
	path := "/admin/retention"
	for pages := 0; path != ""; pages++ {
		if pages > 2 {
			t.Fatal("the list does not end")
		}
		doc := page(t, b.get(path))
		rows := doc.Find("#due tbody tr a[href^='/admin/retention/']")
		for i := range rows.Length() {
			seen[strings.TrimSuffix(rows.Eq(i).AttrOr("href", ""), "#erase")] = true
		}
		path, _, _ = strings.Cut(doc.Find("nav.pages[aria-label*='due'] a[rel=next]").AttrOr("href", ""), "#")
	}
	if len(seen) != keptPeople+3 {
		t.Errorf("%d persons on all pages, want %d", len(seen), keptPeople+3)
	}
}

func TestTheListOfHoldsGoesOnPageByPage(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	mei := d.Person("Mei Tan", review.RoleSenior)
	for n := range keptPeople + 2 {
		if err := d.HoldPerson(t.Context(), mei, d.Cybrid(n, "Ines Moreau", plainCode), "A claim before a court, number "+itoa(int64(n))+"."); err != nil {
			t.Fatal(err)
		}
	}
	first := page(t, b.get("/admin/retention"))
	next := first.Find("nav.pages[aria-label*='hold'] a[rel=next]").AttrOr("href", "")
	second := page(t, b.get(strings.TrimSuffix(next, "#held")))
	if a, z := first.Find("#held tbody tr").Length(), second.Find("#held tbody tr").Length(); a != keptPeople || z != 2 {
		t.Errorf("%d and %d persons on the two pages", a, z)
	}
	if said := folded(second.Find("#held")); !strings.Contains(said, "number 0.") || strings.Contains(said, "number 26.") {
		t.Errorf("the newest hold does not come first: %s", said)
	}
	wantStatus(t, b.get("/admin/retention?held=none"), http.StatusBadRequest)
}

func TestAPersonIsFoundByACase(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	if w := b.get("/admin/retention?case=" + strings.ReplaceAll(id, "-", "")); w.Header().Get("Location") != "/admin/retention/"+id {
		t.Errorf("%d to %q", w.Code, w.Header().Get("Location"))
	}
	w := b.get("/admin/retention?case=nobody%22%3E")
	wantStatus(t, w, http.StatusNotFound)
	if page(t, w).Find("#case").AttrOr("value", "") != `nobody">` || !strings.Contains(text(w), "No case has this id") {
		t.Error("what was typed is gone, or nobody says that it is no case")
	}
	open := text(b.get("/admin/retention/" + id))
	if !strings.Contains(open, "A case of this person has not ended") || strings.Contains(open, "Ines") || strings.Contains(open, "See what will be gone") {
		t.Errorf("the page of a person with an open case: %s", open)
	}
}

func TestAnErasureIsAskedForTwice(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	id := d.longAgo(1, "Ines Moreau", 6, plainCode)
	form := []string{"ground", "retention_ended", "reason", "The yearly clearing."}
	wrong := b.post("/admin/retention/"+id+"/erase", "ground", "", "reason", " ")
	wantStatus(t, wrong, http.StatusUnprocessableEntity)
	first := b.post("/admin/retention/"+id+"/erase", form...)
	wantStatus(t, first, http.StatusOK)
	for _, want := range []string{"What will be gone", "What stays", "This cannot be undone", "The yearly clearing.", shortID(review.Cybrid, id)} {
		if !strings.Contains(text(first), want) {
			t.Errorf("the last question does not say %q", want)
		}
	}
	if gone := d.events(review.EventFilter{Kind: review.EventErased}); len(gone) != 0 {
		t.Fatal("asked once, and the person is gone")
	}
	named := b.post("/admin/retention/"+id+"/erase", "ground", "retention_ended", "reason", "Moreau has waited long.", "sure", "yes")
	wantStatus(t, named, http.StatusUnprocessableEntity)
	if page(t, named).Find("#erase-reason-error").Length() != 1 || page(t, named).Find("input[value=retention_ended][checked]").Length() != 1 {
		t.Error("a reason that names the person is not told beside its field, or the ground is forgotten")
	}
	wantStatus(t, b.post("/admin/retention/"+id+"/erase", append(form, "sure", "yes")...), http.StatusSeeOther)
	after := text(b.get("/admin/retention/" + id))
	for _, want := range []string{"Personal data erased on", "by Person Admin", "because the period for which it had to be kept has ended", "The decision and its proofs stand."} {
		if !strings.Contains(after, want) {
			t.Errorf("the person's page does not say %q: %s", want, after)
		}
	}
	list := folded(page(t, b.get("/admin/retention")).Find("main"))
	if !strings.Contains(list, "Nobody is due") || !strings.Contains(list, "The period for which it had to be kept has ended") {
		t.Errorf("the erased person is still due, or is not among the erased: %s", list)
	}
	if log := text(b.get("/audit?kind=erased")); !strings.Contains(log, "Person Admin") || !strings.Contains(log, "Erased") {
		t.Error("the log does not tell of it")
	}
	wantStatus(t, b.post("/admin/retention/"+id+"/erase", append(form, "sure", "yes")...), http.StatusGone)
}

func TestOnlyAnOrderErasesWhileThePeriodRuns(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	id := d.longAgo(1, "Ines Moreau", 1, plainCode)
	doc := page(t, b.get("/admin/retention/"+id))
	if grounds := doc.Find("[name=ground]"); grounds.Length() != 1 || grounds.AttrOr("value", "") != "order" {
		t.Errorf("%d grounds are offered", grounds.Length())
	}
	refused := b.post("/admin/retention/"+id+"/erase", "ground", "request", "reason", "They wrote to us.", "sure", "yes")
	wantStatus(t, refused, http.StatusForbidden)
	if page(t, refused).Find("#erase-reason").Text() != "They wrote to us." {
		t.Error("what was typed is lost")
	}
	wantStatus(t, b.post("/admin/retention/"+id+"/erase", "ground", "order", "reason", "Court order 12.", "sure", "yes"), http.StatusSeeOther)
}

func TestAHoldStopsAnErasureUntilAnAdminLiftsIt(t *testing.T) {
	d := newTestDesk(t)
	admin, _ := d.signedIn(review.RoleAdmin)
	senior, _ := d.signedIn(review.RoleSenior)
	id := d.longAgo(1, "Ines Moreau", 6, plainCode)
	short := senior.post("/verifications/"+id+"/hold", "reason", "no")
	wantStatus(t, short, http.StatusUnprocessableEntity)
	if page(t, short).Find("#act-hold[open] #act-hold-reason-error").Length() != 1 {
		t.Error("a reason too short is not told in its form")
	}
	wantStatus(t, senior.post("/verifications/"+id+"/hold", "reason", "A claim before a court."), http.StatusSeeOther)
	held := text(senior.get("/verifications/" + id))
	if !strings.Contains(held, "On legal hold since") || !strings.Contains(held, "A claim before a court.") || strings.Contains(held, "Put on hold") {
		t.Errorf("the case does not say that its person is held: %s", held)
	}
	wantStatus(t, senior.post("/verifications/"+id+"/hold", "reason", "Once more."), http.StatusConflict)
	doc := page(t, admin.get("/admin/retention"))
	if got := folded(doc.Find("#held")); !strings.Contains(got, "On hold1") || !strings.Contains(got, "Person Senior") {
		t.Errorf("the list of holds: %s", got)
	}
	if got := folded(doc.Find("#due")); !strings.Contains(got, "Nobody is due") {
		t.Errorf("held, and due: %s", got)
	}
	wantStatus(t, admin.post("/admin/retention/"+id+"/erase", "ground", "order", "reason", "Court order 12.", "sure", "yes"), http.StatusForbidden)
	wantStatus(t, senior.post("/admin/retention/"+id+"/lift", "reason", "It is over."), http.StatusForbidden)
	wantStatus(t, admin.post("/admin/retention/"+id+"/lift", "reason", ""), http.StatusUnprocessableEntity)
	wantStatus(t, admin.post("/admin/retention/"+id+"/lift", "reason", "It is over."), http.StatusSeeOther)
	wantStatus(t, admin.post("/admin/retention/"+id+"/lift", "reason", "It is over."), http.StatusConflict)
	log := text(admin.get("/audit?case=" + id))
	for _, want := range []string{"Legal hold", "Hold lifted", "Nothing of person"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if w := admin.post("/verifications/"+id+"/hold", "reason", "An inquiry."); w.Header().Get("Location") != "/admin/retention/"+id {
		t.Errorf("an admin who puts somebody on hold is led to %q", w.Header().Get("Location"))
	}
}

func TestAHalfTypedDecisionSurvivesAHold(t *testing.T) {
	d := newTestDesk(t)
	mei := d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	doc := page(t, mei.get("/verifications/"+id))
	if doc.Find("#act-hold-reason[name='hold.reason'][form=decision]").Length() != 1 {
		t.Fatal("the reason is not joined to the decision's form")
	}
	w := mei.post("/verifications/"+id+"/hold", "panel", "decide", "version", "1", "action", "reject", "note", goodNote, "hold.reason", "x")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if page(t, w).Find("#note").Text() != goodNote || page(t, w).Find("#act-hold-reason").Text() != "x" {
		t.Error("what was typed is lost")
	}
}

func TestThePeriodsAreSavedAndTheSwitchIsAskedForTwice(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	id := d.longAgo(1, "Ines Moreau", 6, plainCode)
	save := func(version, years, sanctions string, more ...string) (int, string) {
		w := b.post("/admin/retention", append([]string{"version", version, "keep_years", years, "keep_sanctions_years", sanctions}, more...)...)
		return w.Code, text(w)
	}
	for _, wrong := range [][2]string{{"0", "10"}, {"five", "10"}, {"7", "6"}, {"5", "101"}} {
		if code, said := save("1", wrong[0], wrong[1]); code != http.StatusUnprocessableEntity || !strings.Contains(said, "put right") {
			t.Errorf("%s and %s years: %d", wrong[0], wrong[1], code)
		}
	}
	if code, _ := save("1", "7", "12"); code != http.StatusSeeOther {
		t.Fatalf("seven and twelve years: %d", code)
	}
	if list := folded(page(t, b.get("/admin/retention")).Find("#due")); !strings.Contains(list, "Nobody is due") {
		t.Error("a longer period does not hold for what is kept already")
	}
	if code, _ := save("1", "5", "10"); code != http.StatusConflict {
		t.Errorf("a form drawn from an older version: %d", code)
	}
	if code, _ := save("2", "5", "10"); code != http.StatusSeeOther {
		t.Fatal("back to five years")
	}
	code, asked := save("3", "5", "10", "keep_erase", "yes")
	if code != http.StatusOK || !strings.Contains(asked, "One person is due by the periods that hold now") {
		t.Fatalf("the switch is not asked for twice: %d %s", code, asked)
	}
	if p, err := d.Policy(t.Context()); err != nil || p.Keep.Erase || p.Version != 3 {
		t.Fatalf("asked once, and it is on: %+v, %v", p.Keep, err)
	}
	if code, _ := save("3", "5", "10", "keep_erase", "yes", "sure", "yes"); code != http.StatusSeeOther {
		t.Fatal("the switch")
	}
	p, err := d.Policy(t.Context())
	if err != nil || !p.Keep.Erase || p.Keep.Years != 5 || len(p.Grounds) == 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	if code, asked = save("4", "3", "10", "keep_erase", "yes"); code != http.StatusOK || !strings.Contains(asked, "A shorter period makes more people due.") {
		t.Errorf("a shorter period is not asked for twice: %d %s", code, asked)
	}
	if _, _, err := d.EraseDue(t.Context(), db.System("retention"), db.DueCursor{}, 10); err != nil {
		t.Fatal(err)
	}
	if said := text(b.get("/admin/retention/" + id)); !strings.Contains(said, "by the desk itself") {
		t.Errorf("who erased the person: %s", said)
	}
}

func TestTheFormOfThePolicyKeepsThePeriods(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	wantStatus(t, b.post("/admin/retention", "version", "1", "keep_years", "7", "keep_sanctions_years", "12"), http.StatusSeeOther)
	wantStatus(t, b.post("/admin/policy", flat(policyForm(t, b))...), http.StatusSeeOther)
	if p, err := d.Policy(t.Context()); err != nil || p.Keep.Years != 7 || p.Keep.SanctionsYears != 12 {
		t.Errorf("%+v, %v", p.Keep, err)
	}
}

func TestASealedDeskShowsRetentionAndKeepsWhatWasTyped(t *testing.T) {
	d := newTestDesk(t)
	admin, _ := d.signedIn(review.RoleAdmin)
	id := d.longAgo(1, "Ines Moreau", 6, plainCode)
	mei := d.officer("Mei Tan", review.RoleSenior)
	d.rollBack()
	if w := admin.get("/admin/retention"); w.Code != http.StatusOK || !strings.Contains(text(w), "The desk is read-only.") {
		t.Errorf("the page: %d", w.Code)
	}
	for _, form := range []struct {
		who         *browser
		path, field string
	}{
		{admin, "/verifications/" + id + "/hold", "#hold-reason"},
		{admin, "/admin/retention/" + id + "/erase", "#erase-reason"},
		{mei, "/verifications/" + id + "/hold", "#act-hold-reason"},
	} {
		w := form.who.post(form.path, "reason", "Order 7 of the authority.", "ground", "retention_ended", "sure", "yes")
		if said := page(t, w).Find(form.field).Text(); w.Code != http.StatusServiceUnavailable || said != "Order 7 of the authority." {
			t.Errorf("%s: %d, and what was typed is %q", form.path, w.Code, said)
		}
	}
}
