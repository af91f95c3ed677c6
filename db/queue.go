package db

import (
	"slices"
	"strings"
	"time"

	"reviewdesk/review"
)

// Row is one line of a list: what the queue, the export and the commands show.
type Row struct {
	Seq            int64
	ID             string
	Provider       review.Provider
	ProviderID     string
	Method         string
	Status         review.Status
	Arrived        review.WireState
	Version        int64
	Name           string // as given
	Country        string
	DocumentKind   string
	DocumentFrom   string // issuing country
	Severity       review.Severity
	Codes          []string // worst first
	CreatedAt      time.Time
	ReviewSince    time.Time
	DueAt          time.Time
	Owner          review.Person
	OwnerUntil     time.Time
	DecidedAt      time.Time
	Action         review.Action // of the decision or proposal that stands
	DecidedBy      review.Person // who took it
	ConfirmedBy    review.Person // the second person
	RejectReason   string
	Policy         int64 // the version it was taken under; 0: before there was one
	Email, Birth   string
	SnoozedAt      time.Time
	SnoozedUntil   time.Time
	Escalated      bool
	ReopenAt       time.Time // when somebody asked to reopen it
	DecisionEntry  int64
	ConfirmedEntry int64
}

// Cursor is a place in a list: the row after which (or, with Back, before which)
// the next page lies. The zero cursor is the beginning.
type Cursor struct {
	At   int64 // of the order's time, in microseconds
	Seq  int64
	Back bool
}

// Page is one page of a list.
type Page struct {
	Rows       []Row
	Prev, Next *Cursor // nil at an end
}

// turn cuts the page to its size, puts it the right way round and says where the
// neighbours are. One row more than the page was read to know that there is one.
func (p *Page) turn(f review.Filter, at Cursor, size int) {
	more := len(p.Rows) > size
	if more {
		p.Rows = p.Rows[:size]
	}
	if at.Back {
		for i, j := 0, len(p.Rows)-1; i < j; i, j = i+1, j-1 {
			p.Rows[i], p.Rows[j] = p.Rows[j], p.Rows[i]
		}
	}
	if len(p.Rows) == 0 {
		return
	}
	first, last := p.Rows[0], p.Rows[len(p.Rows)-1]
	if (at.Back && more) || (!at.Back && at != Cursor{}) {
		p.Prev = &Cursor{micros(first.sortTime(f)), first.Seq, true}
	}
	if at.Back || more {
		p.Next = &Cursor{micros(last.sortTime(f)), last.Seq, false}
	}
}

func (r Row) sortTime(f review.Filter) time.Time {
	switch orderOf(f).column {
	case "v.due_at":
		return r.DueAt
	case "v.decided_at":
		return r.DecidedAt
	case "v.reopen_at":
		return r.ReopenAt
	}
	return r.CreatedAt
}

type order struct {
	column string
	down   bool
}

// orderOf picks the order. Only lists of what is open have an urgency, and indexes
// for it; of what has been decided the newest decision comes first.
func orderOf(f review.Filter) order {
	switch {
	case f.Reopening:
		return order{"v.reopen_at", false}
	case f.Sort == review.SortOldest:
		return order{"v.created_at", false}
	case f.Sort == review.SortNewest:
		return order{"v.created_at", true}
	case len(f.Statuses) > 0 && !allOpen(f.Statuses):
		if allDecided(f.Statuses) {
			return order{"v.decided_at", true}
		}
		return order{"v.created_at", true}
	}
	return order{"v.due_at", false}
}

func allOpen(statuses []review.Status) bool {
	for _, s := range statuses {
		if !s.Open() {
			return false
		}
	}
	return true
}

func allDecided(statuses []review.Status) bool {
	for _, s := range statuses {
		if !s.Decided() {
			return false
		}
	}
	return true
}

// listQuery builds FROM, WHERE, ORDER and LIMIT. Fixed statuses are written as
// literals, since only then does SQLite use the queue's partial indexes; every
// value from outside is an argument.
func listQuery(f review.Filter, at Cursor, limit int, now time.Time) (string, []any) {
	return listQueryOver(openJoins, f, at, limit, now)
}

