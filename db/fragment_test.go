package db_test

import (
	"fmt"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// withIDs is a case whose ids are known to their last character.
func withIDs(t *testing.T, d *dbtest.Desk, id, providerID, reference string) {
	t.Helper()
	v := review.Verification{ID: id, Provider: review.Coinify, ProviderID: providerID, Kind: "kyc", Status: review.StatusInReview, Arrived: review.WireState{State: "rejected"},
		CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start, Object: []byte(`{}`),
		Subject: review.Subject{Reading: review.Reading{Name: "Ines Moreau"}, Reference: reference}}
	if _, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}}); err != nil {
		t.Fatal(err)
	}
}

func howMany(t *testing.T, d *dbtest.Desk, query string) int {
	t.Helper()
	page, err := d.List(t.Context(), review.Filter{Query: query}, db.Cursor{}, 50)
	ok(t, err)
	n, err := d.Count(t.Context(), review.Filter{Query: query})
	ok(t, err)
	if n != len(page.Rows) {
		t.Errorf("%q lists %d and counts %d", query, len(page.Rows), n)
	}
	return len(page.Rows)
}

// fragments are queries and how many of the two cases below they find.
var fragments = map[string]int{
	"id:5e1f": 1, "id:b77a5": 1, "id:B77A-5": 1, "id: b77a5e1f ": 1, "id:77a5-e1f0-9c": 1, // of the desk's own, across its dashes
	"id:90015": 1, "id:traderx": 1, "id:derx77": 1, // of the provider's, and of the customer's
	"id:4a1b-8c2d-00000000000": 2, "id:0000": 2, // of both
	"id:5e1f9c04":           0, // each four of it stand in one id, and not in a row
	"id:0b1f3a2d-b77a-4a1b": 0, // groups that do not follow one another
	"id:5e1":                0, "id:": 0, "id": 0, "id:moreau": 0, `id:5e1f"`: 0, "id:5e1f moreau": 0, "id:5e%f": 0, "id:····": 0,
	"moreau": 2, "5e1f": 0, "···5e1f": 0, // names are found by themselves, and ids are not taken for names
}

func TestAnyFragmentOfAnIdIsFound(t *testing.T) {
	d := dbtest.New(t)
	withIDs(t, d, "0b1f3a2d-9c04-b77a-5e1f-09c04aaaaaa1", "880900157", "TraderX77")
	withIDs(t, d, "11111111-4a1b-8c2d-0000-000000000002", "11111111-4a1b-8c2d-0000-000000000002", "")
	withIDs(t, d, "22222222-4a1b-8c2d-0000-000000000003", "22222222-4a1b-8c2d-0000-000000000003", "")
	want := map[string]int{}
	for q, n := range fragments {
		want[q] = n
	}
	want["moreau"] = 3
	check := func(when string) {
		t.Helper()
		for query, n := range want {
			if got := howMany(t, d, query); got != n {
				t.Errorf("%s: %q finds %d cases, want %d", when, query, got, n)
			}
		}
	}
	check("as it comes")
	waitUntilIndexed(t, d)
	check("indexed")
}

// A desk of before is found by fragments, too, once it was gone through; by names all along.
func TestIdsOfAnOlderDeskAreTakenInAnew(t *testing.T) {
	d := dbtest.New(t)
	withIDs(t, d, "0b1f3a2d-9c04-b77a-5e1f-09c04aaaaaa1", "880900157", "TraderX77")
	waitUntilIndexed(t, d)
	d.Shut()
	ok(t, db.MigrateDown(t.Context(), d.Dir+"/desk.db", 12)) // with the index of fragments
	d.Open()
	listed := func(query string) int {
		page, err := d.List(t.Context(), review.Filter{Query: query}, db.Cursor{}, 50)
		ok(t, err)
		return len(page.Rows)
	}
	for deadline := time.Now().Add(10 * time.Second); listed("id:b77a5") == 0; {
		if listed("moreau") != 1 || time.Now().After(deadline) {
			t.Fatal("an older desk is never found by fragments, or not by names meanwhile")
		}
	}
}

func TestWhatMayBeAFragment(t *testing.T) {
	for text, want := range map[string]string{"5e1f": "id:5e1f", " B77A-5E ": "id:B77A-5E", "moreau": "id:moreau", "5e1": "", "5-e-1": "", "ana quispe": "", "id:5e1f": "", "josé": "", "": ""} {
		if got, ok := db.InIDs(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", text, got, ok)
		}
	}
}

// Where hardly any of many ids has in one piece what all have in pieces, a page looks at
// so many of them, and the next one goes on from there.
func TestASearchForAFragmentStopsAndGoesOn(t *testing.T) {
	d := dbtest.New(t)
	before := db.TryAtMost(100)
	t.Cleanup(func() { db.TryAtMost(before) })
	var batch []db.Incoming
	for n := range 600 {
		v := review.Verification{ID: fmt.Sprintf("00000123-4567-4000-8000-%012d", n), Provider: review.Coinify, ProviderID: fmt.Sprint(n), Status: review.StatusInReview,
			Arrived: review.WireState{State: "rejected"}, CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start, Object: []byte(`{}`)}
		if n == 5 {
			v.ProviderID = "000123000"
		}
		batch = append(batch, db.Incoming{Verification: v})
	}
	_, err := d.Receive(t.Context(), db.System("test"), batch)
	ok(t, err)
	var pages, seen int
	for at := (db.Cursor{}); ; pages++ {
		page, err := d.List(t.Context(), review.Filter{Query: "id:000123000"}, at, 50)
		ok(t, err)
		seen += len(page.Rows)
		if page.Next == nil {
			break
		}
		if page.Stopped == 0 || page.Stopped >= at.Seq && at.Seq != 0 || seen > 0 {
			t.Fatalf("page %d: %d cases, stopped at %d after %d", pages, len(page.Rows), page.Stopped, at.Seq)
		}
		at = *page.Next
	}
	if seen != 1 || pages < 2 {
		t.Errorf("%d cases on %d pages", seen, pages+1)
	}
}
