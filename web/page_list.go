package web

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

const pageSize = 50

// listFields are the names that a list's address may hold beside its place
// (SURFACE.md, GET /queue). Only these are carried from page to page.
var listFields = []string{"provider", "code", "severity", "country", "owner", "status", "due", "work", "q", "sort", "from", "to"}

// listing is what the address of a list asks for.
type listing struct {
	values url.Values // the known fields, as links repeat them
	filter review.Filter
	at     place
	typed  string // the search as it was typed
}

// listing reads a list's address. A search for exactly a failure code is the filter
// by that code, and a short id is sought by the characters it stands for.
func (s *Server) listing(r *http.Request, q url.Values) (listing, error) {
	l := listing{values: url.Values{}, typed: unhidden(q.Get("q"))}
	for _, field := range listFields {
		if text := unhidden(q.Get(field)); text != "" {
			l.values.Set(field, text)
		}
	}
	l.readSearch()
	f, err := parseFilter(l.values, visitOf(r.Context()).actor.ID)
	if err != nil {
		return l, err
	}
	l.filter = f
	l.at, err = parsePlace(q.Get("after"), q.Get("before"))
	return l, err
}

// shortIDs are short ids as far as they are typed: a name can begin like one, so that only
// a whole one may have any two letters in front.
var shortIDs = regexp.MustCompile(`^(?i)(?:[a-z]{2}-([0-9a-f]{4})-([0-9a-f]{4})|i[av]-([0-9a-f]{1,4}|[0-9a-f]{4}-[0-9a-f]{0,3}))$`)

func (l *listing) readSearch() {
	q := strings.TrimSpace(l.values.Get("q"))
	if code, found := catalogueCode(q); found {
		l.values.Del("q")
		l.values.Set("code", code)
	} else if m := shortIDs.FindStringSubmatch(q); m != nil {
		if query, ok := db.InIDs(m[1] + m[2] + m[3]); ok {
			l.values.Set("q", query)
		}
	}
}

// catalogueCode finds a failure code however it is capitalised.
func catalogueCode(text string) (string, bool) {
	if text == "" {
		return "", false
	}
	for _, code := range standardCodes[""] {
		if strings.EqualFold(code, review.StripSpace(text)) {
			return code, true
		}
	}
	return "", false
}

// standardCodes are those of the catalogue, by provider; "" for all.
var standardCodes = func() map[review.Provider][]string {
	out := map[review.Provider][]string{}
	for _, c := range review.Standard.Codes("") {
		out[""], out[c.Provider] = append(out[""], c.Code), append(out[c.Provider], c.Code)
	}
	return out
}()

// place is a place in a list as addresses hold it: the row after (or before) which
// the page lies, and how many rows came before, for "51 to 100".
type place struct {
	db.Cursor
	rows int
}

// String is opaque on purpose: nobody should write one. It is not secret either; a
// made-up one leads to another place of the same list.
func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d.%d", p.At, p.Seq, p.rows))
}

var errPlace = errBadRequest{"The address does not name a place in this list. Open the list again from its beginning."}

func parsePlace(after, before string) (place, error) {
	text := after + before
	if text == "" {
		return place{}, nil
	}
	p := place{Cursor: db.Cursor{Back: before != ""}}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || (after != "" && before != "") {
		return p, errPlace
	}
	if _, err := fmt.Sscanf(string(b), "%d.%d.%d", &p.At, &p.Seq, &p.rows); err != nil {
		return p, errPlace
	}
	if p.Seq < 1 || p.At < 0 || p.rows < 0 || fmt.Sprintf("%d.%d.%d", p.At, p.Seq, p.rows) != string(b) {
		return p, errPlace
	}
	return p, nil
}

// href is the list's address with some fields set otherwise ("" removes one), from
// its beginning.
func (l listing) href(changes ...string) string {
	return changed("/queue", l.values, changes)
}

// changed is an address with pairs of fields and values set anew; "" removes one.
func changed(path string, fields url.Values, pairs []string) string {
	values := maps.Clone(fields)
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			values.Del(pairs[i])
		}
	}
	return address(path, values)
}

