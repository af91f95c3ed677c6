package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// RotationRequest asks a witness to follow a log to its next key, and to cosign the
// checkpoint that the new key signed first (see the package comment).
type RotationRequest struct {
	Rotation Proof // of the key_rotated entry, under the checkpoint asked for
	Ask      WitnessRequest
}

const rotationLine = "rotation "

// Bytes writes the request.
func (r RotationRequest) Bytes() []byte {
	b := base64.StdEncoding.AppendEncode([]byte(rotationLine), r.Rotation.Bytes())
	return append(append(b, '\n'), r.Ask.Bytes()...)
}

// ParseRotationRequest reads a request as [RotationRequest.Bytes] writes it; every other
// form is an error that wraps [ErrNotCanonical].
func ParseRotationRequest(b []byte) (r RotationRequest, err error) {
	line, ask, _ := bytes.Cut(b, []byte("\n"))
	coded, is := bytes.CutPrefix(line, []byte(rotationLine))
	file, err := base64.StdEncoding.Strict().DecodeString(string(coded))
	if !is || err != nil {
		return r, fmt.Errorf("add-rotation: %w: it does not begin with a rotation", ErrNotCanonical)
	}
	if r.Rotation, err = ParseProof(file); err == nil {
		r.Ask, err = ParseWitnessRequest(ask)
	}
	if err == nil && !bytes.Equal(r.Bytes(), b) {
		err = fmt.Errorf("%w: the same request is written otherwise", ErrNotCanonical)
	}
	if err != nil {
		return RotationRequest{}, fmt.Errorf("add-rotation: %w", err)
	}
	return r, nil
}

// AddRotation answers the body of an add-rotation request as [Witness.AddCheckpoint]
// answers its own. It trusts the new key from then on: once the key that it knows last,
// and the new one, have signed the change, and the change is in the log that goes on
// from what it cosigned.
func (w *Witness) AddRotation(body []byte, now time.Time) (cosignature []byte, status int, text string) {
	r, err := ParseRotationRequest(body)
	if err != nil {
		return nil, statusMalformed, err.Error()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	origin, _, _ := strings.Cut(string(r.Ask.Checkpoint), "\n")
	keys, known := w.logs[origin]
	if !known {
		return nil, statusUnknown, "this witness does not know that log"
	}
	next, c, err := r.follow(keys)
	switch {
	case err != nil:
		return nil, statusUnsigned, err.Error()
	case r.Ask.Old > c.Size:
		return nil, statusMalformed, "the old size is larger than the checkpoint's"
	}
	trust := func() error {
		if err := w.keepKeys(next); err != nil {
			return err
		}
		w.logs[origin] = next
		return nil
	}
	return w.goOn(r.Ask, c, now, trust)
}

// follow checks the rotation, and returns the keys with the new one.
func (r RotationRequest) follow(keys Keys) (next Keys, c Checkpoint, err error) {
	e, err := Parse(r.Rotation.Entry)
	if err != nil {
		return keys, c, err
	}
	if next, err = keys.Follow(e); err != nil {
		return keys, c, err
	}
	if !bytes.Equal(r.Rotation.Checkpoint, r.Ask.Checkpoint) {
		return keys, c, errors.New("the rotation is proven under another checkpoint")
	}
	_, c, err = r.Rotation.Verify(Keys{next.list[len(next.list)-1:]})
	return next, c, err
}

// keysFile is where the keys are kept that a log had and came to, oldest first.
func (w *Witness) keysFile(origin string) string {
	return strings.TrimSuffix(w.file(origin), ".checkpoint") + ".keys"
}

func (w *Witness) keepKeys(keys Keys) error {
	path := w.keysFile(keys.Origin())
	if err := writeSynced(path+".new", []byte(strings.Join(keys.VKeys(), "\n")+"\n")); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(w.dir)
}

// recallKeys adds the keys that earlier rotations led to, behind those that are given.
func (w *Witness) recallKeys(origin string) error {
	b, err := os.ReadFile(w.keysFile(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	kept, err := NewKeys(strings.Fields(string(b))...)
	if err == nil && kept.Origin() != origin {
		err = fmt.Errorf("it is of the log %q", kept.Origin())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.keysFile(origin), err)
	}
	given := w.logs[origin]
	for _, k := range given.list {
		if more, err := kept.with(k); err == nil { // else it is there already
			kept = more
		}
	}
	w.logs[origin] = kept
	return nil
}
