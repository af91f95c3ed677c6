package review_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"reviewdesk/review"
)

// A conflict of interest shuts somebody out of everything that moves a case or shows
// more of its person.
func TestAConflictOfInterestHoldsOnEveryRoad(t *testing.T) {
	decided := inStatus(t, review.StatusFailed)
	asked, _, err := decided.AskReopen(longTxt, ana, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	snoozed, _, err := inReview("address_check_failure").Snooze(now.Add(time.Hour), longTxt, ana, now)
	if err != nil {
		t.Fatal(err)
	}
	later := now.Add(30 * time.Minute)
	for road, try := range map[string]func(shut func(review.Verification) review.Verification) error{
		"asks to reopen": func(shut func(review.Verification) review.Verification) error {
			return third(shut(decided).AskReopen(longTxt, bo, later))
		},
		"says yes to reopening": func(shut func(review.Verification) review.Verification) error {
			return third(shut(asked).Reopened(longTxt, bo, later, review.FirstPolicy()))
		},
		"says no to reopening": func(shut func(review.Verification) review.Verification) error {
			return third(shut(asked).KeepClosed(longTxt, bo))
		},
		"takes it back into the queue": func(shut func(review.Verification) review.Verification) error {
			return third(shut(snoozed).Wake(bo, later))
		},
		"reveals a field": func(shut func(review.Verification) review.Verification) error {
			_, err := shut(decided).Reveal(review.FieldBirthDate, longTxt, bo)
			return err
		},
	} {
		t.Run(road, func(t *testing.T) {
			free := func(v review.Verification) review.Verification { return v }
			if err := try(free); err != nil {
				t.Fatalf("without a conflict: %v", err)
			}
			recused := func(v review.Verification) review.Verification { v.Recused = []string{bo.ID}; return v }
			wantError(t, try(recused), review.ErrForbidden)
			own := func(v review.Verification) review.Verification { v.Subject.Name = "BO LIND"; return v }
			wantError(t, try(own), review.ErrForbidden)
		})
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

// Whoever has stepped back may still take back a slip, and does not hold the case then.
func TestAnUndoGivesNobodyACaseOfTheirConflict(t *testing.T) {
	v := inStatus(t, review.StatusFailed)
	v.EffectiveAt = now.Add(time.Minute)
	v, _, err := v.Recuse(cy, now)
	if err != nil {
		t.Fatal(err)
	}
	v, event, err := v.Undo(cy, now)
	if err != nil || v.Status != review.StatusInReview || v.Claim.By.ID != "" {
		t.Errorf("%s, held by %q: %v", v.Status, v.Claim.By.ID, err)
	}
	if slices.ContainsFunc(event.Facts, func(f review.Fact) bool { return f.Name == "until" }) {
		t.Error("the event tells of a claim")
	}
}

// Nobody reviews their own work: who decided a case may let it be opened again, not keep
// it closed.
func TestWhoDecidedDoesNotKeepTheCaseClosed(t *testing.T) {
	v := inStatus(t, review.StatusFailed) // by cy
	v, _, err := v.AskReopen(longTxt, ana, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, third(v.KeepClosed(longTxt, cy)), review.ErrForbidden)
	if err := third(v.KeepClosed(longTxt, bo)); err != nil {
		t.Errorf("another senior: %v", err)
	}
	if err := third(v.Reopened(longTxt, cy, now.Add(time.Hour), review.FirstPolicy())); err != nil {
		t.Errorf("who decided lets it be opened again: %v", err)
	}
}

// A proposal that a senior holds is worked on by nobody else.
func TestNobodyGivesTheSecondWordOnWhatAnotherHolds(t *testing.T) {
	v, _, err := proposed(t).Take(bo, now)
	if err != nil {
		t.Fatal(err)
	}
	var clash review.Conflict
	if err := third(v.ConfirmProposal(v.Version, longTxt, cy, now, rules)); !errors.As(err, &clash) || clash.Who != bo.Name {
		t.Errorf("confirmed: %v", err)
	}
	wantError(t, third(v.ReturnProposal(v.Version, longTxt, cy, now)), review.ErrConflict)
	if err := third(v.ConfirmProposal(v.Version, longTxt, cy, now.Add(review.ClaimFor), rules)); err != nil {
		t.Errorf("once the claim has run out: %v", err)
	}
	if err := third(v.ConfirmProposal(v.Version, longTxt, bo, now, rules)); err != nil {
		t.Errorf("who holds it: %v", err)
	}
}
