package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// ask sends a request for a token, from an address of its own so that no test waits
// for another's attempts.
func (d *testDesk) ask(path, kind, body string, headers ...string) *httptest.ResponseRecorder {
	d.asked++
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Host, r.RemoteAddr = d.server.base.Host, fmt.Sprintf("10.%d.%d.9:1", d.asked/250, d.asked%250)
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return d.sendRaw(r)
}

const (
	asForm = "application/x-www-form-urlencoded"
	asJSON = "application/json"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
}

func TestAClientTakesATokenInEachOfThreeWays(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank(platform.ScopeRead, platform.ScopePII)
	id, secret := p.client.ID, p.secret
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"a form":                             d.ask("/oauth/token", asForm, form.Encode()),
		"JSON":                               d.ask("/oauth/token", asJSON+"; charset=UTF-8", `{"grant_type":"client_credentials","client_id":"`+id+`","client_secret":"`+secret+`","resource":["x"]}`),
		"Basic":                              d.ask("/oauth/token", asForm, "grant_type=client_credentials", "Authorization", basic(id, secret)),
		"Basic, with the id in the form too": d.ask("/oauth/token", asForm, "grant_type=client_credentials&client_id="+id, "Authorization", basic(id, secret)),
	} {
		wantStatus(t, w, http.StatusOK)
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, []string{"access_token", "token_type", "expires_in", "scope", "created_at"}) {
			t.Errorf("%s: %v", name, got)
		}
		got := members(t, w)
		if got["token_type"] != "Bearer" || got["expires_in"] != 1800.0 || got["scope"] != platform.ScopeRead+" "+platform.ScopePII || got["created_at"] != float64(d.Clock.Now().Unix()) {
			t.Errorf("%s: %v", name, got)
		}
		if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Pragma") != "no-cache" {
			t.Errorf("%s may be kept: %v", name, w.Header())
		}
		p.token = textOf(t, w, "access_token")
		wantStatus(t, p.send("GET", "/api/identity_verifications", ""), http.StatusOK)
	}
}

