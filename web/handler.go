package web

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// handler builds the chain of web.go's package comment around the table of routes.
func (s *Server) handler() http.Handler {
	s.mux = http.NewServeMux()
	for _, route := range routes {
		s.mux.Handle(route.Pattern, s.guarded(route))
	}
	s.mux.Handle("GET /static/{file...}", s.assets)
	return s.identify(s.recovered(s.headers(s.hosts(s.origin(http.HandlerFunc(s.dispatch))))))
}

// routeOf is the pattern that a request meets; "" for none.
func (s *Server) routeOf(r *http.Request) string {
	_, pattern := s.mux.Handler(r)
	return pattern
}

// dispatch hands the request to its route. What meets none gets the desk's own
// page, with the methods that the address does take.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	if visitOf(r.Context()).route != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	handler, _ := s.mux.Handler(r)
	probe := &headersOnly{header: http.Header{}}
	handler.ServeHTTP(probe, r)
	err := error(db.ErrNotFound)
	if allow := probe.header.Get("Allow"); allow != "" {
		w.Header().Set("Allow", allow)
		err = errMethod
	}
	if platform.Owns(r.URL.Path) {
		s.fail(w, r, err) // no session is looked at for a program
		return
	}
	s.signedInAs(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, err) })).ServeHTTP(w, r)
}

var errMethod = refusal{http.StatusMethodNotAllowed, "Not here", "This address does not take that kind of request."}

// headersOnly asks net/http's own refusal which methods it would allow.
type headersOnly struct{ header http.Header }

func (h *headersOnly) Header() http.Header         { return h.header }
func (h *headersOnly) Write(b []byte) (int, error) { return len(b), nil }
func (h *headersOnly) WriteHeader(int)             {}

// guarded puts a route behind its limits, the session and its right.
func (s *Server) guarded(route Route) http.Handler {
	handle := route.handle(s)
	if !route.machine && !route.upload {
		handle = formed(handle)
	}
	if route.Who.program != "" {
		handle = s.admitted(route.Who, handle)
	}
	limit := route.limit
	if limit == 0 {
		limit = formLimit
	}
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		done, err := s.allowed(w, r, route.Who)
		if err == nil && !done {
			err = handle(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
	if route.machine {
		return inner
	}
	if route.quiet {
		return s.watchedBy(s.db.StillSignedIn, inner)
	}
	return s.signedInAs(inner)
}

// admitted lets a program in by its token, before its handler sees the request.
func (s *Server) admitted(who access, handle handlerFunc) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		r, err := s.programs.Admit(r, who.program, who.scope)
		if err != nil {
			return err
		}
		return handle(w, r)
	}
}

// formed reads what a browser sends, strictly, before its handler sees it.
func formed(handle handlerFunc) handlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := notAhead(r); err != nil {
			return err
		}
		if err := readForm(r); err != nil {
			return err
		}
		return handle(w, r)
	}
}

// notAhead refuses to show a page that the browser fetches before anybody asked for
// it: the log would say that somebody saw it.
func notAhead(r *http.Request) error {
	if strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch") {
		return refusal{http.StatusServiceUnavailable, "Not ahead of time", "Pages of the desk are not fetched before somebody opens them."}
	}
	return nil
}

// readForm reads the form of a POST, once. Only its own fields count: handlers take
// them from PostForm, never from the address.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Header.Get("Content-Type") != "" && (err != nil || kind != "application/x-www-form-urlencoded") {
		return refusal{http.StatusUnsupportedMediaType, "This request cannot be read", "The desk takes forms only."}
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return errBadRequest{"The form is not written as forms are."}
	}
	for field, values := range r.PostForm {
		if !utf8.ValidString(field) || slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }) {
			return errBadRequest{"The form holds bytes that are no text."}
		}
	}
	return nil
}

// Routes is the table, for `reviewdesk routes` and for tests.
func Routes() []Route { return slices.Clone(routes) }

// Access says in words who may use the route.
func (r Route) Access() string {
	switch {
	case r.Who.everybody:
		return "everybody"
	case r.Who.signedIn:
		return "signed in"
	case r.Who.personal != "":
		return "programs with " + r.Who.scope + ", for personal data with " + r.Who.personal
	case r.Who.scope != "":
		return "programs with " + r.Who.scope
	case r.Who.program == review.Coinify:
		return "programs of a trader"
	}
	var roles []string
	for _, role := range review.Roles() {
		if slices.ContainsFunc(r.Who.rights, role.May) {
			roles = append(roles, string(role))
		}
	}
	return strings.Join(roles, ", ")
}

// single gives the value of a parameter that may stand once; a second one is noted
// as a mistake rather than one of the two chosen.
func single(q url.Values, field string, bad review.Invalid) string {
	values := slices.DeleteFunc(slices.Clone(q[field]), func(v string) bool { return strings.TrimSpace(v) == "" })
	switch len(values) {
	case 0:
		return ""
	case 1:
		return strings.TrimSpace(values[0])
	}
	bad.Add(field, "This stands more than once.")
	return ""
}
