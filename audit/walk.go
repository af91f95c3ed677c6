package audit

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// entry checks one entry and all that belongs to it.
func (w *walk) entry(seq int64, columns Columns, body []byte) error {
	e, err := w.read(seq, body)
	if err != nil {
		return err
	}
	if err := checkColumns(e, columns); err != nil {
		return err
	}
	if err := w.checkHashes(seq, body); err != nil {
		return err
	}
	if err := w.checkHeads(); err != nil {
		return err
	}
	if e.Time.Before(w.last) {
		return fault(FaultTime, seq, "its time %s is before that of the entry before it, %s",
			e.Time.Format(timeLayout), w.last.Format(timeLayout))
	}
	w.last = e.Time
	if err := w.checkOpenings(e); err != nil {
		return err
	}
	if CaseActions[e.Action] {
		return w.cases.apply(e)
	}
	return nil
}

// read checks that the entry is the next one and stands in its own place.
func (w *walk) read(seq int64, body []byte) (Entry, error) {
	next := w.tree.Size() + 1
	switch {
	case seq > next:
		return Entry{}, fault(FaultMissing, next, "the entry after number %d is number %d", next-1, seq)
	case seq < next:
		return Entry{}, fault(FaultReordered, seq, "number %d comes where number %d belongs", seq, next)
	}
	e, err := Parse(body)
	if err != nil {
		return Entry{}, fault(FaultChanged, seq, "its bytes are no entry: %v", err)
	}
	if e.Seq != seq {
		return Entry{}, fault(FaultReordered, seq, "the entry in this place says it is number %d", e.Seq)
	}
	return e, nil
}

func checkColumns(e Entry, c Columns) error {
	for _, copied := range []struct{ name, column, entry string }{
		{"kind", c.Kind, e.Action},
		{"actor", c.Actor, e.Actor.ID},
		{"object", c.Object, e.Object},
	} {
		if copied.column != copied.entry {
			return fault(FaultChanged, e.Seq, "the column for its %s says %q, the entry %q", copied.name, copied.column, copied.entry)
		}
	}
	if !c.At.Equal(e.Time) {
		return fault(FaultChanged, e.Seq, "the column for its time says %s, the entry %s",
			c.At.UTC().Format(time.RFC3339Nano), e.Time.Format(timeLayout))
	}
	return nil
}

// checkHashes adds the entry to the tree and compares what was stored for it.
func (w *walk) checkHashes(seq int64, body []byte) error {
	want, err := w.tree.Append(body)
	if err != nil {
		return err
	}
	for i, h := range want {
		place := StoredHashIndex(seq) + int64(i)
		if err := w.checkHash(seq, place, i == 0, h); err != nil {
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

// checkHeads checks the checkpoint and the anchored heads of the present size.
func (w *walk) checkHeads() error {
	size := w.tree.Size()
	signed := false
	due := w.heads.more && w.heads.head.size <= size || w.anchored.more && w.anchored.head.Size <= size
	if !due {
		return nil
	}
	root, err := w.tree.Root()
	if err != nil {
		return err
	}
	for ; w.heads.more && w.heads.head.size <= size; signed = true {
		if w.heads.head.size < size || signed {
			return fault(FaultReordered, 0, "the checkpoint of size %d comes after one of its size or more", w.heads.head.size)
		}
		if err := w.checkHead(w.heads.head, root); err != nil {
			return err
		}
		if err := w.heads.advance(); err != nil {
			return err
		}
	}
	return w.checkAnchored(size, root, signed)
}

func (w *walk) checkHead(h storedHead, root tlog.Hash) error {
	c, err := openStored(h.signed, w.Verifier)
	switch {
	case err != nil:
		return fault(faultOf(err), h.size, "the checkpoint of size %d: %v", h.size, err)
	case c.Origin != w.Origin:
		return fault(FaultSignature, h.size, "the checkpoint of size %d is of the log %q", h.size, c.Origin)
	case c.Size != h.size:
		return fault(FaultReordered, h.size, "the checkpoint in the place of size %d is of size %d", h.size, c.Size)
	case c.Root != root:
		return fault(FaultChanged, w.covered+1, "the entries from here to %d do not give the root signed for %d", h.size, h.size)
	}
	w.covered = h.size
	w.report.Checkpoints++
	return nil
}

// checkAnchored compares the anchored heads of the present size. There may be
// several: an append that failed at the last moment is done again.
func (w *walk) checkAnchored(size int64, root tlog.Hash, signed bool) error {
	for w.anchored.more && w.anchored.head.Size <= size {
		c := w.anchored.head
		switch {
		case c.Origin != w.Origin:
			return fault(FaultSignature, 0, "the anchored head of size %d is of the log %q", c.Size, c.Origin)
		case c.Size < size:
			return fault(FaultReordered, 0, "the anchored head of size %d comes after a larger one", c.Size)
		case c.Root != root:
			return fault(FaultChanged, size, "the entries up to here do not give the root anchored for them")
		case !signed:
			return fault(FaultMissing, size, "the anchor has a head of size %d, the database no checkpoint", size)
		}
		w.report.Anchored++
		if err := w.anchored.advance(); err != nil {
			return err
		}
	}
	return nil
}

// checkOpenings opens the entry's commitments that still have keys.
func (w *walk) checkOpenings(e Entry) error {
	for w.openings.more && w.openings.head.seq <= e.Seq {
		o := w.openings.head
		if o.seq < e.Seq {
			return fault(FaultCommitment, 0, "there is a key to %q for number %d, out of its place", o.field, o.seq)
		}
		if err := open(e, o); err != nil {
			return err
		}
		w.report.Openings++
		if err := w.openings.advance(); err != nil {
			return err
		}
	}
	return nil
}

func open(e Entry, o opening) error {
	for _, c := range e.Commitments {
		if c.Field != o.field {
			continue
		}
		if !c.Opens(o.key, o.value) {
			return fault(FaultCommitment, e.Seq, "what is kept as %q is not what was committed to", o.field)
		}
		return nil
	}
	return fault(FaultCommitment, e.Seq, "there is a key to %q, and no commitment", o.field)
}

// finish checks that nothing is left over and nothing uncovered once the last entry
// is read. A checkpoint of ours that is ahead proves more than an anchored one, so it
// comes first: in a mere older copy of the database the two go back together.
func (w *walk) finish() error {
	size := w.tree.Size()
	switch {
	case w.heads.more:
		return fault(FaultCutOff, size+1, "there is a checkpoint of size %d, and only %s", w.heads.head.size, count(size, "entry"))
	case w.hashes.more:
		return fault(FaultCutOff, size+1, "the stored hashes go on after the last entry")
	case w.openings.more:
		return fault(FaultCutOff, size+1, "there is a key for entry %d, and only %s", w.openings.head.seq, count(size, "entry"))
	case w.anchored.more:
		return fault(FaultRolledBack, size+1, "the anchor has a head of %s, the database has %s",
			count(w.anchored.head.Size, "entry"), thousands(size))
	case w.report.Checkpoints == 0:
		return fault(FaultMissing, 0, "there is no signed checkpoint, so nothing is proven")
	case w.covered < size:
		return fault(FaultInserted, w.covered+1, "no signed checkpoint covers the entries from here to %d", size)
	}
	return nil
}
