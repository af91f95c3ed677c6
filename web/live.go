package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// A page that is left open hears when the desk's lists change (server-sent events).
// What it hears are counts and nothing about anybody; the lists themselves are read
// anew by whoever wants them.
const (
	liveEvery = time.Second      // at most
	liveBeat  = 20 * time.Second // so that a dead connection is noticed at both ends
	liveLasts = 10 * time.Minute // then the browser connects anew, with whatever rights hold then
)

// live is the stream. It is no sign of life of a session: otherwise a page left open
// would keep somebody signed in for ever.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	control := http.NewResponseController(w)
	streams := control.SetWriteDeadline(time.Time{}) == nil && control.SetReadDeadline(time.Time{}) == nil
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	ctx, cancel := context.WithTimeout(r.Context(), liveLasts)
	defer cancel()
	last := ""
	for {
		changed := s.db.Changed()
		if _, err := s.db.StillSignedIn(ctx, visitOf(ctx).token, visitOf(ctx).actor.ID); err != nil {
			return nil // signed out: the stream ends, and the next page says so
		}
		line := s.liveCounts(r.WithContext(ctx))
		text := ": still here\n\n"
		if line != last {
			text, last = "data: "+line+"\n\n", line
		}
		if _, err := fmt.Fprint(w, text); err != nil || control.Flush() != nil {
			return nil // the reader left
		}
		if !streams || !s.untilChanged(ctx, changed) {
			return nil
		}
	}
}

// untilChanged waits for a change or the next beat; false means that the stream ends.
func (s *Server) untilChanged(ctx context.Context, changed <-chan struct{}) bool {
	soonest, beat := time.NewTimer(liveEvery), time.NewTimer(liveBeat)
	defer soonest.Stop()
	defer beat.Stop()
	var stop <-chan struct{}
	if s.opts.Running != nil {
		stop = s.opts.Running.Done()
	}
	for _, wait := range []<-chan struct{}{nil, changed} {
		tick := soonest.C
		if wait != nil {
			tick = beat.C
		}
		select {
		case <-ctx.Done():
			return false
		case <-stop:
			return false
		case <-wait:
		case <-tick:
		}
	}
	return true
}

// liveCounts are the counts of the navigation and of the saved views, by the address of
// their list.
func (s *Server) liveCounts(r *http.Request) string {
	counts := map[string]string{}
	for _, n := range append(s.navigation(r.Context(), visitOf(r.Context())), s.listsBeside(r)...) {
		counts[n.Href] = n.Count
	}
	text, err := json.Marshal(struct {
		Counts map[string]string `json:"counts"`
	}{counts})
	if err != nil {
		return "{}" // texts always have a form in JSON
	}
	return string(text)
}
