package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/db/dbtest/gauge"
	"reviewdesk/review"
)

// What the hot paths cost, each beside its floor: the same rows through the same driver
// and a page of the same size through net/http, with nothing of ours around them. The
// desk is asked over the loopback by people and programs that have signed in, with
// everything that the product does: session, origin, right, record, log.
//
//	go test ./web -run '^$' -bench Desk -timeout 0
//	go test ./web -run '^$' -bench 'Desk/1e4/queue' -benchtime 3s
//
// The desks come from "reviewdesk generate" and are kept in REVIEWDESK_BENCH_DESKS, by
// default a folder of the user's cache: the first run makes them, which takes a while.
// One of less than a gigabyte is copied before it is worked on. A larger one is worked
// on where it lies, and grows by some thousands of cases in each run.

const copiedUpTo = 1 << 30 // bytes

// desk is a generated desk that answers over the loopback.
type desk struct {
	*testDesk
	b             testing.TB // what runs now
	size          int
	addr          string
	cases         []string // ids of cases in the queue
	deep          string   // the address of a page nine tenths down the queue
	deepAt        db.Cursor
	country, code string // of many cases in the queue
	viewed        atomic.Int64
	fresh         int // how many cases were taken in for decisions
}

func BenchmarkDesk(b *testing.B) {
	for _, size := range gauge.Sizes() {
		b.Run(gauge.SizeName(size), func(b *testing.B) {
			d := openDesk(b, size)
			for _, p := range hotPaths {
				b.Run(p.name, func(b *testing.B) {
					b.Run("desk", func(b *testing.B) {
						d.b, d.t = b, b
						p.measure(b, d, p.desk(d, b.N))
					})
					b.Run("floor", func(b *testing.B) {
						d.b, d.t = b, b
						p.measure(b, d, p.floor(d))
					})
				})
			}
		})
	}
}

// hotPath is one thing that is done to a desk, and the floor under it.
type hotPath struct {
	name  string
	work  gauge.Work
	rows  bool // figures are of one row: of as many as the desk has cases
	desk  func(d *desk, times int) operation
	floor func(d *desk) operation
}

// operation does it once.
type operation func(worker int) error

func (p hotPath) measure(b *testing.B, d *desk, op operation) {
	w := p.work
	if p.rows {
		w.Units = d.count("1")
	}
	d.settle()
	w.Each(b, op)
}

func openDesk(b *testing.B, size int) *desk {
	b.Helper()
	d := answering(b, dbtest.At(b, deskFolder(b, size)), size)
	d.look(mostCases)
	return d
}

// answering serves a desk over the loopback.
func answering(b testing.TB, on *dbtest.Desk, size int) *desk {
	b.Helper()
	d := &desk{b: b, size: size, testDesk: &testDesk{Desk: on, t: b, log: &lockedBuffer{}}}
	sink, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	d.addr = l.Addr().String()
	log := slog.New(slog.NewJSONHandler(sink, nil))
	if d.server, err = newServer(d.DB, Options{BaseURL: "http://" + d.addr, Programs: unlimited, Log: log}); err != nil {
		b.Fatal(err)
	}
	d.server.hashing = newHasher(cheapCost)
	d.handler = d.server.handler()
	serving := NewHTTPServer(d.handler, log)
	go serving.Serve(l)
	b.Cleanup(func() { serving.Close() })
	return d
}

// deskFolder is a desk of so many cases, made once by the product's own command.
func deskFolder(b *testing.B, size int) string {
	b.Helper()
	all := os.Getenv("REVIEWDESK_BENCH_DESKS")
	if all == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			b.Fatal(err)
		}
		all = filepath.Join(cache, "reviewdesk-bench")
	}
	dir := filepath.Join(all, strconv.Itoa(size))
	if _, err := os.Stat(dir); err != nil {
		makeDesk(b, dir, size)
	}
	info, err := os.Stat(filepath.Join(dir, "desk.db"))
	if err != nil {
		b.Fatal(err)
	}
	if info.Size() > copiedUpTo {
		return dir
	}
	own := filepath.Join(b.TempDir(), "desk")
	if err := os.CopyFS(own, os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
	return own
}

func makeDesk(b *testing.B, dir string, size int) {
	b.Helper()
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("go", "run", "reviewdesk/cmd/reviewdesk", "generate", "--data", part, "--cases", strconv.Itoa(size), "--seed", "1")
	cmd.Stderr = os.Stderr
	if _, err := cmd.Output(); err != nil {
		b.Fatalf("generate: %v", err)
	}
	if err := os.Rename(part, dir); err != nil {
		b.Fatal(err)
	}
}

// bare opens the desk's file through the same driver, with nothing of ours around it.
func (d *desk) bare() *sql.DB {
	return openBare(d.b, filepath.Join(d.Dir, "desk.db"), "?_pragma=query_only(1)")
}

func openBare(b testing.TB, path, pragmas string) *sql.DB {
	b.Helper()
	h, err := sql.Open("sqlite", "file:"+path+pragmas)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { h.Close() })
	return h
}

