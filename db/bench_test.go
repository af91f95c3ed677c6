package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
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
//	go test ./db -run '^$' -bench 'Append|Verify' -benchtime 3x
//
// REVIEWDESK_BENCH_LARGE=1 adds the check of ten million events.

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

// perEvent reports what one event costs.
func perEvent(b *testing.B, events int) {
	b.Helper()
	took := b.Elapsed()
	b.ReportMetric(float64(took.Nanoseconds())/float64(events), "ns/event")
	b.ReportMetric(float64(events)/took.Seconds(), "events/s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkAppend(b *testing.B) {
	b.Run("desk/alone", func(b *testing.B) {
		db := benchDesk(b)
		for b.Loop() {
			writeView(b, db)
		}
		perEvent(b, b.N)
	})
	b.Run("desk/16-at-once", func(b *testing.B) {
		db := benchDesk(b)
		b.ResetTimer()
		b.SetParallelism((16 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				writeView(b, db)
			}
		})
		perEvent(b, b.N)
	})
	b.Run("floor/hashing", benchHashing)
	b.Run("floor/sql-alone", func(b *testing.B) { benchBareInserts(b, 1) })
	b.Run("floor/sql-16-a-commit", func(b *testing.B) { benchBareInserts(b, 16) })
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
	perEvent(b, b.N)
}

func benchEntry(b *testing.B) audit.Entry {
	b.Helper()
	tx := &Tx{next: 1, Now: time.UnixMilli(0).UTC()}
	e, _, err := tx.entry(benchActor, viewOf("5f0c"))
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
	perEvent(b, b.N*together)
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

// BenchmarkVerify checks logs of growing size in real files. Of ten events one is a
// case received, one its decision, and eight its viewings.
func BenchmarkVerify(b *testing.B) {
	sizes := []int{10_000, 1_000_000}
	if os.Getenv("REVIEWDESK_BENCH_LARGE") != "" {
		sizes = append(sizes, 10_000_000)
	}
	for _, events := range sizes {
		b.Run(fmt.Sprintf("events=%d", events), func(b *testing.B) {
			db := benchDesk(b)
			fill(b, db, events)
			b.Run("desk", func(b *testing.B) { benchVerify(b, db) })
			b.Run("floor/hashing", func(b *testing.B) { benchRehash(b, db) })
			b.Run("floor/sql", func(b *testing.B) { benchBareRows(b, db) })
		})
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
	for b.Loop() {
		r := db.CheckLog(b.Context()).Report
		if r.ExitCode() != 0 {
			b.Fatal(r.Sentence())
		}
		events += r.Entries
	}
	perEvent(b, int(events))
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
	perEvent(b, b.N*int(size))
}

// benchBareRows reads the rows that the check reads, and looks at none.
func benchBareRows(b *testing.B, db *DB) {
	size, err := db.LogSize(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	src := source{db.read(b.Context()), db.read(b.Context()), db}
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
	perEvent(b, b.N*int(size))
}
