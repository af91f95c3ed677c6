package views

import "github.com/a-h/templ"

// Acts is what can be done on a case beside deciding it, and what was.
type Acts struct {
	Undo     *Undo     // the decision can still be taken back by whoever looks
	Told     []Banner  // what stands over the case: who asks to reopen it, what it waits for
	Forms    []ActForm // in the order of the page
	Reopen   *ActForm  // to ask for it
	Answer   *ActForm  // the second person's yes or no
	Wake     bool      // it is set aside, and may be taken back before its time
	NextList string    // the list that "Review next" goes on with; "" where this case is to be decided
	Seniors  bool      // handed to the seniors
	Lead     string    // of the red banner, where it is not about a form typed for long
	Hold     *ActForm  // to put the person on legal hold
	Wish     bool      // the officer may ask for a second person
	Wished   bool
}

// Undo offers to take a decision back while it has not taken effect outside.
type Undo struct {
	ID    string // the case
	Text  string // "IV-7F3A-0418 rejected."
	Label string // of the button
	Until Time   // zero: until somebody confirms
	Left  string // "0:10", counted down by script
}

// Banner is a sentence that stands on a page, with what somebody wrote.
type Banner struct{ Tone, Icon, Lead, Text, Note string }

// ActForm is one small form of the case page.
type ActForm struct {
	Act    string // its address below the case's, and the prefix of its fields' names
	Key    string
	Icon   string
	Title  string
	Hint   string
	Button string
	Danger bool   // it cannot be taken back by whoever does it
	AtOnce string // the key that sends it, with Shift, without opening it; "" for none
	Open   bool   // something is typed, or wrong
	Fresh  bool   // the server has just filled the text: look at it
	Reason string
	Lines  string // rows of the reason
	Label  string // of the reason; "" for none
	Needs  string // how much of one; "": as much as a note
	Name   string // of the reason's field

	Choices []Option // boxes or a list: what to redo, whom to give it to, until when
	Until   string   // as typed, YYYY-MM-DDTHH:MM in the viewer's zone
	Zone    string   // what that zone is called
	Text    string   // to the applicant
	Answers bool     // two buttons: yes and no
	OnlyYes bool     // the decision is their own: others say no

	Errors []FieldError
}

// Err is the mistake of one of the form's fields.
func (f *ActForm) Err(field string) string { return fieldError(f.Errors, field) }

// field is the name of one of the form's fields: beside the decision's own they need
// names of their own.
func (p *CasePage) field(f *ActForm, name string) string {
	if p.hasForm() {
		return f.Act + "." + name
	}
	return name
}

// actID is the id of one of the form's fields.
func (f *ActForm) actID(name string) string { return "act-" + f.Act + "-" + name }

// pressed are the attributes of the form's button.
func (p *CasePage) pressed(f *ActForm) templ.Attributes { return p.joined("/" + f.Act) }

// atOnce names the key that sends the form without opening it, with Shift.
func (f *ActForm) atOnce() templ.Attributes {
	if f.AtOnce == "" {
		return nil
	}
	return templ.Attributes{"data-at-once": f.AtOnce, "aria-keyshortcuts": "Shift+" + keyCap(f.AtOnce)}
}

func (f *ActForm) described(name string) templ.Attributes {
	return describe(when(f.Err(name) != "", f.actID(name)+"-error", ""))
}

// fresh sends focus to a text that the server has just filled.
func (f *ActForm) fresh() templ.Attributes {
	if !f.Fresh {
		return nil
	}
	return templ.Attributes{"data-fresh": true}
}

// actKeys are the keys of what can be done beside deciding.
func actKeys(p *CasePage) []KeyLine {
	var out []KeyLine
	for _, f := range p.Acts.Forms {
		out = append(out, KeyLine{f.Title, f.Key})
		if f.AtOnce != "" {
			out = append(out, KeyLine{f.Title + " at once", "shift " + f.AtOnce})
		}
	}
	if f := p.Acts.Hold; f != nil {
		out = append(out, KeyLine{f.Title, f.Key})
	}
	if p.Acts.Undo != nil || p.Page.Undo != nil {
		out = append(out, KeyLine{"Undo", "Z"})
	}
	if p.Acts.NextList != "" {
		out = append(out, KeyLine{"Review next unclaimed", "N"})
	}
	return out
}

// keyOf is the key of a form, if it has one.
func keyOf(key string) templ.Attributes {
	if key == "" {
		return nil
	}
	return templ.Attributes{"data-key": key, "aria-keyshortcuts": key}
}
