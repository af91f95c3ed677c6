package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	for _, base := range []string{testBase, "https://desk.example"} {
		d := newTestDeskAt(t, base)
		stranger := d.browser()
		admin, _ := d.signedIn(review.RoleAdmin)
		foreign := stranger.request("POST", "/signin", nil)
		foreign.Header.Set("Origin", "https://evil.example")
		elsewhere := stranger.request("GET", "/signin", nil)
		elsewhere.Host = "evil.example"
		answers := map[string]*httptest.ResponseRecorder{
			"the sign-in page": stranger.get("/signin"), "a redirect": stranger.get("/queue"), "nothing there": stranger.get("/nothing"),
			"a static file": stranger.get(d.server.assets.addresses.CSS), "no static file": stranger.get("/static/none.css"),
			"health": stranger.get("/healthz"), "another origin": stranger.send(foreign), "another host": stranger.send(elsewhere),
			"a page": admin.get("/admin"), "a refusal": admin.get("/queue"), "another method": stranger.send(stranger.request("PUT", "/signin", nil)),
			"an export": admin.get("/export/verifications.csv"), "a program's address": stranger.get("/api/identity_verifications"),
		}
		for what, w := range answers {
			h := w.Header()
			for name, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
					"form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; report-to csp",
				"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s %s (%d): %s is %q", base, what, w.Code, name, got)
				}
			}
			if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") || len(h.Get("X-Request-Id")) != 13 {
				t.Errorf("%s: %s, reference %q", what, h.Get("Permissions-Policy"), h.Get("X-Request-Id"))
			}
			if got := h.Get("Strict-Transport-Security"); got != map[string]string{"https://desk.example": "max-age=63072000; includeSubDomains"}[base] {
				t.Errorf("%s %s: HSTS %q", base, what, got)
			}
			if want := map[bool]string{true: cacheForever, false: "no-store"}[what == "a static file"]; h.Get("Cache-Control") != want {
				t.Errorf("%s: Cache-Control %q", what, h.Get("Cache-Control"))
			}
			if w.Body.Len() > 0 && !strings.Contains(h.Get("Content-Type"), "charset=utf-8") {
				t.Errorf("%s: Content-Type %q", what, h.Get("Content-Type"))
			}
		}
	}
}

func TestOnlyTheDesksOwnNamesAreAnswered(t *testing.T) {
	for base, hosts := range map[string]map[string]int{
		testBase: {"127.0.0.1:8080": 200, "localhost:8080": 200, "LOCALHOST:8080": 200, "[::1]:8080": 200,
			"localhost": 421, "localhost:8081": 421, "evil.example:8080": 421, "127.0.0.1.evil.example:8080": 421, "": 421},
		"https://desk.example":      {"desk.example": 200, "Desk.Example": 200, "desk.example:443": 200, "desk.example:80": 421, "localhost": 421, "desk.example.": 421},
		"https://desk.example:8443": {"desk.example:8443": 200, "desk.example": 421},
		"http://localhost":          {"localhost": 200, "localhost:80": 200, "127.0.0.1": 200, "[::1]": 200, "localhost:8080": 421},
	} {
		d := newTestDeskAt(t, base)
		for host, want := range hosts {
			r := d.browser().request("GET", "/signin", nil)
			r.Host = host
			if got := d.browser().send(r).Code; got != want {
				t.Errorf("%s asked as %q answers %d, want %d", base, host, got, want)
			}
		}
	}
}

