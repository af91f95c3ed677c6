package db

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"reviewdesk/review"
)

// A change of a case is always the same: read the row inside the writer's
// transaction, let the rule of package review decide, append the event, write the
// row back under the version it was read with.

// Decide takes an officer's decision. A repeated submission (a double click) finds
// its own result and is no conflict. Errors are the rule's: review.ErrForbidden,
// review.ErrConflict, review.Invalid; [ErrNotFound]; or a write's.
func (db *DB) Decide(ctx context.Context, by Actor, id string, d review.Decision, submission string) (v review.Verification, err error) {
	err = db.Do(ctx, db.deciding(by, id, d, submission, &v))
	return v, err
}

// DecideThenTake is [DB.Decide] and, once the decision stands, [DB.TakeNext] in the same
// commit. nextErr is about the next case alone.
func (db *DB) DecideThenTake(ctx context.Context, by Actor, id string, d review.Decision, submission string, f review.Filter) (v review.Verification, next string, nextErr, err error) {
	offers, offersErr := db.offers(ctx, []review.Filter{heldBy(by, f), freeFor(by, f)})
	missed := false
	err, nextErr = db.doThen(ctx, db.deciding(by, id, d, submission, &v), func(tx *Tx) (err error) {
		if err = offersErr; err == nil {
			next, missed, err = tx.takeOne(by, offers)
		}
		return err
	})
	if err == nil && missed && errors.Is(nextErr, ErrNotFound) {
		next, nextErr = db.TakeNext(ctx, by, f)
	}
	return v, next, nextErr, err
}

