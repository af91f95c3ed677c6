package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// startServe runs serve on a new workspace and returns what it says it listens on.
func startServe(t *testing.T, data string, args ...string) (cmd *exec.Cmd, at string) {
	t.Helper()
	if out, err := exec.Command("reviewdesk", "init", "--data", data, "--email", "rosa@desk.example").CombinedOutput(); err != nil && !strings.Contains(string(out), "already") {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd = exec.Command("reviewdesk", append([]string{"serve", "--data", data}, args...)...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, _ := bufio.NewReader(out).ReadString('\n')
	at, ready := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ready {
		cmd.Wait()
		t.Fatalf("the ready line is %q\n%s", line, said.String())
	}
	return cmd, at
}

func TestServeListensOnASocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "desk") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "desk.sock")
	serve := func() *exec.Cmd {
		cmd, at := startServe(t, filepath.Join(dir, "desk"), "--addr", "unix:"+path, "--base-url", "https://desk.example")
		if at != "unix:"+path {
			t.Errorf("it says %q", at)
		}
		return cmd
	}
	cmd := serve()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v", info, err)
	}
	proxy := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}}}
	ask := func(address, forwarded string, want int) {
		t.Helper()
		r, err := http.NewRequest("GET", address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		answer, err := proxy.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s for %q: %d, want %d", address, forwarded, answer.StatusCode, want)
		}
	}
	ask("http://desk.example/signin", "203.0.113.7", http.StatusOK)
	ask("http://elsewhere.example/signin", "203.0.113.7", http.StatusMisdirectedRequest)
	ask("http://localhost/readyz", "", http.StatusOK)
	ask("http://localhost/metrics", "", http.StatusOK)
	ask("http://desk.example/metrics", "203.0.113.7", http.StatusNotFound)

	if out, err := exec.Command("reviewdesk", "serve", "--data", makeWorkspace(t), "--addr", "unix:"+path, "--base-url", "https://desk.example").CombinedOutput(); err == nil || !strings.Contains(string(out), "listens on") {
		t.Errorf("a second desk on the same socket: %v\n%s", err, out)
	}
	cmd.Process.Kill() // leaves the file behind
	cmd.Wait()
	cmd = serve()
	ask("http://localhost/healthz", "", http.StatusOK)
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the socket outlives its desk")
	}
}

func makeWorkspace(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	if out, err := exec.Command("reviewdesk", "init", "--data", dir, "--email", "rosa@desk.example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

func TestServeStopsWithinTenSecondsWhateverStillRuns(t *testing.T) {
	cmd, at := startServe(t, filepath.Join(t.TempDir(), "desk"), "--addr", "127.0.0.1:0")
	host := strings.TrimPrefix(at, "http://")
	slow, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	// A form that never ends: the desk waits for the rest of it.
	io.WriteString(slow, "POST /signin HTTP/1.1\r\nHost: "+host+"\r\nOrigin: http://"+host+"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=")
	quick, err := http.Get(at + "/signin") // by now the first one has been taken up
	if err != nil || quick.StatusCode != http.StatusOK {
		t.Fatal(quick, err)
	}
	quick.Body.Close()
	began := time.Now()
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
	if took := time.Since(began); took > stopWithin+2*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestServeStopsUnderLoad tells a desk to stop while sixteen clients ask it for pages and
// send it forms, as fast as they can: whoever got an answer got a whole one, what was
// answered is in the log, and the process ends in time.
func TestServeStopsUnderLoad(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	cmd, at := startServe(t, dir, "--addr", "127.0.0.1:0")
	var clients sync.WaitGroup
	var whole, torn, refused atomic.Int64
	busy := make(chan struct{})
	var once sync.Once
	for n := range 16 {
		clients.Go(func() {
			for {
				method, body := "GET", ""
				if n%4 == 0 {
					method, body = "POST", fmt.Sprintf("email=nobody%d@desk.example&password=a+wrong+one", n)
				}
				r, _ := http.NewRequest(method, at+"/signin", strings.NewReader(body))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Origin", at)
				answer, err := http.DefaultClient.Do(r)
				if err != nil {
					return // it takes no more
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					torn.Add(1)
				}
				answer.Body.Close()
				if answer.StatusCode == http.StatusUnauthorized {
					refused.Add(1)
				}
				if whole.Add(1) == 100 {
					once.Do(func() { close(busy) })
				}
			}
		})
	}
	select {
	case <-busy:
	case <-time.After(time.Minute):
		t.Error("it never got busy")
	}
	began := time.Now()
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
	if took := time.Since(began); took > stopWithin+2*time.Second {
		t.Errorf("it took %v", took)
	}
	clients.Wait()
	d, err := db.Open(t.Context(), dir, db.Options{Vocabularies: providers.All})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	events, more, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventSignInFailed}, 0, 1000)
	if err != nil || torn.Load() != 0 || refused.Load() == 0 || !more && int64(len(events)) < refused.Load() {
		t.Errorf("%d answers, %d torn; %d refusals were told, %d are in the log; %v", whole.Load(), torn.Load(), refused.Load(), len(events), err)
	}
	if report := d.CheckLog(t.Context()); report.ExitCode() != 0 {
		t.Error(report.Sentence())
	}
}
