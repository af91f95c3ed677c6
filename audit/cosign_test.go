package audit_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
)

// The example of C2SP tlog-cosignature. It comes without keys, so that only its form
// can be compared: whose line it is, and which time it bears.
const (
	sofaNote = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	sofaWitness = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

// handWitness is a witness made by the words of the specification, with nothing of
// this package.
type handWitness struct {
	name    string
	private ed25519.PrivateKey
}

func newHandWitness(name string) handWitness {
	seed := sha256.Sum256([]byte(name))
	return handWitness{name, ed25519.NewKeyFromSeed(seed[:])}
}

func (h handWitness) public() []byte { return h.private[32:] }

func (h handWitness) id() []byte {
	sum := sha256.Sum256(append([]byte(h.name+"\n\x04"), h.public()...))
	return sum[:4]
}

func (h handWitness) vkey() string {
	return fmt.Sprintf("%s+%x+%s", h.name, h.id(), base64.StdEncoding.EncodeToString(append([]byte{4}, h.public()...)))
}

func (h handWitness) line(text string, at uint64) string {
	sig := ed25519.Sign(h.private, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))
	raw := append(binary.BigEndian.AppendUint64(h.id(), at), sig...)
	return "— " + h.name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
}

func TestTheSpecificationsCosignatureHasOurForm(t *testing.T) {
	raw, err := base64.StdEncoding.DecodeString(strings.Fields(sofaWitness)[2])
	if err != nil || len(raw) != 4+8+64 || binary.BigEndian.Uint64(raw[4:]) != 1679315147 {
		t.Fatal(len(raw), err)
	}
	ours := newHandWitness("witness.example.com/w1").line("text\n", 1679315147)
	if len(ours) != len(sofaWitness) || strings.Fields(ours)[2][6:16] != strings.Fields(sofaWitness)[2][6:16] {
		t.Errorf("%q", ours)
	}
	// and a witness that is not asked for changes nothing
	if ok, err := audit.VerifyCosignatures([]byte(sofaNote+sofaWitness), []string{newHandWitness("w1").vkey()}); err != nil || len(ok) != 0 {
		t.Error(ok, err)
	}
}

func TestCosignaturesMadeByHandAreRead(t *testing.T) {
	w1, w2, w3 := newHandWitness("w1"), newHandWitness("w2"), newHandWitness("w3")
	all := []string{w1.vkey(), w2.vkey(), w3.vkey()}
	line1, line2 := w1.line(goldenText, 1700000000), w2.line(goldenText, 1700000001)
	twin := handWitness{"w2", w1.private}
	for name, c := range map[string]struct {
		signed string
		known  []string
		names  []string
		err    error
	}{
		"two of three":                       {goldenNote + line1 + line2, all, []string{"w1", "w2"}, nil},
		"in the order of their lines":        {goldenNote + line2 + line1, all, []string{"w2", "w1"}, nil},
		"none":                               {goldenNote, all, nil, nil},
		"none that is asked for":             {goldenNote + line1, all[1:], nil, nil},
		"none asked for at all":              {goldenNote + line1, nil, nil, nil},
		"one that came twice":                {goldenNote + line1 + w1.line(goldenText, 1700000009), all, []string{"w1"}, nil},
		"one whose time is beyond all clock": {goldenNote + w1.line(goldenText, 1<<63), all, nil, audit.ErrSignature},
		"one over another text":              {goldenNote + w1.line(goldenText+"more\n", 1700000000), all, nil, audit.ErrSignature},
		"one whose time was changed":         {goldenNote + strings.Replace(line1, "AAAABlU", "AAAABlV", 1), all, nil, audit.ErrSignature},
		"another key under its name":         {goldenNote + twin.line(goldenText, 1), all, nil, nil},
		"a line that is cut short":           {goldenNote + line1[:40] + "\n", all, nil, audit.ErrSignature},
		"something that is no note":          {"hello", all, nil, audit.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			ok, err := audit.VerifyCosignatures([]byte(c.signed), c.known)
			var names []string
			for _, o := range ok {
				names = append(names, o.Name)
			}
			if !errors.Is(err, c.err) || !slices.Equal(names, c.names) {
				t.Errorf("%v, %v", names, err)
			}
		})
	}
	ok, _ := audit.VerifyCosignatures([]byte(goldenNote+line1), all)
	if len(ok) != 1 || !ok[0].At.Equal(time.Unix(1700000000, 0)) || ok[0].Line != line1 {
		t.Errorf("%+v", ok)
	}
}

func TestAWitnessesKeyIsReadInOneForm(t *testing.T) {
	w := newHandWitness("w1")
	twin := handWitness{"w2", w.private}
	skey, vkey, err := audit.NewWitnessKey("w9")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.VerifyCosignatures([]byte(goldenNote), []string{vkey}); err != nil {
		t.Error(err)
	}
	for name, vkeys := range map[string][]string{
		"nothing":                     {""},
		"a log's key":                 {publicKey},
		"a secret key":                {skey},
		"a damaged key":               {strings.Replace(w.vkey(), "+B", "+C", 1)},
		"one key twice":               {w.vkey(), w.vkey()},
		"one key under two names":     {w.vkey(), twin.vkey()},
		"a key hash in other letters": {strings.ToUpper(w.vkey())},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := audit.VerifyCosignatures([]byte(goldenNote), vkeys); err == nil || errors.Is(err, audit.ErrSignature) {
				t.Error(err)
			}
		})
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb"} {
		if _, _, err := audit.NewWitnessKey(name); err == nil {
			t.Errorf("%q names a witness", name)
		}
	}
}

func TestOnlyGoodCosignaturesAreAdded(t *testing.T) {
	w1, w2, stray := newHandWitness("w1"), newHandWitness("w2"), newHandWitness("stray")
	all := []string{w1.vkey(), w2.vkey()}
	line := w1.line(goldenText, 1700000000)
	got, ok, err := audit.AddCosignatures([]byte(goldenNote), []byte(stray.line(goldenText, 5)+line), all)
	if err != nil || len(ok) != 1 || string(got) != goldenNote+line {
		t.Fatalf("%q, %v, %v", got, ok, err)
	}
	more, ok, err := audit.AddCosignatures(got, []byte(w2.line(goldenText, 1700000002)), all)
	if err != nil || len(ok) != 1 || string(more) != goldenNote+line+w2.line(goldenText, 1700000002) {
		t.Fatalf("%q, %v, %v", more, ok, err)
	}
	if both, err := audit.VerifyCosignatures(more, all); err != nil || len(both) != 2 {
		t.Error(both, err)
	}
	for name, answer := range map[string]string{
		"a line over another head": w1.line("other\n", 5),
		"a web page":               "<html>\n",
		"a text and an empty line": "evil\n\n" + line,
		"nothing with a newline":   "\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok, err := audit.AddCosignatures([]byte(goldenNote), []byte(answer), all); err == nil && (len(ok) > 0 || string(got) != goldenNote) {
				t.Errorf("%q, %v", got, ok)
			}
		})
	}
	if _, _, err := audit.AddCosignatures([]byte("hello"), []byte(line), all); !errors.Is(err, audit.ErrSignature) {
		t.Error(err)
	}
}
