package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// ended takes in a case of a person that has ended at the provider.
func ended(t *testing.T, d *dbtest.Desk, n int, person string, at time.Time, status review.Status, codes ...string) string {
	t.Helper()
	v := plainCase(n)
	v.Subject = review.Subject{Reference: person, Reading: review.Reading{Name: person + " Surname"}}
	v.Status, v.CreatedAt, v.UpdatedAt = status, at.Add(-time.Hour), at
	for _, code := range codes {
		v.AddFinding(code, "")
	}
	_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}})
	ok(t, err)
	return v.ID
}

func agoYears(n int) time.Time { return dbtest.Start.AddDate(-n, 0, 0) }

// due lists the cases of who is due, person by person.
func due(t *testing.T, d *dbtest.Desk) (out []string) {
	t.Helper()
	for next := (&db.DueCursor{}); next != nil; {
		page, more, err := d.DuePersons(t.Context(), *next, 2)
		ok(t, err)
		for _, r := range page {
			var ids []string
			for _, c := range r.Cases {
				ids = append(ids, strings.TrimLeft(c.ID, "0"))
			}
			out = append(out, strings.Join(ids, "+"))
		}
		if next = more; next != nil {
			again := db.ParseDueCursor(next.String())
			next = &again
		}
	}
	slices.Sort(out)
	return out
}

func TestWhoIsDue(t *testing.T) {
	d := dbtest.New(t)
	ended(t, d, 1, "old", agoYears(6), review.StatusPassed)
	ended(t, d, 2, "young", agoYears(4), review.StatusPassed)
	ended(t, d, 3, "listed", agoYears(6), review.StatusFailed, "watchlist_check_failure")
	ended(t, d, 4, "listed long ago", agoYears(11), review.StatusFailed, "watchlist_check_failure")
	ended(t, d, 5, "twice", agoYears(12), review.StatusFailed, "watchlist_check_failure")
	ended(t, d, 6, "twice", agoYears(2), review.StatusPassed)
	ended(t, d, 7, "open", agoYears(9), review.StatusPassed)
	ended(t, d, 8, "open", agoYears(9), review.StatusInReview)
	ended(t, d, 9, "waits", agoYears(9), review.StatusArriving)
	ended(t, d, 10, "lapsed", agoYears(9), review.StatusLapsed)
	ended(t, d, 11, "both", agoYears(11), review.StatusFailed, "watchlist_check_failure")
	ended(t, d, 12, "both", agoYears(6), review.StatusPassed)
	want := []string{"2", "b", "c+d", "5"}
	slices.Sort(want)
	if got := due(t, d); !slices.Equal(got, want) {
		t.Errorf("due are %q, want %q", got, want)
	}
	p, err := d.Policy(t.Context())
	ok(t, err)
	p.Keep = review.Keeping{Years: 3, SanctionsYears: 13}
	_, err = d.SetPolicy(t.Context(), db.System("test"), p)
	ok(t, err)
	want = []string{"2", "3", "b"}
	if got := due(t, d); !slices.Equal(got, want) {
		t.Errorf("with another policy due are %q, want %q: it counts for older cases, too", got, want)
	}
	p.Keep, p.Version = review.Keeping{Years: 0, SanctionsYears: 10}, p.Version+1
	var bad review.Invalid
	if _, err = d.SetPolicy(t.Context(), db.System("test"), p); !errors.As(err, &bad) || bad["keep_years"] == "" {
		t.Errorf("no years at all: %v", err)
	}
	ok(t, d.HoldPerson(t.Context(), db.System("test"), plainCase(1).ID, "A court asked."))
	want = []string{"3", "b"}
	if got := due(t, d); !slices.Equal(got, want) {
		t.Errorf("with a hold due are %q, want %q", got, want)
	}
	c, err := d.CountRetention(t.Context())
	if ok(t, err); c != (db.RetentionCounts{Due: 2, Held: 1}) {
		t.Errorf("counted %+v", c)
	}
	d.Shut()
	wholeOffline(t, d)
}

