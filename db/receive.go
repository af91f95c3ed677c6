package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the sizes of pictures are read on the way in
	_ "image/png"
	"slices"
	"strings"

	"reviewdesk/review"
)

// Incoming is one verification on its way in, with its pictures.
type Incoming struct {
	Verification review.Verification
	Pictures     []review.Picture
}

// Receive takes verifications in as one piece of work and says what became of
// each. Pictures must be clean: decoded and encoded by us.
func (db *DB) Receive(ctx context.Context, by Actor, in []Incoming) ([]review.Intake, error) {
	out := make([]review.Intake, len(in))
	err := db.Do(ctx, func(tx *Tx) (err error) {
		for i := range in {
			if out[i], _, err = tx.receive(by, in[i]); err != nil {
				return fmt.Errorf("receive %s: %w", in[i].Verification.ID, err)
			}
		}
		return nil
	})
	if err == nil {
		db.wakeSearch()
	}
	return out, err
}

// receive takes one verification in and returns the row as it stands then.
func (tx *Tx) receive(by Actor, in Incoming) (review.Intake, caseRow, error) {
	var held *review.Verification
	row, err := tx.heldRow(in.Verification.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", row, err
	}
	digest, failed := tx.db.incomingDigest(in)
	if failed != nil {
		return "", row, failed
	}
	same := false
	if err == nil {
		if row.v.Provider != in.Verification.Provider {
			return "", row, fmt.Errorf("the id is held for %s already", row.v.Provider)
		}
		if err := tx.db.unsealDossier(tx, &row); err != nil {
			return "", row, err
		}
		held, same = &row.v, bytes.Equal(digest, row.objectDigest)
	}
	policy, err := tx.db.policy(tx)
	if err != nil {
		return "", row, err
	}
	v, intake, event := review.Receive(held, in.Verification, same, tx.Now, policy)
	if intake != review.IntakeNew && intake != review.IntakeUpdated {
		return intake, row, nil
	}
	if row.subject, err = tx.keepSubject(row.subject, v); err != nil {
		return "", row, err
	}
	if held != nil {
		v.ProviderID = held.ProviderID // one spelling is enough; the row keeps the first
		if err := tx.forgetLikeness(*held); err != nil {
			return "", row, err
		}
	}
	row.v, row.objectDigest = v, digest
	kept, pictures, err := tx.sortPictures(row.v.Seq, in.Pictures)
	if err != nil {
		return "", row, err
	}
	row.severity = policy.Catalogue().Worst(v.Provider, v.Findings)
	key, err := tx.db.subjectKey(tx, row.subject)
	if err != nil {
		return "", row, err
	}
	arrived, err := row.arrived()
	if err != nil {
		return "", row, err
	}
	stateMarks(&event, &row, arrived, kept, key)
	if row.objectEntry, err = tx.append(by, loggable(event), row.subject); err != nil {
		return "", row, err
	}
	if err := tx.storeReceived(&row, pictures, intake == review.IntakeNew); err != nil {
		return "", row, err
	}
	return intake, row, tx.arrivedEnded(row, held == nil)
}

// arrivedEnded notes what an arrival means for how long the person's data are kept. The
// first case of somebody new, which waits for an officer, means nothing.
func (tx *Tx) arrivedEnded(row caseRow, fresh bool) error {
	if fresh && row.v.Subject.Reference == "" && row.v.Ended().IsZero() {
		return nil
	}
	return tx.keepEnded(row.subject)
}

// heldRow is [loadRow] where most have no row: to prepare for all that a row holds costs
// more than to look whether there is one.
func (tx *Tx) heldRow(id string) (caseRow, error) {
	var seq int64
	err := tx.row(`SELECT seq FROM verification WHERE id = ?`, id).Scan(&seq)
	if isNoRows(err) {
		return caseRow{}, ErrNotFound
	}
	if err != nil {
		return caseRow{}, fmt.Errorf("verification: %w", err)
	}
	return loadRow(tx, id)
}

// incomingDigest knows the same copy again: the object, and whatever came beside it.
func (db *DB) incomingDigest(in Incoming) ([]byte, error) {
	all, err := json.Marshal(struct {
		Object   []byte
		Dossier  dossier
		Codes    []string
		Pictures []review.Picture
	}{in.Verification.Object, dossierOf(in.Verification), in.Verification.Codes(), in.Pictures})
	return db.digest("object", all), err
}

