package db

import (
	"context"
	"strconv"

	"reviewdesk/review"
)

// Legal holds. A hold is on a person, so it is shown with each of their cases; its
// event stands in the history of the case by which the person was named. The reason is
// sealed under the person's key, and goes with them.

// HoldPerson puts a legal hold on the person of a case.
func (db *DB) HoldPerson(ctx context.Context, by Actor, id, reason string) error {
	return db.onPerson(ctx, id, reason, func(tx *Tx, r review.Retention) error {
		if err := r.MayHold(by.person()); err != nil {
			return err
		}
		entry, err := tx.append(by, holdEvent(review.EventHeld, id, r.Person, reason), r.Person)
		if err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO hold (subject, entry) VALUES (?, ?)`, r.Person, entry)
		return err
	})
}

// LiftHold takes it off again. What is due then is erased like anybody else's.
func (db *DB) LiftHold(ctx context.Context, by Actor, id, reason string) error {
	return db.onPerson(ctx, id, reason, func(tx *Tx, r review.Retention) error {
		if err := r.MayLift(by.person(), tx.Now); err != nil {
			return err
		}
		if _, err := tx.append(by, holdEvent(review.EventHoldLifted, id, r.Person, reason), r.Person); err != nil {
			return err
		}
		return tx.one(`DELETE FROM hold WHERE subject = ?`, r.Person)
	})
}

// onPerson runs a rule on the person of a case.
func (db *DB) onPerson(ctx context.Context, id, reason string, rule func(*Tx, review.Retention) error) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	return db.Do(ctx, func(tx *Tx) error {
		subject, err := subjectOf(tx, id)
		if err != nil {
			return err
		}
		r, err := db.retention(tx, subject)
		if err != nil {
			return err
		}
		return rule(tx, r)
	})
}

// person is who acts, as the rules see them: the desk's own commands may do what an
// admin may.
func (a Actor) person() review.Person {
	if a.Kind == "system" {
		return review.Person{ID: a.ID, Name: a.Name, Role: review.RoleAdmin}
	}
	return a.Person
}

func holdEvent(kind review.EventKind, id string, person int64, reason string) review.Event {
	return review.Event{Kind: kind, Object: id, Facts: []review.Fact{{Name: factPerson, Value: strconv.FormatInt(person, 10)}},
		Words: []review.Words{{Field: "reason", Text: reason}}}
}

// holdOn is the hold that stands on a person, nil for none.
func (db *DB) holdOn(q querier, subject int64) (*review.Hold, error) {
	var h review.Hold
	var at int64
	err := q.row(`SELECT h.entry, e.at, e.object, e.actor, COALESCE(a.name, '') FROM hold h JOIN audit_entry e ON e.seq = h.entry LEFT JOIN account a ON a.id = e.actor
		WHERE h.subject = ?`, subject).Scan(&h.Entry, &at, &h.Case, &h.By.ID, &h.By.Name)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	h.At = fromMicros(at)
	h.Reason, err = db.words(q, h.Entry, "reason")
	return &h, err
}
