package db

import (
	"context"
	"database/sql"
	"errors"
)

func (tx *Tx) exec(query string, args ...any) (sql.Result, error) {
	tx.changed = tx.changed || changes(query)
	res, err := tx.db.conn.exec(query, args...)
	if tx.db.afterStatement != nil {
		tx.db.afterStatement(query)
	}
	return res, err
}

// one runs a change that must hit exactly one row.
func (tx *Tx) one(query string, args ...any) error {
	res, err := tx.exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errEmptyVersion)
	}
	return nil
}

func (tx *Tx) insert(query string, args ...any) (int64, error) {
	res, err := tx.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (tx *Tx) ring() *keyring { return &tx.known }

func (tx *Tx) row(query string, args ...any) answer {
	return tx.db.conn.row(query, args...)
}

func (tx *Tx) rows(query string, args ...any) (answers, error) {
	return tx.db.conn.rows(query, args...)
}

// reading is the reader pool, or one snapshot of it, as a querier.
type reading struct {
	ctx context.Context
	db  interface {
		QueryContext(context.Context, string, ...any) (*sql.Rows, error)
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}
}

func (db *DB) read(ctx context.Context) reading { return reading{ctx, &db.prepared} }

func (r reading) ring() *keyring { return nil }

func (r reading) row(query string, args ...any) answer {
	return r.db.QueryRowContext(r.ctx, query, args...)
}

func (r reading) rows(query string, args ...any) (answers, error) {
	return r.db.QueryContext(r.ctx, query, args...)
}
