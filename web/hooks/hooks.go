// Package hooks tells the platforms what became of their cases: it sends the
// deliveries that package db holds, signed, to the endpoints that an admin named.
//
// A delivery is written in the transaction that changes the case, and the commit
// wakes the worker, so that the platform hears of it at once. Each endpoint has a
// line of its own and at most one request on its way: one that hangs holds nobody
// else up, and none hears of a later change before an earlier one. Which delivery's
// turn it is, when a failed one is tried again and when it is given up says package
// db.
//
// At least once: an attempt is recorded after it was made. Should the process die in
// between, the delivery goes out again, with the same bytes under the same guid. What
// could not be recorded is not sent again for that: the worker keeps trying to record
// it, and sends nothing while the desk cannot write.
package hooks

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"time"

	"reviewdesk/db"
	"reviewdesk/web/outward"
)

const (
	lookEvery   = time.Second // for what a pause held back; commits wake the worker at once
	patience    = 10 * time.Second
	recordAgain = time.Second
)

// worker sends the deliveries of one desk.
type worker struct {
	db     *db.DB
	log    *slog.Logger
	public *http.Client // reaches public addresses only
	any    *http.Client

	mu      sync.Mutex
	busy    map[string]bool // endpoints with a request on its way
	sending sync.WaitGroup
	freed   chan struct{} // an endpoint may have its next turn
}

// Run sends deliveries until ctx is done, and returns once no request is on its way
// any more. One that is then cut off is sent again by the next Run.
func Run(ctx context.Context, d *db.DB, log *slog.Logger) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	newWorker(d, log).run(ctx, look.C)
}

func newWorker(d *db.DB, log *slog.Logger) *worker {
	return &worker{db: d, log: log, public: outward.Client(patience, false), any: outward.Client(patience, true),
		busy: map[string]bool{}, freed: make(chan struct{}, 1)}
}

func (w *worker) run(ctx context.Context, look <-chan time.Time) {
	defer w.public.CloseIdleConnections()
	defer w.any.CloseIdleConnections()
	defer w.sending.Wait()
	for {
		if err := w.sendDue(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("webhooks", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-w.db.DeliveriesWake():
		case <-w.freed:
		case <-look:
		}
	}
}

// sendDue begins to send whatever has its turn, unless it could not be recorded.
// Which endpoints are busy it asks first: of one that became free meanwhile, the
// database was read before the attempt was recorded.
func (w *worker) sendDue(ctx context.Context) error {
	if w.db.Sealed() != "" || !w.db.Writes() {
		return nil
	}
	busy := w.busyNow()
	due, err := w.db.NextDeliveries(ctx, w.db.Now())
	if err != nil {
		return err
	}
	for _, s := range due {
		if !busy[s.Endpoint] {
			w.take(s.Endpoint)
			w.sending.Go(func() { w.send(ctx, s) })
		}
	}
	return nil
}

func (w *worker) busyNow() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.busy)
}

func (w *worker) take(endpoint string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[endpoint] = true
}

func (w *worker) free(endpoint string) {
	w.mu.Lock()
	delete(w.busy, endpoint)
	w.mu.Unlock()
	select {
	case w.freed <- struct{}{}:
	default:
	}
}

// send makes one attempt and records it. One that was cut off by the end of the
// process is not recorded: nobody knows what came of it.
func (w *worker) send(ctx context.Context, s db.Sending) {
	defer w.free(s.Endpoint)
	o := w.attempt(ctx, s)
	if o.Trouble != "" && ctx.Err() != nil {
		return
	}
	if o.Trouble != "" && o.Trouble != s.Trouble {
		w.log.Warn("webhook", "endpoint", s.Endpoint, "delivery", s.ID, "attempt", s.Attempts+1, "trouble", o.Trouble)
	}
	w.record(ctx, s, o)
}

// record does not give up while the process lives: the endpoint's line stands still
// meanwhile, and nothing is sent twice because the disk is full.
func (w *worker) record(ctx context.Context, s db.Sending, o db.Outcome) {
	for {
		err := w.db.Attempted(context.WithoutCancel(ctx), s.ID, o)
		switch {
		case err == nil, errors.Is(err, db.ErrNotAnchored) && !errors.Is(err, db.ErrNotRecorded):
			return
		case errors.Is(err, db.ErrNotFound), errors.Is(err, db.ErrClosed):
			w.log.Error("webhook", "delivery", s.ID, "error", err)
			return
		}
		w.log.Error("webhook", "delivery", s.ID, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(recordAgain):
		}
	}
}
