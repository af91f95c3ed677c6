package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Erasure. A person is erased in one transaction: each of their cases gets an event that
// says on which ground, and then everything personal goes (wipe.go). The data key goes
// with it, so that what is sealed and was overlooked, or lies in a backup, says nothing.
// Commitments of earlier events stay in the log and cannot be opened any more, since
// their keys are gone: the log proves what it proved before.
//
// The event states a digest of the row that stays, so that the check of the log finds
// a skeleton that was changed later, and one that no event made.

// ErasePerson erases the person of a case, with all their cases. The reason stays, sealed
// under the desk's own key: it must not name the person. Errors are those of
// [review.Retention.MayErase]. It returns once the erasure is recorded here and in the
// list beside the anchor; what is left on the disk is overwritten by [DB.Overwrite].
func (db *DB) ErasePerson(ctx context.Context, by Actor, id string, ground review.LegalGround, reason string) error {
	err := db.onPerson(ctx, id, reason, func(tx *Tx, r review.Retention) error {
		if err := r.MayErase(ground, by.person(), tx.Now); err != nil {
			return err
		}
		if err := tx.unnamed(id, reason); err != nil {
			return err
		}
		return tx.erase(by, r, ground, []review.Words{{Field: "reason", Text: reason}}, nil)
	})
	if err == nil {
		db.wakeSearch() // whose goroutine overwrites
	}
	return err
}

// unnamed refuses a reason that names the person.
func (tx *Tx) unnamed(id, reason string) error {
	r, err := loadRow(tx, id)
	if err == nil && r.v.Subject.Names(reason) {
		err = review.Invalid{"reason": "The reason stays when the person is gone, so it must not name them."}
	}
	return err
}

// erase writes the events and takes the data away.
func (tx *Tx) erase(by Actor, r review.Retention, ground review.LegalGround, words []review.Words, more []review.Fact) error {
	policy, err := tx.db.policy(tx)
	if err != nil {
		return err
	}
	rows, err := tx.rowsOf(r.Person)
	if err != nil {
		return err
	}
	for i := range rows {
		event := erasedEvent(rows[i], r, ground, policy)
		event.Words, event.Facts = words, append(event.Facts, more...)
		entry, err := tx.append(by, loggable(event), 0)
		if err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO erasure (v, entry) VALUES (?, ?)`, rows[i].v.Seq, entry); err != nil {
			return err
		}
		if err := tx.one(`UPDATE verification SET version = version + 1 WHERE seq = ?`, rows[i].v.Seq); err != nil {
			return err
		}
		if err := tx.list(entry); err != nil {
			return err
		}
	}
	return tx.wipe(r.Person, rows)
}

// rowsOf are the rows of a person's cases.
func (tx *Tx) rowsOf(subject int64) (out []caseRow, err error) {
	ids, err := textsOf(tx, `SELECT id FROM verification WHERE subject = ? ORDER BY created_at, seq`, subject)
	for _, id := range ids {
		r, err := loadRow(tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, err
}

// textsOf reads a column of texts.
func textsOf(q querier, query string, args ...any) (out []string, err error) {
	rows, err := q.rows(query, args...)
	if err != nil {
		return nil, err
	}
	return out, eachRow(rows, func() error {
		var text string
		err := rows.Scan(&text)
		out = append(out, text)
		return err
	})
}

// erasedEvent says why, and lets anybody reckon again whether the time had come.
func erasedEvent(row caseRow, r review.Retention, ground review.LegalGround, p review.Policy) review.Event {
	before := row.v.Snapshot()
	row.v.Version++
	e := review.Event{Kind: review.EventErased, Object: row.v.ID, Before: before, After: row.v.Snapshot(), Facts: []review.Fact{
		{Name: factPerson, Value: strconv.FormatInt(r.Person, 10)},
		{Name: factGround, Value: string(ground)},
		{Name: "policy", Value: strconv.FormatInt(p.Version, 10)},
	}}
	for _, c := range r.Cases {
		if c.ID == row.v.ID && !c.Ended.IsZero() {
			e.Facts = append(e.Facts, review.Fact{Name: "ended", Value: audit.Stamp(c.Ended)}, review.Fact{Name: "years", Value: strconv.Itoa(c.Years)})
		}
	}
	if !r.KeepUntil.IsZero() {
		e.Facts = append(e.Facts, review.Fact{Name: "keep_until", Value: audit.Stamp(r.KeepUntil)})
	}
	e.Facts = append(e.Facts, review.Fact{Name: factRow, Value: row.skeleton().digest()})
	return e
}

// skeleton is what stays of a case's row, but for what other events of it state.
type skeleton struct {
	ID, ProviderID, Kind, Method string
	Created, Updated, Received   int64 // microseconds
	Expires                      int64
	Subject                      int64
}

func (row caseRow) skeleton() skeleton {
	v := &row.v
	return skeleton{v.ID, v.ProviderID, v.Kind, v.Method, micros(v.CreatedAt), micros(v.UpdatedAt), micros(v.ReceivedAt), micros(v.ExpiresAt), row.subject}
}

// digest needs no key: nothing in it is personal.
func (s skeleton) digest() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts and numbers: nothing can fail
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// outlineErased puts what is left of the erased cases of a list in their places.
func (db *DB) outlineErased(q querier, page []review.Verification, now time.Time) error {
	for i := range page {
		if page[i].Erased == nil {
			continue
		}
		r, err := loadRow(q, page[i].ID)
		if err == nil {
			err = db.fillSkeleton(&r)
		}
		if err != nil {
			return err
		}
		page[i] = r.v.Outside(now)
	}
	return nil
}

// fillSkeleton writes what is left of a case as its provider's object: for the APIs,
// which go on answering.
func (db *DB) fillSkeleton(r *caseRow) error {
	vocabulary, err := db.opts.Vocabularies.Of(r.v.Provider)
	if err != nil {
		return err
	}
	r.v.Object, err = review.SkeletonObject(vocabulary, r.v)
	if err != nil {
		err = fmt.Errorf("skeleton: %w", err)
	}
	return err
}
