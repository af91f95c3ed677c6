package web

import (
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// program adds a Cybrid client with every scope.
func (d *testDesk) program(name string) db.Client {
	d.t.Helper()
	c, _, err := d.AddClient(d.t.Context(), db.System("test"), db.NewClient{Provider: review.Cybrid, Name: name, Scopes: db.Scopes()})
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func TestTheLogTellsWhatAProgramDidInWords(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	c := d.program("Payout platform")
	by := c.Actor("203.0.113.9", "")
	err := d.IssueTokens(t.Context(), by, "client_credentials", "", db.NewToken{Kind: db.TokenAccess, Text: "text", Scopes: c.Scopes[:2], Expires: d.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.RefuseToken(t.Context(), db.Actor{Address: "203.0.113.9"}, "client_credentials", c.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.PlatformCase(t.Context(), by, review.Cybrid, id, "", true); err != nil {
		t.Fatal(err)
	}
	if err := d.RevokeClient(t.Context(), db.System("test"), c.ID); err != nil {
		t.Fatal(err)
	}
	b, _ := d.signedIn(review.RoleAuditor)
	for kind, want := range map[review.EventKind]string{
		review.EventClientAdded:   "System let Payout platform speak to Cybrid's API",
		review.EventClientRevoked: "System shut Payout platform out of the API",
		review.EventTokenIssued:   "Payout platform took a token for the API (client credentials)",
		review.EventTokenRefused:  "System refused a token for the API (client credentials)",
		review.EventViewed:        "Payout platform read the person's data through the API",
	} {
		events := d.events(review.EventFilter{Kind: kind})
		if len(events) != 1 {
			t.Fatalf("%d events of %s", len(events), kind)
		}
		if got := page(t, b.get("/audit/"+itoa(events[0].Seq))).Find("h1").Text(); got != want {
			t.Errorf("%s says %q, want %q", kind, got, want)
		}
	}
	list := page(t, b.get("/audit?actor="+c.ID))
	if rows := list.Find("tr[data-row]"); rows.Length() != 2 || rows.Find(".l-who svg").Length() != 2 || !strings.Contains(rows.Text(), "Payout platform · program") {
		t.Errorf("what the program did: %q", rows.Text())
	}
	if !strings.Contains(list.Find("details.pop option[selected]").Text(), "Payout platform · program") {
		t.Error("the filter does not name the program")
	}
	if change := list.Find(".l-chg").Text(); !strings.Contains(change, "Client credentials: read, pii:read") || !strings.Contains(change, "Personal data, through the API") {
		t.Errorf("the change is %q", change)
	}
}

func TestACaseMadeThroughTheAPISaysSo(t *testing.T) {
	d := newTestDesk(t)
	c := d.program("Payout platform")
	request, err := cybrid.ParseRequest([]byte(`{"type":"kyc","method":"attested","customer_guid":"3a3cb2ff83b2a2fd7d2ac3a1a4b3a2f1",
		"name":{"first":"Ines","last":"Moreau"},"address":{"street":"1 Rue Longue","city":"Lyon","country_code":"FR"},"date_of_birth":"1990-02-14",
		"identification_numbers":[{"type":"passport","issuing_country_code":"FR","identification_number":"X1234567"}]}`), d.Desk.DB.Desk())
	if err != nil {
		t.Fatal(err)
	}
	object, err := request.Object(strings.Repeat("ab", 16), d.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := d.Create(t.Context(), c.Actor("203.0.113.9", ""), review.Cybrid, db.Creation{Object: object, Road: request.Road()})
	if err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(time.Hour)
	if n, err := d.MoveDue(t.Context()); err != nil || n != 1 {
		t.Fatalf("%d cases moved on: %v", n, err)
	}
	b, _ := d.signedIn(review.RoleAuditor)
	for kind, want := range map[review.EventKind]string{
		review.EventReceived: "Payout platform made the case through the API: arrived as storing",
		review.EventUpdated:  "System moved the case on: pending",
	} {
		event := d.events(review.EventFilter{Kind: kind})[0]
		if got := page(t, b.get("/audit/"+itoa(event.Seq))).Find("h1").Text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	history := strings.Join(strings.Fields(page(t, b.get("/verifications/"+v.ID)).Find("#history").Text()), " ")
	for _, want := range []string{"Payout platform made the case through the API: arrived as storing", "Moved on by itself: pending"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history says %q, and not %q", history, want)
		}
	}
}

func TestAPersonIsToldThatAProgramReadTheirData(t *testing.T) {
	d := newTestDesk(t)
	id := d.Cybrid(1, "Zoila Quispe", "id_check_failure")
	if _, err := d.PlatformCase(t.Context(), d.program("Payout platform").Actor("203.0.113.9", ""), review.Cybrid, id, "", true); err != nil {
		t.Fatal(err)
	}
	report, err := NewLookReport(t.Context(), d.DB, db.System("test"), id, "csv")
	if err != nil || len(report.Rows) != 1 || report.Rows[0].What != "The personal data was read by a program, through the API" || report.Rows[0].Purpose != forPlatform {
		t.Errorf("%+v, %v", report.Rows, err)
	}
}
