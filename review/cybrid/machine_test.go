package cybrid_test

import (
	"encoding/json"
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

func TestAWebhookTellsTheStateAndNothingPersonal(t *testing.T) {
	for _, state := range cybrid.States() {
		member := []string{`state="` + state + `"`, `pii={"name":{"full":"Ana Ruiz"}}`}
		if state == "completed" {
			member = append(member, `outcome="passed"`)
		}
		for desk, environment := range map[review.Desk]string{sandbox: "sandbox", production: "production"} {
			event, body, ok := vocabulary.Notice(parse(t, object(member...)), desk, strings.Repeat("f", 32), now)
			want := `{"guid":"` + strings.Repeat("f", 32) + `","organization_guid":"` + desk.Organization + `","event_type":"identity_verification.` + state +
				`","object_guid":"` + guid + `","environment":"` + environment + `"}`
			if event != "identity_verification."+state || string(body) != want || !ok {
				t.Errorf("%s: %s\n%s", state, event, body)
			}
		}
	}
	event, body := vocabulary.TestNotice(sandbox, strings.Repeat("f", 32), now)
	want := `{"guid":"` + strings.Repeat("f", 32) + `","organization_guid":"` + sandbox.Organization +
		`","event_type":"identity_verification.storing","object_guid":"00000000000000000000000000000000","environment":"sandbox"}`
	if event != "identity_verification.storing" || string(body) != want {
		t.Errorf("the test is %s\n%s", event, body)
	}
}

// The documented members in their order; those with a star may be missing, those
// with a question mark may be null.
const (
	listed   = "guid type method created_at updated_at customer_guid* counterparty_guid* external_bank_account_guid* state outcome? failure_codes compliance_decisions options?"
	detailed = listed + " compliance_checks persona_inquiry_id? persona_state? business_associates? documents? supporting_files?"
)

func TestTheWireFormsHoldTheDocumentedMembersAndNoOthers(t *testing.T) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]review.Verification{
		"a full one": parse(t, golden), "the barest one": parse(t, object(`method=null`, `type=null`, `failure_codes=null`)),
		"one of nulls":           parse(t, object(`customer_guid=null`, `compliance_checks=null`, `compliance_decisions=null`, `options=null`, `documents=null`)),
		"one with our extension": parse(t, object(`reviewdesk={"reference":"secret","subject":{"name":"Ana Ruiz"},"findings":["x"]}`)),
	}
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		cases[kind+" "+method+" stored"] = v
		cases[kind+" "+method], _, _ = walk(t, v, road)
	})
	for name, v := range cases {
		optional := ""
		if name == "the barest one" {
			optional = "*" // what came without a type goes out without
		}
		write := map[string]func() ([]byte, error){
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(listed):             func() ([]byte, error) { return cybrid.Listed(v) },
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(detailed):           func() ([]byte, error) { return cybrid.Detailed(v, false) },
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(detailed) + " pii?": func() ([]byte, error) { return cybrid.Detailed(v, true) },
		}
		for want, do := range write {
			raw, err := do()
			if err != nil {
				t.Fatal(err)
			}
			checkMembers(t, name, raw, strings.Fields(want))
			if _, _, err := vocabulary.Parse(raw); err != nil {
				t.Errorf("%s cannot be read again: %v", name, err)
			}
		}
	}
}

// checkMembers holds an answer to its members, their order and their nulls.
func checkMembers(t *testing.T, name string, raw []byte, want []string) {
	t.Helper()
	members, err := review.ReadObject(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		plain := strings.TrimRight(w, "*?")
		if len(members) == 0 || members[0].Name != plain {
			if !strings.HasSuffix(w, "*") {
				t.Errorf("%s: %s is missing in %s", name, plain, raw)
			}
			continue
		}
		if string(members[0].Value) == "null" && !strings.HasSuffix(w, "?") {
			t.Errorf("%s: %s is null", name, plain)
		}
		members = members[1:]
	}
	for _, m := range members {
		t.Errorf("%s: %s is too much", name, m.Name)
	}
}

func TestNothingPersonalLeaksWithoutPII(t *testing.T) {
	personal := []string{"Ana", "Ruiz", "1990-02-14", "Main St", "Springfield", "62701", "078-05-1120", "0123", "ana@", "Baker", "Bakery", "https://", "suppliers", "reviewdesk", "biometrics"}
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		v, _, _ = walk(t, v, road)
		list, err := cybrid.Listed(v)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := cybrid.Detailed(v, false)
		if err != nil {
			t.Fatal(err)
		}
		full, err := cybrid.Detailed(v, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range personal {
			if strings.Contains(string(list), secret) || strings.Contains(string(plain), secret) {
				t.Errorf("%s tells %s", method, secret)
			}
		}
		for _, known := range personal[:12] {
			if !strings.Contains(string(full), known) {
				t.Errorf("%s does not tell %s with the right to see it", method, known)
			}
		}
	})
}

func TestAnAttestedBusinessIsAnsweredAsItsExampleStands(t *testing.T) {
	v, road := asked(t, "kyc", "attested_business_registration")
	v, _, _ = walk(t, v, road)
	got, err := cybrid.Detailed(v, true)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/attested_business.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("got %s", got)
	}
}

func FuzzRequest(f *testing.F) {
	each(func(kind, method string, _ []string) {
		f.Add(whole().with("type", kind).with("method", method).bytes(), true)
	})
	f.Add([]byte(`{"type":"kyc","method":"id_and_selfie","expected_behaviours":["review_required"],"country_code":"CA"}`), true)
	f.Add([]byte(`{"type":"kyc","method":"watchlists","name":{"full":"\ud83d\ude00"},"aliases":[{}]}`), false)
	f.Fuzz(func(t *testing.T, came []byte, inSandbox bool) {
		desk := production
		desk.Sandbox = inSandbox
		r, err := cybrid.ParseRequest(came, desk)
		if err != nil {
			if got := refused(t, err); got.Code == "" || got.Message == "" || len(got.Message) > 8000 || !json.Valid(mustJSON(t, got)) {
				t.Fatalf("%+v", got)
			}
			return
		}
		object, err := r.Object(guid, now)
		if err != nil {
			refused(t, err)
			return
		}
		v := parse(t, object)
		for range 4 {
			checkWire(t, v)
			if _, moves := vocabulary.Due(v, r.Road()); !moves {
				return
			}
			if object, err = vocabulary.Advance(v, r.Road(), now); err != nil {
				t.Fatal(err)
			}
			v = parse(t, object)
		}
		t.Fatalf("it never ends: %s", v.Object)
	})
}

func checkWire(t *testing.T, v review.Verification) {
	t.Helper()
	for _, write := range []func() ([]byte, error){
		func() ([]byte, error) { return cybrid.Listed(v) },
		func() ([]byte, error) { return cybrid.Detailed(v, true) },
	} {
		raw, err := write()
		if err != nil || !json.Valid(raw) {
			t.Fatalf("%v: %s", err, raw)
		}
		parse(t, raw)
	}
	if _, _, ok := vocabulary.Notice(v, production, guid, now); !ok {
		t.Fatal("no webhook")
	}
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := review.EncodeJSON(value)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
