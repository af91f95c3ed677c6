package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// told makes a demo of so many cases and opens it at its start.
func told(t *testing.T, cases int, start time.Time) *db.DB {
	t.Helper()
	dir := t.TempDir()
	a := &app{ctx: t.Context(), out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	if err := makeDemo(a, dir, cases, start); err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), dir, settings{clock: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d.DB
}

var demoStart = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func TestTheDemo(t *testing.T) {
	d := told(t, 200, demoStart) // takes seconds, so that one serves both
	t.Run("is alive when it starts", func(t *testing.T) { isAlive(t, d) })
	t.Run("has a history that its team made and that ends before its start", func(t *testing.T) { hasHistory(t, d) })
}

func isAlive(t *testing.T, d *db.DB) {
	counts, err := d.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for status, least := range map[review.Status]int64{review.StatusInReview: 80, review.StatusSecondReview: 2, review.StatusArriving: 4,
		review.StatusPassed: 20, review.StatusFailed: 10, review.StatusLapsed: 4} {
		if counts.ByStatus[status] < least {
			t.Errorf("%d cases are %s, want %d or more", counts.ByStatus[status], status, least)
		}
	}
	pulse, err := d.Pulse(t.Context(), demoStart.Truncate(24*time.Hour), 7)
	if err != nil {
		t.Fatal(err)
	}
	if pulse.Claimed < 3 || pulse.Overdue < 5 || demoStart.Sub(pulse.Oldest) < review.Limit {
		t.Errorf("claimed %d, overdue %d, oldest %s", pulse.Claimed, pulse.Overdue, pulse.Oldest)
	}
	people, err := d.Accounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roles := map[review.Role]int{}
	for _, p := range people {
		if !p.Active() {
			t.Errorf("%s cannot sign in", p.Email)
		}
		roles[p.Role]++
	}
	if roles[review.RoleReviewer] != 2 || roles[review.RoleSenior] != 1 || roles[review.RoleAuditor] != 1 || roles[review.RoleAdmin] != 1 {
		t.Errorf("the team is %v", roles)
	}
	if check := d.CheckLog(t.Context()); check.ExitCode() != 0 {
		t.Error(check.Sentence())
	}
}

func hasHistory(t *testing.T, d *db.DB) {
	kinds := map[string]int{}
	err := d.EachEvent(t.Context(), review.EventFilter{}, func(e db.LogEntry) error {
		kinds[e.Action]++
		if e.Time.After(demoStart) || e.ClockSteppedBack {
			t.Errorf("entry %d is of %s, start is %s", e.Seq, e.Time, demoStart)
		}
		decides := e.Action == string(review.EventDecided) || e.Action == string(review.EventProposed) || e.Action == string(review.EventConfirmed)
		if decides && e.ActorName == "" {
			t.Errorf("entry %d: %s by %s", e.Seq, e.Action, e.Actor.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []review.EventKind{review.EventReceived, review.EventViewed, review.EventClaimed, review.EventDecided,
		review.EventProposed, review.EventConfirmed, review.EventNoted, review.EventAccountAdded} {
		if kinds[string(kind)] == 0 {
			t.Errorf("nobody has %s anything: %v", kind, kinds)
		}
	}
}

func TestTheDemoIsTheSameOnEveryMachine(t *testing.T) {
	story := func() (out []string) {
		d := told(t, 20, demoStart)
		err := d.EachEvent(t.Context(), review.EventFilter{}, func(e db.LogEntry) error {
			if e.Provider != "" { // of a case
				out = append(out, e.Action+" "+e.Object+" "+e.Time.String()+" "+e.ActorName)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first, second := story(), story()
	if len(first) != len(second) {
		t.Fatalf("%d events, then %d", len(first), len(second))
	}
	for i := range first {
		if first[i] != second[i] {
			t.Errorf("event %d: %q, then %q", i, first[i], second[i])
		}
	}
}
