package web

import (
	"slices"
	"strings"

	"reviewdesk/review"
	"reviewdesk/views"
)

// compared is one field of the comparison. mask is nil for what is shown to
// everybody who sees cases.
type compared struct {
	label string
	field string // by which it is revealed
	of    func(review.Reading) string
	mask  func(string) string
	words func(string) string // puts a value into words before it is shown
}

var comparison = []compared{
	{label: "Full name", of: func(r review.Reading) string { return r.Name }},
	{label: "Date of birth", field: review.FieldBirthDate, of: func(r review.Reading) string { return r.BirthDate }, mask: review.MaskDate},
	{label: "Document no.", field: review.FieldNumber, of: func(r review.Reading) string { return r.Number }, mask: review.MaskNumber},
	{label: "Expires", of: func(r review.Reading) string { return r.Expiry }},
	{label: "Address", field: review.FieldAddress, of: func(r review.Reading) string { return r.Address }, mask: review.MaskAddress},
	{label: "Country", of: func(r review.Reading) string { return r.Country }, words: countryName},
	{label: "E-mail", field: review.FieldEmail, of: func(r review.Reading) string { return r.Email }, mask: review.MaskEmail},
	{label: "Phone", field: review.FieldPhone, of: func(r review.Reading) string { return r.Phone }, mask: review.MaskPhone},
	{label: "Occupation", of: func(r review.Reading) string { return r.Occupation }},
}

// compare puts what the applicant typed beside what was read from the documents
// and what a registry holds. Personal fields are masked for every role; the
// verdict is about the values behind the masks.
func (o *opened) compare() []views.CompareRow {
	read := o.read()
	out := make([]views.CompareRow, 0, len(comparison))
	for _, c := range comparison {
		typed, seen, held := c.of(o.Subject.Reading), c.of(read), c.of(o.Registry)
		if typed == "" && seen == "" && held == "" {
			continue
		}
		masked := c.mask != nil && o.revealed != c.field
		revealed := c.mask != nil && !masked
		row := views.CompareRow{
			Label: c.label, Verdict: verdict(typed, seen, held),
			Typed:    c.cell(typed, first(seen, held), masked, "Not given"),
			Read:     c.cell(seen, first(typed, held), masked, absentFrom(read, "Not read", "Not on the document")),
			Registry: c.cell(held, first(typed, seen), masked, absentFrom(o.Registry, "Not asked", "Not held")),
			Revealed: revealed,
		}
		if c.mask != nil {
			row.Field = c.field
		}
		if revealed { // what script puts in place of it after a while
			row.Typed.Dots = c.cell(typed, first(seen, held), true, "").Spans
			row.Read.Dots = c.cell(seen, first(typed, held), true, "").Spans
			row.Registry.Dots = c.cell(held, first(typed, seen), true, "").Spans
		}
		out = append(out, row)
	}
	return out
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func absentFrom(source review.Reading, nothing, missing string) string {
	if source.Empty() {
		return nothing
	}
	return missing
}

// verdict is about every pair of sources that speak.
func verdict(values ...string) string {
	var said []string
	for _, value := range values {
		if value != "" {
			said = append(said, value)
		}
	}
	if len(said) < 2 {
		return ""
	}
	for _, other := range said[1:] {
		if !review.Agree(said[0], other) {
			return "differs"
		}
	}
	return "same"
}

// cell is one source's account, its differences from another one marked.
func (c compared) cell(value, other string, masked bool, absent string) views.Cell {
	if value == "" {
		return views.Cell{Absent: absent}
	}
	words := func(text string) string { return text }
	if c.words != nil {
		words = c.words
	}
	spans := []review.Span{{Text: words(value)}}
	if other != "" {
		spans = review.Compare(words(other), words(value))
	}
	if masked {
		return views.Cell{Spans: maskSpans(c.mask(value), spans), Masked: true}
	}
	return views.Cell{Spans: visibleSpans(spans)}
}

// showsAll reports whether a text is plain but for the dots of a mask: nothing hides in it.
func showsAll(text string) bool { return review.Plain(strings.ReplaceAll(text, maskDot, "")) }

// visibleSpans marks hidden characters in what has been compared.
func visibleSpans(spans []review.Span) []review.Span {
	if !slices.ContainsFunc(spans, func(s review.Span) bool { return s.Text == "" || s.Mark || s.Script != "" || !showsAll(s.Text) }) {
		return spans
	}
	var out []review.Span
	for _, span := range spans {
		for _, part := range review.Visible(span.Text) {
			out = append(out, review.Span{Text: part.Text, Differs: span.Differs, Mark: part.Mark})
		}
	}
	return markScripts(out)
}

// markScripts marks the letters that only look like those around them. Which script a
// text is written in, all of it tells.
func markScripts(spans []review.Span) []review.Span {
	var all strings.Builder
	for _, span := range spans {
		if !span.Mark {
			all.WriteString(span.Text)
		}
	}
	alike := review.LookAlikes(all.String())
	if len(alike) < 2 {
		return spans
	}
	var out []review.Span
	for _, span := range spans {
		if span.Mark {
			out = append(out, span)
			continue
		}
		for rest := span.Text; rest != ""; {
			n := min(len(rest), len(alike[0].Text))
			out = append(out, review.Span{Text: rest[:n], Differs: span.Differs, Script: alike[0].Script})
			rest, alike[0].Text = rest[n:], alike[0].Text[n:]
			if alike[0].Text == "" {
				alike = alike[1:]
			}
		}
	}
	return out
}

// maskSpans lays the differences of the clear text over the masked one, where that
// has a character for each of the other's. A dot that differs is marked too: that
// tells the place and not the character.
func maskSpans(masked string, clear []review.Span) []review.Span {
	rest := []rune(masked)
	var out []review.Span
	for _, span := range clear {
		n := len([]rune(span.Text))
		if n > len(rest) {
			return visibleSpans([]review.Span{{Text: masked}})
		}
		out = append(out, review.Span{Text: string(rest[:n]), Differs: span.Differs})
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return visibleSpans([]review.Span{{Text: masked}})
	}
	return visibleSpans(out)
}
