package review

import (
	"slices"
	"strconv"
	"strings"
)

// Exhibit names one piece of a case's evidence, such as a resolution can rest on. The
// log holds it in clear, so it is a kind and, where there can be several, a colon and
// which: "document_front:0" is picture 0 of the case, "compared:birth_date" what the
// sources say of the birth date, "attachment:57" the file that event 57 of the log
// added, "linked_case:UUID" another case of what may be the same person.
type Exhibit string

// The kinds of exhibits beside those of pictures.
const (
	ExhibitCompared   = "compared"    // typed, read and registry of one field, side by side
	ExhibitMRZ        = "mrz"         // machine-readable zone, its check digits computed again
	ExhibitFace       = "face_match"  // the machine's likeness of selfie and portrait
	ExhibitWorksheet  = "worksheet"   // name-match worksheet of the finding's own code
	ExhibitAttachment = "attachment"  // a file that an officer added
	ExhibitLinked     = "linked_case" // an earlier attempt, or a possible duplicate
	ExhibitProvider   = "provider"    // the provider's result alone: nothing else was looked at
	fieldName         = "name"        // fields that are compared and never masked
	fieldExpiry       = "expiry"
	fieldCountry      = "country"
	fieldOccupation   = "occupation"
)

// Which is an exhibit of a kind of which there are several.
func Which(kind, which string) Exhibit { return Exhibit(kind + ":" + which) }

// Parts are an exhibit's kind, and which one of it.
func (x Exhibit) Parts() (kind, which string) {
	kind, which, _ = strings.Cut(string(x), ":")
	return kind, which
}

// Beside is the evidence of a case that lies beside it, for [Verification.Exhibits].
type Beside struct {
	Pictures []SeenImage
	Attached []int64  // the events that added files
	Linked   []string // ids of linked cases, the likeliest first
}

// Exhibits lists the evidence that a case has, in the order of its page. A worksheet
// belongs to its own code and is not among them.
func (v *Verification) Exhibits(b Beside) []Exhibit {
	var out []Exhibit
	for _, p := range b.Pictures {
		out = append(out, Which(p.Kind, strconv.Itoa(p.N)))
	}
	if v.Face.Known {
		out = append(out, ExhibitFace)
	}
	if slices.ContainsFunc(v.Documents, func(d Document) bool { return len(d.MRZ) > 0 }) {
		out = append(out, ExhibitMRZ)
	}
	for _, field := range v.comparable() {
		out = append(out, Which(ExhibitCompared, field))
	}
	for _, entry := range b.Attached {
		out = append(out, Which(ExhibitAttachment, strconv.FormatInt(entry, 10)))
	}
	for _, id := range b.Linked {
		out = append(out, Which(ExhibitLinked, id))
	}
	return append(out, ExhibitProvider)
}

// comparable are the fields of which at least two sources speak.
func (v *Verification) comparable() (out []string) {
	var read Reading
	for _, d := range v.Documents {
		read = read.Or(d.Read)
	}
	for _, f := range comparedFields {
		said := 0
		for _, r := range []Reading{v.Subject.Reading, read, v.Registry} {
			if f.of(r) != "" {
				said++
			}
		}
		if said > 1 {
			out = append(out, f.name)
		}
	}
	return out
}

var comparedFields = []struct {
	name string
	of   func(Reading) string
}{
	{fieldName, func(r Reading) string { return r.Name }},
	{FieldBirthDate, func(r Reading) string { return r.BirthDate }},
	{FieldNumber, func(r Reading) string { return r.Number }},
	{fieldExpiry, func(r Reading) string { return r.Expiry }},
	{FieldAddress, func(r Reading) string { return r.Address }},
	{fieldCountry, func(r Reading) string { return r.Country }},
	{FieldEmail, func(r Reading) string { return r.Email }},
	{FieldPhone, func(r Reading) string { return r.Phone }},
	{fieldOccupation, func(r Reading) string { return r.Occupation }},
}

// ExhibitsFor is the evidence of a case for one finding: what all findings share, and
// the worksheet of its own.
func (v *Verification) ExhibitsFor(code string, have []Exhibit) []Exhibit {
	if len(have) == 0 {
		have = []Exhibit{ExhibitProvider} // there is always that
	}
	if v.Worksheets[code] == "" {
		return have
	}
	return append([]Exhibit{ExhibitWorksheet}, have...)
}

