// Package web is HTTP: requests into calls on db, results into views, JSON or CSV.
//
// Every route is a row of one table (routes.go) that also says who may use it. A
// handler returns an error; respond.go is the one place that turns errors into
// answers, so that no internal error's text reaches a user. Pages are rendered
// into a buffer before the first byte is written, never inside a write
// transaction. Who acts comes from the session (session.go), never from a form.
//
// Programs come by addresses of the same table; what they are told is package
// platform's.
//
// A request passes, in this order: request id and log, last-resort recovery
// (log.go), the security headers, the allowed hosts, the origin rule (guard.go);
// then what its route asks for (handler.go): the session (session.go), the limit of
// the body, the route's right, the form, the handler.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/alexedwards/scs/v2"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
	"reviewdesk/web/platform"
)

// Options configure the handler.
type Options struct {
	BaseURL        string // where browsers reach the desk, such as "https://desk.example"
	Log            *slog.Logger
	Version        string
	Demo           []views.DemoPerson // offered on the sign-in page; nil outside the demo
	TrustedProxies []netip.Prefix     // whose X-Forwarded-For counts
	Zone           *time.Location     // the desk's local time zone; nil is UTC
	Programs       platform.Limits    // what API clients may ask for; zero is the usual
	MetricsToken   string             // opens /metrics to those who are not on this machine; "" opens it to none
	Running        context.Context    // while it lasts, the log is checked every night; nil: only when asked

	CheckLog func(context.Context) db.Check // nil: this process checks it
}

// Server holds what the handlers share.
type Server struct {
	db        *db.DB
	opts      Options
	base      *url.URL
	sessions  *scs.SessionManager
	browser   *browserStore // gorilla/sessions: flashes and display choices
	assets    *assets
	hashing   *hasher
	door      door
	programs  *platform.API
	mux       *http.ServeMux
	checks    *logChecks
	meter     meter
	reported  perMinute     // content policy reports in the log
	exporting chan struct{} // a place for each export that runs
	attaching chan struct{} // the same for files that are taken in

	description description // of the APIs
}

// New makes the desk's handler.
func New(d *db.DB, o Options) (http.Handler, error) {
	s, err := newServer(d, o)
	if err != nil {
		return nil, err
	}
	if size, err := d.LogSize(context.Background()); err == nil && size < checkedAtOnce {
		s.checks.begin() // in the background; the log's page tells what it found
	}
	if o.Running != nil {
		go s.checks.nightly(o.Running, s.opts.Zone, s.opts.Log)
	}
	return s.handler(), nil
}

func newServer(d *db.DB, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, errors.Join(errors.New("base URL must be http(s)://host"), err)
	}
	if o.CheckLog == nil {
		o.CheckLog = d.CheckLog
	}
	s := &Server{db: d, opts: o, base: base, door: newDoor(base), hashing: newHasher(hashCost), checks: &logChecks{check: o.CheckLog}, exporting: make(chan struct{}, mostExports),
		attaching: make(chan struct{}, atOnce)}
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	s.programs = platform.New(platform.Options{DB: d, BaseURL: o.BaseURL, Limits: o.Programs, Caller: caller, Password: s.checkStored})
	s.sessions = newSessions(d, s.secure())
	s.browser = newBrowserStore(d, s.secure())
	return s, nil
}

// secure reports whether cookies can demand TLS.
func (s *Server) secure() bool { return s.base.Scheme == "https" }

// handlerFunc answers one request, or says what went wrong.
type handlerFunc func(w http.ResponseWriter, r *http.Request) error

// visit is what a request carries once it has passed the chain.
type visit struct {
	id      string // request id
	address string // of the client, as far as it can be believed
	route   string // the pattern, for the log
	actor   db.Actor
	account *db.Account  // nil: nobody is signed in
	token   string       // of the session
	browser *browserData // what the browser carries, once it was read
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	if v == nil {
		return &visit{}
	}
	return v
}

// caller is where a program's request comes from.
func caller(r *http.Request) platform.Caller {
	v := visitOf(r.Context())
	return platform.Caller{Address: v.address, Request: v.id}
}

// may reports whether the person of this request holds a right.
func (v *visit) may(r review.Right) bool { return v.account != nil && v.account.Role.May(r) }
