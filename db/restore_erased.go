package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
)

// emptyListed takes away from a copy, before it is put in anybody's place, whom the list
// names and the copy does not know to be gone. The desk's next start records it. A list
// that lies elsewhere is put beside the anchor, where there is none.
func (db *DB) emptyListed(ctx context.Context, path, list string, r *Restored) (err error) {
	own := listFile(db.opts.Anchor)
	if list == "" {
		list = own
	}
	r.List, r.NoList = list, fileSize(list) <= 0
	if r.NoList {
		return nil
	}
	if err := db.writing(ctx, path, func(tx *Tx) error {
		lines, err := db.readList(tx, list)
		if err != nil {
			return fmt.Errorf("%s: %w", list, err)
		}
		if r.Emptied = len(lines); len(lines) == 0 {
			return nil
		}
		if err := db.wipeAgain(lines); err != nil {
			return err
		}
		// Nobody waits for the index of a copy: it is written anew at once.
		if _, err := tx.exec(`INSERT INTO search (search) VALUES ('optimize')`); err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO search_id (search_id) VALUES ('optimize')`)
		return err
	}); err != nil {
		return err
	}
	return db.bringList(list, own)
}

// writing lends the write connection of a file that nobody else has open, outside any
// transaction.
func (db *DB) writing(ctx context.Context, path string, do func(*Tx) error) (err error) {
	if db.conn, err = openConnection(path, writerPragmas, sqlite.OpenReadWrite); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.conn.close()) }()
	return do(&Tx{db: db, ctx: ctx, Now: db.Now()})
}

// bringList copies a list to where the desk looks for it.
func (db *DB) bringList(list, own string) error {
	if list == own || fileSize(own) > 0 {
		return nil
	}
	text, err := os.ReadFile(list)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(own), 0o700)
	}
	if err == nil {
		err = appendSynced(own, text)
	}
	return err
}
