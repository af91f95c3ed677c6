package review

import (
	"regexp"
	"strings"
)

var mentioned = regexp.MustCompile(`(?:^|[\s(])@([a-zA-Z0-9._+-]{2,64})`)

// mostMentions of one note count.
const mostMentions = 20

// NotePart is a piece of a note: plain text, or whom it names.
type NotePart struct {
	Text string // as written, with the @
	Name string // in small letters: the part of an e-mail address before its @; "" for plain text
}

// NoteParts splits a note at the names it names: an @ at the beginning of a word,
// then the part of somebody's e-mail address before its @.
func NoteParts(note string) []NotePart {
	var out []NotePart
	from := 0
	for _, at := range mentioned.FindAllStringSubmatchIndex(note, mostMentions) {
		name := strings.TrimRight(note[at[2]:at[3]], ".")
		if name == "" {
			continue
		}
		if begin := at[2] - 1; from < begin {
			out = append(out, NotePart{Text: note[from:begin]})
		}
		from = at[2] + len(name)
		out = append(out, NotePart{Text: note[at[2]-1 : from], Name: strings.ToLower(name)})
	}
	if from < len(note) {
		out = append(out, NotePart{Text: note[from:]})
	}
	return out
}
