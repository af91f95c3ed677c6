package views

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// joined makes a control one of the decision's form, so that what is typed for the
// decision goes along and comes back.
func (p *CasePage) joined(path string) templ.Attributes {
	if !p.hasForm() {
		return nil
	}
	return templ.Attributes{"form": "decision", "formaction": "/verifications/" + p.ID + path, "formnovalidate": true}
}

// joinedField is a field of such a control.
func (p *CasePage) joinedField() templ.Attributes {
	if !p.hasForm() {
		return nil
	}
	return templ.Attributes{"form": "decision"}
}

// hasForm reports whether the page has the decision's form.
func (p *CasePage) hasForm() bool { return p.Panel.Mode == "decide" || p.Panel.Mode == "second" }

// panelMode is the form's mode as the server reads it back.
func (p *CasePage) panelMode() string {
	if p.Panel.Mode == "second" {
		return "second"
	}
	return "decide"
}

// Finding is one finding with its plain words and, where the case can be decided,
// its resolution field.
type Finding struct {
	Chip        Chip
	Title       string
	Explanation string
	Evidence    string
	Applicant   string
	Rule        string // "Two persons must agree to approve."
	Source      string // the check that found it
	Unknown     bool
	Field       string // "finding.CODE"; "" where it is not to be resolved here
	Options     []Option
	Resolution  string // words of the resolution taken; "" while open
	Info        bool   // for information only: nobody's word is asked
	Error       string
	Rests       string   // what the resolution rests on, in words; while open, what is ticked for it
	Exhibits    []Option // the evidence that it can rest on
	// EvidenceField is "evidence.CODE"; EvidenceError is what is wrong with it.
	EvidenceField, EvidenceError string
	Picture                      string     // id of the picture to show, "" for none
	CompareHref                  string     // the case that it may be about, side by side with this one; "" for none
	Sheet                        *SheetLine // the name-match worksheet that it needs; nil for none
}

// revealCell is the first cell that hides something: the eye stands there.
func (r *CompareRow) revealCell() *Cell {
	for _, c := range []*Cell{&r.Typed, &r.Read, &r.Registry} {
		if c.Masked || len(c.Dots) > 0 {
			return c
		}
	}
	return &r.Typed
}

// anchor is the place of a field that can be revealed, so that the answer opens there.
func (r *CompareRow) anchor() string { return "field-" + unspaced(r.Field) }

func rowID(r *CompareRow) templ.Attributes {
	if r.Field == "" {
		return nil
	}
	return templ.Attributes{"id": r.anchor()}
}

// revealedAttr marks a row that is hidden again after a while.
func revealedAttr(r *CompareRow) templ.Attributes {
	if !r.Revealed {
		return nil
	}
	return templ.Attributes{"data-reveal": true}
}

// face is the address of the selfie, for the small picture beside the name.
func (p *CasePage) face() string {
	for i := range p.Pictures {
		if !p.Pictures[i].Wide {
			return p.Pictures[i].Href
		}
	}
	return ""
}

// pictureID is the name of a picture as findings use it: its id, or else its kind.
func pictureID(p Picture) string {
	if p.ID != "" {
		return p.ID
	}
	return p.Kind
}

// pictureAnchor is the address within the page of the picture that a finding
// names; "" where there is none.
func (p *CasePage) pictureAnchor(id string) string {
	for i := range p.Pictures {
		if id != "" && (p.Pictures[i].ID == id || p.Pictures[i].Kind == id || strings.HasSuffix(p.Pictures[i].Href, "/"+id)) {
			return "#pic-" + strconv.Itoa(i)
		}
	}
	return ""
}

// has reports whether there is a picture of the kind asked for.
func (p *CasePage) has(wide bool) bool {
	for i := range p.Pictures {
		if p.Pictures[i].Wide == wide {
			return true
		}
	}
	return false
}

// PacketZip is the packet's address with the evidence and its proof.
func (p *CasePage) PacketZip() string {
	path, query, found := strings.Cut(p.PacketHref, "?")
	if found {
		return path + ".zip?" + query
	}
	return path + ".zip"
}

// passedAll names every check that passed.
func passedAll(checks []string) string { return strings.Join(checks, ", ") }

func verdictWords(verdict string) string {
	switch verdict {
	case "same":
		return "Same"
	case "differs":
		return "Differs"
	}
	return "Nothing to compare"
}

// wrongDigits names the fields whose check digits are wrong.
func wrongDigits(z Zone) string {
	var out []string
	for _, r := range z.Rows {
		if r.Digit != "" && !r.Right {
			out = append(out, strings.ToLower(r.Label)+" "+r.Digit)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return ": " + strings.Join(out, "; ")
}
