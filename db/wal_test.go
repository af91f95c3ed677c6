package db_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// A check of a large log reads one snapshot for a long time. Until it lets go the
// write-ahead log cannot be emptied; nobody who writes may wait for that.
func TestNoWriteWaitsForAReaderWhileTheLogIsFolded(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	reader, _ := d.Handles()
	snapshot, err := reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := snapshot.QueryRow(`SELECT COUNT(*) FROM audit_entry`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	id := d.Cybrid(1, "Ines Moreau")
	stop, folded := make(chan struct{}), make(chan int)
	go func() {
		times := 0
		for {
			select {
			case <-stop:
				folded <- times
				return
			default:
				d.FoldLog(0)
				times++
			}
		}
	}()
	for i := range 20 {
		began := time.Now()
		if err := d.Note(t.Context(), ana, id, "A note while the log is folded."); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Fatalf("note %d waited %s", i, took)
		}
	}
	close(stop)
	if times := <-folded; times == 0 {
		t.Error("the log was never folded")
	}
	if err := snapshot.Rollback(); err != nil {
		t.Fatal(err)
	}
	d.FoldLog(0)
	if info, err := os.Stat(filepath.Join(d.Dir, "desk.db-wal")); err != nil || info.Size() != 0 {
		t.Errorf("with nobody reading the log was not emptied: %v, %v", info.Size(), err)
	}
}
