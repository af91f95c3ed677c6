package db

import (
	"context"
	"errors"
	"time"
)

// What an erasure leaves on the disk. Rows that are deleted are overwritten by SQLite
// itself (secure_delete). Two things are not: the search index marks a case as gone and
// keeps its words until the part that holds them is written anew; and the write-ahead log
// holds pages as they were. Both are done in pieces after the erasure, beside the writer;
// table overwriting says how far, so that a desk that was stopped goes on where it was.

const (
	indexPages   = 32 // of the search index written anew in one piece: an eighth of a megabyte
	overwriteFor = 500 * time.Millisecond
)

// Overwrite goes on until nothing is left on the disk of whoever was erased. While
// somebody reads from an older moment the write-ahead log cannot be emptied: it tries
// until ctx ends.
func (db *DB) Overwrite(ctx context.Context) error {
	for {
		left, err := db.overwriteSome(ctx)
		if err != nil && !errors.Is(err, errInTheWay) || !left {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-db.closing:
			return ErrClosed
		case <-time.After(time.Millisecond): // lets whoever waits go first
		}
	}
}

// overwriteAwhile is housekeep's turn.
func (db *DB) overwriteAwhile() error {
	for began := time.Now(); time.Since(began) < overwriteFor; {
		rest := db.rest(db.alive)
		left, err := db.overwriteSome(db.alive)
		if errors.Is(err, errInTheWay) {
			return nil // the next second tries again
		}
		if err != nil || !left {
			return err
		}
		rest()
		db.checkpointWAL()
	}
	return nil
}

// overwriteSome does a piece and says whether anything is left.
func (db *DB) overwriteSome(ctx context.Context) (left bool, err error) {
	var wanted, begun, done int64
	if err := db.read(ctx).row(`SELECT wanted, begun, done FROM overwriting`).Scan(&wanted, &begun, &done); err != nil || done >= wanted {
		return false, err
	}
	whole := false
	if err := db.Do(ctx, func(tx *Tx) (err error) {
		whole, err = tx.overwriteIndex()
		return err
	}); err != nil || !whole {
		return true, err
	}
	if err := db.emptyNow(ctx); err != nil {
		return true, err
	}
	err = db.Do(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE overwriting SET done = begun`)
		return err
	})
	return true, err
}

// overwriteIndex merges a part of the search index, of words and of ids, and says whether
// all of it has been merged since the erasures that it began for. A merge leaves out what
// was deleted.
func (tx *Tx) overwriteIndex() (whole bool, err error) {
	var begun, done int64
	if err := tx.row(`SELECT begun, done FROM overwriting`).Scan(&begun, &done); err != nil {
		return false, err
	}
	pages := indexPages
	if begun <= done {
		pages = -pages // begins with all parts that there are
		if _, err := tx.exec(`UPDATE overwriting SET begun = wanted`); err != nil {
			return false, err
		}
	}
	whole = true
	for _, merge := range []string{`INSERT INTO search (search, rank) VALUES ('merge', ?)`, `INSERT INTO search_id (search_id, rank) VALUES ('merge', ?)`} {
		merged, err := tx.merged(merge, pages)
		if err != nil {
			return false, err
		}
		whole = whole && merged
	}
	return whole, nil
}

// merged merges a part of an index, and reports whether nothing was left to merge, as
// SQLite's manual says to tell.
func (tx *Tx) merged(merge string, pages int) (bool, error) {
	var before, after int64
	if err := tx.row(`SELECT total_changes()`).Scan(&before); err != nil {
		return false, err
	}
	if _, err := tx.exec(merge, pages); err != nil {
		return false, err
	}
	err := tx.row(`SELECT total_changes()`).Scan(&after)
	return after-before < 2, err
}

var errInTheWay = errors.New("somebody reads from an older moment")

// emptyNow empties the write-ahead log.
func (db *DB) emptyNow(ctx context.Context) (err error) {
	conn, err := db.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	inTheWay, _, err := emptyLog(reading{ctx, conn})
	if err == nil && inTheWay {
		return errInTheWay
	}
	return db.judge(err)
}
