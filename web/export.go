package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// What can be exported, and how.
const (
	ExportVerifications = "verifications"
	ExportAudit         = "audit"

	FormatCSV    = "csv"
	FormatNDJSON = "ndjson" // one JSON object a line
	FormatRaw    = "raw"    // of the audit log: {"seq","entry"} a line
)

// ExportRequest is one export, as the page and the command line ask for it.
type ExportRequest struct {
	What, Format string
	Cases        review.Filter      // of verifications
	Events       review.EventFilter // of the audit log
	Filter       string             // the filters as an address writes them, for the record
	BOM          bool               // begin a CSV file with a byte order mark, for spreadsheets
}

// NewExportRequest reads an export's filters. me is the account that "owner=me"
// means; "" for nobody.
func NewExportRequest(what, format string, q url.Values, me string) (x ExportRequest, err error) {
	x = ExportRequest{What: what, Format: format, Filter: q.Encode(), BOM: q.Get("bom") == "1"}
	switch {
	case what == ExportVerifications && (format == FormatCSV || format == FormatNDJSON):
		x.Cases, err = parseFilter(q, me)
		if len(x.Cases.Statuses) == 0 {
			x.Cases.Statuses = review.Statuses() // an export that names no status is of everything the desk holds
		}
	case what == ExportAudit && (format == FormatCSV || format == FormatNDJSON || format == FormatRaw):
		x.Events, err = ParseEventFilter(q)
	default:
		err = review.Invalid{"format": "Choose csv or ndjson; the audit log also comes as raw."}
	}
	return x, err
}

// Export writes what is asked for to w in constant memory. The log tells of it
// twice: before the first byte, and at the end with the number of rows and the
// digest of everything written. An error after the first byte is recorded as an
// export that was broken off; what w has taken is then not whole.
func Export(ctx context.Context, d *db.DB, by db.Actor, x ExportRequest, w io.Writer) (db.Export, error) {
	record := db.Export{What: x.What, Format: x.Format, Filter: x.Filter, Stage: "started"}
	if x.Events.Case != "" {
		id, err := d.FindID(ctx, x.Events.Case)
		if errors.Is(err, db.ErrNotFound) {
			err = review.Invalid{"case": "There is no such case."}
		}
		if err != nil {
			return record, err
		}
		x.Events.Case = id
	}
	if err := d.RecordExport(ctx, by, record); err != nil {
		return record, err
	}
	out := exporter{to: w, sum: sha256.New(), format: x.Format}
	err := out.run(ctx, d, x)
	if packed, is := w.(*fileAnswer); is && err == nil {
		err = packed.end()
	}
	record.Rows, record.SHA256, record.Stage = out.rows, hex.EncodeToString(out.sum.Sum(nil)), "finished"
	// The reader may be gone; the record is made all the same.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		record.Stage = "aborted"
		return record, errors.Join(err, d.RecordExport(ctx, by, record))
	}
	return record, d.RecordExport(ctx, by, record)
}

// exporter writes rows in one of the formats, and counts and hashes as it goes.
type exporter struct {
	to     io.Writer
	sum    hash.Hash
	format string
	rows   int64
	buffer bytes.Buffer
	failed error
}

// exportWrite is how much is written at once.
const exportWrite = 256 << 10

func (e *exporter) run(ctx context.Context, d *db.DB, x ExportRequest) error {
	if x.BOM && x.Format == FormatCSV {
		e.buffer.WriteString("\uFEFF")
	}
	if x.What == ExportVerifications {
		e.head(caseColumns)
		now := d.Now()
		var c exportedCase // one for all
		return d.EachRow(ctx, x.Cases, func(r *db.Row) {
			c = exportCase(r, now)
			e.row(&c)
		}, e.write)
	}
	e.head(eventColumns)
	if err := e.events(ctx, d, x); err != nil {
		return err
	}
	return e.write()
}

func (e *exporter) events(ctx context.Context, d *db.DB, x ExportRequest) error {
	if x.Format == FormatRaw {
		return d.EachEntry(ctx, x.Events, func(seq int64, body []byte) error {
			e.buffer.Write(appendEntry(e.buffer.AvailableBuffer(), seq, body))
			e.rows++
			return e.writeFull()
		})
	}
	return d.EachEvent(ctx, x.Events, func(entry db.LogEntry) error {
		event := exportEvent(entry)
		e.row(&event)
		return e.writeFull()
	})
}

func (e *exporter) head(columns []string) {
	if e.format == FormatCSV {
		csvLine(&e.buffer, columns)
	}
}

