package coinify_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/coinify"
)

const id = "0cf12488-0dcf-4f99-96c4-e1ec879c906d"

var (
	production = review.Desk{BaseURL: "https://desk.example/base"}
	sandbox    = review.Desk{BaseURL: "https://desk.example/base", Sandbox: true}
)

func TestWhatIsRefusedAndHowItIsSaid(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("a", coinify.ReturnURLMax-len("https://example.com/"))
	const (
		ascii    = "returnUrl: want printable ASCII without spaces and backslashes: percent-encode the rest"
		host     = "returnUrl: want an http or https address with a host"
		readable = "returnUrl: want an http or https address, got none that can be read"
		user     = "returnUrl: want an address without a user name or password"
		reasons  = "rejectReason: goes with the state rejected only"
	)
	url := func(address string) string { return `{"returnUrl":` + string(quoted(address)) + `}` }
	for _, test := range []struct{ name, body, code, want string }{
		{"no body", ``, "", ""},
		{"white space", " \r\n", "", ""},
		{"an empty object", `{}`, "", ""},
		{"null", `{"returnUrl":null}`, "", ""},
		{"every member null", `{"returnUrl":null,"state":null,"rejectReason":null}`, "", ""},
		{"an https address", url("https://example.com/a?b=1&c=%20<2>#d"), "", ""},
		{"an http address", url("http://example.com"), "", ""},
		{"a scheme in capitals", url("HTTPS://EXAMPLE.com"), "", ""},
		{"a port and an address of version six", url("http://[2001:db8::1]:8080/"), "", ""},
		{"2000 bytes", url(long), "", ""},
		{"2001 bytes", url(long + "a"), "invalid_argument", "returnUrl: want at most 2000 bytes, got 2001"},
		{"an empty text", url(""), "invalid_argument", "returnUrl: want an http or https address or null, got an empty text"},
		{"a number", `{"returnUrl":1}`, "invalid_argument", "returnUrl: want a text, got a number"},
		{"a list", `{"returnUrl":[]}`, "invalid_argument", "returnUrl: want a text, got a list"},
		{"a path", url("/done"), "invalid_argument", host},
		{"an address without a scheme", url("//example.com"), "invalid_argument", host},
		{"an address without a host", url("https:///done"), "invalid_argument", host},
		{"a port without a host", url("https://:443/"), "invalid_argument", host},
		{"a script", url("javascript:alert(1)"), "invalid_argument", host},
		{"a file", url("file:///etc/passwd"), "invalid_argument", host},
		{"an app", url("coinify://done"), "invalid_argument", host},
		{"a port that is none", url("https://example.com:x/"), "invalid_argument", readable},
		{"a bad escape", url("https://example.com/%zz"), "invalid_argument", readable},
		{"a user name", url("https://ana@example.com/"), "invalid_argument", user},
		{"a password", url("https://ana:secret@example.com/"), "invalid_argument", user},
		{"an empty user", url("https://@example.com/"), "invalid_argument", user},
		{"a space", url("https://example.com/a b"), "invalid_argument", ascii},
		{"a leading space", url(" https://example.com/"), "invalid_argument", ascii},
		{"a line feed", url("https://example.com/\n"), "invalid_argument", ascii},
		{"a backslash", url(`https://example.com\@evil.example/`), "invalid_argument", ascii},
		{"letters that are not ASCII", url("https://exämple.com/"), "invalid_argument", ascii},
		{"a list as a body", `[]`, "invalid_request", "the object: want one JSON object"},
		{"a form", `returnUrl=x`, "invalid_request", "the object: want one JSON object"},
		{"two objects", `{}{}`, "invalid_request", "the object: something follows it"},
		{"a member twice", `{"returnUrl":null,"returnURL":null}`, "invalid_request", "returnURL: stands twice (capitals make no difference)"},
		{"bytes that are no text", "{\"returnUrl\":\"\xff\"}", "invalid_request", "returnUrl: holds bytes that are no UTF-8"},
		{"seventeen levels", `{"x":` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `}`, "invalid_request", "x" + strings.Repeat("[0]", 15) + ": lies deeper than 16 levels"},
		{"unknown members", `{"returnUrl":null,"locale":"da","traderId":1}`, "invalid_argument", "unknown: locale, traderId"},
		{"other capitals", `{"returnURL":null}`, "invalid_argument", "unknown: returnURL (write returnUrl)"},
		{"approved", `{"returnUrl":null,"state":"approved"}`, "", ""},
		{"rejected", `{"state":"rejected"}`, "", ""},
		{"pending", `{"state":"pending"}`, "invalid_argument", "state: want approved or rejected"},
		{"an empty state", `{"state":""}`, "invalid_argument", "state: want approved or rejected"},
		{"a state that is true", `{"state":true}`, "invalid_argument", "state: want a text, got true or false"},
		{"a reason without a state", `{"rejectReason":"DENIED"}`, "invalid_argument", reasons},
		{"a reason for an approval", `{"state":"approved","rejectReason":"DENIED"}`, "invalid_argument", reasons},
		{"an unknown reason", `{"state":"rejected","rejectReason":"NO"}`, "invalid_argument", "rejectReason: want one of " + strings.Join(coinify.Reasons(), ", ")},
		{"an empty reason", `{"state":"rejected","rejectReason":""}`, "invalid_argument", "rejectReason: want one of " + strings.Join(coinify.Reasons(), ", ")},
		{"a reason with the stray space", `{"state":"rejected","rejectReason":"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT .BLURRED"}`, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := coinify.ParseRequest([]byte(test.body), sandbox)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if got := refused(t, err); got.Code != test.code || got.Message != test.want {
				t.Errorf("got  %v\nwant %s: %s", got, test.code, test.want)
			}
		})
	}
}

