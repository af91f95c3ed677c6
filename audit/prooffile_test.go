package audit_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// proof is the proof file of an entry under the newest head.
func (d *desk) proof(seq int64) audit.Proof {
	d.t.Helper()
	signed, head := d.head()
	hashes, err := audit.ProveInclusion(head.Size, seq, &d.memory)
	if err != nil {
		d.t.Fatal(err)
	}
	return audit.Proof{Index: seq - 1, Entry: d.entries[seq-1].body, Hashes: hashes, Checkpoint: signed}
}

// The layout of C2SP tlog-proof, byte for byte.
func TestProofFileHasOneForm(t *testing.T) {
	h := tlog.Hash{7}
	p := audit.Proof{Index: 5, Entry: []byte("entry"), Hashes: []tlog.Hash{h, {}}, Checkpoint: []byte(goldenNote)}
	want := "c2sp.org/tlog-proof@v1\nextra ZW50cnk=\nindex 5\n" +
		base64.StdEncoding.EncodeToString(h[:]) + "\n" + strings.Repeat("A", 43) + "=\n\n" + goldenNote
	if got := string(p.Bytes()); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	again, err := audit.ParseProof([]byte(want))
	if err != nil || again.Index != 5 || string(again.Entry) != "entry" || len(again.Hashes) != 2 || !bytes.Equal(again.Checkpoint, p.Checkpoint) {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestEveryEntryHasItsProof(t *testing.T) {
	d := workday(t)
	for seq := int64(1); seq <= 16; seq++ {
		p, err := audit.ParseProof(d.proof(seq).Bytes())
		if err != nil {
			t.Fatal(err)
		}
		e, head, err := p.Verify(pinned(t))
		if err != nil || e.Seq != seq || head.Size != 16 {
			t.Errorf("entry %d: %d of %d, %v", seq, e.Seq, head.Size, err)
		}
	}
}

func TestAProofUnderARotatedKeyNeedsThatKey(t *testing.T) {
	d := twice(t)
	p := d.proof(3)
	if _, _, err := p.Verify(pinned(t)); !errors.Is(err, audit.ErrSignature) {
		t.Errorf("the first key opens it: %v", err)
	}
	d.pin(d.chain...)
	if _, _, err := p.Verify(d.keys); err != nil {
		t.Error(err)
	}
}

func TestAProofFileIsReadInNoOtherForm(t *testing.T) {
	good := string(workday(t).proof(6).Bytes())
	for name, c := range map[string]struct{ old, new string }{
		"nothing at all":                   {good, ""},
		"another version":                  {"@v1\n", "@v2\n"},
		"white space before it":            {"c2sp", " c2sp"},
		"no entry":                         {"\nextra ", "\nother "},
		"an entry that is not base64":      {"\nextra e", "\nextra !"},
		"an entry broken over lines":       {"\nextra ey", "\nextra e\ry"},
		"no index":                         {"\nindex 5\n", "\n"},
		"an index below nothing":           {"\nindex 5\n", "\nindex -5\n"},
		"an index with a zero before it":   {"\nindex 5\n", "\nindex 05\n"},
		"an index beyond all logs":         {"\nindex 5\n", "\nindex 9223372036854775807\n"},
		"an index in words":                {"\nindex 5\n", "\nindex five\n"},
		"a hash that is too short":         {"\nindex 5\n", "\nindex 5\nAAAA\n"},
		"more hashes than any log needs":   {"\nindex 5\n", "\nindex 5\n" + strings.Repeat(golden.Root.String()+"\n", 64)},
		"no empty line before the head":    {"=\n\nreviewdesk", "=\nreviewdesk"},
		"carriage returns at its line end": {"\nindex 5\n", "\r\nindex 5\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the test changes nothing")
			}
			if _, err := audit.ParseProof([]byte(text)); !errors.Is(err, audit.ErrNotCanonical) {
				t.Error(err)
			}
		})
	}
}

func TestAWrongProofProvesNothing(t *testing.T) {
	_, foreign := stranger(t, origin)
	d := workday(t)
	for name, c := range map[string]struct {
		change func(*audit.Proof)
		want   error
	}{
		"another entry":            {func(p *audit.Proof) { p.Entry = d.entries[6].body }, audit.ErrNotIncluded},
		"another place":            {func(p *audit.Proof) { p.Index++ }, audit.ErrNotIncluded},
		"a place behind the log":   {func(p *audit.Proof) { p.Index = 16 }, audit.ErrNotIncluded},
		"a hash too few":           {func(p *audit.Proof) { p.Hashes = p.Hashes[1:] }, audit.ErrNotIncluded},
		"a hash too many":          {func(p *audit.Proof) { p.Hashes = append(p.Hashes, tlog.Hash{}) }, audit.ErrNotIncluded},
		"a hash with a bit turned": {func(p *audit.Proof) { p.Hashes[0][3] ^= 1 }, audit.ErrNotIncluded},
		"an older head":            {func(p *audit.Proof) { p.Checkpoint = d.heads[6].signed }, audit.ErrNotIncluded},
		"a head nobody signed":     {func(p *audit.Proof) { p.Checkpoint = []byte(goldenText + "\n") }, audit.ErrSignature},
		"an entry put in another place of a log that is signed so": {func(p *audit.Proof) {
			f := newDesk(t)
			for range 3 {
				f.add(audit.Entry{Action: "viewed"})
			}
			f.entries[1].body = f.entries[2].body
			f.rehash()
			f.sign()
			*p = f.proof(2)
		}, audit.ErrNotIncluded},
	} {
		t.Run(name, func(t *testing.T) {
			p := d.proof(6)
			c.change(&p)
			if e, _, err := p.Verify(pinned(t)); !errors.Is(err, c.want) {
				t.Errorf("proves entry %d, %v", e.Seq, err)
			}
		})
	}
	other, err := audit.NewKeys(strangerKey(t))
	if err != nil || foreign == nil {
		t.Fatal(err)
	}
	if _, _, err := d.proof(6).Verify(other); !errors.Is(err, audit.ErrSignature) {
		t.Error(err)
	}
}
