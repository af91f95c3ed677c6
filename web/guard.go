package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"reviewdesk/web/platform"
)

// formLimit is how many bytes a form may have, unless its route says otherwise.
const formLimit = 256 << 10

// tokenLimit is the same for a request for a token.
const tokenLimit = 16 << 10

// contentPolicy closes everything that the pages do not need: no inline script or
// style, no other origin, no frame.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'; report-to csp"

// permissions switches off what a page of ours never asks a browser for.
const permissions = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), " +
	"geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
	"picture-in-picture=(), screen-wake-lock=(), serial=(), usb=(), web-share=(), xr-spatial-tracking=()"

// headers go with every answer. The policy is same-origin and not no-referrer:
// under that one Chromium sends "Origin: null" with our own forms, and the origin
// rule would lock everybody out.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("Reporting-Endpoints", `csp="`+reportPath+`"`)
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", permissions)
		h.Set("Cache-Control", "no-store") // files under /static/ say otherwise
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		// A request with both Content-Length and Transfer-Encoding reaches us as a
		// chunked one, its connection kept open; what follows on it is not to be
		// believed (RFC 9112, 6.1).
		if len(r.TransferEncoding) > 0 {
			h.Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// door knows the names under which browsers may reach the desk.
type door struct{ hosts, origins []string }

// newDoor takes the base URL. A desk on loopback answers to all of loopback's
// names at its port; nobody else can own those.
func newDoor(base *url.URL) door {
	hosts := []string{base.Hostname()}
	if isLoopbackName(base.Hostname()) {
		hosts = append(hosts, "localhost", "127.0.0.1", "::1")
	}
	var d door
	for _, host := range hosts {
		name := plainHost(joinHost(host, base.Port()), base.Scheme)
		if !slices.Contains(d.hosts, name) {
			d.hosts = append(d.hosts, name)
			d.origins = append(d.origins, base.Scheme+"://"+name)
		}
	}
	return d
}

func isLoopbackName(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}

func joinHost(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" {
		return host
	}
	return host + ":" + port
}

// plainHost is a host as browsers write it into Origin: lower case, without the
// scheme's own port.
func plainHost(host, scheme string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// hosts refuses requests that ask for a name that is not ours: a stranger's name
// pointed at this address (DNS rebinding). Health is asked by address.
func (s *Server) hosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(s.door.hosts, plainHost(r.Host, s.base.Scheme)) && !isHealth(r.URL.Path) {
			s.fail(w, r, refusal{http.StatusMisdirectedRequest, "Wrong address", "The desk does not answer to this name."})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// origin refuses requests that change something and do not prove that they come
// from a page of ours. net/http's own protection lets a request pass that has
// neither header, or that compares equal by host alone; the rule after it does not.
//
// Programs send no Origin, and need none: their addresses look at no cookie, so a
// page of another site that sends a request there comes as nobody.
func (s *Server) origin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	for _, own := range s.door.origins {
		if err := protection.AddTrustedOrigin(own); err != nil {
			panic(err) // made of a parsed URL by newDoor
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions || platform.Owns(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		err := s.door.proven(r.Header)
		if err == nil && protection.Check(r) != nil {
			err = errForeign
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errForeign = refusal{http.StatusForbidden, "Not allowed", "This came from another site, so nothing was done. Open the desk itself and try again."}

// proven checks that a request was sent by a page of this origin.
func (d door) proven(h http.Header) error {
	origins, sites := h.Values("Origin"), h.Values("Sec-Fetch-Site")
	switch {
	case len(origins) > 1 || len(sites) > 1:
		return errBadRequest{"It names more than one origin."}
	case len(origins) == 1 && !slices.Contains(d.origins, origins[0]):
		return errForeign
	case len(sites) == 1 && sites[0] != "same-origin":
		return errForeign
	case len(origins) == 0 && len(sites) == 0:
		return errForeign
	}
	return nil
}

// fetchedByUs refuses what another site makes a browser fetch: exports and the
// like, which cost work and leave a record.
func fetchedByUs(r *http.Request) error {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return nil
	}
	return errForeign
}

// owns reports whether an address is one of this desk's.
func (d door) owns(u *url.URL) bool {
	return slices.Contains(d.origins, u.Scheme+"://"+plainHost(u.Host, u.Scheme))
}
