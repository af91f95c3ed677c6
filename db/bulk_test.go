package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestABulkActIsOneEventForEachCase(t *testing.T) {
	d := dbtest.New(t)
	ana, bo := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Bo Lind", review.RoleReviewer)
	plain, grave, held := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "prohibited_person_check_failure"), d.Cybrid(3, "Viktor Hahn", "address_check_failure")
	if _, err := d.Claim(t.Context(), bo, held); err != nil {
		t.Fatal(err)
	}
	cases := []db.BulkCase{{ID: plain, Version: 1}, {ID: grave, Version: 1}, {ID: held, Version: 1}}
	reject := db.Bulk{Act: db.BulkReject, Grounds: []string{"document_expired"}, Note: "All of one forged series."}
	before, err := d.BulkTry(t.Context(), ana, cases, reject)
	if err != nil || before[0].Err != nil || before[0].Case.Status != review.StatusFailed || before[1].Case.Status != review.StatusSecondReview || !errors.Is(before[2].Err, review.ErrConflict) {
		t.Fatalf("%+v %v", before, err)
	}
	if v, err := d.Peek(t.Context(), plain); err != nil || v.Status != review.StatusInReview {
		t.Fatalf("trying changed the case: %+v %v", v, err)
	}
	after, err := d.BulkDo(t.Context(), ana, cases, reject)
	if err != nil || after[0].Err != nil || after[0].Case.Status != review.StatusFailed || after[1].Case.Status != review.StatusSecondReview || !errors.Is(after[2].Err, review.ErrConflict) {
		t.Fatalf("%+v %v", after, err)
	}
	for id, want := range map[string]string{plain: "decided", grave: "proposed", held: "claimed"} {
		if got := kinds(t, d, id); got[0] != want {
			t.Errorf("the newest event of the case is %s, want %s", got[0], want)
		}
	}
	whole(t, d)
}

func TestABulkActIsRefusedWhole(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	for name, b := range map[string]db.Bulk{"approving": {Act: "approve"}, "nothing": {}} {
		if _, err := d.BulkDo(t.Context(), ana, []db.BulkCase{{ID: id, Version: 1}}, b); err == nil {
			t.Errorf("%s in bulk was taken", name)
		}
	}
	many := make([]db.BulkCase, db.MostBulk+1)
	if _, err := d.BulkDo(t.Context(), ana, many, db.Bulk{Act: db.BulkSnooze}); err == nil {
		t.Error("more than fifty were taken")
	}
}

func TestOtherBulkActs(t *testing.T) {
	d := dbtest.New(t)
	ana, bo := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Bo Lind", review.RoleReviewer)
	one, two := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "id_quality_check_failure")
	for _, test := range []struct {
		bulk db.Bulk
		kind string
	}{
		{db.Bulk{Act: db.BulkAssign, To: bo.ID}, "assigned"},
		{db.Bulk{Act: db.BulkSnooze, Until: d.Clock.Now().Add(3 * time.Hour), Reason: "The registry is down."}, "snoozed"},
		{db.Bulk{Act: db.BulkAskAgain}, "asked_again"},
	} {
		by := ana
		if test.bulk.Act != db.BulkAssign {
			by = bo
		}
		after, err := d.BulkDo(t.Context(), by, []db.BulkCase{{ID: one, Version: 1}, {ID: two, Version: 1}}, test.bulk)
		if err != nil || after[0].Err != nil || after[1].Err != nil {
			t.Fatalf("%s: %+v %v", test.bulk.Act, after, err)
		}
		if got := kinds(t, d, two); got[0] != test.kind {
			t.Errorf("%s left %s", test.bulk.Act, got[0])
		}
		d.Clock.Move(2 * time.Hour)
	}
	whole(t, d)
}

func TestNobodyIsAskedInBulkForWhatIsNotTheirs(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	listed, both := d.Cybrid(1, "Ines Moreau", "watchlist_check_failure"), d.Cybrid(2, "Kwame Mensah", "watchlist_check_failure", "id_quality_check_failure")
	after, err := d.BulkDo(t.Context(), ana, []db.BulkCase{{ID: listed, Version: 1}, {ID: both, Version: 1}}, db.Bulk{Act: db.BulkAskAgain})
	ok(t, err)
	var bad review.Invalid
	if !errors.As(after[0].Err, &bad) || after[1].Err != nil {
		t.Fatalf("%v, %v", after[0].Err, after[1].Err)
	}
	c, err := d.View(t.Context(), ana, both)
	ok(t, err)
	at := slices.IndexFunc(c.History, func(e db.LogEntry) bool { return e.Action == "asked_again" })
	if at < 0 {
		t.Fatal("nobody was asked")
	}
	if asked := c.History[at]; asked.Fact("redo") != "id_quality_check_failure" || strings.Contains(strings.ToLower(asked.Note), "neutral") {
		t.Errorf("%v %q", asked.Facts, asked.Note)
	}
}
