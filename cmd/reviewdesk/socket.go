package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// socketPrefix begins an address that is a file.
const socketPrefix = "unix:"

// shortestToken is how long a token for /metrics must be, in bytes.
const shortestToken = 16

// validateSocket refuses what a socket cannot serve: browsers come through a proxy, and
// only the operator knows where they reach it.
func (c *serveCmd) validateSocket(path string) error {
	switch {
	case path == "":
		return errors.New("--addr: want unix:PATH")
	case c.TLSCert != "":
		return errors.New("--addr unix:PATH is for a proxy on this machine, and that speaks TLS: leave out --tls-cert and --tls-key")
	case c.BaseURL == "":
		return errors.New("--addr unix:PATH needs --base-url: nobody can tell from a file where browsers reach the desk")
	}
	return nil
}

// listenSocket makes the socket, open to its owner and its group. A file that a desk
// left behind when it was killed is in the way and goes; one that answers stays.
func listenSocket(path string) (net.Listener, error) {
	if err := dropStale(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func dropStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("%s is there already, and is no socket", path)
	}
	if c, err := net.Dial("unix", path); err == nil {
		return errors.Join(fmt.Errorf("somebody listens on %s already", path), c.Close())
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return err
	}
	return os.Remove(path)
}
