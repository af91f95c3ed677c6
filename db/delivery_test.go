package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// next is the one delivery whose turn it is; 0: none is.
func next(t *testing.T, d *dbtest.Desk) int64 {
	t.Helper()
	all, err := d.NextDeliveries(t.Context(), d.Now())
	ok(t, err)
	if len(all) > 1 {
		t.Fatalf("%d at once", len(all))
	}
	if len(all) == 0 {
		return 0
	}
	return all[0].ID
}

func failOnce(t *testing.T, d *dbtest.Desk, id int64) db.Delivery {
	t.Helper()
	ok(t, d.Attempted(t.Context(), id, db.Outcome{Status: 500, Trouble: "it answers 500"}))
	one, err := d.DeliveryByID(t.Context(), id)
	ok(t, err)
	return one
}

// line gives a desk one endpoint with so many tests that wait.
func line(t *testing.T, n int) (*dbtest.Desk, db.Endpoint, []db.Delivery) {
	t.Helper()
	d := dbtest.New(t)
	e := endpoint(t, d, review.Cybrid, "https://one.example/in")
	for range n {
		ok(t, d.TestDelivery(t.Context(), admin, e.ID))
	}
	return d, e, sent(t, d, e.ID)
}

func TestAFailedDeliveryIsTriedAgainAtDoublingPausesForSevenDays(t *testing.T) {
	d, e, all := line(t, 2)
	began := d.Now()
	for n := 1; ; n++ {
		if got := next(t, d); got != all[0].ID {
			t.Fatalf("attempt %d: turn of %d", n, got)
		}
		one := failOnce(t, d, all[0].ID)
		if one.Attempts != n || one.Status != 500 || one.Trouble != "it answers 500" {
			t.Fatalf("%+v", one)
		}
		if one.State == db.DeliveryFailed {
			break
		}
		pause, full := one.NextAt.Sub(d.Now()), min(time.Hour, time.Second<<min(n-1, 20))
		last := one.NextAt.Equal(began.Add(7 * 24 * time.Hour))
		if (pause <= full/2 && !last) || pause > full {
			t.Fatalf("after attempt %d: a pause of %s, want %s or up to half less", n, pause, full)
		}
		d.Clock.Move(pause - time.Millisecond)
		if got := next(t, d); got != 0 {
			t.Fatalf("%d goes while %d waits", got, all[0].ID)
		}
		d.Clock.Move(time.Millisecond)
	}
	if took := d.Now().Sub(began); took != 7*24*time.Hour {
		t.Errorf("given up after %s", took)
	}
	if got := next(t, d); got != all[1].ID {
		t.Errorf("after it the turn is %d's", got)
	}
	e, err := d.EndpointByID(t.Context(), e.ID)
	ok(t, err)
	if !e.FailingSince.Equal(began) || e.Waiting != 1 {
		t.Errorf("%+v", e)
	}
	ok(t, d.Attempted(t.Context(), all[1].ID, db.Outcome{Status: 204}))
	if e, err = d.EndpointByID(t.Context(), e.ID); err != nil || !e.FailingSince.IsZero() || e.Waiting != 0 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestWhatIsOlderThanSevenDaysIsTriedAFewTimesBeforeItIsGivenUp(t *testing.T) {
	d, _, all := line(t, 2)
	d.Clock.Move(8 * 24 * time.Hour)
	one, began := all[0], d.Now()
	for one.State == db.DeliveryWaiting {
		d.Clock.Move(max(0, one.NextAt.Sub(d.Now())))
		if got := next(t, d); got != one.ID {
			t.Fatalf("turn of %d", got)
		}
		one = failOnce(t, d, one.ID)
	}
	if took := d.Now().Sub(began); one.Attempts != 8 || one.DoneAt.IsZero() || took < time.Minute || took > 128*time.Second {
		t.Errorf("given up after %s: %+v", took, one)
	}
	ok(t, d.Attempted(t.Context(), next(t, d), db.Outcome{Status: 200}))
	if got, err := d.DeliveryByID(t.Context(), all[1].ID); err != nil || got.State != db.DeliveryDelivered || got.Trouble != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestEveryDeliveryWaitsForTheOneBeforeIt(t *testing.T) {
	d, e, all := line(t, 3)
	other := endpoint(t, d, review.Cybrid, "https://two.example/in")
	failOnce(t, d, all[0].ID)
	if got := next(t, d); got != 0 {
		t.Fatalf("%d goes before %d", got, all[0].ID)
	}
	ok(t, d.TestDelivery(t.Context(), admin, other.ID))
	if got := next(t, d); got != sent(t, d, other.ID)[0].ID {
		t.Fatalf("the other endpoint is held up: %d", got)
	}
	ok(t, d.Attempted(t.Context(), next(t, d), db.Outcome{Status: 200}))
	ok(t, d.Redeliver(t.Context(), admin, all[1].ID)) // the line has its turn at once
	for _, want := range all {
		if got := next(t, d); got != want.ID {
			t.Fatalf("turn of %d, want %d", got, want.ID)
		}
		ok(t, d.Attempted(t.Context(), want.ID, db.Outcome{Status: 200}))
	}
	if got, err := d.EndpointByID(t.Context(), e.ID); err != nil || got.Waiting != 0 || next(t, d) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatIsSentAgainJoinsTheEndOfTheLineUnderItsOldGuid(t *testing.T) {
	d, e, all := line(t, 2)
	before, err := d.NextDeliveries(t.Context(), d.Now())
	ok(t, err)
	ok(t, d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 200}))
	ok(t, d.Redeliver(t.Context(), admin, all[0].ID))
	now := sent(t, d, e.ID)
	if len(now) != 3 || now[0].State != db.DeliveryDelivered || now[2].State != db.DeliveryWaiting || now[2].GUID != all[0].GUID || now[2].Event != all[0].Event {
		t.Fatalf("%+v", now)
	}
	if got := next(t, d); got != all[1].ID {
		t.Fatalf("it overtakes: %d", got)
	}
	ok(t, d.Attempted(t.Context(), all[1].ID, db.Outcome{Status: 200}))
	after, err := d.NextDeliveries(t.Context(), d.Now())
	ok(t, err)
	if len(after) != 1 || string(after[0].Body) != string(before[0].Body) || after[0].GUID != before[0].GUID {
		t.Errorf("%+v, first %+v", after, before)
	}
	if err := d.Redeliver(t.Context(), admin, 999); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
}

func TestAPausedEndpointIsSentNothingAndAResumedOneAtOnce(t *testing.T) {
	d, e, all := line(t, 1)
	failOnce(t, d, all[0].ID)
	ok(t, d.PauseEndpoint(t.Context(), admin, e.ID))
	ok(t, d.TestDelivery(t.Context(), admin, e.ID))
	d.Clock.Move(time.Hour)
	if got := next(t, d); got != 0 {
		t.Fatalf("%d is sent", got)
	}
	d.Clock.Move(-time.Hour)
	ok(t, d.ResumeEndpoint(t.Context(), admin, e.ID))
	if got := next(t, d); got != all[0].ID {
		t.Errorf("turn of %d", got)
	}
}

func TestARemovedEndpointIsSentNothingMore(t *testing.T) {
	d, e, all := line(t, 3)
	ok(t, d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 200}))
	ok(t, d.RemoveEndpoint(t.Context(), admin, e.ID))
	ok(t, d.Attempted(t.Context(), all[1].ID, db.Outcome{Status: 200})) // was on its way
	now := sent(t, d, e.ID)
	if now[1].State != db.DeliveryDelivered || now[2].State != db.DeliveryFailed || now[2].Trouble != "the endpoint was removed" || next(t, d) != 0 {
		t.Errorf("%+v", now)
	}
	if one := failOnce(t, d, all[2].ID); one.State != db.DeliveryFailed || !one.NextAt.IsZero() || next(t, d) != 0 {
		t.Errorf("it comes back to life: %+v", one)
	}
	id := d.Cybrid(1, "Ines Moreau")
	_, err := d.Decide(t.Context(), d.Person("Ana Quiroga", review.RoleReviewer), id, approval(1), "form")
	ok(t, err)
	if got := sent(t, d, e.ID); len(got) != 3 {
		t.Errorf("%d deliveries", len(got))
	}
	list, err := d.Endpoints(t.Context())
	ok(t, err)
	if len(list) != 1 || list[0].Removed.IsZero() {
		t.Errorf("%+v", list)
	}
}

