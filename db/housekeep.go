package db

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

const (
	walPassive  = 4000 * 4096 // bytes of log after which it is folded into the file
	walTruncate = 64 << 20    // and after which it is emptied, once nobody reads from it
)

// housekeep folds the write-ahead log into the file, takes new cases into the search
// index, links them with those of the same person and erases whoever is due, beside the
// writer and never inside somebody's commit.
func (db *DB) housekeep() {
	defer db.done.Done()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	lastClean, retiring := time.Time{}, retiring{}
	for {
		select {
		case <-db.closing:
			return
		case <-db.alive.Done():
			return
		case <-db.searchWake:
		case <-ticker.C:
			db.checkpointWAL()
			db.directs.rest(restsFor)
		}
		if db.Sealed() != "" || !db.Writes() && !db.tryToWrite() {
			continue
		}
		if err := errors.Join(db.indexPending(), db.indexAgain()); err != nil && !errors.Is(err, ErrClosed) {
			db.opts.Log.Error("search index", "error", err)
		}
		if err := db.takePending(); err != nil && !errors.Is(err, ErrClosed) {
			db.opts.Log.Error("likeness of cases", "error", err)
		}
		if err := errors.Join(db.retire(&retiring), db.overwriteAwhile()); err != nil && !errors.Is(err, ErrClosed) {
			db.opts.Log.Error("retention", "error", err)
		}
		if now := db.Now(); now.Sub(lastClean) > time.Hour {
			lastClean = now
			if err := errors.Join(db.clean(now), db.cleanDeliveries(now)); err != nil && !errors.Is(err, ErrClosed) {
				db.opts.Log.Error("clean up", "error", err)
			}
		}
	}
}

// tryToWrite changes a row into itself, to see whether what kept the desk from
// writing has passed; a checkpoint that could not be anchored is tried on the way.
func (db *DB) tryToWrite() bool {
	err := db.Do(context.Background(), func(tx *Tx) error {
		_, err := tx.exec(`UPDATE instance SET workspace = workspace`)
		return err
	})
	if err == nil {
		db.unwritable.Store(false)
	}
	return err == nil
}

func (db *DB) checkpointWAL() { db.foldLog(walPassive, walTruncate) }

// foldLog folds the write-ahead log into the file. To empty it SQLite holds off every
// writer, and would hold them off for as long as it waits for a reader: so it does
// not wait, and the next second tries again. Under full load the writer is never found
// idle; then it empties the log itself, after its next commit, if little of it is left
// to fold. Where a reader's snapshot keeps the log from being folded it does not: that
// would cost it the sorting of a log that cannot get shorter.
func (db *DB) foldLog(passive, truncate int64) {
	info, err := os.Stat(filepath.Join(db.dir, databaseFile+"-wal"))
	if err != nil || info.Size() < passive {
		return
	}
	_, err = db.reader.Exec(`PRAGMA wal_checkpoint(PASSIVE)`)
	if err == nil && info.Size() >= truncate {
		err = db.emptyBeside()
	}
	if err := db.judge(err); err != nil {
		db.opts.Log.Warn("write-ahead log", "error", err)
	}
}

func (db *DB) emptyBeside() (err error) {
	conn, err := db.reader.Conn(context.Background())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	busy, left, err := emptyLog(reading{context.Background(), conn})
	db.emptyDue.Store(err == nil && busy && left < walPassive/pageSize)
	return err
}

// emptyLog reports whether a reader or a writer was in the way, and how many pages of
// the log are not folded.
func emptyLog(conn querier) (inTheWay bool, left int, err error) {
	var busy, pages, folded, waits int
	if err := conn.row(`PRAGMA busy_timeout(0)`).Scan(&waits); err != nil {
		return false, 0, err
	}
	err = conn.row(`PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &folded)
	back := conn.row(`PRAGMA busy_timeout(5000)`).Scan(&waits)
	return busy != 0, pages - folded, errors.Join(err, back)
}

// emptyIfDue is the writer's turn, between two commits.
func (db *DB) emptyIfDue() {
	if !db.emptyDue.Swap(false) || db.alive.Err() != nil {
		return
	}
	if _, _, err := emptyLog(db.conn); db.judge(err) != nil {
		db.opts.Log.Warn("write-ahead log", "error", err)
	}
}

// IdempotencyKept is how long an Idempotency-Key finds what it made: as long as a
// platform may go on trying, and no shorter than the deliveries of its webhooks.
const IdempotencyKept = 7 * 24 * time.Hour

// clean drops what is only kept for throttling and for tombstones.
func (db *DB) clean(now time.Time) error {
	return db.Do(context.Background(), func(tx *Tx) error {
		if _, err := tx.exec(`DELETE FROM sign_in_attempt WHERE at < ?`, micros(now.Add(-attemptsKeptFor))); err != nil {
			return err
		}
		if _, err := tx.exec(`DELETE FROM session WHERE expires_at < ?`, micros(now.Add(-24*time.Hour))); err != nil {
			return err
		}
		if _, err := tx.exec(`DELETE FROM token WHERE expires_at < ?`, micros(now.Add(-24*time.Hour))); err != nil {
			return err
		}
		_, err := tx.exec(`DELETE FROM idempotency WHERE created_at < ?`, micros(now.Add(-IdempotencyKept)))
		return err
	})
}

// cleanDeliveries forgets old deliveries, and finishes what a removal began before
// the process ended.
func (db *DB) cleanDeliveries(now time.Time) error {
	ctx := context.Background()
	return errors.Join(db.stopRemoved(ctx), db.forgetDeliveries(ctx, now))
}
