package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"reviewdesk/review"
)

// Who is due. Persons on whose cases no finding of the category sanctions stood come
// first, and then the others, each by when their last case ended.

// DueCursor is a place in the list of who is due. The zero cursor is the beginning.
type DueCursor struct {
	sanctions     bool
	ended, person int64
}

// String writes the cursor for an address.
func (c DueCursor) String() string {
	list := "o"
	if c.sanctions {
		list = "s"
	}
	return fmt.Sprintf("%s-%d-%d", list, c.ended, c.person)
}

// ParseDueCursor reads one; what is none is the beginning.
func ParseDueCursor(text string) (c DueCursor) {
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return c
	}
	ended, err := strconv.ParseInt(parts[1], 10, 64)
	person, other := strconv.ParseInt(parts[2], 10, 64)
	if errors.Join(err, other) != nil {
		return c
	}
	return DueCursor{parts[0] == "s", ended, person}
}

// DuePersons lists who may be erased today, since the period of each of their cases has
// run out and nobody holds them. next is where the list goes on; nil at its end.
func (db *DB) DuePersons(ctx context.Context, after DueCursor, size int) (page []review.Retention, next *DueCursor, err error) {
	q := db.read(ctx)
	found, err := db.dueFrom(q, after, size+1)
	if err != nil {
		return nil, nil, err
	}
	if len(found) > size {
		found = found[:size]
		next = &found[size-1]
	}
	for _, c := range found {
		r, err := db.retention(q, c.person)
		if err != nil {
			return nil, nil, err
		}
		page = append(page, r)
	}
	return page, next, nil
}

// dueFrom reads who is due, from a place on. A period that ends on a day is counted back
// from now, so that an index finds them.
func (db *DB) dueFrom(q querier, after DueCursor, size int) (out []DueCursor, err error) {
	policy, err := db.policy(q)
	if err != nil {
		return nil, err
	}
	now := db.Now()
	ordinary, sanctions := micros(now.AddDate(-policy.Keep.Years, 0, 0)), micros(now.AddDate(-policy.Keep.SanctionsYears, 0, 0))
	if !after.sanctions {
		out, err = dueRows(q, out, false, `SELECT e.ordinary, e.subject FROM ended e WHERE e.sanctions = 0 AND e.ordinary <= ? AND (e.ordinary, e.subject) > (?, ?)
			AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.subject = e.subject) ORDER BY e.ordinary, e.subject LIMIT +?`, ordinary, after.ended, after.person, size)
		after = DueCursor{sanctions: true}
	}
	if err != nil || len(out) == size {
		return out, err
	}
	return dueRows(q, out, true, `SELECT e.sanctions, e.subject FROM ended e WHERE e.sanctions > 0 AND e.sanctions <= ? AND (e.sanctions, e.subject) > (?, ?) AND e.ordinary <= ?
		AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.subject = e.subject) ORDER BY e.sanctions, e.subject LIMIT +?`,
		sanctions, after.ended, after.person, ordinary, size-len(out))
}

func dueRows(q querier, out []DueCursor, sanctions bool, query string, args ...any) ([]DueCursor, error) {
	rows, err := q.rows(query, args...)
	if err != nil {
		return nil, fmt.Errorf("who is due: %w", err)
	}
	return out, eachRow(rows, func() error {
		c := DueCursor{sanctions: sanctions}
		err := rows.Scan(&c.ended, &c.person)
		out = append(out, c)
		return err
	})
}

// HeldPersons lists on whom a legal hold stands, the newest first. after is the number of
// the hold's event at which the page before ended; 0 is the beginning.
func (db *DB) HeldPersons(ctx context.Context, after int64, size int) (page []review.Retention, more bool, err error) {
	if after <= 0 {
		after = maxKey
	}
	q := db.read(ctx)
	rows, err := q.rows(`SELECT subject FROM hold WHERE entry < ? ORDER BY entry DESC LIMIT +?`, after, size+1)
	if err != nil {
		return nil, false, err
	}
	var persons []int64
	if err := eachRow(rows, func() error {
		var person int64
		err := rows.Scan(&person)
		persons = append(persons, person)
		return err
	}); err != nil {
		return nil, false, err
	}
	more = len(persons) > size
	for _, person := range persons[:min(len(persons), size)] {
		r, err := db.retention(q, person)
		if err != nil {
			return nil, false, err
		}
		page = append(page, r)
	}
	return page, more, nil
}

// RetentionCounts say how much there is to keep an eye on.
type RetentionCounts struct {
	Due         int  // persons who may be erased today, counted to [MostDue]
	MoreDue     bool // and there are more
	Held        int
	Reckoning   bool // cases of an older desk are being looked at still: more may be due
	Overwriting bool // words of somebody erased are being overwritten on the disk still
}

// MostDue is how far who is due is counted.
const MostDue = 10_000

// CountRetention counts who is due and who is held.
func (db *DB) CountRetention(ctx context.Context) (c RetentionCounts, err error) {
	q := db.read(ctx)
	found, err := db.dueFrom(q, DueCursor{}, MostDue+1)
	if err != nil {
		return c, err
	}
	c.Due, c.MoreDue = min(len(found), MostDue), len(found) > MostDue
	err = q.row(`SELECT (SELECT COUNT(*) FROM hold), (SELECT left > 0 FROM reckoning), (SELECT wanted > done FROM overwriting)`).Scan(&c.Held, &c.Reckoning, &c.Overwriting)
	return c, err
}

