package main

import (
	"testing"
	"time"
)

func TestProgressSaysHowMuchHowFastAndHowLong(t *testing.T) {
	for name, c := range map[string]struct {
		p    *progress
		want string
	}{
		"cases, the end known":   {&progress{unit: "cases", total: 10_000_000, done: 2_500_000}, "2500000 cases (25 %), 25000 a second, 5m0s left"},
		"bytes, the end unknown": {&progress{unit: "bytes", total: -1, done: 300 << 20}, "300.0 MiB, 3.0 MiB a second"},
		"more than was thought":  {&progress{unit: "bytes", total: 1 << 20, done: 200 << 20}, "200.0 MiB (20000 %), 2.0 MiB a second, 0s left"},
	} {
		if got := c.p.line(100 * time.Second); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
