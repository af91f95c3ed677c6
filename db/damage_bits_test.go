package db_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"sync/atomic"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
)

// flip turns one bit of the database file over.
func (p *patient) flip(at int64, bit uint) {
	p.t.Helper()
	f, err := os.OpenFile(p.file(), os.O_RDWR, 0)
	ok(p.t, err)
	defer f.Close()
	var b [1]byte
	_, err = f.ReadAt(b[:], at)
	ok(p.t, err)
	b[0] ^= 1 << bit
	_, err = f.WriteAt(b[:], at)
	ok(p.t, err)
}

// A bit may fall where nothing of the log stands: into free space, a counter, a
// search index. Then there is nothing to find; so the rule is that a log which is
// called whole is the very log that it was.
func TestAFlippedBitAnywhereInTheFileIsFoundOrTouchesNothingOfTheLog(t *testing.T) {
	w := newWorkweek(t)
	want := logDigest(t, w.patient(t))
	info, err := os.Stat(w.patient(t).file())
	ok(t, err)
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 1))
	flips := dbtest.Figure(100, 5_000)
	var found atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d of %d flipped bits were found; the others touch nothing of the log", found.Load(), flips)
	})
	for range flips {
		at, bit := random.Int64N(info.Size()), random.UintN(8)
		t.Run(fmt.Sprintf("bit %d of byte %d", bit, at), func(t *testing.T) {
			t.Parallel()
			p := w.patient(t)
			p.flip(at, bit)
			if r := p.verify(); r.ExitCode() != 0 {
				found.Add(1)
			} else if logDigest(t, p) != want {
				t.Error("it changed the log and was not found")
			}
		})
	}
}

// logDigest reads all that the proof covers, without the code that checks it.
func logDigest(t *testing.T, p *patient) string {
	t.Helper()
	h, err := db.OpenRaw(p.file())
	ok(t, err)
	defer h.Close()
	sum := sha256.New()
	for _, query := range []string{
		`SELECT hex(seq || body || kind || actor || object || at) FROM audit_entry ORDER BY seq`,
		`SELECT idx || hex(h) FROM audit_hash ORDER BY idx`,
		`SELECT size || hex(signed) FROM audit_checkpoint ORDER BY size`,
		`SELECT entry || field || hex(key) || hex(sealed) FROM commitment_key ORDER BY entry, field`,
		`SELECT id || ' ' || status || ' ' || version || ' ' || decider FROM verification ORDER BY seq`,
	} {
		eachText(t, h, query, func(line string) { fmt.Fprintln(sum, line) })
	}
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func eachText(t *testing.T, h *sql.DB, query string, fn func(string)) {
	t.Helper()
	rows, err := h.Query(query)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		ok(t, rows.Scan(&line))
		fn(line)
	}
	ok(t, rows.Err())
}

// TestAFlippedBitInTheLogItselfIsAlwaysFound aims: at the bytes of events, hashes,
// checkpoints, commitment keys and case numbers, wherever in the file they lie.
func TestAFlippedBitInTheLogItselfIsAlwaysFound(t *testing.T) {
	w := newWorkweek(t)
	file, err := os.ReadFile(w.patient(t).file())
	ok(t, err)
	random := rand.New(rand.NewPCG(dbtest.Seed(t), 2))
	for _, aim := range []struct{ name, query string }{
		{"an event", `SELECT body FROM audit_entry`},
		{"a hash", `SELECT h FROM audit_hash`},
		{"a checkpoint", `SELECT signed FROM audit_checkpoint`},
		{"a commitment key", `SELECT key FROM commitment_key`},
		{"sealed words", `SELECT sealed FROM commitment_key`},
		{"a case's id", `SELECT id FROM verification`},
	} {
		targets := blobs(t, w.patient(t), aim.query)
		for range dbtest.Figure(12, 500) {
			target := targets[random.IntN(len(targets))]
			at := bytes.Index(file, target)
			if at < 0 {
				continue // it lies on two pages
			}
			place, bit := int64(at+random.IntN(len(target))), random.UintN(8)
			t.Run(fmt.Sprintf("%s, bit %d of byte %d", aim.name, bit, place), func(t *testing.T) {
				t.Parallel()
				p := w.patient(t)
				p.flip(place, bit)
				if r := p.verify(); r.ExitCode() == 0 {
					t.Error("it was not found")
				}
			})
		}
	}
}

// blobs reads one column of the untouched file.
func blobs(t *testing.T, p *patient, query string) (out [][]byte) {
	t.Helper()
	h, err := db.OpenRaw(p.file())
	ok(t, err)
	defer h.Close()
	rows, err := h.Query(query)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		var b []byte
		ok(t, rows.Scan(&b))
		out = append(out, b)
	}
	ok(t, rows.Err())
	return out
}
