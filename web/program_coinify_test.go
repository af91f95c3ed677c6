package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/coinify"
)

const attempts = "/kyc/identification-attempts"

// The nine members of an attempt, and the seven of the generation before
// (facts/coinify.md, sections 5 and 2.2).
var (
	attemptKeys = []string{"id", "state", "createTime", "approveTime", "expireTime", "redirectUrl", "sdkToken", "returnUrl", "rejectReason"}
	olderKeys   = []string{"id", "state", "returnUrl", "redirectUrl", "externalId", "updateTime", "createTime"}
)

var (
	wireTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	olderTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)
	plainUUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

func (p *apiClient) attempt(body string) map[string]any {
	p.d.t.Helper()
	w := p.send("POST", attempts, body)
	wantStatus(p.d.t, w, http.StatusOK)
	if got := keysOf(p.d.t, w.Body.Bytes()); !slices.Equal(got, attemptKeys) {
		p.d.t.Errorf("an attempt has %v", got)
	}
	return members(p.d.t, w)
}

func arrayOf(t testing.TB, w *httptest.ResponseRecorder) []map[string]any {
	t.Helper()
	wantStatus(t, w, http.StatusOK)
	var out []map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || out == nil {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return out
}

func TestAnAttemptIsAnsweredWithItsNineMembers(t *testing.T) {
	d := newTestDesk(t)
	p := d.trader()
	const back = "https://shop.example/done?a=1&b=%C3%BC#x"
	for _, body := range []string{"", "{}", `{"returnUrl":null}`, `{"returnUrl":"` + back + `"}`} {
		made := p.attempt(body)
		id := made["id"].(string)
		if !plainUUID.MatchString(id) || made["state"] != "pending" || !wireTime.MatchString(made["createTime"].(string)) || made["redirectUrl"] != testBase+"/applicant/"+id {
			t.Errorf("%v", made)
		}
		for _, name := range []string{"approveTime", "expireTime", "sdkToken", "rejectReason"} {
			if made[name] != nil {
				t.Errorf("%s is %v", name, made[name])
			}
		}
		if want := any(nil); strings.Contains(body, "shop") && made["returnUrl"] != back || !strings.Contains(body, "shop") && made["returnUrl"] != want {
			t.Errorf("%s returns to %v", body, made["returnUrl"])
		}
		shown := p.send("GET", attempts+"/"+id, "")
		wantStatus(t, shown, http.StatusOK)
		if got := members(t, shown); text64(got) != text64(made) || !slices.Equal(keysOf(t, shown.Body.Bytes()), attemptKeys) {
			t.Errorf("made as %v, shown as %v", made, got)
		}
		if got := members(t, p.send("GET", attempts+"/"+strings.ToUpper(id), "")); got["id"] != id {
			t.Errorf("%v", got)
		}
		d.Clock.Move(time.Second)
	}
	all := arrayOf(t, p.send("GET", attempts, ""))
	if len(all) != 4 || all[0]["returnUrl"] != back {
		t.Errorf("%v", all) // newest first
	}
	if len(d.events(review.EventFilter{Kind: review.EventReceived})) != 4 || d.events(review.EventFilter{Kind: review.EventReceived})[0].Actor.ID != p.client.ID {
		t.Error("the log does not say who made them")
	}
}

func TestEachRefusalOfAnAttempt(t *testing.T) {
	d := newTestDesk(t)
	p := d.trader()
	for _, test := range []struct{ what, body, code, says string }{
		{"no JSON", `{`, "invalid_request", ""},
		{"a list", `[]`, "invalid_request", ""},
		{"a member twice", `{"returnUrl":null,"returnUrl":null}`, "invalid_request", "returnUrl"},
		{"invalid UTF-8", "{\"returnUrl\":\"\xff\"}", "invalid_request", ""},
		{"a deep one", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "invalid_request", "deep"},
		{"an unknown member", `{"returnURL":null}`, "invalid_argument", "write returnUrl"},
		{"a number", `{"returnUrl":5}`, "invalid_argument", "returnUrl"},
		{"no address", `{"returnUrl":""}`, "invalid_argument", "returnUrl"},
		{"a path", `{"returnUrl":"/done"}`, "invalid_argument", "returnUrl"},
		{"a script", `{"returnUrl":"javascript:alert(1)"}`, "invalid_argument", "returnUrl"},
		{"an app's address", `{"returnUrl":"myapp://done"}`, "invalid_argument", "returnUrl"},
		{"a user name", `{"returnUrl":"https://a:b@shop.example/"}`, "invalid_argument", "returnUrl"},
		{"a backslash", `{"returnUrl":"https:\\\\shop.example"}`, "invalid_argument", "returnUrl"},
		{"a line end", `{"returnUrl":"https://shop.example/\r\nx: y"}`, "invalid_argument", "returnUrl"},
		{"a long one", `{"returnUrl":"https://shop.example/` + strings.Repeat("x", 2000) + `"}`, "invalid_argument", "returnUrl"},
		{"a state outside the sandbox", `{"returnUrl":null,"state":"approved"}`, "invalid_argument", "no sandbox"},
		{"a reason outside the sandbox", `{"rejectReason":"DENIED"}`, "invalid_argument", "no sandbox"},
	} {
		for _, path := range []string{attempts, "/traders/me/kyc"} {
			w := p.send("POST", path, test.body)
			wantError(t, path, w, http.StatusBadRequest, test.code)
			if !strings.Contains(textOf(t, w, "error_description"), test.says) {
				t.Errorf("%s: %s", test.what, w.Body)
			}
		}
		d.Clock.Move(time.Second)
	}
	if all := arrayOf(t, p.send("GET", attempts, "")); len(all) != 0 {
		t.Errorf("%v were made", all)
	}
}

func TestInTheSandboxAnAttemptEndsAsAskedWithEveryReason(t *testing.T) {
	d := newSandbox(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.trader()
	approved := p.attempt(`{"returnUrl":null,"state":"approved"}`)
	if approved["state"] != "approved" || !wireTime.MatchString(approved["approveTime"].(string)) || approved["rejectReason"] != nil {
		t.Errorf("%v", approved)
	}
	if got := p.attempt(`{"state":"rejected"}`); got["rejectReason"] != "DENIED" {
		t.Errorf("%v", got)
	}
	for _, reason := range coinify.Reasons() {
		got := p.attempt(`{"state":"rejected","rejectReason":"` + reason + `"}`)
		if reason == coinify.ReasonManualReview {
			if got["state"] != "pending" || got["rejectReason"] != nil {
				t.Errorf("%v", got)
			}
			continue
		}
		if got["state"] != "rejected" || got["rejectReason"] != reason || got["approveTime"] != nil {
			t.Errorf("%s: %v", reason, got)
		}
	}
	for _, body := range []string{`{"state":"pending"}`, `{"state":"expired"}`, `{"state":"rejected","rejectReason":"NO"}`, `{"state":"approved","rejectReason":"DENIED"}`} {
		wantError(t, attempts, p.send("POST", attempts, body), http.StatusBadRequest, "invalid_argument")
	}
}

func TestTheRoadOfAnAttemptThroughManualReview(t *testing.T) {
	for action, want := range map[review.Action]string{review.Approve: "approved ", review.Reject: "rejected DENIED"} {
		d := newSandbox(t)
		p := d.trader()
		id := p.attempt(`{"state":"rejected","rejectReason":"MANUAL_REVIEW"}`)["id"].(string)
		state := func() (string, map[string]any) {
			got := members(t, p.send("GET", attempts+"/"+id, ""))
			reason, _ := got["rejectReason"].(string)
			return got["state"].(string) + " " + reason, got
		}
		var seen []string
		for range 4 {
			now, _ := state()
			seen = append(seen, now)
			d.moved(1)
		}
		if want := []string{"pending ", "processing ", "rejected MANUAL_REVIEW"}; !slices.Equal(slices.Compact(seen), want) {
			t.Errorf("it went by %v", seen)
		}
		old := members(t, p.send("GET", "/kyc/"+id, ""))
		if old["state"] != "reviewing" {
			t.Errorf("%v", old)
		}
		d.decideBoth(id, action)
		if now, _ := state(); now != "rejected MANUAL_REVIEW" {
			t.Errorf("%s shows as %s before it takes effect", action, now)
		}
		d.Clock.Move(10 * time.Second)
		now, whole := state()
		if now != want || (whole["approveTime"] != nil) != (action == review.Approve) {
			t.Errorf("%s: %v", action, whole)
		}
		old = members(t, p.send("GET", "/kyc/"+id, ""))
		if old["state"] != map[review.Action]string{review.Approve: "completed", review.Reject: "rejected"}[action] {
			t.Errorf("%v", old)
		}
	}
}

func TestAnAttemptThatNobodyCompletesIsRejected(t *testing.T) {
	d := newTestDesk(t)
	p := d.trader()
	id := p.attempt("")["id"].(string)
	d.Clock.Move(24*time.Hour - 2*time.Second)
	d.moved(1)
	v, err := d.Peek(t.Context(), id)
	if err != nil || v.Arrived.State != "pending" {
		t.Errorf("%+v, %v", v.Arrived, err)
	}
	d.moved(2)
	p.token = textOf(t, d.ask("/auth", asJSON, grant("offline_token", "offline_token", p.secret)), "access_token")
	if got := members(t, p.send("GET", attempts+"/"+id, "")); got["state"] != "rejected" || got["rejectReason"] != "NO_ID_UPLOADED" {
		t.Errorf("%v", got)
	}
}

func TestTheOlderGenerationIsServedAsItsClientExpects(t *testing.T) {
	d := newTestDesk(t)
	d.Cybrid(1, "Zoila Quispe") // takes a number of ours
	p := d.trader()
	w := p.send("POST", "/traders/me/kyc", "", "Content-Type", "application/json") // no body, yet a Content-Type
	wantStatus(t, w, http.StatusOK)
	if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, olderKeys) {
		t.Errorf("%v", got)
	}
	made := members(t, w)
	number := strconv.FormatFloat(made["id"].(float64), 'f', -1, 64)
	attempt := made["externalId"].(string)
	if made["state"] != "pending" || made["returnUrl"] != "" || made["redirectUrl"] != testBase+"/applicant/"+attempt ||
		!olderTime.MatchString(made["createTime"].(string)) || !olderTime.MatchString(made["updateTime"].(string)) {
		t.Errorf("%v", made)
	}
	for _, id := range []string{number, attempt, strings.ToUpper(attempt)} {
		shown := p.send("GET", "/kyc/"+id, "", "Content-Type", "application/json")
		if wantStatus(t, shown, http.StatusOK); shown.Body.String() != w.Body.String() {
			t.Errorf("%s shows %s, made as %s", id, shown.Body, w.Body)
		}
	}
	withAddress := members(t, p.send("POST", "/traders/me/kyc", `{"returnUrl":"https://shop.example/"}`))
	if withAddress["returnUrl"] != "https://shop.example/" {
		t.Errorf("%v", withAddress)
	}
	if all := arrayOf(t, p.send("GET", "/kyc", "", "Content-Type", "application/json")); len(all) != 2 {
		t.Errorf("%v", all)
	}
	if all := arrayOf(t, p.send("GET", attempts, "")); len(all) != 2 {
		t.Errorf("the newer generation shows %v", all)
	}
}

func TestTwoTradersNeverSeeEachOthersAttempts(t *testing.T) {
	d := newTestDesk(t)
	ann, bob := d.trader(), d.trader()
	if ann.client.Trader == bob.client.Trader {
		t.Fatal("two traders have one number")
	}
	w := ann.send("POST", "/traders/me/kyc", "")
	own := members(t, w)
	number, id := strconv.FormatFloat(own["id"].(float64), 'f', -1, 64), own["externalId"].(string)
	bob.attempt("")
	imported, cybridID := d.Coinify(900, "Nobody's"), d.Cybrid(901, "Zoila Quispe")
	v, err := d.Peek(t.Context(), cybridID)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{attempts + "/" + id, "/kyc/" + id, "/kyc/" + number} {
		wantStatus(t, ann.send("GET", at, ""), http.StatusOK)
		theirs := bob.send("GET", at, "")
		wantError(t, at, theirs, http.StatusNotFound, "not_found")
		nobodys := bob.send("GET", attempts+"/"+strings.Repeat("0", 8)+"-0000-4000-8000-000000000000", "")
		if theirs.Body.String() != nobodys.Body.String() {
			t.Errorf("another's attempt can be told from none: %s, %s", theirs.Body, nobodys.Body)
		}
	}
	for _, other := range []string{imported, cybridID, strconv.FormatInt(v.Seq, 10), "0", "-1", "99999999999999999999", "x", "%00"} {
		for _, at := range []string{attempts + "/" + other, "/kyc/" + other} {
			wantError(t, at, bob.send("GET", at, ""), http.StatusNotFound, "not_found")
		}
	}
	for _, who := range []*apiClient{ann, bob} {
		if all, old := arrayOf(t, who.send("GET", attempts, "")), arrayOf(t, who.send("GET", "/kyc", "")); len(all) != 1 || len(old) != 1 || all[0]["id"] == nil {
			t.Errorf("%v, %v", all, old)
		}
	}
	if all := arrayOf(t, d.trader().send("GET", attempts, "")); len(all) != 0 {
		t.Errorf("a new trader has %v", all)
	}
}
