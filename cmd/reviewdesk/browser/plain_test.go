package browser_test

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// How pages are used where no script runs. No expression can be asked there, so a page
// is whole only once its load event has come: a form that is sent while its page is
// still arriving lacks its later fields.

const nextButton = `form[action="/queue/next"] button`

// plainly is a tab in which no script runs.
func plainly(t *testing.T, d desk) tab {
	t.Helper()
	b := openTab(t, d)
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	return b
}

// plain asks for an element as the document has it: whether it can be seen is asked
// of a script, and there is none.
var plain chromedp.QueryOption = chromedp.NodeReady

// leads does what opens another page, and waits until that page is whole.
func (b tab) leads(do func()) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Func(func(context.Context, *chromedp.Target) error {
		do()
		return nil
	})); err != nil {
		b.t.Fatalf("no other page opened: %v\nat %s", err, b.where())
	}
}

// enter presses Enter on a link or a button that opens another page.
func (b tab) enter(selector string) {
	b.t.Helper()
	b.leads(func() { b.fill(selector, "\r") })
}

// fill goes from field to field and presses keys in each: pairs of both.
func (b tab) fill(fields ...string) {
	b.t.Helper()
	for i := 0; i+1 < len(fields); i += 2 {
		b.do(chromedp.SendKeys(chromedp.CSS(fields[i]), fields[i+1], plain))
	}
}

// has wants something on the page, and lacks wants it gone.
func (b tab) has(selector string) {
	b.t.Helper()
	if len(b.nodes(selector)) == 0 {
		b.t.Fatalf("%s is missing\nat %s", selector, b.where())
	}
}

func (b tab) lacks(selector string) {
	b.t.Helper()
	if len(b.nodes(selector)) > 0 {
		b.t.Fatalf("%s is still there\nat %s", selector, b.where())
	}
}

// nodes are what a selector finds. (To ask the browser for its document beside the
// library would give all nodes new numbers, and the library would never find one again.)
func (b tab) nodes(selector string) []*chromedp.Node {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Nodes(chromedp.CSSAll(selector), plain, chromedp.AtLeast(0)))
	if err != nil {
		b.t.Fatalf("%s: %v\nat %s", selector, err, b.where())
	}
	return found
}

// signInPlainly signs in as the n-th account of a role.
func (b tab) signInPlainly(role string, n int) {
	b.t.Helper()
	seen := 0
	for _, a := range b.d.Accounts {
		if a.Role == role {
			if seen == n {
				b.open("/signin")
				b.fill("#email", a.Email, "#password", a.Password)
				b.enter("#password")
				b.lacks("#password")
				return
			}
			seen++
		}
	}
	b.t.Fatalf("the demo has no such %s", role)
}
