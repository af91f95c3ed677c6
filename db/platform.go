package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// The APIs' lists. They page by number, since the providers do, and say a total, which
// is kept: how many there are of each sort of case. A page is cut from an index that has
// the cases of each sort in the list's order: where a list asks for some sorts only,
// theirs are merged. So nothing is read that the page does not need, however long ago
// the cases of a rare sort came.

// PlatformList reads a page of an API's list, newest first, and how many there are
// in all. Of each case it reads what the provider's object is written from: how the case
// stands, its times, the object and what was decided, and neither who it is about nor
// findings nor what else is known.
func (db *DB) PlatformList(ctx context.Context, f review.PlatformFilter, skip, size int64) (page []review.Verification, total int64, err error) {
	now := db.Now()
	total, sorts, err := platformTotal(db.read(ctx), f, now)
	if err != nil || skip >= total {
		return nil, total, err
	}
	numbers := platformNumbers(f, sorts, now)
	if len(numbers.parts) == 0 {
		return nil, total, nil
	}
	query, args := platformPage(numbers, skip, min(size, total-skip), total)
	err = db.directly(ctx, func(d *direct) error {
		return d.each(query, args, func(s *sqlite.Stmt) error {
			v, err := db.platformCase(d, s)
			page = append(page, v.Outside(now))
			return err
		})
	})
	if err == nil {
		err = db.outlineErased(db.read(ctx), page, now)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list: %w", err)
	}
	return page, total, nil
}

const platformColumns = `SELECT v.seq, v.id, v.provider, v.status, v.arrived_state, v.arrived_reason, v.created_at, v.updated_at, v.review_since, v.effective_at,
	v.object_entry, s.key, c.sealed, d.id, d.action, d.actor, d.at, d.reject_reason, d.second, d.second_at
	FROM verification v JOIN subject s ON s.id = v.subject LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0
	LEFT JOIN commitment_key c ON c.entry = v.object_entry AND c.field = 'object'`

// platformPage cuts a page from the nearer end of the list, and reads no row that it
// skips.
func platformPage(numbers where, skip, size, total int64) (string, []any) {
	newest := " DESC"
	if older := total - skip - size; older < skip {
		newest, skip = "", older
	}
	return platformColumns + ` WHERE v.seq IN (SELECT seq FROM (` + strings.Join(numbers.parts, " UNION ALL ") +
		` ORDER BY created_at` + newest + `, seq` + newest + ` LIMIT +? OFFSET ?)) ORDER BY v.created_at DESC, v.seq DESC`, append(numbers.args, size, skip)
}

// platformCase reads those columns.
func (db *DB) platformCase(d *direct, s *sqlite.Stmt) (v review.Verification, err error) {
	column := -1
	word := func() string { column++; return d.word(s, column) }
	bytes := func() []byte { column++; return d.bytes(s, column) } // good until the next ones
	text := func() string { return string(bytes()) }
	number := func() int64 { column++; return s.ColumnInt64(column) }
	at := func() time.Time { return fromMicros(number()) }
	v.Seq, v.ID, v.Provider, v.Status, v.Arrived.State, v.Arrived.Reason = number(), text(), review.Provider(word()), review.Status(word()), word(), word()
	v.CreatedAt, v.UpdatedAt, v.ReviewSince, v.EffectiveAt = at(), at(), at(), at()
	entry := number()
	wrapped := bytes()
	if len(wrapped) == 0 {
		v.Erased = &review.Erasure{} // see outlineErased
	}
	key, err := db.unwrapKey(wrapped)
	if sealed := bytes(); len(sealed) == 0 {
		err = nil // the object was not kept
	} else if err == nil {
		v.Object, err = unsealWith(key, wordsPlace(entry, "object"), sealed)
	}
	if number() > 0 {
		v.Decision = &review.Decided{Action: review.Action(word()), By: review.Person{ID: word()}, At: at(), RejectReason: word()}
		stands(&v, review.Word{By: review.Person{ID: word()}, At: at()})
	}
	return v, err
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
