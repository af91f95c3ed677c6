package hooks

import (
	"context"
	"database/sql"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("REVIEWDESK_HOOKS"); dir != "" {
		sendUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// sendUntilKilled is the child.
func sendUntilKilled(dir string) {
	d, err := db.Open(context.Background(), dir, dbtest.Options(&dbtest.Clock{}))
	if err != nil {
		panic(err)
	}
	Run(context.Background(), d, slog.New(slog.DiscardHandler))
}

// The receiver kills the desk when the request is in and before it answers, or once
// it has answered and the desk may or may not have recorded it.
func TestADeskKilledBetweenTheRequestAndItsRecordSendsItAgainUnderTheSameGuid(t *testing.T) {
	for _, answers := range []bool{false, true} {
		d := newDesk(t)
		var child *exec.Cmd
		started, dead := make(chan struct{}), make(chan struct{})
		r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
			if answers {
				w.WriteHeader(http.StatusOK)
				http.NewResponseController(w).Flush()
			}
			<-started
			child.Process.Kill()
			<-dead
		})
		e, _ := d.endpoint(review.Cybrid, r.URL)
		for range 3 {
			d.test(e.ID)
		}
		want := d.sent(e.ID)
		d.Shut()
		child = exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "REVIEWDESK_HOOKS="+d.Dir)
		child.Stderr = os.Stderr
		ok(t, child.Start())
		close(started)
		first := r.next(t)
		child.Wait()
		r.turns(says(200))
		close(dead)
		d.Open()
		d.work(patience)
		all := d.until(e.ID, "delivered", allDelivered)
		seen, times := map[string]string{first.guid(): first.body}, 1
		for len(r.came) > 0 {
			g := r.next(t)
			times++
			if body, twice := seen[g.guid()]; twice && body != g.body {
				t.Errorf("other bytes under %s: %s, first %s", g.guid(), g.body, body)
			}
			seen[g.guid()] = g.body
		}
		if len(all) != 3 || len(seen) != 3 || !answers && times != 4 {
			t.Fatalf("%d deliveries, %d guids came in %d requests", len(all), len(seen), times)
		}
		for i, one := range want {
			if seen[one.GUID] == "" || all[i].GUID != one.GUID {
				t.Errorf("%s did not come", one.GUID)
			}
		}
		d.stop()
	}
}

// takeIn takes in an object of Coinify's as it stands.
func takeIn(t *testing.T, d *desk, object string) string {
	t.Helper()
	vocabulary, err := providers.All.Of(review.Coinify)
	ok(t, err)
	v, _, err := vocabulary.Parse([]byte(object))
	ok(t, err)
	_, err = d.Receive(t.Context(), admin, []db.Incoming{{Verification: v}})
	ok(t, err)
	return v.ID
}

// seal puts an older copy of the database back, with the same deliveries.
func seal(t *testing.T, d *desk) {
	t.Helper()
	d.Shut()
	path := filepath.Join(d.Dir, "desk.db")
	older, err := os.ReadFile(path)
	ok(t, err)
	d.Open()
	d.Person("Ana Quiroga", review.RoleReviewer)
	d.Shut()
	for _, name := range []string{"-wal", "-shm"} {
		os.Remove(path + name)
	}
	ok(t, os.WriteFile(path, older, 0o600))
	d.Open()
	if d.Sealed() == "" {
		t.Fatal("the desk is not sealed")
	}
}

// While the desk cannot write, what was sent waits to be recorded, and is not sent
// again.
func TestWhatCannotBeRecordedIsNotSentAgain(t *testing.T) {
	d := newDesk(t)
	release := make(chan struct{})
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	e, _ := d.endpoint(review.Cybrid, r.URL)
	d.test(e.ID)
	d.test(e.ID)
	d.work(patience)
	first := r.next(t)
	other, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "desk.db")+"?_txlock=immediate")
	ok(t, err)
	defer other.Close()
	holds, err := other.Begin() // nobody else can write
	ok(t, err)
	close(release)
	for deadline := time.Now().Add(long); d.Writes(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the desk still writes")
		}
	}
	d.later(time.Hour)
	r.nothing(t)
	ok(t, holds.Rollback())
	all := d.until(e.ID, "delivered", allDelivered)
	if second := r.next(t); second.guid() == first.guid() || all[0].Attempts != 1 {
		t.Errorf("sent twice: %+v", all)
	}
	r.nothing(t)
}
