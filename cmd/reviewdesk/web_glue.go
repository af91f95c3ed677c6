package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"text/tabwriter"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/web"
)

// Everything that the commands ask of package web passes here.

// site is what the pages need to know beside the database.
type site struct {
	baseURL string
	demo    []demoPerson // offered on the sign-in page
	proxies []netip.Prefix
	metrics string // the token that opens /metrics from elsewhere
	zone    *time.Location
	running context.Context // while it lasts, the log is checked every night
	data    string          // the workspace, and its anchor if that lies elsewhere
	anchor  string
}

// handler makes the desk's pages.
func (s site) handler(d *db.DB, log *slog.Logger) (http.Handler, error) {
	o := web.Options{BaseURL: s.baseURL, Log: log, Version: builtFrom().version, TrustedProxies: s.proxies, Zone: s.zone, MetricsToken: s.metrics, Running: s.running, CheckLog: s.checkLog(d)}
	for _, p := range s.demo {
		// The type's own name belongs to package views, which commands do not import.
		o.Demo = append(o.Demo, struct{ Name, Email, Password, Role string }{p.name, p.email, demoPassword, string(p.role)})
	}
	return web.New(d, o)
}

// newServer makes a server with the desk's time-outs.
func newServer(h http.Handler, log *slog.Logger) *http.Server { return web.NewHTTPServer(h, log) }

// limited bounds how many connections are open at once.
func limited(l net.Listener) net.Listener { return web.LimitConnections(l) }

// hashPassword makes what is stored of a password.
func hashPassword(password string) (string, error) { return web.HashPassword(password) }

// hashedClient checks a program that is to be added, and puts the hash of its
// password in the place of what was typed.
func hashedClient(n db.NewClient) (db.NewClient, error) {
	err := web.CheckClient(&n)
	if err == nil && n.Password != "" {
		n.Password, err = web.HashPassword(n.Password)
	}
	return n, err
}

// export writes what the filters ask for. Filters that cannot be understood are
// wrong usage.
func export(ctx context.Context, d *db.DB, what, format string, filters url.Values, w io.Writer) (db.Export, error) {
	x, err := web.NewExportRequest(what, format, filters, "")
	if err == nil {
		var made db.Export
		if made, err = web.Export(ctx, d, byCommand, x, w); err == nil {
			return made, nil
		}
	}
	var bad review.Invalid
	if errors.As(err, &bad) {
		return db.Export{}, wrongUsage{err}
	}
	return db.Export{}, err
}

// lookReport tells when somebody looked at the data of a case's person.
func lookReport(ctx context.Context, d *db.DB, id, format string) (web.LookReport, error) {
	return web.NewLookReport(ctx, d, byCommand, id, format)
}

type routesCmd struct{}

// Run prints the table of routes, one a line.
func (routesCmd) Run(a *app) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, r := range web.Routes() {
		fmt.Fprintf(w, "%s\t%s\n", r.Pattern, r.Access())
	}
	return w.Flush()
}
