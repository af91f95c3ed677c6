package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/time/rate"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// newSandbox is a test desk whose APIs take test behaviours.
func newSandbox(t testing.TB) *testDesk {
	t.Helper()
	d := &testDesk{Desk: dbtest.New(t), t: t, log: &lockedBuffer{}}
	d.Shut()
	d.Sandbox = true
	d.Open()
	d.serve(Options{BaseURL: testBase})
	return d
}

// unlimited are limits for tests that ask for much at once.
var unlimited = platform.Limits{Reads: platform.Rate{PerSecond: rate.Inf}, Creates: platform.Rate{PerSecond: rate.Inf}, Tokens: 1 << 20}

// plainRequest is a create of which the applicant does the rest.
const plainRequest = `{"type":"kyc","method":"id_and_selfie"}`

// apiClient sends requests as an API client does: a token, no cookie, no Origin.
type apiClient struct {
	d      *testDesk
	client db.Client
	secret string // the client secret, or the offline token
	token  string
}

// bank is a Cybrid client with a token for the scopes given; none are all.
func (d *testDesk) bank(scopes ...string) *apiClient {
	d.t.Helper()
	if len(scopes) == 0 {
		scopes = db.Scopes()
	}
	p := d.apiClient(db.NewClient{Provider: review.Cybrid, Name: "Platform", Scopes: scopes})
	w := d.ask("/oauth/token", asForm, "grant_type=client_credentials", "Authorization", basic(p.client.ID, p.secret))
	wantStatus(d.t, w, http.StatusOK)
	p.token = textOf(d.t, w, "access_token")
	return p
}

// trader is a Coinify client with a token.
func (d *testDesk) trader() *apiClient {
	d.t.Helper()
	p := d.apiClient(db.NewClient{Provider: review.Coinify, Name: "Trader"})
	w := d.ask("/auth", asJSON, grant("offline_token", "offline_token", p.secret))
	wantStatus(d.t, w, http.StatusOK)
	p.token = textOf(d.t, w, "access_token")
	return p
}

func (d *testDesk) apiClient(n db.NewClient) *apiClient {
	d.t.Helper()
	c, secret, err := d.AddClient(d.t.Context(), db.System("test"), n)
	if err != nil {
		d.t.Fatal(err)
	}
	return &apiClient{d: d, client: c, secret: secret}
}

// request is one of the program's; headers are pairs.
func (p *apiClient) request(method, path, body string, headers ...string) *http.Request {
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, path, nil)
	} else {
		r = httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Host, r.RemoteAddr = p.d.server.base.Host, "198.51.100.9:40000"
	if p.token != "" {
		r.Header.Set("authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (p *apiClient) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.d.handler.ServeHTTP(w, p.request(method, path, body, headers...))
	return w
}

// sendRaw answers a request that is built by hand.
func (d *testDesk) sendRaw(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

// members are an answer's, in any order.
func members(t testing.TB, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%d %q: %v", w.Code, w.Body, err)
	}
	return out
}

func textOf(t testing.TB, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	text, _ := members(t, w)[name].(string)
	return text
}

// keysOf are an object's names in the order in which they stand.
func keysOf(t testing.TB, object []byte) []string {
	t.Helper()
	all, err := review.ReadObject(object)
	if err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	return names
}

// wantError checks an answer's status, code and shape.
func wantError(t testing.TB, path string, w *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	path, _, _ = strings.Cut(path, "?")
	named, want := "error", []string{"error", "error_description"}
	if strings.HasPrefix(path, "/api") {
		named, want = "message_code", []string{"status", "error_message", "message_code"}
	}
	if w.Code != status || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("%s: answered %d %q, want %d: %s", path, w.Code, w.Header().Get("Content-Type"), status, w.Body)
	}
	if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, want) {
		t.Errorf("%s: the error has %v", path, got)
	}
	got := members(t, w)
	if got[named] != code {
		t.Errorf("%s: code %v, want %s: %s", path, got[named], code, w.Body)
	}
	if number, said := got["status"]; said && number != float64(status) {
		t.Errorf("%s: the body says %v", path, number)
	}
	for _, header := range []string{"Access-Control-Allow-Origin", "Set-Cookie"} {
		if w.Header().Get(header) != "" {
			t.Errorf("%s: %s is set", path, header)
		}
	}
}

