package main

import (
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

func TestTheDemosProgramsMaySpeakToTheAPIs(t *testing.T) {
	dir := t.TempDir()
	a := &app{ctx: t.Context(), out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	if err := makeDemo(a, dir, 5, demoStart); err != nil {
		t.Fatal(err)
	}
	at := demoStart
	d, err := openDesk(t.Context(), dir, settings{clock: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	path := filepath.Join(dir, demoFileName)
	first := describedAndLetIn(t, d.DB, path)
	at = at.AddDate(5, 0, 0)
	if again := describedAndLetIn(t, d.DB, path); again.Client.Secret != first.Client.Secret || again.Trader != first.Trader {
		t.Error("the secrets of an earlier run have changed")
	}

	// A demo made before there were clients has made-up secrets in its file.
	first.Client.Secret, first.Trader.AccessToken = "invented", "invented"
	if err := first.write(path); err != nil {
		t.Fatal(err)
	}
	if mended := describedAndLetIn(t, d.DB, path); mended.Client.ID == first.Client.ID {
		t.Error("no client was added for the one that cannot get in")
	}
}

// describedAndLetIn describes the demo and holds what the file says against the desk.
func describedAndLetIn(t *testing.T, d *db.DB, path string) demoFile {
	t.Helper()
	if _, err := describeDemo(t.Context(), d, path, "http://localhost:8080"); err != nil {
		t.Fatal(err)
	}
	f, err := readDemo(path)
	if err != nil || f.URL != "http://localhost:8080" || len(f.Accounts) != len(demoPeople) {
		t.Fatalf("%+v, %v", f, err)
	}
	c, err := d.ClientBySecret(t.Context(), review.Cybrid, f.Client.ID, f.Client.Secret)
	if err != nil || !slices.Equal(c.Scopes, db.Scopes()) || !slices.Equal(f.Client.Scopes, c.Scopes) {
		t.Errorf("the client: %+v, %v", c, err)
	}
	token, err := d.Bearer(t.Context(), db.TokenAccess, f.Trader.AccessToken)
	if err != nil || token.Client.Provider != review.Coinify || token.Client.Trader == 0 {
		t.Errorf("the trader: %+v, %v", token, err)
	}
	offline, err := d.ClientBySecret(t.Context(), review.Coinify, "", f.Trader.OfflineToken)
	if err != nil || offline.ID != token.Client.ID {
		t.Errorf("the trader's offline token: %+v, %v", offline, err)
	}
	return f
}
