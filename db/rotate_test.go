package db_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

const rotationReason = "The yearly change."

func rotate(t *testing.T, d *dbtest.Desk) string {
	t.Helper()
	vkey, err := d.RotateKey(t.Context(), db.System("test"), rotationReason)
	ok(t, err)
	return vkey
}

// wholeOutside checks the log as the command does: offline, against the folder's key.
func wholeOutside(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{})
	ok(t, err)
	if report.ExitCode() != 0 {
		t.Fatalf("offline: %s", report.Sentence())
	}
}

func TestTheLogGoesOnUnderANewKeyAndStaysWhole(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	first := d.VerifierKey()
	id := d.Cybrid(1, "Ines Moreau")
	var keys []string
	for range 3 {
		keys = append(keys, rotate(t, d))
		ok(t, d.Note(t.Context(), ana, id, "Another note under another key."))
		whole(t, d)
		wholeOutside(t, d)
	}
	if got := d.VerifierKeys(); strings.Join(got, " ") != strings.Join(append([]string{first}, keys...), " ") {
		t.Fatalf("the keys are %q", got)
	}
	d.Shut()
	d.Open()
	if d.Sealed() != "" || d.VerifierKey() != keys[2] {
		t.Fatalf("opened again: key %s, sealed %q", d.VerifierKey(), d.Sealed())
	}
	ok(t, d.Note(t.Context(), ana, id, "A note after opening again."))
	whole(t, d)
	for _, vkey := range d.VerifierKeys() {
		report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{Keys: []string{vkey}})
		if ok(t, err); report.ExitCode() != 0 {
			t.Errorf("pinned %s: %s", vkey, report.Sentence())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(d.Dir, "keys", "*.next*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	head, _, err := d.Checkpointed(t.Context())
	if ok(t, err); head.Size == 0 {
		t.Error("no newest head")
	}
	if _, err := d.RotateKey(t.Context(), ana, rotationReason); err == nil {
		t.Error("a reviewer changed the key")
	}
	if _, err := d.RotateKey(t.Context(), db.System("test"), "  "); err == nil {
		t.Error("the key was changed without a reason")
	}
}

// keysOf reads the folder of keys, setKeys writes it.
func keysOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(dir, "keys"))
	ok(t, err)
	out := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, "keys", f.Name()))
		ok(t, err)
		out[f.Name()] = string(b)
	}
	return out
}

