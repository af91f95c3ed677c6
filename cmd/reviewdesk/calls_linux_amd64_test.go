package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// killing is a command that is killed at a system call, and what must hold afterwards.
type killing struct {
	args  []string // DIR stands for the folder of all, in which desk is the workspace
	empty bool     // begin without a workspace
	stop  string   // told to stop once it says this
	then  func(t *testing.T, dir string, told string)
}

// rowsKilled are in the file that the import reads.
const rowsKilled = 30

func killings() map[string]killing {
	return map[string]killing{
		"init":   {args: []string{"init", "--data", "DIR/desk", "--email", "rosa@desk.example"}, empty: true, then: initAgain},
		"start":  {args: []string{"serve", "--data", "DIR/desk", "--addr", "127.0.0.1:0"}, stop: "listening on", then: startAgain},
		"intake": {args: []string{"import", "--data", "DIR/desk", "--provider", "cybrid", "DIR/new.json"}, then: importAgain},
		"export": {args: []string{"export", "--data", "DIR/desk", "verifications", "--status", "all"}, then: exportTold},
		"backup": {args: []string{"backup", "--data", "DIR/desk", "DIR/copies/monday.db"}, then: backupAgain},
	}
}

// TestKilledAtEachCallOfACommandNothingIsLost kills the program itself at each system
// call that writes, syncs, makes or removes something: make soak at every one, make test
// at a few. What it had told must be there once, and the next command must go on.
func TestKilledAtEachCallOfACommandNothingIsLost(t *testing.T) {
	dir := t.TempDir()
	prepare(t, dir)
	for name, k := range killings() {
		t.Run(name, func(t *testing.T) {
			base := filepath.Join(t.TempDir(), "all")
			once := func(n int) (calls int) {
				ok(t, os.RemoveAll(base))
				ok(t, os.CopyFS(base, os.DirFS(dir)))
				if k.empty {
					ok(t, os.RemoveAll(filepath.Join(base, "desk")))
				}
				told, calls := k.kill(t, base, n)
				k.then(t, base, told)
				if t.Failed() {
					t.Fatalf("killed at call %d", n)
				}
				return calls
			}
			calls, kills := once(0), 0
			for n := 1; n <= calls; n += everyCall(calls) {
				once(n)
				kills++
			}
			t.Logf("%d calls, killed at %d of them", calls, kills)
		})
	}
}

