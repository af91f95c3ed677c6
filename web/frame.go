package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// page fills the frame around a page, with the messages that wait to be shown.
func (s *Server) page(w http.ResponseWriter, r *http.Request, title string) views.Page {
	p := s.frame(r, title)
	p.Flash = s.flashes(w, r)
	p.Undo = s.undoOffered(r, p.Prefs)
	return p
}

// frame never fails: around an error page too it shows what it can.
func (s *Server) frame(r *http.Request, title string) views.Page {
	v := visitOf(r.Context())
	workspace, _ := s.db.Workspace()
	p := views.Page{
		Title: title, Workspace: workspace, Assets: s.assets.addresses, Prefs: s.prefs(r),
		Sealed: s.db.Sealed(), Return: s.wanted(r), Request: v.id, Now: s.db.Now().UTC().Format(isoMillis),
	}
	if v.account == nil {
		return p
	}
	p.Me = &views.Me{
		Name: visible(v.account.Name), Initials: initials(v.account.Name), RoleWords: roleWords(v.account.Role),
		SeesCases: v.may(review.RightSeeCases), Decides: v.may(review.RightDecide), Administers: v.may(review.RightAdminister),
	}
	if r.URL.Path == "/queue" {
		p.Search = unhidden(firstRunes(r.URL.Query().Get("q"), longestQuery))
	}
	p.Nav = s.navigation(r.Context(), v)
	if p.Me.SeesCases {
		p.Saved = s.listsBeside(r)
	}
	p.Commands = commands(p.Me)
	markCurrent(p.Nav, r.URL)
	markCurrent(p.Saved, r.URL)
	if current := func(n views.NavItem) bool { return n.Current }; !slices.ContainsFunc(p.Nav, current) && !slices.ContainsFunc(p.Saved, current) && r.URL.Path == "/queue" {
		markSection(p.Nav, r.URL.RequestURI())
	}
	return p
}

// commands are the pages that the navigation does not list: the palette leads to them.
func commands(me *views.Me) []views.NavItem {
	var out []views.NavItem
	if me.Decides {
		out = append(out, views.NavItem{Label: "Conflicts of interest", Href: "/interests", Icon: "ban"})
	}
	return out
}

// listsBeside are the lists that the navigation offers beside its own, counted.
func (s *Server) listsBeside(r *http.Request) []views.NavItem {
	return append(s.savedViews(r), s.ownViews(r)...)
}

// savedViews are the views that everybody has.
func (s *Server) savedViews(r *http.Request) []views.NavItem {
	ctx := r.Context()
	over := views.NavItem{Label: "Over target", Href: "/queue?due=over", Icon: "bad"}
	if n, err := s.db.Overdue(ctx); err == nil && n > 0 {
		over.Count, over.Hot = cappedWords(n), true
	}
	work, err := s.db.Work(ctx)
	if err != nil {
		work = db.Work{} // the page itself will say if the database does not answer
	}
	senior := visitOf(ctx).may(review.RightConfirm)
	waits := func(label, word, icon string, n int, calls bool) views.NavItem {
		return views.NavItem{Label: label, Href: "/queue?work=" + word, Icon: icon, Count: countWords(int64(n)), Hot: calls && n > 0}
	}
	narrowed := func(label, field, value, icon string) views.NavItem {
		query := url.Values{field: {value}}
		return views.NavItem{Label: label, Href: address("/queue", query), Icon: icon, Count: strings.TrimPrefix(s.countView(r, query), "0")}
	}
	return []views.NavItem{
		over,
		waits("Asked to reopen", workReopen, "warn", work.Reopening, senior),
		waits("For seniors", workSeniors, "crit", work.Escalated, senior),
		waits("Set aside", workAside, "acc", work.SetAside, false),
		narrowed("Critical findings", "severity", "critical", "crit"),
		narrowed("High and critical", "severity", "high", "warn"),
		narrowed("Nobody has it yet", "owner", review.OwnerNone, "acc"),
	}
}

// ownViews are those that somebody keeps, or that others share.
func (s *Server) ownViews(r *http.Request) []views.NavItem {
	kept, err := s.keptViews(r)
	if err != nil || len(kept) == 0 {
		return nil // the page itself will say if the database does not answer
	}
	var out []views.NavItem
	for _, v := range kept[:min(len(kept), countedViews)] {
		out = append(out, views.NavItem{Label: v.Name, Href: v.Href, Icon: "ok", Count: v.Count})
	}
	return append(out, views.NavItem{Label: "All saved views", Href: "/views", Icon: "dim"})
}

