package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"reviewdesk/db"
	"reviewdesk/web/outward"
)

// While the desk is served, its witnesses are asked for their countersignature under
// each new head of the log, at most once a second each. What they answer, or that they
// do not, is kept in the database, where the pages read it.

const (
	askEvery     = time.Second
	askPatience  = 10 * time.Second // for one answer
	longestPause = time.Minute      // after tries that failed
	longestSaid  = 64 << 10         // bytes of an answer
)

// witnessing asks the witnesses of one desk.
type witnessing struct {
	db     *db.DB
	log    *slog.Logger
	public *http.Client // reaches public addresses only
	any    *http.Client
	mu     sync.Mutex
	turns  map[string]turn // by the witness's name
	asked  sync.WaitGroup
}

// turn is when a witness may be asked next.
type turn struct {
	busy  bool
	pause time.Duration
	next  time.Time
}

// witness starts to ask; stop ends it and waits for what runs.
func (a *app) witness(d *db.DB) (stop func()) {
	ctx, cancel := context.WithCancel(a.ctx)
	w := &witnessing{db: d, log: a.log, public: outward.Client(askPatience, false), any: outward.Client(askPatience, true), turns: map[string]turn{}}
	w.asked.Go(func() { w.run(ctx) })
	return func() {
		cancel()
		w.asked.Wait()
	}
}

func (w *witnessing) run(ctx context.Context) {
	ticker := time.NewTicker(askEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := w.askAll(ctx); err != nil && ctx.Err() == nil {
				w.log.Error("witnesses", "error", err)
			}
		}
	}
}

// askAll begins to ask every witness that has not seen the newest head and whose turn
// it is. A slow one holds nobody up.
func (w *witnessing) askAll(ctx context.Context) error {
	if w.db.Sealed() != "" {
		return nil // its answer could not be kept
	}
	all, err := w.db.Witnesses(ctx)
	if err != nil {
		return err
	}
	for _, one := range all.All {
		if one.Seen < all.Size && w.takeTurn(one.Name) {
			w.asked.Go(func() { w.ask(ctx, one) })
		}
	}
	return nil
}

func (w *witnessing) takeTurn(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.turns[name]
	if t.busy || time.Now().Before(t.next) {
		return false
	}
	t.busy = true
	w.turns[name] = t
	return true
}

func (w *witnessing) endTurn(name string, failed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := turn{pause: askEvery}
	if failed {
		t.pause = min(2*max(w.turns[name].pause, askEvery), longestPause)
	}
	t.next = time.Now().Add(t.pause)
	w.turns[name] = t
}

// ask asks one witness, and keeps what comes of it.
func (w *witnessing) ask(ctx context.Context, one db.Witness) {
	err := w.cosign(ctx, one)
	w.endTurn(one.Name, err != nil)
	if err == nil || ctx.Err() != nil {
		return
	}
	var no refusal
	refused := errors.As(err, &no)
	if one.Trouble != err.Error() {
		w.log.Warn("witness", "name", one.Name, "refused", refused, "error", err)
	}
	if err := w.db.WitnessTrouble(ctx, one, err.Error(), refused); err != nil && ctx.Err() == nil {
		w.log.Error("witness", "name", one.Name, "error", err)
	}
}

// refusal is a witness's word that this log does not go on from the one it holds.
type refusal string

func (r refusal) Error() string { return string(r) }

// cosign asks for the newest head. A witness that holds another size than we think
// says so, and is asked once more from there; one that does not know the log's key is
// told of its rotations, and asked once more.
func (w *witnessing) cosign(ctx context.Context, one db.Witness) error {
	old, told := one.Seen, false
	for again := true; ; again = false {
		ask, size, err := w.db.AskWitness(ctx, old)
		if err != nil {
			return err
		}
		status, said, err := w.post(ctx, one, "/add-checkpoint", ask.Bytes())
		switch {
		case err != nil:
			return err
		case status == http.StatusForbidden && !told:
			if old, err = w.tellRotations(ctx, one, old); err != nil {
				return err
			}
			told, again = true, true
		case status == http.StatusOK:
			return w.db.KeepCosignature(ctx, one, size, said)
		case status == http.StatusConflict && again:
			if old, err = heldSize(said, size); err != nil {
				return err
			}
		case status == http.StatusConflict, status == http.StatusUnprocessableEntity:
			return refusal(fmt.Sprintf("it holds a log of %d events from which this one does not go on", old))
		default:
			return fmt.Errorf("it answers %s", inStatusWords(status))
		}
	}
}

// tellRotations leads a witness from the key it knows to the log's newest, one rotation
// after the other, and returns the size that it holds then. It knows later keys than
// those of a rotation that it refuses; and a witness of another make, none at all.
func (w *witnessing) tellRotations(ctx context.Context, one db.Witness, old int64) (int64, error) {
	rotations, err := w.db.Rotations(ctx)
	if err != nil {
		return old, err
	}
	for _, seq := range rotations {
		status, size, said, err := w.tellRotation(ctx, one, seq, old)
		if err == nil && status == http.StatusConflict {
			if old, err = heldSize(said, math.MaxInt64); err == nil {
				status, size, said, err = w.tellRotation(ctx, one, seq, old)
			}
		}
		if err == nil && status == http.StatusOK {
			old, err = size, w.db.KeepCosignature(ctx, one, size, said)
		}
		if err != nil {
			return old, err
		}
	}
	return old, nil
}

// tellRotation tells of one rotation, unless the witness has seen it.
func (w *witnessing) tellRotation(ctx context.Context, one db.Witness, seq, old int64) (status int, size int64, said []byte, err error) {
	if seq <= old {
		return http.StatusNoContent, old, nil, nil
	}
	ask, size, err := w.db.AskRotation(ctx, seq, old)
	if err != nil {
		return 0, 0, nil, err
	}
	status, said, err = w.post(ctx, one, "/add-rotation", ask.Bytes())
	return status, size, said, err
}

// heldSize reads the size that a witness holds. More than the log has can only be if
// an older copy of the database was put back.
func heldSize(said []byte, size int64) (int64, error) {
	held, err := strconv.ParseInt(strings.TrimSpace(string(said)), 10, 64)
	if err != nil || held < 0 {
		return 0, errors.New("it answers a conflict, but not the size that it holds")
	}
	if held > size {
		return 0, refusal(fmt.Sprintf("it has seen %d events, and the log has only %d: an older copy was put back", held, size))
	}
	return held, nil
}

// inStatusWords says what a witness's status means.
func inStatusWords(status int) string {
	switch status {
	case http.StatusNotFound:
		return "that it does not know this log (404)"
	case http.StatusForbidden:
		return "that it does not know this log's key (403)"
	}
	return strconv.Itoa(status)
}

func (w *witnessing) post(ctx context.Context, one db.Witness, path string, body []byte) (status int, said []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, one.URL+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	client := w.public
	if one.AllowPrivate {
		client = w.any
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, plainly(err)
	}
	defer answer.Body.Close()
	said, err = io.ReadAll(io.LimitReader(answer.Body, longestSaid+1))
	if err == nil && len(said) > longestSaid {
		err = errors.New("its answer is too long")
	}
	return answer.StatusCode, said, err
}

// plainly says why a witness could not be reached.
func plainly(err error) error {
	if errors.Is(err, outward.ErrPrivate) {
		return fmt.Errorf("%w: add the witness with --allow-private if that is meant", outward.ErrPrivate)
	}
	return outward.Plainly(err)
}
