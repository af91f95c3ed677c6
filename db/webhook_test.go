package db_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/coinify"
	"reviewdesk/review/cybrid"
)

var admin = db.System("test")

func endpoint(t *testing.T, d *dbtest.Desk, p review.Provider, url string) db.Endpoint {
	t.Helper()
	e, secret, err := d.AddEndpoint(t.Context(), admin, db.NewEndpoint{Provider: p, URL: url})
	ok(t, err)
	if len(secret) < 40 {
		t.Fatalf("the secret is short: %q", secret)
	}
	return e
}

// sent are an endpoint's deliveries, oldest first.
func sent(t *testing.T, d *dbtest.Desk, endpoint string) []db.Delivery {
	t.Helper()
	all, _, err := d.Deliveries(t.Context(), endpoint, 0, 1000)
	ok(t, err)
	slices.Reverse(all)
	return all
}

func events(all []db.Delivery) string {
	var out []string
	for _, one := range all {
		out = append(out, strings.TrimPrefix(one.Event, "identity_verification."))
	}
	return strings.Join(out, " ")
}

func outboxRows(t *testing.T, d *dbtest.Desk) (n int) {
	t.Helper()
	reader := d.Reader()
	ok(t, reader.QueryRow(`SELECT COUNT(*) FROM outbox`).Scan(&n))
	return n
}

// attested makes a case through Cybrid's API that goes to an officer by itself.
func attested(t *testing.T, d *dbtest.Desk, guid string) {
	t.Helper()
	r, err := cybrid.ParseRequest([]byte(`{"type":"kyc","method":"attested","customer_guid":"3a3cb2ff83b2a2fd7d2ac3a1a4b3a2f1",
		"name":{"first":"Ines","last":"Moreau"},"address":{"street":"1 Rue Longue","city":"Lyon","country_code":"FR"},"date_of_birth":"1990-02-14",
		"identification_numbers":[{"type":"passport","issuing_country_code":"FR","identification_number":"X1234567"}]}`), d.Desk())
	ok(t, err)
	object, err := r.Object(guid, d.Now())
	ok(t, err)
	_, _, err = d.Create(t.Context(), admin, review.Cybrid, db.Creation{Object: object, Road: r.Road()})
	ok(t, err)
}

func TestEachStateOfACaseMadeHereIsToldOnceToEachEndpoint(t *testing.T) {
	d := dbtest.New(t)
	one, two := endpoint(t, d, review.Cybrid, "https://one.example/in"), endpoint(t, d, review.Cybrid, "https://two.example/in")
	other := endpoint(t, d, review.Coinify, "https://three.example/in")
	attested(t, d, strings.Repeat("ab", 16))
	for d.Clock.Now().Before(dbtest.Start.Add(time.Hour)) {
		_, err := d.MoveDue(t.Context())
		ok(t, err)
		d.Clock.Move(time.Minute)
	}
	list, err := d.List(t.Context(), review.Filter{}, db.Cursor{}, 10)
	ok(t, err)
	v, err := d.Peek(t.Context(), list.Rows[0].ID)
	ok(t, err)
	_, err = d.Decide(t.Context(), d.Person("Ana Quiroga", review.RoleReviewer), v.ID, approval(v.Version), "form")
	ok(t, err)
	first, second := sent(t, d, one.ID), sent(t, d, two.ID)
	if got := events(first); got != "storing pending reviewing completed" || events(second) != got {
		t.Fatalf("told %q and %q", got, events(second))
	}
	for i, one := range first {
		if one.GUID != second[i].GUID || one.Case != v.ID || one.State != db.DeliveryWaiting || len(one.GUID) != 32 {
			t.Errorf("%+v and %+v", one, second[i])
		}
	}
	if n := outboxRows(t, d); n != 4 {
		t.Errorf("%d rows in the outbox for four states", n)
	}
	if all := sent(t, d, other.ID); len(all) != 0 {
		t.Errorf("the other provider's endpoint is told %q", events(all))
	}
}

