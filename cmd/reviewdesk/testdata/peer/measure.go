package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// path is one thing that both are asked for.
type path struct {
	name string
	goal string // of SPEED.md
	desk asked
	peer asked
	most int // requests of one measurement at most; 0: as many as the time allows
}

// asked makes the nth request, and says whether an answer is right.
type asked struct {
	request func(n int) *http.Request
	right   func(status int, body []byte) error
}

// figure is what one server did with one path at one number of connections.
type figure struct {
	n    int
	took time.Duration
	cpu  time.Duration
	each []time.Duration
}

func (f *figure) add(g figure) {
	f.n, f.took, f.cpu = f.n+g.n, f.took+g.took, f.cpu+g.cpu
	f.each = append(f.each, g.each...)
}

func (f figure) perSecond() float64 { return float64(f.n) / f.took.Seconds() }

// cost is the processor time of one request, in milliseconds.
func (f figure) cost() float64 { return f.cpu.Seconds() * 1000 / float64(max(f.n, 1)) }

func (f figure) share(part float64) time.Duration {
	slices.Sort(f.each)
	return f.each[min(len(f.each)-1, int(part*float64(len(f.each))))]
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// once sends a request whose answer has to be 200.
func once(r *http.Request) ([]byte, error) {
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: status %d: %.300s", r.Method, r.URL.Path, res.StatusCode, body)
	}
	return body, err
}

// ask sends requests over so many connections at once. The nth counts on from from.
func ask(s *server, a asked, conns int, lasts time.Duration, most int, from *atomic.Int64) (f figure, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var sent atomic.Int64
	began, cpu := time.Now(), s.cpu()
	for range conns {
		all.Go(func() {
			var each []time.Duration
			var failed error
			for failed == nil && time.Since(began) < lasts && (most == 0 || sent.Add(1) <= int64(most)) {
				r := a.request(int(from.Add(1) - 1))
				start := time.Now()
				var res *http.Response
				if res, failed = client.Do(r); failed != nil {
					break
				}
				var body []byte
				body, failed = io.ReadAll(res.Body)
				res.Body.Close()
				each = append(each, time.Since(start))
				if failed == nil {
					failed = a.right(res.StatusCode, body)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			f.each = append(f.each, each...)
			if err == nil {
				err = failed
			}
		})
	}
	all.Wait()
	f.n, f.took, f.cpu = len(f.each), time.Since(began), s.cpu()-cpu
	return f, err
}
