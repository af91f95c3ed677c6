package db

import (
	"context"
	"errors"
	"testing"

	"reviewdesk/review"
)

// What the snapshot brings for the page of one case.
//
//	go test ./db -run '^$' -bench View
func BenchmarkView(b *testing.B) {
	db := benchDesk(b)
	arrive(b, db, 1000)
	b.Run("database-sql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := db.openCase(db.read(b.Context()), caseID(500), benchActor.Person); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("snapshot", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := db.asOfNow(b.Context(), func(q querier) error { _, err := db.openCase(q, caseID(500), benchActor.Person); return err }); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestASnapshotIsOfOneMoment(t *testing.T) {
	db := benchDesk(t)
	arrive(t, db, 1)
	read := func(q querier) Case {
		c, err := db.openCase(q, caseID(0), benchActor.Person)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	err := db.asOfNow(t.Context(), func(q querier) error {
		before := read(q)
		if err := db.Do(t.Context(), func(tx *Tx) error {
			_, err := tx.append(benchActor, viewOf(caseID(0)), 0)
			return err
		}); err != nil {
			return err
		}
		if after := read(q); len(after.History) != len(before.History) {
			t.Errorf("an event that came meanwhile is in it: %d and %d", len(before.History), len(after.History))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.asOfNow(t.Context(), func(q querier) error { // on the same connection
		if got, want := len(read(q).History), len(read(db.read(t.Context())).History); got != want {
			t.Errorf("the next one holds %d events of %d", got, want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatASnapshotCannotReadIsAnError(t *testing.T) {
	db := benchDesk(t)
	arrive(t, db, 1)
	known := func(to any) func(querier) error {
		return func(q querier) error { return q.row(`SELECT status FROM verification WHERE seq = ?`, 1).Scan(to) }
	}
	var status review.Status
	for name, c := range map[string]struct {
		read func(querier) error
		fits func(error) bool
	}{
		"what is there":             {known(&status), func(err error) bool { return err == nil && status == review.StatusInReview }},
		"a row that is not there":   {func(q querier) error { return q.row(`SELECT id FROM verification WHERE seq = ?`, 99).Scan(new(string)) }, isNoRows},
		"a table that is not there": {func(q querier) error { return q.row(`SELECT 1 FROM nothing`).Scan(new(int)) }, failed},
		"a list of one":             {func(q querier) error { _, err := q.rows(`SELECT 1 FROM nothing`); return err }, failed},
		"an argument of no kind":    {func(q querier) error { return q.row(`SELECT ?`, struct{}{}).Scan(new(int)) }, failed},
		"a target of no kind":       {known(new(struct{})), failed},
		"nothing at all":            {func(q querier) error { return q.row(`SELECT NULL`).Scan(new(string)) }, failed},
		"nothing in a word":         {func(q querier) error { return q.row(`SELECT NULL`).Scan(&status) }, failed},
		"a write":                   {func(q querier) error { return q.row(`DELETE FROM verification RETURNING seq`).Scan(new(int)) }, failed},
	} {
		if err := db.asOfNow(t.Context(), c.read); !c.fits(err) {
			t.Errorf("%s: %v, status %q", name, err, status)
		}
		if err := c.read(db.brief(t.Context())); !c.fits(err) {
			t.Errorf("%s, on its own: %v, status %q", name, err, status)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range []error{db.asOfNow(gone, known(&status)), known(&status)(db.brief(gone))} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("nobody waits for it any more: %v", err)
		}
	}
}

func failed(err error) bool { return err != nil && !isNoRows(err) }
