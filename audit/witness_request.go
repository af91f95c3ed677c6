package audit

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// MaxWitnessRequest is the longest add-checkpoint request that is read, in bytes: room
// for 63 hashes and some forty signatures, a few of them post-quantum.
const MaxWitnessRequest = 64 << 10

// WitnessRequest is the body of an add-checkpoint request (C2SP tlog-witness).
type WitnessRequest struct {
	Old        int64          // size of the checkpoint that the witness cosigned last, 0 for none
	Proof      tlog.TreeProof // that the checkpoint goes on from there
	Checkpoint []byte         // signed note
}

// Bytes writes the request.
func (r WitnessRequest) Bytes() []byte {
	b := strconv.AppendInt([]byte("old "), r.Old, 10)
	b = append(b, '\n')
	b = appendHashLines(b, r.Proof)
	b = append(b, '\n')
	return append(b, r.Checkpoint...)
}

// ParseWitnessRequest reads a request as [WitnessRequest.Bytes] writes it; every other
// form is an error that wraps [ErrNotCanonical]. Of the checkpoint it wants no more
// than lines, an empty line, and lines.
func ParseWitnessRequest(b []byte) (WitnessRequest, error) {
	r, err := parseWitnessRequest(b)
	if err == nil && !bytes.Equal(r.Bytes(), b) {
		err = errors.New("the same request is written otherwise")
	}
	if err != nil {
		return WitnessRequest{}, fmt.Errorf("add-checkpoint: %w: %v", ErrNotCanonical, err)
	}
	return r, nil
}

func parseWitnessRequest(b []byte) (r WitnessRequest, err error) {
	if len(b) > MaxWitnessRequest {
		return r, errors.New("it is too long")
	}
	head, checkpoint, found := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	old, isOld := strings.CutPrefix(lines[0], "old ")
	if !found || !isOld {
		return r, errors.New(`it does not begin with the line "old" and the lines of a proof`)
	}
	if r.Old, err = strconv.ParseInt(old, 10, 64); err != nil || checkSize(r.Old) != nil {
		return r, fmt.Errorf("%q is no size", old)
	}
	if !strings.Contains(checkpoint, "\n\n") || !strings.HasSuffix(checkpoint, "\n") {
		return r, errors.New("there is no signed checkpoint")
	}
	r.Checkpoint = []byte(checkpoint)
	r.Proof, err = parseHashLines(lines[1:])
	return r, err
}
