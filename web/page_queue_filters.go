package web

import (
	"net/http"
	"slices"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/views"
)

// segments are the list's large choices. Of the queue that is the provider, under
// the provider's own word for a case that waits.
func segments(l listing, counts db.Counts) []views.Link {
	if l.decided() {
		return outcomeSegments(l)
	}
	queue := l.queue()
	count := func(n int64) string {
		if queue {
			return thousands(n)
		}
		return ""
	}
	out := []views.Link{{Label: "All", Href: l.href("provider", ""), Count: count(counts.Queue), Current: l.filter.Provider == ""}}
	for _, vocabulary := range providers.All {
		p := vocabulary.Provider()
		label := lookOf(p).name
		if queue {
			label = vocabulary.ReviewState()
		}
		out = append(out, views.Link{Label: label, Href: l.href("provider", string(p)), Count: count(counts.ByProvider[p]), Current: l.filter.Provider == p})
	}
	return out
}

// outcomeSegments have no counts: those that are kept count what the providers
// settled too, and this list is the desk's own decisions.
func outcomeSegments(l listing) []views.Link {
	one := len(l.statuses()) == 1
	return []views.Link{
		{Label: "Decided", Href: l.href("status", "decided"), Current: !one},
		{Label: "Passed", Href: l.href("status", "passed"), Current: one && l.statuses()[0] == review.StatusPassed},
		{Label: "Failed", Href: l.href("status", "failed"), Current: one && l.statuses()[0] == review.StatusFailed},
	}
}

// sortLinks are the orders. A list of what is done has no urgency: its natural
// order is the latest decision first.
func sortLinks(l listing) []views.Link {
	natural := "Most urgent"
	switch {
	case l.decided():
		natural = "Latest decision"
	case !l.open():
		natural = "Latest"
	}
	current := l.filter.Sort
	out := []views.Link{{Label: natural, Href: l.href("sort", ""), Current: current == "" || current == review.SortUrgency}}
	for _, o := range []struct {
		sort  review.Sort
		label string
	}{{review.SortOldest, "Oldest first"}, {review.SortNewest, "Newest first"}} {
		out = append(out, views.Link{Label: o.label, Href: l.href("sort", string(o.sort)), Current: current == o.sort})
	}
	return out
}

func hasOpen(l listing) bool {
	return !l.all(func(s review.Status) bool { return !s.Open() })
}

// sortDirection is that of the column that shows the order: the longest waiting
// first, or the latest decision first.
func sortDirection(l listing) string {
	natural := l.filter.Sort == "" || l.filter.Sort == review.SortUrgency
	switch {
	case natural, !l.decided() && l.filter.Sort == review.SortOldest:
		return "descending"
	case !l.decided():
		return "ascending"
	}
	return "" // a decided list by the age of its cases: no column shows that
}

// pills are the filters, each a form of its own that keeps the others.
func (s *Server) pills(r *http.Request, l listing) ([]views.FilterPill, error) {
	countries, err := s.countryOptions(r, l)
	if err != nil {
		return nil, err
	}
	owners, err := s.ownerOptions(r, l)
	if err != nil {
		return nil, err
	}
	out := []views.FilterPill{
		l.choice("severity", "Severity", severityOptions(l)),
		l.choice("code", "Failure code", codeOptions(l)),
		l.choice("country", "Country", countries),
		l.choice("owner", "Owner", owners),
	}
	if hasOpen(l) {
		out = append(out, l.choice("due", "Due", []views.Option{{Label: "Any time"}, {Value: dueOver, Label: "Over target", Chosen: l.filter.Overdue}}))
	}
	if l.values.Get("work") != "" { // saved views lead there
		out = append(out, l.choice("work", "Work", workOptions(l)))
	}
	if !l.queue() { // the queue's own segments choose the provider
		out = append(out, l.choice("provider", "Source", providerOptions(l)))
	}
	out = append(out, l.choice("status", "Status", statusOptions(l)))
	if q := l.values.Get("q"); q != "" {
		out = append(out, views.FilterPill{Name: "q", Label: "Search", Value: visible(firstRunes(l.typed, longestQuery)), Clear: l.href("q", ""),
			Kind: "text", Text: l.typed, Keep: l.keep("q")})
	}
	return out, nil
}

// choice is a pill with a list to choose from.
func (l listing) choice(name, label string, options []views.Option) views.FilterPill {
	p := views.FilterPill{Name: name, Label: label, Kind: "select", Options: options, Keep: l.keep(name)}
	if l.values.Get(name) == "" {
		return p
	}
	p.Clear = l.href(name, "")
	for _, o := range options {
		if o.Chosen {
			p.Value = o.Label
		}
	}
	return p
}

func severityOptions(l listing) []views.Option {
	out := []views.Option{{Label: "Any"}}
	for severity := review.SeverityLow; severity <= review.SeverityCritical; severity++ {
		label := upperFirst(severity.String()) + " and up"
		if severity == review.SeverityCritical {
			label = "Critical"
		}
		out = append(out, views.Option{Value: severity.String(), Label: label, Chosen: l.filter.Severity == severity})
	}
	return out
}

// codeOptions lists the catalogue, and a code beyond it that is being looked for.
func codeOptions(l listing) []views.Option {
	if l.filter.Code == "" {
		return standardOptions[l.filter.Provider]
	}
	out := slices.Clone(standardOptions[l.filter.Provider])
	if i := slices.IndexFunc(out, func(o views.Option) bool { return o.Value == l.filter.Code }); i >= 0 {
		out[i].Chosen = true
		return out
	}
	return append(out, views.Option{Value: l.filter.Code, Label: visible(l.filter.Code), Chosen: true})
}

