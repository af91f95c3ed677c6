package db

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/review"
)

// A case as it stood when it was decided is made from the log alone: the facts of the
// deciding event, its note, and what the officer saw, to which that event commits. The
// tables of cases and decisions say how things are now, and are not asked.

// Moment is a case as it stood with one event of its history.
type Moment struct {
	Case
	Event   LogEntry
	Decided LogEntry // the decision or proposal that Event is, or that it confirmed
	// Catalogue holds the words of the time for what was found. Its version is ""
	// where the event does not tell it.
	Catalogue *review.Catalogue
	// Partly says that the event is of a time when decisions did not keep what the
	// officer saw, and that newer copies came in since: only the provider's own object
	// of the time is left, without what was read from documents and registries.
	Partly bool
	seen   []review.SeenImage
	files  [][]byte // digests of what officers had attached, as the event commits to them
	told   bool     // it does
}

// momentKinds are the events with which a case can be shown as it stood.
var momentKinds = []string{string(review.EventDecided), string(review.EventProposed), string(review.EventConfirmed)}

// addSeen adds to a decision's words what the officer had before them. The dossier is
// open.
func addSeen(r caseRow, h held, c *review.Catalogue, words []review.Words) ([]review.Words, error) {
	seen := review.See(r.v, h.pictures, c)
	seen.Attached = h.files()
	kept, err := seen.Words()
	return append(words, kept), err
}

func seenImages(q querier, v int64) (out []review.SeenImage, err error) {
	rows, err := q.rows(`SELECT n, kind, digest FROM evidence WHERE v = ? ORDER BY n`, v)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var i review.SeenImage
		err := rows.Scan(&i.N, &i.Kind, &i.Digest)
		out = append(out, i)
		return err
	})
	return out, err
}

// ViewAt opens a case as it stood with an event, and records the look like any other.
// An event that does not decide this case is [ErrNotFound].
func (db *DB) ViewAt(ctx context.Context, by Actor, id string, seq int64) (Moment, error) {
	if !by.Role.May(review.RightSeeCases) {
		return Moment{}, review.Forbidden{Why: "Your role does not see cases."}
	}
	q := db.read(ctx)
	if _, err := db.decidingEvent(q, id, seq); err != nil {
		return Moment{}, err // a look at nothing is no look
	}
	if err := db.recordView(ctx, by, id, viewShared, "case"); err != nil {
		return Moment{}, err
	}
	return db.moment(q, id, seq)
}

// decidingEvent reads an event with which this case can be shown.
func (db *DB) decidingEvent(q querier, id string, seq int64) (LogEntry, error) {
	rows, err := q.rows(logColumns+` FROM audit_entry e WHERE e.seq = ?`, seq)
	if err != nil {
		return LogEntry{}, err
	}
	entries, err := db.logEntries(q, rows)
	if err != nil {
		return LogEntry{}, err
	}
	if len(entries) == 0 || entries[0].Object != id || !slices.Contains(momentKinds, entries[0].Action) {
		return LogEntry{}, fmt.Errorf("decision: %w", ErrNotFound)
	}
	e := entries[0]
	e.Note, err = db.words(q, seq, "note")
	return e, err
}

// moment puts a case together as it stood with an event.
func (db *DB) moment(q querier, id string, seq int64) (m Moment, err error) {
	if m.Event, err = db.decidingEvent(q, id, seq); err != nil {
		return m, err
	}
	r, err := loadRow(q, id)
	if err != nil {
		return m, err
	}
	if m.Decided, err = db.judgement(q, m.Event); err != nil {
		return m, err
	}
	if err := db.fillSeen(q, &m, r); err != nil {
		return m, err
	}
	m.settle()
	if m.Pictures, err = pictures(q, r.v.Seq); err != nil {
		return m, err
	}
	m.Pictures = slices.DeleteFunc(m.Pictures, func(p PictureInfo) bool { return m.image(p.N) == nil })
	if err := db.fillAdded(q, &m, r.v.Seq); err != nil {
		return m, err
	}
	m.History, err = db.history(q, id, seq)
	return m, err
}

// fillAdded adds what officers had put beside the evidence when it was decided:
// name-match worksheets, and files.
func (db *DB) fillAdded(q querier, m *Moment, v int64) (err error) {
	if m.Sheets, err = db.worksheetsBefore(q, m.ID, m.Decided.Seq); err != nil {
		return err
	}
	if m.Attached, err = db.attachments(q, v); err != nil {
		return err
	}
	m.Attached = slices.DeleteFunc(m.Attached, func(a AttachmentInfo) bool { return !m.had(a) })
	return nil
}

// had reports whether a file was there when the case was decided.
func (m *Moment) had(a AttachmentInfo) bool {
	if !m.told {
		return a.Entry < m.Decided.Seq
	}
	return slices.ContainsFunc(m.files, func(digest []byte) bool { return hex.EncodeToString(digest) == a.Digest })
}

