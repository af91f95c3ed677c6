package cybrid_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// asked is the verification that a whole request of this type and method makes.
func asked(t testing.TB, kind, method string, behaviours ...string) (review.Verification, review.Road) {
	t.Helper()
	b := whole().with("type", kind).with("method", method).with("expected_behaviours", behaviours)
	r, err := cybrid.ParseRequest(b.bytes(), sandbox)
	if err != nil {
		t.Fatal(err)
	}
	object, err := r.Object(guid, now)
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := vocabulary.Parse(object)
	if err != nil {
		t.Fatal(err)
	}
	return v, r.Road()
}

// byApplicant says of each method that waits for a person how long it waits.
var byApplicant = map[string]time.Duration{
	"id_and_selfie": time.Hour, "tax_id_and_selfie": time.Hour, "enhanced_due_diligence": time.Hour,
	"business_registration": 24 * time.Hour, "document_submission": 7 * 24 * time.Hour,
}

// walk advances a verification, each move at its time, until it stays; it returns
// the states it was in and when each began.
func walk(t *testing.T, v review.Verification, road review.Road) (review.Verification, []string, []time.Duration) {
	t.Helper()
	states, at := []string{v.Arrived.State}, []time.Duration{0}
	for len(states) < 9 {
		due, moves := vocabulary.Due(v, road)
		if !moves {
			break
		}
		object, err := vocabulary.Advance(v, road, due)
		if err != nil {
			t.Fatal(err)
		}
		later := parse(t, object)
		if !later.UpdatedAt.After(v.UpdatedAt) || !later.UpdatedAt.Equal(due) || !later.CreatedAt.Equal(v.CreatedAt) {
			t.Errorf("%s at %s, changed at %s, due at %s", later.Arrived.State, v.UpdatedAt, later.UpdatedAt, due)
		}
		v = later
		states, at = append(states, v.Arrived.State), append(at, due.Sub(v.CreatedAt))
	}
	return v, states, at
}

func TestEveryMethodWalksEveryRoad(t *testing.T) {
	const s = time.Second
	each(func(kind, method string, _ []string) {
		life, applicant := byApplicant[method]
		for _, test := range []struct {
			behaviour, end, outcome string
		}{
			{"", "reviewing", ""}, {"review_required", "reviewing", ""}, {"passed_immediately", "completed", "passed"},
			{"failed_immediately", "completed", "failed"}, {"tax_id_not_checked", "completed", "passed"},
		} {
			t.Run(strings.TrimSpace(kind+" "+method+" "+test.behaviour), func(t *testing.T) {
				var said []string
				if test.behaviour != "" {
					said = []string{test.behaviour}
				}
				v, road := asked(t, kind, method, said...)
				v, states, at := walk(t, v, road)
				want, when := []string{"storing", "pending", test.end}, []time.Duration{0, s, 2 * s}
				switch {
				case applicant && test.behaviour == "":
					want, when = []string{"storing", "waiting", "expired"}, []time.Duration{0, s, life}
				case applicant:
					want, when = []string{"storing", "waiting", "pending", test.end}, []time.Duration{0, s, 2 * s, 3 * s}
				}
				if !slices.Equal(states, want) || !slices.Equal(at, when) || v.Arrived.Reason != test.outcome {
					t.Errorf("it was %v at %v and ended %q, want %v at %v", states, at, v.Arrived.Reason, want, when)
				}
				if _, err := vocabulary.Advance(v, road, now); err == nil {
					t.Error("it went on from its end")
				}
			})
		}
	})
}

func TestTheInquiryShowsWhereAnApplicantActsAndNowhereElse(t *testing.T) {
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		for {
			got := []string{field(t, v, "persona_inquiry_id"), field(t, v, "persona_state")}
			want := []string{`"inq_` + guid[:24] + `"`, `"` + v.Arrived.State + `"`}
			if _, applicant := byApplicant[method]; !applicant || v.Arrived.State == "storing" {
				want = []string{"null", "null"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", method, v.Arrived.State, got, want)
			}
			if _, moves := vocabulary.Due(v, road); !moves {
				break
			}
			object, err := vocabulary.Advance(v, road, now.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			v = parse(t, object)
		}
	})
}

// field is a member of the object kept.
func field(t *testing.T, v review.Verification, name string) string {
	t.Helper()
	members, err := review.ReadObject(v.Object)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := members.Get(name)
	return string(raw)
}

func TestWhatAVerificationSaysAtItsEnd(t *testing.T) {
	const check = `[{"type":"person_verification","outcome":"%s","failure_codes":[%s]}%s]`
	for _, test := range []struct{ behaviour, outcome, codes, checks string }{
		{"passed_immediately", `"passed"`, `[]`, fmt.Sprintf(check, "passed", "", "")},
		{"failed_immediately", `"failed"`, `["requested_failure"]`, fmt.Sprintf(check, "failed", `"requested_failure"`, "")},
		{"tax_id_not_checked", `"passed"`, `[]`, fmt.Sprintf(check, "passed", "", `,{"type":"person_tax_id_verification","outcome":"insufficient","failure_codes":[]}`)},
		{"review_required", `null`, `[]`, fmt.Sprintf(check, "inconclusive", `"review_required"`, "")},
		{"", `null`, `[]`, `[]`}, // expired
	} {
		var said []string
		if test.behaviour != "" {
			said = []string{test.behaviour}
		}
		v, road := asked(t, "kyc", "id_and_selfie", said...)
		v, _, _ = walk(t, v, road)
		got := []string{field(t, v, "outcome"), field(t, v, "failure_codes"), field(t, v, "compliance_checks")}
		if want := []string{test.outcome, test.codes, test.checks}; !slices.Equal(got, want) {
			t.Errorf("%s: got %s, want %s", test.behaviour, got, want)
		}
	}
}

