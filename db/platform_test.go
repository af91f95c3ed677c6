package db_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/coinify"
	"reviewdesk/review/cybrid"
)

// sandboxed is a desk whose APIs take test behaviours, and a Cybrid client.
func sandboxed(t testing.TB) (*dbtest.Desk, db.Actor) {
	t.Helper()
	d := dbtest.New(t)
	d.Shut()
	d.Sandbox = true
	d.Open()
	return d, bank(t, d)
}

func bank(t testing.TB, d *dbtest.Desk) db.Actor {
	t.Helper()
	c, _, err := d.AddClient(t.Context(), db.System("test"), db.NewClient{Provider: review.Cybrid, Name: "Platform", Scopes: db.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	return c.Actor("192.0.2.1", "request")
}

// entries are the log's events of one kind, oldest first.
func entries(t testing.TB, d *dbtest.Desk, kind review.EventKind) (out []db.LogEntry) {
	t.Helper()
	err := d.EachEvent(t.Context(), review.EventFilter{Kind: kind}, func(e db.LogEntry) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// creation is what a program asks for, under its n-th guid.
func creation(t testing.TB, d *dbtest.Desk, n int, body string) db.Creation {
	t.Helper()
	asked, err := cybrid.ParseRequest([]byte(body), d.DB.Desk())
	if err != nil {
		t.Fatal(err)
	}
	object, err := asked.Object(fmt.Sprintf("%032x", n), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	return db.Creation{Object: object, Road: asked.Road(), Request: []byte(body)}
}

const asked = `{"type":"kyc","method":"id_and_selfie"}`

func askedFor(behaviour string) string {
	return `{"type":"kyc","method":"id_and_selfie","expected_behaviours":["` + behaviour + `"]}`
}

func TestACreateIsOneTransactionWithItsEventItsKeyAndItsNextStep(t *testing.T) {
	d, by := sandboxed(t)
	c := creation(t, d, 1, asked)
	c.Key = "order-zqmrk"
	v, again, err := d.Create(t.Context(), by, review.Cybrid, c)
	if err != nil || again || v.Seq == 0 || v.Status != review.StatusArriving {
		t.Fatalf("%+v %v %v", v, again, err)
	}
	if all := entries(t, d, review.EventReceived); len(all) != 1 || all[0].Actor.ID != by.ID || all[0].Object != v.ID {
		t.Errorf("%+v", all)
	}
	if due, err := d.NextDue(t.Context()); err != nil || !due.Equal(v.UpdatedAt.Add(review.Step)) {
		t.Errorf("due %v %v", due, err)
	}
	c.Object = creation(t, d, 2, asked).Object // a repeated request has a new guid in hand
	same, again, err := d.Create(t.Context(), by, review.Cybrid, c)
	if err != nil || !again || same.ID != v.ID || same.Seq != v.Seq || string(same.Object) != string(v.Object) || !same.UpdatedAt.Equal(v.UpdatedAt) || !same.ReviewSince.Equal(v.ReviewSince) {
		t.Errorf("%+v\n%+v %v", v, same, err)
	}
	c.Request = []byte("another")
	if _, _, err := d.Create(t.Context(), by, review.Cybrid, c); !errors.Is(err, db.ErrKeyReused) {
		t.Errorf("another body: %v", err)
	}
	if n := len(entries(t, d, review.EventReceived)); n != 1 {
		t.Errorf("%d events", n)
	}
	c.Key = ""
	c.Object = v.Object
	if _, _, err := d.Create(t.Context(), by, review.Cybrid, c); err == nil {
		t.Error("an id that is held was made again")
	}
	if n := len(entries(t, d, review.EventReceived)); n != 1 {
		t.Errorf("%d events", n)
	}
	whole(t, d)
}

// roads are the states that each behaviour passes through.
var roads = map[string][]string{
	cybrid.BehaviourPassed:          {"storing", "waiting", "pending", "completed passed"},
	cybrid.BehaviourFailed:          {"storing", "waiting", "pending", "completed failed"},
	cybrid.BehaviourTaxIDNotChecked: {"storing", "waiting", "pending", "completed passed"},
	cybrid.BehaviourReviewRequired:  {"storing", "waiting", "pending", "reviewing"},
}

func stateOf(t testing.TB, d *dbtest.Desk, id string) string {
	t.Helper()
	v, err := d.Peek(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(v.Arrived.State + " " + v.Arrived.Reason)
}

func move(t testing.TB, d *dbtest.Desk) int {
	t.Helper()
	n, err := d.MoveDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestACaseMovesOnByItselfOneStepAtATimeAlsoAfterAStop(t *testing.T) {
	for behaviour, want := range roads {
		d, by := sandboxed(t)
		v, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, 1, askedFor(behaviour)))
		if err != nil {
			t.Fatal(err)
		}
		seen := []string{stateOf(t, d, v.ID)}
		for range len(want) + 2 {
			if n := move(t, d); n != 0 {
				t.Errorf("%s moved %d cases before the time", behaviour, n)
			}
			d.Shut()
			d.Clock.Move(review.Step)
			d.Open()
			move(t, d)
			if s := stateOf(t, d, v.ID); s != seen[len(seen)-1] {
				seen = append(seen, s)
			}
		}
		if !slices.Equal(seen, want) {
			t.Errorf("%s went by %v", behaviour, seen)
		}
		if due, err := d.NextDue(t.Context()); err != nil || !due.IsZero() {
			t.Errorf("%s is due at %v still: %v", behaviour, due, err)
		}
		whole(t, d)
	}
}

func TestAClockThatJumpsMakesNoCaseSkipAStep(t *testing.T) {
	d, by := sandboxed(t)
	v, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, 1, askedFor(cybrid.BehaviourReviewRequired)))
	if err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(-24 * time.Hour)
	if n := move(t, d); n != 0 {
		t.Errorf("%d moved in the past", n)
	}
	d.Clock.Move(48 * time.Hour)
	for _, want := range []string{"waiting", "pending", "reviewing"} {
		if s := stateOf(t, d, v.ID); s == want {
			t.Errorf("%s too soon", s)
		}
		move(t, d)
		if s := stateOf(t, d, v.ID); s != want {
			t.Errorf("%s, want %s", s, want)
		}
		d.Clock.Move(review.Step)
	}
	opened, err := d.Peek(t.Context(), v.ID)
	if err != nil || opened.Status != review.StatusInReview || opened.ReviewSince.IsZero() {
		t.Errorf("%+v %v", opened, err)
	}
}

func TestACaseThatIsMadeAfterAClockSteppedBackDoesNotWaitForIt(t *testing.T) {
	d, by := sandboxed(t)
	d.Clock.Move(-3 * time.Hour)
	v, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, 1, askedFor(cybrid.BehaviourReviewRequired)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"waiting", "pending", "reviewing"} {
		d.Clock.Move(review.Step)
		move(t, d)
		if s := stateOf(t, d, v.ID); s != want {
			t.Errorf("%s, want %s", s, want)
		}
	}
}

func TestACaseThatAnOfficerHasDecidedMovesNoMore(t *testing.T) {
	d, by := sandboxed(t)
	attempt, err := coinify.Request{}.Attempt("c0ffee00-0000-4000-8000-000000000001", "420001", d.DB.Desk(), d.Now())
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := d.Create(t.Context(), by, review.Coinify, db.Creation{Object: attempt})
	if err != nil || v.Subject.Reference != "420001" {
		t.Fatalf("%+v %v", v, err)
	}
	// Its provider's own copy comes in, and goes to review before the day is over.
	copied := strings.Replace(string(attempt), `"pending"`, `"processing"`, 1)
	copied = strings.Replace(copied, `"rejectReason":null`, `"rejectReason":"MANUAL_REVIEW"`, 1)
	in, _, err := coinify.Vocabulary{}.Parse([]byte(copied))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Receive(t.Context(), db.System("import"), []db.Incoming{{Verification: in}}); err != nil {
		t.Fatal(err)
	}
	d.Clock.Move(48 * time.Hour)
	for range 3 {
		move(t, d)
	}
	if s := stateOf(t, d, v.ID); s != "processing MANUAL_REVIEW" {
		t.Errorf("it moved on to %s", s)
	}
	if due, err := d.NextDue(t.Context()); err != nil || !due.IsZero() {
		t.Errorf("due at %v: %v", due, err)
	}
}

func TestTheCountsOfListsAreThoseOfTheTableAfterEveryChange(t *testing.T) {
	d, by := sandboxed(t)
	n := 0
	for behaviour := range roads {
		for range 3 {
			n++
			if _, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, n, askedFor(behaviour))); err != nil {
				t.Fatal(err)
			}
		}
	}
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(500, "Ines Moreau")
	check := func(when string) {
		t.Helper()
		for _, state := range append(cybrid.States(), "") {
			f := review.PlatformFilter{Provider: review.Cybrid}
			if match, ok := cybrid.Matches(state); ok {
				f.States = []review.StateMatch{match}
			}
			page, total, err := d.PlatformList(t.Context(), f, 0, 100)
			if err != nil || total != int64(len(page)) {
				t.Errorf("%s, %q: %d of %d, %v", when, state, len(page), total, err)
			}
			for _, v := range page {
				if got := (cybrid.Vocabulary{}).State(v).State; state != "" && got != state {
					t.Errorf("%s: a list of %s holds one that is %s", when, state, got)
				}
			}
		}
	}
	check("at first")
	for range 4 {
		d.Clock.Move(review.Step)
		move(t, d)
		check("on the way")
	}
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
		t.Fatal(err)
	}
	check("decided")
	d.Shut()
	if err := db.MigrateDown(t.Context(), d.Dir+"/desk.db", 3); err != nil {
		t.Fatal(err)
	}
	d.Open() // counts what it finds
	check("migrated anew")
}

