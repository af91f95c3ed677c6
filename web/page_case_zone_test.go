package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/review"
)

// passport takes in a case with these machine-readable lines, read as given.
func (d *testDesk) passport(n int, name string, mrz []string, read review.Reading) string {
	return d.take(review.Cybrid, review.Row{ID: "beef" + strings.Repeat("0", 27) + itoa(int64(n)), State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z",
		Subject: review.Reading{Name: name}, Document: review.Document{Kind: "passport", Country: "ES", Read: read, MRZ: mrz}, Codes: []string{plainCode}}, func(*db.Incoming) {})
}

// zoneOf is the table of a zone: field, value, digit, verdict.
func zoneOf(doc *goquery.Document) map[string][]string {
	out := map[string][]string{}
	doc.Find("table.zone tbody tr").Each(func(_ int, row *goquery.Selection) {
		var cells []string
		row.Find("td").Each(func(_ int, cell *goquery.Selection) { cells = append(cells, folded(cell)) })
		out[folded(row.Find("th"))] = cells
	})
	return out
}

func TestAZoneIsTakenApartAndEachCheckDigitComputedAgain(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.passport(1, "Anna Maria Eriksson", []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C46UTO7408122F1204159ZE184226B<<<<<10"},
		review.Reading{Name: "Anna Maria Eriksson", Number: "L898902C3", BirthDate: "1974-08-12", Expiry: "2012-04-16"})
	w := b.get("/verifications/" + id)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	if got := folded(doc.Find(".mrzbox h3")); !strings.Contains(got, "TD3") || !strings.Contains(got, "two of five check digits wrong") {
		t.Errorf("the heading says %q", got)
	}
	rows := zoneOf(doc)
	for field, want := range map[string][]string{
		"Number":        {"••••••2C4", "6, wrong: it should be 7", "Differs"},
		"Date of birth": {"12 ••• ••••", "2, right", "Same"},
		"Expires":       {"••12-04-15", "9, right", "Differs"},
		"All of it":     {"", "0, wrong: it should be 1", "Nothing to compare"},
		"Name":          {"ERIKSSON, ANNA MARIA", "", "Nothing to compare"},
		"Optional":      {"••••••26B", "1, right", "Nothing to compare"},
	} {
		if got := rows[field]; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	for _, never := range []string{"L898902C", "740812", "ZE184226"} {
		if strings.Contains(w.Body.String(), never) {
			t.Errorf("the page holds %q in clear", never)
		}
	}
}

func TestLinesThatAreNoZoneAreShownAndSaidToBeNone(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.passport(2, "Anna", []string{"P<UTOERIKSSON<<ANNA<MARIA", "L898902C"}, review.Reading{})
	doc := page(t, b.get("/verifications/"+id))
	if got := folded(doc.Find(".mrzbox")); !strings.Contains(got, "the shape of no document") || doc.Find("table.zone").Length() != 0 {
		t.Errorf("it says %q", got)
	}
}

func TestLettersOfAnotherScriptAreMarkedInTheNameAndBesideIt(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.passport(3, "P\u0430ul Mor\u202eeau", nil, review.Reading{Name: "Paul Moreau"})
	doc := page(t, b.get("/verifications/"+id))
	for _, where := range []string{".subject h1", "table.diff tbody tr:first-child td:nth-child(2)"} {
		s := doc.Find(where)
		if got := folded(s.Find(".alike")); got != "\u0430(Cyrillic)" {
			t.Errorf("%s marks %q", where, got)
		}
		if title, _ := s.Find(".alike").Attr("title"); title != "Cyrillic letters: U+0430" {
			t.Errorf("%s names it %q", where, title)
		}
		if got := folded(s.Find(".glyph")); got != "[U+202E]" {
			t.Errorf("%s shows the hidden one as %q", where, got)
		}
	}
	plain := page(t, b.get("/verifications/"+d.passport(4, "Анна Павлова", nil, review.Reading{Name: "Анна Павлова"})))
	if n := plain.Find(".alike").Length(); n != 0 {
		t.Errorf("a name in one script has %d letters marked", n)
	}
}
