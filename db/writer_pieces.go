package db

import (
	"errors"
	"fmt"
	"runtime/debug"

	"zombiezen.com/go/sqlite"
)

// nothing takes back a transaction whose only piece failed.
func (tx *Tx) nothing() error {
	if _, err := tx.exec(`ROLLBACK`); err != nil {
		return fmt.Errorf("%w: rollback: %w", ErrNotRecorded, err)
	}
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
	tx.known = keyring{}
	next, signing, listed := tx.next, tx.signing, len(tx.listed)
	if _, err := tx.exec(`SAVEPOINT piece`); err != nil {
		return fmt.Errorf("%w: savepoint: %w", ErrNotRecorded, err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = tx.panicked(p)
		}
		if err != nil {
			tx.next, tx.signing, tx.listed = next, signing, tx.listed[:listed]
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
	switch resultOf(err).ToPrimary() {
	case sqlite.ResultFull, sqlite.ResultIOErr, sqlite.ResultBusy, sqlite.ResultLocked, sqlite.ResultNoMem, sqlite.ResultReadOnly,
		sqlite.ResultCorrupt, sqlite.ResultCantOpen, sqlite.ResultNotADB:
		return fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return err
}