// judgement is the decision or proposal that an event is or confirms.
func (db *DB) judgement(q querier, e LogEntry) (LogEntry, error) {
	if e.Action != string(review.EventConfirmed) {
		return e, nil
	}
	var seq int64
	err := q.row(`SELECT COALESCE(MAX(seq), 0) FROM audit_entry WHERE object = ? AND object <> '' AND seq < ? AND +kind = 'proposed'`, e.Object, e.Seq).Scan(&seq)
	if err != nil {
		return e, err
	}
	return db.decidingEvent(q, e.Object, seq)
}

// fillSeen lays what the officer saw over the case. Where the event does not hold it,
// the case is still the same unless a newer copy came in after it.
func (db *DB) fillSeen(q querier, m *Moment, r caseRow) error {
	if r.v.Erased != nil {
		m.leftOf(r)
		return nil
	}
	text, err := db.words(q, m.Decided.Seq, review.SeenField)
	if err != nil {
		return err
	}
	if text != "" {
		seen, err := review.ParseSeen(text)
		m.Verification, m.Catalogue, m.seen = seen.Over(r.v), seen.Then(r.v.Provider), seen.Pictures
		m.files, m.told = seen.Attached, true
		return err
	}
	m.Catalogue = m.Decided.Codes.Undated()
	if m.seen, err = seenImages(q, r.v.Seq); err != nil {
		return err
	}
	if r.objectEntry < m.Decided.Seq {
		err = db.unsealDossier(q, &r)
		m.Verification = review.See(r.v, m.seen, review.Standard).Over(r.v)
		return err
	}
	m.Partly = true
	return db.fillFromObject(q, m, r)
}

// fillFromObject reads the provider's object that was in force with the event.
func (db *DB) fillFromObject(q querier, m *Moment, r caseRow) error {
	var entry int64
	err := q.row(`SELECT COALESCE(MAX(seq), 0) FROM audit_entry WHERE object = ? AND object <> '' AND seq < ? AND +kind IN ('received', 'updated')`,
		r.v.ID, m.Decided.Seq).Scan(&entry)
	if err != nil {
		return err
	}
	object, err := db.words(q, entry, "object")
	if err != nil {
		return err
	}
	vocabulary, err := db.opts.Vocabularies.Of(r.v.Provider)
	if err != nil {
		return err
	}
	v, _, err := vocabulary.Parse([]byte(object))
	if err != nil {
		return fmt.Errorf("object of event %d: %w", entry, err)
	}
	review.Standard.SortFindings(v.Provider, v.Findings)
	m.Verification = review.See(v, m.seen, review.Standard).Over(r.v)
	m.ReceivedAt, m.ReviewSince, m.DueAt = r.v.ReceivedAt, r.v.ReviewSince, r.v.DueAt
	return nil
}

// settle lets the case stand as the event left it.
func (m *Moment) settle() {
	if after := m.Event.After; after != nil {
		m.Status, m.Version = review.Status(after.State), after.Version
	}
	d := m.decision()
	if m.Event.Action == string(review.EventProposed) {
		m.Proposal = &d
		return
	}
	m.Decision, m.Findings = &d, d.Resolutions
	if m.Event.Action == string(review.EventConfirmed) {
		m.Confirm = &review.Word{By: actorThen(m.Event), At: m.Event.Time, Note: m.Event.Note}
	}
	if d.Action == review.Approve {
		m.ApprovedAt = m.Event.Time
	}
}

// decision is what the event says was decided.
func (m *Moment) decision() review.Decided {
	e := m.Decided
	d := review.Decided{Action: review.Action(e.Fact("action")), By: actorThen(e), At: e.Time, Note: e.Note, RejectReason: e.Fact("reject_reason")}
	if e.Before != nil {
		d.Version = e.Before.Version
	}
	d.Policy, _ = strconv.ParseInt(e.Fact("policy"), 10, 64) // 0 before there was one
	for _, f := range e.Facts {
		if f.Name == "ground" {
			d.Grounds = append(d.Grounds, f.Value)
		}
	}
	for _, f := range m.Findings {
		f.Resolution = review.Resolution(e.Fact(sayableFinding(f.Code)))
		for _, said := range e.Facts {
			if said.Name == sayableEvidence(f.Code) {
				f.Evidence = append(f.Evidence, review.Exhibit(said.Value))
			}
		}
		d.Resolutions = append(d.Resolutions, f)
	}
	return d
}

// actorThen is who did it, in the role of that time.
func actorThen(e LogEntry) review.Person {
	return review.Person{ID: e.Actor.ID, Name: e.ActorName, Role: review.Role(e.Actor.Role)}
}

func (m *Moment) image(n int) *review.SeenImage {
	for i := range m.seen {
		if m.seen[i].N == n {
			return &m.seen[i]
		}
	}
	return nil
}

// leftOf is what an erased case still says of the time: its skeleton, and the findings as
// the event resolved them.
func (m *Moment) leftOf(r caseRow) {
	m.Verification, m.Catalogue = r.v, m.Decided.Codes.Undated()
	m.Proposal, m.Decision, m.Confirm, m.Findings = nil, nil, nil, nil
	for _, f := range m.Decided.Facts {
		if code, is := strings.CutPrefix(f.Name, findingFact); is {
			m.Findings = append(m.Findings, review.Finding{Code: code})
		}
	}
}
