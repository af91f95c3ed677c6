package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestAnExportReadsWhatAListShows(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	d.Cybrid(1, strings.Repeat("Zoila ", 5_000), "id_check_failure", "name_check_failure") // longer than the buffer
	grave, claimed := d.Cybrid(2, "Ines Moreau", "selfie_failure"), d.Coinify(3, "Viktor Hahn 王")
	if _, err := d.Decide(t.Context(), ana, grave, rejection(1), "form"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Claim(t.Context(), mei, claimed); err != nil {
		t.Fatal(err)
	}
	for n := range 450 { // more than a first chunk, all made at the same moment
		d.Cybrid(n+10, fmt.Sprintf("Person %d", n))
	}
	for name, f := range map[string]review.Filter{
		"all": {Statuses: review.Statuses()}, "the queue": {}, "of one provider": {Provider: review.Cybrid, Statuses: review.Statuses()},
		"by a word": {Query: "person"}, "held": {Owner: mei.ID}, "none": {Country: "FR"},
	} {
		var got []db.Row
		if err := d.EachRow(t.Context(), f, func(r *db.Row) { got = append(got, *r) }, func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		f.Sort = review.SortNewest
		page, err := d.List(t.Context(), f, db.Cursor{}, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Rows { // each reads some columns that the other has no use for
			page.Rows[i].Version, page.Rows[i].Policy = 0, 0
		}
		for i := range got {
			got[i].ProviderID, got[i].Method, got[i].DecisionEntry, got[i].ConfirmedEntry = "", "", 0, 0
		}
		if len(got) != len(page.Rows) || len(got) > 0 && !reflect.DeepEqual(got, page.Rows) {
			t.Errorf("%s: %d rows exported, %d listed, or they differ", name, len(got), len(page.Rows))
		}
	}
}

// However long whoever takes the rows may take, nothing keeps the write-ahead log
// from being folded.
func TestAnExportHoldsNoSnapshotBetweenItsChunks(t *testing.T) {
	d := dbtest.New(t)
	for n := range 250 {
		d.Cybrid(n+1, "Ines Moreau")
	}
	waitUntilIndexed(t, d)
	ok(t, d.TakePending())
	empty := func() bool {
		execute(t, d, `UPDATE instance SET workspace = workspace`)     // so that there is something to fold
		for began := time.Now(); time.Since(began) < 10*time.Second; { // the housekeeper may write at just this moment
			d.FoldLog(0)
			if info, err := os.Stat(filepath.Join(d.Dir, "desk.db-wal")); err == nil && info.Size() == 0 {
				return true
			}
		}
		return false
	}
	pauses := 0
	if err := d.EachRow(t.Context(), review.Filter{}, func(*db.Row) {}, func() error {
		pauses++
		if !empty() {
			t.Error("a snapshot is held between chunks of cases")
		}
		return nil
	}); err != nil || pauses < 2 {
		t.Fatalf("%d pauses, %v", pauses, err)
	}
	events := 0
	if err := d.EachEvent(t.Context(), review.EventFilter{}, func(db.LogEntry) error {
		if events++; events == 1 && !empty() {
			t.Error("a snapshot is held while an event is handed on")
		}
		return nil
	}); err != nil || events < 250 {
		t.Fatalf("%d events, %v", events, err)
	}
}

func TestAnExportEndsWithItsReader(t *testing.T) {
	d := dbtest.New(t)
	for n := range 250 {
		d.Cybrid(n+1, "Ines Moreau")
	}
	gone := errors.New("gone")
	if err := d.EachRow(t.Context(), review.Filter{}, func(*db.Row) {}, func() error { return gone }); !errors.Is(err, gone) {
		t.Errorf("cases: %v", err)
	}
	if err := d.EachEvent(t.Context(), review.EventFilter{}, func(db.LogEntry) error { return gone }); !errors.Is(err, gone) {
		t.Errorf("events: %v", err)
	}
}

func TestWhatReadsDirectlyCannotWrite(t *testing.T) {
	d := dbtest.New(t)
	if err := d.WriteDirectly(t.Context()); err == nil {
		t.Error("it wrote")
	}
	want, err := d.Pragmas(t.Context(), "query_only", "foreign_keys", "trusted_schema", "cell_size_check", "temp_store", "mmap_size", "busy_timeout")
	if err != nil || want != "1 1 0 1 2 0 5000" {
		t.Errorf("it reads with %s, %v", want, err)
	}
}

// A list is broken off when whoever asked leaves, and the connection that this has spoilt
// is read by nobody else.
func TestAListWhoseReaderHasLeftIsBrokenOff(t *testing.T) {
	d := dbtest.New(t)
	for n := range 20 {
		d.Cybrid(n+1, "Ines Moreau")
	}
	for n := range 20 {
		left, leave := context.WithCancel(t.Context())
		leave()
		if _, err := d.List(left, review.Filter{}, db.Cursor{}, 10); !errors.Is(err, context.Canceled) {
			t.Fatalf("time %d: %v", n, err)
		}
		if page, err := d.List(t.Context(), review.Filter{}, db.Cursor{}, 10); err != nil || len(page.Rows) != 10 {
			t.Fatalf("the next one, time %d: %d rows, %v", n, len(page.Rows), err)
		}
	}
}
