package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reviewdesk/review"
	"reviewdesk/views"
)

// waitWords says a pause in words, rounded up: nobody comes back too early.
func waitWords(d time.Duration) string {
	switch {
	case d <= time.Second:
		return "a second"
	case d < time.Minute:
		return fmt.Sprintf("%d seconds", int((d+time.Second-1)/time.Second))
	case d <= 90*time.Second:
		return "a minute"
	case d < 90*time.Minute:
		return fmt.Sprintf("%d minutes", int((d+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf("%d hours", int((d+time.Hour-1)/time.Hour))
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

const longestPath = 2000

// localPath is the address if it is one of our own, else the fallback. Browsers
// take more for another host than url.Parse does ("//", "/\", tabs and line ends
// that they drop), so everything unusual is refused.
func localPath(path, fallback string) string {
	if len(path) > longestPath || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return fallback
	}
	if strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == utf8.RuneError }) {
		return fallback
	}
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, `/\`) {
		return fallback
	}
	return path
}

// initials are at most two letters of a name: the first word's and the last one's.
func initials(name string) string {
	words, first, last := 0, ' ', ' '
	for word := range strings.FieldsSeq(name) {
		i := strings.IndexFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
		if i < 0 {
			continue
		}
		last, _ = utf8.DecodeRuneInString(word[i:])
		if words++; words == 1 {
			first = last
		}
	}
	switch words {
	case 0:
		return "?"
	case 1:
		return string(unicode.ToUpper(first))
	default:
		return string([]rune{unicode.ToUpper(first), unicode.ToUpper(last)})
	}
}

// tone gives a person one of the four avatar colours, always the same one.
func tone(id string) string {
	sum := 0
	for _, b := range []byte(id) {
		sum += int(b)
	}
	return string("abcd"[sum%4])
}

// roleWords is a role as people say it.
func roleWords(r review.Role) string {
	switch r {
	case review.RoleReviewer:
		return "Reviewer"
	case review.RoleSenior:
		return "Senior reviewer"
	case review.RoleAuditor:
		return "Auditor"
	case review.RoleAdmin:
		return "Admin"
	}
	return string(r)
}

// thinSpace stands between thousands.
const thinSpace = "\u2009"

// thousands writes a number with a thin space in thousands.
func thousands[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + thinSpace + digits[i:]
	}
	return sign + digits
}

// visible is a text from outside with its hidden characters as marks.
func visible(text string) string {
	if !review.Hides(text) {
		return text
	}
	var b strings.Builder
	for _, span := range review.Visible(text) {
		b.WriteString(span.Text)
	}
	return b.String()
}

// unhidden is what somebody typed without its hidden characters, for the field in
// which they find it again.
func unhidden(text string) string {
	if !review.Hides(text) {
		return text
	}
	var b strings.Builder
	for _, span := range review.Visible(text) {
		if !span.Mark {
			b.WriteString(span.Text)
		}
	}
	return b.String()
}

// zone is the time zone in which a browser wants its times.
func (s *Server) zone(p views.Prefs) *time.Location {
	if p.Zone == "UTC" {
		return time.UTC
	}
	return s.opts.Zone
}

// moment shows a time at the precision of a list: how long ago within a day, the
// day and the clock otherwise. The zero time shows nothing.
func moment(t, now time.Time, zone *time.Location) views.Time {
	if t.IsZero() {
		return views.Time{}
	}
	if ago := now.Sub(t); ago >= 0 && ago < 24*time.Hour {
		shown := timeAs(t, zone, "")
		shown.Text, shown.Ago = agoWords(ago), true
		return shown
	}
	return stamp(t, now, zone)
}

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

// stamp shows the clock today, the day and the clock otherwise.
func stamp(t, now time.Time, zone *time.Location) views.Time {
	local, today := t.In(zone), now.In(zone)
	layout := "2 Jan 2006, 15:04"
	switch {
	case sameDay(local, today):
		layout = "15:04"
	case sameDay(local, today.AddDate(0, 0, -1)):
		layout = "Yesterday, 15:04"
	case local.Year() == today.Year():
		layout = "2 Jan, 15:04"
	}
	return timeAs(t, zone, layout)
}

// agoWords is a pause of less than a day as desk.js counts it on.
func agoWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d/time.Minute))
	}
	return fmt.Sprintf("%d h ago", int(d/time.Hour))
}

// clock shows a time of day to the second.
func clock(t time.Time, zone *time.Location) views.Time { return timeAs(t, zone, time.TimeOnly) }

// isoMillis is how times are written for script.
const isoMillis = "2006-01-02T15:04:05.000Z"

// timeAs shows a time in any layout, with the UTC time in full as its title.
func timeAs(t time.Time, zone *time.Location, layout string) views.Time {
	if t.IsZero() {
		return views.Time{}
	}
	utc := t.UTC()
	return views.Time{ISO: utc.Format(isoMillis), Text: t.In(zone).Format(layout), Title: utc.Format("2 January 2006, 15:04:05 UTC")}
}
