package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
)

// Health is what [CheckWorkspace] found.
type Health struct {
	Report audit.Report // of the log and of the cases it tells of
	Faults []string     // everything else that is wrong, a sentence each
}

// ExitCode is that of the log's report, and 1 where only something else is wrong.
func (h Health) ExitCode() int {
	if code := h.Report.ExitCode(); code != 0 || len(h.Faults) == 0 {
		return code
	}
	return 1
}

func (h *Health) add(format string, args ...any) {
	h.Faults = append(h.Faults, fmt.Sprintf(format, args...))
}

// CheckWorkspace looks at a whole workspace: who can read its files, its keys, its anchor, the
// database file, the log as [Verify] does, and everything that is kept twice or points
// to something else. It opens the database for reading only and works beside a running
// desk. Whatever cannot be read is a fault, never a panic.
func CheckWorkspace(ctx context.Context, dir string, o VerifyOptions) (Health, error) {
	var h Health
	db := &DB{dir: dir, opts: Options{Anchor: o.Anchor}.withDefaults(dir)}
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil {
		return h, h.noDatabase(db)
	}
	h.modes(dir, db.opts.Anchor)
	readable := h.files(db)
	var err error
	if h.Report, err = Verify(ctx, dir, o); err != nil {
		h.Report = unreadable(err)
		if !readable {
			h.Report = unreadable(errors.New("without its keys nothing can be verified"))
		}
	} else {
		h.advice(dir)
	}
	h.anchored(db.opts.Anchor)
	h.leftovers(dir)
	if db.reader, err = openHandle(filepath.Join(dir, databaseFile), readerPragmas, 1); err != nil {
		return h, nil // the report says so
	}
	defer db.reader.Close()
	return h, h.database(ctx, db, readable)
}

// modes names what others than the owner can read or write.
func (h *Health) modes(dir, anchor string) {
	if runtime.GOOS == "windows" {
		return // its rights are not in these bits
	}
	open := func(path string) {
		info, err := os.Lstat(path)
		if err == nil && info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o077 != 0 {
			want := "600"
			if info.IsDir() {
				want = "700"
			}
			h.add("Others than the owner can reach %s (mode %04o): chmod %s %[1]s.", path, info.Mode().Perm(), want)
		}
	}
	open(dir)
	open(filepath.Join(dir, "keys"))
	for _, pattern := range []string{databaseFile + "*", "keys/*"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern)) // fails for a bad pattern only
		for _, name := range names {
			if filepath.Ext(name) != ".pub" {
				open(name)
			}
		}
	}
	open(anchor)
	open(listFile(anchor))
}

// files looks at the keys, and reports whether sealed values can be read.
func (h *Health) files(db *DB) (readable bool) {
	var err error
	if db.keys, err = readKeys(db.dir); err != nil {
		h.add("The keys are not whole: %v. Put back the folder %s as it was kept apart.", err, filepath.Join(db.dir, "keys"))
		return false
	}
	have, err := audit.PublicKey(db.keys.signing.skey)
	if err != nil {
		h.add("The file keys/audit is damaged: %v.", err)
	} else if have != db.ownKey() {
		h.add("The files keys/audit and keys/audit.pub are not of one key.")
	}
	if _, err := note.NewVerifier(db.ownKey()); err != nil {
		h.add("The file keys/audit.pub is damaged: %v.", err)
	}
	return true
}

// database looks at the rows, all at one moment.
func (h *Health) database(ctx context.Context, db *DB, readable bool) error {
	snapshot, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		h.add("The database cannot be read: %v.", err)
		return nil
	}
	defer snapshot.Rollback()
	q := reading{ctx, snapshot}
	have, err := schemaOf(q)
	if err != nil {
		h.add("The database is none of a desk: %v.", err)
		return nil
	}
	if want := newestSchema(); have != want {
		h.add("The database has schema %d, and this program's is %d: the rows were not looked at.", have, want)
		return nil
	}
	for _, look := range []func(querier, *DB) error{h.schema, h.identity, h.dangling, h.kept, h.erased, h.sealed(readable)} {
		if err := look(q, db); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			h.add("The rows could not all be looked at: %v.", err)
		}
	}
	return nil
}
