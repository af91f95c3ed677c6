package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"reviewdesk/audit"
)

// verify checks the log as it stands now against the keys that are trusted.
func (db *DB) verify(ctx context.Context, pinned audit.Keys, witnesses []string) audit.Report {
	o := audit.Options{Keys: pinned, AnchorPath: db.opts.Anchor, Witnesses: witnesses}
	// What is anchored by now is in the snapshot that is taken next.
	if info, err := os.Stat(o.AnchorPath); err == nil {
		o.AnchorBytes = max(info.Size(), 1)
	}
	return db.verifyAs(ctx, o)
}

// verifyAs checks what the readers read, as it stands now.
func (db *DB) verifyAs(ctx context.Context, o audit.Options) audit.Report {
	src, done, err := db.snapshot(ctx)
	if err != nil {
		return unreadable(err)
	}
	defer done()
	if err := db.masterFits(src.beside); err != nil {
		return unreadable(err)
	}
	s := &indexed{source: src}
	report := audit.Verify(s, o)
	if report.Fault == audit.FaultNone {
		report.Fault, report.Seq, report.Detail = s.codes.Fault, s.codes.Seq, s.codes.Detail
	}
	if report.Fault == audit.FaultNone {
		beside, err := src.holdBeside()
		if err != nil {
			return unreadable(err)
		}
		report.Fault, report.Seq, report.Detail = beside.Fault, beside.Seq, beside.Detail
	}
	return report
}

// snapshot opens the source. Two connections cannot be told to begin at one moment; but
// whatever the check reads of both changes with an entry only, so that they agree once
// they have the same newest one.
func (db *DB) snapshot(ctx context.Context) (s source, done func(), err error) {
	var both [2]*sql.Tx
	done = func() {
		for _, tx := range both {
			if tx != nil {
				tx.Rollback() // it has written nothing
			}
		}
	}
	for range 1_000 {
		var newest [2]int64
		for i := range both {
			if both[i], err = db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err == nil {
				err = both[i].QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM audit_entry`).Scan(&newest[i])
			}
			if err != nil {
				done()
				return s, nil, err
			}
		}
		if newest[0] == newest[1] {
			return source{reading{ctx, both[0]}, reading{ctx, both[1]}, db}, done, nil
		}
		done()
	}
	return s, nil, errors.New("the log moves too fast to be read at one moment")
}

// masterFits tells a wrong master key, with which nothing opens, from a few sealed values
// that somebody changed.
func (db *DB) masterFits(q querier) error {
	rows, err := q.rows(`SELECT key FROM subject WHERE key <> x'' ORDER BY id LIMIT 100`)
	if err != nil {
		return err
	}
	seen, fits := 0, false
	err = eachRow(rows, func() error {
		var wrapped []byte
		err := rows.Scan(&wrapped)
		_, closed := db.unwrapKey(wrapped)
		seen, fits = seen+1, fits || closed == nil
		return err
	})
	if err == nil && seen > 0 && !fits {
		err = errors.New("the key keys/master does not open what this database holds")
	}
	return err
}

// VerifyOptions say what to hold a workspace's log against.
type VerifyOptions struct {
	Keys      []string // verifier keys of the log; none takes the workspace's own
	Anchor    string   // the anchor file; "" takes the workspace's own
	Witnesses []string // verifier keys of witnesses, beside those that the log names
}

// Verify checks a workspace's log offline: it opens the database for reading only,
// writes nothing, and works beside a running desk. Whatever cannot be read is the
// report's fault, never a panic.
func Verify(ctx context.Context, dir string, o VerifyOptions) (audit.Report, error) {
	db := &DB{dir: dir, opts: Options{Anchor: o.Anchor}.withDefaults(dir)}
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return audit.Report{}, fmt.Errorf("%s: %w", dir, ErrNoWorkspace)
	}
	var err error
	if db.keys, err = readKeys(dir); err != nil {
		return audit.Report{}, err
	}
	if len(o.Keys) == 0 {
		o.Keys = db.keys.files[len(db.keys.files)-1:]
	}
	pinned, err := audit.NewKeys(o.Keys...)
	if err != nil {
		return audit.Report{}, fmt.Errorf("verifier key: %w", err)
	}
	if db.reader, err = openHandle(path, readerPragmas, readers); err != nil {
		return unreadable(err), nil
	}
	defer db.reader.Close()
	var why error
	var integrity sync.WaitGroup
	integrity.Go(func() { why = db.integrity(ctx) })
	report := db.verify(ctx, pinned, o.Witnesses)
	if integrity.Wait(); why != nil {
		return unreadable(why), nil
	}
	return report, nil
}

func unreadable(err error) audit.Report {
	return audit.Report{Fault: audit.FaultUnreadable, Detail: err.Error()}
}

// integrity is SQLite's own check, and goes before ours: where a page is damaged, any
// answer can be wrong.
func (db *DB) integrity(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the database file is damaged: %v", p)
		}
	}()
	rows, err := db.reader.QueryContext(ctx, `PRAGMA integrity_check(5)`)
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			return errors.New("the database file is damaged: " + line)
		}
		return nil
	})
}
