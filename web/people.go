package web

import (
	"errors"
	"net/http"
	"strconv"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// people lists the accounts.
func (s *Server) people(w http.ResponseWriter, r *http.Request) error {
	return s.showPeople(w, r, http.StatusOK, views.PeoplePage{})
}

func (s *Server) showPeople(w http.ResponseWriter, r *http.Request, status int, p views.PeoplePage) error {
	everybody, err := s.db.Accounts(r.Context())
	if err != nil {
		return err
	}
	p.Page = s.page(w, r, "People")
	p.Return = "/admin/people"
	if p.Roles == nil {
		p.Roles = roleOptions("")
	}
	me := visitOf(r.Context()).account
	zone := s.zone(p.Prefs)
	for _, a := range everybody {
		p.People = append(p.People, views.PersonRow{
			ID: a.ID, Name: visible(a.Name), Email: visible(a.Email), Initials: initials(a.Name), Tone: tone(a.ID),
			Role: string(a.Role), RoleWords: roleWords(a.Role), Roles: roleOptions(a.Role),
			Disabled: !a.Disabled.IsZero(), Waiting: a.Password == "", LastSeen: moment(a.Seen, s.db.Now(), zone),
			Sessions: a.Sessions, Self: a.ID == me.ID, Version: a.Version,
		})
	}
	return s.render(w, r, status, views.People(p))
}

func roleOptions(chosen review.Role) []views.Option {
	var out []views.Option
	for _, role := range review.Roles() {
		out = append(out, views.Option{Value: string(role), Label: roleWords(role), Chosen: role == chosen})
	}
	return out
}

// addPerson shows the one-time link on the page itself: a secret has no place in a
// redirect or in a cookie.
func (s *Server) addPerson(w http.ResponseWriter, r *http.Request) error {
	n := db.NewAccount{Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Role: review.Role(r.PostFormValue("role"))}
	a, secret, err := s.db.AddAccount(r.Context(), visitOf(r.Context()).actor, n)
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showPeople(w, r, http.StatusUnprocessableEntity, views.PeoplePage{
			Name: unhidden(firstRunes(n.Name, 200)), Email: unhidden(firstRunes(n.Email, longestEmail)), Roles: roleOptions(n.Role), Errors: formErrors(bad)})
	}
	if err != nil {
		return err
	}
	return s.showLink(w, r, a, secret)
}

func formErrors(bad review.Invalid) []views.FieldError {
	var out []views.FieldError
	for _, field := range bad.Fields() {
		out = append(out, views.FieldError{Field: field, ID: field, Text: bad[field]})
	}
	return out
}

func (s *Server) showLink(w http.ResponseWriter, r *http.Request, a db.Account, secret string) error {
	return s.showPeople(w, r, http.StatusOK, views.PeoplePage{LinkFor: visible(a.Name), LinkURL: s.base.Scheme + "://" + s.base.Host + "/welcome/" + secret})
}

// theirAccount finds the account that a form is about, as the page showed it.
func (s *Server) theirAccount(r *http.Request) (db.Account, error) {
	a, err := s.db.Account(r.Context(), r.PathValue("id"))
	if err != nil {
		return a, err
	}
	if shown := r.PostFormValue("version"); shown != "" && shown != strconv.FormatInt(a.Version, 10) {
		return a, refusal{http.StatusConflict, "Somebody was first", "This account has changed since the page was drawn. Nothing of yours was recorded. Look at it again."}
	}
	return a, nil
}

// afterChange leads back to the list with a message.
func (s *Server) afterChange(w http.ResponseWriter, r *http.Request, err error, text string) error {
	if err != nil {
		return err
	}
	s.flash(w, r, "ok", text)
	return seeOther(w, r, "/admin/people")
}

