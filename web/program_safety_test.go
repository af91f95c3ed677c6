package web

import (
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"reviewdesk/review"
	"reviewdesk/web/platform"
)

// creates are the addresses that make something, with a body each.
var creates = map[string]string{
	identityVerifications: plainRequest, attempts: `{"returnUrl":"https://shop.example/"}`, "/traders/me/kyc": "",
}

// eachCreate tries something at each of them.
func eachCreate(d *testDesk, try func(p *apiClient, path, body string)) {
	for path, body := range creates {
		if strings.HasPrefix(path, "/api") {
			try(d.bank(), path, body)
		} else {
			try(d.trader(), path, body)
		}
	}
}

func (d *testDesk) madeCases() int {
	return len(d.events(review.EventFilter{Kind: review.EventReceived}))
}

func TestACreateRepeatedUnderItsKeyAnswersTheSameAndMakesNothing(t *testing.T) {
	d := newSandbox(t)
	eachCreate(d, func(p *apiClient, path, body string) {
		before := d.madeCases()
		first := p.send("POST", path, body, "Idempotency-Key", "order-1")
		d.moved(5) // it has moved on meanwhile
		again := p.send("POST", path, body, "Idempotency-Key", "order-1")
		if again.Code != first.Code || again.Body.String() != first.Body.String() {
			t.Errorf("%s: first %d %s, then %d %s", path, first.Code, first.Body, again.Code, again.Body)
		}
		if first.Code >= 300 || d.madeCases() != before+1 {
			t.Errorf("%s: %d cases", path, d.madeCases()-before)
		}
		if other := p.send("POST", path, body, "Idempotency-Key", "order-2"); other.Body.String() == first.Body.String() {
			t.Errorf("%s: another key found the same", path)
		}
		if other := p.send("POST", path, body); other.Body.String() == first.Body.String() {
			t.Errorf("%s: no key found the same", path)
		}
	})
}

func TestAKeyIsTheClientsOwnAndBoundToTheBodyAndTheAddress(t *testing.T) {
	d := newTestDesk(t)
	ann, bob, trader := d.bank(), d.bank(), d.trader()
	first := ann.send("POST", identityVerifications, plainRequest, "Idempotency-Key", "k")
	theirs := bob.send("POST", identityVerifications, plainRequest, "Idempotency-Key", "k")
	if theirs.Code != http.StatusCreated || theirs.Body.String() == first.Body.String() {
		t.Errorf("%s", theirs.Body)
	}
	w := ann.send("POST", identityVerifications, `{"type":"kyc","method":"tax_id_and_selfie"}`, "Idempotency-Key", "k")
	wantError(t, identityVerifications, w, http.StatusUnprocessableEntity, "invalid_parameter")
	if !strings.Contains(w.Body.String(), "Idempotency-Key") {
		t.Errorf("%s", w.Body)
	}
	wantStatus(t, trader.send("POST", attempts, "", "Idempotency-Key", "k"), http.StatusOK)
	for path, body := range map[string]string{attempts: `{"returnUrl":null}`, "/traders/me/kyc": ""} {
		wantError(t, path, trader.send("POST", path, body, "Idempotency-Key", "k"), http.StatusConflict, "invalid_request")
	}
	for name, b := range d.keepCopy() {
		if strings.Contains(string(b), "order-zqmrk") {
			t.Errorf("%s holds the key", name)
		}
	}
}

