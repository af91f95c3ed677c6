package db_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// backupOf makes a copy of a desk.
func backupOf(t *testing.T, d *dbtest.Desk) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	report, err := db.Backup(t.Context(), d.Dir, file, db.BackupOptions{})
	if err != nil || report.ExitCode() != 0 {
		t.Fatalf("%s, %v", report.Sentence(), err)
	}
	return file
}

func restore(t *testing.T, file, dir string) (db.Restored, error) {
	t.Helper()
	return db.Restore(t.Context(), file, dir, db.RestoreOptions{Now: dbtest.Start})
}

func TestARestoreSaysWhatIsLostAndSealsTheDesk(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	first, second := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Olu Adebayo")
	_, err := d.Decide(t.Context(), ana, first, approval(1), "")
	ok(t, err)
	file := backupOf(t, d)
	before, copied, err := d.Checkpointed(t.Context())
	ok(t, err)
	d.Clock.Move(time.Hour)
	_, err = d.Decide(t.Context(), ana, second, approval(1), "")
	ok(t, err)
	after, _, err := d.Checkpointed(t.Context())
	ok(t, err)
	d.Shut()

	r, err := restore(t, file, d.Dir)
	ok(t, err)
	if r.Events != before.Size || r.Anchored != after.Size || r.Lost() != after.Size-before.Size || !r.Newest.Equal(copied) || r.AnchoredAt.Sub(copied) != time.Hour {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(filepath.Join(r.Aside, "desk.db")); err != nil {
		t.Errorf("the database that was there is gone: %v", err)
	}
	d.Open()
	if d.Sealed() == "" {
		t.Fatal("the desk takes an older copy for its own")
	}
	ok(t, d.AcceptRollback(t.Context(), db.System("test"), "The disk failed; last night's copy was put back."))
	if _, err := d.Decide(t.Context(), ana, second, approval(1), ""); err != nil {
		t.Errorf("once accepted: %v", err)
	}
	if v, err := d.Peek(t.Context(), first); err != nil || v.Status != review.StatusPassed {
		t.Errorf("what was in the copy: %v, %v", v.Status, err)
	}
	whole(t, d)
}

func TestARestoreOfTheNewestStateLosesNothing(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	file := backupOf(t, d)
	d.Shut()
	r, err := restore(t, file, d.Dir)
	if ok(t, err); r.Lost() != 0 || r.NoAnchor {
		t.Errorf("%+v", r)
	}
	d.Open()
	if why := d.Sealed(); why != "" {
		t.Error(why)
	}
	whole(t, d)
}

// emptyFolder holds the keys of a desk and nothing else.
func emptyFolder(t *testing.T, d *dbtest.Desk) string {
	t.Helper()
	dir := t.TempDir()
	ok(t, os.CopyFS(filepath.Join(dir, "keys"), os.DirFS(filepath.Join(d.Dir, "keys"))))
	return dir
}

func TestARestoreRefuses(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	file := backupOf(t, d)
	stranger := dbtest.New(t)
	other := filepath.Join(t.TempDir(), "other")
	ok(t, db.Init(t.Context(), other, "Another workspace", dbtest.Options(stranger.Clock)))
	for name, c := range map[string]struct {
		copy func(t *testing.T, path string) // what is done to the copy
		dir  func(t *testing.T) string
		want string
	}{
		"a folder without keys":                   {nil, func(t *testing.T) string { return t.TempDir() }, "keys are missing"},
		"the keys of another workspace":           {nil, func(*testing.T) string { return other }, "keys here are those of"},
		"a newer schema":                          {change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`), nil, "schema 999"},
		"a database of something else":            {change(`DROP TABLE goose_db_version`), nil, "no database of a desk"},
		"a file that is no database":              {overwrite("Dear Ana, here is the backup you asked for. Regards.", 0), nil, "no database"},
		"a copy with a damaged page":              {overwrite(strings.Repeat("\xff", 4096), 5*4096), nil, "damaged"},
		"a copy in which a case was decided":      {change(`UPDATE verification SET status = 'passed'`), nil, "not whole: Case differs"},
		"a copy in which an event was changed":    {change(`DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET actor = 'system:eve' WHERE seq = 2`), nil, "not whole"},
		"a file of a running desk, without a log": {overwriteBeside("-wal"), nil, "reviewdesk backup"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			b, err := os.ReadFile(file)
			ok(t, err)
			ok(t, os.WriteFile(path, b, 0o600))
			if c.copy != nil {
				c.copy(t, path)
			}
			dir := emptyFolder(t, d)
			if c.dir != nil {
				dir = c.dir(t)
			}
			before := folder(t, dir)
			if _, err := restore(t, path, dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if after := folder(t, dir); after != before {
				t.Errorf("the folder was changed:\n%s\n%s", before, after)
			}
		})
	}
}

func folder(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	ok(t, err)
	return fmt.Sprint(entries)
}

func change(query string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		raw, err := db.OpenRaw(path)
		ok(t, err)
		_, err = raw.Exec(query)
		ok(t, errors.Join(err, raw.Close()))
	}
}

func overwrite(text string, at int64) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		ok(t, err)
		_, err = f.WriteAt([]byte(text), at)
		ok(t, errors.Join(err, f.Close()))
	}
}

func overwriteBeside(suffix string) func(*testing.T, string) {
	return func(t *testing.T, path string) { ok(t, os.WriteFile(path+suffix, []byte("pages"), 0o600)) }
}

func TestARestoreTakesTheLogOfTheReplacedDatabaseAlong(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	file := backupOf(t, d)
	d.Shut()
	ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db-wal"), []byte("as a crash leaves it"), 0o600))
	r, err := restore(t, file, d.Dir)
	ok(t, err)
	leftovers(t, r.Aside, "desk.db", "desk.db-wal")
	d.Open()
	whole(t, d)
}

// As a restore leaves the folder that dies between the two renames.
func TestAFolderThatWaitsForItsDatabaseIsNotMadeAnew(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	file := backupOf(t, d)
	d.Shut()
	ok(t, os.Rename(filepath.Join(d.Dir, "desk.db"), filepath.Join(d.Dir, "aside.db")))
	ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db-wal"), []byte("of the database that was moved"), 0o600))
	ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db.restored"), []byte("half a copy"), 0o600))
	master, err := os.ReadFile(filepath.Join(d.Dir, "keys", "master"))
	ok(t, err)
	if err := db.Init(t.Context(), d.Dir, "Anew", dbtest.Options(d.Clock)); err == nil || !strings.Contains(err.Error(), "reviewdesk restore") {
		t.Errorf("init: %v", err)
	}
	if now, err := os.ReadFile(filepath.Join(d.Dir, "keys", "master")); err != nil || string(now) != string(master) {
		t.Fatal("the keys are other ones")
	}
	r, err := restore(t, file, d.Dir)
	ok(t, err)
	leftovers(t, r.Aside, "desk.db-wal")
	d.Open()
	whole(t, d)
}
