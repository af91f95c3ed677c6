package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestAClaimLastsAQuarterOfAnHourAndCanBeRenewed(t *testing.T) {
	v, event, err := inReview().Take(ana, now)
	if err != nil || event.Kind != review.EventClaimed || !slices.Contains(event.Facts, review.Fact{"until", "2026-09-01T10:15:00Z"}) {
		t.Fatalf("got %+v, %v", event, err)
	}
	if !v.Claim.Held(now.Add(review.ClaimFor-1)) || v.Claim.Held(now.Add(review.ClaimFor)) {
		t.Error("the claim does not last a quarter of an hour")
	}
	if v.Version != inReview().Version {
		t.Error("a claim is no change of the case")
	}
	v, _, err = v.Take(ana, now.Add(10*time.Minute))
	if err != nil || !v.Claim.Held(now.Add(20*time.Minute)) {
		t.Errorf("it was not renewed: %v", err)
	}
}

func TestNobodyTakesWhatAnotherHolds(t *testing.T) {
	v, _, _ := inReview().Take(ana, now)
	_, _, err := v.Take(bo, now.Add(time.Minute))
	wantError(t, err, review.ErrConflict)
	if _, _, err = v.Take(bo, now.Add(review.ClaimFor)); err != nil {
		t.Errorf("a claim that ran out still holds: %v", err)
	}
}

func TestNobodyGivesBackWhatTheyDoNotHold(t *testing.T) {
	v, _, _ := inReview().Take(ana, now)
	_, _, err := v.Release(bo, now)
	wantError(t, err, review.ErrConflict)
	if !strings.HasPrefix(err.Error(), "Ana Ruiz holds, and you do not hold, this case") {
		t.Errorf("it says %q", err)
	}
	_, _, err = v.Release(ana, now.Add(review.ClaimFor))
	wantError(t, err, review.ErrConflict)
	if !strings.HasPrefix(err.Error(), "nobody holds this case") {
		t.Errorf("it says %q", err)
	}
	freed, event, err := v.Release(ana, now)
	if err != nil || freed.Claim != (review.Claim{}) || event.Kind != review.EventReleased {
		t.Errorf("got %+v, %v", freed.Claim, err)
	}
}

func TestWhoHoldsACaseCanGiveItToSomebody(t *testing.T) {
	v := inReview()
	v, _, err := v.Take(ana, now)
	if err != nil {
		t.Fatal(err)
	}
	v, event, err := v.Assign(bo, ana, now)
	if err != nil || v.Claim.By.ID != bo.ID || event.Kind != review.EventAssigned {
		t.Fatalf("%+v %v", v.Claim, err)
	}
	v.Escalated = true
	if _, _, err := v.Assign(ana, bo, now.Add(review.AssignFor)); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("a case for seniors was given to a reviewer: %v", err)
	}
}

func TestOnlyTheHoldersActivityRenewsAClaim(t *testing.T) {
	v := inReview()
	v, _, _ = v.Take(ana, now)
	if facts := v.Renew(ana, now.Add(4*time.Minute)); facts != nil {
		t.Errorf("renewed with 11 minutes left: %v", facts)
	}
	if facts := v.Renew(bo, now.Add(6*time.Minute)); facts != nil {
		t.Errorf("renewed by somebody else: %v", facts)
	}
	if facts := v.Renew(ana, now.Add(6*time.Minute)); len(facts) != 1 || !v.Claim.Until.Equal(now.Add(6*time.Minute+review.ClaimFor)) {
		t.Errorf("%v until %s", facts, v.Claim.Until)
	}
	if facts := v.Renew(ana, v.Claim.Until); facts != nil {
		t.Errorf("a claim that ran out was renewed: %v", facts)
	}
}

func TestAClaimThatRanOutIsToldWhenSomebodyElseTakesTheCase(t *testing.T) {
	v := inReview("address_check_failure")
	v, _, err := v.Take(ana, now)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		by    review.Person
		after time.Duration
		want  string
	}{"her own once more": {ana, time.Hour, ""}, "somebody else's": {bo, time.Hour, ana.ID}} {
		_, event, err := v.Take(test.by, now.Add(test.after))
		got := ""
		for _, f := range event.Facts {
			if f.Name == "run_out" {
				got = f.Value
			}
		}
		if err != nil || got != test.want {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
}
