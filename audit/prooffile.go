package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// ProofExtension is how the name of a proof file should end (C2SP tlog-proof).
const ProofExtension = ".tlog-proof"

const proofHeader = "c2sp.org/tlog-proof@v1"

// maxProof is the longest proof file that is read, in bytes: an entry of the longest
// kind, 48 hashes and a checkpoint with many cosignatures.
const maxProof = 4 << 20

// maxHashes is how many hashes a proof can need in a log of [maxSize].
const maxHashes = 63

// Proof is a proof file: that an entry is in the log, for somebody who has nothing
// but the log's public key.
type Proof struct {
	Index      int64  // of the leaf, from 0: the entry's Seq-1
	Entry      []byte // its canonical bytes
	Hashes     []tlog.Hash
	Checkpoint []byte // signed note, with the cosignatures of witnesses if there are any
}

// Bytes writes the file (see the package comment).
func (p Proof) Bytes() []byte {
	b := []byte(proofHeader + "\nextra ")
	b = base64.StdEncoding.AppendEncode(b, p.Entry)
	b = strconv.AppendInt(append(b, "\nindex "...), p.Index, 10)
	b = append(b, '\n')
	b = appendHashLines(b, p.Hashes)
	b = append(b, '\n')
	return append(b, p.Checkpoint...)
}

func appendHashLines(b []byte, hashes []tlog.Hash) []byte {
	for _, h := range hashes {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return b
}

// ParseProof reads a proof file as [Proof.Bytes] writes it; every other form is an
// error that wraps [ErrNotCanonical]. Nothing is checked but the form.
func ParseProof(b []byte) (Proof, error) {
	p, err := parseProof(b)
	if err == nil && !bytes.Equal(p.Bytes(), b) {
		err = errors.New("the same proof is written otherwise")
	}
	if err == nil {
		err = checkSignatureLines(string(p.Checkpoint))
	}
	if err != nil {
		return Proof{}, fmt.Errorf("proof file: %w: %v", ErrNotCanonical, err)
	}
	return p, nil
}

func parseProof(b []byte) (p Proof, err error) {
	if len(b) > maxProof {
		return Proof{}, errors.New("it is too long")
	}
	head, checkpoint, found := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 3 || lines[0] != proofHeader {
		return Proof{}, fmt.Errorf("it does not begin with %q, an extra and an index line", proofHeader)
	}
	entry, isExtra := strings.CutPrefix(lines[1], "extra ")
	index, isIndex := strings.CutPrefix(lines[2], "index ")
	if !isExtra || !isIndex {
		return Proof{}, errors.New("its second line is not the entry, or its third not the index")
	}
	if p.Entry, err = base64.StdEncoding.DecodeString(entry); err != nil || len(p.Entry) == 0 {
		return Proof{}, errors.New("the entry is not base64")
	}
	if p.Index, err = strconv.ParseInt(index, 10, 64); err != nil || checkSize(p.Index) != nil {
		return Proof{}, fmt.Errorf("%q is no index", index)
	}
	p.Hashes, err = parseHashLines(lines[3:])
	p.Checkpoint = []byte(checkpoint)
	return p, err
}

func parseHashLines(lines []string) (hashes []tlog.Hash, err error) {
	if len(lines) > maxHashes {
		return nil, fmt.Errorf("%d hashes are too many", len(lines))
	}
	for _, line := range lines {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return nil, fmt.Errorf("%q is no hash", line)
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}

// Verify checks the proof against the log's keys: that one of them signed the
// checkpoint, and that the log of that size and root has the entry in its place. It
// returns what is proven. Cosignatures are for [VerifyCosignatures].
//
// It shows nothing of what else the log holds, nor that the checkpoint is the newest.
// After a rotation a proof under an older checkpoint needs the older key among keys.
func (p Proof) Verify(keys Keys) (Entry, Checkpoint, error) {
	c, err := keys.Open(p.Checkpoint)
	if err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("the checkpoint: %w", err)
	}
	if err := CheckInclusion(p.Hashes, c.Size, c.Root, p.Index+1, p.Entry); err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("%w: the entry is not in that log: %v", ErrNotIncluded, err)
	}
	e, err := Parse(p.Entry)
	if err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("the entry: %w", err)
	}
	if e.Seq != p.Index+1 {
		return Entry{}, Checkpoint{}, fmt.Errorf("%w: the entry in place %d says it is number %d", ErrNotIncluded, p.Index+1, e.Seq)
	}
	return e, c, nil
}

// ErrNotIncluded says that a proof does not lead from its entry to its checkpoint.
var ErrNotIncluded = errors.New("not proven")
