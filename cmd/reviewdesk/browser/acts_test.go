package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// What officers do beside deciding, as they do it: by keys, and again on plain pages
// without a script.

const anyCase = `location.pathname.startsWith("/verifications/") && ` + ready

// count presses keys and says how many.
func (b tab) count(keys ...string) int {
	b.t.Helper()
	for _, k := range keys {
		b.press(k)
	}
	return len(keys)
}

// rejectByKeys rejects the open case and waits for the next page.
func (b tab) rejectByKeys(note string) {
	b.t.Helper()
	here := casePath.FindString(b.where())
	b.press("r")
	b.until(`document.querySelector("[name=action][value=reject]").checked`)
	b.press("5")
	b.until(`document.querySelector("[data-grounds=reject] [value=other]").checked`)
	b.js(`document.querySelector("#note").focus()`)
	b.press(note)
	b.turn(kb.Enter, ctrl)
	b.until(`!location.pathname.startsWith("` + here + `")`)
}

// reason types into the form that a key has opened, and sends it.
func (b tab) reason(key, field, text string) {
	b.t.Helper()
	b.js(`document.activeElement.blur()`)
	b.press(key)
	b.until(`document.activeElement.closest("details.instead[open]") !== null`)
	b.js(`document.querySelector("#` + field + `").focus()`)
	b.press(text)
	b.turn(kb.Enter, ctrl)
}

func (b tab) says(text string) {
	b.t.Helper()
	b.until(ready + ` && document.querySelector("main").textContent.includes("` + text + `")`)
}

func TestWhatOfficersDoBesideDecidingByKeys(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?provider=coinify&severity=low&owner=none")
	b.turn("n")
	b.until(anyCase)

	first := casePath.FindString(b.where())
	b.rejectByKeys("A slip of the hand, this.")
	b.until(`document.querySelector(".toast button[data-key=z]") !== null`)
	b.js(`document.activeElement.blur()`)
	b.turn("z")
	b.until(`location.pathname === "` + first + `" && document.querySelector("form#decision") !== null`)

	b.reason("p", "act-skip-reason", "I know too little of this country.")
	b.until(`location.pathname !== "` + first + `" && ` + anyCase)

	second := casePath.FindString(b.where())
	b.press("w")
	b.until(`document.activeElement.matches("#act-snooze [type=radio]")`)
	b.press(kb.Escape)
	b.until(`document.querySelector("#act-snooze").open === false`)
	b.reason("w", "act-snooze-reason", "The registry answers tomorrow.")
	b.says("Its clock stands until then")
	b.open("/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none") // the catalogue has words for such an applicant
	b.turn("n")
	b.until(`location.pathname !== "` + second + `" && ` + anyCase)

	third := casePath.FindString(b.where())
	b.press("q")
	b.until(`document.activeElement.matches("#act-ask-again [type=checkbox]")`)
	b.press(" ")
	b.press(kb.Tab)
	for range 10 {
		if eval[bool](b, `document.activeElement.name === "compose"`) {
			break
		}
		b.press(kb.Tab)
	}
	b.turn(kb.Enter)
	b.until(`document.activeElement.id === "act-ask-again-text" && document.activeElement.value.includes("once more") && ` + ready)
	b.press(" Thank you.")
	b.turn(kb.Enter, ctrl)
	b.says("Waits for the applicant.")
	if got := casePath.FindString(b.where()); got != third {
		t.Errorf("after asking the page is %s", got)
	}
	b.open("/queue?provider=coinify&severity=low&owner=none")
	b.turn("n")
	b.until(`location.pathname !== "` + third + `" && ` + anyCase)

	fourth := casePath.FindString(b.where())
	b.reason("e", "act-escalate-reason", "The name stands on a list I do not know.")
	b.says("handed this case to the seniors.")
	b.turn("n")
	b.until(`location.pathname !== "` + fourth + `" && ` + anyCase)

	held := casePath.FindString(b.where())
	senior := openTab(t, d)
	senior.signIn("senior", 0)
	senior.open(held)
	senior.turn("c")
	senior.until(`document.querySelector(".claimed") !== null`)
	senior.open("/queue?work=escalated")
	senior.turn("n")
	senior.until(`location.pathname === "` + fourth + `" && ` + ready)
	b.open(held)
	if got := b.text(".subject .end"); strings.Contains(got, "Yours") {
		t.Errorf("the case that was taken over says %q", got)
	}
}

// TestReopeningByKeysTakesTwo waits until the decision has taken effect: the page
// counts down to it.
func TestReopeningByKeysTakesTwo(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none") // one officer decides such a case
	b.turn("n")
	b.until(anyCase)
	id := casePath.FindString(b.where())
	b.rejectByKeys("No likeness at all, I think.")
	b.open(id)
	if eval[bool](b, `document.querySelector(".undo-box") !== null`) {
		b.until(`document.querySelector(".undo-box button").disabled`)
	}
	b.open(id)
	b.js(`document.querySelector("#act-reopen summary").focus()`)
	b.press(kb.Enter)
	b.until(`document.querySelector("#act-reopen").open`)
	b.js(`document.querySelector("#act-reopen-reason").focus()`)
	b.press("The applicant sent a newer bill.")
	b.press(kb.Tab)
	b.turn(kb.Enter)
	b.says("asks to reopen this case.")
	senior := openTab(t, d)
	senior.signIn("senior", 0)
	senior.open("/queue?work=reopen")
	senior.press("j")
	senior.turn(kb.Enter)
	senior.until(`location.pathname === "` + id + `" && ` + ready)
	senior.js(`document.querySelector("#act-reopen-note").focus()`)
	senior.press("The newer bill agrees.")
	senior.press(kb.Tab)
	senior.press(kb.Tab)
	if got := eval[string](senior, `document.activeElement.value`); got != "yes" {
		t.Fatalf("after the note comes %q", got)
	}
	senior.turn(kb.Enter)
	senior.says("reopened the case as the second person")
}

