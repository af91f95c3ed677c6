package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestANoteCallsWhomItNames(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	d.member("Ada Admin", review.RoleAdmin)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	if got := folded(page(t, ana.get("/verifications/"+id)).Find("#add-note-team")); got != "To tell a colleague, name them: @mei.tan" {
		t.Errorf("under the note stands %q", got)
	}
	wantStatus(t, ana.post("/verifications/"+id+"/note", "note", "Look at the seal, @Mei.Tan. <b>@nobody</b> and @ada.admin\u202e know."), http.StatusSeeOther)
	doc := page(t, mei.get("/queue"))
	item := doc.Find(".rail a[href='/mentions']")
	if got := folded(item); got != "Mentions 1" {
		t.Errorf("the navigation says %q", got)
	}
	if got := folded(page(t, ana.get("/queue")).Find(".rail a[href='/mentions']")); got != "Mentions" {
		t.Errorf("Ana's navigation says %q", got)
	}
	doc = page(t, mei.get("/mentions"))
	got := folded(doc.Find("main"))
	for _, want := range []string{"Not yet opened1", "Lucía Fernández Quispe", "IV-BEEF-0000", "Ana Quiroga"} {
		if !strings.Contains(got, want) {
			t.Errorf("the list does not say %q: %s", want, got)
		}
	}
	if strings.Contains(got, "seal") {
		t.Error("the list tells what the note says, and nobody recorded that it was read")
	}
	doc = page(t, mei.get(strings.TrimSuffix(link(doc, "main .linked a"), historyPart)))
	if got := folded(doc.Find("#history mark")); got != "@Mei.Tan" {
		t.Errorf("the note marks %q", got)
	}
	if name, _ := doc.Find("#history mark").Attr("title"); name != "Mei Tan" {
		t.Errorf("the mark is about %q", name)
	}
	if got := folded(doc.Find("#history blockquote")); got != "Look at the seal, @Mei.Tan. <b>@nobody</b> and @ada.admin[U+202E] know." {
		t.Errorf("the note says %q", got)
	}
	if got := folded(page(t, mei.get("/mentions")).Find("main")); !strings.Contains(got, "You have opened every case") || !strings.Contains(got, "Opened since1") {
		t.Errorf("after the case was opened the list says %s", got)
	}
}

func TestMentionsAreOnesOwnAndNoGetButTheCaseChangesThem(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	wantStatus(t, ana.post("/verifications/"+id+"/note", "note", "Look at the seal, @mei.tan"), http.StatusSeeOther)
	for _, b := range []*browser{ana, mei} {
		for _, path := range []string{"/mentions", "/queue", "/mentions"} {
			wantStatus(t, b.get(path), http.StatusOK)
		}
	}
	if got := text(ana.get("/mentions")); !strings.Contains(got, "No note names you") {
		t.Errorf("Ana reads %s", got)
	}
	if got := text(mei.get("/mentions")); !strings.Contains(got, "Not yet opened") || strings.Contains(got, "Opened since") {
		t.Errorf("Mei reads %s", got)
	}
	for role, want := range map[review.Role]int{review.RoleReviewer: 200, review.RoleSenior: 200, review.RoleAuditor: 200, review.RoleAdmin: 403} {
		b, _ := d.signedIn(role)
		wantStatus(t, b.get("/mentions"), want)
	}
}