func TestWhatTheProviderSentIsNotToldBackAndItsDecisionIs(t *testing.T) {
	d := dbtest.New(t)
	e := endpoint(t, d, review.Cybrid, "https://one.example/in")
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "selfie_failure")
	_, err := d.Decide(t.Context(), ana, id, rejection(1), "form")
	ok(t, err)
	if n := outboxRows(t, d); n != 0 || len(sent(t, d, e.ID)) != 0 {
		t.Fatalf("an import or a proposal was told: %d", n)
	}
	_, err = d.Confirm(t.Context(), mei, id, 2, "I see it the same way.")
	ok(t, err)
	if got := events(sent(t, d, e.ID)); got != "completed" || outboxRows(t, d) != 1 {
		t.Errorf("told %q", got)
	}
}

func TestADecisionThatIsNotRecordedTellsNobody(t *testing.T) {
	d := dbtest.New(t)
	e := endpoint(t, d, review.Cybrid, "https://one.example/in")
	ana, id := d.Person("Ana Quiroga", review.RoleReviewer), d.Cybrid(1, "Ines Moreau")
	_, err := d.Decide(t.Context(), ana, id, approval(7), "form")
	if !errors.Is(err, review.ErrConflict) {
		t.Fatal(err)
	}
	if n := outboxRows(t, d); n != 0 || len(sent(t, d, e.ID)) != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestATraderIsToldOfTheEndOnly(t *testing.T) {
	d := dbtest.New(t)
	e := endpoint(t, d, review.Coinify, "https://one.example/in")
	object, err := coinify.Request{}.Attempt("0d9b7d5c-2f4e-4a86-9c55-1f2e3d4c5b6a", "420001", d.Desk(), d.Now())
	ok(t, err)
	_, _, err = d.Create(t.Context(), admin, review.Coinify, db.Creation{Object: object})
	ok(t, err)
	if all := sent(t, d, e.ID); len(all) != 0 || outboxRows(t, d) != 1 {
		t.Errorf("a pending attempt is told: %v", all)
	}
}

func TestNoNoticeHoldsAnythingPersonal(t *testing.T) {
	d := dbtest.New(t)
	endpoint(t, d, review.Cybrid, "https://one.example/in")
	attested(t, d, strings.Repeat("ab", 16))
	next, err := d.NextDeliveries(t.Context(), d.Now())
	ok(t, err)
	if len(next) != 1 {
		t.Fatalf("%d deliveries", len(next))
	}
	for _, word := range []string{"Ines", "Moreau", "Longue", "1990-0", "X1234567", "passed", "outcome"} {
		if bytes.Contains(next[0].Body, []byte(word)) {
			t.Errorf("%s holds %s", next[0].Body, word)
		}
	}
}

func TestAnEndpointIsRefusedForEachMistake(t *testing.T) {
	d := dbtest.New(t)
	endpoint(t, d, review.Cybrid, "https://there.example/in")
	for name, test := range map[string]struct {
		n     db.NewEndpoint
		field string
	}{
		"no address":              {db.NewEndpoint{Provider: review.Cybrid}, "url"},
		"another scheme":          {db.NewEndpoint{Provider: review.Cybrid, URL: "ftp://desk.example/"}, "url"},
		"no scheme":               {db.NewEndpoint{Provider: review.Cybrid, URL: "desk.example/in"}, "url"},
		"no host":                 {db.NewEndpoint{Provider: review.Cybrid, URL: "https:///in"}, "url"},
		"a port only":             {db.NewEndpoint{Provider: review.Cybrid, URL: "https://:443/in"}, "url"},
		"http to the world":       {db.NewEndpoint{Provider: review.Cybrid, URL: "http://desk.example/in"}, "url"},
		"http to a loopback name": {db.NewEndpoint{Provider: review.Cybrid, URL: "http://localhost.example/in"}, "url"},
		"a password":              {db.NewEndpoint{Provider: review.Cybrid, URL: "https://a:b@desk.example/in"}, "url"},
		"a fragment":              {db.NewEndpoint{Provider: review.Cybrid, URL: "https://desk.example/in#part"}, "url"},
		"an empty fragment":       {db.NewEndpoint{Provider: review.Cybrid, URL: "https://desk.example/in#"}, "url"},
		"a line end":              {db.NewEndpoint{Provider: review.Cybrid, URL: "https://desk.example/in\r\nX: y"}, "url"},
		"a hidden character":      {db.NewEndpoint{Provider: review.Cybrid, URL: "https://desk\u200b.example/in"}, "url"},
		"a long address":          {db.NewEndpoint{Provider: review.Cybrid, URL: "https://desk.example/" + strings.Repeat("a", 1000)}, "url"},
		"one that is there":       {db.NewEndpoint{Provider: review.Cybrid, URL: " https://there.example/in "}, "url"},
		"an unknown provider":     {db.NewEndpoint{Provider: "other", URL: "https://desk.example/in"}, "provider"},
	} {
		var bad review.Invalid
		if _, _, err := d.AddEndpoint(t.Context(), admin, test.n); !errors.As(err, &bad) || len(bad) != 1 || bad[test.field] == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, n := range map[string]db.NewEndpoint{
		"http on this machine":              {Provider: review.Cybrid, URL: "http://127.0.0.1:8081/in"},
		"http by name":                      {Provider: review.Cybrid, URL: "http://localhost:8081/in"},
		"http in the house":                 {Provider: review.Cybrid, URL: "http://10.0.0.7/in?token=x", AllowPrivate: true},
		"the same for the other":            {Provider: review.Coinify, URL: "https://there.example/in"},
		"another port and an address in v6": {Provider: review.Coinify, URL: "https://[2606:4700::1111]:8443/in"},
	} {
		if _, _, err := d.AddEndpoint(t.Context(), admin, n); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyAnAdminChangesWebhooksAndEachChangeIsAnEvent(t *testing.T) {
	d := dbtest.New(t)
	boss := d.Person("Omar Haddad", review.RoleAdmin)
	e, _, err := d.AddEndpoint(t.Context(), boss, db.NewEndpoint{Provider: review.Cybrid, URL: "https://one.example/in?token=hush"})
	ok(t, err)
	_, err = d.AddSecret(t.Context(), boss, e.ID, d.NewestSecret(e.ID))
	ok(t, err)
	ok(t, d.TestDelivery(t.Context(), boss, e.ID))
	id := sent(t, d, e.ID)[0].ID
	ok(t, d.Attempted(t.Context(), id, db.Outcome{Status: 200}))
	steps := []struct {
		name string
		do   func(by db.Actor) error
	}{
		{"sent_again", func(by db.Actor) error { return d.Redeliver(t.Context(), by, id) }},
		{"paused", func(by db.Actor) error { return d.PauseEndpoint(t.Context(), by, e.ID) }},
		{"resumed", func(by db.Actor) error { return d.ResumeEndpoint(t.Context(), by, e.ID) }},
		{"secret_retired", func(by db.Actor) error { return d.RetireSecret(t.Context(), by, e.ID, e.Secrets[0].ID) }},
		{"removed", func(by db.Actor) error { return d.RemoveEndpoint(t.Context(), by, e.ID) }},
	}
	for _, role := range []review.Role{review.RoleReviewer, review.RoleSenior, review.RoleAuditor} {
		by := d.Person("Some "+string(role), role)
		for _, s := range steps {
			if err := s.do(by); !errors.Is(err, review.ErrForbidden) {
				t.Errorf("%s, %s: %v", role, s.name, err)
			}
		}
		for name, err := range map[string]error{"add": errOf3(d.AddEndpoint(t.Context(), by, db.NewEndpoint{})),
			"secret": second(d.AddSecret(t.Context(), by, e.ID, d.NewestSecret(e.ID))), "test": d.TestDelivery(t.Context(), by, e.ID)} {
			if !errors.Is(err, review.ErrForbidden) {
				t.Errorf("%s, %s: %v", role, name, err)
			}
		}
	}
	want := []string{"endpoint_added", "secret_added", "tested"}
	for _, s := range steps {
		ok(t, s.do(boss))
		want = append(want, s.name)
		if s.name == "removed" {
			continue
		}
		if s.name != "sent_again" {
			ok(t, s.do(boss)) // again: nothing changes, and no event
		}
	}
	entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventWebhookChange}, 0, 100)
	ok(t, err)
	var got []string
	for _, entry := range slices.Backward(entries) {
		got = append(got, entry.Facts[0].Value)
		for _, f := range entry.Facts {
			if strings.Contains(f.Value, "hush") {
				t.Errorf("the address stands in the log: %v", f)
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	for _, s := range steps {
		if err := s.do(boss); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s of a removed endpoint: %v", s.name, err)
		}
	}
	whole(t, d)
}

func errOf3[A, B any](_ A, _ B, err error) error { return err }

func TestSecretsAreSealedChangedOverAndNeverAllRetired(t *testing.T) {
	d := dbtest.New(t)
	e, old, err := d.AddEndpoint(t.Context(), admin, db.NewEndpoint{Provider: review.Cybrid, URL: "https://one.example/in"})
	ok(t, err)
	newer, err := d.AddSecret(t.Context(), admin, e.ID, d.NewestSecret(e.ID))
	ok(t, err)
	signing, err := d.SigningSecrets(t.Context(), e.ID)
	ok(t, err)
	if !slices.Equal(signing, []string{old, newer}) {
		t.Fatalf("%v sign, oldest first %s %s", signing, old, newer)
	}
	ok(t, d.RetireSecret(t.Context(), admin, e.ID, e.Secrets[0].ID))
	e, err = d.EndpointByID(t.Context(), e.ID)
	ok(t, err)
	if len(e.Secrets) != 2 || e.Secrets[0].Live() || !e.Secrets[1].Live() {
		t.Fatalf("%+v", e.Secrets)
	}
	var bad review.Invalid
	if err := d.RetireSecret(t.Context(), admin, e.ID, e.Secrets[1].ID); !errors.As(err, &bad) || bad["secret"] == "" {
		t.Errorf("the last one went: %v", err)
	}
	if err := d.RetireSecret(t.Context(), admin, e.ID, 999); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	for range 4 {
		_, err = d.AddSecret(t.Context(), admin, e.ID, d.NewestSecret(e.ID))
		ok(t, err)
	}
	if _, err = d.AddSecret(t.Context(), admin, e.ID, d.NewestSecret(e.ID)); !errors.As(err, &bad) {
		t.Errorf("a sixth signs: %v", err)
	}
	reader := d.Reader()
	rows, err := reader.Query(`SELECT sealed, retired_at FROM endpoint_secret`)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var sealed []byte
		var retired int64
		ok(t, rows.Scan(&sealed, &retired))
		if bytes.Contains(sealed, []byte(newer)) || (retired != 0) != (len(sealed) == 0) {
			t.Errorf("sealed %q, retired %d", sealed, retired)
		}
	}
	ok(t, rows.Err())
	ok(t, d.RemoveEndpoint(t.Context(), admin, e.ID))
	if _, err := d.SigningSecrets(t.Context(), e.ID); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a removed endpoint signs: %v", err)
	}
}

func TestACaseThatCannotMoveOnHoldsUpNoOther(t *testing.T) {
	d := dbtest.New(t)
	e := endpoint(t, d, review.Cybrid, "https://one.example/in")
	attested(t, d, strings.Repeat("ab", 16))
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE verification SET dossier = x'00'`) }))
	attested(t, d, strings.Repeat("cd", 16))
	d.Clock.Move(time.Minute)
	if due, err := d.MoveDue(t.Context()); err == nil || due != 2 {
		t.Errorf("%d cases, %v", due, err)
	}
	if got := events(sent(t, d, e.ID)); got != "storing storing pending" {
		t.Errorf("told %q", got)
	}
	if due, err := d.MoveDue(t.Context()); err != nil || due != 0 {
		t.Errorf("tried again at once: %d, %v", due, err)
	}
}

func TestTheSchemaGoesBackAndForth(t *testing.T) {
	d := dbtest.New(t)
	d.Decide(t.Context(), d.Person("Ana Quiroga", review.RoleReviewer), d.Cybrid(1, "Ines Moreau"), approval(1), "form")
	d.Shut()
	ok(t, db.MigrateDown(t.Context(), filepath.Join(d.Dir, "desk.db"), 3))
	d.Open()
	if n := outboxRows(t, d); n != 1 {
		t.Errorf("%d rows in the outbox", n)
	}
	// Columns that the way back drops are empty afterwards, and the log knows better.
	if r := d.CheckLog(t.Context()); r.Fault != audit.FaultCase || !strings.Contains(r.Detail, "has effect") {
		t.Error(r.Sentence())
	}
}
