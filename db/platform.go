package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"reviewdesk/review"
)

// The APIs' lists. They page by number, since the providers do, and say a total, which
// is kept: how many there are of each sort of case. A page is cut from an index that has
// the cases of each sort in the list's order: where a list asks for some sorts only,
// theirs are merged. So nothing is read that the page does not need, however long ago
// the cases of a rare sort came.

// PlatformList reads a page of an API's list, newest first, and how many there are
// in all. Of each case it reads what the provider's object is written from: the row,
// the object and the decision, and neither findings nor what else is known.
func (db *DB) PlatformList(ctx context.Context, f review.PlatformFilter, skip, size int64) (page []review.Verification, total int64, err error) {
	q := db.read(ctx)
	now := db.Now()
	total, sorts, err := platformTotal(q, f, now)
	if err != nil || skip >= total {
		return nil, total, err
	}
	rows, err := db.platformRows(q, platformNumbers(f, sorts, now), skip, min(size, total-skip), total)
	if err != nil {
		return nil, 0, fmt.Errorf("list: %w", err)
	}
	for i := range rows {
		if err := loadDecision(q, &rows[i]); err != nil {
			return nil, 0, err
		}
		page = append(page, rows[i].v.Outside(now))
	}
	return page, total, nil
}

// platformRows finds the page from the nearer end of the list, and reads no row that it
// skips.
func (db *DB) platformRows(q querier, numbers where, skip, size, total int64) (out []caseRow, err error) {
	if len(numbers.parts) == 0 {
		return nil, nil // there are no such cases
	}
	newest := " DESC"
	if older := total - skip - size; older < skip {
		newest, skip = "", older
	}
	rows, err := q.rows(`SELECT `+rowColumns+`, COALESCE(c.sealed, x''), s.key`+rowTables+`
		LEFT JOIN commitment_key c ON c.entry = v.object_entry AND c.field = 'object'
		WHERE v.seq IN (SELECT seq FROM (`+strings.Join(numbers.parts, " UNION ALL ")+` ORDER BY created_at`+newest+`, seq`+newest+` LIMIT +? OFFSET ?))
		ORDER BY v.created_at DESC, v.seq DESC`, append(numbers.args, size, skip)...)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var sealed, wrapped []byte
		r, err := scanRow(func(into ...any) error { return rows.Scan(append(into, &sealed, &wrapped)...) })
		if err == nil && len(sealed) > 0 {
			r.v.Object, err = db.openObject(r.objectEntry, sealed, wrapped)
		}
		out = append(out, r)
		return err
	})
	return out, err
}

func (db *DB) openObject(entry int64, sealed, wrapped []byte) ([]byte, error) {
	key, err := db.unwrapKey(wrapped)
	if err != nil {
		return nil, err
	}
	return unsealWith(key, wordsPlace(entry, "object"), sealed)
}

// caseSort is what the lists tell cases apart by.
type caseSort struct{ kind, method, status, state string }

// platformTotal adds kept counts where it can, and says which sorts of case the list is
// made of. A list of ids or of persons is short enough to be counted.
func platformTotal(q querier, f review.PlatformFilter, now time.Time) (total int64, sorts []caseSort, err error) {
	if few(f) {
		w := platformWhere(f, now)
		err = q.row(`SELECT COUNT(*) FROM verification v`+w.String(), w.args...).Scan(&total)
		return total, nil, err
	}
	if whole(f) {
		err = q.row(`SELECT COALESCE(SUM(n), 0) FROM counter WHERE provider = ?`, string(f.Provider)).Scan(&total)
		return total, nil, err
	}
	w := where{}
	w.add("provider = ? AND n > 0", string(f.Provider))
	w.oneOf("kind", f.Kinds)
	w.oneOf("method", f.Methods)
	w.states("status", "state", f.States)
	rows, err := q.rows(`SELECT kind, method, status, state, n FROM platform_count`+w.String(), w.args...)
	if err != nil {
		return 0, nil, err
	}
	err = eachRow(rows, func() error {
		var s caseSort
		var n int64
		err := rows.Scan(&s.kind, &s.method, &s.status, &s.state, &n)
		total, sorts = total+n, append(sorts, s)
		return err
	})
	if err != nil || len(f.States) == 0 {
		return total, sorts, err
	}
	held, err := heldBack(q, f, now)
	return total + held, sorts, err
}

func few(f review.PlatformFilter) bool { return len(f.IDs) > 0 || len(f.References) > 0 }