func refused(t *testing.T, err error) review.Refused {
	t.Helper()
	var r *review.Refused
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return *r
}

func quoted(text string) []byte {
	raw, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return raw
}

func TestOutsideTheSandboxNobodySaysHowItEnds(t *testing.T) {
	for name, body := range map[string]string{
		"state":        `{"returnUrl":null,"state":"approved"}`,
		"rejectReason": `{"rejectReason":"DENIED"}`,
	} {
		_, err := coinify.ParseRequest([]byte(body), production)
		want := review.Refused{Code: "invalid_argument", Message: name + ": this desk is no sandbox: only its officers decide an attempt"}
		if got := refused(t, err); got != want {
			t.Errorf("got %v", got)
		}
	}
	if _, err := coinify.ParseRequest([]byte(`{"returnUrl":null,"state":null}`), production); err != nil {
		t.Error(err)
	}
}

// asked is the attempt that a body makes in the sandbox.
func asked(t *testing.T, body string) (review.Verification, review.Road) {
	t.Helper()
	r, err := coinify.ParseRequest([]byte(body), sandbox)
	if err != nil {
		t.Fatal(err)
	}
	object, err := r.Attempt(id, "754035", sandbox, now)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, object), r.Road()
}

func TestAnAttemptBeginsAsItWasAsked(t *testing.T) {
	const shown = `{"id":"` + id + `","state":"%s","createTime":"2026-09-01T10:00:00.120Z","approveTime":%s,"expireTime":null,` +
		`"redirectUrl":"https://desk.example/base/applicant/` + id + `","sdkToken":null,"returnUrl":%s,"rejectReason":%s}`
	const address = `"https://example.com/a?b=1&c=<2>"`
	for _, test := range []struct {
		body string
		want string
		road review.Road
	}{
		{``, fmt.Sprintf(shown, "pending", "null", "null", "null"), ""},
		{`{"returnUrl":` + address + `}`, fmt.Sprintf(shown, "pending", "null", address, "null"), ""},
		{`{"returnUrl":null,"state":"approved"}`, fmt.Sprintf(shown, "approved", `"2026-09-01T10:00:00.120Z"`, "null", "null"), ""},
		{`{"state":"rejected"}`, fmt.Sprintf(shown, "rejected", "null", "null", `"DENIED"`), ""},
		{`{"state":"rejected","rejectReason":"NO_ID_UPLOADED"}`, fmt.Sprintf(shown, "rejected", "null", "null", `"NO_ID_UPLOADED"`), ""},
		{`{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`, fmt.Sprintf(shown, "pending", "null", "null", "null"), review.RoadReview},
	} {
		v, road := asked(t, test.body)
		got, err := coinify.Shown(v, now)
		if err != nil || string(got) != test.want || road != test.road {
			t.Errorf("%s\ngot  %s on %q, %v\nwant %s", test.body, got, road, err, test.want)
		}
		if v.Subject.Reference != "754035" || v.ProviderID != id || strings.Contains(string(v.Object), "reviewdesk") {
			t.Errorf("%s is kept as %s for %q", test.body, v.Object, v.Subject.Reference)
		}
	}
}

