package web

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"reviewdesk/review"
)

// oneFile is a file as a browser sends it.
type oneFile struct {
	name string
	data []byte
}

// upload sends a form with files as a browser does: the fields in front of the files.
func (b *browser) upload(path string, form url.Values, files ...oneFile) *httptest.ResponseRecorder {
	b.d.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range form {
		for _, v := range values {
			if err := w.WriteField(field, v); err != nil {
				b.d.t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile("file", f.name)
		if err != nil {
			b.d.t.Fatal(err)
		}
		part.Write(f.data)
	}
	w.Close()
	return b.sendBody(path, w.FormDataContentType(), body.Bytes())
}

func (b *browser) sendBody(path, kind string, body []byte) *httptest.ResponseRecorder {
	r := b.request(http.MethodPost, path, nil)
	r.Header.Set("Content-Type", kind)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return b.send(r)
}

var bill = oneFile{"Strom Rechnung März.pdf", []byte("%PDF-1.7 the bill of somebody")}

func oneJPEG(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("evil.js")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("alert(1)"))
	w.Close()
	return b.Bytes()
}

// bombed is a PNG of a few bytes that says it has so many pixels.
func bombed(t testing.TB) []byte {
	t.Helper()
	b := onePicture(t, 10, 10)
	copy(b[16:24], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30}) // 30 000 by 30 000
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestAFileIsAttachedListedAndHandedOut(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	for _, f := range []oneFile{bill, {"scan.PNG", onePicture(t, 40, 25)}} {
		w := ana.upload("/verifications/"+id+"/attachments", nil, f)
		if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasSuffix(to, "#files") {
			t.Fatalf("%s: %d to %q: %s", f.name, w.Code, to, text(w))
		}
	}
	doc := page(t, ana.get("/verifications/"+id))
	got := folded(doc.Find("#files .files"))
	for _, want := range []string{"Strom Rechnung März.pdf", "PDF, 29 bytes", "Ana Quiroga", "scan.PNG", "Picture, "} {
		if !strings.Contains(got, want) {
			t.Errorf("the list does not say %q: %s", want, got)
		}
	}
	if got := folded(doc.Find("#history")); !strings.Contains(got, "You attached a PDF of 29 bytes") || !strings.Contains(got, "You attached a picture of ") {
		t.Errorf("the history says %s", got)
	}
	pdf, _ := doc.Find("#files a[download]").Attr("href")
	w := ana.get(pdf)
	wantStatus(t, w, http.StatusOK)
	if w.Body.String() != string(bill.data) {
		t.Error("the PDF is another one")
	}
	how, params, err := mime.ParseMediaType(w.Header().Get("Content-Disposition"))
	if err != nil || how != "attachment" || params["filename"] != "Strom Rechnung März.pdf" {
		t.Errorf("handed out as %s %q, %v", how, params["filename"], err)
	}
	picture, _ := doc.Find("#files img").Attr("src")
	shown := ana.get(picture)
	wantStatus(t, shown, http.StatusOK)
	if _, kind, err := image.Decode(bytes.NewReader(shown.Body.Bytes())); err != nil || kind != "jpeg" {
		t.Errorf("the picture is %s, %v", kind, err)
	}
	for w, kind := range map[*httptest.ResponseRecorder]string{w: "application/pdf", shown: "image/jpeg"} {
		for header, want := range map[string]string{"Content-Type": kind, "Content-Security-Policy": picturePolicy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s of %s is %q, want %q", header, kind, got, want)
			}
		}
	}
	if got := shown.Header().Get("Content-Disposition"); got != `inline; filename=scan.jpg` {
		t.Errorf("the picture is handed out as %s", got)
	}
	foreign := ana.request("GET", pdf, nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	wantStatus(t, ana.send(foreign), http.StatusForbidden)
	for _, path := range []string{"00ff", "zz", strings.ToUpper(pdf[strings.LastIndexByte(pdf, '/')+1:])} {
		wantStatus(t, ana.get("/verifications/"+id+"/attachments/"+path), http.StatusNotFound)
	}
	wantStatus(t, ana.get(strings.Replace(pdf, id, d.Cybrid(2, "Noor El-Sayed", plainCode), 1)), http.StatusNotFound)
	if d.server.attaching <- struct{}{}; len(d.server.attaching) != 1 {
		t.Error("no place was given back")
	}
}

func TestAFileThatCannotBeKeptIsRefusedInWordsThatHelp(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode, graveCode)
	var anim bytes.Buffer
	if err := gif.Encode(&anim, image.NewGray(image.Rect(0, 0, 4, 4)), nil); err != nil {
		t.Fatal(err)
	}
	large := append([]byte("%PDF-1.7 "), make([]byte, review.MostAttachmentBytes)...)
	for _, test := range []struct {
		name  string
		files []oneFile
		want  string
	}{
		{"none", nil, "Choose a file first."},
		{"an empty field", []oneFile{{"", nil}}, "Choose a file first."},
		{"an empty file", []oneFile{{"a.pdf", nil}}, "The file is empty."},
		{"two files", []oneFile{bill, bill}, "One file at a time"},
		{"a drawing with a script", []oneFile{{"a.svg", []byte(`<?xml version="1.0"?><svg onload="alert(1)">`)}}, "could hold a script"},
		{"a drawing that says it is a JPEG", []oneFile{{"a.jpg", []byte(`<svg>`)}}, "could hold a script"},
		{"a page", []oneFile{{"a.pdf", []byte(`<html>%PDF-1.7`)}}, "could hold a script"},
		{"a phone's photo", []oneFile{{"a.heic", []byte("\x00\x00\x00\x18ftypheic....")}}, "HEIC photo"},
		{"an archive", []oneFile{{"a.zip", zipped(t)}}, "ZIP archive"},
		{"an archive that says it is a PDF", []oneFile{{"a.pdf", zipped(t)}}, "ZIP archive"},
		{"a packed file", []oneFile{{"a.gz", []byte("\x1f\x8b\x08\x00")}}, "packed file"},
		{"a bomb", []oneFile{{"a.png", bombed(t)}}, "pixels are more than 16 million"},
		{"a damaged picture", []oneFile{{"a.png", onePicture(t, 20, 20)[:60]}}, "cannot be kept"},
		{"an animation", []oneFile{{"a.gif", anim.Bytes()}}, "Save it as PNG"},
		{"a PDF behind something else", []oneFile{{"a.pdf", []byte("GARBAGE %PDF-1.7")}}, "none of them, whatever its name says"},
		{"a program", []oneFile{{"a.pdf", []byte("MZ\x90\x00")}}, "This is a program."},
		{"a text", []oneFile{{"a.jpg", []byte("hello")}}, "none of them"},
		{"a large file", []oneFile{{"a.pdf", large}}, "more than 10 MiB"},
		{"a name too long", []oneFile{{strings.Repeat("x", 201) + ".pdf", bill.data}}, "1 to 200 characters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := ana.open(id)
			form.Set("action", "reject")
			form.Set("note", "Half a thought, not yet")
			form.Set("finding."+graveCode, "upheld")
			form.Set("add_note", "And half a note")
			w := ana.upload("/verifications/"+id+"/attachments", form, test.files...)
			wantStatus(t, w, http.StatusUnprocessableEntity)
			doc := page(t, w)
			if got := folded(doc.Find("#file-error")); !strings.Contains(got, test.want) {
				t.Errorf("beside the field stands %q", got)
			}
			if described, _ := doc.Find("#file").Attr("aria-describedby"); !strings.Contains(described, "file-error") {
				t.Error("the field does not point at its error")
			}
			again := fields(t, doc, "decision")
			for _, field := range []string{"action", "note", "finding." + graveCode, "version", "submission"} {
				if again.Get(field) != form.Get(field) {
					t.Errorf("%s is %q, was %q", field, again.Get(field), form.Get(field))
				}
			}
		})
	}
	if n := len(d.events(review.EventFilter{Case: id, Kind: review.EventAttached})); n != 0 {
		t.Errorf("%d files were attached", n)
	}
}

