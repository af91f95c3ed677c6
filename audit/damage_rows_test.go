package audit_test

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"reviewdesk/audit"
)

// fact is one that a case's copy holds, apart from the entry's own.
func (d *desk) fact(c, i int) *audit.Fact {
	d.cases[c].Arrived.Holds = slices.Clone(d.cases[c].Arrived.Holds)
	return &d.cases[c].Arrived.Holds[i]
}

// hire adds an account, gives it another role, and shuts it out.
func (d *desk) hire() {
	d.t.Helper()
	add := func(action string, facts ...audit.Fact) {
		d.add(audit.Entry{Actor: audit.Actor{Kind: "system"}, Action: action, Object: "zoe", Facts: facts})
	}
	name, key, err := audit.Commit("name", []byte("Zoe"))
	if err != nil {
		d.t.Fatal(err)
	}
	email, other, err := audit.Commit("email", []byte("z@desk.example"))
	if err != nil {
		d.t.Fatal(err)
	}
	seq := d.tree.Size() + 1
	d.openings = append(d.openings, keyRow{seq, "email", other[:], []byte("z@desk.example")}, keyRow{seq, "name", key[:], []byte("Zoe")})
	d.add(audit.Entry{Action: "account_added", Object: "zoe", Facts: []audit.Fact{{Name: "role", Value: "reviewer"}}, Commitments: []audit.Commitment{name, email}})
	add("account_changed", audit.Fact{Name: "role", Value: "reviewer to senior"})
	add("account_changed", audit.Fact{Name: "change", Value: "disabled"})
	d.accounts = append(d.accounts, audit.AccountState{ID: "zoe", Role: "senior", Name: "Zoe", Email: "z@desk.example", Disabled: d.now})
	d.commit()
}

// witness lets a witness that the log knows cosign the newest head.
func (d *desk) witness() handWitness {
	d.t.Helper()
	w := newHandWitness("w1")
	d.add(audit.Entry{Action: "policy_changed", Facts: []audit.Fact{{Name: "policy", Value: "witness_added"}, {Name: "witness", Value: "w1"}, {Name: "vkey", Value: w.vkey()}}})
	d.commit()
	d.cosign(w)
	return w
}

func (d *desk) cosign(w handWitness) {
	d.t.Helper()
	signed, head := d.head()
	text, _, _ := strings.Cut(string(signed), "\n\n")
	d.cosigned = append(d.cosigned, cosignedRow{head.Size, w.name, w.line(text+"\n", 1700000000)})
}

func toCosignatures(*desk) []damage {
	change := func(name string, do func(d *desk, c *cosignedRow), f audit.Fault, seq int64) damage {
		return damage{name, func(d *desk) { d.witness(); do(d, &d.cosigned[0]) }, f, seq}
	}
	stranger := newHandWitness("w2")
	return []damage{
		change("a cosignature is of another text", func(d *desk, c *cosignedRow) { d.add(audit.Entry{Action: "viewed"}); d.commit(); c.size = 18 }, audit.FaultSignature, 18),
		change("a cosignature is a stranger's", func(d *desk, _ *cosignedRow) {
			d.cosign(stranger)
			d.cosigned = []cosignedRow{{17, "w1", d.cosigned[1].line}}
		}, audit.FaultSignature, 17),
		change("a cosignature is no line", func(_ *desk, c *cosignedRow) { c.line = "—" }, audit.FaultSignature, 17),
		change("a cosignature is of no head", func(_ *desk, c *cosignedRow) { c.size = 9 }, audit.FaultMissing, 9),
		change("a cosignature is of a head to come", func(_ *desk, c *cosignedRow) { c.size = 99 }, audit.FaultMissing, 99),
		change("a head and its cosignature are signed wrongly", func(d *desk, c *cosignedRow) {
			c.line = "— w1 " + c.line[len("— w1 "):len(c.line)-9] + "AAAAAAA=\n"
			d.heads[len(d.heads)-1].signed = bytes.Replace(d.heads[len(d.heads)-1].signed, []byte("\n17\n"), []byte("\n18\n"), 1)
		}, audit.FaultSignature, 17),
	}
}

func toAccounts(*desk) []damage {
	change := func(name string, seq int64, do func(a *audit.AccountState)) damage {
		return damage{name, func(d *desk) { d.hire(); do(&d.accounts[0]) }, audit.FaultAccount, seq}
	}
	return []damage{
		change("an account's role is changed", 19, func(a *audit.AccountState) { a.Role = "admin" }),
		change("an account's name is changed", 19, func(a *audit.AccountState) { a.Name = "Bob" }),
		change("an account's address is changed", 19, func(a *audit.AccountState) { a.Email = "b@desk.example" }),
		change("an account is let in again", 19, func(a *audit.AccountState) { a.Disabled = time.Time{} }),
		change("an account has another id", 0, func(a *audit.AccountState) { a.ID = "bob" }),
		{"an account is deleted", func(d *desk) { d.hire(); d.accounts = nil }, audit.FaultAccount, 19},
		{"an account is put in", func(d *desk) { d.accounts = append(d.accounts, audit.AccountState{ID: "eve", Role: "admin"}) }, audit.FaultAccount, 0},
		{"an account is added twice", func(d *desk) { d.hire(); d.hire() }, audit.FaultAccount, 20},
		{"an account is changed that never was", func(d *desk) { d.add(audit.Entry{Action: "account_changed", Object: "eve"}); d.commit() }, audit.FaultAccount, 17},
	}
}
