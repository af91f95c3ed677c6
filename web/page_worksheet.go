package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// A code that comes from a list of names needs a worksheet before the case can be
// approved: a page of its own, with a plain form.

// identifier is one line of a worksheet. of and mask are nil where the case says
// nothing of the kind.
type identifier struct {
	what, label string
	of          func(review.Reading) string
	mask        func(string) string
}

var identifiers = []identifier{
	{"name", "Name", func(r review.Reading) string { return r.Name }, nil},
	{"birth_date", "Date of birth", func(r review.Reading) string { return r.BirthDate }, review.MaskDate},
	{"birth_place", "Place of birth", nil, nil},
	{"nationality", "Nationality", nil, nil},
	{"document_number", "Document number", func(r review.Reading) string { return r.Number }, review.MaskNumber},
	{"address", "Address", func(r review.Reading) string { return r.Address }, review.MaskAddress},
	{"office", "Office or work", func(r review.Reading) string { return r.Occupation }, nil},
}

// known is what the case says of the applicant under an identifier, masked as on the
// case.
func (o *opened) known(i identifier) string {
	if i.what == "nationality" {
		return o.nationality()
	}
	said := o.clear(i)
	switch {
	case len(said) == 0:
		return ""
	case i.mask != nil:
		return visible(i.mask(said[0]))
	}
	return visible(said[0])
}

