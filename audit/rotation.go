package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// ActionKeyRotated is the action of the entry that hands the log over to a new key.
const ActionKeyRotated = "key_rotated"

// The facts of such an entry, in their order.
const (
	factOldKey       = "old_key"
	factNewKey       = "new_key"
	factOldSignature = "old_signature"
	factNewSignature = "new_signature"
)

// factFirstKey is the fact of a log's first entry that names the key it begins with.
const factFirstKey = "verifier"

// rotationText is what both keys sign (see the package comment).
func rotationText(origin string, seq int64, oldKey, newKey string) []byte {
	return fmt.Appendf(nil, "reviewdesk key rotation v1\n%s\n%d\n%s\n%s\n", origin, seq, oldKey, newKey)
}

// RotationFacts makes the facts of a key_rotated entry with this seq (from 1): both
// public keys, and the signature of both over the change. The new key must have been
// made by [NewKey] for the same origin. The checkpoint that covers the entry, and all
// after it, are then to be signed by the new key.
func RotationFacts(origin string, seq int64, oldSKey, newSKey string) ([]Fact, error) {
	oldKey, oldSigner, err := signingKey(origin, oldSKey)
	if err != nil {
		return nil, fmt.Errorf("rotate key: the old key: %w", err)
	}
	newKey, newSigner, err := signingKey(origin, newSKey)
	if err != nil {
		return nil, fmt.Errorf("rotate key: the new key: %w", err)
	}
	if oldKey == newKey {
		return nil, errors.New("rotate key: the new key is the old one")
	}
	if err := checkSize(seq); err != nil || seq < 1 {
		return nil, fmt.Errorf("rotate key: there is no entry %d", seq)
	}
	text := rotationText(origin, seq, oldKey, newKey)
	oldSignature, err := oldSigner.Sign(text)
	if err != nil {
		return nil, fmt.Errorf("rotate key: %w", err)
	}
	newSignature, err := newSigner.Sign(text)
	if err != nil {
		return nil, fmt.Errorf("rotate key: %w", err)
	}
	return []Fact{
		{factOldKey, oldKey}, {factNewKey, newKey},
		{factOldSignature, base64.StdEncoding.EncodeToString(oldSignature)},
		{factNewSignature, base64.StdEncoding.EncodeToString(newSignature)},
	}, nil
}

// signingKey reads a secret key and the public one that belongs to it.
func signingKey(origin, skey string) (vkey string, s note.Signer, err error) {
	if s, err = note.NewSigner(strings.TrimSpace(skey)); err != nil {
		return "", nil, err
	}
	if s.Name() != origin {
		return "", nil, fmt.Errorf("it is of the log %q, not %q", s.Name(), origin)
	}
	vkey, err = PublicKey(skey)
	return vkey, s, err
}

// CheckRotation checks a key_rotated entry of the log with this origin: its four
// facts, and that both keys signed the change. It returns the two public keys. Whether
// the old one was in use is for the caller ([Keys.Follow]). The error wraps
// [ErrSignature].
func CheckRotation(e Entry, origin string) (oldV, newV string, err error) {
	if oldV, newV, err = checkRotation(e, origin); err != nil {
		return "", "", fmt.Errorf("%w: the change of keys: %v", ErrSignature, err)
	}
	return oldV, newV, nil
}

func checkRotation(e Entry, origin string) (oldV, newV string, err error) {
	if e.Action != ActionKeyRotated || len(e.Facts) < 4 {
		return "", "", errors.New("the entry is none")
	}
	for i, name := range []string{factOldKey, factNewKey, factOldSignature, factNewSignature} {
		if e.Facts[i].Name != name {
			return "", "", fmt.Errorf("fact %d is %q, not %q", i+1, e.Facts[i].Name, name)
		}
	}
	oldV, newV = e.Facts[0].Value, e.Facts[1].Value
	if oldV == newV {
		return "", "", errors.New("both keys are one")
	}
	text := rotationText(origin, e.Seq, oldV, newV)
	for i, vkey := range []string{oldV, newV} {
		if err := checkStatement(text, origin, vkey, e.Facts[i+2].Value); err != nil {
			return "", "", err
		}
	}
	return oldV, newV, nil
}

// checkStatement checks one key's signature.
func checkStatement(text []byte, origin, vkey, signature string) error {
	k, err := parseKey(vkey)
	if err != nil {
		return err
	}
	if k.text != vkey || k.Name() != origin {
		return fmt.Errorf("the key %q is not of this log", vkey)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(signature)
	if err != nil || bytes.ContainsAny([]byte(signature), "\r\n") {
		return errors.New("a signature is not base64")
	}
	if !k.Verify(text, sig) {
		return fmt.Errorf("the signature of %q does not hold", vkey)
	}
	return nil
}
