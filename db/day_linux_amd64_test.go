package db_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// A day is a process that does what the desk does, step by step, and says each thing
// once it was acknowledged. Tests watch its system calls: they kill it, cut its power
// or let its disk fail at one of them, and then ask [accounts] for what it had said.

// With REVIEWDESK_DAY set the test binary is that process: its steps, a word each.
func init() {
	if steps := os.Getenv("REVIEWDESK_DAY"); steps != "" {
		d := &workday{dir: os.Getenv("REVIEWDESK_DIR")}
		for step := range strings.FieldsSeq(steps) {
			name, arg, _ := strings.Cut(step, ":")
			n, _ := strconv.Atoi(arg)
			if err := d.do(name, n); err != nil {
				say("failed " + step + " " + told(err))
			}
		}
		os.Exit(0)
	}
}

type workday struct {
	*db.DB
	dir string
	ana db.Actor
}

// say writes a line in one piece: one system call, in order with the others.
func say(line string) { os.Stdout.WriteString(line + "\n") }

func (d *workday) do(step string, n int) (err error) {
	ctx := context.Background()
	switch step {
	case "init":
		return d.begin(ctx)
	case "open":
		return d.open(ctx)
	case "ready":
		say("ready")
	case "receive":
		if _, err = d.Receive(ctx, db.System("test"), []db.Incoming{{Verification: plainCase(n)}}); err == nil {
			say("received " + plainCase(n).ID)
		}
	case "session":
		return d.signIn(ctx, fmt.Sprintf("token-%d", n))
	case "decide":
		return d.decide(ctx, plainCase(n).ID)
	case "decide8":
		return d.decideAtOnce(ctx, n)
	case "erase":
		if err = d.ErasePerson(ctx, db.System("test"), plainCase(n).ID, review.GroundOrder, "A court ordered it."); err == nil {
			say("erased " + plainCase(n).ID)
		}
	case "overwrite":
		if err = d.Overwrite(ctx); err == nil {
			say("overwritten")
		}
	case "read":
		_, err = d.List(ctx, review.Filter{}, db.Cursor{}, 10)
	case "fold":
		d.FoldLog(0)
	case "rotate":
		_, err = d.RotateKey(ctx, db.System("test"), rotationReason)
	case "waits":
		say("waiting")
		for began := time.Now(); !d.Writes() && d.Alive().Err() == nil && time.Since(began) < 20*time.Second; {
			time.Sleep(20 * time.Millisecond) // it tries once a second
		}
	case "close":
		err = d.Close()
	}
	return err
}

// dayOptions let the clock stand: all of a day happens at one time.
func dayOptions() db.Options {
	o := dbtest.Options(nil)
	o.Clock = func() time.Time { return dbtest.Start.Add(time.Minute) }
	return o
}

// begin makes a workspace with an officer and somebody to tell.
func (d *workday) begin(ctx context.Context) error {
	if err := db.Init(ctx, d.dir, "Test workspace", dayOptions()); err != nil {
		return err
	}
	say("made")
	opened, err := db.Open(ctx, d.dir, dayOptions())
	if err != nil {
		return err
	}
	_, token, err := opened.AddAccount(ctx, db.System("test"), db.NewAccount{Email: "anaquiroga@desk.example", Name: "Ana Quiroga", Role: review.RoleReviewer})
	if err == nil {
		_, err = opened.RedeemLink(ctx, db.Actor{Address: "127.0.0.1"}, token, "no hash")
	}
	if err == nil {
		_, _, err = opened.AddEndpoint(ctx, db.System("test"), db.NewEndpoint{Provider: review.Cybrid, URL: "https://platform.example/in"})
	}
	if err == nil {
		say("staffed")
		err = opened.Close()
	}
	return err
}

func (d *workday) open(ctx context.Context) (err error) {
	if d.DB, err = db.Open(ctx, d.dir, dayOptions()); err != nil {
		return err
	}
	a, err := d.AccountByEmail(ctx, "anaquiroga@desk.example")
	d.ana = db.Actor{Kind: "person", Person: a.Person}
	return err
}

func (d *workday) signIn(ctx context.Context, token string) error {
	expires := dbtest.Start.Add(6 * time.Hour)
	data, err := db.SessionCodec{}.Encode(expires, map[string]any{db.SessionAccountKey: d.ana.ID})
	if err == nil {
		err = d.SessionStore().CommitCtx(ctx, token, data, expires)
	}
	if err == nil {
		say("session " + token)
	}
	return err
}

