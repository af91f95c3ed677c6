package audit_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

type damage struct {
	name  string
	do    func(d *desk)
	fault audit.Fault
	seq   int64
}

// rebody rewrites the entry at seq and leaves all else as it was.
func (d *desk) rebody(seq int64, change func(*audit.Entry)) {
	d.t.Helper()
	row := &d.entries[seq-1]
	e, err := audit.Parse(row.body)
	if err != nil {
		d.t.Fatal(err)
	}
	change(&e)
	if row.body, err = e.Bytes(); err != nil {
		d.t.Fatal(err)
	}
	row.columns = audit.Columns{Kind: e.Action, Actor: e.Actor.ID, Object: e.Object, At: e.Time}
}

// rehash gives the damaged entries hashes that fit: all that somebody without the
// signing key can do.
func (d *desk) rehash() {
	d.t.Helper()
	d.hashes, d.tree = nil, &audit.Frontier{}
	for _, row := range d.entries {
		hashes, err := d.tree.Append(row.body)
		if err != nil {
			d.t.Fatal(err)
		}
		for i, h := range hashes {
			d.hashes = append(d.hashes, hashRow{audit.StoredHashIndex(d.tree.Size()) + int64(i), h})
		}
	}
}

// rollback puts back a backup from before the last batch.
func (d *desk) rollback(newer func()) {
	backup, tree := d.copy(), d.tree.Clone()
	newer()
	d.memory, d.tree = backup, tree
}

func toEntries(*desk) []damage {
	return []damage{
		{"an entry's words are changed", func(d *desk) { d.rebody(6, func(e *audit.Entry) { e.Address = "192.0.2.1" }) }, audit.FaultChanged, 6},
		{"an entry's bytes are no longer canonical", func(d *desk) { d.entries[5].body = append(d.entries[5].body, ' ') }, audit.FaultChanged, 6},
		{"an entry's bytes are gone", func(d *desk) { d.entries[5].body = nil }, audit.FaultChanged, 6},
		{"an entry's kind column is changed", func(d *desk) { d.entries[5].columns.Kind = "viewed" }, audit.FaultChanged, 6},
		{"an entry's actor column is changed", func(d *desk) { d.entries[5].columns.Actor = "bob" }, audit.FaultChanged, 6},
		{"an entry's object column is changed", func(d *desk) { d.entries[5].columns.Object = "B" }, audit.FaultChanged, 6},
		{"an entry's time column is off by a microsecond", func(d *desk) { d.entries[5].columns.At = d.entries[5].columns.At.Add(time.Microsecond) }, audit.FaultChanged, 6},
		{"an entry and all hashes are changed", func(d *desk) {
			d.rebody(6, func(e *audit.Entry) { e.Actor.ID = "bob" })
			d.rehash()
		}, audit.FaultChanged, 5},
		{"an entry in the middle is deleted", func(d *desk) { d.entries = slices.Delete(d.entries, 5, 6) }, audit.FaultMissing, 6},
		{"the first entry is deleted", func(d *desk) { d.entries = d.entries[1:] }, audit.FaultMissing, 1},
		{"an entry is deleted and the others move up", func(d *desk) {
			d.entries = slices.Delete(d.entries, 5, 6)
			for i := range d.entries {
				d.entries[i].seq = int64(i + 1)
			}
		}, audit.FaultReordered, 6},
		{"two entries change places", func(d *desk) {
			a, b := &d.entries[4], &d.entries[5]
			a.body, b.body, a.columns, b.columns = b.body, a.body, b.columns, a.columns
		}, audit.FaultReordered, 5},
		{"an entry comes twice", func(d *desk) { d.entries = slices.Insert(d.entries, 5, d.entries[5]) }, audit.FaultReordered, 6},
		{"a forged entry is put behind the last", func(d *desk) {
			n := len(d.hashes)
			d.add(audit.Entry{Action: "viewed"})
			d.hashes = d.hashes[:n]
		}, audit.FaultInserted, 17},
		{"a forged entry with its hashes is put behind the last", func(d *desk) { d.add(audit.Entry{Action: "viewed"}) }, audit.FaultInserted, 17},
		{"the last entry is deleted", func(d *desk) { d.entries = d.entries[:15] }, audit.FaultCutOff, 16},
		{"the last entries are deleted with their hashes", func(d *desk) {
			d.entries = d.entries[:13]
			d.rehash()
		}, audit.FaultCutOff, 14},
		{"all entries are deleted", func(d *desk) { d.entries = nil }, audit.FaultCutOff, 1},
		{"the last batch and its head are gone, but not its key", func(d *desk) {
			d.entries, d.heads, d.cases = d.entries[:10], d.heads[:5], nil
			d.rehash()
		}, audit.FaultCutOff, 11},
		{"the server writes an earlier time", func(d *desk) {
			d.add(audit.Entry{Action: "viewed", Time: d.now.Add(-time.Millisecond)})
			d.commit()
		}, audit.FaultTime, 17},
		{"the server writes an earlier time and admits it", func(d *desk) {
			d.add(audit.Entry{Action: "viewed", Time: d.now.Add(-time.Millisecond), ClockSteppedBack: true})
			d.commit()
		}, audit.FaultTime, 17},
	}
}

