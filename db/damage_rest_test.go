package db_test

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

func toCheckpoints(w workweek) []damage {
	half := w.last / 2
	put := func(signed func(p *patient) []byte) func(*patient) {
		return func(p *patient) { p.exec(`UPDATE audit_checkpoint SET signed = ? WHERE size = ?`, signed(p), half) }
	}
	return []damage{
		{"a checkpoint's signature is changed", put(func(p *patient) []byte {
			b := []byte(p.head(half))
			at := strings.LastIndexByte(string(b), ' ') + 40
			b[at] = 'A' + (b[at]-'A'+1)%26
			return b
		}), audit.FaultSignature, half},
		{"a checkpoint is signed by a stranger in the log's name", put(func(p *patient) []byte {
			skey, _, err := audit.NewKey(p.origin())
			ok(p.t, err)
			return p.sign(skey, half, tlog.Hash{1})
		}), audit.FaultSignature, half},
		{"a checkpoint has no signature", put(func(p *patient) []byte {
			text, _, _ := strings.Cut(p.head(half), "\n\n")
			return []byte(text + "\n\n")
		}), audit.FaultSignature, half},
		{"a checkpoint is no text at all", put(func(*patient) []byte { return []byte{0xff, 0xfe} }), audit.FaultSignature, half},
		{"a checkpoint is dressed up behind its signature", put(func(p *patient) []byte { return []byte(p.head(half) + "\n") }), audit.FaultSignature, half},
		{"a checkpoint has another root, signed with the stolen key", put(func(p *patient) []byte {
			return p.sign(p.skey(), half, tlog.Hash{1})
		}), audit.FaultChanged, half},
		{"a checkpoint is that of another size", put(func(p *patient) []byte { return []byte(p.head(half - 1)) }), audit.FaultReordered, half},
		{"a checkpoint between others is deleted", statement(`DELETE FROM audit_checkpoint WHERE size = ?`, half), audit.FaultMissing, half},
		{"the last checkpoint is deleted", statement(`DELETE FROM audit_checkpoint WHERE size = ?`, w.last), audit.FaultMissing, w.last},
		{"all checkpoints are deleted", statement(`DELETE FROM audit_checkpoint`), audit.FaultMissing, 1},
		{"a checkpoint is put before the first", statement(`INSERT INTO audit_checkpoint SELECT -1, signed FROM audit_checkpoint WHERE size = 1`), audit.FaultReordered, 0},
		{"a checkpoint of entries to come is put in", func(p *patient) {
			p.exec(`INSERT INTO audit_checkpoint VALUES (?, ?)`, w.last+9, p.sign(p.skey(), w.last+9, tlog.Hash{1}))
		}, audit.FaultCutOff, w.last + 1},
	}
}

func toCosignatures(w workweek) []damage {
	one := func(name, set string) damage {
		return damage{name, statement(`UPDATE cosignature SET `+set+` WHERE size = ?`, w.witnessed), audit.FaultSignature, w.witnessed}
	}
	return []damage{
		one("a cosignature is that of another head", `line = (SELECT line FROM cosignature o WHERE o.size > cosignature.size)`),
		one("a cosignature is changed", `line = substr(line, 1, 60) || CASE substr(line, 61, 1) WHEN 'A' THEN 'B' ELSE 'A' END || substr(line, 62)`),
		one("a cosignature is by a key that nobody knows", `line = replace(line, '— witness.example ', '— witness.example AAAA')`),
		one("a cosignature bears another name", `line = replace(line, 'witness', 'witless')`),
		one("a cosignature is dressed up", `line = line || char(10)`),
		one("a cosignature is emptied", `line = ''`),
		{"a cosignature is given to a head that is not there", statement(`UPDATE cosignature SET size = 9999 WHERE size = ?`, w.witnessed), audit.FaultMissing, 9999},
		{"a cosignature is changed, and its witness removed beside the log", func(p *patient) {
			p.exec(`UPDATE cosignature SET line = '' WHERE size = ?`, w.witnessed)
			p.exec(`DELETE FROM witness`)
		}, audit.FaultSignature, w.witnessed},
	}
}

