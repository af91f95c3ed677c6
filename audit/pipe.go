package audit

import (
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// entryRow is a row of the log on its way to the walk.
type entryRow struct {
	seq     int64
	columns Columns
	from    int // where its bytes lie in the batch
	to      int
	entry   Entry // parsed, unless err
	leaf    tlog.Hash
	said    digest // of the row that it states, if it moves a case
	err     error
}

// entryBatch is some rows, with their bytes one behind the other. The reader fills it,
// a worker parses it, the walk takes it once ready is closed.
type entryBatch struct {
	rows  []entryRow
	bytes []byte
	lists lists
	err   error // of the reading, behind the rows
	ready chan struct{}
}

// batchBytes is what a batch's entries take, usually.
const batchBytes = batchRows * 600

// batches are used again: a row is large, and there are millions.
var batches = sync.Pool{New: func() any {
	return &entryBatch{rows: make([]entryRow, 0, batchRows), bytes: make([]byte, 0, batchBytes)}
}}

func newEntryBatch() *entryBatch {
	b := batches.Get().(*entryBatch)
	b.lists.clear()
	*b = entryBatch{b.rows[:0], b.bytes[:0], b.lists, nil, make(chan struct{})}
	return b
}

func (b *entryBatch) add(seq int64, columns Columns, body []byte) {
	from := len(b.bytes)
	b.bytes = append(b.bytes, body...)
	b.rows = append(b.rows, entryRow{seq: seq, columns: columns, from: from, to: len(b.bytes)})
}

// parse reads and hashes every entry of the batch.
func (b *entryBatch) parse(scratch []byte) []byte {
	defer close(b.ready)
	text := string(b.bytes) // once for all: the entries hold parts of it
	var holds []Fact
	for i := range b.rows {
		r := &b.rows[i]
		r.leaf = tlog.RecordHash(b.bytes[r.from:r.to])
		r.entry, scratch, r.err = parse(text[r.from:r.to], scratch, &b.lists)
		if r.err == nil && CaseActions[r.entry.Action] {
			holds = stated(&r.entry, holds[:0])
			r.said, scratch = digestRow(r.entry.Seq, holds, scratch)
		}
	}
	return scratch
}

// playEntries reads the entries, has them parsed on all processors, and walks through
// them in order.
func (w *walk) playEntries(r *readers, src Source) error {
	ordered := make(chan *entryBatch, batchesAhead)
	work := make(chan *entryBatch, batchesAhead)
	readEntries(r, src, ordered, work)
	for range runtime.GOMAXPROCS(0) {
		r.wait.Go(func() {
			var scratch []byte
			for b := range work {
				scratch = b.parse(scratch)
			}
		})
	}
	for b := range ordered {
		<-b.ready
		for i := range b.rows {
			if err := w.entry(&b.rows[i]); err != nil {
				return err
			}
		}
		if b.err != nil {
			return fmt.Errorf("entries: %w", b.err)
		}
		batches.Put(b)
	}
	return nil
}

// readEntries hands each batch to a worker first and to the walk then, so that the
// walk never waits for one that nobody parses.
func readEntries(r *readers, src Source, ordered, work chan<- *entryBatch) {
	b := newEntryBatch()
	hand := func() error {
		if err := send(r, work, b); err != nil {
			return err
		}
		return send(r, ordered, b)
	}
	r.run(func() error {
		return src.Entries(func(seq int64, columns Columns, body []byte) error {
			b.add(seq, columns, body)
			if len(b.rows) < batchRows {
				return nil
			}
			err := hand()
			b = newEntryBatch()
			return err
		})
	}, func(err error) {
		b.err = err
		_ = hand() // it fails only where nobody listens any more
		close(work)
		close(ordered)
	})
}
