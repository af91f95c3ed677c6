package web

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// Codes of the catalogue, by what the tests need of them.
const (
	plainCode   = "address_check_failure"            // low, one officer may clear it
	graveCode   = "selfie_failure"                   // high, two persons
	neverCode   = "plaid_failure"                    // nobody may approve
	coinifyCode = "DENIED_MISSING_DATE_OF_BIRTH"     // medium, one officer may clear it
	newCode     = "moon_phase_check_failure"         // not in the catalogue
	goodNote    = "Read by eye: every field agrees." // long enough for any rule
)

// hidden are the clear values of the fields that pages mask, of the rich case.
var hidden = map[string]string{
	review.FieldBirthDate: "1990-02-14", review.FieldNumber: "XDA123418", review.FieldAddress: "Calle Alcalá 27, 28004 Madrid",
	review.FieldEmail: "lucia@applicant.example", review.FieldPhone: "+34 600 123 456",
}

// rich takes in a case that has everything a page can show.
func (d *testDesk) rich(n int, name string, codes ...string) string {
	d.t.Helper()
	read := review.Reading{Name: name + " Mariana", BirthDate: hidden[review.FieldBirthDate], Number: "XDA123419", Expiry: "2030-01-01", Country: "ES"}
	row := review.Row{
		ID: fmt.Sprintf("beef%028x", n), State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z", Method: "id_and_selfie",
		Subject: review.Reading{Name: name, BirthDate: hidden[review.FieldBirthDate], Number: hidden[review.FieldNumber], Address: hidden[review.FieldAddress],
			Email: hidden[review.FieldEmail], Phone: hidden[review.FieldPhone], Country: "ES", Occupation: "Botanist"},
		Document: review.Document{Kind: "identification_card", Country: "ES", Read: read, MRZ: []string{"IDESPXDA123418<<<<<<<<<<<<<<<<", "9002142F3001012ESP<<<<<<<<<<<6"}},
		Codes:    codes,
	}
	return d.take(review.Cybrid, row, func(in *db.Incoming) {
		in.Verification.Registry = review.Reading{Name: name, BirthDate: "1990-02-14", Address: "Calle Alcalá 27, 28014 Madrid"}
		in.Verification.Face = review.FaceMatch{Score: 0.86, Needed: 0.70, Known: true}
		in.Verification.Passed = []string{"id_presence_check", "id_quality_check"}
		in.Pictures = []review.Picture{
			{Kind: review.PictureFront, MediaType: "image/png", Data: onePicture(d.t, 40, 25)},
			{Kind: review.PictureSelfie, MediaType: "image/png", Data: onePicture(d.t, 30, 30)},
		}
	})
}

func onePicture(t testing.TB, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// take takes in a row as its provider's own object, with what change adds.
func (d *testDesk) take(p review.Provider, row review.Row, change func(*db.Incoming)) string {
	d.t.Helper()
	vocabulary, err := providers.All.Of(p)
	if err != nil {
		d.t.Fatal(err)
	}
	object, err := vocabulary.Compose(row)
	if err != nil {
		d.t.Fatal(err)
	}
	in := db.Incoming{}
	if in.Verification, in.Pictures, err = vocabulary.Parse(object); err != nil {
		d.t.Fatal(err)
	}
	if change != nil {
		change(&in)
	}
	if _, err := d.Receive(d.t.Context(), db.System("import"), []db.Incoming{in}); err != nil {
		d.t.Fatal(err)
	}
	return in.Verification.ID
}

// officer is a browser of somebody new with a name of their own.
func (d *testDesk) officer(name string, role review.Role) *browser {
	d.t.Helper()
	b := d.browser()
	b.signIn(d.member(name, role).Email)
	return b
}

// fields are what a form of the page would send as it stands, fields outside it
// that belong to it too.
func fields(t testing.TB, doc *goquery.Document, id string) url.Values {
	t.Helper()
	if doc.Find("form#"+id).Length() != 1 {
		t.Fatalf("the page has no form %q", id)
	}
	out := url.Values{}
	doc.Find("form#" + id + " [name], [form=" + id + "][name]").Each(func(_ int, field *goquery.Selection) {
		name, _ := field.Attr("name")
		value, _ := field.Attr("value")
		kind, _ := field.Attr("type")
		_, checked := field.Attr("checked")
		switch {
		case goquery.NodeName(field) == "textarea":
			out.Add(name, strings.TrimPrefix(field.Text(), "\n"))
		case goquery.NodeName(field) == "select":
			if chosen, is := field.Find("option[selected]").Attr("value"); is {
				out.Add(name, chosen)
			}
		case goquery.NodeName(field) == "button": // sent only by whoever presses it
		case (kind == "radio" || kind == "checkbox") && !checked:
		default:
			out.Add(name, value)
		}
	})
	return out
}

// open opens a case and gives its decision form as a browser would send it.
func (b *browser) open(id string) (form url.Values) {
	b.d.t.Helper()
	w := b.get("/verifications/" + id)
	wantStatus(b.d.t, w, 200)
	return fields(b.d.t, page(b.d.t, w), "decision")
}

// send posts a form.
func (b *browser) submit(path string, form url.Values) *httptest.ResponseRecorder {
	return b.send(b.request("POST", path, form))
}

// decide opens a case and decides it; change adds to the form.
func (b *browser) decide(id, action string, change ...string) *httptest.ResponseRecorder {
	b.d.t.Helper()
	form := b.open(id)
	form.Del("ground")
	form.Set("action", action)
	form.Set("ground", "other")
	form.Set("note", goodNote)
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return b.submit("/verifications/"+id+"/decision", form)
}

// decisions are the decided and proposed events of a case.
func (d *testDesk) decisions(id string) []db.LogEntry {
	d.t.Helper()
	var out []db.LogEntry
	for _, e := range d.events(review.EventFilter{Case: id}) {
		if e.Action == string(review.EventDecided) || e.Action == string(review.EventProposed) {
			out = append(out, e)
		}
	}
	return out
}

// wire is the case as its provider's API would write it.
func (d *testDesk) wire(id string) map[string]any {
	d.t.Helper()
	v, err := d.Peek(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return wireObject(d.t, v)
}