// listQueryOver joins what the columns need; the filters need the subject.
func listQueryOver(joins string, f review.Filter, at Cursor, limit int, now time.Time) (string, []any) {
	w := listWhere(f, now)
	o := orderOf(f)
	down := o.down != at.Back
	direction, compare := "", ">"
	if down {
		direction, compare = " DESC", "<"
	}
	if at.Seq != 0 {
		w.add("("+o.column+", v.seq) "+compare+" (?, ?)", at.At, at.Seq)
	}
	if o.column == "v.decided_at" {
		w.add("v.decided_at > 0")
	}
	query := ` FROM verification v` + joins + w.String() +
		` ORDER BY ` + o.column + direction + `, v.seq` + direction + ` LIMIT +?`
	return query, append(w.args, limit)
}

func listWhere(f review.Filter, now time.Time) where {
	w := where{}
	w.statuses(f.Statuses)
	w.filter(f, now)
	return w
}

// where collects conditions. A partial index is used only where its own condition
// stands in the statement word for word, even if an argument implies it.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(part string, args ...any) {
	w.parts = append(w.parts, part)
	w.args = append(w.args, args...)
}

func (w *where) String() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.parts, " AND ")
}

// onlyInReview is the queue: what waits for something outside is not in it.
func onlyInReview(statuses []review.Status) bool {
	return len(statuses) == 0 || len(statuses) == 1 && statuses[0] == review.StatusInReview
}

// forPerson leaves out what the rules would refuse this person, and what they skipped.
func (w *where) forPerson(p *review.Person, now time.Time) {
	if p == nil {
		return
	}
	w.add("NOT EXISTS (SELECT 1 FROM aside x WHERE x.v = v.seq AND x.account = ? AND (x.until = 0 OR x.until > ?))", p.ID, micros(now))
	w.add("s.name <> ? COLLATE NOCASE", p.Name)
	if !p.Role.May(review.RightConfirm) {
		w.add("v.escalated = 0")
	}
}

func (w *where) statuses(statuses []review.Status) {
	if len(statuses) == 0 {
		statuses = []review.Status{review.StatusInReview}
	}
	missing := func(s review.Status) bool { return !slices.Contains(statuses, s) }
	if !slices.ContainsFunc(review.Statuses(), missing) {
		return // every one: there is nothing to look at
	}
	var literals []string
	for _, s := range statuses {
		if s.Valid() { // nothing but the known words reaches the statement
			literals = append(literals, "'"+string(s)+"'")
		}
	}
	if len(literals) == 1 {
		w.add("v.status = " + literals[0])
		return
	}
	w.add("v.status IN (" + strings.Join(literals, ", ") + ")")
}

func (w *where) filter(f review.Filter, now time.Time) {
	if f.Provider != "" {
		provider := "v.provider"
		if orderOf(f).column != "v.due_at" {
			provider = "+v.provider" // keeps the index away that would read half the queue, to sort it
		}
		w.add(provider+" = ?", string(f.Provider))
	}
	if f.Country != "" {
		w.add("v.country = ?", f.Country)
	}
	if f.Severity > review.SeverityInfo {
		w.add("v.severity >= ?", int(f.Severity))
	}
	if f.Code != "" {
		w.add("EXISTS (SELECT 1 FROM finding f WHERE f.v = v.seq AND f.code = ?)", f.Code)
	}
	if !f.From.IsZero() {
		w.add("v.created_at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		w.add("v.created_at < ?", micros(f.To))
	}
	if f.Overdue {
		w.add("v.due_at <= ?", micros(now))
	}
	if f.Snoozed {
		w.add("v.snoozed_until > 0 AND v.snoozed_until > +?", micros(now))
	} else if onlyInReview(f.Statuses) {
		w.add("v.snoozed_until <= ?", micros(now))
	}
	if f.Escalated {
		w.add("v.escalated = 1")
	}
	if f.Reopening {
		w.add("v.reopen_by <> ''")
	}
	w.forPerson(f.For, now)
	switch f.Owner {
	case "":
	case review.OwnerNone:
		w.add("(v.owner = '' OR v.owner_until <= ?)", micros(now))
	default:
		w.add("v.owner <> '' AND v.owner = ? AND v.owner_until > ?", f.Owner, micros(now))
	}
	w.search(f.Query)
}
