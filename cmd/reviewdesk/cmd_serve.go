package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"
)

type serveCmd struct {
	dataFlag
	anchorFlag
	Addr         string         `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen; port 0 picks a free one (${default}). unix:PATH is a socket for a proxy on this machine: its file is open to the owner and the group."`
	BaseURL      string         `name:"base-url" placeholder:"URL" help:"Where browsers reach the desk. Default: http://ADDR, or https with a certificate."`
	TLSCert      string         `name:"tls-cert" placeholder:"FILE" help:"Certificate chain in PEM; taken anew when the file changes."`
	TLSKey       string         `name:"tls-key" placeholder:"FILE" help:"Its private key in PEM."`
	TrustedProxy []netip.Prefix `name:"trusted-proxy" placeholder:"CIDR" help:"A proxy whose X-Forwarded-For counts. Can be repeated."`
	Sandbox      bool           `help:"Take test behaviours through the APIs, which let a program say how its case ends. For integrators; never where people are decided on."`
	TimeZone     string         `name:"time-zone" placeholder:"NAME" help:"The desk's local time, such as Europe/Madrid. Default: this machine's."`
	MetricsToken string         `name:"metrics-token" placeholder:"TOKEN" help:"Opens /metrics to whoever sends it as a bearer token; without one only this machine reads it. Best given as REVIEWDESK_METRICS_TOKEN."`

	zone *time.Location
}

// Validate refuses what would send passwords over a network in clear.
func (c *serveCmd) Validate() (err error) {
	if c.zone, err = zoneOf(c.TimeZone); err != nil {
		return err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if c.BaseURL != "" {
		if err := checkBaseURL(c.BaseURL); err != nil {
			return err
		}
	}
	if c.MetricsToken != "" && len(c.MetricsToken) < shortestToken {
		return fmt.Errorf("--metrics-token: want %d characters or more", shortestToken)
	}
	if path, is := strings.CutPrefix(c.Addr, socketPrefix); is {
		return c.validateSocket(path)
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: want HOST:PORT, such as 127.0.0.1:8080, or unix:PATH")
	}
	base, _ := url.Parse(c.BaseURL)
	if !isLoopback(host) && c.TLSCert == "" && base.Scheme != "https" {
		return errors.New("--addr is not this machine's own (127.0.0.1), so passwords would travel in clear: give --tls-cert and --tls-key, or, behind a proxy that speaks TLS, --base-url https://HOST")
	}
	return nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("--time-zone: want a name such as Europe/Madrid")
	}
	return zone, nil
}

// Run serves the desk until it is told to stop.
func (c *serveCmd) Run(a *app) (err error) {
	d, err := openDesk(a.ctx, c.Data, settings{anchor: c.Anchor, log: a.log, sandbox: c.Sandbox})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	l, here, err := c.listen()
	if err != nil {
		return err // says what and where by itself
	}
	s := site{baseURL: c.BaseURL, proxies: c.TrustedProxy, zone: c.zone, metrics: c.MetricsToken, data: c.Data, anchor: c.Anchor}
	if s.baseURL == "" {
		s.baseURL = here
	}
	return a.serve(d, l, s, func() error {
		_, err := fmt.Fprintln(a.out, "listening on", here)
		return err
	})
}

// listen takes the address, and says what it is.
func (c *serveCmd) listen() (l net.Listener, here string, err error) {
	if path, is := strings.CutPrefix(c.Addr, socketPrefix); is {
		l, err = listenSocket(path)
		return l, c.Addr, err
	}
	if l, err = net.Listen("tcp", c.Addr); err != nil {
		return nil, "", err
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
		if l, err = c.secured(l); err != nil {
			return nil, "", err
		}
	}
	return l, scheme + "://" + l.Addr().String(), nil
}

// secured puts TLS in front of the listener.
func (c *serveCmd) secured(l net.Listener) (net.Listener, error) {
	pair := &keyPair{cert: c.TLSCert, key: c.TLSKey}
	if _, err := pair.current(nil); err != nil {
		l.Close()
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: pair.current, NextProtos: []string{"http/1.1"}}), nil
}

// stopWithin is how long requests that run may take once the desk is to stop.
const stopWithin = 10 * time.Second

// lastWords is how long they may take once the disk has failed: they say that it has.
const lastWords = time.Second

// mostMemory is what the Go side of the process keeps to, so that all of it, with SQLite's
// caches, stays under 256 MiB: passwords are checked in 64 MiB at a time, and the
// collector alone would let as much again pile up beside each.
const mostMemory = 176 << 20

func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(mostMemory)
	}
}

// serve answers requests until the process is told to stop; then it takes no more
// and finishes what runs. It also ends, with an error, once the disk has failed. ready is called when the first request can come.
func (a *app) serve(d *desk, l net.Listener, s site, ready func() error) error {
	defer l.Close()
	boundMemory()
	s.running = a.ctx
	h, err := s.handler(d.DB, a.log)
	if err != nil {
		return err
	}
	defer a.witness(d.DB)()
	defer a.work(d.DB)()
	server := newServer(h, a.log)
	stopped := make(chan struct{})
	ctx, end := context.WithCancel(a.ctx)
	defer end()
	defer context.AfterFunc(d.Alive(), end)()
	stop := context.AfterFunc(ctx, func() {
		if d.Alive().Err() != nil {
			a.shutDown(server, lastWords)
		} else {
			a.shutDown(server, stopWithin)
		}
		close(stopped)
	})
	defer stop()
	if err := ready(); err != nil {
		return err
	}
	if err := server.Serve(limited(l)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return context.Cause(d.Alive())
}

// shutDown lets requests finish, and cuts off those that will not.
func (a *app) shutDown(server *http.Server, within time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		a.log.Warn("some requests were cut off", "error", errors.Join(err, server.Close()))
	}
}
