package audit

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// entry checks one entry and all that belongs to it.
func (w *walk) entry(row *entryRow) error {
	if err := w.inPlace(row); err != nil {
		return err
	}
	e := &row.entry
	if err := checkColumns(e, &row.columns); err != nil {
		return err
	}
	if err := w.checkHashes(row); err != nil {
		return err
	}
	if err := w.changeKey(e); err != nil {
		return err
	}
	if err := w.meetWitness(e); err != nil {
		return err
	}
	if err := w.checkHeads(); err != nil {
		return err
	}
	if e.Time.Before(w.last) {
		return fault(FaultTime, e.Seq, "its time %s is before that of the entry before it, %s",
			e.Time.Format(timeLayout), w.last.Format(timeLayout))
	}
	w.last = e.Time
	opened := w.report.Openings
	if err := w.checkOpenings(e); err != nil {
		return err
	}
	opened = w.report.Openings - opened
	if err := w.checkOutbox(e); err != nil {
		return err
	}
	if !CaseActions[e.Action] {
		w.cases.work(e)
		w.cases.wordsKept(e, opened)
		return w.accounts.apply(e)
	}
	if err := w.cases.apply(e, row.said); err != nil {
		return err
	}
	w.cases.work(e)
	w.cases.wordsKept(e, opened)
	return nil
}

// checkOutbox checks what is put down to be told of the entry: of a decision it must be.
func (w *walk) checkOutbox(e *Entry) error {
	told := e.Action != "decided" && e.Action != "confirmed"
	for w.outbox.more && w.outbox.head.seq <= e.Seq {
		o := w.outbox.head
		switch {
		case o.seq < e.Seq:
			return fault(FaultCase, 0, "the outbox tells of entry %d out of its place", o.seq)
		case !CaseActions[e.Action] || e.After == nil:
			return fault(FaultCase, e.Seq, "the outbox tells of it, and it moves no case")
		case o.object != e.Object:
			return fault(FaultCase, e.Seq, "the outbox tells of it for case %q, it is about %q", o.object, e.Object)
		case o.state != e.After.State:
			return fault(FaultCase, e.Seq, "the outbox tells of the state %q, the entry of %q", o.state, e.After.State)
		}
		told = true
		if err := w.outbox.advance(); err != nil {
			return err
		}
	}
	if !told {
		return fault(FaultCase, e.Seq, "the outbox does not tell of this decision")
	}
	return nil
}

// inPlace checks that the entry is the next one and stands in its own place.
func (w *walk) inPlace(row *entryRow) error {
	next := w.tree.Size() + 1
	switch {
	case row.seq > next:
		return fault(FaultMissing, next, "the entry after number %d is number %d", next-1, row.seq)
	case row.seq < next:
		return fault(FaultReordered, row.seq, "number %d comes where number %d belongs", row.seq, next)
	case row.err != nil:
		return fault(FaultChanged, row.seq, "its bytes are no entry: %v", row.err)
	case row.entry.Seq != row.seq:
		return fault(FaultReordered, row.seq, "the entry in this place says it is number %d", row.entry.Seq)
	}
	return nil
}

func checkColumns(e *Entry, c *Columns) error {
	switch {
	case c.Kind != e.Action:
		return otherColumn(e, "kind", c.Kind, e.Action)
	case c.Actor != e.Actor.ID:
		return otherColumn(e, "actor", c.Actor, e.Actor.ID)
	case c.Object != e.Object:
		return otherColumn(e, "object", c.Object, e.Object)
	case !c.At.Equal(e.Time):
		return fault(FaultChanged, e.Seq, "the column for its time says %s, the entry %s",
			c.At.UTC().Format(time.RFC3339Nano), e.Time.Format(timeLayout))
	}
	return nil
}

func otherColumn(e *Entry, name, column, entry string) error {
	return fault(FaultChanged, e.Seq, "the column for its %s says %q, the entry %q", name, column, entry)
}

// checkHashes adds the entry to the tree and compares what was stored for it.
func (w *walk) checkHashes(row *entryRow) error {
	want, err := w.tree.appendLeaf(w.want[:0], row.leaf)
	if err != nil {
		return err
	}
	w.want = want
	first := StoredHashIndex(row.seq)
	for i, h := range want {
		if err := w.checkHash(row.seq, first+int64(i), i == 0, h); err != nil {
			return err
		}
		if err := w.hashes.advance(); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) checkHash(seq, place int64, leaf bool, want tlog.Hash) error {
	got := w.hashes.head
	switch {
	case !w.hashes.more && leaf:
		return fault(FaultInserted, seq, "it has no stored hash, nor has any entry after it")
	case !w.hashes.more || got.place > place:
		return fault(FaultMissing, seq, "the stored hash number %d is missing", place)
	case got.place < place:
		return fault(FaultInserted, seq, "there is a stored hash number %d where number %d belongs", got.place, place)
	case got.hash != want && leaf:
		return fault(FaultChanged, seq, "its bytes do not give the hash stored for it")
	case got.hash != want:
		return fault(FaultChanged, seq, "the stored hash number %d is not the one its entries give", place)
	}
	return nil
}

// checkOpenings opens the entry's commitments that still have keys.
func (w *walk) checkOpenings(e *Entry) error {
	for w.openings.more && w.openings.head.seq <= e.Seq {
		o := w.openings.head
		if o.seq < e.Seq {
			return fault(FaultCommitment, 0, "there is a key to %q for number %d, out of its place", o.field, o.seq)
		}
		if err := open(e, o); err != nil {
			return err
		}
		w.accounts.open(e, o)
		w.report.Openings++
		if err := w.openings.advance(); err != nil {
			return err
		}
	}
	return nil
}

func open(e *Entry, o opening) error {
	for _, c := range e.Commitments {
		if c.Field != o.field {
			continue
		}
		if o.key == nil {
			return fault(FaultCommitment, e.Seq, "what is kept as %q, or the key that seals it, was changed", o.field)
		}
		if !c.Opens(o.key, o.value) {
			return fault(FaultCommitment, e.Seq, "what is kept as %q is not what was committed to", o.field)
		}
		return nil
	}
	return fault(FaultCommitment, e.Seq, "there is a key to %q, and no commitment", o.field)
}
