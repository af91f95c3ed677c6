package db

import (
	"context"
	"fmt"
	"testing"

	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
)

// What a search costs on desks of growing size, and what it costs to take cases into
// the index one by one and in batches.
//
//	go test ./db -run '^$' -bench Search -benchtime 50x
//
// REVIEWDESK_BENCH_LARGE=1 adds the desk of a million cases.

// searchDesk holds so many cases, of which one in twenty is in review; one in two
// hundred has the first name that is sought, one in fifty thousand the rare one.
func searchDesk(b *testing.B, cases int) *DB {
	b.Helper()
	db := benchDesk(b)
	const together = 10_000
	for from := 0; from < cases; from += together {
		err := db.Do(b.Context(), func(tx *Tx) error {
			for n := from; n < min(from+together, cases); n++ {
				if err := tx.bareCase(n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		for waiting := 1; waiting > 0; {
			if err := db.indexPending(); err != nil {
				b.Fatal(err)
			}
			if err := db.reader.QueryRow(`SELECT COUNT(*) FROM search_pending`).Scan(&waiting); err != nil {
				b.Fatal(err)
			}
		}
	}
	return db
}

// bareCase is a case as far as lists and searches look at it, without its events.
func (tx *Tx) bareCase(n int) error {
	status := "passed"
	if n%20 == 0 {
		status = "in_review"
	}
	v := benchCase(n)
	if _, err := tx.exec(`INSERT INTO subject (id, provider, reference, name, email, key) VALUES (?, 'cybrid', ?, ?, ?, x'')`, n+1, v.Subject.Reference, v.Subject.Name, v.Subject.Email); err != nil {
		return err
	}
	if _, err := tx.exec(`INSERT INTO verification (seq, id, provider, provider_id, status, arrived_state, version, subject, country, codes, created_at, updated_at, received_at,
		review_since, due_at, decided_at, object_entry, object_digest, dossier) VALUES (?, ?, 'cybrid', ?, ?, 'completed', 1, ?, 'ES', '', ?, 1, 1, 1, ?, ?, 1, x'', zeroblob(1000))`,
		n+1, v.ID, v.ProviderID, status, n+1, int64(n)*1e6+int64(n*7919%1000), int64(n)*1e6, n%20); err != nil {
		return err
	}
	_, err := tx.exec(`INSERT INTO search_pending (v, words) VALUES (?, ?)`, n+1, searchWords(v))
	return err
}

// benchCase has ids as providers give them: of the case, and of the customer.
func benchCase(n int) review.Verification {
	id := func(spread uint64) string {
		return fmt.Sprintf("%016x%016x", uint64(n+1)*spread, uint64(n+1)*0xc2b2ae3d27d4eb4f)
	}
	v := review.Verification{ID: id(0x9e3779b97f4a7c15), ProviderID: id(0x9e3779b97f4a7c15)}
	v.Subject.Name, v.Subject.Email, v.Subject.Reference = benchName(n), fmt.Sprintf("person%d@desk.example", n), id(0xd6e8feb86659fd93)
	return v
}

func benchName(n int) string {
	first := fmt.Sprintf("%c%cvid", 'a'+n*31%26, 'a'+n*17%26)
	switch {
	case n%50_000 == 7:
		first = "Xiomara"
	case n%200 == 3:
		first = "Quetzal"
	}
	return fmt.Sprintf("%s %c%cnandez%c", first, 'a'+n*13%26, 'a'+n*7%26, 'a'+n*3%26)
}

func BenchmarkSearch(b *testing.B) {
	for _, cases := range gauge.Sizes() {
		db := searchDesk(b, cases)
		var pages, used, rowsAll int64
		if err := db.reader.QueryRow(`SELECT COUNT(*), COALESCE(SUM(length(block)), 0), (SELECT COUNT(*) FROM verification) FROM (SELECT block FROM search_data UNION ALL SELECT block FROM search_id_data)`).Scan(&pages, &used, &rowsAll); err != nil {
			b.Fatal(err)
		}
		for _, q := range []struct{ name, query string }{{"rare", "xio"}, {"rare-whole", "xiomara"}, {"common", "que"}, {"common-whole", "quetzal"}, {"fragment", "nand"}, {"two", "que nan"}, {"one-letter", "a"}, {"nobody", "wwww"}, {"four-of-an-id", "id:9e37"}, {"eight-of-an-id", "id:9e3779b9"}} {
			for _, in := range []struct {
				name     string
				statuses []review.Status
			}{{"queue", nil}, {"all", review.Statuses()}} {
				b.Run(fmt.Sprintf("%s/%s/%d", q.name, in.name, cases), func(b *testing.B) {
					began := gauge.ProcessorTime()
					for b.Loop() {
						if _, err := db.List(b.Context(), review.Filter{Query: q.query, Statuses: in.statuses}, Cursor{}, 50); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64((gauge.ProcessorTime()-began).Microseconds())/float64(b.N), "cpu-us/search")
					b.ReportMetric(float64(used)/float64(rowsAll), "index-bytes/case")
				})
			}
		}
	}
}

// BenchmarkSearchIndex takes cases into the index of a desk that holds ten thousand:
// each in a piece of work of its own, and together.
func BenchmarkSearchIndex(b *testing.B) {
	const cases = 2000
	for _, together := range []int{1, 10, 100, indexBatch, cases} {
		b.Run(fmt.Sprintf("together=%d", together), func(b *testing.B) {
			db := searchDesk(b, 10_000)
			docs := make([]searchDoc, cases)
			for n := range docs {
				v := benchCase(n)
				docs[n] = searchDoc{words: searchWords(v), pieces: idPieces(v.ID, v.ProviderID, v.Subject.Reference)}
			}
			next := 20_000
			began := gauge.ProcessorTime()
			for b.Loop() {
				for from := 0; from < cases; from += together {
					err := db.Do(context.Background(), func(tx *Tx) error {
						for n := from; n < min(from+together, cases); n++ {
							next++
							if _, err := tx.exec(`INSERT INTO search (rowid, words) VALUES (?, ?)`, next, docs[n].words); err != nil {
								return err
							}
							if _, err := tx.exec(`INSERT INTO search_id (rowid, pieces) VALUES (?, ?)`, next, docs[n].pieces); err != nil {
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
			b.ReportMetric(float64((gauge.ProcessorTime()-began).Microseconds())/float64(b.N*cases), "cpu-us/case")
			b.ReportMetric(0, "ns/op")
		})
	}
}
