package db_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestADecisionCanBeUndoneUntilItTakesEffect(t *testing.T) {
	d := dbtest.New(t)
	ana, bo := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Bo Lind", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	if v, err := d.Decide(t.Context(), ana, id, rejection(1), "form"); err != nil || v.Status != review.StatusFailed {
		t.Fatalf("%v %v", v.Status, err)
	}
	outside := func() review.Status {
		v, err := d.PlatformCase(t.Context(), db.System("test"), review.Cybrid, id, "", false)
		if err != nil {
			t.Fatal(err)
		}
		return v.Status
	}
	if got := outside(); got != review.StatusInReview {
		t.Errorf("the API shows %s before the decision takes effect", got)
	}
	if _, err := d.Undo(t.Context(), bo, id); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("somebody else undid it: %v", err)
	}
	v, err := d.Undo(t.Context(), ana, id)
	if err != nil || v.Status != review.StatusInReview || v.Claim.By.ID != ana.ID || v.Findings[0].Resolution != "" {
		t.Fatalf("%+v %v", v, err)
	}
	if v, err = d.Decide(t.Context(), ana, id, rejection(v.Version), "form 2"); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(10 * time.Second)
	if _, err := d.Undo(t.Context(), ana, id); !errors.Is(err, review.ErrConflict) {
		t.Errorf("undone after it took effect: %v", err)
	}
	if got := outside(); got != review.StatusFailed {
		t.Errorf("the API shows %s after the decision took effect", got)
	}
	whole(t, d)
}

func TestASecondWordUndoneLeavesTheProposal(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "selfie_failure")
	if _, err := d.Decide(t.Context(), ana, id, rejection(1), ""); err != nil {
		t.Fatal(err)
	}
	v, err := d.Confirm(t.Context(), mei, id, 2, "I see it the same way.")
	if err != nil {
		t.Fatal(err)
	}
	if v, err = d.Undo(t.Context(), mei, id); err != nil || v.Status != review.StatusSecondReview || v.Proposal.By.ID != ana.ID {
		t.Fatalf("%+v %v", v, err)
	}
	if v, err = d.Confirm(t.Context(), mei, id, v.Version, "I see it the same way."); err != nil || v.Status != review.StatusFailed {
		t.Fatalf("%+v %v", v, err)
	}
	whole(t, d)
}

func TestADecidedCaseIsReopenedByTwo(t *testing.T) {
	d := dbtest.New(t)
	mei, cy := d.Person("Mei Tan", review.RoleSenior), d.Person("Cy Okafor", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	if _, err := d.Decide(t.Context(), mei, id, rejection(1), ""); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(time.Minute)
	if _, err := d.AskReopen(t.Context(), mei, id, "The applicant sent a newer bill."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(t.Context(), mei, id, "I confirm my own wish."); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("who asked gave the second word: %v", err)
	}
	v, err := d.Reopen(t.Context(), cy, id, "The newer bill is in the post.")
	if err != nil || v.Status != review.StatusInReview || v.Decision != nil || !v.DueAt.After(d.Clock.Now()) {
		t.Fatalf("%+v %v", v, err)
	}
	if v, err = d.Decide(t.Context(), cy, id, rejection(v.Version), ""); err != nil || v.Status != review.StatusFailed {
		t.Fatalf("%+v %v", v, err)
	}
	whole(t, d)
}

func TestACaseThatWaitsIsNotInTheQueue(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	before, err := d.Peek(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	queue := func(f review.Filter) int {
		p, err := d.List(t.Context(), f, db.Cursor{}, 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(p.Rows)
	}
	v, err := d.Snooze(t.Context(), ana, id, d.Clock.Now().Add(48*time.Hour), "Waiting for the registry.")
	if err != nil || !v.DueAt.Equal(before.DueAt.Add(48*time.Hour)) {
		t.Fatalf("due %s after %s: %v", v.DueAt, before.DueAt, err)
	}
	if queue(review.Filter{}) != 0 || queue(review.Filter{Snoozed: true}) != 1 {
		t.Error("a snoozed case is in the queue, or nowhere")
	}
	if _, err := d.ClaimNext(t.Context(), ana, review.Filter{}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a snoozed case was handed out: %v", err)
	}
	d.Clock.Move(49 * time.Hour)
	if queue(review.Filter{}) != 1 {
		t.Error("the case did not come back")
	}
	if _, err := d.AskAgain(t.Context(), ana, id, []string{"address_check_failure"}, "Please send a bill with your address."); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(24 * time.Hour)
	if queue(review.Filter{}) != 0 {
		t.Error("the case came back before the applicant answered")
	}
	d.Cybrid(1, "Ines Moreau", "address_check_failure", "name_check_failure")
	if queue(review.Filter{}) != 1 {
		t.Error("the case did not come back with the answer")
	}
	whole(t, d)
}

func TestSomeCasesAreNotForSomebody(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	own, other := d.Cybrid(1, "ana quiroga", "address_check_failure"), d.Cybrid(2, "Ines Moreau", "address_check_failure")
	if _, err := d.Claim(t.Context(), ana, own); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("took their own case: %v", err)
	}
	if id, err := d.ClaimNext(t.Context(), ana, review.Filter{}); err != nil || id != other {
		t.Errorf("got %s, %v", id, err)
	}
	if _, err := d.Skip(t.Context(), ana, other, "I know too little of this country."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.ClaimNext(t.Context(), ana, review.Filter{}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a skipped case came back at once: %v", err)
	}
	d.Clock.Move(review.SkipFor + time.Minute)
	if id, err := d.ClaimNext(t.Context(), ana, review.Filter{}); err != nil || id != other {
		t.Errorf("got %s, %v", id, err)
	}
	if _, err := d.TakeOver(t.Context(), mei, other); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Escalate(t.Context(), mei, other, "This one wants a second look."); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Claim(t.Context(), ana, other); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("a reviewer took an escalated case: %v", err)
	}
	if _, err := d.Recuse(t.Context(), mei, other); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), mei, other, rejection(2), ""); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("decided a case after recusing: %v", err)
	}
	whole(t, d)
}

