package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Conflicts of interest: what an officer declares never comes to them, and one key steps
// back from a case.

const easyCases = "/queue?provider=coinify&severity=low&owner=none"

// mostUrgent is the case at the head of a list, and its person.
func (b tab) mostUrgent(list string) (id, name string) {
	b.t.Helper()
	b.open(list)
	b.has("[data-row] .c-who a")
	link := `document.querySelector("[data-row]")`
	return casePath.FindString(eval[string](b, link+`.dataset.href`)), eval[string](b, link+`.querySelector(".c-who a bdi").textContent.trim()`)
}

func TestAConflictOfInterest(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	t.Run("by keys", func(t *testing.T) { conflictByKeys(t, d) })
	t.Run("without script", func(t *testing.T) { conflictWithoutScript(t, d) })
}

func conflictByKeys(t *testing.T, d desk) {
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	id, name := b.mostUrgent(easyCases)
	b.js(`document.activeElement.blur()`)
	b.press("k", ctrl)
	b.until(`document.activeElement.id === "palette-q"`)
	b.press("conflicts")
	b.turn(kb.Enter)
	b.until(`location.pathname === "/interests"`)
	b.tabTo("#interest")
	b.press("ab")
	b.turn(kb.Enter)
	b.says("3 to 200 characters")
	b.audit()
	b.js(`document.querySelector("#interest").select()`)
	b.press(name)
	b.turn(kb.Enter)
	b.says(name)
	b.audit()

	b.open(easyCases)
	b.turn("n")
	b.until(anyCase)
	other := casePath.FindString(b.where())
	if other == id {
		t.Fatalf("the case of %s came to who declared them", name)
	}
	b.press("o")
	b.until(`document.activeElement.matches("#act-recuse button")`)
	b.press(kb.Escape)
	b.until(`!document.querySelector("#act-recuse").open`)
	b.js(`document.activeElement.blur()`)
	b.turn("O", chromedp.ModifierShift) // one key, the form shut
	for _, closed := range []string{id, other} {
		b.open(closed)
		b.press("c")
		if eval[bool](b, `document.querySelector("form#decision, #act-skip, .claimed") !== null`) {
			t.Errorf("%s can still be worked on", closed)
		}
	}
	if got := b.text("#history"); !strings.Contains(got, "stepped back from the case for a conflict of interest") {
		t.Errorf("the history says %q", got)
	}

	b.open("/interests")
	b.tabTo(`form[action$="/withdraw"] button`)
	b.turn(kb.Enter)
	b.says("You have declared nobody.")
	b.open(easyCases)
	b.turn("n")
	if got := casePath.FindString(b.where()); got != id {
		t.Errorf("after it was withdrawn %s comes, not %s", got, id)
	}
}

func conflictWithoutScript(t *testing.T, d desk) {
	scout := openTab(t, d)
	scout.signIn("auditor", 0)
	id, name := scout.mostUrgent(easyCases)

	b := plainly(t, d)
	b.signInPlainly("reviewer", 1)
	b.open("/queue")
	b.fill(".top details summary", "\r")
	b.enter(`.top a[href="/interests"]`)
	b.fill("#interest", "ab")
	b.enter("form[action='/interests'] button")
	b.has("#interest-error")
	b.fill("#interest", kb.End+kb.Backspace+kb.Backspace+name)
	b.enter("form[action='/interests'] button")
	b.has(`form[action$="/withdraw"]`)

	b.open(easyCases)
	b.enter(nextButton)
	other := casePath.FindString(b.where())
	if other == "" || other == id {
		t.Fatalf("%s came, and %s is theirs", other, id)
	}
	b.plainForm("recuse")
	b.enter("#act-recuse .acts button")
	for _, closed := range []string{id, other} {
		b.open(closed)
		b.lacks("form#decision, #act-skip, .claimed")
	}
	b.open("/interests")
	b.enter(`form[action$="/withdraw"] button`)
	b.lacks(`form[action$="/withdraw"]`)
	b.open(id)
	b.has("form#decision")
}