func TestEveryReasonCanBeAskedFor(t *testing.T) {
	for _, reason := range coinify.Reasons() {
		v, road := asked(t, `{"state":"rejected","rejectReason":"`+reason+`"}`)
		want := review.WireState{State: "rejected", Reason: reason}
		if reason == "MANUAL_REVIEW" {
			want = review.WireState{State: "pending"}
		}
		if v.Arrived != want || (road == review.RoadReview) != (reason == "MANUAL_REVIEW") {
			t.Errorf("%s begins as %v on %q", reason, v.Arrived, road)
		}
	}
}

func TestAReturnAddressIsKeptByteForByte(t *testing.T) {
	for _, address := range []string{"HTTP://EXAMPLE.com:80/%7Ea/../b/?q=%2F&x=<>&amp;#f", "https://xn--bcher-kva.example/'\"{}|^`"} {
		v, _ := asked(t, `{"returnUrl":`+string(quoted(address))+`}`)
		raw, err := coinify.Shown(v, now)
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ ReturnURL string }
		if err := json.Unmarshal(raw, &got); err != nil || got.ReturnURL != address {
			t.Errorf("%s became %s", address, raw)
		}
	}
}

func TestAnAttemptIsRefusedAnIDInCapitalsAndNobodysTrader(t *testing.T) {
	for _, bad := range []string{"", "0cf12488", strings.ToUpper(id)} {
		if _, err := (coinify.Request{}).Attempt(bad, "1", sandbox, now); err == nil {
			t.Errorf("%q is an id", bad)
		}
	}
	if _, err := (coinify.Request{}).Attempt(id, "", sandbox, now); err == nil {
		t.Error("it is nobody's")
	}
}

// walk advances an attempt until it stays.
func walk(t *testing.T, v review.Verification, road review.Road) (review.Verification, []string) {
	t.Helper()
	var moves []string
	for len(moves) < 9 {
		due, on := vocabulary.Due(v, road)
		if !on {
			return v, moves
		}
		object, err := vocabulary.Advance(v, road, due)
		if err != nil {
			t.Fatal(err)
		}
		stored, intake, _ := review.Receive(&v, parse(t, object), false, due, review.FirstPolicy())
		if intake != review.IntakeUpdated {
			t.Fatalf("the next copy is %s", intake)
		}
		v = stored
		moves = append(moves, due.Sub(v.CreatedAt).String()+" "+v.Arrived.State+" "+v.Arrived.Reason)
	}
	return v, moves
}

func TestEveryRoadIsWalked(t *testing.T) {
	for _, test := range []struct {
		body string
		want []string
		end  review.Status
	}{
		{`{}`, []string{"24h0m0s rejected NO_ID_UPLOADED"}, review.StatusFailed},
		{`{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`, []string{"1s processing ", "2s rejected MANUAL_REVIEW"}, review.StatusInReview},
		{`{"state":"approved"}`, nil, review.StatusPassed},
		{`{"state":"rejected"}`, nil, review.StatusFailed},
	} {
		v, road := asked(t, test.body)
		v, moves := walk(t, v, road)
		if !slices.Equal(moves, test.want) || v.Status != test.end || v.Subject.Reference != "754035" {
			t.Errorf("%s went %q and ended %s", test.body, moves, v.Status)
		}
		if _, err := vocabulary.Advance(v, road, now); err == nil {
			t.Errorf("%s went on from its end", test.body)
		}
	}
	submitted := parse(t, object(`state="processing"`, `rejectReason=null`))
	if _, moves := vocabulary.Due(submitted, review.RoadApplicant); moves {
		t.Error("a submitted attempt moves by itself")
	}
	pending := parse(t, object(`state="pending"`, `rejectReason=null`))
	if v, moves := walk(t, pending, review.RoadPassed); v.Status != review.StatusInReview {
		t.Errorf("a road that Coinify does not have went %q", moves)
	}
}

