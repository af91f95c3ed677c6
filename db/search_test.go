package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestAFragmentOfANameIsFoundInAnyScript(t *testing.T) {
	names := []string{"Lucía Fernández Quispe", "王小明", "محمد الأحمد", "Дмитрий Соколов", "Σοφία Παπαδοπούλου", "Đặng Thị Hương", "राजेश कुमार", "山田太郎", "Øystein Straße", "O'Brien-Smith"}
	queries := []struct {
		query string
		want  int // index into names; -1 for nobody
	}{
		{"fernandez", 0}, {"NÁNDEZ", 0}, {"quis lucia", 0}, {"小明", 1}, {"明", 1}, {"王小", 1}, {"أحمد", 2}, {"соко", 3}, {"околов", 3},
		{"παπα", 4}, {"δοπουλου", 4}, {"dang huong", 5}, {"राज", 6}, {"कुमार", 6}, {"太郎", 7}, {"strasse", 8}, {"brien", 9}, {"smith o", 9},
		{"nobody", -1}, {"%", -1}, {`" OR 1`, -1}, {"lucia sokolov", -1},
	}
	d := dbtest.New(t)
	ids := []string{}
	for i, n := range names {
		ids = append(ids, d.Cybrid(i+1, n))
	}
	for _, indexed := range []bool{false, true} {
		if indexed {
			waitUntilIndexed(t, d)
		}
		for _, q := range queries {
			page, err := d.List(t.Context(), review.Filter{Query: q.query}, db.Cursor{}, 50)
			if err != nil {
				t.Fatalf("%q: %v", q.query, err)
			}
			got := []string{}
			for _, r := range page.Rows {
				got = append(got, r.ID)
			}
			want := []string{}
			if q.want >= 0 {
				want = append(want, ids[q.want])
			}
			if !slices.Equal(got, want) {
				t.Errorf("indexed %v: %q found %d cases, want %v", indexed, q.query, len(got), q.want)
			}
		}
	}
}