func (db *DB) deciding(by Actor, id string, d review.Decision, submission string, out *review.Verification) func(*Tx) error {
	return db.changing(by, id, func(tx *Tx, r *caseRow) (review.Event, error) {
		if done, err := tx.submitted(r, by, submission); done || err != nil {
			return review.Event{}, err
		}
		rules, err := db.rules(tx, r)
		if err == nil {
			rules.Exhibits, err = db.exhibits(tx, *r)
		}
		if err != nil {
			return review.Event{}, err
		}
		v, event, err := r.v.Decide(d, by.Person, tx.Now, rules)
		if err == nil {
			event.Words, err = tx.addSeen(*r, rules.Catalogue, event.Words)
		}
		r.v = v
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error { return tx.storeDecision(r, entry, submission) }, out)
}

// rules are what a decision on a case depends on at this moment.
func (db *DB) rules(q querier, r *caseRow) (review.Rules, error) {
	policy, err := db.policy(q)
	if err != nil {
		return review.Rules{}, err
	}
	evidence, err := db.evidence(q, r)
	if err != nil {
		return review.Rules{}, err
	}
	return db.rulesOf(r, policy, evidence)
}

func (db *DB) rulesOf(r *caseRow, policy review.Policy, evidence string) (review.Rules, error) {
	vocabulary, err := db.opts.Vocabularies.Of(r.v.Provider)
	if err != nil {
		return review.Rules{}, err
	}
	return review.Rules{Catalogue: policy.Catalogue(), Reasons: vocabulary.Reasons(), Policy: policy,
		Sampled: db.sampled(r.v, policy.SamplePercent), Evidence: evidence}, nil
}

// sampled draws a case for a second person. Nobody can tell beforehand which: the
// draw is keyed. It is one for each round of review, so that whoever was drawn cannot
// take the proposal back and decide until they are not.
func (db *DB) sampled(v review.Verification, percent int) bool {
	if percent <= 0 {
		return false
	}
	sum := db.digest("sample", fmt.Appendf(nil, "%s %d", v.ID, micros(v.ReviewSince)))
	return binary.BigEndian.Uint64(sum)%100 < uint64(percent)
}

// evidence is a keyed digest of what there is to judge: the object with all that came
// beside it, the codes found, every picture and file held, and the name-match
// worksheets that count.
func (db *DB) evidence(q querier, r *caseRow) (string, error) {
	rows, err := q.rows(`SELECT digest FROM evidence WHERE v = ?1 UNION ALL SELECT digest FROM attachment WHERE v = ?1`, r.v.Seq)
	if err != nil {
		return "", err
	}
	var files [][]byte
	err = eachRow(rows, func() error {
		var digest []byte
		err := rows.Scan(&digest)
		files = append(files, digest)
		return err
	})
	if err != nil {
		return "", err
	}
	sheets, err := q.rows(`SELECT code, entry FROM worksheet WHERE v = ? ORDER BY code`, r.v.Seq)
	if err != nil {
		return "", err
	}
	err = eachRow(sheets, func() error {
		var code string
		var entry int64
		err := sheets.Scan(&code, &entry)
		files = append(files, fmt.Appendf(nil, "\n%s %d", code, entry))
		return err
	})
	return db.evidenceOf(r, files), err
}

// evidenceOf is evidence, given the digests of the pictures and files, and the worksheets.
func (db *DB) evidenceOf(r *caseRow, files [][]byte) string {
	all := append(bytes.Clone(r.objectDigest), strings.Join(r.v.Codes(), " ")...)
	for _, digest := range files {
		all = append(all, digest...)
	}
	return hex.EncodeToString(db.digest("evidence judged", all))
}

// submitted reports whether this very form has been taken already.
func (tx *Tx) submitted(r *caseRow, by Actor, submission string) (bool, error) {
	if submission == "" || r.decision == 0 {
		return false, nil
	}
	var n int
	err := tx.row(`SELECT COUNT(*) FROM decision WHERE v = ? AND actor = ? AND submission = ?`, r.v.Seq, by.ID, submission).Scan(&n)
	return n > 0, err
}

const decisionColumns = `v, entry, action, actor, at, on_version, grounds, resolutions, reject_reason, submission, policy, evidence`

func (row caseRow) decisionValues(entry int64, submission string) ([]any, error) {
	d := row.v.Decision
	if d == nil {
		d = row.v.Proposal
	}
	resolutions, err := json.Marshal(d.Resolutions)
	return []any{row.v.Seq, entry, string(d.Action), d.By.ID, micros(d.At), d.Version,
		strings.Join(d.Grounds, " "), string(resolutions), d.RejectReason, submission, d.Policy, d.Evidence}, err
}

func (tx *Tx) storeDecision(r *caseRow, entry int64, submission string) error {
	values, err := r.decisionValues(entry, submission)
	if err != nil {
		return err
	}
	r.decision, err = tx.insert(`INSERT INTO decision (`+decisionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, values...)
	if err != nil || r.v.Decision == nil {
		return err
	}
	return tx.settled(r, entry)
}

// settled writes what follows once a decision stands: the officer's word on each
// finding, and the row for the platform.
func (tx *Tx) settled(r *caseRow, entry int64) error {
	if err := tx.storeFindings(r.v); err != nil {
		return err
	}
	return tx.notify(r, entry)
}

// Confirm is the second person's yes to a proposal.
func (db *DB) Confirm(ctx context.Context, by Actor, id string, seen int64, note string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		rules, err := db.rules(tx, r)
		if err != nil {
			return event, err
		}
		r.v, event, err = r.v.ConfirmProposal(seen, note, by.Person, tx.Now, rules)
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error {
		if err := tx.one(`UPDATE decision SET second = ?, second_at = ?, second_entry = ? WHERE id = ? AND second = ''`,
			by.ID, micros(tx.Now), entry, r.decision); err != nil {
			return err
		}
		return tx.settled(r, entry)
	})
}

// Return is the second person's no: the case goes back to the queue.
func (db *DB) Return(ctx context.Context, by Actor, id string, seen int64, note string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		r.v, event, err = r.v.ReturnProposal(seen, note, by.Person, tx.Now)
		r.decision = 0
		return event, err
	}, nil)
}

// Claim takes a case for [review.ClaimFor], or renews the claim.
func (db *DB) Claim(ctx context.Context, by Actor, id string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		r.v, event, err = r.v.Take(by.Person, tx.Now)
		return event, err
	}, nil)
}

// Release gives a claim back.
func (db *DB) Release(ctx context.Context, by Actor, id string) (review.Verification, error) {
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		r.v, event, err = r.v.Release(by.Person, tx.Now)
		return event, err
	}, nil)
}

