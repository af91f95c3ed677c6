package db

import (
	"encoding/json"
	"fmt"
	"strings"

	"reviewdesk/review"
)

// wipe takes away everything personal of a person, in whatever state it is: what an
// earlier attempt has taken away already is no fault. secure_delete lets SQLite
// overwrite what it frees; only the search index and the write-ahead log keep copies, see
// overwrite.go.
//
// Outside the person's own rows stay: the name in a view that an officer has saved and in
// the filter of an export, both of which are the officer's words; what a note on somebody
// else's case says; and whom officers declared as a conflict of interest.
func (tx *Tx) wipe(subject int64, rows []caseRow) error {
	for i := range rows {
		if err := tx.wipeCase(&rows[i]); err != nil {
			return fmt.Errorf("erase %s: %w", rows[i].v.ID, err)
		}
	}
	for _, query := range []string{
		`UPDATE subject SET reference = '', name = '', email = '', birth_date = '', key = x'' WHERE id = ?`,
		`DELETE FROM ended WHERE subject = ?`,
	} {
		if _, err := tx.exec(query, subject); err != nil {
			return err
		}
	}
	if _, err := tx.exec(`UPDATE overwriting SET wanted = wanted + 1`); err != nil {
		return err
	}
	tx.known = keyring{}
	return nil
}

func (tx *Tx) wipeCase(r *caseRow) error {
	if err := tx.wipeLikeness(r); err != nil {
		return err
	}
	v, id := r.v.Seq, r.v.ID
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`DELETE FROM commitment_key WHERE subject = ? AND entry IN (SELECT seq FROM audit_entry WHERE object = ? AND object <> '')`, []any{r.subject, id}},
		{`DELETE FROM evidence WHERE v = ?`, []any{v}},
		{`DELETE FROM attachment WHERE v = ?`, []any{v}},
		{`DELETE FROM mention WHERE entry IN (SELECT seq FROM audit_entry WHERE object = ? AND object <> '' AND +kind = 'noted') AND account IN (SELECT id FROM account)`, []any{id}},
		{`DELETE FROM progress WHERE v = ?`, []any{v}},
		{`DELETE FROM search WHERE rowid = ?`, []any{v}},
		{`DELETE FROM search_id WHERE rowid = ?`, []any{v}},
		{`DELETE FROM idempotency WHERE created_at >= ? AND entry IN (SELECT seq FROM audit_entry WHERE object = ? AND object <> '')`, []any{micros(r.v.ReceivedAt), id}},
		{`INSERT INTO search_pending (v, words) VALUES (?, ?) ON CONFLICT (v) DO UPDATE SET words = excluded.words`, []any{v, searchWords(review.Verification{ID: id, ProviderID: r.v.ProviderID})}},
	} {
		if _, err := tx.exec(s.query, s.args...); err != nil {
			return err
		}
	}
	if err := tx.wipeDeliveries(r); err != nil {
		return err
	}
	return tx.leaveSkeleton(r)
}

// wipeLikeness takes away the digests by which cases of the same person are found.
func (tx *Tx) wipeLikeness(r *caseRow) error {
	if _, err := tx.exec(`DELETE FROM likeness_pending WHERE v = ?`, r.v.Seq); err != nil {
		return err
	}
	if len(r.dossier) == 0 {
		return nil // they went with it
	}
	open := *r
	open.v.Erased = nil
	if err := tx.db.unsealDossier(tx, &open); err != nil {
		return err
	}
	return tx.forgetLikeness(open.v)
}

// wipeDeliveries empties what was to be told to the platform: it names the person as the
// provider does. What still waits is withdrawn. What is done with is forgotten after a
// while, so that of a case that ended long ago there is nothing to look for.
func (tx *Tx) wipeDeliveries(r *caseRow) error {
	type those struct {
		where string
		args  []any
	}
	all := []those{{`d.state = 'waiting' AND d.endpoint IN (SELECT id FROM endpoint)`, nil}}
	if ended := r.v.Ended(); ended.IsZero() || tx.Now.Sub(ended) < 2*(deliveredKept+giveUpAfter) {
		all = append(all, those{`d.done_at <> 0 AND d.done_at >= ?`, []any{micros(r.v.ReceivedAt)}})
	}
	for _, among := range all {
		if _, err := tx.exec(`UPDATE delivery SET body = x'', done_at = CASE WHEN state = 'waiting' THEN ? ELSE done_at END,
			state = CASE WHEN state = 'waiting' THEN 'withdrawn' ELSE state END
			WHERE id IN (SELECT d.id FROM delivery d CROSS JOIN outbox o ON o.id = d.outbox WHERE `+among.where+` AND o.v = ?)`,
			append(append([]any{micros(tx.Now)}, among.args...), r.v.Seq)...); err != nil {
			return fmt.Errorf("deliveries: %w", err)
		}
	}
	return nil
}

// leaveSkeleton empties the columns that say something of the person. A code, or a
// reason, that is no plain word could say anything: it stands there as the log calls it.
func (tx *Tx) leaveSkeleton(r *caseRow) error {
	codes := r.v.Codes()
	for i, code := range codes {
		codes[i] = sayable(code)
		if plainWord(code) {
			continue
		}
		if _, err := tx.exec(`UPDATE finding SET code = ? WHERE v = ? AND code = ?`, r.leftCode(code), r.v.Seq, code); err != nil {
			return err
		}
	}
	if err := tx.leaveDecisions(r.v.Seq); err != nil {
		return err
	}
	return tx.one(`UPDATE verification SET arrived_state = ?, arrived_reason = ?, codes = ?, country = '', document_kind = '', document_country = '',
		object_digest = x'', dossier = x'' WHERE seq = ?`, sayable(r.v.Arrived.State), sayable(r.v.Arrived.Reason), strings.Join(codes, " "), r.v.Seq)
}

// leftCode is how the log calls a finding's code where it states the officer's word on
// it, and where nobody gave one.
func (row caseRow) leftCode(code string) string {
	if row.v.SettledByDesk() {
		return strings.TrimPrefix(sayableFinding(code), findingFact)
	}
	return sayable(code)
}

// leaveDecisions does the same in what decisions say of the findings.
func (tx *Tx) leaveDecisions(v int64) error {
	rows, err := tx.rows(`SELECT id, resolutions FROM decision WHERE v = ?`, v)
	if err != nil {
		return err
	}
	type decision struct {
		id   int64
		text string
	}
	var all []decision
	if err := eachRow(rows, func() error {
		var d decision
		err := rows.Scan(&d.id, &d.text)
		all = append(all, d)
		return err
	}); err != nil {
		return err
	}
	for _, d := range all {
		var findings []review.Finding
		if err := json.Unmarshal([]byte(d.text), &findings); err != nil {
			return fmt.Errorf("decision: %w", err)
		}
		for i, f := range findings {
			findings[i].Code = strings.TrimPrefix(sayableFinding(f.Code), findingFact)
		}
		text, err := json.Marshal(findings)
		if err != nil {
			return err
		}
		if string(text) == d.text || d.text == "null" {
			continue
		}
		if _, err := tx.exec(`UPDATE decision SET resolutions = ? WHERE id = ?`, string(text), d.id); err != nil {
			return err
		}
	}
	return nil
}
