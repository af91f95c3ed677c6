package db_test

import (
	"sync"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
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
	before := commits()
	const officers = 16
	inside, goOn := make(chan bool), make(chan bool)
	var all, started sync.WaitGroup
	all.Go(func() {
		ok(t, d.Do(t.Context(), func(*db.Tx) error { inside <- true; <-goOn; return nil }))
	})
	<-inside
	for range officers {
		started.Add(1)
		all.Go(func() {
			started.Done()
			ok(t, d.Do(t.Context(), func(*db.Tx) error { return nil }))
		})
	}
	started.Wait()
	close(goOn)
	all.Wait()
	// The first one's own, that of those who waited, and a few for who had just set out.
	if n := commits() - before; n > officers/2 {
		t.Errorf("%d pieces of work took %d commits", officers+1, n)
	}
}