func (s *Server) setRole(w http.ResponseWriter, r *http.Request) error {
	a, err := s.theirAccount(r)
	if err != nil {
		return err
	}
	err = s.db.SetRole(r.Context(), visitOf(r.Context()).actor, a.ID, review.Role(r.PostFormValue("role")))
	return s.afterChange(w, r, err, "The role is changed. Their sessions have ended.")
}

func (s *Server) disablePerson(w http.ResponseWriter, r *http.Request) error {
	a, err := s.theirAccount(r)
	if err != nil {
		return err
	}
	err = s.db.SetDisabled(r.Context(), visitOf(r.Context()).actor, a.ID, true)
	return s.afterChange(w, r, err, "The account is disabled. Its sessions have ended.")
}

func (s *Server) enablePerson(w http.ResponseWriter, r *http.Request) error {
	a, err := s.theirAccount(r)
	if err != nil {
		return err
	}
	err = s.db.SetDisabled(r.Context(), visitOf(r.Context()).actor, a.ID, false)
	return s.afterChange(w, r, err, "The account is enabled.")
}

func (s *Server) resetPerson(w http.ResponseWriter, r *http.Request) error {
	a, err := s.theirAccount(r)
	if err != nil {
		return err
	}
	a, secret, err := s.db.ResetLink(r.Context(), visitOf(r.Context()).actor, a.ID)
	if err != nil {
		return err
	}
	return s.showLink(w, r, a, secret)
}

// admin is the admin's first page: the rooms, and the exports with their filters.
func (s *Server) admin(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, views.Admin(views.AdminPage{
		Page: s.page(w, r, "Administration"),
		Cards: []views.AdminCard{
			{Title: "People", Text: "Who may sign in, and as what. Disabling somebody ends their sessions at once.", Href: "/admin/people", Label: "See people", Icon: "users"},
			{Title: "Policy", Text: "Targets, grounds, how grave a code is and who may overrule it. Every version is kept.", Href: "/admin/policy", Label: "See the policy", Icon: "policy"},
			{Title: "Retention", Text: "How long data are kept, whose time has come, who is on legal hold, and who was erased.", Href: "/admin/retention", Label: "See retention", Icon: "trash"},
			{Title: "API clients", Text: "Which programs may speak to the providers' APIs here, and what each one may do.", Href: "/admin/clients", Label: "See clients", Icon: "key"},
			{Title: "Webhooks", Text: "Whom the desk tells of its decisions, and what became of each delivery.", Href: "/admin/webhooks", Label: "See webhooks", Icon: "hook"},
			{Title: "Audit log", Text: "Every action on the desk, by whom and when. Nothing in it can be changed.", Href: "/audit", Label: "Read the log", Icon: "log"},
		},
		Pills: exportPills(),
	}))
}

func exportPills() []views.FilterPill {
	any := views.Option{Value: "", Label: "Any"}
	severities := []views.Option{any}
	for _, word := range []string{"critical", "high", "medium", "low"} {
		severities = append(severities, views.Option{Value: word, Label: upperFirst(word) + " or graver"})
	}
	severities[1].Label = "Critical"
	return []views.FilterPill{
		{Name: "status", Label: "State", Kind: "select", Options: []views.Option{
			{Value: "", Label: "All"}, {Value: string(review.StatusInReview), Label: "To review"}, {Value: string(review.StatusSecondReview), Label: "Second review"},
			{Value: statusDecided, Label: "Decided"}, {Value: string(review.StatusPassed), Label: "Passed"}, {Value: string(review.StatusFailed), Label: "Failed"},
			{Value: string(review.StatusArriving), Label: "Arriving"}, {Value: string(review.StatusLapsed), Label: "Lapsed"}}},
		{Name: "provider", Label: "Provider", Kind: "select", Options: []views.Option{any, {Value: string(review.Cybrid), Label: "Cybrid"}, {Value: string(review.Coinify), Label: "Coinify"}}},
		{Name: "severity", Label: "Severity", Kind: "select", Options: severities},
		{Name: "created", Label: "Created", Kind: "dates"},
	}
}
