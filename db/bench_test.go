package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// What an event costs, to write and to check, beside the floor under it: the same rows
// through the same driver with nothing of ours around them, and for a check the hashing
// of their bytes too.
//
//	go test ./db -run '^$' -bench Log -timeout 0
//
// The log of ten million events (REVIEWDESK_BENCH_LARGE) takes some 10 GB and a quarter
// of an hour.

var benchOptions = Options{Vocabularies: providers.All}

// benchFolder is a fresh workspace. dbtest is no help inside the package itself.
func benchFolder(b testing.TB) string {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "desk")
	if err := Init(b.Context(), dir, "Benchmark", benchOptions); err != nil {
		b.Fatal(err)
	}
	return dir
}

func benchDesk(b testing.TB) *DB {
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

// BenchmarkLog fills logs of growing size in real files, then appends to each and
// checks it: what an event costs should not depend on how many there are. Of ten events
// one is a case received, one its decision, and eight its viewings.
func BenchmarkLog(b *testing.B) {
	for _, events := range gauge.Sizes() {
		b.Run(gauge.SizeName(events), func(b *testing.B) {
			db := benchDesk(b)
			fill(b, db, events)
			desk := func(w gauge.Work, op func() error) func(*testing.B) {
				return func(b *testing.B) { w.Each(b, func(int) error { return op() }) }
			}
			measure := func(path string, measured, floor func(*testing.B)) {
				b.Run(path, func(b *testing.B) {
					b.Run("desk", measured)
					b.Run("floor", floor)
				})
			}
			next := events / eventsACase
			// Before more is appended: an event alone brings a signed head with it, and the
			// logs that are compared should have as many heads an event.
			measure("log-verify", func(b *testing.B) { benchVerify(b, db) }, func(b *testing.B) { benchBareVerify(b, db) })
			measure("log-append", desk(gauge.Work{}, db.writeView), bareInserts(1))
			measure("log-append-16", desk(gauge.Work{Workers: 16}, db.writeView), bareInserts(16))
			measure("log-append-100-a-commit", desk(gauge.Work{Units: eventsACase * casesACommit}, func() error {
				next += casesACommit
				return db.writeStories(b.Context(), next-casesACommit)
			}), bareInserts(eventsACase*casesACommit))
		})
	}
}

func (db *DB) writeView() error {
	return db.Do(context.Background(), func(tx *Tx) error {
		_, err := tx.append(benchActor, viewOf("5f0c"), 0)
		return err
	})
}

// BenchmarkLogOfHeads checks a log in which each event has a head of its own, as one
// officer alone leaves it: the dearest there is, since each head is a signature.
func BenchmarkLogOfHeads(b *testing.B) {
	db := benchDesk(b)
	for range 10_000 {
		if err := db.writeView(); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	benchVerify(b, db)
}

func benchEntry(b *testing.B) audit.Entry {
	b.Helper()
	e, _, err := newEntry(1, time.UnixMilli(0).UTC(), benchActor, viewOf("5f0c"))
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// bareInserts writes the rows that an event has, as large as its own, with one commit
// for so many events: the same file, driver and pragmas, no proof.
func bareInserts(together int) func(*testing.B) {
	return func(b *testing.B) {
		body, err := benchEntry(b).Bytes()
		if err != nil {
			b.Fatal(err)
		}
		exec := bareWriter(b)
		seq := int64(1)
		gauge.Work{Units: together}.Each(b, func(int) error {
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
			return nil
		})
	}
}

// bareWriter is a connection like the desk's own, to a workspace that is shut, with
// each statement prepared once. It is used by one goroutine.
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
		if err := db.writeStories(b.Context(), from); err != nil {
			b.Fatal(err)
		}
	}
}

// writeStories writes what happens to so many cases in one commit.
func (db *DB) writeStories(ctx context.Context, from int) error {
	return db.Do(ctx, func(tx *Tx) error {
		for n := from; n < from+casesACommit; n++ {
			if err := tx.story(n); err != nil {
				return err
			}
		}
		return nil
	})
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
	return tx.updateCase(r)
}

func benchVerify(b *testing.B, db *DB) {
	gauge.Work{Units: db.logged(b)}.Each(b, func(int) error {
		if r := db.CheckLog(b.Context()).Report; r.ExitCode() != 0 {
			return errors.New(r.Sentence())
		}
		return nil
	})
}

func (db *DB) logged(b *testing.B) int {
	size, err := db.LogSize(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return int(size)
}

// benchBareVerify reads the rows that the check reads, and hashes the events' bytes.
func benchBareVerify(b *testing.B, db *DB) {
	src := source{db.read(b.Context()), db.read(b.Context()), db}
	gauge.Work{Units: db.logged(b)}.Each(b, func(int) error {
		tree := &audit.Frontier{}
		return errors.Join(
			src.Entries(func(_ int64, _ audit.Columns, body []byte) error {
				_, err := tree.Append(body)
				return err
			}),
			src.Hashes(func(int64, tlog.Hash) error { return nil }),
			src.Checkpoints(func(int64, []byte) error { return nil }),
			src.Cases(func(*audit.CaseState) error { return nil }),
		)
	})
}
