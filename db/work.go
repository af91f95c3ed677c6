package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// How officers work on a case before and after a decision. Each method is one rule
// of package review in one transaction.

// act runs a rule that needs nothing stored beside the case itself.
func (db *DB) act(ctx context.Context, by Actor, id string, rule func(v review.Verification, now time.Time) (review.Verification, review.Event, error),
	also func(tx *Tx, r *caseRow, entry int64) error) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		r.v, event, err = rule(r.v, tx.Now)
		return event, err
	}, also)
}

// Undo takes a decision back before it takes effect. Nobody outside has heard of it,
// and nobody will: what waited to be told is withdrawn.
func (db *DB) Undo(ctx context.Context, by Actor, id string) (review.Verification, error) {
	var undone int64
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		undone = r.decision
		r.v, event, err = r.v.Undo(by.Person, tx.Now)
		if r.v.Proposal == nil {
			r.decision = 0
		}
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error { return tx.takeBack(r, undone) })
}

func (tx *Tx) takeBack(r *caseRow, decision int64) error {
	query := `UPDATE decision SET undone_at = ? WHERE id = ?`
	if r.v.Proposal != nil { // the second word alone is undone
		query = `UPDATE decision SET second = '', second_at = 0, second_entry = 0 WHERE ? > 0 AND id = ?`
	}
	if err := tx.one(query, micros(tx.Now), decision); err != nil {
		return err
	}
	if _, err := tx.exec(`UPDATE delivery SET state = 'withdrawn', done_at = ?1 WHERE state = 'waiting' AND outbox IN
		(SELECT id FROM outbox WHERE v = ?2 AND created_at >= (SELECT at FROM decision WHERE id = ?3) AND withdrawn_at = 0)`, micros(tx.Now), r.v.Seq, decision); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	if _, err := tx.exec(`UPDATE outbox SET withdrawn_at = ?1 WHERE v = ?2 AND withdrawn_at = 0 AND created_at >= (SELECT at FROM decision WHERE id = ?3)`,
		micros(tx.Now), r.v.Seq, decision); err != nil {
		return fmt.Errorf("withdraw: %w", err)
	}
	return tx.storeFindings(r.v)
}

// AskReopen asks that a decided case be opened again.
func (db *DB) AskReopen(ctx context.Context, by Actor, id, reason string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.AskReopen(reason, by.Person, now)
	}, func(_ *Tx, r *caseRow, entry int64) error {
		r.reopenEntry = entry
		return nil
	})
}

// Reopen is the second person's yes. The platform is told that the case is in review
// again.
func (db *DB) Reopen(ctx context.Context, by Actor, id, note string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		policy, err := db.policy(tx)
		if err != nil {
			return event, err
		}
		r.v, event, err = r.v.Reopened(note, by.Person, tx.Now, policy)
		r.decision, r.reopenEntry = 0, 0
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error {
		if err := tx.storeFindings(r.v); err != nil {
			return err
		}
		return tx.notify(r, entry)
	})
}

// KeepClosed is the second person's no.
func (db *DB) KeepClosed(ctx context.Context, by Actor, id, note string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		r.v, event, err = r.v.KeepClosed(note, by.Person)
		r.reopenEntry = 0
		return event, err
	}, nil)
}

// TakeOver claims a case that somebody else holds, for a senior.
func (db *DB) TakeOver(ctx context.Context, by Actor, id string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.TakeOver(by.Person, now)
	}, nil)
}

// Skip gives a case back with a reason; for [review.SkipFor] it does not come to the
// same person by itself.
func (db *DB) Skip(ctx context.Context, by Actor, id, reason string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.Skip(reason, by.Person, now)
	}, func(tx *Tx, r *caseRow, _ int64) error {
		return tx.setAside(r.v.Seq, by.ID, tx.Now.Add(review.SkipFor))
	})
}

// Recuse shuts somebody out of a case for good.
func (db *DB) Recuse(ctx context.Context, by Actor, id string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.Recuse(by.Person, now)
	}, func(tx *Tx, r *caseRow, _ int64) error { return tx.setAside(r.v.Seq, by.ID, time.Time{}) })
}

func (tx *Tx) setAside(v int64, account string, until time.Time) error {
	_, err := tx.exec(`INSERT INTO aside (v, account, until) VALUES (?, ?, ?) ON CONFLICT (v, account) DO UPDATE SET until = excluded.until WHERE until > 0`,
		v, account, micros(until))
	return err
}

// Assign gives a case to somebody of the team.
func (db *DB) Assign(ctx context.Context, by Actor, id, to string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		a, err := account(tx, to)
		if err != nil {
			return event, err
		}
		if !a.Active() {
			return event, review.Invalid{"to": a.Name + " cannot sign in."}
		}
		ownCase(r, a.Person)
		r.v, event, err = r.v.Assign(a.Person, by.Person, tx.Now)
		return event, err
	}, nil)
}

// Escalate hands a case to the seniors.
func (db *DB) Escalate(ctx context.Context, by Actor, id, reason string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.Escalate(reason, by.Person, now)
	}, nil)
}

// Snooze takes a case out of the queue until a time.
func (db *DB) Snooze(ctx context.Context, by Actor, id string, until time.Time, reason string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.Snooze(until, reason, by.Person, now)
	}, nil)
}

// Wake takes it back before its time.
func (db *DB) Wake(ctx context.Context, by Actor, id string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.Wake(by.Person, now)
	}, nil)
}

