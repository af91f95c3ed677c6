package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Four eyes: by an officer's wish, by the draw, blind; sent back; and a decision that
// comes too late. That no road leads around it is web's to test.

// oneIsEnough is the list of cases that one officer may decide.
const oneIsEnough = "/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none"

const firstReason = "A slip of somebody else's pen."

func TestFourEyes(t *testing.T) {
	t.Parallel()
	t.Run("by keys", func(t *testing.T) {
		t.Parallel()
		d := startDemo(t, 80)
		wishByKeys(t, d)
		policyByKeys(t, d)
		drawByKeys(t, d)
	})
	t.Run("without script", func(t *testing.T) {
		t.Parallel()
		d := startDemo(t, 80)
		wishWithoutScript(t, d)
		policyWithoutScript(t, d)
		drawWithoutScript(t, d)
	})
}

// find goes to a case by its id, which is typed into the search.
func (b tab) find(id string) {
	b.t.Helper()
	b.js(`document.activeElement.blur()`)
	b.press("/")
	b.until(`document.activeElement.id === "q"`)
	b.js(`document.activeElement.select()`)
	b.press(strings.TrimPrefix(id, "/verifications/"))
	b.turn(kb.Enter)
	b.until(`location.pathname === "` + id + `"`)
}

// take opens the most urgent case of a list by keys, and claims it.
func (b tab) take(list string) (id string) {
	b.t.Helper()
	b.open(list)
	b.turn("n")
	b.until(anyCase)
	return casePath.FindString(b.where())
}

func (b tab) wantWords(selector string, words ...string) {
	b.t.Helper()
	got := b.text(selector)
	for _, w := range words {
		if !strings.Contains(got, w) {
			b.t.Errorf("%s does not say %q, but %q", selector, w, got)
		}
	}
}

func wishByKeys(t *testing.T, d desk) {
	ana, mei := openTab(t, d), openTab(t, d)
	ana.signIn("reviewer", 0)
	id := ana.take(oneIsEnough)
	ana.press("r")
	ana.press("5")
	ana.tabTo("#note")
	ana.press(firstReason)
	ana.tabTo("[name=second]")
	ana.press(" ")
	ana.until(`document.querySelector("[data-confirm] .if-second").checkVisibility()`)
	ana.turn(kb.Enter, ctrl)
	if got := ana.toast(); !strings.Contains(got, "second review") {
		t.Errorf("the page says %q", got)
	}
	ana.find(id)
	ana.lacks("form#decision, [formaction], form[action$='/confirm']")
	ana.wantWords("#decision", "You proposed this decision", "asked for it")

	mei.signIn("senior", 0)
	mei.find(id)
	mei.wantWords("#decision", firstReason, "Ana Quiroga")
	mei.tabTo("#note")
	mei.press("Look at the date once more, please.")
	mei.tabTo(`[formaction$="/return"]`)
	mei.turn(kb.Enter)
	ana.find(id)
	ana.has("form#decision")
	ana.wantWords("#history", "Look at the date once more, please.")
}

// policyByKeys has the admin draw every decision for a blind second person, and keep a
// ground of the team's own.
func policyByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("admin", 0)
	b.press("k", ctrl)
	b.until(`document.activeElement.id === "palette-q"`)
	b.press("policy")
	b.turn(kb.Enter)
	b.until(`location.pathname === "/admin/policy"`)
	b.audit()
	b.tabTo("#sample_percent") // what Tab leads to is selected
	b.press("101")
	b.press(kb.Enter)
	b.until(`document.querySelector("#sample_percent:invalid") !== null`)
	b.js(`document.querySelector("#sample_percent").select()`)
	b.press("100")
	b.tabTo("[name=blind]")
	b.press(" ")
	b.tabTo(`fieldset:has([name=ground_key][value=""]) [name=ground_action]`)
	b.press("R")
	b.tabTo(`fieldset:has([name=ground_key][value=""]) [name=ground_key]`)
	b.press("forged_series")
	b.tabTo(`fieldset:has([name=ground_key][value=""]) [name=ground_words]`)
	b.press("One of a forged series")
	b.tabTo("#policy .btn.primary")
	b.turn(kb.Enter)
	b.says("Version 2")
	b.until(`document.querySelector("#sample_percent").value === "100" && document.querySelector("[name=blind]").checked`)
	b.open("/admin/policy?version=1")
	b.audit()
}

