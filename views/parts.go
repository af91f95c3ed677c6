package views

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// step is a width in twentieths as the value of data-w, kept between 0 and 20.
func step(n int) string { return strconv.Itoa(min(max(n, 0), 20)) }

// restOf counts the chips that a row does not show.
func restOf(r *QueueRow) string { return strconv.Itoa(len(r.Chips) - shown(r)) }

// shown is how many chips a row shows: never more than there are.
func shown(r *QueueRow) int {
	if r.Shown <= 0 {
		return min(1, len(r.Chips))
	}
	return min(r.Shown, len(r.Chips))
}

// nextSort is the order after the current one, so that the head of the sorted
// column steps through the orders.
func nextSort(orders []Link) Link {
	for i := range orders {
		if orders[i].Current {
			return orders[(i+1)%len(orders)]
		}
	}
	return Link{}
}

// currentLabel is the label of the link that is current.
func currentLabel(links []Link) string {
	for i := range links {
		if links[i].Current {
			return links[i].Label
		}
	}
	return ""
}

// bannerIcon is the icon that goes with a tone.
func bannerIcon(tone string) string {
	switch tone {
	case "ok":
		return "done"
	case "warn":
		return "clock"
	case "bad":
		return "alert"
	case "crit":
		return "shield"
	}
	return "info"
}

// quiet reports whether a message may pass by as a toast; the others stand at the
// top of the page.
func (f Flash) quiet() bool { return f.Tone == "" || f.Tone == "ok" || f.Tone == "info" }

// splitFlash parts the messages of a page.
func splitFlash(all []Flash, quiet bool) []Flash {
	var out []Flash
	for _, f := range all {
		if f.quiet() == quiet {
			out = append(out, f)
		}
	}
	return out
}

// passing are the messages that pass by; the one that an undo stands beside is told
// there.
func (p Page) passing() []Flash {
	quiet := splitFlash(p.Flash, true)
	if p.Undo == nil {
		return quiet
	}
	return slices.DeleteFunc(quiet, func(f Flash) bool { return f.Text == p.Undo.Text })
}

// keyCap is a key as it is printed on it.
func keyCap(key string) string { return strings.ToUpper(key) }

// fieldError finds the mistake of one field.
func fieldError(errors []FieldError, field string) string {
	for _, e := range errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// described is the value of aria-describedby: the ids that exist.
func described(ids ...string) string {
	var out []string
	for _, id := range ids {
		if id != "" {
			out = append(out, id)
		}
	}
	return strings.Join(out, " ")
}

// nameless stands where an applicant has no name.
func nameless(erased bool) string { return when(erased, "Erased", "No name given") }

// when gives a if cond holds and b where it does not.
func when(cond bool, a, b string) string {
	if cond {
		return a
	}
	return b
}

// tabs are the navigation's links that fit a phone's tab bar; more is the rest.
func (p *Page) tabs() []NavItem { return p.Nav[:min(3, len(p.Nav))] }
func (p *Page) more() []NavItem { return p.Nav[min(3, len(p.Nav)):] }

// hasCurrent reports whether one of the links is the page itself.
func hasCurrent(items []NavItem) bool {
	for i := range items {
		if items[i].Current || items[i].Within {
			return true
		}
	}
	return false
}

// ago marks a relative time for script, which keeps it right.
func ago(t Time) templ.Attributes {
	if !t.Ago {
		return nil
	}
	return templ.Attributes{"data-ago": true}
}

// focusAttr sends focus to the heading of a page that follows what somebody did
// (WCAG 2.4.3): script looks for it.
func focusAttr(p Page) templ.Attributes {
	if len(splitFlash(p.Flash, true)) == 0 {
		return nil
	}
	return templ.Attributes{"tabindex": "-1", "data-focus": true}
}

// unspaced is a label or a code as part of an id.
func unspaced(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
}

func itoa(n int) string { return strconv.Itoa(n) }

// themed are the display choices that the style sheet reads from the root element.
func themed(p Prefs) templ.Attributes {
	attrs := templ.Attributes{}
	if p.Theme == "light" || p.Theme == "dark" {
		attrs["data-theme"] = p.Theme
	}
	if p.Density != "" {
		attrs["data-density"] = p.Density
	}
	return attrs
}

func currentAttr(current, within bool) templ.Attributes {
	switch {
	case current:
		return templ.Attributes{"aria-current": "page"}
	case within:
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

func segAttr(current bool) templ.Attributes {
	if current {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// aria gives the attribute aria-sort, on the column the list is sorted by.
func aria(sorted bool, direction string) templ.Attributes {
	if sorted && direction != "" {
		return templ.Attributes{"aria-sort": direction}
	}
	return nil
}

func keyAttr(key string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"aria-keyshortcuts": key}
}

// grave reports whether an approval needs the officer's own word on a finding.
func (f *Finding) grave() bool { return f.Chip.Class == "crit" || f.Chip.Class == "high" }

// resolvable reports whether the case's findings can be resolved on this page.
func (p *CasePage) resolvable() bool {
	for i := range p.Findings {
		if p.Findings[i].Field != "" {
			return true
		}
	}
	return false
}

// passedWords names the first passed checks and counts the rest.
func passedWords(codes []string) string {
	if len(codes) <= 3 {
		return strings.Join(codes, ", ")
	}
	return strings.Join(codes[:3], ", ") + " and " + strconv.Itoa(len(codes)-3) + " more"
}

// describe gives aria-describedby for the ids that are not empty.
func describe(ids ...string) templ.Attributes {
	if all := described(ids...); all != "" {
		return templ.Attributes{"aria-describedby": all}
	}
	return nil
}

// wrong marks a field that has a mistake.
func wrong(text string) templ.Attributes {
	if text == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true"}
}

func strconvI64(n int64) string { return strconv.FormatInt(n, 10) }

// goTone colours the button that confirms a proposal.
func goTone(w *Word) string {
	switch {
	case w == nil:
		return ""
	case w.Action == "approve":
		return "ok"
	}
	return "bad"
}

// confirmLabel says what the second person's word will do.
func confirmLabel(p Panel) string {
	if p.Proposal == nil {
		return "Confirm"
	}
	if p.Proposal.Action == "approve" {
		return "Confirm the approval"
	}
	return "Confirm the rejection"
}

// demoTone and demoIcon tell the demo's accounts apart.
func demoTone(role string) string {
	switch strings.ToLower(role) {
	case "senior", "senior reviewer":
		return "b"
	case "auditor":
		return "c"
	case "admin":
		return "d"
	}
	return ""
}

func demoIcon(role string) string {
	switch strings.ToLower(role) {
	case "senior", "senior reviewer":
		return "shield"
	case "auditor":
		return "log"
	case "admin":
		return "gear"
	}
	return "user"
}

func lower(s string) string { return strings.ToLower(s) }

func joinLines(lines []string) string { return strings.Join(lines, "\n") }

// breakable cuts a code where a line may end.
func breakable(code string) []string {
	var out []string
	for code != "" {
		i := strings.IndexAny(code[:len(code)-1], "_.")
		if i < 0 {
			return append(out, code)
		}
		out, code = append(out, code[:i+1]), code[i+1:]
	}
	return out
}

// codePoints names characters that look like others: "U+0410 U+0430".
func codePoints(text string) string {
	var out []string
	for _, r := range text {
		out = append(out, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(out, " ")
}
