//go:build !race

package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
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

// A search that has not looked through all says so, and has a link that goes on, until it
// has; without script, and with nothing kept between.
func TestASearchForAFragmentThatStopsLeadsOn(t *testing.T) {
	d := newTestDesk(t)
	var batch []db.Incoming
	for n := range 46_000 {
		v := nthCase(n, true, false)
		v.ID, v.ProviderID = fmt.Sprintf("00000123-4567-4000-8000-%012d", n), fmt.Sprint(n)
		if n == 5 {
			v.ProviderID = "000123000"
		}
		if batch = append(batch, db.Incoming{Verification: v}); len(batch) == 1_000 {
			if _, err := d.Receive(t.Context(), db.System("test"), batch); err != nil {
				t.Fatal(err)
			}
			batch = nil
		}
	}
	b, _ := d.signedIn(review.RoleReviewer)
	page := b.list("?q=id%3A000123000")
	on := page.Find(`p.banner a.link:contains("Go on from there")`)
	if href, _ := on.Attr("href"); page.Find("main table tbody tr").Length() != 0 || !strings.HasPrefix(href, "/queue?after=") {
		t.Fatalf("it has looked through all: %s", page.Find("main").Text())
	} else if page = b.list(strings.TrimPrefix(href, "/queue")); page.Find("main table tbody tr").Length() != 1 || page.Find(`a:contains("Go on")`).Length() != 0 {
		t.Errorf("the rest holds %s", page.Find("main").Text())
	}
}
