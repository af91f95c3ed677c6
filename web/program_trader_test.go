package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// withPassword is a trader's program that signs in by e-mail and password.
func (d *testDesk) withPassword(email string) *apiClient {
	d.t.Helper()
	hash, err := argon2id.CreateHash(testPassword, &cheapCost)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.apiClient(db.NewClient{Provider: review.Coinify, Name: "Trader", Email: email, Password: hash})
}

func grant(kind string, pairs ...string) string {
	body := map[string]string{"grant_type": kind, "partnerId": "0b3d2c1e-0000-4000-8000-000000000000"}
	for i := 0; i+1 < len(pairs); i += 2 {
		body[pairs[i]] = pairs[i+1]
	}
	text, _ := json.Marshal(body)
	return string(text)
}

func TestATraderSignsInInEachOfThreeWays(t *testing.T) {
	d := newTestDesk(t)
	p := d.withPassword("trader@partner.example")
	sign := func(body string) *httptest.ResponseRecorder {
		t.Helper()
		w := d.ask("/auth", asJSON, body)
		wantStatus(t, w, http.StatusOK)
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, []string{"access_token", "token_type", "expires_in", "refresh_token"}) {
			t.Errorf("%v", got)
		}
		if got := members(t, w); got["token_type"] != "bearer" || got["expires_in"] != 1200.0 || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v", got)
		}
		p.token = textOf(t, w, "access_token")
		wantStatus(t, p.send("GET", "/kyc/identification-attempts", ""), http.StatusOK)
		return w
	}
	first := sign(grant("password", "email", "Trader@partner.example", "password", testPassword))
	sign(grant("offline_token", "offline_token", p.secret))
	refresh := textOf(t, first, "refresh_token")
	second := sign(grant("refresh_token", "refresh_token", refresh))
	wantError(t, "/auth", d.ask("/auth", asJSON, grant("refresh_token", "refresh_token", refresh)), http.StatusBadRequest, "invalid_grant")

	p.token = textOf(t, second, "refresh_token") // a refresh token is no access token
	wantError(t, "/kyc", p.send("GET", "/kyc", ""), http.StatusUnauthorized, "unauthenticated")
	d.Clock.Move(24 * time.Hour)
	wantError(t, "/auth", d.ask("/auth", asJSON, grant("refresh_token", "refresh_token", textOf(t, second, "refresh_token"))), http.StatusBadRequest, "invalid_grant")
}

func TestARefreshTokenIsGoodForOneOfManyAtOnce(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.trader()
	refresh := textOf(t, d.ask("/auth", asJSON, grant("offline_token", "offline_token", p.secret)), "refresh_token")
	good := make(chan bool, 16)
	var racing sync.WaitGroup
	for range cap(good) {
		racing.Go(func() {
			good <- p.send("POST", "/auth", grant("refresh_token", "refresh_token", refresh)).Code == http.StatusOK
		})
	}
	racing.Wait()
	close(good)
	n := 0
	for ok := range good {
		if ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d of 16 got a token", n)
	}
}

