package db_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// outsider is somebody else's witness of a desk.
type outsider struct {
	*audit.Witness
	name string
}

func newOutsider(t *testing.T, d *dbtest.Desk, name string) outsider {
	t.Helper()
	skey, vkey, err := audit.NewWitnessKey(name)
	ok(t, err)
	w, err := audit.OpenWitness(t.TempDir(), skey, []string{d.VerifierKey()})
	ok(t, err)
	_, err = d.AddWitness(t.Context(), db.System("test"), db.NewWitness{URL: "https://" + name + "/", VKey: vkey})
	ok(t, err)
	return outsider{w, name}
}

// see lets the outsider countersign the newest head.
func (o outsider) see(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	one := witnessNamed(t, d, o.name)
	ask, size, err := d.AskWitness(t.Context(), one.Seen)
	ok(t, err)
	line, status, text := o.AddCheckpoint(ask.Bytes(), d.Now())
	if status != 200 {
		t.Fatalf("%s answers %d %s", o.name, status, text)
	}
	ok(t, d.KeepCosignature(t.Context(), one, size, line))
}

func witnessNamed(t *testing.T, d *dbtest.Desk, name string) db.Witness {
	t.Helper()
	all, err := d.Witnesses(t.Context())
	ok(t, err)
	for _, w := range all.All {
		if w.Name == name {
			return w
		}
	}
	t.Fatalf("there is no witness %s", name)
	return db.Witness{}
}

func TestProofsBearTheWordOfTheWitnesses(t *testing.T) {
	d := dbtest.New(t)
	one, two := newOutsider(t, d, "one.example"), newOutsider(t, d, "two.example")
	ok(t, d.SetQuorum(t.Context(), db.System("test"), 2))
	d.Cybrid(1, "Ines Moreau")
	one.see(t, d)
	two.see(t, d)
	witnessed, err := d.LogSize(t.Context())
	ok(t, err)
	d.Cybrid(2, "Viktor Hahn")
	one.see(t, d)
	rotate(t, d)
	keys, err := audit.NewKeys(d.VerifierKeys()...)
	ok(t, err)
	for seq, want := range map[int64]struct {
		size int64
		by   int
	}{
		1: {witnessed, 2}, witnessed: {witnessed, 2}, // the newest head that two have seen
		witnessed + 1: {witnessed + 2, 0}, // nothing that enough have seen is over it
	} {
		p, err := d.Proof(t.Context(), seq)
		ok(t, err)
		_, head, err := p.Verify(keys)
		ok(t, err)
		by, err := audit.VerifyCosignatures(p.Checkpoint, []string{one.VKey(), two.VKey()})
		if ok(t, err); head.Size != want.size || len(by) != want.by {
			t.Errorf("event %d is proven under %d events and %d witnesses, want %d and %d", seq, head.Size, len(by), want.size, want.by)
		}
	}
	whole(t, d)
}

func TestAMissingWitnessIsNeverHidden(t *testing.T) {
	d := dbtest.New(t)
	one, two := newOutsider(t, d, "one.example"), newOutsider(t, d, "two.example")
	d.Cybrid(1, "Ines Moreau")
	one.see(t, d)
	two.see(t, d)
	heard := d.Now()
	d.Clock.Move(5 * time.Minute)
	d.Cybrid(2, "Viktor Hahn")
	d.Clock.Move(10 * time.Minute)
	one.see(t, d)
	silent := witnessNamed(t, d, two.name)
	if !silent.Silent(d.Now()) || silent.Since().Sub(heard).Abs() > time.Second {
		t.Errorf("two is silent: %v, since %v, heard %v", silent.Silent(d.Now()), silent.Since(), heard)
	}
	if w := witnessNamed(t, d, one.name); w.Silent(d.Now()) || w.Trouble != "" {
		t.Error("one is silent")
	}
	ok(t, d.WitnessTrouble(t.Context(), silent, "nobody listens at its address", false))
	if w := witnessNamed(t, d, two.name); w.Trouble == "" || !w.Silent(d.Now()) {
		t.Error("its trouble is not kept")
	}
	two.see(t, d)
	if w := witnessNamed(t, d, two.name); w.Trouble != "" || w.Silent(d.Now()) || !w.TroubleSince.IsZero() {
		t.Error("its trouble has not ended")
	}
	all, err := d.Witnesses(t.Context())
	ok(t, err)
	if seq, n := all.Agreed(); seq != all.Size || n != 2 {
		t.Errorf("%d have seen %d", n, seq)
	}
	report := whole(t, d)
	if size, _ := d.LogSize(t.Context()); report.Entries != size {
		t.Error("a countersignature made an event")
	}
}