func toKeys(w workweek) []damage {
	return []damage{
		{"a commitment's key is changed", statement(`UPDATE commitment_key SET key = zeroblob(32) WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a commitment's key is shortened", statement(`UPDATE commitment_key SET key = substr(key, 1, 31) WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a commitment's key is for another field", statement(`UPDATE commitment_key SET field = 'grounds' WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a note's sealed words are changed", statement(`UPDATE commitment_key SET sealed = zeroblob(length(sealed)) WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a note's sealed words are emptied", statement(`UPDATE commitment_key SET sealed = x'' WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a note is given to another person", statement(`UPDATE commitment_key SET subject = subject + 1 WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"a note is given to nobody", statement(`UPDATE commitment_key SET subject = 777 WHERE entry = ?`, w.noted), audit.FaultCommitment, w.noted},
		{"two notes change places", func(p *patient) {
			p.exec(`UPDATE commitment_key SET (key, sealed) = (SELECT key, sealed FROM commitment_key o WHERE o.entry <> commitment_key.entry AND o.field = 'note' AND o.entry IN (?1, ?2)) WHERE field = 'note' AND entry IN (?1, ?2)`, w.noted, w.decided)
		}, audit.FaultCommitment, min(w.noted, w.decided)},
		{"a person's data key is changed", statement(`UPDATE subject SET key = zeroblob(length(key)) WHERE id = 1`), audit.FaultCommitment, w.came},
		{"a commitment's key stands beside an event that has none", statement(`INSERT INTO commitment_key SELECT ?, field, subject, key, sealed FROM commitment_key WHERE entry = ?`, w.viewed, w.noted), audit.FaultCommitment, w.viewed},
	}
}

func toCases(w workweek) []damage {
	column := func(what, set string) damage {
		return damage{"a case's " + what + " is changed in its table only", statement(`UPDATE verification SET `+set+` WHERE id = ?`, w.caseOne), audit.FaultCase, w.decided}
	}
	return []damage{
		column("status", `status = 'failed'`),
		column("version", `version = version + 1`),
		column("decider", `decider = 'somebody-else'`),
		column("decision as a whole", `status = 'failed', decider = 'somebody-else', version = version + 1`),
		column("id", `id = 'another-id'`),
		{"a case is deleted", statement(`DELETE FROM verification WHERE id = ?`, w.caseOne), audit.FaultCase, w.decided},
		{"a case is undecided in its table only", statement(`UPDATE verification SET status = 'in_review', decider = '', decision = 0 WHERE id = ?`, w.caseOne), audit.FaultCase, w.decided},
		{"a case is put in that never came", statement(`INSERT INTO verification (seq, id, provider, provider_id, kind, method, status, arrived_state, arrived_reason, version, subject, country, document_kind, document_country,
			severity, codes, created_at, updated_at, received_at, review_since, due_at, approved_at, expires_at, owner, owner_until, decision, decided_at, decider, object_entry, object_digest, dossier)
			SELECT 9999, 'invented', provider, provider_id, kind, method, status, arrived_state, arrived_reason, version, subject, country, document_kind, document_country,
			severity, codes, created_at, updated_at, received_at, review_since, due_at, approved_at, expires_at, owner, owner_until, decision, decided_at, decider, object_entry, object_digest, dossier
			FROM verification WHERE id = ?`, w.caseOne), audit.FaultCase, 0},
	}
}

// by is the same damage with another first bad event.
func (d damage) by(seq int64) damage {
	d.seq = seq
	return d
}

func toTheFolder(w workweek) []damage {
	return []damage{
		{"an older copy of the database is put back", func(p *patient) { copyFile(p.t, p.backup, p.file()) }, audit.FaultRolledBack, w.last},
		{"the anchor's last line is forged", func(p *patient) {
			p.editAnchor(func(lines []string) []string {
				lines[len(lines)-2] = strings.Replace(lines[len(lines)-2], `\n`, `0\n`, 1)
				return lines
			})
		}, audit.FaultSignature, 0},
		{"the anchor's lines change places", func(p *patient) {
			p.editAnchor(func(lines []string) []string { lines[3], lines[4] = lines[4], lines[3]; return lines })
		}, audit.FaultReordered, 0},
		{"the anchor is missing", func(p *patient) { ok(p.t, os.Remove(p.anchor())) }, audit.FaultUnreadable, 0},
		{"the public key is another one", func(p *patient) {
			_, vkey, err := audit.NewKey(p.origin())
			ok(p.t, err)
			ok(p.t, os.WriteFile(filepath.Join(p.dir, "keys", "audit.pub"), []byte(vkey), 0o600))
		}, audit.FaultSignature, 0},
		{"the master key is another one", func(p *patient) {
			ok(p.t, os.WriteFile(filepath.Join(p.dir, "keys", "master"), []byte(strings.Repeat("00", 32)), 0o600))
		}, audit.FaultUnreadable, 0},
		{"the database is cut in half", func(p *patient) {
			info, err := os.Stat(p.file())
			ok(p.t, err)
			ok(p.t, os.Truncate(p.file(), info.Size()/2/4096*4096))
		}, audit.FaultUnreadable, 0},
		{"the database is emptied", func(p *patient) { ok(p.t, os.Truncate(p.file(), 0)) }, audit.FaultUnreadable, 0},
		{"the database is text", func(p *patient) { ok(p.t, os.WriteFile(p.file(), []byte("nothing to see here"), 0o600)) }, audit.FaultUnreadable, 0},
		{"a table of the log is dropped", statement(`DROP TABLE audit_hash`), audit.FaultUnreadable, 0},
	}
}

// skey is the signing key, as somebody who broke into the server finds it.
func (p *patient) skey() string {
	b, err := os.ReadFile(filepath.Join(p.dir, "keys", "audit"))
	ok(p.t, err)
	return string(b)
}