func TestADecisionEndsACaseAndReopeningOpensIt(t *testing.T) {
	d, _, id := closed(t)
	lin, pia := d.Person("Lin Senior", review.RoleSenior), d.Person("Pia Senior", review.RoleSenior)
	d.Clock.Move(6 * years)
	if got := due(t, d); len(got) != 1 {
		t.Fatalf("once it is decided and the years are over, due are %q", got)
	}
	_, err := d.AskReopen(t.Context(), lin, id, "Something new came up.")
	ok(t, err)
	if got := due(t, d); len(got) != 0 {
		t.Errorf("while somebody asks to reopen it, due are %q", got)
	}
	_, err = d.KeepClosed(t.Context(), pia, id, "There is nothing new.")
	ok(t, err)
	if got := due(t, d); len(got) != 1 {
		t.Errorf("once it is kept closed, due are %q", got)
	}
	_, err = d.AskReopen(t.Context(), lin, id, "Something new came up.")
	ok(t, err)
	_, err = d.Reopen(t.Context(), pia, id, "Indeed, there is something.")
	ok(t, err)
	r, err := d.Retention(t.Context(), id)
	if ok(t, err); !r.KeepUntil.IsZero() || len(due(t, d)) != 0 {
		t.Errorf("once it is open again it is kept until %s", r.KeepUntil)
	}
	d.Shut()
	wholeOffline(t, d)
}

func TestWhoMayHoldAndErase(t *testing.T) {
	d, admin, id := closed(t)
	reviewer, senior, auditor := d.Person("Ria Reviewer", review.RoleReviewer), d.Person("Lin Senior", review.RoleSenior), d.Person("Sam Auditor", review.RoleAuditor)
	open := d.Cybrid(9, "Wilma Waits")
	erase := func(by db.Actor, id string, ground review.LegalGround, reason string) error {
		return d.ErasePerson(t.Context(), by, id, ground, reason)
	}
	for _, s := range []struct {
		what string
		err  error
		want string
	}{
		{"a reviewer holds", d.HoldPerson(t.Context(), reviewer, id, "A court asked."), "Only a senior or an admin"},
		{"an auditor holds", d.HoldPerson(t.Context(), auditor, id, "A court asked."), "Only a senior or an admin"},
		{"no reason", d.HoldPerson(t.Context(), senior, id, "  "), "reason"},
		{"no case", d.HoldPerson(t.Context(), senior, "nosuch", "A court asked."), "not found"},
		{"a senior erases", erase(senior, id, review.GroundOrder, "A court said so."), "Only an admin erases"},
		{"while the period runs", erase(admin, id, review.GroundRequest, "She asked by letter."), "The law wants these data kept until"},
		{"no ground", erase(admin, id, "whim", "A court said so."), "ground"},
		{"a case is open", erase(admin, open, review.GroundOrder, "A court said so."), "has not ended"},
		{"the reason names her", erase(admin, id, review.GroundOrder, "A court said so of Ms Quackenbush."), "must not name"},
		{"a senior lifts what is not held", d.LiftHold(t.Context(), senior, id, "It is over."), "Only an admin lifts"},
		{"an admin lifts what is not held", d.LiftHold(t.Context(), admin, id, "It is over."), "holds nobody"},
		{"a senior holds", d.HoldPerson(t.Context(), senior, id, "why she is held"), ""},
		{"somebody holds once more", d.HoldPerson(t.Context(), admin, id, "A court asked."), "Lin Senior put a legal hold"},
		{"an order against a hold", erase(admin, id, review.GroundOrder, "A court said so."), "A legal hold is on this person"},
	} {
		if s.want == "" && s.err != nil || s.want != "" && (s.err == nil || !strings.Contains(s.err.Error(), s.want)) {
			t.Errorf("%s: %v", s.what, s.err)
		}
	}
	r, err := d.Retention(t.Context(), id)
	if ok(t, err); r.Hold == nil || r.Hold.By.Name != "Lin Senior" || r.Hold.Reason != "why she is held" || r.Hold.Case != id {
		t.Errorf("the hold: %+v", r.Hold)
	}
	d.Clock.Move(6 * years)
	if n, _, err := d.EraseDue(t.Context(), db.System("retention"), db.DueCursor{}, 10); n != 0 || err != nil {
		t.Errorf("the job erases %d who are held: %v", n, err)
	}
	held, _, err := d.HeldPersons(t.Context(), 0, 10)
	if ok(t, err); len(held) != 1 || held[0].Person != r.Person {
		t.Errorf("held are %+v", held)
	}
	ok(t, d.LiftHold(t.Context(), admin, id, "It is over."))
	ok(t, erase(admin, id, review.GroundRequest, "Asked by letter."))
	ok(t, d.Overwrite(t.Context()))
	whole(t, d)
	d.Shut()
	wholeOffline(t, d)
	if out := found(t, d.Dir, personal); len(out) > 0 {
		t.Errorf("left: %q", out)
	}
}

