package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var casePath = regexp.MustCompile(`^/verifications/[0-9a-f-]{36}`)

// TestTheWholeRoad is the product as its people meet it: an officer decides by
// keyboard only, another without JavaScript, the auditor reads both in the log, the
// admin takes the CSV home.
func TestTheWholeRoad(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 200)
	first := decideByKeyboard(t, d)
	second := decideWithoutScript(t, d)
	readInTheLog(t, d, first, second)
	export(t, d, first)
}

func decideByKeyboard(t *testing.T, d desk) (id string) {
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.until(`location.pathname === "/queue"`)
	b.turn("n")
	b.until(anyCase)
	id = casePath.FindString(b.where())
	b.press("r")
	b.until(`document.querySelector("[name=action][value=reject]").checked`)
	b.press("1")
	b.until(`document.querySelector("[data-grounds=reject] input:checked") !== null`)
	for range 40 { // from the grounds to the note by Tab, however many grounds there are
		if eval[bool](b, `document.activeElement && document.activeElement.id === "note"`) {
			break
		}
		b.key(kb.Tab)
	}
	b.key("Seen by eye: the print edge shows at the portrait.")
	b.turn(kb.Enter, ctrl)
	if next := b.where(); !casePath.MatchString(next) || strings.HasPrefix(next, id) {
		t.Fatalf("after a decision the next case opens by itself, not %s", next)
	}
	return strings.TrimPrefix(id, "/verifications/")
}

func decideWithoutScript(t *testing.T, d desk) (id string) {
	b := plainly(t, d)
	b.signInPlainly("reviewer", 1)
	b.enter(nextButton)
	id = casePath.FindString(b.where())
	b.fill("[name=action][value=reject]", " ", "[value=document_altered]", " ", "#note", "Decided on a plain page, without a script.")
	b.enter("#decision [data-confirm]")
	b.lacks(`form[action="` + id + `/decision"]`)
	return strings.TrimPrefix(id, "/verifications/")
}

func readInTheLog(t *testing.T, d desk, cases ...string) {
	b := openTab(t, d)
	b.signIn("auditor", 0)
	b.until(`location.pathname === "/audit"`)
	for _, id := range cases {
		b.open("/audit?case=" + id)
		page := b.text("main")
		if !strings.Contains(page, "Rejected") && !strings.Contains(page, "Proposed") {
			t.Errorf("the log does not tell of the decision on %s", id)
		}
	}
	b.open("/audit")
	b.send(`form[action="/audit/check"] button`)
	b.until(`document.querySelector("main").textContent.match(/[Ww]hole|intact/) !== null`)
}

func export(t *testing.T, d desk, id string) {
	b := openTab(t, d)
	b.signIn("admin", 0)
	b.until(`location.pathname === "/admin"`)
	csv := eval[string](b, `fetch("/export/verifications.csv").then(r => r.text())`)
	if !strings.Contains(csv, id) || strings.Count(csv, "\r\n") < 100 {
		t.Errorf("the CSV has %d lines and should hold %s", strings.Count(csv, "\r\n"), id)
	}
	b.open("/audit?kind=exported")
	if !strings.Contains(b.text("main"), "xported") {
		t.Error("the export is not in the log")
	}
	if code := eval[int](b, `fetch("/queue").then(r => r.status)`); code != 403 && code != 404 {
		t.Errorf("an admin asked for the queue and got %d", code)
	}
}

// pagesOf are the pages that each role looks at.
var pagesOf = map[string][]string{
	"nobody":   {"/signin", "/api/docs", "/applicant/0cf12488-0dcf-4f99-96c4-e1ec879c906d"},
	"reviewer": {"/queue", "/queue?status=decided", "/queue?q=nobody-at-all", "/audit", "case", "beside", "worksheet", "attached", "/mentions"},
	"senior":   {"/queue?status=second_review", "second", "decided", "then"},
	"auditor":  {"/audit", "/audit/2", "/audit/consistency", "case", "looks", "/no-such-page"},
	"admin":    {"/admin", "/admin/people", "/admin/clients", "/admin/webhooks", "/admin/retention", "/audit", "/_/components"},
}

