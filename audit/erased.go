package audit

// Erasure. Whoever is erased leaves a skeleton of each case: what its entries state in
// clear. The keys of the commitments in those entries are gone, all of them; the key of
// what was said for the erasure itself is another matter, since that is not about the
// person. Both are checked: that what was erased is gone, and that nothing is gone which
// no entry says was erased.

// wordsKept notes whether the keys of an entry's commitments are kept.
func (r *replay) wordsKept(e *Entry, opened int64) {
	if len(e.Commitments) == 0 || e.Action == actionErased {
		return
	}
	if c := r.find(e.Object); c != nil {
		c.opens = c.opens || opened > 0
		c.closed = c.closed || opened < int64(len(e.Commitments))
	}
}

// gone checks that a case is empty if its person was erased, and only then.
func (c *caseNow) gone(row *CaseState) error {
	switch {
	case c.erased && !row.Emptied:
		return fault(FaultCase, c.seq, "case %q: its person was erased, and data of theirs stand in its rows", row.ID)
	case c.erased && c.opens:
		return fault(FaultCommitment, c.seq, "case %q: its person was erased, and words of its entries are kept", row.ID)
	case !c.erased && row.Emptied:
		return fault(FaultCase, c.seq, "case %q: the data of its person are gone, and no entry says that they were erased", row.ID)
	case !c.erased && c.closed:
		return fault(FaultCommitment, c.seq, "case %q: words of its entries are gone, and no entry says that they were erased", row.ID)
	}
	return nil
}