func TestAChangeMustProveThatItComesFromThisDesk(t *testing.T) {
	d := newTestDesk(t)
	for _, test := range []struct {
		what    string
		headers [][2]string
		want    int
	}{
		{"same-origin and our origin", [][2]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", testBase}}, 303},
		{"same-origin alone", [][2]string{{"Sec-Fetch-Site", "same-origin"}}, 303},
		{"our origin alone", [][2]string{{"Origin", testBase}}, 303},
		{"our other name alone", [][2]string{{"Origin", "http://localhost:8080"}}, 303},
		{"no proof", nil, 403},
		{"another site", [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}}, 403},
		{"another site alone", [][2]string{{"Sec-Fetch-Site", "cross-site"}}, 403},
		{"a neighbour", [][2]string{{"Sec-Fetch-Site", "same-site"}, {"Origin", "http://127.0.0.1:9090"}}, 403},
		{"nobody's click", [][2]string{{"Sec-Fetch-Site", "none"}}, 403},
		{"a foreign origin beside same-origin", [][2]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.example"}}, 403},
		{"our origin beside cross-site", [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", testBase}}, 403},
		{"an opaque origin", [][2]string{{"Origin", "null"}}, 403},
		{"an opaque origin beside same-origin", [][2]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", "null"}}, 403},
		{"another scheme", [][2]string{{"Origin", "https://127.0.0.1:8080"}}, 403},
		{"another port", [][2]string{{"Origin", "http://127.0.0.1:80"}}, 403},
		{"our host behind a user name", [][2]string{{"Origin", "http://x@127.0.0.1:8080"}}, 403},
		{"our host with a path", [][2]string{{"Origin", testBase + "/"}}, 403},
		{"two origins", [][2]string{{"Origin", testBase}, {"Origin", testBase}}, 400},
		{"two sites", [][2]string{{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "same-origin"}}, 400},
	} {
		r := d.browser().request("POST", "/preferences", nil)
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
		for _, h := range test.headers {
			r.Header.Add(h[0], h[1])
		}
		if got := d.browser().send(r).Code; got != test.want {
			t.Errorf("%s answers %d, want %d", test.what, got, test.want)
		}
	}
}

func TestOnlyTheListedMethodsAreTaken(t *testing.T) {
	d := newTestDesk(t)
	for method, path := range map[string]string{"PUT": "/signin", "DELETE": "/admin/people", "PATCH": "/queue", "TRACE": "/signin", "OPTIONS": "/signin", "GET": "/signout"} {
		w := d.browser().send(d.browser().request(method, path, nil))
		if w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusForbidden || w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s answers %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
		}
	}
	r := d.browser().request("PUT", "/signin", nil)
	r.Header.Set("Origin", testBase)
	w := d.browser().send(r)
	if wantStatus(t, w, http.StatusMethodNotAllowed); w.Header().Get("Allow") != "GET, HEAD, POST" {
		t.Errorf("Allow %q", w.Header().Get("Allow"))
	}
	if !strings.Contains(text(w), "Not here") {
		t.Errorf("not the desk's own page: %s", text(w))
	}
}

func TestABodyOverTheLimitIsRefusedInWords(t *testing.T) {
	d := newTestDesk(t)
	w := d.browser().post("/signin", "email", "a@desk.example", "password", strings.Repeat("x", formLimit))
	if wantStatus(t, w, http.StatusRequestEntityTooLarge); !strings.Contains(text(w), "Too much was sent") {
		t.Error(text(w))
	}
}

func TestWhatIsNoFormOfOursIsRefused(t *testing.T) {
	d := newTestDesk(t)
	for _, test := range []struct {
		kind, body string
		want       int
	}{
		{"application/json", `{"theme":"dark"}`, http.StatusUnsupportedMediaType},
		{"multipart/form-data; boundary=x", "--x--", http.StatusUnsupportedMediaType},
		{"text/plain", "theme=dark", http.StatusUnsupportedMediaType},
		{"application/x-www-form-urlencoded", "theme=%zz", http.StatusBadRequest},
		{"application/x-www-form-urlencoded", "theme=%ff%fe", http.StatusBadRequest},
		{"application/x-www-form-urlencoded; charset=utf-8", "theme=dark", http.StatusSeeOther},
	} {
		r := d.browser().request("POST", "/preferences", nil)
		r.Header.Set("Content-Type", test.kind)
		r.Body = readCloser{strings.NewReader(test.body)}
		if got := d.browser().send(r).Code; got != test.want {
			t.Errorf("%s %q answers %d, want %d", test.kind, test.body, got, test.want)
		}
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func TestAPageFetchedAheadIsNotShown(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	r := b.request("GET", "/queue", nil)
	r.Header.Set("Sec-Purpose", "prefetch;prerender")
	wantStatus(t, b.send(r), http.StatusServiceUnavailable)
}

func TestAChunkedRequestEndsItsConnection(t *testing.T) {
	d := newTestDesk(t)
	addr := d.listen()
	for name, request := range map[string]string{
		"chunked":                "POST /signin HTTP/1.1\r\nHost: " + addr + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunked, with a length": "POST /signin HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, request+"GET /signin HTTP/1.1\r\nHost: "+addr+"\r\n\r\n")
		answers := bufio.NewReader(conn)
		first, err := http.ReadResponse(answers, nil)
		if err != nil || !first.Close {
			t.Fatalf("%s: %v, closes: %v", name, err, first != nil && first.Close)
		}
		if _, err := io.Copy(io.Discard, first.Body); err != nil {
			t.Fatal(err)
		}
		if second, err := http.ReadResponse(answers, nil); err == nil {
			t.Errorf("%s: what followed was answered %d", name, second.StatusCode)
		}
		conn.Close()
	}
}

func TestStrangersForwardedHeadersCountForNothing(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, test := range []struct{ peer, forwarded, want string }{
		{"203.0.113.7:1", "", "203.0.113.7"},
		{"203.0.113.7:1", "198.51.100.1", "203.0.113.7"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1:1", "198.51.100.1, nonsense", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:1", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := d.server.clientAddress(r); got != test.want {
			t.Errorf("%s forwarding %q is %s, want %s", test.peer, test.forwarded, got, test.want)
		}
	}
}

func TestAnInternalErrorShowsAReferenceAndNeverItsText(t *testing.T) {
	d := newTestDesk(t)
	secret := "UNIQUE constraint failed: account.email quiroga"
	for name, handle := range map[string]handlerFunc{
		"an error": func(http.ResponseWriter, *http.Request) error { return errors.New(secret) },
		"a panic":  func(http.ResponseWriter, *http.Request) error { panic(secret) },
	} {
		route := Route{Who: everybody, handle: func(*Server) handlerFunc { return handle }}
		d.server.mux.Handle("GET /break/"+strings.ReplaceAll(name, " ", "-"), d.server.guarded(route))
		w := d.browser().get("/break/" + strings.ReplaceAll(name, " ", "-"))
		wantStatus(t, w, http.StatusInternalServerError)
		if strings.Contains(w.Body.String(), "UNIQUE") || !strings.Contains(text(w), w.Header().Get("X-Request-Id")) {
			t.Errorf("%s: %s", name, text(w))
		}
		if !strings.Contains(d.log.String(), w.Header().Get("X-Request-Id")) {
			t.Errorf("%s: the reference is not in the log", name)
		}
	}
	if n := strings.Count(d.log.String(), "quiroga"); n != 1 {
		t.Errorf("the log quotes it %d times, want once, for the error alone", n)
	}
}

func TestTheLogHoldsPatternsAndNothingPersonal(t *testing.T) {
	d := newTestDesk(t)
	b, a := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	b.get("/verifications/" + id)
	b.get("/queue?q=Zoila+Quispe")
	b.post("/signin", "email", "zoila@desk.example", "password", "Zoila knows nothing")
	b.send(b.request("BREW", "/signin", nil))
	log := d.log.String()
	for _, secret := range []string{id, "Zoila", "zoila", "Quispe", a.Email, a.Name, "203.0.113.7", b.cookies["desk_session"], "BREW"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(log, `"route":"GET /verifications/{id}"`) {
		t.Errorf("the pattern is missing: %s", log)
	}
}
