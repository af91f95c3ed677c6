package db_test

import (
	"errors"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func cybridClient(name string) db.NewClient {
	return db.NewClient{Provider: review.Cybrid, Name: name, Scopes: []string{"identity_verifications:read"}}
}

func TestAFormSentAgainMakesNoSecondClient(t *testing.T) {
	d := dbtest.New(t)
	rosa, otto := d.Person("Rosa Oliveira", review.RoleAdmin), d.Person("Otto Lang", review.RoleAdmin)
	n := cybridClient("Payout platform")
	n.Submission = "FORM1"
	c, secret, err := d.AddClient(t.Context(), rosa, n)
	if err != nil || len(c.ID) != 32 {
		t.Fatalf("%+v: %v", c, err)
	}
	n.Name = "Another name"
	if _, again, err := d.AddClient(t.Context(), rosa, n); !errors.Is(err, db.ErrRepeated) || again == secret {
		t.Errorf("the same form again: %v", err)
	}
	if found, err := d.ClientBySecret(t.Context(), review.Cybrid, c.ID, secret); err != nil || found.Name != "Payout platform" {
		t.Errorf("the client of the first time: %+v, %v", found, err)
	}
	for what, by := range map[string]db.Actor{"another person's form": otto, "a form of the terminal": db.System("command")} {
		if other, _, err := d.AddClient(t.Context(), by, n); err != nil || other.ID == c.ID {
			t.Errorf("%s: %+v, %v", what, other, err)
		}
	}
	all, err := d.Clients(t.Context())
	if err != nil || len(all) != 3 {
		t.Errorf("%d clients, %v", len(all), err)
	}
}

func TestTwoClientsCannotHaveOneAddress(t *testing.T) {
	d := dbtest.New(t)
	n := db.NewClient{Provider: review.Coinify, Name: "Trader one", Email: "One@trader.example", Password: "$argon2id$none"}
	if _, _, err := d.AddClient(t.Context(), db.System("test"), n); err != nil {
		t.Fatal(err)
	}
	n.Name, n.Email, n.Submission = "Trader two", " one@TRADER.example", "FORM2"
	_, _, err := d.AddClient(t.Context(), db.System("test"), n)
	var bad review.Invalid
	if !errors.As(err, &bad) || bad["email"] == "" {
		t.Errorf("the same address again: %v", err)
	}
}

func TestTheLogNamesAProgramAndFindsWhatItDid(t *testing.T) {
	d := dbtest.New(t)
	c, _, err := d.AddClient(t.Context(), db.System("test"), cybridClient("Payout platform"))
	if err != nil {
		t.Fatal(err)
	}
	err = d.IssueTokens(t.Context(), c.Actor("203.0.113.9", ""), "client_credentials", "",
		db.NewToken{Kind: db.TokenAccess, Text: "text", Scopes: c.Scopes, Expires: d.Clock.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	log, _, err := d.Log(t.Context(), review.EventFilter{Actor: c.ID}, 0, 10)
	if err != nil || len(log) != 1 || log[0].ActorName != "Payout platform" || log[0].Action != string(review.EventTokenIssued) {
		t.Errorf("%+v, %v", log, err)
	}
}
