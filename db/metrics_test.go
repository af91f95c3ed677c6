package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestTheOldestOpenCaseOfEachProviderIsFoundByItsIndex(t *testing.T) {
	d := dbtest.New(t)
	for n := range 20 {
		d.Cybrid(n+1, "Ines Moreau")
	}
	d.Coinify(50, "Viktor Hahn")
	execute(t, d, `UPDATE verification SET created_at = created_at + seq * 1000000`)
	m, err := d.Metrics(t.Context())
	ok(t, err)
	oldest := map[string]time.Time{}
	for _, q := range m.Queue {
		oldest[fmt.Sprint(q.Provider, " ", q.Status)] = q.Oldest
	}
	first := dbtest.Start.Add(-time.Hour)
	if got := oldest["cybrid in_review"]; !got.Equal(first.Add(time.Second)) {
		t.Errorf("Cybrid's oldest: %v", got)
	}
	if got := oldest["coinify in_review"]; !got.Equal(first.Add(21 * time.Second)) {
		t.Errorf("Coinify's oldest: %v", got)
	}
	reader := d.Reader()
	plan, err := db.PlanText(reader, db.OldestOpen)
	if ok(t, err); !strings.Contains(plan, "USING COVERING INDEX open_created (provider=? AND status=?)") {
		t.Errorf("it is found by: %s", plan)
	}
}

func TestDeliveriesThatWaitAreCountedUpToABound(t *testing.T) {
	d := dbtest.New(t)
	one, other := endpoint(t, d, review.Cybrid, "https://one.example/in"), endpoint(t, d, review.Coinify, "https://other.example/in")
	execute(t, d, `INSERT INTO delivery (endpoint, guid, event, body, created_at)
		WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT '`+one.ID+`', 'g', 'e', x'', 5000000 + i FROM n`)
	execute(t, d, `INSERT INTO delivery (endpoint, guid, event, body, created_at) VALUES ('`+other.ID+`', 'g', 'e', x'', 4000000)`)
	all, err := d.Endpoints(t.Context())
	ok(t, err)
	waiting := map[string]int{}
	for _, e := range all {
		waiting[e.ID] = e.Waiting
	}
	if waiting[one.ID] != db.CountCap+1 || waiting[other.ID] != 1 {
		t.Errorf("waiting: %v", waiting)
	}
	m, err := d.Metrics(t.Context())
	if ok(t, err); m.Outbox != db.CountCap+1 || m.OutboxSince.UnixMicro() != 4000000 {
		t.Errorf("%d wait, the oldest since %v", m.Outbox, m.OutboxSince)
	}
	execute(t, d, `DELETE FROM delivery`)
	if m, err = d.Metrics(t.Context()); err != nil || m.Outbox != 0 || !m.OutboxSince.IsZero() {
		t.Errorf("none waits, and it says %d since %v, %v", m.Outbox, m.OutboxSince, err)
	}
}

// execute runs a statement of a test's own in the desk.
func execute(t *testing.T, d *dbtest.Desk, query string) {
	t.Helper()
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(query) }))
}
