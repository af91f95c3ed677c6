package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestAClientIsAddedByAnAdminAndItsSecretOpensNothingElse(t *testing.T) {
	d := dbtest.New(t)
	rosa, ana := d.Person("Rosa Admin", review.RoleAdmin), d.Person("Ana Quiroga", review.RoleReviewer)
	good := db.NewClient{Provider: review.Cybrid, Name: " Shop ", Scopes: []string{"identity_verifications:read"}}
	if _, _, err := d.AddClient(t.Context(), ana, good); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("a reviewer adds a client: %v", err)
	}
	c, secret, err := d.AddClient(t.Context(), rosa, good)
	if err != nil || c.Name != "Shop" || len(c.ID) != 32 || len(secret) < 40 {
		t.Fatalf("%+v %q %v", c, secret, err)
	}
	for _, n := range []db.NewClient{
		{}, {Provider: "other", Name: "x", Scopes: good.Scopes}, {Provider: review.Cybrid, Name: "x"}, {Provider: review.Cybrid, Name: "<x>", Scopes: good.Scopes},
		{Provider: review.Cybrid, Name: "x", Scopes: []string{"accounts:read"}}, {Provider: review.Cybrid, Name: "x", Scopes: good.Scopes, Email: "a@b.example", Password: "hash"},
		{Provider: review.Coinify, Name: "x", Email: "a@b.example"}, {Provider: review.Coinify, Name: "x", Email: "nobody", Password: "hash"},
	} {
		var bad review.Invalid
		if _, _, err := d.AddClient(t.Context(), rosa, n); !errors.As(err, &bad) {
			t.Errorf("%+v is taken: %v", n, err)
		}
	}
	trader := db.NewClient{Provider: review.Coinify, Name: "Trader", Email: "T@b.example", Password: "hash"}
	first, offline, err := d.AddClient(t.Context(), rosa, trader)
	if err != nil || first.Trader == 0 || first.Email != "t@b.example" {
		t.Fatalf("%+v %v", first, err)
	}
	var bad review.Invalid
	if _, _, err := d.AddClient(t.Context(), rosa, trader); !errors.As(err, &bad) || bad["email"] == "" {
		t.Errorf("one address, two clients: %v", err)
	}
	trader.Email = "u@b.example"
	if second, _, err := d.AddClient(t.Context(), rosa, trader); err != nil || second.Trader != first.Trader+1 {
		t.Errorf("%+v %v", second, err)
	}
	for what, got := range map[string]error{
		"its own":              second(d.ClientBySecret(t.Context(), review.Cybrid, c.ID, secret)),
		"a trader's offline":   second(d.ClientBySecret(t.Context(), review.Coinify, "", offline)),
		"a trader's address":   second(d.ClientByEmail(t.Context(), " T@B.example ")),
		"!no id":               second(d.ClientBySecret(t.Context(), review.Cybrid, "", secret)),
		"!a wrong one":         second(d.ClientBySecret(t.Context(), review.Cybrid, c.ID, secret+"x")),
		"!an empty one":        second(d.ClientBySecret(t.Context(), review.Cybrid, c.ID, "")),
		"!a trader's as bank":  second(d.ClientBySecret(t.Context(), review.Cybrid, first.ID, offline)),
		"!a bank's as offline": second(d.ClientBySecret(t.Context(), review.Coinify, "", secret)),
		"!no address":          second(d.ClientByEmail(t.Context(), "")),
	} {
		if refused := strings.HasPrefix(what, "!"); refused != errors.Is(got, db.ErrNotFound) || !refused && got != nil {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestARevokedClientIsShutOutFromTheCommitOn(t *testing.T) {
	d := dbtest.New(t)
	c, secret, err := d.AddClient(t.Context(), db.System("test"), db.NewClient{Provider: review.Cybrid, Name: "Shop", Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	by := c.Actor("192.0.2.1", "request")
	token := db.NewToken{Kind: db.TokenAccess, Text: "a token", Scopes: db.Scopes(), Expires: d.Now().Add(time.Hour)}
	if err := d.IssueTokens(t.Context(), by, "client_credentials", "", token); err != nil {
		t.Fatal(err)
	}
	listed, err := d.Clients(t.Context())
	if err != nil || len(listed) != 1 || listed[0].Tokens != 1 {
		t.Errorf("%+v %v", listed, err)
	}
	if err := d.RevokeClient(t.Context(), d.Person("Ana Quiroga", review.RoleReviewer), c.ID); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("a reviewer revokes: %v", err)
	}
	for range 2 { // again changes nothing
		if err := d.RevokeClient(t.Context(), db.System("test"), c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(entries(t, d, review.EventClientRevoked)); n != 1 {
		t.Errorf("%d events", n)
	}
	for what, got := range map[string]error{
		"token":  second(d.Bearer(t.Context(), db.TokenAccess, "a token")),
		"secret": second(d.ClientBySecret(t.Context(), review.Cybrid, c.ID, secret)),
		"issue":  d.IssueTokens(t.Context(), by, "client_credentials", "", db.NewToken{Kind: db.TokenAccess, Text: "another", Expires: d.Now().Add(time.Hour)}),
		"nobody": d.RevokeClient(t.Context(), db.System("test"), "nobody"),
	} {
		if !errors.Is(got, db.ErrNotFound) {
			t.Errorf("%s: %v", what, got)
		}
	}
	if _, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, 1, asked)); !errors.Is(err, db.ErrRevoked) {
		t.Errorf("create: %v", err)
	}
	if c, err = d.Client(t.Context(), c.ID); err != nil || c.Active() {
		t.Errorf("%+v %v", c, err)
	}
}

func TestARefreshTokenIsSpentByItsUseAndOnlyByItsClient(t *testing.T) {
	d := dbtest.New(t)
	ann, bob := bank(t, d), bank(t, d)
	later := d.Now().Add(time.Hour)
	issue := func(by db.Actor, spent, text string) error {
		return d.IssueTokens(t.Context(), by, "refresh_token", spent, db.NewToken{Kind: db.TokenRefresh, Text: text, Expires: later})
	}
	if err := issue(ann, "", "first"); err != nil {
		t.Fatal(err)
	}
	if err := issue(bob, "first", "stolen"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("another's: %v", err)
	}
	if err := issue(ann, "first", "next"); err != nil {
		t.Errorf("its own: %v", err)
	}
	if err := issue(ann, "first", "twice"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a second time: %v", err)
	}
	if _, err := d.Bearer(t.Context(), db.TokenAccess, "next"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("as an access token: %v", err)
	}
	for _, refused := range []string{"stolen", "twice", "first"} {
		if _, err := d.Bearer(t.Context(), db.TokenRefresh, refused); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s: %v", refused, err)
		}
	}
	d.Clock.Move(time.Hour)
	if err := issue(ann, "next", "late"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("an expired one: %v", err)
	}
}
