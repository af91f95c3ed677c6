package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// lastEvent is a case's newest event of a kind.
func (d *testDesk) lastEvent(id string, kind review.EventKind) db.LogEntry {
	d.t.Helper()
	all := d.events(review.EventFilter{Case: id, Kind: kind})
	if len(all) == 0 {
		d.t.Fatalf("%s has no %s", id, kind)
	}
	return all[len(all)-1]
}

func TestACaseIsReadAsItStoodWhenItWasDecided(t *testing.T) {
	d := newTestDesk(t)
	ana, mei, id := d.decidedByTwo()
	confirmed, proposed := d.lastEvent(id, review.EventConfirmed), d.lastEvent(id, review.EventProposed)
	d.Clock.Move(5 * time.Minute)
	wantStatus(t, ana.post("/verifications/"+id+"/note", "note", "Said later than all of it."), http.StatusSeeOther)
	now := page(t, mei.get("/verifications/"+id))
	href := link(now, "#history a[href$='?at="+itoa(confirmed.Seq)+"']")
	w := mei.get(href)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	banner := folded(doc.Find("[data-then]"))
	for _, want := range []string{"As it stood on 22 November 2026, 09:11:00 UTC", "when Mei Tan confirmed the rejection", "Nothing can be changed here"} {
		if !strings.Contains(banner, want) {
			t.Errorf("the banner says %q, not %q", banner, want)
		}
	}
	if n := doc.Find("main form:not([action='/preferences']):not([action='/queue']):not([action='/signout'])").Length(); n != 0 {
		t.Errorf("there are %d forms on it", n)
	}
	if strings.Contains(folded(doc.Find("main")), "Said later than all of it.") {
		t.Error("what was said later is on it")
	}
	if got := folded(doc.Find(".decide")); !strings.Contains(got, "Ana Quiroga") || !strings.Contains(got, "The faces are not alike.") {
		t.Errorf("the decision: %s", got)
	}
	if got := link(doc, "[data-then] a"); got != "/verifications/"+id {
		t.Errorf("the way back leads to %s", got)
	}
	if got := link(doc, ".subject a[href*='/packet?']"); got != "/verifications/"+id+"/packet?at="+itoa(confirmed.Seq) {
		t.Errorf("the packet is at %s", got)
	}
	then := page(t, mei.get(link(doc, "#history a[href$='?at="+itoa(proposed.Seq)+"']")))
	if got := folded(then.Find(".decide")); !strings.Contains(got, "Proposed by") || strings.Contains(got, "Mei Tan") {
		t.Errorf("with the proposal: %s", got)
	}
	if then.Find("a[href*='/packet']").Length() != 0 {
		t.Error("a proposal offers a packet")
	}
	if e := d.lastEvent(id, review.EventViewed); e.ActorName != "Mei Tan" {
		t.Errorf("the last look was by %s", e.ActorName)
	}
}

func TestACaseIsNotReadAsItStoodWithAnyOtherEvent(t *testing.T) {
	d := newTestDesk(t)
	_, mei, id := d.decidedByTwo()
	received := d.lastEvent(id, review.EventReceived)
	other := d.Cybrid(5, "Ines Moreau", plainCode)
	seq := itoa(d.lastEvent(id, review.EventConfirmed).Seq)
	for _, path := range []string{"?at=", "?at=0", "?at=-4", "?at=x", "?at=0" + seq, "?at=99999", "?at=" + itoa(received.Seq)} {
		wantStatus(t, mei.get("/verifications/"+id+path), http.StatusNotFound)
	}
	wantStatus(t, mei.get("/verifications/"+other+"?at="+seq), http.StatusNotFound)
	w := mei.get("/verifications/" + strings.ReplaceAll(id, "-", "") + "?at=" + seq)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/verifications/"+id+"?at="+seq {
		t.Errorf("another spelling: %d to %s", w.Code, w.Header().Get("Location"))
	}
}