// shapeCode is a code of Cybrid's or of Coinify's, by the address.
func shapeCode(path, cybrid, coinify string) string {
	if strings.HasPrefix(path, "/api") {
		return cybrid
	}
	return coinify
}

// programRoutes are the rows that ask for a token, with an address for each.
func (d *testDesk) programRoutes(each func(route Route, method, path string)) {
	for _, route := range routes {
		if route.Who.program != "" {
			method, path := d.address(route.Pattern, "c0ffee00-0000-0040-0080-000000000001", "")
			each(route, method, strings.NewReplacer("{guid}", "c0ffee00000000400080000000000001").Replace(path))
		}
	}
}

func TestAProgramsAddressIsAProgramsRowAndNothingElseIs(t *testing.T) {
	for _, route := range routes {
		_, path, _ := strings.Cut(route.Pattern, " ")
		if !platform.Owns(path) {
			if route.Who.program != "" {
				t.Errorf("%s asks for a token, and is under the origin rule", route.Pattern)
			}
			continue
		}
		if !route.machine {
			t.Errorf("%s looks at the session's cookie, and is no longer under the origin rule", route.Pattern)
		}
		if route.Who.program == "" && !route.Who.everybody {
			t.Errorf("%s may be used by people", route.Pattern)
		}
	}
	for path, owned := range map[string]bool{"/api": true, "/api/": true, "/apis": false, "/audit": false, "/auth": true, "/authority": false,
		"/kyc": true, "/kyc/1": true, "/oauth/x": true, "/traders/me": true, "/": false, "/signin": false} {
		if platform.Owns(path) != owned {
			t.Errorf("%s is a program's: %v", path, !owned)
		}
	}
}

func TestWithoutATokenNoRowOfAProgramAnswers(t *testing.T) {
	d := newTestDesk(t)
	good := d.bank().token
	for name, headers := range map[string][]string{
		"none": nil, "empty": {""}, "no scheme": {good}, "another scheme": {"Basic " + good}, "no token": {"Bearer "}, "two": {"Bearer " + good, "Bearer " + good},
		"two in one": {"Bearer " + good + ", Bearer x"}, "a control": {"Bearer a\x01b"}, "a secret": {"Bearer " + strings.Repeat("x", 9000)},
	} {
		d.programRoutes(func(route Route, method, path string) {
			r := (&apiClient{d: d}).request(method, path, "")
			for _, h := range headers {
				r.Header.Add("Authorization", h)
			}
			w := d.sendRaw(r)
			wantError(t, path, w, http.StatusUnauthorized, shapeCode(path, "authentication_malformed", "unauthenticated"))
			if !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s, %s: no challenge", route.Pattern, name)
			}
		})
	}
	d.programRoutes(func(_ Route, method, path string) {
		for _, unknown := range []string{"abc.def.ghi", good[:len(good)-1], d.bank().secret} {
			w := (&apiClient{d: d, token: unknown}).send(method, path, "")
			wantError(t, path, w, http.StatusUnauthorized, shapeCode(path, "authentication_failed", "unauthenticated"))
		}
	})
}

func TestTheWrongScopeOrTheWrongKindOfTokenOpensNoRow(t *testing.T) {
	d := newTestDesk(t)
	trader, all := d.trader(), d.bank()
	d.programRoutes(func(route Route, method, path string) {
		if route.Who.program == review.Coinify {
			wantError(t, path, all.send(method, path, ""), http.StatusForbidden, "unauthorized_client")
			return
		}
		wantError(t, path, trader.send(method, path, ""), http.StatusUnauthorized, "invalid_subject")
		if words := route.Access(); !strings.Contains(words, route.Who.scope) || !strings.Contains(words, route.Who.personal) {
			t.Errorf("%s says of itself: %s", route.Pattern, words)
		}
		others := slices.DeleteFunc(db.Scopes(), func(s string) bool { return s == route.Who.scope })
		w := d.bank(others...).send(method, path, "")
		wantError(t, path, w, http.StatusForbidden, "invalid_scopes")
		if message := textOf(t, w, "error_message"); !strings.Contains(message, route.Who.scope+".") {
			t.Errorf("%s does not say which scope: %s", route.Pattern, message)
		}
		if w := d.bank(route.Who.scope).send(method, path, ""); w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized {
			t.Errorf("%s answers its own scope %d", route.Pattern, w.Code)
		}
	})
}

