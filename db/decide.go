package db

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	offers, offersErr := db.offers(ctx, []review.Filter{heldBy(by, f), freeFor(by, f)}, mostOffered)
	missed := false
	err, nextErr = db.doThen(ctx, db.deciding(by, id, d, submission, &v), func(tx *Tx) (err error) {
		if err = offersErr; err == nil {
			next, missed, err = tx.takeOne(by, offers)
		}
		return err
	})
	if err == nil && (missed || anyMore(offers)) && errors.Is(nextErr, ErrNotFound) {
		next, nextErr = db.TakeNext(ctx, by, f)
	}
	return v, next, nextErr, err
}

func (db *DB) deciding(by Actor, id string, d review.Decision, submission string, out *review.Verification) func(*Tx) error {
	return db.changing(by, id, func(tx *Tx, r *caseRow) (review.Event, error) {
		if done, err := tx.submitted(r, by, submission); done || err != nil {
			return review.Event{}, err
		}
		held, err := loadHeld(tx, r.v.Seq)
		if err != nil {
			return review.Event{}, err
		}
		opened := *r
		if err := db.unsealDossier(tx, &opened); err != nil {
			return review.Event{}, err
		}
		rules, err := db.rulesWith(tx, r, held)
		if err == nil {
			rules.Exhibits, err = db.exhibits(tx, opened, held)
		}
		if err != nil {
			return review.Event{}, err
		}
		v, event, err := r.v.Decide(d, by.Person, tx.Now, rules)
		if err == nil {
			event.Words, err = addSeen(opened, held, rules.Catalogue, event.Words)
		}
		r.v = v
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error { return tx.storeDecision(r, entry, submission) }, out)
}

// rules are what a decision on a case depends on at this moment.
func (db *DB) rules(q querier, r *caseRow) (review.Rules, error) {
	held, err := loadHeld(q, r.v.Seq)
	if err != nil {
		return review.Rules{}, err
	}
	return db.rulesWith(q, r, held)
}

func (db *DB) rulesWith(q querier, r *caseRow, h held) (review.Rules, error) {
	policy, err := db.policy(q)
	if err != nil {
		return review.Rules{}, err
	}
	return db.rulesOf(r, policy, db.evidence(r, h))
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
func (db *DB) evidence(r *caseRow, h held) string {
	all := append(bytes.Clone(r.objectDigest), strings.Join(r.v.Codes(), " ")...)
	for _, p := range h.pictures {
		all = append(all, p.Digest...)
	}
	for _, digest := range slices.SortedFunc(slices.Values(h.files()), bytes.Compare) {
		all = append(all, digest...)
	}
	for _, s := range h.sheets {
		all = fmt.Appendf(all, "\n%s %d", s.code, s.entry)
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
		before := r.v
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
		if err := tx.updateCase(r); err != nil {
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

// changeable are the columns that a change on the desk can change.
var changeable = [...]string{"status", "version", "approved_at", "owner", "owner_until", "decision", "decided_at", "decider",
	"review_since", "due_at", "effective_at", "escalated", "snoozed_at", "snoozed_until", "reopen_by", "reopen_at", "reopen_entry"}

const versionColumn = 1 // among them

// changing is what stands in them.
func (row *caseRow) changing() [len(changeable)]any {
	v := &row.v
	decidedAt, decider := row.standing()
	asker := review.Word{}
	if v.Reopen != nil {
		asker = *v.Reopen
	}
	return [...]any{string(v.Status), v.Version, micros(v.ApprovedAt), v.Claim.By.ID, micros(v.Claim.Until), row.decision, micros(decidedAt), decider,
		micros(v.ReviewSince), micros(v.DueAt), micros(v.EffectiveAt), v.Escalated, micros(v.SnoozedAt), micros(v.SnoozedUntil),
		asker.By.ID, micros(asker.At), row.reopenEntry}
}

// updateCase writes what has changed since the case was read, and no other column: each
// that is named costs its indexes, even where it stays what it was. The version it names
// is the one that was read: should another change have come between, no row fits.
func (tx *Tx) updateCase(r caseRow) error {
	set, args := "version = ?", []any{r.v.Version}
	for i, now := range r.changing() {
		if i != versionColumn && now != r.read[i] {
			set, args = set+", "+changeable[i]+" = ?", append(args, now)
		}
	}
	err := tx.one(`UPDATE verification SET `+set+` WHERE id = ? AND version = ?`, append(args, r.v.ID, r.read[versionColumn])...)
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
