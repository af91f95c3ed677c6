package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// What an event costs, to write and to check, beside the floor under it: what
// hashing alone costs, and the same rows through the same driver with nothing of
// ours around them.
//
//	go test ./db -run '^$' -bench Log -benchtime 3x
//	go test ./db -run '^$' -bench Floor
//
// REVIEWDESK_BENCH_LARGE=1 adds the log of ten million events; it takes some 10 GB and
// a quarter of an hour: -timeout 60m.

var benchOptions = Options{Vocabularies: providers.All}

// benchFolder is a fresh workspace. dbtest is no help inside the package itself.
func benchFolder(b *testing.B) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "desk")
	if err := Init(b.Context(), dir, "Benchmark", benchOptions); err != nil {
		b.Fatal(err)
	}
	return dir
}

func benchDesk(b *testing.B) *DB {
	b.Helper()
	db, err := Open(b.Context(), benchFolder(b), benchOptions)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

var benchActor = Actor{Kind: "person", Person: review.Person{ID: "5d6f0f2c9a1e4b7d8c3a2b1c0d9e8f7a", Name: "Ana Quiroga", Role: review.RoleReviewer},
	Address: "192.0.2.7", Request: "01J9ZK4Q8W", Session: "c41f0a9e2b7d", Factors: []string{"password"}}

func viewOf(id string) review.Event {
	return review.Event{Kind: review.EventViewed, Object: id, Facts: []review.Fact{{Name: "what", Value: "case"}, {Name: "version", Value: "1"}}}
}

func caseID(n int) string { return fmt.Sprintf("%032x", n+1) }

// cost is what some events took: of the clock, and of all processors together, which
// holds on a busy machine too.
type cost struct{ wall, processor time.Duration }

// meter begins to measure.
func meter() func() cost {
	began, processor := time.Now(), processorTime()
	return func() cost { return cost{time.Since(began), processorTime() - processor} }
}

// perEvent reports what one event costs.
func (c cost) perEvent(b *testing.B, events int) {
	b.Helper()
	b.ReportMetric(float64(c.wall.Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(float64(events)/c.wall.Seconds(), "events/s")
	b.ReportMetric(float64(c.processor.Nanoseconds())/float64(events), "cpu-ns/event")
	b.ReportMetric(0, "ns/op")
}

// benchSizes are the logs that are measured; the largest only where
// REVIEWDESK_BENCH_LARGE is set.
func benchSizes() []int {
	if os.Getenv("REVIEWDESK_BENCH_LARGE") != "" {
		return []int{1e4, 1e6, 1e7}
	}
	return []int{1e4, 1e6}
}

// BenchmarkLog fills logs of growing size in real files, then appends to each and
// checks it: what an event costs should not depend on how many there are. Of ten events
// one is a case received, one its decision, and eight its viewings.
func BenchmarkLog(b *testing.B) {
	for _, events := range benchSizes() {
		b.Run(fmt.Sprintf("events=1e%d", len(fmt.Sprint(events))-1), func(b *testing.B) {
			db := benchDesk(b)
			filled := meter()
			fill(b, db, events)
			filling := filled()
			b.Run("append/cases-100-a-commit", func(b *testing.B) { filling.perEvent(b, events) }) // it was done once
			// Before more is appended: an event alone brings a signed head with it, and
			// the logs that are compared should have as many heads an event.
			b.Run("verify", func(b *testing.B) { benchVerify(b, db) })
			b.Run("floor/hashing", func(b *testing.B) { benchRehash(b, db) })
			b.Run("floor/sql", func(b *testing.B) { benchBareRows(b, db) })
			b.Run("append/alone", func(b *testing.B) { benchAppend(b, db) })
			b.Run("append/16-at-once", func(b *testing.B) { benchAppendTogether(b, db) })
		})
	}
}

// BenchmarkVerifyHeads checks a log in which each event has a head of its own, as one
// officer alone leaves it: the dearest there is, since each head is a signature.
func BenchmarkVerifyHeads(b *testing.B) {
	db := benchDesk(b)
	for range 10_000 {
		writeView(b, db)
	}
	b.ResetTimer()
	benchVerify(b, db)
}

// appended is how many events a round of appending has, so that a round is long enough
// to be measured.
const appended = 256

func benchAppend(b *testing.B, db *DB) {
	done := meter()
	for b.Loop() {
		for range appended {
			writeView(b, db)
		}
	}
	done().perEvent(b, b.N*appended)
}

func benchAppendTogether(b *testing.B, db *DB) {
	const writers = 16
	done := meter()
	for b.Loop() {
		var all sync.WaitGroup
		for range writers {
			all.Go(func() {
				for range appended / writers {
					writeView(b, db)
				}
			})
		}
		all.Wait()
	}
	done().perEvent(b, b.N*appended)
}

// BenchmarkFloor is what lies under an append.
func BenchmarkFloor(b *testing.B) {
	b.Run("hashing", benchHashing)
	b.Run("sql-alone", func(b *testing.B) { benchBareInserts(b, 1) })
	b.Run("sql-16-a-commit", func(b *testing.B) { benchBareInserts(b, 16) })
}

func writeView(b *testing.B, db *DB) {
	if err := db.Do(context.Background(), func(tx *Tx) error {
		_, err := tx.append(benchActor, viewOf("5f0c"), 0)
		return err
	}); err != nil {
		b.Error(err)
	}
}

// benchHashing writes the bytes of events and hashes them, and nothing more.
func benchHashing(b *testing.B) {
	tree, e := &audit.Frontier{}, benchEntry(b)
	done := meter()
	for b.Loop() {
		e.Seq = tree.Size() + 1
		body, err := e.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tree.Append(body); err != nil {
			b.Fatal(err)
		}
	}
	done().perEvent(b, b.N)
}

func benchEntry(b *testing.B) audit.Entry {
	b.Helper()
	e, _, err := newEntry(1, time.UnixMilli(0).UTC(), benchActor, viewOf("5f0c"))
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// benchBareInserts writes the rows that an event has, as large as its own, with one
// commit for so many events: the same file, driver and pragmas, no proof.
func benchBareInserts(b *testing.B, together int) {
	body, err := benchEntry(b).Bytes()
	if err != nil {
		b.Fatal(err)
	}
	exec := bareWriter(b)
	seq := int64(1)
	done := meter()
	for b.Loop() {
		exec(`BEGIN IMMEDIATE`)
		for range together {
			seq++
			exec(`INSERT INTO audit_entry (seq, body, kind, actor, object, at) VALUES (?, ?, ?, ?, ?, ?)`, seq, body, "viewed", benchActor.ID, "5f0c", seq)
			for at := audit.StoredHashIndex(seq); at < audit.StoredHashIndex(seq+1); at++ {
				exec(`INSERT INTO audit_hash (idx, h) VALUES (?, ?)`, at, body[:32])
			}
		}
		exec(`INSERT INTO audit_checkpoint (size, signed) VALUES (?, ?)`, seq, body[:200])
		exec(`COMMIT`)
	}
	done().perEvent(b, b.N*together)
}

// bareWriter is a connection like the desk's own, to a workspace that is shut, with
// each statement prepared once.
func bareWriter(b *testing.B) func(query string, args ...any) {
	b.Helper()
	h, err := openHandle(filepath.Join(benchFolder(b), databaseFile), writerPragmas, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { h.Close() })
	prepared := map[string]*sql.Stmt{}
	return func(query string, args ...any) {
		s, known := prepared[query]
		var err error
		if !known {
			s, err = h.Prepare(query)
			prepared[query] = s
		}
		if err == nil {
			_, err = s.Exec(args...)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

const (
	eventsACase  = 10
	casesACommit = 10
)

// fill writes so many events through the desk itself, a hundred a commit.
func fill(b *testing.B, db *DB, events int) {
	b.Helper()
	for from := 0; from < events/eventsACase; from += casesACommit {
		err := db.Do(b.Context(), func(tx *Tx) error {
			for n := from; n < from+casesACommit; n++ {
				if err := tx.story(n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// story is the life of one case.
func (tx *Tx) story(n int) error {
	id := caseID(n)
	v := review.Verification{ID: id, Provider: review.Cybrid, ProviderID: id, Kind: "kyc", Method: "id_and_selfie", Status: review.StatusInReview,
		Arrived: review.WireState{State: "reviewing"}, CreatedAt: tx.Now, UpdatedAt: tx.Now, Object: []byte(`{"guid":"` + id + `"}`)}
	if _, _, err := tx.receive(System("benchmark"), Incoming{Verification: v}); err != nil {
		return err
	}
	for range eventsACase - 2 {
		if _, err := tx.append(benchActor, viewOf(id), 0); err != nil {
			return err
		}
	}
	return tx.decide(id)
}

// decide is what [DB.Decide] does inside its own piece of work.
func (tx *Tx) decide(id string) error {
	r, err := loadRow(tx, id)
	if err != nil {
		return err
	}
	rules, err := tx.db.rules(tx, &r)
	if err != nil {
		return err
	}
	read := r.v.Version
	v, event, err := r.v.Decide(review.Decision{Action: review.Approve, Version: read, Grounds: []string{"evidence_agrees"}, Note: "Read by eye, all agrees."}, benchActor.Person, tx.Now, rules)
	if err != nil {
		return err
	}
	r.v = v
	entry, err := tx.append(benchActor, loggable(event), r.subject)
	if err != nil {
		return err
	}
	if err := tx.storeDecision(&r, entry, ""); err != nil {
		return err
	}
	return tx.updateCase(r, read)
}

func benchVerify(b *testing.B, db *DB) {
	var events int64
	done := meter()
	for b.Loop() {
		r := db.CheckLog(b.Context()).Report
		if r.ExitCode() != 0 {
			b.Fatal(r.Sentence())
		}
		events += r.Entries
	}
	done().perEvent(b, int(events))
}

// benchRehash recomputes the root from bytes in memory, a thousand events over and
// over, as many as the log holds.
func benchRehash(b *testing.B, db *DB) {
	size, err := db.LogSize(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	body, err := benchEntry(b).Bytes()
	if err != nil {
		b.Fatal(err)
	}
	done := meter()
	for b.Loop() {
		tree := &audit.Frontier{}
		for range size {
			if _, err := tree.Append(body); err != nil {
				b.Fatal(err)
			}
		}
		if root, err := tree.Root(); err != nil || root == (tlog.Hash{}) {
			b.Fatal("no root", err)
		}
	}
	done().perEvent(b, b.N*int(size))
}

// benchBareRows reads the rows that the check reads, and looks at none.
func benchBareRows(b *testing.B, db *DB) {
	size, err := db.LogSize(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	src := source{db.read(b.Context()), db.read(b.Context()), db}
	done := meter()
	for b.Loop() {
		for _, read := range []func() error{
			func() error { return src.Entries(func(int64, audit.Columns, []byte) error { return nil }) },
			func() error { return src.Hashes(func(int64, tlog.Hash) error { return nil }) },
			func() error { return src.Checkpoints(func(int64, []byte) error { return nil }) },
			func() error { return src.Cases(func(*audit.CaseState) error { return nil }) },
		} {
			if err := read(); err != nil {
				b.Fatal(err)
			}
		}
	}
	done().perEvent(b, b.N*int(size))
}
