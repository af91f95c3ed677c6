package db

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"zombiezen.com/go/sqlite"
)

// connection is a connection without database/sql between: the same engine on the same
// file. To ask for a row by it costs a fifth of what it costs through database/sql, and
// the writer asks for some twenty in each decision. One goroutine uses it at a time.
type connection struct {
	conn  *sqlite.Conn
	stmts map[string]*sqlite.Stmt // prepared once
	open  []*sqlite.Stmt          // those whose rows are being read
}

// mostWritten bounds how many statements a connection keeps prepared.
const mostWritten = 400

var errInsideItself = errors.New("db: a statement inside itself")

// openConnection opens one, with the pragmas of a connection string.
func openConnection(path, pragmas string, flags sqlite.OpenFlags) (*connection, error) {
	path = (&url.URL{Path: path}).EscapedPath()
	conn, err := sqlite.OpenConn("file:"+path, flags|sqlite.OpenURI)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	c := &connection{conn: conn, stmts: map[string]*sqlite.Stmt{}}
	all, err := url.ParseQuery(strings.TrimPrefix(pragmas, "?"))
	for _, p := range all["_pragma"] {
		if err == nil {
			_, err = c.exec(`PRAGMA ` + p)
		}
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return c, nil
}

func (c *connection) close() error { return c.conn.Close() }

// statement prepares each text once. The texts are few and fixed, but for the views that
// cases are claimed from: should these ever be many, it begins anew.
func (c *connection) statement(query string) (*sqlite.Stmt, error) {
	if s, known := c.stmts[query]; known {
		for _, reading := range c.open {
			if reading == s {
				return nil, errInsideItself
			}
		}
		return s, nil
	}
	if len(c.stmts) >= mostWritten && len(c.open) == 0 {
		for _, s := range c.stmts {
			s.Finalize()
		}
		clear(c.stmts)
	}
	s, err := c.conn.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	c.stmts[query] = s
	return s, nil
}

// start prepares a statement and gives it its arguments.
func (c *connection) start(query string, args []any) (*sqlite.Stmt, error) {
	s, err := c.statement(query)
	if err != nil {
		return nil, err
	}
	if n := s.BindParamCount(); n != len(args) {
		return nil, fmt.Errorf("db: %d arguments, the statement takes %d", len(args), n)
	}
	for i, a := range args {
		if err := bind(s, i+1, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// bind gives a statement one argument, as database/sql does.
func bind(s *sqlite.Stmt, n int, a any) error {
	switch a := a.(type) {
	case string:
		s.BindText(n, a)
	case int64:
		s.BindInt64(n, a)
	case int:
		s.BindInt64(n, int64(a))
	case bool:
		s.BindBool(n, a)
	case []byte:
		if a == nil {
			s.BindNull(n)
		} else {
			s.BindBytes(n, a)
		}
	case float64:
		s.BindFloat(n, a)
	case nil:
		s.BindNull(n)
	default:
		v, err := driver.DefaultParameterConverter.ConvertValue(a) // names of our own for the types above
		if err != nil || reflect.TypeOf(v) == reflect.TypeOf(a) {
			return fmt.Errorf("argument %d: no column holds a %T", n, a)
		}
		return bind(s, n, v)
	}
	return nil
}

// exec runs a statement to its end.
func (c *connection) exec(query string, args ...any) (sql.Result, error) {
	s, err := c.start(query, args)
	if err != nil {
		return nil, err
	}
	for more := true; more; {
		if more, err = s.Step(); err != nil {
			return nil, err // Step has reset it
		}
	}
	done := changed{int64(c.conn.Changes()), c.conn.LastInsertRowID()}
	return done, s.Reset()
}

// changed is what a statement has done.
type changed struct{ rows, id int64 }

// LastInsertId implements sql.Result.
func (d changed) LastInsertId() (int64, error) { return d.id, nil }

// RowsAffected implements sql.Result.
func (d changed) RowsAffected() (int64, error) { return d.rows, nil }

// asked is a query for one row. It runs when the row is scanned.
type asked struct {
	*connection
	query string
	args  []any
}

// Scan implements answer: it reads the first row, and is sql.ErrNoRows where there is none.
func (a *asked) Scan(into ...any) error {
	s, err := a.start(a.query, a.args)
	if err != nil {
		return err
	}
	more, err := s.Step()
	if err != nil {
		return err
	}
	if !more {
		err = sql.ErrNoRows
	} else {
		err = scan(s, into)
	}
	return errors.Join(err, s.Reset())
}

// reads are the rows of a query, one after the other.
type reads struct {
	*connection
	s    *sqlite.Stmt
	err  error
	done bool
}

// ring implements querier: what is asked on the connection alone opens nothing sealed.
func (c *connection) ring() *keyring { return nil }

func (c *connection) row(query string, args ...any) answer { return &asked{c, query, args} }

func (c *connection) rows(query string, args ...any) (answers, error) {
	s, err := c.start(query, args)
	if err != nil {
		return nil, err
	}
	c.open = append(c.open, s)
	return &reads{connection: c, s: s}, nil
}

// Next implements answers.
func (r *reads) Next() bool {
	if r.done {
		return false
	}
	more, err := r.s.Step()
	if !more {
		r.err = errors.Join(err, r.Close())
	}
	return more
}

// Scan implements answers.
func (r *reads) Scan(into ...any) error { return scan(r.s, into) }

// Err implements answers.
func (r *reads) Err() error { return r.err }

// Close implements answers.
func (r *reads) Close() error {
	if r.done {
		return nil
	}
	r.done = true
	for i, s := range r.open {
		if s == r.s {
			r.open = append(r.open[:i], r.open[i+1:]...)
			break
		}
	}
	return r.s.Reset()
}
