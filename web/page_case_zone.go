package web

import (
	"strings"
	"unicode"

	"reviewdesk/review"
	"reviewdesk/views"
)

// zones are the machine-readable zones of the documents: the lines, and what they say
// once taken apart, each check digit computed again. They hold number and birth date,
// so that both are masked here like everywhere, and in the lines every digit.
func (o *opened) zones() []views.Zone {
	var out []views.Zone
	for _, d := range o.Documents {
		if len(d.MRZ) == 0 {
			continue
		}
		z := views.Zone{}
		for _, line := range d.MRZ {
			z.Lines = append(z.Lines, visible(maskMRZ(line, o.Subject.Number, d.Read.Number, o.Registry.Number)))
		}
		m, ok := review.DecodeMRZ(d.MRZ)
		if !ok {
			z.Problem = "These lines have the shape of no document that ICAO 9303 knows. A line may be cut off, or misread."
		} else {
			z.Format, z.Rows = m.Format, zoneRows(m, d.Read)
			z.Sum, z.Bad = zoneSum(m), len(m.Wrong()) > 0
		}
		out = append(out, z)
	}
	return out
}

// zoneRows are the fields of a zone that say something, each with its digit and held
// against what was read from the page.
func zoneRows(m review.MRZ, read review.Reading) []views.ZoneRow {
	var out []views.ZoneRow
	add := func(label, value, field, verdict string) {
		if value == "" && field == "" {
			return
		}
		row := views.ZoneRow{Label: label, Value: visible(value), Verdict: verdict}
		for _, c := range m.Checks {
			if c.Field == field {
				row.Digit, row.Right = digitWords(c), c.Right()
			}
		}
		if value != "" || row.Digit != "" {
			out = append(out, row)
		}
	}
	add("Document", strings.TrimSpace(m.Kind+" of "+m.Issuer), "", "")
	add("Name", strings.TrimSpace(m.Surname+", "+m.Given), "", "")
	add("Number", review.MaskNumber(m.Number), review.MRZNumber, sameIf(read.Number, m.Number, review.SameNumber))
	add("Nationality", m.Nationality, "", "")
	add("Date of birth", maskZoneDate(m.Birth), review.MRZBirth, sameIf(read.BirthDate, m.Birth, review.SameDate))
	add("Sex", m.Sex, "", "")
	add("Expires", zoneDate(m.Expiry), review.MRZExpiry, sameIf(read.Expiry, m.Expiry, review.SameDate))
	add("Optional", review.MaskNumber(m.Optional), review.MRZOptional, "")
	add("All of it", "", review.MRZAll, "")
	return out
}

// sameIf is the verdict on a field of the zone; "" where nothing was read to compare.
func sameIf(read, zone string, same func(zone, read string) bool) string {
	switch {
	case read == "":
		return ""
	case same(zone, read):
		return "same"
	}
	return "differs"
}

func digitWords(c review.MRZCheck) string {
	switch {
	case c.Right():
		return c.Printed + ", right"
	case c.Want == "":
		return visible(c.Printed) + ", wrong: it covers a character that no zone has"
	}
	return visible(c.Printed) + ", wrong: it should be " + c.Want
}

func zoneSum(m review.MRZ) string {
	wrong := len(m.Wrong())
	if wrong == 0 {
		return "all " + inWords(len(m.Checks)) + " check digits right"
	}
	return inWords(wrong) + " of " + inWords(len(m.Checks)) + " check digits wrong"
}

// zoneDate writes YYMMDD so that nobody reads it in another order.
func zoneDate(date string) string {
	if len(date) != 6 {
		return date
	}
	return "••" + date[:2] + "-" + date[2:4] + "-" + date[4:]
}

// maskZoneDate keeps the day, like [review.MaskDate]; the zone has no century.
func maskZoneDate(date string) string {
	if len(date) != 6 {
		return ""
	}
	return date[4:] + " ••• ••••"
}

const maskDot = "•"

func maskMRZ(line string, numbers ...string) string {
	for _, number := range numbers {
		if plain := strings.ToUpper(review.StripSpace(number)); plain != "" {
			line = strings.ReplaceAll(line, plain, strings.Repeat(maskDot, len([]rune(plain))))
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '•'
		}
		return r
	}, line)
}
