package db_test

import (
	"fmt"
	"slices"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// A search that finds many lists them by arrival, and no case twice and none not at all,
// whichever way the pages are turned; also those that the index has not taken in yet.
func TestASearchThatFindsManyPagesByArrival(t *testing.T) {
	d := dbtest.New(t)
	const cases = 330
	var all []int64
	for n := range cases {
		d.Cybrid(n+1, fmt.Sprintf("Zoila Quispe %d", n))
		if n == cases-40 {
			waitUntilIndexed(t, d)
		}
	}
	execute(t, d, `UPDATE verification SET created_at = created_at - seq * 1000000, due_at = due_at + (seq * 7919) % 1000`) // no order of these is that of arrival
	execute(t, d, `UPDATE verification SET status = 'passed', decided_at = 5 WHERE seq % 10 = 3`)
	list, err := d.List(t.Context(), review.Filter{Statuses: review.Statuses()}, db.Cursor{}, 1000)
	ok(t, err)
	for _, r := range list.Rows {
		all = append(all, r.Seq)
	}
	slices.Sort(all)
	inQueue := slices.DeleteFunc(slices.Clone(all), func(seq int64) bool { return seq%10 == 3 })
	for name, row := range map[string]struct {
		f    review.Filter
		want []int64
		down bool
	}{
		"the queue, most urgent first": {review.Filter{Query: "quis"}, inQueue, true},
		"everything, newest first":     {review.Filter{Query: "zoila quis", Sort: review.SortNewest, Statuses: review.Statuses()}, all, true},
		"everything, oldest first":     {review.Filter{Query: "uispe", Sort: review.SortOldest, Statuses: review.Statuses()}, all, false},
	} {
		want := slices.Clone(row.want)
		if row.down {
			slices.Reverse(want)
		}
		forth, last := turnPages(t, d, row.f, db.Cursor{})
		if !slices.Equal(forth, want) {
			t.Errorf("%s: %d cases, want %d: %v", name, len(forth), len(want), forth)
		}
		back, _ := turnPages(t, d, row.f, last)
		slices.Reverse(back)
		if !slices.Equal(back, want[:len(back)]) || len(back) < len(want)-50 {
			t.Errorf("%s, going back: %v", name, back)
		}
	}
	few, err := d.List(t.Context(), review.Filter{Query: "Quispe 32", Statuses: review.Statuses(), Sort: review.SortNewest}, db.Cursor{}, 50)
	if ok(t, err); few.ByArrival || len(few.Rows) != 13 || !slices.IsSortedFunc(few.Rows, func(a, b db.Row) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
		t.Errorf("a search that finds %d keeps the order that was asked for: %v", len(few.Rows), few.ByArrival)
	}
}

// turnPages goes through all pages from a place, and gives the last page's way back.
func turnPages(t *testing.T, d *dbtest.Desk, f review.Filter, at db.Cursor) (seqs []int64, last db.Cursor) {
	t.Helper()
	for {
		page, err := d.List(t.Context(), f, at, 50)
		ok(t, err)
		rows := page.Rows
		if at.Back {
			rows = slices.Clone(rows)
			slices.Reverse(rows)
		}
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
		}
		if !page.ByArrival {
			t.Error("it does not say that they come by arrival")
		}
		next := page.Next
		if at.Back {
			next = page.Prev
		} else if page.Prev != nil {
			last = *page.Prev
		}
		if next == nil {
			return seqs, last
		}
		at = *next
	}
}

// What was just written is found, before and after the index has it, and by what it
// says now.
func TestWhatWasJustWrittenIsFound(t *testing.T) {
	d := dbtest.New(t)
	found := func(query string) int {
		page, err := d.List(t.Context(), review.Filter{Query: query}, db.Cursor{}, 50)
		ok(t, err)
		return len(page.Rows)
	}
	d.Cybrid(1, "Ines Moreau")
	if found("more") != 1 {
		t.Error("a case is not found at once")
	}
	waitUntilIndexed(t, d)
	d.Cybrid(1, "Ines Baptiste", "id_check_failure")
	for range 2 {
		if found("more") != 0 || found("bapt") != 1 || found("ines") != 1 {
			t.Errorf("by its old name %d, by its new one %d, by both %d", found("more"), found("bapt"), found("ines"))
		}
		waitUntilIndexed(t, d)
	}
}
