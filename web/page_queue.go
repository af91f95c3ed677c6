package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// queue is the list of cases that wait; other statuses are the same list.
func (s *Server) queue(w http.ResponseWriter, r *http.Request) error {
	if id, found := s.soughtCase(r); found {
		return seeOther(w, r, "/verifications/"+id)
	}
	l, err := s.listing(r, r.URL.Query())
	if err != nil {
		return err
	}
	rows, err := s.db.List(r.Context(), l.filter, l.at.Cursor, pageSize)
	if err != nil {
		return err
	}
	if len(rows.Rows) == 0 {
		if inIDs, found := s.foundInIDs(r.Context(), l); found {
			return seeOther(w, r, inIDs)
		}
	}
	p, err := s.queuePage(w, r, l, rows)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Queue(p))
}

const longestID = 100

// soughtCase finds the case whose id was typed into the search, in any spelling.
func (s *Server) soughtCase(r *http.Request) (id string, found bool) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if q == "" || len(q) > longestID || strings.ContainsAny(q, " \t\n") {
		return "", false
	}
	id, err := s.db.FindID(r.Context(), q)
	return id, err == nil
}

// foundInIDs is the list of the cases that have inside an id what no name has.
func (s *Server) foundInIDs(ctx context.Context, l listing) (href string, found bool) {
	query, ok := db.InIDs(l.values.Get("q"))
	if !ok {
		return "", false
	}
	f := l.filter
	f.Query = query
	rows, err := s.db.List(ctx, f, db.Cursor{}, 1)
	return l.href("q", query), err == nil && (len(rows.Rows) > 0 || rows.Stopped > 0)
}

// searched says what the search looked through, where it may look elsewhere as well.
func searched(p *views.QueuePage, l listing, rows db.Page) {
	q := l.values.Get("q")
	if rows.Stopped > 0 {
		p.GoOn = p.Pager.Next
		if l.at.Back {
			p.GoOn = p.Pager.Prev
		}
	}
	if fragment, inIDs := strings.CutPrefix(q, db.InID); inIDs {
		p.InIDs, p.Elsewhere = visible(firstRunes(fragment, longestQuery)), l.href("q", fragment)
	} else if query, ok := db.InIDs(q); ok && len(p.Rows) > 0 && strings.ContainsAny(q, "0123456789") {
		p.Elsewhere = l.href("q", query)
	}
}

func (s *Server) queuePage(w http.ResponseWriter, r *http.Request, l listing, rows db.Page) (views.QueuePage, error) {
	v := visitOf(r.Context())
	counts, err := s.db.Counts(r.Context())
	if err != nil {
		return views.QueuePage{}, err
	}
	total, counted, err := s.total(r, l, counts)
	if err != nil {
		return views.QueuePage{}, err
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return views.QueuePage{}, err
	}
	p := views.QueuePage{
		Page: s.page(w, r, listTitle(l, v, total, counted)), Heading: listHeading(l, v), Decided: l.decided(),
		Segments: segments(l, counts), Sort: sortLinks(l), SortDir: sortDirection(l),
		Pager: l.pager(rows, total, counted), Filters: l.filters(), ClearHref: l.cleared(),
		Unfiltered: unfiltered(l, counts),
	}
	p.Search = firstRunes(l.typed, longestQuery)
	p.Nothing, p.NothingYet = nothingIn(l, v)
	if p.Pills, err = s.pills(r, l); err != nil {
		return p, err
	}
	if p.KPIs, err = s.kpis(r, l, counts, s.zone(p.Prefs)); err != nil {
		return p, err
	}
	if rows.ByArrival {
		p.SortDir, p.ByArrival = "", "the newest"
		if l.filter.Sort == review.SortOldest {
			p.ByArrival = "the oldest"
		}
	}
	s.queueActions(&p, l, v)
	s.queueRows(r.Context(), &p, l, rows, v, policy)
	searched(&p, l, rows)
	if l.filters() > 0 {
		p.Save.Query = l.values.Encode()
	}
	return p, nil
}

