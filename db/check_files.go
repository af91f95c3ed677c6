package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
)

// anchored looks at the anchor as the next start will.
func (h *Health) anchored(path string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		h.add("The anchor %s is missing: nobody can tell whether this database is an older copy.", path)
	case err != nil:
		h.add("The anchor cannot be read: %v.", err)
	case info.Size() == 0 && h.Report.Entries > 1:
		h.add("The anchor %s is empty: nobody can tell whether this database is an older copy, and the desk starts sealed. Put the file back as it was.", path)
	default:
		if err := audit.CheckAnchorEnd(path); err != nil {
			h.add("The desk will not start: %v. What stands behind the last whole line was not written by a desk.", err)
		}
	}
}

// begun are what commands leave that were killed.
var begun = map[string]string{
	databaseFile + ".restored": "restore",
	databaseFile + ".new":      "init",
}

// leftovers names what a command that was killed has left. It holds what the database
// holds, so that nobody should forget it.
func (h *Health) leftovers(dir string) {
	for _, name := range slices.Sorted(maps.Keys(begun)) {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			h.add("%s was left by reviewdesk %s, which did not end. Nothing needs it: remove it.", filepath.Join(dir, name), begun[name])
		}
	}
}

// advice says what to do where the report alone leaves that open.
func (h *Health) advice(dir string) {
	switch h.Report.Fault {
	case audit.FaultRolledBack:
		h.add("An older copy was put back, or the write-ahead log %s-wal was lost or damaged: if a newer one is at hand, put it back; if not, reviewdesk audit accept-rollback records what is lost.", filepath.Join(dir, databaseFile))
	case audit.FaultUnreadable:
		if d := h.Report.Detail; !strings.HasPrefix(d, "anchor: ") && !strings.Contains(d, "keys/") {
			h.add("A damaged database is not repaired: put a checked backup back with reviewdesk restore FILE --data %s.", dir)
		}
	}
}

// noDatabase is what there is to say of a folder without one. Where there are keys there
// was a desk.
func (h *Health) noDatabase(db *DB) error {
	if _, err := readKeys(db.dir); err != nil {
		return fmt.Errorf("%s: %w", db.dir, ErrNoWorkspace)
	}
	h.Report = unreadable(fmt.Errorf("the database %s is missing", filepath.Join(db.dir, databaseFile)))
	h.advice(db.dir)
	return nil
}

// identity holds the database against the keys: both must be of one workspace.
func (h *Health) identity(q querier, db *DB) error {
	var instance string
	err := q.row(`SELECT id FROM instance`).Scan(&instance)
	if isNoRows(err) {
		h.add("The database does not say whose it is: the row of table instance is missing, and the desk will not start.")
		return nil
	}
	if err != nil || len(db.keys.files) == 0 {
		return err
	}
	if own, err := note.NewVerifier(db.ownKey()); err == nil && own.Name() != instance {
		h.add("The database is of the workspace %s, and the keys are of %s.", instance, own.Name())
	}
	return nil
}

// schema holds what the database is made of against a new one: tables, indexes, and the
// triggers that keep the log append-only.
func (h *Health) schema(q querier, _ *DB) error {
	want, err := newSchema()
	if err != nil {
		return fmt.Errorf("make a database to compare with: %w", err)
	}
	have, err := schemaText(q)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if text, is := have[name]; !is {
			h.add("The database lacks the %s: put a checked backup back.", name)
		} else if text != want[name] {
			h.add("The %s is not as this program makes it.", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, is := want[name]; !is && !strings.Contains(name, " _litestream_") {
			h.add("The database holds a %s that no desk makes.", name)
		}
	}
	return nil
}

// schemaText is the text of each table, index and trigger, by kind and name.
func schemaText(q querier) (map[string]string, error) {
	rows, err := q.rows(`SELECT type, name, COALESCE(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	return all, eachRow(rows, func() error {
		var kind, name, text string
		err := rows.Scan(&kind, &name, &text)
		all[kind+" "+name] = text
		return err
	})
}

// newSchema is that of a database that is made for this, once, among temporary files.
var newSchema = sync.OnceValues(makeSchema)

func makeSchema() (text map[string]string, err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "reviewdesk-check-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, databaseFile)
	if err := makeDatabase(ctx, path, "none", "none", time.Now()); err != nil {
		return nil, err
	}
	q, err := openHandle(path, readerPragmas, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	return schemaText(reading{ctx, q})
}
