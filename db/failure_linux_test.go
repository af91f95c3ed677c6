package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// With REVIEWDESK_FSYNC set the test binary is the process whose disk fails.
func init() {
	if os.Getenv("REVIEWDESK_FSYNC") != "" {
		decideOnAFailingDisk()
	}
}

// decideOnAFailingDisk is the child: it decides one case, then no fsync of the file
// named succeeds any more, and it tries others. It prints what it was told.
func decideOnAFailingDisk() {
	d, err := db.Open(context.Background(), os.Getenv("REVIEWDESK_DIR"), dbtest.Options(&dbtest.Clock{}))
	if err != nil {
		panic(err)
	}
	a, err := d.AccountByEmail(context.Background(), "anaquiroga@desk.example")
	if err != nil {
		panic(err)
	}
	decide := func(n int) {
		_, err := d.Decide(context.Background(), db.Actor{Kind: "person", Person: a.Person}, plainCase(n).ID, approval(1), "")
		fmt.Println(n, told(err))
	}
	decide(1)
	if err := dbtest.FailSync(os.Getenv("REVIEWDESK_FSYNC")); err != nil {
		panic(err)
	}
	if os.Getenv("REVIEWDESK_FSYNC") == "desk.db" {
		d.FoldLog(1) // the file itself is only synced when the log is folded into it
	} else {
		decide(2)
	}
	select {
	case <-d.Alive().Done():
		fmt.Println("ended:", told(context.Cause(d.Alive())))
	case <-time.After(10 * time.Second):
		fmt.Println("it goes on")
	}
	decide(3)
	if _, err := d.Peek(context.Background(), plainCase(1).ID); err != nil {
		fmt.Println("reading:", err)
	}
	if err := d.Close(); err != nil {
		fmt.Println("close:", err)
	}
	os.Exit(0)
}

func told(err error) string {
	switch {
	case errors.Is(err, db.ErrDisk):
		return "disk"
	case errors.Is(err, db.ErrNotAnchored):
		return "not anchored"
	case errors.Is(err, db.ErrNotRecorded):
		return "not recorded"
	}
	return fmt.Sprint(err)
}

func TestAfterAFailedFsyncNothingIsTakenAnyMore(t *testing.T) {
	for file, want := range map[string]string{
		"desk.db-wal": "1 <nil>\n2 disk\nended: disk\n3 disk\n",
		"desk.db":     "1 <nil>\nended: disk\n3 disk\n",
		"anchor.log":  "1 <nil>\n2 not anchored\nended: disk\n3 disk\n",
	} {
		t.Run(file, func(t *testing.T) {
			d := dbtest.New(t)
			d.Person("Ana Quiroga", review.RoleReviewer)
			receiveMany(t, d, 10)
			d.Shut()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "REVIEWDESK_FSYNC="+file, "REVIEWDESK_DIR="+d.Dir)
			var complaints strings.Builder
			cmd.Stderr = &complaints
			out, err := cmd.Output()
			if err != nil || string(out) != want {
				t.Errorf("%v, got:\n%s%s\nwant:\n%s", err, out, complaints.String(), want)
			}
			d.Open() // what the process left behind is whole, and the desk takes up again
			if v, err := d.Peek(t.Context(), plainCase(1).ID); err != nil || v.Status != review.StatusPassed {
				t.Errorf("the decision that was acknowledged: %v, %v", v.Status, err)
			}
			if why := d.Sealed(); why != "" {
				t.Error(why)
			}
			whole(t, d)
		})
	}
}