// exportHref exports what the list shows. The queue's own status goes without
// saying on its page, and has to be said to the export.
func exportHref(l listing) string {
	of := l.href("sort", "", "after", "", "before", "")
	if l.values.Get("status") == "" && !l.filter.Reopening {
		of = l.href("sort", "", "after", "", "before", "", "status", string(review.StatusInReview))
	}
	return strings.Replace(of, "/queue", "/export/verifications.csv", 1)
}

// queueActions are offered to those who may use them.
func (s *Server) queueActions(p *views.QueuePage, l listing, v *visit) {
	if v.may(review.RightExport) {
		p.ExportHref = exportHref(l)
	}
	if v.may(review.RightDecide) && slices.Contains(l.statuses(), review.StatusInReview) && !l.filter.Snoozed {
		p.NextAction = "/queue/next"
		p.NextKeep = []views.Hidden{{Name: "return", Value: l.href()}}
		p.BulkReturn = l.href()
	}
}

func (l listing) cleared() string {
	if status := l.values.Get("status"); status != "" {
		return "/queue?status=" + status
	}
	return "/queue"
}

// listTitle is the heading with the number of cases, where that is counted.
func listTitle(l listing, v *visit, total int64, counted bool) string {
	title := listHeading(l, v)
	switch {
	case counted && total > db.CountCap && l.filters() > 0:
		title += " (" + thousands(db.CountCap) + "+)"
	case counted:
		title += " (" + thousands(total) + ")"
	}
	return title
}

func listHeading(l listing, v *visit) string {
	switch {
	case l.filter.Reopening:
		return "Asked to reopen"
	case l.filter.Snoozed:
		return "Set aside"
	case l.filter.Escalated:
		return "For seniors"
	case l.decided() && len(l.statuses()) > 1:
		return "Decided"
	case len(l.statuses()) > 1:
		return "All verifications"
	case l.statuses()[0] != review.StatusInReview:
		return statusWords(l.statuses()[0])
	case l.filter.Owner != "" && l.filter.Owner == v.actor.ID:
		return "My cases"
	}
	return "Queue"
}

// nothingIn says what an empty list means that goes by a name of its own, as long as
// nothing narrows it further.
func nothingIn(l listing, v *visit) (heading, text string) {
	f := l.filter
	switch alone := l.filters() == 1; {
	case alone && f.Reopening:
		return "Nobody asks to reopen a case", "A wish to reopen waits here for a senior who is not the one that asks."
	case alone && f.Snoozed:
		return "No case is set aside", "Cases wait here whose clock stands: until a time, or for the applicant."
	case alone && f.Escalated:
		return "No case waits for the seniors", "Cases come here that an officer hands over."
	case alone && l.values.Get("due") != "":
		return "No case is over its target", "Every case that waits still has time."
	case alone && f.Owner != "" && f.Owner == v.actor.ID:
		return "You hold no case", "Review next takes the most urgent one that is free."
	case l.filters() == 0 && l.typed == "" && l.values.Get("status") == string(review.StatusSecondReview):
		return "Nothing waits for a second person", "Decisions come here that count only once a senior has confirmed them."
	}
	return "", ""
}

// unfiltered tells what the filters hide.
func unfiltered(l listing, counts db.Counts) string {
	if l.decided() {
		return "" // not counted
	}
	var n int64
	for _, status := range l.statuses() {
		n += counts.ByStatus[status]
	}
	if l.queue() {
		n = counts.Queue
	}
	if l.open() {
		return counted(n, "case waits", "cases wait")
	}
	return counted(n, "case is there", "cases are there")
}

func (s *Server) queueRows(ctx context.Context, p *views.QueuePage, l listing, rows db.Page, v *visit, policy review.Policy) {
	now, zone, catalogue := s.db.Now(), s.zone(p.Prefs), policy.Catalogue()
	first := l.at.rows
	if l.at.Back {
		first = max(0, l.at.rows-len(rows.Rows))
	}
	list := l.href()
	p.Rows = make([]views.QueueRow, len(rows.Rows))
	for i := range rows.Rows {
		codes := catalogue
		if r := &rows.Rows[i]; r.Status.Decided() && r.Action != "" && r.Policy != policy.Version {
			if then, err := s.db.CatalogueOf(ctx, r.Policy); err == nil { // or else as it is seen now
				codes = then
			}
		}
		row := &p.Rows[i]
		fillRow(row, &rows.Rows[i], codes, policy.Overdue(), now, zone)
		row.Href = caseHref(row.ID, list, first+i+1)
		row.Version = itoa(rows.Rows[i].Version)
		row.You = rows.Rows[i].Owner.ID == v.actor.ID
	}
}

