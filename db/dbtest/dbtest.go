// Package dbtest gives tests a real desk: a migrated workspace in a temporary
// folder, in one call, with named people and cases. There are no mocks and no
// databases in memory, which would give each connection a world of its own.
package dbtest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// Start is the time at which every test's clock begins.
var Start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// Clock is a clock that moves only when told.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move turns the clock on, or back.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Desk is an open workspace with a clock of its own.
type Desk struct {
	*db.DB
	Dir     string
	Clock   *Clock
	Sandbox bool // how [Desk.Open] opens it
	t       testing.TB
}

var template struct {
	sync.Once
	dir string
	err error
}

// makeTemplate makes one workspace for the whole test binary; each test copies it.
func makeTemplate(t testing.TB) string {
	template.Do(func() {
		template.dir, template.err = os.MkdirTemp("", "reviewdesk-template-")
		if template.err != nil {
			return
		}
		clock := &Clock{now: Start}
		template.err = db.Init(t.Context(), template.dir, "Test workspace", Options(clock))
	})
	if template.err != nil {
		t.Fatal(template.err)
	}
	return template.dir
}

// hourAgo is when the cases of tests were made.
var hourAgo = Start.Add(-time.Hour).Format(time.RFC3339)

// Options are those every test's desk opens with.
func Options(clock *Clock) db.Options {
	return db.Options{Vocabularies: providers.All, Clock: clock.Now}
}

// New opens a fresh workspace; the test's end closes it.
func New(t testing.TB) *Desk {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	if err := os.CopyFS(dir, os.DirFS(makeTemplate(t))); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Dir: dir, Clock: &Clock{now: Start.Add(time.Minute)}, t: t}
	d.Open()
	t.Cleanup(func() {
		if d.DB != nil {
			d.Shut()
		}
	})
	return d
}

// At opens a workspace that stands already, as one that was generated. Its clock begins
// a minute after the newest event: a desk that was made last year is measured as it was
// then. The test's end closes it.
func At(t testing.TB, dir string) *Desk {
	t.Helper()
	d := &Desk{Dir: dir, Clock: &Clock{now: Start}, t: t}
	d.Open()
	t.Cleanup(d.Shut)
	_, newest, err := d.Checkpointed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(newest.Add(time.Minute).Sub(Start))
	return d
}

// Open opens the desk's folder, again after Shut.
func (d *Desk) Open() {
	d.t.Helper()
	o := Options(d.Clock)
	o.Sandbox = d.Sandbox
	opened, err := db.Open(d.t.Context(), d.Dir, o)
	if err != nil {
		d.t.Fatal(err)
	}
	d.DB = opened
}

// Shut closes the desk and keeps its folder.
func (d *Desk) Shut() {
	d.t.Helper()
	if err := d.DB.Close(); err != nil {
		d.t.Error(err)
	}
	d.DB = nil
}

// AtOnce lets decisions take effect at once: nobody can undo them.
func (d *Desk) AtOnce() {
	d.t.Helper()
	p, err := d.Policy(d.t.Context())
	if err == nil {
		p.UndoSeconds = 0
		_, err = d.SetPolicy(d.t.Context(), db.System("test"), p)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// NewestSecret is the newest secret of a webhook's endpoint.
func (d *Desk) NewestSecret(endpoint string) int64 {
	d.t.Helper()
	e, err := d.EndpointByID(d.t.Context(), endpoint)
	if err != nil || len(e.Secrets) == 0 {
		d.t.Fatalf("%d secrets, %v", len(e.Secrets), err)
	}
	return e.Secrets[len(e.Secrets)-1].ID
}

// Person adds somebody with a password hash that opens nothing, and returns them
// as an actor.
func (d *Desk) Person(name string, role review.Role) db.Actor {
	d.t.Helper()
	a, token, err := d.AddAccount(d.t.Context(), db.System("test"), db.NewAccount{Email: emailOf(name), Name: name, Role: role})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.RedeemLink(d.t.Context(), db.Actor{Address: "127.0.0.1"}, token, "no hash"); err != nil {
		d.t.Fatal(err)
	}
	return db.Actor{Kind: "person", Person: a.Person, Address: "127.0.0.1", Session: "s-" + a.ID[:8]}
}

func emailOf(name string) string {
	out := []rune{}
	for _, r := range name {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			out = append(out, r)
		}
	}
	return string(out) + "@desk.example"
}

// Cybrid takes in a Cybrid verification in review with the codes found, and returns
// its id. The n makes ids differ.
func (d *Desk) Cybrid(n int, name string, codes ...string) string {
	d.t.Helper()
	return d.receive(review.Cybrid, review.Row{ID: hexID(n), State: "reviewing", CreatedAt: hourAgo, UpdatedAt: hourAgo,
		Method: "id_and_selfie", Subject: subject(n, name), Codes: codes})
}

// Coinify takes in a Coinify attempt under manual review, like Cybrid.
func (d *Desk) Coinify(n int, name string, codes ...string) string {
	d.t.Helper()
	id := hexID(n)
	return d.receive(review.Coinify, review.Row{ID: id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:], State: "rejected", Reason: "MANUAL_REVIEW",
		CreatedAt: hourAgo, UpdatedAt: hourAgo, Subject: subject(n, name), Codes: codes})
}

func subject(n int, name string) review.Reading {
	return review.Reading{Name: name, Email: emailOf(name), BirthDate: "1990-02-14", Number: "X" + hexID(n)[24:], Country: "ES"}
}

func hexID(n int) string {
	const digits = "0123456789abcdef"
	out := []byte("c0ffee00000040008000000000000000")
	for i := len(out) - 1; n > 0; i, n = i-1, n/16 {
		out[i] = digits[n%16]
	}
	return string(out)
}

func (d *Desk) receive(p review.Provider, row review.Row) string {
	d.t.Helper()
	vocabulary, err := providers.All.Of(p)
	if err != nil {
		d.t.Fatal(err)
	}
	object, err := vocabulary.Compose(row)
	if err != nil {
		d.t.Fatal(err)
	}
	v, pictures, err := vocabulary.Parse(object)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.Receive(d.t.Context(), db.System("test"), []db.Incoming{{Verification: v, Pictures: pictures}}); err != nil {
		d.t.Fatal(err)
	}
	return v.ID
}