func TestAReviewedAttemptShowsTheOfficersDecision(t *testing.T) {
	for _, test := range []struct {
		action                                 review.Action
		state, approved, reason, event, notice string
	}{
		{review.Approve, "approved", `"2026-09-01T10:00:00.120Z"`, "null", "identification-attempt.approved", `{"traderId":"754035"}`},
		{review.Reject, "rejected", "null", `"DENIED_MISSING_DATE_OF_BIRTH"`, "identification-attempt.rejected", `{"traderId":"754035","rejectReason":"DENIED_MISSING_DATE_OF_BIRTH"}`},
	} {
		v, road := asked(t, `{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`)
		v, _ = walk(t, v, road)
		reason := ""
		if test.action == review.Reject {
			reason = strings.Trim(test.reason, `"`)
		}
		v = decide(t, v, test.action, reason)
		raw, err := coinify.Shown(v, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"state":"` + test.state + `"`, `"approveTime":` + test.approved, `"rejectReason":` + test.reason} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("%s shows %s, want %s", test.action, raw, want)
			}
		}
		event, body, ok := vocabulary.Notice(v, sandbox, id, now)
		want := `{"id":"` + id + `","time":"2026-09-01T10:00:00.120Z","event":"` + test.event + `","context":` + test.notice + `}`
		if event != test.event || string(body) != want || !ok {
			t.Errorf("%s tells %s", test.action, body)
		}
	}
}

func TestTheExampleOfTheSeedIsShownAsItStands(t *testing.T) {
	golden, err := os.ReadFile("testdata/seed.json")
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, golden)
	ends := time.Date(2028, 3, 4, 0, 0, 0, 0, time.UTC)
	for at, state := range map[time.Time]string{now: "approved", ends.Add(-time.Millisecond): "approved", ends: "expired", ends.AddDate(9, 0, 0): "expired"} {
		got, err := coinify.Shown(v, at)
		want := strings.NewReplacer(": ", ":", "\n", "", "  ", "", `"approved"`, `"`+state+`"`, "\n}", "}").Replace(strings.TrimSpace(string(golden)))
		want = strings.TrimSuffix(want, "}") + `,"rejectReason":null}` // the table has it, the example leaves it out
		if err != nil || string(got) != want {
			t.Errorf("at %s: %v\ngot  %s\nwant %s", at, err, got, want)
		}
	}
}

func TestAnAnswerHoldsTheNineMembersWhateverCame(t *testing.T) {
	for name, came := range map[string][]byte{
		"an unknown member": object(`risk=1`), "other times": object(`createTime="2019-11-26T08:45:44+01:00"`, `state="approved"`, `rejectReason=null`, `approveTime="2019-11-26T07:49:19Z"`),
		"our extension": object(`reviewdesk={"reference":"7","subject":{"name":"Ana Ruiz"}}`), "a bare one": []byte(`{"id":"` + id + `","state":"pending","createTime":"2019-11-26T07:45:44Z"}`),
		"an id in capitals": object(`id="` + strings.ToUpper(id) + `"`),
	} {
		raw, err := coinify.Shown(parse(t, came), now)
		if err != nil {
			t.Fatal(err)
		}
		members, err := review.ReadObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range members {
			names = append(names, m.Name)
		}
		if got := strings.Join(names, " "); got != "id state createTime approveTime expireTime redirectUrl sdkToken returnUrl rejectReason" {
			t.Errorf("%s: %s", name, got)
		}
		created, _ := members.Get("createTime")
		shownID, _ := members.Get("id")
		if len(created) != len(`"2006-01-02T15:04:05.000Z"`) || !strings.HasSuffix(string(created), `Z"`) || string(shownID) != `"`+id+`"` {
			t.Errorf("%s: %s created at %s", name, shownID, created)
		}
	}
}

func TestTheOlderGenerationSeesEveryStateInItsWords(t *testing.T) {
	const passport = `expireTime="2020-01-01T00:00:00.000Z"`
	for _, test := range []struct {
		members              []string
		state, update, other string
	}{
		{[]string{`state="pending"`, `rejectReason=null`}, "pending", "2019-11-26T07:45:44Z", ""},
		{[]string{`state="processing"`, `rejectReason=null`}, "reviewing", "2019-11-26T07:45:44Z", ""},
		{[]string{`state="processing"`}, "reviewing", "2019-11-26T07:45:44Z", ""},
		{[]string{`state="rejected"`}, "reviewing", "2019-11-26T07:45:44Z", ""},
		{[]string{`state="rejected"`, `rejectReason="DENIED"`}, "rejected", "2019-11-26T07:45:44Z", ""},
		{[]string{`state="approved"`, `rejectReason=null`, `approveTime="2019-11-26T07:49:19.126Z"`}, "completed", "2019-11-26T07:49:19Z", ""},
		{[]string{`state="approved"`, `rejectReason=null`, `approveTime="2019-11-26T07:49:19.126Z"`, passport}, "expired", "2020-01-01T00:00:00Z", ""},
		{[]string{`state="expired"`, `rejectReason=null`, passport}, "expired", "2020-01-01T00:00:00Z", ""},
		{[]string{`state="pending"`, `rejectReason=null`, `returnUrl="https://example.com/?a=1&b=2"`}, "pending", "2019-11-26T07:45:44Z", "https://example.com/?a=1&b=2"},
	} {
		got, err := coinify.Older(parse(t, object(test.members...)), 7, now)
		want := `{"id":7,"state":"` + test.state + `","returnUrl":"` + test.other + `","redirectUrl":"https://example.com/a?b=1&c=<2>","externalId":"` + id +
			`","updateTime":"` + test.update + `","createTime":"2019-11-26T07:45:44Z"}`
		if err != nil || string(got) != want {
			t.Errorf("%v: %v\ngot  %s\nwant %s", test.members, err, got, want)
		}
	}
	v, road := asked(t, `{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`)
	v, _ = walk(t, v, road)
	v.ReviewSince = now.Add(time.Minute)
	got, err := coinify.Older(v, 7, now)
	if err != nil || !strings.Contains(string(got), `"updateTime":"2026-09-01T10:01:00Z"`) {
		t.Errorf("waiting for an officer: %s, %v", got, err)
	}
	v.ReviewSince = time.Time{}
	got, err = coinify.Older(decide(t, v, review.Approve, ""), 7, now)
	if err != nil || !strings.Contains(string(got), `"state":"completed"`) || !strings.Contains(string(got), `"updateTime":"2026-09-01T10:00:00Z"`) {
		t.Errorf("decided: %s, %v", got, err)
	}
}