// clear are the case's own accounts of it.
func (o *opened) clear(i identifier) []string {
	var out []string
	if i.of == nil {
		return nil
	}
	for _, r := range []review.Reading{o.Subject.Reading, o.read(), o.Registry} {
		if text := i.of(r); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// nationality stands in the machine-readable zone only: the country of an address, or
// the one that issued the document, is another thing.
func (o *opened) nationality() string {
	for _, d := range o.Documents {
		if m, ok := review.DecodeMRZ(d.MRZ); ok && m.Nationality != "" {
			return visible(m.Nationality)
		}
	}
	return ""
}

// shown is what somebody wrote under an identifier. Where it is the applicant's own
// masked field in clear, it is masked again: to see it takes a reason.
func (o *opened) shown(i identifier, text string) string {
	again := func(clear string) bool { return i.mask != nil && review.Agree(clear, text) }
	if slices.ContainsFunc(o.clear(i), again) {
		return visible(i.mask(text))
	}
	return visible(text)
}

// worksheet shows the worksheet of one code.
func (s *Server) worksheet(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := opened{list: listAddress(r.URL.Query().Get("return")), number: formNumber(r.URL.Query())}
	code := r.URL.Query().Get("code")
	if id != r.PathValue("id") {
		return seeOther(w, r, sheetHref(id, code, o.list, o.number))
	}
	return s.drawSheet(w, r, http.StatusOK, id, code, o, nil)
}

// nameMatch records it. The code is part of the address: it says which worksheet.
func (s *Server) nameMatch(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := opened{list: s.formList(r), number: formNumber(r.PostForm)}
	sheet := readSheet(r.PostForm)
	sheet.Code = r.URL.Query().Get("code")
	_, err = s.db.NameMatch(r.Context(), visitOf(r.Context()).actor, id, sheet)
	status := http.StatusServiceUnavailable
	var clash review.Conflict
	var no review.Forbidden
	switch {
	case err == nil:
		s.flash(w, r, "ok", "Worksheet recorded: "+conclusionWords[sheet.Conclusion]+".")
		return seeOther(w, r, caseHref(id, o.list, o.number)+"#"+sheetID(sheet.Code))
	case errors.As(err, &o.wrong):
		status = http.StatusUnprocessableEntity
	case errors.As(err, &clash):
		status, o.clash = http.StatusConflict, &clash
	case errors.As(err, &no):
		status, o.notice = http.StatusForbidden, &views.Flash{Tone: "bad", Text: no.Why + " What you typed is still here."}
	case unwritten(err):
		_, heading, text := explain(err)
		o.notice = &views.Flash{Tone: "bad", Text: heading + ". " + text + " What you typed is still here."}
	default:
		return err
	}
	if drawn := s.drawSheet(w, r, status, id, sheet.Code, o, &sheet); !unwritten(drawn) {
		return drawn
	}
	return s.drawSheetBare(w, r, id, o, &sheet)
}

func readSheet(form url.Values) review.Worksheet {
	field := func(name string) string { return strings.TrimSpace(typedText(form, name)) }
	w := review.Worksheet{List: field("list"), Entry: field("entry"), Conclusion: review.Conclusion(form.Get("conclusion")), Note: typedText(form, "note")}
	for _, what := range review.Identifiers() {
		w.Compared = append(w.Compared, review.Comparison{What: what, Applicant: field("applicant." + what), Entry: field("entry." + what), Answer: form.Get("answer." + what)})
	}
	return w
}

// sheetHref is a worksheet's address, with the place that its case has in a list.
func sheetHref(id, code, list string, number int) string {
	q := url.Values{"code": {code}}
	if list != "" && list != "/queue" {
		q.Set("return", list)
	}
	if number > 0 {
		q.Set("n", itoa(int64(number)))
	}
	return address("/verifications/"+id+"/worksheet", q)
}

// sheetID is where the case's page tells of it.
func sheetID(code string) string { return "sheet-" + plainID(visible(code)) }

func (s *Server) drawSheet(w http.ResponseWriter, r *http.Request, status int, id, code string, o opened, typed *review.Worksheet) (err error) {
	o.v = visitOf(r.Context())
	if o.Case, err = s.db.View(r.Context(), o.v.actor, id); err != nil {
		return err
	}
	if o.Erased != nil {
		return review.Erased{Erasure: *o.Erased} // an empty one would say that nobody had compared
	}
	return s.renderSheet(w, r, status, code, o, typed)
}

// drawSheetBare keeps what was typed when not even the look at the case can be
// recorded: the form, and nothing of the person.
func (s *Server) drawSheetBare(w http.ResponseWriter, r *http.Request, id string, o opened, typed *review.Worksheet) error {
	v, err := s.db.Peek(r.Context(), id)
	if err != nil {
		return err
	}
	o.v = visitOf(r.Context())
	o.Verification = review.Verification{ID: v.ID, Provider: v.Provider, ProviderID: v.ProviderID, Status: v.Status, Arrived: v.Arrived, Version: v.Version, Findings: v.Findings}
	return s.renderSheet(w, r, http.StatusServiceUnavailable, typed.Code, o, typed)
}

func (s *Server) renderSheet(w http.ResponseWriter, r *http.Request, status int, code string, o opened, typed *review.Worksheet) error {
	if err := s.policies(r, &o); err != nil {
		return err
	}
	if !slices.Contains(o.Codes(), code) || !o.codes.Lookup(o.Provider, code).NeedsWorksheet() {
		return db.ErrNotFound
	}
	frame := s.page(w, r, "Worksheet of "+o.title())
	markSection(frame.Nav, o.list)
	o.now, o.zone = s.db.Now(), s.zone(frame.Prefs)
	if o.notice != nil {
		frame.Flash = append(frame.Flash, *o.notice)
	}
	return s.render(w, r, status, views.Worksheet(o.sheetPage(frame, code, typed)))
}

func (o *opened) sheetPage(frame views.Page, code string, typed *review.Worksheet) views.WorksheetPage {
	about := o.codes.Lookup(o.Provider, code)
	p := views.WorksheetPage{
		Page: frame, CaseHref: caseHref(o.ID, o.list, o.number), Back: caseHref(o.ID, o.list, o.number) + "#" + sheetID(code),
		Keep: []views.Hidden{{Name: "return", Value: o.list}}, Name: visible(o.Subject.Name), ShortID: shortID(o.Provider, o.ID),
		Provider: lookOf(o.Provider).name, Badge: o.badge(), Chip: chipFor(about), Title: about.Title, Explanation: about.Explanation, Evidence: about.Evidence,
		Errors: sheetErrors(o.wrong), ReadOnly: o.sheetReadOnly(),
	}
	if o.number > 0 {
		p.Keep = append(p.Keep, views.Hidden{Name: "n", Value: itoa(int64(o.number))})
	}
	if o.clash != nil {
		p.Conflict = upperFirst(o.clash.Error()) + ". What you typed is still here."
	}
	if p.ReadOnly == "" || typed != nil {
		p.Action = "/verifications/" + o.ID + "/worksheet?" + url.Values{"code": {code}}.Encode()
	}
	if kept := o.sheet(code); kept != nil {
		p.By, p.At = ownerOf(kept.By), moment(kept.At, o.now, o.zone)
		p.Record = o.seqHref(kept.Seq)
		if typed == nil {
			typed = o.masked(kept.Worksheet)
		}
	}
	o.fillSheet(&p, typed)
	return p
}

// sheet is the worksheet of a code that counts; nil for none.
func (o *opened) sheet(code string) *db.Sheet {
	for i := range o.Sheets {
		if o.Sheets[i].Code == code {
			return &o.Sheets[i]
		}
	}
	return nil
}

// masked is a worksheet as it is shown to whoever opens it.
func (o *opened) masked(w review.Worksheet) *review.Worksheet {
	w.Compared = slices.Clone(w.Compared)
	for n, c := range w.Compared {
		for _, i := range identifiers {
			if i.what == c.What {
				w.Compared[n].Applicant = o.shown(i, c.Applicant)
			}
		}
	}
	return &w
}

// fillSheet fills the form: as typed, or as recorded, or else with what the case knows.
func (o *opened) fillSheet(p *views.WorksheetPage, w *review.Worksheet) {
	fresh := w == nil
	if fresh {
		w = &review.Worksheet{}
	}
	p.List, p.Entry, p.Note, p.Conclusion = unhidden(w.List), unhidden(w.Entry), unhidden(w.Note), upperFirst(conclusionWords[w.Conclusion])
	for _, i := range identifiers {
		c := review.Comparison{Answer: "unknown"}
		if fresh {
			c.Applicant = o.known(i)
		} else if n := slices.IndexFunc(w.Compared, func(c review.Comparison) bool { return c.What == i.what }); n >= 0 {
			c = w.Compared[n]
		}
		row := views.SheetRow{What: i.what, Label: i.label, Applicant: unhidden(c.Applicant), Entry: unhidden(c.Entry), Answer: upperFirst(c.Answer)}
		for _, answer := range []string{"same", "different", "unknown"} {
			row.Answers = append(row.Answers, views.Option{Value: answer, Label: upperFirst(answer), Chosen: answer == c.Answer})
		}
		p.Rows = append(p.Rows, row)
	}
	for _, c := range []review.Conclusion{review.AnotherPerson, review.SamePerson, review.Undetermined} {
		p.Conclusions = append(p.Conclusions, views.Option{Value: string(c), Label: upperFirst(conclusionWords[c]), Chosen: c == w.Conclusion})
	}
}

var conclusionWords = map[review.Conclusion]string{
	review.AnotherPerson: "another person", review.SamePerson: "the same person", review.Undetermined: "undetermined",
}

// sheetReadOnly says why whoever looks cannot fill in a worksheet; "" where they can.
// The rule itself is asked.
func (o *opened) sheetReadOnly() string {
	_, _, err := o.NameMatch(review.Worksheet{}, o.v.actor.Person)
	var no review.Forbidden
	var late review.Conflict
	switch {
	case !o.v.may(review.RightDecide):
		return "Your role reads worksheets and does not fill them in."
	case errors.As(err, &no):
		return no.Why
	case errors.As(err, &late):
		return "The case is not open: its worksheets stay as they are."
	}
	return ""
}

// sheetErrors lists what is wrong in the order of the form.
func sheetErrors(wrong review.Invalid) []views.FieldError {
	fields := []string{"list", "entry", "compared"}
	for _, i := range identifiers {
		fields = append(fields, "compared."+i.what)
	}
	var out []views.FieldError
	for _, field := range append(fields, "conclusion", "note") {
		text := wrong[field]
		if text == "" {
			continue
		}
		if label := sheetLabel(field); label != "" {
			text = label + ": " + lowerFirst(text)
		}
		out = append(out, views.FieldError{Field: field, ID: strings.ReplaceAll(field, ".", "-"), Text: text})
	}
	return out
}

// sheetLabel names a field whose mistake has no name of its own.
func sheetLabel(field string) string {
	for _, i := range identifiers {
		if field == "compared."+i.what {
			return i.label
		}
	}
	return map[string]string{"list": "List", "entry": "Entry"}[field]
}

// sheetLine is what the case says of a finding's worksheet; nil where it needs none.
func (o *opened) sheetLine(code string) *views.SheetLine {
	if !o.catalogue().Lookup(o.Provider, code).NeedsWorksheet() {
		return nil
	}
	line := &views.SheetLine{ID: sheetID(code), MayFill: o.sheetReadOnly() == ""}
	kept := o.sheet(code)
	if o.then == nil && (line.MayFill || kept != nil) {
		line.Href = sheetHref(o.ID, code, o.list, o.number)
	}
	if kept == nil {
		if !o.Status.Open() || o.then != nil {
			return nil // it went without: there is nothing to tell
		}
		line.Barred = true
		return line
	}
	line.Words, line.Tone = upperFirst(conclusionWords[kept.Conclusion]), sheetTones[kept.Conclusion]
	line.Entry = visible(kept.List) + " · " + visible(kept.Entry)
	line.By, line.At = ownerOf(kept.By), moment(kept.At, o.now, o.zone)
	line.Barred = o.wrong["finding."+code] != ""
	return line
}

var sheetTones = map[review.Conclusion]string{review.AnotherPerson: "ok", review.SamePerson: "bad", review.Undetermined: "warn"}
