package db

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// Pages of lists are read without database/sql, like exports: fifty rows of some twenty
// columns cost half as much (BenchmarkListPage).

const (
	directReaders  = 16  // connections that wait to be used again; more are made for a crowd
	mostDirectText = 200 // statements that one keeps prepared: a list has another text for each combination of filters
)

// directPool keeps connections between lists. They are made when they are first wanted;
// the one that was used last is used next, since its cache is the warmest.
type directPool struct {
	mu     sync.Mutex
	free   []*direct
	closed bool
}

// directly lends a connection to fn.
func (db *DB) directly(ctx context.Context, fn func(*direct) error) error {
	d, err := db.takeDirect()
	if err != nil {
		return err
	}
	goesOn := context.AfterFunc(ctx, d.stop) // no goroutine waits for that, as SetInterrupt would have it
	err = fn(d)
	if !goesOn() {
		err = ctx.Err() // rather than what SQLite says of being interrupted
	}
	db.giveBack(d, err == nil)
	return err
}

func (db *DB) takeDirect() (*direct, error) {
	if d := db.directs.take(); d != nil {
		return d, nil
	}
	lasts, stop := context.WithCancel(context.Background())
	d, err := db.openDirect(lasts)
	if err != nil {
		stop()
		return nil, err
	}
	d.stop = stop
	return d, nil
}

// giveBack keeps a connection for the next reader, unless it is spoilt or there are
// enough.
func (db *DB) giveBack(d *direct, good bool) {
	if !good || len(d.stmts) >= mostDirectText || !db.directs.keep(d) {
		d.close() // it only reads
	}
}

// take takes the one that was used last; nil where all are in use.
func (p *directPool) take() *direct {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if n == 0 {
		return nil
	}
	d := p.free[n-1]
	p.free = p.free[:n-1]
	return d
}

func (p *directPool) keep(d *direct) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || len(p.free) == directReaders {
		return false
	}
	d.used = time.Now()
	p.free = append(p.free, d)
	return true
}

// rest closes those that nobody has wanted for a while, and their caches with them.
func (p *directPool) rest(while time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.free) && time.Since(p.free[n].used) >= while {
		p.free[n].close()
		n++
	}
	p.free = slices.Delete(p.free, 0, n)
}

// close lets go of those that wait, and of those that come back later.
func (p *directPool) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.rest(0)
}

// What a list shows of an open case, and, beside that, of any other.
const (
	openColumns = `SELECT v.seq, v.id, v.provider, v.status, v.arrived_state, v.arrived_reason, v.version, s.name, v.country,
	v.document_kind, v.document_country, v.severity, v.codes, v.created_at, v.review_since, v.due_at, v.owner, v.owner_until, v.snoozed_at, v.snoozed_until, v.escalated`
	settledColumns = `, v.decided_at, d.action, d.actor, d.second, d.reject_reason, d.policy, v.reopen_at, length(s.key) = 0`

	openJoins    = ` JOIN subject s ON s.id = v.subject`
	settledJoins = openJoins + ` LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0`
)

// shown is what a list reads of its cases.
type shown struct {
	columns, joins string
	open           bool // none of them can be settled
}

func showsOf(f review.Filter) shown {
	if (len(f.Statuses) == 0 || allOpen(f.Statuses)) && !f.Reopening {
		return shown{openColumns, openJoins, true}
	}
	return shown{openColumns + settledColumns, settledJoins, false}
}

// List reads one page of at most size cases, by key and never by offset: what a page
// shows of each. (An export says more, see [DB.EachRow].)
func (db *DB) List(ctx context.Context, f review.Filter, at Cursor, size int) (page Page, err error) {
	if _, ok := soughtBy(f.Query); ok {
		return db.listFound(ctx, f, at, size)
	}
	few, err := db.few(ctx, f)
	if err != nil {
		return Page{}, fmt.Errorf("list: %w", err)
	}
	shows := showsOf(f)
	query, args := listQueryOver(shows.joins, f, at, size+1, db.Now(), few)
	if page.Rows, err = db.shownRows(ctx, shows, size+1, query, args); err != nil {
		return Page{}, fmt.Errorf("list: %w", err)
	}
	page.turn(f, at, size)
	return page, nil
}

