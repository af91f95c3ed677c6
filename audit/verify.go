package audit

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Verify checks a stored log from the first entry to the last, and the table of
// cases against it. It stops at the first fault. It reads each stream once and holds
// O(log n) hashes and one small record a case; it never panics.
//
// It checks that
//   - seq has no gaps, entries are canonical and stand in their own places, and the
//     plain columns say what the entries say;
//   - every stored hash is the one that the entries give;
//   - every checkpoint is signed by this log's key, for this log, at a larger size
//     than the one before, with the root that the entries give; the newest covers
//     the newest entry; there is at least one, since without any nothing is proven;
//   - every anchored head is one of these checkpoints, and none is ahead of them;
//   - times do not fall;
//   - each value whose key is kept opens its commitment;
//   - playing all entries of [CaseActions] gives exactly the table of cases, and no
//     case is decided twice in one round of review.
//
// Two things it cannot see without an anchor: that the whole database is an older
// copy, and that a checkpoint between others is gone.
func Verify(src Source, o Options) Report {
	w := walk{Options: o, cases: replay{}}
	w.note(w.run(src))
	w.report.Entries = w.tree.Size()
	var err error
	w.report.Root, err = w.tree.Root()
	w.note(err)
	return w.report
}

// found is a fault on its way to the report.
type found struct {
	Fault
	seq    int64
	detail string
}

func (f found) Error() string { return f.detail }

func fault(f Fault, seq int64, format string, args ...any) error {
	return found{f, seq, fmt.Sprintf(format, args...)}
}

// note puts the first error into the report.
func (w *walk) note(err error) {
	if err == nil || w.report.Fault != FaultNone {
		return
	}
	f := found{FaultUnreadable, 0, err.Error()}
	if !errors.As(err, &f) {
		f.Fault = faultOf(err)
	}
	f.detail = strings.ReplaceAll(f.detail, "\n", "; ")
	w.report.Fault, w.report.Seq, w.report.Detail = f.Fault, f.seq, f.detail
}

func faultOf(err error) Fault {
	switch {
	case errors.Is(err, ErrSignature):
		return FaultSignature
	case errors.Is(err, ErrNotCanonical):
		return FaultChanged
	}
	return FaultUnreadable
}

type storedHash struct {
	place int64
	hash  tlog.Hash
}

type storedHead struct {
	size   int64
	signed []byte
}

type opening struct {
	seq        int64
	field      string
	key, value []byte
}

// walk is one run of Verify: it pushes through the entries and pulls along what
// belongs to each.
type walk struct {
	Options
	report  Report
	tree    Frontier
	covered int64     // entries under the newest good checkpoint
	last    time.Time // of the newest entry
	cases   replay

	hashes   *stream[storedHash]
	heads    *stream[storedHead]
	anchored *stream[Checkpoint]
	openings *stream[opening]
}

func (w *walk) run(src Source) (err error) {
	// a damaged file can break a reader in ways nobody foresaw
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the reading broke off: %v", p)
		}
	}()
	if w.Verifier == nil {
		return errors.New("there is no key to check signatures with")
	}
	w.open(src)
	defer w.close()
	if err := w.start(); err != nil {
		return err
	}
	if err := w.playEntries(src); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	return w.compareCases(src)
}

func (w *walk) playEntries(src Source) error {
	err := src.Entries(func(seq int64, columns Columns, body []byte) error {
		err := w.entry(seq, columns, body)
		w.note(err) // here too, in case the source swallows it
		return err
	})
	if err != nil {
		return fmt.Errorf("entries: %w", err)
	}
	return nil
}

func (w *walk) compareCases(src Source) error {
	err := src.Cases(func(c CaseState) error {
		err := w.cases.compare(c)
		w.note(err)
		w.report.Cases++
		return err
	})
	if err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	return w.cases.rest()
}

func (w *walk) open(src Source) {
	w.hashes = newStream("hashes", func(yield func(storedHash) error) error {
		return src.Hashes(func(place int64, h tlog.Hash) error { return yield(storedHash{place, h}) })
	})
	w.heads = newStream("checkpoints", func(yield func(storedHead) error) error {
		return src.Checkpoints(func(size int64, signed []byte) error { return yield(storedHead{size, signed}) })
	})
	w.openings = newStream("openings", func(yield func(opening) error) error {
		return src.Openings(func(seq int64, field string, key, value []byte) error {
			return yield(opening{seq, field, key, value})
		})
	})
	w.anchored = newStream("anchor", func(yield func(Checkpoint) error) error {
		if w.AnchorPath == "" {
			return nil
		}
		return readAnchor(w.AnchorPath, w.AnchorBytes, w.Verifier, yield)
	})
}

func (w *walk) close() {
	w.hashes.stop()
	w.heads.stop()
	w.anchored.stop()
	w.openings.stop()
}

// start moves every stream to its first row and checks heads of the empty log.
func (w *walk) start() error {
	for _, advance := range []func() error{w.hashes.advance, w.heads.advance, w.anchored.advance, w.openings.advance} {
		if err := advance(); err != nil {
			return err
		}
	}
	return w.checkHeads()
}
