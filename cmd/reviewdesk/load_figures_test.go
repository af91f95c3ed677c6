//go:build linux

package main_test

import (
	"bufio"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// figures are the times that answers took, by kind, from the first byte sent to the
// last one read.
type figures struct {
	mu   sync.Mutex
	took map[string][]time.Duration
}

func newFigures() *figures { return &figures{took: map[string][]time.Duration{}} }

func (f *figures) note(kind string, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.took[kind] = append(f.took[kind], took)
}

// share is the time within which that part of the answers came.
func share(sorted []time.Duration, part float64) time.Duration {
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

// String is the table of the figures.
func (f *figures) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "answers\tp50\tp99\tslowest\t ")
	for _, kind := range slices.Sorted(maps.Keys(f.took)) {
		all := f.took[kind]
		slices.Sort(all)
		ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t  %s\n", len(all), ms(share(all, 0.5)), ms(share(all, 0.99)), ms(all[len(all)-1]), kind)
	}
	w.Flush()
	return b.String()
}

// within checks the bound of every kind but signing in, which is slow on purpose: a
// password costs a fifth of a second to check, and two are checked at a time.
func (f *figures) within(t *testing.T, most time.Duration) {
	t.Helper()
	for kind, all := range f.took {
		slices.Sort(all)
		if p99 := share(all, 0.99); kind != kindSignIn && p99 > most {
			t.Errorf("%s: p99 %s, want at most %s", kind, p99, most)
		}
	}
}

// usage is what a process has taken so far.
type usage struct {
	cpu       time.Duration
	peak, now int64 // KiB resident
}

func (s *served) used(t *testing.T) usage {
	t.Helper()
	var u usage
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fmt.Sscanf(line, "VmHWM: %d", &u.peak)
		fmt.Sscanf(line, "VmRSS: %d", &u.now)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	// proc(5): after the name in brackets come 11 fields, then ticks of user and system.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	u.cpu = time.Duration(user+system) * (time.Second / 100) // USER_HZ is 100 on every Linux
	return u
}

// forget lets the process's peak begin anew (proc(5), clear_refs).
func (s *served) forget(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.cmd.Process.Pid), []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}

// since tells in words what was used meanwhile.
func (u usage) since(before usage, took time.Duration, decisions int) string {
	cpu := u.cpu - before.cpu
	return fmt.Sprintf("%d decisions, %.1f a second; %.0f %% of one CPU, %.2f ms of CPU a decision with all that goes with it; "+
		"resident %d MiB at the end, at most %d MiB meanwhile and %d MiB while they signed in",
		decisions, float64(decisions)/took.Seconds(), 100*cpu.Seconds()/took.Seconds(), cpu.Seconds()*1000/float64(max(decisions, 1)), u.now/1024, u.peak/1024, before.peak/1024)
}

// commits tells how long the desk's commits took and how many pieces of work shared
// one, by its own metrics.
func (s *served) commits(t *testing.T) string {
	t.Helper()
	res, err := http.Get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	figure, within := map[string]float64{}, "" // the least bound that holds 99 commits in 100
	const took, together = "reviewdesk_commit_seconds", "reviewdesk_commit_batch"
	type bucket struct {
		bound string
		n     float64
	}
	var buckets []bucket
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, _ := strconv.ParseFloat(value, 64)
		figure[name] = n
		if bound, is := strings.CutPrefix(name, took+`_bucket{le="`); is {
			buckets = append(buckets, bucket{strings.TrimSuffix(bound, `"}`), n})
		}
	}
	for _, b := range slices.Backward(buckets) {
		if b.n >= 0.99*figure[took+"_count"] {
			within = b.bound
		}
	}
	return fmt.Sprintf("%.0f commits, %.2f ms each, 99 in 100 within %s s; %.2f pieces of work a commit", figure[took+"_count"],
		1000*figure[took+"_sum"]/figure[took+"_count"], within, figure[together+"_sum"]/figure[together+"_count"])
}
