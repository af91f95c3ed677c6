package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// The pragmas stand in the connection string, so that every connection obeys:
// one that is set by a statement holds on one connection of a pool only.
const (
	commonPragmas = "&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=recursive_triggers(1)" +
		"&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=temp_store(2)&_pragma=mmap_size(0)"
	// 16 MiB of cache: with more, the import of a large file takes more memory than
	// the 128 MiB it is promised to take.
	// FULL, since under NORMAL a power cut loses answers already given. Checkpoints
	// are made by housekeep, so that no commit pays for a reader's old snapshot.
	writerPragmas = "?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=secure_delete(1)&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-16384)" + commonPragmas
	readerPragmas = "?_pragma=query_only(1)" + commonPragmas
	readers       = 8
	restsFor      = time.Minute // then a reader that nobody wants is closed, and its cache with it
)

var strictPragmas = sync.OnceFunc(func() { sqlite.StrictPragmas(true) })

func openHandle(path, pragmas string, conns int) (*sql.DB, error) {
	strictPragmas()
	h, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+pragmas)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	h.SetMaxOpenConns(conns)
	h.SetMaxIdleConns(conns)
	if conns > 1 {
		h.SetConnMaxIdleTime(restsFor)
	}
	if err := h.Ping(); err != nil {
		h.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return h, nil
}

// migrate runs the numbered migrations that the file has not seen yet.
func migrate(ctx context.Context, h *sql.DB) error {
	p, err := migrator(h)
	if err == nil {
		_, err = p.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

func migrator(h *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, h, files)
}

// micros stores a time; the zero time is 0. This and [fromMicros] are the only
// places where times change shape.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
