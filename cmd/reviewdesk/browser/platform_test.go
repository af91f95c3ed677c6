package browser_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"reviewdesk/web/platform"
	"reviewdesk/web/platform/contract"
)

// A platform's whole road, through the real program and a real browser: what it
// creates reaches an officer, the officer's decision shows in the API, and the
// webhook has told of it. All that goes over the wire is held against the APIs'
// description.

// programs are the demo's client and trader, as demo.json names them.
type programs struct {
	Client struct{ ID, Secret string }
	Trader struct {
		AccessToken string `json:"access_token"`
	}
}

// caller is a platform's own program.
type caller struct {
	t      *testing.T
	d      desk
	client *http.Client
	token  string
}

func newCaller(t *testing.T, d desk, c *contract.Contract) (caller, programs) {
	t.Helper()
	var p programs
	text, err := os.ReadFile(filepath.Join(d.dir, "demo.json"))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return caller{t: t, d: d, client: &http.Client{Transport: c.Transport(t, http.DefaultTransport), Timeout: 20 * time.Second}}, p
}

// ask sends a request and reads the answer's JSON; headers are pairs.
func (c caller) ask(method, path string, status int, body string, headers ...string) (answer map[string]any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.d.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode != status {
		c.t.Fatalf("%s %s answered %d, %v: %s", method, path, w.StatusCode, err, text)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		c.t.Fatalf("%s %s: %v: %s", method, path, err, text)
	}
	return answer
}

// delivered is a webhook that came in.
type delivered struct {
	request *http.Request
	body    []byte
}

func (x delivered) member(name string) string {
	var all map[string]any
	if json.Unmarshal(x.body, &all) != nil {
		return ""
	}
	text, _ := all[name].(string)
	return text
}

// receiver takes webhooks as a platform does.
type receiver struct {
	*httptest.Server
	t   *testing.T
	in  chan delivered
	all []delivered
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{t: t, in: make(chan delivered, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, err := io.ReadAll(in.Body)
		if err != nil {
			t.Error(err)
		}
		r.in <- delivered{in, body}
	}))
	t.Cleanup(r.Close)
	return r
}

// next waits for one delivery.
func (r *receiver) next() delivered {
	r.t.Helper()
	select {
	case x := <-r.in:
		r.all = append(r.all, x)
		return x
	case <-time.After(30 * time.Second):
		r.t.Fatal("no webhook came")
		return delivered{}
	}
}

// addEndpoint names the receiver to the desk on the admin's page, and brings the
// secret that is shown once.
func addEndpoint(b tab, provider, url string) (secret string) {
	b.t.Helper()
	b.open("/admin/webhooks")
	b.js(`document.querySelector("[name=provider][value=` + provider + `]").click(); document.querySelector("#url").value = "` + url + `"; document.querySelector("[name=private]").checked = true`)
	b.send("form.addclient button")
	b.until(`document.querySelector("#webhook-secret") !== null && ` + ready)
	return strings.TrimSpace(b.text("#webhook-secret"))
}

// sendTest sends a test event to the one endpoint of an address: what comes after
// everything that was on its way.
func sendTest(b tab, url string) {
	b.t.Helper()
	b.open("/admin/webhooks")
	b.open(eval[string](b, `[...document.querySelectorAll(".progs a")].find(a => a.textContent.includes("`+url+`")).getAttribute("href")`))
	b.send(`form[action$="/test"] button`)
	b.until(`document.querySelector("[data-toast]") !== null && ` + ready)
}

// decideCase looks that a case is in the queue, goes there and decides it, by keyboard
// alone.
func decideCase(b tab, id, action string) {
	b.t.Helper()
	b.open("/queue?sort=newest")
	bare := strings.ReplaceAll(id, "-", "")
	if !eval[bool](b, `[...document.querySelectorAll("[data-row]")].some(r => r.dataset.href.replaceAll("-", "").includes("`+bare+`"))`) {
		b.t.Fatalf("%s is not in the queue", id)
	}
	b.press("/")
	b.until(`document.activeElement.id === "q"`)
	b.press(id)
	b.turn(kb.Enter)
	b.until(`location.pathname.replaceAll("-", "").includes("` + bare + `") && ` + ready)
	b.turn("c")
	b.until(`document.querySelector(".running button") !== null && ` + ready)
	b.press(map[string]string{"approve": "a", "reject": "r"}[action])
	b.until(`document.querySelector("[name=action][value=` + action + `]").checked`)
	b.press("1")
	b.until(`document.querySelector("[data-grounds=` + action + `] input:checked") !== null`)
	for range 40 {
		if eval[bool](b, `document.activeElement && document.activeElement.id === "note"`) {
			break
		}
		b.key(kb.Tab)
	}
	b.press("Seen by eye, and compared.")
	b.turn(kb.Enter, ctrl)
	b.until(`!location.pathname.replaceAll("-", "").includes("` + bare + `") && ` + ready)
}

// once checks that all deliveries came once, signed and as described.
func (r *receiver) once(c *contract.Contract, header, secret, id, name string) {
	r.t.Helper()
	seen := map[string]bool{}
	for _, x := range r.all {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(x.body)
		if got := x.request.Header.Get(header); got != hex.EncodeToString(mac.Sum(nil)) {
			r.t.Errorf("%s is signed %q", x.body, got)
		}
		if key := x.member(id); seen[key] || key == "" {
			r.t.Errorf("the event %q came twice", key)
		} else {
			seen[key] = true
		}
		described := name
		if name == "" {
			described = x.member("event")
		}
		for _, problem := range c.Webhook(described, x.request, x.body) {
			r.t.Errorf("webhook %s: %s", described, problem)
		}
	}
	if len(r.in) > 0 {
		r.t.Errorf("%d more webhooks came", len(r.in))
	}
}