// shownRows reads the rows of a list, at most so many, given what comes behind its columns.
func (db *DB) shownRows(ctx context.Context, shows shown, most int, from string, args []any) (rows []Row, err error) {
	query := shows.columns + from
	rows = make([]Row, 0, most)
	err = db.directly(ctx, func(d *direct) error {
		return d.each(query, args, func(s *sqlite.Stmt) error {
			rows = append(rows, Row{})
			d.listRow(s, &rows[len(rows)-1], shows.open)
			return nil
		})
	})
	if err == nil {
		err = db.nameRows(ctx, rows)
	}
	return rows, err
}

// fewCases can be sorted for a page: the rows of so many are soon read, and where there
// are more, the page is soon full.
const fewCases = 1000

// few reports whether few cases of the queue pass filters that its order does not show
// at once.
func (db *DB) few(ctx context.Context, f review.Filter) (bool, error) {
	byDue := orderOf(f).column == "v.due_at"
	narrow := f.Snoozed || f.Code != "" || f.Severity > review.SeverityInfo || f.Country != "" || f.Provider != "" || !f.From.IsZero() || !f.To.IsZero()
	led := !f.Snoozed && f.Severity <= review.SeverityInfo && f.Code == "" && (f.Country == "" || f.Provider == "") && f.From.IsZero() && f.To.IsZero()
	if !onlyInReview(f.Statuses) || f.Reopening || f.Query != "" || f.For != nil || !narrow || byDue && led {
		return false, nil
	}
	f.Owner = "" // its cases are read in any case
	n, err := db.CountUpTo(ctx, f, fewCases)
	return n <= fewCases, err
}

// listRow takes the columns in their order.
func (d *direct) listRow(s *sqlite.Stmt, to *Row, open bool) {
	column := -1
	word := func() string { column++; return d.word(s, column) }
	text := func() string { column++; return string(d.bytes(s, column)) }
	number := func() int64 { column++; return s.ColumnInt64(column) }
	at := func() time.Time { return fromMicros(number()) }
	to.Seq, to.ID, to.Provider, to.Status, to.Arrived.State, to.Arrived.Reason = number(), text(), review.Provider(word()), review.Status(word()), word(), word()
	to.Version, to.Name, to.Country, to.DocumentKind, to.DocumentFrom = number(), text(), word(), word(), word()
	to.Severity, to.Codes = review.Severity(number()), d.list(word())
	to.CreatedAt, to.ReviewSince, to.DueAt, to.Owner.ID, to.OwnerUntil, to.SnoozedAt, to.SnoozedUntil, to.Escalated = at(), at(), at(), word(), at(), at(), at(), number() != 0
	if open {
		return
	}
	to.DecidedAt, to.Action, to.DecidedBy.ID, to.ConfirmedBy.ID, to.RejectReason = at(), review.Action(word()), word(), word(), word()
	to.Policy, to.ReopenAt, to.Erased = number(), at(), number() != 0
}

// nameRows fills in the names of people.
func (db *DB) nameRows(ctx context.Context, rows []Row) error {
	people, err := db.People(ctx)
	if err != nil {
		return err
	}
	name := func(p *review.Person) {
		for i := range people {
			if p.ID == people[i].ID {
				p.Name = people[i].Name
				return
			}
		}
	}
	for i := range rows {
		for _, p := range [...]*review.Person{&rows[i].Owner, &rows[i].DecidedBy, &rows[i].ConfirmedBy} {
			if p.ID != "" {
				name(p)
			}
		}
	}
	return nil
}
