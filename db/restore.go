package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
)

// RestoreOptions say what to hold a copy against.
type RestoreOptions struct {
	Anchor string    // the anchor file; "" takes the workspace's own
	Erased string    // the list of who was erased; "" takes the one beside the anchor
	Now    time.Time // names the folder of what is put aside
}

// Restored says what was put back, and what is lost by it.
type Restored struct {
	Report audit.Report
	Events int64     // that the copy holds
	Newest time.Time // of them, UTC

	Anchored   int64     // how many events the anchor's newest head covers
	AnchoredAt time.Time // when that head was anchored, UTC
	NoAnchor   bool      // nothing to compare with

	From, To int64  // schemas; the same unless the copy was brought up to date
	Emptied  int    // cases whose person was erased after the copy was made; they are empty in it, too
	List     string // the list of who was erased
	NoList   bool   // there is none
	Aside    string // folder that holds the database that was replaced; "" if there was none
}

// Lost is how many events the anchor vouches for and the copy does not hold.
func (r Restored) Lost() int64 { return max(r.Anchored-r.Events, 0) }

// ErrNoKeys says that a copy cannot be put where its keys are not.
var ErrNoKeys = errors.New("the workspace's keys are missing")

// ErrNotWhole says that a copy is damaged or was changed; the report says where.
var ErrNotWhole = errors.New("the copy is not whole")

// Restore puts a copy into a folder that holds the workspace's keys, in place of the
// database that may be there, which is put aside and never deleted. Nothing is changed
// before the copy has been brought to this program's schema and was found whole, or
// merely older than the anchor. The caller holds the folder: no desk runs on it.
func Restore(ctx context.Context, file, dir string, o RestoreOptions) (r Restored, err error) {
	keys, err := readKeys(dir)
	if err != nil {
		return r, fmt.Errorf("%w: %w", ErrNoKeys, err)
	}
	db := &DB{dir: dir, opts: Options{Anchor: o.Anchor}.withDefaults(dir), keys: keys}
	temp := filepath.Join(dir, databaseFile+".restored")
	defer func() { err = errors.Join(err, dropDatabase(temp)) }()
	if err := copyFile(file, temp); err != nil {
		return r, err
	}
	if r.From, r.To, err = modernise(ctx, temp); err != nil {
		return r, err
	}
	if err := db.inspect(ctx, temp, &r); err != nil {
		return r, err
	}
	if err := db.emptyListed(ctx, temp, o.Erased, &r); err != nil {
		return r, fmt.Errorf("who was erased since: %w", err)
	}
	if err := settle(ctx, temp); err != nil {
		return r, fmt.Errorf("the copy: %w", err)
	}
	if err := syncFile(temp); err != nil {
		return r, err
	}
	if r.Aside, err = putAside(dir, o.Now); err != nil {
		return r, err
	}
	if err := os.Rename(temp, filepath.Join(dir, databaseFile)); err != nil {
		return r, err
	}
	return r, syncDir(dir)
}

// copyFile copies a backup. A log beside it means that it is a file of a running desk,
// or was copied from one: half of a database.
func copyFile(from, to string) (err error) {
	if info, err := os.Stat(from + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%s-wal lies beside the file, so it is no finished backup: make one with reviewdesk backup", from)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := dropDatabase(to); err != nil { // left by a restore that did not end
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// dropDatabase removes a database of ours that nobody has open.
func dropDatabase(path string) error {
	return errors.Join(dropFile(path), dropFile(path+"-wal"), dropFile(path+"-shm"), dropFile(path+"-journal"))
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// modernise brings a copy to this program's schema; a newer one is refused.
func modernise(ctx context.Context, path string) (from, to int64, err error) {
	h, err := openHandle(path, writerPragmas, 1)
	if err != nil {
		return 0, 0, fmt.Errorf("the copy is no database, or damaged: %w", err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if from, err = schemaOf(reading{ctx, h}); err != nil {
		return from, 0, fmt.Errorf("the copy: %w", err)
	}
	if err = notNewer(reading{ctx, h}); err == nil {
		err = migrate(ctx, h)
	}
	if err != nil {
		return from, 0, fmt.Errorf("the copy: %w", err)
	}
	to, err = schemaOf(reading{ctx, h})
	return from, to, err
}

// inspect holds a copy against the folder's keys and its anchor.
func (db *DB) inspect(ctx context.Context, path string, r *Restored) (err error) {
	if db.reader, err = openHandle(path, readerPragmas, 1); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.reader.Close()) }()
	q := reading{ctx, db.reader}
	if err := q.row(`SELECT id FROM instance`).Scan(&db.instance); err != nil {
		return fmt.Errorf("the copy holds no workspace: %w", err)
	}
	own, err := note.NewVerifier(db.ownKey())
	if err != nil {
		return fmt.Errorf("key \"audit.pub\": %w", err)
	}
	if own.Name() != db.instance {
		return fmt.Errorf("the copy is of the workspace %s, and the keys here are those of %s", db.instance, own.Name())
	}
	if r.Events, r.Newest, err = newestEvent(q); err != nil && !isNoRows(err) {
		return err
	}
	if db.keys.signing.chain, err = keyChain(q, db.ownKey()); err != nil {
		return err
	}
	if err := db.compareCopy(r); err != nil {
		return err
	}
	return db.verifyCopy(ctx, path, r)
}

// compareCopy reads how far the anchor goes.
func (db *DB) compareCopy(r *Restored) error {
	head, known, err := db.lastAnchored()
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	r.NoAnchor, r.Anchored = !known, head.Size
	if known {
		r.AnchoredAt, err = audit.LastAnchoredAt(db.opts.Anchor)
	}
	return err
}

// verifyCopy checks the whole copy. That it is older than the anchor is what a restore
// is for; then the rest is checked without the anchor.
func (db *DB) verifyCopy(ctx context.Context, path string, r *Restored) (err error) {
	trusted, err := db.keys.known()
	if err != nil {
		return err
	}
	o := audit.Options{Keys: trusted, AnchorPath: db.opts.Anchor}
	if r.NoAnchor {
		o.AnchorPath = ""
	}
	if r.Report, err = db.verifyFile(ctx, path, o); err != nil {
		return err
	}
	if r.Report.Fault == audit.FaultRolledBack {
		behind := r.Report
		o.AnchorPath = ""
		if r.Report, err = db.verifyFile(ctx, path, o); err != nil {
			return err
		}
		r.Report.Anchored = behind.Anchored
	}
	if r.Report.Fault != audit.FaultNone {
		return fmt.Errorf("%w: %s", ErrNotWhole, r.Report.Sentence())
	}
	return nil
}

// What is put aside lies in folders of this name and time.
const (
	replaced   = "replaced-"
	replacedAt = "20060102T150405.000Z"
)

// putAside moves the database, with its log, into a folder of its own. The database
// goes first: without it nobody takes the log for that of the copy.
func putAside(dir string, now time.Time) (string, error) {
	folder := filepath.Join(dir, replaced+now.UTC().Format(replacedAt))
	moved := false
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return "", err
		}
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(folder, name)); err != nil {
			return "", err
		}
		moved = true
	}
	if !moved {
		return "", nil
	}
	return folder, errors.Join(syncDir(folder), syncDir(dir))
}

// newestEvent is where the log ends, and when its last event happened, UTC.
func newestEvent(q querier) (size int64, at time.Time, err error) {
	var micro int64
	err = q.row(`SELECT seq, at FROM audit_entry ORDER BY seq DESC LIMIT 1`).Scan(&size, &micro)
	return size, fromMicros(micro), err
}
