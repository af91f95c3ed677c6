package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheDescriptionIsTriedOnItsPage gets a token and makes a case with it, on the
// page alone and under its strict policy; a reload forgets the token.
func TestTheDescriptionIsTriedOnItsPage(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 12)
	_, demo := newCaller(t, d, describedBy(t, d))
	b := openTab(t, d)
	var complaints []string
	if err := chromedp.Listen(b.ctx, func(ev any) {
		if text := complaint(ev); text != "" {
			complaints = append(complaints, text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	b.open("/api/docs")
	b.try("op-createtoken", `{"grant_type":"client_credentials","client_id":"`+demo.Client.ID+`","client_secret":"`+demo.Client.Secret+`"}`)
	b.until(`document.querySelector("#token-cybrid").value !== ""`)
	b.try("op-createidentityverification", "")
	b.until(`document.querySelector("#op-createidentityverification .result .status")?.textContent === "201"`)
	if got := b.text("#op-createidentityverification .result"); !strings.Contains(got, `"state": "storing"`) || !strings.Contains(got, "POST /api/identity_verifications") {
		t.Errorf("the page shows %q", got)
	}
	b.js(`document.querySelector("#try-listidentityverifications-per-page").value = "1"`)
	b.try("op-listidentityverifications", "")
	b.until(`document.querySelector("#op-listidentityverifications .result")?.textContent.includes('"per_page": 1,')`)
	b.try("op-getidentityverification", "")
	if !eval[bool](b, `document.querySelector("#op-getidentityverification :invalid") !== null`) {
		t.Error("a path is asked for without its guid")
	}
	if kept := eval[int](b, `localStorage.length + sessionStorage.length`); kept != 0 {
		t.Errorf("the page stores %d things", kept)
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complained:\n%s", strings.Join(complaints, "\n"))
	}
	b.js(`for (const more of document.querySelectorAll("main details")) more.open = true`)
	b.audit()
	b.do(chromedp.Reload())
	b.until(ready)
	if got := eval[string](b, `document.querySelector("#token-cybrid").value`); got != "" {
		t.Error("after a reload the token is still there")
	}
}

// try opens an operation's form, types a body where one is given, and sends it.
func (b tab) try(operation, body string) {
	b.t.Helper()
	b.until(`document.querySelector("#` + operation + ` .try") !== null && ` + ready)
	b.js(`document.querySelector("#` + operation + ` .try").open = true`)
	if body != "" {
		b.js("document.querySelector('#" + operation + " [data-body]').value = `" + body + "`")
	}
	b.js(`document.querySelector("#` + operation + ` .try button").focus()`)
	b.key("\r")
}

// TestTheDescriptionReadsWithoutScript looks that nothing is offered that cannot work.
func TestTheDescriptionReadsWithoutScript(t *testing.T) {
	t.Parallel()
	b := plainly(t, startDemo(t, 12))
	b.open("/api/docs")
	if got := b.text("#op-createidentityverification"); !strings.Contains(got, "expected_behaviours") {
		t.Errorf("the page says %q", got)
	}
	b.fill(".toc summary", "\r")
	b.has(".toc details[open]")
}
