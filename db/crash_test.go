package db_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// TestMain lets the test binary be the process that is killed: with
// REVIEWDESK_CRASH set it decides one case and kills itself after so many statements,
// with REVIEWDESK_KILLED it decides the cases of a list until somebody kills it.
func TestMain(m *testing.M) {
	if os.Getenv("REVIEWDESK_KILLED") != "" {
		decideUntilKilled()
	}
	if os.Getenv("REVIEWDESK_ROTATE") != "" {
		rotateAndDie()
	}
	if os.Getenv("REVIEWDESK_CRASH") != "" {
		decideAndDie()
	}
	if os.Getenv("REVIEWDESK_FILL") != "" {
		fillAndDie()
	}
	os.Exit(m.Run())
}

// decideAndDie is the child: it prints "decided" once it was told so.
func decideAndDie() {
	left, err := strconv.Atoi(os.Getenv("REVIEWDESK_CRASH"))
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
			select {} // the signal takes its moment; not one statement more
		}
	})
	a, err := d.AccountByEmail(contextForChild(), "anaquiroga@desk.example")
	if err != nil {
		panic(err)
	}
	by := db.Actor{Kind: "person", Person: a.Person}
	if _, err := d.Decide(contextForChild(), by, os.Getenv("REVIEWDESK_CASE"), approval(1), ""); err != nil {
		panic(err)
	}
	fmt.Println("decided")
	os.Exit(0)
}

func TestKilledBetweenAnyTwoStatementsADecisionIsWholeOrNotThere(t *testing.T) {
	for n := 1; ; n++ {
		d := dbtest.New(t)
		d.Person("Ana Quiroga", review.RoleReviewer)
		id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
		d.Shut()
		told := crash(t, d.Dir, id, n)
		d.Open()
		whole(t, d)
		v, err := d.Peek(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		events := strings.Join(kinds(t, d, id), " ")
		if both := v.Status == review.StatusPassed && events == "decided received"; !both && (v.Status != review.StatusInReview || events != "received") {
			t.Fatalf("killed after statement %d: status %s, events %s", n, v.Status, events)
		}
		if told && v.Status != review.StatusPassed {
			t.Fatalf("killed after statement %d: the decision was acknowledged and is lost", n)
		}
		if told {
			t.Logf("a decision has %d statements", n-1)
			return
		}
		d.Shut()
	}
}

// crash runs the child and reports whether it acknowledged the decision.
func crash(t *testing.T, dir, id string, statements int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "REVIEWDESK_CRASH="+strconv.Itoa(statements), "REVIEWDESK_DIR="+dir, "REVIEWDESK_CASE="+id)
	out, err := cmd.Output()
	if told := strings.Contains(string(out), "decided"); told || strings.Contains(fmt.Sprint(err), "killed") {
		return told
	}
	t.Fatalf("the child failed otherwise: %v %s", err, out)
	return false
}
