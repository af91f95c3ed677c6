package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrSignature says that a checkpoint does not have the one signature it must have.
var ErrSignature = errors.New("not rightly signed")

// Checkpoint is a head of the log: how many entries it has, and the root over them.
type Checkpoint struct {
	Origin string // which log; holds the instance id
	Size   int64  // number of entries
	Root   tlog.Hash
}

// Text returns the three lines that are signed (see the package comment).
func (c Checkpoint) Text() string {
	return c.Origin + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + c.Root.String() + "\n"
}

// ParseCheckpoint reads exactly what [Checkpoint.Text] writes. Every other text is an
// error that wraps [ErrNotCanonical].
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint has three lines", ErrNotCanonical)
	}
	if err := checkOrigin(lines[0]); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || checkSize(size) != nil {
		return Checkpoint{}, fmt.Errorf("%w: %q is no size", ErrNotCanonical, lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %q is no root", ErrNotCanonical, lines[2])
	}
	c := Checkpoint{lines[0], size, root}
	if c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: the same checkpoint is written otherwise", ErrNotCanonical)
	}
	return c, nil
}

// checkOrigin keeps to what can also name a key, since the two should be the same.
func checkOrigin(origin string) error {
	odd := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	if origin == "" || !utf8.ValidString(origin) || strings.ContainsFunc(origin, odd) {
		return fmt.Errorf("%q cannot name a log", origin)
	}
	return nil
}

// Sign returns the checkpoint as a signed note. It refuses one that
// [ParseCheckpoint] would not read.
func (c Checkpoint) Sign(s note.Signer) ([]byte, error) {
	if _, err := ParseCheckpoint(c.Text()); err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed checkpoint and checks the signature of v's key.
// Signatures of other keys, such as a witness's, are left alone. A missing or wrong
// signature wraps [ErrSignature]; a good one under something that is no checkpoint
// wraps [ErrNotCanonical]. Whether Origin is the expected one is for the caller.
func OpenCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	c, _, err := openNote(signed, note.VerifierList(v))
	return c, err
}

func openNote(signed []byte, known note.Verifiers) (Checkpoint, *note.Note, error) {
	n, err := note.Open(signed, known)
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	c, err := ParseCheckpoint(n.Text)
	return c, n, err
}

// openStored reads a checkpoint as the log itself keeps it. A valid note can be
// dressed up without breaking its signature: unknown or repeated signature lines,
// spare bits at the end of base64. In the log's own storage that is a change.
func openStored(signed []byte, known note.Verifiers) (Checkpoint, error) {
	c, n, err := openNote(signed, known)
	if err != nil {
		return Checkpoint{}, err
	}
	sig := n.Sigs[0]
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %v", ErrSignature, err)
	}
	plain := fmt.Sprintf("%s\n— %s %s\n", n.Text, sig.Name, base64.StdEncoding.EncodeToString(raw))
	if plain != string(signed) {
		return Checkpoint{}, fmt.Errorf("%w: there is more than the log's own", ErrSignature)
	}
	return c, nil
}

// NewKey makes an Ed25519 key pair for a log: skey is secret and for
// [note.NewSigner], vkey is public and for [note.NewVerifier]. The error is for an
// origin that cannot name a log (see the package comment).
func NewKey(origin string) (skey, vkey string, err error) {
	if err := checkOrigin(origin); err != nil {
		return "", "", fmt.Errorf("new key: %w", err)
	}
	skey, vkey, err = note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", "", fmt.Errorf("new key: %w", err)
	}
	return skey, vkey, nil
}

// PublicKey returns the verifier key that belongs to a secret key of [NewKey].
func PublicKey(skey string) (vkey string, err error) {
	skey = strings.TrimSpace(skey)
	if _, err := note.NewSigner(skey); err != nil {
		return "", fmt.Errorf("secret key: %w", err)
	}
	parts := strings.SplitN(skey, "+", 5) // PRIVATE, KEY, name, hash, base64 of algorithm and seed
	seed, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil {
		return "", fmt.Errorf("secret key: %w", err)
	}
	public, ok := ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("secret key: no public key")
	}
	vkey, err = note.NewEd25519VerifierKey(parts[2], public)
	if err != nil {
		return "", fmt.Errorf("secret key: %w", err)
	}
	return vkey, nil
}
