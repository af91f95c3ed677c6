package audit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// What a bundle can be about.
const (
	ScopeLog    = "log"    // every entry
	ScopeCase   = "case"   // the entries of one case
	ScopePeriod = "period" // the entries of one period
)

// BundleScope says what a bundle is about.
type BundleScope struct {
	Kind     string    // [ScopeLog], [ScopeCase] or [ScopePeriod]
	Case     string    // the object of every entry, for a case
	From, To time.Time // From <= time < To, for a period; the zero time leaves a side open
}

func (s BundleScope) check() error {
	switch s.Kind {
	case ScopeLog:
		if s != (BundleScope{Kind: ScopeLog}) {
			return errors.New("the whole log has neither case nor period")
		}
	case ScopeCase:
		if s.Case == "" || s != (BundleScope{Kind: ScopeCase, Case: s.Case}) {
			return errors.New("a case has an id and no period")
		}
	case ScopePeriod:
		return s.checkPeriod()
	default:
		return fmt.Errorf("there is no scope %q", s.Kind)
	}
	return nil
}

func (s BundleScope) checkPeriod() error {
	open := s.From.IsZero() || s.To.IsZero()
	switch {
	case s.Case != "" || s.From.IsZero() && s.To.IsZero():
		return errors.New("a period has a beginning or an end, and no case")
	case !open && !s.From.Before(s.To):
		return errors.New("the period ends before it begins")
	}
	for _, t := range []time.Time{s.From, s.To} {
		if !t.IsZero() && checkTime(t) != nil {
			return fmt.Errorf("period: %w", checkTime(t))
		}
	}
	return nil
}

// BundleHeader is the first line of a bundle.
type BundleHeader struct {
	Keys       []string // the log's vkeys up to the checkpoint, in the order of their use
	Scope      BundleScope
	Checkpoint []byte // signed note, with cosignatures if there are any
}

// BundleWriter writes a bundle (see the package comment), a line at a time: first the
// entries by rising seq, then the proofs of consistency, then Close. It adds the proofs
// of the entries itself. What has to be among the entries depends on the scope:
//
//   - of the log, every entry;
//   - of a case, every entry with that object;
//   - of a period, every entry in it, and the one before and the one after;
//   - of a case or a period, besides, every key_rotated entry.
//
// It does not check that; [VerifyBundle] does, as far as it can be seen.
type BundleWriter struct {
	w       *bufio.Writer
	hashes  tlog.HashReader // of the log
	size    int64           // of the log under the checkpoint
	whole   bool            // the scope is the whole log
	entries int64
	headed  int64 // entries under the newest line with a head
	line    []byte
}

// bundleBlock is how many entries of a whole log share a line with a head.
const bundleBlock = 64

// NewBundleWriter writes the first line; hashes are the log's. The error is w's, or for
// a header whose checkpoint the last of its keys did not sign, or whose scope is none.
func NewBundleWriter(w io.Writer, h BundleHeader, hashes tlog.HashReader) (*BundleWriter, error) {
	keys, head, err := h.open()
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	h.Keys = keys.VKeys()
	b := &BundleWriter{w: bufio.NewWriterSize(w, 64<<10), hashes: hashes, size: head.Size, whole: h.Scope.Kind == ScopeLog}
	return b, b.write(appendBundleHeader(nil, bundleVersion, keys.Origin(), h))
}

// open checks the header against itself.
func (h BundleHeader) open() (Keys, Checkpoint, error) {
	keys, err := NewKeys(h.Keys...)
	if err != nil {
		return Keys{}, Checkpoint{}, err
	}
	if err := h.Scope.check(); err != nil {
		return Keys{}, Checkpoint{}, err
	}
	c, err := OpenCheckpoint(h.Checkpoint, keys.last())
	if err == nil && c.Origin != keys.Origin() {
		err = fmt.Errorf("%w: the checkpoint is of the log %q", ErrSignature, c.Origin)
	}
	return keys, c, err
}

// Entry writes one entry: of a case or a period with its proof, of the whole log, every
// so often, with a head behind it.
func (b *BundleWriter) Entry(seq int64, body []byte) (err error) {
	b.entries++
	line := bundleEntry{seq: seq, body: body}
	if !b.whole {
		if line.proof, err = ProveInclusion(b.size, seq, b.hashes); err != nil {
			return err
		}
	}
	if err := b.write(line.appendTo(b.line[:0], b.whole)); err != nil {
		return err
	}
	if b.whole && (seq%bundleBlock == 0 || seq == b.size) {
		return b.head(seq)
	}
	return nil
}

// head writes the proof that the log went through this size, and the hashes of the
// entries since the last such line.
func (b *BundleWriter) head(size int64) (err error) {
	line := bundleHead{size: size}
	if line.root, err = Root(size, b.hashes); err != nil {
		return err
	}
	if line.proof, err = ProveConsistency(size, b.size, b.hashes); err != nil {
		return err
	}
	var places []int64
	for seq := b.headed + 1; seq <= size; seq++ {
		places = append(places, StoredHashIndex(seq))
	}
	if line.leaves, err = b.hashes.ReadHashes(places); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	b.headed = size
	return b.write(line.appendTo(b.line[:0]))
}

// Consistency writes the proof that the bundle's checkpoint goes on from an older one.
func (b *BundleWriter) Consistency(from int64, root tlog.Hash, proof tlog.TreeProof) error {
	return b.write(bundleConsistency{from, root, proof}.appendTo(b.line[:0]))
}

// Close writes the last line. It does not close the writer below.
func (b *BundleWriter) Close() error {
	if err := b.write(appendBundleEnd(b.line[:0], b.entries)); err != nil {
		return err
	}
	if err := b.w.Flush(); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}

func (b *BundleWriter) write(line []byte) error {
	b.line = append(line, '\n') // kept for its room
	if len(b.line) > maxBundleLine {
		return fmt.Errorf("bundle: a line of %d bytes is too long", len(b.line))
	}
	if _, err := b.w.Write(b.line); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return nil
}
