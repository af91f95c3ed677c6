package db

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

const (
	walPassive  = 4000 * 4096 // bytes of log after which it is folded into the file
	walTruncate = 64 << 20    // and after which readers are waited for
)

// housekeep folds the write-ahead log into the file and takes new cases into the
// search index, beside the writer and never inside somebody's commit.
func (db *DB) housekeep() {
	defer db.done.Done()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	lastClean := time.Time{}
	for {
		select {
		case <-db.closing:
			return
		case <-db.searchWake:
		case <-ticker.C:
			db.checkpointWAL()
		}
		if db.Sealed() != "" {
			continue
		}
		if err := db.indexPending(); err != nil {
			db.opts.Log.Error("search index", "error", err)
		}
		if now := db.Now(); now.Sub(lastClean) > time.Hour {
			lastClean = now
			if err := db.clean(now); err != nil {
				db.opts.Log.Error("clean up", "error", err)
			}
		}
	}
}

func (db *DB) checkpointWAL() {
	info, err := os.Stat(filepath.Join(db.dir, databaseFile+"-wal"))
	if err != nil || info.Size() < walPassive {
		return
	}
	mode := "PASSIVE"
	if info.Size() > walTruncate {
		mode = "TRUNCATE"
	}
	if _, err := db.reader.Exec(`PRAGMA wal_checkpoint(` + mode + `)`); err != nil {
		db.opts.Log.Warn("write-ahead log", "error", err)
	}
}

// clean drops what is only kept for throttling and for tombstones.
func (db *DB) clean(now time.Time) error {
	return db.Do(context.Background(), func(tx *Tx) error {
		if _, err := tx.exec(`DELETE FROM sign_in_attempt WHERE at < ?`, micros(now.Add(-attemptsKeptFor))); err != nil {
			return err
		}
		_, err := tx.exec(`DELETE FROM session WHERE expires_at < ?`, micros(now.Add(-24*time.Hour)))
		return err
	})
}
