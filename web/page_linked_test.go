package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/review"
)

// waitLinked opens the case until it shows so many linked ones: the desk links by
// itself, within a second.
func (b *browser) waitLinked(id string, n int) *goquery.Document {
	b.d.t.Helper()
	for until := time.Now().Add(10 * time.Second); ; {
		doc := page(b.d.t, b.get("/verifications/"+id))
		switch got := doc.Find("#linked .linked > li").Length(); {
		case got == n:
			return doc
		case time.Now().After(until):
			b.d.t.Fatalf("%d cases are linked, want %d: %s", got, n, folded(doc.Find("#linked")))
		}
	}
}

// twins are the same person's cases at both providers, and a stranger's.
func (d *testDesk) twins() (one, other, stranger string) {
	one = d.rich(1, "Lucía Fernández Quispe", graveCode)
	other = d.take(review.Coinify, review.Row{ID: "c0ffee00-0000-4000-8000-000000000002", State: "rejected", Reason: "MANUAL_REVIEW", CreatedAt: "2026-11-22T08:30:00Z",
		UpdatedAt: "2026-11-22T08:30:00Z", Subject: review.Reading{Name: "Fernandez Quispe Lucia", BirthDate: hidden[review.FieldBirthDate], Number: hidden[review.FieldNumber], Email: "else@example.com"},
		Codes: []string{coinifyCode}}, func(*db.Incoming) {})
	return one, other, d.Cybrid(9, "Viktor Hahn", plainCode)
}

func TestACaseNamesThoseThatMayBeOfTheSamePerson(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	one, other, stranger := d.twins()
	doc := b.waitLinked(one, 1)
	got := folded(doc.Find("#linked"))
	for _, want := range []string{"Possibly the same person", "Fernandez Quispe Lucia", "Coinify", "Same document number", "Same name and birth date", "MANUAL_REVIEW"} {
		if !strings.Contains(got, want) {
			t.Errorf("the linked cases do not say %q: %s", want, got)
		}
	}
	if strings.Contains(got, "Same e-mail") || strings.Contains(got, "Hahn") {
		t.Errorf("the linked cases say %s", got)
	}
	if href := link(doc, "#linked .do a"); href != "/verifications/"+one+"/compare/"+other {
		t.Errorf("the comparison is at %s", href)
	}
	if n := doc.Find(".finding a[href*='/compare/']").Length(); n != 0 {
		t.Errorf("%d findings that are about no duplicate lead to one", n)
	}
	again := d.rich(3, "Lucía Fernández Quispe", "duplicate_person_check_failure")
	if href := link(b.waitLinked(again, 2), ".finding a[href*='/compare/']"); !strings.HasPrefix(href, "/verifications/"+again+"/compare/") {
		t.Errorf("the finding about a duplicate leads to %q", href)
	}
	if got := folded(b.waitLinked(stranger, 0).Find("#linked")); !strings.Contains(got, "No other case shares this person") {
		t.Errorf("a stranger's case says %s", got)
	}
}

func TestTwoCasesAreComparedFieldByFieldWithoutShowingWhatIsMasked(t *testing.T) {
	d := newTestDesk(t)
	b, me := d.signedIn(review.RoleReviewer)
	one, other, _ := d.twins()
	before := len(d.events(review.EventFilter{Kind: review.EventViewed}))
	w := b.get("/verifications/" + one + "/compare/" + other)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	for label, want := range map[string][]string{
		"Document no., typed":  {"••••••418", "••••••418", "Same"},
		"Date of birth, typed": {"14 ••• 19••", "14 ••• 19••", "Same"},
		"Full name, typed":     {"Lucía Fernández Quispe", "Fernandez Quispe Lucia", "Differs"},
		"Full name, read":      {"Lucía Fernández Quispe Mariana", "Not known", ""},
	} {
		row := compareRow(doc, label)
		var got []string
		row.Find("td").Each(func(_ int, cell *goquery.Selection) { got = append(got, folded(cell)) })
		if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || want[2] != "" && got[2] != want[2] {
			t.Errorf("%s is %q, want %q", label, got, want)
		}
	}
	if strings.Contains(w.Body.String(), hidden[review.FieldNumber]) || strings.Contains(w.Body.String(), hidden[review.FieldEmail]) {
		t.Error("a masked value stands there in clear")
	}
	if got := folded(doc.Find("main")); !strings.Contains(got, "In commonSame document numberSame name and birth date") {
		t.Errorf("what they share is not said: %s", got)
	}
	if n := doc.Find(".pair img").Length(); n != 2 {
		t.Errorf("%d pictures", n)
	}
	seen := d.events(review.EventFilter{Kind: review.EventViewed})
	if len(seen) != before+2 || seen[before].Object != one || seen[before+1].Object != other || seen[before].Actor.ID != me.ID {
		t.Errorf("%d looks were recorded", len(seen)-before)
	}
}

func TestACaseIsNotComparedWithItselfOrWithNothing(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	one, other, _ := d.twins()
	wantStatus(t, b.get("/verifications/"+one+"/compare/"+one), http.StatusNotFound)
	wantStatus(t, b.get("/verifications/"+one+"/compare/nothing"), http.StatusNotFound)
	w := b.get("/verifications/" + strings.ReplaceAll(one, "-", "") + "/compare/" + other)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/verifications/"+one+"/compare/"+other {
		t.Errorf("another spelling: %d to %s", w.Code, w.Header().Get("Location"))
	}
}
