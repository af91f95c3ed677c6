package db_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// day is the midnight of a zone before a time.
func day(at time.Time, zone *time.Location) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
}

func TestThePulseCountsEachDayOfTheDesksZone(t *testing.T) {
	d := dbtest.New(t)
	kathmandu := time.FixedZone("Asia/Kathmandu", 5*3600+45*60) // its days begin at a quarter past the hour, UTC
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	decide := func(id string, by db.Actor, x review.Decision) {
		t.Helper()
		if _, err := d.Decide(t.Context(), by, id, x, ""); err != nil {
			t.Fatal(err)
		}
	}
	one, two, grave := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Olu Adebayo"), d.Cybrid(3, "Kwame Mensah", "selfie_failure")
	decide(one, ana, approval(1))
	decide(grave, ana, rejection(1)) // a proposal is no decision yet
	d.Clock.Move(18*time.Hour + 15*time.Minute - time.Duration(d.Clock.Now().Hour())*time.Hour - time.Duration(d.Clock.Now().Minute())*time.Minute)
	decide(two, ana, approval(1)) // the first moment of the next day there
	if _, err := d.Confirm(t.Context(), mei, grave, 2, "I see it the same way."); err != nil {
		t.Fatal(err)
	}
	check := func(zone *time.Location, want string) {
		t.Helper()
		p, err := d.Pulse(t.Context(), day(d.Clock.Now(), zone), 2)
		if got := fmt.Sprintf("%v %v, %d decided, %d approved", p.PerDay, p.ArrivedDay, p.Decided, p.Approved); err != nil || got != want {
			t.Errorf("%s: got %s, want %s; %v", zone, got, want, err)
		}
	}
	check(kathmandu, "[1 2] [3 0], 2 decided, 1 approved")
	check(time.UTC, "[0 3] [0 3], 3 decided, 2 approved")

	t.Run("a workspace made before the table is counted when it is opened", func(t *testing.T) {
		d.Shut()
		if err := db.MigrateDown(t.Context(), filepath.Join(d.Dir, "desk.db"), 2); err != nil {
			t.Fatal(err)
		}
		d.Open()
		check(kathmandu, "[1 2] [3 0], 2 decided, 1 approved")
		check(time.UTC, "[0 3] [0 3], 3 decided, 2 approved")
	})
}
