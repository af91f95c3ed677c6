package browser_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const ctrl = chromedp.ModifierCtrl

const ready = `document.readyState === "complete"`

// press types as a keyboard does: a key whose keydown the page takes for itself
// writes nothing. (The library's own keys send the character either way.)
func (b tab) press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	// Keys of one press come in one go, however slow the machine: "g q" must within a second.
	at := input.TimeSinceEpoch(float64(time.Now().UnixMilli()) / 1000)
	for _, r := range keys {
		at += 0.01
		var down, up input.DispatchKeyEventParams
		for _, k := range kb.Encode(r) {
			chromedp.KeyModifiers(modifiers...)(k)
			switch k.Type {
			case kb.KeyChar:
				down.Type, down.Text = kb.KeyDown, k.Text
			case kb.KeyUp:
				up = *k
			default:
				down = *k
			}
		}
		if len(modifiers) > 0 {
			down.Type, down.Text = kb.KeyRawDown, ""
		}
		down.Timestamp, up.Timestamp = at, at
		b.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, down); err != nil {
				return err
			}
			_, err := chromedp.Call(ctx, input.DispatchKeyEvent, up)
			return err
		}))
	}
}

// turn presses keys that open another page, and waits until that is whole.
func (b tab) turn(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.leads(func() { b.press(keys, modifiers...) })
}

// js does something in the page whose value nobody asks for.
func (b tab) js(statement string) {
	b.t.Helper()
	eval[bool](b, `(() => { `+statement+`; return true; })()`)
}

// later moves the page's clock on.
func (b tab) later(minutes int) {
	b.t.Helper()
	b.js(`const now = Date.now; Date.now = () => now() + ` + strconv.Itoa(minutes) + ` * 60000`)
}

// TestTheDeskIsWorkedByKeys is an officer's day without a mouse.
func TestTheDeskIsWorkedByKeys(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?owner=none")
	t.Run("rows", b.part(rowsByKeys))
	t.Run("help lists what works", b.part(helpByKeys))
	t.Run("palette", b.part(paletteByKeys))
	t.Run("decision", b.part(decisionByKeys))
	t.Run("pictures", b.part(picturesByKeys))
	t.Run("single keys can be switched off", b.part(keysOff))
}

func (b tab) part(do func(tab)) func(*testing.T) {
	return func(t *testing.T) {
		b := b
		b.t = t
		do(b)
	}
}

const focusedRow = `[...document.querySelectorAll("[data-row]")].findIndex(r => r.contains(document.activeElement))`

func rowsByKeys(b tab) {
	b.press("j")
	b.press("j")
	b.press("j")
	b.press("k")
	if at := eval[int](b, focusedRow); at != 1 {
		b.t.Errorf("after j j j k the focus is on row %d", at)
	}
	b.press("/")
	b.until(`document.activeElement.id === "q"`)
	b.press("jk?a")
	if got := eval[string](b, `document.activeElement.value`); got != "jk?a" {
		b.t.Errorf("in the search keys do not type: %q", got)
	}
	b.js(`document.activeElement.value = ""; document.activeElement.blur()`)
	b.press("j")
	want := eval[string](b, `document.activeElement.closest("[data-row]").dataset.href`)
	b.turn(kb.Enter)
	if got := b.where(); got != want {
		b.t.Errorf("Enter opens %s, not %s", got, want)
	}
	b.turn("u")
	b.until(`location.pathname === "/queue"`)
	b.turn("ga")
	b.until(`location.pathname === "/audit"`)
	b.turn("gq")
	b.until(`location.pathname === "/queue"`)
}

// helpByKeys presses every single key that the help names on a case, and looks that
// none of those it does not name is promised anywhere on the page.
func helpByKeys(b tab) {
	b.press("?")
	b.until(`document.querySelector("#keys-help").open`)
	if got := b.text("#keys-help"); !strings.Contains(got, "Review next unclaimed") || strings.Contains(got, "Rotate") {
		b.t.Errorf("the queue's help says %q", got)
	}
	b.press(kb.Escape)
	b.until(`!document.querySelector("#keys-help").open`)
	b.visit("case")
	b.until(ready)
	b.press("?")
	b.until(`document.querySelector("#keys-help").open`)
	if got := b.text("#keys-help"); !strings.Contains(got, "Rotate") || strings.Contains(got, "Review next") || strings.Contains(got, "Undo") || !strings.Contains(got, "Escalate") {
		b.t.Errorf("the case's help says %q", got)
	}
	b.press("a") // dead while a dialog is open
	b.press(kb.Escape)
	b.until(`!document.querySelector("#keys-help").open`)
	if eval[bool](b, `document.querySelector("[name=action]:checked") !== null`) {
		b.t.Error("a key behind the dialog chose an outcome")
	}
}

