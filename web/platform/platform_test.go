package platform

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"reviewdesk/db"
	"reviewdesk/review"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestEachErrorIsToldInEachShape(t *testing.T) {
	for _, test := range []struct {
		err                    error
		status                 int
		cybrid, oauth, coinify string
		header                 string
	}{
		{errNoToken, 401, "authentication_malformed", "authentication_malformed", "unauthenticated", "WWW-Authenticate"},
		{errTokenUnknown, 401, "authentication_failed", "authentication_failed", "unauthenticated", "WWW-Authenticate"},
		{db.ErrRevoked, 401, "authentication_failed", "authentication_failed", "unauthenticated", "WWW-Authenticate"},
		{needsScope(ScopeRead), 403, "invalid_scopes", "invalid_scopes", "invalid_scopes", "WWW-Authenticate"},
		{&review.Refused{Code: "invalid_value", Message: "name: too long"}, 400, "invalid_value", "invalid_value", "invalid_value", ""},
		{fmt.Errorf("body: %w", &http.MaxBytesError{Limit: 5}), 413, "request_entity_too_large", "invalid_request", "invalid_request", ""},
		{db.Throttled{Wait: 90 * time.Second}, 429, "too_many_requests", "too_many_requests", "too_many_requests", "Retry-After"},
		{fmt.Errorf("case: %w", db.ErrNotFound), 404, "not_found", "not_found", "not_found", ""},
		{fmt.Errorf("case: %w", db.ErrSealed), 503, "service_unavailable", "temporarily_unavailable", "service_unavailable", "Retry-After"},
		{fmt.Errorf("case: %w", db.ErrNotRecorded), 503, "service_unavailable", "temporarily_unavailable", "service_unavailable", "Retry-After"},
		{fmt.Errorf("case: %w", db.ErrNotAnchored), 503, "service_unavailable", "temporarily_unavailable", "service_unavailable", "Retry-After"},
		{fmt.Errorf("case: %w", db.ErrClosed), 503, "service_unavailable", "temporarily_unavailable", "service_unavailable", "Retry-After"},
		{context.Canceled, 503, "service_unavailable", "temporarily_unavailable", "service_unavailable", "Retry-After"},
		{errors.New("SELECT zqmrk"), 500, "internal_server_error", "server_error", "internal_error", ""},
		{&problem{status: 400, message: "no"}, 400, "invalid_parameter", "invalid_request", "invalid_request", ""},
		{&problem{status: 405, message: "no"}, 405, "method_not_allowed", "method_not_allowed", "method_not_allowed", ""},
		{&problem{status: 422, message: "no"}, 422, "invalid_parameter", "unprocessable_entity", "unprocessable_entity", ""},
	} {
		for path, code := range map[string]string{"/api/x": test.cybrid, "/oauth/token": test.oauth, "/kyc": test.coinify, "/auth": test.coinify, "/traders/me/kyc": test.coinify} {
			a := Refusal(path, test.err)
			get, err := members(a.Body)
			if err != nil {
				t.Fatal(err)
			}
			told := get("error")
			if path == "/api/x" {
				told = get("message_code")
			}
			if a.Status != test.status || told != code || a.Header[0] != test.header {
				t.Errorf("%v at %s: %d %s, %q", test.err, path, a.Status, a.Body, a.Header)
			}
			if text := get("error_description") + get("error_message"); text == "" || text == test.err.Error() && test.status == 500 {
				t.Errorf("%v at %s says %q", test.err, path, text)
			}
		}
	}
	if got := Refusal("/api", db.Throttled{Wait: 90 * time.Second}).Header[1]; got != "91" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestABucketFillsAgainWithTimeAndEachClientHasItsOwn(t *testing.T) {
	b := newBuckets(Rate{PerSecond: 2, Burst: 3})
	for range 3 {
		if err := b.take("ann", noon); err != nil {
			t.Fatal(err)
		}
	}
	var wait db.Throttled
	for range 10 { // being refused costs nothing
		if err := b.take("ann", noon); !errors.As(err, &wait) || wait.Wait != 500*time.Millisecond {
			t.Fatalf("%v", err)
		}
	}
	if err := b.take("bob", noon); err != nil {
		t.Error(err)
	}
	if err := b.take("ann", noon.Add(500*time.Millisecond)); err != nil {
		t.Error(err)
	}
	if err := b.take("ann", noon.Add(-time.Hour)); err == nil {
		t.Error("a clock that goes back fills the bucket")
	}
}

func TestWhatIsKeptOfClientsAndNetworksIsBounded(t *testing.T) {
	b, a := newBuckets(Rate{PerSecond: rate.Limit(0.001), Burst: 2}), newAttempts(1)
	for n := range 3 * mostKept {
		if err := b.take(fmt.Sprint(n), noon); err != nil {
			t.Fatal(err)
		}
		if err := a.add(fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255), noon); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.of) > mostKept || len(a.of) > mostKept {
		t.Errorf("%d clients, %d networks", len(b.of), len(a.of))
	}
	later := noon.Add(TokensPer)
	for n := range mostKept / 5 { // one of them finds the map full, and lets go of all that is over
		if err := a.add(fmt.Sprintf("192.%d.%d.1", n>>8, n&255), later); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.of) > mostKept/5 {
		t.Errorf("%d networks, of which %d count", len(a.of), mostKept/5)
	}
}

func TestManyAttemptsAtOnceCountAsMany(t *testing.T) {
	a := newAttempts(20)
	var let atomic.Int64
	var racing sync.WaitGroup
	for range 200 {
		racing.Go(func() {
			if a.add("192.0.2.1", noon) == nil {
				let.Add(1)
			}
		})
	}
	racing.Wait()
	if let.Load() != 20 {
		t.Errorf("%d of 200 were let through, 20 may be", let.Load())
	}
}

func TestAWindowOfAttemptsEnds(t *testing.T) {
	a := newAttempts(2)
	at := func(after time.Duration) error { return a.add("192.0.2.1", noon.Add(after)) }
	for _, after := range []time.Duration{0, time.Minute} {
		if err := at(after); err != nil {
			t.Fatal(err)
		}
	}
	var wait db.Throttled
	if err := at(2 * time.Minute); !errors.As(err, &wait) || wait.Wait != 3*time.Minute {
		t.Errorf("%v", err)
	}
	if err := at(TokensPer); err != nil {
		t.Error(err)
	}
}
