package db

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"reviewdesk/review"
)

const databaseFile = "desk.db"

// Init makes a workspace: folder (0700), keys (0600), database, instance id, the
// log's first event. A folder that already holds one is refused, and so is one whose
// anchor tells of a log: its database is missing, and new keys would be its end. What
// an attempt that was cut short has begun is finished.
func Init(ctx context.Context, dir, workspace string, o Options) (err error) {
	begun, err := begunOnly(ctx, filepath.Join(dir, databaseFile))
	if err != nil {
		return err
	}
	if anchor := o.withDefaults(dir).Anchor; fileSize(anchor) > 0 {
		return fmt.Errorf("%s holds the heads of a log whose database is missing here: put that back with reviewdesk restore", anchor)
	}
	if !begun {
		if err := makeFiles(ctx, dir, workspace, o); err != nil {
			return err
		}
	}
	db, err := Open(ctx, dir, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Do(ctx, func(tx *Tx) error {
		_, err := tx.append(System("init"), review.Event{Kind: review.EventStarted, Object: db.instance,
			Facts: []review.Fact{{Name: factVerifier, Value: db.VerifierKey()}}}, 0)
		return err
	})
}

// begunOnly reports whether a database is there in which nothing has happened, not even
// the log's first event: whoever made it was cut short.
func begunOnly(ctx context.Context, path string) (begun bool, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	h, err := openHandle(path, readerPragmas, 1)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	err = h.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM audit_entry) AND NOT EXISTS (SELECT 1 FROM account) AND NOT EXISTS (SELECT 1 FROM verification)`).Scan(&begun)
	if err == nil && !begun {
		err = fmt.Errorf("%s holds a workspace already", filepath.Dir(path))
	}
	return begun, err
}

// makeFiles makes the folder, the keys and the database, and brings all to the disk.
func makeFiles(ctx context.Context, dir, workspace string, o Options) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	id := make([]byte, 8)
	rand.Read(id)
	instance := "reviewdesk/" + hex.EncodeToString(id)
	if err := makeKeys(dir, instance); err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	// The database comes last: a workspace without one is none, and can be made again.
	temp := filepath.Join(dir, databaseFile+".new")
	if err := makeDatabase(ctx, temp, instance, workspace, o.withDefaults(dir).Clock()); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	if err := os.Rename(temp, filepath.Join(dir, databaseFile)); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	return errors.Join(syncDir(dir), syncAbove(dir))
}

// syncAbove brings the names of the folders above to the disk, as far as they are open
// to us: any of them may just have been made.
func syncAbove(dir string) error {
	dir, err := filepath.Abs(dir)
	for err == nil && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if err = syncDir(dir); errors.Is(err, fs.ErrPermission) {
			return nil
		}
	}
	return err
}

func makeDatabase(ctx context.Context, path, instance, workspace string, now time.Time) error {
	if err := dropDatabase(path); err != nil { // left by an attempt that did not end
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	h, err := openHandle(path, writerPragmas, 1)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := migrate(ctx, h); err != nil {
		return err
	}
	if _, err := h.ExecContext(ctx, `INSERT INTO instance (only_row, id, workspace, created_at) VALUES (1, ?, ?, ?)`,
		instance, workspace, micros(now)); err != nil {
		return err
	}
	if _, err := h.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	return h.Close()
}

// writeFile writes a file so that after a power cut it is there whole or not at
// all: to a temporary name, synced, renamed. The caller syncs the folder.
func writeFile(path, text string) error {
	temp := path + ".new"
	f, err := os.OpenFile(temp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
