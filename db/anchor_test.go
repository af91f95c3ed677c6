package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestADeskWhoseAnchorIsGoneIsSealed(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"deleted":                 os.Remove,
		"deleted with its folder": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"emptied":                 func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			ana := d.Person("Ana Quiroga", review.RoleReviewer)
			id := d.Cybrid(1, "Ines Moreau")
			d.Shut()
			anchor := filepath.Join(d.Dir, "anchor", "anchor.log")
			ok(t, harm(anchor))
			before, _ := os.Stat(anchor)
			d.Open()
			if why := d.Sealed(); !strings.Contains(why, "missing or empty") {
				t.Fatalf("not sealed: %q", why)
			}
			if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err == nil {
				t.Error("a desk without its anchor decided")
			}
			if after, _ := os.Stat(anchor); before == nil && after != nil {
				t.Error("another anchor was begun before anybody accepted it")
			}
			d.Shut()
			d.Open() // starting again changes nothing
			ok(t, d.AcceptRollback(t.Context(), db.System("test"), "The disk of the anchor was replaced."))
			if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
				t.Errorf("once accepted: %v", err)
			}
			page, _, err := d.Log(t.Context(), review.EventFilter{Kind: review.EventRollback}, 0, 10)
			if err != nil || len(page) != 1 || len(page[0].Facts) != 1 || page[0].Facts[0].Value != "missing" {
				t.Errorf("the log says %+v, %v", page, err)
			}
			whole(t, d)
			d.Shut()
			d.Open()
			if why := d.Sealed(); why != "" {
				t.Error(why)
			}
		})
	}
}

func TestAWorkspaceWhoseMakingWasCutShortIsNotSealed(t *testing.T) {
	d := dbtest.New(t) // its log holds the one event of init
	d.Shut()
	ok(t, os.Truncate(filepath.Join(d.Dir, "anchor", "anchor.log"), 0)) // the event was committed, and its head not yet anchored
	d.Open()
	if why := d.Sealed(); why != "" {
		t.Error(why)
	}
	d.Cybrid(1, "Ines Moreau")
	whole(t, d)
}