func paletteByKeys(b tab) {
	b.press("k", ctrl)
	b.until(`document.querySelector("#palette").open && document.activeElement.id === "palette-q"`)
	b.press("crit")
	b.until(`[...document.querySelectorAll("[data-commands] li:not([hidden])")].length === 2`)
	b.press("ical f")
	b.until(`[...document.querySelectorAll("[data-commands] li:not([hidden])")].length === 1`)
	b.turn(kb.Enter)
	b.until(`location.search === "?severity=critical"`)
}

func decisionByKeys(b tab) {
	b.open("/queue?provider=coinify&owner=none")
	b.turn("n")
	b.until(anyCase)
	first := b.where()
	b.press("r")
	b.until(`document.querySelector("[name=action][value=reject]").checked`)
	if got := eval[string](b, `[...document.querySelector("[data-confirm]").children].filter(e => e.checkVisibility()).map(e => e.textContent).join(" ")`); !strings.HasPrefix(got, "Reject") {
		b.t.Errorf("the button says %q", got)
	}
	b.press("5")
	b.until(`document.querySelector("[data-grounds=reject] [value=other]").checked`)
	b.js(`document.querySelector("#note").focus()`)
	b.press("rats?")
	b.turn(kb.Enter, ctrl)
	b.until(`document.querySelector("[data-error-summary]") !== null && ` + ready)
	if got := eval[string](b, `document.querySelector("#note").value`); got != "rats?" {
		b.t.Errorf("the note is %q", got)
	}
	if !eval[bool](b, `document.activeElement.matches("[data-error-summary]")`) {
		b.t.Error("the focus is not on what is wrong")
	}
	if got := b.where(); got != strings.TrimSuffix(first, "#") {
		b.t.Errorf("a refused form leaves the address at %s", got)
	}
	b.js(`document.querySelector("#note").focus()`)
	b.press(" No likeness at all.")
	b.turn(kb.Enter, ctrl)
	b.until(`document.querySelector("h1[data-focus]") !== null && ` + ready)
	if !eval[bool](b, `document.activeElement.matches("h1")`) {
		b.t.Error("after a decision the focus is not on the new heading")
	}
	b.until(`document.querySelector("[role=status] [data-toast]") !== null`) // put there after the page, so that it is read out
}

func picturesByKeys(b tab) {
	b.pictured()
	b.press("+")
	b.until(`document.querySelector("[data-zoom-level]").textContent === "125%"`)
	b.press("t")
	b.until(`document.querySelector("img[data-zoomable]").style.transform.includes("rotate(90deg)")`)
	b.press("0")
	b.until(`document.querySelector("[data-zoom-level]").textContent === "100%"`)
	b.press("]")
	b.until(`document.querySelector(".thumb[aria-current]").dataset.thumb === "1"`)
	b.press("[")
	b.until(`document.querySelector(".thumb[aria-current]").dataset.thumb === "0"`)
	for _, want := range []string{"contrast-1", "contrast-2", "contrast-3", "contrast-0"} {
		b.press("i")
		b.until(`document.querySelector("img[data-zoomable]").classList.contains("` + want + `")`)
	}
	b.press("f")
	b.until(`document.fullscreenElement?.matches("figure[data-viewer]")`)
	b.press("f")
	b.until(`document.fullscreenElement === null`)
	b.press("s")
	b.until(`document.fullscreenElement?.matches(".panes") && [...document.querySelectorAll(".panes img")].filter(i => i.checkVisibility() && i.getBoundingClientRect().height > 200).length === 2`)
	b.press("f") // from one kind of full screen to the other
	b.until(`document.fullscreenElement?.matches("figure[data-viewer]")`)
	b.press("s")
	b.until(`document.fullscreenElement?.matches(".panes")`)
	b.press("s")
	b.until(`document.fullscreenElement === null`)
}

