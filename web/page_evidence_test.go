package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
)

// evidenceFacts are what a deciding event says of the evidence.
func evidenceFacts(d *testDesk, id string, kind review.EventKind) (out []string) {
	d.t.Helper()
	for _, f := range d.lastEvent(id, kind).Facts {
		if strings.HasPrefix(f.Name, "evidence.") {
			out = append(out, f.Name+"="+f.Value)
		}
	}
	return out
}

func TestTheEvidenceOfAFindingIsTickedBeforehandAndSentWithTheDecision(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", graveCode, plainCode)
	doc := page(t, b.get("/verifications/"+id))
	form := fields(t, doc, "decision")
	if got := form["evidence."+graveCode]; !slices.Equal(got, []string{"", "document_front:0", "selfie:1"}) {
		t.Errorf("ticked for the selfie: %q", got)
	}
	if got := folded(doc.Find("#rests-" + graveCode + " summary")); !strings.HasPrefix(got, "Rests on Identity card, front; Selfie") {
		t.Errorf("the list's summary: %q", got)
	}
	if n := doc.Find("#rests-" + graveCode + " input[type=checkbox][form=decision]").Length(); n < 8 {
		t.Errorf("%d pieces of evidence are offered", n)
	}
	wantStatus(t, b.decide(id, "reject"), http.StatusSeeOther)
	if got := evidenceFacts(d, id, review.EventProposed); len(got) < 3 || !slices.Contains(got, "evidence."+graveCode+"=document_front:0") {
		t.Errorf("the event says %q", got)
	}
}

func TestEvidenceIsNamedOrTheFormComesBack(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	field := "evidence." + plainCode
	for name, sent := range map[string][]string{"none is ticked": {""}, "the case does not have it": {"", "attachment:99"}, "it is no evidence": {"", "<b>"}} {
		form := b.open(id)
		form["ground"], form["action"], form["note"] = []string{"other"}, []string{"approve"}, []string{goodNote}
		form[field] = sent
		w := b.submit("/verifications/"+id+"/decision", form)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		doc := page(t, w)
		box := doc.Find("#rests-" + plainCode)
		if _, open := box.Attr("open"); !open || box.Find("[id$='-error']").Length() != 1 || doc.Find("#decision a[href='#rests-"+plainCode+"']").Length() == 0 {
			t.Errorf("%s: %s", name, folded(doc.Find("#decision")))
		}
	}
	form := b.open(id)
	form["ground"], form["action"], form["note"] = []string{"other"}, []string{"approve"}, []string{goodNote}
	form[field] = []string{"", "mrz", "compared:address"}
	kept := page(t, b.submit("/verifications/"+id+"/claim", form)) // a form beside keeps the ticks
	if got := fields(t, kept, "decision")[field]; !slices.Equal(got, []string{"", "mrz", "compared:address"}) {
		t.Errorf("after a form beside, ticked are %q", got)
	}
	wantStatus(t, b.submit("/verifications/"+id+"/decision", form), http.StatusSeeOther)
	if got := evidenceFacts(d, id, review.EventDecided); !slices.Equal(got, []string{field + "=mrz", field + "=compared:address"}) {
		t.Errorf("the event says %q", got)
	}
}

func TestTheEvidenceNamedShowsWhereverTheResolutionDoes(t *testing.T) {
	d := newTestDesk(t)
	ana, mei, id := d.decidedWithFiles()
	const want = "name-match worksheet"
	e := d.lastEvent(id, review.EventConfirmed)
	other := d.rich(2, "Somebody Else", plainCode)
	for name, place := range map[string][2]string{
		"the case's finding": {"/verifications/" + id, ".f-rests"}, "its history": {"/verifications/" + id, "#history .resolved"},
		"the case as it stood": {"/verifications/" + id + "?at=" + itoa(e.Seq), ".f-rests"}, "the event of the log": {"/audit/" + itoa(e.Seq), "main"},
		"side by side": {"/verifications/" + id + "/compare/" + other, "main"}, "the packet": {"/verifications/" + id + "/packet", "table"},
	} {
		if got := folded(page(t, mei.get(place[0])).Find(place[1])); !strings.Contains(strings.ToLower(got), want) {
			t.Errorf("%s says %q", name, got)
		}
	}
	if got := page(t, ana.get("/verifications/"+id)).Find(".rests").Length(); got != 0 {
		t.Errorf("%d lists of evidence are offered on a decided case", got)
	}
}

func TestASecondPersonInBlindModeDoesNotSeeTheEvidenceNamed(t *testing.T) {
	d := newTestDesk(t)
	p := review.FirstPolicy()
	p.Blind = true
	if _, err := d.SetPolicy(t.Context(), d.actor(review.RoleAdmin), p); err != nil {
		t.Fatal(err)
	}
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", graveCode)
	wantStatus(t, ana.decide(id, "reject"), http.StatusSeeOther)
	e := d.lastEvent(id, review.EventProposed)
	if got := page(t, mei.get("/verifications/"+id)).Find(".f-rests, .resolved").Length(); got != 0 {
		t.Error("the case tells it")
	}
	if got := text(mei.get("/audit/" + itoa(e.Seq))); strings.Contains(got, "selfie:1") || strings.Contains(got, "resting on") {
		t.Error("the log tells it")
	}
	if got := page(t, ana.get("/verifications/"+id)).Find(".f-rests").Length(); got != 1 {
		t.Error("whoever proposed it does not see it")
	}
}
