package web

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk"
	"reviewdesk/db"
	"reviewdesk/review"
)

// logRows are the numbers of a log page's events, in order.
func logRows(doc *goquery.Document) []string {
	var out []string
	doc.Find("table.log tr[data-row]").Each(func(_ int, row *goquery.Selection) {
		href, _ := row.Attr("data-href")
		out = append(out, strings.TrimPrefix(href, "/audit/"))
	})
	return out
}

func (b *browser) log(query string) *goquery.Document {
	b.d.t.Helper()
	w := b.get("/audit" + query)
	wantStatus(b.d.t, w, http.StatusOK)
	return page(b.d.t, w)
}

func folded(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func rowOf(doc *goquery.Document, action string) *goquery.Selection {
	return doc.Find("table.log tr[data-row]").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return folded(row.Find(".l-act")) == action
	}).First()
}

func TestTheLogShowsWhoDidWhatInTheProvidersWords(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	sam, _ := d.signedIn(review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	other := d.Coinify(2, "Viktor Hahn", coinifyCode)
	wantStatus(t, ana.post("/verifications/"+id+"/reveal", "field", "birth_date", "reason", "Caller on the line."), http.StatusOK)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	wantStatus(t, ana.decide(other, "reject"), http.StatusSeeOther)
	doc := sam.log("")
	approved, rejected := rowOf(doc, "Approved"), rowOf(doc, "Rejected")
	if got := folded(approved.Find(".l-who")); got != "AQ Ana Quiroga · reviewer" {
		t.Errorf("who: %q", got)
	}
	if got := folded(approved.Find(".l-chg")); got != "reviewing passed Clearing one finding" {
		t.Errorf("the approval's change: %q", got)
	}
	if got := folded(rejected.Find(".l-chg")); got != "MANUAL_REVIEW rejected Upholding one finding" {
		t.Errorf("the rejection's change: %q", got)
	}
	if got := link(doc, "table.log .l-case a"); !strings.HasPrefix(got, "/verifications/") {
		t.Errorf("the case is at %q", got)
	}
	if got := folded(rowOf(doc, "Revealed field").Find(".l-chg")); got != "Date of birth" {
		t.Errorf("the reveal's change: %q", got)
	}
	if got := folded(rowOf(doc, "Received").Find(".l-who")); got != "SY System · test" {
		t.Errorf("who received: %q", got)
	}
	if got := folded(doc.Find("tr.day").First()); got != "Today, Sunday 22 November" {
		t.Errorf("the day: %q", got)
	}
	if got := approved.Find(".l-hash").Text(); len([]rune(got)) != 9 {
		t.Errorf("the hash: %q", got)
	}
}

func TestWhoSeesOnlyTheirOwnActionsFindsNoOthers(t *testing.T) {
	d := newTestDesk(t)
	ana := d.member("Ana Quiroga", review.RoleReviewer)
	b := d.browser()
	b.signIn(ana.Email)
	mei := d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	mei.get("/verifications/" + id)
	b.get("/verifications/" + id)
	var own, foreign []string
	all := d.events(review.EventFilter{})
	var meiID string
	for _, e := range all {
		if e.Actor.ID == ana.ID {
			own = append(own, itoa(e.Seq))
		} else {
			foreign = append(foreign, itoa(e.Seq))
		}
		if e.ActorName == "Mei Tan" {
			meiID = e.Actor.ID
		}
	}
	slices.Reverse(own)
	for _, query := range []string{"", "?actor=" + meiID, "?kind=&case="} {
		doc := b.log(query)
		if got := logRows(doc); !slices.Equal(got, own) {
			t.Errorf("%q lists %q, want %q", query, got, own)
		}
		if doc.Find("select[name=actor], form[action='/audit/check']").Length() != 0 {
			t.Error("a reviewer is offered what is not theirs")
		}
	}
	for _, seq := range foreign {
		wantStatus(t, b.get("/audit/"+seq), http.StatusNotFound)
	}
	for _, seq := range own {
		w := b.get("/audit/" + seq)
		wantStatus(t, w, http.StatusOK)
		for _, rel := range []string{"prev", "next"} {
			if href := link(page(t, w), "[rel="+rel+"]"); href != "" && !slices.Contains(own, strings.TrimPrefix(href, "/audit/")) {
				t.Errorf("event %s leads to %q", seq, href)
			}
		}
	}
	wantStatus(t, b.post("/audit/check"), http.StatusForbidden)
}

func TestEveryRoleReadsTheLogAsItMay(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.decide(id, "reject", "note", "The applicant's brother called."), http.StatusSeeOther)
	seq := itoa(d.decisions(id)[0].Seq)
	for role, sees := range map[review.Role]struct{ link, note, export, check bool }{
		review.RoleSenior:  {link: true, note: true, check: true},
		review.RoleAuditor: {link: true, note: true, export: true, check: true},
		review.RoleAdmin:   {export: true, check: true},
	} {
		b, _ := d.signedIn(role)
		w := b.get("/audit")
		doc := page(t, w)
		if got := rowOf(doc, "Rejected").Find(".l-case a").Length() == 1; got != sees.link {
			t.Errorf("%s is led to the case: %v", role, got)
		}
		if got := link(doc, "a[href^='/export/audit.csv']") != ""; got != sees.export {
			t.Errorf("%s is offered the export: %v", role, got)
		}
		if got := doc.Find("form[action='/audit/check']").Length() > 0; got != sees.check {
			t.Errorf("%s is offered the check: %v", role, got)
		}
		event := b.get("/audit/" + seq)
		wantStatus(t, event, http.StatusOK)
		if got := strings.Contains(event.Body.String(), "brother called"); got != sees.note {
			t.Errorf("%s reads the note: %v", role, got)
		}
		if strings.Contains(w.Body.String()+event.Body.String(), "Moreau") {
			t.Errorf("%s reads the applicant's name in the log", role)
		}
	}
}

