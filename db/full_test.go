package db_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// limit lets the file grow to so many pages, as a full disk would. Work of the desk's own
// may share its commit and find the disk full: the limit holds all the same.
func limit(t *testing.T, d *dbtest.Desk, pages int) {
	t.Helper()
	if err := d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)) }); err != nil && !errors.Is(err, db.ErrNotRecorded) {
		t.Fatal(err)
	}
}

// writesAgain waits until the desk has found out by itself that it can write.
func writesAgain(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	for range 100 {
		if d.Writes() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the desk never wrote again")
}

func TestAFullDiskIsToldAndLosesNothing(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	n := 0
	told := map[string]bool{}
	for round := range 20 {
		limit(t, d, 1) // SQLite takes it for "not one page more than there are"
		var failed error
		for i := 0; failed == nil; i++ {
			if i == 500 {
				t.Fatal("the disk is never full")
			}
			n++
			v := plainCase(n)
			if _, failed = d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}}); failed == nil {
				told[v.ID] = true
			}
		}
		if !errors.Is(failed, db.ErrNotRecorded) {
			t.Fatalf("round %d: %v", round, failed)
		}
		if _, err := d.List(t.Context(), review.Filter{}, db.Cursor{}, 10); err != nil {
			t.Fatalf("round %d: reading stopped, too: %v", round, err)
		}
		limit(t, d, 1<<30)
		if round == 0 {
			writesAgain(t, d)
		}
		id := d.Cybrid(100_000+round, "Ines Moreau")
		if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
			t.Fatalf("round %d: with room again: %v", round, err)
		}
		if !d.Writes() {
			t.Fatalf("round %d: it writes, and says that it cannot", round)
		}
	}
	for id := range told {
		if _, err := d.Peek(t.Context(), id); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
	whole(t, d)
}

func TestAnAnchorOutOfReachIsToldAndCaughtUpWith(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau")
	if err := d.BreakAnchor(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); !errors.Is(err, db.ErrNotAnchored) {
		t.Fatalf("without its anchor: %v", err)
	}
	if d.Writes() {
		t.Error("the desk says that it can record")
	}
	if err := d.Note(t.Context(), ana, id, "A note that cannot be anchored."); !errors.Is(err, db.ErrNotRecorded) {
		t.Fatalf("the next one: %v", err)
	}
	d.DB.Close() // complains of the anchor that the test has closed
	d.Open()     // what was committed is anchored before anything else
	if head, err := os.ReadFile(filepath.Join(d.Dir, "anchor", "anchor.log")); err != nil || len(head) == 0 {
		t.Fatal(err)
	}
	if report := whole(t, d); report.Anchored != report.Checkpoints {
		t.Errorf("%d heads, %d anchored", report.Checkpoints, report.Anchored)
	}
}
