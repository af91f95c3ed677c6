package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"reviewdesk/audit"
)

// job is one piece of work for the writer.
type job struct {
	ctx  context.Context
	fn   func(*Tx) error
	then *job // done after it in the same commit, if it has succeeded
	err  error
	done chan struct{}
}

const (
	mostTogether = 128 // pieces that share a commit, which bounds how long the first waits
	waitShare    = 8   // a commit waits for those of the last one an eighth of what that took,
	longestWait  = 2 * time.Millisecond
)

// mostWritten bounds how many statements the writer keeps prepared.
const mostWritten = 400

// Tx is a piece of work inside the writer's transaction. Its time is the one time
// of everything it writes.
type Tx struct {
	db   *DB
	ctx  context.Context
	Now  time.Time // UTC, whole milliseconds, never before the last event's
	back bool      // the clock stands behind the last event
	next int64     // the number of the next audit event

	keyOf int64 // whose data key is known in this piece; 0: nobody's
	key   []byte

	signing signing // signs the head of this transaction; a rotation changes it

	renewAnchor bool // begin another anchor once the transaction is committed
	told        bool // there may be deliveries to send once it is
	changed     bool // more than the log was written, see kept.go
}

type insideWrite struct{}

// querier is what both the writer's transaction and the reader offer.
type querier interface {
	row(query string, args ...any) *sql.Row
	rows(query string, args ...any) (*sql.Rows, error)
}

// Do runs fn as one piece of work: whatever it writes happens whole or not at all.
// It returns fn's error, or [ErrNotRecorded], [ErrNotAnchored], [ErrDisk], [ErrSealed]
// or [ErrClosed]. A write inside a write is refused. Once fn has begun, a cancelled
// ctx no longer stops it.
func (db *DB) Do(ctx context.Context, fn func(*Tx) error) error {
	return db.hand(&job{ctx: ctx, fn: fn})
}

// doThen runs fn, and then, if it has succeeded, another piece of work that shares its
// commit. Each fails alone: thenErr is the other's.
func (db *DB) doThen(ctx context.Context, fn, then func(*Tx) error) (err, thenErr error) {
	other := &job{ctx: ctx, fn: then}
	err = db.hand(&job{ctx: ctx, fn: fn, then: other})
	return err, other.err
}

// hand gives a job to the writer and waits for it.
func (db *DB) hand(j *job) error {
	if j.ctx.Value(insideWrite{}) != nil {
		return errNestedWrite
	}
	j.done = make(chan struct{})
	select {
	case <-db.closing:
		return ErrClosed
	case <-j.ctx.Done():
		return j.ctx.Err()
	case db.jobs <- j:
	}
	<-j.done
	return j.err
}

// write is the writer's goroutine: the only one that touches the write connection.
func (db *DB) write() {
	defer db.done.Done()
	for {
		select {
		case j := <-db.jobs:
			db.commitTogether(db.gather(j))
			db.emptyIfDue()
		case <-db.closing:
			db.finish()
			return
		}
	}
}

// finish serves what still waits when the desk closes.
func (db *DB) finish() {
	for {
		select {
		case j := <-db.jobs:
			db.commitTogether(db.gather(j))
		default:
			return
		}
	}
}

// gather takes what waits. One alone never waits for others; but those who shared the
// last commit come again at nearly the same time, and whoever is first would have the
// next one for themselves while all others wait: so it waits for as many as last time,
// no longer than a small part of what a commit takes.
func (db *DB) gather(first *job) []*job {
	batch := []*job{first}
	var late <-chan time.Time
	for len(batch) < db.together {
		select {
		case j := <-db.jobs:
			batch = append(batch, j)
			continue
		default:
		}
		if len(batch) >= db.lastTogether {
			break
		}
		if late == nil {
			late = time.After(min(db.lastTook/waitShare, longestWait))
		}
		select {
		case j := <-db.jobs:
			batch = append(batch, j)
			continue
		case <-late:
		case <-db.closing:
		}
		break
	}
	return batch
}

