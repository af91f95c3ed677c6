package review

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// tippingOff are words that would tell an applicant what the desk suspects. Telling
// somebody that they are suspected is an offence where money laundering is concerned
// (facts/peers.md, what the law asks).
var tippingOff = []string{
	"suspic", "suspect", "fraud", "money laundering", "laundering", "aml", "sanction", "watchlist", "watch list", "politically exposed", "pep",
	"adverse media", "terror", "prohibited", "investigat", "police", "report you", "forged", "forger", "falsif", "counterfeit", "tamper", "fake",
	"criminal", "illegal", "sar", "blacklist",
	"blocklist", "embargo", "ofac", "fiu", "financial intelligence", "law enforcement", "tipping", "screening",
}

// TipsOff lists the words of a text that would tell an applicant what the desk
// suspects. Characters that hide themselves part no words.
func TipsOff(text string) []string {
	seen := ""
	for _, s := range Visible(text) {
		if !s.Mark {
			seen += s.Text
		}
	}
	words := " " + strings.Join(strings.FieldsFunc(strings.ToLower(seen), func(r rune) bool {
		return !(r >= 'a' && r <= 'z') && !(r >= '0' && r <= '9') && r < utf8.RuneSelf
	}), " ") + " "
	var out []string
	for _, w := range tippingOff {
		whole := len(w) <= 3 // short ones would be found in other words
		if whole && (strings.Contains(words, " "+w+" ") || strings.Contains(words, " "+w+"s ")) || !whole && strings.Contains(words, " "+w) {
			out = append(out, w)
		}
	}
	return out
}

func checkText(text string, bad Invalid) {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	switch found := TipsOff(text); {
	case !utf8.ValidString(text):
		bad.Add("text", "The text holds bytes that are no text. Type it again.")
	case n < NoteMin || n > NoteMax:
		bad.Add("text", fmt.Sprintf("Write %d to %d characters.", NoteMin, NoteMax))
	case len(found) > 0:
		bad.Add("text", "The applicant must not learn what is suspected. Take out: "+strings.Join(found, ", ")+".")
	}
}

// toOfficers mark advice of the catalogue that speaks to the officer: words within it,
// and words that it begins with.
var (
	toOfficers   = []string{"neutral", "the person", "the customer", "name them", "refus", "cannot be served", "if asked"}
	toOfficersAt = []string{"none", "nothing", "usually", "wait", "ask "}
)

// ForApplicant is the catalogue's advice where an applicant may read it as it stands;
// "" for a code that is not theirs to mend, or of which they must not hear. What comes
// from a list of names is none of theirs, nor what nobody can explain.
func (c Code) ForApplicant() string {
	text := strings.ToLower(c.Applicant)
	within := func(word string) bool { return strings.Contains(text, word) }
	begins := func(word string) bool { return strings.HasPrefix(text, word) }
	if !c.Known || c.NeedsWorksheet() || len(TipsOff(text)) > 0 || slices.ContainsFunc(toOfficers, within) || slices.ContainsFunc(toOfficersAt, begins) {
		return ""
	}
	return c.Applicant
}

// Askable are the codes of which the applicant can be asked for something in the
// catalogue's own words.
func (c *Catalogue) Askable(p Provider, codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return c.Lookup(p, code).ForApplicant() == "" })
}

// AskText composes what the applicant reads out of the catalogue's own advice; "" where
// none of the codes has any.
func AskText(c *Catalogue, p Provider, codes []string) string {
	lines := []string{"We could not finish checking your identity yet. Please send the following once more:"}
	for _, code := range c.Askable(p, codes) {
		if line := "- " + c.Lookup(p, code).ForApplicant(); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 {
		return ""
	}
	return strings.Join(append(lines, "Nothing else is needed from you for now."), "\n")
}
