package db

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
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
	c, err := keep(ctx, db, "counters", func(q querier, _ time.Time) (Counts, time.Time, error) {
		c, err := counters(q)
		return c, lasting, err
	})
	if err != nil {
		return c, err
	}
	aside, err := db.aside(ctx)
	if err != nil {
		return c, err
	}
	c.ByStatus, c.ByProvider = maps.Clone(c.ByStatus), maps.Clone(c.ByProvider)
	for p, n := range aside.byProvider {
		c.queue(p, -n)
	}
	return c, nil
}

func counters(q querier) (Counts, error) {
	c := Counts{ByStatus: map[review.Status]int64{}, ByProvider: map[review.Provider]int64{}}
	rows, err := q.rows(`SELECT provider, status, n FROM counter`)
	if err != nil {
		return c, err
	}
	err = eachRow(rows, func() error {
		var p review.Provider
		var s review.Status
		var n int64
		err := rows.Scan(&p, &s, &n)
		c.ByStatus[s] += n
		if s == review.StatusInReview {
			c.queue(p, n)
		}
		return err
	})
	return c, err
}

func (c *Counts) queue(p review.Provider, n int64) {
	c.ByProvider[p] += n
	c.Queue += n
}

// aside is what is in review and waits for something outside.
type aside struct {
	byProvider map[review.Provider]int64
	n, overdue int // overdue: past their target, while their clock stands
	until      time.Time
}

// aside counts it. It holds until the first of them wakes or passes its target.
func (db *DB) aside(ctx context.Context) (aside, error) {
	return keep(ctx, db, "aside", func(q querier, now time.Time) (aside, time.Time, error) {
		a := aside{byProvider: map[review.Provider]int64{}}
		until := int64(math.MaxInt64)
		// (The plus keeps the index away that is sorted by provider, and holds the whole queue.)
		rows, err := q.rows(`SELECT provider, COUNT(*), SUM(due_at <= ?1), MIN(snoozed_until), COALESCE(MIN(CASE WHEN due_at > ?1 THEN due_at END), ?2)
			FROM verification WHERE snoozed_until > +?1 AND snoozed_until > 0 AND status = 'in_review' GROUP BY +provider`, micros(now), until)
		if err != nil {
			return a, lasting, err
		}
		err = eachRow(rows, func() error {
			var p review.Provider
			var n, overdue int
			var wakes, due int64
			err := rows.Scan(&p, &n, &overdue, &wakes, &due)
			a.byProvider[p] = int64(n)
			a.n, a.overdue, until = a.n+n, a.overdue+overdue, min(until, wakes, due)
			return err
		})
		a.until = time.UnixMicro(until)
		return a, a.until, err
	})
}

// CountCap bounds every count that is not kept: a page says "10 000+".
const CountCap = 10_000

// Count counts the cases of a filter, up to [CountCap] and one more.
func (db *DB) Count(ctx context.Context, f review.Filter) (int, error) {
	return db.CountUpTo(ctx, f, CountCap)
}

// CountUpTo counts the cases of a filter, up to most and one more: enough to say
// "99+" beside a view. Cases that nobody has are those that somebody has less than all:
// the others are in the indexes, and few are claimed at once.
func (db *DB) CountUpTo(ctx context.Context, f review.Filter, most int) (int, error) {
	f.Sort = ""
	if f.Owner != review.OwnerNone {
		return db.count(ctx, f, most+1)
	}
	held := f
	held.Owner = ownerAny
	claimed, err := db.count(ctx, held, most+1)
	if err != nil {
		return 0, err
	}
	f.Owner = ""
	n, err := db.count(ctx, f, most+1+claimed)
	return min(n-claimed, most+1), err
}

// count counts at most limit of them. A count within the queue is kept where the clock
// changes it only when a case that was set aside wakes.
func (db *DB) count(ctx context.Context, f review.Filter, limit int) (int, error) {
	if !onlyInReview(f.Statuses) || f.Owner != "" || f.Overdue || f.Snoozed || f.For != nil {
		if f.Owner != "" && f.Query == "" { // what one person holds is little
			return countOf(db.brief(ctx), f, db.Now(), limit)
		}
		return countOf(db.read(ctx), f, db.Now(), limit)
	}
	return keep(ctx, db, fmt.Sprintf("count of %+v to %d", f, limit), func(q querier, _ time.Time) (int, time.Time, error) {
		aside, err := db.aside(ctx) // before counting: who wakes meanwhile is counted, and counted anew
		if err != nil {
			return 0, lasting, err
		}
		n, err := countOf(q, f, db.Now(), limit)
		return n, aside.until, err
	})
}

// Held counts the cases of the queue that somebody holds, up to [CountCap] and one more.
// It is so until a claim ends, whoever's, or a case wakes.
func (db *DB) Held(ctx context.Context, account string) (int, error) {
	return keep(ctx, db, "held by "+account, func(q querier, _ time.Time) (int, time.Time, error) {
		aside, err := db.aside(ctx)
		if err != nil {
			return 0, lasting, err
		}
		claims, err := db.claims(ctx)
		if err != nil {
			return 0, lasting, err
		}
		n, err := countOf(q, review.Filter{Owner: account}, db.Now(), CountCap+1)
		if claims.until.Before(aside.until) {
			return n, claims.until, err
		}
		return n, aside.until, err
	})
}

func countOf(q querier, f review.Filter, now time.Time, limit int) (n int, err error) {
	w := countWhere(f, now)
	err = q.row(`SELECT COUNT(*) FROM (SELECT 1`+w.from()+w.String()+` LIMIT +?)`, append(w.args, limit)...).Scan(&n)
	return n, err
}

