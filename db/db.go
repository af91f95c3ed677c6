// Package db is the desk's memory and the only package that knows SQL.
//
// A workspace is a folder: one SQLite file, the keys beside it, and the anchor,
// a file outside the database that holds every checkpoint of the audit log.
//
// Two handles serve the file. The reader pool refuses writes. The writer is one
// connection owned by one goroutine: it takes the pieces of work that wait, gives
// each a SAVEPOINT of its own, and shares one COMMIT among them. Before the COMMIT
// it hashes the audit entries that the pieces appended, as read back from the
// table, and signs a checkpoint; after it, it writes the checkpoint to the anchor
// and syncs it. Only then does anybody get an answer. So a change, its audit event
// and its outbox row happen together or not at all, and the log's order is the
// order of the commits.
//
// The rules live in package review. A method here opens a piece of work, reads the
// row, lets the rule decide, and writes what the rule returned; no method changes
// a status in another way.
//
// Personal fields that people search for (name, e-mail, birth date) stand in
// clear in table subject; everything else about a person is sealed under a key of
// that person's own, see seal.go. Any fragment of a name is found by an index of words
// with all their endings (search.go); any fragment of an id by one of its characters,
// three by three, as a search of its own with a bound to what it reads (fragment.go),
// since that answers at ten million cases where going backwards through them does not.
// Times are integer microseconds UTC.
//
// Data are kept for as long as the law wants them, and no longer: retention.go knows
// when each person's last case ended, due.go finds whose time is over, erase.go and
// wipe.go take everything personal away in one transaction, overwrite.go sees to it
// that nothing of it stays on the disk, and relist.go holds each start against a list
// beside the anchor, so that no backup brings anybody back.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Errors that callers act on. The rules' own (review.ErrForbidden,
// review.ErrConflict, review.Invalid) come through unchanged.
var (
	ErrNotFound     = errors.New("not found")
	ErrNoWorkspace  = errors.New("no workspace here")
	ErrNotRecorded  = errors.New("nothing was recorded")
	ErrNotAnchored  = errors.New("recorded, but not yet anchored")
	ErrSealed       = errors.New("the desk is sealed: its database and its anchor do not agree")
	ErrClosed       = errors.New("the desk is closing")
	errNestedWrite  = errors.New("db: a write inside a write")
	errEmptyVersion = errors.New("db: row changed between reading and writing")
)

// Options open a workspace.
type Options struct {
	Vocabularies review.Vocabularies
	Anchor       string           // the anchor file; "" is anchor/anchor.log in the workspace
	Clock        func() time.Time // nil is time.Now
	Log          *slog.Logger     // nil discards
	Sandbox      bool             // the APIs take test behaviours
}

// DB is an open workspace. Its methods are safe for concurrent use.
type DB struct {
	dir      string
	opts     Options
	reader   *sql.DB
	prepared preparedReader // the reader, for everything but pragmas and snapshots
	directs  directPool
	kept     keptValues
	edition  atomic.Int64 // counts the commits that changed more than the log: raised after the COMMIT, before anybody is told of it
	keys     keys
	policies sync.Map     // versions of the policy, by number
	codes    sync.Map     // how each of them sees the failure codes
	derived  sync.Map     // keys derived from the master key, by purpose and size
	ciphers  sync.Map     // the ciphers under them, by purpose
	keysMu   sync.RWMutex // guards keys.signing and keys.files
	noKey    string       // why the log cannot be signed; set before the goroutine starts

	instance  string
	workspace string
	rotating  sync.Mutex // held by a rotation of the key

	jobs    chan *job // unbuffered: a job is either with the writer or still its sender's
	closing chan struct{}
	done    sync.WaitGroup

	// Owned by the writer's goroutine.
	conn     *connection
	together int // the most pieces that share a commit
	frontier *audit.Frontier
	anchor   *audit.Anchor
	lastAt   time.Time

	lastTogether int // pieces in the last commit
	lastTook     time.Duration

	unsent    []anchored   // checkpoints committed and not yet in the anchor
	unlisted  []erasedLine // erasures committed and not yet in the list beside it
	again     []erasedLine // erasures that the list knows and the database does not; set before the goroutine starts
	sealedWhy string       // set before the goroutine starts, cleared by AcceptRollback
	sealedMu  sync.RWMutex

	searchWake   chan struct{}
	changes      live
	deliveryWake chan struct{}

	emptyDue   atomic.Bool // the write-ahead log is to be emptied by the writer
	unwritable atomic.Bool // the last commit failed: the disk is full, or the anchor cannot be reached

	alive context.Context // until the disk fails, see failure.go
	fail  context.CancelCauseFunc

	commits commitMeter

	afterStatement func(query string) // for tests that stop the process between statements
}

