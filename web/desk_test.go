package web

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/alexedwards/argon2id"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// cheapCost makes hashes that cost nothing, for tests that are not about them.
var cheapCost = argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const testPassword = "quiet harbour lights at dusk"

// testDesk is a real handler on a real workspace.
type testDesk struct {
	*dbtest.Desk
	t       testing.TB
	server  *Server
	handler http.Handler
	log     *lockedBuffer
	asked   int // how many requests for tokens were sent
}

// lockedBuffer is a log that many requests may write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const testBase = "http://127.0.0.1:8080"

func newTestDesk(t testing.TB) *testDesk { return newTestDeskAt(t, testBase) }

func newTestDeskAt(t testing.TB, base string) *testDesk {
	t.Helper()
	d := &testDesk{Desk: dbtest.New(t), t: t, log: &lockedBuffer{}}
	d.serve(Options{BaseURL: base})
	return d
}

// serve makes the handler, again where a test wants other options.
func (d *testDesk) serve(o Options) {
	d.t.Helper()
	o.Log = slog.New(slog.NewJSONHandler(d.log, nil))
	server, err := newServer(d.DB, o)
	if err != nil {
		d.t.Fatal(err)
	}
	server.hashing = newHasher(cheapCost)
	d.server, d.handler = server, described(d.t, server.handler())
}

// member adds somebody who can sign in with [testPassword].
func (d *testDesk) member(name string, role review.Role) db.Account {
	d.t.Helper()
	a, token := d.invite(name, role)
	hash, err := argon2id.CreateHash(testPassword, &cheapCost)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.RedeemLink(d.t.Context(), db.Actor{Address: "127.0.0.1"}, token, hash); err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *testDesk) invite(name string, role review.Role) (db.Account, string) {
	d.t.Helper()
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@desk.example"
	a, token, err := d.AddAccount(d.t.Context(), db.System("test"), db.NewAccount{Email: email, Name: name, Role: role})
	if err != nil {
		d.t.Fatal(err)
	}
	return a, token
}

// browser sends requests as a browser does, and keeps cookies.
type browser struct {
	d       *testDesk
	cookies map[string]string
	address string
}

func (d *testDesk) browser() *browser {
	return &browser{d: d, cookies: map[string]string{}, address: "203.0.113.7:50000"}
}

// signedIn is a browser in which a new person of this role has signed in.
func (d *testDesk) signedIn(role review.Role) (*browser, db.Account) {
	d.t.Helper()
	a := d.member("Person "+upperFirst(string(role)), role)
	b := d.browser()
	b.signIn(a.Email)
	return b, a
}

func (b *browser) signIn(email string) {
	b.d.t.Helper()
	if got := b.post("/signin", "email", email, "password", testPassword); got.Code != http.StatusSeeOther {
		b.d.t.Fatalf("sign in as %s: %d %s", email, got.Code, text(got))
	}
}

func (b *browser) request(method, path string, form url.Values) *http.Request {
	var r *http.Request
	if method == http.MethodPost {
		r = httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.d.server.door.origins[0])
	} else {
		r = httptest.NewRequest(method, path, nil)
	}
	r.Host = b.d.server.base.Host
	r.RemoteAddr = b.address
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.d.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	return w
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.send(b.request(http.MethodGet, path, nil))
}

// post sends a form of pairs.
func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.send(b.request(http.MethodPost, path, form))
}

// text is an answer's visible text, its white space folded.
func text(w *httptest.ResponseRecorder) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		return w.Body.String()
	}
	doc.Find("script, style").Remove()
	return strings.Join(strings.Fields(doc.Find("body").Text()), " ")
}

func page(t testing.TB, w *httptest.ResponseRecorder) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func wantStatus(t testing.TB, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		t.Fatalf("answered %d, want %d: %s", w.Code, want, text(w))
	}
}

// wantSignIn checks that the answer leads to the sign-in page.
func wantSignIn(t testing.TB, w *httptest.ResponseRecorder) {
	t.Helper()
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || to != "/signin" && !strings.HasPrefix(to, "/signin?next=") {
		t.Fatalf("answered %d to %q, want the sign-in page", w.Code, to)
	}
}

// events lists the log's actions, oldest first.
func (d *testDesk) events(f review.EventFilter) []db.LogEntry {
	d.t.Helper()
	var out []db.LogEntry
	if err := d.EachEvent(d.t.Context(), f, func(e db.LogEntry) error {
		out = append(out, e)
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	return out
}

func factsOf(e db.LogEntry) map[string]string {
	out := map[string]string{}
	for _, f := range e.Facts {
		out[f.Name] = f.Value
	}
	return out
}

// listen serves the desk on a port of its own and returns the address.
func (d *testDesk) listen(change ...func(*http.Server)) string {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.serve(Options{BaseURL: "http://" + l.Addr().String()})
	server := NewHTTPServer(d.handler, slog.New(slog.NewTextHandler(d.log, nil)))
	for _, c := range change {
		c(server)
	}
	go server.Serve(LimitConnections(l))
	d.t.Cleanup(func() { server.Close() })
	return l.Addr().String()
}
