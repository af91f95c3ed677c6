package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/review"
)

// erased erases the person of a case by order.
func (d *testDesk) erased(id string) {
	d.t.Helper()
	d.moved(60) // the decision has taken effect
	if err := d.ErasePerson(d.t.Context(), d.Person("Rosa Oliveira", review.RoleAdmin), id, review.GroundOrder, "Order 7 of the authority."); err != nil {
		d.t.Fatal(err)
	}
}

func TestAnErasedCaseIsASkeletonWhereverItIsMet(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedWithFiles()
	before := mei.get("/verifications/" + id).Body.String()
	paths := []string{"", "/packet", "/packet.zip", "/proof", "/access-report", "/access-report.csv", sheetPath}
	pictures := page(t, mei.get("/verifications/"+id)).Find("main img, .thumb[href], .thumb a")
	for i := range pictures.Length() {
		if href := first(pictures.Eq(i).AttrOr("src", ""), pictures.Eq(i).AttrOr("href", "")); strings.HasPrefix(href, "/verifications/") {
			paths = append(paths, strings.TrimPrefix(href, "/verifications/"+id))
		}
	}
	then := page(t, mei.get("/verifications/"+id)).Find("a[href*='?at=']").AttrOr("href", "")
	paths = append(paths, strings.TrimPrefix(then, "/verifications/"+id))
	name := folded(page(t, mei.get("/verifications/"+id)).Find("h1"))
	if name == "" || !strings.Contains(before, goodNote) || then == "" {
		t.Fatalf("the case %q has no note or no moment: there is nothing to lose", name)
	}
	d.erased(id)
	for _, path := range paths {
		w := mei.get("/verifications/" + id + path)
		if w.Code >= 500 {
			t.Errorf("%s answers %d: %.200s", path, w.Code, text(w))
		}
		if path == sheetPath && w.Code != http.StatusGone {
			t.Errorf("%s answers %d, as if nobody had compared", path, w.Code)
		}
		files := map[string][]byte{"": w.Body.Bytes()}
		if path == "/packet.zip" {
			_, files = unzipped(t, w.Body.Bytes())
		}
		for file, said := range files {
			for _, never := range []string{name, goodNote, "applicant.example", hidden[review.FieldNumber], "Another person, as the sheet says."} {
				if strings.Contains(string(said), never) {
					t.Errorf("%s %s still says %q", path, file, never)
				}
			}
		}
	}
	w := mei.get("/verifications/" + id)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	if said := folded(doc.Find("[data-erased]")); !strings.Contains(said, "by Rosa Oliveira, because an authority ordered it") {
		t.Errorf("the banner: %q", said)
	}
	for what, selector := range map[string]string{"a picture": "main img", "a form": "main form", "the comparison": "table.diff", "files": "#files", "a note's form": ".addnote"} {
		if doc.Find(selector).Length() != 0 {
			t.Errorf("the page of an erased case has %s", what)
		}
	}
	if !strings.Contains(text(w), "Order 7 of the authority.") {
		t.Error("the history does not say for which reason")
	}
	if h1 := folded(doc.Find("h1")); h1 != "Erased" || doc.Find(".word").Length() == 0 {
		t.Errorf("the head says %q, and the decision has to stand", h1)
	}
	row := folded(page(t, mei.get("/queue?status=decided")).Find("tr[data-id='" + id + "']"))
	if !strings.Contains(row, "Erased") || strings.Contains(row, "No name given") {
		t.Errorf("the list says %q", row)
	}
	for _, path := range []string{"/note", "/reopen", "/reveal", "/hold", "/claim", "/undo"} {
		if w := mei.post("/verifications/"+id+path, "note", goodNote, "reason", goodNote, "field", "email"); w.Code != http.StatusGone {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	if w := mei.get("/queue?q=" + strings.ReplaceAll(id, "-", "")); w.Header().Get("Location") != "/verifications/"+id {
		t.Error("an erased case is not found by its id")
	}
}

func TestAComparisonWithAnErasedCaseSaysSo(t *testing.T) {
	d := newTestDesk(t)
	mei := d.officer("Mei Tan", review.RoleSenior)
	other, id := d.Cybrid(1, "Noor El-Sayed", plainCode), d.longAgo(2, "Ines Moreau", 1, plainCode)
	d.erased(id)
	said := text(mei.get("/verifications/" + other + "/compare/" + id))
	if !strings.Contains(said, "Nothing is left to compare") || !strings.Contains(said, "Noor El-Sayed") || strings.Contains(said, "Moreau") {
		t.Errorf("%s", said)
	}
}

func TestACaseSaysUntilWhenItIsKept(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	if said := folded(page(t, ana.get("/verifications/"+id)).Find(".subject")); strings.Contains(said, "ept until") {
		t.Errorf("an open case says %q", said)
	}
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	want := "Kept until" + d.Now().AddDate(5, 0, 0).UTC().Format("2 January 2006") + "(five years from the decision)"
	if said := strings.ReplaceAll(folded(page(t, ana.get("/verifications/"+id)).Find(".subject")), " ", ""); !strings.Contains(said, strings.ReplaceAll(want, " ", "")) {
		t.Errorf("a decided case says %q, want %q", said, want)
	}
	old := d.longAgo(2, "Viktor Hahn", 6, plainCode)
	if said := folded(page(t, ana.get("/verifications/"+old)).Find(".subject")); !strings.Contains(said, "Was to be kept until") || !strings.Contains(said, "the provider's last word") {
		t.Errorf("a case that is due says %q", said)
	}
}

func TestWhoErasesReadsTheReasonInTheLog(t *testing.T) {
	d := newTestDesk(t)
	admin, _ := d.signedIn(review.RoleAdmin)
	id := d.longAgo(1, "Ines Moreau", 1, plainCode)
	if err := d.HoldPerson(t.Context(), d.Person("Mei Tan", review.RoleSenior), id, "A claim before a court."); err != nil {
		t.Fatal(err)
	}
	held := d.lastEvent(id, review.EventHeld)
	if said := text(admin.get("/audit/" + itoa(held.Seq))); !strings.Contains(said, "A claim before a court.") {
		t.Errorf("the event of the hold: %s", said)
	}
}
