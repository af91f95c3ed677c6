package audit

import (
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// maxSize is far above any log's size and far below where the arithmetic of
// places would overflow.
const maxSize = 1 << 48

// StoredHashes returns the hashes to store for the entry with these bytes and this
// seq (from 1), from place [StoredHashIndex](seq) on. It reads at most log₂ seq
// earlier hashes from r. The error is r's, or says that seq is out of range.
func StoredHashes(e []byte, seq int64, r tlog.HashReader) ([]tlog.Hash, error) {
	if seq < 1 || seq > maxSize {
		return nil, fmt.Errorf("hashes of entry %d: no such number", seq)
	}
	hashes, err := tlog.StoredHashes(seq-1, e, r)
	if err != nil {
		return nil, fmt.Errorf("hashes of entry %d: %w", seq, err)
	}
	return hashes, nil
}

// StoredHashIndex returns the place (from 0) of the first stored hash of the entry
// with this seq (from 1): its leaf hash.
func StoredHashIndex(seq int64) int64 { return tlog.StoredHashIndex(0, seq-1) }

// Root returns the root of the tree of the first size entries. The error is r's, or
// says that size is out of range.
func Root(size int64, r tlog.HashReader) (tlog.Hash, error) {
	if err := checkSize(size); err != nil {
		return tlog.Hash{}, err
	}
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("root of %d entries: %w", size, err)
	}
	return root, nil
}

func checkSize(size int64) error {
	if size < 0 || size > maxSize {
		return fmt.Errorf("a log has no size %d", size)
	}
	return nil
}

// Frontier is the right edge of the tree: all that is needed to append to it and to
// know its root. It holds one hash for each complete subtree, at most log₂ size,
// largest first. The zero value is the empty tree. Not safe for use by two
// goroutines at once.
type Frontier struct {
	size int64
	edge []tlog.Hash // one for each 1 in the binary form of size
}

// NewFrontier reads the edge of the tree of the first size entries from r, once.
// The error is r's, or says that size is out of range.
func NewFrontier(size int64, r tlog.HashReader) (*Frontier, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if size == 0 {
		return &Frontier{}, nil
	}
	var places []int64
	for level := 48; level >= 0; level-- {
		// a 1 in size at this level is a subtree of 2^level leaves, the last complete one
		if n := size >> level; n&1 == 1 {
			places = append(places, tlog.StoredHashIndex(level, n-1))
		}
	}
	edge, err := r.ReadHashes(places)
	if err != nil {
		return nil, fmt.Errorf("edge of %d entries: %w", size, err)
	}
	if len(edge) != len(places) {
		return nil, fmt.Errorf("edge of %d entries: %d hashes instead of %d", size, len(edge), len(places))
	}
	return &Frontier{size, slices.Clone(edge)}, nil
}

// Append adds an entry's bytes and returns the hashes to store for it, from place
// [StoredHashIndex](Size()) on. The error says that the tree is full; then nothing
// was added.
func (f *Frontier) Append(body []byte) ([]tlog.Hash, error) {
	return f.appendLeaf(nil, tlog.RecordHash(body))
}

// appendLeaf is Append for an entry whose leaf hash is known. It puts the hashes to
// store behind stored.
func (f *Frontier) appendLeaf(stored []tlog.Hash, h tlog.Hash) ([]tlog.Hash, error) {
	if f.size >= maxSize {
		return nil, fmt.Errorf("append: a log holds %d entries at most", int64(maxSize))
	}
	stored = append(stored, h)
	// like a carry in binary addition: each 1 at the end is a subtree that gets its twin
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.edge) - 1
		h = tlog.NodeHash(f.edge[last], h)
		stored = append(stored, h)
		f.edge = f.edge[:last]
	}
	f.edge = append(f.edge, h)
	f.size++
	return stored, nil
}

// Size is the number of entries.
func (f *Frontier) Size() int64 { return f.size }

// Root returns the root of the tree as it stands. The error says that the frontier
// is damaged; one made by this package never is.
func (f *Frontier) Root() (tlog.Hash, error) {
	if len(f.edge) == 0 {
		return Root(0, nil)
	}
	last := len(f.edge) - 1
	h := f.edge[last]
	for _, left := range slices.Backward(f.edge[:last]) {
		h = tlog.NodeHash(left, h)
	}
	return h, nil
}

// Clone returns a copy that goes its own way, so that a caller whose transaction
// fails can go back to it.
func (f *Frontier) Clone() *Frontier { return &Frontier{f.size, slices.Clone(f.edge)} }
