package review

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Visible splits a text from outside so that a page never sends on a character
// that hides itself or turns others around: bidirectional controls, zero-width
// and tag characters, control characters, line separators, variation selectors
// that select nothing, bytes that are no UTF-8. Each of them is a [Span] of its
// own with its mark, such as "[U+202E]". Tab and line ends stay.
func Visible(text string) []Span {
	if text != "" && !Hides(text) {
		return []Span{{Text: text}}
	}
	var out []Span
	from, last := 0, rune(0)
	for i, r := range text {
		n := length(text[i:], r)
		if !hides(r, n, last) {
			last = r
			continue
		}
		if from < i {
			out = append(out, Span{Text: text[from:i]})
		}
		out = append(out, Span{Text: mark(text[i], r, n), Mark: true})
		from, last = i+n, 0
	}
	if from < len(text) {
		out = append(out, Span{Text: text[from:]})
	}
	return out
}

// Hides reports whether [Visible] has a mark for something in a text.
func Hides(text string) bool {
	last := rune(0)
	for i, r := range text {
		if !quiet(r) && hides(r, length(text[i:], r), last) {
			return true
		}
		last = r
	}
	return false
}

// length is how many bytes of a text its first character has.
func length(text string, r rune) int {
	if r == utf8.RuneError {
		_, n := utf8.DecodeRuneInString(text)
		return n
	}
	return utf8.RuneLen(r)
}

// Plain reports whether a text is printable ASCII and no more: then nothing in it hides,
// and its letters are all Latin. Most texts are, and this tells so quickly.
func Plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func mark(first byte, r rune, n int) string {
	if r == utf8.RuneError && n == 1 {
		return fmt.Sprintf("[0x%02X]", first)
	}
	return fmt.Sprintf("[U+%04X]", r)
}

// quietRanges are blocks of letters in which nothing hides: Latin, Greek, Cyrillic,
// Armenian, Hebrew and Arabic ones, those of India and around it, the Vietnamese letters,
// and the Chinese, Japanese and Korean ones.
var quietRanges = [...]struct{ from, to rune }{{' ', '~'}, {0xae, 0x34e}, {0x350, 0x5ff}, {0x61d, 0x6dc}, {0x900, 0x115e}, {0x1e00, 0x1fff}, {0x3400, 0xd7ff}}

// quiet tells of nearly every character, and quickly, that it does not hide.
func quiet(r rune) bool {
	for i := range quietRanges {
		if r <= quietRanges[i].to {
			return r >= quietRanges[i].from
		}
	}
	return false
}

// hides reports whether a reader would not see r, of n bytes, after last.
func hides(r rune, n int, last rune) bool {
	switch {
	case quiet(r):
		return false
	case r == '\t' || r == '\n' || r == '\r':
		return false
	case r == utf8.RuneError && n == 1:
		return true
	case unicode.Is(unicode.Variation_Selector, r):
		return last == 0 || unicode.IsSpace(last) || unicode.Is(unicode.Variation_Selector, last)
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // format characters that have a shape, such as the Arabic year sign
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

// alikeScripts are those whose letters can pass for Latin ones, or for each other's.
var alikeScripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"Latin", unicode.Latin}, {"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Armenian", unicode.Armenian},
	{"Cherokee", unicode.Cherokee}, {"Coptic", unicode.Coptic}, {"Lisu", unicode.Lisu},
}

func scriptOf(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		if r|0x20 >= 'a' && r|0x20 <= 'z' {
			return "Latin"
		}
		return ""
	case r >= 0x590 && r < 0x13a0, r >= 0x3000 && r < 0xa4d0, r >= 0xac00 && r < 0xf900:
		return "" // from Hebrew to Korean: none of them
	}
	for _, s := range alikeScripts {
		if unicode.Is(s.table, r) {
			return s.name
		}
	}
	return ""
}

// MixedScript reports whether a name mixes scripts whose letters can pass for each
// other, such as Latin and Cyrillic.
func MixedScript(name string) bool {
	first := ""
	for _, r := range name {
		script := scriptOf(r)
		if first == "" {
			first = script
		}
		if script != "" && script != first {
			return true
		}
	}
	return false
}

// LookAlikes marks the letters that are written in another script than most of the
// text, where the two can pass for each other: a Cyrillic "а" in a Latin name.
func LookAlikes(text string) []Span {
	if !MixedScript(text) {
		if text == "" {
			return nil
		}
		return []Span{{Text: text}}
	}
	main := mainScript(text)
	var out []Span
	for _, r := range text {
		script := scriptOf(r)
		if script == main {
			script = ""
		}
		if n := len(out); n > 0 && out[n-1].Script == script {
			out[n-1].Text += string(r)
			continue
		}
		out = append(out, Span{Text: string(r), Script: script})
	}
	return out
}

// mainScript is the script of most letters; of two with as many, the one that
// alikeScripts names first.
func mainScript(text string) string {
	count := map[string]int{}
	for _, r := range text {
		count[scriptOf(r)]++
	}
	main := ""
	for _, s := range alikeScripts {
		if main == "" && count[s.name] > 0 || count[s.name] > count[main] && main != "" {
			main = s.name
		}
	}
	return main
}
