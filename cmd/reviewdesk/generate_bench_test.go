package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// BenchmarkGenerate is what a generated case costs: on a new desk, which is filled with
// the cases and their pasts, and on one that holds some, where each comes in by itself
// and without a past.
//
//	go test ./cmd/reviewdesk -run '^$' -bench Generate -benchtime 1x
//
// REVIEWDESK_BENCH_CASES is how many cases a new desk is filled with; the default is
// 50 000.
func BenchmarkGenerate(b *testing.B) {
	cases := 50_000
	if n, err := strconv.Atoi(os.Getenv("REVIEWDESK_BENCH_CASES")); err == nil {
		cases = n
	}
	b.Run("filled", func(b *testing.B) { benchGenerate(b, cases, false) })
	b.Run("one-by-one", func(b *testing.B) { benchGenerate(b, min(cases, 10_000), true) })
}

func benchGenerate(b *testing.B, cases int, used bool) {
	var wall, processor time.Duration
	var bytes int64
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "desk")
		if used {
			runGenerate(b, dir, 1)
		}
		began := time.Now()
		processor += runGenerate(b, dir, cases)
		wall += time.Since(began)
		info, err := os.Stat(filepath.Join(dir, "desk.db"))
		if err != nil {
			b.Fatal(err)
		}
		bytes += info.Size()
	}
	n := float64(b.N * cases)
	b.ReportMetric(n/wall.Seconds(), "cases/s")
	b.ReportMetric(float64(processor.Microseconds())/n, "cpu-us/case")
	b.ReportMetric(float64(bytes)/n, "bytes/case")
	b.ReportMetric(0, "ns/op")
}

// runGenerate returns how long all processors together worked.
func runGenerate(b *testing.B, dir string, cases int) time.Duration {
	b.Helper()
	cmd := exec.Command("reviewdesk", "generate", "--data", dir, "--cases", strconv.Itoa(cases), "--seed", strconv.Itoa(cases))
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}
