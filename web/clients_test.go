package web

import (
	"net/http"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

// newForm opens the page and returns its form's one-time id.
func (b *browser) newForm(path string) string {
	b.d.t.Helper()
	id, there := page(b.d.t, b.get(path)).Find(`form[action="` + path + `"] [name="submission"]`).Attr("value")
	if !there || id == "" {
		b.d.t.Fatalf("%s has no form with an id of its own", path)
	}
	return id
}

func TestAnAdminAddsACybridClientWhoseSecretIsShownOnce(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	form := []string{"submission", b.newForm("/admin/clients"), "provider", "cybrid", "name", "Payout platform",
		"scope", "identity_verifications:read", "scope", "identity_verifications:execute", "email", "filled.in@browser.example", "password", "by the browser itself"}
	w := b.post("/admin/clients", form...)
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	id, secret := doc.Find("#client-id").Text(), doc.Find("#client-secret").Text()
	c, err := d.ClientBySecret(t.Context(), review.Cybrid, id, secret)
	if err != nil || c.Name != "Payout platform" || strings.Join(c.Scopes, " ") != "identity_verifications:read identity_verifications:execute" || c.Email != "" {
		t.Fatalf("%+v, %v", c, err)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("the secret may be cached: %q", got)
	}
	if doc.Find(`[data-copy="client-secret"]`).Length() != 1 {
		t.Error("nothing copies the secret")
	}
	again := b.post("/admin/clients", form...)
	if wantStatus(t, again, http.StatusConflict); !strings.Contains(text(again), "This form was sent before") {
		t.Error(text(again))
	}
	for name, leak := range map[string]string{"reload": again.Body.String(), "list": b.get("/admin/clients").Body.String(), "log": d.log.String(), "address": w.Header().Get("Location")} {
		if strings.Contains(leak, secret) {
			t.Errorf("the secret is in the %s", name)
		}
	}
	for _, cookie := range b.cookies {
		if strings.Contains(cookie, secret) {
			t.Error("the secret is in a cookie")
		}
	}
	if rows := page(t, again).Find("table.progs tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "execute") || !strings.Contains(rows.Text(), "Active") {
		t.Errorf("the list says %q", rows.Text())
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventClientAdded})); n != 1 {
		t.Errorf("%d clients were added", n)
	}
}

func TestAnAdminAddsATraderWithAPassword(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	w := b.post("/admin/clients", "provider", "coinify", "name", "Trader one", "email", " One@Trader.example", "password", testPassword, "scope", "identity_verifications:read")
	wantStatus(t, w, http.StatusOK)
	doc := page(t, w)
	c, err := d.ClientBySecret(t.Context(), review.Coinify, "", doc.Find("#client-secret").Text())
	if err != nil || c.Reference() != doc.Find("#client-trader").Text() || len(c.Scopes) != 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	found, err := d.ClientByEmail(t.Context(), "one@trader.example")
	if err != nil || found.ID != c.ID {
		t.Fatalf("%+v, %v", found, err)
	}
	if ok, _, err := d.server.hashing.check(t.Context(), testPassword, found.Password); !ok || err != nil {
		t.Errorf("the password does not open it: %v", err)
	}
	if strings.Contains(w.Body.String(), testPassword) {
		t.Error("the password is on the page")
	}
}

