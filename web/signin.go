package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// wrongSignIn is all that a failed sign-in is told, whatever was wrong.
const wrongSignIn = "E-mail and password do not go together."

// signInForm shows the form; somebody who is signed in already goes on.
func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.URL.Query().Get("next"), "")
	if visitOf(r.Context()).account != nil {
		return seeOther(w, r, localPath(next, "/"))
	}
	return s.askToSignIn(w, r, http.StatusOK, views.SignInPage{Next: next})
}

func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request, status int, p views.SignInPage) error {
	p.Page, p.Demo, p.Email = s.page(w, r, "Sign in"), s.opts.Demo, unhidden(p.Email)
	p.Return = signInPath(localPath(p.Next, "/"))
	return s.render(w, r, status, views.SignIn(p))
}

// signIn counts the attempt before it looks at the password, so that many at once
// count as many, and does the same work for a name that nobody has.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	p := views.SignInPage{Email: firstRunes(r.PostFormValue("email"), longestEmail), Next: localPath(r.PostFormValue("next"), "")}
	v := visitOf(r.Context())
	var wait db.Throttled
	if err := s.db.ReserveSignIn(r.Context(), p.Email, v.address); errors.As(err, &wait) {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Wait.Seconds())+1))
		p.Error = "Too many attempts. Wait " + waitWords(wait.Wait) + ", then try again."
		return s.askToSignIn(w, r, http.StatusTooManyRequests, p)
	} else if errors.Is(err, db.ErrSealed) {
		p.Error = "Nobody can sign in while the desk is sealed: a sign-in is recorded, and it records nothing."
		return s.askToSignIn(w, r, http.StatusServiceUnavailable, p)
	} else if err != nil {
		return err
	}
	a, ok, err := s.checkPassword(r, p.Email, r.PostFormValue("password"))
	if errors.Is(err, errBusy) {
		w.Header().Set("Retry-After", strconv.Itoa(int(patience.Seconds())))
		p.Error = errBusy.text
		return s.askToSignIn(w, r, http.StatusServiceUnavailable, p)
	}
	if err != nil {
		return err
	}
	if !ok {
		if err := s.db.SignInFailed(r.Context(), v.actor, p.Email); err != nil {
			return err
		}
		p.Error = wrongSignIn
		return s.askToSignIn(w, r, http.StatusUnauthorized, p)
	}
	if err := s.beginSession(w, r, a); err != nil {
		return err
	}
	return seeOther(w, r, localPath(p.Next, "/"))
}

const longestEmail = 254

// checkPassword reports whether somebody who may sign in has this address and this
// password. A hash made at another cost is renewed on the way.
func (s *Server) checkPassword(r *http.Request, email, password string) (db.Account, bool, error) {
	a, err := s.db.AccountByEmail(r.Context(), email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return a, false, err
	}
	stored := a.Password
	if !a.Active() {
		stored = ""
	}
	ok, fresh, err := s.hashing.check(r.Context(), password, stored)
	if errors.Is(err, errHash) {
		s.opts.Log.Error("sign in", "request", visitOf(r.Context()).id, "account", a.ID, "error", err)
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	if ok && fresh != "" {
		if err := s.db.RenewHash(r.Context(), a.ID, stored, fresh); err != nil {
			s.opts.Log.Warn("renew password hash", "request", visitOf(r.Context()).id, "error", err)
		}
	}
	return a, ok, nil
}

// checkStored compares a program's password with its hash, which stays as it is.
func (s *Server) checkStored(ctx context.Context, password, stored string) (bool, error) {
	ok, _, err := s.hashing.check(ctx, password, stored)
	if errors.Is(err, errHash) {
		s.opts.Log.Error("password of an API client", "error", err)
		return false, nil
	}
	return ok, err
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.endSession(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // not cookies: the display choices stay
	s.flash(w, r, "ok", "You are signed out.")
	return seeOther(w, r, "/signin")
}

// home sends everybody to where their work is.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	switch {
	case v.may(review.RightAdminister):
		return seeOther(w, r, "/admin")
	case v.may(review.RightDecide):
		return seeOther(w, r, "/queue")
	}
	return seeOther(w, r, "/audit")
}