func TestEachRefusalOfATradersSignInHasItsCode(t *testing.T) {
	d := newTestDesk(t)
	d.withPassword("trader@partner.example")
	bank, person := d.bank(), d.member("Ana Quiroga", review.RoleReviewer)
	for _, test := range []struct {
		what, kind, body string
		status           int
		code             string
		recorded         int
	}{
		{"a wrong password", asJSON, grant("password", "email", "trader@partner.example", "password", "zqmrkpassword"), 400, "invalid_grant", 1},
		{"an unknown address", asJSON, grant("password", "email", "zqmrk@partner.example", "password", testPassword), 400, "invalid_grant", 1},
		{"no address", asJSON, grant("password", "password", testPassword), 400, "invalid_request", 1},
		{"no password", asJSON, grant("password", "email", "trader@partner.example"), 400, "invalid_request", 1},
		{"an officer's password", asJSON, grant("password", "email", person.Email, "password", testPassword), 400, "invalid_grant", 1},
		{"an unknown offline token", asJSON, grant("offline_token", "offline_token", "zqmrktoken"), 400, "invalid_grant", 1},
		{"no offline token", asJSON, grant("offline_token"), 400, "invalid_request", 1},
		{"no refresh token", asJSON, grant("refresh_token"), 400, "invalid_request", 1},
		{"a list for the offline token", asJSON, `{"grant_type":"offline_token","offline_token":["zqmrk"]}`, 400, "invalid_request", 0},
		{"a bank's secret", asJSON, grant("offline_token", "offline_token", bank.secret), 400, "invalid_grant", 1},
		{"a bank's token", asJSON, grant("refresh_token", "refresh_token", bank.token), 400, "invalid_grant", 1},
		{"no grant", asJSON, "{}", 400, "invalid_request", 1},
		{"another grant", asJSON, grant("client_credentials"), 400, "unsupported_grant_type", 1},
		{"no body", asJSON, "", 400, "invalid_request", 0},
		{"a form", asForm, "grant_type=password", 415, "invalid_request", 0},
		{"too much", asJSON, `"` + strings.Repeat("x", tokenLimit) + `"`, 413, "invalid_request", 0},
	} {
		before := len(d.events(review.EventFilter{Kind: review.EventTokenRefused}))
		wantError(t, "/auth", d.ask("/auth", test.kind, test.body), test.status, test.code)
		if after := len(d.events(review.EventFilter{Kind: review.EventTokenRefused})); after-before != test.recorded {
			t.Errorf("%s leaves %d events", test.what, after-before)
		}
	}
	for _, e := range d.events(review.EventFilter{Kind: review.EventTokenRefused}) {
		if strings.Contains(string(e.Body), "zqmrk") || strings.Contains(string(e.Body), "partner.example") {
			t.Errorf("the log says %s", e.Body)
		}
	}
}

func TestGuessingATradersPasswordIsStoppedAlsoManyAtOnce(t *testing.T) {
	d := newTestDesk(t)
	d.withPassword("trader@partner.example")
	codes := make(chan int, 40)
	var racing sync.WaitGroup
	for n := range cap(codes) {
		racing.Go(func() {
			r := httptest.NewRequest("POST", "/auth", strings.NewReader(grant("password", "email", "trader@partner.example", "password", fmt.Sprint("guess ", n))))
			r.Host, r.RemoteAddr = d.server.base.Host, fmt.Sprintf("192.0.%d.9:1", n)
			r.Header.Set("Content-Type", asJSON)
			codes <- d.sendRaw(r).Code
		})
	}
	racing.Wait()
	close(codes)
	looked := 0
	for code := range codes {
		if code == http.StatusBadRequest {
			looked++
		} else if code != http.StatusTooManyRequests {
			t.Errorf("answered %d", code)
		}
	}
	if looked > 10 || d.server.hashing.ran.Load() > 10 {
		t.Errorf("%d guesses were looked at, %d hashed", looked, d.server.hashing.ran.Load())
	}
	w := d.ask("/auth", asJSON, grant("password", "email", "trader@partner.example", "password", testPassword))
	wantError(t, "/auth", w, http.StatusTooManyRequests, "too_many_requests")
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// One server may sign in many traders, and officers sign in from the same network.
func TestGoodPasswordsOfTradersShutNobodyOut(t *testing.T) {
	d := newTestDesk(t)
	for n := range 3 {
		email := fmt.Sprintf("trader%d@partner.example", n)
		p := d.withPassword(email)
		for range 15 {
			wantStatus(t, p.send("POST", "/auth", grant("password", "email", email, "password", testPassword)), http.StatusOK)
		}
	}
	p := d.apiClient(db.NewClient{Provider: review.Coinify, Name: "Trader"})
	for range 7 { // a bad guess still counts
		wantStatus(t, p.send("POST", "/auth", grant("password", "email", "trader0@partner.example", "password", "guess")), http.StatusBadRequest)
	}
	wantStatus(t, p.send("POST", "/auth", grant("password", "email", "trader0@partner.example", "password", testPassword)), http.StatusOK)
}

func TestOfflineTokensCannotBeGuessedFast(t *testing.T) {
	d := newTestDesk(t)
	p := d.apiClient(db.NewClient{Provider: review.Coinify, Name: "Trader"})
	for range 20 {
		wantStatus(t, p.send("POST", "/auth", grant("offline_token", "offline_token", "guess")), http.StatusBadRequest)
	}
	wantError(t, "/auth", p.send("POST", "/auth", grant("offline_token", "offline_token", p.secret)), http.StatusTooManyRequests, "too_many_requests")
	d.Clock.Move(platform.TokensPer)
	for range 30 { // one server may sign in many traders
		wantStatus(t, p.send("POST", "/auth", grant("offline_token", "offline_token", p.secret)), http.StatusOK)
	}
}