// pictured opens a case with a document and a selfie; the demo has some in its queue.
func (b tab) pictured() {
	b.t.Helper()
	b.open("/queue?sort=oldest")
	for _, href := range eval[[]string](b, `[...document.querySelectorAll("[data-row]")].map(r => r.dataset.href)`) {
		b.open(href)
		b.until(ready)
		if eval[bool](b, `document.querySelector("[data-is=doc] img") !== null && document.querySelector("[data-is=selfie] img") !== null`) {
			return
		}
	}
	b.t.Fatal("no case of the queue has a document and a selfie")
}

func keysOff(b tab) {
	b.press("?")
	b.until(`document.querySelector("#keys-help").open`)
	b.leads(func() { b.js(`document.querySelector("#keys-help button[name=keys][value=off]").click()`) })
	b.until(`document.body.dataset.keys === "off"`)
	b.press("a")
	b.press("?")
	if eval[bool](b, `document.querySelector("[name=action]:checked") !== null || document.querySelector("#keys-help").open`) {
		b.t.Error("single keys still work")
	}
	b.press("k", ctrl)
	b.until(`document.querySelector("#palette").open`)
}

// TestWhatTimeDoesToAnOpenCase moves the page's clock: a claim runs out, and a
// revealed field is hidden again.
func TestWhatTimeDoesToAnOpenCase(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	b.signIn("reviewer", 1)
	b.open("/queue")
	b.turn("n")
	b.until(anyCase)
	left := eval[string](b, `document.querySelector(".claimed [data-countdown]").textContent`)
	b.until(`document.querySelector(".claimed [data-countdown]").textContent !== "` + left + `"`)

	b.press("r")
	b.js(`document.querySelector("#note").value = "Half a thought"`)
	b.js(`document.querySelector("#field-birth_date summary").click(); document.querySelector("#why-birth_date").focus()`)
	b.press("The caller gave a birthday.")
	b.turn(kb.Enter)
	b.until(`document.querySelector("[data-reveal]") !== null && ` + ready)
	if got := eval[string](b, `document.querySelector("#note").value + document.querySelector("[name=action]:checked").value`); got != "Half a thoughtreject" {
		t.Errorf("after a reveal the decision typed is %q", got)
	}
	clear := eval[string](b, `document.querySelector("#field-birth_date [data-clear]").textContent.trim()`)
	b.later(2)
	b.until(`document.querySelector("[data-reveal], [data-clear]") === null`)
	if got := b.text("#field-birth_date"); strings.Contains(got, clear) || !strings.Contains(got, "•") {
		t.Errorf("after a minute the row says %q", got)
	}
	if !eval[bool](b, `document.querySelector("#field-birth_date .reveal summary").checkVisibility()`) {
		t.Error("the field cannot be revealed again")
	}

	b.later(20)
	b.until(`document.querySelector(".claimed").textContent.includes("Your claim ran out")`)
	if !eval[bool](b, `document.querySelector(".expired button").checkVisibility() && !document.querySelector(".running button").checkVisibility()`) {
		t.Error("a claim that ran out cannot be renewed")
	}
	b.js(`document.activeElement.blur()`)
	b.turn("c")
	b.until(`document.querySelector(".running button").checkVisibility() && ` + ready)
	if got := eval[string](b, `document.querySelector("#note").value`); got != "Half a thought" {
		t.Errorf("after claiming again the note is %q", got)
	}
}

// TestTheThemeChosenStays also without the system's.
func TestTheThemeChosenStays(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	b.signIn("auditor", 0)
	b.js(`document.querySelector(".top details summary").click()`)
	b.leads(func() { b.js(`document.querySelector(".top button[name=theme][value=dark]").click()`) })
	b.until(`document.documentElement.dataset.theme === "dark" && ` + ready)
	b.open("/queue")
	if got := eval[string](b, `getComputedStyle(document.body).backgroundColor`); got != "rgb(18, 19, 22)" {
		t.Errorf("the next page is %s", got)
	}
}
