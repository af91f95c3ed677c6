package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"reviewdesk/review"
)

// Mention is a note that names somebody.
type Mention struct {
	Case     string
	Provider review.Provider
	Name     string // the applicant's, as lists show it
	Entry    int64
	By       review.Person // who wrote it, without the role
	At       time.Time
	Seen     time.Time // when the case was opened since; zero: not yet
}

// keepMentions notes whom a note names: @ and the part of their e-mail address before
// its @. A name that nobody has is text.
func (tx *Tx) keepMentions(v, entry int64, note string) error {
	for _, part := range review.NoteParts(note) {
		if part.Name == "" {
			continue
		}
		if _, err := tx.exec(`INSERT INTO mention (account, entry, v) SELECT id, ?, ? FROM account WHERE email >= ? AND email < ? AND disabled_at = 0
			ON CONFLICT (account, entry) DO NOTHING`, entry, v, part.Name+"@", part.Name+"A"); err != nil {
			return fmt.Errorf("mention: %w", err)
		}
	}
	return nil
}

// MostMentions is how many a list shows, and how far they are counted.
const MostMentions = 50

// Mentions lists the notes that name somebody, newest first, those they have seen too.
func (db *DB) Mentions(ctx context.Context, account string) ([]Mention, error) {
	rows, err := db.read(ctx).rows(`SELECT v.id, v.provider, s.name, m.entry, e.actor, COALESCE(a.name, ''), e.at, m.seen_at FROM mention m JOIN verification v ON v.seq = m.v
		JOIN subject s ON s.id = v.subject JOIN audit_entry e ON e.seq = m.entry LEFT JOIN account a ON a.id = e.actor
		WHERE m.account = ? ORDER BY m.entry DESC LIMIT +?`, account, MostMentions)
	if err != nil {
		return nil, err
	}
	var out []Mention
	return out, eachRow(rows, func() error {
		var m Mention
		var at, seen int64
		err := rows.Scan(&m.Case, &m.Provider, &m.Name, &m.Entry, &m.By.ID, &m.By.Name, &at, &seen)
		m.At, m.Seen = fromMicros(at), fromMicros(seen)
		out = append(out, m)
		return err
	})
}

// CountMentions counts the notes that name somebody and that they have not seen, as
// far as a list shows them.
func (db *DB) CountMentions(ctx context.Context, account string) (int, error) {
	return keep(ctx, db, "mentions of "+account, func(q querier, _ time.Time) (n int, _ time.Time, err error) {
		err = q.row(`SELECT COUNT(*) FROM (SELECT 1 FROM mention m WHERE account = ? AND seen_at = 0 LIMIT +?)`, account, MostMentions).Scan(&n)
		return n, lasting, err
	})
}

// Member is somebody of the team, as a note names them.
type Member struct {
	Handle string // the part of the e-mail address before its @
	Name   string
	Role   review.Role
}

// Team lists those who can sign in, by name.
func (db *DB) Team(ctx context.Context) ([]Member, error) {
	people, err := db.People(ctx)
	var out []Member
	for _, a := range people {
		if a.Active() {
			handle, _, _ := strings.Cut(a.Email, "@")
			out = append(out, Member{handle, a.Name, a.Role})
		}
	}
	return out, err
}

// mentionedIn reports whether a note of the case names somebody who has not seen it.
func mentionedIn(q querier, account, id string) (bool, error) {
	var n int
	err := q.row(`SELECT COUNT(*) FROM mention m WHERE account = ? AND seen_at = 0 AND v = (SELECT seq FROM verification WHERE id = ?)`, account, id).Scan(&n)
	return n > 0, err
}

// mentionsSeen notes that somebody has opened the case whose notes name them. It is
// part of the record that they opened it (law 2): in the same transaction, and never
// without that record.
func (tx *Tx) mentionsSeen(account string, v int64) error {
	res, err := tx.exec(`UPDATE mention SET seen_at = ? WHERE account = ? AND seen_at = 0 AND v = ?`, micros(tx.Now), account, v)
	if err != nil {
		return fmt.Errorf("mentions seen: %w", err)
	}
	n, err := res.RowsAffected()
	tx.changed = tx.changed || n > 0 // for most looks there is none: see kept.go
	return err
}
