package web

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"
)

// csvLine writes one record as RFC 4180 has it: every cell quoted, CRLF at the end.
func csvLine(b *bytes.Buffer, cells []string) {
	line := b.AvailableBuffer()
	for _, cell := range cells {
		line = appendCell(line, cell)
	}
	b.Write(endRecord(line))
}

// appendCell appends a cell, quoted, and what separates it from the next one.
func appendCell(b []byte, cell string) []byte {
	b = append(b, '"')
	if harmless(cell) {
		b = append(b, cell...)
	} else {
		b = append(b, strings.ReplaceAll(defused(cell), `"`, `""`)...)
	}
	return append(b, '"', ',')
}

// endRecord ends a record after its last cell.
func endRecord(b []byte) []byte { return append(b[:len(b)-1], '\r', '\n') }

// formulaStarts are the characters with which spreadsheets begin a formula, their
// full-width twins, and those that they skip before one.
const formulaStarts = "=+-@\t\r\n\x00＝＋－＠"

// lineEnds makes the ends of lines visible: a cell that holds one looks like a new
// record to careless readers.
var lineEnds = strings.NewReplacer("\r\n", "⏎", "\r", "⏎", "\n", "⏎", "\u2028", "⏎", "\u2029", "⏎", "\u0085", "⏎", "\v", "⏎", "\f", "⏎", "\x00", "␀")

// defused makes a cell harmless to whoever opens the file: a leading character that
// would make it a formula gets an apostrophe before it.
func defused(cell string) string {
	cell = strings.ToValidUTF8(cell, "\uFFFD")
	first, _ := utf8.DecodeRuneInString(cell)
	risky := cell != "" && strings.ContainsRune(formulaStarts, first)
	cell = lineEnds.Replace(cell)
	if risky {
		return "'" + cell
	}
	return cell
}

// harmless reports whether a cell may stand as it is. Nearly all may, and to look
// costs a tenth of defusing them; what it is not sure of it leaves to [defused].
func harmless(cell string) bool {
	if cell == "" {
		return true
	}
	if c := cell[0]; c == '=' || c == '+' || c == '-' || c == '@' || c == "＝"[0] {
		return false
	}
	for i := 0; i < len(cell); {
		c := cell[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == '"' {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(cell[i:])
		if size == 1 || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return false
		}
		i += size
	}
	return true
}

// exportTime is a time as exports write it; the zero time is no text at all.
type exportTime time.Time

// IsZero is what omitzero asks.
func (t exportTime) IsZero() bool { return time.Time(t).IsZero() }

// MarshalText lets encoding/json write it.
func (t exportTime) MarshalText() ([]byte, error) { return t.append(nil), nil }

// append writes what [utcTime] does, in a quarter of the time that the general way of
// formatting takes. There are four to a row.
func (t exportTime) append(b []byte) []byte {
	at := time.Time(t).UTC()
	year, month, day := at.Date()
	if t.IsZero() || year < 0 || year > 9999 {
		return append(b, utcTime(at)...)
	}
	hour, minute, second := at.Clock()
	b = append(appendDigits(b, year, 1000), '-')
	b = append(appendDigits(b, int(month), 10), '-')
	b = append(appendDigits(b, day, 10), 'T')
	b = append(appendDigits(b, hour, 10), ':')
	b = append(appendDigits(b, minute, 10), ':')
	b = append(appendDigits(b, second, 10), '.')
	return append(appendDigits(b, at.Nanosecond()/1e6, 100), 'Z')
}

// appendDigits appends a number from its digit of that unit on.
func appendDigits(b []byte, n, unit int) []byte {
	for ; unit > 0; unit /= 10 {
		b = append(b, '0'+byte(n/unit%10))
	}
	return b
}

func appendTime(b []byte, t exportTime) []byte {
	return append(t.append(append(b, '"')), '"', ',')
}