// change is the one way a case changes. An event without a kind means that there
// is nothing to do.
func (db *DB) change(ctx context.Context, by Actor, id string, rule func(*Tx, *caseRow) (review.Event, error),
	also func(tx *Tx, r *caseRow, entry int64) error) (out review.Verification, err error) {
	err = db.Do(ctx, db.changing(by, id, rule, also, &out))
	return out, err
}

// changing is the piece of work that does it, and leaves the case in out.
func (db *DB) changing(by Actor, id string, rule func(*Tx, *caseRow) (review.Event, error),
	also func(tx *Tx, r *caseRow, entry int64) error, out *review.Verification) func(*Tx) error {
	return func(tx *Tx) error {
		r, err := loadRow(tx, id)
		if err != nil {
			return err
		}
		if r.v.Erased != nil {
			return review.Erased{Erasure: *r.v.Erased}
		}
		read, before := r.v.Version, r.v
		if err := db.interested(tx, &r, by.Person); err != nil {
			return err
		}
		event, err := rule(tx, &r)
		if *out = r.v; err != nil || event.Kind == "" {
			return err
		}
		event.Facts = append(append(event.Facts, r.v.Renew(by.Person, tx.Now)...), movedClocks(before, r.v)...)
		entry, err := tx.append(by, loggable(event), r.subject)
		if err != nil {
			return err
		}
		if also != nil {
			if err := also(tx, &r, entry); err != nil {
				return err
			}
		}
		if err := tx.updateCase(r, read); err != nil {
			return err
		}
		if before.Ended().Equal(r.v.Ended()) {
			return nil
		}
		return tx.keepEnded(r.subject)
	}
}

// standing says when the decision that stands was taken or confirmed, and by whom.
func (row caseRow) standing() (at time.Time, decider string) {
	switch d := row.v.Decision; {
	case d == nil:
		return time.Time{}, ""
	case row.v.Confirm != nil:
		return row.v.Confirm.At, row.v.Confirm.By.ID
	default:
		return d.At, d.By.ID
	}
}

// updateCase writes what a change on the desk can change. The version it names is
// the one that was read: should another change have come between, no row fits.
func (tx *Tx) updateCase(r caseRow, read int64) error {
	decidedAt, decider := r.standing()
	asker := review.Word{}
	if r.v.Reopen != nil {
		asker = *r.v.Reopen
	}
	err := tx.one(`UPDATE verification SET status = ?, version = ?, approved_at = ?, owner = ?, owner_until = ?, decision = ?, decided_at = ?, decider = ?,
		review_since = ?, due_at = ?, effective_at = ?, escalated = ?, snoozed_at = ?, snoozed_until = ?, reopen_by = ?, reopen_at = ?, reopen_entry = ?
		WHERE id = ? AND version = ?`, string(r.v.Status), r.v.Version, micros(r.v.ApprovedAt), r.v.Claim.By.ID, micros(r.v.Claim.Until),
		r.decision, micros(decidedAt), decider, micros(r.v.ReviewSince), micros(r.v.DueAt), micros(r.v.EffectiveAt), r.v.Escalated,
		micros(r.v.SnoozedAt), micros(r.v.SnoozedUntil), asker.By.ID, micros(asker.At), r.reopenEntry, r.v.ID, read)
	if err != nil {
		return fmt.Errorf("store case: %w", err)
	}
	return nil
}

// Note adds a note to a case. Notes are never edited.
func (db *DB) Note(ctx context.Context, by Actor, id, text string) error {
	if err := review.CheckNote(text); err != nil {
		return err
	}
	if !by.Role.May(review.RightDecide) {
		return review.Forbidden{Why: "Your role reads cases and does not write on them."}
	}
	_, err := db.change(ctx, by, id, func(tx *Tx, r *caseRow) (review.Event, error) {
		return noted(r.v.ID, text), nil
	}, func(tx *Tx, r *caseRow, entry int64) error { return tx.keepMentions(r.v.Seq, entry, text) })
	return err
}

func noted(id, text string) review.Event {
	return review.Event{Kind: review.EventNoted, Object: id, Words: []review.Words{{Field: "note", Text: text}}}
}
