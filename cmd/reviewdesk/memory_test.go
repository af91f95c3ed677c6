//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"reviewdesk/cmd/reviewdesk/shipped"
)

// heavyLines is a stream of Cybrid objects of about 16 KiB each.
type heavyLines struct {
	n, end int
	line   bytes.Reader
}

var ballast = strings.Repeat("a document's text, kept as it came; ", 440)

func (h *heavyLines) Read(b []byte) (int, error) {
	if h.line.Len() == 0 {
		if h.n == h.end {
			return 0, io.EOF
		}
		h.n++
		h.line.Reset(fmt.Appendf(nil, `{"guid":"%032x","state":"reviewing","created_at":"2026-11-20T06:38:00Z","updated_at":"2026-11-20T06:42:00Z","ballast":%q}`+"\n", h.n, ballast))
	}
	return h.line.Read(b)
}

func TestALargeImportNeedsLittleMemory(t *testing.T) {
	records := 4096 // 64 MiB
	if testing.Short() {
		records = 256
	}
	binary := shipped.Binary(t)
	dir := filepath.Join(t.TempDir(), "desk")
	if out, err := exec.Command(binary, "init", "--data", dir, "--email", "rosa@desk.example").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, "import", "--data", dir, "--provider", "cybrid", "-")
	cmd.Stdin = &heavyLines{end: records}
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := make(chan int64)
	go watchPeak(cmd.Process.Pid, peak)
	if err := cmd.Wait(); err != nil || !strings.HasPrefix(out.String(), fmt.Sprintf("new %d\n", records)) {
		t.Fatalf("%v\n%s", err, out.String())
	}
	most := int64(128 << 10)
	took := <-peak
	t.Logf("%d MiB of input, peak of the whole process %d MiB", records*16/1024, took/1024)
	if took == 0 || took > most {
		t.Errorf("the process took %d MiB at its peak, want at most %d", took/1024, most/1024)
	}
}

// watchPeak follows a process's peak, in KiB, until it ends, and sends the last
// one. The figure that wait(2) gives is of no use: it begins with the memory of the
// test that started the process.
func watchPeak(pid int, to chan<- int64) {
	var peak int64
	for range time.Tick(10 * time.Millisecond) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, after, found := strings.Cut(string(status), "VmHWM:")
		if err != nil || !found {
			to <- peak
			return
		}
		fmt.Sscan(after, &peak)
	}
}