func TestATokenReadsLikeTheProvidersOwn(t *testing.T) {
	d := newTestDesk(t)
	for kind, p := range map[string]*apiClient{"bank": d.bank(platform.ScopeRead), "trader": d.trader()} {
		parts := strings.Split(p.token, ".")
		if len(parts) != 3 {
			t.Fatalf("%d parts", len(parts))
		}
		var decoded [2]map[string]any
		for i := range decoded {
			raw, err := base64.RawURLEncoding.DecodeString(parts[i])
			if err == nil {
				err = json.Unmarshal(raw, &decoded[i])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if decoded[0]["alg"] != "HS512" || decoded[0]["typ"] != "JWT" {
			t.Errorf("header %v", decoded[0])
		}
		c := decoded[1]
		lasts := map[string]float64{"bank": 1800, "trader": 1200}[kind]
		if c["iss"] != testBase || c["aud"].([]any)[0] != testBase || c["sub_type"] != kind || c["token_type"] != "access" || c["jti"] == "" ||
			c["exp"].(float64)-c["iat"].(float64) != lasts || len(c["properties"].(map[string]any)) != 0 || len(c) != 10 {
			t.Errorf("claims %v", c)
		}
		if kind == "bank" && (c["scope"].([]any)[0] != platform.ScopeRead || len(c["sub"].(string)) != 32) || kind == "trader" && c["sub"] != p.client.Reference() {
			t.Errorf("claims %v", c)
		}
		if sig, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil || len(sig) != 64 {
			t.Errorf("a signature of %d bytes: %v", len(sig), err)
		}
	}
}

func TestATokenInTheSandboxLastsEightHours(t *testing.T) {
	d := newSandbox(t)
	p := d.bank()
	w := d.ask("/oauth/token", asForm, "grant_type=client_credentials", "Authorization", basic(p.client.ID, p.secret))
	if got := members(t, w)["expires_in"]; got != 28800.0 {
		t.Errorf("expires in %v", got)
	}
}

func TestScopesAreNarrowedAndNeverWidened(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank(platform.ScopeRead, platform.ScopeExecute)
	for scope, want := range map[string]string{
		"":                    platform.ScopeRead + " " + platform.ScopeExecute,
		platform.ScopeExecute: platform.ScopeExecute,
		platform.ScopeRead + " " + platform.ScopeRead: platform.ScopeRead,
		platform.ScopePII:                     "",
		platform.ScopeRead + " accounts:read": "",
		"IDENTITY_VERIFICATIONS:READ":         "",
	} {
		w := d.ask("/oauth/token", asForm, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}.Encode(), "Authorization", basic(p.client.ID, p.secret))
		if want == "" {
			wantError(t, "/oauth/token", w, http.StatusBadRequest, "invalid_scope")
		} else if got := textOf(t, w, "scope"); got != want {
			t.Errorf("%q gives %q", scope, got)
		}
	}
	w := d.ask("/oauth/token", asForm, "grant_type=client_credentials&scope="+platform.ScopeRead, "Authorization", basic(p.client.ID, p.secret))
	p.token = textOf(t, w, "access_token")
	wantError(t, "/api", p.send("POST", "/api/identity_verifications", "{}"), http.StatusForbidden, "invalid_scopes")
}

func TestEachRefusalOfATokenHasItsCodeAndStandsInTheLogWithoutWhatWasSent(t *testing.T) {
	d := newTestDesk(t)
	p, trader := d.bank(), d.trader()
	id, secret := p.client.ID, p.secret
	for _, test := range []struct {
		what, kind, body string
		basic            string
		status           int
		code             string
		recorded         bool
	}{
		{"a wrong secret", asForm, "grant_type=client_credentials&client_id=" + id + "&client_secret=zqmrksecret", "", 401, "invalid_client", true},
		{"a wrong secret by Basic", asForm, "grant_type=client_credentials", basic(id, "zqmrksecret"), 401, "invalid_client", true},
		{"an unknown client", asForm, "grant_type=client_credentials&client_id=zqmrkclient&client_secret=" + secret, "", 401, "invalid_client", true},
		{"no client", asForm, "grant_type=client_credentials&client_secret=" + secret, "", 401, "invalid_client", true},
		{"a trader's client", asForm, "grant_type=client_credentials&client_id=" + trader.client.ID + "&client_secret=" + trader.secret, "", 401, "invalid_client", true},
		{"no grant", asForm, "client_id=" + id + "&client_secret=" + secret, "", 400, "invalid_request", true},
		{"another grant", asForm, "grant_type=zqmrkgrant&client_id=" + id + "&client_secret=" + secret, "", 400, "unsupported_grant_type", true},
		{"nothing", asForm, "", "", 400, "invalid_request", true},
		{"a scope it may not have", asForm, "grant_type=client_credentials&scope=zqmrkscope&client_id=" + id + "&client_secret=" + secret, "", 400, "invalid_scope", true},
		{"credentials twice", asForm, "grant_type=client_credentials&client_secret=" + secret, basic(id, secret), 400, "invalid_request", false},
		{"a parameter twice", asForm, "grant_type=client_credentials&grant_type=client_credentials", basic(id, secret), 400, "invalid_request", false},
		{"no form", asForm, "grant_type=%zz", basic(id, secret), 400, "invalid_request", false},
		{"bytes that are no text", asForm, "grant_type=%ff", basic(id, secret), 400, "invalid_request", false},
		{"no JSON", asJSON, "grant_type=client_credentials", "", 400, "invalid_request", false},
		{"a member twice", asJSON, `{"grant_type":"client_credentials","grant_type":"x"}`, "", 400, "invalid_request", false},
		{"a list", asJSON, `["client_credentials"]`, "", 400, "invalid_request", false},
		{"a number for the secret", asJSON, `{"grant_type":"client_credentials","client_id":"` + id + `","client_secret":7}`, "", 400, "invalid_request", false},
		{"a list of scopes", asJSON, `{"grant_type":"client_credentials","scope":["` + platform.ScopeRead + `"]}`, basic(id, secret), 400, "invalid_request", false},
		{"a bearer token", asForm, "grant_type=client_credentials", "Bearer " + p.token, 401, "invalid_client", false},
		{"Basic that is no Basic", asForm, "grant_type=client_credentials", "Basic !", 401, "invalid_client", false},
		{"another media type", "text/plain", "grant_type=client_credentials", "", 415, "invalid_request", false},
		{"too much", asForm, "scope=" + strings.Repeat("x", tokenLimit), "", 413, "invalid_request", false},
	} {
		before := len(d.events(review.EventFilter{Kind: review.EventTokenRefused}))
		headers := []string{}
		if test.basic != "" {
			headers = []string{"Authorization", test.basic}
		}
		w := d.ask("/oauth/token", test.kind, test.body, headers...)
		wantError(t, "/oauth/token", w, test.status, test.code)
		if after := len(d.events(review.EventFilter{Kind: review.EventTokenRefused})); after-before != map[bool]int{true: 1, false: 0}[test.recorded] {
			t.Errorf("%s leaves %d events", test.what, after-before)
		}
		if test.basic != "" && test.status == 401 && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: no challenge", test.what)
		}
	}
	for _, e := range d.events(review.EventFilter{Kind: review.EventTokenRefused}) {
		if strings.Contains(string(e.Body), "zqmrk") || e.Actor.ID != "system:token" || e.Address == "" {
			t.Errorf("the log says %s", e.Body)
		}
	}
	if strings.Contains(d.log.String(), "zqmrk") || strings.Contains(d.log.String(), secret) {
		t.Error("what was sent stands in the server's log")
	}
}

