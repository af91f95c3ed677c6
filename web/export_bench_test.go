//go:build unix

package web

import (
	"bytes"
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"reviewdesk/db"
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
