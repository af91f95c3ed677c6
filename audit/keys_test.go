package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
)

// twice is a log of 22 entries whose key was rotated in entries 17 and 20.
func twice(t testing.TB) *desk {
	d := workday(t)
	d.rotate()
	d.add(audit.Entry{Action: "viewed", Object: "A"})
	d.commit() // 18, under the new key
	d.add(audit.Entry{Action: "viewed", Object: "B"})
	d.rotate()
	d.add(audit.Entry{Action: "viewed", Object: "C"})
	d.commit() // 21
	d.add(audit.Entry{Action: "viewed", Object: "C"})
	d.commit() // 22
	return d
}

func TestALogIsFollowedThroughItsRotations(t *testing.T) {
	named := func(d *desk) *desk { // a log whose first entry names its first key
		*d = *newDesk(d.t)
		d.add(audit.Entry{Action: "started", Facts: []audit.Fact{{Name: "verifier", Value: publicKey}}})
		d.commit()
		d.rotate()
		d.commit()
		d.rotate()
		d.commit()
		return d
	}
	for name, c := range map[string]struct {
		make  func(t *testing.T) *desk
		pin   func(d *desk) []string
		fault audit.Fault
	}{
		"from the first key":                              {func(t *testing.T) *desk { return twice(t) }, func(d *desk) []string { return d.chain[:1] }, audit.FaultNone},
		"from the newest key, the first entry naming one": {func(t *testing.T) *desk { return named(newDesk(t)) }, func(d *desk) []string { return d.chain[2:] }, audit.FaultNone},
		"from a key in the middle":                        {func(t *testing.T) *desk { return named(newDesk(t)) }, func(d *desk) []string { return d.chain[1:2] }, audit.FaultNone},
		"from all keys":                                   {func(t *testing.T) *desk { return named(newDesk(t)) }, func(d *desk) []string { return d.chain }, audit.FaultNone},
		"from the first and the newest key":               {func(t *testing.T) *desk { return twice(t) }, func(d *desk) []string { return []string{d.chain[0], d.chain[2]} }, audit.FaultNone},
		"but not from a stranger's key":                   {func(t *testing.T) *desk { return named(newDesk(t)) }, func(d *desk) []string { return []string{strangerKey(t)} }, audit.FaultSignature},
		"but not from one of them and a stranger's":       {func(t *testing.T) *desk { return twice(t) }, func(d *desk) []string { return []string{d.chain[0], strangerKey(t)} }, audit.FaultSignature},
	} {
		t.Run(name, func(t *testing.T) {
			d := c.make(t)
			d.pin(c.pin(d)...)
			r := d.verify()
			if r.Fault != c.fault {
				t.Fatal(r.Sentence())
			}
			if r.Fault == audit.FaultNone && (r.Rotations != 2 || !strings.Contains(r.Sentence(), "under 3 keys")) {
				t.Errorf("%d rotations: %s", r.Rotations, r.Sentence())
			}
		})
	}
}

func strangerKey(t testing.TB) string {
	t.Helper()
	_, vkey, err := audit.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	return vkey
}

// Somebody stole the first key after it was replaced, and rewrites what it signed.
func TestAStolenOldKeyDoesNotPassUnderTheNewerOne(t *testing.T) {
	d := twice(t)
	newest := d.chain[2]
	f := newDesk(t)
	f.add(audit.Entry{Action: "started", Facts: []audit.Fact{{Name: "verifier", Value: publicKey}}})
	f.commit()
	f.rotate() // to a key of the thief's
	f.commit()
	if f.pin(publicKey); f.verify().Fault != audit.FaultNone {
		t.Fatal("the forgery is not good enough for this test: " + f.verify().Sentence())
	}
	if f.pin(newest); f.verify().Fault != audit.FaultSignature {
		t.Error(f.verify().Sentence())
	}
}