func TestAClientThatCannotBeIsToldBesideItsFields(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	if _, _, err := d.AddClient(t.Context(), db.System("test"), db.NewClient{Provider: review.Coinify, Name: "First", Email: "taken@trader.example", Password: "$argon2id$none"}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		form   []string
		fields []string
	}{
		"nothing filled in":                {[]string{"provider", "cybrid"}, []string{"name", "scope"}},
		"no provider":                      {[]string{"name", "X"}, []string{"provider"}},
		"a provider nobody knows":          {[]string{"provider", "acme", "name", "X"}, []string{"provider"}},
		"a scope that is none":             {[]string{"provider", "cybrid", "name", "X", "scope", "everything"}, []string{"scope"}},
		"a name the log could not hold":    {[]string{"provider", "cybrid", "name", "Zoë <b>", "scope", "identity_verifications:read"}, []string{"name"}},
		"an address without a password":    {[]string{"provider", "coinify", "name", "X", "email", "x@trader.example"}, []string{"email"}},
		"a password without an address":    {[]string{"provider", "coinify", "name", "X", "password", testPassword}, []string{"email"}},
		"a short password, and no address": {[]string{"provider", "coinify", "name", "X", "email", "x", "password", "short"}, []string{"email", "password"}},
		"an address that is taken":         {[]string{"provider", "coinify", "name", "X", "email", "Taken@trader.example", "password", testPassword}, []string{"email"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := b.post("/admin/clients", append(test.form, "submission", b.newForm("/admin/clients"))...)
			wantStatus(t, w, http.StatusUnprocessableEntity)
			doc := page(t, w)
			if n := doc.Find("form .verdict").Length(); n != len(test.fields) {
				t.Errorf("%d mistakes are shown: %s", n, doc.Find("form .verdict").Text())
			}
			for _, field := range test.fields {
				if doc.Find("#"+field+"-error").Length() != 1 || doc.Find(`[data-error-summary] a[href="#`+field+`"]`).Length() != 1 || doc.Find("#"+field).Length() != 1 {
					t.Errorf("%s: %s", field, text(w))
				}
			}
			if doc.Find("#client-secret").Length() > 0 || strings.Contains(w.Body.String(), testPassword) {
				t.Error("a secret is on the page")
			}
		})
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventClientAdded})); n != 1 {
		t.Errorf("%d clients were added", n)
	}
}

func TestARevokedClientIsShutOutAtOnce(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	c, secret, err := d.AddClient(t.Context(), db.System("test"), db.NewClient{Provider: review.Cybrid, Name: "Payout platform", Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.IssueTokens(t.Context(), c.Actor("", ""), "client_credentials", "", db.NewToken{Kind: db.TokenAccess, Text: "bearer", Scopes: c.Scopes, Expires: d.Clock.Now().AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	row := page(t, b.get("/admin/clients")).Find("tr:contains('Payout platform')")
	if got := row.Find(`td[data-l="Tokens alive"]`).Text(); strings.TrimSpace(got) != "1" {
		t.Errorf("tokens alive: %q", got)
	}
	if row.Find(`details.pop form[action="/admin/clients/`+c.ID+`/revoke"] button`).Length() != 1 || row.Find("details[open]").Length() != 0 {
		t.Error("it can be revoked without a second word")
	}
	wantStatus(t, b.post("/admin/clients/none/revoke"), http.StatusNotFound)
	for range 2 { // a double click
		wantStatus(t, b.post("/admin/clients/"+c.ID+"/revoke"), http.StatusSeeOther)
	}
	_, bySecret := d.ClientBySecret(t.Context(), review.Cybrid, c.ID, secret)
	_, byToken := d.Bearer(t.Context(), db.TokenAccess, "bearer")
	if bySecret == nil || byToken == nil {
		t.Errorf("still let in: %v, %v", bySecret, byToken)
	}
	row = page(t, b.get("/admin/clients")).Find("tr:contains('Payout platform')")
	if !strings.Contains(row.Text(), "Revoked") || row.Find("form").Length() != 0 || !strings.Contains(row.Text(), "None") {
		t.Errorf("the list says %q", row.Text())
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventClientRevoked})); n != 1 {
		t.Errorf("revoked %d times", n)
	}
}

func TestTheAdminsPagesAreLinkedFromTheirOwnAndMarked(t *testing.T) {
	d := newTestDesk(t)
	b, _ := d.signedIn(review.RoleAdmin)
	doc := page(t, b.get("/admin"))
	for _, path := range []string{"/admin/people", "/admin/policy", "/admin/clients", "/admin/webhooks"} {
		if doc.Find(`main a[href="`+path+`"]`).Length() != 1 || doc.Find(`.rail a[href="`+path+`"]`).Length() != 1 {
			t.Errorf("%s is not linked", path)
		}
		if current := page(t, b.get(path)).Find(`.rail a[aria-current="page"]`); current.AttrOr("href", "") != path {
			t.Errorf("%s marks %q as the page", path, current.AttrOr("href", ""))
		}
	}
	if got := text(b.get("/admin/clients")); !strings.Contains(got, "No program speaks to the desk yet") {
		t.Errorf("the empty list says %q", got)
	}
}