func waitUntilIndexed(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	reader := d.Reader()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		var n int
		if err := reader.QueryRow(`SELECT COUNT(*) FROM search_pending`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
	t.Fatal("the index never took the cases in")
}

func TestAnIdIsFoundInAnySpelling(t *testing.T) {
	d := dbtest.New(t)
	id := d.Cybrid(1, "Ines Moreau")
	for _, spelling := range []string{id, "c0ffee00000040008000000000000001", "C0FFEE00-0000-4000-8000-000000000001", "  " + id} {
		if got, err := d.FindID(t.Context(), spelling); err != nil || got != id {
			t.Errorf("%q: %q, %v", spelling, got, err)
		}
	}
	if _, err := d.FindID(t.Context(), "c0ffee"); err == nil {
		t.Error("half an id is no id")
	}
}

func TestPagesGoForwardAndBackWithoutGapOrRepeat(t *testing.T) {
	d := dbtest.New(t)
	const cases = 53
	for i := range cases {
		d.Cybrid(i+1, fmt.Sprintf("Person %d", i))
	}
	for _, sort := range []review.Sort{review.SortUrgency, review.SortOldest, review.SortNewest} {
		var pages [][]int64
		at := db.Cursor{}
		for {
			page, err := d.List(t.Context(), review.Filter{Sort: sort}, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			var seqs []int64
			for _, r := range page.Rows {
				seqs = append(seqs, r.Seq)
			}
			pages = append(pages, seqs)
			if page.Next == nil {
				at = *page.Prev
				break
			}
			at = *page.Next
		}
		seen := map[int64]bool{}
		for _, p := range pages {
			for _, s := range p {
				seen[s] = true
			}
		}
		if len(pages) != 6 || len(seen) != cases {
			t.Fatalf("%s: %d pages with %d cases", sort, len(pages), len(seen))
		}
		for i := len(pages) - 2; i >= 0; i-- {
			page, err := d.List(t.Context(), review.Filter{Sort: sort}, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			var seqs []int64
			for _, r := range page.Rows {
				seqs = append(seqs, r.Seq)
			}
			if !slices.Equal(seqs, pages[i]) {
				t.Fatalf("%s: going back, page %d is %v, was %v", sort, i, seqs, pages[i])
			}
			if page.Prev != nil {
				at = *page.Prev
			} else if i != 0 {
				t.Fatalf("%s: page %d has no page before it", sort, i)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	a := d.Cybrid(1, "Ines Moreau", "selfie_failure")
	b := d.Coinify(2, "Viktor Hahn", "DENIED")
	c := d.Cybrid(3, "Olu Adebayo", "address_check_failure")
	if _, err := d.Claim(t.Context(), ana, c); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		f    review.Filter
		want []string
	}{
		"by provider":           {review.Filter{Provider: review.Coinify}, []string{b}},
		"by code":               {review.Filter{Code: "selfie_failure"}, []string{a}},
		"by severity":           {review.Filter{Severity: review.SeverityHigh}, []string{a, b}},
		"by country":            {review.Filter{Country: "ES"}, []string{a, b, c}},
		"by another country":    {review.Filter{Country: "DE"}, nil},
		"held by Ana":           {review.Filter{Owner: ana.ID}, []string{c}},
		"held by nobody":        {review.Filter{Owner: review.OwnerNone}, []string{a, b}},
		"made before today":     {review.Filter{To: dbtest.Start.Add(-2 * time.Hour)}, nil},
		"decided ones":          {review.Filter{Statuses: []review.Status{review.StatusPassed, review.StatusFailed}}, nil},
		"code and provider":     {review.Filter{Code: "DENIED", Provider: review.Coinify}, []string{b}},
		"a word that is no one": {review.Filter{Query: "zzz"}, nil},
	} {
		page, err := d.List(t.Context(), row.f, db.Cursor{}, 50)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range page.Rows {
			got = append(got, r.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
		if n, err := d.Count(t.Context(), row.f); err != nil || n != len(row.want) {
			t.Errorf("%s: counted %d, %v", name, n, err)
		}
	}
}

// The queue must not sort and must not scan the table: that is what the partial
// indexes are for.
func TestTheQueueReadsItsOwnIndex(t *testing.T) {
	d := dbtest.New(t)
	reader := d.Reader()
	for name, f := range map[string]review.Filter{
		"queue_due":     {},
		"queue_created": {Sort: review.SortNewest},
		"second_due":    {Statuses: []review.Status{review.StatusSecondReview}},
	} {
		plan, err := db.Plan(reader, f)
		if err != nil {
			t.Fatal(err)
		}
		if !plan.Uses(name) || plan.Sorts() {
			t.Errorf("%s: %s", name, plan)
		}
	}
}

// A beginning finds the same however many words begin so: few are asked for one by one.
func TestABeginningFindsAllWordsThatBeginSo(t *testing.T) {
	d := dbtest.New(t)
	for n := range 20 {
		d.Cybrid(2*n+1, "Zoila Quispe"+string(rune('a'+n)))
		d.Cybrid(2*n+2, "Zoila Quispe")
		waitUntilIndexed(t, d)
		for query, want := range map[string]int{"quispe": 2 * (n + 1), "zoil quisp": 2 * (n + 1), "uispe zoila": 2 * (n + 1), "quispea": 1, "quispet zoila": n / 19, "quispez": 0} {
			page, err := d.List(t.Context(), review.Filter{Query: query}, db.Cursor{}, 50)
			if ok(t, err); len(page.Rows) != want {
				t.Errorf("%d words begin so: %q finds %d cases, want %d", n+2, query, len(page.Rows), want)
			}
			if got, err := d.Count(t.Context(), review.Filter{Query: query}); err != nil || got != want {
				t.Errorf("%d words begin so: %q counts %d cases, want %d: %v", n+2, query, got, want, err)
			}
		}
	}
}