func TestEveryFaultOfARotationIsNamed(t *testing.T) {
	fact := func(seq int64, i int, value string) func(*desk) {
		return func(d *desk) {
			d.rebody(seq, func(e *audit.Entry) { e.Facts[i].Value = value })
			d.rehash()
			for i := range d.heads { // the operator himself signs what he changed
				size := d.heads[i].size
				s, _ := keys(d.t)
				if size >= 17 {
					s = d.signer
				}
				d.heads[i].signed, _ = d.at(size).Sign(s)
			}
			d.path = ""
		}
	}
	once := func(t *testing.T) *desk {
		d := workday(t)
		d.rotate()
		d.commit()
		return d
	}
	for name, c := range map[string]struct {
		do    func(*desk)
		fault audit.Fault
		seq   int64
	}{
		"the old key signs on": {func(d *desk) {
			s, _ := keys(d.t)
			d.heads[8].signed, _ = d.at(17).Sign(s)
			d.path = ""
		}, audit.FaultSignature, 17},
		"the old key signs again later": {func(d *desk) {
			d.add(audit.Entry{Action: "viewed"})
			d.signer, _ = keys(d.t)
			d.commit()
		}, audit.FaultSignature, 18},
		"a key signs that was never handed over to": {func(d *desk) {
			d.add(audit.Entry{Action: "viewed"})
			d.signer, _ = stranger(d.t, origin)
			d.commit()
		}, audit.FaultSignature, 18},
		"the new key is exchanged":              {fact(17, 1, strangerKey(t)), audit.FaultSignature, 17},
		"the old key's signature is gone":       {fact(17, 2, ""), audit.FaultSignature, 17},
		"the new key's signature is not base64": {fact(17, 3, "!"), audit.FaultSignature, 17},
		"the rotation is turned round by the database": {func(d *desk) {
			d.rebody(17, func(e *audit.Entry) { e.Facts[0], e.Facts[1] = e.Facts[1], e.Facts[0] })
		}, audit.FaultChanged, 17},
		"an older copy from before the rotation is put back": {func(d *desk) {
			d.entries, d.heads = d.entries[:16], d.heads[:8]
			d.rehash()
			d.pin(d.chain...)
		}, audit.FaultRolledBack, 17},
	} {
		t.Run(name, func(t *testing.T) {
			d := once(t)
			c.do(d)
			if r := d.verify(); r.Fault != c.fault || r.Seq != c.seq {
				t.Errorf("want %q at %d: %s", c.fault, c.seq, r.Sentence())
			}
		})
	}
}

func TestARotationHoldsOnlyAsItWasSigned(t *testing.T) {
	newSKey, newVKey, _ := audit.NewKey(origin)
	facts, err := audit.RotationFacts(origin, 9, secretKey, newSKey)
	if err != nil {
		t.Fatal(err)
	}
	good := audit.Entry{Seq: 9, Action: audit.ActionKeyRotated, Facts: append(facts, audit.Fact{Name: "why", Value: "yearly"})}
	if o, n, err := audit.CheckRotation(good, origin); err != nil || o != publicKey || n != newVKey {
		t.Fatal(o, n, err)
	}
	for name, change := range map[string]func(*audit.Entry){
		"at another seq":              func(e *audit.Entry) { e.Seq = 10 },
		"under another action":        func(e *audit.Entry) { e.Action = "viewed" },
		"without its last signature":  func(e *audit.Entry) { e.Facts = e.Facts[:3] },
		"with its facts in disorder":  func(e *audit.Entry) { e.Facts[0], e.Facts[1] = e.Facts[1], e.Facts[0] },
		"with its keys in disorder":   func(e *audit.Entry) { e.Facts[0].Value, e.Facts[1].Value = e.Facts[1].Value, e.Facts[0].Value },
		"with both signatures one":    func(e *audit.Entry) { e.Facts[3].Value = e.Facts[2].Value },
		"from a key to itself":        func(e *audit.Entry) { e.Facts[1].Value, e.Facts[3].Value = e.Facts[0].Value, e.Facts[2].Value },
		"with a key written oddly":    func(e *audit.Entry) { e.Facts[0].Value += "\n" },
		"with a newline in signature": func(e *audit.Entry) { e.Facts[2].Value += "\n" },
		"with no key at all":          func(e *audit.Entry) { e.Facts[0].Value = "" },
	} {
		t.Run(name, func(t *testing.T) {
			e := good
			e.Facts = slices.Clone(good.Facts)
			change(&e)
			if _, _, err := audit.CheckRotation(e, origin); !errors.Is(err, audit.ErrSignature) {
				t.Error(err)
			}
		})
	}
	if _, _, err := audit.CheckRotation(good, "reviewdesk/other"); !errors.Is(err, audit.ErrSignature) {
		t.Error("it holds for another log")
	}
	if _, err := pinned(t).Follow(audit.Entry{Seq: 9, Action: "viewed"}); err == nil {
		t.Error("followed nothing")
	}
	two, err := pinned(t).Follow(good)
	if err != nil || len(two.VKeys()) != 2 || len(pinned(t).VKeys()) != 1 {
		t.Fatal(two, err)
	}
	if _, err := two.Follow(good); !errors.Is(err, audit.ErrSignature) {
		t.Error("the same rotation was followed twice")
	}
}