// row adds one row to the buffer: as CSV what can write itself so, anything else as JSON.
func (e *exporter) row(row any) {
	if c, can := row.(interface{ appendCSV([]byte) []byte }); can && e.format == FormatCSV {
		e.buffer.Write(c.appendCSV(e.buffer.AvailableBuffer()))
	} else {
		e.failed = errors.Join(e.failed, json.NewEncoder(&e.buffer).Encode(row))
	}
	e.rows++
}

// writeFull sends what the buffer holds once it is worth a write; the first of it at once.
func (e *exporter) writeFull() error {
	if e.failed == nil && e.rows > 1 && e.buffer.Len() < exportWrite {
		return nil
	}
	return e.write()
}

// write sends what the buffer holds; also nothing, since a file without a row is a file.
func (e *exporter) write() error {
	for more := true; e.failed == nil && more; more = e.buffer.Len() > 0 {
		piece := e.buffer.Next(exportWrite)
		e.sum.Write(piece)
		if _, err := e.to.Write(piece); err != nil {
			e.failed = fmt.Errorf("write export: %w", err)
		}
	}
	return e.failed
}

// sending is the handler of one export in one format.
func sending(what, format string) func(*Server) handlerFunc {
	return func(s *Server) handlerFunc {
		return func(w http.ResponseWriter, r *http.Request) error { return s.sendExport(w, r, what, format) }
	}
}

// sendExport streams a file. The number of rows and the digest follow it as
// trailers. If it cannot be finished the connection is broken off, so that nobody
// takes half a file for whole.
func (s *Server) sendExport(w http.ResponseWriter, r *http.Request, what, format string) error {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet) // HEAD would make the whole file, and its record, for nothing
		return errMethod
	}
	if err := fetchedByUs(r); err != nil {
		return err
	}
	v := visitOf(r.Context())
	x, err := NewExportRequest(what, format, r.URL.Query(), v.actor.ID)
	if err != nil {
		return err
	}
	select {
	case s.exporting <- struct{}{}:
		defer func() { <-s.exporting }()
	default:
		w.Header().Set("Retry-After", "60")
		return errExportsBusy
	}
	file := &fileAnswer{w: w, control: http.NewResponseController(w), name: exportName(what, format, s.db.Now()), kind: exportKinds[format], packed: takesGzip(r.Header.Get("Accept-Encoding"))}
	record, err := Export(r.Context(), s.db, v.actor, x, file)
	if err != nil && !file.begun {
		return err
	}
	if err != nil {
		s.opts.Log.Warn("export broken off", "request", v.id, "rows", record.Rows, "error", err)
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("X-Row-Count", strconv.FormatInt(record.Rows, 10))
	w.Header().Set("X-Content-SHA256", record.SHA256)
	return nil
}

// mostExports bounds how many files are written at once.
const mostExports = 4

var errExportsBusy = refusal{http.StatusTooManyRequests, "Too many exports at once", "Others are being written just now. Try again in a minute."}

// exportName is made of our own words and the time, so it needs no escaping.
func exportName(what, format string, now time.Time) string {
	return "reviewdesk-" + what + "-" + now.UTC().Format("20060102T150405Z") + "." + format
}

// exportKinds are the media types of the formats.
var exportKinds = map[string]string{
	FormatCSV:    "text/csv; charset=utf-8; header=present",
	FormatNDJSON: "application/x-ndjson",
}

// fileAnswer sends the headers with the first bytes, so that an error before them
// is still an ordinary answer, and gives each write its own time. It packs the file for
// whoever takes it so; the digest in the trailer is of the file as it comes out again.
type fileAnswer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	name    string
	kind    string // media type
	packed  bool
	begun   bool
	packer  *gzip.Writer // nil: none
}

func (f *fileAnswer) Write(b []byte) (int, error) {
	first := !f.begun
	if first {
		f.begin()
	}
	if err := f.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	if f.packer == nil {
		n, err := f.w.Write(b)
		return n, errors.Join(err, f.control.Flush())
	}
	n, err := f.packer.Write(b)
	if err == nil && first {
		err = errors.Join(f.packer.Flush(), f.control.Flush())
	}
	return n, err
}

func (f *fileAnswer) begin() {
	f.begun = true
	h := f.w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	h.Set("Trailer", "X-Row-Count, X-Content-SHA256")
	h.Set("Vary", "Accept-Encoding")
	if f.packed {
		h.Set("Content-Encoding", "gzip")
		f.packer, _ = gzip.NewWriterLevel(f.w, gzip.BestSpeed) // the level is one that there is
	}
	f.w.WriteHeader(http.StatusOK)
}

// end sends what the packer still holds.
func (f *fileAnswer) end() error {
	if f.packer == nil {
		return nil
	}
	return f.packer.Close()
}