func TestAFormWithAFileIsReadStrictly(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	path := "/verifications/" + id + "/attachments"
	part := func(head, body string) string {
		return "--x\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n"
	}
	file := part(`name="file"; filename="a.pdf"`, "%PDF-1.7 bill")
	for _, test := range []struct {
		name, kind, body string
		want             int
	}{
		{"a plain form", "application/x-www-form-urlencoded", "file=a.pdf", http.StatusUnsupportedMediaType},
		{"no kind", "", "file=a.pdf", http.StatusUnsupportedMediaType},
		{"the bytes alone", "application/pdf", "%PDF-1.7", http.StatusUnsupportedMediaType},
		{"no boundary", "multipart/form-data", file + "--x--", http.StatusBadRequest},
		{"mixed parts", "multipart/mixed; boundary=x", file + "--x--", http.StatusUnsupportedMediaType},
		{"cut off in the file", "multipart/form-data; boundary=x", file, http.StatusBadRequest},
		{"too much text", "multipart/form-data; boundary=x", part(`name="note"`, strings.Repeat("x", formLimit+1)) + file + "--x--", http.StatusBadRequest},
		{"too many parts", "multipart/form-data; boundary=x", strings.Repeat(part(`name="a"`, ""), mostParts+1) + "--x--", http.StatusBadRequest},
		{"no text", "multipart/form-data; boundary=x", part(`name="note"`, "\xff\xfe") + file + "--x--", http.StatusBadRequest},
		{"more than the route takes", "multipart/form-data; boundary=x", part(`name="file"; filename="a.pdf"`, "%PDF-"+strings.Repeat("x", uploadLimit)) + "--x--", http.StatusUnprocessableEntity},
		{"well-formed", "multipart/form-data; boundary=x", file + "--x--", http.StatusSeeOther},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := ana.sendBody(path, test.kind, []byte(test.body))
			wantStatus(t, w, test.want)
			if test.want == http.StatusUnprocessableEntity && !strings.Contains(text(w), "more than 10 MiB") {
				t.Errorf("it says %s", text(w))
			}
			attached := len(d.events(review.EventFilter{Case: id, Kind: review.EventAttached}))
			if want := map[bool]int{true: 1}[test.want == http.StatusSeeOther]; attached != want {
				t.Errorf("%d files were attached", attached)
			}
		})
	}
}

