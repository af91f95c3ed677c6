package db

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"reviewdesk/review"
)

// What the shared commit brings: decisions taken one after the other, and by sixteen
// officers at once, each with a commit of its own and with one for all who wait. Read
// the ratio of the clock, and commits/op beside it: a commit waits for the disk twice.
//
//	go test ./db -run '^$' -bench GroupCommit -benchtime 400x
func BenchmarkGroupCommit(b *testing.B) {
	for _, row := range []struct {
		name               string
		officers, together int
	}{{"alone", 1, mostTogether}, {"16-at-once/one-a-commit", 16, 1}, {"16-at-once/shared", 16, mostTogether}} {
		b.Run(row.name, func(b *testing.B) {
			db := benchDesk(b)
			arrive(b, db, b.N)
			if err := db.Do(b.Context(), func(*Tx) error { db.together = row.together; return nil }); err != nil {
				b.Fatal(err)
			}
			commits := func() int64 { n, _ := db.commits.took.Read(func(float64, int64) {}); return n }
			before := commits()
			var next atomic.Int64
			var all sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range row.officers {
				all.Go(func() {
					for n := next.Add(1) - 1; n < int64(b.N); n = next.Add(1) - 1 {
						if err := db.Do(b.Context(), func(tx *Tx) error { return tx.decide(caseID(int(n))) }); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.StopTimer()
			b.ReportMetric(float64(commits()-before)/float64(b.N), "commits/op")
		})
	}
}

// arrive takes in so many cases to decide.
func arrive(b testing.TB, db *DB, cases int) {
	b.Helper()
	if err := db.Do(b.Context(), func(tx *Tx) error {
		for n := range cases {
			id := caseID(n)
			v := review.Verification{ID: id, Provider: review.Cybrid, ProviderID: id, Kind: "kyc", Method: "id_and_selfie", Status: review.StatusInReview,
				Arrived: review.WireState{State: "reviewing"}, CreatedAt: tx.Now, UpdatedAt: tx.Now, Object: fmt.Appendf(nil, `{"guid":%q}`, id)}
			if _, _, err := tx.receive(System("benchmark"), Incoming{Verification: v}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
}

// What preparing a statement once brings, for a page of the queue.
//
//	go test ./db -run '^$' -bench ListPage
func BenchmarkListPage(b *testing.B) {
	db := benchDesk(b)
	arrive(b, db, 1000)
	query, args := listQuery(review.Filter{}, Cursor{}, 51, db.Now())
	columns := make([]any, strings.Count(openColumns, ",")+1)
	for i := range columns {
		columns[i] = new(any)
	}
	read := func(b *testing.B, rows answers) {
		n := 0
		if err := eachRow(rows, func() error { n++; return rows.Scan(columns...) }); err != nil || n != 51 {
			b.Fatal(n, err)
		}
	}
	b.Run("prepared-each-time", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rows, err := db.reader.QueryContext(b.Context(), openColumns+query, args...)
			if err != nil {
				b.Fatal(err)
			}
			read(b, rows)
		}
	})
	b.Run("prepared-once", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rows, err := db.read(b.Context()).rows(openColumns+query, args...)
			if err != nil {
				b.Fatal(err)
			}
			read(b, rows)
		}
	})
	b.Run("direct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if page, err := db.List(b.Context(), review.Filter{}, Cursor{}, 50); err != nil || len(page.Rows) != 50 {
				b.Fatal(err)
			}
		}
	})
}
