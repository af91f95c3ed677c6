package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/review"
)

func cells(row *goquery.Selection) []string {
	var out []string
	row.Find("td").Each(func(_ int, cell *goquery.Selection) {
		out = append(out, strings.Join(strings.Fields(cell.Find("bdi, .dim, .verdict").First().Text()), " "))
	})
	return out
}

func compareRow(doc *goquery.Document, label string) *goquery.Selection {
	return doc.Find("table.diff tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return strings.TrimSpace(row.Find("th").Text()) == label
	})
}

func TestTheCasePageShowsWhatFailedAndWhatEachSourceSays(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	id := d.rich(1, "Lucía Fernández Quispe", graveCode, plainCode, newCode)
	w := b.get("/verifications/" + id)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	for selector, want := range map[string]string{
		".subject h1": "Lucía Fernández Quispe", ".subject .badge": "reviewing", ".subject .raw": "state reviewing",
		"#h-f ~ .dim": "3 failed, 2 passed", ".meter .score": "0.86",
	} {
		if got := strings.TrimSpace(doc.Find(selector).First().Text()); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	for _, want := range []string{"Identity card, Spain", "Identity card, front", "40 × 25", "Selfie", "30 × 30", "Selfie not accepted",
		"Code not in the catalogue", "A code this desk does not know yet", "Two persons must agree", "id_presence", "Waiting 1h 01m"} {
		if !strings.Contains(text(w), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := cells(compareRow(doc, "Full name")); got[0] != "Lucía Fernández Quispe" || got[1] != "Lucía Fernández Quispe Mariana" || got[3] != "Differs" {
		t.Errorf("the name's row is %q", got)
	}
	if marked := strings.TrimSpace(compareRow(doc, "Full name").Find("td").Eq(1).Find("mark").Text()); marked != "Mariana" {
		t.Errorf("marked is %q", marked)
	}
	if got := cells(compareRow(doc, "Country")); got[0] != "Spain" || got[1] != "Spain" || got[3] != "Same" {
		t.Errorf("the country's row is %q", got)
	}
	if got := cells(compareRow(doc, "Document no.")); got[0] != "••••••418" || got[1] != "••••••419" || got[2] != "Not held" || got[3] != "Differs" {
		t.Errorf("the number's row is %q", got)
	}
	if got := doc.Find(".mrz").Text(); !strings.Contains(got, "IDESP•••••••••<") || strings.ContainsAny(got, "0123456789") {
		t.Errorf("the machine-readable zone reads %q", got)
	}
	if got, _ := doc.Find("figure img").First().Attr("src"); got != "/verifications/"+id+"/pictures/0" {
		t.Errorf("the first picture is at %q", got)
	}
}

func TestPersonalFieldsAreMaskedForEveryRoleUntilTheyAreRevealed(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	for _, role := range []review.Role{review.RoleReviewer, review.RoleSenior, review.RoleAuditor} {
		b, _ := d.signedIn(role)
		body := b.get("/verifications/" + id).Body.String()
		for field, clear := range hidden {
			if strings.Contains(body, clear) {
				t.Errorf("%s sees the %s", role, field)
			}
		}
		for _, part := range []string{"XDA123", "28014", "900214"} { // of the other sources, and of the machine-readable lines
			if strings.Contains(body, part) {
				t.Errorf("%s sees %q", role, part)
			}
		}
		if may := strings.Contains(body, "/reveal"); may != role.May(review.RightReveal) {
			t.Errorf("%s is offered to reveal: %v", role, may)
		}
	}
}

func TestRevealShowsOneFieldAndRecordsWhy(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	b, a := d.signedIn(review.RoleReviewer)
	for field, clear := range hidden {
		w := b.post("/verifications/"+id+"/reveal", "field", field, "reason", "The applicant calls about it.")
		wantStatus(t, w, http.StatusOK)
		body := strings.ReplaceAll(strings.ReplaceAll(w.Body.String(), "<mark>", ""), "</mark>", "")
		if !strings.Contains(strings.ReplaceAll(body, "&#43;", "+"), clear) {
			t.Errorf("the %s is not shown", field)
		}
		for other, masked := range hidden {
			if other != field && strings.Contains(body, masked) {
				t.Errorf("with the %s the %s is shown", field, other)
			}
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Error("the page may be kept")
		}
	}
	events := d.events(review.EventFilter{Kind: review.EventRevealed})
	if len(events) != len(hidden) || events[0].Actor.ID != a.ID || events[0].Object != id {
		t.Errorf("the log says %+v", events)
	}
	if strings.Contains(b.get("/verifications/"+id).Body.String(), hidden[review.FieldEmail]) {
		t.Error("the next look shows it still")
	}
}

func TestARefusedRevealKeepsItsReasonAndShowsNothing(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	b, _ := d.signedIn(review.RoleReviewer)
	w := b.post("/verifications/"+id+"/reveal", "field", "email", "reason", "uh")
	wantStatus(t, w, http.StatusUnprocessableEntity)
	doc := page(t, w)
	if got, _ := doc.Find("#why-email").Attr("value"); got != "uh" || doc.Find("#reveal-error").Length() != 1 || doc.Find("details.reveal[open]").Length() != 1 {
		t.Errorf("the form keeps %q: %s", got, doc.Find("#reveal-error").Text())
	}
	if strings.Contains(w.Body.String(), hidden[review.FieldEmail]) {
		t.Error("the field is shown")
	}
	wantStatus(t, b.post("/verifications/"+id+"/reveal", "field", "name", "reason", "curious, mostly"), http.StatusUnprocessableEntity)
	if n := len(d.events(review.EventFilter{Kind: review.EventRevealed})); n != 0 {
		t.Errorf("%d reveals recorded", n)
	}
}

func TestEveryLookAtACaseIsRecordedAndAReloadIsNot(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	b, a := d.signedIn(review.RoleAuditor)
	b.get("/verifications/" + id)
	b.get("/verifications/" + id)
	events := d.events(review.EventFilter{Kind: review.EventViewed})
	if len(events) != 1 || events[0].Actor.ID != a.ID || events[0].Object != id {
		t.Errorf("the log says %+v", events)
	}
}

func TestACaseHasOneAddressWhateverSpellingIsTyped(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	b, _ := d.signedIn(review.RoleReviewer)
	for _, spelling := range []string{strings.ReplaceAll(id, "-", ""), strings.ToUpper(id)} {
		for _, w := range []string{"/verifications/" + spelling, "/queue?q=" + spelling} {
			got := b.get(w)
			if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || to != "/verifications/"+id {
				t.Errorf("%s: %d to %q", w, got.Code, to)
			}
		}
	}
	wantStatus(t, b.get("/verifications/"+strings.Replace(id, "c0ffee", "c0ffef", 1)), http.StatusNotFound)
	wantStatus(t, b.get("/verifications/nothing"), http.StatusNotFound)
	admin, _ := d.signedIn(review.RoleAdmin)
	wantStatus(t, admin.get("/verifications/"+id), http.StatusForbidden)
	wantStatus(t, admin.get("/queue"), http.StatusForbidden)
}

const hostile = "Eve\u202e\u2066 \"><script>alert('x')</script>\u200b &amp; \u0430dam"

func TestHostileNamesAreNeverSentRaw(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, hostile, plainCode, "evil\"><b>\u202e_failure")
	b, _ := d.signedIn(review.RoleSenior)
	b.post("/verifications/"+id+"/note", "note", hostile+" said so")
	form := b.open(id)
	form.Set("action", "reject")
	form.Set("ground", "other")
	form.Set("note", hostile)
	wantStatus(t, b.submit("/verifications/"+id+"/decision", form), http.StatusSeeOther)
	proposals := d.decisions(id)
	for _, path := range []string{"/queue?status=all", "/verifications/" + id, "/audit", "/audit/" + itoa(proposals[0].Seq), "/queue?q=" + "%E2%80%AEx%3Cscript%3E"} {
		w := b.get(path)
		wantStatus(t, w, http.StatusOK)
		body := w.Body.String()
		for _, raw := range []string{"<script>alert", "\u2066", "\u200b"} {
			if strings.Contains(body, raw) {
				t.Errorf("%s holds %q", path, raw)
			}
		}
		if path == "/queue?status=all" || strings.HasPrefix(path, "/verifications/") {
			if got := text(w); !strings.Contains(got, "Eve[U+202E][U+2066]") || !strings.Contains(got, "mixed scripts, hidden characters") {
				t.Errorf("%s does not warn of the name", path)
			}
		}
	}
}

func TestAClaimIsShownToEverybodyAndOfferedToThoseWhoMay(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	ana, sam := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Sam Ode", review.RoleAuditor)
	form := func(b *browser) (string, string) {
		doc := page(t, b.get("/verifications/"+id))
		action, _ := doc.Find(".subject .end > :not(.expired) button, .subject .end > .beside button").Attr("formaction")
		return action, strings.Join(strings.Fields(doc.Find(".subject .end").Text()), " ")
	}
	if action, _ := form(ana); action != "/verifications/"+id+"/claim" {
		t.Errorf("a free case offers %q", action)
	}
	if action, _ := form(sam); action != "" {
		t.Errorf("an auditor is offered %q", action)
	}
	ana.post("/verifications/" + id + "/claim")
	if action, words := form(ana); action != "/verifications/"+id+"/release" || !strings.Contains(words, "Yours for 15:00") {
		t.Errorf("the owner reads %q, offered %q", words, action)
	}
	if _, words := form(sam); !strings.Contains(words, "Ana Quiroga until 09:16") {
		t.Errorf("others read %q", words)
	}
	d.Clock.Move(review.ClaimFor)
	if action, _ := form(ana); action != "/verifications/"+id+"/claim" {
		t.Errorf("a claim that ran out leaves %q", action)
	}
}

func TestThePanelFollowsTheCase(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	sam, _ := d.signedIn(review.RoleAuditor)
	says := func(b *browser, id string, want ...string) {
		t.Helper()
		got := text(b.get("/verifications/" + id))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("the page does not say %q: %q", w, got)
			}
		}
	}
	waiting := d.Coinify(1, "Ines Moreau", coinifyCode)
	says(b, waiting, "MANUAL_REVIEW", "state rejected · MANUAL_REVIEW", "DENIED · Denied without a stated reason", "Coinify's own callback is still to come")
	says(sam, waiting, "Your role reads cases and does not decide them.")
	never := d.Cybrid(2, "Noor El-Sayed", neverCode)
	says(b, never, "Nobody can approve this case because of plaid_failure.")
	if page(t, b.get("/verifications/"+never)).Find("input[name=action][value=approve][disabled]").Length() != 1 {
		t.Error("an approval is offered")
	}
	grave := d.Cybrid(3, "Aoife Ní Bhriain", "duplicate_person_check_failure", graveCode)
	says(b, grave, "A second person confirms either outcome before it counts, because of duplicate_person_check_failure and selfie_failure.", "Reject and send to second review")
	if got := fields(t, page(t, b.get("/verifications/"+grave)), "decision")["ground"]; !slices.Equal(got, []string{"already_customer", "another_person"}) {
		t.Errorf("the findings suggest %q", got)
	}
	arriving := d.take(review.Cybrid, review.Row{ID: "abcd" + strings.Repeat("0", 28), State: "waiting", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z"}, nil)
	says(b, arriving, "Nothing to decide yet: Cybrid or the applicant is not done.", "waiting")
	settled := d.take(review.Coinify, review.Row{ID: "0cf12488-0dcf-4f99-96c4-e1ec879c906d", State: "approved", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z"}, nil)
	says(b, settled, "Coinify settled this case itself.", "IA-0CF1-2488", "approved")
	wantStatus(t, b.decide(waiting, "reject"), http.StatusSeeOther)
	says(b, waiting, "rejected", "Decided by", "Other, see note", "DENIED", "state rejected · DENIED, arrived as state rejected · MANUAL_REVIEW", "rejected the case, upholding")
}

func TestPicturesAreSentToOurPagesOnlyAndCanDoNothing(t *testing.T) {
	d := newTestDesk(t)
	id := d.rich(1, "Lucía Fernández Quispe", plainCode)
	b, _ := d.signedIn(review.RoleAuditor)
	w := b.get("/verifications/" + id + "/pictures/0")
	wantStatus(t, w, http.StatusOK)
	for header, want := range map[string]string{
		"Content-Type": "image/png", "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Content-Disposition": `inline; filename="` + id + `-document_front.png"`, "Content-Length": strconv.Itoa(w.Body.Len()),
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	for _, n := range []string{"2", "-1", "01", "x", "99999999999999999999"} {
		wantStatus(t, b.get("/verifications/"+id+"/pictures/"+n), http.StatusNotFound)
	}
	for _, site := range []string{"cross-site", "same-site"} {
		r := b.request(http.MethodGet, "/verifications/"+id+"/pictures/0", nil)
		r.Header.Set("Sec-Fetch-Site", site)
		wantStatus(t, b.send(r), http.StatusForbidden)
	}
	admin, _ := d.signedIn(review.RoleAdmin)
	wantStatus(t, admin.get("/verifications/"+id+"/pictures/0"), http.StatusForbidden)
}

func TestACaseFromAListKnowsItsNeighbours(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleReviewer)
	var ids []string
	for n := 1; n <= 3; n++ {
		ids = append(ids, d.Cybrid(n, "Applicant", plainCode))
	}
	var hrefs []string
	page(t, b.get("/queue?severity=low")).Find("tr[data-row]").Each(func(_ int, row *goquery.Selection) {
		href, _ := row.Attr("data-href")
		hrefs = append(hrefs, href)
	})
	if len(hrefs) != 3 || !strings.HasPrefix(hrefs[1], "/verifications/"+ids[1]+"?") {
		t.Fatalf("the list holds %q", hrefs)
	}
	doc := page(t, b.get(hrefs[1]))
	previous, _ := doc.Find("[aria-label='Previous case']").Attr("href")
	next, _ := doc.Find("[aria-label='Next case']").Attr("href")
	back, _ := doc.Find("header.top a").First().Attr("href")
	if previous != hrefs[0] || next != hrefs[2] || back != "/queue?severity=low" {
		t.Errorf("neighbours %q and %q, back to %q; want %q", previous, next, back, hrefs)
	}
	if got := doc.Find("header.top").Text(); !strings.Contains(got, "2 of 3") {
		t.Errorf("the place is %q", got)
	}
}

func TestAReturnAddressLeadsNowhereElse(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "/queue",
		"/queue?provider=cybrid&x=1&after=ab": "/queue?after=ab&provider=cybrid",
		"https://evil.example/queue":          "/queue",
		"//evil.example/queue":                "/queue",
		"/\\evil.example":                     "/queue",
		"/admin":                              "/queue",
		"/queue/next":                         "/queue",
		"javascript:alert(1)":                 "/queue",
		"/queue?q=\r\nSet-Cookie: a=b":        "/queue",
	} {
		if got := listAddress(text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
	}
}

func TestTheHistoryLinksOnlyToRecordsThatMayBeRead(t *testing.T) {
	d := newTestDesk(t)
	ana, mei := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	mei.get("/verifications/" + id)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	links := func(b *browser) (n int) {
		doc := page(t, b.get("/verifications/"+id))
		doc.Find("ol.time a, .word a").Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			wantStatus(t, b.get(href), http.StatusOK)
			n++
		})
		return n
	}
	mine, all := links(ana), links(mei)
	events := d.events(review.EventFilter{Case: id})
	if mine != 5 || all != len(events)+3 { // the panel's own link, its proof and the case as it stood come to those of the history
		t.Errorf("the reviewer has %d links, the senior %d, the case %d events", mine, all, len(events))
	}
}
