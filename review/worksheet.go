package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A name on a list is not yet a person. Before a case with such a finding can be
// approved somebody compares what is known of the applicant with what the list says,
// one identifier after the other, as OFAC's steps for assessing name matches ask
// (facts/peers.md, 4.1), and concludes.

// Conclusion is what a name-match worksheet comes to.
type Conclusion string

// The conclusions.
const (
	AnotherPerson Conclusion = "another_person"
	SamePerson    Conclusion = "same_person"
	Undetermined  Conclusion = "undetermined"
)

// Comparison is one identifier of the applicant beside the list entry's.
type Comparison struct {
	What      string `json:"what"` // one of Identifiers
	Applicant string `json:"applicant,omitempty"`
	Entry     string `json:"entry,omitempty"`
	Answer    string `json:"answer"` // "same", "different", "unknown"
}

// Worksheet is the comparison of an applicant with one list entry.
type Worksheet struct {
	Code       string       `json:"code"`
	List       string       `json:"list"`  // which list, and of what date
	Entry      string       `json:"entry"` // which entry, as the list names it
	Compared   []Comparison `json:"compared"`
	Conclusion Conclusion   `json:"conclusion"`
	Note       string       `json:"note"`
}

// Identifiers are compared one by one, in this order.
func Identifiers() []string {
	return []string{"name", "birth_date", "birth_place", "nationality", "document_number", "address", "office"}
}

// categorySanctions is the catalogue's word for codes that come from a list of names.
const categorySanctions = "sanctions"

// NeedsWorksheet reports whether a code comes from a list of names.
func (c Code) NeedsWorksheet() bool { return c.Category == categorySanctions }

// leastCompared is how many identifiers beside the name must have an answer before
// anything can be concluded.
const leastCompared = 2

// NameMatch records a worksheet. A later one for the same code takes its place; the
// earlier stays in the log.
func (v Verification) NameMatch(w Worksheet, by Person) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not work on them."}
	}
	if !v.Status.Open() {
		return v, Event{}, v.notOpen()
	}
	if err := v.mayTouch(by); err != nil {
		return v, Event{}, err
	}
	if err := v.checkWorksheet(w); err != nil {
		return v, Event{}, err
	}
	words, err := json.Marshal(w)
	if err != nil {
		return v, Event{}, err
	}
	sheets := map[string]Conclusion{w.Code: w.Conclusion}
	for code, c := range v.Worksheets {
		if code != w.Code {
			sheets[code] = c
		}
	}
	v.Worksheets = sheets
	return v, Event{Kind: EventNameMatched, Object: v.ID, Facts: []Fact{{"code", w.Code}, {"conclusion", string(w.Conclusion)}},
		Words: []Words{{"worksheet", string(words)}}}, nil
}

func (v *Verification) checkWorksheet(w Worksheet) error {
	bad := Invalid{}
	if !slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Code == w.Code }) || !Standard.Lookup(v.Provider, w.Code).NeedsWorksheet() {
		bad.Add("code", "This code needs no worksheet in this case.")
	}
	for field, text := range map[string]string{"list": w.List, "entry": w.Entry} {
		if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < 3 || n > 300 || !utf8.ValidString(text) {
			bad.Add(field, "Say which, in 3 to 300 characters.")
		}
	}
	if w.Conclusion != AnotherPerson && w.Conclusion != SamePerson && w.Conclusion != Undetermined {
		bad.Add("conclusion", "Choose what the comparison comes to.")
	}
	w.checkCompared(bad)
	if err, is := CheckNote(w.Note).(Invalid); is {
		bad.Add("note", err["note"])
	}
	return bad.Err()
}

func (w Worksheet) checkCompared(bad Invalid) {
	known, name, differs := 0, false, false
	for _, c := range w.Compared {
		differs = differs || c.Answer == "different"
		switch {
		case !slices.Contains(Identifiers(), c.What):
			bad.Add("compared", fmt.Sprintf("%q is no identifier.", c.What))
		case c.Answer != "same" && c.Answer != "different" && c.Answer != "unknown":
			bad.Add("compared."+c.What, "Choose same, different or unknown.")
		case utf8.RuneCountInString(c.Applicant)+utf8.RuneCountInString(c.Entry) > 600:
			bad.Add("compared."+c.What, "Shorten it: 600 characters fit.")
		case c.What == "name":
			name = c.Answer != "unknown"
		case c.Answer != "unknown":
			known++
		}
	}
	if w.Conclusion == AnotherPerson && !differs {
		bad.Add("conclusion", "Nothing compared is different: say what tells the two apart.")
	}
	if w.Conclusion != Undetermined && (!name || known < leastCompared) {
		bad.Add("compared", fmt.Sprintf("Compare the name and at least %d more identifiers before you conclude.", leastCompared))
	}
}

// worksheets checks an approval against the name-match worksheets: each code from a
// list of names has one, and it says that the applicant is somebody else. That a
// person holds an office, or is written about, is no bar where it is the same person.
func (v *Verification) worksheets(c *Catalogue, bad Invalid) {
	for _, f := range v.Findings {
		if !c.Lookup(v.Provider, f.Code).NeedsWorksheet() {
			continue
		}
		field := "finding." + f.Code
		bar := f.Code != "pep_check_failure" && f.Code != "media_check_failure"
		switch conclusion := v.Worksheets[f.Code]; {
		case conclusion == "":
			bad.Add(field, "Fill in the name-match worksheet of this finding before you approve.")
		case conclusion == Undetermined:
			bad.Add(field, "The name-match worksheet is undetermined: ask the applicant, hand the case over, or reject it.")
		case conclusion == SamePerson && bar:
			bad.Add(field, "The name-match worksheet says that this is the person on the list.")
		}
	}
}