func TestThePolicyHasVersions(t *testing.T) {
	d := dbtest.New(t)
	ana, rosa := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Rosa Oliveira", review.RoleAdmin)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	p, err := d.Policy(t.Context())
	if err != nil || p.Version != 1 {
		t.Fatalf("%+v %v", p, err)
	}
	p.SamplePercent, p.UndoSeconds = 100, 0
	p.Grounds = slices.DeleteFunc(p.Grounds, func(g review.Ground) bool { return g.Key == "document_altered" })
	if _, err := d.SetPolicy(t.Context(), ana, p); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("an officer changed the policy: %v", err)
	}
	if _, err := d.SetPolicy(t.Context(), rosa, p); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SetPolicy(t.Context(), rosa, p); !errors.Is(err, review.ErrConflict) {
		t.Errorf("a change on an old version was taken: %v", err)
	}
	var bad review.Invalid
	if _, err := d.Decide(t.Context(), ana, id, rejection(1), ""); !errors.As(err, &bad) || bad["ground"] == "" {
		t.Errorf("a ground that is gone was taken: %v", err)
	}
	decision := rejection(1)
	decision.Grounds = []string{"document_expired"}
	v, err := d.Decide(t.Context(), ana, id, decision, "")
	if err != nil || v.Status != review.StatusSecondReview || v.Proposal.Policy != 2 {
		t.Errorf("every decision is sampled: %+v %v", v, err)
	}
	whole(t, d)
}