// The whole list is what each filter leaves of it, whatever the page.
func TestPagesOfAListAreCutFromTheSameOrder(t *testing.T) {
	d, by := sandboxed(t)
	behaviours := slices.Sorted(maps.Keys(roads))
	for n := range 25 {
		if _, _, err := d.Create(t.Context(), by, review.Cybrid, creation(t, d, n+1, askedFor(behaviours[n%len(behaviours)]))); err != nil {
			t.Fatal(err)
		}
		if n%5 == 0 { // several share one time, and others are of another sort by now
			d.Clock.Move(time.Second)
			move(t, d)
		}
	}
	f := review.PlatformFilter{Provider: review.Cybrid, Kinds: []string{"kyc"}}
	all, total, err := d.PlatformList(t.Context(), f, 0, 100)
	if err != nil || total != 25 || len(all) != 25 {
		t.Fatal(total, len(all), err)
	}
	for size := int64(1); size < 9; size++ {
		var got []string
		for skip := int64(0); skip < 30; skip += size {
			page, total, err := d.PlatformList(t.Context(), f, skip, size)
			if err != nil || total != 25 {
				t.Fatal(total, err)
			}
			for _, v := range page {
				got = append(got, v.ID)
			}
		}
		for i := range all {
			if len(got) != 25 || got[i] != all[i].ID || i > 0 && (all[i].CreatedAt.After(all[i-1].CreatedAt) || all[i].CreatedAt.Equal(all[i-1].CreatedAt) && all[i].Seq > all[i-1].Seq) {
				t.Fatalf("pages of %d: row %d differs, or is no older than the one before", size, i)
			}
		}
	}
}

