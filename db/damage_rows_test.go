package db_test

import (
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// What somebody changes beside the log, in the tables that people work with, differs
// from what the log states: each column of each such table is changed here once.

func toDecisionRows(w workweek) []damage {
	column := func(name string, value any, seq int64) damage {
		return damage{"a decision's " + name + " is changed in its table only", statement(`UPDATE decision SET `+name+` = ? WHERE entry = ?`, value, seq), audit.FaultCase, seq}
	}
	const all = "id, v, entry, action, actor, at, on_version, grounds, resolutions, reject_reason, second, second_at, second_entry, submission"
	return []damage{
		column("policy", int64(99), w.decided),
		column("evidence", "another", w.decided),
		column("evidence", "", w.decided),
		column("undone_at", int64(1), w.decided),
		column("action", "reject", w.decided),
		column("actor", "somebody-else", w.decided),
		column("at", int64(1), w.decided),
		column("on_version", int64(7), w.decided),
		column("grounds", "explained", w.decided),
		column("grounds", "", w.decided),
		column("resolutions", `[{"code":"address_check_failure","resolution":"upheld"}]`, w.decided),
		column("resolutions", `[{"code":"address_check_failure","resolution":"cleared","evidence":["selfie:0"]}]`, w.decided),
		column("resolutions", `[{"code":"address_check_failure","resolution":"cleared"}]`, w.decided),
		column("resolutions", `[]`, w.decided),
		column("resolutions", `[ ]`, w.decided),
		column("reject_reason", "FRAUD", w.decided),
		column("reject_reason", "", w.reasoned),
		column("second", "somebody-else", w.proposed).by(w.confirmed),
		column("second", "", w.proposed).by(w.confirmed),
		column("second_at", int64(1), w.proposed).by(w.confirmed),
		column("second_entry", w.proposed, w.proposed).by(w.confirmed),
		column("entry", w.viewed, w.decided),
		column("v", int64(3), w.decided),
		column("v", int64(777), w.decided),
		{"a decision is confirmed in its table only", statement(`UPDATE decision SET second = 'x', second_at = 1, second_entry = 2 WHERE entry = ?`, w.decided), audit.FaultCase, w.decided},
		{"a proposal is deleted that was confirmed", statement(`DELETE FROM decision WHERE entry = ?`, w.proposed), audit.FaultCase, w.confirmed},
		{"a proposal is deleted that was sent back", statement(`DELETE FROM decision WHERE entry = ?`, w.withdrawn), audit.FaultCase, w.withdrawn},
		{"a decision is put in beside the one that stands", statement(`INSERT INTO decision (`+all+`) SELECT 999, v, ?, action, actor, at, on_version, grounds, resolutions, reject_reason, second, second_at, second_entry, submission
			FROM decision WHERE entry = ?`, w.viewed, w.decided), audit.FaultCase, w.decided},
		{"a decision is put in a second time", statement(`INSERT INTO decision (`+all+`) SELECT 999, v, entry, action, actor, at, on_version, grounds, resolutions, reject_reason, second, second_at, second_entry, submission
			FROM decision WHERE entry = ?`, w.decided), audit.FaultCase, w.decided},
	}
}

func toCaseRows(w workweek) []damage {
	decided := func(set string) damage {
		return damage{"of a decided case's row, somebody sets " + set, statement(`UPDATE verification SET `+set+` WHERE id = ?`, w.caseOne), audit.FaultCase, w.decided}
	}
	arrived := func(set string) damage {
		return damage{"of a case's row as it came in, somebody sets " + set, statement(`UPDATE verification SET `+set+` WHERE id = ?`, w.waiting), audit.FaultCase, w.received}
	}
	out := []damage{decided(`decided_at = 1`), decided(`decided_at = 0`), decided(`approved_at = 1`), decided(`approved_at = 0`), decided(`effective_at = 1`), decided(`decision = 0`), decided(`decision = decision + 1`)}
	for _, set := range []string{`approved_at = 1`, `decided_at = 1`, `decision = 1`, `codes = ''`, `codes = 'selfie_failure other_code'`, `arrived_state = 'accepted'`, `arrived_reason = 'X'`,
		`subject = 2`, `subject = 777`, `provider = 'coinify'`, `provider_id = 'X'`, `kind = 'X'`, `method = 'X'`, `country = 'XX'`, `document_kind = 'X'`, `document_country = 'XX'`,
		`created_at = 1`, `updated_at = 1`, `received_at = 1`, `expires_at = 1`,
		`object_entry = object_entry - 1`, `object_digest = zeroblob(32)`, `dossier = zeroblob(length(dossier))`,
		`dossier = (SELECT dossier FROM verification WHERE seq = 1)`} {
		out = append(out, arrived(set))
	}
	for _, set := range []string{`owner = 'somebody'`, `escalated = 1`, `snoozed_until = 253402214400000000`, `reopen_by = 'somebody'`, `due_at = due_at + 1`,
		`review_since = review_since - 1`, `owner_until = 2000000`, `snoozed_at = 1`, `reopen_at = 1`} {
		out = append(out, damage{"of the work on a case, somebody sets " + set, statement(`UPDATE verification SET `+set+` WHERE id = ?`, w.waiting), audit.FaultCase, w.received - 1})
	}
	for _, set := range []string{`name = 'Somebody Else'`, `email = 'x@desk.example'`, `birth_date = '2000-01-01'`} {
		out = append(out, damage{"of a person's row, somebody sets " + set, statement(`UPDATE subject SET `+set+` WHERE id = (SELECT subject FROM verification WHERE id = ?)`, w.caseOne), audit.FaultCase, w.came})
	}
	return out
}

func toFindingRows(w workweek) []damage {
	const one, two = ` WHERE v = (SELECT seq FROM verification WHERE id = ?)`, `SELECT seq, 9, 'selfie_failure', '', '' FROM verification WHERE id = ?`
	return []damage{
		{"a finding's code is changed", statement(`UPDATE finding SET code = 'X'`+one, w.caseOne), audit.FaultCase, w.decided},
		{"a finding's resolution is changed", statement(`UPDATE finding SET resolution = 'upheld'`+one, w.caseOne), audit.FaultCase, w.decided},
		{"a finding is resolved before anybody decided", statement(`UPDATE finding SET resolution = 'cleared'`+one, w.waiting), audit.FaultCase, w.received},
		{"a finding's source is changed", statement(`UPDATE finding SET source = 'X'`+one, w.waiting), audit.FaultCase, w.received},
		{"a finding is deleted", statement(`DELETE FROM finding`+one, w.waiting), audit.FaultCase, w.received},
		{"a finding is put in", statement(`INSERT INTO finding `+two, w.caseOne), audit.FaultCase, w.came},
		{"a finding is put in of no case", statement(`INSERT INTO finding VALUES (777, 0, 'X', '', '')`), audit.FaultCase, 0},
	}
}

func toPictures(w workweek) []damage {
	const one = ` WHERE n = 1 AND v = (SELECT seq FROM verification WHERE id = ?)`
	column := func(set string) damage {
		return damage{"of a picture, somebody sets " + set, statement(`UPDATE evidence SET `+set+one, w.waiting), audit.FaultCase, w.received}
	}
	return []damage{
		column(`kind = 'document_front'`), column(`media_type = 'image/jpeg'`), column(`width = 1`), column(`height = 1`), column(`n = 7`),
		column(`digest = zeroblob(32)`), column(`sealed = zeroblob(length(sealed))`), column(`sealed = (SELECT sealed FROM evidence o WHERE o.n = 0)`),
		{"a picture is deleted", statement(`DELETE FROM evidence`+one, w.waiting), audit.FaultCase, w.received},
		{"the last picture is deleted", statement(`DELETE FROM evidence WHERE n = 2`), audit.FaultCase, w.received},
		{"a picture is put in", statement(`INSERT INTO evidence SELECT v, 9, kind, media_type, width, height, digest, sealed FROM evidence`+one, w.waiting), audit.FaultCase, w.received},
		{"a picture is given to a case that has none", statement(`UPDATE evidence SET v = (SELECT seq FROM verification WHERE id = ?) WHERE n = 1`, w.caseOne), audit.FaultCase, w.came},
		{"a picture is put in of no case", statement(`INSERT INTO evidence SELECT 777, n, kind, media_type, width, height, digest, sealed FROM evidence`+one, w.waiting), audit.FaultCase, 0},
	}
}

func toFiles(w workweek) []damage {
	const one = ` WHERE entry = ?`
	column := func(set string) damage {
		return damage{"of a file, somebody sets " + set, statement(`UPDATE attachment SET `+set+one, w.attached), audit.FaultCase, w.attached}
	}
	return []damage{
		column(`media_type = 'image/jpeg'`), column(`bytes = 1`), column(`digest = zeroblob(32)`), column(`sealed = zeroblob(length(sealed))`), column(`entry = entry - 1`),
		{"a file is deleted", statement(`DELETE FROM attachment`+one, w.attached), audit.FaultCase, w.attached},
		{"a file is put in", statement(`INSERT INTO attachment SELECT v, zeroblob(32), entry, media_type, bytes, sealed FROM attachment`+one, w.attached), audit.FaultCase, w.attached},
		{"the table of files is dropped", statement(`DROP TABLE attachment`), audit.FaultCase, w.attached},
		{"a file is put in of no case", statement(`INSERT INTO attachment SELECT 777, digest, entry, media_type, bytes, sealed FROM attachment`+one, w.attached), audit.FaultCase, 0},
	}
}

func toOutbox(w workweek) []damage {
	const row = ` WHERE entry = ?`
	return []damage{
		{"a row of the outbox tells another state", statement(`UPDATE outbox SET event = 'failed'`+row, w.decided), audit.FaultCase, w.decided},
		{"a row of the outbox tells it of another case", statement(`UPDATE outbox SET v = 9`+row, w.decided), audit.FaultCase, w.decided},
		{"a row of the outbox is deleted", statement(`DELETE FROM outbox`+row, w.decided), audit.FaultCase, w.decided},
		{"the last row of the outbox is deleted", statement(`DELETE FROM outbox`+row, w.last), audit.FaultCase, w.last},
		{"a row of the outbox tells of a note", statement(`UPDATE outbox SET entry = ?`+row, w.noted, w.decided), audit.FaultCase, w.noted},
		{"a row of the outbox tells of what is to come", statement(`INSERT INTO outbox (id, v, entry, event, created_at) SELECT 999, v, 9999, event, 0 FROM outbox`+row, w.decided), audit.FaultCase, 0},
	}
}

func toAccountRows(w workweek) []damage {
	mei := func(set string) damage {
		return damage{"of an account, somebody sets " + set, statement(`UPDATE account SET ` + set + ` WHERE name = 'Mei Tan'`), audit.FaultAccount, w.hired}
	}
	return []damage{
		mei(`role = 'admin'`), mei(`name = 'Ana Quiroga'`), mei(`email = 'x@desk.example'`), mei(`disabled_at = 1`), mei(`id = 'x'`).by(0),
		{"an account is deleted", statement(`DELETE FROM account WHERE name = 'Mei Tan'`), audit.FaultAccount, w.hired},
		{"an account is put in", statement(`INSERT INTO account SELECT 'x', 'x@desk.example', name, 'admin', password, 1, created_at, 0, 0 FROM account WHERE name = 'Mei Tan'`), audit.FaultAccount, 0},
	}
}

// A desk that is used in every way that changes rows stays whole.
func TestRowsThatTheDeskChangedAgreeWithTheirHistory(t *testing.T) {
	d := dbtest.New(t)
	admin, ana := d.Person("Ada Admin", review.RoleAdmin), d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Coinify(1, "One Person", "ERROR_NOT_READABLE_ID.MISSING_BACK", "odd;<b>")
	ok(t, d.SetRole(t.Context(), admin, ana.ID, review.RoleSenior))
	ok(t, d.SetDisabled(t.Context(), admin, ana.ID, true))
	ok(t, d.SetDisabled(t.Context(), admin, ana.ID, false))
	ana.Role = review.RoleSenior
	_, err := d.Claim(t.Context(), ana, id)
	ok(t, err)
	decision := approval(1)
	decision.Action, decision.Grounds = review.Reject, []string{"document_altered", "other"}
	decision.Resolutions = map[string]review.Resolution{"odd;<b>": review.NotApplicable}
	v, err := d.Decide(t.Context(), ana, id, decision, "")
	ok(t, err)
	bo := d.Person("Bo Senior", review.RoleSenior)
	for range 2 { // a second word that was undone is given again
		v, err = d.Confirm(t.Context(), bo, id, v.Version, "Looked at by two persons.")
		ok(t, err)
		whole(t, d)
		v, err = d.Undo(t.Context(), bo, id)
		ok(t, err)
		whole(t, d)
	}
	_, err = d.Undo(t.Context(), ana, id)
	ok(t, err)
	whole(t, d)
	if r := whole(t, d); r.Cases != 1 {
		t.Error(r.Sentence())
	}
	reopenAndDecideAgain(t, d, ana, bo)
	_, _, err = d.AddAccount(t.Context(), admin, db.NewAccount{Email: "new@desk.example", Name: "New", Role: review.RoleAuditor})
	ok(t, err)
	whole(t, d)
}

// reopenAndDecideAgain decides a plain case, undoes that, approves it, has it reopened,
// lets it wait, and rejects it.
func reopenAndDecideAgain(t *testing.T, d *dbtest.Desk, ana, bo db.Actor) {
	t.Helper()
	id := d.Cybrid(2, "Another Person", "address_check_failure")
	v, err := d.Decide(t.Context(), ana, id, approval(1), "")
	ok(t, err)
	whole(t, d)
	v, err = d.Undo(t.Context(), ana, id)
	ok(t, err)
	whole(t, d)
	_, err = d.Decide(t.Context(), ana, id, approval(v.Version), "")
	ok(t, err)
	d.Clock.Move(time.Hour)
	_, err = d.AskReopen(t.Context(), ana, id, "The bank has written since.")
	ok(t, err)
	whole(t, d)
	v, err = d.Reopen(t.Context(), bo, id, "Yes, it has to be looked at.")
	ok(t, err)
	whole(t, d)
	_, err = d.Snooze(t.Context(), bo, id, d.Now().Add(time.Hour), "Until the letter is here.")
	ok(t, err)
	_, err = d.Wake(t.Context(), bo, id)
	ok(t, err)
	v, err = d.Escalate(t.Context(), ana, id, "For the seniors, please.")
	ok(t, err)
	whole(t, d)
	_, err = d.Decide(t.Context(), bo, id, rejection(v.Version), "")
	ok(t, err)
	whole(t, d)
}
