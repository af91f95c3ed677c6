package web

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// csvLine writes one record as RFC 4180 has it: every cell quoted, CRLF at the end.
func csvLine(b *bytes.Buffer, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(defused(cell), `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}

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
