package platform

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"reviewdesk/db"
)

// Limits bound what one client may ask of the desk.
type Limits struct {
	Reads, Creates Rate
	Tokens         int // requests for a token from one network in [TokensPer]
}

// Rate is what a client may do in a second, over time and at once.
type Rate struct {
	PerSecond rate.Limit
	Burst     int
}

// TokensPer is the time in which requests for tokens are counted (facts/cybrid.md,
// section 6).
const TokensPer = 5 * time.Minute

func (l Limits) orUsual() Limits {
	if l.Reads == (Rate{}) {
		l.Reads = Rate{50, 100}
	}
	if l.Creates == (Rate{}) {
		l.Creates = Rate{20, 40}
	}
	if l.Tokens == 0 {
		l.Tokens = 20
	}
	return l
}

// mostKept bounds how many clients, and how many networks, are kept in memory.
const mostKept = 10_000

// buckets holds a token bucket for each client.
type buckets struct {
	rate Rate
	mu   sync.Mutex
	of   map[string]*rate.Limiter
}

func newBuckets(r Rate) *buckets { return &buckets{rate: r, of: map[string]*rate.Limiter{}} }

// take counts one request. Too many are [db.Throttled].
func (b *buckets) take(client string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.of[client]
	if l == nil {
		makeRoom(b.of, func(l *rate.Limiter) bool { return l.TokensAt(now) >= float64(b.rate.Burst) })
		l = rate.NewLimiter(b.rate.PerSecond, b.rate.Burst)
		b.of[client] = l
	}
	place := l.ReserveN(now, 1)
	if wait := place.DelayFrom(now); wait > 0 {
		place.CancelAt(now)
		return db.Throttled{Wait: wait}
	}
	return nil
}

// makeRoom keeps a full map from growing: what says nothing any more goes, and if
// that leaves it nearly full, any do until a tenth is free. So it is not looked
// through again soon.
func makeRoom[V any](of map[string]V, idle func(V) bool) {
	if len(of) < mostKept {
		return
	}
	for key, v := range of {
		if idle(v) {
			delete(of, key)
		}
	}
	for key := range of {
		if len(of) < mostKept*9/10 {
			return
		}
		delete(of, key)
	}
}

// attempts counts what comes from each network in windows of [TokensPer].
type attempts struct {
	most int
	mu   sync.Mutex
	of   map[string]window
}

type window struct {
	since time.Time
	n     int
}

func (w window) over(now time.Time) bool { return now.Sub(w.since) >= TokensPer }

func newAttempts(most int) *attempts { return &attempts{most: most, of: map[string]window{}} }

// full is [db.Throttled] where a network has used its window up.
func (a *attempts) full(address string, now time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.left(a.of[network(address)], now)
}

func (a *attempts) left(w window, now time.Time) error {
	if w.n >= a.most && !w.over(now) {
		return db.Throttled{Wait: w.since.Add(TokensPer).Sub(now)}
	}
	return nil
}

// add counts one attempt, unless the window is used up.
func (a *attempts) add(address string, now time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := network(address)
	w, known := a.of[key]
	if err := a.left(w, now); err != nil {
		return err
	}
	if !known {
		makeRoom(a.of, func(w window) bool { return w.over(now) })
	}
	if !known || w.over(now) {
		w = window{since: now}
	}
	w.n++
	a.of[key] = w
	return nil
}

// network is an address of IPv4, or the part of one of IPv6 that one host owns.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil || addr.Unmap().Is4() {
		return address
	}
	p, _ := addr.Prefix(64)
	return p.String()
}
