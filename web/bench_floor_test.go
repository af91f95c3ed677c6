package web

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"reviewdesk/review"
)

// The floors: what nothing that stores rows with this driver, or sends pages with
// net/http, can go below. No session, no right, no count, no record, no template.

// floorList reads the columns that a row of a list shows.
func floorList(where, order, limit string) string {
	return `SELECT v.seq, v.id, v.provider, v.provider_id, v.method, v.status, v.arrived_state, v.arrived_reason, v.version, s.name, v.country,
		v.document_kind, v.document_country, v.severity, v.codes, v.created_at, v.review_since, v.due_at, v.owner, o.name, v.owner_until,
		v.decided_at, d.action, a.name, d.reject_reason, s.email, s.birth_date
		FROM verification v JOIN subject s ON s.id = v.subject LEFT JOIN account o ON o.id = v.owner
		LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0 LEFT JOIN account a ON a.id = d.actor
		WHERE ` + where + ` ORDER BY ` + order + ` ` + limit
}

// floorObjects reads the newest ten verifications of a provider with what it sent.
const floorObjects = `SELECT v.id, v.provider_id, v.kind, v.method, v.status, v.created_at, v.updated_at, s.reference, v.dossier, c.sealed
	FROM verification v JOIN subject s ON s.id = v.subject JOIN commitment_key c ON c.entry = v.object_entry AND c.field = 'object'
	WHERE v.provider = 'cybrid' ORDER BY v.created_at DESC, v.seq DESC LIMIT 10`

// readAll runs a statement and looks at every column of every row.
func readAll(s *sql.Stmt, args []any, each func(row []sql.RawBytes) error) error {
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	row, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

func unread([]sql.RawBytes) error { return nil }

// prepare holds a statement on the desk's file.
func (d *desk) prepare(query string) *sql.Stmt {
	h := openBare(d.b, filepath.Join(d.Dir, "desk.db"), "?_pragma=query_only(1)")
	h.SetMaxIdleConns(16)
	s, err := h.Prepare(query)
	if err != nil {
		d.b.Fatal(err)
	}
	return s
}

// floorPage answers with a page of the size that the desk's has, after it has run one
// statement; none where query is "". Its clients are those of the desk.
func (d *desk) floorPage(workers int, address, query string, args ...any) operation {
	read := func() error { return nil }
	if query != "" {
		s := d.prepare(query)
		read = func() error { return readAll(s, args, unread) }
	}
	return d.static(workers, address, read)
}

// static serves the page that the desk shows at an address now, as ready bytes, once
// read has run.
func (d *desk) static(workers int, address string, read func() error) operation {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.b.Fatal(err)
	}
	officers := d.officers(workers, review.RoleReviewer)
	page := d.page(officers[0], address)
	serving := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := read(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(page)))
		w.Write(page)
	})}
	go serving.Serve(l)
	d.b.Cleanup(func() { serving.Close() })
	requests := make([][]byte, workers)
	for i, o := range officers {
		o.dial = l.Addr().String()
		requests[i] = written(o.request(http.MethodGet, address, nil))
	}
	return func(worker int) error { return officers[worker].must(requests[worker], http.StatusOK) }
}

func (d *desk) page(l *line, address string) []byte {
	w := l.get(address)
	if address == identityVerifications { // programs only
		w = d.bank().send(http.MethodGet, address, "")
	}
	if w.Code != http.StatusOK {
		d.b.Fatalf("%s answers %d", address, w.Code)
	}
	return w.Body.Bytes()
}

// floorExport writes the same rows as CSV into nothing.
func (d *desk) floorExport() operation {
	s := d.prepare(floorList("1", "v.created_at DESC, v.seq DESC", ""))
	return func(int) error {
		out := csv.NewWriter(io.Discard)
		var cells []string
		err := readAll(s, nil, func(row []sql.RawBytes) error {
			cells = cells[:0]
			for _, cell := range row {
				cells = append(cells, string(cell))
			}
			return out.Write(cells)
		})
		out.Flush()
		return err
	}
}

// How many rows the desk writes for one thing that happens, its log's among them.
const (
	viewRows     = 4  // the event, two hashes, the head
	decisionRows = 16 // two events and the words of one, the decision, two cases, three counters, the outbox, four hashes, the head
	creationRows = 14 // the person, the case, the event and its words, three counters, the outbox, what is due, what is to be searched and linked, two hashes, the head
)

// bareWriter writes rows into a table of its own, durable, so many pieces a commit.
type bareWriter struct {
	mu               sync.Mutex
	conn             *sql.Conn
	insert           *sql.Stmt
	pieces, together int
	rows             int
}

func newBareWriter(b testing.TB, together int) *bareWriter {
	h := openBare(b, filepath.Join(b.TempDir(), "bare.db"), "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	conn, err := h.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if _, err := conn.ExecContext(b.Context(), `CREATE TABLE bare (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT`); err != nil {
		b.Fatal(err)
	}
	insert, err := conn.PrepareContext(b.Context(), `INSERT INTO bare (name, value) VALUES (?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	return &bareWriter{conn: conn, insert: insert, together: together}
}

var bareValue = make([]byte, 300) // bytes; about what a row of the desk holds

// write is one piece of so many rows.
func (w *bareWriter) write(rows int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pieces%w.together == 0 {
		if err := w.run(`BEGIN IMMEDIATE`); err != nil {
			return err
		}
	}
	for range rows {
		w.rows++
		if _, err := w.insert.Exec(fmt.Sprintf("%032x", w.rows), bareValue); err != nil {
			return err
		}
	}
	if w.pieces++; w.pieces%w.together != 0 {
		return nil
	}
	return w.run(`COMMIT`)
}

func (w *bareWriter) run(statement string) error {
	_, err := w.conn.ExecContext(context.Background(), statement)
	return err
}

// floorWrites are the same rows without a request: in one commit after the other, or so
// many pieces in each.
func floorWrites(together, rows int) func(*desk) operation {
	return func(d *desk) operation {
		w := newBareWriter(d.b, together)
		return func(int) error { return w.write(rows) }
	}
}

// floorCase reads a case, its findings and its events, writes the rows of a view, and
// sends a page.
func floorCase(workers int) func(*desk) operation {
	return func(d *desk) operation {
		w := newBareWriter(d.b, workers)
		statements := []*sql.Stmt{
			d.prepare(floorList("v.id = ?", "v.seq", "")),
			d.prepare(`SELECT f.* FROM finding f JOIN verification v ON v.seq = f.v WHERE v.id = ?`),
			d.prepare(`SELECT seq, body, kind, actor, at FROM audit_entry WHERE object = ? AND object <> '' ORDER BY seq DESC LIMIT 200`),
		}
		return d.static(workers, "/verifications/"+d.cases[0], func() error {
			if err := w.write(viewRows); err != nil {
				return err
			}
			id := d.cases[int(d.viewed.Add(1))%len(d.cases)]
			for _, s := range statements {
				if err := readAll(s, []any{id}, unread); err != nil {
					return err
				}
			}
			return nil
		})
	}
}