func toHashes(*desk) []damage {
	return []damage{
		{"a leaf's hash is changed", func(d *desk) { d.hashes[0].hash[0] ^= 1 }, audit.FaultChanged, 1},
		{"an inner hash is changed", func(d *desk) { d.hashes[2].hash[31] ^= 0x80 }, audit.FaultChanged, 2},
		{"a hash is deleted", func(d *desk) { d.hashes = slices.Delete(d.hashes, 2, 3) }, audit.FaultMissing, 2},
		{"the last hash is deleted", func(d *desk) { d.hashes = d.hashes[:len(d.hashes)-1] }, audit.FaultMissing, 16},
		{"a hash is put in", func(d *desk) { d.hashes = slices.Insert(d.hashes, 0, hashRow{-1, tlog.Hash{}}) }, audit.FaultInserted, 1},
		{"a hash is put behind the last", func(d *desk) { d.hashes = append(d.hashes, hashRow{int64(len(d.hashes)), tlog.Hash{}}) }, audit.FaultCutOff, 17},
		{"two hashes change places", func(d *desk) { d.hashes[0].hash, d.hashes[1].hash = d.hashes[1].hash, d.hashes[0].hash }, audit.FaultChanged, 1},
	}
}

func toHeads(d *desk) []damage {
	s := d.signer
	foreign, _ := stranger(d.t, origin)
	witness, _ := stranger(d.t, "witness")
	resign := func(c audit.Checkpoint, s note.Signer) []byte {
		signed, err := c.Sign(s)
		if err != nil {
			d.t.Fatal(err)
		}
		return signed
	}
	head := func(d *desk) audit.Checkpoint {
		c, err := audit.OpenCheckpoint(d.heads[7].signed, d.verifier)
		if err != nil {
			d.t.Fatal(err)
		}
		return c
	}
	return []damage{
		{"a head is signed by a stranger", func(d *desk) { d.heads[7].signed = resign(head(d), foreign) }, audit.FaultSignature, 16},
		{"a head is of another log", func(d *desk) {
			c := head(d)
			c.Origin = "reviewdesk/other"
			d.heads[7].signed = resign(c, s)
		}, audit.FaultSignature, 16},
		{"a head has another root, rightly signed", func(d *desk) {
			c := head(d)
			c.Root[0] ^= 1
			d.heads[7].signed = resign(c, s)
		}, audit.FaultChanged, 14},
		{"a head's size column is changed", func(d *desk) { d.heads[6].size = 14 }, audit.FaultMissing, 13},
		{"a head's size column is changed where no anchor is", func(d *desk) {
			d.heads[6].size, d.path = 14, ""
		}, audit.FaultReordered, 14},
		{"two heads change places", func(d *desk) { d.heads[2].signed, d.heads[3].signed = d.heads[3].signed, d.heads[2].signed }, audit.FaultReordered, 6},
		{"a head comes twice", func(d *desk) { d.heads = append(d.heads, d.heads[7]) }, audit.FaultReordered, 0},
		{"a head of a negative size is put in", func(d *desk) { d.heads = slices.Insert(d.heads, 0, headRow{-1, d.heads[0].signed}) }, audit.FaultReordered, 0},
		{"a head has a second signature", func(d *desk) {
			d.heads[7].signed, _ = note.Sign(&note.Note{Text: head(d).Text()}, s, witness)
		}, audit.FaultSignature, 16},
		{"a head has its signature twice", func(d *desk) {
			b := d.heads[7].signed
			d.heads[7].signed = append(b, b[bytes.LastIndex(b, []byte("—")):]...)
		}, audit.FaultSignature, 16},
		{"a head has a spare bit of its signature set", func(d *desk) {
			b := d.heads[7].signed
			b[len(b)-3]++ // the last letter before "=\n"; its lowest two bits mean nothing
		}, audit.FaultSignature, 16},
		{"our key signed something else", func(d *desk) {
			d.heads[7].signed, _ = note.Sign(&note.Note{Text: "all is well\n"}, s)
		}, audit.FaultChanged, 16},
	}
}

