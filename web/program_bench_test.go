package web

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// What a create and a page of a list cost over HTTP, on desks of different sizes,
// beside the floor under them: the same rows through the same driver with nothing
// of ours around them.
//
//	go test ./web -run '^$' -bench 'Create|List'
//
// REVIEWDESK_BENCH_LARGE=1 adds a desk of a million verifications, which takes
// minutes to fill.

func benchSizes() []int {
	sizes := []int{1, 10_000}
	if os.Getenv("REVIEWDESK_BENCH_LARGE") != "" {
		sizes = append(sizes, 1_000_000)
	}
	return sizes
}

// benchDesk is a desk that holds so many verifications, most of them completed.
func benchDesk(b *testing.B, size int) (*testDesk, *apiClient) {
	b.Helper()
	d := &testDesk{Desk: dbtest.New(b), t: b, log: &lockedBuffer{}}
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	const together = 2000
	for n := 0; n < size; n += together {
		var batch []db.Incoming
		for i := n; i < min(n+together, size); i++ {
			batch = append(batch, db.Incoming{Verification: benchCase(b, i)})
		}
		if _, err := d.Receive(b.Context(), db.System("bench"), batch); err != nil {
			b.Fatal(err)
		}
	}
	d.searchable(b)
	return d, d.bank()
}

// searchable waits until the search index has taken in what is new: it shares the
// writer.
func (d *testDesk) searchable(b *testing.B) {
	b.Helper()
	h, err := sql.Open("sqlite", "file:"+filepath.Join(d.Dir, "desk.db")+"?_pragma=query_only(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	for waiting := 1; waiting > 0; time.Sleep(100 * time.Millisecond) {
		if err := h.QueryRow(`SELECT COUNT(*) FROM search_pending`).Scan(&waiting); err != nil {
			b.Fatal(err)
		}
	}
}

// benchCase is the i-th: of a hundred one is reviewed, the rest are completed.
func benchCase(b *testing.B, i int) review.Verification {
	at := dbtest.Start.Add(time.Duration(i-2_000_000) * time.Second).Format(time.RFC3339)
	state := `"completed","outcome":"passed"`
	if i%100 == 50 {
		state = `"reviewing","outcome":null`
	}
	v, _, err := cybrid.Vocabulary{}.Parse(fmt.Appendf(nil, `{"guid":"%032x","type":"kyc","method":"id_and_selfie","created_at":%q,"updated_at":%q,"customer_guid":"%032x","state":%s,`+
		`"failure_codes":[],"compliance_decisions":[],"compliance_checks":[],"pii":{"name":{"first":"Zoila","last":"Quispe %d"},"date_of_birth":"1990-02-14"}}`, i+1, at, at, i+1, state, i))
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func (d *testDesk) must(w *httptest.ResponseRecorder, status int) {
	if w.Code != status {
		d.t.Errorf("answered %d: %s", w.Code, w.Body)
	}
}

func BenchmarkCreate(b *testing.B) {
	for _, size := range benchSizes() {
		d, p := benchDesk(b, size)
		create := func() { d.must(p.send("POST", identityVerifications, plainRequest), http.StatusCreated) }
		b.Run(fmt.Sprintf("alone/%d", size), func(b *testing.B) {
			for b.Loop() {
				create()
			}
		})
		b.Run(fmt.Sprintf("16-at-once/%d", size), func(b *testing.B) {
			b.SetParallelism((16 + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					create()
				}
			})
		})
	}
	b.Run("floor/sql-alone", func(b *testing.B) { benchBareCreate(b, 1) })
	b.Run("floor/sql-16-a-commit", func(b *testing.B) { benchBareCreate(b, 16) })
}

// benchBareCreate writes as many rows as a create does: the case and its person, the
// event with its words, two hashes, a head, the step that is due, the outbox.
func benchBareCreate(b *testing.B, together int) {
	h, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	h.SetMaxOpenConns(1)
	if _, err := h.Exec(`CREATE TABLE bare (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value BLOB NOT NULL) STRICT`); err != nil {
		b.Fatal(err)
	}
	insert, err := h.Prepare(`INSERT INTO bare (name, value) VALUES (?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	n, value := 0, make([]byte, 300)
	for b.Loop() {
		if n++; n%together != 0 {
			continue
		}
		tx, err := h.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for i := range 9 * together {
			if _, err := tx.Stmt(insert).Exec(fmt.Sprint(n, " ", i), value); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList(b *testing.B) {
	for _, size := range benchSizes() {
		d, p := benchDesk(b, size)
		for name, query := range map[string]string{
			"first-10": "", "first-100": "?per_page=100", "reviewing": "?state=reviewing", "none": "?state=expired",
			"deepest": fmt.Sprintf("?page=%d", max(size/10-1, 0)), "customer": fmt.Sprintf("?customer_guid=%032x", size/2+1),
		} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				for b.Loop() {
					d.must(p.send("GET", identityVerifications+query, ""), http.StatusOK)
				}
			})
		}
		b.Run(fmt.Sprintf("floor/sql-first-10/%d", size), func(b *testing.B) { benchBareList(b, filepath.Join(d.Dir, "desk.db")) })
	}
}

// benchBareList reads the columns of the newest ten verifications, and counts none.
func benchBareList(b *testing.B, path string) {
	h, err := sql.Open("sqlite", "file:"+path+"?_pragma=query_only(1)")
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	list, err := h.Prepare(`SELECT v.id, v.provider_id, v.kind, v.method, v.status, v.created_at, v.updated_at, s.reference, v.dossier, c.sealed
		FROM verification v JOIN subject s ON s.id = v.subject JOIN commitment_key c ON c.entry = v.object_entry AND c.field = 'object'
		WHERE v.provider = 'cybrid' ORDER BY v.created_at DESC, v.seq DESC LIMIT 10`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rows, err := list.Query()
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			var id, guid, kind, method, status, reference string
			var created, updated int64
			var dossier, object []byte
			if err := rows.Scan(&id, &guid, &kind, &method, &status, &created, &updated, &reference, &dossier, &object); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
	}
}