func TestAKeyThatIsNoneIsRefused(t *testing.T) {
	d := newTestDesk(t)
	eachCreate(d, func(p *apiClient, path, body string) {
		for _, keys := range [][]string{{""}, {strings.Repeat("k", 256)}, {"a b"}, {"a\tb"}, {"ü"}, {"\x7f"}, {"a", "a"}} {
			r := p.request("POST", path, body)
			r.Header["Idempotency-Key"] = keys
			wantError(t, path, d.sendRaw(r), http.StatusBadRequest, shapeCode(path, "invalid_parameter", "invalid_request"))
			d.Clock.Move(time.Second)
		}
		if w := p.send("POST", path, body, "Idempotency-Key", strings.Repeat("~", 255)); w.Code >= 300 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

func TestTwinsUnderOneKeyMakeOneCase(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	eachCreate(d, func(p *apiClient, path, body string) {
		for round := range 5 {
			before, key := d.madeCases(), fmt.Sprint("twins-", round)
			answers := make([]string, 16)
			var racing sync.WaitGroup
			for i := range answers {
				racing.Go(func() {
					w := p.send("POST", path, body, "Idempotency-Key", key)
					answers[i] = fmt.Sprint(w.Code, w.Body)
				})
			}
			racing.Wait()
			for _, a := range answers {
				if a != answers[0] || a[0] != '2' {
					t.Errorf("%s: %s, and %s", path, answers[0], a)
				}
			}
			if n := d.madeCases() - before; n != 1 {
				t.Errorf("%s: 16 twins made %d cases", path, n)
			}
		}
	})
}

// Twins with different bodies: one wins, the rest are told.
func TestOneKeyForDifferentBodiesAtOnceMakesOneCase(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.trader()
	codes := make(chan int, 16)
	var racing sync.WaitGroup
	for n := range cap(codes) {
		racing.Go(func() {
			codes <- p.send("POST", attempts, fmt.Sprintf(`{"returnUrl":"https://shop.example/%d"}`, n), "Idempotency-Key", "one").Code
		})
	}
	racing.Wait()
	close(codes)
	count := map[int]int{}
	for code := range codes {
		count[code]++
	}
	if count[200] != 1 || count[409] != 15 || d.madeCases() != 1 {
		t.Errorf("%v, %d cases", count, d.madeCases())
	}
}

func TestABodyMustBeJSONAndMayNotBeTooLong(t *testing.T) {
	d := newTestDesk(t)
	eachCreate(d, func(p *apiClient, path, body string) {
		unsupported := shapeCode(path, "unsupported_media_type", "invalid_request")
		for _, kind := range []string{"", "text/plain", asForm, "multipart/form-data; boundary=x", "application/json; charset=latin1", "application/xml", "json"} {
			r := p.request("POST", path, "{}")
			r.Header.Set("Content-Type", kind)
			wantError(t, path, d.sendRaw(r), http.StatusUnsupportedMediaType, unsupported)
			d.Clock.Move(time.Second)
		}
		wantError(t, path, p.send("POST", path, "{}", "Content-Encoding", "gzip"), http.StatusUnsupportedMediaType, unsupported)
		for _, kind := range []string{"application/json; charset=UTF-8", "APPLICATION/JSON"} {
			if w := p.send("POST", path, body, "Content-Type", kind); w.Code >= 300 {
				t.Errorf("%s: %d %s", kind, w.Code, w.Body)
			}
		}
		w := p.send("POST", path, `{"type":"`+strings.Repeat("x", formLimit)+`"}`)
		wantError(t, path, w, http.StatusRequestEntityTooLarge, shapeCode(path, "request_entity_too_large", "invalid_request"))
		if !strings.Contains(w.Body.String(), "262144") {
			t.Errorf("%s", w.Body)
		}
		broken := p.request("POST", path, "{}")
		broken.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), iotest.ErrReader(io.ErrUnexpectedEOF)))
		wantError(t, path, d.sendRaw(broken), http.StatusBadRequest, shapeCode(path, "invalid_parameter", "invalid_request"))
		r := p.request("POST", path, "{}")
		r.Body = http.NoBody
		r.ContentLength = 0
		r.Header.Del("Content-Type")
		if w := d.sendRaw(r); w.Code == http.StatusUnsupportedMediaType {
			t.Errorf("%s asks for the media type of nothing", path)
		}
	})
}

