package db

import (
	"context"
	"fmt"
	"time"

	"reviewdesk/review"
)

// BulkAct is something that can be done to several cases at once. Approving is not
// among them: nobody looks at fifty cases at a glance.
type BulkAct string

// The acts.
const (
	BulkAssign   BulkAct = "assign"
	BulkSnooze   BulkAct = "snooze"
	BulkAskAgain BulkAct = "ask_again"
	BulkReject   BulkAct = "reject"
)

// MostBulk is how many cases one act may touch.
const MostBulk = 50

// Bulk is one act and what it needs.
type Bulk struct {
	Act     BulkAct
	To      string    // assign: an account
	Until   time.Time // snooze
	Reason  string    // snooze
	Grounds []string  // reject
	Note    string    // reject

	trying bool
}

// BulkCase is a case as the list showed it.
type BulkCase struct {
	ID      string
	Version int64 // what was shown; an act on another version is a conflict
}

// BulkResult is what becomes, or would become, of one case. Err is nil where the act
// is done, or can be.
type BulkResult struct {
	Was  review.Status
	Case review.Verification // after the act
	Err  error
}

// BulkTry says what an act would do to each case. Nothing changes.
func (db *DB) BulkTry(ctx context.Context, by Actor, cases []BulkCase, b Bulk) ([]BulkResult, error) {
	if err := b.check(cases); err != nil {
		return nil, err
	}
	b.trying = true
	q := db.read(ctx)
	out := make([]BulkResult, len(cases))
	for i, c := range cases {
		r, err := loadRow(q, c.ID)
		if err == nil {
			err = db.interested(q, &r, by.Person)
		}
		if err != nil {
			return nil, err
		}
		out[i].Was = r.v.Status
		if out[i].Case, _, out[i].Err = db.bulk(q, by, c, b, &r, db.Now()); out[i].Err != nil {
			out[i].Case = r.v
		}
	}
	return out, nil
}

// BulkDo does it: to each case by itself, in a transaction and with an event of its
// own, so that one that cannot be done holds up no other.
func (db *DB) BulkDo(ctx context.Context, by Actor, cases []BulkCase, b Bulk) ([]BulkResult, error) {
	if err := b.check(cases); err != nil {
		return nil, err
	}
	out := make([]BulkResult, len(cases))
	for i, c := range cases {
		out[i].Case, out[i].Err = db.change(ctx, by, c.ID, func(tx *Tx, r *caseRow) (event review.Event, err error) {
			out[i].Was = r.v.Status
			v, event, err := db.bulk(tx, by, c, b, r, tx.Now)
			if err == nil {
				r.v = v
			}
			return event, err
		}, func(tx *Tx, r *caseRow, entry int64) error {
			if b.Act != BulkReject {
				return nil
			}
			return tx.storeDecision(r, entry, "")
		})
	}
	return out, nil
}

func (b Bulk) check(cases []BulkCase) error {
	bad := review.Invalid{}
	switch b.Act {
	case BulkAssign, BulkSnooze, BulkAskAgain, BulkReject:
	default:
		bad.Add("act", "Choose what to do: assign, snooze, ask again or reject.")
	}
	if n := len(cases); n < 1 || n > MostBulk {
		bad.Add("id", fmt.Sprintf("Choose 1 to %d cases; %d are chosen.", MostBulk, n))
	}
	return bad.Err()
}

// bulk is the same rule that the case's own page uses.
func (db *DB) bulk(q querier, by Actor, c BulkCase, b Bulk, r *caseRow, now time.Time) (review.Verification, review.Event, error) {
	if c.Version != r.v.Version {
		return r.v, review.Event{}, review.Conflict{Status: r.v.Status, When: r.v.UpdatedAt, What: "changed"}
	}
	switch b.Act {
	case BulkAssign:
		a, err := account(q, b.To)
		if err != nil {
			return r.v, review.Event{}, review.Invalid{"to": "Choose whom to give the cases to."}
		}
		ownCase(r, a.Person)
		return r.v.Assign(a.Person, by.Person, now)
	case BulkSnooze:
		return r.v.Snooze(b.Until, b.Reason, by.Person, now)
	case BulkAskAgain:
		policy, err := db.policy(q)
		if err != nil {
			return r.v, review.Event{}, err
		}
		codes := policy.Catalogue().Askable(r.v.Provider, r.v.Codes())
		if len(codes) == 0 {
			return r.v, review.Event{}, review.Invalid{"text": "Nothing of what was found is the applicant's to send once more. Open the case."}
		}
		return r.v.AskAgain(codes, review.AskText(policy.Catalogue(), r.v.Provider, codes), by.Person, now)
	}
	rules, err := db.rules(q, r)
	if err != nil {
		return r.v, review.Event{}, err
	}
	rules.Sampled = rules.Sampled && !b.trying // nobody learns beforehand what is drawn
	return r.v.Decide(review.Decision{Action: review.Reject, Version: c.Version, Grounds: b.Grounds, Note: b.Note,
		Evidence: review.ProviderAlone(r.v.Findings)}, by.Person, now, rules)
}