func (tx *Tx) storeReceived(row *caseRow, pictures []newPicture, fresh bool) (err error) {
	if fresh {
		row.v.Seq, err = tx.insertCase(*row)
	} else {
		err = tx.updateReceived(*row)
	}
	if err != nil {
		return err
	}
	keep := tx.storeFindings
	if fresh {
		keep = tx.insertFindings
	}
	if err := keep(row.v); err != nil {
		return err
	}
	if err := tx.storePictures(*row, pictures); err != nil {
		return err
	}
	if _, err := tx.exec(`INSERT INTO likeness_pending (v) VALUES (?) ON CONFLICT (v) DO NOTHING`, row.v.Seq); err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO search_pending (v, words) VALUES (?, ?) ON CONFLICT (v) DO UPDATE SET words = excluded.words`,
		row.v.Seq, searchWords(row.v))
	return err
}

// keepSubject finds or makes the person's row. Attempts of one person share it
// where the provider says who the person is.
func (tx *Tx) keepSubject(id int64, v review.Verification) (int64, error) {
	if id == 0 && v.Subject.Reference != "" {
		err := tx.row(`SELECT id FROM subject WHERE provider = ? AND reference = ? AND reference <> ''`, string(v.Provider), v.Subject.Reference).Scan(&id)
		if err != nil && !isNoRows(err) {
			return 0, err
		}
	}
	if id != 0 {
		_, err := tx.exec(`UPDATE subject SET name = CASE WHEN ?1 <> '' THEN ?1 ELSE name END, email = CASE WHEN ?2 <> '' THEN ?2 ELSE email END,
			birth_date = CASE WHEN ?3 <> '' THEN ?3 ELSE birth_date END WHERE id = ?4`, v.Subject.Name, v.Subject.Email, v.Subject.BirthDate, id)
		return id, err
	}
	key := newSubjectKey()
	wrapped, err := tx.db.wrapKey(key)
	if err != nil {
		return 0, err
	}
	id, err = tx.insert(`INSERT INTO subject (provider, reference, name, email, birth_date, key) VALUES (?, ?, ?, ?, ?, ?)`,
		string(v.Provider), v.Subject.Reference, v.Subject.Name, v.Subject.Email, v.Subject.BirthDate, wrapped)
	if err == nil {
		tx.known = keyring{of: id, key: key}
	}
	return id, err
}

// dossier is what else is known of the person; it is stored sealed.
type dossier struct {
	Subject   review.Reading    `json:"subject"`
	Documents []review.Document `json:"documents"`
	Registry  review.Reading    `json:"registry"`
	Face      review.FaceMatch  `json:"face"`
	Passed    []string          `json:"passed"`
	Attempt   int               `json:"attempt"`
	Attempts  int               `json:"attempts"`
}

func dossierOf(v review.Verification) dossier {
	return dossier{v.Subject.Reading, v.Documents, v.Registry, v.Face, v.Passed, v.Attempt, v.Attempts}
}

func dossierPlace(id string) string { return "verification/" + id + "/dossier" }

// caseColumns are written alike by a first and by a later copy.
const caseColumns = `kind, method, status, arrived_state, arrived_reason, version, subject, country, document_kind, document_country,
	severity, codes, created_at, updated_at, received_at, review_since, due_at, approved_at, expires_at,
	owner, owner_until, object_entry, object_digest, dossier, effective_at, escalated, snoozed_at, snoozed_until`

// caseValues seals the dossier under the person's key.
func (row caseRow) caseValues(a arrivedRow, key []byte) ([]any, error) {
	v := row.v
	sealed, err := sealWith(key, dossierPlace(v.ID), row.dossier)
	if err != nil {
		return nil, err
	}
	return []any{a.Kind, a.Method, string(v.Status), v.Arrived.State, v.Arrived.Reason, v.Version, a.Subject, a.Country, a.DocumentKind, a.DocumentCountry,
		int(row.severity), strings.Join(v.Codes(), " "), a.Created, a.Updated, a.Received, micros(v.ReviewSince), micros(v.DueAt), micros(v.ApprovedAt), a.Expires,
		v.Claim.By.ID, micros(v.Claim.Until), row.objectEntry, a.ObjectDigest, sealed,
		micros(v.EffectiveAt), v.Escalated, micros(v.SnoozedAt), micros(v.SnoozedUntil)}, nil
}

func (tx *Tx) caseValues(row caseRow) ([]any, error) {
	key, err := tx.db.subjectKey(tx, row.subject)
	if err != nil {
		return nil, err
	}
	a, err := row.arrived()
	if err != nil {
		return nil, err
	}
	return row.caseValues(a, key)
}

func (tx *Tx) insertCase(row caseRow) (int64, error) {
	values, err := tx.caseValues(row)
	if err != nil {
		return 0, err
	}
	return tx.insert(`INSERT INTO verification (id, provider, provider_id, `+caseColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append([]any{row.v.ID, string(row.v.Provider), row.v.ProviderID}, values...)...)
}

func (tx *Tx) updateReceived(row caseRow) error {
	values, err := tx.caseValues(row)
	if err != nil {
		return err
	}
	return tx.one(`UPDATE verification SET (`+caseColumns+`) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),
		decision = 0, decided_at = 0, decider = '' WHERE id = ? AND version = ?`, append(values, row.v.ID, row.v.Version-1)...)
}

func (tx *Tx) storeFindings(v review.Verification) error {
	if _, err := tx.exec(`DELETE FROM finding WHERE v = ?`, v.Seq); err != nil {
		return err
	}
	return tx.insertFindings(v)
}

func (tx *Tx) insertFindings(v review.Verification) error {
	for n, f := range v.Findings {
		if _, err := tx.exec(`INSERT INTO finding (v, n, code, source, resolution) VALUES (?, ?, ?, ?, ?)`,
			v.Seq, n, f.Code, f.Source, string(f.Resolution)); err != nil {
			return err
		}
	}
	return nil
}

// newPicture is a picture on its way into table evidence.
type newPicture struct {
	keptPicture
	data []byte
}

// sortPictures tells which pictures the case will hold, and which of them are new to
// it. None is ever taken away.
func (tx *Tx) sortPictures(v int64, in []review.Picture) (all []keptPicture, fresh []newPicture, err error) {
	if v != 0 {
		if all, err = tx.keptPictures(v); err != nil {
			return nil, nil, err
		}
	}
	for _, p := range in {
		digest := tx.db.digest(factPicture, p.Data)
		if slices.ContainsFunc(all, func(k keptPicture) bool { return bytes.Equal(k.digest, digest) }) {
			continue
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(p.Data))
		if err != nil {
			return nil, nil, fmt.Errorf("picture %d: %w", len(all), err)
		}
		kept := keptPicture{len(all), p.Kind, p.MediaType, size.Width, size.Height, digest}
		all, fresh = append(all, kept), append(fresh, newPicture{kept, p.Data})
	}
	return all, fresh, nil
}

func (tx *Tx) keptPictures(v int64) (all []keptPicture, err error) {
	rows, err := tx.rows(`SELECT n, kind, media_type, width, height, digest FROM evidence WHERE v = ? ORDER BY n`, v)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var p keptPicture
		err := rows.Scan(&p.n, &p.kind, &p.media, &p.width, &p.height, &p.digest)
		all = append(all, p)
		return err
	})
	return all, err
}

func (tx *Tx) storePictures(row caseRow, pictures []newPicture) error {
	if len(pictures) == 0 {
		return nil
	}
	key, err := tx.db.subjectKey(tx, row.subject)
	if err != nil {
		return err
	}
	for _, p := range pictures {
		sealed, err := sealWith(key, picturePlace(row.v.Seq, p.n), p.data)
		if err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO evidence (v, n, kind, media_type, width, height, digest, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			row.v.Seq, p.n, p.kind, p.media, p.width, p.height, p.digest, sealed); err != nil {
			return err
		}
	}
	return nil
}

func picturePlace(v int64, n int) string { return fmt.Sprintf("evidence/%d/%d", v, n) }

// loggable keeps free text out of the log's clear part: a code or a reason that is
// no plain word could carry anything, so the log names it by its digest only.
func loggable(e review.Event) review.Event {
	for i, f := range e.Facts {
		e.Facts[i].Value = sayable(f.Value)
		if code, is := strings.CutPrefix(f.Name, findingFact); is {
			e.Facts[i].Name = sayableFinding(code)
		}
		if code, is := strings.CutPrefix(f.Name, evidenceFact); is {
			e.Facts[i].Name = sayableEvidence(code)
		}
	}
	return e
}

// sayable is how the log says a value.
func sayable(text string) string {
	if plainWord(text) {
		return text
	}
	return unlisted(text)
}

// sayableFinding is how the log names the fact of a finding's resolution.
func sayableFinding(code string) string {
	if plainWord(code) {
		return findingFact + code
	}
	return findingFact + unlisted(findingFact+code)
}

// sayableEvidence is how the log names the fact of what a resolution rests on: under
// the same word for the code as the resolution itself.
func sayableEvidence(code string) string {
	return evidenceFact + strings.TrimPrefix(sayableFinding(code), findingFact)
}

// unlisted stands in the log for a code that is no plain word.
func unlisted(text string) string { return "unlisted:" + SessionDigest(text) }

func plainWord(s string) bool {
	for _, r := range s {
		plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-:+ ", r)
		if !plain {
			return false
		}
	}
	return len(s) <= 120
}
