package web

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// decidedByTwo is a case with pictures that Ana proposed to reject and Mei confirmed.
func (d *testDesk) decidedByTwo() (ana, mei *browser, id string) {
	d.t.Helper()
	ana, mei = d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id = d.rich(1, "Lucía Fernández Quispe", graveCode, plainCode)
	ana.get("/verifications/" + id)
	wantStatus(d.t, ana.decide(id, "reject"), http.StatusSeeOther)
	d.Clock.Move(10 * time.Minute)
	doc := page(d.t, mei.get("/verifications/"+id))
	version, _ := doc.Find("#decision [name=version]").Attr("value")
	wantStatus(d.t, mei.post("/verifications/"+id+"/confirm", "version", version, "note", "The faces are not alike."), http.StatusSeeOther)
	return ana, mei, id
}

// unzipped are the files of a packet by their names, without its folder.
func unzipped(t *testing.T, b []byte) (names []string, files map[string][]byte) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range r.File {
		_, name, _ := strings.Cut(f.Name, "/")
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[name], err = io.ReadAll(from); err != nil {
			t.Fatal(err)
		}
		if f.Method != zip.Store || !f.Modified.Equal(f.Modified.Truncate(time.Second)) {
			t.Errorf("%s: method %d, %s", name, f.Method, f.Modified)
		}
		names = append(names, name)
	}
	return names, files
}

func TestADecidedCaseOffersItsPacketAndTheLogTellsWhoTookIt(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedByTwo()
	doc := page(t, mei.get("/verifications/"+id))
	href := link(doc, ".subject a[href$='/packet']")
	w := mei.get(href)
	wantStatus(t, w, http.StatusOK)
	for header, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Content-Disposition": `attachment; filename="reviewdesk-packet-` + id + `.html"`,
		"Content-Security-Policy": picturePolicy, "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	got := text(w)
	for _, want := range []string{"Lucía Fernández Quispe", "Rejected", "Proposed by Ana Quiroga, Reviewer", "Confirmed by Mei Tan, Senior reviewer", "The faces are not alike.",
		"Upheld", review.Standard.Version(), "22 Nov 2026, 09:11:00 UTC", "14 ••• 19••", "•••419", "reviewdesk audit verify --bundle", "Identity card, front"} {
		if !strings.Contains(got, want) {
			t.Errorf("the packet does not say %q", want)
		}
	}
	for _, never := range []string{hidden[review.FieldNumber], hidden[review.FieldEmail], hidden[review.FieldBirthDate], hidden[review.FieldPhone], "XDA123419"} {
		if strings.Contains(w.Body.String(), never) {
			t.Errorf("the packet holds %q in clear", never)
		}
	}
	zipped := mei.get(link(doc, ".subject a[href$='/packet.zip']"))
	wantStatus(t, zipped, http.StatusOK)
	var took []string
	for _, e := range d.events(review.EventFilter{Case: id, Kind: review.EventExported}) {
		took = append(took, factsOf(e)["what"]+" "+factsOf(e)["format"]+" by "+e.ActorName)
	}
	if !slices.Equal(took, []string{"packet html by Mei Tan", "packet zip by Mei Tan"}) {
		t.Errorf("the log tells of %q", took)
	}
	if got := folded(page(t, mei.get("/verifications/"+id)).Find("#history")); !strings.Contains(got, "took the decision packet home as ZIP") {
		t.Errorf("the history says %s", got)
	}
	if got := text(mei.get("/verifications/" + id + "/access-report")); !strings.Contains(got, "The record of the decision left the desk as HTML") {
		t.Errorf("the report of looks says %s", got)
	}
}

func TestAPacketStandsByItself(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedByTwo()
	body := mei.get("/verifications/" + id + "/packet").Body.Bytes()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("script, link, iframe, object, form, [style], [src]:not(img), [href], img:not([src^='data:image/'])").Length(); n != 0 {
		t.Errorf("%d elements lead out of the page or into it", n)
	}
	if n := doc.Find("img").Length(); n != 2 {
		t.Errorf("it holds %d pictures", n)
	}
	sum := sha256.Sum256([]byte(doc.Find("style").Text()))
	policy, _ := doc.Find("meta[http-equiv='Content-Security-Policy']").Attr("content")
	if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.HasSuffix(policy, want) || !strings.HasPrefix(policy, "default-src 'none'; img-src data:") {
		t.Errorf("its policy is %q, want %q", policy, want)
	}
}

func TestAPacketIsTheSameByteForByteWhateverHappensLater(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedByTwo()
	html, zipped := mei.get("/verifications/"+id+"/packet").Body.Bytes(), mei.get("/verifications/"+id+"/packet.zip").Body.Bytes()
	d.Clock.Move(30 * 24 * time.Hour)
	bo := d.officer("Bo Lind", review.RoleReviewer) // no session lives that long
	sam, _ := d.signedIn(review.RoleAuditor)
	wantStatus(t, bo.post("/verifications/"+id+"/note", "note", "Somebody asked for the packet."), http.StatusSeeOther)
	bo.get("/verifications/" + id)
	d.Cybrid(7, "Somebody Else", plainCode)
	if _, err := d.RotateKey(t.Context(), db.System("test"), "a yearly change"); err != nil {
		t.Fatal(err)
	}
	for _, b := range []*browser{bo, sam} {
		if got := b.get("/verifications/" + id + "/packet").Body.Bytes(); !bytes.Equal(got, html) {
			t.Errorf("the page is another one: %d and %d bytes", len(got), len(html))
		}
		if got := b.get("/verifications/" + id + "/packet.zip").Body.Bytes(); !bytes.Equal(got, zipped) {
			t.Errorf("the zip is another one: %d and %d bytes", len(got), len(zipped))
		}
	}
}

