package audit_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

func TestAWholeLogIsWhole(t *testing.T) {
	d := workday(t)
	r := d.verify()
	root, _ := d.tree.Root()
	want := audit.Report{Entries: 16, Checkpoints: 8, Anchored: 8, Cases: 3, Openings: 4, Root: root}
	if r != want || r.ExitCode() != 0 {
		t.Fatalf("%+v\n%s", r, r.Sentence())
	}
	sentence := "Whole: 16 entries, 8 signed heads, 8 anchored heads on the timeline, 3 cases as recorded, " +
		"4 commitments opened, head " + root.String() + "."
	if r.Sentence() != sentence {
		t.Errorf("got %s", r.Sentence())
	}
}

// What a log may go through and still be whole.
func TestALogStaysWhole(t *testing.T) {
	for name, live := range map[string]func(*desk){
		"when a person is erased": func(d *desk) { d.erase() },
		"when nothing happened yet and that was signed": func(d *desk) {
			*d = *newDesk(d.t)
			d.commit()
		},
		"when a crash kept the last head from the anchor": func(d *desk) {
			d.add(audit.Entry{Action: "viewed"})
			d.sign()
		},
		"when a crash cut the anchor's last line short": func(d *desk) {
			edit(d.t, d.path, func(s string) string { return s + `{"time":"2026` })
		},
		"when an anchoring was done twice": func(d *desk) {
			if err := d.anchor.Append(d.now, d.heads[len(d.heads)-1].signed); err != nil {
				d.t.Fatal(err)
			}
		},
		"when an update begins a new round": func(d *desk) {
			d.move("feed", "updated", "A", "in_review")
			d.move("bob", "decided", "A", "failed")
			d.commit()
		},
		"when an update leaves a decision standing": func(d *desk) {
			d.move("feed", "updated", "A", "passed")
			d.commit()
		},
		"when an older desk stated less of its cases": func(d *desk) {
			d.older = true
			d.move("feed", "received", "D", "in_review")
			d.move("ann", "decided", "D", "failed")
			d.commit()
		},
		"when a witness cosigned":                         func(d *desk) { d.witness() },
		"when somebody cosigned whom nobody can check":    func(d *desk) { d.cosign(newHandWitness("w9")) },
		"when an account was added, changed and shut out": func(d *desk) { d.hire() },
		"when the name of an account was forgotten": func(d *desk) {
			d.hire()
			d.openings, d.accounts[0].Name = d.openings[:4], ""
		},
		"when the table lists the cases in another order": func(d *desk) { slices.Reverse(d.cases) },
		"when two entries have one time":                  func(d *desk) { d.add(audit.Entry{Action: "viewed", Time: d.now}); d.commit() },
	} {
		t.Run(name, func(t *testing.T) {
			d := workday(t)
			live(d)
			if r := d.verify(); r.ExitCode() != 0 {
				t.Error(r.Sentence())
			}
		})
	}
}

// TestNoBitCanBeTurned turns one bit in every few bytes of all that is stored.
func TestNoBitCanBeTurned(t *testing.T) {
	d := workday(t)
	var all [][]byte
	for i := range d.entries {
		all = append(all, d.entries[i].body)
	}
	for i := range d.hashes {
		all = append(all, d.hashes[i].hash[:])
	}
	for i := range d.heads {
		all = append(all, d.heads[i].signed)
	}
	for i := range d.openings {
		all = append(all, d.openings[i].key, d.openings[i].value)
	}
	for _, b := range all {
		for i := 0; i < len(b); i += 5 {
			bit := byte(1) << (i % 8)
			b[i] ^= bit
			if r := d.verify(); r.ExitCode() != 1 {
				t.Fatalf("bit %d of byte %d of %q: %s", i%8, i, b, r.Sentence())
			}
			b[i] ^= bit
		}
	}
	if r := d.verify(); r.ExitCode() != 0 {
		t.Errorf("all was put back, and yet: %s", r.Sentence())
	}
}

// broken is a log whose disk fails in one of its tables.
type broken struct {
	audit.Source
	table string
	fail  func() error
}

func (b broken) at(table string) error {
	if b.table == table {
		return b.fail()
	}
	return nil
}

func (b broken) Entries(yield func(int64, audit.Columns, []byte) error) error {
	return errors.Join(b.Source.Entries(yield), b.at("entries"))
}

func (b broken) Hashes(yield func(int64, tlog.Hash) error) error {
	return errors.Join(b.at("hashes"), b.Source.Hashes(yield))
}

func (b broken) Checkpoints(yield func(int64, []byte) error) error {
	return errors.Join(b.Source.Checkpoints(yield), b.at("checkpoints"))
}

func (b broken) Openings(yield func(int64, string, []byte, []byte) error) error {
	return errors.Join(b.Source.Openings(yield), b.at("openings"))
}

