package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
)

// damage is one thing that somebody does to a workspace behind the desk's back, and
// what the check must say of it.
type damage struct {
	name  string
	do    func(p *patient)
	fault audit.Fault
	seq   int64 // of the first bad event; 0 where the fault is none's
}

// statement damages by one statement.
func statement(query string, args ...any) func(*patient) {
	return func(p *patient) { p.exec(query, args...) }
}

func toEntriesChanged(w workweek) []damage {
	forge := func(what, from, to string, seq int64) damage {
		return damage{"an event's " + what + " is changed in its bytes", func(p *patient) {
			changed := strings.Replace(string(p.body(seq)), from, to, 1)
			if changed == string(p.body(seq)) {
				p.t.Fatalf("event %d holds no %s", seq, from)
			}
			p.exec(`UPDATE audit_entry SET body = ? WHERE seq = ?`, []byte(changed), seq)
		}, audit.FaultChanged, seq}
	}
	column := func(name string, value any) damage {
		return damage{"an event's column " + name + " is changed", statement(`UPDATE audit_entry SET `+name+` = ? WHERE seq = ?`, value, w.decided), audit.FaultChanged, w.decided}
	}
	return []damage{
		forge("outcome", `"value":"approve"`, `"value":"reject"`, w.decided),
		forge("address", `"address":"127.0.0.1"`, `"address":"127.0.0.2"`, w.viewed),
		forge("commitment", `"sum":"`, `"sum":"0`, w.noted),
		forge("form", `{"v":1,`, `{ "v":1,`, w.decided),
		forge("version of the format", `{"v":1,`, `{"v":2,`, w.decided),
		{"an event's bytes are emptied", statement(`UPDATE audit_entry SET body = x'' WHERE seq = ?`, w.decided), audit.FaultChanged, w.decided},
		{"an event's decider is changed with its columns", func(p *patient) {
			p.rewrite(w.decided, func(e *audit.Entry) { e.Actor.ID = "somebody-else" })
		}, audit.FaultChanged, w.decided},
		{"an event is changed with its columns and all hashes", func(p *patient) {
			p.rewrite(w.rejected, func(e *audit.Entry) { e.Actor.ID = "somebody-else" })
			p.rehash()
		}, audit.FaultChanged, w.rejected},
		{"an event, all hashes and, with a stolen key, all checkpoints are changed", func(p *patient) {
			p.steal()
			p.rewrite(w.rejected, func(e *audit.Entry) { e.Actor.ID = "somebody-else" })
			p.rehash()
		}, audit.FaultChanged, w.rejected},
		column("kind", "viewed"),
		column("actor", "somebody-else"),
		column("object", "another-case"),
		column("at", int64(1)),
	}
}

func toEntriesMoved(w workweek) []damage {
	swap := func(table, key, column string, a, b int64) func(*patient) {
		return statement(`UPDATE `+table+` SET (`+column+`) = (SELECT `+column+` FROM `+table+` o WHERE o.`+key+` = ?1 + ?2 - `+table+`.`+key+`) WHERE `+key+` IN (?1, ?2)`, a, b)
	}
	const all = "body, kind, actor, object, at"
	return []damage{
		{"an event is deleted", statement(`DELETE FROM audit_entry WHERE seq = ?`, w.viewed), audit.FaultMissing, w.viewed},
		{"the record of a viewing is deleted with its hashes", func(p *patient) {
			p.exec(`DELETE FROM audit_entry WHERE seq = ?`, w.viewed)
			p.rehash()
		}, audit.FaultMissing, w.viewed},
		{"the first event is deleted", statement(`DELETE FROM audit_entry WHERE seq = 1`), audit.FaultMissing, 1},
		{"an event is deleted and the others move up", func(p *patient) {
			p.exec(`DELETE FROM audit_entry WHERE seq = ?`, w.viewed)
			p.exec(`UPDATE audit_entry SET seq = -seq + 1 WHERE seq > ?`, w.viewed)
			p.exec(`UPDATE audit_entry SET seq = -seq WHERE seq < 0`)
		}, audit.FaultReordered, w.viewed},
		{"two events change places", swap("audit_entry", "seq", all, w.viewed, w.viewed+1), audit.FaultReordered, w.viewed},
		{"two events' bytes change places", swap("audit_entry", "seq", "body", w.viewed, w.decided), audit.FaultReordered, w.viewed},
		{"an event is put before the first", statement(`INSERT INTO audit_entry SELECT 0, body, kind, actor, object, at FROM audit_entry WHERE seq = 1`), audit.FaultReordered, 0},
		{"an event is put in with a negative number", statement(`INSERT INTO audit_entry SELECT -5, body, kind, actor, object, at FROM audit_entry WHERE seq = 1`), audit.FaultReordered, -5},
		{"a forged event is put behind the last", func(p *patient) { p.appendForged() }, audit.FaultInserted, w.last + 1},
		{"a forged event with its hashes is put behind the last", func(p *patient) {
			p.appendForged()
			p.rehash()
		}, audit.FaultInserted, w.last + 1},
		{"a forged event is squeezed in and the others move down", func(p *patient) {
			p.exec(`UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= ?`, w.decided)
			p.exec(`UPDATE audit_entry SET seq = -seq WHERE seq < 0`)
			p.exec(`INSERT INTO audit_entry SELECT ?, body, kind, actor, object, at FROM audit_entry WHERE seq = ?`, w.decided, w.viewed)
		}, audit.FaultReordered, w.decided},
		{"the last event is deleted", statement(`DELETE FROM audit_entry WHERE seq = ?`, w.last), audit.FaultCutOff, w.last},
		{"the last ten events are deleted with their hashes", func(p *patient) {
			p.exec(`DELETE FROM audit_entry WHERE seq > ?`, w.last-10)
			p.rehash()
		}, audit.FaultCutOff, w.last - 9},
		{"all events are deleted", statement(`DELETE FROM audit_entry`), audit.FaultCutOff, 1},
		{"the whole log is deleted", func(p *patient) {
			for _, table := range []string{"audit_entry", "audit_hash", "audit_checkpoint", "commitment_key"} {
				p.exec(`DELETE FROM ` + table)
			}
		}, audit.FaultRolledBack, 1},
	}
}

