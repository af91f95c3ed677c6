package db_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// db/testdata/schema-N.tar.gz is a workspace as the program with the first N migrations
// left it: four cases, one with a picture; one approved after a look and a note, one
// rejected by two persons. Its keys protect made-up people and nothing else. A
// release whose schema is a new one adds its own.

// oldWorkspace unpacks one.
func oldWorkspace(t *testing.T, archive string) string {
	t.Helper()
	f, err := os.Open(archive)
	ok(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	ok(t, err)
	dir := t.TempDir()
	ok(t, os.Chmod(dir, 0o700))
	for files := tar.NewReader(unzipped); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		ok(t, err)
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			ok(t, os.Mkdir(path, 0o700))
			continue
		}
		text, err := io.ReadAll(files)
		ok(t, err)
		ok(t, os.WriteFile(path, text, 0o600))
	}
}

func TestEveryReleasedSchemaIsBroughtUpToDate(t *testing.T) {
	archives, err := filepath.Glob("testdata/schema-*.tar.gz")
	ok(t, err)
	landed, err := filepath.Glob("migrations/*.sql")
	ok(t, err)
	newest, err := goose.NumericComponent(landed[len(landed)-1])
	ok(t, err)
	if len(archives) < 3 {
		t.Fatalf("%d workspaces are kept", len(archives))
	}
	for _, archive := range archives {
		t.Run(filepath.Base(archive), func(t *testing.T) {
			dir := oldWorkspace(t, archive)
			before, err := db.Verify(t.Context(), dir, db.VerifyOptions{})
			if err != nil || before.ExitCode() != 0 {
				t.Fatalf("before: %s, %v", before.Sentence(), err)
			}
			copied := filepath.Join(t.TempDir(), "copy.db")
			if report, err := db.Backup(t.Context(), dir, copied, db.BackupOptions{}); err != nil || report.Root != before.Root {
				t.Fatalf("a backup before: %s, %v", report.Sentence(), err)
			}
			worksOn(t, dir, before.Entries)

			again := oldWorkspace(t, archive) // and the same from the backup
			r, err := db.Restore(t.Context(), copied, again, db.RestoreOptions{Now: dbtest.Start})
			if err != nil || r.Lost() != 0 || r.To != newest {
				t.Fatalf("a restore: %+v, %v", r, err)
			}
			worksOn(t, again, before.Entries)
		})
	}
}

// worksOn opens an old workspace, looks at all it holds, and goes on with it.
func worksOn(t *testing.T, dir string, entries int64) {
	t.Helper()
	d, err := db.Open(t.Context(), dir, dbtest.Options(&dbtest.Clock{}))
	ok(t, err)
	ana := actor(t, d, "anaquiroga@desk.example")
	list, err := d.List(t.Context(), review.Filter{Statuses: []review.Status{review.StatusPassed, review.StatusFailed, review.StatusInReview}}, db.Cursor{}, 10)
	ok(t, err)
	var said []string
	for _, v := range list.Rows {
		said = append(said, fmt.Sprintf("%s %s", v.Name, v.Status))
	}
	for _, want := range []string{"Ines Moreau passed", "Kwame Mensah failed", "Olu Adebayo in_review"} {
		if !strings.Contains(strings.Join(said, ", "), want) {
			t.Errorf("%q is not among %q", want, said)
		}
	}
	c, err := d.View(t.Context(), ana, plainCase(90).ID)
	if err != nil || len(c.Pictures) != 1 {
		t.Errorf("the case with a picture: %+v, %v", c.Pictures, err)
	}
	_, err = d.Decide(t.Context(), ana, plainCase(90).ID, approval(1), "")
	ok(t, err)
	p, err := d.Pulse(t.Context(), dbtest.Start.Add(-9*60*60*1e9), 1)
	if err != nil || p.Decided != 3 || p.Approved != 2 {
		t.Errorf("%d decided, %d approved, %v", p.Decided, p.Approved, err)
	}
	ok(t, d.Close())
	h, err := db.CheckWorkspace(t.Context(), dir, db.VerifyOptions{})
	if ok(t, err); h.ExitCode() != 0 || h.Report.Entries != entries+2 || len(h.Faults) > 0 {
		t.Errorf("afterwards: %s %q", h.Report.Sentence(), h.Faults)
	}
}

func actor(t *testing.T, d *db.DB, email string) db.Actor {
	t.Helper()
	a, err := d.AccountByEmail(t.Context(), email)
	ok(t, err)
	return db.Actor{Kind: "person", Person: a.Person, Session: "s"}
}

func TestANewerSchemaIsLeftAlone(t *testing.T) {
	d := dbtest.New(t)
	d.Shut()
	change(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)(t, filepath.Join(d.Dir, "desk.db"))
	if _, err := db.Open(t.Context(), d.Dir, dbtest.Options(d.Clock)); !errors.Is(err, db.ErrSchema) || !strings.Contains(err.Error(), "schema 999") {
		t.Errorf("opening: %v", err)
	}
	if _, err := db.Backup(t.Context(), d.Dir, filepath.Join(t.TempDir(), "copy"), db.BackupOptions{}); !errors.Is(err, db.ErrSchema) {
		t.Errorf("a backup: %v", err)
	}
}