func TestOneEventIsASentenceWithItsWholeRecord(t *testing.T) {
	d := newTestDesk(t)
	ana := d.officer("Ana Quiroga", review.RoleReviewer)
	sam, _ := d.signedIn(review.RoleAuditor)
	id := d.Coinify(1, "Viktor Hahn", coinifyCode)
	wantStatus(t, ana.decide(id, "reject", "ground", "document_altered", "reject_reason", "DENIED_UNSUPPORTED_ID_TYPE"), http.StatusSeeOther)
	e := d.decisions(id)[0]
	w := sam.get("/audit/" + itoa(e.Seq))
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	if got := doc.Find("h1").Text(); got != "Ana Quiroga rejected the case, upholding one finding" {
		t.Errorf("the sentence is %q", got)
	}
	var diff []string
	doc.Find(".patch div").Each(func(_ int, line *goquery.Selection) { diff = append(diff, folded(line)) })
	want := []string{"Before: state: MANUAL_REVIEW", "Before: status on the desk: in_review", "Before: version: 1", "After: state: rejected",
		"After: reason sent: DENIED_UNSUPPORTED_ID_TYPE", "After: outcome: compliance_rejection", "After: status on the desk: failed", "After: version: 2"}
	if !slices.Equal(diff, want) {
		t.Errorf("the change reads %q", diff)
	}
	got := text(w)
	for _, want := range []string{"Document altered or inconsistent", coinifyCode, "Upheld", goodNote, "203.0.113.7", e.Request, e.Session, "password",
		utcMillis(e.Time), string(e.Body), "The same, indented", "note"} {
		if !strings.Contains(got, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	wantStatus(t, sam.get("/audit/0"), http.StatusNotFound)
	wantStatus(t, sam.get("/audit/9999"), http.StatusNotFound)
	wantStatus(t, sam.get("/audit/01"), http.StatusNotFound)
	wantStatus(t, sam.get("/audit/x"), http.StatusNotFound)
}

func TestEveryKindOfEventHasASentenceAndALook(t *testing.T) {
	sprite, err := fs.ReadFile(reviewdesk.Static, "static/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range review.EventKinds() {
		l, known := eventLooks[kind]
		if !known || l.action == "" || l.icon == "" || l.did == "" {
			t.Errorf("%s is shown as %+v", kind, l)
		}
		if !strings.Contains(string(sprite), `id="i-`+l.icon+`"`) {
			t.Errorf("%s wants the icon %q, which is none", kind, l.icon)
		}
	}
	e := db.LogEntry{}
	e.Action = "moon_landed"
	if got := sentence(e); got != "System did: moon landed" {
		t.Errorf("an unknown kind reads %q", got)
	}
}

func TestTheLogPagesFiltersAndRunsThroughEveryEvent(t *testing.T) {
	d := newTestDesk(t)
	sam, me := d.signedIn(review.RoleAuditor)
	for n := range 120 {
		d.Cybrid(n+1, "Applicant", plainCode)
	}
	var want []string
	for _, e := range d.events(review.EventFilter{Kind: review.EventReceived}) {
		want = append([]string{itoa(e.Seq)}, want...)
	}
	var forth []string
	doc := sam.log("?kind=received")
	for {
		forth = append(forth, logRows(doc)...)
		next := link(doc, ".filters [rel=next]")
		if next == "" {
			break
		}
		doc = sam.log(strings.TrimPrefix(next, "/audit"))
	}
	if !slices.Equal(forth, want) {
		t.Errorf("forwards there are %d of %d events in order", len(forth), len(want))
	}
	back := logRows(doc)
	for previous := link(doc, ".filters [rel=prev]"); previous != ""; previous = link(doc, ".filters [rel=prev]") {
		doc = sam.log(strings.TrimPrefix(previous, "/audit"))
		back = append(logRows(doc), back...)
	}
	if !slices.Equal(back, want) {
		t.Errorf("backwards there are %d of %d events in order", len(back), len(want))
	}
	id := "c0ffee00-0000-4000-8000-000000000001"
	for query, want := range map[string]int{
		"?case=" + id: 1, "?case=" + strings.ReplaceAll(id, "-", ""): 1, "?case=nothing": 0, "?actor=" + me.ID: 2, "?actor=system:test&kind=received": 50,
		"?from=2026-11-22&to=2026-11-22&kind=signed_in": 1, "?from=2026-11-23": 0, "?to=2026-11-21": 0,
	} {
		if got := len(logRows(sam.log(query))); got != want {
			t.Errorf("%q lists %d events, want %d", query, got, want)
		}
	}
	for _, query := range []string{"?after=x", "?before=-1", "?after=0"} {
		wantStatus(t, sam.get("/audit"+query), http.StatusBadRequest)
	}
	wantStatus(t, sam.get("/audit?kind=nothing"), http.StatusUnprocessableEntity)
}

func TestTheLogShowsTimesInTheZoneThatIsChosen(t *testing.T) {
	d := newTestDesk(t)
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Skip("no time zones here: ", err)
	}
	d.serve(Options{BaseURL: testBase, Zone: madrid})
	d.Clock.Move(14*time.Hour + 30*time.Minute) // 23:31 UTC is the next day in Madrid
	sam, _ := d.signedIn(review.RoleAuditor)
	local, utc := sam.log("?kind=signed_in"), sam.log("?kind=signed_in&zone=UTC")
	if got := folded(local.Find("table.log .l-time").Last()); got != "00:31:00" {
		t.Errorf("in Madrid it is %q", got)
	}
	if got := folded(local.Find("tr.day").First()); got != "Today, Monday 23 November" {
		t.Errorf("in Madrid it is %q", got)
	}
	if got := folded(utc.Find("table.log .l-time").Last()); got != "23:31:00" {
		t.Errorf("in UTC it is %q", got)
	}
	if got := folded(utc.Find("tr.day").First()); got != "Today, Sunday 22 November" {
		t.Errorf("in UTC it is %q", got)
	}
	if got := folded(local.Find("nav[aria-label='Time zone'] [aria-current]")); got != "Madrid" {
		t.Errorf("chosen is %q", got)
	}
	if got, _ := local.Find("table.log time").First().Attr("title"); got != "22 November 2026, 23:31:00 UTC" {
		t.Errorf("the title is %q", got)
	}
}

func TestACheckOfTheLogSaysWhatItFound(t *testing.T) {
	d := newTestDesk(t)
	sam, _ := d.signedIn(review.RoleAuditor)
	d.Cybrid(1, "Ines Moreau", plainCode)
	if got := folded(sam.log("").Find(".banner").First()); !strings.Contains(got, "Not checked since the desk started.") {
		t.Errorf("before, it says %q", got)
	}
	wantStatus(t, sam.post("/audit/check"), http.StatusSeeOther)
	got := folded(sam.log("").Find(".banner").First())
	if !strings.Contains(got, "Log intact.") || !strings.Contains(got, "events checked from the first to the latest, just now.") {
		t.Errorf("after, it says %q", got)
	}
	d.Cybrid(2, "Noor El-Sayed", plainCode)
	d.Clock.Move(2 * time.Minute)
	if got := folded(sam.log("").Find(".banner").First()); !strings.Contains(got, "2 min ago. 1 newer event has been written since.") {
		t.Errorf("later, it says %q", got)
	}
}

func TestTheDesignSheetOpensForEverybodySignedIn(t *testing.T) {
	d := newTestDesk(t)
	for _, role := range review.Roles() {
		b, _ := d.signedIn(role)
		wantStatus(t, b.get("/_/components"), http.StatusOK)
	}
	wantSignIn(t, d.browser().get("/_/components"))
}
