package cybrid_test

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestADecisionChangesItsFourMembersAndNothingElse(t *testing.T) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		t.Fatal(err)
	}
	with := func(codes string) []byte {
		return []byte(strings.Replace(string(golden), `"failure_codes": [],`+"\n  \"compliance_d", `"failure_codes": `+codes+`,`+"\n  \"compliance_d", 1))
	}
	for _, test := range []struct {
		name, came string
		action     review.Action
		outcome    string
		codes      string
	}{
		{"an approval leaves the codes", `[]`, review.Approve, "passed", `[]`},
		{"an approval leaves codes found, byte for byte", `[ "dob_check_failure" ]`, review.Approve, "passed", `[ "dob_check_failure" ]`},
		{"an approval leaves null", `null`, review.Approve, "passed", `null`},
		{"an approval takes away a rejection that was none", `["dob_check_failure","compliance_rejection"]`, review.Approve, "passed", `["dob_check_failure"]`},
		{"a rejection adds its code", `[]`, review.Reject, "failed", `["compliance_rejection"]`},
		{"a rejection adds its code behind those found", `["dob_check_failure","new_code"]`, review.Reject, "failed", `["dob_check_failure","new_code","compliance_rejection"]`},
		{"a rejection adds its code to null", `null`, review.Reject, "failed", `["compliance_rejection"]`},
		{"a rejection adds its code once", `[ "compliance_rejection" ]`, review.Reject, "failed", `[ "compliance_rejection" ]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			came := with(test.came)
			v := decide(t, parse(t, came), test.action)
			back, err := vocabulary.Object(v)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{
				"state": `"completed"`, "outcome": `"` + test.outcome + `"`, "failure_codes": test.codes,
				"updated_at": `"2026-09-01T11:00:00.120000Z"`,
			}
			sameBut(t, came, back, want)
			if got := vocabulary.State(v); got != (review.WireState{State: "completed", Reason: test.outcome}) {
				t.Errorf("the API shows %v", got)
			}
			again := parse(t, back)
			if again.Status != v.Status || !again.UpdatedAt.Equal(now.Add(time.Hour)) {
				t.Errorf("read again it is %s", again.Status)
			}
		})
	}
}

// sameBut checks that two objects have the same members in the same order with the
// same bytes, except those in want.
func sameBut(t *testing.T, came, back []byte, want map[string]string) {
	t.Helper()
	a, err := review.ReadObject(came)
	if err != nil {
		t.Fatal(err)
	}
	b, err := review.ReadObject(back)
	if err != nil || len(a) != len(b) {
		t.Fatalf("%d members became %d: %v", len(a), len(b), err)
	}
	for i := range a {
		value := string(a[i].Value)
		if changed, there := want[a[i].Name]; there {
			value = changed
		}
		if a[i].Name != b[i].Name || string(b[i].Value) != value {
			t.Errorf("%s is %s, want %s", b[i].Name, b[i].Value, value)
		}
	}
}

func TestAProposalDoesNotShow(t *testing.T) {
	came := object(`failure_codes=["selfie_failure"]`)
	v := parse(t, came)
	v, _, err := v.Decide(review.Decision{Action: review.Reject, Version: v.Version, Grounds: []string{"other"}, Note: note}, ana, now, rules)
	if err != nil || v.Status != review.StatusSecondReview {
		t.Fatalf("got %s, %v", v.Status, err)
	}
	back, err := vocabulary.Object(v)
	if err != nil || string(back) != string(came) || vocabulary.State(v).State != "reviewing" {
		t.Errorf("it shows %v, %v\n%s", vocabulary.State(v), err, back)
	}
}

// Who keeps the newer of two copies must not take the one from before the decision for
// the newer one.
func TestACaseThatIsOpenedAgainSaysWhenAndIsElseAsItCame(t *testing.T) {
	came, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		t.Fatal(err)
	}
	v := decide(t, parse(t, came), review.Reject)
	v, _, err = v.AskReopen(note, ana, now.Add(2*time.Hour))
	if err == nil {
		v, _, err = v.Reopened(note, bo, now.Add(3*time.Hour), review.FirstPolicy())
	}
	if err != nil {
		t.Fatal(err)
	}
	back, err := vocabulary.Object(v)
	if err != nil {
		t.Fatal(err)
	}
	sameBut(t, came, back, map[string]string{"updated_at": `"2026-09-01T13:00:00.120000Z"`})
}

func FuzzParse(f *testing.F) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(object(`failure_codes=["a b","compliance_rejection"]`, `reviewdesk={"findings":["x"],"attempt":2}`))
	f.Add(object(`state="completed"`, `outcome="failed"`))
	f.Fuzz(func(t *testing.T, came []byte) {
		v, _, err := vocabulary.Parse(came)
		if err != nil {
			return
		}
		back, err := vocabulary.Object(v)
		if err != nil {
			t.Fatal(err)
		}
		again := parse(t, back)
		if members, _ := review.ReadObject(came); !has(members, review.ExtensionMember) && !reflect.DeepEqual(again, v) {
			t.Fatalf("got  %+v\nwant %+v", again, v)
		}
		if string(again.Object) != string(v.Object) || again.ID != v.ID || again.Status != v.Status {
			t.Fatalf("%s became %s", v.Object, again.Object)
		}
		decideBoth(t, v)
	})
}

func has(m review.Members, name string) bool {
	_, there := m.Get(name)
	return there
}

// decideBoth writes the verification with either outcome and reads it again.
func decideBoth(t *testing.T, v review.Verification) {
	for _, status := range []review.Status{review.StatusPassed, review.StatusFailed} {
		v.Status, v.Decision = status, &review.Decided{At: now}
		back, err := vocabulary.Object(v)
		if err != nil {
			t.Fatal(err)
		}
		if again := parse(t, back); again.Status != status || again.Arrived != vocabulary.State(v) {
			t.Fatalf("%s became %s %v", status, again.Status, again.Arrived)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(golden)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := vocabulary.Parse(golden); err != nil {
			b.Fatal(err)
		}
	}
}
