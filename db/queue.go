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
	SnoozedAt      time.Time
	SnoozedUntil   time.Time
	Escalated      bool
	ReopenAt       time.Time // when somebody asked to reopen it
	DecisionEntry  int64
	ConfirmedEntry int64
	Erased         bool // the person's data are gone: Name and what else is personal are empty
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
	Stopped    int64   // a search for a fragment went no further than this case; 0: to the end
	ByArrival  bool    // a search found too many to put them in order, see found.go
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
	return listQueryOver(openJoins, f, at, limit, now, false)
}

// listQueryOver joins what the columns need; the filters need the subject. Where few
// cases pass the filters they are read by the narrowest one and sorted; otherwise the
// list is walked in its order until the page is full.
func listQueryOver(joins string, f review.Filter, at Cursor, limit int, now time.Time, few bool) (string, []any) {
	return listWhere(f, now, few).inOrder(joins, f, at, limit, few)
}

// inOrder reads what meets the conditions in the filter's order, from a place on.
func (w where) inOrder(joins string, f review.Filter, at Cursor, limit int, few bool) (string, []any) {
	o := orderOf(f)
	down := o.down != at.Back
	direction, compare := "", ">"
	if down {
		direction, compare = " DESC", "<"
	}
	column, seq := o.column, "v.seq"
	switch {
	case w.sorted:
		column = "+" + column
	case w.byCode && !few:
		column, seq = "q.due_at", "q.v"
	}
	if at.Seq != 0 {
		w.add("("+column+", "+seq+") "+compare+" (?, ?)", at.At, at.Seq)
	}
	if o.column == "v.decided_at" {
		w.add("v.decided_at > 0")
	}
	order := ` ORDER BY ` + column + direction + `, ` + seq + direction
	query := w.from() + joins + w.String() + order + ` LIMIT +?`
	if few { // with a plus before the column, or its index would be walked
		order = ` ORDER BY +` + column + direction + `, ` + seq + direction
		query = ` FROM verification v` + joins + ` WHERE v.seq IN (SELECT v.seq` + w.from() + w.String() + order + ` LIMIT +?)` + order
	}
	return query, append(w.args, limit)
}

func listWhere(f review.Filter, now time.Time, few bool) where {
	inQueue := onlyInReview(f.Statuses) && !f.Reopening
	w := where{byCode: inQueue && f.Code != "" && (few || orderOf(f).column == "v.due_at")}
	w.leads(f, few)
	w.statuses(f.Statuses)
	w.filter(f, now)
	return w
}

// leads chooses the filter whose index is read. Any other has a plus before its column,
// which keeps its index away: that of a country or of the gravest findings is in the
// queue's order and narrower than a provider's, and an order by age has one of its own.
func (w *where) leads(f review.Filter, few bool) {
	byDue := orderOf(f).column == "v.due_at"
	switch {
	case f.Owner == ownerAny: // has an index of its own
	case w.byCode && !few:
		w.lead = "code"
	case f.Country != "" && (byDue || few):
		w.lead = "country"
	case f.Severity == review.SeverityCritical && byDue, f.Severity > review.SeverityInfo && few:
		w.lead = "severity"
	case f.Provider != "" && byDue:
		w.lead = "provider"
	}
}

// ownerAny asks for the cases that somebody holds, whoever it is.
const ownerAny = "any"

// column is a filter's, with a plus unless it leads.
func (w *where) column(name string) string {
	if w.lead == name {
		return "v." + name
	}
	return "+v." + name
}

// where collects conditions. A partial index is used only where its own condition
// stands in the statement word for word, even if an argument implies it.
type where struct {
	parts  []string
	args   []any
	byCode bool   // the queue's table of failure codes is read first
	lead   string // the filter whose index is to be read; "" for that of the order
	sorted bool   // what meets the conditions is sorted, and no index read in order
}

// from is what is read first.
func (w *where) from() string {
	if w.byCode {
		return ` FROM queue_code q CROSS JOIN verification v ON v.seq = q.v`
	}
	return ` FROM verification v`
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

// queued is a column that the queue's table of failure codes has, too.
func (w *where) queued(column string) string {
	if w.byCode {
		return "q." + column
	}
	return "v." + column
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
		w.add(w.column("provider")+" = ?", string(f.Provider))
	}
	if f.Country != "" {
		w.add(w.column("country")+" = ?", f.Country)
	}
	if f.Severity > review.SeverityInfo {
		compare := " >= ?"
		if f.Severity == review.SeverityCritical {
			compare = " = ?" // there is nothing above it
		}
		w.add(w.column("severity")+compare, int(f.Severity))
	}
	switch {
	case f.Code == "":
	case w.byCode:
		w.add("q.code = ?", f.Code)
	case onlyInReview(f.Statuses):
		w.add("EXISTS (SELECT 1 FROM queue_code q WHERE q.code = ? AND q.due_at = v.due_at AND q.v = v.seq)", f.Code)
	default:
		w.add("EXISTS (SELECT 1 FROM finding f WHERE f.v = v.seq AND f.code = ?)", f.Code)
	}
	if !f.From.IsZero() {
		w.add("v.created_at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		w.add("v.created_at < ?", micros(f.To))
	}
	if f.Overdue {
		w.add(w.queued("due_at")+" <= ?", micros(now))
	}
	if f.Snoozed {
		w.add("v.snoozed_until > +? AND v.snoozed_until > 0", micros(now))
	} else if onlyInReview(f.Statuses) {
		w.add(w.queued("snoozed_until")+" <= ?", micros(now))
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
	case ownerAny:
		w.add("v.owner <> '' AND v.owner > '' AND v.owner_until > ?", micros(now))
	case review.OwnerNone:
		w.add("(v.owner = '' OR v.owner_until <= ?)", micros(now))
	default:
		w.add("v.owner <> '' AND v.owner = ? AND v.owner_until > ?", f.Owner, micros(now))
	}
	w.search(f.Query)
}
