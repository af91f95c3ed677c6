package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/review"
)

// ticked are the values of the boxes beside some cases of the queue.
func ticked(t *testing.T, b *browser, ids ...string) []string {
	t.Helper()
	var out []string
	page(t, b.get("/queue")).Find("input[form='bulk'][name='case']").Each(func(_ int, s *goquery.Selection) {
		for _, id := range ids {
			if value := s.AttrOr("value", ""); strings.HasPrefix(value, id+":") {
				out = append(out, "case", value)
			}
		}
	})
	if len(out) != 2*len(ids) {
		t.Fatalf("%d of %d cases have a box", len(out)/2, len(ids))
	}
	return out
}

func TestSeveralCasesAreRejectedAfterAPageSaysWhatWillHappen(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	other, _ := d.signedIn(review.RoleSenior)
	plain, grave, held := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "prohibited_person_check_failure"), d.Cybrid(3, "Viktor Hahn", "address_check_failure")
	wantStatus(t, other.post("/verifications/"+held+"/claim"), http.StatusSeeOther)
	cases := ticked(t, b, plain, grave, held)
	first := b.post("/bulk", append(cases, "act", "reject")...)
	wantStatus(t, first, http.StatusOK)
	for _, words := range []string{"Reject 2 cases", "second person confirms it", "Left alone"} {
		if !strings.Contains(text(first), words) {
			t.Errorf("the page does not say %q: %s", words, text(first))
		}
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventDecided})); n != 0 {
		t.Fatal("a look at what would happen made it happen")
	}
	bad := b.post("/bulk", append(cases, "act", "reject", "step", "do", "ground", "document_expired", "note", "short")...)
	wantStatus(t, bad, http.StatusUnprocessableEntity)
	if got := page(t, bad).Find("#note").Text(); got != "short" {
		t.Errorf("what was typed is gone: %q", got)
	}
	done := b.post("/bulk", append(cases, "act", "reject", "step", "do", "ground", "document_expired", "note", "All of one forged series.")...)
	wantStatus(t, done, http.StatusOK)
	if !strings.Contains(text(done), "2 cases were changed; 1 was not") || !strings.Contains(text(done), "Sent to second review") {
		t.Errorf("the page says %s", text(done))
	}
	if n, m := len(d.events(review.EventFilter{Kind: review.EventDecided})), len(d.events(review.EventFilter{Kind: review.EventProposed})); n != 1 || m != 1 {
		t.Errorf("%d decisions and %d proposals in the log", n, m)
	}
	again := b.post("/bulk", append(cases, "act", "reject", "step", "do", "ground", "document_expired", "note", "All of one forged series.")...)
	if !strings.Contains(text(again), "0 cases were changed") {
		t.Errorf("sent twice: %s", text(again))
	}
}

func TestABulkRejectionKnowsThePolicysOwnGrounds(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	p, err := d.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Grounds = []review.Ground{{Key: "fine", Words: "Fine", Action: review.Approve}, {Key: "ours", Words: "Our own ground", Action: review.Reject}}
	if _, err := d.SetPolicy(t.Context(), db.System("test"), p); err != nil {
		t.Fatal(err)
	}
	w := b.post("/bulk", append(ticked(t, b, id), "act", "reject")...)
	wantStatus(t, w, http.StatusOK)
	if !strings.Contains(text(w), "Reject 1 case") || !strings.Contains(text(w), "Our own ground") {
		t.Errorf("the page says %s", text(w))
	}
}

func TestNobodyApprovesInBulk(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	cases := ticked(t, b, id)
	for _, act := range []string{"approve", "confirm", ""} {
		wantStatus(t, b.post("/bulk", append(cases, "act", act, "step", "do", "ground", "evidence_agrees", "note", "Looks all right to me.")...), http.StatusUnprocessableEntity)
	}
	wantStatus(t, b.post("/bulk", "case", "nothing", "act", "reject"), http.StatusBadRequest)
	if v, err := d.Peek(t.Context(), id); err != nil || v.Status != review.StatusInReview {
		t.Errorf("%+v %v", v, err)
	}
}

func TestOtherActsOnSeveralCases(t *testing.T) {
	d := newTestDesk(t)
	b, me := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	for _, test := range []struct{ act, kind, verb string }{{"assign", "assigned", "Assign"}, {"ask_again", "asked_again", "Ask about"}} {
		first := b.post("/bulk", append(ticked(t, b, id), "act", test.act)...)
		wantStatus(t, first, http.StatusOK)
		if button := page(t, first).Find("#bulk-form [value=do]:not([disabled])").Text(); button != test.verb+" 1 case" {
			t.Errorf("%s: the page offers %q: %s", test.act, button, text(first))
		}
		w := b.post("/bulk", append(ticked(t, b, id), "act", test.act, "step", "do", "to", me.ID)...)
		wantStatus(t, w, http.StatusOK)
		if n := len(d.events(review.EventFilter{Kind: review.EventKind(test.kind)})); n != 1 {
			t.Errorf("%s left %d events: %s", test.act, n, text(w))
		}
	}
}

func TestAListIsKeptUnderAName(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	other, _ := d.signedIn(review.RoleSenior)
	d.Cybrid(1, "Ines Moreau", "address_check_failure")
	form := page(t, b.get("/queue?severity=low")).Find("form[action='/views']")
	query, offered := form.Find("input[name='query']").Attr("value")
	if !offered || page(t, b.get("/queue")).Find("form[action='/views']").Length() != 0 {
		t.Fatal("a filtered list is not offered to be kept, or the queue itself is")
	}
	wantStatus(t, b.post("/views", "query", query+"&after=x&evil=1", "name", "Low ones", "shared", "yes"), http.StatusSeeOther)
	for _, who := range []*browser{b, other} {
		link := page(t, who.get("/queue")).Find(".saved a:contains('Low ones')")
		if href := link.AttrOr("href", ""); href != "/queue?severity=low" || !strings.Contains(link.Text(), "1") {
			t.Errorf("the rail leads to %q and says %q", href, link.Text())
		}
	}
	remove, _ := page(t, b.get("/views")).Find("form[action$='/remove']").Attr("action")
	if page(t, other.get("/views")).Find("form[action$='/remove']").Length() != 0 {
		t.Error("somebody else's view can be removed")
	}
	wantStatus(t, other.post(remove), http.StatusNotFound)
	wantStatus(t, b.post(remove), http.StatusSeeOther)
	if strings.Contains(text(b.get("/queue")), "Low ones") {
		t.Error("the view is still there")
	}
}

func TestTheBulkPageSaysWhomNobodyCanAsk(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", listCode)
	got := text(b.post("/bulk", append(ticked(t, b, id), "act", "ask_again")...))
	if !strings.Contains(got, "Left alone: nothing of what was found is the applicant's to send once more. Open the case.") || !strings.Contains(got, "Ask about 0 cases") {
		t.Errorf("the page says %s", got)
	}
	if got := text(b.post("/bulk", append(ticked(t, b, id), "act", "reject")...)); !strings.Contains(got, "Goes to second review") {
		t.Errorf("the page says %s", got)
	}
}