func TestAnAnswerWithoutTheWitnessesSignatureIsNotKept(t *testing.T) {
	d := dbtest.New(t)
	one, two := newOutsider(t, d, "one.example"), newOutsider(t, d, "two.example")
	ask, size, err := d.AskWitness(t.Context(), 0)
	ok(t, err)
	line, _, _ := two.AddCheckpoint(ask.Bytes(), d.Now())
	for _, answer := range []string{"", "thanks", string(line), strings.Replace(string(line), "two", "one", 1), strings.Repeat("x", 1000)} {
		if err := d.KeepCosignature(t.Context(), witnessNamed(t, d, one.name), size, []byte(answer)); err == nil {
			t.Errorf("%.40q was kept", answer)
		}
	}
	if _, _, err := d.AskWitness(t.Context(), size+1); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a head from the future: %v", err)
	}
}

func TestWhoWitnessesTheLogIsAnEventEachTime(t *testing.T) {
	d := dbtest.New(t)
	by := db.System("test")
	one := newOutsider(t, d, "one.example")
	_, other, err := audit.NewWitnessKey("one.example")
	ok(t, err)
	for name, n := range map[string]db.NewWitness{
		"no key":                {URL: "https://w.example", VKey: "w"},
		"the log's own key":     {URL: "https://w.example", VKey: d.VerifierKey()},
		"no address":            {URL: "w.example", VKey: other},
		"an address with login": {URL: "https://a:b@w.example", VKey: other},
		"a file":                {URL: "file:///etc/passwd", VKey: other},
		"the name is taken":     {URL: "https://w.example", VKey: other},
	} {
		var bad review.Invalid
		if _, err := d.AddWitness(t.Context(), by, n); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.SetQuorum(t.Context(), by, 2); err == nil {
		t.Error("a quorum of two with one witness")
	}
	ok(t, d.SetQuorum(t.Context(), by, 1))
	if err := d.RemoveWitness(t.Context(), by, one.name); err == nil {
		t.Error("the last witness of a quorum of one went")
	}
	ok(t, d.SetQuorum(t.Context(), by, 0))
	ok(t, d.RemoveWitness(t.Context(), by, one.name))
	if err := d.RemoveWitness(t.Context(), by, one.name); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("gone already: %v", err)
	}
	ana := d.Person("Ana Quiroga", review.RoleSenior)
	if err := d.SetQuorum(t.Context(), ana, 0); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("a senior set the quorum: %v", err)
	}
	entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventPolicyChange}, 0, 10)
	if ok(t, err); len(entries) != 4 {
		t.Errorf("there are %d events", len(entries))
	}
	whole(t, d)
}

func TestTheDatabaseRefusesToChangeCosignaturesAndTheIndexOfCodes(t *testing.T) {
	d := dbtest.New(t)
	one := newOutsider(t, d, "one.example")
	d.Cybrid(1, "Ines Moreau", "id_check_failure")
	one.see(t, d)
	d.Shut()
	raw, err := db.OpenRaw(filepath.Join(d.Dir, "desk.db"))
	ok(t, err)
	defer raw.Close()
	for _, statement := range []string{
		`UPDATE cosignature SET at = 1`, `DELETE FROM cosignature`, `INSERT OR REPLACE INTO cosignature SELECT size, name, 'x', 1 FROM cosignature`,
		`UPDATE audit_code SET code = 'x'`, `DELETE FROM audit_code`,
	} {
		if _, err := raw.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
