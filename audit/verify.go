package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Verify checks a stored log from the first entry to the last, and the table of
// cases against it. It stops at the first fault. It reads each stream once and holds
// O(log n) hashes and one small record a case; it never panics. Rows are read and
// signatures checked ahead of and behind the walk, on all processors; what is reported
// is what a walk alone would have found first.
//
// It checks that
//   - seq has no gaps, entries are canonical and stand in their own places, and the
//     plain columns say what the entries say;
//   - every stored hash is the one that the entries give;
//   - every checkpoint is signed by the key that was in use, for this log, at a larger
//     size than the one before, with the root that the entries give; the newest covers
//     the newest entry; there is at least one, since without any nothing is proven;
//   - key_rotated entries lead from each key to the next, and the pinned keys are among
//     those in use;
//   - every anchored head is one of these checkpoints, and none is ahead of them;
//   - every cosignature that is kept, of a witness that an entry has added or whose key is
//     given, holds for the checkpoint of its size;
//   - times do not fall;
//   - each value whose key is kept opens its commitment;
//   - playing all entries of [CaseActions] gives exactly the table of cases, and no
//     case is decided twice in one round of review;
//   - what the entries state stands in the rows of cases, decisions, findings and
//     pictures, in the outbox and in the accounts, and nothing else stands there (see
//     the package comment).
//
// Two things it cannot see without an anchor: that the whole database is an older
// copy, and that a checkpoint between others is gone.
func Verify(src Source, o Options) Report {
	w := walk{Options: o, accounts: accounts{}}
	err := w.run(src)
	w.tally()
	if w.bad != nil {
		w.report = w.bad.before
	}
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

// tally brings the report's counts to where the walk stands.
func (w *walk) tally() {
	w.report.Entries = w.tree.Size()
	var err error
	w.report.Root, err = w.tree.Root()
	w.note(err)
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

// anchoredHead is a line of the anchor; its signature has not been looked at.
type anchoredHead struct {
	Checkpoint
	signed []byte
}

type told struct {
	seq           int64
	object, state string
}

type opening struct {
	seq        int64
	field      string
	key, value []byte
}

// walk is one run of Verify: it goes through the entries and pulls along what belongs
// to each.
type walk struct {
	Options
	report  Report
	tree    Frontier
	covered int64     // entries under the newest good checkpoint
	last    time.Time // of the newest entry
	first   string    // the key that the first entry names
	keys    Keys      // in use so far; none before the first checkpoint
	checker *checker
	bad     *headJob    // the first checkpoint with a wrong signature
	want    []tlog.Hash // room for the hashes of one entry

	cases     replay
	accounts  accounts
	witnesses map[string][]cosigner // known so far, by name

	hashes   *stream[storedHash]
	heads    *stream[storedHead]
	anchored *stream[anchoredHead]
	openings *stream[opening]
	outbox   *stream[told]
	cosigned *stream[storedCosignature]
}

// run walks, and then waits for the signatures. Whatever was found there lies before
// the place where the walk stopped.
func (w *walk) run(src Source) error {
	switch {
	case w.Keys.Origin() == "":
		return errors.New("there is no key to check signatures with")
	case src == nil:
		return errors.New("there is no log")
	}
	if err := w.knowWitnesses(); err != nil {
		return err
	}
	w.checker = newChecker()
	err := guarded(func() error { return w.walk(src) })
	if w.bad = w.checker.finish(); w.bad != nil {
		return w.bad.fault()
	}
	return err
}

func (w *walk) walk(src Source) error {
	r := newReaders()
	defer r.close()
	w.open(r, src)
	if err := w.start(); err != nil {
		return err
	}
	if err := w.playEntries(r, src); err != nil {
		return err
	}
	if err := w.finish(); err != nil {
		return err
	}
	if err := w.compareCases(src); err != nil {
		return err
	}
	return w.compareAccounts(src)
}

func (w *walk) compareCases(src Source) error {
	err := src.Cases(func(c *CaseState) error {
		err := w.cases.compare(c)
		if errors.Is(err, errHolds) {
			err = w.explain(src, c)
		}
		w.note(err) // here too, in case the source swallows it
		w.report.Cases++
		return err
	})
	if err != nil {
		return fmt.Errorf("cases: %w", err)
	}
	return w.cases.rest()
}

// explain says which value of a case's rows differs from its history. It reads the
// entries a second time: while all was well nobody had to keep them.
func (w *walk) explain(src Source, row *CaseState) error {
	h := history{}
	err := src.Entries(func(seq int64, c Columns, body []byte) error {
		if c.Object != row.ID || !CaseActions[c.Kind] {
			return nil
		}
		e, err := Parse(body)
		h.add(&e)
		return err
	})
	if err != nil {
		return fmt.Errorf("entries: %w", err)
	}
	return h.explain(w.cases.find(row.ID), row)
}

func (w *walk) compareAccounts(src Source) error {
	err := src.Accounts(func(a AccountState) error {
		err := w.accounts.compare(a)
		w.note(err)
		return err
	})
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	return w.accounts.rest()
}

func (w *walk) open(r *readers, src Source) {
	w.hashes = newStream(r, "hashes", func(yield func(storedHash) error) error {
		return src.Hashes(func(place int64, h tlog.Hash) error { return yield(storedHash{place, h}) })
	})
	w.heads = newStream(r, "checkpoints", func(yield func(storedHead) error) error {
		return src.Checkpoints(func(size int64, signed []byte) error {
			return yield(storedHead{size, bytes.Clone(signed)})
		})
	})
	w.openings = newStream(r, "openings", func(yield func(opening) error) error {
		return src.Openings(func(seq int64, field string, key, value []byte) error {
			return yield(opening{seq, field, bytes.Clone(key), bytes.Clone(value)})
		})
	})
	w.cosigned = newStream(r, "cosignatures", func(yield func(storedCosignature) error) error {
		return src.Cosignatures(func(size int64, name, line string) error { return yield(storedCosignature{size, name, line}) })
	})
	w.outbox = newStream(r, "outbox", func(yield func(told) error) error {
		return src.Outbox(func(seq int64, object, state string) error { return yield(told{seq, object, state}) })
	})
	w.anchored = newStream(r, "anchor", func(yield func(anchoredHead) error) error {
		if w.AnchorPath == "" {
			return nil
		}
		return readAnchor(w.AnchorPath, w.AnchorBytes, func(number int64, signed []byte) error {
			text, _, _ := bytes.Cut(signed, []byte("\n\n"))
			c, err := ParseCheckpoint(string(text) + "\n")
			if err != nil {
				return fmt.Errorf("%w: %s, line %d: %v", ErrSignature, w.AnchorPath, number, err)
			}
			return yield(anchoredHead{c, signed})
		})
	})
}

// start moves every stream to its first row and checks heads of the empty log.
func (w *walk) start() error {
	for _, advance := range []func() error{w.hashes.advance, w.heads.advance, w.anchored.advance, w.openings.advance, w.outbox.advance, w.cosigned.advance} {
		if err := advance(); err != nil {
			return err
		}
	}
	return w.checkHeads()
}
