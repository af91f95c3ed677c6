package db_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
)

// disksToCut is how many disks are looked at whose power was cut.
func disksToCut() int {
	if underRace {
		return 5
	}
	return dbtest.Figure(50, 5_000)
}

// lifeOfADesk is what the process does that is cut: it makes a workspace, works in it,
// ends, and begins again.
const lifeOfADesk = "init open receive:1 session:1 decide:1 receive:2 fold receive:10 receive:11 receive:12 receive:13 receive:14 receive:15 receive:16 receive:17 " +
	"decide8:10 session:2 rotate decide:2 close open receive:3 decide:3 fold receive:4 decide:4"

// TestAPowerCutLosesNothingThatWasSaid records every call of a desk's life, cuts the
// power after one of them, and looks at a disk that it could have left. How many lives
// and where they are cut follows from a seed.
func TestAPowerCutLosesNothingThatWasSaid(t *testing.T) {
	const each = 250 // disks of one recording
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 6))
	d := dbtest.New(t)
	d.Shut()
	made, unmade := 0, 0
	for want := disksToCut(); made+unmade < want; {
		base := t.TempDir()
		before := diskOf(t, base)
		calls := recorded(t, base, lifeOfADesk)
		if !strings.Contains(strings.Join(saidIn(calls), "\n"), "decided "+plainCase(4).ID) {
			t.Fatalf("the life ended early: %q", saidIn(calls))
		}
		for range min(each, want-made-unmade) {
			n := random.IntN(len(calls)) + 1
			k := before.again()
			for _, c := range calls[:n] {
				k.happen(c)
			}
			left := filepath.Join(t.TempDir(), "left")
			k.cut(t, random, base, left)
			d.Dir = filepath.Join(left, "desk")
			if looked(t, d, calls, n) {
				made++
			} else {
				unmade++
			}
			ok(t, os.RemoveAll(left))
		}
	}
	t.Logf("%d disks held a desk, on %d it had not been made yet", made, unmade)
}

// TestACutWouldShowASyncThatIsNotMade leaves the syncs of the write-ahead log out of the
// recording, as synchronous=NORMAL does: then disks must turn up that lack a decision.
func TestACutWouldShowASyncThatIsNotMade(t *testing.T) {
	base := t.TempDir()
	before := diskOf(t, base)
	calls := recorded(t, base, lifeOfADesk)
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 7))
	d := dbtest.New(t)
	d.Shut()
	for range 20 {
		k := before.again()
		for _, c := range calls {
			if c.Name != "fsync" || filepath.Base(c.Path) != "desk.db-wal" {
				k.happen(c)
			}
		}
		left := filepath.Join(t.TempDir(), "left")
		k.cut(t, random, base, left)
		d.Dir = filepath.Join(left, "desk")
		if report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{}); err != nil || report.ExitCode() != 0 {
			return
		}
	}
	t.Error("none of 20 disks shows it: the simulation has no teeth")
}

// recorded runs a day in the folder's folder desk to its end and returns its calls, and
// what it said.
func recorded(t *testing.T, base, steps string) (calls []dbtest.Call) {
	t.Helper()
	var complaints strings.Builder
	cmd := dayOf(filepath.Join(base, "desk"), steps, &complaints)
	cmd.Stdout = &bytes.Buffer{} // makes it a pipe, which shows when something was said
	w, err := dbtest.Watch(cmd, func(c dbtest.Call) dbtest.Answer {
		if c.OnDisk(base) || strings.HasPrefix(c.Path, "pipe:") {
			calls = append(calls, c)
		}
		return dbtest.GoOn
	})
	ok(t, err)
	if err := w.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	return calls
}

// saidIn are the lines among the calls.
func saidIn(calls []dbtest.Call) (said []string) {
	for _, c := range calls {
		if line, whole := strings.CutSuffix(string(c.Data), "\n"); whole && c.Name == "write" && !filepath.IsAbs(c.Path) {
			said = append(said, line)
		}
	}
	return said
}

// looked looks at the disk that was cut after n of the calls.
func looked(t *testing.T, d *dbtest.Desk, calls []dbtest.Call, n int) (made bool) {
	t.Helper()
	whole := false
	defer func() {
		if !whole || t.Failed() {
			last := calls[n-1]
			t.Errorf("cut after call %d of %d, a %s of %s; said: %q", n, len(calls), last.Name, filepath.Base(last.Path), saidIn(calls[:n]))
		}
	}()
	made, whole = survives(t, d, saidIn(calls[:n])), true
	return made
}

// survives checks what is left, and reports whether it is a workspace. Until somebody
// was told that there is one, one can be made, whatever lies there.
func survives(t *testing.T, d *dbtest.Desk, said []string) (made bool) {
	t.Helper()
	if len(said) == 0 {
		err := db.Init(t.Context(), d.Dir, "Test workspace", dbtest.Options(d.Clock))
		if made = err != nil; made && !strings.Contains(err.Error(), "holds a workspace already") {
			t.Fatal(err)
		}
	}
	accounts(t, d, said)
	return made || len(said) > 0
}
