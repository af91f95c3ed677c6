package coinify_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/coinify"
)

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
