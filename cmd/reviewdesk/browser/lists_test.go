package browser_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// What officers do with lists, by keys and again without a script.

// bulkAct is something done to several cases at once. Its fields are pairs: where, and
// the keys that are pressed there.
type bulkAct struct {
	act, key string
	fields   []string
}

// bulkActs are all that there are. Dates are typed part by part, as a browser in English
// asks for them.
func bulkActs() []bulkAct {
	day := time.Now().Add(48 * time.Hour)
	return []bulkAct{
		{"snooze", "w", []string{"#until", day.Format("01022006") + kb.ArrowRight + day.Format("0304PM"), "#reason", "The registry answers on Monday."}},
		{"assign", "m", []string{"#to", kb.ArrowDown}},
		{"ask_again", "q", nil},
		{"reject", "r", []string{"#bulk-form [value=document_expired]", " ", "#bulk-form #note", "All of one forged series."}},
	}
}

func TestSeveralCasesAtOnceByKeys(t *testing.T) {
	t.Parallel()
	b := openTab(t, startDemo(t, 60))
	b.signIn("reviewer", 0)
	b.open("/queue?owner=none")
	b.js(`document.activeElement.blur()`)
	if eval[bool](b, `document.querySelector(".bulkbar").checkVisibility()`) {
		t.Error("the acts are offered while nothing is selected")
	}
	b.tabTo("[data-pick-all]")
	b.press(" ")
	b.until(`document.querySelectorAll("[data-row] .c-pick :not(:checked)").length === 0 && Number(document.querySelector("[data-picked]").textContent) === document.querySelectorAll("[data-row]").length`)
	b.press(" ")
	b.until(`!document.querySelector(".bulkbar").checkVisibility()`)
	for i, a := range bulkActs() {
		b.open("/queue?owner=none")
		b.js(`document.activeElement.blur()`)
		b.press("jxjx")
		b.until(`document.querySelectorAll(".c-pick :checked").length === 2 && document.querySelector("[data-picked]").textContent === "2"`)
		if i == 0 {
			b.js(`scrollTo(0, document.body.scrollHeight)`) // the bar hides nothing that cannot be scrolled to
			b.audit()
		}
		b.turn(a.key)
		b.until(`location.pathname === "/bulk"`)
		b.audit()
		for f := 0; f < len(a.fields); f += 2 {
			b.tabTo(a.fields[f])
			b.press(a.fields[f+1])
		}
		if !eval[bool](b, `document.querySelector("#bulk-form [value=do]").matches(":enabled")`) {
			t.Fatalf("%s: the page offers nothing: %s", a.act, b.text("main"))
		}
		b.tabTo("#bulk-form [value=do]")
		b.turn(kb.Enter)
		b.until(`document.querySelector(".banner[data-is=ok]") !== null`)
		if i == 0 {
			b.audit()
		}
	}
	b.open("/queue?work=aside")
	if n := eval[int](b, `document.querySelectorAll("[data-row]").length`); n != 4 { // two snoozed, two that wait for the applicant
		t.Errorf("%d cases are set aside", n)
	}
}

func TestSeveralCasesAtOnceWithoutScript(t *testing.T) {
	t.Parallel()
	b := plainly(t, startDemo(t, 60))
	b.signInPlainly("senior", 0)
	for _, a := range bulkActs() {
		b.open("/queue?owner=none")
		b.fill(`tr[data-row]:nth-child(1) .c-pick input`, " ", `tr[data-row]:nth-child(2) .c-pick input`, " ")
		b.enter(`.bulkbar [value=` + a.act + `]`)
		b.fill(a.fields...)
		b.enter(`#bulk-form [value=do]`)
		b.has(`.banner[data-is=ok]`)
	}
	b.open("/queue?work=aside")
	if n := len(b.nodes("tr[data-row]")); n != 4 {
		t.Errorf("%d cases are set aside", n)
	}
}