func TestNothingButThePictureItselfIsKept(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	both := append(oneJPEG(t, 30, 20), zipped(t)...)
	if _, err := zip.NewReader(bytes.NewReader(both), int64(len(both))); err != nil {
		t.Fatalf("the file is no archive beside a picture: %v", err)
	}
	wantStatus(t, ana.upload("/verifications/"+id+"/attachments", nil, oneFile{"both.jpg", both}), http.StatusSeeOther)
	src, _ := page(t, ana.get("/verifications/"+id)).Find("#files img").Attr("src")
	got := ana.get(src).Body.Bytes()
	if bytes.Contains(got, []byte("PK\x03\x04")) || bytes.Contains(got, []byte("evil.js")) {
		t.Error("the archive is still there")
	}
	if _, err := jpeg.Decode(bytes.NewReader(got)); err != nil {
		t.Error(err)
	}
}

func TestWhatIsTypedSurvivesAFileAndHoldsForTheCaseWithIt(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode, graveCode)
	form := ana.open(id)
	form.Set("action", "reject")
	form["ground"] = []string{"another_person"}
	form.Set("note", "The portrait is another one.")
	w := ana.upload("/verifications/"+id+"/attachments", form, bill)
	wantStatus(t, w, http.StatusOK)
	if !strings.Contains(text(w), "File attached.") {
		t.Error("nothing says that it was done")
	}
	again := fields(t, page(t, w), "decision")
	if again.Get("note") != form.Get("note") || again.Get("version") != "2" {
		t.Errorf("typed is %v", again)
	}
	wantStatus(t, ana.submit("/verifications/"+id+"/decision", again), http.StatusSeeOther)

	doc := page(t, mei.get("/verifications/"+id))
	if got := folded(doc.Find("#file-voids")); !strings.Contains(got, "makes the proposal of Ana Quiroga void") {
		t.Errorf("the form says %q", got)
	}
	word := fields(t, doc, "decision")
	word.Set("note", "I have the original letter.")
	w = mei.upload("/verifications/"+id+"/attachments", word, oneFile{"letter.pdf", []byte("%PDF-1.7 letter")})
	wantStatus(t, w, http.StatusOK)
	again = fields(t, page(t, w), "decision")
	if again.Get("panel") != "decide" || again.Get("note") != word.Get("note") || again.Get("version") != "4" {
		t.Errorf("the second word became %v", again)
	}
	if v, err := d.Peek(t.Context(), id); err != nil || v.Status != review.StatusInReview || v.Proposal != nil {
		t.Errorf("%s %+v %v", v.Status, v.Proposal, err)
	}
}