// navigation lists what this person's rights open, with the counts that are kept.
func (s *Server) navigation(ctx context.Context, v *visit) []views.NavItem {
	var nav []views.NavItem
	if v.may(review.RightSeeCases) {
		waiting, second, mine := s.navCounts(ctx, v)
		nav = append(nav, views.NavItem{Label: "Queue", Href: "/queue", Icon: "inbox", Key: "g q", Count: waiting})
		if v.may(review.RightDecide) {
			nav = append(nav, views.NavItem{Label: "My cases", Href: "/queue?owner=me", Icon: "user", Key: "g m", Count: mine, Calls: mine != ""})
		}
		nav = append(nav,
			views.NavItem{Label: "Second review", Href: "/queue?status=second_review", Icon: "shield", Key: "g s", Count: second, Hot: second != "" && v.may(review.RightConfirm), Calls: second != "" && v.may(review.RightConfirm)},
			views.NavItem{Label: "Decided", Href: "/queue?status=decided", Icon: "done", Key: "g d"},
			s.navMentions(ctx, v))
	}
	if v.may(review.RightSeeOwnLog) || v.may(review.RightSeeLog) {
		nav = append(nav, views.NavItem{Label: "Audit log", Href: "/audit", Icon: "log", Key: "g a"})
	}
	if v.may(review.RightAdminister) {
		nav = append(nav, views.NavItem{Label: "Administration", Href: "/admin", Icon: "gear", Key: "g i"},
			views.NavItem{Label: "People", Href: "/admin/people", Icon: "users", Key: "g p"},
			views.NavItem{Label: "Policy", Href: "/admin/policy", Icon: "policy", Key: "g o"},
			views.NavItem{Label: "Retention", Href: "/admin/retention", Icon: "trash", Key: "g r"},
			views.NavItem{Label: "API clients", Href: "/admin/clients", Icon: "key", Key: "g c"},
			views.NavItem{Label: "Webhooks", Href: "/admin/webhooks", Icon: "hook", Key: "g w"})
	}
	return nav
}

// navMentions leads to the notes that name this person.
func (s *Server) navMentions(ctx context.Context, v *visit) views.NavItem {
	item := views.NavItem{Label: "Mentions", Href: "/mentions", Icon: "note", Key: "g n"}
	if n, err := s.db.CountMentions(ctx, v.account.ID); err == nil && n > 0 {
		item.Count, item.Hot, item.Calls = countWords(int64(n)), true, true
	}
	return item
}

// navCounts reads kept counters and one short index. A failure leaves the numbers
// out: the page itself will say if the database does not answer.
func (s *Server) navCounts(ctx context.Context, v *visit) (waiting, second, mine string) {
	counts, err := s.db.Counts(ctx)
	if err != nil {
		return "", "", ""
	}
	waiting = countWords(counts.Queue)
	second = countWords(counts.ByStatus[review.StatusSecondReview])
	if v.may(review.RightDecide) {
		if n, err := s.db.Held(ctx, v.account.ID); err == nil && n > 0 {
			mine = cappedWords(n)
		}
	}
	return waiting, second, mine
}

// countWords leaves zero out.
func countWords(n int64) string {
	if n <= 0 {
		return ""
	}
	return thousands(n)
}

// markCurrent marks the link that is the page itself: the same path, and the same
// filters but for paging, order and search.
func markCurrent(items []views.NavItem, at *url.URL) {
	here := viewOf(at.RawQuery)
	for i := range items {
		path, query, _ := strings.Cut(items[i].Href, "?")
		if path == at.Path {
			items[i].Current = viewOf(query) == here
		} else if strings.HasPrefix(at.Path, path+"/") && path != "/admin" {
			items[i].Current = true
		}
	}
}

// markSection marks the link whose page the list is, for the pages below it.
func markSection(items []views.NavItem, list string) {
	at, err := url.Parse(list)
	if err != nil {
		return
	}
	section := slices.Clone(items)
	markCurrent(section, at)
	if !slices.ContainsFunc(section, func(n views.NavItem) bool { return n.Current }) { // a filtered list: by its status alone
		markCurrent(section, &url.URL{Path: at.Path, RawQuery: url.Values{"status": at.Query()["status"]}.Encode()})
	}
	for i := range items {
		items[i].Within = section[i].Current
	}
}

// viewOf is what an address's query asks to see, in one spelling.
func viewOf(query string) string {
	if query == "" {
		return ""
	}
	q, _ := url.ParseQuery(query) // what cannot be read asks for nothing
	for _, field := range []string{"after", "before", "sort", "q"} {
		q.Del(field)
	}
	for field, values := range q {
		if strings.Join(values, "") == "" {
			q.Del(field)
		}
	}
	return q.Encode()
}

// firstRunes cuts a text by characters.
func firstRunes(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
