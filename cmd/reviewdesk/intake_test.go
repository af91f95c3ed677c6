package main

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/providers"
)

func TestAnImportThatIsToldToStopDoesNotWaitForItsInput(t *testing.T) {
	silent, hold := io.Pipe()
	defer hold.Close()
	ctx, stop := context.WithCancel(t.Context())
	began := make(chan struct{})
	in := &intake{vs: providers.All, clean: cleanPictures, tell: func(int, error) {}, moved: func(int) {}}
	done := make(chan error)
	go func() {
		close(began)
		done <- in.run(ctx, &jsonRecords{split: newSplitter(silent, mostObject), provider: review.Cybrid})
	}()
	<-began
	stop()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("still waiting")
	}
}

func TestABatchEndsAtARecordCountAndAtASize(t *testing.T) {
	many := &fixedRecords{left: 1000, size: 10}
	if batch, err := nextBatch(many); err != nil || len(batch) != batchRecords {
		t.Errorf("%d small records in a batch, %v", len(batch), err)
	}
	large := &fixedRecords{left: 1000, size: 1 << 20}
	if batch, err := nextBatch(large); err != nil || len(batch) != batchBytes>>20 {
		t.Errorf("%d large records in a batch, %v", len(batch), err)
	}
	few := &fixedRecords{left: 3, size: 10}
	if batch, err := nextBatch(few); err != io.EOF || len(batch) != 3 {
		t.Errorf("%d last records in a batch, %v", len(batch), err)
	}
}

// fixedRecords are so many records of one size.
type fixedRecords struct{ left, size int }

func (f *fixedRecords) next() (record, error) {
	if f.left == 0 {
		return record{}, io.EOF
	}
	f.left--
	return record{object: make([]byte, f.size)}, nil
}
