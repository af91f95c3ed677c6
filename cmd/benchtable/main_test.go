package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const printed = `goos: linux
goarch: amd64
pkg: reviewdesk/web
cpu: Some CPU
BenchmarkDesk/1e4/queue-first/desk-2    	     100	      1976 cpu-us/op	       474.1 ops/s	      1736 p50-us	      6762 p99-us	 1024 B/op	      87 allocs/op
BenchmarkDesk/1e4/queue-first/desk-2    	     100	      2000 cpu-us/op	       474.1 ops/s	      1736 p50-us	      6762 p99-us	 1024 B/op	      87 allocs/op
BenchmarkDesk/1e4/queue-first/desk-2    	     100	      9000 cpu-us/op	       474.1 ops/s	      1736 p50-us	      6762 p99-us	 1024 B/op	      87 allocs/op
BenchmarkDesk/1e4/queue-first/floor-2   	     100	       250 cpu-us/op	      948.2 ops/s	     222.2 p50-us	      1074 p99-us	 1024 B/op	      12 allocs/op
BenchmarkDesk/1e6/queue-first/desk-2    	     100	      3000 cpu-us/op	       474.1 ops/s	      1736 p50-us	   1676200 p99-us	 1024 B/op	      87 allocs/op
BenchmarkDesk/1e6/queue-first/floor-2   	     100	       250 cpu-us/op	      948.2 ops/s	     222.2 p50-us	      1074 p99-us	 1024 B/op	      12 allocs/op
PASS
`

func TestARunBecomesOneTable(t *testing.T) {
	r, err := read(strings.NewReader(printed))
	if err != nil {
		t.Fatal(err)
	}
	got := r.table()
	for _, want := range []string{
		"linux, amd64, Some CPU, 2 processors, go1.",
		"| queue-first | 1e4 | 1.74 ms | 6.76 ms | 2.00 ms | 87 | 474 | 8.00 | 0.50 |  | `./web Desk/1e4/queue-first$` |\n",
		"| queue-first | 1e6 | 1.74 ms | 1.68 s | 3.00 ms | 87 | 474 | 12.0 | 0.50 | 1.50 | `./web Desk/1e6/queue-first$` |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the table lacks %q:\n%s", want, got)
		}
	}
}

func TestTheTableGoesBetweenTheMarks(t *testing.T) {
	file := filepath.Join(t.TempDir(), "B.md")
	if err := os.WriteFile(file, []byte("above\n"+begin+"old\n"+end+"\nbelow\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := put([]string{file}, "new\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != "above\n"+begin+"\nnew\n\n"+end+"\nbelow\n" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if err := os.WriteFile(file, []byte("above\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if put([]string{file}, "new\n") == nil {
		t.Error("a file without marks was written")
	}
}

func TestARunThatFailedMakesNoTable(t *testing.T) {
	for _, text := range []string{"", "PASS\n", printed + "--- FAIL: BenchmarkDesk/1e7\n", printed + "FAIL\treviewdesk/web\t1s\n"} {
		if _, err := read(strings.NewReader(text)); err == nil {
			t.Errorf("%q made a table", text)
		}
	}
}
