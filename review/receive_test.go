package review_test

import (
	"slices"
	"testing"
	"time"

	"reviewdesk/review"
)

func arriving(updated time.Time, codes ...string) review.Verification {
	v := inReview(codes...)
	v.Version, v.Arrived, v.UpdatedAt, v.CreatedAt = 0, review.WireState{State: "reviewing"}, updated, updated
	v.Object = []byte(`{}`)
	return v
}

func TestANewVerificationStartsTheClockFromItsOwnTime(t *testing.T) {
	v, intake, event := review.Receive(nil, arriving(now.Add(-time.Hour), "selfie_failure"), false, now, review.FirstPolicy())
	if intake != review.IntakeNew || v.Version != 1 || v.ReceivedAt != now || v.ReviewSince != now.Add(-time.Hour) || v.DueAt != now.Add(-time.Hour+review.Target) {
		t.Errorf("got %s, %+v", intake, v)
	}
	if event.Kind != review.EventReceived || !slices.Contains(event.Facts, review.Fact{Name: "code", Value: "selfie_failure"}) || len(event.Words) != 1 {
		t.Errorf("the event is %+v", event)
	}
}

func TestAClockNeverStartsInTheFutureNorForACaseThatDoesNotWait(t *testing.T) {
	v, _, _ := review.Receive(nil, arriving(now.Add(time.Hour)), false, now, review.FirstPolicy())
	if v.ReviewSince != now {
		t.Errorf("it waits since %s", v.ReviewSince)
	}
	early := arriving(now)
	early.Status = review.StatusArriving
	if v, _, _ = review.Receive(nil, early, false, now, review.FirstPolicy()); !v.ReviewSince.IsZero() || !v.DueAt.IsZero() {
		t.Errorf("a case that arrives waits since %s", v.ReviewSince)
	}
}

func TestWhatBecomesOfAnotherCopy(t *testing.T) {
	held, _, _ := review.Receive(nil, arriving(now), false, now, review.FirstPolicy())
	decided, _, err := held.Decide(approve(held), bo, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		held review.Verification
		at   time.Time
		same bool
		want review.Intake
	}{
		{"the same bytes change nothing", held, now, true, review.IntakeSame},
		{"an older copy changes nothing", held, now.Add(-time.Second), false, review.IntakeOlder},
		{"a newer copy is taken", held, now.Add(time.Second), false, review.IntakeUpdated},
		{"a copy of the same time that differs is taken", held, now, false, review.IntakeUpdated},
		{"a decided case keeps the desk's word", decided, now.Add(time.Second), false, review.IntakeDecided},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, intake, event := review.Receive(&test.held, arriving(test.at), test.same, now, review.FirstPolicy())
			if intake != test.want {
				t.Fatalf("got %s, want %s", intake, test.want)
			}
			changed := intake == review.IntakeUpdated
			if changed != (v.Version == test.held.Version+1) || changed != (event.Kind == review.EventUpdated) {
				t.Errorf("version %d, event %+v", v.Version, event)
			}
		})
	}
}

func TestANewerCopyVoidsAProposalAndKeepsTheClock(t *testing.T) {
	held, _, _ := review.Receive(nil, arriving(now.Add(-time.Hour), "selfie_failure"), false, now, review.FirstPolicy())
	held, _, err := held.Decide(reject(held), ana, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	v, intake, _ := review.Receive(&held, arriving(now, "selfie_failure"), false, now, review.FirstPolicy())
	if intake != review.IntakeUpdated || v.Status != review.StatusInReview || v.Proposal != nil || v.ReviewSince != held.ReviewSince {
		t.Errorf("got %s: %+v", intake, v)
	}
}

// Coinify's attempts do not say when they changed, so that an export of last week has
// the same times as today's. It must not send a case back along its way.
func TestAnEarlierStateOfTheSameTimeIsTheOlderCopy(t *testing.T) {
	at := func(s review.Status) review.Verification {
		v := arriving(now)
		v.Provider, v.Status = review.Coinify, s
		return v
	}
	way := []review.Status{review.StatusArriving, review.StatusInReview, review.StatusFailed}
	for i, heldIn := range way {
		for j, comes := range way {
			held, _, _ := review.Receive(nil, at(heldIn), false, now, review.FirstPolicy())
			want := review.IntakeUpdated
			if j < i {
				want = review.IntakeOlder
			}
			if _, got, _ := review.Receive(&held, at(comes), false, now, review.FirstPolicy()); got != want {
				t.Errorf("%s after %s: got %s, want %s", comes, heldIn, got, want)
			}
		}
	}
	proposal, _, _ := review.Receive(nil, arriving(now, "selfie_failure"), false, now, review.FirstPolicy())
	proposal, _, err := proposal.Decide(reject(proposal), ana, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, _ := review.Receive(&proposal, at(review.StatusArriving), false, now, review.FirstPolicy()); got != review.IntakeOlder {
		t.Errorf("an earlier state voided a proposal: %s", got)
	}
}