func TestASessionIsNothingToAProgramsAddressAndATokenNothingToAPage(t *testing.T) {
	d := newTestDesk(t)
	admin, _ := d.signedIn(review.RoleAdmin)
	d.programRoutes(func(_ Route, method, path string) {
		w := admin.send(admin.request(method, path, nil)) // from our own origin, with the cookie
		wantError(t, path, w, http.StatusUnauthorized, shapeCode(path, "authentication_malformed", "unauthenticated"))
	})
	p := d.bank()
	for _, route := range routes {
		if route.Who.everybody || route.Who.program != "" {
			continue
		}
		method, path := d.address(route.Pattern, d.Cybrid(1, "Zoila Quispe"), "none")
		if w := p.send(method, path, ""); w.Code != http.StatusSeeOther && w.Code != http.StatusForbidden {
			t.Errorf("%s answers a token %d", route.Pattern, w.Code)
		}
	}
	r := p.request("GET", "/queue", "")
	r.AddCookie(&http.Cookie{Name: "desk_session", Value: p.token})
	wantSignIn(t, d.sendRaw(r))
	r = (&apiClient{d: d}).request("GET", "/api/identity_verifications", "")
	for name, value := range admin.cookies {
		r.Header.Set("Authorization", "Bearer "+value)
		wantError(t, "/api", d.sendRaw(r), http.StatusUnauthorized, "authentication_failed")
		_ = name
	}
}

func TestWhatIsNotThereIsToldInTheProvidersShape(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	for _, test := range []struct {
		method, path string
		status       int
		cybrid, rest string
		allow        string
	}{
		{"GET", "/api", 404, "not_found", "", ""},
		{"POST", "/api/customers", 404, "not_found", "", ""},
		{"GET", "/api/identity_verifications/", 404, "not_found", "", ""},
		{"PATCH", "/api/identity_verifications", 405, "method_not_allowed", "", "GET, HEAD, POST"},
		{"DELETE", "/api/identity_verifications/c0ffee00000000400080000000000001", 405, "method_not_allowed", "", "GET, HEAD"},
		{"OPTIONS", "/api/identity_verifications", 405, "method_not_allowed", "", "GET, HEAD, POST"},
		{"GET", "/oauth/token", 405, "", "method_not_allowed", "POST"},
		{"POST", "/oauth/revoke", 404, "", "not_found", ""},
		{"GET", "/auth", 405, "", "method_not_allowed", "POST"},
		{"PUT", "/kyc/identification-attempts", 405, "", "method_not_allowed", "GET, HEAD, POST"},
		{"POST", "/kyc/7", 405, "", "method_not_allowed", "GET, HEAD"},
		{"POST", "/kyc/identification-attempts/c0ffee00-0000-0040-0080-000000000001", 405, "", "method_not_allowed", "GET, HEAD"},
		{"GET", "/traders/me", 404, "", "not_found", ""},
	} {
		w := p.send(test.method, test.path, "")
		wantError(t, test.path, w, test.status, shapeCode(test.path, test.cybrid, test.rest))
		if got := w.Header().Get("Allow"); got != test.allow {
			t.Errorf("%s %s: Allow %q", test.method, test.path, got)
		}
	}
	r := p.request("GET", "/api/identity_verifications", "")
	r.Host = "evil.example"
	wantError(t, "/api", d.sendRaw(r), http.StatusMisdirectedRequest, "misdirected_request")
}

func TestASealedDeskTellsProgramsToComeBack(t *testing.T) {
	d := newTestDesk(t)
	p, trader := d.bank(), d.trader()
	d.rollBack()
	d.programRoutes(func(route Route, method, path string) {
		who := p
		if route.Who.program == review.Coinify {
			who = trader
		}
		w := who.send(method, path, "")
		wantError(t, path, w, http.StatusServiceUnavailable, "service_unavailable")
		if w.Header().Get("Retry-After") != "61" {
			t.Errorf("%s: Retry-After %q", path, w.Header().Get("Retry-After"))
		}
	})
	for path, code := range map[string]string{"/oauth/token": "temporarily_unavailable", "/auth": "service_unavailable"} {
		wantError(t, path, p.send("POST", path, "{}"), http.StatusServiceUnavailable, code)
	}
	if err := d.AcceptRollback(t.Context(), db.System("test"), "restored after a disk failure"); err != nil {
		t.Fatal(err)
	}
	w := p.send("GET", "/api/identity_verifications", "")
	wantError(t, "/api", w, http.StatusUnauthorized, "authentication_failed") // what came back with it has ended
}
