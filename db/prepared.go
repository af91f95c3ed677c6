package db

import (
	"context"
	"database/sql"
	"sync"
)

// mostPrepared bounds how many statements the reader keeps prepared: a list has
// another text for each combination of filters.
const mostPrepared = 200

// preparedReader is the reader pool with its statements prepared once: to prepare
// the queue's statement costs as much as to run it.
//
// SQLite itself prepares a statement anew at every call if its plan looked at the value
// of an argument: a bare LIMIT ?, and column > ? where an index has the condition
// column > 0. Both are written with a plus (LIMIT +?), which hides the argument from
// the planner; a test sees to it.
type preparedReader struct {
	pool  *sql.DB
	mu    sync.RWMutex
	stmts map[string]*sql.Stmt
}

// statement is the text prepared; nil where the pool has to take the text itself.
func (p *preparedReader) statement(ctx context.Context, query string) *sql.Stmt {
	p.mu.RLock()
	s, full := p.stmts[query], len(p.stmts) >= mostPrepared
	p.mu.RUnlock()
	if s != nil || full {
		return s
	}
	s, err := p.pool.PrepareContext(ctx, query)
	if err != nil {
		return nil // the pool will say the same
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.stmts[query]; first != nil {
		s.Close() // somebody was quicker
		return first
	}
	if p.stmts == nil {
		p.stmts = map[string]*sql.Stmt{}
	}
	p.stmts[query] = s
	return s
}

// QueryContext runs a query for rows.
func (p *preparedReader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return p.pool.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row.
func (p *preparedReader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return p.pool.QueryRowContext(ctx, query, args...)
}
