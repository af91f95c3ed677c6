package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestAnAdminLetsAProgramIn adds a client and a webhook in the browser: each secret is
// shown once, can be copied, and a reload makes nothing twice. Every page on the way
// is accessible and fits.
func TestAnAdminLetsAProgramIn(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 12)
	b := openTab(t, d)
	b.signIn("admin", 0)

	b.open("/admin/clients")
	b.js(`document.querySelector("[name=name]").value = "Payout platform"; document.querySelector("[name=scope]").click()`)
	b.send("form.addclient button")
	b.until(`document.querySelector("#client-secret") !== null && ` + ready)
	b.until(`document.activeElement.id === "h-secret"`)
	secret := b.text("#client-secret")
	b.audit()
	b.js(`document.querySelector("[data-copy=client-secret]").focus()`)
	b.key("\r")
	b.until(`document.querySelector(".copied:not(:empty)") !== null`)
	if said := b.text(`[data-copy="client-secret"] + .copied`); said != "Copied" {
		t.Errorf("copying says %q", said)
	}
	b.do(chromedp.Reload())
	b.until(`document.querySelector("#client-secret") === null && ` + ready)
	if page := b.text("main"); strings.Contains(page, secret) || strings.Count(page, "Payout platform Cybrid") != 1 {
		t.Errorf("after a reload the page says %q", page)
	}

	b.open("/admin/webhooks")
	var came atomic.Int32
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { came.Add(1) }))
	defer receiver.Close()
	b.js(`document.querySelector("#url").value = "` + receiver.URL + `/hook"; document.querySelector("[name=private]").click()`)
	b.send("form.addclient button")
	b.until(`document.querySelector("#webhook-secret") !== null && ` + ready)
	b.audit()
	b.open(eval[string](b, `document.querySelector(".progs a").getAttribute("href")`))
	endpoint := b.where()
	b.send(`form[action$="/test"] button`)
	b.until(`document.querySelector("[data-toast]") !== null && ` + ready)
	b.open(endpoint)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(b.text("main"), "Taken (200)"); b.open(endpoint) {
		if time.Now().After(deadline) {
			t.Fatalf("the test event never came: %s", b.text("main"))
		}
	}
	if n := came.Load(); n != 1 {
		t.Errorf("the test event came %d times", n)
	}
	b.send(`form[action$="/secrets"] button`)
	b.until(`document.querySelector("#webhook-secret") !== null && ` + ready)
	if b.where() != endpoint {
		t.Errorf("a reload would send the form again: the address is %s", b.where())
	}
	b.js(`for (const more of document.querySelectorAll("details.sure, .progs details")) more.open = true`)
	b.audit()
}

// send presses a button by the keyboard, and waits for the page that it leads to. (A
// click that falls into the change from one page to the next goes astray.)
func (b tab) send(button string) {
	b.t.Helper()
	b.until(`document.querySelector('` + button + `') !== null && ` + ready)
	b.js(`document.querySelector('` + button + `').focus()`)
	b.leads(func() { b.key("\r") })
}

func TestAClientIsRevokedWithoutScript(t *testing.T) {
	t.Parallel()
	b := plainly(t, startDemo(t, 12))
	b.signInPlainly("admin", 0)
	b.open("/admin/clients")
	b.fill(`[data-l="Allowed"] ~ .c-acts summary`, "\r")
	b.enter(".progs details[open] button")
	if got := b.text(`tr:has(.badge[data-is="failed"])`); !strings.Contains(got, "Revoked") {
		t.Errorf("the list says %q", got)
	}
}