// decidedWithFiles is a case with a worksheet and two files, approved by two.
func (d *testDesk) decidedWithFiles() (ana, mei *browser, id string) {
	d.t.Helper()
	ana, mei = d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id = d.rich(1, "Lucía Fernández Quispe", listCode)
	form := goodSheet(fields(d.t, page(d.t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "another_person")
	form.Set("applicant.document_number", hidden[review.FieldNumber])
	wantStatus(d.t, ana.submit("/verifications/"+id+sheetPath, form), http.StatusSeeOther)
	for _, f := range []oneFile{bill, {"scan.png", onePicture(d.t, 40, 25)}} {
		wantStatus(d.t, ana.upload("/verifications/"+id+"/attachments", nil, f), http.StatusSeeOther)
	}
	wantStatus(d.t, ana.decide(id, "approve", "finding."+listCode, "cleared"), http.StatusSeeOther)
	d.Clock.Move(10 * time.Minute)
	version, _ := page(d.t, mei.get("/verifications/"+id)).Find("#decision [name=version]").Attr("value")
	wantStatus(d.t, mei.post("/verifications/"+id+"/confirm", "version", version, "note", "Another person, as the sheet says."), http.StatusSeeOther)
	d.Clock.Move(time.Minute)
	return ana, mei, id
}

func TestAPacketHoldsTheWorksheetsAndTheFilesOfTheDecision(t *testing.T) {
	d := newTestDesk(t)
	ana, mei, id := d.decidedWithFiles()
	html, zipped := mei.get("/verifications/"+id+"/packet").Body.Bytes(), mei.get("/verifications/"+id+"/packet.zip").Body.Bytes()
	got := text(mei.get("/verifications/" + id + "/packet"))
	for _, want := range []string{"Name-match worksheets", "SDN list of 1 August 2026. Entry 4711, Fernandez L.", "Same: name. Different: date of birth, nationality", "Another person, says Ana Quiroga, 22 Nov 2026, 09:01:00 UTC",
		"Attached by officers", "Strom Rechnung März.pdf", "PDF, 29 bytes", "attached/01.pdf", "attached/02.jpg"} {
		if !strings.Contains(got, want) {
			t.Errorf("the packet does not say %q", want)
		}
	}
	if strings.Contains(string(html), hidden[review.FieldNumber]) {
		t.Error("what was compared left the desk in clear")
	}
	names, files := unzipped(t, zipped)
	if string(files["attached/01.pdf"]) != string(bill.data) || len(files["attached/02.jpg"]) == 0 {
		t.Errorf("the zip holds %q", names)
	}
	for _, name := range []string{"attached/01.pdf", "attached/02.jpg"} {
		if !strings.Contains(string(html), digestOf(files[name])) || !strings.Contains(string(files["SHA256SUMS"]), digestOf(files[name])+"  "+name) {
			t.Errorf("the digest of %s is not told", name)
		}
	}
	then := link(page(t, mei.get("/verifications/"+id)), "#history a[href*='?at=']")
	wantStatus(t, ana.post("/verifications/"+id+"/note", "note", "Somebody asked for the packet."), http.StatusSeeOther)
	at := d.reopenedWithMore(id, ana, mei)
	if again := mei.get("/verifications/" + id + "/packet" + at).Body.Bytes(); string(again) != string(html) {
		t.Error("built twice, the page is another one")
	}
	if again := mei.get("/verifications/" + id + "/packet.zip" + at).Body.Bytes(); string(again) != string(zipped) {
		t.Error("built twice, the zip is another one")
	}
	doc := page(t, mei.get(then))
	if got := folded(doc.Find("#files .files")); !strings.Contains(got, "Strom Rechnung März.pdf") || !strings.Contains(got, "scan.png") || strings.Contains(got, "later.pdf") {
		t.Errorf("as it stood, the files were %s", got)
	}
	if got := folded(doc.Find(".sheetline")); !strings.Contains(got, "Another person") || strings.Contains(got, "The same person") {
		t.Errorf("as it stood, the worksheet said %s", got)
	}
	if n := doc.Find("#file, .sheetline a").Length(); n != 0 {
		t.Errorf("%d things can be done to a case as it stood", n)
	}
}

// reopenedWithMore reopens the case and adds to it; it gives the address of the decision of before.
func (d *testDesk) reopenedWithMore(id string, ana, mei *browser) string {
	t := d.t
	t.Helper()
	seq := "?at=" + itoa(d.events(review.EventFilter{Case: id, Kind: review.EventConfirmed})[0].Seq)
	a, b := d.Person("Re Opener", review.RoleReviewer), d.Person("Second Opener", review.RoleSenior)
	if _, err := d.AskReopen(t.Context(), a, id, "The applicant sent a newer bill."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(t.Context(), b, id, "Let us look at it again."); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, mei.upload("/verifications/"+id+"/attachments", nil, oneFile{"later.pdf", []byte("%PDF-1.7 later")}), http.StatusSeeOther)
	form := goodSheet(fields(t, page(t, ana.get("/verifications/"+id+sheetPath)), "sheet"), "same_person")
	wantStatus(t, ana.submit("/verifications/"+id+sheetPath, form), http.StatusSeeOther)
	return seq
}
