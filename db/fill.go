package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Filling. A load test wants a desk that holds millions of cases with their pasts, and
// wants it in minutes. The writer takes one case after the other, each with all that
// depends on it; a new desk can be written the way its file likes it best: thousands of
// cases a commit, many rows a statement, nothing read back, the search index and the
// links built beside it and put in at the end.
//
// The rules are the same ones: what came in passes review.Receive, a decision is
// review.Verification.Decide, and an event, a mark or a sealed word is made by the
// functions that the writer uses. Each commit ends with a signed checkpoint, so that the
// log can be checked like any other.
//
// All of it happens in a file of its own, with neither a journal nor syncs. It takes the
// database's place in one step when it is whole. A process that is killed before leaves
// the desk as it was, and a file that the next filling removes.

// Past is a case with what has happened to it.
type Past struct {
	Verification review.Verification
	At           time.Time // when it came in, UTC
	Steps        []Step    // what people did since, in the order of their times
}

// Step is one thing that somebody did on a case.
type Step struct {
	Kind     review.EventKind // EventClaimed, EventNoted, EventDecided, or EventConfirmed, which is left out where nobody needs to
	At       time.Time        // UTC
	By       Actor
	Decision review.Decision // of EventDecided; its version is filled in
	Note     string          // of EventNoted and EventConfirmed
}

// Filling says what a desk is filled with.
type Filling struct {
	By Actor // as whom the cases come in
	// Next returns some thousands of cases, all of whose events lie between the last
	// one's of the call before and the first one's of the next; io.EOF ends.
	Next func() ([]Past, error)
	// Moved is told how many more cases are in, and Stage what is done once all are.
	// Either may be nil.
	Moved func(cases int)
	Stage func(what string)
}

// ErrNotEmpty says that a desk holds something already, and can only be added to.
var ErrNotEmpty = errors.New("the desk is not a new one")

// Fill fills a workspace that holds no case yet. The caller holds the folder: no desk
// runs on it. Errors: [ErrNotEmpty], [ErrSealed], those of [Open], of the rules, and of
// f.Next. After an error the workspace is as it was.
func Fill(ctx context.Context, dir string, o Options, f Filling) (err error) {
	db, policy, err := openToFill(ctx, dir, o)
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, databaseFile+".filling")
	defer func() { err = errors.Join(err, dropDatabase(temp), dropDatabase(temp+searchBeside)) }()
	if err := copyFile(filepath.Join(dir, databaseFile), temp); err != nil {
		return err
	}
	if err := db.fillFile(ctx, temp, policy, f.withDefaults()); err != nil {
		return err
	}
	if err := syncFile(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, databaseFile)); err != nil {
		return err
	}
	if err := syncDir(dir); err != nil {
		return err
	}
	// The log is ahead of its anchor now, as after a crash between commit and anchor:
	// opening the desk brings the anchor up.
	filled, err := Open(ctx, dir, o)
	if err != nil {
		return err
	}
	return filled.Close()
}

func (f Filling) withDefaults() Filling {
	if f.Moved == nil {
		f.Moved = func(int) {}
	}
	if f.Stage == nil {
		f.Stage = func(string) {}
	}
	return f
}

// openToFill opens the workspace, reads where its log stands, and closes it again: its
// file is whole then, with no log beside it. What the returned desk still does needs no
// file.
func openToFill(ctx context.Context, dir string, o Options) (db *DB, p review.Policy, err error) {
	if db, err = Open(ctx, dir, o); err != nil {
		return nil, p, err
	}
	if db.Sealed() != "" {
		err = ErrSealed
	}
	if err == nil {
		err = db.MayFill(ctx)
	}
	if err == nil {
		p, err = db.Policy(ctx)
	}
	return db, p, errors.Join(err, db.Close())
}

// mustBeEmpty are the tables into which a filling writes, and those whose rows it would
// have to heed.
var mustBeEmpty = []struct{ table, what string }{
	{"verification", "cases"}, {"subject", "persons"}, {"decision", "decisions"}, {"outbox", "words for the platform"},
	{"endpoint", "webhooks"}, {"interest", "conflicts of interest"}, {"policy_version", "a policy of its own"},
}

// MayFill reports whether the desk can be filled; if not, [ErrNotEmpty] says why.
func (db *DB) MayFill(ctx context.Context) error {
	for _, t := range mustBeEmpty {
		var n int
		if err := db.read(ctx).row(`SELECT COUNT(*) FROM (SELECT 1 FROM ` + t.table + ` LIMIT 1)`).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%w: it has %s", ErrNotEmpty, t.what)
		}
	}
	return nil
}

// fillFile fills a copy of the database. Three work side by side: one makes the rows of
// the next cases, one writes those of the last, one takes their words into the search
// index.
func (db *DB) fillFile(ctx context.Context, path string, policy review.Policy, f Filling) (err error) {
	m, err := db.newMaker(policy, f)
	if err != nil {
		return err
	}
	w, err := openFillWriter(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	s, err := w.openSearchBeside(ctx, path+searchBeside)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := together(ctx, m, w, s, f); err != nil {
		return err
	}
	f.Stage("the links between cases")
	if err := w.likeness(ctx, &m.likeness); err != nil {
		return fmt.Errorf("links: %w", err)
	}
	f.Stage("the search index")
	if err := errors.Join(s.commit(ctx), s.close()); err != nil {
		return err
	}
	return w.finish(ctx, m.kept, path+searchBeside)
}

// batchesWaiting is how many batches may wait for the slower one.
const batchesWaiting = 1

// together runs the three until Next has no more. The first error ends them all.
func together(ctx context.Context, m *maker, w *fillWriter, s *searchSide, f Filling) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	rows, docs, indexed := make(chan *batchRows, batchesWaiting), make(chan []searchDoc, batchesWaiting), make(chan struct{})
	go func() {
		defer close(indexed)
		for d := range docs {
			if err := s.add(ctx, d); err != nil {
				stop(fmt.Errorf("search index: %w", err))
			}
		}
	}()
	go func() {
		defer close(rows)
		defer close(docs)
		if err := m.run(ctx, f.Next, rows, docs); err != nil {
			stop(err)
		}
	}()
	for b := range rows {
		if ctx.Err() != nil {
			continue // until the maker has seen it
		}
		if err := w.commit(ctx, b); err != nil {
			stop(err)
		}
		f.Moved(b.cases)
	}
	<-indexed
	return context.Cause(ctx)
}

// run makes one batch after the other.
func (m *maker) run(ctx context.Context, next func() ([]Past, error), rows chan<- *batchRows, docs chan<- []searchDoc) error {
	for {
		pasts, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		b, d, err := m.batch(pasts)
		if err != nil {
			return err
		}
		select {
		case rows <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		select {
		case docs <- d:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// checkpoint hashes the entries of a batch and signs the head.
func (m *maker) checkpoint(b *batchRows, bodies [][]byte) error {
	at := audit.StoredHashIndex(m.frontier.Size() + 1)
	for _, body := range bodies {
		hashes, err := m.frontier.Append(body)
		if err != nil {
			return err
		}
		for _, h := range hashes {
			b.add(tableHash, at, h[:])
			at++
		}
	}
	root, err := m.frontier.Root()
	if err != nil {
		return err
	}
	signed, err := audit.Checkpoint{Origin: m.db.instance, Size: m.frontier.Size(), Root: root}.Sign(m.signer)
	b.add(tableHead, m.frontier.Size(), signed)
	return err
}
