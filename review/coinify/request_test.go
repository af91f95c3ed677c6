package coinify_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

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
