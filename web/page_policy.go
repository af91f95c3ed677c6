package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// policy shows the policy that holds, or an older version of it to read.
func (s *Server) policy(w http.ResponseWriter, r *http.Request) error {
	now, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	shown := now
	if text := r.URL.Query().Get("version"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 || n > now.Version {
			return db.ErrNotFound
		}
		if shown, err = s.db.PolicyOf(r.Context(), n); err != nil {
			return err
		}
	}
	return s.showPolicy(w, r, http.StatusOK, shown, now.Version, nil)
}

func (s *Server) showPolicy(w http.ResponseWriter, r *http.Request, status int, p review.Policy, now int64, wrong []views.FieldError) error {
	page := views.PolicyPage{Page: s.page(w, r, "Policy"), Version: p.Version, Blind: p.Blind, Errors: wrong, Old: p.Version != now}
	page.Return = "/admin/policy"
	page.Numbers = policyNumbers(p)
	spare := 2 // empty rows to fill in
	if page.Old {
		spare = 0
	}
	for i := range len(p.Grounds) + spare {
		g := review.Ground{Action: review.Approve}
		if i < len(p.Grounds) {
			g = p.Grounds[i]
		}
		page.Grounds = append(page.Grounds, groundRow(i, g))
	}
	for i := range len(p.Codes) + spare {
		var c review.CodeRule
		if i < len(p.Codes) {
			c = p.Codes[i]
		}
		page.Codes = append(page.Codes, codeRow(i, c))
	}
	var err error
	if page.Versions, err = s.policyVersions(r, page.Prefs, now, p.Version); err != nil {
		return err
	}
	return s.render(w, r, status, views.Policy(page))
}

func policyNumbers(p review.Policy) []views.NumberField {
	field := func(name, label, unit, hint string, n, least, most int) views.NumberField {
		return views.NumberField{Name: name, Label: label, Unit: unit, Hint: hint, Value: strconv.Itoa(n), Min: least, Max: most}
	}
	return []views.NumberField{
		field("target_hours", "Target", "hours", "In which a case should be decided. Amber from 80 %, red after.", p.TargetHours, 1, 720),
		field("limit_hours", "Limit", "hours", "In which it must be. Coinify's page promises its users three days.", p.LimitHours, 1, 1440),
		field("undo_seconds", "Undo", "seconds", "A decision waits this long before anybody outside hears of it. 0 switches it off.", p.UndoSeconds, 0, 120),
		field("sample_percent", "Sampled for a second person", "%", "Of decisions that one person may take, drawn so that nobody can tell which.", p.SamplePercent, 0, 100),
	}
}

func groundRow(n int, g review.Ground) views.GroundRow {
	return views.GroundRow{N: strconv.Itoa(n), Key: g.Key, Words: unhidden(g.Words), Actions: []views.Option{
		{Value: string(review.Approve), Label: "Approve", Chosen: g.Action != review.Reject},
		{Value: string(review.Reject), Label: "Reject", Chosen: g.Action == review.Reject},
	}}
}

func codeRow(n int, rule review.CodeRule) views.CodeRow {
	row := views.CodeRow{N: strconv.Itoa(n), Codes: []views.Option{{Value: "", Label: "No code"}}}
	for _, c := range review.Standard.Codes("") {
		row.Codes = append(row.Codes, views.Option{Value: string(c.Provider) + ":" + c.Code, Label: c.Code, Chosen: c.Provider == rule.Provider && c.Code == rule.Code})
	}
	for _, word := range []string{"critical", "high", "medium", "low", "info"} {
		row.Severities = append(row.Severities, views.Option{Value: word, Label: upperFirst(word), Chosen: word == rule.Severity})
	}
	for _, o := range []views.Option{
		{Value: string(review.OverridableYes), Label: "One person may approve"},
		{Value: string(review.OverridableFourEyes), Label: "Two persons"},
		{Value: string(review.OverridableNo), Label: "Nobody may approve"},
	} {
		o.Chosen = o.Value == string(rule.Overridable)
		row.Rules = append(row.Rules, o)
	}
	return row
}

func (s *Server) policyVersions(r *http.Request, prefs views.Prefs, now, shown int64) ([]views.PolicyVersion, error) {
	made, err := s.db.PolicyVersions(r.Context())
	if err != nil {
		return nil, err
	}
	var out []views.PolicyVersion
	for _, m := range made {
		out = append(out, views.PolicyVersion{Version: itoa(m.Version), By: visible(m.By), At: moment(m.At, s.db.Now(), s.zone(prefs)), Event: "/audit/" + itoa(m.Entry)})
	}
	out = append(out, views.PolicyVersion{Version: "1"})
	for i := range out {
		out[i].Now, out[i].Shown = out[i].Version == itoa(now), out[i].Version == itoa(shown)
		out[i].Href = "/admin/policy?version=" + out[i].Version
		if out[i].Now {
			out[i].Href = "/admin/policy"
		}
	}
	return out, nil
}