func TestAZippedPacketHoldsThePageTheEvidenceAndAProofThatCanBeChecked(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedByTwo()
	html := mei.get("/verifications/" + id + "/packet").Body.Bytes()
	names, files := unzipped(t, mei.get("/verifications/"+id+"/packet.zip").Body.Bytes())
	if want := []string{"SHA256SUMS", "evidence/1-document-front.png", "evidence/2-selfie.png", "log-extract.ndjson", "packet.html"}; !slices.Equal(names, want) {
		t.Fatalf("it holds %q", names)
	}
	if !bytes.Equal(files["packet.html"], html) || !bytes.Equal(files["evidence/2-selfie.png"], onePicture(t, 30, 30)) {
		t.Error("the page or a picture is another one")
	}
	for _, name := range names[1:] {
		sum := sha256.Sum256(files[name])
		if want := fmt.Sprintf("%s  %s\n", hex.EncodeToString(sum[:]), name); !strings.Contains(string(files["SHA256SUMS"]), want) {
			t.Errorf("SHA256SUMS does not say %q", want)
		}
		if name != "packet.html" && !bytes.Contains(html, []byte(hex.EncodeToString(sum[:]))) {
			t.Errorf("the page does not name the digest of %s", name)
		}
	}
	keys, err := audit.NewKeys(d.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	report, err := audit.VerifyBundle(bytes.NewReader(files["log-extract.ndjson"]), audit.BundleOptions{Keys: keys})
	if err != nil || report.ExitCode() != 0 || report.Scope.Case != id {
		t.Errorf("the extract: %s, %v", report.Sentence(), err)
	}
	for i := range files["log-extract.ndjson"] {
		if i%97 != 0 {
			continue
		}
		turned := bytes.Clone(files["log-extract.ndjson"])
		turned[i] ^= 1
		if report, _ := audit.VerifyBundle(bytes.NewReader(turned), audit.BundleOptions{Keys: keys}); report.ExitCode() == 0 {
			t.Fatalf("byte %d turned, and still: %s", i, report.Sentence())
		}
	}
}

func TestWhatIsNotDecidedHasNoPacket(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	open, proposed := d.Cybrid(1, "Ines Moreau", plainCode), d.Cybrid(2, "Viktor Hahn", graveCode)
	wantStatus(t, ana.decide(proposed, "reject"), http.StatusSeeOther)
	for _, id := range []string{open, proposed} {
		for _, path := range []string{"/packet", "/packet.zip"} {
			w := ana.get("/verifications/" + id + path)
			wantStatus(t, w, http.StatusConflict)
			if !strings.Contains(text(w), "None stands on this case") {
				t.Errorf("it says %s", text(w))
			}
		}
		if page(t, ana.get("/verifications/"+id)).Find("a[href*='/packet']").Length() != 0 {
			t.Error("a packet is offered")
		}
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventExported})); n != 0 {
		t.Errorf("%d exports are in the log", n)
	}
	wantStatus(t, ana.get("/verifications/nothing/packet"), http.StatusNotFound)
	wantStatus(t, ana.get("/verifications/"+open+"/packet?at=x"), http.StatusNotFound)
}

func TestAPacketIsForOurOwnPagesAndForThoseWhoSeeCases(t *testing.T) {
	d := newTestDesk(t)
	ana, _, id := d.decidedByTwo()
	for role, want := range map[review.Role]int{review.RoleReviewer: 200, review.RoleSenior: 200, review.RoleAuditor: 200, review.RoleAdmin: 403} {
		b, _ := d.signedIn(role)
		wantStatus(t, b.get("/verifications/"+id+"/packet"), want)
		wantStatus(t, b.get("/verifications/"+id+"/packet.zip"), want)
	}
	foreign := ana.request("GET", "/verifications/"+id+"/packet", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	wantStatus(t, ana.send(foreign), http.StatusForbidden)
	before := len(d.events(review.EventFilter{Kind: review.EventExported}))
	wantStatus(t, ana.send(ana.request("HEAD", "/verifications/"+id+"/packet", nil)), http.StatusMethodNotAllowed)
	if after := len(d.events(review.EventFilter{Kind: review.EventExported})); after != before {
		t.Error("asking for the head was recorded as an export")
	}
}

func TestWhatHidesItselfIsShownInAPacketToo(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.rich(1, "P\u0430ul\u202e Mor\u200beau", plainCode)
	wantStatus(t, ana.decide(id, "approve", "note", "Typed as <b>Paul\u2067</b>, seen so."), http.StatusSeeOther)
	w := ana.get("/verifications/" + id + "/packet")
	if strings.ContainsAny(w.Body.String(), "\u202e\u200b\u2067") || strings.Contains(w.Body.String(), "<b>Paul") {
		t.Error("a hidden character or a tag came through")
	}
	for _, want := range []string{"[U+202E]", "[U+200B]", "[U+2067]", "mixed scripts, hidden characters", "<b>Paul"} {
		if !strings.Contains(text(w), want) {
			t.Errorf("the packet does not show %q", want)
		}
	}
}