// standardOptions are the catalogue's codes by provider, none of them chosen; "" for all.
var standardOptions = func() map[review.Provider][]views.Option {
	out := map[review.Provider][]views.Option{}
	for p, codes := range standardCodes {
		out[p] = []views.Option{{Label: "Any"}}
		for _, code := range codes {
			out[p] = append(out[p], views.Option{Value: code, Label: code})
		}
	}
	return out
}()

func (s *Server) countryOptions(r *http.Request, l listing) ([]views.Option, error) {
	countries, err := s.db.Countries(r.Context())
	if err != nil {
		return nil, err
	}
	out := append(make([]views.Option, 0, len(countries)+2), views.Option{Label: "Any"})
	found := false
	for _, c := range countries {
		chosen := c == l.filter.Country
		found = found || chosen
		out = append(out, views.Option{Value: c, Label: countryName(c), Chosen: chosen})
	}
	if l.filter.Country != "" && !found {
		out = append(out, views.Option{Value: l.filter.Country, Label: countryName(l.filter.Country), Chosen: true})
	}
	return out, nil
}

// ownerOptions names those who work on cases.
func (s *Server) ownerOptions(r *http.Request, l listing) ([]views.Option, error) {
	people, err := s.db.People(r.Context())
	if err != nil {
		return nil, err
	}
	v := visitOf(r.Context())
	out := append(make([]views.Option, 0, len(people)+4), views.Option{Label: "Anyone"})
	if v.may(review.RightDecide) {
		out = append(out, views.Option{Value: "me", Label: "Me", Chosen: l.filter.Owner == v.actor.ID})
	}
	out = append(out, views.Option{Value: review.OwnerNone, Label: "Nobody", Chosen: l.filter.Owner == review.OwnerNone})
	found := l.filter.Owner == "" || l.filter.Owner == v.actor.ID || l.filter.Owner == review.OwnerNone
	for _, p := range people {
		if !p.Role.May(review.RightDecide) || p.ID == v.actor.ID {
			continue
		}
		found = found || p.ID == l.filter.Owner
		out = append(out, views.Option{Value: p.ID, Label: visible(p.Name), Chosen: p.ID == l.filter.Owner})
	}
	if !found {
		out = append(out, views.Option{Value: l.filter.Owner, Label: "Somebody unknown", Chosen: true})
	}
	return out, nil
}

// workOptions are what waits beside the queue itself.
func workOptions(l listing) []views.Option {
	return []views.Option{{Label: "Any"}, {Value: workSeniors, Label: "For seniors", Chosen: l.filter.Escalated},
		{Value: workAside, Label: "Set aside", Chosen: l.filter.Snoozed}, {Value: workReopen, Label: "Asked to reopen", Chosen: l.filter.Reopening}}
}

func providerOptions(l listing) []views.Option {
	out := []views.Option{{Label: "All sources"}}
	for _, vocabulary := range providers.All {
		p := vocabulary.Provider()
		out = append(out, views.Option{Value: string(p), Label: lookOf(p).name, Chosen: l.filter.Provider == p})
	}
	return out
}

func statusOptions(l listing) []views.Option {
	chosen := l.values.Get("status")
	out := []views.Option{{Label: "In review", Chosen: chosen == ""}}
	for _, o := range [][2]string{{"second_review", "Second review"}, {"decided", "Decided"}, {"passed", "Passed"}, {"failed", "Failed"},
		{"arriving", "Arriving"}, {"lapsed", "Lapsed"}, {"all", "All"}} {
		out = append(out, views.Option{Value: o[0], Label: o[1], Chosen: chosen == o[0]})
	}
	return out
}

const pulseDays = 12

// kpis are the numbers above the queue; lists of other statuses have none.
func (s *Server) kpis(r *http.Request, l listing, counts db.Counts, zone *time.Location) ([]views.KPI, error) {
	if !l.queue() {
		return nil, nil
	}
	now := s.db.Now()
	local := now.In(zone)
	p, err := s.db.Pulse(r.Context(), time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone), pulseDays)
	if err != nil {
		return nil, err
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return nil, err
	}
	over := views.KPI{Label: "Over the " + thousands(policy.TargetHours) + " h target", Value: cappedWords(p.Overdue), Alert: p.Overdue > 0, Note: "all within it"}
	if p.Overdue > 0 {
		over.Href = "/queue?due=" + dueOver
	}
	if p.Overdue > 0 && !p.Oldest.IsZero() {
		over.Note = "oldest " + waited(now.Sub(p.Oldest))
	}
	median := views.KPI{Label: "Median time to decide", Value: "–", Note: "none yet today"}
	if p.Decided > 0 {
		median.Value, median.Note = took(p.Median), "today"
		median.Hint = "Half of today's decisions took longer, counted from arrival in the queue"
	}
	return []views.KPI{
		{Label: "Waiting for review", Value: thousands(counts.Queue), Note: thousands(p.Claimed) + " claimed", Points: heights(p.ArrivedDay)},
		over,
		{Label: "Decided today", Value: cappedWords(p.Decided), Note: thousands(p.Approved) + " approved", Points: heights(p.PerDay), Bars: true},
		median,
	}, nil
}

func cappedWords(n int) string {
	if n > db.CountCap {
		return thousands(db.CountCap) + "+"
	}
	return thousands(n)
}

// heights scales counts to 0 to 100, the highest being 100.
func heights(counts []int) []int {
	most := 1
	for _, n := range counts {
		most = max(most, n)
	}
	out := make([]int, len(counts))
	for i, n := range counts {
		out[i] = n * 100 / most
	}
	return out
}
