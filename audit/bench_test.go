package audit_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// benchSizes are the logs that are measured; the largest only where
// REVIEWDESK_BENCH_LARGE is set.
func benchSizes() []int {
	if os.Getenv("REVIEWDESK_BENCH_LARGE") != "" {
		return []int{1e4, 1e6, 1e7}
	}
	return []int{1e4, 1e6}
}

func sizeName(n int) string { return fmt.Sprintf("events=1e%d", len(fmt.Sprint(n))-1) }

// perEvent reports what each of so many events a round cost: of the clock, and since
// began of all processors together.
func perEvent(b *testing.B, events int, began time.Duration) {
	each := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(events)
	b.ReportMetric(each, "ns/event")
	b.ReportMetric(1e9/each, "events/s")
	b.ReportMetric(float64((processorTime()-began).Nanoseconds())/float64(b.N)/float64(events), "cpu-ns/event")
	b.ReportMetric(0, "ns/op") // of no meaning here
}

// BenchmarkAppend writes, hashes and adds one entry to a log that has so many already.
func BenchmarkAppend(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run(sizeName(size), func(b *testing.B) {
			f := frontierOf(b, int64(size))
			e, began := full, processorTime()
			b.ReportAllocs()
			for b.Loop() {
				e.Seq = f.Size() + 1
				body, err := e.Bytes()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Append(body); err != nil {
					b.Fatal(err)
				}
				if _, err := f.Root(); err != nil {
					b.Fatal(err)
				}
			}
			perEvent(b, 1, began)
		})
	}
}

// frontierOf is the edge of a log of some size; which hashes it holds is of no matter.
func frontierOf(b *testing.B, size int64) *audit.Frontier {
	f, err := audit.NewFrontier(size, tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
		return make([]tlog.Hash, len(places)), nil
	}))
	if err != nil {
		b.Fatal(err)
	}
	return f
}

func BenchmarkParse(b *testing.B) {
	body := []byte(fullBytes)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := audit.Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify checks whole logs, three entries a case, with a signed and anchored
// head for each batch of so many entries. The rows come from files, so that the figure
// holds little else than the check.
func BenchmarkVerify(b *testing.B) {
	for _, size := range benchSizes() {
		b.Run("batch=50/"+sizeName(size), func(b *testing.B) { benchVerify(b, size, 50) })
	}
	b.Run("batch=1/events=1e4", func(b *testing.B) { benchVerify(b, 1e4, 1) })
}

func benchVerify(b *testing.B, size, batch int) {
	d := newDesk(b)
	log := newFileLog(d, size, batch)
	o := audit.Options{Keys: pinned(b), AnchorPath: d.path}
	b.ReportAllocs()
	began := processorTime()
	for b.Loop() {
		if r := audit.Verify(log, o); r.ExitCode() != 0 || r.Entries != int64(size) {
			b.Fatal(r.Sentence())
		}
	}
	perEvent(b, size, began)
}

func received(id string) audit.Entry {
	return audit.Entry{Action: "received", Object: id, After: &audit.State{State: "in_review", Version: 1}}
}

func decided(id string) audit.Entry {
	return audit.Entry{
		Actor: audit.Actor{Kind: "person", ID: "ann", Role: "officer"}, Action: "decided", Object: id,
		Before: &audit.State{State: "in_review", Version: 1}, After: &audit.State{State: "passed", Version: 2},
		Facts: []audit.Fact{{Name: "ground", Value: "evidence_agrees"}}, Factors: []string{"password"},
	}
}
