package web

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/views"
)

// logChecks holds the last verification of the whole log. It is kept in memory
// only: after a restart the log has not been checked, and the page says so.
type logChecks struct {
	check func(context.Context) db.Check

	mu      sync.Mutex
	last    db.Check
	done    bool          // there is a last one
	running chan struct{} // closed when the one that runs has ended; nil: none runs
}

// begin starts a check unless one runs, and returns what is closed at its end.
func (c *logChecks) begin() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil {
		c.running = make(chan struct{})
		go c.run()
	}
	return c.running
}

// run checks the log. It is nobody's request: who asked may leave, and the result
// is for everybody.
func (c *logChecks) run() {
	result := c.check(context.Background())
	debug.FreeOSMemory() // it has read the whole log, and the desk may now be left alone
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.done = result, true
	close(c.running)
	c.running = nil
}

// checkedAtOnce is how many events a log has less than to be checked when the desk
// starts: a desk should answer at once however much it holds.
const checkedAtOnce = 200_000

// nightHour is when the log is checked every night, in the desk's zone: a fault is
// found within a day although nobody asks.
const nightHour = 3

// nightly checks the log every night until ctx ends, and tells the operator's log of a
// fault.
func (c *logChecks) nightly(ctx context.Context, zone *time.Location, log *slog.Logger) {
	for {
		wait := time.NewTimer(untilNight(time.Now(), zone))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		<-c.begin()
		if last, _, _ := c.state(); last.Fault != audit.FaultNone {
			log.Error("the audit log does not hold", "fault", string(last.Fault), "event", last.Seq)
		}
	}
}

// untilNight is how long it is to the next night's check.
func untilNight(now time.Time, zone *time.Location) time.Duration {
	local := now.In(zone)
	next := time.Date(local.Year(), local.Month(), local.Day(), nightHour, 0, 0, 0, zone)
	if !next.After(now) {
		next = time.Date(local.Year(), local.Month(), local.Day()+1, nightHour, 0, 0, 0, zone)
	}
	return next.Sub(now)
}

func (c *logChecks) state() (last db.Check, done, running bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, c.done, c.running != nil
}

// checkPatience is how long a request waits for a check; one of a long log ends
// after it.
const checkPatience = 5 * time.Second

// auditCheck verifies the log now.
func (s *Server) auditCheck(w http.ResponseWriter, r *http.Request) error {
	ended := s.checks.begin()
	patience := time.NewTimer(checkPatience)
	defer patience.Stop()
	select {
	case <-ended:
	case <-patience.C:
		s.flash(w, r, "info", "The check is running. Reload the page in a while to see its result.")
	case <-r.Context().Done():
		return nil // whoever asked has left; the check goes on
	}
	return seeOther(w, r, "/audit")
}

// banner tells what the last check found, and how much has been written since.
func (c *logChecks) banner(ctx context.Context, d *db.DB, zone *time.Location) (views.Flash, views.Link) {
	last, done, running := c.state()
	switch {
	case !done && running:
		return views.Flash{Tone: "info", Text: "The log is being checked for the first time since the desk started."}, views.Link{}
	case !done:
		return views.Flash{Tone: "warn", Text: "Not checked since the desk started."}, views.Link{}
	case last.Fault != audit.FaultNone:
		return faultBanner(ctx, d, last)
	}
	text := "Log intact. " + counted(last.Entries, "event", "events") + " checked from the first to the latest, " + checkedWhen(last, d.Now(), zone) + "."
	if last.Anchored == 0 {
		text += " There was no anchored head to compare it with."
	}
	if size, err := d.LogSize(ctx); err == nil && size > last.Entries {
		text += " " + counted(size-last.Entries, "newer event has", "newer events have") + " been written since."
	}
	return views.Flash{Tone: "ok", Text: text}, views.Link{}
}

func checkedWhen(last db.Check, now time.Time, zone *time.Location) string {
	return lowerFirst(moment(last.At, now, zone).Text)
}

// components is the design sheet: every part of the desk in every state.
func (s *Server) components(w http.ResponseWriter, r *http.Request) error {
	p := views.SampleComponents()
	p.Page = s.page(w, r, "Components")
	return s.render(w, r, http.StatusOK, views.Components(p))
}
