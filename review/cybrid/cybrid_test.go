package cybrid_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

var (
	vocabulary = cybrid.Vocabulary{}
	rules      = review.Rules{Catalogue: review.Standard}
	ana        = review.Person{ID: "ana", Name: "Ana Ruiz", Role: review.RoleReviewer}
	bo         = review.Person{ID: "bo", Name: "Bo Lind", Role: review.RoleSenior}
	now        = time.Date(2026, 9, 1, 12, 0, 0, 120_000_000, time.FixedZone("", 2*3600))
)

const note = "Compared portrait and selfie by eye."

// object is an identity verification with the members given; null takes one out.
func object(members ...string) []byte {
	m := review.Members{}
	for _, pair := range append([]string{
		`guid="9b3f1c5a7d2e4f60811a2b3c4d5e6f70"`, `type="kyc"`, `method="id_and_selfie"`,
		`created_at="2026-01-21T21:37:23.172157Z"`, `updated_at="2026-01-21T21:41:02Z"`,
		`state="reviewing"`, `outcome=null`, `failure_codes=[]`,
	}, members...) {
		name, value, _ := strings.Cut(pair, "=")
		if err := m.Set(name, json.RawMessage(value)); err != nil {
			panic(err)
		}
	}
	return m.Bytes()
}

func parse(t *testing.T, object []byte) review.Verification {
	t.Helper()
	v, _, err := vocabulary.Parse(object)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// decide takes the decision, with a second person where one is needed.
func decide(t *testing.T, v review.Verification, a review.Action) review.Verification {
	t.Helper()
	d := review.Decision{Action: a, Version: v.Version, Grounds: []string{"other"}, Note: note, Resolutions: map[string]review.Resolution{}}
	for _, code := range v.Codes() {
		d.Resolutions[code] = review.NotApplicable
	}
	v.Worksheets = map[string]review.Conclusion{"watchlist_check_failure": review.AnotherPerson}
	v, _, err := v.Decide(d, ana, now, rules)
	if err == nil && v.Status == review.StatusSecondReview {
		v, _, err = v.ConfirmProposal(v.Version, note, bo, now.Add(time.Hour), review.Rules{Catalogue: review.Standard})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAFullVerificationIsReadWhole(t *testing.T) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, golden)
	got := v
	got.Object = nil
	want := review.Verification{
		ID: "9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70", Provider: review.Cybrid,
		ProviderID: "9b3f1c5a7d2e4f60811a2b3c4d5e6f70", Kind: "kyc", Method: "id_and_selfie",
		Status: review.StatusInReview, Arrived: review.WireState{State: "reviewing"},
		CreatedAt: time.Date(2026, 1, 21, 21, 37, 23, 172_157_000, time.UTC),
		UpdatedAt: time.Date(2026, 1, 21, 21, 41, 2, 310_000, time.UTC),
		Attempt:   1, Attempts: 1,
		Subject: review.Subject{Reference: "11112222333344445555666677778888", Reading: review.Reading{
			Name: "María José Ruiz Ōta", BirthDate: "1990-02-14", Number: "XDA123418",
			Address: "Calle Alcalá 27, Madrid, MD, 28004", Country: "ES",
			Email: "maria.jose@example.com", Phone: "+34600123456", Occupation: "Translator",
		}},
		Documents: []review.Document{{Kind: "passport", Read: review.Reading{Expiry: "2031-05-06"}}},
		Findings: []review.Finding{
			{Code: "watchlist_check_failure", Source: "person_watchlists"},
			{Code: "person_verification_insufficient", Source: "person_verification"},
			{Code: "selfie_quality_check_failure", Source: "person_authentication"},
			{Code: "review_required", Source: "person_authentication"},
		},
		Passed: []string{"person_gov_id_verification"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	back, err := vocabulary.Object(v)
	if err != nil || string(back) != strings.TrimSpace(string(golden)) {
		t.Errorf("it is not written back as it came: %v\n%s", err, back)
	}
}

func TestEveryStateAndOutcomeWalksThroughTheDesk(t *testing.T) {
	for _, test := range []struct {
		state, outcome string // outcome as JSON
		want           review.Status
	}{
		{cybrid.StateStoring, "null", review.StatusArriving},
		{cybrid.StateWaiting, "null", review.StatusArriving},
		{cybrid.StatePending, "null", review.StatusArriving},
		{cybrid.StateReviewing, "null", review.StatusInReview},
		{cybrid.StateCompleted, `"passed"`, review.StatusPassed},
		{cybrid.StateCompleted, `"failed"`, review.StatusFailed},
		{cybrid.StateExpired, "null", review.StatusLapsed},
		{cybrid.StateExpired, `"failed"`, review.StatusLapsed},
	} {
		t.Run(test.state+" "+test.outcome, func(t *testing.T) {
			came := object(`state="`+test.state+`"`, "outcome="+test.outcome)
			v := parse(t, came)
			back, err := vocabulary.Object(v)
			if v.Status != test.want || err != nil || string(back) != string(came) {
				t.Errorf("got %s, %v\n%s", v.Status, err, back)
			}
			want := review.WireState{State: test.state, Reason: strings.Trim(strings.TrimPrefix(test.outcome, "null"), `"`)}
			if got := vocabulary.State(v); got != want {
				t.Errorf("the API shows %v, want %v", got, want)
			}
		})
	}
}

func TestWhatCannotBeIsRefusedByItsField(t *testing.T) {
	tests := []struct{ name, member, want string }{
		{"a missing guid", `guid=null`, "guid: is missing"},
		{"a guid with hyphens", `guid="9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70"`, "guid: want 32 hexadecimal digits without hyphens"},
		{"a guid of 31 digits", `guid="9b3f1c5a7d2e4f60811a2b3c4d5e6f7"`, "guid: want 32 hexadecimal digits without hyphens"},
		{"a guid that is a number", `guid=12`, "guid: want a text, got a number"},
		{"a missing state", `state=null`, "state: is missing"},
		{"an unknown state", `state="approved"`, "state: want one of storing, waiting, pending, reviewing, completed, expired"},
		{"a missing time of creation", `created_at=null`, "created_at: is missing"},
		{"a missing time of change", `updated_at=""`, "updated_at: is missing"},
		{"a time that is none", `created_at="yesterday"`, "created_at: want a time such as 2026-01-21T21:37:23.172157Z"},
		{"completed without an outcome", `state="completed"`, "outcome: a completed verification has passed or failed"},
		{"an outcome before completion", `outcome="passed"`, "outcome: a verification that is not completed has none"},
		{"an outcome that is a number", `outcome=1`, "outcome: want a text, got a number"},
		{"a type that is a list", `type=[]`, "type: want a text, got a list"},
		{"failure codes that are a text", `failure_codes="x"`, "failure_codes: want a list, got a text"},
		{"a failure code that is a number", `failure_codes=["x",1]`, "failure_codes[1]: want a text"},
		{"a check without a type", `compliance_checks=[{"outcome":"passed"}]`, "compliance_checks[0].type: is missing"},
		{"a check without an outcome", `compliance_checks=[{"type":"x"}]`, "compliance_checks[0].outcome: is missing"},
		{"a decision without a state", `compliance_decisions=[{"type":"x"}]`, "compliance_decisions[0].state: is missing"},
		{"a decision that expires at no time", `compliance_decisions=[{"type":"x","state":"y","expired_at":"z"}]`, "compliance_decisions[0].expired_at: want a time such as 2026-01-21T21:37:23.172157Z"},
		{"an option that is a text", `options={"require_tax_id":"yes"}`, "options.require_tax_id: want true or false, got a text"},
		{"a name that is a text", `pii={"name":"Ana"}`, "pii.name: want an object, got a text"},
		{"a first name that is a number", `pii={"name":{"first":1}}`, "pii.name.first: want a text, got a number"},
		{"a birth date that is none", `pii={"date_of_birth":"14/02/1990"}`, "pii.date_of_birth: want a date such as 1990-02-14"},
		{"an alias that is a text", `pii={"aliases":["Ana"]}`, "pii.aliases[0]: want an object, got a text"},
		{"a document's expiry that is no date", `documents=[{"expiration_date":"soon"}]`, "documents[0].expiration_date: want a date such as 1990-02-14"},
		{"a file's name that is a number", `documents=[{"files":[{"filename":1}]}]`, "documents[0].files[0].filename: want a text, got a number"},
		{"an associate's state that is a number", `business_associates=[{"state":1}]`, "business_associates[0].state: want a text, got a number"},
		{"a member that nobody knows is kept", `Outcome_=1`, ""},
		{"a name twice", `State="x"`, "State: stands twice (capitals make no difference)"},
		{"a misspelt member that would be overlooked", `Compliance_Checks=[]`, "compliance_checks: the name is written with other capitals"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := vocabulary.Parse(object(test.member))
			if got := fmt.Sprint(err); got != test.want && !(err == nil && test.want == "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var place *review.ObjectError
			if err != nil && !errors.As(err, &place) {
				t.Errorf("%T names no place", err)
			}
		})
	}
}

func TestEveryFailureCodeIsFoundWhereverItStands(t *testing.T) {
	for _, code := range cybrid.Codes() {
		for _, member := range []string{
			`failure_codes=["` + code.Code + `"]`,
			`compliance_checks=[{"type":"person_verification","outcome":"failed","failure_codes":["` + code.Code + `"]}]`,
		} {
			v := parse(t, object(member))
			want := []string{code.Code}
			if code.Code == review.ComplianceRejection {
				want = []string{} // an outcome, and nothing was decided
			}
			if got := v.Codes(); !slices.Equal(got, want) {
				t.Errorf("%s: found %v", member, got)
			}
		}
	}
}

func TestAnUnknownCodeIsKeptAsItCame(t *testing.T) {
	v := parse(t, object(`failure_codes=["selfie_check_failure","address_check_failure"]`))
	if got := v.Codes(); !slices.Equal(got, []string{"selfie_check_failure", "address_check_failure"}) {
		t.Errorf("found %v", got)
	}
}

func TestACheckThatDidNotPassIsNeverSilent(t *testing.T) {
	v := parse(t, object(`compliance_checks=[{"type":"person_watchlists","outcome":"failed"},{"type":"a","outcome":"inconclusive","failure_codes":[]},{"type":"b","outcome":"new_one"},{"type":"c","outcome":"passed"}]`))
	if got := v.Codes(); !slices.Equal(got, []string{"person_watchlists_failed", "a_inconclusive", "b_new_one"}) {
		t.Errorf("found %v", got)
	}
	if needed, _ := review.Standard.NeedsSecond(v.Provider, v.Findings); !needed {
		t.Error("one person may approve over a check that failed without a word")
	}
}

func TestComplianceRejectionIsSeenOnlyOnAFailedVerification(t *testing.T) {
	for state, want := range map[string]bool{
		`state="completed" outcome="failed"`: true, `state="completed" outcome="passed"`: false, `state="reviewing" outcome=null`: false,
	} {
		members := append(strings.Fields(state), `failure_codes=["compliance_rejection"]`)
		v := parse(t, object(members...))
		if slices.Contains(v.Codes(), review.ComplianceRejection) != want {
			t.Errorf("%s: found %v", state, v.Codes())
		}
	}
}

func TestASpellingInCapitalsGivesTheSameID(t *testing.T) {
	v := parse(t, object(`guid="9B3F1C5A7D2E4F60811A2B3C4D5E6F70"`))
	if v.ID != "9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70" || v.ProviderID != "9B3F1C5A7D2E4F60811A2B3C4D5E6F70" {
		t.Errorf("got %s and %s", v.ID, v.ProviderID)
	}
}

func TestAnAbsentObjectIsAnError(t *testing.T) {
	if _, err := vocabulary.Object(review.Verification{}); err == nil {
		t.Error("an object was written out of nothing")
	}
}

func TestTheCounterpartyStandsInForTheCustomer(t *testing.T) {
	v := parse(t, object(`type="counterparty"`, `counterparty_guid="x"`))
	if v.Subject.Reference != "x" || v.Kind != cybrid.TypeCounterparty {
		t.Errorf("got %q, %q", v.Subject.Reference, v.Kind)
	}
}

func TestTheValueSetsAreWhole(t *testing.T) {
	for name, test := range map[string]struct {
		values []string
		want   int
	}{
		"states": {cybrid.States(), 6}, "outcomes": {cybrid.Outcomes(), 2}, "types": {cybrid.Types(), 3},
		"methods": {cybrid.Methods(), 14}, "persona states": {cybrid.PersonaStates(), 7}, "check types": {cybrid.CheckTypes(), 23},
		"check outcomes": {cybrid.CheckOutcomes(), 4}, "decision states": {cybrid.DecisionStates(), 4}, "numbers": {cybrid.NumberTypes(), 13},
	} {
		slices.Sort(test.values)
		if got := len(slices.Compact(test.values)); got != test.want {
			t.Errorf("%d %s, want %d", got, name, test.want)
		}
	}
	if len(cybrid.Codes()) != 43 || vocabulary.Reasons() != nil || vocabulary.ReviewState() != "reviewing" {
		t.Error("the vocabulary is not whole")
	}
}

func TestEveryMethodAndTypeIsTaken(t *testing.T) {
	for _, method := range append(cybrid.Methods(), "one_of_2028") {
		for _, kind := range cybrid.Types() {
			if v := parse(t, object(`method="`+method+`"`, `type="`+kind+`"`)); v.Method != method || v.Kind != kind {
				t.Errorf("%s %s became %s %s", kind, method, v.Kind, v.Method)
			}
		}
	}
}

func TestANameIsTheFullOneOrElseItsParts(t *testing.T) {
	for name, want := range map[string]string{
		`{"full":"Ana María Ruiz","first":"Ana"}`: "Ana María Ruiz",
		`{"first":"Ana","last":"Ruiz"}`:           "Ana Ruiz",
		`{"first":null,"last":"Ruiz","full":""}`:  "Ruiz",
		`null`:                                    "",
	} {
		if v := parse(t, object(`pii={"name":`+name+`}`)); v.Subject.Name != want {
			t.Errorf("%s became %q", name, v.Subject.Name)
		}
	}
}
