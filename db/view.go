package db

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Case is a verification opened for reading, with everything a page shows of it.
type Case struct {
	review.Verification
	Pictures  []PictureInfo
	Attached  []AttachmentInfo
	Sheets    []Sheet          // name-match worksheets, by their codes
	Exhibits  []review.Exhibit // what a resolution can rest on
	History   []LogEntry       // newest first
	Retention review.Retention // until when the person's data are kept
}

// PictureInfo describes a picture without its bytes.
type PictureInfo struct {
	N             int
	Kind          string
	Width, Height int
}

// Reading is recorded. A reload of the same case by the same session within a
// minute shares one event; its pictures belong to the same reading for as long as
// a claim lasts.
const (
	viewShared     = time.Minute
	picturesShared = review.ClaimFor
)

// View opens a case for somebody and records that they saw it, before anything is
// shown: if the record fails, nothing is. The provider's own object, which no page shows,
// stays sealed.
func (db *DB) View(ctx context.Context, by Actor, id string) (c Case, err error) {
	if !by.Role.May(review.RightSeeCases) {
		return Case{}, review.Forbidden{Why: "Your role does not see cases."}
	}
	if err := db.recordCase(ctx, by, id); err != nil {
		return Case{}, err
	}
	err = db.asOfNow(ctx, func(q querier) error {
		c, err = db.openCase(q, id, by.Person)
		return err
	})
	return c, err
}

// openCase reads a case with all that a page shows of it.
func (db *DB) openCase(q querier, id string, by review.Person) (c Case, err error) {
	r, err := loadRow(q, id)
	if err != nil {
		return c, err
	}
	if err := db.interested(q, &r, by); err != nil {
		return c, err
	}
	if err := db.unsealDossier(q, &r); err != nil {
		return c, err
	}
	if err := db.openNotes(q, &r); err != nil {
		return c, err
	}
	c.Verification = r.v
	return c, db.fillCase(q, r, &c)
}

// fillCase reads what stands beside a case that has been opened.
func (db *DB) fillCase(q querier, r caseRow, c *Case) (err error) {
	if c.Retention, err = db.retention(q, r.subject); err != nil {
		return err
	}
	if c.Pictures, err = pictures(q, r.v.Seq); err != nil {
		return err
	}
	if c.Attached, err = db.attachments(q, r.v.Seq); err != nil {
		return err
	}
	if c.Sheets, err = db.worksheets(q, r.v.Seq); err != nil {
		return err
	}
	held, err := loadHeld(q, r.v.Seq)
	if err != nil {
		return err
	}
	if c.Exhibits, err = db.exhibits(q, r, held); err != nil {
		return err
	}
	c.History, err = db.history(q, r.v.ID, math.MaxInt64)
	return err
}

// recordCase records that somebody opened a case. Where a note names them since, they
// open it anew, however lately they have seen it.
func (db *DB) recordCase(ctx context.Context, by Actor, id string) error {
	named, err := mentionedIn(db.brief(ctx), by.ID, id)
	if err != nil {
		return err
	}
	shared := viewShared
	if named {
		shared = 0
	}
	return db.recordView(ctx, by, id, shared, whatCase)
}

// whatCase is what a view's event says of the whole case.
const whatCase = "case"

// recordView writes that somebody looks. A holder at work keeps their claim: the record
// of their look prolongs one that runs out soon. That is the one thing beside the record
// that opening a page changes, as part of
// it: in the same transaction and the same event, never without one, and never making,
// taking or ending a claim.
func (db *DB) recordView(ctx context.Context, by Actor, id string, shared time.Duration, what string) error {
	if db.Sealed() != "" {
		return fmt.Errorf("viewing is recorded, and %w", ErrSealed)
	}
	seen := false
	if err := db.asOfNow(ctx, func(q querier) (err error) {
		seen, err = viewedLately(q, by, id, db.Now().Add(-shared))
		return err
	}); seen || err != nil {
		return err
	}
	return db.Do(ctx, func(tx *Tx) error {
		v, subject, err := tx.lookedAt(id)
		if err != nil {
			return err
		}
		facts := []review.Fact{{Name: "what", Value: what}, {Name: "version", Value: strconv.FormatInt(v.Version, 10)}}
		renewed := v.Renew(by.Person, tx.Now)
		if _, err = tx.append(by, review.Event{Kind: review.EventViewed, Object: id, Facts: append(facts, renewed...)}, subject); err != nil {
			return err
		}
		if renewed != nil {
			if err := tx.renewed(id, v.Claim); err != nil {
				return err
			}
		}
		if what != whatCase {
			return nil
		}
		return tx.mentionsSeen(by.ID, v.Seq)
	})
}

