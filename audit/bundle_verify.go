package audit

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// VerifyBundle checks a bundle, reading it once and holding one line of it at a time.
// The report names the first fault. The error says that the check could not be carried
// out, because r failed or the options cannot be used; the report's fault is then
// [FaultUnreadable]. It never panics.
//
// It checks that
//   - every line is as [BundleWriter] writes it, and the last one is there;
//   - the last of the log's keys signed the checkpoint, the pinned keys are among them,
//     and key_rotated entries lead from the first to the last;
//   - as many of the witnesses cosigned as are to;
//   - every entry is in the log under that checkpoint, in its own place: in a bundle of
//     the whole log because all entries together give its root, and up to each head that
//     of the head, else by its own proof;
//   - the scope holds: all of the log, nothing but the case and no step of it between
//     others left out, or all of the period and the entries on its two sides;
//   - times do not fall;
//   - the log goes on from every checkpoint held.
func VerifyBundle(r io.Reader, o BundleOptions) (BundleReport, error) {
	b := bundleCheck{BundleOptions: o, good: &Frontier{}, lines: bufio.NewReaderSize(r, maxBundleLine)}
	err := b.run()
	var f found
	switch {
	case err == nil:
		return b.report, nil
	case errors.As(err, &f):
		b.report.Fault, b.report.Seq, b.report.Detail = f.Fault, f.seq, strings.ReplaceAll(f.detail, "\n", "; ")
		return b.report, nil
	}
	b.report.Fault, b.report.Detail = FaultUnreadable, strings.ReplaceAll(err.Error(), "\n", "; ")
	return b.report, fmt.Errorf("verify bundle: %w", err)
}

// bundleCheck is one run of VerifyBundle.
type bundleCheck struct {
	BundleOptions
	report BundleReport
	lines  *bufio.Reader
	number int64 // of the line read last

	keys     Keys       // as the header lists them
	followed Keys       // as far as rotations have led
	head     Checkpoint // signed
	scope    BundleScope
	version  int64
	tree     Frontier     // of the whole log
	covered  int64        // entries of it under a checkpoint held, or a head
	good     *Frontier    // the tree at the newest head that was right
	leaves   []tlog.Hash  // of the entries since
	doubt    error        // a checkpoint held does not fit: unless an entry turns out to be another one
	last     bundlePlace  // the entry read last
	story    replay       // of the case
	waiting  []Checkpoint // held and not yet seen, by rising size
}

// bundlePlace is where an entry of a bundle stands.
type bundlePlace struct {
	seq     int64 // 0 before the first
	time    time.Time
	rotated bool
	after   bool // it is behind the period
}

