package db

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/pressly/goose/v3"
)

// ErrSchema says that a database has a newer schema than this program knows.
var ErrSchema = errors.New("a newer schema")

func newerSchema(have, want int64) error {
	return fmt.Errorf("%w: the database has schema %d and this program knows %d at most: use the newer program that wrote it", ErrSchema, have, want)
}

// schemaOf is the number of the newest migration that a database has seen.
func schemaOf(q querier) (n int64, err error) {
	if err := q.row(`SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&n); err != nil {
		return 0, fmt.Errorf("this is no database of a desk: %w", err)
	}
	return n, nil
}

// newestSchema is the one that this program brings a database to: the greatest number
// that a migration's name begins with.
func newestSchema() (n int64) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // only for a bad pattern
	}
	for _, name := range files {
		if v, err := goose.NumericComponent(name); err == nil {
			n = max(n, v)
		}
	}
	return n
}

// notNewer refuses a database of a schema that this program does not know. Migrations
// alone would not: they find nothing to do.
func notNewer(q querier) error {
	have, err := schemaOf(q)
	if err == nil && have > newestSchema() {
		return newerSchema(have, newestSchema())
	}
	return err
}

// fileURI names a file for the driver.
func fileURI(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }
