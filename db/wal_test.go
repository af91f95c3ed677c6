package db_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// A check of a large log reads one snapshot for a long time. Until it lets go the
// write-ahead log cannot be emptied; nobody who writes may wait for that.
func TestNoWriteWaitsForAReaderWhileTheLogIsFolded(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	reader := d.Reader()
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
	for began := time.Now(); ; { // the housekeeper may write at just this moment
		d.FoldLog(0)
		info, err := os.Stat(filepath.Join(d.Dir, "desk.db-wal"))
		if err == nil && info.Size() == 0 {
			return
		}
		if time.Since(began) > 10*time.Second {
			t.Fatalf("with nobody reading the log was not emptied: %v, %v", info, err)
		}
	}
}

// Under full load the writer is in a transaction nearly all the time, so that nobody
// beside it finds the moment to empty the log.
func TestAWriterThatNeverRestsEmptiesTheLogItself(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau")
	size := func() int64 {
		info, err := os.Stat(filepath.Join(d.Dir, "desk.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	write := func(fold bool) {
		if err := d.Note(t.Context(), ana, id, "A note that makes the log longer."); err != nil {
			t.Fatal(err)
		}
		if err := d.Do(t.Context(), func(*db.Tx) error {
			if fold {
				d.FoldLog(0) // the housekeeper comes by while the writer is at work
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	nothing := func() { // whatever the writer does between commits is done when this one is
		if err := d.Do(t.Context(), func(*db.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	write(false)
	nothing()
	if size() == 0 {
		t.Fatal("the log is empty before anybody folds it")
	}
	for tries := 1; ; tries++ { // the housekeeper reads and writes at moments of its own
		write(true)
		nothing()
		if n := size(); n == 0 {
			break
		} else if tries == 500 {
			t.Fatalf("the log has %d bytes", n)
		}
	}

	reader := d.Reader()
	write(false)
	snapshot, err := reader.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Rollback()
	var n int
	if err := snapshot.QueryRow(`SELECT COUNT(*) FROM audit_entry`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	write(true)
	nothing() // with a reader in the way nobody waits, and the log stays
	if size() == 0 {
		t.Error("the log was emptied under a reader")
	}
}