// toast is the message of the page, once it is read out.
func (b tab) toast() string {
	b.t.Helper()
	b.until(`document.querySelector("[role=status] [data-toast]") !== null`)
	return b.text(".toasts")
}

// TestAnOrdinaryDecisionIsFourKeys counts what an officer presses: the outcome, the
// ground, the confirmation's chord, and the next case comes by itself.
func TestAnOrdinaryDecisionIsFourKeys(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none")
	b.turn("n")
	keys := 1
	b.until(anyCase)
	id := casePath.FindString(b.where())
	keys += b.count("a", "1")
	b.turn(kb.Enter, ctrl)
	keys++
	b.until(`!location.pathname.startsWith("` + id + `")`)
	if toast := b.toast(); keys > 4 || !strings.Contains(toast, "approved") {
		t.Errorf("an approval took %d keys, and the page says %q", keys, toast)
	}

	b.open("/queue?provider=cybrid&owner=none")
	b.turn("n")
	b.until(anyCase)
	id = casePath.FindString(b.where())
	keys = b.count("r", "5", kb.Enter)
	b.until(`document.activeElement.id === "note"`)
	b.press("No likeness at all, I think.") // its words are nobody's overhead
	b.turn(kb.Enter, ctrl)
	keys++
	b.until(`!location.pathname.startsWith("` + id + `")`)
	if toast := b.toast(); keys > 4 || !strings.Contains(toast, "rejected") && !strings.Contains(toast, "sent to second review") {
		t.Errorf("a rejection took %d keys beside the note, and the page says %q", keys, toast)
	}
}

// plainForm opens a small form and fills it in, as keys alone can.
func (b tab) plainForm(act string, fields ...string) {
	b.t.Helper()
	b.fill("#act-"+act+" > summary", "\r")
	b.fill(fields...)
}

func TestWhatOfficersDoBesideDecidingWithoutScript(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	b := plainly(t, d)
	b.signInPlainly("reviewer", 1)
	next := func(not string) string {
		t.Helper()
		b.enter(nextButton)
		b.has("#act-skip")
		id := casePath.FindString(b.where())
		if id == "" || id == not {
			t.Fatalf("no next case at %s", b.where())
		}
		return id
	}
	b.open("/queue?provider=coinify&severity=low&owner=none")
	first := next("")
	b.fill("[name=action][value=reject]", " ", `[data-grounds=reject] [value=other]`, " ", "#note", "A slip of the hand, this.")
	b.enter("#decision [data-confirm]")
	b.has(`.toast[action="` + first + `/undo"]`)
	b.enter(".toast button")
	b.has(`form[action="` + first + `/decision"]`)

	b.plainForm("skip", "#act-skip-reason", "I know too little of this country.")
	b.enter("#act-skip .acts button")
	second := casePath.FindString(b.where())
	if second == "" || second == first {
		t.Fatalf("after skipping the page is %s", b.where())
	}
	b.plainForm("snooze", "#act-snooze-reason", "The registry answers tomorrow.")
	b.enter("#act-snooze .acts button")
	b.open("/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none") // the catalogue has words for such an applicant
	third := next(second)
	b.plainForm("ask-again", "#act-ask-again [type=checkbox]", " ")
	b.enter("#act-ask-again [name=compose]")
	b.has("#act-ask-again-text[data-fresh]")
	b.enter("#act-ask-again [data-send]")
	b.open("/queue?provider=coinify&severity=low&owner=none")
	fourth := next(third)
	b.plainForm("escalate", "#act-escalate-reason", "The name stands on a list I do not know.")
	b.enter("#act-escalate .acts button")
	held := next(fourth)
	senior := plainly(t, d)
	senior.signInPlainly("senior", 0)
	senior.open(held)
	senior.enter("[name=take_over]")
	senior.has(".claimed")
	senior.open(fourth)
	senior.has("#act-skip")

	b.open("/queue?status=decided")
	b.enter(".c-who a")
	b.plainForm("reopen", "#act-reopen-reason", "The applicant sent a newer bill.")
	b.enter("#act-reopen [data-send]")
	b.has(`.notices .banner[data-is="warn"]`)
	senior.open("/queue?work=reopen")
	senior.enter(".c-who a")
	senior.fill("#act-reopen-note", "The newer bill agrees.")
	senior.enter("[name=answer][value=yes]")
	senior.has("form#decision")
}

// TestWhatStandsOnACaseIsAccessible looks at the states that deciding alone does not
// bring about.
func TestWhatStandsOnACaseIsAccessible(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?code=DENIED_MISSING_DATE_OF_BIRTH&owner=none")
	b.turn("n")
	b.until(anyCase)
	id := casePath.FindString(b.where())
	b.reason("w", "act-snooze-reason", "short")
	b.until(`document.querySelector("#act-snooze-reason-error") !== null && ` + ready)
	b.audit()
	b.js(`document.querySelector("#act-snooze-reason").focus()`)
	b.press(" but long enough now")
	b.turn(kb.Enter, ctrl)
	b.says("Its clock stands until then")
	b.audit()
	b.reason("e", "act-escalate-reason", "The name stands on a list I do not know.")
	b.says("handed this case to the seniors.")
	b.audit()
	senior := openTab(t, d)
	senior.signIn("senior", 0)
	senior.open(id)
	senior.rejectByKeys("No likeness at all, I think.")
	senior.until(`document.querySelector(".toast button[data-key=z]") !== null`)
	senior.audit()
	senior.open("/queue?work=aside")
	senior.audit()
}
