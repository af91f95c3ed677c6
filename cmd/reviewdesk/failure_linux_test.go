package main

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"reviewdesk/db/dbtest"
)

// faildisk is reviewdesk on a disk that confirms nothing once it serves.
func faildisk() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	go func() { // the ready line is what it waits for
		for scan := bufio.NewScanner(r); scan.Scan(); {
			if err := dbtest.FailSync(""); err != nil {
				panic(err)
			}
			io.WriteString(os.Stdout, scan.Text()+"\n")
		}
	}()
	os.Exit(run(os.Args[1:], os.Stdin, w, os.Stderr))
}

func TestServeEndsOnceTheDiskHasFailed(t *testing.T) {
	data := filepath.Join(t.TempDir(), "desk")
	if out, err := exec.Command("reviewdesk", "init", "--data", data, "--email", "rosa@desk.example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command("reviewdesk-faildisk", "serve", "--data", data, "--addr", "127.0.0.1:0")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	address, ready := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ready {
		t.Fatalf("the ready line is %q\n%s", line, said.String())
	}
	form := url.Values{"email": {"rosa@desk.example"}, "password": {"a wrong one, which is recorded"}}
	req, _ := http.NewRequest("POST", address+"/signin", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", address)
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "The disk failed") {
		t.Errorf("answered %d: %s", answer.StatusCode, body)
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("ended with %v", err)
	}
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "reviewdesk: the disk did not keep what was written to it: ") || !strings.Contains(last, "start again") {
		t.Errorf("the last line is %q", last)
	}
	if out, err := exec.Command("reviewdesk", "check", "--data", data).CombinedOutput(); err != nil {
		t.Errorf("afterwards: %v\n%s", err, out)
	}
}

func init() { commands["reviewdesk-faildisk"] = faildisk }