func (db *DB) commitTogether(batch []*job) {
	began := time.Now()
	defer func() {
		db.lastTook, db.lastTogether = time.Since(began), len(batch)
		db.commits.took.Observe(db.lastTook.Seconds())
		db.commits.together.Observe(float64(len(batch)))
	}()
	if err := db.judge(db.commitBatch(batch)); err != nil {
		db.unwritable.Store(true)
		db.opts.Log.Error("commit", "error", err)
		for _, j := range batch {
			if j.err == nil {
				j.err = err
			}
		}
	}
	for _, j := range batch {
		close(j.done)
	}
}

// commitBatch runs the pieces in one transaction. Its error is every piece's that
// has none of its own.
func (db *DB) commitBatch(batch []*job) (err error) {
	if err := context.Cause(db.alive); err != nil {
		return err
	}
	if why := db.Sealed(); why != "" {
		return db.onlyRollback(batch)
	}
	if err := db.anchorWaiting(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	size := db.frontier.Size()
	tx := &Tx{db: db, ctx: context.WithValue(context.Background(), insideWrite{}, true), next: size + 1, signing: db.signingNow()}
	if _, err := tx.exec(`BEGIN IMMEDIATE`); err != nil {
		return fmt.Errorf("%w: begin: %w", ErrNotRecorded, err)
	}
	err = tx.pieces(batch)
	if err == nil && len(batch) == 1 && batch[0].err != nil { // nothing of it stays
		if _, err := tx.exec(`ROLLBACK`); err != nil {
			return fmt.Errorf("%w: rollback: %w", ErrNotRecorded, err)
		}
		return nil
	}
	var signed []byte
	var frontier *audit.Frontier
	if err == nil {
		signed, frontier, err = tx.checkpoint(size)
	}
	if err == nil {
		_, err = tx.exec(`COMMIT`)
		if tx.changed {
			db.edition.Add(1)
		}
	}
	if distrusts(err) {
		return err
	}
	if err != nil {
		_, back := tx.exec(`ROLLBACK`)
		return fmt.Errorf("%w: %w", ErrNotRecorded, errors.Join(err, back))
	}
	db.frontier = frontier
	db.signWith(tx.signing)
	if tx.told {
		db.wakeDeliveries()
	}
	if signed == nil {
		return nil
	}
	if tx.renewAnchor {
		if err := db.renewAnchor(tx.Now); err != nil {
			return fmt.Errorf("%w: %w", ErrNotAnchored, err)
		}
	}
	db.lastAt = tx.Now
	db.unsent = append(db.unsent, anchored{tx.Now, signed})
	if err := db.anchorWaiting(); err != nil {
		return err
	}
	db.changes.tell()
	db.unwritable.Store(false)
	return nil
}

// pieces runs the jobs one after the other. A piece that fails has its own error;
// one that cannot be undone fails them all.
func (tx *Tx) pieces(batch []*job) error {
	run := tx.piece
	if len(batch) == 1 && batch[0].then == nil {
		run = tx.whole
	}
	for _, j := range batch {
		for ; j != nil; j = j.then {
			if j.err = run(j); errors.Is(j.err, ErrNotRecorded) {
				return j.err
			}
			if j.err != nil {
				break
			}
		}
	}
	return nil
}

// whole runs one job that has the transaction to itself, and needs no savepoint: SQLite
// keeps a copy of every page that changes after one, and walks the copies at the end of
// each statement, which costs a batch of an import a tenth of its time.
func (tx *Tx) whole(j *job) (err error) {
	if j.ctx.Err() != nil {
		return j.ctx.Err()
	}
	tx.tick()
	defer func() {
		if p := recover(); p != nil {
			err = tx.panicked(p)
		}
	}()
	return failedStorage(j.fn(tx))
}

func (tx *Tx) panicked(p any) error {
	tx.db.opts.Log.Error("panic in a write", "panic", p, "stack", string(debug.Stack()))
	return fmt.Errorf("panic in a write: %v", p)
}

// piece runs one job inside a savepoint, so that its failure undoes it alone.
func (tx *Tx) piece(j *job) (err error) {
	if j.ctx.Err() != nil {
		return j.ctx.Err()
	}
	tx.tick()
	tx.keyOf = 0
	next, signing := tx.next, tx.signing
	if _, err := tx.exec(`SAVEPOINT piece`); err != nil {
		return fmt.Errorf("%w: savepoint: %w", ErrNotRecorded, err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = tx.panicked(p)
		}
		if err != nil {
			tx.next, tx.signing = next, signing
			if _, back := tx.exec(`ROLLBACK TO piece`); back != nil {
				err = fmt.Errorf("%w: %w", ErrNotRecorded, errors.Join(err, back))
			}
		}
		if _, rel := tx.exec(`RELEASE piece`); rel != nil {
			err = fmt.Errorf("%w: %w", ErrNotRecorded, errors.Join(err, rel))
		}
	}()
	return failedStorage(j.fn(tx))
}

// failedStorage tells what is wrong with the disk or the file from what is wrong with
// a piece of work: of a transaction on which SQLite reports the former, nothing stays.
func failedStorage(err error) error {
	var told *sqlite.Error
	if !errors.As(err, &told) {
		return err
	}
	switch told.Code() & 0xff { // the extended codes carry the kind in their last byte
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return err
}

// tick sets the piece's time. A clock that stepped back does not reorder the log:
// the last event's time holds until the clock has caught up, and the entry says so.
func (tx *Tx) tick() {
	now := tx.db.opts.Clock().UTC().Truncate(time.Millisecond)
	tx.back = now.Before(tx.db.lastAt)
	if tx.back {
		now = tx.db.lastAt
	}
	if now.After(tx.Now) {
		tx.Now = now
	}
}

// Context carries the mark that makes a nested write fail instead of hang.
func (tx *Tx) Context() context.Context { return tx.ctx }

func (tx *Tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return nil, err
	}
	tx.changed = tx.changed || changes(query)
	res, err := s.ExecContext(tx.ctx, args...)
	if tx.db.afterStatement != nil {
		tx.db.afterStatement(query)
	}
	return res, err
}

// one runs a change that must hit exactly one row.
func (tx *Tx) one(query string, args ...any) error {
	res, err := tx.exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errEmptyVersion)
	}
	return nil
}