// setPolicy makes a new version. The form names the version it was drawn from.
func (s *Server) setPolicy(w http.ResponseWriter, r *http.Request) error {
	p, bad := readPolicy(r.PostForm)
	err := bad.Err()
	if err == nil {
		err = s.keepRetention(r, &p)
	}
	if err == nil {
		p, err = s.db.SetPolicy(r.Context(), visitOf(r.Context()).actor, p)
	}
	if errors.As(err, &bad) {
		return s.showPolicy(w, r, http.StatusUnprocessableEntity, p, p.Version, formErrors(bad))
	}
	if err != nil {
		return err
	}
	s.flash(w, r, "ok", "Version "+itoa(p.Version)+" of the policy holds from now on.")
	return seeOther(w, r, "/admin/policy")
}

// keepRetention leaves as it is what another form changes: how long data are kept.
func (s *Server) keepRetention(r *http.Request, p *review.Policy) error {
	now, err := s.db.Policy(r.Context())
	p.Keep = now.Keep
	return err
}

// readPolicy reads the form. Rows without a key, or without a code, are left out.
func readPolicy(form url.Values) (review.Policy, review.Invalid) {
	bad := review.Invalid{}
	p := review.Policy{Blind: form.Get("blind") == "yes"}
	var err error
	if p.Version, err = strconv.ParseInt(form.Get("version"), 10, 64); err != nil {
		bad.Add("version", "The form does not say which version of the policy it is about. Look at it again.")
	}
	for name, into := range map[string]*int{"target_hours": &p.TargetHours, "limit_hours": &p.LimitHours, "undo_seconds": &p.UndoSeconds, "sample_percent": &p.SamplePercent} {
		if *into, err = strconv.Atoi(strings.TrimSpace(form.Get(name))); err != nil {
			bad.Add(name, "Give a whole number.")
		}
	}
	at := func(field string, i int) string {
		if i < len(form[field]) {
			return strings.TrimSpace(form[field][i])
		}
		return ""
	}
	for i := range form["ground_key"] {
		g := review.Ground{Key: at("ground_key", i), Words: at("ground_words", i), Action: review.Action(at("ground_action", i))}
		if g.Key != "" || g.Words != "" {
			p.Grounds = append(p.Grounds, g)
		}
	}
	for i := range form["code"] {
		provider, code, named := strings.Cut(at("code", i), ":")
		if named {
			p.Codes = append(p.Codes, review.CodeRule{Provider: review.Provider(provider), Code: code, Severity: at("code_severity", i), Overridable: review.Overridable(at("code_rule", i))})
		}
	}
	return p, bad
}

// interests shows whose cases must not come to the person who is signed in.
func (s *Server) interests(w http.ResponseWriter, r *http.Request) error {
	return s.showInterests(w, r, http.StatusOK, "", nil)
}

func (s *Server) showInterests(w http.ResponseWriter, r *http.Request, status int, words string, wrong []views.FieldError) error {
	mine, err := s.db.Interests(r.Context(), visitOf(r.Context()).actor.ID)
	if err != nil {
		return err
	}
	p := views.InterestsPage{Page: s.page(w, r, "Conflicts of interest"), Words: unhidden(firstRunes(words, 200)), Errors: wrong}
	p.Return = "/interests"
	for _, i := range mine {
		p.Interests = append(p.Interests, views.InterestRow{ID: itoa(i.ID), Words: visible(i.Words), At: moment(i.At, s.db.Now(), s.zone(p.Prefs))})
	}
	return s.render(w, r, status, views.Interests(p))
}

func (s *Server) declareInterest(w http.ResponseWriter, r *http.Request) error {
	words := r.PostForm.Get("interest")
	err := s.db.Declare(r.Context(), visitOf(r.Context()).actor, words)
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showInterests(w, r, http.StatusUnprocessableEntity, words, formErrors(bad))
	}
	if err != nil {
		return err
	}
	s.flash(w, r, "ok", "Declared. Their cases do not come to you from now on.")
	return seeOther(w, r, "/interests")
}

func (s *Server) withdrawInterest(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	if err := s.db.Withdraw(r.Context(), visitOf(r.Context()).actor, id); err != nil {
		return err
	}
	s.flash(w, r, "ok", "Withdrawn.")
	return seeOther(w, r, "/interests")
}
