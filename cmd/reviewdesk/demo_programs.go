package main

import (
	"context"
	"crypto/rand"
	"errors"

	"reviewdesk/db"
	"reviewdesk/review"
)

// demoLasts is how many years the demo trader's token works: for the life of the demo.
const demoLasts = 10

// programs makes sure that the file's client and trader may speak to the APIs. What
// an earlier run wrote stays as long as it works.
func (f *demoFile) programs(ctx context.Context, d *db.DB) error {
	_, err := d.ClientBySecret(ctx, review.Cybrid, f.Client.ID, f.Client.Secret)
	if errors.Is(err, db.ErrNotFound) {
		f.Client, err = addDemoClient(ctx, d)
	}
	if err != nil {
		return err
	}
	_, err = d.Bearer(ctx, db.TokenAccess, f.Trader.AccessToken)
	if errors.Is(err, db.ErrNotFound) {
		f.Trader, err = addDemoTrader(ctx, d)
	}
	return err
}

// addDemoClient adds a program that may do everything at Cybrid's API.
func addDemoClient(ctx context.Context, d *db.DB) (demoClient, error) {
	c, secret, err := d.AddClient(ctx, db.System("demo"), db.NewClient{Provider: review.Cybrid, Name: "Demo platform", Scopes: db.Scopes()})
	return demoClient{ID: c.ID, Secret: secret, Scopes: c.Scopes}, err
}

// addDemoTrader adds a trader of Coinify's API, with a token to begin with at once.
func addDemoTrader(ctx context.Context, d *db.DB) (demoTrader, error) {
	c, offline, err := d.AddClient(ctx, db.System("demo"), db.NewClient{Provider: review.Coinify, Name: "Demo trader"})
	if err != nil {
		return demoTrader{}, err
	}
	t := demoTrader{AccessToken: rand.Text() + rand.Text(), OfflineToken: offline}
	return t, d.IssueTokens(ctx, c.Actor("127.0.0.1", ""), "demo", "", db.NewToken{Kind: db.TokenAccess, Text: t.AccessToken, Expires: d.Now().AddDate(demoLasts, 0, 0)})
}