// lookedAt reads of a case what the record of a look needs: its number and version, and
// who holds it.
func (tx *Tx) lookedAt(id string) (v review.Verification, subject int64, err error) {
	var until int64
	err = tx.row(`SELECT seq, status, version, owner, owner_until, subject FROM verification WHERE id = ?`, id).
		Scan(&v.Seq, &v.Status, &v.Version, &v.Claim.By.ID, &until, &subject)
	if isNoRows(err) {
		err = ErrNotFound
	}
	if err != nil {
		return v, 0, fmt.Errorf("verification: %w", err)
	}
	v.Claim.Until = fromMicros(until)
	return v, subject, nil
}

// renewed keeps a claim that has been prolonged.
func (tx *Tx) renewed(id string, c review.Claim) error {
	r, err := loadRow(tx, id)
	if err != nil {
		return err
	}
	r.v.Claim.Until = c.Until
	return tx.updateCase(r)
}

func viewedLately(q querier, by Actor, id string, since time.Time) (bool, error) {
	rows, err := q.rows(`SELECT body FROM audit_entry WHERE object = ? AND object <> '' AND +actor = ? AND +kind = 'viewed' AND +at > ? ORDER BY seq DESC LIMIT 20`,
		id, by.ID, micros(since))
	if err != nil {
		return false, err
	}
	seen := false
	err = eachRow(rows, func() error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		e, err := audit.Parse(body)
		seen = seen || e.Session == by.Session
		return err
	})
	return seen, err
}

func pictures(q querier, v int64) ([]PictureInfo, error) {
	rows, err := q.rows(`SELECT n, kind, width, height FROM evidence WHERE v = ? ORDER BY n`, v)
	if err != nil {
		return nil, err
	}
	var out []PictureInfo
	err = eachRow(rows, func() error {
		var p PictureInfo
		err := rows.Scan(&p.N, &p.Kind, &p.Width, &p.Height)
		out = append(out, p)
		return err
	})
	return out, err
}

// Picture opens one picture of a case. Asked for by somebody who has not opened
// the case, it is recorded as a view of its own.
func (db *DB) Picture(ctx context.Context, by Actor, id string, n int) (review.Picture, error) {
	if !by.Role.May(review.RightSeeCases) {
		return review.Picture{}, review.Forbidden{Why: "Your role does not see cases."}
	}
	if err := db.recordView(ctx, by, id, picturesShared, "picture"); err != nil {
		return review.Picture{}, err
	}
	return db.openPicture(db.read(ctx), id, n)
}

func (db *DB) openPicture(q querier, id string, n int) (p review.Picture, err error) {
	var v, subject int64
	var sealed []byte
	err = q.row(`SELECT v.seq, v.subject, e.kind, e.media_type, e.sealed FROM verification v JOIN evidence e ON e.v = v.seq WHERE v.id = ? AND e.n = ?`, id, n).
		Scan(&v, &subject, &p.Kind, &p.MediaType, &sealed)
	if isNoRows(err) {
		return p, fmt.Errorf("picture: %w", ErrNotFound)
	}
	if err != nil {
		return p, err
	}
	p.Data, err = db.unsealFor(q, subject, picturePlace(v, n), sealed)
	return p, err
}

// Reveal records that somebody looks at one masked field, and why.
func (db *DB) Reveal(ctx context.Context, by Actor, id, field, reason string) error {
	_, err := db.change(ctx, by, id, func(tx *Tx, r *caseRow) (review.Event, error) {
		return r.v.Reveal(field, reason, by.Person)
	}, nil)
	return err
}

// Peek reads a case without recording a view, for programs that show nobody's
// data to a person: the API's wire form and the tests.
func (db *DB) Peek(ctx context.Context, id string) (review.Verification, error) {
	q := db.read(ctx)
	r, err := loadRow(q, id)
	if err != nil {
		return r.v, err
	}
	err = db.unsealCase(q, &r)
	return r.v, err
}

// saidIn is the field of an event's words that its reader is shown.
var saidIn = map[review.EventKind]string{
	review.EventNoted: "note", review.EventDecided: "note", review.EventProposed: "note", review.EventConfirmed: "note", review.EventReturned: "note",
	review.EventReopened: "note", review.EventKeptClosed: "note", review.EventReopenAsked: "reason", review.EventSkipped: "reason",
	review.EventSnoozed: "reason", review.EventEscalated: "reason", review.EventAskedAgain: "text",
	review.EventHeld: "reason", review.EventHoldLifted: "reason", review.EventErased: "reason",
}

// history is a case's part of the log up to an event, newest first, bounded to what a
// page shows.
func (db *DB) history(q querier, id string, upTo int64) ([]LogEntry, error) {
	rows, err := q.rows(logColumns+` FROM audit_entry e WHERE object = ? AND object <> '' AND seq <= ? ORDER BY seq DESC LIMIT 200`, id, upTo)
	if err != nil {
		return nil, err
	}
	entries, err := db.logEntries(q, rows)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if field := saidIn[review.EventKind(e.Action)]; field != "" {
			if entries[i].Note, err = db.words(q, e.Seq, field); err != nil {
				return nil, err
			}
		}
	}
	return entries, nil
}
