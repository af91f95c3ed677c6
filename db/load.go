package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reviewdesk/review"
)

// caseRow is a verification with what only the storage needs to know of it.
type caseRow struct {
	v            review.Verification
	subject      int64
	objectEntry  int64
	objectDigest []byte
	dossier      []byte // sealed
	decision     int64
	reopenEntry  int64
	erased       bool                 // of the person nothing is left but this row
	severity     review.Severity      // of the worst finding under the present policy; filled where a row is stored
	read         [len(changeable)]any // what of it can change, as [loadRow] has read it
}

const rowColumns = `v.seq, v.id, v.provider, v.provider_id, v.kind, v.method, v.status, v.arrived_state, v.arrived_reason, v.version,
	v.created_at, v.updated_at, v.received_at, v.review_since, v.due_at, v.approved_at, v.expires_at,
	v.owner, v.owner_until, COALESCE(o.name, ''), COALESCE(o.role, ''), v.subject, s.name, s.email, s.birth_date, s.reference,
	v.object_entry, v.object_digest, v.dossier, v.decision,
	v.effective_at, v.escalated, v.snoozed_at, v.snoozed_until, v.reopen_by, v.reopen_at, v.reopen_entry,
	COALESCE((SELECT group_concat(x.account, ' ') FROM aside x WHERE x.v = v.seq AND x.until = 0), ''), length(s.key) = 0`

const rowTables = ` FROM verification v JOIN subject s ON s.id = v.subject LEFT JOIN account o ON o.id = v.owner`

func scanRow(scan func(...any) error) (caseRow, error) {
	var r caseRow
	v := &r.v
	var created, updated, received, since, due, approved, expires, until, effective, snoozed, woken, asked int64
	var reopen review.Word
	var recused string
	err := scan(&v.Seq, &v.ID, &v.Provider, &v.ProviderID, &v.Kind, &v.Method, &v.Status, &v.Arrived.State, &v.Arrived.Reason, &v.Version,
		&created, &updated, &received, &since, &due, &approved, &expires,
		&v.Claim.By.ID, &until, &v.Claim.By.Name, &v.Claim.By.Role, &r.subject, &v.Subject.Name, &v.Subject.Email, &v.Subject.BirthDate, &v.Subject.Reference,
		&r.objectEntry, &r.objectDigest, &r.dossier, &r.decision,
		&effective, &v.Escalated, &snoozed, &woken, &reopen.By.ID, &asked, &r.reopenEntry, &recused, &r.erased)
	v.EffectiveAt, v.SnoozedAt, v.SnoozedUntil, v.Recused = fromMicros(effective), fromMicros(snoozed), fromMicros(woken), strings.Fields(recused)
	if reopen.By.ID != "" {
		reopen.At = fromMicros(asked)
		v.Reopen = &reopen
	}
	v.CreatedAt, v.UpdatedAt, v.ReceivedAt = fromMicros(created), fromMicros(updated), fromMicros(received)
	v.ReviewSince, v.DueAt, v.ApprovedAt, v.ExpiresAt = fromMicros(since), fromMicros(due), fromMicros(approved), fromMicros(expires)
	v.Claim.Until = fromMicros(until)
	return r, err
}

// loadRow reads a verification with its findings and the decision that stands. The
// sealed part stays sealed: rules do not need it. An unknown id is [ErrNotFound].
func loadRow(q querier, id string) (caseRow, error) {
	r, err := scanRow(q.row(`SELECT `+rowColumns+rowTables+` WHERE v.id = ?`, id).Scan)
	if isNoRows(err) {
		return r, fmt.Errorf("verification: %w", ErrNotFound)
	}
	if err != nil {
		return r, fmt.Errorf("verification: %w", err)
	}
	if r.erased {
		if r.v.Erased, err = erasureOf(q, r.v.Seq); err != nil {
			return r, err
		}
		if r.v.Erased == nil {
			r.v.Erased = &review.Erasure{} // the event was lost with a newer database, see relist.go
		}
	}
	if r.v.Findings, err = loadFindings(q, r.v.Seq); err != nil {
		return r, err
	}
	if err := loadWorksheets(q, &r.v); err != nil {
		return r, err
	}
	if r.v.Reopen != nil {
		if err := q.row(`SELECT name, role FROM account WHERE id = ?`, r.v.Reopen.By.ID).Scan(&r.v.Reopen.By.Name, &r.v.Reopen.By.Role); err != nil {
			return r, fmt.Errorf("who asks to reopen: %w", err)
		}
	}
	err = loadDecision(q, &r)
	r.read = r.changing()
	return r, err
}

// loadWorksheets asks for the name-match worksheets where a code needs one.
func loadWorksheets(q querier, v *review.Verification) error {
	if !slices.ContainsFunc(v.Findings, func(f review.Finding) bool { return review.Standard.Lookup(v.Provider, f.Code).NeedsWorksheet() }) {
		return nil
	}
	rows, err := q.rows(`SELECT code, conclusion FROM worksheet WHERE v = ?`, v.Seq)
	if err != nil {
		return err
	}
	v.Worksheets = map[string]review.Conclusion{}
	return eachRow(rows, func() error {
		var code string
		var c review.Conclusion
		err := rows.Scan(&code, &c)
		v.Worksheets[code] = c
		return err
	})
}

func loadFindings(q querier, v int64) ([]review.Finding, error) {
	rows, err := q.rows(`SELECT code, source, resolution FROM finding WHERE v = ? ORDER BY n`, v)
	if err != nil {
		return nil, err
	}
	var out []review.Finding
	err = eachRow(rows, func() error {
		var f review.Finding
		err := rows.Scan(&f.Code, &f.Source, &f.Resolution)
		out = append(out, f)
		return err
	})
	return out, err
}

