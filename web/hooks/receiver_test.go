package hooks

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/web/outward"
)

// long is how long a test waits for what must happen.
const long = time.Minute

// got is one request that a receiver got.
type got struct {
	header http.Header
	body   string
}

func (g got) guid() string { return g.header.Get(headerDelivery) }

// receiver is a platform's server. It hands on what comes in, and answers as it is told.
type receiver struct {
	*httptest.Server
	came   chan got
	mu     sync.Mutex
	answer http.HandlerFunc
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	r := &receiver{came: make(chan got, 1000), answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil || q.Method != http.MethodPost || q.Header.Get("Content-Type") != "application/json" || q.Header.Get("User-Agent") != "Reviewdesk" {
			t.Errorf("%s %v, %v", q.Method, q.Header, err)
		}
		r.came <- got{q.Header, string(body)}
		r.mu.Lock()
		answer := r.answer
		r.mu.Unlock()
		answer(w, q)
	}))
	t.Cleanup(r.Close)
	return r
}

// turns to another answer from the next request on.
func (r *receiver) turns(answer http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

func says(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// next waits for a request.
func (r *receiver) next(t *testing.T) got {
	t.Helper()
	select {
	case g := <-r.came:
		return g
	case <-time.After(long):
		t.Fatal("no request came")
		return got{}
	}
}

func (r *receiver) nothing(t *testing.T) {
	t.Helper()
	if n := len(r.came); n != 0 {
		t.Fatalf("%d requests came: %+v", n, <-r.came)
	}
}

// desk is one whose worker looks at the clock when the test moves it.
type desk struct {
	*dbtest.Desk
	t    *testing.T
	look chan time.Time
	stop func()
}

var admin = db.System("test")

func newDesk(t *testing.T) *desk {
	return &desk{Desk: dbtest.New(t), t: t, look: make(chan time.Time)}
}

// work starts the worker; answers may take so long.
func (d *desk) work(patience time.Duration) {
	ctx, cancel := context.WithCancel(d.t.Context())
	w := newWorker(d.DB, slog.New(slog.DiscardHandler))
	w.public, w.any = outward.Client(patience, false), outward.Client(patience, true)
	var running sync.WaitGroup
	running.Go(func() { w.run(ctx, d.look) })
	d.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
	d.t.Cleanup(d.stop)
}

// later moves the clock and lets the worker look twice: what the first look began
// may still have been on its way.
func (d *desk) later(by time.Duration) {
	d.Clock.Move(by)
	for range 2 {
		select {
		case d.look <- time.Time{}:
		case <-time.After(long):
			d.t.Fatal("the worker does not look")
		}
	}
}

func (d *desk) endpoint(p review.Provider, url string) (db.Endpoint, string) {
	d.t.Helper()
	e, secret, err := d.AddEndpoint(d.t.Context(), admin, db.NewEndpoint{Provider: p, URL: url, AllowPrivate: true})
	ok(d.t, err)
	return e, secret
}

func (d *desk) test(endpoint string) {
	d.t.Helper()
	ok(d.t, d.TestDelivery(d.t.Context(), admin, endpoint))
}

// sent are an endpoint's deliveries, oldest first.
func (d *desk) sent(endpoint string) []db.Delivery {
	d.t.Helper()
	page, _, err := d.Deliveries(d.t.Context(), endpoint, 0, 1000)
	ok(d.t, err)
	out := make([]db.Delivery, len(page))
	for i, one := range page {
		out[len(page)-1-i] = one
	}
	return out
}

// until waits for an endpoint's deliveries to be as they should.
func (d *desk) until(endpoint, what string, is func([]db.Delivery) bool) []db.Delivery {
	d.t.Helper()
	for deadline := time.Now().Add(long); ; time.Sleep(2 * time.Millisecond) {
		all := d.sent(endpoint)
		if is(all) {
			return all
		}
		if time.Now().After(deadline) {
			d.t.Fatalf("never %s: %+v", what, all[:min(len(all), 3)])
		}
	}
}

func tried(n int, times int) func([]db.Delivery) bool {
	return func(all []db.Delivery) bool { return len(all) > n && all[n].Attempts >= times }
}

func allDelivered(all []db.Delivery) bool {
	for _, one := range all {
		if one.State != db.DeliveryDelivered {
			return false
		}
	}
	return len(all) > 0
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