func TestWhoAttachesAndWhoSeesFiles(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	wantStatus(t, ana.upload("/verifications/"+id+"/attachments", nil, bill), http.StatusSeeOther)
	href, _ := page(t, ana.get("/verifications/"+id)).Find("#files a[download]").Attr("href")
	n := 0
	for role, want := range map[review.Role][2]int{review.RoleReviewer: {200, 303}, review.RoleSenior: {200, 303}, review.RoleAuditor: {200, 403}, review.RoleAdmin: {403, 403}} {
		b, _ := d.signedIn(role)
		wantStatus(t, b.get(href), want[0])
		n++
		wantStatus(t, b.upload("/verifications/"+id+"/attachments", nil, oneFile{"b.pdf", fmt.Appendf(nil, "%%PDF-1.7 %d", n)}), want[1])
		if want[0] == 200 {
			if doc := page(t, b.get("/verifications/"+id)); (doc.Find("#file").Length() == 1) != (want[1] == 303) || doc.Find("#files .files li").Length() == 0 {
				t.Errorf("%s sees %s", role, folded(doc.Find("#files")))
			}
		}
	}
	decided := d.rich(2, "Noor El-Sayed", plainCode)
	wantStatus(t, ana.decide(decided, "approve"), http.StatusSeeOther)
	wantStatus(t, ana.upload("/verifications/"+decided+"/attachments", nil, bill), http.StatusConflict)
	if page(t, ana.get("/verifications/"+decided)).Find("#files").Length() != 0 {
		t.Error("a decided case without files shows a place for them")
	}
}

func TestFilesComeOnlyWhileACaseIsOpen(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	first := d.Person("Petra Proposer", review.RoleSenior)
	for n, status := range review.Statuses() {
		id := d.inStatus(n+1, status, first)
		want := http.StatusConflict
		if status.Open() {
			want = http.StatusSeeOther
		}
		wantStatus(t, ana.upload("/verifications/"+id+"/attachments", nil, bill), want)
		if v, err := d.Peek(t.Context(), id); err != nil || status.Open() && v.Status != review.StatusInReview || !status.Open() && v.Status != status {
			t.Errorf("a case that was %s is %s, %v", status, v.Status, err)
		}
	}
}

func TestALookAtAFileIsRecorded(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	wantStatus(t, ana.upload("/verifications/"+id+"/attachments", nil, bill), http.StatusSeeOther)
	href, _ := page(t, ana.get("/verifications/"+id)).Find("#files a[download]").Attr("href")
	mei := d.officer("Mei Tan", review.RoleSenior)
	wantStatus(t, mei.get(href), http.StatusOK)
	log := d.events(review.EventFilter{Case: id, Kind: review.EventViewed})
	if got := factsOf(log[len(log)-1])["what"]; got != "attachment" {
		t.Errorf("the last look was at %q", got)
	}
	if got := folded(page(t, mei.get("/verifications/"+id)).Find("#history")); !strings.Contains(got, "opened a file attached to the case") {
		t.Errorf("the history says %s", got)
	}
	if got := text(mei.get("/verifications/" + id + "/access-report")); !strings.Contains(got, "A file that an officer had attached was opened") {
		t.Errorf("the report of looks says %s", got)
	}
}

func TestAFilesNameIsShownWithWhatItHides(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	wantStatus(t, ana.upload("/verifications/"+id+"/attachments", nil, oneFile{"<b>bill\u202efdp.exe", bill.data}), http.StatusSeeOther)
	w := ana.get("/verifications/" + id)
	if got := folded(page(t, w).Find("#files .link")); got != "<b>bill[U+202E]fdp.exe" || strings.Contains(w.Body.String(), "\u202e") {
		t.Errorf("the name is shown as %q", got)
	}
}

func TestANameThatIsHandedOutIsAName(t *testing.T) {
	for name, want := range map[string]string{
		"bill.pdf": "bill.pdf", "../../etc/passwd": "attachment.pdf", "..\\..\\boot.ini": "boot.pdf", `a"b\r\nc.pdf`: "abrnc.pdf", "evil.exe": "evil.pdf", "a.b.c.html": "a b c.pdf",
		"": "attachment.pdf", ".pdf": "pdf.pdf", "…": "attachment.pdf", "\u202efdp.exe": "fdp.pdf", "Straße (2).pdf": "Straße (2).pdf", "CON\x00": "CON.pdf", strings.Repeat("ä", 300): strings.Repeat("ä", 80) + ".pdf",
	} {
		if got := safeName(name, ".pdf"); got != want {
			t.Errorf("%q is handed out as %q, want %q", name, got, want)
		}
	}
}
