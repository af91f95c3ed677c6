package db_test

import (
	"sync"
	"testing"

	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// Whoever waits while one piece of work runs is taken together afterwards: with a commit
// for each, sixteen officers would wait for sixteen syncs of the disk.
func TestPiecesThatWaitShareACommit(t *testing.T) {
	d := dbtest.New(t)
	commits := func() int64 {
		took, _ := d.Commits()
		n, _ := took.Read(func(float64, int64) {})
		return n
	}
	ana, id := d.Person("Ana Quiroga", review.RoleReviewer), d.Cybrid(1, "Ines Moreau")
	before := commits()
	const officers, each = 16, 25
	var all sync.WaitGroup
	for range officers {
		all.Go(func() {
			for range each {
				if err := d.Note(t.Context(), ana, id, "The registry was asked."); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := commits() - before; n > officers*each*3/4 {
		t.Errorf("%d pieces of work took %d commits", officers*each, n)
	}
}
