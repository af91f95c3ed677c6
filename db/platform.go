package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"reviewdesk/review"
)

// The APIs' lists. They page by number, since the providers do; the pages are cut
// from an index that holds every column the lists filter by, and totals are kept.

// PlatformList reads a page of an API's list, newest first, and how many there are
// in all. It holds personal data sealed in no way: what leaves is the caller's to cut.
func (db *DB) PlatformList(ctx context.Context, f review.PlatformFilter, skip, size int64) (page []review.Verification, total int64, err error) {
	q := db.read(ctx)
	now := db.Now()
	if total, err = platformTotal(q, f, now); err != nil || skip >= total {
		return nil, total, err
	}
	w := platformWhere(f, now)
	rows, err := q.rows(`SELECT v.id FROM verification v`+w.String()+` ORDER BY v.created_at DESC, v.seq DESC LIMIT ? OFFSET ?`, append(w.args, size, skip)...)
	if err != nil {
		return nil, 0, fmt.Errorf("list: %w", err)
	}
	var ids []string
	if err := eachRow(rows, func() error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return nil, 0, fmt.Errorf("list: %w", err)
	}
	for _, id := range ids {
		v, err := db.Peek(ctx, id)
		if err != nil {
			return nil, 0, err
		}
		page = append(page, v.Outside(db.Now()))
	}
	return page, total, nil
}

// platformTotal adds kept counts where it can. A list of ids or of persons is short
// enough to be counted.
func platformTotal(q querier, f review.PlatformFilter, now time.Time) (n int64, err error) {
	if len(f.IDs) > 0 || len(f.References) > 0 {
		w := platformWhere(f, now)
		err = q.row(`SELECT COUNT(*) FROM verification v`+w.String(), w.args...).Scan(&n)
		return n, err
	}
	w := where{}
	w.add("provider = ?", string(f.Provider))
	w.oneOf("kind", f.Kinds)
	w.oneOf("method", f.Methods)
	w.states("status", "state", f.States)
	if err = q.row(`SELECT COALESCE(SUM(n), 0) FROM platform_count`+w.String(), w.args...).Scan(&n); err != nil || len(f.States) == 0 {
		return n, err
	}
	held, err := heldBack(q, f, now)
	return n + held, err
}

func platformWhere(f review.PlatformFilter, now time.Time) where {
	w := where{}
	switch {
	case len(f.IDs) > 0:
		w.oneOf("v.id", f.IDs)
		w.add("+v.provider = ?", string(f.Provider))
	case len(f.References) > 0:
		w.add("+v.provider = ?", string(f.Provider))
	default:
		w.add("v.provider = ?", string(f.Provider))
	}
	w.references(f)
	w.oneOf("v.kind", f.Kinds)
	w.oneOf("v.method", f.Methods)
	w.outside(f.States, now)
	return w
}

func (w *where) oneOf(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

func (w *where) references(f review.PlatformFilter) {
	if len(f.References) == 0 {
		return
	}
	var parts []string
	var args []any
	for _, r := range f.References {
		part := "v.subject = (SELECT id FROM subject WHERE provider = ? AND reference = ? AND reference <> '')"
		args = append(args, string(f.Provider), r.ID)
		if r.Kind != "" {
			part, args = part+" AND v.kind = ?", append(args, r.Kind)
		}
		if r.NotKind != "" {
			part, args = part+" AND v.kind <> ?", append(args, r.NotKind)
		}
		parts = append(parts, "("+part+")")
	}
	w.add("("+strings.Join(parts, " OR ")+")", args...)
}

func (w *where) states(status, arrived string, states []review.StateMatch) {
	if len(states) == 0 {
		return
	}
	var parts []string
	var args []any
	for _, s := range states {
		words := make([]string, len(s.Statuses))
		for i, st := range s.Statuses {
			words[i] = "'" + string(st) + "'" // our own words only
		}
		part := status + " IN (" + strings.Join(words, ", ") + ")"
		if s.Arrived != "" {
			part, args = part+" AND "+arrived+" = ?", append(args, s.Arrived)
		}
		parts = append(parts, "("+part+")")
	}
	w.add("("+strings.Join(parts, " OR ")+")", args...)
}

// heldBack corrects a kept count by the decisions that have not taken effect yet:
// outside, those cases are still in review. There are never more than were decided
// within the time for undoing.
func heldBack(q querier, f review.PlatformFilter, now time.Time) (n int64, err error) {
	sign := int64(0)
	for _, s := range f.States {
		if slices.Contains(s.Statuses, review.StatusInReview) {
			sign++
		}
		if slices.Contains(s.Statuses, review.StatusPassed) || slices.Contains(s.Statuses, review.StatusFailed) {
			sign--
		}
	}
	if sign == 0 {
		return 0, nil
	}
	w := where{}
	w.add("effective_at > 0 AND effective_at > ?", micros(now))
	w.add("+provider = ?", string(f.Provider))
	w.oneOf("kind", f.Kinds)
	w.oneOf("method", f.Methods)
	err = q.row(`SELECT COUNT(*) FROM verification`+w.String(), w.args...).Scan(&n)
	return sign * n, err
}

// outside matches states as the API shows them: a decision that has not taken effect
// counts as in review.
func (w *where) outside(states []review.StateMatch, now time.Time) {
	inner := where{}
	inner.states("v.status", "v.arrived_state", states)
	if len(inner.parts) == 0 {
		return
	}
	w.add("(v.effective_at <= ? AND "+inner.parts[0], append([]any{micros(now)}, inner.args...)...)
	last := len(w.parts) - 1
	if slices.ContainsFunc(states, func(s review.StateMatch) bool { return slices.Contains(s.Statuses, review.StatusInReview) }) {
		w.parts[last] += " OR v.effective_at > ?"
		w.args = append(w.args, micros(now))
	}
	w.parts[last] += ")"
}

// PlatformCase reads a case for a program. With personal data it is recorded as a
// look of the program's before anything is returned. reference, where given, is the
// person that the program speaks as: another's case is [ErrNotFound], as one that
// does not exist.
func (db *DB) PlatformCase(ctx context.Context, by Actor, p review.Provider, id, reference string, personal bool) (review.Verification, error) {
	v, err := db.Peek(ctx, id)
	if err != nil {
		return v, err
	}
	if v.Provider != p || reference != "" && v.Subject.Reference != reference {
		return review.Verification{}, fmt.Errorf("verification: %w", ErrNotFound)
	}
	if personal {
		if err := db.recordView(ctx, by, id, 0, "api"); err != nil {
			return review.Verification{}, err
		}
	}
	return v.Outside(db.Now()), nil
}

// IDByNumber is the id of a case by its running number, which the older generation
// of Coinify's API calls its id.
func (db *DB) IDByNumber(ctx context.Context, p review.Provider, number int64) (id string, err error) {
	err = db.read(ctx).row(`SELECT id FROM verification WHERE seq = ? AND provider = ?`, number, string(p)).Scan(&id)
	if isNoRows(err) {
		return "", fmt.Errorf("verification: %w", ErrNotFound)
	}
	return id, err
}
