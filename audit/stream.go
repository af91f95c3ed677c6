package audit

import (
	"errors"
	"fmt"
	"sync"
)

// readers are the goroutines that read one log's streams ahead of the walk.
type readers struct {
	stop chan struct{}
	wait sync.WaitGroup
}

func newReaders() *readers { return &readers{stop: make(chan struct{})} }

// close ends the reading and waits until nobody touches the source any more.
func (r *readers) close() {
	close(r.stop)
	r.wait.Wait()
}

// run does one reading and says how it ended.
func (r *readers) run(push func() error, end func(error)) {
	r.wait.Go(func() { end(guarded(push)) })
}

// guarded makes an error of a panic: a damaged file can break a source in ways that
// nobody foresaw.
func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the reading broke off: %v", p)
		}
	}()
	return do()
}

// batchRows is how many rows a reader hands on at once: enough that the handing on
// costs nothing, few enough that what is held stays small.
const batchRows = 256

// batchesAhead is how far a reader may be ahead of the walk.
const batchesAhead = 4

// stream turns a function that pushes rows into one from which rows are pulled, so
// that several can be read side by side. Only a few batches of each are held.
type stream[T any] struct {
	name string
	head T    // the next row
	more bool // whether there is one

	rows []T   // that came with it and follow it
	err  error // that comes behind them
	ch   chan batch[T]
}

// batch is some rows, and the error that came behind them.
type batch[T any] struct {
	rows []T
	err  error
}

var errStopped = errors.New("enough read")

func newStream[T any](r *readers, name string, push func(yield func(T) error) error) *stream[T] {
	s := &stream[T]{name: name, ch: make(chan batch[T], batchesAhead)}
	var rows []T
	r.run(func() error {
		return push(func(row T) error {
			if rows = append(rows, row); len(rows) < batchRows {
				return nil
			}
			full := batch[T]{rows: rows}
			rows = make([]T, 0, batchRows)
			return send(r, s.ch, full)
		})
	}, func(err error) {
		if !errors.Is(err, errStopped) {
			send(r, s.ch, batch[T]{rows, err})
		}
		close(s.ch)
	})
	return s
}

func send[T any](r *readers, ch chan<- T, v T) error {
	select {
	case ch <- v:
		return nil
	case <-r.stop:
		return errStopped
	}
}

// advance moves to the next row. It must be called once before the first.
func (s *stream[T]) advance() error {
	for len(s.rows) == 0 && s.err == nil {
		b, open := <-s.ch
		if !open {
			s.more = false
			return nil
		}
		s.rows, s.err = b.rows, b.err
	}
	if len(s.rows) == 0 {
		return fmt.Errorf("%s: %w", s.name, s.err)
	}
	s.head, s.rows, s.more = s.rows[0], s.rows[1:], true
	return nil
}
