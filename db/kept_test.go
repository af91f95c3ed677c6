package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// looks is all that is kept beside the lists, and how often each filter finds something.
func looks(t *testing.T, d *dbtest.Desk) string {
	t.Helper()
	counts, err := d.Counts(t.Context())
	ok(t, err)
	work, err := d.Work(t.Context())
	ok(t, err)
	pulse, err := d.Pulse(t.Context(), d.Clock.Now().Truncate(24*time.Hour), 3)
	ok(t, err)
	countries, err := d.Countries(t.Context())
	ok(t, err)
	people, err := d.Team(t.Context())
	ok(t, err)
	policy, err := d.Policy(t.Context())
	ok(t, err)
	text := fmt.Sprintf("%+v %+v %+v %v %v policy %d", counts, work, pulse, countries, people, policy.Version)
	for _, f := range queueFilters {
		n, err := d.Count(t.Context(), f)
		ok(t, err)
		page, err := d.List(t.Context(), f, db.Cursor{}, 100)
		ok(t, err)
		if n != len(page.Rows) {
			t.Errorf("%+v: %d are counted, %d are listed", f, n, len(page.Rows))
		}
		text += fmt.Sprintf(" %d", n)
	}
	all, err := d.Accounts(t.Context())
	ok(t, err)
	for _, a := range all {
		held, err := d.Held(t.Context(), a.ID)
		ok(t, err)
		n, err := d.Count(t.Context(), review.Filter{Owner: a.ID})
		ok(t, err)
		if held != n {
			t.Errorf("%s holds %d cases, and %d are counted", a.Name, n, held)
		}
		mentions, err := d.CountMentions(t.Context(), a.ID)
		ok(t, err)
		text += fmt.Sprintf(" %d/%d", held, mentions)
	}
	return text
}

var queueFilters = []review.Filter{
	{}, {Provider: review.Cybrid}, {Code: "address_check_failure"}, {Severity: review.SeverityHigh}, {Severity: review.SeverityCritical}, {Overdue: true},
	{Owner: review.OwnerNone}, {Snoozed: true}, {Escalated: true}, {Code: "selfie_failure", Sort: review.SortNewest},
	{Provider: review.Cybrid, Code: "address_check_failure", Owner: review.OwnerNone}, {Provider: review.Coinify, Severity: review.SeverityLow, Sort: review.SortOldest},
}

// What is kept is what would be read now: after every act, and as the clock moves.
func TestNothingKeptIsOlderThanTheLastChange(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	plain, grave := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "selfie_failure", "address_check_failure")
	waits := d.Coinify(3, "Viktor Hahn", "address_check_failure")
	version := func(id string) int64 {
		v, err := d.Peek(t.Context(), id)
		ok(t, err)
		return v.Version
	}
	before := ""
	for _, act := range []struct {
		what string
		do   func() error
	}{
		{"nothing", func() error { return nil }},
		{"a new case", func() error { d.Cybrid(4, "Olu Adebayo", "selfie_failure"); return nil }},
		{"newer findings", func() error { d.Cybrid(4, "Olu Adebayo", "address_check_failure"); return nil }},
		{"a claim", func() error { return second(d.Claim(t.Context(), ana, plain)) }},
		{"an hour later", func() error { d.Clock.Move(time.Hour); return nil }},
		{"two claims, one of them set aside", func() error {
			return errors.Join(second(d.Claim(t.Context(), mei, plain)), second(d.Claim(t.Context(), mei, waits)),
				second(d.Snooze(t.Context(), mei, waits, d.Clock.Now().Add(5*time.Minute), "Waiting for the registry.")))
		}},
		{"it wakes", func() error { d.Clock.Move(6 * time.Minute); return nil }},
		{"the claims run out", func() error { d.Clock.Move(review.ClaimFor); return nil }},
		{"a proposal", func() error { return second(d.Decide(t.Context(), ana, grave, rejection(version(grave)), "")) }},
		{"a proposal returned", func() error {
			return second(d.Return(t.Context(), mei, grave, version(grave), "Please look again at the selfie."))
		}},
		{"set aside", func() error {
			return second(d.Snooze(t.Context(), ana, waits, d.Clock.Now().Add(48*time.Hour), "Waiting for the registry."))
		}},
		{"a decision", func() error { return second(d.Decide(t.Context(), ana, plain, rejection(version(plain)), "")) }},
		{"a decision undone", func() error { return second(d.Undo(t.Context(), ana, plain)) }},
		{"escalated", func() error { return second(d.Escalate(t.Context(), ana, plain, "Beyond my experience.")) }},
		{"past every target", func() error { d.Clock.Move(48*time.Hour - time.Second); return nil }},
		{"one wakes", func() error { d.Clock.Move(2 * time.Second); return nil }},
		{"the clock steps back", func() error { d.Clock.Move(-30 * time.Hour); return nil }},
		{"a note that names somebody", func() error { return d.Note(t.Context(), ana, grave, "Look at the seal, @meitan.") }},
		{"she opens the case", func() error { return second(d.View(t.Context(), mei, grave)) }},
		{"a new colleague", func() error { d.Person("Bo Lind", review.RoleReviewer); return nil }},
		{"a colleague leaves", func() error { return d.SetDisabled(t.Context(), db.System("test"), ana.ID, true) }},
	} {
		ok(t, act.do())
		kept := looks(t, d)
		d.ForgetKept()
		if now := looks(t, d); now != kept {
			t.Errorf("after %s kept\n%s\nand is\n%s", act.what, kept, now)
		}
		if kept == before {
			t.Errorf("%s changed nothing: %s", act.what, kept)
		}
		before = kept
		sameCodes(t, d, act.what)
	}
}

// sameCodes holds the queue's table of failure codes against the findings.
func sameCodes(t *testing.T, d *dbtest.Desk, after string) {
	t.Helper()
	reader := d.Reader()
	var wrong int
	ok(t, reader.QueryRow(`SELECT COUNT(*) FROM (
		SELECT * FROM (SELECT f.code, v.due_at, v.seq, v.snoozed_until FROM verification v JOIN finding f ON f.v = v.seq WHERE v.status = 'in_review' EXCEPT SELECT * FROM queue_code)
		UNION ALL SELECT * FROM (SELECT * FROM queue_code EXCEPT SELECT f.code, v.due_at, v.seq, v.snoozed_until FROM verification v JOIN finding f ON f.v = v.seq WHERE v.status = 'in_review'))`).Scan(&wrong))
	if wrong != 0 {
		t.Errorf("after %s %d rows of queue_code are not those of the findings", after, wrong)
	}
}
