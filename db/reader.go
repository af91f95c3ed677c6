package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// LogReader reads a workspace's log from one snapshot, beside a running desk. It
// writes nothing and needs no secret.
type LogReader struct {
	handle   *sql.DB
	snapshot *sql.Tx
	q        reading
	own      string // the public key that lies in the folder
}

// OpenLog opens a workspace's log for reading only. A folder without one is
// [ErrNoWorkspace].
func OpenLog(ctx context.Context, dir string) (l *LogReader, err error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, ErrNoWorkspace)
	}
	files, err := readPublicKeys(dir)
	if err != nil {
		return nil, err
	}
	l = &LogReader{own: files[len(files)-1]}
	if l.handle, err = openHandle(path, readerPragmas, 1); err != nil {
		return nil, err
	}
	if l.snapshot, err = l.handle.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		l.handle.Close()
		return nil, err
	}
	l.q = reading{ctx, l.snapshot}
	if _, err := newestHead(l.q); err != nil { // the first read takes the snapshot
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close lets go of the snapshot.
func (l *LogReader) Close() error {
	l.snapshot.Rollback() // it has written nothing
	return l.handle.Close()
}

// Head is the newest signed head with the cosignatures that came in for it.
func (l *LogReader) Head() ([]byte, error) {
	size, err := newestHead(l.q)
	if err != nil {
		return nil, err
	}
	return cosignedHead(l.q, size)
}

// Keys are the log's public keys up to that head, in the order of their use.
func (l *LogReader) Keys() ([]string, error) {
	chain, err := keyChain(l.q, l.own)
	if err != nil {
		return nil, err
	}
	return chain.VKeys(), nil
}

// ReadHashes implements tlog.HashReader over the stored hashes.
func (l *LogReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return hashReader(l.q).ReadHashes(indexes)
}

// BundleEntries yields by rising number what a bundle of this scope holds: all events;
// those of one object; or those of a period with the one before and the one after;
// and, for the last two, every rotation of the key besides.
func (l *LogReader) BundleEntries(scope audit.BundleScope, yield func(seq int64, body []byte) error) error {
	w := where{}
	switch scope.Kind {
	case audit.ScopeCase:
		w.add("(object = ? AND object <> '' OR kind = ?)", scope.Case, string(review.EventKeyRotated))
	case audit.ScopePeriod:
		first, last, err := l.period(scope.From, scope.To)
		if err != nil {
			return err
		}
		w.add("(seq BETWEEN ? AND ? OR kind = ?)", first, last, string(review.EventKeyRotated))
	}
	w.add("seq > ?")
	return chunks(l.q, `SELECT seq, body FROM audit_entry`+w.String()+` ORDER BY seq LIMIT +?`,
		func(rows answers) (seq int64, body []byte, err error) {
			err = rows.Scan(&seq, &body)
			return seq, body, err
		}, yield, w.args...)
}

// period is the span of numbers of a period, with the event before and the one after.
func (l *LogReader) period(from, to time.Time) (first, last int64, err error) {
	err = l.q.row(`SELECT COALESCE(MAX(seq), 0) FROM audit_entry`).Scan(&last)
	if err == nil && !from.IsZero() {
		err = l.q.row(`SELECT COALESCE((SELECT seq FROM audit_entry WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1), 0)`, micros(from)).Scan(&first)
	}
	if err == nil && !to.IsZero() {
		err = l.q.row(`SELECT COALESCE((SELECT seq FROM audit_entry WHERE at >= ? ORDER BY at, seq LIMIT 1), ?)`, micros(to), last).Scan(&last)
	}
	return first, last, err
}