// TestEveryPageIsAccessibleAndFits runs axe-core over every page in both themes and
// three sizes, and looks for sideways scroll at every width from 320 px up.
func TestEveryPageIsAccessibleAndFits(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 120)
	for _, role := range []string{"nobody", "reviewer", "senior", "auditor", "admin"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, d)
			if role != "nobody" {
				b.signIn(role, 0)
			}
			for _, path := range pagesOf[role] {
				if b.visit(path) {
					b.js(`scrollTo(0, 0)`) // focus may have scrolled something half under the page's head
					b.audit()
				}
			}
		})
	}
}

// visit opens a page; "case", "second" and "decided" are the first case of a list,
// "then" is the decided one as it stood, "looks" who saw its data, "attached" one with files, "worksheet" that of
// a case from a list of names, and "beside" a case with one it is linked to.
func (b tab) visit(path string) bool {
	b.t.Helper()
	switch path {
	case "then":
		return b.visit("decided") && b.follow(`a[href*="?at="]`)
	case "looks":
		return b.visit("decided") && b.follow(`a[href$="/access-report"]`)
	case "worksheet":
		b.listCase(0)
		return b.follow(".sheetline a")
	case "attached":
		return b.attached()
	case "beside":
		return b.linkedCase() && b.follow(`a[href*="/compare/"]`)
	}
	list := map[string]string{"case": "/queue?sort=oldest", "second": "/queue?status=second_review", "decided": "/queue?status=decided"}[path]
	if list == "" {
		b.open(path)
		return true
	}
	b.open(list)
	href := eval[string](b, `(document.querySelector("[data-row]") || {dataset: {href: ""}}).dataset.href`)
	if href == "" {
		b.t.Errorf("%s is empty: the demo should have a case there", list)
		return false
	}
	b.open(href)
	return true
}

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r =>
	r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join(" | ")).join("\n"))`

// axe is axe-core, which looks for what keeps people out of a page.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// audit looks at the page in both themes and at every width, as who asked for less
// motion sees it: of what is half-way in or out, the contrast is nobody's.
func (b tab) audit() {
	b.t.Helper()
	b.motion("reduce")
	defer b.motion("no-preference")
	here := b.where()
	eval[bool](b, axe(b.t)+"; true")
	b.until(`document.getAnimations().length === 0`)
	for _, size := range []struct{ w, h int64 }{{1440, 900}, {1024, 768}, {390, 844}} {
		b.do(chromedp.EmulateViewport(size.w, size.h))
		for _, theme := range []string{"light", "dark"} {
			eval[bool](b, `(document.documentElement.dataset.theme = "`+theme+`") !== ""`)
			if found := eval[string](b, runAxe); found != "" {
				b.t.Errorf("%s, %d px, %s:\n%s", here, size.w, theme, found)
			}
		}
	}
	for _, w := range []int64{320, 360, 390, 480, 600, 768, 900, 1000, 1024, 1100, 1280, 1440, 1920} {
		b.do(chromedp.EmulateViewport(w, 900))
		if over := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
			b.t.Errorf("%s scrolls sideways by %d px at %d px", here, over, w)
		}
	}
	b.do(chromedp.EmulateViewport(1440, 900))
}

// motion says how much motion the person at the browser wishes for.
func (b tab) motion(wish string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: wish}},
		})
		return err
	}))
}

// TestNothingOnAPageBreaksThePolicy opens pages and listens for what the content
// security policy had to stop, and for script errors.
func TestNothingOnAPageBreaksThePolicy(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	var complaints []string
	err := chromedp.Listen(b.ctx, func(ev any) {
		if text := complaint(ev); text != "" {
			complaints = append(complaints, text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b.signIn("reviewer", 0)
	for _, path := range []string{"/queue", "case", "/audit", "then", "beside"} {
		b.visit(path)
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complained:\n%s", strings.Join(complaints, "\n"))
	}
}
