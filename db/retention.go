package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// How long a person's data are kept. Table ended holds, for each person all of whose
// cases have ended, when they did; it changes in the transaction of whatever ends or
// opens a case. The periods are the policy's, of the day on which somebody asks.

// Retention says how the data of a case's person are kept: until when, whether somebody
// holds them, or when they were erased. It tells nothing about the person.
func (db *DB) Retention(ctx context.Context, id string) (review.Retention, error) {
	q := db.read(ctx)
	subject, err := subjectOf(q, id)
	if err != nil {
		return review.Retention{}, err
	}
	return db.retention(q, subject)
}

func subjectOf(q querier, id string) (subject int64, err error) {
	err = q.row(`SELECT subject FROM verification WHERE id = ?`, id).Scan(&subject)
	if isNoRows(err) {
		err = ErrNotFound
	}
	if err != nil {
		err = fmt.Errorf("verification: %w", err)
	}
	return subject, err
}

// retention is that of one person, under the policy that holds now.
func (db *DB) retention(q querier, subject int64) (r review.Retention, err error) {
	policy, err := db.policy(q)
	if err != nil {
		return r, err
	}
	r = review.Retention{Person: subject}
	if r.Cases, err = keptCases(q, subject); err != nil {
		return r, err
	}
	if r.Hold, err = db.holdOn(q, subject); err != nil {
		return r, err
	}
	if r.Erased, err = erasureOfPerson(q, subject); err != nil {
		return r, err
	}
	r.Reckon(policy.Keep)
	return r, nil
}

// keptCases are the cases of a person, oldest first.
func keptCases(q querier, subject int64) (out []review.KeptCase, err error) {
	rows, err := q.rows(`SELECT id, provider, status, codes, reopen_by, decided_at, effective_at, updated_at FROM verification WHERE subject = ? ORDER BY created_at, seq`, subject)
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	return out, eachRow(rows, func() error {
		var c review.KeptCase
		var codes, reopening string
		var decided, effective, updated int64
		err := rows.Scan(&c.ID, &c.Provider, &c.Status, &codes, &reopening, &decided, &effective, &updated)
		c.Codes = strings.Fields(codes)
		c.Ended = review.EndedAt(c.Status, reopening != "", fromMicros(decided), fromMicros(effective), fromMicros(updated))
		out = append(out, c)
		return err
	})
}

// keepEnded notes when the last of a person's cases ended, or that one has not.
func (tx *Tx) keepEnded(subject int64) error {
	cases, err := keptCases(tx, subject)
	if err != nil {
		return err
	}
	var ordinary, sanctions time.Time
	for _, c := range cases {
		last := &ordinary
		if review.Sanctions(c.Provider, c.Codes) {
			last = &sanctions
		}
		if c.Ended.IsZero() {
			_, err := tx.exec(`DELETE FROM ended WHERE subject = ?`, subject)
			return err
		}
		if c.Ended.After(*last) {
			*last = c.Ended
		}
	}
	_, err = tx.exec(`INSERT INTO ended (subject, ordinary, sanctions) VALUES (?, ?, ?)
		ON CONFLICT (subject) DO UPDATE SET ordinary = excluded.ordinary, sanctions = excluded.sanctions`, subject, micros(ordinary), micros(sanctions))
	return err
}

// reckonedTogether is how many cases of an older desk are looked at in one piece.
const reckonedTogether = 250

// reckonOlder looks at the next cases that ended before the desk kept table ended, and
// says whether there are more.
func (db *DB) reckonOlder(ctx context.Context) (more bool, err error) {
	var left int64
	if err := db.read(ctx).row(`SELECT left FROM reckoning`).Scan(&left); err != nil || left == 0 {
		return false, err
	}
	return true, db.Do(ctx, (*Tx).reckonSome)
}

func (tx *Tx) reckonSome() error {
	var left int64
	if err := tx.row(`SELECT left FROM reckoning`).Scan(&left); err != nil {
		return err
	}
	rows, err := tx.rows(`SELECT v.seq, v.subject, v.status, length(s.key) = 0 FROM verification v JOIN subject s ON s.id = v.subject
		WHERE v.seq <= ? ORDER BY v.seq DESC LIMIT +?`, left, reckonedTogether)
	if err != nil {
		return err
	}
	seen, persons := 0, map[int64]bool{}
	err = eachRow(rows, func() error {
		var seq, subject int64
		var status review.Status
		var erased bool
		err := rows.Scan(&seq, &subject, &status, &erased)
		seen, left = seen+1, seq-1
		if !erased && (status.Decided() || status == review.StatusLapsed) {
			persons[subject] = true
		}
		return err
	})
	for subject := range persons {
		if err == nil {
			err = tx.keepEnded(subject)
		}
	}
	if err != nil {
		return err
	}
	if seen < reckonedTogether {
		left = 0
	}
	_, err = tx.exec(`UPDATE reckoning SET left = ?`, left)
	return err
}

// erasureOf reads of a case when its person was erased; nil where they were not.
func erasureOf(q querier, v int64) (*review.Erasure, error) {
	return scanErasure(q.row(erasureColumns+` WHERE x.v = ?`, v).Scan)
}

func erasureOfPerson(q querier, subject int64) (*review.Erasure, error) {
	return scanErasure(q.row(erasureColumns+` JOIN verification v ON v.seq = x.v WHERE v.subject = ? ORDER BY x.entry LIMIT 1`, subject).Scan)
}

const erasureColumns = `SELECT x.entry, e.at, e.actor, COALESCE(a.name, ''), e.body FROM erasure x JOIN audit_entry e ON e.seq = x.entry LEFT JOIN account a ON a.id = e.actor`

func scanErasure(scan func(...any) error) (*review.Erasure, error) {
	var out review.Erasure
	var at int64
	var body []byte
	err := scan(&out.Entry, &at, &out.By.ID, &out.By.Name, &body)
	if isNoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("erasure: %w", err)
	}
	out.At = fromMicros(at)
	if e, err := audit.Parse(body); err == nil { // who reads the log is told what is wrong with it
		out.Ground = review.LegalGround(factsOf(&e, factGround))
	}
	return &out, nil
}

const (
	factGround = "legal_ground"
	factPerson = "person"
)