func TestEachMethodIsReviewedUnderACheckOfItsOwnKind(t *testing.T) {
	want := map[string]string{
		"attested": "person_attested", "document_submission": "person_verification", "enhanced_due_diligence": "person_verification",
		"id_and_selfie": "person_verification", "tax_id_and_selfie": "person_verification", "business_registration": "business_verification",
		"attested_id_and_selfie": "person_attested", "attested_business_registration": "business_attested",
		"attested_business_associate": "business_associate_attested", "attested_id_and_database": "person_attested",
		"watchlists": "person_watchlists", "attested_ownership": "external_bank_account_attested", "account_ownership": "external_bank_account_verification",
	}
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		v, _, _ = walk(t, v, road)
		if len(v.Findings) != 1 || !reflect.DeepEqual(v.Findings[0], review.Finding{Code: "review_required", Source: want[method]}) || !slices.Contains(cybrid.CheckTypes(), want[method]) {
			t.Errorf("%s: found %+v", method, v.Findings)
		}
		if second, _ := review.Standard.NeedsSecond(v.Provider, v.Findings); second {
			t.Errorf("%s: one officer is not enough", method)
		}
	})
}

func TestAReviewedVerificationShowsTheOfficersDecision(t *testing.T) {
	for action, want := range map[review.Action][]string{
		review.Approve: {`"completed"`, `"passed"`, `[]`}, review.Reject: {`"completed"`, `"failed"`, `["compliance_rejection"]`},
	} {
		v, road := asked(t, "kyc", "id_and_selfie", "review_required")
		v, _, _ = walk(t, v, road)
		v = decide(t, v, action)
		if _, moves := vocabulary.Due(v, road); moves {
			t.Error("a decided case moves on")
		}
		raw, err := cybrid.Detailed(v, false)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := review.ReadObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		state, _ := shown.Get("state")
		outcome, _ := shown.Get("outcome")
		codes, _ := shown.Get("failure_codes")
		if got := []string{string(state), string(outcome), string(codes)}; !slices.Equal(got, want) {
			t.Errorf("%s shows %v", action, got)
		}
		if event, _, ok := vocabulary.Notice(v, sandbox, guid, now); event != "identity_verification.completed" || !ok {
			t.Errorf("%s tells %s", action, event)
		}
	}
}

func TestStepsMissedDuringAStopAreTakenOneAtATime(t *testing.T) {
	v, road := asked(t, "kyc", "id_and_selfie")
	late := now.Add(30 * 24 * time.Hour)
	var states []string
	for range 2 {
		due, moves := vocabulary.Due(v, road)
		if !moves || !due.Before(late) {
			t.Fatalf("%s is due at %s", v.Arrived.State, due)
		}
		object, err := vocabulary.Advance(v, road, late)
		if err != nil {
			t.Fatal(err)
		}
		later := parse(t, object)
		if !later.UpdatedAt.After(v.UpdatedAt) {
			t.Errorf("%s is no newer", later.Arrived.State)
		}
		v = later
		states = append(states, v.Arrived.State)
	}
	if !slices.Equal(states, []string{"waiting", "expired"}) || !v.UpdatedAt.Equal(late.Add(time.Microsecond)) {
		t.Errorf("it was %v until %s", states, v.UpdatedAt)
	}
}

func TestAClockThatWentBackMakesNoCopyOlder(t *testing.T) {
	v, road := asked(t, "kyc", "id_and_selfie", "passed_immediately")
	for _, moves := vocabulary.Due(v, road); moves; _, moves = vocabulary.Due(v, road) {
		object, err := vocabulary.Advance(v, road, now.Add(-24*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		later := parse(t, object)
		stored, intake, _ := review.Receive(&v, later, false, now.Add(-24*time.Hour), review.FirstPolicy())
		if intake != review.IntakeUpdated || stored.UpdatedAt.Sub(v.UpdatedAt) != time.Microsecond {
			t.Fatalf("%s is %s", later.Arrived.State, intake)
		}
		v = later
	}
	if v.Status != review.StatusPassed {
		t.Errorf("it ended %s", v.Status)
	}
}

func TestARoadThatNobodyKnowsLeadsToAnOfficer(t *testing.T) {
	v, _ := asked(t, "kyc", "id_and_selfie")
	if v, states, _ := walk(t, v, "shortcut"); v.Status != review.StatusInReview {
		t.Errorf("it was %v", states)
	}
	attested, _ := asked(t, "kyc", "attested")
	if v, states, _ := walk(t, attested, review.RoadApplicant); v.Status != review.StatusInReview {
		t.Errorf("attested, and nobody to wait for, it was %v", states)
	}
}

func TestOnlyACaseThatArrivesMoves(t *testing.T) {
	for _, state := range []string{`state="reviewing"`, `state="expired"`, `state="completed" outcome="failed"`} {
		v := parse(t, object(strings.Fields(state)...))
		for _, road := range []review.Road{review.RoadApplicant, review.RoadReview, review.RoadPassed, review.RoadFailed, review.RoadTaxIDNotChecked} {
			if _, moves := vocabulary.Due(v, road); moves {
				t.Errorf("%s moves on the road %q", state, road)
			}
		}
	}
}