func (d *workday) decide(ctx context.Context, id string) error {
	_, err := d.Decide(ctx, d.ana, id, approval(1), "")
	if err == nil {
		say("decided " + id)
	}
	return err
}

// decideAtOnce decides eight cases at once, so that some share a commit.
func (d *workday) decideAtOnce(ctx context.Context, first int) error {
	var officers sync.WaitGroup
	for i := range 8 {
		officers.Go(func() {
			if err := d.decide(ctx, plainCase(first+i).ID); err != nil {
				say("failed " + told(err))
			}
		})
	}
	officers.Wait()
	return nil
}

// dayOf is the process for some steps on a folder.
func dayOf(dir, steps string, complaints *strings.Builder) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "REVIEWDESK_DAY="+steps, "REVIEWDESK_DIR="+dir)
	cmd.Stderr = complaints
	return cmd
}

// staffed is a desk as days begin on it, with so many cases, closed.
func staffed(t *testing.T, cases int) *dbtest.Desk {
	t.Helper()
	d := dbtest.New(t)
	d.Person("Ana Quiroga", review.RoleReviewer)
	endpoint(t, d, review.Cybrid, "https://platform.example/in")
	receiveMany(t, d, cases)
	d.Shut()
	return d
}

// keptAside is a copy of a folder, to begin anew from.
func keptAside(t *testing.T, dir string) string {
	t.Helper()
	aside := filepath.Join(t.TempDir(), "aside")
	ok(t, os.CopyFS(aside, os.DirFS(dir)))
	return aside
}

func putBack(t *testing.T, aside, dir string) {
	t.Helper()
	ok(t, os.RemoveAll(dir))
	ok(t, os.CopyFS(dir, os.DirFS(aside)))
}

// atOdds finds what is there by half or twice: a decision has one event, one row of its
// own, one row for the platform and one delivery; a case one event of its arrival; a
// session one of its sign-in.
const atOdds = `
	SELECT 'case ' || id FROM verification v WHERE
		(SELECT COUNT(*) FROM audit_entry WHERE object = v.id AND kind = 'received') <> 1 OR
		(SELECT COUNT(*) FROM audit_entry WHERE object = v.id AND kind = 'decided') <> (status = 'passed') OR
		(SELECT COUNT(*) FROM decision WHERE v = v.seq) <> (status = 'passed') OR
		(SELECT COUNT(*) FROM outbox WHERE v = v.seq AND event = 'passed') <> (status = 'passed') OR
		(SELECT COUNT(*) FROM delivery d JOIN outbox o ON o.id = d.outbox WHERE o.v = v.seq) <> (SELECT COUNT(*) FROM outbox WHERE v = v.seq) * (status = 'passed')
	UNION ALL SELECT 'sessions' WHERE (SELECT COUNT(*) FROM session) <> (SELECT COUNT(*) FROM audit_entry WHERE kind = 'signed_in')`

// accounts checks a folder as a day left it, opens it as the next start does, checks it
// again, and finds everything that was said, once. The folder is closed again.
func accounts(t *testing.T, d *dbtest.Desk, said []string) {
	t.Helper()
	report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{})
	if err != nil || report.ExitCode() != 0 {
		t.Fatalf("as it was left: %s, %v", report.Sentence(), err)
	}
	d.Open()
	defer d.Shut()
	if why := d.Sealed(); why != "" {
		t.Fatalf("sealed: %s", why)
	}
	whole(t, d)
	reader := d.Reader()
	eachText(t, reader, atOdds, func(what string) { t.Errorf("%s is there by half, or twice", what) })
	for _, line := range said {
		accountFor(t, d, line)
	}
}

// accountFor finds one thing that was said.
func accountFor(t *testing.T, d *dbtest.Desk, line string) {
	t.Helper()
	what, id, _ := strings.Cut(line, " ")
	switch what {
	case "received", "decided":
		v, err := d.Peek(t.Context(), id)
		if err != nil || what == "decided" && v.Status != review.StatusPassed {
			t.Errorf("%s was acknowledged and is lost: %v, %v", line, v.Status, err)
		}
	case "session":
		if _, found, err := d.SessionStore().(interface {
			FindCtx(context.Context, string) ([]byte, bool, error)
		}).FindCtx(t.Context(), id); err != nil || !found {
			t.Errorf("%s was acknowledged and is lost: %v", line, err)
		}
	}
}
