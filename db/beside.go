package db

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// Beside are the cases next to one in a list, by their ids; "" for none.
type Beside struct {
	Before, Next string
	Listed       bool // the list holds the case itself
}

// Beside finds the neighbours of a case whose place in a list this is. It may have left
// the list, or never been there: unless the caller is sure, the list is asked.
func (db *DB) Beside(ctx context.Context, f review.Filter, place Cursor, sure bool) (b Beside, err error) {
	if len(searchTerms(f.Query)) > 0 {
		return db.besideFound(ctx, f, place, sure)
	}
	few, err := db.few(ctx, f)
	if err != nil {
		return b, fmt.Errorf("neighbours: %w", err)
	}
	err = db.directly(ctx, func(d *direct) (err error) {
		if b.Before, b.Next, err = db.nextTo(d, f, place, few); err != nil || sure {
			b.Listed = sure
			return err
		}
		b.Listed, err = db.listed(d, f, place.Seq)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("neighbours: %w", err)
	}
	return b, nil
}

func (db *DB) nextTo(d *direct, f review.Filter, place Cursor, few bool) (before, next string, err error) {
	place.Back = true
	query, args := listQueryOver(openJoins, f, place, 1, db.Now(), few)
	if before, err = d.id(`SELECT v.id`+query, args); err != nil {
		return "", "", err
	}
	place.Back = false
	query, args = listQueryOver(openJoins, f, place, 1, db.Now(), few)
	next, err = d.id(`SELECT v.id`+query, args)
	return before, next, err
}

// listed reports whether a list holds a case.
func (db *DB) listed(d *direct, f review.Filter, seq int64) (bool, error) {
	var w where // no filter leads: the case itself does
	w.statuses(f.Statuses)
	w.filter(f, db.Now())
	w.add("v.seq = ?", seq)
	if orderOf(f).column == "v.decided_at" {
		w.add("v.decided_at > 0")
	}
	id, err := d.id(`SELECT v.id`+w.from()+openJoins+w.String(), w.args)
	return id != "", err
}

// id reads the one that a query finds; "" for none.
func (d *direct) id(query string, args []any) (id string, err error) {
	err = d.each(query, args, func(s *sqlite.Stmt) error {
		id = s.ColumnText(0)
		return nil
	})
	return id, err
}

// besideFound is the same among what a search finds.
func (db *DB) besideFound(ctx context.Context, f review.Filter, place Cursor, sure bool) (b Beside, err error) {
	next, err := db.List(ctx, f, place, 1)
	if err != nil {
		return b, err
	}
	place.Back = true
	before, err := db.List(ctx, f, place, 1)
	if err != nil {
		return b, err
	}
	for _, r := range next.Rows {
		b.Next = r.ID
	}
	for _, r := range before.Rows {
		b.Before = r.ID
	}
	back := next.Prev
	if back == nil {
		back = before.Next
	}
	if b.Listed = sure; sure || back == nil {
		return b, nil
	}
	page, err := db.List(ctx, f, *back, 1)
	b.Listed = err == nil && len(page.Rows) > 0 && page.Rows[0].Seq == place.Seq
	return b, err
}