func whole(f review.PlatformFilter) bool {
	return !few(f) && len(f.Kinds) == 0 && len(f.Methods) == 0 && len(f.States) == 0
}

// platformNumbers are statements for the numbers of a list's cases, which are to be
// united, each read in the list's order.
func platformNumbers(f review.PlatformFilter, sorts []caseSort, now time.Time) (all where) {
	const numbers = `SELECT v.created_at, v.seq FROM verification v`
	if few(f) || whole(f) {
		w := platformWhere(f, now)
		all.add(numbers+w.String(), w.args...)
		return all
	}
	for _, s := range sorts {
		all.add(numbers+` WHERE v.provider = ? AND v.kind = ? AND v.method = ? AND v.status = +? AND v.arrived_state = ?`, string(f.Provider), s.kind, s.method, s.status, s.state)
		if len(f.States) > 0 {
			all.parts[len(all.parts)-1] += ` AND v.effective_at <= +?`
			all.args = append(all.args, micros(now))
		}
	}
	if inReview(f.States) {
		w := undecidedOutside(f, now) // few, and sorted: with a plus, or the whole list would be walked for them
		all.add(`SELECT +v.created_at AS created_at, v.seq FROM verification v`+w.String(), w.args...)
	}
	return all
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

// oneOf takes the values as one argument, so that the statement is the same however
// many there are: it stays prepared, and no list is too long for it.
func (w *where) oneOf(column string, values []string) {
	if len(values) > 0 {
		w.add(column+oneOfList, jsonList(values))
	}
}

const oneOfList = " IN (SELECT value FROM json_each(?))"

func jsonList(values []string) string {
	text, _ := json.Marshal(values) // texts: nothing can fail
	return string(text)
}

// references gathers persons by what kind of case is asked for.
func (w *where) references(f review.PlatformFilter) {
	ids := map[review.Reference][]string{}
	var sorts []review.Reference
	for _, r := range f.References {
		sort := review.Reference{Kind: r.Kind, NotKind: r.NotKind}
		if ids[sort] == nil {
			sorts = append(sorts, sort)
		}
		ids[sort] = append(ids[sort], r.ID)
	}
	var parts []string
	var args []any
	for _, sort := range sorts {
		part := "v.subject IN (SELECT id FROM subject WHERE provider = ? AND reference" + oneOfList + " AND reference <> '')"
		args = append(args, string(f.Provider), jsonList(ids[sort]))
		if sort.Kind != "" {
			part, args = part+" AND v.kind = ?", append(args, sort.Kind)
		}
		if sort.NotKind != "" {
			part, args = part+" AND v.kind <> ?", append(args, sort.NotKind)
		}
		parts = append(parts, "("+part+")")
	}
	if len(parts) > 0 {
		w.add("("+strings.Join(parts, " OR ")+")", args...)
	}
}

// states asks for what is held in a status, whatever the provider called it, and for
// what is held in one and arrived under a certain word.
func (w *where) states(status, arrived string, states []review.StateMatch) {
	whole, worded := []string{}, []string{}
	for _, s := range states {
		for _, st := range s.Statuses {
			if s.Arrived == "" {
				whole = append(whole, string(st))
			} else {
				worded = append(worded, string(st)+" "+s.Arrived)
			}
		}
	}
	if len(states) > 0 {
		w.add("("+status+oneOfList+" OR "+status+" || ' ' || "+arrived+oneOfList+")", jsonList(whole), jsonList(worded))
	}
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
	w := undecidedOutside(f, now)
	err = q.row(`SELECT COUNT(*) FROM verification v`+w.String(), w.args...).Scan(&n)
	return sign * n, err
}

// undecidedOutside are the cases whose decision has not taken effect yet. The time
// stands before the index's own condition: of two bounds SQLite seeks by the first, and
// would read every case that was ever decided here.
func undecidedOutside(f review.PlatformFilter, now time.Time) where {
	w := where{}
	w.add("v.effective_at > +? AND v.effective_at > 0", micros(now))
	w.add("+v.provider = ?", string(f.Provider))
	w.oneOf("+v.kind", f.Kinds)
	w.oneOf("+v.method", f.Methods)
	return w
}

func inReview(states []review.StateMatch) bool {
	return slices.ContainsFunc(states, func(s review.StateMatch) bool { return slices.Contains(s.Statuses, review.StatusInReview) })
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
	if inReview(states) {
		w.parts[last] += " OR v.effective_at > +?"
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