func TestAClientThatIsTooFastIsToldWhenToComeBack(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: platform.Limits{Reads: platform.Rate{PerSecond: 2, Burst: 5}, Creates: platform.Rate{PerSecond: 0.1, Burst: 2}}})
	p, other, trader := d.bank(), d.bank(), d.trader()
	for _, test := range []struct {
		p            *apiClient
		method, path string
		body         string
		burst        int
		wait         string
	}{
		{p, "GET", identityVerifications, "", 5, "1"},
		{p, "POST", identityVerifications, plainRequest, 2, "11"},
		{trader, "GET", attempts, "", 5, "1"},
		{trader, "POST", attempts, "{}", 2, "11"},
	} {
		for range test.burst {
			if w := test.p.send(test.method, test.path, test.body); w.Code >= 300 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
		w := test.p.send(test.method, test.path, test.body)
		wantError(t, test.path, w, http.StatusTooManyRequests, "too_many_requests")
		if got := w.Header().Get("Retry-After"); got != test.wait {
			t.Errorf("%s %s: Retry-After %q", test.method, test.path, got)
		}
	}
	wantStatus(t, other.send("GET", identityVerifications, ""), http.StatusOK)
	d.Clock.Move(time.Second)
	wantStatus(t, p.send("GET", identityVerifications, ""), http.StatusOK)
	wantError(t, identityVerifications, p.send("POST", identityVerifications, plainRequest), http.StatusTooManyRequests, "too_many_requests")
	d.Clock.Move(9 * time.Second)
	wantStatus(t, p.send("POST", identityVerifications, plainRequest), http.StatusCreated)
}

// A desk that cannot write answers what needs no record, and nothing is made twice
// when it comes back.
func TestADeskThatCannotWriteSaysSoAndLosesNothing(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	guid := p.made(plainRequest)
	before := d.madeCases()
	other, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "desk.db")+"?_pragma=busy_timeout(5000)") // the driver is db's
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
		t.Fatal(err)
	}
	first := p.send("POST", identityVerifications, plainRequest, "Idempotency-Key", "k")
	wantError(t, identityVerifications, first, http.StatusServiceUnavailable, "service_unavailable")
	if first.Header().Get("Retry-After") != "6" {
		t.Errorf("Retry-After %q", first.Header().Get("Retry-After"))
	}
	wantStatus(t, p.send("GET", identityVerifications+"/"+guid, ""), http.StatusOK)
	wantStatus(t, p.send("GET", identityVerifications, ""), http.StatusOK)
	if _, err := other.Exec(`ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, p.send("POST", identityVerifications, plainRequest, "Idempotency-Key", "k"), http.StatusCreated)
	if n := d.madeCases() - before; n != 1 {
		t.Errorf("%d cases were made", n)
	}
}

// oddTexts are texts that break programs which read carelessly.
var oddTexts = []string{
	"", " ", "\x00", "\u202e", "\u200b", "\ufeff", "'; DROP TABLE verification;--", "<script>alert(1)</script>", "{{7*7}}", "=cmd()", "../../etc/passwd", "%s%n", "\ud7ff\U0010ffff",
	strings.Repeat("A", 5000), "null", "-0", "1e309", "\r\nSet-Cookie: a=b", "é", "e\u0301", "\u2028", "\\", "\"", "true",
}

// TestHostileBodiesGetACleanAnswer changes sound bodies at random places, and puts
// oddTexts texts into each member: nothing fails, and whatever is taken is answered
// in full and can be read again.
func TestHostileBodiesGetACleanAnswer(t *testing.T) {
	d := newSandbox(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p, trader := d.bank(), d.trader()
	random := rand.New(rand.NewPCG(7, 11))
	whole := text64(identity("attested"))
	try := func(who *apiClient, path, body string) {
		w := who.send("POST", path, body)
		if w.Code != http.StatusCreated && w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
			t.Fatalf("%d %s for %q", w.Code, w.Body, body)
		}
		keysOf(t, w.Body.Bytes())
		if id := textOf(t, w, "guid"); id != "" {
			wantStatus(t, who.send("GET", path+"/"+id+"?include_pii=true", ""), http.StatusOK)
		} else if id := textOf(t, w, "id"); id != "" {
			wantStatus(t, who.send("GET", path+"/"+id, ""), http.StatusOK)
		}
	}
	for name := range identity("attested") {
		for _, value := range oddTexts {
			body := identity("attested")
			body[name] = value
			try(p, identityVerifications, text64(body))
		}
	}
	for _, value := range oddTexts {
		body := identity("attested")
		body["name"] = map[string]any{"first": value, "last": value + "x", "full": value}
		body["address"] = map[string]any{"street": value + "x", "city": value + "x", "country_code": "PE"}
		body["phone_number"], body["email_address"], body["occupation"] = value, value, value
		try(p, identityVerifications, text64(body))
		try(trader, attempts, `{"returnUrl":`+text64(value)+`}`)
		try(trader, attempts, `{"returnUrl":`+text64("https://shop.example/"+value)+`}`)
		for _, query := range []string{"state", "guid", "customer_guid", "page", "per_page", "include_pii", "x"} {
			r := p.request("GET", identityVerifications, "")
			r.URL.RawQuery = query + "=" + strings.ReplaceAll(fmt.Sprintf("%q", value), `"`, "")
			if w := d.sendRaw(r); w.Code != http.StatusOK && w.Code != http.StatusBadRequest {
				t.Errorf("%s=%q answers %d", query, value, w.Code)
			}
		}
	}
	for range 600 {
		body := []byte(whole)
		for range 1 + random.IntN(3) {
			at := random.IntN(len(body))
			switch random.IntN(3) {
			case 0:
				body[at] = byte(random.IntN(256))
			case 1:
				body = append(body[:at], body[min(at+1+random.IntN(20), len(body)):]...)
			default:
				body = append(body[:at:at], append([]byte(oddTexts[random.IntN(len(oddTexts))]), body[at:]...)...)
			}
		}
		try(p, identityVerifications, string(body))
	}
	w := p.send("GET", identityVerifications+"?per_page=100", "")
	wantStatus(t, w, http.StatusOK)
	members(t, w)
	if strings.Contains(d.log.String(), "panic") {
		t.Error("something panicked")
	}
}