func address(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// queue reports whether the list is the queue itself: the cases that wait.
func (l listing) queue() bool {
	return len(l.statuses()) == 1 && l.statuses()[0] == review.StatusInReview
}

// keep are the other fields, for a form that sets one of them.
func (l listing) keep(without ...string) []views.Hidden {
	return hiddenFields(l.values, listFields, without)
}

func hiddenFields(values url.Values, names, without []string) []views.Hidden {
	var out []views.Hidden
	for _, name := range names {
		if text := values.Get(name); text != "" && !slices.Contains(without, name) {
			out = append(out, views.Hidden{Name: name, Value: text})
		}
	}
	return out
}

// statuses are those the list shows; the domain's default is the queue.
func (l listing) statuses() []review.Status {
	if len(l.filter.Statuses) == 0 {
		return []review.Status{review.StatusInReview}
	}
	return l.filter.Statuses
}

func (l listing) all(is func(review.Status) bool) bool {
	for _, s := range l.statuses() {
		if !is(s) {
			return false
		}
	}
	return true
}

func (l listing) open() bool    { return l.all(review.Status.Open) }
func (l listing) decided() bool { return l.all(review.Status.Decided) }

// filters counts what is set beyond the choice of statuses and the order.
func (l listing) filters() int {
	n := 0
	for field := range l.values {
		if field != "status" && field != "sort" {
			n++
		}
	}
	return n
}

// total counts the list where that is cheap: from the kept counters, or within the
// queue. What was ever decided is not counted: the counters hold what the providers
// settled too.
func (s *Server) total(r *http.Request, l listing, counts db.Counts) (n int64, known bool, err error) {
	if l.filters() == 0 && !l.decided() {
		for _, status := range l.statuses() {
			n += counts.ByStatus[status]
		}
		if l.queue() {
			n = counts.Queue
		}
		return n, true, nil
	}
	if _, inIDs := strings.CutPrefix(l.values.Get("q"), db.InID); inIDs || !l.open() {
		return 0, false, nil
	}
	found, err := s.db.Count(r.Context(), l.filter)
	return int64(found), err == nil, err
}

// pager says which rows are shown, and where the neighbours are.
func (l listing) pager(page db.Page, total int64, counted bool) views.Pager {
	first := l.at.rows + 1
	if l.at.Back {
		first = max(1, l.at.rows-len(page.Rows)+1)
	}
	last := first + len(page.Rows) - 1
	if page.Prev == nil && page.Next == nil {
		total, counted = int64(last), true
	}
	p := views.Pager{Range: rangeWords(first, last, total, counted)}
	if page.Prev != nil {
		p.Prev = l.href("before", place{*page.Prev, first - 1}.String())
	}
	if page.Next != nil {
		p.Next = l.href("after", place{*page.Next, last}.String())
	}
	return p
}

func rangeWords(first, last int, total int64, counted bool) string {
	switch {
	case last < first:
		return ""
	case !counted:
		return thousands(first) + " to " + thousands(last)
	case total > db.CountCap && total == db.CountCap+1:
		return thousands(first) + " to " + thousands(last) + " of " + countWords(total)
	}
	return thousands(first) + " to " + thousands(last) + " of " + thousands(max(total, int64(last)))
}

// listAddress makes sure that a list's address from a form or a link is one of our
// lists, with nothing but known fields.
func listAddress(text string) string {
	u, err := url.Parse(localPath(text, "/queue"))
	if err != nil || u.Path != "/queue" {
		return "/queue"
	}
	values := url.Values{}
	for _, field := range append([]string{"after", "before"}, listFields...) {
		if value := u.Query().Get(field); value != "" {
			values.Set(field, value)
		}
	}
	return address("/queue", values)
}

// listQuery are the fields of a list's address.
func listQuery(list string) url.Values {
	u, err := url.Parse(list)
	if err != nil {
		return nil
	}
	return u.Query()
}

// caseHref is a case's address, with the list it is opened from and its number
// there (0: not known).
func caseHref(id, list string, number int) string {
	const path, count, back = "/verifications/", "?n=", "return="
	named := list != "/queue" && list != ""
	switch n := itoa(int64(number)); {
	case number > 0 && named:
		return path + id + count + n + "&" + back + url.QueryEscape(list)
	case number > 0:
		return path + id + count + n
	case named:
		return path + id + "?" + back + url.QueryEscape(list)
	}
	return path + id
}
