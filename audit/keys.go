package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys are the public keys that somebody trusts to sign one log's checkpoints, in
// the order of their use. All have the log's origin for their name. The zero value
// trusts nobody.
//
// An auditor pins the newest key they know. [Verify] and [VerifyBundle] find the
// rotations before and after it by themselves and refuse a log whose chain of
// rotations does not hold every pinned key. Pinning only the first key proves less:
// who stole an old key can sign another history from before its rotation, and the
// newer key is what that history lacks.
type Keys struct{ list []logKey }

type logKey struct {
	note.Verifier
	text string // the vkey in its one form; the hash alone could be met by another key
}

// NewKeys reads verifier keys (vkeys of C2SP signed-note, Ed25519), oldest first. The
// error is for none at all, one that cannot be read, one of another log, or two that
// could be taken for each other.
func NewKeys(vkeys ...string) (Keys, error) {
	if len(vkeys) == 0 {
		return Keys{}, errors.New("no key")
	}
	var keys Keys
	for _, v := range vkeys {
		k, err := parseKey(v)
		if err != nil {
			return Keys{}, err
		}
		if keys, err = keys.with(k); err != nil {
			return Keys{}, err
		}
	}
	return keys, nil
}

func parseKey(vkey string) (logKey, error) {
	v, err := note.NewVerifier(strings.TrimSpace(vkey))
	if err != nil {
		return logKey{}, fmt.Errorf("key %q: %w", vkey, err)
	}
	if err := checkOrigin(v.Name()); err != nil {
		return logKey{}, fmt.Errorf("key %q: %w", vkey, err)
	}
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return logKey{}, fmt.Errorf("key %q: %w", vkey, err)
	}
	text := fmt.Sprintf("%s+%08x+%s", v.Name(), v.KeyHash(), base64.StdEncoding.EncodeToString(raw))
	return logKey{v, text}, nil
}

// with returns the keys with one more behind them; k itself stays as it is.
func (k Keys) with(next logKey) (Keys, error) {
	for _, have := range k.list {
		switch {
		case have.Name() != next.Name():
			return k, fmt.Errorf("key %q is of the log %q, not %q", next.text, next.Name(), have.Name())
		case have.KeyHash() == next.KeyHash():
			return k, fmt.Errorf("key %q is there already, or one with its hash", next.text)
		}
	}
	return Keys{append(slices.Clip(k.list), next)}, nil
}

// Origin is the log's origin: the name of every key; "" if there are none.
func (k Keys) Origin() string {
	if len(k.list) == 0 {
		return ""
	}
	return k.list[0].Name()
}

// VKeys are the keys as text, oldest first.
func (k Keys) VKeys() []string {
	out := make([]string, len(k.list))
	for i, key := range k.list {
		out[i] = key.text
	}
	return out
}

// Verifier finds a key by name and hash, as [note.Verifiers] asks for.
func (k Keys) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, key := range k.list {
		if key.Name() == name && key.KeyHash() == hash {
			return key.Verifier, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// Open reads a signed checkpoint of this log that any of the keys signed. The errors
// are those of [OpenCheckpoint]; a checkpoint of another log wraps [ErrSignature].
func (k Keys) Open(signed []byte) (Checkpoint, error) {
	c, _, err := openNote(signed, k)
	if err == nil && c.Origin != k.Origin() {
		return Checkpoint{}, fmt.Errorf("%w: it is of the log %q", ErrSignature, c.Origin)
	}
	return c, err
}

// Follow returns the keys with the one behind them that a key_rotated entry brings
// in. The entry's old key must be the last of k. The error wraps [ErrSignature].
func (k Keys) Follow(e Entry) (Keys, error) {
	oldKey, newKey, err := CheckRotation(e, k.Origin())
	if err != nil {
		return k, err
	}
	if k.last().text != oldKey {
		return k, fmt.Errorf("%w: the key %s that goes is not the one in use", ErrSignature, oldKey)
	}
	next, err := parseKey(newKey)
	if err != nil {
		return k, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	more, err := k.with(next)
	if err != nil {
		return k, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	return more, nil
}

// last is the newest key.
func (k Keys) last() logKey { return k.list[len(k.list)-1] }

// holds reports whether every one of the other keys is among k.
func (k Keys) holds(other Keys) bool {
	for _, o := range other.list {
		if !slices.ContainsFunc(k.list, func(key logKey) bool { return key.text == o.text }) {
			return false
		}
	}
	return true
}