// AskAgain asks the applicant to redo what some findings are about.
func (db *DB) AskAgain(ctx context.Context, by Actor, id string, codes []string, text string) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, now time.Time) (review.Verification, review.Event, error) {
		return v.AskAgain(codes, text, by.Person, now)
	}, nil)
}

// mostOffered is how many cases are looked at for one that somebody may take. Where all of
// them are forbidden to this person, more are.
const mostOffered = 20

// ClaimNext claims the most urgent case of the view that nobody holds and that this
// person may decide. None left is [ErrNotFound].
func (db *DB) ClaimNext(ctx context.Context, by Actor, f review.Filter) (id string, err error) {
	return db.take(ctx, by, freeFor(by, f))
}

// TakeNext is where somebody goes on: to a case of the view that they hold already, as
// after a double click, or else to the one that [DB.ClaimNext] claims.
func (db *DB) TakeNext(ctx context.Context, by Actor, f review.Filter) (id string, err error) {
	return db.take(ctx, by, heldBy(by, f), freeFor(by, f))
}

func heldBy(by Actor, f review.Filter) review.Filter {
	f.Statuses, f.Owner = []review.Status{review.StatusInReview}, by.ID
	return f
}

func freeFor(by Actor, f review.Filter) review.Filter {
	f.Statuses, f.Owner, f.Sort, f.Snoozed, f.For = []review.Status{review.StatusInReview}, review.OwnerNone, review.SortUrgency, false, &by.Person
	return f
}

// candidates are what a view had when the reader looked.
type candidates struct {
	view review.Filter
	seqs []int64
	more bool // it may have more than these
}

func anyMore(offers []candidates) bool {
	return slices.ContainsFunc(offers, func(o candidates) bool { return o.more })
}

// take takes the first case that one of the views offers. They are searched by the
// reader: where few cases fit, that goes through much of the queue, and no decision may
// wait for it. The writer looks whether a case is still what was found. Where others
// were quicker with all of them, there are new ones to find.
func (db *DB) take(ctx context.Context, by Actor, views ...review.Filter) (id string, err error) {
	most := mostOffered
	for {
		offers, err := db.offers(ctx, views, most)
		if err != nil {
			return "", err
		}
		missed := false
		err = db.Do(ctx, func(tx *Tx) (err error) {
			id, missed, err = tx.takeOne(by, offers)
			return err
		})
		if !missed && !anyMore(offers) || !errors.Is(err, ErrNotFound) {
			return id, err
		}
		if !missed {
			most *= 4
		}
	}
}

func (db *DB) offers(ctx context.Context, views []review.Filter, most int) (out []candidates, err error) {
	for _, f := range views {
		query, args := listQuery(f, Cursor{}, most, db.Now())
		o := candidates{view: f}
		err := db.directly(ctx, func(d *direct) error {
			return d.each(`SELECT v.seq`+query, args, func(s *sqlite.Stmt) error {
				o.seqs = append(o.seqs, s.ColumnInt64(0))
				return nil
			})
		})
		if err != nil {
			return nil, fmt.Errorf("cases to take: %w", err)
		}
		o.more = len(o.seqs) >= most
		out = append(out, o)
	}
	return out, nil
}

// takeOne takes the first of the cases that is still one of its view's and not forbidden
// to this person: claims it, unless they hold it. missed tells that one of them no longer
// was.
func (tx *Tx) takeOne(by Actor, offers []candidates) (id string, missed bool, err error) {
	for _, o := range offers {
		for seqs := o.seqs; len(seqs) > 0; {
			id, at, err := tx.stillOffered(o.view, seqs)
			if isNoRows(err) {
				missed = true
				break
			}
			missed = missed || at > 0
			if err == nil && o.view.Owner != by.ID {
				err = tx.claim(by, id)
			}
			if !errors.Is(err, review.ErrForbidden) {
				return id, missed, err
			}
			seqs = seqs[at+1:]
		}
	}
	return "", missed, fmt.Errorf("no case to take: %w", ErrNotFound)
}

// stillOffered finds the first of the cases that is still one of the view's, and its place
// among them. Where many take cases at once, it is the tenth or so.
func (tx *Tx) stillOffered(f review.Filter, seqs []int64) (id string, at int, err error) {
	query, args, err := stillOffered(f, seqs, tx.Now)
	if err == nil {
		err = tx.row(query, args...).Scan(&id, &at)
	}
	return id, at, err
}

func stillOffered(f review.Filter, seqs []int64, now time.Time) (query string, args []any, err error) {
	list, err := json.Marshal(seqs)
	w := where{args: []any{string(list)}} // no filter leads: the cases themselves do, in the order of the list
	w.statuses(f.Statuses)
	w.filter(f, now)
	return `SELECT v.id, o.key FROM json_each(?) o CROSS JOIN verification v ON v.seq = o.value` + openJoins + w.String() + ` LIMIT 1`, w.args, err
}

func (tx *Tx) claim(by Actor, id string) error {
	r, err := loadRow(tx, id)
	if err == nil {
		err = tx.db.interested(tx, &r, by.Person)
	}
	if err != nil {
		return err
	}
	v, event, err := r.v.Take(by.Person, tx.Now)
	if err != nil {
		return err
	}
	if _, err := tx.append(by, event, r.subject); err != nil {
		return err
	}
	r.v = v
	return tx.updateCase(r)
}