// query gives the first column of each row.
func (d *desk) query(text string, args ...any) (out []any) {
	h := d.bare()
	defer h.Close()
	rows, err := h.Query(text, args...)
	if err != nil {
		d.b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v any
		if err := rows.Scan(&v); err != nil {
			d.b.Fatal(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		d.b.Fatal(err)
	}
	return out
}

// mostCases are opened in turn. At every size they are as many, so that their histories
// grow alike.
const mostCases = 400

// look finds the places that are asked for, and so many cases to open.
func (d *desk) look(most int) {
	queue := d.query(`SELECT id FROM verification WHERE status = 'in_review' AND snoozed_until = 0 ORDER BY due_at, seq`)
	step := max(1, len(queue)/most)
	for i := 0; i < len(queue) && len(d.cases) < most; i += step {
		d.cases = append(d.cases, queue[i].(string))
	}
	d.country, d.code = d.usual("v.country"), d.usual("f.code")
	below := max(0, min(len(queue)*9/10, len(queue)-pageSize-10)) // a whole page lies after it
	v, err := d.Peek(d.b.Context(), queue[below].(string))
	if err != nil {
		d.b.Fatal(err)
	}
	d.deepAt = db.Cursor{At: v.DueAt.UnixMicro(), Seq: v.Seq}
	d.deep = "/queue?after=" + place{d.deepAt, below + 1}.String()
}

// settle waits until what was taken in is in the indexes that are filled beside the
// writer: they share its connection.
func (d *desk) settle() {
	for range 6000 {
		n := d.query(`SELECT (SELECT COUNT(*) FROM search_pending) + (SELECT COUNT(*) FROM likeness_pending)`)
		if n[0].(int64) == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.b.Fatal("the search index is not filled")
}

// officers are people who have signed in, each with a connection of their own. They are
// the same every time: the pages name everybody there is.
func (d *desk) officers(n int, role review.Role) (out []*line) {
	known, err := d.Accounts(d.b.Context())
	if err != nil {
		d.b.Fatal(err)
	}
	for i := range n {
		name := fmt.Sprintf("Bench %s %d", role, i)
		at := slices.IndexFunc(known, func(a db.Account) bool { return a.Name == name })
		if at < 0 {
			known = append(known, d.member(name, role))
			at = len(known) - 1
		}
		b := d.browser()
		b.address = "127.0.0.1:50000"
		b.signIn(known[at].Email)
		out = append(out, &line{browser: b, who: known[at], dial: d.addr})
	}
	return out
}

// line is a connection that is kept open.
type line struct {
	*browser
	who  db.Account
	dial string
	conn net.Conn
	in   *bufio.Reader
	at   string // the case that its officer is to decide
}

// written is a request as it goes over the wire.
func written(r *http.Request) []byte {
	var b bytes.Buffer
	r.Write(&b) // into memory
	return b.Bytes()
}

// ask sends a request and reads the whole answer.
func (l *line) ask(request []byte, status int) (location string, err error) {
	if l.conn == nil {
		if l.conn, err = net.Dial("tcp", l.dial); err != nil {
			return "", err
		}
		l.d.t.Cleanup(func() { l.conn.Close() })
		l.in = bufio.NewReader(l.conn)
	}
	if _, err = l.conn.Write(request); err != nil {
		return "", err
	}
	got, err := http.ReadResponse(l.in, nil)
	if err != nil {
		return "", err
	}

	defer got.Body.Close()
	if got.StatusCode != status {
		body, _ := io.ReadAll(got.Body)
		return "", fmt.Errorf("answered %d: %s", got.StatusCode, body)
	}
	_, err = io.Copy(io.Discard, got.Body)
	return got.Header.Get("Location"), err
}

// freshCases takes in cases that wait longer than all others, one after the other: they
// stand at the head of the queue, and one person decides each without a word about findings.
func (d *desk) freshCases(n int) {
	const together = 500
	for n > 0 {
		var batch []db.Incoming
		for range min(n, together) {
			d.fresh++
			at := time.Date(2001, 1, 1, 0, 0, d.fresh, 0, time.UTC)
			id := uuid.NewString()
			batch = append(batch, db.Incoming{Verification: review.Verification{ID: id, Provider: review.Cybrid, ProviderID: strings.ReplaceAll(id, "-", ""), Kind: "kyc",
				Method: "id_and_selfie", Status: review.StatusInReview, Arrived: review.WireState{State: "reviewing"}, CreatedAt: at, UpdatedAt: at, Object: []byte(`{}`),
				Subject: review.Subject{Reading: review.Reading{Name: "Zoila " + rand.Text(), BirthDate: at.AddDate(-30, 0, d.fresh%9000).Format(time.DateOnly)}}}})
		}
		if _, err := d.Receive(d.b.Context(), db.System("bench"), batch); err != nil {
			d.b.Fatal(err)
		}
		n -= len(batch)
	}
}

// visitor is a request's context as the chain of handlers makes it.
func (d *desk) visitor(a db.Account) context.Context {
	v := &visit{id: newRequestID(), account: &a, actor: db.Actor{Kind: "person", Person: a.Person}}
	return context.WithValue(d.b.Context(), visitKey{}, v)
}
