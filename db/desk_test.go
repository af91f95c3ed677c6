package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// approval is an ordinary approval of a case as it was first received.
func approval(version int64) review.Decision {
	return review.Decision{Action: review.Approve, Version: version, Grounds: []string{"evidence_agrees"}, Note: "Read by eye, all agrees."}
}

func rejection(version int64) review.Decision {
	return review.Decision{Action: review.Reject, Version: version, Grounds: []string{"document_altered"}, Note: "The print edge is visible."}
}

// whole fails the test unless the log verifies, and returns the report.
func whole(t *testing.T, d *dbtest.Desk) audit.Report {
	t.Helper()
	report := d.CheckLog(t.Context()).Report
	if report.ExitCode() != 0 {
		t.Fatalf("the log should be whole: %s", report.Sentence())
	}
	return report
}

func kinds(t *testing.T, d *dbtest.Desk, id string) []string {
	t.Helper()
	entries, _, err := d.Log(t.Context(), review.EventFilter{Case: id}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Action)
	}
	return out
}

func TestADecisionChangesTheCaseTheLogTheCountersAndTheOutboxTogether(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	v, err := d.Decide(t.Context(), ana, id, approval(1), "form-1")
	if err != nil {
		t.Fatal(err)
	}
	if v.Status != review.StatusPassed || v.Version != 2 {
		t.Fatalf("got %s version %d, want passed version 2", v.Status, v.Version)
	}
	peeked, err := d.Peek(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if peeked.Decision == nil || peeked.Decision.By.ID != ana.ID || peeked.Decision.Note != "Read by eye, all agrees." {
		t.Fatalf("the decision was not kept: %+v", peeked.Decision)
	}
	if f := peeked.Findings; len(f) != 1 || f[0].Resolution != review.Cleared {
		t.Fatalf("the finding should stay, cleared: %+v", f)
	}
	if got := kinds(t, d, id); strings.Join(got, " ") != "decided received" {
		t.Fatalf("log of the case: %v", got)
	}
	c, err := d.Counts(t.Context())
	if err != nil || c.ByStatus[review.StatusPassed] != 1 || c.ByStatus[review.StatusInReview] != 0 {
		t.Fatalf("counters: %+v, %v", c, err)
	}
	reader := d.Reader()
	var outbox int
	if err := reader.QueryRow(`SELECT COUNT(*) FROM outbox WHERE event = 'passed'`).Scan(&outbox); err != nil || outbox != 1 {
		t.Fatalf("outbox rows: %d, %v", outbox, err)
	}
	if r := whole(t, d); r.Cases != 1 || r.Openings == 0 {
		t.Fatalf("the check should have seen the case and opened its words: %+v", r)
	}
}

func TestSixteenOfficersDecideOneCaseAndOneWins(t *testing.T) {
	d := dbtest.New(t)
	id := d.Coinify(1, "Viktor Hahn", "ERROR_NOT_READABLE_ID.MISSING_BACK")
	var officers []db.Actor
	for i := range 16 {
		officers = append(officers, d.Person(fmt.Sprintf("Officer %c", 'A'+i), review.RoleReviewer))
	}
	errs := make([]error, len(officers))
	var wg sync.WaitGroup
	for i, o := range officers {
		wg.Go(func() { _, errs[i] = d.Decide(context.Background(), o, id, approval(1), "") })
	}
	wg.Wait()
	won := 0
	v, err := d.Peek(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range errs {
		var c review.Conflict
		switch {
		case err == nil:
			won++
		case !errors.As(err, &c):
			t.Errorf("a loser should hear who was first, got %v", err)
		case c.Who != v.Decision.By.Name || !c.When.Equal(v.Decision.At):
			t.Errorf("a loser heard %q at %s, the winner is %q at %s", c.Who, c.When, v.Decision.By.Name, v.Decision.At)
		}
	}
	if won != 1 {
		t.Errorf("%d officers won", won)
	}
	if got := kinds(t, d, id); strings.Join(got, " ") != "decided received" {
		t.Errorf("log of the case: %v", got)
	}
	whole(t, d)
}

func TestFourEyes(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Kwame Mensah", "duplicate_person_check_failure")
	decision := approval(1)
	decision.Resolutions = map[string]review.Resolution{"duplicate_person_check_failure": review.Cleared}
	v, err := d.Decide(t.Context(), ana, id, decision, "")
	if err != nil || v.Status != review.StatusSecondReview {
		t.Fatalf("got %s, %v; want a proposal", v.Status, err)
	}
	if _, err := d.Confirm(t.Context(), ana, id, 2, "I confirm my own word."); !errors.Is(err, review.ErrForbidden) {
		t.Fatalf("self-confirmation: %v", err)
	}
	v, err = d.Return(t.Context(), mei, id, 2, "Compare the portraits first.")
	if err != nil || v.Status != review.StatusInReview {
		t.Fatalf("sent back: %s, %v", v.Status, err)
	}
	decision.Version = 3
	if _, err = d.Decide(t.Context(), ana, id, decision, ""); err != nil {
		t.Fatal(err)
	}
	v, err = d.Confirm(t.Context(), mei, id, 4, "Portraits compared, two persons.")
	if err != nil || v.Status != review.StatusPassed {
		t.Fatalf("confirmed: %s, %v", v.Status, err)
	}
	peeked, err := d.Peek(t.Context(), id)
	if err != nil || peeked.Decision.By.ID != ana.ID || peeked.Confirm.By.ID != mei.ID || peeked.Confirm.Note != "Portraits compared, two persons." {
		t.Fatalf("both words should be kept: %+v %+v %v", peeked.Decision, peeked.Confirm, err)
	}
	if got := strings.Join(kinds(t, d, id), " "); got != "confirmed proposed returned proposed received" {
		t.Fatalf("log of the case: %s", got)
	}
	whole(t, d)
}

func TestADoubleClickFindsItsOwnResult(t *testing.T) {
	d := dbtest.New(t)
	ana, jonas := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Jonas Lind", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau")
	for range 2 {
		if v, err := d.Decide(t.Context(), ana, id, approval(1), "one form"); err != nil || v.Status != review.StatusPassed {
			t.Fatalf("got %s, %v", v.Status, err)
		}
	}
	if _, err := d.Decide(t.Context(), jonas, id, approval(1), "one form"); !errors.Is(err, review.ErrConflict) {
		t.Fatalf("somebody else's form of the same name: %v", err)
	}
	if got := kinds(t, d, id); len(got) != 2 {
		t.Fatalf("log of the case: %v", got)
	}
}

func TestClaims(t *testing.T) {
	d := dbtest.New(t)
	ana, jonas := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Jonas Lind", review.RoleReviewer)
	first, second := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Olu Adebayo")
	got, err := d.ClaimNext(t.Context(), ana, review.Filter{})
	if err != nil || got != first {
		t.Fatalf("next for Ana: %s, %v", got, err)
	}
	if got, err = d.ClaimNext(t.Context(), jonas, review.Filter{}); err != nil || got != second {
		t.Fatalf("next for Jonas: %s, %v", got, err)
	}
	if _, err := d.ClaimNext(t.Context(), jonas, review.Filter{}); !errors.Is(err, db.ErrNotFound) {
		t.Fatalf("nothing is left: %v", err)
	}
	if _, err := d.Decide(t.Context(), jonas, first, approval(1), ""); !errors.Is(err, review.ErrConflict) {
		t.Fatalf("a case that Ana holds: %v", err)
	}
	d.Clock.Move(review.ClaimFor + time.Second)
	if _, err := d.Decide(t.Context(), jonas, first, approval(1), ""); err != nil {
		t.Fatalf("the claim has run out: %v", err)
	}
	whole(t, d)
}

func TestANewerCopyVoidsAProposalAndTheDesksWordStands(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Kwame Mensah", "selfie_failure")
	if _, err := d.Decide(t.Context(), ana, id, rejection(1), ""); err != nil {
		t.Fatal(err)
	}
	d.Cybrid(1, "Kwame Mensah", "selfie_failure", "name_check_failure")
	v, err := d.Peek(t.Context(), id)
	if err != nil || v.Status != review.StatusInReview || v.Proposal != nil || len(v.Findings) != 2 {
		t.Fatalf("after the newer copy: %s %+v %v %v", v.Status, v.Proposal, v.Findings, err)
	}
	plain := d.Cybrid(2, "Ines Moreau")
	if _, err := d.Decide(t.Context(), ana, plain, approval(1), ""); err != nil {
		t.Fatal(err)
	}
	d.Cybrid(2, "Ines Moreau", "name_check_failure")
	if v, err = d.Peek(t.Context(), plain); err != nil || v.Status != review.StatusPassed {
		t.Fatalf("the desk's own decision: %s, %v", v.Status, err)
	}
	whole(t, d)
}

func TestViewsAreRecordedBeforeAnythingIsShown(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	rosa := d.Person("Rosa Oliveira", review.RoleAdmin)
	id := d.Cybrid(1, "Ines Moreau")
	for range 3 {
		if _, err := d.View(t.Context(), ana, id); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := ana
	elsewhere.Session = "another session"
	if _, err := d.View(t.Context(), elsewhere, id); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(2 * time.Minute)
	if _, err := d.View(t.Context(), ana, id); err != nil {
		t.Fatal(err)
	}
	if _, err := d.View(t.Context(), rosa, id); !errors.Is(err, review.ErrForbidden) {
		t.Fatalf("an admin sees no case: %v", err)
	}
	if got := strings.Join(kinds(t, d, id), " "); got != "viewed viewed viewed received" {
		t.Fatalf("log of the case: %s", got)
	}
}

func TestAWriteInsideAWriteIsRefused(t *testing.T) {
	d := dbtest.New(t)
	err := d.Do(t.Context(), func(tx *db.Tx) error {
		return d.Do(tx.Context(), func(*db.Tx) error { return nil })
	})
	if err == nil || !strings.Contains(err.Error(), "a write inside a write") {
		t.Fatalf("got %v", err)
	}
}

func TestAPanicInsideAWriteUndoesThatPieceAlone(t *testing.T) {
	d := dbtest.New(t)
	if err := d.Do(t.Context(), func(*db.Tx) error { panic("a bug") }); err == nil {
		t.Fatal("a panic should be an error")
	}
	d.Person("Ana Quiroga", review.RoleReviewer)
	whole(t, d)
}

func TestAPieceThatFailsLeavesTheOthersOfItsCommit(t *testing.T) {
	d := dbtest.New(t)
	note := func(tx *db.Tx) error {
		return tx.Exec(`INSERT INTO one_time_link (token, account, expires_at) SELECT x'01', id, 1 FROM account LIMIT 1`)
	}
	d.Person("Ana Quiroga", review.RoleReviewer)
	errs := d.CommitTogether(note, func(*db.Tx) error { return db.ErrNotFound }, func(*db.Tx) error { return nil })
	if errs[0] != nil || !errors.Is(errs[1], db.ErrNotFound) || errs[2] != nil {
		t.Fatalf("the pieces heard %v", errs)
	}
}

func TestWhenAPieceCannotBeUndoneNobodyIsToldThatTheirsHappened(t *testing.T) {
	d := dbtest.New(t)
	ran := false
	errs := d.CommitTogether(
		func(*db.Tx) error { return nil },
		func(tx *db.Tx) error { return tx.Exec(`ROLLBACK`) }, // takes the savepoint away
		func(*db.Tx) error { ran = true; return nil },
	)
	for i, err := range errs {
		if !errors.Is(err, db.ErrNotRecorded) {
			t.Errorf("piece %d heard %v", i, err)
		}
	}
	if ran {
		t.Error("a piece ran in a transaction that was lost")
	}
	d.Person("Ana Quiroga", review.RoleReviewer)
	whole(t, d)
}

func TestAClockThatStepsBackNeverReordersTheLog(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	d.Clock.Move(-3 * time.Hour)
	id := d.Cybrid(1, "Ines Moreau")
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
		t.Fatal(err)
	}
	whole(t, d)
	e, err := d.LogEntry(t.Context(), must(d.LogSize(t.Context())))
	if err != nil || !e.ClockSteppedBack {
		t.Fatalf("the entry should say so: %+v, %v", e.Entry, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