// everyCall is how many calls further the next kill is.
func everyCall(calls int) int {
	return max(1, calls/dbtest.Figure(3, calls))
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// prepare makes a workspace whose last process was killed, so that a start has its log
// to take up, and a file to import.
func prepare(t *testing.T, dir string) {
	t.Helper()
	desk := filepath.Join(dir, "desk")
	ok(t, os.Mkdir(filepath.Join(dir, "copies"), 0o700))
	cmd, _ := startServe(t, desk, "--addr", "127.0.0.1:0")
	ok(t, cmd.Process.Kill())
	cmd.Wait()
	if out, err := exec.Command("reviewdesk", "generate", "--data", desk, "--cases", "40").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd, _ = startServe(t, desk, "--addr", "127.0.0.1:0")
	ok(t, cmd.Process.Kill())
	cmd.Wait()
	vocabulary, err := providers.All.Of(review.Cybrid)
	ok(t, err)
	var all bytes.Buffer
	for n := range rowsKilled {
		object, err := vocabulary.Compose(review.Row{ID: fmt.Sprintf("%032x", n+1), State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z",
			Method: "id_and_selfie", Subject: review.Reading{Name: fmt.Sprintf("Person %d", n), Country: "ES"}})
		ok(t, err)
		all.Write(append(object, '\n'))
	}
	ok(t, os.WriteFile(filepath.Join(dir, "new.json"), all.Bytes(), 0o600))
}

// kill runs the command and kills it before its nth call, if it has so many; 0 for never.
// It returns what was told on standard output, with "ended" behind it if it came to its
// end, and how many calls there were.
func (k killing) kill(t *testing.T, base string, n int) (told string, calls int) {
	t.Helper()
	args := strings.Split(strings.ReplaceAll(strings.Join(k.args, "\n"), "DIR", base), "\n")
	cmd := exec.Command("reviewdesk", args...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	read, write, err := os.Pipe()
	ok(t, err)
	cmd.Stdout = write
	w, err := dbtest.Watch(cmd, func(c dbtest.Call) dbtest.Answer {
		if !c.OnDisk(base) {
			return dbtest.GoOn
		}
		if calls++; calls == n {
			return dbtest.Kill
		}
		return dbtest.GoOn
	})
	ok(t, err)
	write.Close()
	var out strings.Builder
	for lines := bufio.NewScanner(read); lines.Scan(); {
		out.WriteString(lines.Text() + "\n")
		if k.stop != "" && strings.HasPrefix(lines.Text(), k.stop) {
			cmd.Process.Signal(syscall.SIGTERM)
		}
	}
	read.Close()
	ended := w.Wait()
	switch killed := strings.Contains(fmt.Sprint(ended), "killed"); {
	case ended == nil:
		out.WriteString("ended\n")
	case !killed:
		t.Fatalf("to be killed at call %d: %v\n%s", n, ended, complaints.String())
	}
	return out.String(), calls
}

// standing checks a workspace as it was left, opens it as the next start does, and
// checks it again.
func standing(t *testing.T, base string, look func(d *db.DB)) {
	t.Helper()
	desk := filepath.Join(base, "desk")
	report, err := db.Verify(t.Context(), desk, db.VerifyOptions{})
	if err != nil || report.ExitCode() != 0 {
		t.Fatalf("as it was left: %s, %v", report.Sentence(), err)
	}
	d, err := db.Open(t.Context(), desk, db.Options{Vocabularies: providers.All})
	ok(t, err)
	defer d.Close()
	if d.Sealed() != "" {
		t.Fatalf("sealed: %s", d.Sealed())
	}
	look(d)
	if report := d.CheckLog(t.Context()).Report; report.ExitCode() != 0 {
		t.Fatalf("opened again: %s", report.Sentence())
	}
}

// does runs a command to its end.
func does(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	out, err := exec.CommandContext(ctx, "reviewdesk", args...).CombinedOutput()
	if err != nil {
		t.Errorf("reviewdesk %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// initAgain: a workspace that was not told of can be made, or has been made and only
// lacks its first admin.
func initAgain(t *testing.T, base, told string) {
	desk := filepath.Join(base, "desk")
	if !strings.Contains(told, "/welcome/") {
		out, err := exec.Command("reviewdesk", "init", "--data", desk, "--email", "rosa@desk.example").CombinedOutput()
		if err != nil && !strings.Contains(string(out), "holds a workspace already") {
			t.Errorf("%v\n%s", err, out)
		}
		if users := does(t, "user", "list", "--data", desk); err != nil && !strings.Contains(users, "rosa@desk.example") {
			does(t, "user", "add", "--data", desk, "--email", "rosa@desk.example", "--role", "admin")
		}
	}
	if users := does(t, "user", "list", "--data", desk); strings.Count(users, "rosa@desk.example") != 1 {
		t.Errorf("users:\n%s", users)
	}
	standing(t, base, func(*db.DB) {})
}

func startAgain(t *testing.T, base, _ string) {
	standing(t, base, func(d *db.DB) {
		if c, err := d.Counts(t.Context()); err != nil || c.ByStatus[review.StatusInReview] == 0 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// importAgain: each row is there once; those that were told of were there already.
func importAgain(t *testing.T, base, told string) {
	standing(t, base, func(*db.DB) {})
	again := does(t, "import", "--data", filepath.Join(base, "desk"), "--provider", "cybrid", filepath.Join(base, "new.json"))
	var fresh, same int
	for line := range strings.Lines(again) {
		fmt.Sscanf(line, "new %d", &fresh)
		fmt.Sscanf(line, "same %d", &same)
	}
	if fresh+same != rowsKilled || strings.Contains(told, "ended") && fresh != 0 {
		t.Errorf("it told %q, and the next one %q", told, again)
	}
	standing(t, base, func(d *db.DB) {
		events, more, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventReceived}, 0, 40+rowsKilled)
		if ok(t, err); len(events) != 40+rowsKilled || more {
			t.Errorf("%d or more cases came in", len(events))
		}
	})
}

// exportTold: whoever got rows stands in the log, with what was asked for; and whoever
// got them all, with what they were.
func exportTold(t *testing.T, base, told string) {
	standing(t, base, func(d *db.DB) {
		events, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventExported}, 0, 10)
		ended := strings.Contains(told, "ended")
		if ok(t, err); len(events) > 2 || told != "" && len(events) == 0 || ended && len(events) != 2 {
			t.Errorf("the log tells of %d events of the export; ended: %v", len(events), ended)
		}
	})
}

// backupAgain: under its name a copy is whole or not there, and the next backup leaves
// nothing beside it.
func backupAgain(t *testing.T, base, told string) {
	standing(t, base, func(*db.DB) {})
	copies, names := filepath.Join(base, "copies"), []string{"monday.db", "tuesday.db"}
	if _, err := os.Stat(filepath.Join(copies, names[0])); err == nil {
		restored := filepath.Join(base, "restored")
		ok(t, os.CopyFS(filepath.Join(restored, "desk", "keys"), os.DirFS(filepath.Join(base, "desk", "keys"))))
		does(t, "restore", filepath.Join(copies, names[0]), "--data", filepath.Join(restored, "desk"))
	} else if strings.Contains(told, "ended") {
		t.Error("the backup that was told of is not there")
	} else {
		names = names[1:]
	}
	does(t, "backup", "--data", filepath.Join(base, "desk"), filepath.Join(copies, "tuesday.db"))
	left, err := os.ReadDir(copies)
	ok(t, err)
	for i, e := range left {
		if i >= len(names) || e.Name() != names[i] {
			t.Errorf("beside the copies lies %s", e.Name())
		}
	}
}
