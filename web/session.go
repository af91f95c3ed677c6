package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"reviewdesk/db"
	"reviewdesk/review"
)

// The session says who is signed in, and nothing else does. scs keeps it in the
// desk's own store; the cookie holds only the token.
//
// scs's middleware is not used: it writes the session back when the page's first
// byte is sent, so that a failed commit is followed by the page's own body, and with
// its idle time-out it writes at every request. Here a session is loaded by its
// token and committed by name at sign-in and sign-out only, before anything is
// sent; the store does the idle time.
func newSessions(d *db.DB, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = d.SessionStore()
	m.Codec = db.SessionCodec{}
	m.Lifetime = db.SessionLasts
	m.IdleTimeout = 0 // the store's affair
	m.Cookie = scs.SessionCookie{Name: cookieName("desk_session", secure), Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, Persist: false}
	m.HashTokenInStore = false // the store hashes it itself
	return m
}

// cookieName adds the prefix with which browsers pin a cookie to this host and to
// TLS. Over plain http, on loopback, they would refuse it.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// signedInAs finds out who sends the request and fills the visit. Role and state
// of the account are read anew each time, so that a change holds at once.
func (s *Server) signedInAs(next http.Handler) http.Handler { return s.watchedBy(s.db.Touch, next) }

// watchedBy is the same with another way to find whose session it is.
func (s *Server) watchedBy(find func(ctx context.Context, token, account string) (db.Account, error), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r.Context())
		v.actor = db.Actor{Address: v.address, Request: v.id}
		token := s.sessionToken(r)
		ctx, err := s.sessions.Load(r.Context(), token)
		if err == nil && token != "" {
			err = s.recognise(ctx, v, token, find)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

const longestToken = 64 // bytes; scs makes 43

func (s *Server) sessionToken(r *http.Request) string {
	if c, err := r.Cookie(s.sessions.Cookie.Name); err == nil && len(c.Value) <= longestToken {
		return c.Value
	}
	return ""
}

func (s *Server) recognise(ctx context.Context, v *visit, token string, find func(ctx context.Context, token, account string) (db.Account, error)) error {
	id := s.sessions.GetString(ctx, db.SessionAccountKey)
	if id == "" {
		return nil
	}
	a, err := find(ctx, token, id)
	switch {
	case errors.Is(err, db.ErrNotFound) || a.ID == "" || !a.Active():
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		return nil // the session has ended, or the account has
	case err != nil:
		// The sign of life could not be written. Reading goes on; what writes will say so.
		s.opts.Log.Warn("touch session", "request", v.id, "error", err)
	}
	v.account, v.token = &a, token
	v.actor.Kind, v.actor.Person = "person", a.Person
	v.actor.Session, v.actor.Factors = db.SessionDigest(token), []string{"password"}
	return nil
}

// beginSession signs somebody in: a new token, committed with its audit event
// before any answer. An older session of this browser ends.
func (s *Server) beginSession(w http.ResponseWriter, r *http.Request, a db.Account) error {
	by := visitOf(r.Context()).actor
	by.Factors = []string{"password"}
	ctx := db.WithActor(r.Context(), by)
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if err := s.sessions.Clear(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, db.SessionAccountKey, a.ID)
	s.sessions.SetDeadline(ctx, s.db.Now().Add(db.SessionLasts))
	token, expiry, err := s.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	s.sessions.WriteSessionCookie(ctx, w, token, expiry)
	w.Header().Set("Cache-Control", "no-store") // scs adds a weaker one
	return nil
}

// endSession signs this browser out. The store keeps a tombstone: a request in
// flight cannot bring the session back.
func (s *Server) endSession(w http.ResponseWriter, r *http.Request) error {
	ctx := db.WithActor(r.Context(), visitOf(r.Context()).actor)
	err := s.sessions.Destroy(ctx)
	if err == nil || errors.Is(err, db.ErrSealed) { // a sealed desk cannot end it, but this browser can let go of it
		s.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
		w.Header().Set("Cache-Control", "no-store") // scs adds a weaker one
	}
	return err
}

// allowed asks whether this request's person may use a route. A stranger is sent
// to sign in and comes back to the page they wanted.
func (s *Server) allowed(w http.ResponseWriter, r *http.Request, who access) (done bool, err error) {
	v := visitOf(r.Context())
	if who.everybody || who.program != "" { // a program is asked for its token, see admitted
		return false, nil
	}
	if v.account == nil {
		// A dead cookie stays: another tab may have signed in meanwhile, and dropping it here would drop that one.
		return true, seeOther(w, r, signInPath(s.wanted(r)))
	}
	if who.signedIn {
		return false, nil
	}
	for _, right := range who.rights {
		if v.may(right) {
			return false, nil
		}
	}
	return false, review.Forbidden{Why: "Your role does not open this page. Ask an admin if it should."}
}

// wanted is the page to come back to: the one asked for, or the one whose form was sent.
func (s *Server) wanted(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return localPath(r.URL.RequestURI(), "/")
	}
	from, err := url.Parse(r.Referer())
	if err != nil || !s.door.owns(from) {
		return "/"
	}
	return localPath(from.RequestURI(), "/")
}

func signInPath(next string) string {
	if next == "/" {
		return "/signin"
	}
	return "/signin?" + url.Values{"next": {next}}.Encode()
}
