package db

import (
	"context"
)

// A page of one case is put together from some thirty short queries. Like lists they are
// read without database/sql, which took three quarters of their time (BenchmarkView), and
// those of the case itself as of one moment, so that no two of them are of different states.

// snapshot is a [querier] on such a connection, for one goroutine. A row is read before
// the next query is asked; the answer to one text is read to its end before the same text
// is asked again.
type snapshot struct {
	*connection
	known keyring
}

// asOfNow lends fn a snapshot of this moment, which lasts as long as fn: it waits for
// nobody and asks for no more than a page shows.
func (db *DB) asOfNow(ctx context.Context, fn func(q querier) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	d, err := db.takeDirect()
	if err != nil {
		return err
	}
	good := false
	defer func() { db.giveBack(d, good) }()
	if _, err := d.exec(`BEGIN`); err != nil {
		return err
	}
	err = fn(&snapshot{connection: d.connection})
	_, over := d.exec(`ROLLBACK`) // nothing was written
	good = over == nil
	return err
}

func (s *snapshot) ring() *keyring { return &s.known }

// brief reads single rows to which an index leads, each on such a connection, which it
// holds for no longer than that.
type brief struct {
	reading
	of *DB
}

func (db *DB) brief(ctx context.Context) brief { return brief{db.read(ctx), db} }

func (b brief) row(query string, args ...any) answer { return &briefRow{b, query, args} }

type briefRow struct {
	brief
	query string
	args  []any
}

// Scan asks for the row and takes its columns.
func (r *briefRow) Scan(into ...any) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	d, err := r.of.takeDirect()
	if err != nil {
		return err
	}
	err = d.row(r.query, r.args...).Scan(into...)
	r.of.giveBack(d, err == nil || isNoRows(err))
	return err
}
