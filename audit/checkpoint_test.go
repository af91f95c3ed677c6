package audit_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// A key for tests only; it signs nothing that anybody trusts.
const (
	origin    = "reviewdesk/test"
	secretKey = "PRIVATE+KEY+reviewdesk/test+7abb701d+AX2D74F6K2rjdc4fqLNTtMOg2/AG8XLEmZUoZLNS++nP"
	publicKey = "reviewdesk/test+7abb701d+AZGWJJylwWgMYJV1PqhZEkKpLwLotq2SVyT6gxUqtFwF"
)

const (
	goldenText = "reviewdesk/test\n7\nAQIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	goldenNote = goldenText + "\n— reviewdesk/test ertwHenKr10soAwhkU+wdw+dGob+Ng4BQ7OPAgoUbyfa32j8OBHA7T6NLUu1V3fvQ7nDEdGDr49aSL2Uu68SLaAReA0=\n"
)

var golden = audit.Checkpoint{Origin: origin, Size: 7, Root: tlog.Hash{1, 2}}

func keys(t testing.TB) (note.Signer, note.Verifier) {
	t.Helper()
	s, err := note.NewSigner(secretKey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// pinned is what an auditor of the test log trusts.
func pinned(t testing.TB) audit.Keys {
	t.Helper()
	k, err := audit.NewKeys(publicKey)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// stranger makes a key of its own, under the same name unless told otherwise.
func stranger(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	skey, vkey, err := audit.NewKey(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestCheckpointHasOneForm(t *testing.T) {
	s, v := keys(t)
	if golden.Text() != goldenText {
		t.Errorf("text %q", golden.Text())
	}
	signed, err := golden.Sign(s)
	if err != nil || string(signed) != goldenNote {
		t.Fatalf("got  %q, %v\nwant %q", signed, err, goldenNote)
	}
	c, err := audit.OpenCheckpoint(signed, v)
	if err != nil || c != golden {
		t.Errorf("opened %v, %v", c, err)
	}
}

// TestSignatureByHand checks the golden note without package note.
func TestSignatureByHand(t *testing.T) {
	text, line, _ := strings.Cut(goldenNote, "\n\n")
	fields := strings.Fields(line)
	sig, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(publicKey[strings.LastIndexByte(publicKey, '+')+1:])
	if err != nil {
		t.Fatal(err)
	}
	if fields[0] != "—" || fields[1] != origin || key[0] != 1 || !ed25519.Verify(key[1:], []byte(text+"\n"), sig[4:]) {
		t.Error("the signature does not hold")
	}
}

func TestParseCheckpointRefusesEveryOtherForm(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"nothing at all":                 {goldenText, ""},
		"no newline at the end":          {"A=\n", "A="},
		"a line more":                    {"A=\n", "A=\nextension\n"},
		"an empty line more":             {"A=\n", "A=\n\n"},
		"no origin":                      {origin, ""},
		"a space in the origin":          {origin, "review desk"},
		"a plus in the origin":           {origin, "review+desk"},
		"a control character in it":      {origin, "review\x01desk"},
		"an origin that is not UTF-8":    {origin, "\xff"},
		"a leading zero in the size":     {"\n7\n", "\n07\n"},
		"a sign before the size":         {"\n7\n", "\n+7\n"},
		"a size below nothing":           {"\n7\n", "\n-7\n"},
		"a size beyond all logs":         {"\n7\n", "\n9223372036854775807\n"},
		"a size in words":                {"\n7\n", "\nseven\n"},
		"a root that is too short":       {"AQIAAAAA", "AQIA"},
		"a root without padding":         {"A=\n", "A\n"},
		"a root with its spare bits set": {"AAA=\n", "AAB=\n"},
		"a carriage return in the root":  {"AQIAAAAA", "AQIA\rAAAA"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(goldenText, c.old, c.new, 1)
			if text == goldenText {
				t.Fatal("the test changes nothing")
			}
			if got, err := audit.ParseCheckpoint(text); !errors.Is(err, audit.ErrNotCanonical) {
				t.Errorf("read as %v, %v", got, err)
			}
		})
	}
}

func TestOpenCheckpoint(t *testing.T) {
	s, v := keys(t)
	otherSigner, otherVerifier := stranger(t, origin)
	witness, _ := stranger(t, "witness")
	foreign, _ := golden.Sign(otherSigner)
	cosigned, _ := note.Sign(&note.Note{Text: goldenText}, s, witness)
	nonsense, _ := note.Sign(&note.Note{Text: "I owe you nothing.\n"}, s)
	for name, c := range map[string]struct {
		signed   string
		verifier note.Verifier
		want     error
	}{
		"our own":                           {goldenNote, v, nil},
		"a witness signed as well":          {string(cosigned), v, nil},
		"another key of the same name":      {string(foreign), v, audit.ErrSignature},
		"another verifier":                  {goldenNote, otherVerifier, audit.ErrSignature},
		"another size":                      {strings.Replace(goldenNote, "\n7\n", "\n8\n", 1), v, audit.ErrSignature},
		"another root":                      {strings.Replace(goldenNote, "AQI", "AQM", 1), v, audit.ErrSignature},
		"another origin":                    {strings.Replace(goldenNote, "/test\n", "/tent\n", 1), v, audit.ErrSignature},
		"no signature":                      {goldenText, v, audit.ErrSignature},
		"an empty signature block":          {goldenText + "\n", v, audit.ErrSignature},
		"nothing at all":                    {"", v, audit.ErrSignature},
		"our signature under something odd": {string(nonsense), v, audit.ErrNotCanonical},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := audit.OpenCheckpoint([]byte(c.signed), c.verifier)
			if !errors.Is(err, c.want) || (err == nil && got != golden) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestNothingIsSignedThatCannotBeRead(t *testing.T) {
	s, _ := keys(t)
	for _, c := range []audit.Checkpoint{{}, {Origin: "two\nlines", Size: 1}, {Origin: origin, Size: -1}} {
		if signed, err := c.Sign(s); !errors.Is(err, audit.ErrNotCanonical) {
			t.Errorf("%+v was signed: %q, %v", c, signed, err)
		}
	}
	for _, name := range []string{"", "review desk", "review+desk", "a\nb"} {
		if _, _, err := audit.NewKey(name); err == nil {
			t.Errorf("%q names a key", name)
		}
	}
}
