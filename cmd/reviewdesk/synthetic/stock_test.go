package synthetic

import (
	"fmt"
	"testing"
	"time"
)

func TestOfAStockOneInTwentyWaitsAndTheseAreAmongTheNewest(t *testing.T) {
	for _, cases := range []int{1, 7, 20, 85, 1000, 9999} {
		s := NewStock(Options{Seed: 5, Start: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, cases)
		waiting := 0
		for i := range cases {
			c, life := s.Case(i)
			if life != Waiting {
				continue
			}
			waiting++
			if i < cases-cases/10-2 {
				t.Errorf("of %d cases number %d waits", cases, i)
			}
			if c.draft.fate != reviewing {
				t.Errorf("case %d waits and is %d at its provider", i, c.draft.fate)
			}
		}
		if want := (cases + 19) / 20; waiting != want && cases > 1 {
			t.Errorf("of %d cases %d wait, want %d", cases, waiting, want)
		}
	}
}

func TestAStockComesInInOrderAndBeginsItsIdsWithTheTime(t *testing.T) {
	const cases = 2000
	s := NewStock(Options{Seed: 5, Start: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, cases)
	from, to := s.Span()
	last, seen := from, map[string]bool{}
	for i := range cases {
		c, _ := s.Case(i)
		at := s.Arrival(i)
		if at.Before(last) || at.After(to) {
			t.Fatalf("case %d comes in at %s, after one of %s", i, at, last)
		}
		if c.Updated.After(at) || c.draft.created.After(c.Updated) {
			t.Fatalf("case %d was made %s, changed %s and came in %s", i, c.draft.created, c.Updated, at)
		}
		if want := fmt.Sprintf("%012x", c.draft.created.UnixMilli()); c.draft.id[:12] != want || c.draft.id[12] != '7' || seen[c.draft.id] {
			t.Fatalf("case %d has the id %s", i, c.draft.id)
		}
		last, seen[c.draft.id] = at, true
	}
}
