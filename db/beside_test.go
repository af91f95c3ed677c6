package db_test

import (
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestTheNeighboursOfACaseInItsList(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	first, middle, last := d.Cybrid(1, "Zoila Quispe", "id_check_failure"), d.Cybrid(2, "Zoila Moreau", "id_check_failure"), d.Cybrid(3, "Zoila Hahn", "id_check_failure")
	decided := d.Cybrid(4, "Zoila Tan")
	_, err := d.Decide(t.Context(), ana, decided, approval(1), "")
	ok(t, err)
	all := []review.Status{review.StatusPassed, review.StatusFailed}
	for name, c := range map[string]struct {
		of   string
		in   review.Filter
		sure bool
		want db.Beside
	}{
		"one in the middle":                {middle, review.Filter{}, false, db.Beside{Before: first, Next: last, Listed: true}},
		"the first":                        {first, review.Filter{}, false, db.Beside{Next: middle, Listed: true}},
		"the last":                         {last, review.Filter{}, false, db.Beside{Before: middle, Listed: true}},
		"newest first":                     {middle, review.Filter{Sort: review.SortNewest}, false, db.Beside{Before: last, Next: first, Listed: true}},
		"found by a search":                {middle, review.Filter{Query: "zoila", Sort: review.SortOldest}, false, db.Beside{Before: first, Next: last, Listed: true}},
		"not found by it":                  {middle, review.Filter{Query: "hahn", Sort: review.SortOldest}, false, db.Beside{Next: last}},
		"one that has left the queue":      {decided, review.Filter{Sort: review.SortOldest}, false, db.Beside{Before: last}},
		"one that was never in a list":     {middle, review.Filter{Statuses: all, Sort: review.SortOldest}, false, db.Beside{Next: decided}},
		"one whose place is known to hold": {decided, review.Filter{Sort: review.SortOldest}, true, db.Beside{Before: last, Listed: true}},
	} {
		v, err := d.Peek(t.Context(), c.of)
		ok(t, err)
		at := v.CreatedAt
		if c.in.Sort == "" {
			at = v.DueAt
		}
		got, err := d.Beside(t.Context(), c.in, db.Cursor{At: at.UnixMicro(), Seq: v.Seq}, c.sure)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, want %+v (%v)", name, got, c.want, err)
		}
	}
}
