package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/db"
	"reviewdesk/review"
)

// endpoint adds a place that is told of Cybrid's cases.
func (d *testDesk) endpoint(url string) db.Endpoint {
	d.t.Helper()
	e, _, err := d.AddEndpoint(d.t.Context(), db.System("test"), db.NewEndpoint{Provider: review.Cybrid, URL: url})
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// attempted records what came of the line's next delivery.
func (d *testDesk) attempted(o db.Outcome) {
	d.t.Helper()
	next, err := d.NextDeliveries(d.t.Context(), d.Clock.Now())
	if err != nil || len(next) == 0 {
		d.t.Fatalf("nothing is to be sent: %v", err)
	}
	if err := d.Attempted(d.t.Context(), next[0].ID, o); err != nil {
		d.t.Fatal(err)
	}
}

func (d *testDesk) deliveries(e db.Endpoint) []db.Delivery {
	d.t.Helper()
	log, _, err := d.Deliveries(d.t.Context(), e.ID, 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	return log
}

// inCells are the texts of a row's cells, with a bar between.
func inCells(row *goquery.Selection) string {
	var out []string
	for _, cell := range row.Children().EachIter() {
		out = append(out, strings.Join(strings.Fields(cell.Text()), " "))
	}
	return strings.Join(out, " | ")
}

func TestAnAdminAddsAWebhookWhoseSecretIsShownOnce(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	if got := text(b.get("/admin/webhooks")); !strings.Contains(got, "Nobody is told of decisions yet") {
		t.Errorf("the empty list says %q", got)
	}
	form := []string{"provider", "cybrid", "url", " https://hooks.example/kyc?t=1 "}
	w := b.post("/admin/webhooks", form...)
	wantStatus(t, w, http.StatusOK)
	secret := page(t, w).Find("#webhook-secret").Text()
	all, err := d.Endpoints(t.Context())
	if err != nil || len(all) != 1 || all[0].URL != "https://hooks.example/kyc?t=1" || all[0].AllowPrivate {
		t.Fatalf("%+v, %v", all, err)
	}
	if signing, err := d.SigningSecrets(t.Context(), all[0].ID); err != nil || signing[0] != secret {
		t.Errorf("another secret signs: %v", err)
	}
	again := b.post("/admin/webhooks", form...)
	wantStatus(t, again, http.StatusUnprocessableEntity)
	path := "/admin/webhooks/" + all[0].ID
	for name, w := range map[string]string{"reload": again.Body.String(), "list": b.get("/admin/webhooks").Body.String(), "page": b.get(path).Body.String(), "log": d.log.String()} {
		if strings.Contains(w, secret) {
			t.Errorf("the secret is in the %s", name)
		}
	}
	row := page(t, b.get("/admin/webhooks")).Find("table.progs tbody tr")
	if got := inCells(row); row.Find(`a[href="`+path+`"]`).Length() != 1 || got != "https://hooks.example/kyc?t=1 Cybrid | 0 | None yet | Working" {
		t.Errorf("the list says %q", got)
	}
}

func TestAWebhookThatCannotBeIsToldBesideItsFields(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	for name, test := range map[string][]string{
		"url":      {"provider", "cybrid", "url", "http://hooks.example"},
		"provider": {"provider", "acme", "url", "https://hooks.example"},
	} {
		w := b.post("/admin/webhooks", append(test, "private", "")...)
		wantStatus(t, w, http.StatusUnprocessableEntity)
		doc := page(t, w)
		if doc.Find("#"+name+"-error").Length() != 1 || doc.Find(`[data-error-summary] a[href="#`+name+`"]`).Length() != 1 || doc.Find("#url").AttrOr("value", "") != test[3] {
			t.Errorf("%s: %s", name, text(w))
		}
	}
	wantStatus(t, b.post("/admin/webhooks", "provider", "cybrid", "url", "http://10.1.2.3/hook", "private", "yes"), http.StatusOK)
	if all, err := d.Endpoints(t.Context()); err != nil || len(all) != 1 || !all[0].AllowPrivate {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestTheDeliveryLogTellsHowEachOneGoes(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e := d.endpoint("https://hooks.example/kyc")
	path := "/admin/webhooks/" + e.ID
	for range 3 {
		wantStatus(t, b.post(path+"/test"), http.StatusSeeOther)
	}
	d.attempted(db.Outcome{Status: 204})
	d.attempted(db.Outcome{Status: 500, Trouble: "it answers 500 Internal Server Error"})
	row := func(n int) string {
		return inCells(page(t, b.get(path)).Find("#h-log").Closest("section").Find("tbody tr").Eq(n))
	}
	for n, want := range []string{"| Test | 0 | Not tried yet | In its turn | Waiting just now | ", "| Test | 1 | It answers 500 Internal Server Error | In a second | Waiting just now | Try now", "| Test | 1 | Taken (204) | None | Delivered just now | Send again"} {
		if got := row(n); !strings.Contains(got, want) {
			t.Errorf("row %d says %q, want %q", n, got, want)
		}
	}
	if got := text(b.get(path)); !strings.Contains(got, "Failing since just now") || !strings.Contains(got, "The last attempt: it answers 500 Internal Server Error.") {
		t.Errorf("a failing line is not told: %s", got)
	}
	wantStatus(t, b.post(path+"/pause"), http.StatusSeeOther)
	if got := text(b.get(path)); !strings.Contains(got, "Paused since just now") || !strings.Contains(row(1), "When resumed") || strings.Contains(got, "Try now") {
		t.Errorf("a pause is not told: %s", got)
	}
	if got := inCells(page(t, b.get("/admin/webhooks")).Find("table.progs tbody tr")); !strings.HasSuffix(got, "| 2 | identity_verification.storing Waiting, just now | Paused since just now") {
		t.Errorf("the list says %q", got)
	}
	wantStatus(t, b.post(path+"/resume"), http.StatusSeeOther)
	d.attempted(db.Outcome{Status: 200})
	if got := text(b.get(path)); !strings.Contains(got, "Working") {
		t.Errorf("a line that works again: %s", got)
	}
}

func TestADeliveryIsSentAgainUnderItsOwnId(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e, other := d.endpoint("https://hooks.example/one"), d.endpoint("https://hooks.example/two")
	wantStatus(t, b.post("/admin/webhooks/"+e.ID+"/test"), http.StatusSeeOther)
	d.attempted(db.Outcome{Status: 200})
	first := d.deliveries(e)[0]
	again := "/deliveries/" + itoa(first.ID) + "/again"
	if page(t, b.get("/admin/webhooks/"+e.ID)).Find(`form[action="/admin/webhooks/`+e.ID+again+`"]`).Length() != 1 {
		t.Error("the page does not offer it")
	}
	for _, path := range []string{other.ID + again, e.ID + "/deliveries/99/again", e.ID + "/deliveries/x/again", "none" + again} {
		wantStatus(t, b.post("/admin/webhooks/"+path), http.StatusNotFound)
	}
	wantStatus(t, b.post("/admin/webhooks/"+e.ID+again), http.StatusSeeOther)
	log := d.deliveries(e)
	if len(log) != 2 || log[0].GUID != first.GUID || log[0].State != db.DeliveryWaiting {
		t.Errorf("%+v", log)
	}
	if len(d.deliveries(other)) != 0 {
		t.Error("another webhook was told")
	}
}

func TestTheDeliveryLogGoesOnPageByPage(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e := d.endpoint("https://hooks.example/kyc")
	for range pageSize + 3 {
		if err := d.TestDelivery(t.Context(), db.System("test"), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	path, pages := "/admin/webhooks/"+e.ID, 0
	for ; path != "" && pages < 5; pages++ {
		doc := page(t, b.get(path))
		for _, row := range doc.Find("#h-log").Closest("section").Find("tbody tr").EachIter() {
			seen = append(seen, row.Find(".g-name small").Text())
		}
		path = doc.Find(`nav[aria-label="Pages"] a[rel="next"]`).AttrOr("href", "")
	}
	if pages != 2 || len(seen) != pageSize+3 {
		t.Fatalf("%d pages, %d deliveries", pages, len(seen))
	}
	for i, delivery := range d.deliveries(e) {
		if seen[i] != delivery.GUID {
			t.Fatalf("row %d is %s, want %s", i, seen[i], delivery.GUID)
		}
	}
	for _, odd := range []string{"0", "-1", "x", "99999999999999999999"} {
		wantStatus(t, b.get("/admin/webhooks/"+e.ID+"?before="+odd), http.StatusBadRequest)
	}
	wantStatus(t, b.get("/admin/webhooks/none"), http.StatusNotFound)
}

func TestSecretsAreAddedOneByOneAndTheLastOneStays(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e := d.endpoint("https://hooks.example/kyc")
	path := "/admin/webhooks/" + e.ID
	newest := func() string {
		return page(t, b.get(path)).Find(`form[action="`+path+`/secrets"] [name="newest"]`).AttrOr("value", "")
	}
	old := newest()
	w := b.post(path+"/secrets/"+old+"/retire", "x", "")
	if wantStatus(t, w, http.StatusUnprocessableEntity); !strings.Contains(text(w), "the only secret that signs") {
		t.Error(text(w))
	}
	w = b.post(path+"/secrets", "newest", old)
	wantStatus(t, w, http.StatusOK)
	secret := page(t, w).Find("#webhook-secret").Text()
	if signing, err := d.SigningSecrets(t.Context(), e.ID); err != nil || len(signing) != 2 || signing[1] != secret {
		t.Errorf("%d secrets sign, %v", len(signing), err)
	}
	reload := b.post(path+"/secrets", "newest", old)
	if wantStatus(t, reload, http.StatusConflict); strings.Contains(reload.Body.String(), secret) || !strings.Contains(text(reload), "Nothing was added now") {
		t.Error(text(reload))
	}
	wantStatus(t, b.post(path+"/secrets/"+old+"/retire"), http.StatusSeeOther)
	if signing, err := d.SigningSecrets(t.Context(), e.ID); err != nil || len(signing) != 1 || signing[0] != secret {
		t.Errorf("%d secrets sign, %v", len(signing), err)
	}
	for range 4 {
		wantStatus(t, b.post(path+"/secrets", "newest", newest()), http.StatusOK)
	}
	if w := b.post(path+"/secrets", "newest", newest()); w.Code != http.StatusUnprocessableEntity || !strings.Contains(text(w), "retire one first") {
		t.Errorf("%d: %s", w.Code, text(w))
	}
}

func TestARemovedWebhookKeepsItsLogAndTakesNothing(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e := d.endpoint("https://hooks.example/kyc")
	path := "/admin/webhooks/" + e.ID
	wantStatus(t, b.post(path+"/test"), http.StatusSeeOther)
	if page(t, b.get(path)).Find(`details form[action="`+path+`/remove"]`).Length() != 1 {
		t.Error("it can be removed without a second word")
	}
	wantStatus(t, b.post(path+"/remove"), http.StatusSeeOther)
	doc := page(t, b.get(path))
	if got := doc.Find("main").Text(); doc.Find("main form").Length() != 0 || !strings.Contains(got, "Removed") || !strings.Contains(got, "The endpoint was removed") || !strings.Contains(got, "Given up") {
		t.Errorf("the page says %q", got)
	}
	for _, act := range []string{"/test", "/pause", "/resume", "/remove", "/secrets/1/retire", "/deliveries/1/again"} {
		wantStatus(t, b.post(path+act), http.StatusNotFound)
	}
}

func TestTheLogTellsWhatWasDoneToAWebhook(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	e := d.endpoint("https://hooks.example/kyc?token=hush")
	path := "/admin/webhooks/" + e.ID
	d.Clock.Move(time.Second)
	for _, act := range []string{"/test", "/pause", "/resume", "/remove"} {
		wantStatus(t, b.post(path+act), http.StatusSeeOther)
	}
	want := []string{"System added a webhook of Cybrid's cases", "Person Admin sent a test event to a webhook of Cybrid's cases", "Person Admin paused a webhook of Cybrid's cases",
		"Person Admin resumed a webhook of Cybrid's cases", "Person Admin removed a webhook of Cybrid's cases"}
	events := d.events(review.EventFilter{Kind: review.EventWebhookChange})
	if len(events) != len(want) {
		t.Fatalf("%d events", len(events))
	}
	for i, event := range events {
		w := b.get("/audit/" + itoa(event.Seq))
		if got := page(t, w).Find("h1").Text(); got != want[i] {
			t.Errorf("%q, want %q", got, want[i])
		}
		if got := text(w); !strings.Contains(got, "hooks.example") || strings.Contains(got, "hush") {
			t.Errorf("the webhook is not named, or too well: %s", got)
		}
	}
}