func TestAClockThatStepsBackHoldsNoDeliveryUp(t *testing.T) {
	d, _, all := line(t, 1)
	failOnce(t, d, all[0].ID)
	d.Clock.Move(-3 * time.Hour)
	if got := next(t, d); got != all[0].ID {
		t.Fatal("it waits for the clock")
	}
	one := failOnce(t, d, all[0].ID)
	if pause := one.NextAt.Sub(d.Now()); pause > 2*time.Second {
		t.Errorf("a pause of %s", pause)
	}
	d.Clock.Move(2 * time.Second)
	if got := next(t, d); got != all[0].ID {
		t.Error("it waits for the clock again")
	}
}

// What is new goes out at once, and a decision not before the API shows it.
func TestAClockThatStepsBackTellsNothingTooEarlyAndNothingLate(t *testing.T) {
	for _, back := range []time.Duration{30 * time.Minute, 3 * time.Hour} {
		d := dbtest.New(t)
		endpoint(t, d, review.Cybrid, "https://one.example/in")
		id, ana := d.Cybrid(1, "Ines Moreau"), d.Person("Ana Quiroga", review.RoleReviewer)
		d.Clock.Move(-back)
		attested(t, d, strings.Repeat("ab", 16))
		created := next(t, d)
		if created == 0 {
			t.Fatalf("after %s back, a case that was made waits for the clock", back)
		}
		ok(t, d.Attempted(t.Context(), created, db.Outcome{Status: 200}))
		_, err := d.Decide(t.Context(), ana, id, approval(1), "form")
		ok(t, err)
		shown := func() bool {
			v, err := d.PlatformCase(t.Context(), admin, review.Cybrid, id, "", false)
			ok(t, err)
			return v.Decision != nil
		}
		for range 4 {
			if told := next(t, d) != 0; told != shown() {
				t.Errorf("after %s back: told %v, shown %v", back, told, shown())
			}
			d.Clock.Move(back/2 + 5*time.Second)
		}
		if next(t, d) == 0 {
			t.Error("nobody is told of the decision")
		}
	}
}