var errLink = refusal{http.StatusNotFound, "This link does not work any more", "It was used already, it is older than three days, or a newer one was made. Ask an admin for a new link."}

// welcomeForm is where a one-time link leads. Looking at it does not use it up:
// programs that preview links look, too.
func (s *Server) welcomeForm(w http.ResponseWriter, r *http.Request) error {
	a, err := s.linkAccount(r)
	if err != nil {
		return err
	}
	return s.askForPassword(w, r, http.StatusOK, a, nil)
}

func (s *Server) linkAccount(r *http.Request) (db.Account, error) {
	a, err := s.db.LinkAccount(r.Context(), r.PathValue("token"))
	if errors.Is(err, db.ErrNotFound) {
		return a, errLink
	}
	return a, err
}

func (s *Server) askForPassword(w http.ResponseWriter, r *http.Request, status int, a db.Account, faults []views.FieldError) error {
	first, err := s.isFirstAdmin(r, a)
	if err != nil {
		return err
	}
	p := views.SetPasswordPage{Page: s.page(w, r, "Choose a password"), Name: visible(a.Name), Email: a.Email, Errors: faults, First: first}
	p.Action = "/welcome/" + r.PathValue("token")
	p.Return = p.Action
	return s.render(w, r, status, views.SetPassword(p))
}

// isFirstAdmin reports whether nobody has chosen a password yet.
func (s *Server) isFirstAdmin(r *http.Request, a db.Account) (bool, error) {
	if a.Role != review.RoleAdmin {
		return false, nil
	}
	everybody, err := s.db.Accounts(r.Context())
	for _, other := range everybody {
		if other.Password != "" {
			return false, err
		}
	}
	return true, err
}

// welcome sets the password, uses the link up and signs in.
func (s *Server) welcome(w http.ResponseWriter, r *http.Request) error {
	a, err := s.linkAccount(r)
	if err != nil {
		return err
	}
	password := r.PostFormValue("password")
	if fault := passwordFault(password, a.Email, a.Name); fault != "" {
		return s.askForPassword(w, r, http.StatusUnprocessableEntity, a, []views.FieldError{{Field: "password", ID: "password", Text: fault}})
	}
	if r.PostFormValue("again") != password {
		return s.askForPassword(w, r, http.StatusUnprocessableEntity, a, []views.FieldError{{Field: "again", ID: "again", Text: "The two are not the same. Type both again."}})
	}
	phc, err := s.hashing.hash(r.Context(), password)
	if err != nil {
		return err
	}
	a, err = s.db.RedeemLink(r.Context(), visitOf(r.Context()).actor, r.PathValue("token"), phc)
	if errors.Is(err, db.ErrNotFound) {
		return errLink // somebody used it in the meantime
	}
	if err != nil {
		return err
	}
	if err := s.beginSession(w, r, a); err != nil {
		return err
	}
	return seeOther(w, r, "/")
}

// preferences keeps the choices that the form names; the others stay.
func (s *Server) preferences(w http.ResponseWriter, r *http.Request) error {
	data := s.carried(r)
	for field, choice := range map[string]struct {
		into  *string
		words []string
	}{
		"theme":   {&data.Theme, []string{"light", "dark"}},
		"density": {&data.Density, []string{"compact"}},
		"zone":    {&data.Zone, []string{"local", "UTC"}},
		"keys":    {&data.Keys, []string{"off"}},
	} {
		if values, given := r.PostForm[field]; given {
			*choice.into = known(values[0], choice.words...)
		}
	}
	s.saveCarried(w, r)
	return seeOther(w, r, localPath(r.PostFormValue("return"), "/"))
}
