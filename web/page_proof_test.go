package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// provenBy reads an answer as a proof file and checks it against the desk's keys.
func (d *testDesk) provenBy(b []byte) audit.Entry {
	d.t.Helper()
	keys, err := audit.NewKeys(d.VerifierKeys()...)
	if err != nil {
		d.t.Fatal(err)
	}
	p, err := audit.ParseProof(b)
	if err != nil {
		d.t.Fatal(err)
	}
	e, _, err := p.Verify(keys)
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

func TestEachEventsPageOffersItsProof(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	sam, _ := d.signedIn(review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	for _, e := range d.events(review.EventFilter{}) {
		href := link(page(t, sam.get("/audit/"+itoa(e.Seq))), "a[download]")
		w := sam.get(href)
		wantStatus(t, w, http.StatusOK)
		if got := d.provenBy(w.Body.Bytes()); got.Seq != e.Seq {
			t.Errorf("%s proves event %d", href, got.Seq)
		}
		if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="reviewdesk-event-`+itoa(e.Seq)+`.tlog-proof"` {
			t.Errorf("the file is %q", got)
		}
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
			t.Errorf("the file is a %q", got)
		}
	}
	for _, path := range []string{"/audit/0/proof", "/audit/9999/proof", "/audit/01/proof", "/audit/x/proof", "/verifications/nothing/proof"} {
		wantStatus(t, sam.get(path), http.StatusNotFound)
	}
}

func TestADecidedCaseOffersTheProofOfItsDecision(t *testing.T) {
	d := newTestDesk(t)
	ana, other := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Bo Lind", review.RoleReviewer)
	sam, _ := d.signedIn(review.RoleAuditor)
	admin, _ := d.signedIn(review.RoleAdmin)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, sam.get("/verifications/"+id+"/proof"), http.StatusNotFound) // not decided yet
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	for _, b := range []*browser{ana, sam} {
		href := link(page(t, b.get("/verifications/"+id)), ".word a[download]")
		if href != "/verifications/"+id+"/proof" {
			t.Fatalf("the case offers %q", href)
		}
		if e := d.provenBy(b.get(href).Body.Bytes()); e.Action != "decided" || e.Object != id {
			t.Errorf("it proves %s of %s", e.Action, e.Object)
		}
	}
	wantStatus(t, admin.get("/verifications/"+id+"/proof"), http.StatusOK)
	wantStatus(t, other.get("/verifications/"+id+"/proof"), http.StatusNotFound) // another reviewer's
	if page(t, other.get("/verifications/"+id)).Find(".word a[download]").Length() != 0 {
		t.Error("another reviewer is offered the proof")
	}
}

func TestTwoHeadsAreComparedInPlainWords(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	d.Cybrid(1, "Ines Moreau", plainCode)
	d.Cybrid(2, "Viktor Hahn", plainCode)
	size, err := d.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := sam.get("/audit/consistency?from=2&to=" + itoa(size))
	wantStatus(t, w, http.StatusOK)
	if got := text(w); !strings.Contains(got, "The log of "+itoa(size)+" events begins with the very 2 events") || !strings.Contains(got, d.VerifierKey()) {
		t.Errorf("it says %q", got)
	}
	file := sam.get(link(page(t, w), "a[download]"))
	wantStatus(t, file, http.StatusOK)
	ask, err := audit.ParseWitnessRequest(file.Body.Bytes())
	if err != nil || ask.Old != 2 {
		t.Errorf("the file: %v %v", ask, err)
	}
	wantStatus(t, sam.get("/audit/consistency"), http.StatusOK)
	for query, want := range map[string]string{"from=x&to=3": "Write how many events", "from=3&to=2": "cannot be the smaller", "from=1&to=99999": "The one before it covers " + itoa(size)} {
		w := sam.get("/audit/consistency?" + query)
		if wantStatus(t, w, http.StatusUnprocessableEntity); !strings.Contains(text(w), want) {
			t.Errorf("%s says %q", query, text(w))
		}
	}
	wantStatus(t, sam.get("/audit/consistency/proof?from=1&to=99999"), http.StatusNotFound)
	ana, _ := d.signedIn(review.RoleReviewer)
	wantStatus(t, ana.get("/audit/consistency"), http.StatusForbidden)
}

func TestTheLogIsFilteredByCodeAndExportedByTheLine(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	d.Cybrid(2, "Viktor Hahn", "database_check_failure")
	doc := sam.log("?code=" + plainCode)
	if got := logRows(doc); len(got) != 1 {
		t.Errorf("%s is named by %q", plainCode, got)
	}
	if got := folded(doc.Find(".pick.on")); got != "Code: "+plainCode {
		t.Errorf("the filter says %q", got)
	}
	w := sam.get(link(doc, "a[href^='/export/audit.ndjson']"))
	wantStatus(t, w, http.StatusOK)
	if got := w.Body.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, id) || w.Header().Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%s: %s", w.Header().Get("Content-Type"), got)
	}
	w = sam.get("/export/verifications.ndjson?code=" + plainCode)
	wantStatus(t, w, http.StatusOK)
	if got := w.Body.String(); strings.Count(got, "\n") != 1 || strings.Contains(got, "Moreau") || !strings.HasSuffix(w.Header().Get("Content-Disposition"), `.ndjson"`) {
		t.Error(got)
	}
}

func TestTheBannerTellsOfSilentWitnesses(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	if sam.log("").Find(".banner").Length() != 1 {
		t.Error("without witnesses there is a banner about them")
	}
	by := db.System("test")
	var witnesses []*audit.Witness
	for _, name := range []string{"one.example", "two.example"} {
		skey, vkey, err := audit.NewWitnessKey(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := audit.OpenWitness(t.TempDir(), skey, []string{d.VerifierKey()})
		if err != nil {
			t.Fatal(err)
		}
		witnesses = append(witnesses, w)
		if _, err := d.AddWitness(t.Context(), by, db.NewWitness{URL: "https://" + name, VKey: vkey}); err != nil {
			t.Fatal(err)
		}
	}
	banner := func() string { return folded(sam.log("").Find(".banner").Eq(1)) }
	if got := banner(); !strings.Contains(got, "No witness has seen the log yet") {
		t.Errorf("at first: %q", got)
	}
	all, err := d.Witnesses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask, size, err := d.AskWitness(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := witnesses[0].AddCheckpoint(ask.Bytes(), d.Now())
	if err := d.KeepCosignature(t.Context(), all.All[0], size, line); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(3 * time.Minute)
	if got := banner(); got != "1 of 2 witnesses have seen event "+itoa(size)+"; two.example has not answered since it was added at 09:01." {
		t.Errorf("one silent: %q", got)
	}
	if err := d.WitnessTrouble(t.Context(), all.All[1], "it has seen 99 events, and the log has only 9: an older copy was put back", true); err != nil {
		t.Fatal(err)
	}
	if got := banner(); !strings.Contains(got, "two.example refuses: it has seen 99 events") {
		t.Errorf("one refuses: %q", got)
	}
	here := d.browser()
	here.address = "127.0.0.1:999"
	ready := here.get("/readyz")
	if wantStatus(t, ready, http.StatusOK); !strings.HasPrefix(ready.Body.String(), "ok\nwitnesses crit: 1 of 2 witnesses have seen event "+itoa(size)+"; two.example refuses") {
		t.Errorf("readyz: %q", ready.Body.String())
	}
}

func TestTheNightsCheckComesOnceANight(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	for now, want := range map[string]time.Duration{
		"2026-11-22T01:59:59Z": time.Second, "2026-11-22T02:00:00Z": 24 * time.Hour, "2026-11-22T12:00:00Z": 14 * time.Hour,
		"2026-10-24T12:00:00Z": 14 * time.Hour, // the night in which the clocks go back
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := untilNight(at, madrid); got != want {
			t.Errorf("from %s it is %s, want %s", now, got, want)
		}
	}
}

func TestTheBannerNamesTheFirstBadEventAndLeadsThere(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	for fault, words := range faultWords {
		d.server.checks.last = db.Check{Report: audit.Report{Fault: fault, Seq: 2, Detail: "the detail"}, At: d.Now()}
		d.server.checks.done = true
		banner := sam.log("").Find(".banner").First()
		if got := folded(banner); !strings.HasPrefix(got, "The log does not hold at event 2: "+words) || !strings.Contains(got, "the detail") {
			t.Errorf("%s: %q", fault, got)
		}
		if got := link(sam.log(""), ".banner a"); got != "/audit/2" {
			t.Errorf("%s leads to %q", fault, got)
		}
	}
}
