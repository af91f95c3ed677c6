package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"reviewdesk/audit"
)

// A backup is one SQLite file: the database as it stood at one moment, and nothing
// of the folder keys. Who has the copy alone can neither read what is sealed nor sign
// in the desk's name; the public keys stand in the log itself.
//
// It is made beside a running desk, in another process. One read transaction holds the
// moment while the pages are copied, so the desk's commits neither wait for it nor make
// it begin anew. VACUUM INTO holds the same transaction, took 1.6 times the processor's
// time on a quarter of a gigabyte, and can neither tell how far it is nor be stopped.

// copyStep is how many pages are copied between two looks at the clock: 1 MiB.
const copyStep = 256

// syncEvery is how much of the copy may wait in memory for the disk: a single fsync of
// all of it at the end would hold up the desk's own.
const syncEvery = 16 << 20

// BackupOptions say how to make a copy.
type BackupOptions struct {
	Anchor string                  // the anchor file; "" takes the workspace's own
	Moved  func(done, total int64) // told about the pages copied; nil for nobody
	// Hold takes an open file for this process alone, until it is closed or the process
	// is gone; an error says that another has it. nil: what a backup that was killed left
	// behind stays.
	Hold func(*os.File) error
}

// Backup copies a workspace's database to a file that does not exist yet. The copy is
// written beside it under another name, synced and checked as [Verify] checks a
// workspace; only a whole one gets the name. The report is of the copy.
func Backup(ctx context.Context, dir, file string, o BackupOptions) (report audit.Report, err error) {
	if _, err := os.Lstat(file); err == nil {
		return report, fmt.Errorf("%s is there already, and a backup overwrites nothing", file)
	}
	db, pinned, err := openToRead(ctx, dir, o.Anchor)
	if err != nil {
		return report, err
	}
	defer db.reader.Close()
	f, err := o.begin(file)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, f.Close(), dropDatabase(f.Name())) }()
	anchored, err := db.anchorBytes()
	if err != nil {
		return report, err
	}
	if err := db.copyPages(ctx, f, o.Moved); err != nil {
		return report, fmt.Errorf("copy the database: %w", err)
	}
	if err := settle(ctx, f.Name()); err != nil {
		return report, fmt.Errorf("copy the database: %w", err)
	}
	if err := f.Sync(); err != nil {
		return report, err
	}
	// What was anchored before the copy began is in the copy; of what came later it
	// knows nothing.
	report, err = db.verifyFile(ctx, f.Name(), audit.Options{Keys: pinned, AnchorPath: db.opts.Anchor, AnchorBytes: anchored})
	if err != nil || report.Fault != audit.FaultNone {
		return report, err
	}
	return report, settleName(f.Name(), file)
}

// unfinished ends the name of a copy that is being written.
const unfinished = ".unfinished-backup"

// begin makes the file that the copy is written to, and removes those in the same folder
// that nobody works on any more: their backups were killed.
func (o BackupOptions) begin(file string) (*os.File, error) {
	folder, name := filepath.Split(file)
	if o.Hold != nil {
		left, _ := filepath.Glob(filepath.Join(folder, "*"+unfinished)) // fails for a bad pattern only
		for _, path := range left {
			if err := o.sweep(path); err != nil {
				return nil, err
			}
		}
	}
	f, err := os.CreateTemp(filepath.Dir(file), name+".*"+unfinished)
	if err == nil && o.Hold != nil {
		err = o.Hold(f)
	}
	return f, err
}

func (o BackupOptions) sweep(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // whoever worked on it has finished
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if o.Hold(f) != nil {
		return nil
	}
	return dropDatabase(path)
}