func TestDeliveriesComeInPagesNewestFirst(t *testing.T) {
	d, e, all := line(t, 5)
	var got []int64
	before, pages := int64(0), 0
	for more := true; more; pages++ {
		page, further, err := d.Deliveries(t.Context(), e.ID, before, 2)
		ok(t, err)
		for _, one := range page {
			got = append(got, one.ID)
		}
		before, more = page[len(page)-1].ID, further
	}
	if want := fmt.Sprint([]int64{all[4].ID, all[3].ID, all[2].ID, all[1].ID, all[0].ID}); fmt.Sprint(got) != want || pages != 3 {
		t.Errorf("%v in %d pages, want %s", got, pages, want)
	}
}

func TestTheDesksDeliveriesAreForgottenNinetyDaysAfterTheirEnd(t *testing.T) {
	d, e, all := line(t, 3)
	ok(t, d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 200}))
	d.Clock.Move(80 * 24 * time.Hour)
	ok(t, d.Attempted(t.Context(), all[1].ID, db.Outcome{Status: 200}))
	d.Clock.Move(11 * 24 * time.Hour)
	ok(t, d.ForgetDeliveries())
	if left := sent(t, d, e.ID); len(left) != 2 || left[0].ID != all[1].ID || left[1].State != db.DeliveryWaiting {
		t.Errorf("%+v", left)
	}
	d.Clock.Move(1000 * 24 * time.Hour)
	ok(t, d.ForgetDeliveries())
	if left := sent(t, d, e.ID); len(left) != 1 || left[0].ID != all[2].ID {
		t.Errorf("what waits is gone: %+v", left)
	}
	for failOnce(t, d, all[2].ID).State == db.DeliveryWaiting {
	}
	d.Clock.Move(91 * 24 * time.Hour)
	ok(t, d.ForgetDeliveries())
	ok(t, d.TestDelivery(t.Context(), admin, e.ID))
	if left := sent(t, d, e.ID); len(left) != 1 || left[0].ID <= all[2].ID {
		t.Errorf("an id is used again: %+v", left)
	}
}

func TestACommitWakesTheWorkerAndAFailureDoesNot(t *testing.T) {
	d, _, _ := line(t, 1)
	woken := func() bool {
		select {
		case <-d.DeliveriesWake():
			return true
		default:
			return false
		}
	}
	if !woken() || woken() {
		t.Fatal("one wake was wanted")
	}
	id := d.Cybrid(1, "Ines Moreau")
	if woken() {
		t.Error("an import wakes it")
	}
	_, err := d.Decide(t.Context(), d.Person("Ana Quiroga", review.RoleReviewer), id, approval(1), "form")
	ok(t, err)
	if !woken() {
		t.Error("a decision does not wake it")
	}
}

func TestARemovalWithManyWaitingAndOneThatWasCutOffAreFinished(t *testing.T) {
	d, e, _ := line(t, 1)
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
			INSERT INTO delivery (endpoint, guid, event, body, created_at) SELECT ?, 'g' || i, 'e', x'00', 1 FROM n`, e.ID)
	}))
	ok(t, d.RemoveEndpoint(t.Context(), admin, e.ID))
	if got, err := d.EndpointByID(t.Context(), e.ID); err != nil || got.Waiting != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	other := endpoint(t, d, review.Cybrid, "https://two.example/in")
	ok(t, d.TestDelivery(t.Context(), admin, other.ID))
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE endpoint SET removed_at = 1 WHERE id = ?`, other.ID) }))
	if got := next(t, d); got != 0 {
		t.Errorf("turn of %d", got)
	}
	ok(t, d.ForgetDeliveries())
	if one := sent(t, d, other.ID)[0]; one.State != db.DeliveryFailed || one.Trouble != "the endpoint was removed" {
		t.Errorf("%+v", one)
	}
}