func TestTokensAreStoredAsDigestsAndTheirIssueIsAnEvent(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank(platform.ScopeRead)
	all := d.events(review.EventFilter{Kind: review.EventTokenIssued})
	if len(all) != 1 || all[0].Actor.Kind != "client" || all[0].Actor.ID != p.client.ID || factsOf(all[0])["scope"] != platform.ScopeRead || factsOf(all[0])["grant"] != "client_credentials" {
		t.Errorf("%+v", all)
	}
	for name, b := range d.keepCopy() {
		if strings.Contains(string(b), p.token) || strings.Contains(string(b), p.secret) {
			t.Errorf("%s holds a token or a secret", name)
		}
	}
}

func TestATokenEndsByTimeAndByRevocation(t *testing.T) {
	d := newTestDesk(t)
	p, other := d.bank(), d.bank()
	list := func(p *apiClient) *httptest.ResponseRecorder { return p.send("GET", "/api/identity_verifications", "") }
	d.Clock.Move(platform.TokenLasts - time.Second)
	wantStatus(t, list(p), http.StatusOK)
	d.Clock.Move(time.Second)
	wantError(t, "/api", list(p), http.StatusUnauthorized, "authentication_failed")

	p = d.bank()
	wantStatus(t, list(p), http.StatusOK)
	if err := d.RevokeClient(t.Context(), db.System("test"), p.client.ID); err != nil {
		t.Fatal(err)
	}
	wantError(t, "/api", list(p), http.StatusUnauthorized, "authentication_failed")
	w := d.ask("/oauth/token", asForm, "grant_type=client_credentials", "Authorization", basic(p.client.ID, p.secret))
	wantError(t, "/oauth/token", w, http.StatusUnauthorized, "invalid_client")
	other.token = textOf(t, d.ask("/oauth/token", asForm, "grant_type=client_credentials", "Authorization", basic(other.client.ID, other.secret)), "access_token")
	wantStatus(t, list(other), http.StatusOK)
}

// A revocation may fall between the look at the token and the commit.
func TestARevocationMidWayLeavesNothingBehindIt(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	var racing sync.WaitGroup
	for range 8 {
		racing.Go(func() {
			for p.send("POST", "/api/identity_verifications", plainRequest).Code == http.StatusCreated {
			}
		})
	}
	if err := d.RevokeClient(t.Context(), db.System("test"), p.client.ID); err != nil {
		t.Fatal(err)
	}
	racing.Wait()
	revoked := d.events(review.EventFilter{Kind: review.EventClientRevoked})[0].Seq
	for _, e := range d.events(review.EventFilter{Kind: review.EventReceived}) {
		if e.Seq > revoked {
			t.Errorf("event %d is younger than the revocation %d", e.Seq, revoked)
		}
	}
}

func TestTooManyRequestsForTokensFromOneNetworkWait(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank() // from another address
	ask := func(address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/oauth/token", strings.NewReader("grant_type=client_credentials"))
		r.Host, r.RemoteAddr = d.server.base.Host, address
		r.Header.Set("Content-Type", asForm)
		r.Header.Set("Authorization", basic(p.client.ID, p.secret))
		return d.sendRaw(r)
	}
	for n := range 20 {
		wantStatus(t, ask(fmt.Sprintf("[2001:db8:1:1::%d]:1", n)), http.StatusOK)
		d.Clock.Move(time.Second)
	}
	w := ask("[2001:db8:1:1:ffff::9]:1")
	wantError(t, "/oauth/token", w, http.StatusTooManyRequests, "too_many_requests")
	if got := w.Header().Get("Retry-After"); got != "281" {
		t.Errorf("Retry-After %q", got)
	}
	wantStatus(t, ask("[2001:db8:1:2::1]:1"), http.StatusOK)
	wantStatus(t, ask("192.0.2.1:1"), http.StatusOK)
	d.Clock.Move(281 * time.Second)
	wantStatus(t, ask("[2001:db8:1:1::1]:1"), http.StatusOK)
}
