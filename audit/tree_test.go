package audit_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// stored is a list of hashes that can be read like a table of them.
type stored []tlog.Hash

func (s stored) ReadHashes(places []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, p := range places {
		if p < 0 || p >= int64(len(s)) {
			return nil, fmt.Errorf("no hash number %d", p)
		}
		out = append(out, s[p])
	}
	return out, nil
}

func leaf(n int64) []byte { return fmt.Appendf(nil, "entry %d", n) }

// plainRoot is RFC 6962, section 2.1, word for word, with nothing of ours or tlog's.
func plainRoot(leaves [][]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := plainRoot(leaves[:k]), plainRoot(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

// TestTree grows one tree in four ways: with the frontier, with our wrappers, with
// tlog alone, and by the words of the RFC.
func TestTree(t *testing.T) {
	var have stored
	var leaves [][]byte
	f := &audit.Frontier{}
	for seq := int64(1); seq <= 70; seq++ {
		body := leaf(seq)
		leaves = append(leaves, body)
		if got := audit.StoredHashIndex(seq); got != int64(len(have)) || got != tlog.StoredHashCount(seq-1) {
			t.Fatalf("entry %d begins at %d, %d are stored", seq, got, len(have))
		}
		want, _ := tlog.StoredHashes(seq-1, body, have)
		wrapped, err := audit.StoredHashes(body, seq, have)
		if err != nil || !slices.Equal(wrapped, want) {
			t.Fatalf("entry %d: StoredHashes gives %v, %v", seq, wrapped, err)
		}
		again, err := audit.NewFrontier(seq-1, have)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []*audit.Frontier{again, f} {
			got, err := f.Append(body)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("entry %d: the frontier gives %v, %v", seq, got, err)
			}
			root, err := f.Root()
			if err != nil || root != tlog.Hash(plainRoot(leaves)) || f.Size() != seq {
				t.Fatalf("entry %d: the frontier has size %d, root %v, %v", seq, f.Size(), root, err)
			}
		}
		have = append(have, want...)
		theirs, _ := tlog.TreeHash(seq, have)
		ours, err := audit.Root(seq, have)
		if err != nil || ours != theirs || ours != tlog.Hash(plainRoot(leaves)) {
			t.Fatalf("entry %d: root %v, %v", seq, ours, err)
		}
	}
}

func TestEmptyTree(t *testing.T) {
	want := tlog.Hash(plainRoot(nil))
	root, err := audit.Root(0, nil)
	if err != nil || root != want {
		t.Errorf("Root: %v, %v", root, err)
	}
	f, err := audit.NewFrontier(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if root, err := f.Root(); err != nil || root != want {
		t.Errorf("frontier: %v, %v", root, err)
	}
}

func TestCloneGoesItsOwnWay(t *testing.T) {
	for size := range int64(20) {
		f := &audit.Frontier{}
		for seq := int64(1); seq <= size; seq++ {
			f.Append(leaf(seq))
		}
		before, _ := f.Root()
		c := f.Clone()
		for seq := range int64(5) {
			c.Append(leaf(100 + seq))
		}
		after, _ := f.Root()
		if before != after || f.Size() != size || c.Size() != size+5 {
			t.Errorf("size %d: the clone changed the original", size)
		}
	}
}

func TestTreeErrors(t *testing.T) {
	broken := errors.New("disk gone")
	bad := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, broken })
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, nil })
	for name, run := range map[string]func(tlog.HashReader, int64) error{
		"frontier": func(r tlog.HashReader, n int64) error { _, err := audit.NewFrontier(n, r); return err },
		"root":     func(r tlog.HashReader, n int64) error { _, err := audit.Root(n, r); return err },
		"hashes":   func(r tlog.HashReader, n int64) error { _, err := audit.StoredHashes(nil, n, r); return err },
		"record":   func(r tlog.HashReader, n int64) error { _, err := audit.ProveInclusion(n, 1, r); return err },
		"tree":     func(r tlog.HashReader, n int64) error { _, err := audit.ProveConsistency(1, n, r); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(bad, 6); !errors.Is(err, broken) {
				t.Errorf("a broken reader gives %v", err)
			}
			if err := run(short, 6); err == nil {
				t.Error("a reader that reads nothing passes")
			}
			for _, n := range []int64{-1, 1<<63 - 1} {
				if err := run(bad, n); err == nil || errors.Is(err, broken) {
					t.Errorf("size %d gives %v", n, err)
				}
			}
		})
	}
}

func TestProofs(t *testing.T) {
	var have stored
	roots := []tlog.Hash{tlog.Hash(plainRoot(nil))}
	f := &audit.Frontier{}
	for seq := int64(1); seq <= 20; seq++ {
		hashes, _ := f.Append(leaf(seq))
		have = append(have, hashes...)
		root, _ := f.Root()
		roots = append(roots, root)
	}
	for size := int64(1); size <= 20; size++ {
		for seq := int64(1); seq <= size; seq++ {
			p, err := audit.ProveInclusion(size, seq, have)
			if err != nil {
				t.Fatal(err)
			}
			if err := audit.CheckInclusion(p, size, roots[size], seq, leaf(seq)); err != nil {
				t.Errorf("entry %d in %d: %v", seq, size, err)
			}
			if audit.CheckInclusion(p, size, roots[size], seq, leaf(seq+1)) == nil {
				t.Errorf("another entry passes for %d in %d", seq, size)
			}
		}
		for old := range size + 1 {
			p, err := audit.ProveConsistency(old, size, have)
			if err != nil {
				t.Fatal(err)
			}
			if err := audit.CheckConsistency(p, old, roots[old], size, roots[size]); err != nil {
				t.Errorf("%d begins with %d: %v", size, old, err)
			}
			if audit.CheckConsistency(p, old, tlog.Hash{1}, size, roots[size]) == nil {
				t.Errorf("another root passes for %d in %d", old, size)
			}
		}
	}
	for _, seq := range []int64{0, 21, -5} {
		if _, err := audit.ProveInclusion(20, seq, have); err == nil {
			t.Errorf("entry %d was proven", seq)
		}
	}
	if audit.CheckInclusion(nil, 1<<62, roots[1], 1, leaf(1)) == nil || audit.CheckConsistency(nil, 1, roots[1], 1<<62, roots[1]) == nil {
		t.Error("a size beyond all logs passes")
	}
}
