package audit

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature is the signature type of a cosignature/v1 (C2SP tlog-cosignature).
const algCosignature = 0x04

// Cosigned is one witness's word for a checkpoint.
type Cosigned struct {
	Name string    // of the witness
	At   time.Time // UTC, whole seconds; by the witness's clock
	Line string    // its signature line in the note, with the newline
}

// NewWitnessKey makes an Ed25519 key pair for a witness: skey is secret and for
// [OpenWitness], vkey is public and for [VerifyCosignatures]. The error is for a name
// with white space, control characters or a plus sign.
func NewWitnessKey(name string) (skey, vkey string, err error) {
	if err := checkOrigin(name); err != nil {
		return "", "", fmt.Errorf("new witness key: %q cannot name a witness", name)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", fmt.Errorf("new witness key: %w", err)
	}
	c := cosigner{name, public}
	skey = fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, c.KeyHash(), withAlgorithm(private.Seed()))
	return skey, c.vkey(), nil
}

func withAlgorithm(key []byte) string {
	return base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, key...))
}

// cosigner is a witness's public key: a [note.Verifier].
type cosigner struct {
	name   string
	public ed25519.PublicKey
}

func (c cosigner) Name() string { return c.name }

func (c cosigner) KeyHash() uint32 {
	sum := sha256.Sum256(slices.Concat([]byte(c.name), []byte{'\n', algCosignature}, c.public))
	return binary.BigEndian.Uint32(sum[:])
}

func (c cosigner) vkey() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.KeyHash(), withAlgorithm(c.public))
}

// Verify checks a timestamped signature over a checkpoint's text.
func (c cosigner) Verify(text, sig []byte) bool {
	at, ok := cosignedAt(sig)
	return ok && ed25519.Verify(c.public, cosignedText(at, text), sig[8:])
}

func cosignedAt(sig []byte) (seconds int64, ok bool) {
	if len(sig) != 8+ed25519.SignatureSize {
		return 0, false
	}
	n := binary.BigEndian.Uint64(sig)
	return int64(n), n <= math.MaxInt64
}

func cosignedText(seconds int64, text []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", seconds), text...)
}

// parseCosigner reads a witness's vkey.
func parseCosigner(vkey string) (cosigner, error) {
	parts := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(parts) != 3 || checkOrigin(parts[0]) != nil {
		return cosigner{}, fmt.Errorf("%q is no witness's key", vkey)
	}
	public, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(public) != 1+ed25519.PublicKeySize || public[0] != algCosignature {
		return cosigner{}, fmt.Errorf("%q is no witness's key (Ed25519, type 4)", vkey)
	}
	c := cosigner{parts[0], public[1:]}
	if c.vkey() != strings.TrimSpace(vkey) {
		return cosigner{}, fmt.Errorf("the witness's key %q is damaged", vkey)
	}
	return c, nil
}

// parseCosigners reads several vkeys. Two with one public key are refused: they would
// count as two witnesses in a quorum and are one.
func parseCosigners(vkeys []string) ([]note.Verifier, error) {
	var out []note.Verifier
	var all []cosigner
	for _, v := range vkeys {
		c, err := parseCosigner(v)
		if err != nil {
			return nil, err
		}
		same := func(o cosigner) bool {
			return bytes.Equal(o.public, c.public) || o.name == c.name && o.KeyHash() == c.KeyHash()
		}
		if slices.ContainsFunc(all, same) {
			return nil, fmt.Errorf("the witness's key %q is there twice", v)
		}
		all, out = append(all, c), append(out, c)
	}
	return out, nil
}

// VerifyCosignatures tells which of the witnesses cosigned a checkpoint, in the order
// of their lines. A witness without a line is no error, it is not in the list; a line
// of one of them that does not hold is, and wraps [ErrSignature]. The log's own
// signature is not looked at.
func VerifyCosignatures(signed []byte, witnesses []string) (ok []Cosigned, err error) {
	known, err := parseCosigners(witnesses)
	if err != nil {
		return nil, fmt.Errorf("cosignatures: %w", err)
	}
	return openCosigned(signed, known)
}

// openCosigned opens a note with witness's keys; nobody's signature is no error.
func openCosigned(signed []byte, known []note.Verifier) (ok []Cosigned, err error) {
	n, err := note.Open(signed, note.VerifierList(known...))
	var nobody *note.UnverifiedNoteError
	if errors.As(err, &nobody) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: cosignatures: %v", ErrSignature, err)
	}
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return nil, fmt.Errorf("%w: cosignatures: %v", ErrSignature, err)
		}
		seconds, _ := cosignedAt(raw[4:])
		line := fmt.Sprintf("— %s %s\n", s.Name, base64.StdEncoding.EncodeToString(raw))
		ok = append(ok, Cosigned{s.Name, time.Unix(seconds, 0).UTC(), line})
	}
	return ok, nil
}

// AddCosignatures puts a witness's answer to add-checkpoint behind a signed
// checkpoint: those of its lines that are by the witnesses and hold, one for each
// witness, written anew; all others are dropped. ok says whose they are, and is empty
// if nothing was added. The error wraps [ErrSignature].
func AddCosignatures(signed, answer []byte, witnesses []string) (cosigned []byte, ok []Cosigned, err error) {
	known, err := parseCosigners(witnesses)
	if err != nil {
		return nil, nil, fmt.Errorf("cosignatures: %w", err)
	}
	text, _, found := bytes.Cut(signed, []byte("\n\n"))
	if !found {
		return nil, nil, fmt.Errorf("%w: that is no checkpoint", ErrSignature)
	}
	ok, err = openCosigned(slices.Concat(text, []byte("\n\n"), answer), known)
	if err != nil {
		return nil, nil, err
	}
	cosigned = slices.Clone(signed)
	for _, c := range ok {
		cosigned = append(cosigned, c.Line...)
	}
	return cosigned, ok, nil
}

// cosign makes the signature line of a witness under a checkpoint's text.
func cosign(text string, c cosigner, private ed25519.PrivateKey, now time.Time) ([]byte, error) {
	if now.Unix() < 0 {
		return nil, errors.New("cosign: the clock stands before 1970")
	}
	sig := binary.BigEndian.AppendUint32(nil, c.KeyHash())
	sig = binary.BigEndian.AppendUint64(sig, uint64(now.Unix()))
	sig = append(sig, ed25519.Sign(private, cosignedText(now.Unix(), []byte(text)))...)
	return fmt.Appendf(nil, "— %s %s\n", c.name, base64.StdEncoding.EncodeToString(sig)), nil
}

// parseWitnessKey reads the secret key of [NewWitnessKey].
func parseWitnessKey(skey string) (cosigner, ed25519.PrivateKey, error) {
	parts := strings.SplitN(strings.TrimSpace(skey), "+", 5)
	if len(parts) != 5 || parts[0] != "PRIVATE" || parts[1] != "KEY" {
		return cosigner{}, nil, errors.New("that is no witness's secret key")
	}
	seed, err := base64.StdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize || seed[0] != algCosignature {
		return cosigner{}, nil, errors.New("that is no witness's secret key (Ed25519, type 4)")
	}
	private := ed25519.NewKeyFromSeed(seed[1:])
	c := cosigner{parts[2], ed25519.PublicKey(private[ed25519.SeedSize:])}
	hash, err := strconv.ParseUint(parts[3], 16, 32)
	if err != nil || uint32(hash) != c.KeyHash() {
		return cosigner{}, nil, errors.New("the witness's secret key is damaged")
	}
	return c, private, nil
}
