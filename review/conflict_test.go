package review_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestAnOldVersionOrAnothersClaimIsAConflict(t *testing.T) {
	v := inReview()
	stale := approve(v)
	stale.Version--
	_, _, err := v.Decide(stale, ana, now, rules)
	wantError(t, err, review.ErrConflict)

	claimed, _, _ := v.Take(bo, now)
	_, _, err = claimed.Decide(approve(v), ana, now, rules)
	wantError(t, err, review.ErrConflict)
	if !strings.Contains(err.Error(), "Bo Lind claimed this case at 10:00:00 UTC") {
		t.Errorf("the conflict says %q", err)
	}
	if _, _, err = claimed.Decide(approve(v), ana, now.Add(review.ClaimFor), rules); err != nil {
		t.Errorf("a claim that ran out still holds: %v", err)
	}
}

func TestTheLoserOfARaceReadsWhoWasFirst(t *testing.T) {
	v := inReview("address_check_failure")
	won, _, err := v.Decide(approve(v), bo, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = won.Decide(approve(v), ana, now.Add(time.Second), rules)
	var conflict review.Conflict
	if !errors.As(err, &conflict) || conflict.Who != bo.Name || conflict.What != "approved" || conflict.When != now {
		t.Errorf("got %+v", err)
	}
	_, _, err = proposed(t).Decide(approve(v), cy, now, rules)
	if !errors.As(err, &conflict) || conflict.Who != ana.Name || conflict.What != "proposed to reject" {
		t.Errorf("got %+v", err)
	}
}

func TestACaseThatTheProviderStillHasOrSettledSaysSo(t *testing.T) {
	for status, want := range map[review.Status]string{
		review.StatusArriving: "the provider has not handed over this case",
		review.StatusPassed:   "the provider settled this case",
		review.StatusLapsed:   "the provider settled this case",
	} {
		v := inReview()
		v.Status = status
		_, _, err := v.Decide(approve(v), ana, now, rules)
		wantError(t, err, review.ErrConflict)
		if !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %q", status, err)
		}
		_, _, err = v.Take(ana, now)
		if !strings.HasPrefix(message(err), want) {
			t.Errorf("%s: taking it says %q", status, err)
		}
	}
}
