package db

import (
	"bytes"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

func newConnection(t *testing.T) *connection {
	t.Helper()
	c, err := openConnection(filepath.Join(t.TempDir(), "one file.db"), writerPragmas, sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.close() })
	if _, err := c.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT UNIQUE, bytes BLOB, number REAL)`); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAConnectionReadsWhatItWrote(t *testing.T) {
	c := newConnection(t)
	for _, word := range []any{review.StatusPassed, "", "a\x00b", nil} {
		if _, err := c.exec(`INSERT INTO t (word, bytes, number) VALUES (?, ?, ?)`, word, []byte(nil), 1.5); err != nil {
			t.Fatal(err)
		}
	}
	res, err := c.exec(`UPDATE t SET bytes = ?2 WHERE id > ?1`, 2, []byte{})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n != 2 {
		t.Errorf("%d rows changed, not 2", n)
	}
	var status review.Status
	var severity review.Severity
	var b []byte
	var v any
	if err := c.row(`SELECT word, id, bytes, number FROM t WHERE id = 1`).Scan(&status, &severity, &b, &v); err != nil || status != review.StatusPassed || severity != 1 || b != nil || v != 1.5 {
		t.Error(status, severity, b, v, err)
	}
	var word string
	if err := c.row(`SELECT word, bytes FROM t WHERE id = 3`).Scan(&word, &b); err != nil || word != "a\x00b" || !bytes.Equal(b, []byte{}) || b == nil {
		t.Errorf("%q, %v, %v", word, b, err)
	}
	if err := c.row(`SELECT word FROM t WHERE id = 4`).Scan(&word); err == nil {
		t.Error("NULL became a text")
	}
	if err := c.row(`SELECT word FROM t WHERE id = 5`).Scan(&word); !errors.Is(err, sql.ErrNoRows) {
		t.Error("no row:", err)
	}
}

func TestAConnectionRefuses(t *testing.T) {
	c := newConnection(t)
	var n int
	for name, err := range map[string]error{
		"too few arguments":       c.row(`SELECT ?`).Scan(&n),
		"too many":                c.row(`SELECT 1`, 2).Scan(&n),
		"a place too few":         c.row(`SELECT 1, 2`).Scan(&n),
		"a word for a number":     c.row(`SELECT 'x'`).Scan(&n),
		"what no column holds":    c.row(`SELECT ?`, struct{}{}).Scan(&n),
		"what is no place":        c.row(`SELECT 1`).Scan(n),
		"a statement that is not": c.row(`SELEC 1`).Scan(&n),
		"two statements":          c.row(`SELECT 1; SELECT 2`).Scan(&n),
	} {
		if err == nil {
			t.Error(name, "passes")
		}
	}
	if err := c.row(`SELECT ?`, 7).Scan(&n); err != nil || n != 7 {
		t.Error("and then it does not go on:", n, err)
	}
}

func TestAStatementInsideItselfIsRefused(t *testing.T) {
	c := newConnection(t)
	const query = `SELECT 1 UNION ALL SELECT 2`
	outer, err := c.rows(query)
	if err != nil || !outer.Next() {
		t.Fatal(err)
	}
	if _, err := c.rows(query); !errors.Is(err, errInsideItself) {
		t.Error(err)
	}
	if _, err := c.exec(`INSERT INTO t (word) VALUES ('beside')`); err != nil {
		t.Error("another one beside it:", err)
	}
	if n := 1; outer.Next() {
		if err := outer.Scan(&n); err != nil || n != 2 {
			t.Error("the outer one went astray:", n, err)
		}
	}
	if outer.Next() || outer.Err() != nil {
		t.Error(outer.Err())
	}
	var n int
	if err := c.row(query).Scan(&n); err != nil {
		t.Error("and it stays shut:", err)
	}
}

func TestAFailedStatementSaysWhyAndIsUsedAgain(t *testing.T) {
	c := newConnection(t)
	const insert = `INSERT INTO t (word) VALUES (?)`
	for i, want := range []bool{true, false} {
		_, err := c.exec(insert, "same")
		if (err == nil) != want {
			t.Fatal(i, err)
		}
		if !want && (resultOf(err) != sqlite.ResultConstraintUnique || !strings.Contains(err.Error(), "t.word")) {
			t.Error(err)
		}
	}
	if _, err := c.exec(insert, "other"); err != nil {
		t.Error(err)
	}
}

func TestAConnectionKeepsSoManyStatements(t *testing.T) {
	c := newConnection(t)
	for i := range mostWritten + 10 {
		var n int
		if err := c.row(`SELECT ` + strings.Repeat(" ", i) + `1`).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.stmts) > mostWritten {
		t.Error(len(c.stmts), "are kept")
	}
}
