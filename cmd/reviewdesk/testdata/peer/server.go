package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// server is one of the two at work.
type server struct {
	url   string
	cmd   *exec.Cmd
	start func() *exec.Cmd
	log   *os.File      // what it says while it runs
	alive string        // what answers 200 once it is ready
	ready time.Duration // from its start to that
	idle  int64         // KiB resident, once it has nothing to do
}

// freePort is a port that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// begin starts it and waits for its first 200.
func (s *server) begin() error {
	began := time.Now()
	s.cmd = s.start()
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for time.Since(began) < time.Minute {
		if res, err := http.Get(s.url + s.alive); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.ready = time.Since(began)
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("%s never answered", s.url+s.alive)
}

// again ends it and starts it anew, for a second look at how long that takes.
func (s *server) again() error {
	first := s.ready
	s.stop()
	err := s.begin()
	s.ready = min(s.ready, first)
	return err
}

func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Signal(os.Interrupt)
		s.cmd.Wait()
	}
}

// settle waits until it does nothing by itself any more: what it began at its start, such
// as the check of the whole log, is no part of what is asked of it.
func (s *server) settle() error {
	for range 300 {
		before := s.cpu()
		time.Sleep(time.Second)
		if s.cpu()-before <= 20*time.Millisecond {
			s.idle = s.resident("VmRSS")
			return nil
		}
	}
	return fmt.Errorf("%s is still busy five minutes after its start", s.url)
}

// cpu is the processor time it has taken (proc(5); a tick is 10 ms on every Linux).
func (s *server) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// resident is a line of its memory, in KiB.
func (s *server) resident(line string) (kib int64) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for l := range strings.Lines(string(status)) {
		if after, is := strings.CutPrefix(l, line+":"); is {
			fmt.Sscan(after, &kib)
		}
	}
	return kib
}
