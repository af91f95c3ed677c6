package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// leftovers are the files beside a backup that have no business there.
func leftovers(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	ok(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

func TestABackupIsOneMomentWhileOfficersDecide(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	receiveMany(t, d, 400)
	ctx, stop := context.WithCancel(t.Context())
	var officers sync.WaitGroup
	for officer := range 4 {
		officers.Go(func() {
			for i := officer; i < 400 && ctx.Err() == nil; i += 4 {
				if _, err := d.Decide(t.Context(), ana, plainCase(i).ID, approval(1), ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	dir := t.TempDir()
	for _, name := range []string{"first", "second", "third"} {
		report, err := db.Backup(t.Context(), d.Dir, filepath.Join(dir, name), db.BackupOptions{})
		if err != nil || report.Fault != audit.FaultNone || report.Anchored == 0 || report.Cases != 400 {
			t.Errorf("%s: %s, %v", name, report.Sentence(), err)
		}
	}
	stop()
	officers.Wait()
	leftovers(t, dir, "first", "second", "third") // and no log or index beside them
	for _, name := range []string{"first", "second", "third"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if ok(t, err); info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", name, info.Mode())
		}
	}
	whole(t, d)
}

func TestABackupOverwritesNothing(t *testing.T) {
	d := dbtest.New(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "copy")
	ok(t, os.WriteFile(path, []byte("precious"), 0o600))
	if _, err := db.Backup(t.Context(), d.Dir, path, db.BackupOptions{}); err == nil || !strings.Contains(err.Error(), "overwrites nothing") {
		t.Error(err)
	}
	ok(t, os.Remove(path))
	late := func(int64, int64) { // somebody else takes the name while the pages are copied
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Error(err)
		}
	}
	if _, err := db.Backup(t.Context(), d.Dir, path, db.BackupOptions{Moved: late}); err == nil || !strings.Contains(err.Error(), "overwrites nothing") {
		t.Error(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "precious" {
		t.Errorf("%q, %v", b, err)
	}
	leftovers(t, dir, "copy")
}

func TestACopyThatIsNotWholeIsNoBackup(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	d.Shut()
	defer d.Open()
	raw, err := db.OpenRaw(filepath.Join(d.Dir, "desk.db"))
	ok(t, err)
	_, err = raw.Exec(`UPDATE verification SET status = 'passed'`)
	ok(t, errors.Join(err, raw.Close()))
	dir := t.TempDir()
	report, err := db.Backup(t.Context(), d.Dir, filepath.Join(dir, "copy"), db.BackupOptions{})
	if err != nil || report.Fault != audit.FaultCase {
		t.Errorf("%s, %v", report.Sentence(), err)
	}
	leftovers(t, dir)
}

func TestABackupThatIsInterruptedLeavesNothing(t *testing.T) {
	d := dbtest.New(t)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	d.Do(t.Context(), func(tx *db.Tx) error { // more than one step of the copy
		return tx.Exec(`INSERT INTO policy (name, value) VALUES ('filler', hex(zeroblob(2000000)))`)
	})
	_, err := db.Backup(ctx, d.Dir, filepath.Join(dir, "copy"), db.BackupOptions{Moved: func(int64, int64) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	leftovers(t, dir)
}

func TestABackupWithoutItsAnchorIsToldApart(t *testing.T) {
	d := dbtest.New(t)
	_, err := db.Backup(t.Context(), d.Dir, filepath.Join(t.TempDir(), "copy"), db.BackupOptions{Anchor: filepath.Join(d.Dir, "nosuch")})
	if err == nil || !strings.Contains(err.Error(), "anchor") {
		t.Error(err)
	}
}

// flocked takes a file as the command does.
func flocked(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

func TestABackupRemovesWhatAKilledOneLeftAndNothingElse(t *testing.T) {
	d := dbtest.New(t)
	dir := t.TempDir()
	for _, name := range []string{"monday.db.1.unfinished-backup", "monday.db.1.unfinished-backup-journal", "sunday.db.2.unfinished-backup", "photo.part"} {
		ok(t, os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600))
	}
	held, err := os.Open(filepath.Join(dir, "sunday.db.2.unfinished-backup"))
	ok(t, errors.Join(err, flocked(held)))
	defer held.Close()
	report, err := db.Backup(t.Context(), d.Dir, filepath.Join(dir, "tuesday.db"), db.BackupOptions{Hold: flocked})
	if err != nil || report.Fault != audit.FaultNone {
		t.Errorf("%s, %v", report.Sentence(), err)
	}
	leftovers(t, dir, "photo.part", "sunday.db.2.unfinished-backup", "tuesday.db") // Sunday's is being written
}