func TestAWebhookTellsOfApprovalsAndRejectionsOnly(t *testing.T) {
	const trader = `reviewdesk={"reference":"420"}`
	event := func(kind, context string) string {
		return `{"id":"` + id + `","time":"2026-09-01T10:00:00.120Z","event":"identification-attempt.` + kind + `","context":` + context + `}`
	}
	for _, test := range []struct {
		members []string
		want    string // "" is no webhook
	}{
		{[]string{`state="pending"`, `rejectReason=null`, trader}, ""},
		{[]string{`state="processing"`, `rejectReason=null`, trader}, ""},
		{[]string{`state="expired"`, `rejectReason=null`, trader}, ""},
		{[]string{`state="approved"`, `rejectReason=null`, trader}, event("approved", `{"traderId":"420"}`)},
		{[]string{`state="rejected"`, `rejectReason="DENIED"`, trader}, event("rejected", `{"traderId":"420","rejectReason":"DENIED"}`)},
		{[]string{`state="rejected"`, `rejectReason=null`, trader}, event("rejected", `{"traderId":"420","rejectReason":"DENIED"}`)},
		{[]string{`state="rejected"`, trader}, event("rejected", `{"traderId":"420","rejectReason":"MANUAL_REVIEW"}`)},
		{[]string{`state="approved"`, `rejectReason=null`}, ""}, // whose?
	} {
		kind, body, ok := vocabulary.Notice(parse(t, object(test.members...)), production, id, now)
		if string(body) != test.want || ok != (test.want != "") || ok && !strings.Contains(test.want, `"`+kind+`"`) {
			t.Errorf("%v: %q, %s", test.members, kind, body)
		}
	}
	kind, body := vocabulary.TestNotice(sandbox, id, now)
	if want := event("rejected", `{"traderId":"0","rejectReason":"MANUAL_REVIEW"}`); string(body) != want || kind != "identification-attempt.rejected" {
		t.Errorf("the test is %s", body)
	}
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []string{``, `{}`, `{"returnUrl":"https://example.com/?a=%20#b"}`, `{"returnUrl":null,"state":"approved"}`,
		`{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`, `{"returnUrl":"http://[::1]:8080/"}`, `{"x":1}`} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, came []byte, inSandbox bool) {
		desk := production
		desk.Sandbox = inSandbox
		r, err := coinify.ParseRequest(came, desk)
		if err != nil {
			if got := refused(t, err); got.Code == "" || got.Message == "" || len(got.Message) > 8000 {
				t.Fatalf("%+v", got)
			}
			return
		}
		object, err := r.Attempt(id, "1", desk, now)
		if err != nil {
			t.Fatal(err)
		}
		v := parse(t, object)
		for range 3 {
			raw, err := coinify.Shown(v, now)
			var shown struct{ ReturnURL string }
			if err != nil || json.Unmarshal(raw, &shown) != nil || shown.ReturnURL != r.ReturnURL {
				t.Fatalf("%v: %s", err, raw)
			}
			parse(t, raw)
			if raw, err = coinify.Older(v, 1, now); err != nil || !json.Valid(raw) {
				t.Fatalf("%v: %s", err, raw)
			}
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