func (b broken) Cosignatures(yield func(int64, string, string) error) error {
	return errors.Join(b.at("cosignatures"), b.Source.Cosignatures(yield))
}

func (b broken) Outbox(yield func(int64, string, string) error) error {
	return errors.Join(b.at("outbox"), b.Source.Outbox(yield))
}

func (b broken) Cases(yield func(*audit.CaseState) error) error {
	return errors.Join(b.Source.Cases(yield), b.at("cases"))
}

func (b broken) Accounts(yield func(audit.AccountState) error) error {
	return errors.Join(b.at("accounts"), b.Source.Accounts(yield))
}

func TestABrokenDiskIsUnreadable(t *testing.T) {
	d := workday(t)
	for _, table := range []string{"entries", "hashes", "checkpoints", "cosignatures", "openings", "outbox", "cases", "accounts"} {
		for how, fail := range map[string]func() error{
			"gives an error": func() error { return errors.New("disk gone") },
			"panics":         func() error { panic("disk gone") },
		} {
			t.Run("reading the "+table+" "+how, func(t *testing.T) {
				r := audit.Verify(broken{&d.memory, table, fail}, audit.Options{Keys: d.keys, AnchorPath: d.path})
				if r.Fault != audit.FaultUnreadable || r.ExitCode() != 3 || !strings.Contains(r.Detail, "disk gone") {
					t.Errorf("%+v", r)
				}
			})
		}
	}
	t.Run("there is no source", func(t *testing.T) {
		if r := audit.Verify(nil, audit.Options{Keys: d.keys}); r.ExitCode() != 3 {
			t.Errorf("%+v", r)
		}
	})
}

// deaf is a source that reads on whatever it is told.
type deaf struct{ *memory }

func (m deaf) Entries(yield func(int64, audit.Columns, []byte) error) error {
	return m.memory.Entries(func(seq int64, c audit.Columns, b []byte) error {
		yield(seq, c, b)
		return nil
	})
}

func TestASourceThatSwallowsErrorsHidesNothing(t *testing.T) {
	d := workday(t)
	d.entries[5].body = nil
	r := audit.Verify(deaf{&d.memory}, audit.Options{Keys: d.keys})
	if r.Fault != audit.FaultChanged || r.Seq != 6 {
		t.Error(r.Sentence())
	}
}

func TestSentence(t *testing.T) {
	for want, r := range map[string]audit.Report{
		"Whole: 18\u2009231 entries, 1 signed head, no anchored head to compare with, 0 cases as recorded, " +
			"1\u2009000\u2009000 commitments opened, head " + tlog.Hash{}.String() + ".": {Entries: 18231, Checkpoints: 1, Openings: 1e6},
		"Cut off at entry 1\u2009001: it stops.": {Fault: audit.FaultCutOff, Seq: 1001, Detail: "it stops"},
		"Unreadable: no such file.":              {Fault: audit.FaultUnreadable, Detail: "no such file"},
	} {
		if got := r.Sentence(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Signatures are checked behind the walk, on all processors; what is reported is the
// first that a walk alone would have met, every time.
func TestTheFirstFaultIsReportedWhoeverFindsIt(t *testing.T) {
	d := newDesk(t)
	for range 400 {
		d.add(audit.Entry{Action: "viewed"})
		d.commit()
	}
	spoil := func(at int) { // a signature of ours, over another head
		text, _, _ := strings.Cut(string(d.heads[at].signed), "\n\n")
		_, sig, _ := strings.Cut(string(d.heads[at-1].signed), "\n\n")
		d.heads[at].signed = []byte(text + "\n\n" + sig)
	}
	whole := d.copy()
	for name, c := range map[string]struct {
		do    func()
		fault audit.Fault
		seq   int64
	}{
		"several wrong signatures":                    {func() { spoil(300); spoil(57); spoil(58); spoil(120) }, audit.FaultSignature, 58},
		"a wrong signature before a changed entry":    {func() { spoil(57); d.entries[390].body = nil }, audit.FaultSignature, 58},
		"a wrong signature after a changed entry":     {func() { spoil(398); d.entries[57].body = nil }, audit.FaultChanged, 58},
		"a wrong signature on the head of the change": {func() { spoil(57); d.entries[58].body = nil }, audit.FaultSignature, 58},
		"a wrong signature on the very last head":     {func() { spoil(399) }, audit.FaultSignature, 400},
	} {
		t.Run(name, func(t *testing.T) {
			d.memory = whole.copy()
			c.do()
			first := d.verify()
			if first.Fault != c.fault || first.Seq != c.seq || first.Checkpoints >= c.seq {
				t.Fatalf("%d heads: %s", first.Checkpoints, first.Sentence())
			}
			for range 20 {
				if again := d.verify(); again != first {
					t.Fatalf("once %+v\nthen %+v", first, again)
				}
			}
		})
	}
}
