package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review/coinify"
)

const back = "https://platform.example/kyc/back?order=7&lang=de#%C3%A9-'x'"

// begin makes an attempt and says where its applicant is sent.
func (p *apiClient) begin(body string) (path string) {
	p.d.t.Helper()
	w := p.send("POST", "/kyc/identification-attempts", body)
	wantStatus(p.d.t, w, http.StatusOK)
	path, here := strings.CutPrefix(textOf(p.d.t, w, "redirectUrl"), testBase)
	if !here {
		p.d.t.Fatalf("the applicant is sent to %q", path)
	}
	return path
}

func TestTheApplicantIsToldWhatToDoAndNobodyElseAnything(t *testing.T) {
	d := newSandbox(t)
	p := d.trader()
	waiting := p.begin(`{"returnUrl":"` + back + `"}`)
	w := d.browser().get(waiting)
	wantStatus(t, w, http.StatusOK)
	if !strings.Contains(text(w), "What you do next") || len(w.Result().Cookies()) > 0 || !strings.Contains(w.Header().Get("X-Robots-Tag"), "noindex") {
		t.Errorf("the page says %q with %v", text(w), w.Header())
	}
	told := func(path string) string {
		body, err := page(t, d.browser().get(path)).Find("main").Html()
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	for _, path := range []string{
		"/applicant/0cf12488-0dcf-4f99-96c4-e1ec879c906d", "/applicant/nobody",
		"/applicant/" + d.Cybrid(1, "Zoila Quispe", "id_check_failure"), "/applicant/" + d.Coinify(2, "Zoila Quispe", "MANUAL_REVIEW"),
	} {
		if got := told(path); got != told(waiting) {
			t.Errorf("%s differs from a case that waits:\n%s", path, got)
		}
	}
}

func TestWhoseStepIsOverGoesBackByteForByte(t *testing.T) {
	d := newSandbox(t)
	p := d.trader()
	for name, body := range map[string]string{
		"approved": `{"returnUrl":"` + back + `","state":"approved"}`,
		"rejected": `{"returnUrl":"` + back + `","state":"rejected","rejectReason":"DENIED_YOUNGER_THAN_18_YEARS"}`,
	} {
		w := d.browser().get(p.begin(body))
		link := page(t, w).Find(".next a")
		if to := link.AttrOr("href", ""); to != back || link.Text() == "" || !strings.Contains(link.Text(), "platform.example") {
			t.Errorf("%s: the link goes to %q and says %q", name, to, link.Text())
		}
		if said := text(w); strings.Contains(said, "pproved") || strings.Contains(said, "eject") || strings.Contains(said, "DENIED") {
			t.Errorf("%s: the page tells how it ended: %s", name, said)
		}
	}
	if w := d.browser().get(p.begin(`{"returnUrl":null,"state":"approved"}`)); page(t, w).Find(".next a").Length() != 0 {
		t.Error("a link back to nowhere")
	}
	reviewed := p.begin(`{"returnUrl":"` + back + `","state":"rejected","rejectReason":"MANUAL_REVIEW"}`)
	d.Clock.Move(time.Minute)
	for range 2 {
		if _, err := d.MoveDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if to := page(t, d.browser().get(reviewed)).Find(".next a").AttrOr("href", ""); to != back {
		t.Errorf("who waits for an officer is sent to %q", to)
	}
}

func TestAnAddressThatNobodyTookIsNoLink(t *testing.T) {
	d := newTestDesk(t)
	for name, members := range map[string]string{
		"a script":               `"redirectUrl":"` + testBase + `/applicant/ID","returnUrl":"javascript:alert(1)"`,
		"begun somewhere else":   `"redirectUrl":"https://elsewhere.example/ID","returnUrl":"https://platform.example/"`,
		"with a name and a word": `"redirectUrl":"` + testBase + `/applicant/ID","returnUrl":"https://a:b@platform.example/"`,
	} {
		id := "0cf12488-0dcf-4f99-96c4-e1ec879c90" + map[string]string{"a script": "01", "begun somewhere else": "02", "with a name and a word": "03"}[name]
		object := `{"id":"` + id + `","state":"approved","createTime":"2019-11-26T07:45:44.852Z","approveTime":"2019-11-26T07:49:19.126Z","expireTime":null,` +
			strings.ReplaceAll(members, "ID", id) + `,"sdkToken":null,"rejectReason":null}`
		d.takeAttempt(object)
		if page(t, d.browser().get("/applicant/"+id)).Find(".next a").Length() != 0 {
			t.Errorf("%s became a link", name)
		}
	}
}

// takeAttempt takes in an attempt as a platform exports it.
func (d *testDesk) takeAttempt(object string) {
	d.t.Helper()
	v, _, err := coinify.Vocabulary{}.Parse([]byte(object))
	if err == nil {
		_, err = d.Receive(d.t.Context(), db.System("test"), []db.Incoming{{Verification: v}})
	}
	if err != nil {
		d.t.Fatal(err)
	}
}
