package coinify_test

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
	"reviewdesk/review/coinify"
)

var (
	vocabulary = coinify.Vocabulary{}
	rules      = review.Rules{Catalogue: review.Standard, Reasons: vocabulary.Reasons()}
	ana        = review.Person{ID: "ana", Name: "Ana Ruiz", Role: review.RoleReviewer}
	now        = time.Date(2026, 9, 1, 12, 0, 0, 120_999_000, time.FixedZone("", 2*3600))
)

const note = "Compared portrait and selfie by eye."

// object is an attempt under manual review with the members given.
func object(members ...string) []byte {
	m := review.Members{}
	for _, pair := range append([]string{
		`id="0cf12488-0dcf-4f99-96c4-e1ec879c906d"`, `state="rejected"`, `createTime="2019-11-26T07:45:44.852Z"`,
		`approveTime=null`, `expireTime=null`, `redirectUrl="https://example.com/a?b=1&c=<2>"`, `sdkToken=null`,
		`returnUrl=null`, `rejectReason="MANUAL_REVIEW"`,
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

func decide(t *testing.T, v review.Verification, a review.Action, reason string) review.Verification {
	t.Helper()
	d := review.Decision{Action: a, Version: v.Version, Grounds: []string{"other"}, Note: note, RejectReason: reason}
	v, _, err := v.Decide(d, ana, now, rules)
	if err != nil || !v.Status.Decided() {
		t.Fatalf("got %s, %v", v.Status, err)
	}
	return v
}

func TestTheExampleOfTheSeedIsReadAndWrittenAsItStands(t *testing.T) {
	golden, err := os.ReadFile("testdata/seed.json")
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, golden)
	got := v
	got.Object = nil
	approved := time.Date(2019, 11, 26, 7, 49, 19, 126_000_000, time.UTC)
	want := review.Verification{
		ID: "0cf12488-0dcf-4f99-96c4-e1ec879c906d", ProviderID: "0cf12488-0dcf-4f99-96c4-e1ec879c906d", Provider: review.Coinify,
		Status: review.StatusPassed, Arrived: review.WireState{State: "approved"},
		CreatedAt: time.Date(2019, 11, 26, 7, 45, 44, 852_000_000, time.UTC), UpdatedAt: approved, ApprovedAt: approved,
		ExpiresAt: time.Date(2028, 3, 4, 0, 0, 0, 0, time.UTC), Attempt: 1, Attempts: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	back, err := vocabulary.Object(v)
	if err != nil || string(back) != strings.TrimSpace(string(golden)) {
		t.Errorf("it is not written back as it came: %v\n%s", err, back)
	}
}

func TestEveryStateAndReasonWalksThroughTheDesk(t *testing.T) {
	check := func(state, reason string, want review.Status) {
		t.Run(state+" "+reason, func(t *testing.T) {
			came := object(`state="`+state+`"`, `rejectReason=`+reason)
			v := parse(t, came)
			back, err := vocabulary.Object(v)
			if v.Status != want || err != nil || string(back) != string(came) {
				t.Errorf("got %s, want %s; %v\n%s", v.Status, want, err, back)
			}
			word := strings.Trim(strings.TrimPrefix(reason, "null"), `"`)
			if got := vocabulary.State(v); got != (review.WireState{State: state, Reason: word}) {
				t.Errorf("the API shows %v", got)
			}
			if word != "" && !slices.Equal(v.Codes(), []string{word}) {
				t.Errorf("found %v", v.Codes())
			}
		})
	}
	check("pending", "null", review.StatusArriving)
	check("processing", "null", review.StatusArriving)
	check("processing", `"MANUAL_REVIEW"`, review.StatusInReview)
	check("approved", "null", review.StatusPassed)
	check("expired", "null", review.StatusLapsed)
	check("expired", `"DENIED"`, review.StatusLapsed)
	check("rejected", "null", review.StatusFailed)
	check("rejected", `"NOBODY_KNOWS_THIS_ONE"`, review.StatusFailed)
	for _, reason := range coinify.Reasons() {
		want := review.StatusFailed
		if reason == coinify.ReasonManualReview {
			want = review.StatusInReview
		}
		check("rejected", `"`+reason+`"`, want)
	}
}

func TestAStraySpaceIsStrippedAndNeverKept(t *testing.T) {
	for came, want := range map[string]string{
		`"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT .BLURRED"`: `"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED"`,
		`" MANUAL_REVIEW\n"`: `"MANUAL_REVIEW"`,
		`" "`:                `null`,
	} {
		v := parse(t, object("rejectReason="+came))
		if got := string(v.Object); got != string(object("rejectReason="+want)) {
			t.Errorf("kept %s", got)
		}
		if v.Arrived.Reason != strings.Trim(strings.TrimPrefix(want, "null"), `"`) || strings.ContainsAny(strings.Join(v.Codes(), ""), " \n") {
			t.Errorf("read %q, found %q", v.Arrived.Reason, v.Codes())
		}
	}
}

func TestWhatCannotBeIsRefusedByItsField(t *testing.T) {
	tests := []struct {
		name    string
		members []string
		want    string
	}{
		{"a missing id", []string{`id=null`}, "id: is missing"},
		{"an id that is no UUID", []string{`id="0cf124880dcf4f9996c4e1ec879c906d"`}, "id: want a UUID"},
		{"an id of the old generation", []string{`id=4711`}, "id: want a text, got a number"},
		{"a missing state", []string{`state=null`}, "state: is missing"},
		{"a state of the old generation", []string{`state="reviewing"`}, "state: want one of pending, processing, approved, rejected, expired"},
		{"a missing time", []string{`createTime=null`}, "createTime: is missing"},
		{"a time that is none", []string{`approveTime="soon"`}, "approveTime: want a time such as 2026-01-21T21:37:23.172157Z"},
		{"a time that is a number", []string{`expireTime=1`}, "expireTime: want a text, got a number"},
		{"a token", []string{`sdkToken="eyJ"`}, "sdkToken: is always null"},
		{"an address that is a list", []string{`redirectUrl=[]`}, "redirectUrl: want a text, got a list"},
		{"a return address that is a number", []string{`returnUrl=1`}, "returnUrl: want a text, got a number"},
		{"a reason that is a list", []string{`rejectReason=["DENIED"]`}, "rejectReason: want a text, got a list"},
		{"a reason on a pending attempt", []string{`state="pending"`}, "rejectReason: an attempt that is not rejected has none"},
		{"a reason on an approved attempt", []string{`state="approved"`}, "rejectReason: an attempt that is not rejected has none"},
		{"another reason on a processing attempt", []string{`state="processing"`, `rejectReason="DENIED"`}, "rejectReason: an attempt that is not rejected has none"},
		{"a misspelt member", []string{`ReturnURL=null`}, "ReturnURL: stands twice (capitals make no difference)"},
		{"an unknown member is kept", []string{`newMember={"a":1}`}, "<nil>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := vocabulary.Parse(object(test.members...))
			if got := fmt.Sprint(err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestADecisionChangesItsMembersAndNothingElse(t *testing.T) {
	const expiry = `reviewdesk={"documents":[{"kind":"selfie","country":"","read":{}},{"kind":"passport","country":"ES","read":{"expiry":"2031-05-06"}}]}`
	const approved = `approveTime="2026-09-01T10:00:00.120Z"`
	for _, test := range []struct {
		name   string
		came   []string
		action review.Action
		reason string
		want   []string
	}{
		{"an approval sets its time and takes the reason away", nil, review.Approve, "",
			[]string{`state="approved"`, approved, `rejectReason=null`}},
		{"an approval runs out with the document", []string{expiry}, review.Approve, "",
			[]string{`state="approved"`, approved, `rejectReason=null`, `expireTime="2031-05-06T00:00:00.000Z"`}},
		{"an approval without a known expiry keeps the time", []string{`expireTime="2030-01-01T00:00:00Z"`}, review.Approve, "",
			[]string{`state="approved"`, approved, `rejectReason=null`, `expireTime="2030-01-01T00:00:00Z"`}},
		{"an approval of a processing attempt is an approval", []string{`state="processing"`}, review.Approve, "",
			[]string{`state="approved"`, approved, `rejectReason=null`}},
		{"a rejection gives the reason chosen", []string{expiry}, review.Reject, coinify.ReasonBlurred,
			[]string{`state="rejected"`, `rejectReason="ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED"`}},
		{"a rejection without a reason is DENIED", nil, review.Reject, "", []string{`rejectReason="DENIED"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := decide(t, parse(t, object(test.came...)), test.action, test.reason)
			back, err := vocabulary.Object(v)
			if err != nil || string(back) != string(object(test.want...)) {
				t.Errorf("%v\ngot  %s\nwant %s", err, back, object(test.want...))
			}
			if again := parse(t, back); again.Status != v.Status || again.Arrived != vocabulary.State(v) {
				t.Errorf("read again it is %s %v", again.Status, again.Arrived)
			}
			if !slices.Contains(v.Codes(), coinify.ReasonManualReview) {
				t.Errorf("what was found is lost: %v", v.Codes())
			}
		})
	}
}

func TestAReasonThatWasAbsentIsNullAfterAnApproval(t *testing.T) {
	came, err := review.ReadObject(object(`state="processing"`))
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, came.Bytes())
	v = decide(t, v, review.Approve, "")
	v.Object = came.Without("rejectReason").Bytes()
	back, err := vocabulary.Object(v)
	if err != nil || !strings.HasSuffix(string(back), `,"rejectReason":null}`) {
		t.Errorf("%v: %s", err, back)
	}
}

func TestADecisionWithoutAReasonShowsDenied(t *testing.T) {
	v := parse(t, object())
	v.Status, v.Decision = review.StatusFailed, &review.Decided{Action: review.Reject, At: now}
	if got := vocabulary.State(v); got != (review.WireState{State: "rejected", Reason: "DENIED"}) {
		t.Errorf("the API shows %v", got)
	}
}

func TestAProposalDoesNotShow(t *testing.T) {
	came := object(`reviewdesk={"findings":["DENIED"]}`)
	v := parse(t, came)
	d := review.Decision{Action: review.Reject, Version: v.Version, Grounds: []string{"other"}, Note: note}
	v, _, err := v.Decide(d, ana, now, rules)
	if err != nil || v.Status != review.StatusSecondReview {
		t.Fatalf("got %s, %v", v.Status, err)
	}
	back, err := vocabulary.Object(v)
	if err != nil || string(back) != string(object()) || vocabulary.State(v).Reason != "MANUAL_REVIEW" {
		t.Errorf("it shows %v, %v\n%s", vocabulary.State(v), err, back)
	}
}

func TestTheExtensionTellsWhatTheAttemptCannot(t *testing.T) {
	v, pictures, err := vocabulary.Parse(object(`reviewdesk={"reference":"754035","subject":{"name":"Ana Ruiz"},"findings":["DENIED","ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT"],
		"attempt":2,"pictures":[{"kind":"selfie","media_type":"image/png","data":"AAEC"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if v.Subject.Reference != "754035" || v.Subject.Name != "Ana Ruiz" || v.Attempt != 2 || v.Attempts != 2 || len(pictures) != 1 {
		t.Errorf("got %+v and %d pictures", v.Subject, len(pictures))
	}
	if got := v.Codes(); !slices.Equal(got, []string{"ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT", "DENIED", "MANUAL_REVIEW"}) {
		t.Errorf("found %v", got)
	}
	if strings.Contains(string(v.Object), review.ExtensionMember) {
		t.Error("our extension was kept as the provider's")
	}
}

func TestAnIDInCapitalsIsLowered(t *testing.T) {
	v := parse(t, object(`id="0CF12488-0DCF-4F99-96C4-E1EC879C906D"`))
	if v.ID != "0cf12488-0dcf-4f99-96c4-e1ec879c906d" || v.ProviderID != "0CF12488-0DCF-4F99-96C4-E1EC879C906D" {
		t.Errorf("got %s and %s", v.ID, v.ProviderID)
	}
}

func TestAnAbsentObjectIsAnError(t *testing.T) {
	if _, err := vocabulary.Object(review.Verification{}); err == nil {
		t.Error("an object was written out of nothing")
	}
}

func TestTheReasonsAreWhole(t *testing.T) {
	reasons := vocabulary.Reasons()
	if len(coinify.Reasons()) != 25 || len(reasons) != 24 || reasons[0] != "DENIED" || slices.Contains(reasons, "MANUAL_REVIEW") {
		t.Errorf("an officer may give %v", reasons)
	}
	var codes []string
	for _, code := range coinify.Codes() {
		codes = append(codes, code.Code)
	}
	if !slices.Equal(codes, coinify.Reasons()) {
		t.Error("the catalogue and the constants differ")
	}
	if len(coinify.States()) != 5 || vocabulary.ReviewState() != "MANUAL_REVIEW" {
		t.Error("the vocabulary is not whole")
	}
}

func FuzzParse(f *testing.F) {
	golden, err := os.ReadFile("testdata/seed.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add(object())
	f.Add(object(`rejectReason="NOT .X"`, `reviewdesk={"findings":["x"],"documents":[{"kind":"a","country":"b","read":{"expiry":"2030-01-02"}}]}`))
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

// decideBoth writes the attempt with either outcome and reads it again.
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
