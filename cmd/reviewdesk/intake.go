package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"reviewdesk/db"
	"reviewdesk/review"
)

// A batch shares one transaction. It ends at either bound, so that many small
// objects share a commit and few large ones do not fill the memory.
const (
	batchRecords = 200
	batchBytes   = 4 << 20
)

// intake takes records in: it reads a batch, parses it on every core, and stores it
// while the next one is read.
type intake struct {
	vs    review.Vocabularies
	desk  *desk // nil: look, and store nothing
	by    db.Actor
	tally map[review.Intake]int
	ready int                          // records that could be taken, where nothing is stored
	bad   int                          //
	tell  func(n int, why error)       // a bad record
	moved func(records int)            // progress
	clean func([]review.Picture) error // makes pictures fit to be kept
}

// parsed is a record that has been read, or the reason why it could not be.
type parsed struct {
	n   int
	in  db.Incoming
	err error
}

// run takes everything that comes. Its error is one that stopped it; bad records do
// not. When it is told to stop it does not wait for an input that says nothing.
func (t *intake) run(ctx context.Context, from records) error {
	t.tally = map[review.Intake]int{}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches, ended := make(chan []parsed), make(chan error, 1)
	go func() { ended <- t.read(ctx, from, batches) }()
	for {
		select {
		case batch := <-batches:
			if err := t.store(ctx, batch); err != nil {
				return err
			}
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// read sends batches until the input ends.
func (t *intake) read(ctx context.Context, from records, to chan<- []parsed) error {
	for {
		batch, err := nextBatch(from)
		if len(batch) > 0 {
			select {
			case to <- t.parse(batch):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the input: %w", err)
		}
	}
}

func nextBatch(from records) (batch []record, err error) {
	for size := 0; len(batch) < batchRecords && size < batchBytes; {
		r, err := from.next()
		if err != nil {
			return batch, err
		}
		size += len(r.object)
		batch = append(batch, r)
	}
	return batch, nil
}

// parse reads a batch on every core.
func (t *intake) parse(batch []record) []parsed {
	out := make([]parsed, len(batch))
	var wait sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for core := range cores {
		wait.Go(func() {
			for i := core; i < len(batch); i += cores {
				out[i] = t.parseOne(batch[i])
				batch[i].object = nil
			}
		})
	}
	wait.Wait()
	return out
}

func (t *intake) parseOne(r record) parsed {
	p := parsed{n: r.n, err: r.err}
	if p.err != nil {
		return p
	}
	vocabulary, err := t.vs.Of(r.provider)
	if err != nil {
		p.err = err
		return p
	}
	p.in.Verification, p.in.Pictures, p.err = vocabulary.Parse(r.object)
	if p.err == nil {
		p.err = t.clean(p.in.Pictures)
	}
	return p
}

// store puts a batch into the desk. If the batch fails, each record is tried by
// itself, so that one that the desk refuses does not take the others with it.
func (t *intake) store(ctx context.Context, batch []parsed) error {
	var good []parsed
	for _, p := range batch {
		if p.err != nil {
			t.refuse(p.n, p.err)
			continue
		}
		good = append(good, p)
	}
	defer t.moved(len(batch))
	if t.desk == nil {
		t.ready += len(good)
		return nil
	}
	err := t.receive(ctx, good)
	if err == nil || fatal(err) || ctx.Err() != nil {
		return err
	}
	for _, p := range good {
		if err := t.receive(ctx, []parsed{p}); err != nil {
			if fatal(err) || ctx.Err() != nil {
				return err
			}
			t.refuse(p.n, err)
		}
	}
	return nil
}

func (t *intake) refuse(n int, why error) {
	t.bad++
	t.tell(n, why)
}

// fatal reports whether nothing more can be stored after the error.
func fatal(err error) bool {
	return errors.Is(err, db.ErrNotRecorded) || errors.Is(err, db.ErrNotAnchored) || errors.Is(err, db.ErrDisk) || errors.Is(err, db.ErrSealed) || errors.Is(err, db.ErrClosed)
}

func (t *intake) receive(ctx context.Context, batch []parsed) error {
	if len(batch) == 0 {
		return nil
	}
	in := make([]db.Incoming, len(batch))
	for i, p := range batch {
		in[i] = p.in
	}
	became, err := t.desk.Receive(ctx, t.by, in)
	if err != nil {
		return err
	}
	for _, b := range became {
		t.tally[b]++
	}
	return nil
}
