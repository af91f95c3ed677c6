//go:build linux

package main_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

// told is a case as the log tells it, event by event.
type told struct {
	status  review.Status
	version int64 // by how many the case has moved on
	holder  string
	decided string // who took the decision or the proposal that stands
}

// follow replays one event of an officer. Its error is what cannot have happened.
func (c *told) follow(who string, kind review.EventKind) error {
	open, other := c.status == review.StatusInReview, c.holder != "" && c.holder != who
	switch kind {
	case review.EventClaimed:
		if !open || other {
			return fmt.Errorf("claimed by %s while %s, held by %q", who, c.status, c.holder)
		}
		c.holder = who
	case review.EventReleased, review.EventSkipped:
		if !open || c.holder != who {
			return fmt.Errorf("%s by %s while %s, held by %q", kind, who, c.status, c.holder)
		}
		c.holder = ""
	case review.EventDecided, review.EventProposed:
		if !open || other {
			return fmt.Errorf("%s by %s while %s, held by %q, decided by %q", kind, who, c.status, c.holder, c.decided)
		}
		c.status, c.decided, c.holder = review.StatusPassed, who, "" // passed or failed: the case itself says
		if kind == review.EventProposed {
			c.status = review.StatusSecondReview
		}
		c.version++
	case review.EventUndone:
		if open || c.decided != who {
			return fmt.Errorf("undone by %s, decided by %q", who, c.decided)
		}
		c.status, c.decided, c.holder = review.StatusInReview, "", who
		c.version++
	case review.EventConfirmed, review.EventReturned:
		if c.status != review.StatusSecondReview || c.decided == who {
			return fmt.Errorf("%s by %s while %s, proposed by %q", kind, who, c.status, c.decided)
		}
		c.status = review.StatusPassed
		if kind == review.EventReturned {
			c.status, c.decided = review.StatusInReview, ""
		}
		c.version++
	}
	return nil
}

// agrees holds the log against what the officers were told: each case has one winner,
// what was acknowledged is there, nothing else is, and the proof holds.
func (w workspace) agrees(t *testing.T, c *crowd) {
	t.Helper()
	if out := command(t, "audit", "verify", "--data", w.dir); out == "" {
		t.Error("audit verify says nothing")
	}
	acknowledged := map[string]int{}
	for _, o := range c.officers {
		for _, s := range o.said {
			acknowledged[strings.Join([]string{s.kind, s.id, o.id}, " ")]++
		}
	}
	w.read(t, func(d *db.DB) {
		cases, logged := replay(t, d)
		for act, n := range acknowledged {
			if logged[act] != n {
				t.Errorf("%s: acknowledged %d times, %d times in the log", act, n, logged[act])
			}
		}
		if !maps.Equal(acknowledged, logged) {
			t.Errorf("%d acts were acknowledged, the log holds %d", len(acknowledged), len(logged))
		}
		for id, told := range cases {
			v, err := d.Peek(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			status := v.Status
			if status == review.StatusFailed {
				status = review.StatusPassed
			}
			if status != told.status || v.Version != 1+told.version {
				t.Errorf("case %s is %s at version %d, its events make it %s at %d", id, v.Status, v.Version, told.status, 1+told.version)
			}
		}
	})
}

// answered are the kinds that officers hear of as done.
var answered = map[review.EventKind]bool{review.EventClaimed: true, review.EventReleased: true, review.EventSkipped: true, review.EventNoted: true,
	review.EventDecided: true, review.EventProposed: true, review.EventUndone: true, review.EventConfirmed: true, review.EventReturned: true}

func replay(t *testing.T, d *db.DB) (cases map[string]*told, logged map[string]int) {
	t.Helper()
	cases, logged = map[string]*told{}, map[string]int{}
	err := d.EachEvent(t.Context(), review.EventFilter{}, func(e db.LogEntry) error {
		kind := review.EventKind(e.Action)
		if !answered[kind] || e.Actor.Kind != "person" {
			return nil
		}
		if cases[e.Object] == nil {
			cases[e.Object] = &told{status: review.StatusInReview}
		}
		if err := cases[e.Object].follow(e.Actor.ID, kind); err != nil {
			t.Errorf("entry %d, case %s: %v", e.Seq, e.Object, err)
		}
		logged[strings.Join([]string{e.Action, e.Object, e.Actor.ID}, " ")]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cases, logged
}
