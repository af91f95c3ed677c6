package db

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"reviewdesk/review"
)

// Counts is what the desk knows without counting the table.
type Counts struct {
	ByStatus   map[review.Status]int64
	ByProvider map[review.Provider]int64 // in the queue
	Queue      int64                     // in review, and not set aside
}

// Counts reads the kept counters.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	c := Counts{ByStatus: map[review.Status]int64{}, ByProvider: map[review.Provider]int64{}}
	rows, err := db.read(ctx).rows(`SELECT provider, status, n FROM counter`)
	if err != nil {
		return c, err
	}
	if err := eachRow(rows, func() error {
		var p review.Provider
		var s review.Status
		var n int64
		err := rows.Scan(&p, &s, &n)
		c.ByStatus[s] += n
		if s == review.StatusInReview {
			c.queue(p, n)
		}
		return err
	}); err != nil {
		return c, err
	}
	return c, db.lessAside(ctx, &c)
}

func (c *Counts) queue(p review.Provider, n int64) {
	c.ByProvider[p] += n
	c.Queue += n
}

// lessAside takes off what is in review and waits for something outside. (The plus keeps
// the index away that is sorted by provider, and holds the whole queue.)
func (db *DB) lessAside(ctx context.Context, c *Counts) error {
	rows, err := db.read(ctx).rows(`SELECT provider, COUNT(*) FROM verification WHERE snoozed_until > 0 AND snoozed_until > ? AND status = 'in_review' GROUP BY +provider`, micros(db.Now()))
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		var p review.Provider
		var n int64
		err := rows.Scan(&p, &n)
		c.queue(p, -n)
		return err
	})
}

// CountCap bounds every count that is not kept: a page says "10 000+".
const CountCap = 10_000

// Count counts the cases of a filter, up to [CountCap] and one more.
func (db *DB) Count(ctx context.Context, f review.Filter) (int, error) {
	return db.CountUpTo(ctx, f, CountCap)
}

// CountUpTo counts the cases of a filter, up to most and one more: enough to say
// "99+" beside a view.
func (db *DB) CountUpTo(ctx context.Context, f review.Filter, most int) (int, error) {
	f.Sort = ""
	w := listWhere(f, db.Now())
	var n int
	err := db.read(ctx).row(`SELECT COUNT(*) FROM (SELECT 1 FROM verification v`+w.String()+` LIMIT ?)`, append(w.args, most+1)...).Scan(&n)
	return n, err
}

// overdue counts the cases in review that are past their target, up to [CountCap]
// and one more, from the queue's index alone; those whose clock stands are taken off.
const overdue = `SELECT COUNT(*) - (SELECT COUNT(*) FROM verification WHERE snoozed_until > 0 AND snoozed_until > ?1 AND status = 'in_review' AND due_at <= ?1)
	FROM (SELECT 1 FROM verification WHERE status = 'in_review' AND due_at <= ?1 LIMIT ?2)`

// Overdue counts the cases in review that are past their target, up to [CountCap]
// and one more.
func (db *DB) Overdue(ctx context.Context) (n int, err error) {
	err = db.read(ctx).row(overdue, micros(db.Now()), CountCap+1).Scan(&n)
	return n, err
}

// Work is what waits beside the queue itself.
type Work struct {
	SetAside  int // cases that wait for something outside
	Reopening int // decided cases that somebody asks to reopen
	Escalated int // cases in review that were handed to the seniors
}

// Work counts it, each from an index of its own.
func (db *DB) Work(ctx context.Context) (w Work, err error) {
	err = db.read(ctx).row(`SELECT (SELECT COUNT(*) FROM verification WHERE snoozed_until > 0 AND snoozed_until > ? AND status = 'in_review'),
		(SELECT COUNT(*) FROM verification WHERE reopen_by <> ''),
		(SELECT COUNT(*) FROM verification WHERE escalated = 1 AND status = 'in_review')`, micros(db.Now())).Scan(&w.SetAside, &w.Reopening, &w.Escalated)
	return w, err
}