// appendForged writes an event of a decision that nobody took.
func (p *patient) appendForged() {
	p.t.Helper()
	e, err := audit.Parse(p.body(p.viewed))
	ok(p.t, err)
	e.Seq, e.Time = p.last+1, e.Time.Add(24*time.Hour)
	body, err := e.Bytes()
	ok(p.t, err)
	p.exec(`INSERT INTO audit_entry (seq, body, kind, actor, object, at) VALUES (?, ?, ?, ?, ?, ?)`,
		e.Seq, body, e.Action, e.Actor.ID, e.Object, e.Time.UnixMicro())
}

func toHashes(w workweek) []damage {
	leaf := audit.StoredHashIndex(w.decided)
	inner, owner := innerHash(w.decided)
	return []damage{
		{"a leaf's hash is changed", statement(`UPDATE audit_hash SET h = zeroblob(32) WHERE idx = ?`, leaf), audit.FaultChanged, w.decided},
		{"an inner hash is changed", statement(`UPDATE audit_hash SET h = zeroblob(32) WHERE idx = ?`, inner), audit.FaultChanged, owner},
		{"a hash is shortened", statement(`UPDATE audit_hash SET h = substr(h, 1, 31) WHERE idx = ?`, leaf), audit.FaultUnreadable, 0},
		{"a hash is deleted", statement(`DELETE FROM audit_hash WHERE idx = ?`, leaf), audit.FaultMissing, w.decided},
		{"the last hashes are deleted", statement(`DELETE FROM audit_hash WHERE idx >= ?`, audit.StoredHashIndex(w.last)), audit.FaultInserted, w.last},
		{"all hashes are deleted", statement(`DELETE FROM audit_hash`), audit.FaultInserted, 1},
		{"a hash is put before the first", statement(`INSERT INTO audit_hash VALUES (-1, zeroblob(32))`), audit.FaultInserted, 1},
		{"a hash is put behind the last", statement(`INSERT INTO audit_hash SELECT MAX(idx) + 1, zeroblob(32) FROM audit_hash`), audit.FaultCutOff, w.last + 1},
		{"two hashes change places", func(p *patient) {
			p.exec(`UPDATE audit_hash SET h = (SELECT h FROM audit_hash o WHERE o.idx = 1 - audit_hash.idx) WHERE idx IN (0, 1)`)
		}, audit.FaultChanged, 1},
	}
}

// innerHash is the place of the first inner hash at or behind an event, and the event
// that completed it.
func innerHash(seq int64) (place, owner int64) {
	for audit.StoredHashIndex(seq)+1 == audit.StoredHashIndex(seq+1) {
		seq++
	}
	return audit.StoredHashIndex(seq) + 1, seq
}

func TestEveryDamageToAWorkspaceIsNamed(t *testing.T) {
	w := newWorkweek(t, cosigned(t))
	if r := w.patient(t).verify(); r.ExitCode() != 0 || r.Cases != weekCases || r.Cosigned != 2 {
		t.Fatalf("the untouched copy should be whole: %s", r.Sentence())
	}
	for _, list := range []func(workweek) []damage{
		toEntriesChanged, toEntriesMoved, toHashes, toCheckpoints, toKeys, toCases, toTheFolder,
		toCosignatures, toDecisionRows, toCaseRows, toFindingRows, toPictures, toFiles, toOutbox, toAccountRows,
	} {
		for _, c := range list(w) {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				p := w.patient(t)
				c.do(p)
				r := p.verify()
				if r.Fault != c.fault || r.Seq != c.seq || r.ExitCode() != exitCode(c.fault) {
					t.Errorf("found %q at event %d, exit %d; want %q at %d: %s", r.Fault, r.Seq, r.ExitCode(), c.fault, c.seq, r.Sentence())
				}
				if r.Detail == "" || strings.ContainsRune(r.Sentence(), '\n') {
					t.Errorf("no plain line: %q", r.Sentence())
				}
			})
		}
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

func TestAnOlderDatabaseIsSeenAgainstEveryAnchorThatIsNewer(t *testing.T) {
	w := newWorkweek(t)
	p := w.patient(t)
	elsewhere := filepath.Join(t.TempDir(), "anchor-of-last-night.log")
	copyFile(t, p.anchor(), elsewhere)
	copyFile(t, w.backup, p.file())
	p.editAnchor(func(lines []string) []string { return lines[:len(lines)-2] }) // the operator's own anchor goes back too
	if r := p.verify(); r.ExitCode() != 0 {
		t.Fatalf("database and anchor went back together, so that alone is whole: %s", r.Sentence())
	}
	r, err := db.Verify(t.Context(), p.dir, db.VerifyOptions{Anchor: elsewhere})
	if err != nil || r.Fault != audit.FaultRolledBack || r.ExitCode() != 2 || r.Seq != w.last {
		t.Errorf("held against the anchor outside: %s, %v", r.Sentence(), err)
	}
	if _, err := os.Stat(p.file()); err != nil {
		t.Error(err)
	}
}