// fillRow says what a list shows of a case.
func fillRow(out *views.QueueRow, r *db.Row, catalogue *review.Catalogue, overdue time.Duration, now time.Time, zone *time.Location) {
	action := r.Action
	if !r.Status.Decided() {
		action = ""
	}
	badge := badgeOf(r.Provider, r.Status, wireOf(r.Provider, r.Status, r.Arrived, action, r.RejectReason))
	out.ID, out.Erased, out.Name, out.NameWarning, out.ShortID = r.ID, r.Erased, visible(r.Name), nameWarning(r.Name), shortID(r.Provider, r.ID)
	out.Badge, out.Outcome, out.Document, out.When = badge, badge, documentWhere(r), moment(r.DecidedAt, now, zone)
	out.Chips = make([]views.Chip, len(r.Codes))
	for i, code := range r.Codes {
		out.Chips[i] = chipIn(catalogue, r.Provider, code)
	}
	out.Shown = chipsShown(out.Chips)
	if r.Status.Open() {
		out.Waiting, out.WaitLevel, out.WaitWord, out.WaitStep = waiting(r.ReviewSince, r.DueAt, now, overdue)
	}
	if words, why := paused(r.ReviewSince, r.SnoozedAt, r.SnoozedUntil, now, zone); why != "" && r.Status.Open() {
		out.Waiting, out.Paused = words, why
	}
	out.Settled, out.Seniors = !r.Status.Open(), r.Escalated
	if left := r.OwnerUntil.Sub(now); left > 0 {
		out.Owner = ownerOf(r.Owner)
		if left <= review.ClaimFor {
			out.Left = clock(r.OwnerUntil, zone)
			out.Left.Text = leftWords(left)
		}
	}
	if action != "" {
		out.DecidedBy, out.ConfirmedBy = ownerOf(r.DecidedBy), visible(r.ConfirmedBy.Name)
	}
}

// documentWhere is "ES · Identity card", as far as it is known.
func documentWhere(r *db.Row) string {
	country := r.DocumentFrom
	if country == "" {
		country = r.Country
	}
	switch {
	case r.DocumentKind == "":
		return visible(country)
	case country == "":
		return documentKind(r.DocumentKind)
	}
	return visible(country) + " · " + documentKind(r.DocumentKind)
}

const waitSteps = 20

// waiting says how long a case has been waiting, measured against its target, and against
// the limit that lies overdue after it.
func waiting(since, due, now time.Time, overdue time.Duration) (words, level, word string, step int) {
	if since.IsZero() {
		return "", "", "", 0
	}
	gone, target := now.Sub(since), due.Sub(since)
	if target <= 0 {
		return waited(gone), "", "", 0
	}
	share := float64(gone) / float64(target)
	step = min(max(int(share*waitSteps), 0), waitSteps)
	switch {
	case share >= 1 && !now.Before(due.Add(overdue)):
		return waited(gone), "red", "over the limit", step
	case share >= 1:
		return waited(gone), "red", "over target", step
	case share >= review.AmberShare:
		return waited(gone), "amber", "close to target", step
	}
	return waited(gone), "", "", step
}

// queueNext claims the most urgent case of the view. The view comes as the list's
// address, or as the list's own fields.
func (s *Server) queueNext(w http.ResponseWriter, r *http.Request) error {
	list := listAddress(address("/queue", r.PostForm))
	if text := r.PostForm.Get("return"); text != "" {
		list = listAddress(text)
	}
	l, err := s.listing(r, listQuery(list))
	if err != nil {
		return err
	}
	id, err := s.db.ClaimNext(r.Context(), visitOf(r.Context()).actor, l.filter)
	if errors.Is(err, db.ErrNotFound) {
		s.flash(w, r, "info", "Nobody is waiting in this view: every case is decided or claimed.")
		return seeOther(w, r, l.href())
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, caseHref(id, l.href(), 0))
}
