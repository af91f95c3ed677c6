package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// BenchmarkDecisionsDuringBackup holds the decisions of sixteen officers at once, while
// another process makes and checks a backup, against those before and after it.
//
//	go test ./cmd/reviewdesk -run '^$' -bench DecisionsDuringBackup -benchtime 3x
//
// REVIEWDESK_BENCH_CASES is how many cases there are; the default is 100 000.
func BenchmarkDecisionsDuringBackup(b *testing.B) {
	cases := 100_000
	if n, err := strconv.Atoi(os.Getenv("REVIEWDESK_BENCH_CASES")); err == nil {
		cases = n
	}
	var ratios []float64
	for b.Loop() {
		before, during, after := decisionsAround(b, cases)
		b.Logf("%.0f decisions/s before, %.0f during, %.0f after", before, during, after)
		ratios = append(ratios, during/((before+after)/2))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "of-decisions/s")
	b.ReportMetric(0, "ns/op")
}

func decisionsAround(b *testing.B, cases int) (before, during, after float64) {
	d := dbtest.New(b)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	ids := receivePlain(b, d, cases)
	approval := review.Decision{Action: review.Approve, Version: 1, Grounds: []string{"evidence_agrees"}, Note: "Read by eye, all agrees."}
	ctx, stop := context.WithCancel(b.Context())
	var next, made atomic.Int64
	var officers sync.WaitGroup
	for range 16 {
		officers.Go(func() {
			for n := next.Add(1); ctx.Err() == nil; n = next.Add(1) {
				if n > int64(len(ids)) {
					b.Error("there are too few cases; REVIEWDESK_BENCH_CASES says how many")
					return
				}
				_, err := d.Decide(ctx, ana, ids[n-1], approval, "")
				if err != nil && !errors.Is(err, context.Canceled) {
					b.Error(err)
					return
				}
				made.Add(1)
			}
		})
	}
	quiet := func() { time.Sleep(2 * time.Second) }
	before = rate(&made, quiet)
	during = rate(&made, func() {
		out, err := exec.Command("reviewdesk", "backup", "--data", d.Dir, filepath.Join(b.TempDir(), "copy.db")).CombinedOutput()
		if err != nil {
			b.Errorf("%v: %s", err, out)
		}
	})
	after = rate(&made, quiet)
	stop()
	officers.Wait()
	d.Shut()
	return before, during, after
}

// receivePlain takes in cases that one person decides without a word.
func receivePlain(b *testing.B, d *dbtest.Desk, n int) (ids []string) {
	var batch []db.Incoming
	for i := range n {
		id := fmt.Sprintf("%032x", i+1)
		ids = append(ids, id)
		batch = append(batch, db.Incoming{Verification: review.Verification{ID: id, Provider: review.Cybrid, ProviderID: id, Kind: "kyc", Method: "id_and_selfie",
			Status: review.StatusInReview, Arrived: review.WireState{State: "reviewing"}, CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start, Object: []byte(`{}`)}})
		if len(batch) < 500 && i < n-1 {
			continue
		}
		if _, err := d.Receive(b.Context(), db.System("test"), batch); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
	return ids
}

func rate(n *atomic.Int64, during func()) float64 {
	from, began := n.Load(), time.Now()
	during()
	return float64(n.Load()-from) / time.Since(began).Seconds()
}
