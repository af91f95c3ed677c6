package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A case that is taken up, given back, set aside and fetched again; and the text to an
// applicant that must not tip them off.

const tippingOff = "We suspect fraud and look at the sanctions list."

func TestACaseIsTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	t.Run("by keys", func(t *testing.T) { claimByKeys(t, d) })
	t.Run("without script", func(t *testing.T) { claimWithoutScript(t, d) })
}

func claimByKeys(t *testing.T, d desk) {
	b, other := openTab(t, d), openTab(t, d)
	b.signIn("reviewer", 0)
	other.signIn("auditor", 0)
	b.open(easyCases)
	b.js(`document.activeElement.blur()`)
	b.press("j")
	b.turn(kb.Enter)
	id := casePath.FindString(b.where())
	b.turn("c")
	b.has(".claimed [data-countdown]")
	other.open(id)
	other.wantWords(".subject .owner", "Ana Quiroga", "until")
	other.has(".subject .owner [data-countdown]")
	b.turn("c")
	b.lacks(".claimed")
	other.open(id)
	other.lacks(".subject .owner")
	b.turn("c")

	b.reason("w", "act-snooze-reason", "The registry answers tomorrow.")
	b.says("Its clock stands until then")
	b.tabTo(".notices button")
	b.turn(kb.Enter)
	if got := b.toast(); !strings.Contains(got, "is back in the queue") {
		t.Errorf("the page says %q", got)
	}
	b.lacks(".notices")
	b.has("form#decision")

	b.js(`document.activeElement.blur()`)
	b.press("q")
	b.until(`document.activeElement.matches("#act-ask-again [type=checkbox]")`)
	b.press(" ")
	b.tabTo("#act-ask-again-text")
	b.press(tippingOff)
	b.turn(kb.Enter, ctrl)
	b.until(`document.querySelector("#act-ask-again-text-error") !== null`)
	if got := eval[string](b, `document.querySelector("#act-ask-again-text").value`); got != tippingOff {
		t.Errorf("the text is %q", got)
	}
	b.audit()
}

func claimWithoutScript(t *testing.T, d desk) {
	b, other := plainly(t, d), plainly(t, d)
	b.signInPlainly("reviewer", 1)
	other.signInPlainly("auditor", 0)
	b.open(easyCases)
	b.enter("tr[data-row] .c-who a")
	id := casePath.FindString(b.where())
	b.enter(".subject [data-key=c]")
	b.has(".claimed")
	other.open(id)
	other.wantWords(".subject .owner", "Jonas Lind", "until")
	b.enter(".running [data-key=c]")
	b.lacks(".claimed")
	b.enter(".subject [data-key=c]")

	b.plainForm("snooze", "#act-snooze-reason", "The registry answers tomorrow.")
	b.enter("#act-snooze .acts button")
	b.enter(".notices button")
	b.lacks(".notices")

	b.plainForm("ask-again", "#act-ask-again [type=checkbox]", " ", "#act-ask-again-text", tippingOff)
	b.enter("#act-ask-again [data-send]")
	b.has("#act-ask-again-text-error")
	b.wantWords("#act-ask-again-text", tippingOff)

	b.fill(".addnote summary", "\r", "#add-note", "Is this seal right, @mei?")
	b.enter(".addnote .acts button")
	b.has("#history mark")
	mei := plainly(t, d)
	mei.signInPlainly("senior", 0)
	mei.enter(`.rail a[href="/mentions"]`)
	mei.enter("main .linked a")
	if got := mei.where(); !strings.HasPrefix(got, id) {
		t.Errorf("the mention leads to %s", got)
	}
	b.open(id)
	b.fill("[name=action][value=reject]", " ", "[data-grounds=reject] [value=other]", " ", "#note", "A slip of the hand, this.")
	b.enter("#decision [data-confirm]")
	b.open(id)
	b.enter(".undo-box button")
	b.has("form#decision")
}
