//go:build unix

package web

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// What a row of an export costs, beside what the same columns cost SQLite's own shell
// (/usr/bin/sqlite3 -csv, on the same file, in the same run).
//
//	go test ./web -run '^$' -bench Export -benchtime 3x
//
// The desk is one of 20 000 verifications that reviewdesk generate makes, or whatever desk
// REVIEWDESK_BENCH_DESK names. It is written to: the log tells of exports.

// exportDesk is the desk to export.
func exportDesk(b *testing.B) (d *db.DB, file string) {
	b.Helper()
	dir := os.Getenv("REVIEWDESK_BENCH_DESK")
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "desk")
		makeDesk(b, dir, 20_000)
	}
	d, err := db.Open(b.Context(), dir, db.Options{Vocabularies: providers.All})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	file = filepath.Join(dir, "desk.db")
	settled(b, file)
	return d, file
}

// settled waits until the desk has no work of its own left that would be measured, too.
func settled(b *testing.B, file string) {
	b.Helper()
	h, err := sql.Open("sqlite", "file:"+file+"?_pragma=query_only(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	for waiting := 1; waiting > 0; time.Sleep(100 * time.Millisecond) {
		if err := h.QueryRow(`SELECT (SELECT COUNT(*) FROM search_pending) + (SELECT COUNT(*) FROM likeness_pending)`).Scan(&waiting); err != nil {
			b.Fatal(err)
		}
	}
}

// processTime is what this process, or its children that have ended, took of all processors.
func processTime(b *testing.B, who int) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// shellCost is what the shell takes for a row, of the processor and of the clock; -1
// where there is no shell.
func shellCost(b *testing.B, file, query string) (processor, wall float64) {
	b.Helper()
	if _, err := exec.LookPath("sqlite3"); err != nil {
		return -1, -1
	}
	began, used := time.Now(), processTime(b, syscall.RUSAGE_CHILDREN)
	cmd := exec.Command("sqlite3", "-csv", "-readonly", file, query)
	var rows lines
	cmd.Stdout, cmd.Stderr = &rows, os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return float64(processTime(b, syscall.RUSAGE_CHILDREN)-used) / float64(rows), float64(time.Since(began)) / float64(rows)
}

// lines counts the lines written to it.
type lines int

