package db

import (
	"path/filepath"
	"strings"
	"time"
)

// erased looks for what would bring back somebody who was erased, and for where they lie
// still.
func (h *Health) erased(q querier, db *DB) error {
	var newest int64
	err := q.row(`SELECT at FROM audit_entry WHERE kind = 'erased' ORDER BY seq DESC LIMIT 1`).Scan(&newest)
	if isNoRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if path := listFile(db.opts.Anchor); fileSize(path) == 0 {
		h.add("The list of who was erased, %s, is missing or empty: if you have it, put it back; the next start writes it again from the log.", path)
	}
	folders, _ := filepath.Glob(filepath.Join(db.dir, replaced+"*")) // fails for a bad pattern only
	for _, folder := range folders {
		at, err := time.Parse(replacedAt, strings.TrimPrefix(filepath.Base(folder), replaced))
		if err == nil && at.Before(fromMicros(newest)) {
			h.add("%s holds the database that restore replaced, and with it somebody who was erased since: remove it.", folder)
		}
	}
	return nil
}
