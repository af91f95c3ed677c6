package web

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/views"
)

// clients lists the programs that may speak to the APIs.
func (s *Server) clients(w http.ResponseWriter, r *http.Request) error {
	return s.showClients(w, r, http.StatusOK, clientForm(db.NewClient{Provider: review.Cybrid}, nil), nil)
}

func (s *Server) showClients(w http.ResponseWriter, r *http.Request, status int, form views.ClientForm, secret *views.SecretCard, more ...views.Flash) error {
	all, err := s.db.Clients(r.Context())
	if err != nil {
		return err
	}
	p := views.ClientsPage{Page: s.page(w, r, "API clients"), Form: form, Secret: secret}
	p.Return = "/admin/clients"
	p.Flash = append(p.Flash, more...)
	now, zone := s.db.Now(), s.zone(p.Prefs)
	for _, c := range all {
		row := views.ClientRow{ID: c.ID, Name: visible(c.Name), Provider: lookOf(c.Provider).name, Email: visible(c.Email), Tokens: c.Tokens,
			Added: moment(c.Created, now, zone), Revoked: moment(c.Revoked, now, zone)}
		if c.Trader != 0 {
			row.Trader = c.Reference()
		}
		for _, scope := range c.Scopes {
			row.Scopes = append(row.Scopes, shortScope(scope))
		}
		p.Clients = append(p.Clients, row)
	}
	return s.render(w, r, status, views.Clients(p))
}

// scopeMeanings say what each scope allows.
var scopeMeanings = map[string]string{
	"identity_verifications:read":     "lists and reads verifications, without personal data",
	"identity_verifications:pii:read": "reads the personal data in them; each look is recorded",
	"identity_verifications:write":    "is named by Cybrid; no operation asks for it yet",
	"identity_verifications:execute":  "makes verifications",
}

// clientForm is the form with what was typed into it.
func clientForm(n db.NewClient, errors []views.FieldError) views.ClientForm {
	f := views.ClientForm{Submission: rand.Text(), Name: unhidden(firstRunes(n.Name, 200)), Email: unhidden(firstRunes(n.Email, longestEmail)), Errors: errors,
		Providers: apiOptions(n.Provider)}
	for _, scope := range db.Scopes() {
		f.Scopes = append(f.Scopes, views.ScopeOption{Option: views.Option{Value: scope, Label: scope, Chosen: slices.Contains(n.Scopes, scope)}, Words: scopeMeanings[scope]})
	}
	return f
}

// apiOptions are the providers whose APIs the desk speaks.
func apiOptions(chosen review.Provider) []views.Option {
	var out []views.Option
	for _, vocabulary := range providers.All {
		p := vocabulary.Provider()
		out = append(out, views.Option{Value: string(p), Label: lookOf(p).name, Chosen: p == chosen})
	}
	return out
}

// addClient shows the secret on the page itself: it has no place in a redirect or in
// a cookie. The form's own id keeps a reload from adding a second client.
func (s *Server) addClient(w http.ResponseWriter, r *http.Request) error {
	n := readClient(r)
	password := n.Password
	err := CheckClient(&n)
	if err == nil && password != "" {
		n.Password, err = s.hashing.hash(r.Context(), password)
	}
	if err != nil {
		return s.refuseClient(w, r, n, err)
	}
	c, secret, err := s.db.AddClient(r.Context(), visitOf(r.Context()).actor, n)
	if err != nil {
		return s.refuseClient(w, r, n, err)
	}
	return s.showClients(w, r, http.StatusOK, clientForm(db.NewClient{Provider: n.Provider}, nil), clientSecret(c, secret))
}

// readClient reads the form. What belongs to the other provider is dropped: its
// fields may be on the page all the same, and browsers fill in what nobody sees.
func readClient(r *http.Request) db.NewClient {
	form := r.PostForm
	n := db.NewClient{Provider: review.Provider(form.Get("provider")), Name: form.Get("name"), Submission: submissionOf(form)}
	if n.Provider == review.Coinify {
		n.Email, n.Password = form.Get("email"), form.Get("password")
		return n
	}
	for _, scope := range form["scope"] {
		if !slices.Contains(n.Scopes, scope) {
			n.Scopes = append(n.Scopes, scope)
		}
	}
	return n
}

// CheckClient says what is wrong with a program that is to be added, its password
// being still as it was typed.
func CheckClient(n *db.NewClient) error {
	bad := review.Invalid{}
	if err := n.Check(); err != nil && !errors.As(err, &bad) {
		return err
	}
	if n.Password != "" {
		if fault := passwordFault(n.Password, n.Email, n.Name); fault != "" {
			bad.Add("password", fault)
		}
	}
	return bad.Err()
}

func (s *Server) refuseClient(w http.ResponseWriter, r *http.Request, n db.NewClient, err error) error {
	var bad review.Invalid
	if errors.As(err, &bad) {
		return s.showClients(w, r, http.StatusUnprocessableEntity, clientForm(n, clientErrors(bad)), nil)
	}
	if errors.Is(err, db.ErrRepeated) {
		return s.showClients(w, r, http.StatusConflict, clientForm(db.NewClient{Provider: review.Cybrid}, nil), nil, sentBefore("client"))
	}
	return err
}

// clientErrors are the mistakes in the order of the form.
func clientErrors(bad review.Invalid) []views.FieldError {
	order := []string{"provider", "name", "scope", "email", "password"}
	out := formErrors(bad)
	slices.SortFunc(out, func(a, b views.FieldError) int { return slices.Index(order, a.Field) - slices.Index(order, b.Field) })
	return out
}

// sentBefore tells that a form came twice.
func sentBefore(what string) views.Flash {
	return views.Flash{Tone: "warn", Text: "This form was sent before, and the " + what + " was added then. Its secret was shown once and is not shown again. If it is lost, take the " + what + " away and add another."}
}

func clientSecret(c db.Client, secret string) *views.SecretCard {
	card := &views.SecretCard{Title: visible(c.Name) + " may speak to " + lookOf(c.Provider).name + "'s API",
		Text: "The secret is shown this once. Keep it where the program reads it, and nowhere else."}
	if c.Provider == review.Coinify {
		card.Text = strings.Replace(card.Text, "secret", "offline token", 1)
		card.Lines = []views.SecretLine{{ID: "client-trader", Label: "Trader", Value: c.Reference()}, {ID: "client-secret", Label: "Offline token", Value: secret}}
		return card
	}
	card.Lines = []views.SecretLine{{ID: "client-id", Label: "Client id", Value: c.ID}, {ID: "client-secret", Label: "Client secret", Value: secret}}
	return card
}

// revokeClient shuts a program out.
func (s *Server) revokeClient(w http.ResponseWriter, r *http.Request) error {
	if err := s.db.RevokeClient(r.Context(), visitOf(r.Context()).actor, r.PathValue("id")); err != nil {
		return err
	}
	s.flash(w, r, "ok", "The client is revoked. Its secret and its tokens are worth nothing now.")
	return seeOther(w, r, "/admin/clients")
}
