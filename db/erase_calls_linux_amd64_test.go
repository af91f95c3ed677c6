package db_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// decidedPerson is a closed desk on which the person of a case was decided.
func decidedPerson(t *testing.T) *dbtest.Desk {
	t.Helper()
	d := staffed(t, 0)
	d.Open()
	d.AtOnce()
	ana, err := d.AccountByEmail(t.Context(), "anaquiroga@desk.example")
	ok(t, err)
	by := db.Actor{Kind: "person", Person: ana.Person}
	for n, name := range []string{"Zephyrine Quackenbush", "Wilhelmina Bystander"} {
		v := plainCase(n)
		v.Subject = review.Subject{Reading: review.Reading{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", "")) + "@desk.example"}}
		v.Object = []byte(`{"guid":"` + v.ID + `","name":"` + name + `"}`)
		_, err = d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v, Pictures: []review.Picture{{Kind: "selfie", MediaType: "image/png", Data: tinyPNG(t)}}}})
		ok(t, err)
		ok(t, d.Note(t.Context(), by, v.ID, "the note about her"))
		_, err = d.Decide(t.Context(), by, v.ID, approval(1), "")
		ok(t, err)
	}
	settle(t, d)
	d.Shut()
	return d
}

// TestKilledAtEachCallOfAnErasureThePersonIsGoneOrWhole kills the process at each system
// call that writes, syncs, makes or removes something, from the moment at which somebody
// is erased to the end of the process. The next start ends what was begun: the person is
// whole, or nothing of them is on the disk.
func TestKilledAtEachCallOfAnErasureThePersonIsGoneOrWhole(t *testing.T) {
	d := decidedPerson(t)
	before := keptAside(t, d.Dir)
	gone, whole := 0, 0
	for n := 1; ; n += eachOr(25) {
		putBack(t, before, d.Dir)
		said, calls := killedAtCall(t, d.Dir, "open ready erase:0 overwrite close", "ready", n)
		accounts(t, d, said)
		if goneOrWhole(t, d, said) {
			gone++
		} else {
			whole++
		}
		if t.Failed() {
			t.Fatalf("killed at call %d", n)
		}
		if calls < n {
			t.Logf("an erasure and the end of the process have %d calls; killed at each, the person was gone %d times and whole %d times", calls, gone, whole)
			return
		}
	}
}

// goneOrWhole opens the folder, lets it end what was begun, and looks.
func goneOrWhole(t *testing.T, d *dbtest.Desk, said []string) (gone bool) {
	t.Helper()
	d.Open()
	ok(t, d.Overwrite(t.Context()))
	v, err := d.Peek(t.Context(), plainCase(0).ID)
	ok(t, err)
	gone = v.Erased != nil
	events, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventErased}, 0, 10)
	ok(t, err)
	d.Shut()
	list, _ := os.ReadFile(filepath.Join(d.Dir, "anchor", "anchor.log.erased"))
	left := found(t, d.Dir, []string{"Zephyrine", "zephyrine", "uackenbush"})
	switch lines := bytes.Count(list, []byte("\n")); {
	case gone && (len(left) > 0 || len(events) != 1 || lines != 1):
		t.Errorf("gone, and there are %q, %d events, %d lines of the list", left, len(events), lines)
	case !gone && (v.Subject.Name != "Zephyrine Quackenbush" || len(events) > 0 || lines > 0):
		t.Errorf("whole, and the name is %q, with %d events, %d lines of the list", v.Subject.Name, len(events), lines)
	case !gone && slices.Contains(said, "erased "+plainCase(0).ID):
		t.Error("the erasure was acknowledged, and is lost")
	}
	if other := found(t, d.Dir, []string{"Wilhelmina"}); len(other) == 0 {
		t.Error("the other person is gone, too")
	}
	return gone
}

// TestKilledAtEachCallOfAStartOnAnOlderDatabaseThePersonIsGone kills the start that
// finds somebody in an older database who was erased since, and lets another follow.
func TestKilledAtEachCallOfAStartOnAnOlderDatabaseThePersonIsGone(t *testing.T) {
	d := decidedPerson(t)
	older, err := os.ReadFile(filepath.Join(d.Dir, "desk.db"))
	ok(t, err)
	d.Open()
	ok(t, d.ErasePerson(t.Context(), db.System("test"), plainCase(0).ID, review.GroundOrder, "A court ordered it."))
	d.Shut()
	ok(t, os.WriteFile(filepath.Join(d.Dir, "desk.db"), older, 0o600))
	before := keptAside(t, d.Dir)
	for n := 1; ; n += eachOr(25) {
		putBack(t, before, d.Dir)
		_, calls := killedAtCall(t, d.Dir, "open ready close", "", n)
		d.Open()
		page, err := d.List(t.Context(), review.Filter{Statuses: review.Statuses()}, db.Cursor{}, 10)
		ok(t, err)
		if d.Sealed() == "" || len(page.Rows) != 2 || page.Rows[0].Name+page.Rows[1].Name != "Wilhelmina Bystander" {
			t.Fatalf("killed at call %d: sealed %q, and served %+v", n, d.Sealed(), page.Rows)
		}
		ok(t, d.AcceptRollback(t.Context(), db.System("test"), "The disk failed."))
		ok(t, d.Overwrite(t.Context()))
		whole(t, d)
		d.Shut()
		if left := found(t, d.Dir, []string{"Zephyrine", "zephyrine", "uackenbush"}); len(left) > 0 {
			t.Fatalf("killed at call %d: %q", n, left)
		}
		if calls < n {
			t.Logf("the start has %d calls", calls)
			return
		}
	}
}