// openToRead opens a workspace for commands that only read, beside a running desk. The
// key is the folder's own.
func openToRead(ctx context.Context, dir, anchor string) (*DB, audit.Keys, error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, audit.Keys{}, fmt.Errorf("%s: %w", dir, ErrNoWorkspace)
	}
	db := &DB{dir: dir, opts: Options{Anchor: anchor}.withDefaults(dir)}
	var err error
	if db.keys, err = readKeys(dir); err != nil {
		return nil, audit.Keys{}, err
	}
	pinned, err := audit.NewKeys(db.ownKey())
	if err != nil {
		return nil, pinned, fmt.Errorf("verifier key: %w", err)
	}
	if db.reader, err = openHandle(path, readerPragmas, 1); err != nil {
		return nil, pinned, err
	}
	if err = notNewer(reading{ctx, db.reader}); err != nil {
		db.reader.Close()
	}
	return db, pinned, err
}

// anchorBytes is how long the anchor is now; an anchor that is missing is told, since a
// copy could not be held against anything.
func (db *DB) anchorBytes() (int64, error) {
	info, err := os.Stat(db.opts.Anchor)
	if err != nil {
		return 0, fmt.Errorf("the anchor: %w", err)
	}
	return max(info.Size(), 1), nil
}

// copyPages copies the database page by page as it stands when the first is read. On
// the way the copy is brought to the disk, bit by bit.
func (db *DB) copyPages(ctx context.Context, f *os.File, moved func(done, total int64)) (err error) {
	conn, err := db.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	snapshot, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer snapshot.Rollback()
	var one int64
	if err := snapshot.QueryRowContext(ctx, `SELECT COUNT(*) FROM instance`).Scan(&one); err != nil {
		return err
	}
	return conn.Raw(func(driver any) (err error) {
		from, ok := driver.(interface {
			NewBackup(string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver cannot copy a database")
		}
		pages, err := from.NewBackup(fileURI(f.Name()) + copyPragmas)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, pages.Finish()) }()
		return stepThrough(ctx, pages, f, moved)
	})
}

// copyPragmas: a copy that is cut short is thrown away, so it needs no journal, and it
// is synced by us.
const copyPragmas = "?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"

func stepThrough(ctx context.Context, pages *sqlite.Backup, f *os.File, moved func(done, total int64)) error {
	for unsynced := int64(0); ; {
		more, err := pages.Step(copyStep)
		if err != nil {
			return err
		}
		total := int64(pages.PageCount())
		if moved != nil {
			moved(total-int64(pages.Remaining()), total)
		}
		if !more {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if unsynced += copyStep * pageSize; unsynced >= syncEvery {
			unsynced = 0
			if err := f.Sync(); err != nil {
				return err
			}
		}
	}
}

const pageSize = 4096 // SQLite's own choice; only used to reckon with

// settle makes the copy one file that needs no other beside it: the pages say that
// they were written with a write-ahead log.
func settle(ctx context.Context, path string) (err error) {
	h, err := openHandle(path, "?_pragma=busy_timeout(5000)", 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	var mode string
	if err := h.QueryRowContext(ctx, `PRAGMA journal_mode = DELETE`).Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("the copy stays in journal mode %s", mode)
	}
	return nil
}

// verifyFile checks a database that is not in its workspace, with the workspace's keys.
func (db *DB) verifyFile(ctx context.Context, path string, o audit.Options) (audit.Report, error) {
	apart := &DB{dir: db.dir, opts: db.opts, keys: db.keys}
	var err error
	if apart.reader, err = openHandle(path, readerPragmas, readers); err != nil {
		return unreadable(err), nil
	}
	defer apart.reader.Close()
	if why := apart.integrity(ctx); why != nil {
		return unreadable(why), nil
	}
	return apart.verifyAs(ctx, o), ctx.Err()
}

// settleName gives a finished file its name without overwriting another, and brings the
// name to the disk.
func settleName(temp, file string) error {
	err := os.Link(temp, file)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s has come to be meanwhile, and a backup overwrites nothing", file)
	}
	if err != nil { // not every file system knows links
		err = os.Rename(temp, file)
	}
	return errors.Join(err, syncDir(filepath.Dir(file)))
}

// dropFile removes a file that may be gone already.
func dropFile(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
