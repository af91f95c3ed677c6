package db

import (
	"path/filepath"
	"strings"
	"time"
)

// erased looks for what would bring back somebody who was erased, and for where they lie
// still.
func (h *Health) erased(q querier, db *DB) error {
	any, err := erasedSince(q, time.Time{}, "")
	if err != nil || !any {
		return err
	}
	if path := listFile(db.opts.Anchor); fileSize(path) == 0 {
		h.add("The list of who was erased, %s, is missing or empty: if you have it, put it back; the next start writes it again from the log.", path)
	}
	folders, _ := filepath.Glob(filepath.Join(db.dir, replaced+"*")) // fails for a bad pattern only
	for _, folder := range folders {
		at, bad := time.Parse(replacedAt, strings.TrimPrefix(filepath.Base(folder), replaced))
		if bad != nil {
			continue // not ours
		}
		since, err := erasedSince(q, at, factLost)
		if err != nil {
			return err
		}
		if since {
			h.add("%s holds the database that restore replaced, and with it somebody who was erased since: remove it.", folder)
		}
	}
	return nil
}

// erasedSince reports whether somebody was erased after a time, by an event that lacks a
// fact: whoever was erased again was gone before.
func erasedSince(q querier, at time.Time, without string) (yes bool, err error) {
	err = q.row(`SELECT EXISTS (SELECT 1 FROM audit_entry WHERE kind = 'erased' AND at > ? AND instr(body, CAST(? AS BLOB)) = 0)`,
		micros(at), `{"name":"`+without+`"`).Scan(&yes)
	return yes, err
}
