package db_test

import (
	"bytes"
	"strings"
	"testing"

	"reviewdesk/db/dbtest"
)

// killedAtCall runs a day and kills it before its nth call that changes something in
// the folder, counted from the line "ready" on, or from the start where from is "". It
// returns what was said, and how many calls there were.
func killedAtCall(t *testing.T, dir, steps, from string, n int) (said []string, calls int) {
	t.Helper()
	var out bytes.Buffer
	var complaints strings.Builder
	cmd := dayOf(dir, steps, &complaints)
	cmd.Stdout = &out
	counting := from == ""
	w, err := dbtest.Watch(cmd, func(c dbtest.Call) dbtest.Answer {
		if counting = counting || string(c.Data) == from+"\n"; !counting || !c.OnDisk(dir) {
			return dbtest.GoOn
		}
		if calls++; calls == n {
			return dbtest.Kill
		}
		return dbtest.GoOn
	})
	ok(t, err)
	if err := w.Wait(); (err == nil) != (calls < n) || err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatalf("after %d calls, to be killed at %d: %v\n%s%s", calls, n, err, out.String(), complaints.String())
	}
	said = strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\n' })
	for _, line := range said {
		if strings.HasPrefix(line, "failed ") {
			t.Fatalf("killed at call %d: %s", n, line)
		}
	}
	return said, calls
}

// eachOr is 1: every call has its turn. Under the race detector, which costs twentyfold,
// it is every so manieth; make test runs these tests once more without it.
func eachOr(step int) int {
	if underRace {
		return step
	}
	return 1
}

// TestKilledAtEachCallOfADecisionItIsWholeOrNotThere kills the process at each system
// call that writes, syncs, makes or removes something, from the moment at which an
// officer decides to the end of the process.
func TestKilledAtEachCallOfADecisionItIsWholeOrNotThere(t *testing.T) {
	d := staffed(t, 1)
	before := keptAside(t, d.Dir)
	for n, kills := 1, 0; ; n, kills = n+eachOr(25), kills+1 {
		putBack(t, before, d.Dir)
		said, calls := killedAtCall(t, d.Dir, "open ready decide:0 close", "ready", n)
		accounts(t, d, said)
		if calls < n {
			t.Logf("a decision and the end of the process have %d calls, killed at %d of them", calls, kills)
			return
		}
	}
}

// TestKilledAtEachCallOfADayEverythingSaidIsThere does so for the whole life of a
// process, from its start on: cases come in, somebody signs in, decides, the log is
// folded into the file, the key is changed, the desk closes.
func TestKilledAtEachCallOfADayEverythingSaidIsThere(t *testing.T) {
	d := staffed(t, 1)
	before := keptAside(t, d.Dir)
	for n, kills := 1, 0; ; n, kills = n+eachOr(75), kills+1 {
		putBack(t, before, d.Dir)
		said, calls := killedAtCall(t, d.Dir, "open receive:1001 session:1 decide:1001 fold rotate close", "", n)
		accounts(t, d, said)
		if calls < n {
			t.Logf("a day has %d calls, killed at %d of them", calls, kills)
			return
		}
	}
}
