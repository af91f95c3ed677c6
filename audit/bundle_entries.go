package audit

// entry checks a line with an entry.
func (b *bundleCheck) entry(line string) error {
	whole := b.scope.Kind == ScopeLog
	l, err := parseBundleEntry(line, whole)
	if err != nil {
		return b.odd(err)
	}
	e, err := b.read(l)
	if err != nil {
		return err
	}
	if whole {
		err = b.grow(l)
	} else {
		err = b.prove(l)
	}
	if err != nil {
		return err
	}
	if e.Time.Before(b.last.time) {
		return fault(FaultTime, e.Seq, "its time is before that of the entry before it in the bundle")
	}
	if err := b.place(e); err != nil {
		return err
	}
	if e.Action == ActionKeyRotated {
		return b.rotate(e)
	}
	return nil
}

// read checks that the entry says it stands where the line says, and that the line
// comes where it should.
func (b *bundleCheck) read(l bundleEntry) (Entry, error) {
	next := b.last.seq + 1
	switch {
	case l.seq < next:
		return Entry{}, fault(FaultReordered, l.seq, "number %d comes after number %d", l.seq, b.last.seq)
	case b.scope.Kind == ScopeLog && l.seq > next:
		return Entry{}, fault(FaultMissing, next, "the entry after number %d is number %d", b.last.seq, l.seq)
	case l.seq > b.head.Size:
		return Entry{}, fault(FaultInserted, l.seq, "the signed checkpoint covers %s", count(b.head.Size, "entry"))
	}
	e, err := Parse(l.body)
	if err != nil {
		return Entry{}, fault(FaultChanged, l.seq, "its bytes are no entry: %v", err)
	}
	if e.Seq != l.seq {
		return Entry{}, fault(FaultReordered, l.seq, "the entry in this place says it is number %d", e.Seq)
	}
	return e, nil
}

func (b *bundleCheck) prove(l bundleEntry) error {
	if err := CheckInclusion(l.proof, b.head.Size, b.head.Root, l.seq, l.body); err != nil {
		return fault(FaultChanged, l.seq, "its bytes and its proof do not lead to the signed root")
	}
	return nil
}

// place checks that the entry belongs into the scope, and that none is left out
// before it as far as that can be seen.
func (b *bundleCheck) place(e Entry) (err error) {
	now := bundlePlace{seq: e.Seq, time: e.Time, rotated: e.Action == ActionKeyRotated}
	switch b.scope.Kind {
	case ScopeCase:
		err = b.placeInCase(e)
	case ScopePeriod:
		now.after = !b.scope.To.IsZero() && !e.Time.Before(b.scope.To)
		err = b.placeInPeriod(e, now)
	}
	b.last = now
	b.report.Entries++
	return err
}

// placeInCase follows the case from state to state: each entry that moves it says
// where it stood before.
func (b *bundleCheck) placeInCase(e Entry) error {
	switch {
	case e.Object != b.scope.Case && e.Action == ActionKeyRotated:
		return nil
	case e.Object != b.scope.Case:
		return fault(FaultInserted, e.Seq, "it is about %q, the bundle about %q", e.Object, b.scope.Case)
	case !CaseActions[e.Action]:
		return nil
	}
	if e.After != nil && e.Before != nil && b.story.follows(b.story.find(e.Object), &e) != nil {
		return fault(FaultMissing, e.Seq, "before this entry a step of the case is left out: it goes on from %s version %d",
			e.Before.State, e.Before.Version)
	}
	return b.story.apply(&e, digest{})
}

// placeInPeriod wants one run of entries without a gap that begins with the last one
// before the period and ends with the first one after it. Others may only be there
// because they rotate a key.
func (b *bundleCheck) placeInPeriod(e Entry, now bundlePlace) error {
	if e.Time.Before(b.scope.From) {
		return b.checkBefore(b.last)
	}
	if b.last.after {
		if !now.rotated {
			return fault(FaultInserted, e.Seq, "it is after the period, and not the first after it")
		}
		return nil
	}
	if e.Seq != b.last.seq+1 {
		return fault(FaultMissing, b.last.seq+1, "the period has a gap: the entry after number %d is number %d", b.last.seq, e.Seq)
	}
	return nil
}

// checkBefore is for an entry with another one behind it that is before the period too.
func (b *bundleCheck) checkBefore(p bundlePlace) error {
	if p.seq > 0 && !p.rotated {
		return fault(FaultInserted, p.seq, "it is before the period, and not the last before it")
	}
	return nil
}

// rotate follows the log from one key to the next.
func (b *bundleCheck) rotate(e Entry) error {
	next, err := b.followed.Follow(e)
	if err != nil {
		return fault(FaultSignature, e.Seq, "%v", err)
	}
	if n := len(next.list); n > len(b.keys.list) || next.last().text != b.keys.list[n-1].text {
		return fault(FaultSignature, e.Seq, "it hands over to a key that the bundle does not list there")
	}
	b.followed = next
	b.report.Rotations++
	return nil
}

// finishEntries checks that nothing is left out behind the last entry.
func (b *bundleCheck) finishEntries() error {
	if len(b.followed.list) < len(b.keys.list) {
		return fault(FaultMissing, 0, "no entry hands the log over to the key %s", b.keys.list[len(b.followed.list)].text)
	}
	switch b.scope.Kind {
	case ScopeLog:
		return b.finishLog()
	case ScopePeriod:
		if !b.last.after && b.last.seq < b.head.Size {
			return fault(FaultCutOff, b.last.seq+1, "the period does not reach its end, nor the log's")
		}
	case ScopeCase:
		if b.story.n == 0 {
			return fault(FaultMissing, 0, "there is no entry that moves the case %q", b.scope.Case)
		}
	}
	return nil
}

// consistency checks a line with a proof that the log goes on from an older head.
func (b *bundleCheck) consistency(line string) error {
	c, err := parseBundleConsistency(line)
	if err != nil {
		return b.odd(err)
	}
	if err := CheckConsistency(c.proof, c.from, c.root, b.head.Size, b.head.Root); err != nil {
		return fault(FaultChanged, 0, "line %d does not prove that the log goes on from size %d", b.number, c.from)
	}
	return b.see(Checkpoint{b.head.Origin, c.from, c.root})
}

// finish checks the last line and that nothing stands behind it.
func (b *bundleCheck) finish(line string) error {
	entries, err := parseBundleEnd(line)
	switch {
	case err != nil:
		return b.odd(err)
	case entries > b.report.Entries:
		return fault(FaultMissing, 0, "the bundle says it has %s, and has %s", count(entries, "entry"), thousands(b.report.Entries))
	case entries < b.report.Entries:
		return fault(FaultInserted, 0, "the bundle says it has %s, and has %s", count(entries, "entry"), thousands(b.report.Entries))
	}
	if _, err := b.lines.ReadByte(); err == nil {
		return fault(FaultInserted, 0, "the bundle goes on after its last line")
	}
	if len(b.waiting) > 0 {
		return fault(FaultMissing, 0, "there is no proof that the log goes on from your checkpoint of size %d: ask for a bundle since that one", b.waiting[0].Size)
	}
	return nil
}
