package db

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// AfterStatement lets a test act after each statement of the writer.
func (db *DB) AfterStatement(fn func(query string)) { db.afterStatement = fn }

// Reader shows the reader's handle to tests that try to do what the package never does.
func (db *DB) Reader() *sql.DB { return db.reader }

// OpenRaw opens a database file as the writer would, to damage it.
func OpenRaw(path string) (*sql.DB, error) { return openHandle(path, writerPragmas, 1) }

// MigrateDown takes a closed workspace's file back to an older schema.
func MigrateDown(ctx context.Context, path string, version int64) error {
	h, err := OpenRaw(path)
	if err != nil {
		return err
	}
	defer h.Close()
	p, err := migrator(h)
	if err != nil {
		return err
	}
	_, err = p.DownTo(ctx, version)
	return err
}

// QueryPlan is how SQLite would read a list.
type QueryPlan string

// Plan asks for it.
func Plan(h *sql.DB, f review.Filter) (QueryPlan, error) {
	query, args := listQuery(f, Cursor{}, 51, time.Unix(0, 0))
	rows, err := h.Query(`EXPLAIN QUERY PLAN `+openColumns+query, args...)
	if err != nil {
		return "", err
	}
	var plan strings.Builder
	err = eachRow(rows, func() error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan.WriteString(detail + "\n")
		return err
	})
	return QueryPlan(plan.String()), err
}

// Uses reports whether the plan reads the verifications by this index.
func (p QueryPlan) Uses(index string) bool {
	return strings.Contains(string(p), "v USING INDEX "+index) || strings.Contains(string(p), "v USING COVERING INDEX "+index)
}

// Sorts reports whether rows are sorted after they are read.
func (p QueryPlan) Sorts() bool { return strings.Contains(string(p), "TEMP B-TREE") }

// CommitTogether runs pieces in one commit, as they do when they wait at the same
// moment, and gives the error that each caller hears.
func (db *DB) CommitTogether(fns ...func(*Tx) error) []error {
	var batch []*job
	for _, fn := range fns {
		batch = append(batch, &job{ctx: context.Background(), fn: fn, done: make(chan struct{})})
	}
	db.commitTogether(batch)
	errs := make([]error, len(batch))
	for i, j := range batch {
		errs[i] = j.err
	}
	return errs
}

// Exec lets a test's piece run a statement of its own.
func (tx *Tx) Exec(query string, args ...any) error {
	_, err := tx.exec(query, args...)
	return err
}

// BreakAnchor takes the anchor out of the writer's reach.
func (db *DB) BreakAnchor() error {
	return db.Do(context.Background(), func(tx *Tx) error { return tx.db.anchor.Close() })
}

// FoldLog folds the write-ahead log as if it had passed its limits at so many bytes.
func (db *DB) FoldLog(bytes int64) { db.foldLog(bytes, bytes) }

// TryAtMost lets a search for a fragment read so many cases for a page.
func TryAtMost(n int) (before int) {
	before, mostTried = mostTried, n
	return before
}

// Statements are the texts that the writer and the reader have prepared so far.
func (db *DB) Statements() []string {
	db.prepared.mu.RLock()
	defer db.prepared.mu.RUnlock()
	all := slices.AppendSeq(slices.Sorted(maps.Keys(db.conn.stmts)), maps.Keys(db.prepared.stmts))
	db.directs.mu.Lock()
	defer db.directs.mu.Unlock()
	for _, d := range db.directs.free {
		all = slices.AppendSeq(all, maps.Keys(d.stmts))
	}
	return all
}

// PlanText is how SQLite would carry out a statement, whatever its arguments.
func PlanText(h *sql.DB, query string) (string, error) {
	rows, err := h.Query(`EXPLAIN QUERY PLAN `+query, make([]any, 64)...)
	if err != nil {
		return "", err
	}
	var plan strings.Builder
	err = eachRow(rows, func() error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan.WriteString(detail + "\n")
		return err
	})
	return plan.String(), err
}

// ForgetDeliveries does at once what housekeeping does each hour.
func (db *DB) ForgetDeliveries() error { return db.cleanDeliveries(db.Now()) }

// TakePending links the cases that wait, as the desk does by itself within a second.
func (db *DB) TakePending() error { return db.takePending() }

// IndexPending takes the cases that wait into the search index, likewise.
func (db *DB) IndexPending() error { return db.indexPending() }

// WriteDirectly tries to write by a connection that an export reads by.
func (db *DB) WriteDirectly(ctx context.Context) error {
	d, err := db.openDirect(ctx)
	if err != nil {
		return nil // which the test takes for a failure
	}
	defer d.close()
	return d.each(`INSERT INTO search_pending (v, words) VALUES (1, 'x')`, nil, func(*sqlite.Stmt) error { return nil })
}

// Pragmas are those of such a connection, one after the other.
func (db *DB) Pragmas(ctx context.Context, names ...string) (string, error) {
	d, err := db.openDirect(ctx)
	if err != nil {
		return "", err
	}
	defer d.close()
	var values []string
	for _, name := range names {
		err = errors.Join(err, d.each(`PRAGMA `+name, nil, func(s *sqlite.Stmt) error {
			values = append(values, s.ColumnText(0))
			return nil
		}))
	}
	return strings.Join(values, " "), err
}

// OldestOpen is the statement by which the metrics find the oldest open case.
const OldestOpen = oldestOpen

// ForgetKept makes the desk read anew what stands beside the lists.
func (db *DB) ForgetKept() {
	db.kept.mu.Lock()
	defer db.kept.mu.Unlock()
	db.kept.all = nil
}

// StillOffered is the statement with which the writer looks at the cases of a view again.
func StillOffered(f review.Filter) string {
	query, _, _ := stillOffered(f, []int64{1}, time.Now())
	return query
}

// NewRetiring is housekeeping's part that looks after retention, from its beginning.
func NewRetiring(db *DB) func() error {
	var at retiring
	return func() error { return db.retire(&at) }
}
