package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// mostWritten bounds how many statements the writer keeps prepared.
const mostWritten = 400

func (tx *Tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return nil, err
	}
	tx.changed = tx.changed || changes(query)
	res, err := s.ExecContext(tx.ctx, args...)
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

func (tx *Tx) row(query string, args ...any) *sql.Row {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return tx.db.conn.QueryRowContext(tx.ctx, query, args...) // reports the same error on Scan
	}
	return s.QueryRowContext(tx.ctx, args...)
}

func (tx *Tx) rows(query string, args ...any) (*sql.Rows, error) {
	s, err := tx.db.statement(tx.ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(tx.ctx, args...)
}

// statement prepares each text once. The writer's texts are few and fixed, but for the
// views that cases are claimed from: should these ever be many, it begins anew.
func (db *DB) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := db.stmts[query]; ok {
		return s, nil
	}
	if len(db.stmts) >= mostWritten {
		for _, s := range db.stmts {
			s.Close()
		}
		clear(db.stmts)
	}
	s, err := db.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	db.stmts[query] = s
	return s, nil
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

func (r reading) row(query string, args ...any) *sql.Row {
	return r.db.QueryRowContext(r.ctx, query, args...)
}

func (r reading) rows(query string, args ...any) (*sql.Rows, error) {
	return r.db.QueryContext(r.ctx, query, args...)
}
