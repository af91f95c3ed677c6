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
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
)

// guess sends a wrong password, which the desk records, and tells the answer.
func guess(t *testing.T, address string) (code int, text string) {
	t.Helper()
	form := url.Values{"email": {"rosa@desk.example"}, "password": {"a wrong one, which is recorded"}}
	r, err := http.NewRequest("POST", address+"/signin", strings.NewReader(form.Encode()))
	ok(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", address)
	return asked(t, r)
}

func get(t *testing.T, address string) (code int, text string) {
	t.Helper()
	r, err := http.NewRequest("GET", address, nil)
	ok(t, err)
	return asked(t, r)
}

func asked(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(r)
	ok(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ok(t, err)
	return answer.StatusCode, string(body)
}

// TestServeSaysThatTheDiskIsFullAndWaitsItOut fills the disk under the program itself,
// three times: what changes something is answered with 503 and a clear word, pages are
// still read, and once there is room it goes on, without a restart.
func TestServeSaysThatTheDiskIsFullAndWaitsItOut(t *testing.T) {
	dir := makeWorkspace(t)
	cmd := exec.Command("reviewdesk", "serve", "--data", dir, "--addr", "127.0.0.1:0")
	out, write, err := os.Pipe()
	ok(t, err)
	cmd.Stdout = write
	var full atomic.Bool
	w, err := dbtest.Watch(cmd, func(c dbtest.Call) dbtest.Answer {
		if full.Load() && c.OnDisk(dir) && (c.Name == "write" || c.Name == "create") {
			return dbtest.Answer(syscall.ENOSPC)
		}
		return dbtest.GoOn
	})
	ok(t, err)
	write.Close()
	line, _ := bufio.NewReader(out).ReadString('\n')
	address := strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
	for round := range 3 {
		if code, _ := guess(t, address); code != http.StatusUnauthorized {
			t.Fatalf("round %d: with room: %d", round, code)
		}
		full.Store(true)
		if code, text := guess(t, address); code != http.StatusServiceUnavailable || !strings.Contains(text, "Nothing was recorded") {
			t.Errorf("round %d: on a full disk: %d, %s", round, code, text)
		}
		if code, _ := get(t, address+"/signin"); code != http.StatusOK {
			t.Errorf("round %d: reading: %d", round, code)
		}
		if code, text := get(t, address+"/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(text, "is the disk full") {
			t.Errorf("round %d: readiness: %d, %s", round, code, text)
		}
		full.Store(false)
		for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			if code, _ := get(t, address+"/readyz"); code == http.StatusOK {
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatal("it never found that there is room again")
			}
		}
	}
	t.Log("3 times full, 3 times waited out")
	ok(t, cmd.Process.Signal(syscall.SIGTERM))
	if err := w.Wait(); err != nil {
		t.Error(err)
	}
	if report, err := db.Verify(t.Context(), dir, db.VerifyOptions{}); err != nil || report.ExitCode() != 0 {
		t.Errorf("%s, %v", report.Sentence(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*-wal")); len(left) != 0 {
		t.Errorf("it left %v behind", left)
	}
}
