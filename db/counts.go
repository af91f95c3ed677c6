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
	ByProvider map[review.Provider]int64 // in review
}

// Counts reads the kept counters.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	c := Counts{map[review.Status]int64{}, map[review.Provider]int64{}}
	rows, err := db.reader.QueryContext(ctx, `SELECT provider, status, n FROM counter`)
	if err != nil {
		return c, err
	}
	return c, eachRow(rows, func() error {
		var p review.Provider
		var s review.Status
		var n int64
		err := rows.Scan(&p, &s, &n)
		c.ByStatus[s] += n
		if s == review.StatusInReview {
			c.ByProvider[p] += n
		}
		return err
	})
}

// CountCap bounds every count that is not kept: a page says "10 000+".
const CountCap = 10_000

// Count counts the cases of a filter, up to [CountCap] and one more.
func (db *DB) Count(ctx context.Context, f review.Filter) (int, error) {
	query, args := listQuery(f, Cursor{}, CountCap+1, db.Now())
	var n int
	err := db.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1`+query+`)`, args...).Scan(&n)
	return n, err
}

// Pulse is how the day goes, for the strip above the queue.
type Pulse struct {
	Claimed    int // cases that somebody holds
	Overdue    int // in review and past their target, up to CountCap
	Oldest     time.Time
	Decided    int // since from
	Approved   int
	Median     time.Duration // from the beginning of the review to the decision
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
		{&p.Overdue, `SELECT COUNT(*) FROM (SELECT 1 FROM verification WHERE status = 'in_review' AND due_at <= ? LIMIT ?)`, []any{micros(now), CountCap + 1}},
		{&oldest, `SELECT review_since FROM verification WHERE status = 'in_review' ORDER BY due_at, seq LIMIT 1`, nil},
	} {
		if err := q.row(one.query, one.args...).Scan(one.into); err != nil && !isNoRows(err) {
			return p, err
		}
	}
	p.Oldest = fromMicros(oldest.Int64)
	if err := p.decisions(q, from); err != nil {
		return p, err
	}
	for d := days - 1; d >= 0; d-- {
		start := from.AddDate(0, 0, -d)
		var decided, arrived int
		if err := q.row(`SELECT COUNT(*) FROM (SELECT 1 FROM verification WHERE decided_at >= ? AND decided_at < ? LIMIT ?)`,
			micros(start), micros(start.AddDate(0, 0, 1)), CountCap).Scan(&decided); err != nil {
			return p, err
		}
		if err := q.row(`SELECT COUNT(*) FROM (SELECT 1 FROM verification WHERE created_at >= ? AND created_at < ? LIMIT ?)`,
			micros(start), micros(start.AddDate(0, 0, 1)), CountCap).Scan(&arrived); err != nil {
			return p, err
		}
		p.PerDay, p.ArrivedDay = append(p.PerDay, decided), append(p.ArrivedDay, arrived)
	}
	return p, nil
}

func (p *Pulse) decisions(q querier, from time.Time) error {
	rows, err := q.rows(`SELECT status, decided_at - review_since FROM verification WHERE decided_at >= ? ORDER BY decided_at DESC LIMIT ?`, micros(from), CountCap)
	if err != nil {
		return err
	}
	var took []int64
	if err := eachRow(rows, func() error {
		var s review.Status
		var t int64
		err := rows.Scan(&s, &t)
		p.Decided++
		if s == review.StatusPassed {
			p.Approved++
		}
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
	rows, err := db.reader.QueryContext(ctx, `WITH RECURSIVE c (country) AS (
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
