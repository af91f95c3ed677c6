package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"
)

type demoCmd struct {
	Data  string `placeholder:"DIR" help:"Keep the demo's workspace in this folder, and use it again next time. Default: a temporary folder, removed at the end."`
	Addr  string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to listen, on this machine only; port 0 picks a free one (${default})."`
	Cases int    `default:"200" help:"How many cases to make up (${default})."`
}

// Validate keeps the demo, whose passwords everybody knows, off the network.
func (c demoCmd) Validate() error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil || !isLoopback(host) {
		return fmt.Errorf("--addr: the demo's passwords are public, so it listens on this machine only: want 127.0.0.1:PORT")
	}
	if c.Cases < 1 || c.Cases > 100_000 {
		return fmt.Errorf("--cases: want a number from 1 to 100000")
	}
	return nil
}

// Run makes the demo's workspace, unless the folder holds it already, and serves it.
func (c demoCmd) Run(a *app) (err error) {
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "reviewdesk-demo-"); err != nil {
			return fmt.Errorf("temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err // says what and where by itself
	}
	defer l.Close()
	d, err := c.desk(a, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	url := fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
	return a.serve(d, l, site{baseURL: url, demo: demoPeople, zone: time.Local}, func() error {
		f, err := describeDemo(a.ctx, d.DB, filepath.Join(dir, demoFileName), url)
		if err != nil {
			return err
		}
		return c.welcome(a, f, filepath.Join(dir, demoFileName))
	})
}

// desk opens the demo's workspace; a folder without one gets it.
func (c demoCmd) desk(a *app, dir string) (*desk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make workspace: %w", err)
	}
	lock, err := holdFolder(dir)
	if err != nil {
		return nil, err
	}
	made := hasWorkspace(dir)
	if made && !hasDemo(dir) {
		err = fmt.Errorf("%s holds a workspace that is no demo, or a demo that was not finished; give another folder", dir)
	}
	if !made {
		err = makeDemo(a, dir, c.Cases, time.Now())
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return openHeld(a.ctx, dir, settings{log: a.log, sandbox: true}, lock)
}

// welcome prints who can sign in, and where; path is where the programs' secrets are.
func (c demoCmd) welcome(a *app, f demoFile, path string) error {
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tE-MAIL\tPASSWORD")
	for _, p := range demoPeople {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p.name, p.role, p.email, demoPassword)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "\nPrograms find an API client and a trader in %s.\nEvery person, picture and finding is made up. Stop with Ctrl-C.\nlistening on %s\n", path, f.URL)
	return err
}