func (b *bundleCheck) run() error {
	if err := b.start(); err != nil {
		return err
	}
	line, err := b.next()
	for ; err == nil; line, err = b.next() {
		switch kind := lineKind(line); {
		case kind == entryStart:
			err = b.entry(line)
		case kind == headStart && b.headed():
			err = b.headLine(line)
		default:
			return b.behind(line)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// headed reports whether the bundle may have lines with heads.
func (b *bundleCheck) headed() bool { return b.version > 1 && b.scope.Kind == ScopeLog }

// behind reads from the first line behind the entries on.
func (b *bundleCheck) behind(line string) (err error) {
	if kind := lineKind(line); kind == "" || kind == headStart {
		return b.odd(errOtherLine)
	}
	if err := b.finishEntries(); err != nil {
		return err
	}
	for ; err == nil && lineKind(line) == consistencyStart; line, err = b.next() {
		if err := b.consistency(line); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	return b.finish(line)
}

// next reads a line without its newline.
func (b *bundleCheck) next() (string, error) {
	b.number++
	line, err := b.lines.ReadSlice('\n')
	switch {
	case err == io.EOF:
		return "", fault(FaultCutOff, 0, "the bundle stops in or before line %d, without its last line", b.number)
	case err == bufio.ErrBufferFull:
		return "", fault(FaultChanged, 0, "line %d is longer than any of a bundle", b.number)
	case err != nil:
		return "", err
	}
	return string(line[:len(line)-1]), nil
}

var errOtherLine = fmt.Errorf("%w: it is none of a bundle's lines", ErrNotCanonical)

// odd is the fault of a line that is not as it is written.
func (b *bundleCheck) odd(err error) error {
	return fault(FaultChanged, 0, "line %d: %v", b.number, err)
}

// start reads the header and settles what the rest is held against.
func (b *bundleCheck) start() error {
	if b.Keys.Origin() == "" {
		return errors.New("there is no key to check signatures with")
	}
	line, err := b.next()
	if err != nil {
		return err
	}
	version, origin, h, err := parseBundleHeader(line)
	if err != nil {
		return b.odd(err)
	}
	if err := h.Scope.check(); err != nil {
		return b.odd(err)
	}
	if b.keys, b.head, err = h.open(); err != nil {
		return fault(cmp.Or(knownFault(err), FaultSignature), 0, "the bundle's checkpoint: %v", err)
	}
	b.version, b.scope = version, h.Scope
	b.report.Scope, b.report.Checkpoint, b.report.Keys = h.Scope, b.head, b.keys.VKeys()
	if origin != b.keys.Origin() || !slices.Equal(h.Keys, b.keys.VKeys()) {
		return fault(FaultSignature, 0, "the bundle's keys are not those of the log %q", origin)
	}
	if !b.keys.holds(b.Keys) {
		return fault(FaultSignature, 0, "the log's keys do not lead to the one that you trust")
	}
	b.followed = Keys{b.keys.list[:1]}
	if err := b.countWitnesses(h.Checkpoint); err != nil {
		return err
	}
	return b.sortHeld()
}

// knownFault is the fault of an error that says it by itself; none for others.
func knownFault(err error) Fault {
	if f := faultOf(err); f != FaultUnreadable {
		return f
	}
	return FaultNone
}

func (b *bundleCheck) countWitnesses(signed []byte) (err error) {
	b.report.Cosigned, err = VerifyCosignatures(signed, b.Witnesses)
	if errors.Is(err, ErrSignature) {
		return fault(FaultSignature, 0, "%v", err)
	}
	if err != nil {
		return err
	}
	for _, v := range b.Witnesses {
		name, _, _ := strings.Cut(strings.TrimSpace(v), "+")
		if !slices.ContainsFunc(b.report.Cosigned, func(c Cosigned) bool { return c.Name == name }) {
			b.report.Missing = append(b.report.Missing, name)
		}
	}
	if n := len(b.report.Cosigned); n < b.Quorum {
		return fault(FaultUnwitnessed, 0, "%d of the witnesses cosigned the checkpoint, %d are to", n, b.Quorum)
	}
	return nil
}

// sortHeld looks at the checkpoints held, and sees those of the empty log at once.
func (b *bundleCheck) sortHeld() error {
	b.waiting = slices.SortedFunc(slices.Values(b.Held), func(x, y Checkpoint) int { return cmp.Compare(x.Size, y.Size) })
	for _, c := range b.waiting {
		switch {
		case c.Origin != b.keys.Origin():
			return fmt.Errorf("the checkpoint held is of the log %q", c.Origin)
		case c.Size > b.head.Size:
			return fault(FaultRolledBack, b.head.Size+1, "you hold a checkpoint of %s, the bundle's has %s",
				count(c.Size, "entry"), thousands(b.head.Size))
		}
	}
	empty, err := Root(0, nil)
	if err != nil {
		return err
	}
	if err := b.see(Checkpoint{b.head.Origin, 0, empty}); err != nil {
		return err
	}
	return b.see(b.head)
}

// see ticks off the checkpoints held of the same size as one known to be the log's.
func (b *bundleCheck) see(c Checkpoint) error {
	for _, h := range b.waiting {
		if h.Size == c.Size && h.Root != c.Root {
			return fault(FaultChanged, b.covered+1, "your checkpoint of size %d has another root than this log had: one of the two was rewritten", h.Size)
		}
	}
	before := len(b.waiting)
	b.waiting = slices.DeleteFunc(b.waiting, func(h Checkpoint) bool { return h.Size == c.Size })
	if before > len(b.waiting) {
		b.report.Held += before - len(b.waiting)
		b.covered = max(b.covered, c.Size)
	}
	return nil
}