// What a program sends, and what it is shown, stays out of the server's log.
func TestNothingAProgramSendsStandsInTheServersLog(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	body := identity("attested")
	body["name"] = map[string]any{"first": "Zqmrk", "last": "Zqmrk"}
	guid := p.made(text64(body))
	p.send("GET", identityVerifications+"/"+guid+"?include_pii=true", "")
	p.send("GET", identityVerifications+"?customer_guid=zqmrk", "")
	p.send("POST", identityVerifications, `{"type":"zqmrk","zqmrk":1}`, "Idempotency-Key", "zqmrk")
	for _, secret := range []string{"zqmrk", guid, p.token, p.secret} {
		if strings.Contains(strings.ToLower(d.log.String()), strings.ToLower(secret)) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, e := range d.events(review.EventFilter{}) {
		if strings.Contains(strings.ToLower(string(e.Body)), "zqmrk") {
			t.Errorf("the audit log holds it in clear: %s", e.Body)
		}
	}
}

func TestAFaultOfOursIsToldInTheProvidersShape(t *testing.T) {
	d := newTestDesk(t)
	panics := Route{Pattern: "GET /api/panics", Who: everybody, machine: true, handle: func(*Server) handlerFunc {
		return func(http.ResponseWriter, *http.Request) error { panic("zqmrk") }
	}}
	d.server.mux.Handle(panics.Pattern, d.server.guarded(panics))
	w := (&apiClient{d: d}).send("GET", "/api/panics", "")
	wantError(t, "/api", w, http.StatusInternalServerError, "internal_server_error")
	if strings.Contains(w.Body.String(), "zqmrk") || w.Header().Get("X-Request-Id") == "" {
		t.Errorf("%s", w.Body)
	}
}
