package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

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