func TestTheDeskErasesByItselfOnceAnAdminHasSaidSo(t *testing.T) {
	d := dbtest.New(t)
	for n := range 30 {
		ended(t, d, n, fmt.Sprintf("person %d", n), agoYears(4+n%3), review.StatusPassed)
	}
	ok(t, d.HoldPerson(t.Context(), db.System("test"), plainCase(2).ID, "A court asked."))
	retire := db.NewRetiring(d.DB)
	ok(t, retire())
	if gone := erasedEvents(t, d); gone != 0 {
		t.Fatalf("%d were erased, and nobody had said that they may be", gone)
	}
	p, err := d.Policy(t.Context())
	ok(t, err)
	p.Keep.Erase = true
	_, err = d.SetPolicy(t.Context(), db.System("test"), p)
	ok(t, err)
	d.Clock.Move(2 * time.Minute)
	ok(t, retire())
	want := len(due(t, d))
	if gone := erasedEvents(t, d); gone != 9+10 || want != 0 {
		t.Errorf("%d were erased, %d are due still", gone, want)
	}
	page, err := d.List(t.Context(), review.Filter{Statuses: review.Statuses()}, db.Cursor{}, 100)
	ok(t, err)
	names := 0
	for _, r := range page.Rows {
		if r.Name != "" {
			names++
		}
	}
	if names != 11 {
		t.Errorf("%d have a name, want ten who are kept and one who is held", names)
	}
	whole(t, d)
}

func erasedEvents(t *testing.T, d *dbtest.Desk) int {
	t.Helper()
	entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventErased}, 0, 500)
	ok(t, err)
	return len(entries)
}

func TestAnOlderDeskFindsOutWhoIsDue(t *testing.T) {
	d := dbtest.New(t)
	for n := range 600 {
		ended(t, d, n, fmt.Sprintf("person %d", n/2), agoYears(7), review.StatusPassed)
	}
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error {
		return errors.Join(tx.Exec(`DELETE FROM ended`), tx.Exec(`UPDATE reckoning SET left = 600`)) // as an upgrade leaves them
	}))
	ok(t, db.NewRetiring(d.DB)())
	if got := due(t, d); len(got) != 300 {
		t.Errorf("due are %d persons, want 300", len(got))
	}
	if c, err := d.CountRetention(t.Context()); err != nil || c.Reckoning || c.Due != 300 {
		t.Errorf("%+v, %v", c, err)
	}
	d.Shut()
	wholeOffline(t, d)
}

// keepAndErase does all that is done about retention.
func keepAndErase(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	system := db.System("test")
	first, second := ended(t, d, 7001, "first", agoYears(30), review.StatusPassed), ended(t, d, 7002, "second", agoYears(30), review.StatusPassed)
	ok(t, d.HoldPerson(t.Context(), system, first, "A court asked."))
	_, _, err := d.HeldPersons(t.Context(), 0, 10)
	ok(t, err)
	due(t, d)
	_, err = d.CountRetention(t.Context())
	ok(t, err)
	_, err = d.CaseOfPerson(t.Context(), 1)
	ok(t, err)
	ok(t, d.LiftHold(t.Context(), system, first, "It is over."))
	ok(t, d.ErasePerson(t.Context(), system, first, review.GroundRequest, "Asked by letter."))
	if n, _, err := d.EraseDue(t.Context(), system, db.DueCursor{}, 10); n != 1 || err != nil {
		t.Fatalf("%d erased, %v", n, err)
	}
	_, err = d.Peek(t.Context(), second)
	ok(t, err)
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE reckoning SET left = 9`) }))
	ok(t, db.NewRetiring(d.DB)())
	ok(t, d.Overwrite(t.Context()))
}
