package review

import (
	"strings"
	"unicode/utf8"
)

// Revealable fields of a person: those that pages mask.
const (
	FieldBirthDate = "birth_date"
	FieldNumber    = "number"
	FieldAddress   = "address"
	FieldEmail     = "email"
	FieldPhone     = "phone"
)

var revealable = map[string]bool{FieldBirthDate: true, FieldNumber: true, FieldAddress: true, FieldEmail: true, FieldPhone: true}

// Reveal is the rule for showing one masked field to somebody who says why.
func (v Verification) Reveal(field, reason string, by Person) (Event, error) {
	if !by.Role.May(RightReveal) {
		return Event{}, Forbidden{"Your role sees personal data masked only."}
	}
	if err := v.impartial(by); err != nil {
		return Event{}, err
	}
	bad := Invalid{}
	if !revealable[field] {
		bad.Add("field", "There is no such field to reveal.")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 4 || n > NoteMax || !utf8.ValidString(reason) {
		bad.Add("reason", "Say in a few words why you need to see it.")
	}
	if err := bad.Err(); err != nil {
		return Event{}, err
	}
	return Event{Kind: EventRevealed, Object: v.ID, Facts: []Fact{{"field", field}}, Words: []Words{{"reason", reason}}}, nil
}
