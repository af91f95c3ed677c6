package web

import (
	"net/http"
	"slices"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// linked are the cases that belong beside the one that was opened.
func (s *Server) linked(r *http.Request, o *opened) (views.Linked, error) {
	l, err := s.db.Linked(r.Context(), o.Verification)
	if err != nil {
		return views.Linked{}, err
	}
	out := views.Linked{Shown: o.Erased == nil || len(l.Attempts) > 0}
	out.Attempts = views.LinkedList{Title: "Other attempts of this person", Cases: o.linkedCases(l.Attempts), More: moreLinked(l.MoreAttempts, false)}
	out.Alike = views.LinkedList{Title: "Possibly the same person", Cases: o.linkedCases(l.Alike), More: moreLinked(l.MoreAlike, l.Capped)}
	return out, nil
}

// pointAtTwin leads from a finding about a duplicate to the case that is the likeliest.
func (o *opened) pointAtTwin(p *views.CasePage) {
	alike := append(slices.Clip(p.Linked.Alike.Cases), p.Linked.Attempts.Cases...)
	for i, f := range o.Findings {
		if len(alike) > 0 && strings.Contains(f.Code, "duplicate") {
			p.Findings[i].CompareHref = alike[0].CompareHref
		}
	}
}

func moreLinked(n int, capped bool) string {
	switch {
	case n == 0:
		return ""
	case capped:
		return "And at least " + thousands(n) + " more. What they share is shared by too many to tell people apart."
	}
	return "And " + thousands(n) + " more."
}

func (o *opened) linkedCases(cases []db.LinkedCase) []views.LinkedCase {
	out := make([]views.LinkedCase, 0, len(cases))
	for _, c := range cases {
		linked := views.LinkedCase{
			Href: "/verifications/" + c.ID, CompareHref: "/verifications/" + o.ID + "/compare/" + c.ID,
			Name: visible(c.Name), Erased: o.Erased != nil, ShortID: shortID(c.Provider, c.ID), Provider: lookOf(c.Provider).name, Other: c.Provider != o.Provider,
			Badge: badgeOf(c.Provider, c.Status, wireOf(c.Provider, c.Status, c.Arrived, c.Action, c.RejectReason)), When: moment(c.Created, o.now, o.zone),
		}
		for _, t := range c.Traits {
			linked.Traits = append(linked.Traits, traitWords[t])
		}
		out = append(out, linked)
	}
	return out
}

var traitWords = map[review.Trait]string{
	review.TraitNumber: "Same document number",
	review.TraitPerson: "Same name and birth date",
	review.TraitEmail:  "Same e-mail",
}

// compareCases shows two cases side by side. Both are opened, and both looks recorded.
func (s *Server) compareCases(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	other, err := s.db.FindID(r.Context(), r.PathValue("other"))
	if err != nil {
		return err
	}
	if id != r.PathValue("id") || other != r.PathValue("other") {
		return seeOther(w, r, "/verifications/"+id+"/compare/"+other)
	}
	if id == other {
		return db.ErrNotFound // nothing to compare a case with
	}
	frame := s.page(w, r, "Two cases side by side")
	p := views.BesidePage{Page: frame}
	left, right := opened{v: visitOf(r.Context()), now: s.db.Now(), zone: s.zone(frame.Prefs)}, opened{v: visitOf(r.Context()), now: s.db.Now(), zone: s.zone(frame.Prefs)}
	if left.Case, err = s.db.View(r.Context(), left.v.actor, id); err != nil {
		return err
	}
	if right.Case, err = s.db.View(r.Context(), right.v.actor, other); err != nil {
		return err
	}
	for _, o := range []*opened{&left, &right} {
		if err := s.policies(r, o); err != nil {
			return err
		}
	}
	p.Left, p.Right = left.twin(), right.twin()
	p.Rows, p.Codes = besideRows(&left, &right), besideCodes(&left, &right)
	if p.Traits, err = s.traits(r, &left, &right); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Beside(p))
}

// traits are what links the two, in words.
func (s *Server) traits(r *http.Request, left, right *opened) ([]string, error) {
	same, traits, err := s.db.Shared(r.Context(), left.Verification, right.Verification)
	if err != nil {
		return nil, err
	}
	var out []string
	if same {
		out = append(out, "Same person, says "+lookOf(left.Provider).name)
	}
	for _, t := range traits {
		out = append(out, traitWords[t])
	}
	return out, nil
}

func (o *opened) twin() views.BesideCase {
	c := views.BesideCase{
		Href: "/verifications/" + o.ID, Name: visible(o.Subject.Name), NameWarning: nameWarning(o.Subject.Name), ShortID: shortID(o.Provider, o.ID),
		Provider: lookOf(o.Provider).name, Badge: o.badge(), Facts: o.facts(), When: moment(o.CreatedAt, o.now, o.zone), Erased: o.Erased != nil,
	}
	if d := o.Decision; d != nil {
		c.Outcome = "Rejected by " + visible(d.By.Name)
		if d.Action == review.Approve {
			c.Outcome = "Approved by " + visible(d.By.Name)
		}
	}
	for _, v := range o.pictures() {
		if v.Kind != review.PictureBack {
			c.Pictures = append(c.Pictures, v)
		}
	}
	return c
}

// besideRows compare what is known of a field in both cases: as typed, and as read
// from the documents.
func besideRows(left, right *opened) []views.BesideRow {
	var out []views.BesideRow
	add := func(label string, c compared, a, b string) {
		if a == "" && b == "" {
			return
		}
		out = append(out, views.BesideRow{Label: label, Verdict: verdict(a, b), Left: c.cell(a, b, c.mask != nil, "Not known"), Right: c.cell(b, a, c.mask != nil, "Not known")})
	}
	for _, c := range comparison {
		add(c.label+", typed", c, c.of(left.Subject.Reading), c.of(right.Subject.Reading))
		add(c.label+", read", c, c.of(left.read()), c.of(right.read()))
	}
	return out
}

// read is what was read from the case's documents, the first one's word first.
func (o *opened) read() review.Reading {
	var read review.Reading
	for _, d := range o.Documents {
		read = read.Or(d.Read)
	}
	return read
}

func besideCodes(left, right *opened) []views.BesideCode {
	var out []views.BesideCode
	at := map[string]int{} // code and provider, since providers may share a word
	for side, o := range []*opened{left, right} {
		for _, f := range o.Findings {
			key := string(o.Provider) + " " + f.Code
			i, known := at[key]
			if !known {
				i = len(out)
				at[key] = i
				out = append(out, views.BesideCode{Chip: chipIn(o.codes, o.Provider, f.Code)})
			}
			words := "Found"
			if r := o.resolved(f); r.Resolution != "" {
				words = resolutionWords(r.Resolution)
				if rests := o.restsWords(r.Evidence); rests != "" {
					words += ": " + rests
				}
			}
			if side == 0 {
				out[i].Left = words
			} else {
				out[i].Right = words
			}
		}
	}
	return out
}
