package gauge

import (
	"slices"
	"testing"
	"time"
)

func TestThePartsOfTimes(t *testing.T) {
	for _, c := range []struct{ n, median, slowest int }{{1, 1, 1}, {2, 1, 2}, {3, 2, 3}, {100, 50, 99}, {101, 51, 100}, {1000, 500, 990}} {
		var all []time.Duration
		for i := range c.n {
			all = append(all, time.Duration(i+1))
		}
		if got, slow := part(all, 50), part(all, 99); got != time.Duration(c.median) || slow != time.Duration(c.slowest) {
			t.Errorf("of %d: %d and %d, want %d and %d", c.n, got, slow, c.median, c.slowest)
		}
	}
}

func TestSizesAndTheirNames(t *testing.T) {
	for n, want := range map[int]string{10_000: "1e4", 1_000_000: "1e6", 250_000: "25e4", 7: "7e0"} {
		if got := SizeName(n); got != want {
			t.Errorf("%d is named %s, want %s", n, got, want)
		}
	}
	t.Setenv("REVIEWDESK_BENCH_SIZES", "10000,100000")
	if got := Sizes(); !slices.Equal(got, []int{10_000, 100_000}) {
		t.Errorf("sizes %v", got)
	}
	t.Setenv("REVIEWDESK_BENCH_SIZES", "")
	t.Setenv("REVIEWDESK_BENCH_LARGE", "1")
	if got := Sizes(); !slices.Equal(got, []int{1e4, 1e6, 1e7}) {
		t.Errorf("sizes %v", got)
	}
}

func TestTheProcessorTimeGoesOn(t *testing.T) {
	began, wall := ProcessorTime(), time.Now()
	for time.Since(wall) < 5*time.Millisecond { // at work
	}
	if ProcessorTime() <= began {
		t.Error("it stands still")
	}
}
