package db_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// officersAtOnce is how many decisions are on their way when the kill comes.
const officersAtOnce = 8

// killsWanted is how many kills there are: 50, but fewer under the race detector, which
// costs twentyfold (make test runs this test once more without it).
func killsWanted() int {
	if underRace {
		return 2
	}
	return dbtest.Figure(50, 10_000)
}

// decideUntilKilled is the child: eight officers at once decide the cases of the
// list, and each decision that was acknowledged is one line on standard output.
func decideUntilKilled() {
	d, err := db.Open(context.Background(), os.Getenv("REVIEWDESK_DIR"), dbtest.Options(&dbtest.Clock{}))
	if err != nil {
		panic(err)
	}
	a, err := d.AccountByEmail(context.Background(), "anaquiroga@desk.example")
	if err != nil {
		panic(err)
	}
	list, err := os.ReadFile(os.Getenv("REVIEWDESK_KILLED"))
	if err != nil {
		panic(err)
	}
	waiting := make(chan string)
	var officers sync.WaitGroup
	for range officersAtOnce {
		officers.Go(func() {
			for id := range waiting {
				decideAloud(d, db.Actor{Kind: "person", Person: a.Person}, id)
			}
		})
	}
	for id := range strings.FieldsSeq(string(list)) {
		waiting <- id
	}
	close(waiting)
	officers.Wait()
	os.Exit(0)
}

// decideAloud writes the line in one piece, and only once it was told so.
func decideAloud(d *db.DB, by db.Actor, id string) {
	if _, err := d.Decide(context.Background(), by, id, approval(1), ""); err != nil {
		panic(err)
	}
	if _, err := os.Stdout.WriteString(id + "\n"); err != nil {
		panic(err)
	}
}

// TestKilledAtRandomTimesEveryAcknowledgedDecisionIsThere kills the deciding process
// again and again, each time after a random number of acknowledgements, with eight
// decisions on their way; what was acknowledged must be there, and the log whole.
func TestKilledAtRandomTimesEveryAcknowledgedDecisionIsThere(t *testing.T) {
	const together, most = 10, 80 // kills of one workspace, acknowledgements between two
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 2000))
	acknowledged, kills := 0, 0
	for want := killsWanted(); kills < want; {
		some := min(together, want-kills)
		t.Run(fmt.Sprintf("from kill %d", kills+1), func(t *testing.T) {
			acknowledged += killMany(t, random, some, most)
		})
		kills += some
	}
	t.Logf("%d acknowledged decisions, %d kills", acknowledged, kills)
}

// killMany kills one workspace's process so many times, and counts what was acknowledged.
func killMany(t *testing.T, random *rand.Rand, kills, most int) int {
	t.Helper()
	d := dbtest.New(t)
	d.Person("Ana Quiroga", review.RoleReviewer)
	receiveMany(t, d, kills*(most/2+8*officersAtOnce)+4*most) // some more are decided before a kill comes
	d.Shut()
	told := map[string]bool{}
	for range kills {
		list := openCases(t, d, told)
		for _, id := range decideAndKill(t, d.Dir, list, 1+random.IntN(most)) {
			told[id] = true
		}
	}
	if list := openCases(t, d, told); list == "" {
		t.Fatal("there were too few cases for the last kill to interrupt anything")
	}
	return len(told)
}

// receiveMany takes plain cases in, a hundred at a time.
func receiveMany(t *testing.T, d *dbtest.Desk, n int) {
	t.Helper()
	for from := 0; from < n; from += 100 {
		var batch []db.Incoming
		for i := from; i < min(from+100, n); i++ {
			batch = append(batch, db.Incoming{Verification: plainCase(i)})
		}
		_, err := d.Receive(t.Context(), db.System("test"), batch)
		ok(t, err)
	}
}

func plainCase(n int) review.Verification {
	id := fmt.Sprintf("%032x", n+1)
	return review.Verification{ID: id, Provider: review.Cybrid, ProviderID: id, Kind: "kyc", Method: "id_and_selfie",
		Status: review.StatusInReview, Arrived: review.WireState{State: "reviewing"}, CreatedAt: dbtest.Start, UpdatedAt: dbtest.Start,
		Object: []byte(`{"guid":"` + id + `"}`)}
}

// decideAndKill runs the child, kills it after so many lines, and returns every line
// that it got out.
func decideAndKill(t *testing.T, dir, list string, lines int) (told []string) {
	t.Helper()
	path := t.TempDir() + "/list"
	ok(t, os.WriteFile(path, []byte(list), 0o600))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "REVIEWDESK_KILLED="+path, "REVIEWDESK_DIR="+dir)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		told = append(told, scan.Text())
		if len(told) == lines {
			ok(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); len(told) < lines && (err != nil || len(told) == 0) {
		t.Fatalf("the child ended by itself after %d lines: %v\n%s", len(told), err, complaints.String())
	}
	return told
}

// openCases checks the folder as the kill left it, opens it as the next start does,
// checks it again, and lists what is still to be decided. Every decision told of must
// be there.
func openCases(t *testing.T, d *dbtest.Desk, told map[string]bool) string {
	t.Helper()
	report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{})
	if err != nil || report.ExitCode() != 0 {
		t.Fatalf("as the kill left it: %s, %v", report.Sentence(), err)
	}
	d.Open()
	defer d.Shut()
	whole(t, d)
	decided := decidedInTheLog(t, d)
	for id := range told {
		if !decided[id] {
			t.Errorf("the decision on %s was acknowledged and is lost", id)
		}
	}
	var list strings.Builder
	reader := d.Reader()
	eachText(t, reader, `SELECT id FROM verification WHERE status = 'in_review' ORDER BY seq`, func(id string) { list.WriteString(id + "\n") })
	return list.String()
}

// decidedInTheLog are the cases that have both an event of the decision and its state.
func decidedInTheLog(t *testing.T, d *dbtest.Desk) map[string]bool {
	t.Helper()
	decided := map[string]bool{}
	reader := d.Reader()
	eachText(t, reader, `SELECT v.id FROM verification v JOIN audit_entry e ON e.object = v.id AND e.kind = 'decided'
		JOIN decision k ON k.v = v.seq AND k.entry = e.seq WHERE v.status = 'passed'`, func(id string) { decided[id] = true })
	return decided
}
