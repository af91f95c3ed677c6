package audit

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// grow adds an entry of the whole log to the tree, and compares the checkpoints held. One
// that does not fit may be good, and an entry before it bad: the next head tells.
func (b *bundleCheck) grow(l bundleEntry) error {
	leaf := tlog.RecordHash(l.body)
	if _, err := b.tree.appendLeaf(nil, leaf); err != nil {
		return err
	}
	if b.headed() && len(b.leaves) < bundleBlock {
		b.leaves = append(b.leaves, leaf)
	}
	if len(b.waiting) == 0 || b.waiting[0].Size != l.seq || b.doubt != nil {
		return nil
	}
	root, err := b.tree.Root()
	if err != nil {
		return err
	}
	b.doubt = b.see(Checkpoint{b.head.Origin, l.seq, root})
	return nil
}

// headLine checks a line with a head. Where the entries do not give its root, the hashes
// beside it name the entry; if somebody changed them too, only the span is known.
func (b *bundleCheck) headLine(line string) error {
	h, err := parseBundleHead(line)
	if err != nil {
		return b.odd(err)
	}
	if err := b.placeHead(h); err != nil {
		return err
	}
	if CheckConsistency(h.proof, h.size, h.root, b.head.Size, b.head.Root) != nil {
		return fault(FaultChanged, 0, "line %d does not prove that the log went through the size %d", b.number, h.size)
	}
	root, err := b.tree.Root()
	switch {
	case err != nil:
		return err
	case root != h.root:
		return b.nameChanged(h)
	case b.doubt != nil:
		return b.doubt
	case !slices.Equal(h.leaves, b.leaves):
		return fault(FaultChanged, 0, "line %d lists other hashes than those of its entries", b.number)
	}
	b.good, b.leaves, b.covered = b.tree.Clone(), b.leaves[:0], h.size
	return nil
}

// placeHead wants each head behind its last entry, and no more entries between two than
// the hashes can be kept of.
func (b *bundleCheck) placeHead(h bundleHead) error {
	switch {
	case h.size > b.last.seq && h.size == b.head.Size:
		return fault(FaultCutOff, b.last.seq+1, "line %d is of the size %d, and the entries before it end with number %d", b.number, h.size, b.last.seq)
	case h.size > b.last.seq:
		return fault(FaultMissing, b.last.seq+1, "line %d is of the size %d, and the entries before it end with number %d", b.number, h.size, b.last.seq)
	case h.size < b.last.seq || h.size == b.good.Size():
		return fault(FaultReordered, 0, "line %d is of the size %d, and stands behind entry %d", b.number, h.size, b.last.seq)
	case h.size-b.good.Size() > bundleBlock:
		return fault(FaultMissing, 0, "before line %d a head is left out", b.number)
	}
	return nil
}

// nameChanged names the first entry that is not the one that was signed.
func (b *bundleCheck) nameChanged(h bundleHead) error {
	tree := b.good.Clone()
	for _, leaf := range h.leaves {
		if _, err := tree.appendLeaf(nil, leaf); err != nil {
			return err
		}
	}
	from := b.good.Size() + 1
	if root, err := tree.Root(); err == nil && root == h.root && len(h.leaves) == len(b.leaves) {
		for i := range h.leaves {
			if h.leaves[i] != b.leaves[i] {
				return fault(FaultChanged, from+int64(i), "its bytes are not those that were signed")
			}
		}
	}
	return fault(FaultChanged, max(from, b.covered+1), "one of the entries from here to %d is not the one that was signed", h.size)
}

func (b *bundleCheck) finishLog() error {
	if b.last.seq < b.head.Size {
		return fault(FaultCutOff, b.last.seq+1, "the signed checkpoint covers %s, the bundle has %s",
			count(b.head.Size, "entry"), thousands(b.last.seq))
	}
	if b.headed() && b.good.Size() < b.head.Size {
		return fault(FaultMissing, 0, "behind the last entry its head is left out")
	}
	root, err := b.tree.Root()
	if err != nil {
		return err
	}
	if root != b.head.Root {
		return fault(FaultChanged, b.covered+1, "the entries from here to %d do not give the signed root", b.head.Size)
	}
	return b.doubt
}
