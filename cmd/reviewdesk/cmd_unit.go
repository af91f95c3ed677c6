package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

//go:embed deploy/reviewdesk.service
var systemdUnit string

type unitCmd struct{}

// Run prints the unit; its first lines say how to install it.
func (unitCmd) Run(a *app) error {
	_, err := io.WriteString(a.out, systemdUnit)
	return err
}

type readyCmd struct {
	Addr string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where the desk listens on this machine, as serve was told; also unix:PATH (${default})."`
}

// Run asks a running desk whether it can do its work: for containers, in which there is
// no other program to ask with. A desk behind its own certificate is asked by others.
func (c readyCmd) Run(a *app) error {
	ctx, cancel := context.WithTimeout(a.ctx, 4*time.Second)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if path, is := strings.CutPrefix(c.Addr, socketPrefix); is {
			return (&net.Dialer{}).DialContext(ctx, "unix", path)
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", c.Addr)
	}}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("no desk answers at %s: %w", c.Addr, err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(a.out, io.LimitReader(answer.Body, 64<<10)); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return ended(exitFailed)
	}
	return nil
}
