package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/review"
)

// What no name has is looked for inside ids, and the page says where it looked.
func TestAFragmentOfAnIdIsFoundWhereNoNameHasIt(t *testing.T) {
	d := newTestDesk(t)
	moreau := d.Cybrid(0x5e1fb77, "Ines Moreau 1234")
	d.Cybrid(0x1234, "Kwame Mensah")
	b, _ := d.signedIn(review.RoleReviewer)
	main := func(query string) string {
		return strings.Join(strings.Fields(b.list(query).Find("main").Text()), " ")
	}
	w := b.get("/queue?q=5E1F-b7&sort=newest")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/queue?q=id%3A5E1F-b7&sort=newest" {
		t.Fatalf("%d to %q", w.Code, to)
	}
	for query, want := range map[string]struct{ has, not string }{
		"?q=id%3A5E1F-b7":  {"Looked inside ids for 5E1F-b7", "Kwame Mensah"},
		"?q=1234":          {"Found in names and e-mail addresses. Look inside ids instead", "Kwame Mensah"},
		"?q=id%3A1234":     {"Kwame Mensah", "Ines Moreau"},
		"?q=moreau":        {"Ines Moreau", "Look inside ids"},
		"?q=nobody":        {"No case matches", "Looked inside ids"},
		"?q=id%3Afeedfeed": {"Looked inside ids for feedfeed", "Ines Moreau"},
		"?q=5e1":           {"No case matches", "Looked inside ids"},
	} {
		if text := main(query); !strings.Contains(text, want.has) || strings.Contains(text, want.not) {
			t.Errorf("%s: want %q and not %q: %s", query, want.has, want.not, text)
		}
	}
	if link, _ := b.list("?q=1234").Find("p.banner a.link").Last().Attr("href"); link != "/queue?q=id%3A1234" {
		t.Errorf("the other search is %q", link)
	}
	if csv := d.export("verifications", "csv", "q=id%3A5e1fb77"); !strings.Contains(csv, moreau) || strings.Contains(csv, "Kwame") {
		t.Errorf("the export of that list: %s", csv)
	}
}
