// Package gauge measures what one thing costs that is done many times: how long it
// takes at the median and at its slowest, how much of all processors, how many
// allocations. Benchmarks of every package report the same figures through it, so that
// one table (cmd/benchtable) can hold them side by side.
//
// Whatever runs in the process is counted, the client of a request too. A product and
// the floor under it are measured by the same client, so that their ratio holds.
package gauge

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Units of the figures, as [testing.B.ReportMetric] names them. Times are microseconds.
const (
	Median    = "p50-us"
	Slowest   = "p99-us"
	Processor = "cpu-us/op"
	Allocs    = "allocs/op" // and its size, as -benchmem has them
	Rate      = "ops/s"
)

// Work says how something is done.
type Work struct {
	Workers int // so many do it at once; 0 is one
	Units   int // figures are of so small a part of it, as of one row of a file; 0 is 1
}

// Each measures op, done b.N times. It is told which of the workers does it, from 0.
// The first error ends the benchmark.
func (w Work) Each(b *testing.B, op func(worker int) error) {
	b.Helper()
	workers, units := max(1, w.Workers), float64(max(1, w.Units))
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	b.ResetTimer() // what -benchtime bounds
	done := meter()
	for worker := range workers {
		all.Go(func() {
			for n := next.Add(1); n <= int64(b.N) && failed.Load() == nil; n = next.Add(1) {
				began := time.Now()
				if err := op(worker); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
				took[n-1] = time.Since(began)
			}
		})
	}
	all.Wait()
	c := done()
	b.StopTimer()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	slices.Sort(took)
	ops := float64(b.N) * units
	b.ReportMetric(micros(part(took, 50))/units, Median)
	b.ReportMetric(micros(part(took, 99))/units, Slowest)
	b.ReportMetric(micros(c.processor)/ops, Processor)
	b.ReportAllocs()
	b.ReportMetric(float64(c.allocs)/ops, Allocs)
	b.ReportMetric(float64(c.bytes)/ops, "B/op")
	b.ReportMetric(ops/c.wall.Seconds(), Rate)
	b.ReportMetric(0, "ns/op") // leaves it out
}

// part is the least of the sorted times that so many of a hundred do not exceed.
func part(sorted []time.Duration, of100 int) time.Duration {
	return sorted[(len(sorted)*of100+99)/100-1]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// cost is what something took: of the clock, of all processors together, which holds on
// a busy machine too, and of the heap.
type cost struct {
	wall, processor time.Duration
	allocs, bytes   uint64
}

// meter begins to measure.
func meter() func() cost {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	began, processor, allocs, bytes := time.Now(), ProcessorTime(), m.Mallocs, m.TotalAlloc
	return func() cost {
		c := cost{wall: time.Since(began), processor: ProcessorTime() - processor}
		runtime.ReadMemStats(&m)
		c.allocs, c.bytes = m.Mallocs-allocs, m.TotalAlloc-bytes
		return c
	}
}

// Sizes are how many verifications, or events, the things that are measured hold: ten
// thousand and a million, and ten million where REVIEWDESK_BENCH_LARGE is set.
// REVIEWDESK_BENCH_SIZES names others, as "10000,100000".
func Sizes() (sizes []int) {
	if named := os.Getenv("REVIEWDESK_BENCH_SIZES"); named != "" {
		for word := range strings.SplitSeq(named, ",") {
			if n, err := strconv.Atoi(word); err == nil && n > 0 {
				sizes = append(sizes, n)
			}
		}
		return sizes
	}
	if os.Getenv("REVIEWDESK_BENCH_LARGE") != "" {
		return []int{1e4, 1e6, 1e7}
	}
	return []int{1e4, 1e6}
}

// SizeName is a size as the names of benchmarks have it: "1e4".
func SizeName(n int) string {
	digits := strconv.Itoa(n)
	zeros := len(digits) - len(strings.TrimRight(digits, "0"))
	return digits[:len(digits)-zeros] + "e" + strconv.Itoa(zeros)
}