func describedBy(t *testing.T, d desk) *contract.Contract {
	t.Helper()
	w, err := http.Get(d.URL + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || !bytes.Equal(text, platform.Description(d.URL)) {
		t.Fatalf("the description served is another one: %v", err)
	}
	c, err := contract.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACybridPlatformLearnsWhatAnOfficerDecided(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 12)
	c := describedBy(t, d)
	in := newReceiver(t)
	admin := openTab(t, d)
	admin.signIn("admin", 0)
	secret := addEndpoint(admin, "cybrid", in.URL+"/cybrid")

	p, demo := newCaller(t, d, c)
	p.token = p.ask("POST", "/oauth/token", 200, `{"grant_type":"client_credentials","client_id":"`+demo.Client.ID+`","client_secret":"`+demo.Client.Secret+`"}`)["access_token"].(string)
	const create = `{"type":"kyc","method":"id_and_selfie","customer_guid":"a4b39fd7e1c84f0f9d25c6a81f3e7b10","country_code":"US","expected_behaviours":["review_required"]}`
	guid := p.ask("POST", "/api/identity_verifications", 201, create, "Idempotency-Key", "one")["guid"].(string)
	if again := p.ask("POST", "/api/identity_verifications", 201, create, "Idempotency-Key", "one")["guid"]; again != guid {
		t.Errorf("the same request again made %v", again)
	}

	var told []string
	for range 4 {
		told = append(told, in.next().member("event_type"))
	}
	if got := p.ask("GET", "/api/identity_verifications/"+guid, 200, ""); got["state"] != "reviewing" || got["outcome"] != nil {
		t.Errorf("the API shows %v", got)
	}
	officer := openTab(t, d)
	officer.signIn("reviewer", 0)
	decideCase(officer, guid, "reject")

	last := in.next()
	told = append(told, last.member("event_type"))
	if want := []string{"identity_verification.storing", "identity_verification.waiting", "identity_verification.pending", "identity_verification.reviewing", "identity_verification.completed"}; !slices.Equal(told, want) {
		t.Errorf("the platform was told %v", told)
	}
	got := p.ask("GET", "/api/identity_verifications/"+last.member("object_guid")+"?include_pii=true", 200, "")
	if got["guid"] != guid || got["state"] != "completed" || got["outcome"] != "failed" || !slices.Contains(got["failure_codes"].([]any), "compliance_rejection") {
		t.Errorf("the API shows %v", got)
	}
	if list := p.ask("GET", "/api/identity_verifications?per_page=1&customer_guid=a4b39fd7e1c84f0f9d25c6a81f3e7b10", 200, ""); list["total"] != 1.0 {
		t.Errorf("the list shows %v", list)
	}
	sendTest(admin, in.URL)
	in.next()
	in.once(c, "X-Cybrid-Signature", secret, "guid", "identity_verification")
}

func TestACoinifyPlatformLearnsWhatAnOfficerDecided(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 12)
	c := describedBy(t, d)
	in := newReceiver(t)
	admin := openTab(t, d)
	admin.signIn("admin", 0)
	secret := addEndpoint(admin, "coinify", in.URL+"/coinify")

	p, demo := newCaller(t, d, c)
	p.token = demo.Trader.AccessToken
	const back = "https://platform.example/kyc/back?order=7&lang=de"
	attempt := p.ask("POST", "/kyc/identification-attempts", 200, `{"returnUrl":"`+back+`","state":"rejected","rejectReason":"MANUAL_REVIEW"}`)
	id := attempt["id"].(string)

	if begun := in.next(); begun.member("event") != "identification-attempt.rejected" || !bytes.Contains(begun.body, []byte(`"MANUAL_REVIEW"`)) {
		t.Errorf("the platform was told %s", begun.body)
	}
	if got := p.ask("GET", "/kyc/identification-attempts/"+id, 200, ""); got["state"] != "rejected" || got["rejectReason"] != "MANUAL_REVIEW" {
		t.Errorf("the API shows %v", got)
	}
	officer := openTab(t, d)
	officer.signIn("reviewer", 0)
	decideCase(officer, id, "approve")

	if last := in.next(); last.member("event") != "identification-attempt.approved" || bytes.Contains(last.body, []byte(id)) {
		t.Errorf("the platform was told %s", last.body)
	}
	got := p.ask("GET", "/kyc/identification-attempts/"+id, 200, "")
	if got["state"] != "approved" || got["rejectReason"] != nil || got["approveTime"] == nil || got["returnUrl"] != back {
		t.Errorf("the API shows %v", got)
	}
	sendTest(admin, in.URL)
	in.next()
	in.once(c, "X-Coinify-Webhook-Signature", secret, "id", "")

	applicant := openTab(t, d)
	applicant.open(strings.TrimPrefix(attempt["redirectUrl"].(string), d.URL))
	if to := eval[string](applicant, `document.querySelector(".next a").getAttribute("href")`); to != back {
		t.Errorf("the applicant goes back to %s", to)
	}
	applicant.audit()
}
