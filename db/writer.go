package db

import (
	"context"
	"errors"
	"fmt"
	"time"

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

// Tx is a piece of work inside the writer's transaction. Its time is the one time
// of everything it writes.
type Tx struct {
	db   *DB
	ctx  context.Context
	Now  time.Time // UTC, whole milliseconds, never before the last event's
	back bool      // the clock stands behind the last event
	next int64     // the number of the next audit event

	known keyring // in this piece

	signing signing // signs the head of this transaction; a rotation changes it

	listed []erasedLine // persons erased, to be listed beside the anchor

	renewAnchor bool // begin another anchor once the transaction is committed
	told        bool // there may be deliveries to send once it is
	changed     bool // more than the log was written, see kept.go
}

type insideWrite struct{}

// querier is what the writer's transaction, the reader and a [snapshot] offer.
type querier interface {
	row(query string, args ...any) answer
	rows(query string, args ...any) (answers, error)
	ring() *keyring // the data key that is known in this piece of work; nil: none is kept
}

// answer is a query's row; *sql.Row is one.
type answer interface{ Scan(into ...any) error }

// answers are a query's rows, one after the other; *sql.Rows are such.
type answers interface {
	answer
	Next() bool
	Err() error
	Close() error
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
	err := db.judge(db.commitBatch(batch))
	db.lastTook, db.lastTogether = time.Since(began), len(batch)
	db.commits.took.Observe(db.lastTook.Seconds())
	db.commits.together.Observe(float64(len(batch)))
	if err != nil {
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
	if err == nil && len(batch) == 1 && batch[0].err != nil {
		return tx.nothing()
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
	db.unlisted = append(db.unlisted, tx.listed...)
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
