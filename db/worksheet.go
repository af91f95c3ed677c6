package db

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"reviewdesk/review"
)

// Sheet is a name-match worksheet with who filled it in, and when.
type Sheet struct {
	review.Worksheet
	Seq int64         // the event that recorded it
	By  review.Person // without the role
	At  time.Time
}

// NameMatch records a name-match worksheet.
func (db *DB) NameMatch(ctx context.Context, by Actor, id string, w review.Worksheet) (review.Verification, error) {
	return db.act(ctx, by, id, func(v review.Verification, _ time.Time) (review.Verification, review.Event, error) {
		return v.NameMatch(w, by.Person)
	}, func(tx *Tx, r *caseRow, entry int64) error {
		_, err := tx.exec(`INSERT INTO worksheet (v, code, entry, conclusion) VALUES (?, ?, ?, ?)
			ON CONFLICT (v, code) DO UPDATE SET entry = excluded.entry, conclusion = excluded.conclusion`, r.v.Seq, w.Code, entry, string(w.Conclusion))
		return err
	})
}

// worksheets opens a case's name-match worksheets, the newest of each code.
func (db *DB) worksheets(q querier, v int64) ([]Sheet, error) {
	return db.openSheets(q, `SELECT entry FROM worksheet WHERE v = ? ORDER BY entry`, v)
}

// worksheetsBefore opens those that there were before an event of the log.
func (db *DB) worksheetsBefore(q querier, id string, seq int64) ([]Sheet, error) {
	return db.openSheets(q, `SELECT seq FROM audit_entry WHERE object = ? AND object <> '' AND seq < ? AND +kind = 'name_matched' ORDER BY seq`, id, seq)
}

// openSheets opens the worksheets of the events that a query names, oldest first; of
// two with the same code the newer one counts.
func (db *DB) openSheets(q querier, query string, args ...any) ([]Sheet, error) {
	rows, err := q.rows(query, args...)
	if err != nil {
		return nil, err
	}
	var entries []int64
	if err := eachRow(rows, func() error {
		var e int64
		err := rows.Scan(&e)
		entries = append(entries, e)
		return err
	}); err != nil {
		return nil, err
	}
	newest := map[string]Sheet{}
	for _, e := range entries {
		s, err := db.openSheet(q, e)
		if err != nil {
			return nil, err
		}
		if s.Code != "" { // "" once its words are forgotten
			newest[s.Code] = s
		}
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b Sheet) int { return cmp.Compare(a.Code, b.Code) }), nil
}

func (db *DB) openSheet(q querier, entry int64) (Sheet, error) {
	s := Sheet{Seq: entry}
	var at int64
	err := q.row(`SELECT e.actor, COALESCE(p.name, ''), e.at FROM audit_entry e LEFT JOIN account p ON p.id = e.actor WHERE e.seq = ?`, entry).
		Scan(&s.By.ID, &s.By.Name, &at)
	if err != nil {
		return s, fmt.Errorf("worksheet: %w", err)
	}
	s.At = fromMicros(at)
	text, err := db.words(q, entry, "worksheet")
	if err != nil || text == "" {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s.Worksheet); err != nil {
		return s, fmt.Errorf("worksheet: %w", err)
	}
	return s, nil
}
