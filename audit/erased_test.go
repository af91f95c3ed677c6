package audit_test

import (
	"slices"

	"reviewdesk/audit"
)

// erase takes the person of case A away, as storage does: the entry, the keys of all
// commitments of the case, and the rows but for what is left.
func (d *desk) erase() {
	d.t.Helper()
	d.leave("A")
	d.openings = slices.DeleteFunc(d.openings, func(k keyRow) bool { return d.objectOf(k.seq) == "A" })
	d.commit()
}

// leave writes the entry, with a reason whose key is kept, and marks the rows.
func (d *desk) leave(id string) {
	d.t.Helper()
	i := slices.IndexFunc(d.cases, func(c audit.CaseState) bool { return c.ID == id })
	c := &d.cases[i]
	reason, key, err := audit.Commit("reason", []byte("The period is over."))
	if err != nil {
		d.t.Fatal(err)
	}
	left := audit.Fact{Name: "row", Value: "1eft"}
	seq := d.tree.Size() + 1
	d.openings = append(d.openings, keyRow{seq, "reason", key[:], []byte("The period is over.")})
	d.add(audit.Entry{Actor: audit.Actor{Kind: "system"}, Action: "erased", Object: id, Facts: []audit.Fact{{Name: "legal_ground", Value: "order"}, left},
		Before: &audit.State{State: c.State, Version: c.Version}, After: &audit.State{State: c.State, Version: c.Version + 1}, Commitments: []audit.Commitment{reason}})
	c.Version++
	c.Emptied = true
	c.Steps = append(slices.Clone(c.Steps), audit.Row{Seq: seq, Holds: []audit.Fact{left}})
}

func (d *desk) objectOf(seq int64) string { return d.entries[seq-1].columns.Object }

func toErasures(d *desk) []damage {
	seq := d.tree.Size() + 1
	change := func(name string, f audit.Fault, do func(d *desk)) damage {
		return damage{name, func(d *desk) { d.erase(); do(d) }, f, seq}
	}
	ofA := func(d *desk) *audit.CaseState {
		return &d.cases[slices.IndexFunc(d.cases, func(c audit.CaseState) bool { return c.ID == "A" })]
	}
	return []damage{
		change("the rows of somebody erased hold data", audit.FaultCase, func(d *desk) { ofA(d).Emptied = false }),
		change("the row that an erasure left is changed", audit.FaultCase, func(d *desk) {
			steps := ofA(d).Steps
			steps[len(steps)-1].Holds = []audit.Fact{{Name: "row", Value: "1efu"}}
		}),
		change("the row that an erasure left is gone", audit.FaultCase, func(d *desk) { ofA(d).Steps = ofA(d).Steps[:len(ofA(d).Steps)-1] }),
		change("the decision on somebody erased is changed", audit.FaultCase, func(d *desk) { ofA(d).Decider = "eve" }),
		{"somebody erased leaves words behind", func(d *desk) { d.leave("A"); d.commit() }, audit.FaultCommitment, seq},
		{"a case goes on after its person was erased", func(d *desk) { d.erase(); d.move("bob", "escalated", "A", ofA(d).State); d.commit() }, audit.FaultCase, seq + 1},
		{"a row is emptied and no entry says so", func(d *desk) { ofA(d).Emptied = true }, audit.FaultCase, lastOf(d, "A")},
		{"keys are deleted and no entry says so", func(d *desk) { d.openings = nil }, audit.FaultCommitment, lastOf(d, "A")},
	}
}

// lastOf is the last entry that moved a case.
func lastOf(d *desk, id string) (seq int64) {
	for _, e := range d.entries {
		if e.columns.Object == id && audit.CaseActions[e.columns.Kind] {
			seq = e.seq
		}
	}
	return seq
}
