package review

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dot stands for a character that is not shown.
const dot = '•'

const dots = "•••"

// The functions below say what a masked value looks like, on pages and in
// exports. Who sees masked values is a matter of [Right], not of theirs. They
// keep what helps to tell two records apart and no more, for any script; an empty
// value stays empty.

// MaskDate keeps the day and the century: "1990-02-14" becomes "14 ••• 19••".
// What is no date loses everything.
func MaskDate(date string) string {
	if date == "" {
		return ""
	}
	if _, err := ParseDate(date); err != nil {
		return dots
	}
	return date[8:] + " " + dots + " " + date[:2] + "••"
}

// MaskNumber keeps the last three characters, and fewer of a short number:
// "XDA123418" becomes "••••••418".
func MaskNumber(number string) string {
	runes := []rune(number)
	keep := min(3, len(runes)/3)
	for i := range runes[:len(runes)-keep] {
		runes[i] = dot
	}
	return string(runes)
}

// MaskEmail keeps the first letters and the ending: "ana@example.com" becomes
// "a•••@e•••.com".
func MaskEmail(email string) string {
	if email == "" {
		return ""
	}
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return firstLetter(email) + dots
	}
	local, host := email[:at], email[at+1:]
	ending := hostEnding.FindString(host)
	return firstLetter(local) + dots + "@" + firstLetter(host) + dots + ending
}

var hostEnding = regexp.MustCompile(`\.\pL{2,12}$`)

// MaskPhone keeps the last two digits and the grouping: "+34 600 123 456" becomes
// "+•• ••• ••• •56".
func MaskPhone(phone string) string {
	runes := []rune(phone)
	keep := 2
	if count(runes, unicode.IsDigit) < 6 {
		keep = 0
	}
	for i := len(runes) - 1; i >= 0; i-- {
		switch {
		case unicode.IsDigit(runes[i]) && keep > 0:
			keep--
		case !strings.ContainsRune("+-() ", runes[i]):
			runes[i] = dot
		}
	}
	return string(runes)
}

func count(runes []rune, is func(rune) bool) (n int) {
	for _, r := range runes {
		if is(r) {
			n++
		}
	}
	return n
}

// MaskAddress keeps the first letter of each word and the punctuation, and no
// digit: "Calle Alcalá 27, 28004" becomes "C•••• A••••• ••, •••••".
func MaskAddress(address string) string {
	within := false
	return strings.Map(func(r rune) rune {
		first := unicode.IsLetter(r) && !within
		within = unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
		if first || r == ' ' || r == ',' || r == '.' || r == '-' || r == '/' {
			return r
		}
		return dot
	}, address)
}

// MaskName keeps the first letter of each word: "María José" becomes "M••• J•••".
func MaskName(name string) string {
	masked := make([]byte, 0, 64)
	begin := -1 // of the word that is read
	for i, r := range name + " " {
		switch space := unicode.IsSpace(r); {
		case !space && begin < 0:
			begin = i
		case space && begin >= 0:
			if len(masked) > 0 {
				masked = append(masked, ' ')
			}
			masked = append(append(masked, firstLetter(name[begin:i])...), dots...)
			begin = -1
		}
	}
	return string(masked)
}

// firstLetter is a word's first letter or digit, unless the word is nothing else.
func firstLetter(word string) string {
	for i, r := range word {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			letter := word[i : i+utf8.RuneLen(r)]
			if letter == word {
				return ""
			}
			return letter
		}
	}
	return ""
}