func (tx *Tx) insert(query string, args ...any) (int64, error) {
	res, err := tx.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (tx *Tx) row(query string, args ...any) *sql.Row {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return tx.db.conn.QueryRowContext(tx.ctx, query, args...) // reports the same error on Scan
	}
	return s.QueryRowContext(tx.ctx, args...)
}

func (tx *Tx) rows(query string, args ...any) (*sql.Rows, error) {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(tx.ctx, args...)
}

// statement prepares each text once. The writer's texts are few and fixed, but for the
// views that cases are claimed from: should these ever be many, it begins anew.
func (db *DB) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := db.stmts[query]; ok {
		return s, nil
	}
	if len(db.stmts) >= mostWritten {
		for _, s := range db.stmts {
			s.Close()
		}
		clear(db.stmts)
	}
	s, err := db.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	db.stmts[query] = s
	return s, nil
}

// reading is the reader pool, or one snapshot of it, as a querier.
type reading struct {
	ctx context.Context
	db  interface {
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
}

func (db *DB) read(ctx context.Context) reading { return reading{ctx, &db.prepared} }

func (r reading) row(query string, args ...any) *sql.Row {
	return r.db.QueryRowContext(r.ctx, query, args...)
}

func (r reading) rows(query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(r.ctx, query, args...)
}
