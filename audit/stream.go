package audit

import (
	"errors"
	"fmt"
	"iter"
)

// stream turns a function that pushes rows into one from which rows are pulled, so
// that several can be read side by side. Only one row of each is held.
type stream[T any] struct {
	name string
	head T    // the next row
	more bool // whether there is one
	next func() (T, error, bool)
	stop func()
}

var errStopped = errors.New("enough read")

func newStream[T any](name string, push func(yield func(T) error) error) *stream[T] {
	next, stop := iter.Pull2(func(yield func(T, error) bool) {
		err := push(func(row T) error {
			if !yield(row, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			var none T
			yield(none, err)
		}
	})
	return &stream[T]{name: name, next: next, stop: stop}
}

// advance moves to the next row. It must be called once before the first.
func (s *stream[T]) advance() (err error) {
	s.head, err, s.more = s.next()
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}