func toWholeTables(*desk) []damage {
	return []damage{
		{"a head in the middle is deleted", func(d *desk) { d.heads = slices.Delete(d.heads, 3, 4) }, audit.FaultMissing, 7},
		{"the last head is deleted", func(d *desk) { d.heads = d.heads[:7] }, audit.FaultMissing, 16},
		{"the last head is deleted where no anchor is", func(d *desk) { d.heads, d.path = d.heads[:7], "" }, audit.FaultInserted, 14},
		{"all heads are deleted where no anchor is", func(d *desk) { d.heads, d.path = nil, "" }, audit.FaultMissing, 0},
		{"everything is deleted where no anchor is", func(d *desk) { d.memory, d.path = memory{}, "" }, audit.FaultMissing, 0},
		{"everything is deleted", func(d *desk) { d.memory = memory{} }, audit.FaultRolledBack, 1},
	}
}

func toKeys(*desk) []damage {
	return []damage{
		{"a key is changed", func(d *desk) { d.openings[0].key[0] ^= 1 }, audit.FaultCommitment, 6},
		{"a committed value is changed", func(d *desk) { d.openings[0].value = []byte("It is not.") }, audit.FaultCommitment, 6},
		{"what is kept does not open", func(d *desk) { d.openings[0].key = nil }, audit.FaultCommitment, 6},
		{"a key is for another field", func(d *desk) { d.openings[0].field = "name" }, audit.FaultCommitment, 6},
		{"a key is for an entry without commitments", func(d *desk) { d.openings[0].seq = 5 }, audit.FaultCommitment, 5},
		{"a key is for no entry", func(d *desk) { d.openings[0].seq = 0 }, audit.FaultCommitment, 0},
		{"a key is for an entry to come", func(d *desk) { d.openings[3].seq = 99 }, audit.FaultCutOff, 17},
	}
}

