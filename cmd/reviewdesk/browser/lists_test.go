package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// What officers do with lists, by keys and again without a script; and the pages of the
// policy and of conflicts of interest.

func TestSeveralCasesAreSetAsideByKeys(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?owner=none")
	b.js(`document.activeElement.blur()`)
	if eval[bool](b, `document.querySelector(".bulkbar").checkVisibility()`) {
		t.Error("the acts are offered while nothing is selected")
	}
	for range 2 {
		b.press("j")
		b.press("x")
	}
	b.until(`document.querySelectorAll(".c-pick :checked").length === 2 && document.querySelector("[data-picked]").textContent === "2"`)
	b.js(`scrollTo(0, document.body.scrollHeight)`) // the bar hides nothing that cannot be scrolled to
	b.audit()
	b.send(`.bulkbar [value=snooze]`)
	b.until(`location.pathname === "/bulk" && ` + ready)
	b.audit()
	until := time.Now().Add(48 * time.Hour).Format("2006-01-02T15:04")
	b.js(`document.querySelector("#until").value = "` + until + `"; document.querySelector("#reason").focus()`)
	b.press("The registry answers on Monday.")
	b.send(`#bulk-form [value=do]`)
	b.says("2 cases were changed.")
	b.audit()
	b.open("/queue?work=aside")
	if n := eval[int](b, `document.querySelectorAll("[data-row]").length`); n != 2 {
		t.Errorf("%d cases are set aside", n)
	}
}

func TestSeveralCasesAreRejectedWithoutScript(t *testing.T) {
	t.Parallel()
	b := plainly(t, startDemo(t, 60))
	b.signInPlainly("senior", 0)
	b.open("/queue?owner=none")
	b.fill(`tr[data-row]:nth-child(1) .c-pick input`, " ", `tr[data-row]:nth-child(2) .c-pick input`, " ")
	b.enter(`.bulkbar [value=reject]`)
	b.fill(`#bulk-form [value=document_expired]`, " ", `#bulk-form #note`, "Both of one forged series.")
	b.enter(`#bulk-form [value=do]`)
	b.has(`.banner[data-is=ok]`)
}

// TestALiveListOffersWhatHasChanged has two officers at work on one queue.
func TestALiveListOffersWhatHasChanged(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b, other := openTab(t, d), openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue")
	b.until(`document.querySelector('[data-count="/queue"]') !== null && ` + ready)
	before := b.text(`[data-count="/queue"]`)
	other.signIn("reviewer", 1)
	other.open("/queue?owner=none&provider=coinify&severity=low")
	other.turn("n")
	other.until(anyCase)
	other.rejectByKeys("A plain copy of a screen.")
	b.until(`document.querySelector('[data-count="/queue"]').textContent !== "` + before + `" || document.querySelector('[data-count="/queue?status=second_review"]') !== null`)
	b.until(`document.querySelector("[data-changed]").checkVisibility()`)
	b.js(`document.activeElement.blur()`)
	b.turn(".")
	b.until(ready + ` && !document.querySelector("[data-changed]").checkVisibility()`)
}

func TestAListIsKeptAndThePolicyChangedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 60)
	b := openTab(t, d)
	b.signIn("reviewer", 0)
	b.open("/queue?country=ES")
	b.js(`document.querySelector("#view-name").closest("details").open = true; document.querySelector("#view-name").focus()`)
	b.press("Spain")
	b.turn(kb.Enter)
	b.until(`[...document.querySelectorAll(".saved a")].some(a => a.textContent.includes("Spain")) && ` + ready)
	for _, path := range []string{"/views", "/interests"} {
		b.open(path)
		b.audit()
	}
	admin := openTab(t, d)
	admin.signIn("admin", 0)
	admin.open("/admin/policy")
	admin.audit()
	admin.js(`document.querySelector("#undo_seconds").value = "0"`)
	admin.send(`#policy .btn.primary`)
	admin.until(`document.querySelector("#undo_seconds").value === "0" && document.querySelector("main").textContent.includes("Version 2") && ` + ready)
	admin.open("/admin/policy?version=1")
	admin.audit()
}