// Pulse is how the day goes, for the strip above the queue.
type Pulse struct {
	Claimed    int // cases that somebody holds
	Overdue    int // in review and past their target, up to CountCap
	Oldest     time.Time
	Decided    int // since from
	Approved   int
	Median     time.Duration // from the beginning of the review to the decision, of the newest MedianOf since from
	PerDay     []int         // decisions of the last days, the oldest first
	ArrivedDay []int         // received in the last days
}

// Pulse reads the figures of the day that began at from.
func (db *DB) Pulse(ctx context.Context, from time.Time, days int) (Pulse, error) {
	var p Pulse
	q := db.read(ctx)
	now := db.Now()
	var oldest sql.NullInt64
	for _, one := range []struct {
		into  any
		query string
		args  []any
	}{
		{&p.Claimed, `SELECT COUNT(*) FROM verification WHERE owner <> '' AND owner_until > ?`, []any{micros(now)}},
		{&p.Overdue, overdue, []any{micros(now), CountCap + 1}},
		{&oldest, `SELECT review_since FROM verification WHERE status = 'in_review' ORDER BY due_at, seq LIMIT 1`, nil},
	} {
		if err := q.row(one.query, one.args...).Scan(one.into); err != nil && !isNoRows(err) {
			return p, err
		}
	}
	p.Oldest = fromMicros(oldest.Int64)
	for d := days - 1; d >= 0; d-- {
		start := from.AddDate(0, 0, -d)
		var arrived int
		if err := q.row(`SELECT COALESCE(SUM(arrived), 0), COALESCE(SUM(decided), 0), COALESCE(SUM(approved), 0) FROM tally WHERE slot >= ? AND slot < ?`,
			slot(start), slot(start.AddDate(0, 0, 1))).Scan(&arrived, &p.Decided, &p.Approved); err != nil {
			return p, err
		}
		p.PerDay, p.ArrivedDay = append(p.PerDay, p.Decided), append(p.ArrivedDay, arrived)
	}
	return p, p.median(q, from)
}

// slot is the quarter of an hour of a time, as table tally counts them.
func slot(t time.Time) int64 { return micros(t) / (15 * time.Minute).Microseconds() }

// MedianOf is how many decisions, the newest, the median is taken over.
const MedianOf = 200

func (p *Pulse) median(q querier, from time.Time) error {
	rows, err := q.rows(`SELECT decided_at - review_since FROM verification WHERE decided_at > 0 AND decided_at >= ? ORDER BY decided_at DESC LIMIT ?`, micros(from), MedianOf)
	if err != nil {
		return err
	}
	var took []int64
	if err := eachRow(rows, func() error {
		var t int64
		err := rows.Scan(&t)
		took = append(took, t)
		return err
	}); err != nil || len(took) == 0 {
		return err
	}
	slices.Sort(took)
	p.Median = time.Duration(took[len(took)/2]) * time.Microsecond
	return nil
}

// Countries lists the countries of the cases in review, for the filter.
func (db *DB) Countries(ctx context.Context) ([]string, error) {
	// A loose scan of the partial index: one step a country, however long the queue.
	rows, err := db.read(ctx).rows(`WITH RECURSIVE c (country) AS (
		SELECT (SELECT MIN(country) FROM verification WHERE status = 'in_review')
		UNION ALL SELECT (SELECT MIN(v.country) FROM verification v WHERE v.status = 'in_review' AND v.country > c.country) FROM c WHERE c.country IS NOT NULL
	) SELECT country FROM c WHERE country IS NOT NULL AND country <> '' LIMIT 300`)
	if err != nil {
		return nil, err
	}
	var out []string
	return out, eachRow(rows, func() error {
		var c string
		err := rows.Scan(&c)
		out = append(out, c)
		return err
	})
}
