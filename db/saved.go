package db

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"reviewdesk/review"
)

// SavedView is a list that somebody comes back to.
type SavedView struct {
	ID     int64
	Owner  review.Person
	Name   string
	Query  string // as an address writes it
	Shared bool   // everybody sees it
}

// mostViews is how many lists one person can save.
const mostViews = 30

// SaveView keeps a list under a name.
func (db *DB) SaveView(ctx context.Context, by Actor, v SavedView) (int64, error) {
	v.Name = strings.TrimSpace(v.Name)
	if n := utf8.RuneCountInString(v.Name); n < 1 || n > 60 || !utf8.ValidString(v.Name) {
		return 0, review.Invalid{"name": "A view's name has 1 to 60 characters."}
	}
	if len(v.Query) > 2000 {
		return 0, review.Invalid{"name": "This list has too many filters to keep."}
	}
	var id int64
	err := db.Do(ctx, func(tx *Tx) error {
		var n int
		if err := tx.row(`SELECT COUNT(*) FROM saved_view WHERE account = ?`, by.ID).Scan(&n); err != nil {
			return err
		}
		if n >= mostViews {
			return review.Invalid{"name": fmt.Sprintf("You have %d views. Remove one first.", n)}
		}
		var err error
		id, err = tx.insert(`INSERT INTO saved_view (account, name, query, shared, created_at) VALUES (?, ?, ?, ?, ?)`, by.ID, v.Name, v.Query, v.Shared, micros(tx.Now))
		return err
	})
	return id, err
}

// RemoveView removes a list of one's own.
func (db *DB) RemoveView(ctx context.Context, by Actor, id int64) error {
	return db.Do(ctx, func(tx *Tx) error {
		res, err := tx.exec(`DELETE FROM saved_view WHERE id = ? AND account = ?`, id, by.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("view: %w", ErrNotFound)
		}
		return nil
	})
}

// SavedViews lists one's own views, then those that others share. The slice is shared:
// nobody changes it.
func (db *DB) SavedViews(ctx context.Context, account string) ([]SavedView, error) {
	return keep(ctx, db, "views of "+account, func(q querier, _ time.Time) ([]SavedView, time.Time, error) {
		rows, err := q.rows(`SELECT s.id, s.account, a.name, s.name, s.query, s.shared FROM saved_view s JOIN account a ON a.id = s.account WHERE s.account = ?1
			UNION ALL SELECT s.id, s.account, a.name, s.name, s.query, s.shared FROM saved_view s JOIN account a ON a.id = s.account WHERE s.shared = 1 AND s.account <> ?1
			ORDER BY 6, 1 LIMIT 100`, account)
		if err != nil {
			return nil, lasting, err
		}
		var out []SavedView
		err = eachRow(rows, func() error {
			var v SavedView
			err := rows.Scan(&v.ID, &v.Owner.ID, &v.Owner.Name, &v.Name, &v.Query, &v.Shared)
			out = append(out, v)
			return err
		})
		return out, lasting, err
	})
}
