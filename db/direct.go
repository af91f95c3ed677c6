package db

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
)

// direct is a reading connection without database/sql between: the same engine on
// the same file, with the pragmas of the reader pool. An export reads by it, since
// more than half of its time went into handing values from the driver to
// database/sql and on (BenchmarkExport in package web). One goroutine uses it at a time.
type direct struct {
	*connection
	stop  func()            // breaks off what runs on it, for good; nil: its context does
	used  time.Time         // when it was last given back to the pool
	buf   []byte            // the value being read
	words map[string]string // values that come again and again, each kept once
	last  [40]string        // the last of them of each column: often the next one, too
	lists map[string][]string
}

// openDirect opens one. What runs on it is broken off when ctx ends.
func (db *DB) openDirect(ctx context.Context) (*direct, error) {
	c, err := openConnection(filepath.Join(db.dir, databaseFile), readerPragmas, sqlite.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	c.conn.SetInterrupt(ctx.Done())
	return &direct{connection: c, buf: make([]byte, 4<<10), words: map[string]string{}, lists: map[string][]string{}}, nil
}

func (d *direct) close() error {
	if d.stop != nil {
		defer d.stop()
	}
	return d.connection.close()
}

// each runs a query to its end, and calls row for each. Its snapshot lasts as long as
// that, so row does not wait for anybody. A text is prepared once.
func (d *direct) each(query string, args []any, row func(*sqlite.Stmt) error) error {
	s, err := d.start(query, args)
	if err != nil {
		return err
	}
	defer s.Reset() // says again what Step has said
	for {
		if more, err := s.Step(); err != nil || !more {
			return err
		}
		if err := row(s); err != nil {
			return err
		}
	}
}

// bytes is a column's value, good until the next one is read.
func (d *direct) bytes(s *sqlite.Stmt, column int) []byte {
	n := s.ColumnBytes(column, d.buf)
	if n == len(d.buf) { // there may be more
		d.buf = make([]byte, 2*s.ColumnLen(column)+1)
		n = s.ColumnBytes(column, d.buf)
	}
	return d.buf[:n]
}

// mostRemembered bounds the values kept, should they turn out not to be so few.
const mostRemembered = 10_000

// word is a column's value, of which there are few different ones.
func (d *direct) word(s *sqlite.Stmt, column int) string {
	b, last := d.bytes(s, column), &d.last[column]
	if string(b) == *last {
		return *last
	}
	w, known := d.words[string(b)]
	if !known {
		w = string(b)
	}
	if !known && len(d.words) < mostRemembered {
		d.words[w] = w
	}
	*last = w
	return w
}

// list is such a value's words, as failure codes are stored. It is shared: nobody changes it.
func (d *direct) list(value string) []string {
	words, known := d.lists[value]
	if !known {
		words = strings.Fields(value)
		if len(d.lists) < mostRemembered {
			d.lists[value] = words
		}
	}
	return words
}
