package browser_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Several officers at one thing at the same moment, each in a browser of their own.

// atOnce presses a key in all tabs at the same moment, and waits for every page.
func atOnce(t *testing.T, tabs []tab, key string, options ...chromedp.KeyOption) {
	t.Helper()
	var wg sync.WaitGroup
	wrong := make([]error, len(tabs))
	for i, b := range tabs {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(b.ctx, patience)
			defer cancel()
			_, wrong[i] = chromedp.RunResponse(ctx, chromedp.KeyEvent(key, options...))
		})
	}
	wg.Wait()
	for i, err := range wrong {
		if err != nil {
			t.Fatalf("%v\nat %s", err, tabs[i].where())
		}
	}
}

func officers(t *testing.T, d desk) []tab {
	t.Helper()
	tabs := []tab{openTab(t, d), openTab(t, d), openTab(t, d)}
	tabs[0].signIn("reviewer", 0)
	tabs[1].signIn("reviewer", 1)
	tabs[2].signIn("senior", 0)
	return tabs
}

func TestOfficersWhoPressAtOnce(t *testing.T) {
	t.Parallel()
	d := startDemo(t, 80)
	t.Run("get different cases", func(t *testing.T) { claimAtOnce(t, d) })
	t.Run("decide one case once", func(t *testing.T) { decideAtOnce(t, d) })
	t.Run("without script the later one reads who was first", func(t *testing.T) { decideTooLatePlainly(t, d) })
}

func claimAtOnce(t *testing.T, d desk) {
	tabs := officers(t, d)
	held := map[string]bool{}
	for range 3 {
		for _, b := range tabs {
			b.open("/queue")
		}
		atOnce(t, tabs, "n")
		for _, b := range tabs {
			id := casePath.FindString(b.where())
			if id == "" || held[id] {
				t.Fatalf("%s was given twice", b.where())
			}
			held[id] = true
			b.has(".claimed")
		}
	}
}

// decideAtOnce has three officers decide a case that nobody holds.
func decideAtOnce(t *testing.T, d desk) {
	tabs := officers(t, d)
	id, _ := tabs[0].mostUrgent(easyCases)
	const note = "All three of us saw it."
	for _, b := range tabs {
		b.open(id)
		b.press("r5")
		b.until(`document.querySelector("[data-grounds=reject] [value=other]").checked`)
		b.tabTo("#note")
		b.press(note)
	}
	atOnce(t, tabs, kb.Enter, chromedp.KeyModifiers(ctrl))
	won, looked := 0, false
	for _, b := range tabs {
		if eval[bool](b, `document.querySelector("#conflict") === null`) {
			won++
			continue
		}
		if got := eval[string](b, `document.querySelector("#note").value`); got != note {
			t.Errorf("who came later finds the note %q", got)
		}
		if got := b.text("#conflict"); !strings.Contains(got, "Ana Quiroga") && !strings.Contains(got, "Jonas Lind") && !strings.Contains(got, "Mei Tan") {
			t.Errorf("who came later is not told who was first: %q", got)
		}
		b.until(`document.activeElement.matches("[data-error-summary]")`)
		if !looked {
			b.audit()
			looked = true
		}
	}
	if won != 1 {
		t.Errorf("%d of them decided the case", won)
	}
}

func decideTooLatePlainly(t *testing.T, d desk) {
	jonas, mei := plainly(t, d), plainly(t, d)
	jonas.signInPlainly("reviewer", 1)
	mei.signInPlainly("senior", 0)
	jonas.open(easyCases)
	jonas.enter("tr[data-row] .c-who a")
	id := casePath.FindString(jonas.where())
	mei.open(id)
	reject := []string{"[name=action][value=reject]", " ", "[data-grounds=reject] [value=other]", " ", "#note", "I saw it too."}
	jonas.fill(reject...)
	mei.fill(reject...)
	mei.enter("#decision [data-confirm]")
	mei.lacks("#conflict")
	jonas.enter("#decision [data-confirm]")
	jonas.wantWords("#conflict", "Mei Tan")
	jonas.wantWords("#note", "I saw it too.")
}