// countWhere asks for what [listWhere] does, in no order, so by the narrowest filter.
func countWhere(f review.Filter, now time.Time) where { return listWhere(f, now, true) }

// Overdue counts the cases in review that are past their target, up to [CountCap]
// and one more, from the queue's index alone; those whose clock stands are taken off.
func (db *DB) Overdue(ctx context.Context) (int, error) {
	past, err := keep(ctx, db, "past due", func(querier, time.Time) (*pastDue, time.Time, error) { return &pastDue{}, lasting, nil })
	if err != nil {
		return 0, err
	}
	n, err := past.count(db.brief(ctx), db.Now())
	if err != nil {
		return 0, err
	}
	aside, err := db.aside(ctx)
	return max(0, n-aside.overdue), err
}

// pastDue counts on while nothing but the clock has moved: only the cases whose target
// has passed since it was last asked are counted, and none before the next one passes.
type pastDue struct {
	mu       sync.Mutex
	at, next int64 // n was counted at the one, and holds until the other
	n        int
}

func (p *pastDue) count(q querier, now time.Time) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := micros(now)
	if at < p.at {
		p.at, p.next, p.n = 0, 0, 0 // the clock stepped back
	}
	if p.n > CountCap || at < p.next {
		return p.n, nil
	}
	var more int
	var next int64
	err := q.row(`SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM verification WHERE status = 'in_review' AND due_at > ?1 AND due_at <= ?2 LIMIT +?3)),
		COALESCE((SELECT due_at FROM verification WHERE status = 'in_review' AND due_at > ?2 ORDER BY due_at LIMIT 1), ?4)`,
		p.at, at, CountCap+1-p.n, int64(math.MaxInt64)).Scan(&more, &next)
	if err == nil {
		p.at, p.next, p.n = at, next, p.n+more
	}
	return p.n, err
}

// Work is what waits beside the queue itself.
type Work struct {
	SetAside  int // cases that wait for something outside
	Reopening int // decided cases that somebody asks to reopen
	Escalated int // cases in review that were handed to the seniors
}

// Work counts it, each from an index of its own.
func (db *DB) Work(ctx context.Context) (Work, error) {
	w, err := keep(ctx, db, "work", func(q querier, _ time.Time) (w Work, _ time.Time, err error) {
		err = q.row(`SELECT (SELECT COUNT(*) FROM verification WHERE reopen_by <> ''),
			(SELECT COUNT(*) FROM verification WHERE escalated = 1 AND status = 'in_review')`).Scan(&w.Reopening, &w.Escalated)
		return w, lasting, err
	})
	if err != nil {
		return w, err
	}
	aside, err := db.aside(ctx)
	w.SetAside = aside.n
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
	name := "pulse of " + from.Location().String() + strconv.FormatInt(from.Unix(), 10) + "/" + strconv.Itoa(days)
	p, err := keep(ctx, db, name, func(q querier, _ time.Time) (Pulse, time.Time, error) {
		p, err := pulse(q, from, days)
		return p, lasting, err
	})
	if err != nil {
		return p, err
	}
	claims, err := db.claims(ctx)
	if err != nil {
		return p, err
	}
	p.Claimed = claims.n
	p.Overdue, err = db.Overdue(ctx)
	return p, err
}

// claims are the cases that somebody holds, so many until the first claim ends.
type claims struct {
	n     int
	until time.Time
}

func (db *DB) claims(ctx context.Context) (claims, error) {
	return keep(ctx, db, "claims", func(q querier, now time.Time) (c claims, _ time.Time, err error) {
		var ends int64
		err = q.row(`SELECT COUNT(*), COALESCE(MIN(owner_until), ?2) FROM verification WHERE owner <> '' AND owner_until > ?1`, micros(now), int64(math.MaxInt64)).Scan(&c.n, &ends)
		c.until = time.UnixMicro(ends)
		return c, c.until, err
	})
}

// pulse reads what a commit alone changes.
func pulse(q querier, from time.Time, days int) (p Pulse, err error) {
	var oldest int64
	err = q.row(`SELECT review_since FROM verification WHERE status = 'in_review' ORDER BY due_at, seq LIMIT 1`).Scan(&oldest)
	if err != nil && !isNoRows(err) {
		return p, err
	}
	p.Oldest = fromMicros(oldest)
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
	rows, err := q.rows(`SELECT decided_at - review_since FROM verification WHERE decided_at >= +? AND decided_at > 0 ORDER BY decided_at DESC LIMIT +?`, micros(from), MedianOf)
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

// Countries lists the countries of the cases in review, for the filter. The slice is
// shared: nobody changes it.
func (db *DB) Countries(ctx context.Context) ([]string, error) {
	return keep(ctx, db, "countries", func(q querier, _ time.Time) ([]string, time.Time, error) {
		out, err := countries(q)
		return out, lasting, err
	})
}

// countries is a loose scan of the partial index: one step a country, however long the queue.
func countries(q querier) ([]string, error) {
	rows, err := q.rows(`WITH RECURSIVE c (country) AS (
		SELECT (SELECT MIN(country) FROM verification WHERE status = 'in_review')
		UNION ALL SELECT (SELECT MIN(v.country) FROM verification v WHERE v.status = 'in_review' AND v.country > c.country) FROM c WHERE c.country IS NOT NULL
	) SELECT country FROM c WHERE country IS NOT NULL AND country <> '' LIMIT 300`)
	if err != nil {
		return nil, err
	}
	var out []string
	err = eachRow(rows, func() error {
		var c string
		err := rows.Scan(&c)
		out = append(out, c)
		return err
	})
	return out, err
}