// loadDecision fills the proposal or decision that stands, without its note.
func loadDecision(q querier, r *caseRow) error {
	if r.decision == 0 {
		return nil
	}
	var d review.Decided
	var at, secondAt int64
	var grounds, resolutions string
	var second review.Person
	err := q.row(`SELECT d.action, d.actor, a.name, a.role, d.at, d.on_version, d.grounds, d.resolutions, d.reject_reason,
		d.second, COALESCE(b.name, ''), COALESCE(b.role, ''), d.second_at, d.policy, d.evidence
		FROM decision d JOIN account a ON a.id = d.actor LEFT JOIN account b ON b.id = d.second WHERE d.id = ?`, r.decision).
		Scan(&d.Action, &d.By.ID, &d.By.Name, &d.By.Role, &at, &d.Version, &grounds, &resolutions, &d.RejectReason,
			&second.ID, &second.Name, &second.Role, &secondAt, &d.Policy, &d.Evidence)
	if err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	d.At, d.Grounds = fromMicros(at), strings.Fields(grounds)
	if err := json.Unmarshal([]byte(resolutions), &d.Resolutions); err != nil {
		return fmt.Errorf("decision: %w", err)
	}
	r.v.Decision = &d
	stands(&r.v, review.Word{By: second, At: fromMicros(secondAt)})
	return nil
}

// stands says what the decision that was read is to its case: a proposal until there is
// a second word where one is needed.
func stands(v *review.Verification, second review.Word) {
	switch {
	case v.Status == review.StatusSecondReview:
		v.Proposal, v.Decision = v.Decision, nil
	case second.By.ID != "":
		v.Confirm = &second
	}
}

// unsealCase opens the person's data, the provider's object and the notes. Of somebody
// who was erased the object is what is left, in the provider's words.
func (db *DB) unsealCase(q querier, r *caseRow) error {
	if r.v.Erased != nil {
		return db.fillSkeleton(r)
	}
	if err := db.unsealDossier(q, r); err != nil {
		return err
	}
	object, err := db.words(q, r.objectEntry, "object")
	r.v.Object = []byte(object)
	return errors.Join(err, db.openNotes(q, r))
}

func (db *DB) unsealDossier(q querier, r *caseRow) error {
	if r.v.Erased != nil {
		return nil
	}
	text, err := db.unsealFor(q, r.subject, dossierPlace(r.v.ID), r.dossier)
	if err != nil {
		return err
	}
	var d dossier
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	r.v.Subject.Reading, r.v.Documents, r.v.Registry, r.v.Face = d.Subject, d.Documents, d.Registry, d.Face
	r.v.Passed, r.v.Attempt, r.v.Attempts = d.Passed, d.Attempt, d.Attempts
	return nil
}

func (db *DB) openNotes(q querier, r *caseRow) error {
	if r.decision == 0 {
		return nil
	}
	var entry, second int64
	if err := q.row(`SELECT entry, second_entry FROM decision WHERE id = ?`, r.decision).Scan(&entry, &second); err != nil {
		return err
	}
	note, err := db.words(q, entry, "note")
	if err != nil {
		return err
	}
	if r.v.Proposal != nil {
		r.v.Proposal.Note = note
	}
	if r.v.Decision != nil {
		r.v.Decision.Note = note
	}
	if r.v.Confirm != nil {
		r.v.Confirm.Note, err = db.words(q, second, "note")
	}
	if err == nil && r.v.Reopen != nil {
		r.v.Reopen.Note, err = db.words(q, r.reopenEntry, "reason")
	}
	return err
}

// words opens what an entry commits to. Words that were never kept, or that were
// forgotten since, are "".
func (db *DB) words(q querier, entry int64, field string) (string, error) {
	var subject int64
	var sealed []byte
	err := q.row(`SELECT subject, sealed FROM commitment_key WHERE entry = ? AND field = ?`, entry, field).Scan(&subject, &sealed)
	if isNoRows(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text, err := db.unsealFor(q, subject, wordsPlace(entry, field), sealed)
	return string(text), err
}

// Words opens what an event of the log commits to, by field.
func (db *DB) Words(ctx context.Context, entry int64) (map[string]string, error) {
	q := db.read(ctx)
	rows, err := q.rows(`SELECT field FROM commitment_key WHERE entry = ?`, entry)
	if err != nil {
		return nil, err
	}
	var fields []string
	if err := eachRow(rows, func() error {
		var f string
		err := rows.Scan(&f)
		fields = append(fields, f)
		return err
	}); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range fields {
		if out[f], err = db.words(q, entry, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// FindID turns any spelling of an id (UUID, Cybrid's 32 characters, a provider's
// id) into the verification's own. Unknown is [ErrNotFound].
func (db *DB) FindID(ctx context.Context, text string) (string, error) {
	text = strings.TrimSpace(text)
	q := db.brief(ctx)
	var id string
	hex := strings.ToLower(strings.ReplaceAll(text, "-", ""))
	if len(hex) == 32 {
		uuid := hex[:8] + "-" + hex[8:12] + "-" + hex[12:16] + "-" + hex[16:20] + "-" + hex[20:]
		if err := q.row(`SELECT id FROM verification WHERE id = ?`, uuid).Scan(&id); err == nil || !isNoRows(err) {
			return id, err
		}
	}
	err := q.row(`SELECT id FROM verification WHERE provider_id = ?`, text).Scan(&id)
	if isNoRows(err) {
		return "", fmt.Errorf("verification: %w", ErrNotFound)
	}
	return id, err
}