// erasedTogether is how many persons the job erases before housekeeping goes on; each
// has a transaction of their own.
const erasedTogether = 20

// EraseDue erases whoever is due, at most so many, one person after the other, and says
// how many and where to go on; nil: nobody is left. It does so whether or not the policy
// lets the desk do it by itself. A person who cannot be erased is told, and holds nobody
// up.
func (db *DB) EraseDue(ctx context.Context, by Actor, after DueCursor, most int) (erased int, next *DueCursor, err error) {
	found, err := db.dueFrom(db.read(ctx), after, most)
	if err != nil || len(found) == 0 {
		return 0, nil, err
	}
	for _, c := range found {
		rest := db.rest(ctx)
		failed := db.Do(ctx, func(tx *Tx) error { return tx.eraseDue(by, c.person) })
		switch {
		case failed == nil:
			erased++
		case !errors.Is(failed, review.ErrForbidden) && !errors.Is(failed, review.ErrErased):
			err = errors.Join(err, fmt.Errorf("erase person %d: %w", c.person, failed))
		}
		rest()
		if ctx.Err() != nil {
			return erased, nil, ctx.Err()
		}
	}
	if len(found) == most {
		next = &found[most-1]
	}
	return erased, next, err
}

// eraseDue erases one person, if they are due still.
func (tx *Tx) eraseDue(by Actor, person int64) error {
	r, err := tx.db.retention(tx, person)
	if err != nil {
		return err
	}
	if err := r.MayErase(review.GroundEnded, by.person(), tx.Now); err != nil {
		return err
	}
	return tx.erase(by, r, review.GroundEnded, nil, nil)
}

// retire is housekeeping's turn: it looks at what is left of an older desk, and erases
// whoever is due once an admin has said that the desk may.
func (db *DB) retire(at *retiring) error {
	ctx := db.alive
	for range batchesInARow {
		if more, err := db.reckonOlder(ctx); err != nil || !more {
			if err != nil {
				return err
			}
			break
		}
	}
	now := db.Now()
	if at.next == nil && now.Sub(at.looked).Abs() < time.Minute {
		return nil
	}
	at.looked = now
	policy, err := db.Policy(ctx)
	if err != nil || !policy.Keep.Erase {
		return err
	}
	from := DueCursor{}
	if at.next != nil {
		from = *at.next
	}
	_, at.next, err = db.EraseDue(ctx, System("retention"), from, erasedTogether)
	return err
}

// retiring is where the job stands.
type retiring struct {
	looked time.Time  // when it last looked who is due
	next   *DueCursor // where it goes on at once
}

// CaseOfPerson is one case of the person with this number of the desk's own.
func (db *DB) CaseOfPerson(ctx context.Context, person int64) (id string, err error) {
	err = db.read(ctx).row(`SELECT id FROM verification WHERE subject = ? ORDER BY created_at LIMIT 1`, person).Scan(&id)
	if isNoRows(err) {
		err = fmt.Errorf("person %d: %w", person, ErrNotFound)
	}
	return id, err
}

// RetentionReader reads who is due and who is held, beside a running desk.
type RetentionReader struct{ db *DB }

// OpenRetention opens a workspace for that. It writes nothing.
func OpenRetention(ctx context.Context, dir string, clock func() time.Time) (RetentionReader, error) {
	db, _, err := openToRead(ctx, dir, "")
	if err != nil {
		return RetentionReader{}, err
	}
	if have, err := schemaOf(reading{ctx, db.reader}); err != nil || have < retentionSchema {
		return RetentionReader{}, errors.Join(err, db.reader.Close(), fmt.Errorf("the database has schema %d, which knows of no retention: start the desk once, so that it is brought up to date", have))
	}
	db.prepared.pool = db.reader
	if clock != nil {
		db.opts.Clock = clock
	}
	return RetentionReader{db}, nil
}

const retentionSchema = 13 // the first that knows who is due

// Close closes it.
func (r RetentionReader) Close() error { return r.db.reader.Close() }

// Keep is the policy's part that says how long data are kept.
func (r RetentionReader) Keep(ctx context.Context) (review.Keeping, error) {
	p, err := r.db.policy(r.db.read(ctx))
	return p.Keep, err
}

// Counts is [DB.CountRetention].
func (r RetentionReader) Counts(ctx context.Context) (RetentionCounts, error) {
	return r.db.CountRetention(ctx)
}

// EachDue hands over whoever is due, as [DB.DuePersons] lists them.
func (r RetentionReader) EachDue(ctx context.Context, yield func(review.Retention) error) error {
	for next := (&DueCursor{}); next != nil; {
		page, more, err := r.db.DuePersons(ctx, *next, dueTogether)
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := yield(p); err != nil {
				return err
			}
		}
		next = more
	}
	return nil
}

const dueTogether = 500

// EachHeld hands over whoever is held, as [DB.HeldPersons] lists them.
func (r RetentionReader) EachHeld(ctx context.Context, yield func(review.Retention) error) error {
	for after, more := int64(0), true; more; {
		page, rest, err := r.db.HeldPersons(ctx, after, dueTogether)
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := yield(p); err != nil {
				return err
			}
			after = p.Hold.Entry
		}
		more = rest
	}
	return nil
}
