package web

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reviewdesk/review"
)

// What the filters of the pages say beside the desk's own words.
const (
	ownerMe       = "me"
	statusAll     = "all"       // every state there is
	statusDecided = "decided"   // passed or failed
	statusOpen    = "open"      // in review or second review
	dueOver       = "over"      // past the target
	workSeniors   = "escalated" // handed to the seniors
	workAside     = "aside"     // set aside: their clock stands
	workReopen    = "reopen"    // decided, and somebody asks to reopen them
	longestQuery  = 200         // characters
	longestCode   = 100
)

// ParseFilter reads the filters of a list of verifications from an address or from
// the command line: provider, code, severity, country, owner, status, due, work, q, sort,
// and the days from and to (UTC, both included). Other names are left alone. Every
// mistake is told by its field ([review.Invalid]).
func ParseFilter(q url.Values) (review.Filter, error) { return parseFilter(q, "") }

// parseFilter takes the account that "owner=me" means; "" for nobody.
func parseFilter(q url.Values, me string) (review.Filter, error) {
	bad := review.Invalid{}
	f := review.Filter{
		Provider: parseProvider(single(q, "provider", bad), bad),
		Code:     parseCode(single(q, "code", bad), bad),
		Severity: parseSeverity(single(q, "severity", bad), bad),
		Country:  parseCountry(single(q, "country", bad), bad),
		Owner:    parseOwner(single(q, "owner", bad), me, bad),
		Statuses: parseStatus(single(q, "status", bad), bad),
		Query:    single(q, "q", bad),
		Sort:     parseSort(single(q, "sort", bad), bad),
		Overdue:  parseDue(single(q, "due", bad), bad),
	}
	if !utf8.ValidString(f.Query) || utf8.RuneCountInString(f.Query) > longestQuery {
		bad.Add("q", "Search for at most 200 characters.")
	}
	parseWork(&f, single(q, "work", bad), bad)
	f.From, f.To = parseDays(q, bad)
	if err := bad.Err(); err != nil {
		return review.Filter{}, err
	}
	return f, nil
}

func parseProvider(word string, bad review.Invalid) review.Provider {
	switch p := review.Provider(word); p {
	case "", review.Cybrid, review.Coinify:
		return p
	}
	bad.Add("provider", "Choose cybrid or coinify.")
	return ""
}

// parseCode takes any code: providers make new ones, and those are found too.
func parseCode(word string, bad review.Invalid) string {
	if len(word) > longestCode || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII || r == 0x7f }) {
		bad.Add("code", "This is no failure code.")
	}
	return word
}

func parseSeverity(word string, bad review.Invalid) review.Severity {
	severity, known := review.ParseSeverity(word)
	if word != "" && !known {
		bad.Add("severity", "Choose critical, high, medium, low or info.")
	}
	return max(severity, review.SeverityInfo)
}

func parseCountry(word string, bad review.Invalid) string {
	word = strings.ToUpper(word)
	if word != "" && !alpha2.MatchString(word) {
		bad.Add("country", "Write a country in two letters, such as ES.")
	}
	return word
}

var (
	alpha2   = regexp.MustCompile(`^[A-Z]{2}$`)
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	actorIDs = regexp.MustCompile(`^(system:[a-z0-9_-]{1,60}|[0-9a-f]{32})$`)
)

func parseOwner(word, me string, bad review.Invalid) string {
	switch {
	case word == "" || word == review.OwnerNone || uuidForm.MatchString(word):
		return word
	case word == ownerMe && me != "":
		return me
	}
	bad.Add("owner", "Choose me, none, or a person of the list.")
	return ""
}

func parseStatus(word string, bad review.Invalid) []review.Status {
	switch status := review.Status(word); {
	case word == "":
		return nil
	case word == statusAll:
		return review.Statuses()
	case word == statusDecided:
		return []review.Status{review.StatusPassed, review.StatusFailed}
	case word == statusOpen:
		return []review.Status{review.StatusInReview, review.StatusSecondReview}
	case status.Valid():
		return []review.Status{status}
	}
	bad.Add("status", "Choose all, open, decided, arriving, in_review, second_review, passed, failed or lapsed.")
	return nil
}

func parseSort(word string, bad review.Invalid) review.Sort {
	switch order := review.Sort(word); order {
	case "", review.SortUrgency, review.SortOldest, review.SortNewest:
		return order
	}
	bad.Add("sort", "Choose urgency, oldest or newest.")
	return ""
}

func parseDue(word string, bad review.Invalid) bool {
	if word != "" && word != dueOver {
		bad.Add("due", "Choose over, or leave it out.")
	}
	return word == dueOver
}

// parseWork narrows to what waits beside the queue itself.
func parseWork(f *review.Filter, word string, bad review.Invalid) {
	switch word {
	case "":
	case workSeniors:
		f.Escalated = true
	case workAside:
		f.Snoozed = true
	case workReopen:
		f.Reopening = true
		if len(f.Statuses) == 0 {
			f.Statuses = []review.Status{review.StatusPassed, review.StatusFailed}
		}
	default:
		bad.Add("work", "Choose escalated, aside or reopen.")
	}
}

// parseDays reads the days from and to, UTC and both included, as a half-open span.
func parseDays(q url.Values, bad review.Invalid) (from, to time.Time) {
	from, to = parseDay(q, "from", bad), parseDay(q, "to", bad)
	if !to.IsZero() {
		to = to.AddDate(0, 0, 1)
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		bad.Add("to", "The last day lies before the first one.")
	}
	return from, to
}

func parseDay(q url.Values, field string, bad review.Invalid) time.Time {
	word := single(q, field, bad)
	if word == "" {
		return time.Time{}
	}
	day, err := review.ParseDate(word)
	if err != nil || day.Year() < 1970 || day.Year() > 9998 {
		bad.Add(field, "Write a day as YYYY-MM-DD.")
		return time.Time{}
	}
	return day
}

// ParseEventFilter reads the filters of the audit log: actor, kind, case, code, and the
// days from and to (UTC, both included). A case may be named by any of its ids; who
// asks turns it into the desk's own ([db.DB.FindID]).
func ParseEventFilter(q url.Values) (review.EventFilter, error) {
	bad := review.Invalid{}
	f := review.EventFilter{Actor: single(q, "actor", bad), Kind: review.EventKind(single(q, "kind", bad)), Case: single(q, "case", bad),
		Code: parseCode(single(q, "code", bad), bad)}
	if f.Actor != "" && !uuidForm.MatchString(f.Actor) && !actorIDs.MatchString(f.Actor) {
		bad.Add("actor", "Choose a person of the list.")
	}
	if f.Kind != "" && !knownKind(f.Kind) {
		bad.Add("kind", "Choose an action of the list.")
	}
	if len(f.Case) > longestCode || !utf8.ValidString(f.Case) {
		bad.Add("case", "This is no case's id.")
	}
	f.From, f.To = parseDays(q, bad)
	if err := bad.Err(); err != nil {
		return review.EventFilter{}, err
	}
	return f, nil
}

func knownKind(kind review.EventKind) bool {
	for _, k := range review.EventKinds() {
		if k == kind {
			return true
		}
	}
	return false
}
