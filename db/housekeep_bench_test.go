package db

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"reviewdesk/db/dbtest/gauge"
)

// BenchmarkCheckpointer commits while somebody reads from an old snapshot, which keeps
// the write-ahead log from being folded: with SQLite's own checkpoints, one tried after
// every commit, and with the housekeeper's.
//
//	go test ./db -run '^$' -bench Checkpointer -benchtime 8x
func BenchmarkCheckpointer(b *testing.B) {
	const turn = 500
	for name, pragma := range map[string]string{"sqlite's-own": `PRAGMA wal_autocheckpoint = 1000`, "the-housekeeper's": `PRAGMA wal_autocheckpoint = 0`} {
		b.Run(name, func(b *testing.B) {
			db := benchDesk(b)
			if _, err := db.conn.exec(pragma); err != nil {
				b.Fatal(err)
			}
			db.foldLog(0, 0) // the snapshot of an empty log holds up all of the next one
			snapshot, err := db.reader.Begin()
			if err != nil {
				b.Fatal(err)
			}
			defer snapshot.Rollback()
			var n int
			if err := snapshot.QueryRow(`SELECT COUNT(*) FROM instance`).Scan(&n); err != nil {
				b.Fatal(err)
			}
			var processor, wall time.Duration
			for b.Loop() {
				began, used := time.Now(), gauge.ProcessorTime()
				for range turn {
					n++
					if err := db.Do(b.Context(), func(tx *Tx) error {
						_, err := tx.exec(`INSERT INTO sign_in_attempt (at, account, source) VALUES (?, randomblob(32), randomblob(32))`, n)
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
				processor, wall = gauge.ProcessorTime()-used, time.Since(began)
			}
			info, err := os.Stat(filepath.Join(db.dir, databaseFile+"-wal"))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(processor.Microseconds())/turn, "cpu-us/commit-at-the-end")
			b.ReportMetric(turn/wall.Seconds(), "commits/s-at-the-end")
			b.ReportMetric(float64(info.Size())/(1<<20), "MiB-of-log")
			b.ReportMetric(0, "ns/op")
		})
	}
}