func toCases(*desk) []damage {
	wrong := func(name string, seq int64, e audit.Entry) damage {
		return damage{name, func(d *desk) { d.add(e); d.commit() }, audit.FaultCase, seq}
	}
	at := func(state string, version int64) *audit.State { return &audit.State{State: state, Version: version} }
	return []damage{
		{"a decision is changed in the table only", func(d *desk) { d.cases[0].State = "failed" }, audit.FaultCase, 6},
		{"a version is changed in the table only", func(d *desk) { d.cases[0].Version++ }, audit.FaultCase, 6},
		{"a decider is changed in the table only", func(d *desk) { d.cases[1].Decider = "ann" }, audit.FaultCase, 12},
		{"a ground is changed in the table only", func(d *desk) { d.cases[0].Steps[0].Holds[3].Value = "other" }, audit.FaultCase, 6},
		{"the row of a proposal is deleted", func(d *desk) { d.cases[1].Steps = d.cases[1].Steps[1:] }, audit.FaultCase, 7},
		{"the row of a decision is put in", func(d *desk) { d.cases[0].Steps = append(d.cases[0].Steps, d.cases[1].Steps[0]) }, audit.FaultCase, 6},
		{"the rows of two decisions change places", func(d *desk) { s := d.cases[1].Steps; s[0], s[1] = s[1], s[0] }, audit.FaultCase, 7},
		{"the time of a confirmation is changed", func(d *desk) { d.cases[1].Steps[2].Holds[1].Value += "0" }, audit.FaultCase, 10},
		{"a finding's resolution is changed", func(d *desk) { d.cases[0].Findings[0].Value = "upheld" }, audit.FaultCase, 6},
		{"a finding of an undecided case is resolved", func(d *desk) { d.cases[2].Findings[0].Value = "cleared" }, audit.FaultCase, 14},
		{"a finding is deleted", func(d *desk) { d.cases[0].Findings = nil }, audit.FaultCase, 6},
		{"a decision is no longer the one that stands", func(d *desk) { d.cases[0].Decision = 0 }, audit.FaultCase, 6},
		{"the time of a decision is changed", func(d *desk) { d.cases[0].Decided = d.cases[0].Decided.Add(1000) }, audit.FaultCase, 6},
		{"the time of an approval is changed", func(d *desk) { d.cases[0].Approved = time.Time{} }, audit.FaultCase, 6},
		{"a copy's row is changed", func(d *desk) { d.fact(0, 3).Value = "00" }, audit.FaultCase, 2},
		{"a picture is deleted", func(d *desk) { d.cases[0].Arrived.Holds = d.cases[0].Arrived.Holds[:4] }, audit.FaultCase, 2},
		{"a row names another entry for its copy", func(d *desk) { d.cases[2].Arrived.Seq = 4 }, audit.FaultCase, 13},
		{"a row of the outbox is deleted", func(d *desk) { d.outbox = d.outbox[1:] }, audit.FaultCase, 6},
		{"a row of the outbox tells another state", func(d *desk) { d.outbox[0].state = "failed" }, audit.FaultCase, 6},
		{"a row of the outbox is for another case", func(d *desk) { d.outbox[0].object = "B" }, audit.FaultCase, 6},
		{"a row of the outbox tells of a viewing", func(d *desk) { d.outbox = slices.Insert(d.outbox, 0, toldRow{5, "A", "passed"}) }, audit.FaultCase, 5},
		{"a row of the outbox tells of nothing yet", func(d *desk) { d.outbox = append(d.outbox, toldRow{99, "A", "passed"}) }, audit.FaultCase, 0},
		{"rows of the outbox change places", func(d *desk) { d.outbox[0], d.outbox[1] = d.outbox[1], d.outbox[0] }, audit.FaultCase, 6},
		{"a case is deleted", func(d *desk) { d.cases = d.cases[:2] }, audit.FaultCase, 14},
		{"a case is put in", func(d *desk) { d.cases = append(d.cases, audit.CaseState{ID: "D"}) }, audit.FaultCase, 0},
		{"a case is there twice", func(d *desk) { d.cases = append(d.cases, d.cases[0]) }, audit.FaultCase, 0},
		{"a case is decided twice", func(d *desk) { d.move("bob", "decided", "A", "failed"); d.commit() }, audit.FaultTwoDecisions, 17},
		{"a decided case is confirmed", func(d *desk) { d.move("bob", "confirmed", "A", "passed"); d.commit() }, audit.FaultTwoDecisions, 17},
		{"a case is decided again after an update that left it decided", func(d *desk) {
			d.move("feed", "updated", "A", "passed")
			d.move("bob", "decided", "A", "failed")
			d.commit()
		}, audit.FaultTwoDecisions, 18},
		wrong("a decision without a case", 17, audit.Entry{Action: "decided", Before: at("passed", 2), After: at("failed", 3)}),
		wrong("a decision without its outcome", 17, audit.Entry{Action: "decided", Object: "C", Before: at("in_review", 3)}),
		wrong("a case that begins twice", 17, audit.Entry{Action: "received", Object: "C", After: at("in_review", 4)}),
		wrong("a case that begins in the middle", 17, audit.Entry{Action: "updated", Object: "D", Before: at("arriving", 1), After: at("in_review", 2)}),
		wrong("a step from another state", 17, audit.Entry{Action: "updated", Object: "C", Before: at("passed", 3), After: at("in_review", 4)}),
		wrong("a step from another version", 17, audit.Entry{Action: "updated", Object: "C", Before: at("in_review", 2), After: at("in_review", 4)}),
	}
}