func TestRotationFactsAreOnlyMadeOfFittingKeys(t *testing.T) {
	other, _, _ := audit.NewKey("reviewdesk/other")
	next, _, _ := audit.NewKey(origin)
	for name, c := range map[string]struct {
		seq      int64
		old, new string
	}{
		"an old key of another log": {9, other, next},
		"a new key of another log":  {9, secretKey, other},
		"one key twice":             {9, secretKey, secretKey},
		"a public key":              {9, publicKey, next},
		"no key":                    {9, secretKey, ""},
		"no entry":                  {0, secretKey, next},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := audit.RotationFacts(origin, c.seq, c.old, c.new); err == nil {
				t.Error("made all the same")
			}
		})
	}
}

func TestNewKeysRefusesWhatCannotBeTrusted(t *testing.T) {
	_, other, _ := audit.NewKey("reviewdesk/other")
	for name, vkeys := range map[string][]string{
		"nothing":                  nil,
		"an empty key":             {""},
		"a secret key":             {secretKey},
		"one key twice":            {publicKey, publicKey},
		"keys of two logs":         {publicKey, other},
		"a damaged key":            {strings.Replace(publicKey, "7abb", "7abc", 1)},
		"a key of another type":    {mustWitnessKey(t)},
		"a key with rubbish after": {publicKey + "A"},
	} {
		t.Run(name, func(t *testing.T) {
			if k, err := audit.NewKeys(vkeys...); err == nil {
				t.Errorf("%v", k.VKeys())
			}
		})
	}
	if k := (audit.Keys{}); k.Origin() != "" || len(k.VKeys()) != 0 {
		t.Error("no keys have a name")
	}
	if _, err := (audit.Keys{}).Open([]byte(goldenNote)); !errors.Is(err, audit.ErrSignature) {
		t.Error(err)
	}
	if c, err := pinned(t).Open([]byte(goldenNote)); err != nil || c != golden {
		t.Error(c, err)
	}
	s, _ := keys(t)
	foreign, _ := note.Sign(&note.Note{Text: "reviewdesk/other\n0\n" + golden.Root.String() + "\n"}, s)
	if _, err := pinned(t).Open(foreign); !errors.Is(err, audit.ErrSignature) {
		t.Error("our key opened another log's head")
	}
}

func mustWitnessKey(t testing.TB) string {
	t.Helper()
	_, vkey, err := audit.NewWitnessKey("witness.example/w1")
	if err != nil {
		t.Fatal(err)
	}
	return vkey
}

func TestPublicKeyBelongsToItsSecret(t *testing.T) {
	if v, err := audit.PublicKey(secretKey + "\n"); err != nil || v != publicKey {
		t.Error(v, err)
	}
	for _, odd := range []string{"", publicKey, secretKey[:40]} {
		if v, err := audit.PublicKey(odd); err == nil {
			t.Errorf("%q has the public key %q", odd, v)
		}
	}
}