type anchored struct {
	at     time.Time
	signed []byte
}

// Open opens a workspace that [Init] has made, brings its schema up to date, and
// starts the writer. It never makes a database: a folder without one is
// [ErrNoWorkspace].
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoWorkspace)
	}
	db := &DB{dir: dir, together: mostTogether, opts: o.withDefaults(dir), jobs: make(chan *job), closing: make(chan struct{}),
		searchWake: make(chan struct{}, 1), deliveryWake: make(chan struct{}, 1)}
	if err := db.open(ctx); err != nil {
		db.closeHandles()
		return nil, err
	}
	db.done.Add(2)
	go db.write()
	if len(db.again) > 0 && db.Sealed() == "" {
		if err := db.Do(ctx, (*Tx).eraseAgain); err != nil {
			db.done.Done() // of housekeep, which never began
			return nil, errors.Join(fmt.Errorf("erase again: %w", err), db.Close())
		}
	}
	go db.housekeep()
	return db, nil
}

func (o Options) withDefaults(dir string) Options {
	if o.Anchor == "" {
		o.Anchor = filepath.Join(dir, "anchor", "anchor.log")
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

func (db *DB) open(ctx context.Context) (err error) {
	db.commits = newCommitMeter()
	db.alive, db.fail = context.WithCancelCause(context.Background())
	if db.keys, err = readKeys(db.dir); err != nil {
		return err
	}
	path := filepath.Join(db.dir, databaseFile)
	migrating, err := openHandle(path, writerPragmas, 1)
	if err != nil {
		return err
	}
	// Closed last: were it the only one, SQLite would fold the whole log into the file.
	defer func() { err = errors.Join(err, migrating.Close()) }()
	if err = notNewer(reading{ctx, migrating}); err != nil {
		return err
	}
	if err = migrate(ctx, migrating); err != nil {
		return err
	}
	if db.conn, err = openConnection(path, writerPragmas, sqlite.OpenReadWrite); err != nil {
		return err
	}
	if db.reader, err = openHandle(path, readerPragmas, readers); err != nil {
		return err
	}
	db.prepared.pool = db.reader
	if err = db.reader.QueryRowContext(ctx, `SELECT id, workspace FROM instance`).Scan(&db.instance, &db.workspace); err != nil {
		return fmt.Errorf("%s holds no instance: %w", db.dir, err)
	}
	return db.startWriter(ctx)
}

// Close finishes what waits, then closes the files. Later writes get [ErrClosed]. A desk
// whose disk has failed closes nothing: the process is to end as it stands.
func (db *DB) Close() error {
	close(db.closing)
	db.done.Wait()
	if db.alive.Err() != nil {
		return nil
	}
	return db.closeHandles()
}

func (db *DB) closeHandles() error {
	var errs []error
	db.directs.close()
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	if db.conn != nil {
		errs = append(errs, db.conn.close())
	}
	if db.anchor != nil {
		errs = append(errs, db.anchor.Close())
	}
	return errors.Join(errs...)
}

// Workspace is the name shown beside the product's, and the id in every checkpoint.
func (db *DB) Workspace() (name, instance string) { return db.workspace, db.instance }

// Now is the desk's clock, UTC.
func (db *DB) Now() time.Time { return db.opts.Clock().UTC() }

// Sealed says why the desk only reads; "" when it does not.
func (db *DB) Sealed() string {
	db.sealedMu.RLock()
	defer db.sealedMu.RUnlock()
	return db.sealedWhy
}

func (db *DB) seal(why string) {
	db.sealedMu.Lock()
	defer db.sealedMu.Unlock()
	db.sealedWhy = why
}

// Writes reports whether the desk can record at present, as far as its last commit
// told. While it cannot, it tries every second.
func (db *DB) Writes() bool { return !db.unwritable.Load() }

// Healthy checks that the database answers.
func (db *DB) Healthy(ctx context.Context) error {
	var one int
	return db.reader.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}
