package review

import (
	"slices"
	"strings"
	"unicode"
)

// Trait is what two cases of the same person may have in common.
type Trait string

// The traits by which the desk links cases, the strongest first.
const (
	TraitNumber Trait = "number" // the number of a document
	TraitPerson Trait = "person" // name and birth date
	TraitEmail  Trait = "email"
)

// Likeness is a trait of a case in a form in which it can be compared.
type Likeness struct {
	Trait Trait
	Text  string
}

// shortestNumber is the length from which a document's number says anything about
// whose it is.
const shortestNumber = 5

// Likenesses are the traits of a case, each once. fold makes letters the same that
// people write differently; words of a name count in any order, since half of the
// world's documents print the family name first.
func (v *Verification) Likenesses(fold func(string) string) []Likeness {
	var out []Likeness
	add := func(t Trait, text string) {
		if l := (Likeness{t, text}); text != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	readings := []Reading{v.Subject.Reading}
	for _, d := range v.Documents {
		readings = append(readings, d.Read)
	}
	for _, r := range readings {
		add(TraitNumber, numberOf(fold(r.Number)))
		if r.BirthDate != "" {
			add(TraitPerson, personOf(fold(r.Name), r.BirthDate))
		}
	}
	add(TraitEmail, strings.TrimSpace(fold(v.Subject.Email)))
	return out
}

func numberOf(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
	if len([]rune(text)) < shortestNumber {
		return ""
	}
	return text
}

func personOf(name, birthDate string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		return ""
	}
	slices.Sort(words)
	return strings.Join(words, " ") + "|" + birthDate
}