// suggestions tie what a code is about to the evidence that speaks of it: the first row
// that fits counts, and of its kinds all that the case has.
var suggestions = []struct {
	category string // "" for any
	about    string // part of the code, in small letters; "" for any
	kinds    []string
}{
	{categorySanctions, "", []string{ExhibitWorksheet}},
	{categorySanctions, "", []string{ExhibitCompared + ":" + fieldName}},
	{"biometrics", "", []string{PictureSelfie, PictureFront}},
	{"document", "mrz", []string{ExhibitMRZ, PictureFront}},
	{"document", "barcode", []string{PictureBack}},
	{"document", "double_side", []string{PictureFront, PictureBack}},
	{"document", "missing_back", []string{PictureFront, PictureBack}},
	{"document", "expir", []string{PictureFront, ExhibitCompared + ":" + fieldExpiry}},
	{"document", "date_of_birth", []string{ExhibitCompared + ":" + FieldBirthDate}},
	{"database", "duplicate", []string{ExhibitLinked}},
	{"database", "email", []string{ExhibitCompared + ":" + FieldEmail}},
	{"database", "phone", []string{ExhibitCompared + ":" + FieldPhone}},
	{"database", "email", []string{ExhibitProvider}}, // no picture shows either
	{"database", "phone", []string{ExhibitProvider}},
	{"database", "address", []string{ExhibitCompared + ":" + FieldAddress}},
	{"database", "dob", []string{ExhibitCompared + ":" + FieldBirthDate}},
	{"database", "number", []string{ExhibitCompared + ":" + FieldNumber}},
	{"database", "name", []string{ExhibitCompared + ":" + fieldName}},
	{"database", "database", []string{ExhibitCompared + ":" + fieldName, ExhibitCompared + ":" + FieldBirthDate, ExhibitCompared + ":" + FieldAddress}},
	{"eligibility", "younger", []string{ExhibitCompared + ":" + FieldBirthDate}},
	{"eligibility", "country", []string{ExhibitCompared + ":" + fieldCountry, PictureFront}},
	{"", "", []string{PictureFront}},
}

// Suggested is the evidence by which a finding is judged as a rule. It is what a
// decision rests on that names none, and what the page ticks beforehand.
func (c Code) Suggested(have []Exhibit) []Exhibit {
	lower := strings.ToLower(c.Code)
	if (c.Category == "process" || c.Category == "bank_account") && c.Severity < SeverityHigh {
		return []Exhibit{ExhibitProvider} // there is nothing to look at
	}
	for _, s := range suggestions {
		if s.category != "" && s.category != c.Category || !strings.Contains(lower, s.about) {
			continue
		}
		if out := newest(s.kinds, have); len(out) > 0 {
			return among(have, out)
		}
	}
	return []Exhibit{ExhibitProvider}
}

// newest finds the exhibits of some kinds. Of several pictures of a kind the last came
// last; of several linked cases the first is the likeliest.
func newest(kinds []string, have []Exhibit) (out []Exhibit) {
	for _, want := range kinds {
		var found Exhibit
		for _, x := range have {
			kind, _ := x.Parts()
			if (kind == want || string(x) == want) && (found == "" || kind != ExhibitLinked) {
				found = x
			}
		}
		if found != "" {
			out = append(out, found)
		}
	}
	return out
}

// among puts some exhibits into the order of the case's, each once.
func among(have, some []Exhibit) []Exhibit {
	return slices.DeleteFunc(slices.Clone(have), func(x Exhibit) bool { return !slices.Contains(some, x) })
}

// ProviderAlone is the evidence of a decision by which nobody has looked into any of
// the findings.
func ProviderAlone(findings []Finding) map[string][]Exhibit {
	out := map[string][]Exhibit{}
	for _, f := range findings {
		out[f.Code] = []Exhibit{ExhibitProvider}
	}
	return out
}

// restsOn is what the resolution of a finding rests on: what the officer named, as far
// as the case has it. What is for information only is resolved by nobody.
func (v *Verification) restsOn(d Decision, f Finding, code Code, have []Exhibit, bad Invalid) []Exhibit {
	if code.Severity == SeverityInfo {
		return nil
	}
	have = v.ExhibitsFor(f.Code, have)
	named, given := d.Evidence[f.Code]
	if !given {
		named = code.Suggested(have)
	}
	field := "evidence." + f.Code
	for _, x := range named {
		if !slices.Contains(have, x) {
			bad.Add(field, "The case does not have this evidence, or has it no more. Choose again.")
			return nil
		}
	}
	alone := !slices.ContainsFunc(named, func(x Exhibit) bool { return x != ExhibitProvider })
	switch {
	case len(named) == 0:
		bad.Add(field, "Name the evidence that your word rests on, or the provider's result alone.")
	case !alone: // then there is more than the provider's result
		named = slices.DeleteFunc(slices.Clone(named), func(x Exhibit) bool { return x == ExhibitProvider })
	case f.Resolution == Cleared && code.Severity >= SeverityHigh && len(have) > 1:
		bad.Add(field, "A grave finding is not cleared on the result that found it. Name what you looked at.")
	}
	return among(have, named)
}