func setKeys(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	ok(t, os.RemoveAll(filepath.Join(dir, "keys")))
	ok(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
	for name, text := range files {
		ok(t, os.WriteFile(filepath.Join(dir, "keys", name), []byte(text), 0o600))
	}
}

// with is a copy of files with some more.
func with(files map[string]string, pairs ...string) map[string]string {
	out := map[string]string{}
	for k, v := range files {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func TestARotationThatACrashCutShortIsHarmlessInEachOrderOfFiles(t *testing.T) {
	d := dbtest.New(t)
	before := keysOf(t, d.Dir)
	vkey := rotate(t, d)
	after := keysOf(t, d.Dir)
	hash := strings.SplitN(vkey, "+", 3)[1]
	oldHash := strings.SplitN(strings.TrimSpace(before["audit.pub"]), "+", 3)[1]
	next := with(before, "audit-"+hash+".next", after["audit"])
	for name, files := range map[string]map[string]string{
		"committed, no file in place":       next,
		"one public key kept":               with(next, "audit-"+oldHash+".pub", before["audit.pub"]),
		"both public keys kept":             with(next, "audit-"+oldHash+".pub", before["audit.pub"], "audit-"+hash+".pub", after["audit.pub"]),
		"the public key in place":           with(next, "audit.pub", after["audit.pub"], "audit-"+oldHash+".pub", before["audit.pub"]),
		"a temporary file left behind":      with(next, "audit.pub.new", "half"),
		"done":                              after,
		"done, with another's next by side": with(after, "audit-00000000.next", "nothing"),
	} {
		d.Shut()
		setKeys(t, d.Dir, files)
		d.Open()
		if d.Sealed() != "" || d.VerifierKey() != vkey {
			t.Fatalf("%s: key %s, sealed %q", name, d.VerifierKey(), d.Sealed())
		}
		d.Person("Somebody "+strings.Repeat("x", len(name)%20)+string(rune('a'+len(name)%26)), review.RoleReviewer)
		whole(t, d)
		wholeOutside(t, d)
		got := keysOf(t, d.Dir)
		if got["audit"] != after["audit"] || got["audit.pub"] != after["audit.pub"] || got["audit-"+hash+".next"] != "" || got["audit-00000000.next"] != "" {
			t.Errorf("%s: the files are not in order", name)
		}
	}
}

func TestAKeyThatNoRotationBroughtInIsDropped(t *testing.T) {
	d := dbtest.New(t)
	_, instance := d.Workspace()
	skey, vkey, err := audit.NewKey(instance)
	ok(t, err)
	name := "audit-" + strings.SplitN(vkey, "+", 3)[1] + ".next"
	d.Shut()
	setKeys(t, d.Dir, with(keysOf(t, d.Dir), name, skey))
	d.Open()
	if d.Sealed() != "" || d.VerifierKey() == vkey || keysOf(t, d.Dir)[name] != "" {
		t.Errorf("the key is %s, sealed %q", d.VerifierKey(), d.Sealed())
	}
	d.Person("Ana Quiroga", review.RoleReviewer)
	whole(t, d)
}

// rotateAndDie is the child of the test below.
func rotateAndDie() {
	left, err := strconv.Atoi(os.Getenv("REVIEWDESK_ROTATE"))
	if err != nil {
		panic(err)
	}
	d, err := db.Open(contextForChild(), os.Getenv("REVIEWDESK_DIR"), dbtest.Options(&dbtest.Clock{}))
	if err != nil {
		panic(err)
	}
	d.AfterStatement(func(string) {
		if left--; left == 0 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	})
	vkey, err := d.RotateKey(contextForChild(), db.System("test"), rotationReason)
	if err != nil {
		panic(err)
	}
	fmt.Println("rotated", vkey)
	os.Exit(0)
}

func TestKilledBetweenAnyTwoStatementsARotationIsWholeOrNotThere(t *testing.T) {
	for n := 1; ; n++ {
		d := dbtest.New(t)
		d.Cybrid(1, "Ines Moreau")
		before := d.VerifierKey()
		d.Shut()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "REVIEWDESK_ROTATE="+strconv.Itoa(n), "REVIEWDESK_DIR="+d.Dir)
		out, err := cmd.Output()
		told, done := strings.CutPrefix(strings.TrimSpace(string(out)), "rotated ")
		if !done && !strings.Contains(fmt.Sprint(err), "killed") {
			t.Fatalf("the child failed otherwise: %v %s", err, out)
		}
		d.Open()
		if d.Sealed() != "" {
			t.Fatalf("killed after statement %d: sealed: %s", n, d.Sealed())
		}
		if done && d.VerifierKey() != told {
			t.Fatalf("the rotation was acknowledged and is lost")
		}
		changed := d.VerifierKey() != before
		entries, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventKeyRotated}, 0, 10)
		if ok(t, err); changed != (len(entries) == 1) {
			t.Fatalf("killed after statement %d: changed %v, with %d events", n, changed, len(entries))
		}
		d.Cybrid(2, "Viktor Hahn")
		whole(t, d)
		wholeOutside(t, d)
		d.Shut()
		if done {
			return
		}
	}
}

func TestAnOlderCopyFromBeforeARotationSealsTheDesk(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	d.Shut()
	old, oldKeys := filepath.Join(t.TempDir(), "desk.db"), keysOf(t, d.Dir)
	copyFile(t, filepath.Join(d.Dir, "desk.db"), old)
	d.Open()
	rotate(t, d)
	d.Cybrid(2, "Viktor Hahn")
	d.Shut()
	newKeys := keysOf(t, d.Dir)
	for _, name := range []string{"desk.db-wal", "desk.db-shm"} {
		os.Remove(filepath.Join(d.Dir, name))
	}
	copyFile(t, old, filepath.Join(d.Dir, "desk.db"))
	report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{})
	if ok(t, err); report.ExitCode() != 2 {
		t.Errorf("offline: %s", report.Sentence())
	}
	d.Open()
	if report := d.CheckLog(t.Context()).Report; report.ExitCode() != 2 {
		t.Errorf("checked: %s", report.Sentence())
	}
	if !strings.Contains(d.Sealed(), "older copy") || !strings.Contains(d.Sealed(), "keys/audit") {
		t.Errorf("sealed: %q", d.Sealed())
	}
	if err := d.AcceptRollback(t.Context(), db.System("test"), "The disk failed."); err == nil {
		t.Fatal("it was accepted without the key of its time")
	}
	d.Shut()
	setKeys(t, d.Dir, with(newKeys, "audit", oldKeys["audit"], "audit.pub", oldKeys["audit.pub"]))
	d.Open()
	if !strings.Contains(d.Sealed(), "older copy") {
		t.Errorf("sealed: %q", d.Sealed())
	}
	ok(t, d.AcceptRollback(t.Context(), db.System("test"), "The disk failed."))
	d.Cybrid(3, "Noor El-Sayed")
	whole(t, d)
	wholeOutside(t, d)
}
