package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestSixteenOfficersDecideOneCaseAndOneOfThemWins(t *testing.T) {
	const officers = 16
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	browsers, forms, names := make([]*browser, officers), make([]url.Values, officers), make([]string, officers)
	for i := range officers {
		names[i] = fmt.Sprintf("Officer %c", 'A'+i)
		browsers[i] = d.officer(names[i], review.RoleReviewer)
		forms[i] = browsers[i].open(id)
		forms[i].Set("action", []string{"approve", "reject"}[i%2])
		forms[i].Set("ground", "other")
		forms[i].Set("note", "Typed by "+names[i]+", word for word.")
	}
	answers := make([]*httptest.ResponseRecorder, officers)
	start := make(chan struct{})
	var all sync.WaitGroup
	for i := range officers {
		all.Go(func() {
			<-start
			answers[i] = browsers[i].submit("/verifications/"+id+"/decision", forms[i])
		})
	}
	close(start)
	all.Wait()

	v, err := d.Peek(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	verb := map[review.Action]string{review.Approve: "approved", review.Reject: "rejected"}[v.Decision.Action]
	first := v.Decision.By.Name + " " + verb + " this case at " + v.Decision.At.Format("15:04:05") + " UTC"
	won := 0
	for i, w := range answers {
		if w.Code == http.StatusSeeOther {
			won++
			if names[i] != v.Decision.By.Name {
				t.Errorf("%s was told of success, %s decided", names[i], v.Decision.By.Name)
			}
			continue
		}
		wantStatus(t, w, http.StatusConflict)
		if !strings.Contains(text(w), first) {
			t.Errorf("%s is not told %q", names[i], first)
		}
		if got := fields(t, page(t, w), "decision").Get("note"); got != forms[i].Get("note") {
			t.Errorf("%s's note became %q", names[i], got)
		}
	}
	if won != 1 || len(d.decisions(id)) != 1 {
		t.Errorf("%d officers won, the log holds %d decisions", won, len(d.decisions(id)))
	}
}

func TestOfficersWhoAskForTheNextCaseAtOnceGetDifferentOnes(t *testing.T) {
	const officers = 8
	d := newTestDesk(t)
	browsers := make([]*browser, officers)
	for i := range officers {
		d.Cybrid(i+1, fmt.Sprintf("Applicant %d", i), plainCode)
		browsers[i] = d.officer(fmt.Sprintf("Officer %c", 'A'+i), review.RoleReviewer)
	}
	var mu sync.Mutex
	got := map[string]bool{}
	var all sync.WaitGroup
	for _, b := range browsers {
		all.Go(func() {
			w := b.post("/queue/next")
			mu.Lock()
			defer mu.Unlock()
			got[w.Header().Get("Location")] = true
		})
	}
	all.Wait()
	if len(got) != officers {
		t.Errorf("%d officers got %d cases: %v", officers, len(got), got)
	}
}

// The same on many cases at once: each has one winner, and all others hear of a
// conflict.
func TestManyOfficersOnManyCases(t *testing.T) {
	t.Parallel()
	officers, cases := dbtest.Figure(16, 64), dbtest.Figure(50, 1_000)
	d := newTestDesk(t)
	ids, browsers := make([]string, cases), make([]*browser, officers)
	for i := range cases {
		ids[i] = d.Cybrid(i+1, fmt.Sprintf("Applicant %d", i), plainCode)
	}
	for i := range officers {
		browsers[i] = d.officer(fmt.Sprintf("Officer %c%c", rune('A'+i/26), rune('A'+i%26)), review.RoleReviewer)
	}
	var mu sync.Mutex
	answers := map[int]int{}
	var all sync.WaitGroup
	for i, b := range browsers {
		all.Go(func() {
			for n := range ids {
				id := ids[n]
				form := url.Values{"action": {[]string{"approve", "reject"}[(i+n)%2]}, "version": {"1"}, "ground": {"other"}, "note": {goodNote},
					"return": {"/queue?code=none_of_them"}} // no next case is claimed
				code := b.submit("/verifications/"+id+"/decision", form).Code
				mu.Lock()
				answers[code]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	t.Logf("%d officers decided each of %d cases: %d won, %d were told who did", officers, cases, answers[http.StatusSeeOther], answers[http.StatusConflict])
	if answers[http.StatusSeeOther] != cases || answers[http.StatusConflict] != cases*(officers-1) {
		t.Errorf("the answers are %v", answers)
	}
	for _, id := range ids {
		if n := len(d.decisions(id)); n != 1 {
			t.Errorf("%s has %d decisions", id, n)
		}
	}
	if report := d.CheckLog(t.Context()); report.ExitCode() != 0 {
		t.Error(report.Sentence())
	}
}