func (n *lines) Write(p []byte) (int, error) {
	*n += lines(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

const (
	shellCases = `SELECT v.id, v.provider, v.provider_id, v.method, v.status, v.arrived_state, v.arrived_reason, d.reject_reason, v.codes, v.severity,
		v.country, v.document_kind, v.document_country, s.name, v.created_at, v.review_since, v.due_at, o.name,
		d.action, v.decided_at, a.name, b.name, d.entry, d.second_entry
		FROM verification v JOIN subject s ON s.id = v.subject LEFT JOIN account o ON o.id = v.owner
		LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0 LEFT JOIN account a ON a.id = d.actor LEFT JOIN account b ON b.id = d.second
		ORDER BY v.created_at DESC, v.seq DESC`
	shellLog = `SELECT e.seq, json_extract(t, '$.time'), e.actor, a.name, json_extract(t, '$.actor.role'), e.kind, e.object, json_extract(t, '$.before'), json_extract(t, '$.after'),
		json_extract(t, '$.facts'), json_extract(t, '$.address'), json_extract(t, '$.request'), json_extract(t, '$.session')
		FROM (SELECT seq, actor, kind, object, CAST(body AS TEXT) AS t FROM audit_entry) e LEFT JOIN account a ON a.id = e.actor ORDER BY e.seq`
	shellRaw = `SELECT seq, hex(body) FROM audit_entry ORDER BY seq`
)

func BenchmarkExport(b *testing.B) {
	d, file := exportDesk(b)
	for _, c := range []struct{ what, format, shell string }{
		{ExportVerifications, FormatCSV, shellCases}, {ExportVerifications, FormatNDJSON, shellCases},
		{ExportAudit, FormatCSV, shellLog}, {ExportAudit, FormatNDJSON, shellLog}, {ExportAudit, FormatRaw, shellRaw},
	} {
		b.Run(c.what+"."+c.format, func(b *testing.B) {
			processor, wall := shellCost(b, file, c.shell)
			rows, first := int64(0), time.Duration(0)
			began, used := time.Now(), processTime(b, syscall.RUSAGE_SELF)
			for b.Loop() {
				n, waited := exported(b, d, c.what, c.format)
				rows, first = rows+n, max(first, waited)
			}
			ours := float64(processTime(b, syscall.RUSAGE_SELF)-used) / float64(rows)
			perRow := float64(time.Since(began)) / float64(rows)
			b.ReportMetric(ours, "cpu-ns/row")
			b.ReportMetric(1e9/perRow, "rows/s")
			b.ReportMetric(processor, "shell-cpu-ns/row")
			b.ReportMetric(processor/ours, "cpu-times-the-shell")
			b.ReportMetric(wall/perRow, "rows/s-of-the-shell's")
			b.ReportMetric(float64(first.Microseconds())/1e3, "ms-first-byte")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// exported writes one export to nowhere, and tells how long its first byte took.
func exported(b *testing.B, d *db.DB, what, format string) (rows int64, first time.Duration) {
	b.Helper()
	x, err := NewExportRequest(what, format, url.Values{}, "")
	if err != nil {
		b.Fatal(err)
	}
	to := &firstByte{began: time.Now()}
	made, err := Export(b.Context(), d, db.System("benchmark"), x, to)
	if err != nil {
		b.Fatal(err)
	}
	return made.Rows, to.waited
}

// firstByte knows how long the first write took.
type firstByte struct {
	began  time.Time
	waited time.Duration
}

func (f *firstByte) Write(p []byte) (int, error) {
	if f.waited == 0 {
		f.waited = time.Since(f.began)
	}
	return len(p), nil
}

// BenchmarkDecisionsDuringExport has sixteen officers decide, by turns while nobody
// exports and while one full export follows the other, and says how many decisions a
// second they still take and how long the write-ahead log gets.
//
//	go test ./web -run '^$' -bench DecisionsDuringExport -benchtime 6x
func BenchmarkDecisionsDuringExport(b *testing.B) {
	d, file := exportDesk(b)
	const turn = 640
	ana, _, err := d.AddAccount(b.Context(), db.System("benchmark"), db.NewAccount{Email: fmt.Sprintf("bench%d@desk.example", time.Now().UnixNano()), Name: "Ana Quiroga", Role: review.RoleReviewer})
	if err != nil {
		b.Fatal(err)
	}
	by := db.Actor{Kind: "person", Person: ana.Person}
	var waiting []string
	var quiet, busy time.Duration
	var exports, longest int64
	for b.Loop() {
		if len(waiting) == 0 { // b.N is not known before the loop
			waiting = waitingCases(b, d, 2*turn)
			settled(b, file)
		}
		quiet += decideAll(b, d, by, waiting[:turn])
		ctx, stop := context.WithCancel(b.Context())
		var all sync.WaitGroup
		all.Go(func() { exports += exportAll(ctx, d) })
		all.Go(func() { longest = max(longest, longestLog(ctx, file+"-wal")) })
		busy += decideAll(b, d, by, waiting[turn:2*turn])
		stop()
		all.Wait()
		waiting = waiting[2*turn:]
	}
	n := float64(turn * b.N)
	b.ReportMetric(n/quiet.Seconds(), "decisions/s")
	b.ReportMetric(n/busy.Seconds(), "decisions/s-during-export")
	b.ReportMetric(quiet.Seconds()/busy.Seconds(), "of-without")
	b.ReportMetric(float64(longest)/(1<<20), "MiB-of-log")
	b.ReportMetric(float64(exports)/busy.Seconds(), "rows/s-exported")
	b.ReportMetric(0, "ns/op")
}

// waitingCases are so many cases that wait for a decision, made anew.
func waitingCases(b *testing.B, d *db.DB, n int) (ids []string) {
	b.Helper()
	for len(ids) < n {
		var batch []db.Incoming
		for range min(500, n-len(ids)) {
			at, id := time.Now().Add(-time.Hour), uuid.NewString()
			v := review.Verification{ID: id, Provider: review.Cybrid, ProviderID: strings.ReplaceAll(id, "-", ""), Kind: "kyc", Method: "id_and_selfie", Status: review.StatusInReview,
				Arrived: review.WireState{State: "reviewing"}, CreatedAt: at, UpdatedAt: at, Object: []byte(`{}`), Subject: review.Subject{Reference: id, Reading: review.Reading{Name: "Zoila Quispe", BirthDate: "1990-02-14"}}}
			batch, ids = append(batch, db.Incoming{Verification: v}), append(ids, v.ID)
		}
		if _, err := d.Receive(b.Context(), db.System("benchmark"), batch); err != nil {
			b.Fatal(err)
		}
	}
	return ids
}

// decideAll approves cases, sixteen at once.
func decideAll(b *testing.B, d *db.DB, by db.Actor, ids []string) time.Duration {
	b.Helper()
	began, next := time.Now(), atomic.Int64{}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for n := next.Add(1) - 1; int(n) < len(ids); n = next.Add(1) - 1 {
				decision := review.Decision{Action: review.Approve, Version: 1, Grounds: []string{"evidence_agrees"}, Note: "Read by eye, all agrees."}
				if _, err := d.Decide(b.Context(), by, ids[n], decision, ""); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// exportAll exports everything until it is told to stop, and counts the rows.
func exportAll(ctx context.Context, d *db.DB) (rows int64) {
	for ctx.Err() == nil {
		x, err := NewExportRequest(ExportVerifications, FormatCSV, url.Values{}, "")
		if err != nil {
			return -1
		}
		made, err := Export(ctx, d, db.System("benchmark"), x, io.Discard)
		rows += made.Rows
		if err != nil && ctx.Err() == nil {
			return -1
		}
	}
	return rows
}

// longestLog is the size of the write-ahead log at its longest.
func longestLog(ctx context.Context, file string) (most int64) {
	for tick := time.Tick(5 * time.Millisecond); ; {
		select {
		case <-ctx.Done():
			return most
		case <-tick:
			if info, err := os.Stat(file); err == nil {
				most = max(most, info.Size())
			}
		}
	}
}
