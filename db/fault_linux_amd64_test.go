package db_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"reviewdesk/db/dbtest"
)

// badDay is what a disk does: nothing up to a call, then for so long as it says.
type badDay struct {
	name  string
	from  int // the call, counted from the line "ready" on
	fails func(c dbtest.Call) bool
	with  syscall.Errno
	once  bool // one call only; otherwise until the process waits for it to pass
}

// badDays are drawn by chance: most of them a full disk, which takes nothing new; single
// errors of any call; and a disk that confirms nothing any more.
func drawBadDay(random *rand.Rand) badDay {
	grows := func(c dbtest.Call) bool { return c.Name == "write" || c.Name == "create" || c.Name == "mkdir" }
	syncs := func(c dbtest.Call) bool { return c.Name == "fsync" }
	any := func(c dbtest.Call) bool { return true }
	kinds := []badDay{
		{name: "full", fails: grows, with: syscall.ENOSPC},
		{name: "full for the anchor", fails: func(c dbtest.Call) bool { return grows(c) && strings.HasSuffix(c.Path, "anchor.log") }, with: syscall.ENOSPC},
		{name: "one error", fails: any, with: syscall.EIO, once: true},
		{name: "no write succeeds", fails: grows, with: syscall.EIO},
		{name: "no sync succeeds", fails: syncs, with: syscall.EIO},
	}
	b := kinds[[]int{0, 0, 0, 1, 2, 2, 3, 4}[random.IntN(8)]]
	b.from = 1 + random.IntN(200)
	return b
}

const whileItFails = "open ready decide:0 receive:1001 session:1 fold decide:1 receive:1002 read decide:2 waits receive:1003 session:2 decide:3 fold close"

// TestADiskThatFailsLosesNothingAndIsWaitedOut lets a process meet errors of its disk.
// Whatever it could not record it says so; it goes on reading; and once there is room it
// records again by itself, or, after a failed sync, it ends and the next start is whole.
func TestADiskThatFailsLosesNothingAndIsWaitedOut(t *testing.T) {
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 8))
	runs := dbtest.Figure(20, 500)
	if underRace {
		runs = 5
	}
	var failed atomic.Int64
	t.Cleanup(func() { t.Logf("%d days with a bad disk, %d calls failed", runs, failed.Load()) })
	for n := range runs {
		b := drawBadDay(random)
		t.Run(fmt.Sprintf("%d %s from call %d", n+1, b.name, b.from), func(t *testing.T) {
			t.Parallel()
			d := staffed(t, 5)
			said, met := b.meet(t, d.Dir)
			failed.Add(int64(met))
			b.judge(t, said, met)
			accounts(t, d, said)
		})
	}
}

// meet runs the day, and returns what was said and how many calls failed.
func (b badDay) meet(t *testing.T, dir string) (said []string, met int) {
	t.Helper()
	var out bytes.Buffer
	var complaints strings.Builder
	cmd := dayOf(dir, whileItFails, &complaints)
	cmd.Stdout = &out
	calls, counting, over := 0, false, false
	w, err := dbtest.Watch(cmd, func(c dbtest.Call) dbtest.Answer {
		counting = counting || string(c.Data) == "ready\n"
		over = over || string(c.Data) == "waiting\n"
		if !counting || over || !c.OnDisk(dir) {
			return dbtest.GoOn
		}
		if calls++; calls < b.from || !b.fails(c) || b.once && met > 0 {
			return dbtest.GoOn
		}
		met++
		return dbtest.Answer(b.with)
	})
	ok(t, err)
	if err := w.Wait(); err != nil {
		t.Fatalf("%v\n%s%s", err, out.String(), complaints.String())
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n"), met
}

// judge holds what was said against what failed.
func (b badDay) judge(t *testing.T, said []string, met int) {
	t.Helper()
	ended := false
	for i, line := range said {
		step, failed := strings.CutPrefix(line, "failed ")
		if !failed {
			continue
		}
		clear := false
		for _, why := range []string{" disk", " not recorded", " not anchored"} {
			clear = clear || strings.HasSuffix(step, why)
		}
		ended = ended || strings.HasSuffix(step, " disk")
		waited := slices.Contains(said[:i], "waiting")
		if met == 0 || !clear || strings.HasPrefix(step, "read") || waited && !ended {
			t.Errorf("%d calls failed, and it said %q", met, said)
			return
		}
	}
	if !ended && said[len(said)-1] != "decided "+plainCase(3).ID {
		t.Errorf("it did not go on: %q", said)
	}
}