func toAnchor(*desk) []damage {
	return []damage{
		{"a backup is put back", func(d *desk) {
			d.rollback(func() { d.move("ann", "decided", "C", "passed"); d.commit() })
		}, audit.FaultRolledBack, 17},
		{"a backup is put back and work goes on", func(d *desk) {
			d.rollback(func() { d.add(audit.Entry{Action: "viewed"}); d.commit() })
			d.add(audit.Entry{Action: "exported"})
			d.commit()
		}, audit.FaultChanged, 17},
		{"a head is anchored that never was", func(d *desk) {
			root := tlog.Hash{1}
			signed, _ := audit.Checkpoint{Origin: origin, Size: 16, Root: root}.Sign(d.signer)
			d.anchor.Append(d.now, signed)
		}, audit.FaultChanged, 16},
		{"an anchored head is of another log", func(d *desk) {
			signed, _ := audit.Checkpoint{Origin: "reviewdesk/other", Size: 16}.Sign(d.signer)
			d.anchor.Append(d.now, signed)
		}, audit.FaultSignature, 0},
		{"the anchor's lines change places", func(d *desk) {
			edit(d.t, d.path, func(s string) string {
				lines := strings.SplitAfter(s, "\n")
				lines[2], lines[3] = lines[3], lines[2]
				return strings.Join(lines, "")
			})
		}, audit.FaultReordered, 0},
		{"an anchored signature is changed", func(d *desk) {
			edit(d.t, d.path, func(s string) string { return strings.Replace(s, `\n4\n`, `\n5\n`, 1) })
		}, audit.FaultSignature, 0},
		{"an anchored line is rewritten", func(d *desk) {
			edit(d.t, d.path, func(s string) string { return strings.Replace(s, `{"time"`, `{ "time"`, 1) })
		}, audit.FaultChanged, 0},
		{"the anchor is missing", func(d *desk) { os.Remove(d.path) }, audit.FaultUnreadable, 0},
		{"the anchor is a folder", func(d *desk) { d.path = d.t.TempDir() }, audit.FaultUnreadable, 0},
		{"there is no key to check with", func(d *desk) { d.keys = audit.Keys{} }, audit.FaultUnreadable, 0},
	}
}

func exitCode(f audit.Fault) int {
	switch f {
	case audit.FaultRolledBack:
		return 2
	case audit.FaultUnreadable:
		return 3
	}
	return 1
}

func TestEveryDamageIsNamed(t *testing.T) {
	for _, damages := range []func(*desk) []damage{toEntries, toHashes, toHeads, toWholeTables, toKeys, toCases, toErasures, toAccounts, toCosignatures, toAnchor} {
		for i, c := range damages(workday(t)) {
			t.Run(c.name, func(t *testing.T) {
				d := workday(t)
				damages(d)[i].do(d)
				r := d.verify()
				if r.Fault != c.fault || r.Seq != c.seq || r.ExitCode() != exitCode(c.fault) {
					t.Errorf("found %q at %d, exit %d; want %q at %d", r.Fault, r.Seq, r.ExitCode(), c.fault, c.seq)
				}
				if r.Detail == "" || strings.ContainsRune(r.Sentence(), '\n') {
					t.Errorf("no plain line: %q", r.Sentence())
				}
				t.Log(r.Sentence())
			})
		}
	}
}