// TestALiveListOffersWhatHasChanged has two officers at work on one queue.
func TestALiveListOffersWhatHasChanged(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b, other := openTab(t, d), openTab(t, d)
	b.signIn("reviewer", 0)
	b.open(easyCases)
	b.saveView("Easy ones")
	const counted = `document.querySelector('.saved [data-count*="severity=low"]').textContent`
	before := eval[string](b, counted)
	other.signIn("reviewer", 1)
	other.open(easyCases)
	other.turn("n")
	other.until(anyCase)
	other.rejectByKeys("A plain copy of a screen.")
	b.until(`document.querySelector("[data-changed]").checkVisibility() && ` + counted + ` !== "` + before + `"`)
	b.js(`document.activeElement.blur()`)
	b.turn(".")
	b.until(ready + ` && !document.querySelector("[data-changed]").checkVisibility()`)
}

const keepView = `details:has(> .panel #view-name) > summary`

// saveView keeps the list that is open, shared, by keys.
func (b tab) saveView(name string) {
	b.t.Helper()
	b.tabTo(keepView)
	b.press(kb.Enter)
	b.tabTo("#view-name")
	b.press(name)
	b.tabTo(".panel:has(#view-name) [name=shared]")
	b.press(" ")
	b.tabTo(".panel:has(#view-name) button")
	b.turn(kb.Enter)
	b.until(`[...document.querySelectorAll(".saved a")].some(a => a.textContent.includes("` + name + `"))`)
}

func TestListsAreKeptSharedAndSearched(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	t.Run("by keys", func(t *testing.T) { viewsByKeys(t, d) })
	t.Run("without script", func(t *testing.T) { viewsWithoutScript(t, d) })
}

const theirView = `.saved a[href*="provider=coinify"]`

func viewsByKeys(t *testing.T, d desk) {
	b, other := openTab(t, d), openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?provider=coinify")
	rows := eval[string](b, `String(document.querySelectorAll("tr[data-row]").length)`)
	b.saveView("Of Coinify")
	other.signIn("senior", 0)
	other.tabTo(theirView)
	if got := other.text(theirView + " .n"); got != rows {
		t.Errorf("the shared view counts %s cases, the list has %s", got, rows)
	}
	other.turn(kb.Enter)
	other.until(`location.search === "?provider=coinify"`)
	other.open("/views")
	if got := other.text("main"); !strings.Contains(got, "shared by Ana Quiroga") {
		t.Errorf("the page of views says %q", got)
	}
	other.lacks(`form[action$="/remove"]`)
	id, _ := other.mostUrgent("/queue?provider=coinify")
	other.open("/queue")
	other.press("/")
	other.until(`document.activeElement.id === "q"`)
	other.press(strings.TrimPrefix(id, "/verifications/")[:8])
	other.turn(kb.Enter)
	if got := other.where(); !strings.HasPrefix(got, id) {
		other.has(`tr[data-row][data-href^="` + id + `"]`)
	}
	b.open("/views")
	b.audit()
	b.tabTo(`form[action$="/remove"] button`)
	b.turn(kb.Enter)
	b.says("No view is saved yet")
	b.lacks(theirView)
}

func viewsWithoutScript(t *testing.T, d desk) {
	b, other := plainly(t, d), plainly(t, d)
	b.signInPlainly("reviewer", 1)
	b.open("/queue?provider=coinify")
	rows := len(b.nodes("tr[data-row]"))
	b.fill(keepView, "\r", "#view-name", "Of Coinify", ".panel:has(#view-name) [name=shared]", " ")
	b.enter(".panel:has(#view-name) button")
	other.signInPlainly("senior", 0)
	other.enter(theirView)
	other.enter("tr[data-row] .c-who a")
	id := casePath.FindString(other.where())
	other.fill("[name=action][value=reject]", " ", "[data-grounds=reject] [value=other]", " ", "#note", "A plain copy of a screen.")
	other.enter("#decision [data-confirm]")
	b.open("/queue") // a reload, where nothing tells of changes
	if got, want := b.text(theirView+" .n"), strconv.Itoa(rows-1); got != want {
		t.Errorf("after a decision the view counts %s, not %s", got, want)
	}
	b.fill("#q", strings.TrimPrefix(id, "/verifications/"))
	b.enter("#q")
	if got := b.where(); !strings.HasPrefix(got, id) {
		t.Errorf("a pasted id leads to %s", got)
	}
	b.open("/views")
	b.enter(`form[action$="/remove"] button`)
	b.lacks(theirView)
}
