package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"reviewdesk/review"
)

const (
	listCode  = "watchlist_check_failure" // critical, from a list of names
	sheetPath = "/worksheet?code=" + listCode
)

// goodSheet fills in what a worksheet needs.
func goodSheet(form url.Values, conclusion string) url.Values {
	for field, value := range map[string]string{"list": "SDN list of 1 August 2026", "entry": "Entry 4711, Fernandez L.", "entry.birth_date": "1961",
		"answer.name": "same", "answer.birth_date": "different", "answer.nationality": "different", "conclusion": conclusion, "note": "Thirty years apart, and another country."} {
		form.Set(field, value)
	}
	return form
}

func TestAWorksheetIsFilledInWithWhatTheCaseKnows(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", listCode)
	doc := page(t, ana.get("/verifications/"+id+"?return=%2Fqueue%3Fseverity%3Dhigh&n=3"))
	line := doc.Find("#sheet-" + listCode)
	if !strings.Contains(folded(line), "Worksheet needed before approval") {
		t.Fatalf("the finding says %s", folded(line))
	}
	href := link(doc, "#sheet-"+listCode+" a")
	w := ana.get(href)
	wantStatus(t, w, http.StatusOK)
	form := fields(t, page(t, w), "sheet")
	for field, want := range map[string]string{"applicant.name": "Lucía Fernández Quispe", "applicant.birth_date": review.MaskDate(hidden[review.FieldBirthDate]), "applicant.document_number": review.MaskNumber(hidden[review.FieldNumber]),
		"applicant.address": review.MaskAddress(hidden[review.FieldAddress]), "applicant.nationality": "", "applicant.office": "Botanist", "applicant.birth_place": "", "answer.name": "unknown", "conclusion": ""} {
		if got := form.Get(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	for _, never := range []string{hidden[review.FieldNumber], hidden[review.FieldBirthDate], "XDA123419"} {
		if strings.Contains(w.Body.String(), never) {
			t.Errorf("the page holds %q in clear", never)
		}
	}
	action, _ := page(t, w).Find("form#sheet").Attr("action")
	w = ana.submit(action, goodSheet(form, "another_person"))
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/verifications/"+id+"?n=3&return=%2Fqueue%3Fseverity%3Dhigh#sheet-"+listCode {
		t.Fatalf("%d to %q: %s", w.Code, to, text(w))
	}
	doc = page(t, ana.get("/verifications/"+id))
	got := folded(doc.Find("#sheet-" + listCode))
	for _, want := range []string{"Another person", "says Ana Quiroga", "SDN list of 1 August 2026 · Entry 4711, Fernandez L."} {
		if !strings.Contains(got, want) {
			t.Errorf("the finding does not say %q: %s", want, got)
		}
	}
	if got := folded(doc.Find("#history")); !strings.Contains(got, "compared the applicant with a list entry: another person") {
		t.Errorf("the history says %s", got)
	}
}

func TestARefusedWorksheetKeepsEverythingThatWasTyped(t *testing.T) {
	for _, test := range []struct {
		name, field, value, id, want string
	}{
		{"no list", "list", " ", "list", "List: say which"},
		{"no entry", "entry", "x", "entry", "Entry: say which"},
		{"nothing concluded", "conclusion", "", "conclusion", "Choose what the comparison comes to."},
		{"a conclusion that is none", "conclusion", "somebody", "conclusion", "Choose what the comparison comes to."},
		{"too little compared", "answer.birth_date", "unknown", "compared", "at least 2 more identifiers"},
		{"the name not compared", "answer.name", "unknown", "compared", "Compare the name"},
		{"an answer that is none", "answer.address", "perhaps", "compared-address", "choose same, different or unknown"},
		{"an answer missing", "answer.office", "", "compared-office", "choose same, different or unknown"},
		{"a value too long", "entry.address", strings.Repeat("x", 700), "compared-address", "600 characters fit"},
		{"no note", "note", "short", "note", "more characters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newTestDesk(t)
			ana := d.officer("Ana Quiroga", review.RoleReviewer)
			id := d.rich(1, "Lucía Fernández Quispe", listCode)
			form := goodSheet(fields(t, page(t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "another_person")
			form.Set("applicant.birth_place", "Łódź <b>")
			form.Set(test.field, test.value)
			w := ana.submit("/verifications/"+id+sheetPath, form)
			wantStatus(t, w, http.StatusUnprocessableEntity)
			doc := page(t, w)
			if got := folded(doc.Find("#" + test.id + "-error")); !strings.Contains(got, test.want) {
				t.Errorf("beside the field stands %q: %s", got, text(w))
			}
			if doc.Find("[data-error-summary] a[href='#"+test.id+"']").Length() != 1 || doc.Find("#"+test.id).Length() != 1 {
				t.Error("the summary does not lead to the field")
			}
			again := fields(t, doc, "sheet")
			for _, field := range []string{"list", "entry", "applicant.birth_place", "entry.birth_date", "answer.nationality", "note"} {
				if field != test.field && again.Get(field) != form.Get(field) {
					t.Errorf("%s is %q, was %q", field, again.Get(field), form.Get(field))
				}
			}
			if n := len(d.events(review.EventFilter{Case: id, Kind: review.EventNameMatched})); n != 0 {
				t.Errorf("%d worksheets were recorded", n)
			}
		})
	}
}

func TestARefusedApprovalLeadsToTheWorksheet(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", listCode)
	w := ana.decide(id, "approve", "finding."+listCode, "cleared")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := page(t, w)
	to := doc.Find("#res-" + listCode + " a[href*='/worksheet?code=" + listCode + "']")
	if target, _ := to.Attr("target"); to.Length() != 1 || target != "_blank" {
		t.Fatalf("the refusal does not lead to the worksheet in a tab of its own: %s", folded(doc.Find("#res-"+listCode)))
	}
	typed := fields(t, doc, "decision")
	href, _ := to.Attr("href")
	sheet := fields(t, page(t, ana.get(href)), "sheet")
	wantStatus(t, ana.submit("/verifications/"+id+sheetPath, goodSheet(sheet, "undetermined")), http.StatusSeeOther)
	w = ana.submit("/verifications/"+id+"/decision", typed)
	wantStatus(t, w, http.StatusUnprocessableEntity)
	if got := folded(page(t, w).Find("#res-" + listCode)); !strings.Contains(got, "undetermined") {
		t.Errorf("the refusal says %s", got)
	}
	wantStatus(t, ana.submit("/verifications/"+id+sheetPath, goodSheet(sheet, "another_person")), http.StatusSeeOther)
	wantStatus(t, ana.submit("/verifications/"+id+"/decision", typed), http.StatusSeeOther)
	version, _ := page(t, mei.get("/verifications/"+id)).Find("#decision [name=version]").Attr("value")
	wantStatus(t, mei.post("/verifications/"+id+"/confirm", "version", version, "note", "Another person, as the sheet says."), http.StatusSeeOther)
	if v, err := d.Peek(t.Context(), id); err != nil || v.Status != review.StatusPassed {
		t.Errorf("%s %v", v.Status, err)
	}
}

func TestWhoFillsInAWorksheetAndWhoReadsIt(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", listCode, plainCode)
	form := goodSheet(fields(t, page(t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "another_person")
	form.Set("applicant.document_number", hidden[review.FieldNumber]) // she had it revealed
	wantStatus(t, ana.submit("/verifications/"+id+sheetPath, form), http.StatusSeeOther)
	for role, want := range map[review.Role][2]int{review.RoleReviewer: {200, 303}, review.RoleSenior: {200, 303}, review.RoleAuditor: {200, 403}, review.RoleAdmin: {403, 403}} {
		b, _ := d.signedIn(role)
		w := b.get("/verifications/" + id + sheetPath)
		wantStatus(t, w, want[0])
		if want[0] == 200 && strings.Contains(w.Body.String(), hidden[review.FieldNumber]) {
			t.Errorf("%s sees the number that Ana typed in clear", role)
		}
		if role == review.RoleAuditor {
			if doc := page(t, w); doc.Find("main form").Length() != 0 || !strings.Contains(text(w), "Your role reads worksheets") || !strings.Contains(text(w), "Thirty years apart") {
				t.Errorf("the auditor reads %s", text(w))
			}
		}
		wantStatus(t, b.submit("/verifications/"+id+sheetPath, form), want[1])
	}
	for path, want := range map[string]int{"/worksheet": 404, "/worksheet?code=": 404, "/worksheet?code=" + plainCode: 404, "/worksheet?code=pep_check_failure": 404, "/worksheet?code=%3Cb%3E": 404} {
		wantStatus(t, ana.get("/verifications/"+id+path), want)
		wantStatus(t, ana.submit("/verifications/"+id+path, form), want)
	}
	if page(t, ana.get("/verifications/"+id)).Find(".sheetline").Length() != 1 {
		t.Error("a finding that comes from no list has a worksheet")
	}
	wantStatus(t, ana.get("/verifications/none/worksheet?code="+listCode), http.StatusNotFound)
	spelled := ana.get("/verifications/" + strings.ReplaceAll(id, "-", "") + sheetPath)
	if to := spelled.Header().Get("Location"); to != "/verifications/"+id+sheetPath {
		t.Errorf("another spelling leads to %q", to)
	}
}

func TestAWorksheetThatComesTooLateKeepsWhatWasTyped(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", listCode)
	form := goodSheet(fields(t, page(t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "another_person")
	wantStatus(t, mei.decide(id, "reject", "finding."+listCode, "upheld"), http.StatusSeeOther)
	bo := d.officer("Bo Lind", review.RoleSenior)
	version, _ := page(t, bo.get("/verifications/"+id)).Find("#decision [name=version]").Attr("value")
	wantStatus(t, bo.post("/verifications/"+id+"/confirm", "version", version, "note", "It is the person on the list."), http.StatusSeeOther)
	w := ana.submit("/verifications/"+id+sheetPath, form)
	wantStatus(t, w, http.StatusConflict)
	doc := page(t, w)
	if got := folded(doc.Find("#conflict")); !strings.Contains(got, "Nothing was recorded.") {
		t.Errorf("the page says %s", got)
	}
	if again := fields(t, doc, "sheet"); again.Get("note") != form.Get("note") || again.Get("answer.name") != "same" {
		t.Errorf("what was typed is %v", again)
	}
}

func TestAWorksheetIsNotLostOnADeskThatCannotWriteOrOnACaseThatWentToSeniors(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", listCode)
	form := goodSheet(fields(t, page(t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "another_person")
	form.Set("applicant.name", "As typed")
	if _, err := d.Escalate(t.Context(), mei, id, "The list is not ours to judge."); err != nil {
		t.Fatal(err)
	}
	kept := func(status int, says string) string {
		w := ana.submit("/verifications/"+id+sheetPath, form)
		wantStatus(t, w, status)
		if again := fields(t, page(t, w), "sheet"); again.Get("note") != form.Get("note") || again.Get("applicant.name") != "As typed" || again.Get("answer.birth_date") != "different" {
			t.Errorf("%d: what was typed is %v", status, again)
		}
		if got := text(w); !strings.Contains(got, says) {
			t.Errorf("%d says %s", status, got)
		}
		return text(w)
	}
	kept(http.StatusForbidden, "This case was handed to the seniors.")
	if got := page(t, ana.get("/verifications/"+id+sheetPath)); got.Find("#sheet").Length() != 0 || !strings.Contains(folded(got.Find("main")), "This case was handed to the seniors.") {
		t.Error("a reviewer is offered a form that is not for them")
	}
	d.rollBack()
	if got := kept(http.StatusServiceUnavailable, "What you typed is still here."); strings.Contains(got, "Lucía") {
		t.Error("the person is named, and nobody recorded the look")
	}
	w := ana.upload("/verifications/"+id+"/attachments", url.Values{"panel": {"decide"}, "version": {"1"}, "note": {"Half a thought"}}, bill)
	wantStatus(t, w, http.StatusServiceUnavailable)
	if got := fields(t, page(t, w), "decision").Get("note"); got != "Half a thought" {
		t.Errorf("beside a file that could not be kept the note is %q", got)
	}
}

func TestASecondPersonIsToldThatAWorksheetCameAfterTheProposal(t *testing.T) {
	d := newTestDesk(t)
	ana, mei, bo := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior), d.officer("Bo Lind", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", listCode)
	fill := func(b *browser, conclusion string) {
		form := goodSheet(fields(t, page(t, b.get("/verifications/"+id+sheetPath)), "sheet"), conclusion)
		wantStatus(t, b.submit("/verifications/"+id+sheetPath, form), http.StatusSeeOther)
	}
	fill(ana, "another_person")
	wantStatus(t, ana.decide(id, "approve", "finding."+listCode, "cleared"), http.StatusSeeOther)
	shown := fields(t, page(t, mei.get("/verifications/"+id)), "decision")
	fill(bo, "same_person")
	shown.Set("note", "Another person, as the sheet says.")
	w := mei.submit("/verifications/"+id+"/confirm", shown)
	wantStatus(t, w, http.StatusConflict)
	if got := text(w); !strings.Contains(got, "The evidence has changed since Ana Quiroga proposed this: Bo Lind compared the applicant with a list entry: the same person") {
		t.Errorf("the second person reads %q", got)
	}
	if v, err := d.Peek(t.Context(), id); err != nil || v.Status != review.StatusSecondReview {
		t.Errorf("%s %v", v.Status, err)
	}
}