func TestADesksGuidsStayTheSame(t *testing.T) {
	d := dbtest.New(t)
	before := d.DB.Desk()
	d.Shut()
	d.Open()
	if after := d.DB.Desk(); after != before || after.Bank == after.Organization {
		t.Errorf("%+v, %+v", before, after)
	}
	if b, err := hex.DecodeString(before.Bank); err != nil || len(b) != 16 {
		t.Error(before.Bank)
	}
}

func TestAListsStatementIsTheSameHoweverLongItsFiltersAre(t *testing.T) {
	d, _ := sandboxed(t)
	ask := func(n int) {
		f := review.PlatformFilter{Provider: review.Cybrid}
		for i := range n {
			word := fmt.Sprint(i)
			f.IDs, f.Kinds, f.Methods = append(f.IDs, word), append(f.Kinds, word), append(f.Methods, word)
			f.References = append(f.References, review.Reference{ID: word, NotKind: "counterparty"})
			f.States = append(f.States, review.StateMatch{Statuses: review.Statuses(), Arrived: word})
		}
		if _, total, err := d.PlatformList(t.Context(), f, -1, 10); err != nil || total != 0 {
			t.Fatal(total, err)
		}
	}
	ask(1)
	before := len(d.Statements())
	for _, n := range []int{2, 50, 2048} {
		ask(n)
	}
	if after := len(d.Statements()); after != before {
		t.Errorf("%d statements, then %d", before, after)
	}
}