func drawByKeys(t *testing.T, d desk) {
	ana, mei := openTab(t, d), openTab(t, d)
	ana.signIn("reviewer", 0)
	id := ana.take(oneIsEnough)
	ana.press("r")
	ana.press(eval[string](ana, `document.querySelector("[data-grounds=reject] [value=forged_series]").getAttribute("aria-keyshortcuts")`))
	ana.until(`document.querySelector("[data-grounds=reject] [value=forged_series]").checked`)
	ana.tabTo("#note")
	ana.press(firstReason)
	ana.turn(kb.Enter, ctrl)
	ana.find(id)
	ana.wantWords("#decision", "drawn as a sample", "One of a forged series")

	mei.signIn("senior", 0)
	mei.find(id)
	mei.wantWords("#decision", "stays hidden until you have given your own word")
	if got := mei.text("main"); strings.Contains(got, firstReason) || strings.Contains(got, "One of a forged series") {
		t.Errorf("who must judge without them reads the first one's reasons: %q", got)
	}
	mei.audit()
	mei.tabTo("#note")
	mei.press("The same edge at the portrait.")
	mei.turn(kb.Enter, ctrl)
	mei.find(id)
	mei.wantWords("#decision", firstReason, "The same edge at the portrait.", "One of a forged series")
	mei.wantWords("#history", "confirmed the rejection")
}

func wishWithoutScript(t *testing.T, d desk) {
	jonas, mei := plainly(t, d), plainly(t, d)
	jonas.signInPlainly("reviewer", 1)
	id := jonas.rejectPlainly("[value=other]", "[name=second]", " ")
	jonas.open(id)
	jonas.lacks("form#decision, [formaction], form[action$='/confirm']")
	jonas.wantWords("#decision", "You proposed this decision", "asked for it")
	mei.signInPlainly("senior", 0)
	mei.open(id)
	mei.wantWords("#decision", firstReason, "Jonas Lind")
	mei.fill("#note", "Look at the date once more, please.")
	mei.enter(`[formaction$="/return"]`)
	jonas.open(id)
	jonas.has("form#decision")
	jonas.wantWords("#history", "Look at the date once more, please.")
}

// rejectPlainly takes the most urgent case that one may decide, and rejects it.
func (b tab) rejectPlainly(ground string, more ...string) (id string) {
	b.t.Helper()
	b.open(oneIsEnough)
	b.enter(nextButton)
	id = casePath.FindString(b.where())
	b.fill("[name=action][value=reject]", " ", "[data-grounds=reject] "+ground, " ", "#note", firstReason)
	b.fill(more...)
	b.enter("#decision [data-confirm]")
	return id
}

func policyWithoutScript(t *testing.T, d desk) {
	b := plainly(t, d)
	b.signInPlainly("admin", 0)
	b.open("/admin")
	b.enter(`main a[href="/admin/policy"]`)
	last := `fieldset:has([name=ground_key][value=""]) `
	b.fill("#sample_percent", kb.End+strings.Repeat(kb.Backspace, 3)+"100", "[name=blind]", " ",
		last+"[name=ground_action]", "R", last+"[name=ground_key]", "forged_series", last+"[name=ground_words]", "One of a forged series")
	b.enter("#policy .btn.primary")
	b.has(`#sample_percent[value="100"]`)
	b.has("[name=blind][checked]")
	b.has(`[name=ground_key][value="forged_series"]`)
}

func drawWithoutScript(t *testing.T, d desk) {
	jonas, mei := plainly(t, d), plainly(t, d)
	jonas.signInPlainly("reviewer", 1)
	id := jonas.rejectPlainly("[value=forged_series]")
	jonas.open(id)
	jonas.wantWords("#decision", "drawn as a sample", "One of a forged series")
	mei.signInPlainly("senior", 0)
	mei.open(id)
	mei.wantWords("#decision", "stays hidden until you have given your own word")
	if got := mei.text("main"); strings.Contains(got, firstReason) {
		t.Errorf("who must judge without them reads the first one's reasons: %q", got)
	}
	mei.fill("#note", "The same edge at the portrait.")
	mei.enter("#decision [data-confirm]")
	mei.open(id)
	mei.wantWords("#decision", firstReason, "The same edge at the portrait.")
}