func TestALookRenewsItsHoldersClaimInTheRecordOfTheLook(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	if _, err := d.Claim(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(6 * time.Minute)
	if _, err := d.View(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	v, err := d.Peek(t.Context(), id)
	if want := d.Clock.Now().Add(review.ClaimFor); err != nil || !v.Claim.Until.Equal(want) || v.Version != 1 {
		t.Errorf("held until %s, want %s; version %d, %v", v.Claim.Until, want, v.Version, err)
	}
	whole(t, d)
}

func TestWhatWaitsBesideTheQueueIsCountedAndFound(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	aside, grave, decided := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "address_check_failure"), d.Cybrid(3, "Noor El-Sayed", "address_check_failure")
	later := d.Cybrid(4, "Tomasz Wojcik", "address_check_failure")
	for what, err := range map[string]error{
		"ask":      second(d.AskAgain(t.Context(), ana, aside, []string{"address_check_failure"}, "Please send a bill with your address.")),
		"escalate": second(d.Escalate(t.Context(), ana, grave, "This one wants a second look.")),
		"decide":   second(d.Decide(t.Context(), ana, decided, rejection(1), "")),
		"decide 2": second(d.Decide(t.Context(), ana, later, rejection(1), "")),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	d.Clock.Move(time.Minute)
	for _, id := range []string{later, decided} { // the oldest wish first
		if _, err := d.AskReopen(t.Context(), mei, id, "The applicant sent a newer bill."); err != nil {
			t.Fatal(err)
		}
		d.Clock.Move(time.Minute)
	}
	if got, err := d.Work(t.Context()); err != nil || got != (db.Work{SetAside: 1, Reopening: 2, Escalated: 1}) {
		t.Errorf("%+v %v", got, err)
	}
	closed := []review.Status{review.StatusPassed, review.StatusFailed}
	for id, f := range map[string]review.Filter{aside: {Snoozed: true}, grave: {Escalated: true}, later: {Reopening: true, Statuses: closed}} {
		p, err := d.List(t.Context(), f, db.Cursor{}, 1)
		if err != nil || len(p.Rows) != 1 || p.Rows[0].ID != id {
			t.Errorf("%+v finds %+v, %v", f, p.Rows, err)
		}
		if f.Reopening {
			if next, err := d.List(t.Context(), f, *p.Next, 1); err != nil || len(next.Rows) != 1 || next.Rows[0].ID != decided {
				t.Errorf("after it come %+v, %v", next.Rows, err)
			}
		}
	}
	d.Clock.Move(review.Limit)
	if n, err := d.Overdue(t.Context()); err != nil || n != 1 {
		t.Errorf("%d over target, %v: a case whose clock stands is none of them", n, err)
	}
	if p, err := d.Pulse(t.Context(), d.Clock.Now(), 1); err != nil || p.Overdue != 1 {
		t.Errorf("%d over target, %v", p.Overdue, err)
	}
}

// Taking a sampled proposal back and deciding again must not be a way round the second
// person: the draw is one for the whole round of review.
func TestTheDrawOfASampleIsNotMadeAnewByAnUndo(t *testing.T) {
	d := dbtest.New(t)
	ana, rosa := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Rosa Oliveira", review.RoleAdmin)
	p, err := d.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.SamplePercent = 50
	if _, err := d.SetPolicy(t.Context(), rosa, p); err != nil {
		t.Fatal(err)
	}
	drawn := map[review.Status]int{}
	for n := range 24 {
		id := d.Cybrid(n+1, "Ines Moreau", "address_check_failure")
		version, first := int64(1), review.Status("")
		for range 4 {
			v, err := d.Decide(t.Context(), ana, id, rejection(version), "")
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = v.Status
				drawn[first]++
			}
			if v.Status != first {
				t.Fatalf("case %d: first %s, then %s", n, first, v.Status)
			}
			if v, err = d.Undo(t.Context(), ana, id); err != nil {
				t.Fatal(err)
			}
			version = v.Version
		}
	}
	if len(drawn) != 2 {
		t.Errorf("of 24 cases, half of which are to be drawn: %v", drawn)
	}
}

// Nobody gets their own case, however it spells their name, or under their address.
func TestAnOfficersOwnCaseIsKnownByNameAndAddress(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("José García", review.RoleSenior) // JosGarca@desk.example
	mei := d.Person("Mei Tan", review.RoleSenior)
	for n, name := range []string{"GARCIA, Jose", "jose  garcía", "Jos Garca"} { // the last one has the address
		id := d.Cybrid(n+1, name, "address_check_failure")
		if _, err := d.Claim(t.Context(), ana, id); !errors.Is(err, review.ErrForbidden) {
			t.Errorf("%s: claimed: %v", name, err)
		}
		if _, err := d.Assign(t.Context(), mei, id, ana.ID); !errors.Is(err, review.ErrForbidden) {
			t.Errorf("%s: given to them: %v", name, err)
		}
		if _, err := d.Claim(t.Context(), mei, id); err != nil {
			t.Errorf("%s: somebody else: %v", name, err)
		}
	}
	if _, err := d.ClaimNext(t.Context(), ana, review.Filter{}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("handed out: %v", err)
	}
}

func TestAnInterestHoldsAWord(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	var bad review.Invalid
	if err := d.Declare(t.Context(), ana, "-- . --"); !errors.As(err, &bad) || bad["interest"] == "" {
		t.Errorf("declared nobody: %v", err)
	}
}

// However many cases of a declared person stand first, the next one is found behind them.
func TestManyCasesOfADeclaredPersonDoNotHideTheRest(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	first := d.Cybrid(1, "Noor El-Sayed", "address_check_failure")
	for n := range 25 {
		d.Cybrid(n+2, "Ines Moreau", "address_check_failure")
	}
	other := d.Cybrid(40, "Kwame Mensah", "address_check_failure")
	if err := d.Declare(t.Context(), ana, "Inès MOREAU"); err != nil {
		t.Fatal(err)
	}
	_, next, nextErr, err := d.DecideThenTake(t.Context(), ana, first, rejection(1), "", review.Filter{})
	if err != nil || nextErr != nil || next != other {
		t.Fatalf("after a decision: %q, %v, %v", next, nextErr, err)
	}
	if _, err := d.Release(t.Context(), ana, other); err != nil {
		t.Fatal(err)
	}
	if id, err := d.ClaimNext(t.Context(), ana, review.Filter{}); err != nil || id != other {
		t.Errorf("got %q, %v", id, err)
	}
	if _, err := d.ClaimNext(t.Context(), ana, review.Filter{}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("with nothing left: %v", err)
	}
}
