package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"reviewdesk/review"
)

// Cases made through an API move on by themselves: storing, waiting, pending and so
// on. When each is due stands in table progress, so that a stop loses no step and
// takes none twice; the steps themselves are the provider's, in package review. The
// time is the transaction's, which never runs backwards: a clock that steps back
// makes cases wait, and one that jumps ahead makes them due, one step at a time.

const movedTogether = 50

// MoveDue takes the next step of the cases that are due and says how many there
// were. Fewer than a full batch means that the rest is for later.
func (db *DB) MoveDue(ctx context.Context) (moved int, err error) {
	due, err := db.due(ctx)
	if err != nil {
		return 0, err
	}
	for _, v := range due {
		if err := db.Do(ctx, func(tx *Tx) error { return tx.move(v) }); err != nil {
			return moved, fmt.Errorf("move case %d on: %w", v, err)
		}
		moved++
	}
	if moved > 0 {
		db.wakeSearch()
	}
	return moved, nil
}

func (db *DB) due(ctx context.Context) (due []int64, err error) {
	rows, err := db.read(ctx).rows(`SELECT v FROM progress WHERE due_at <= ? ORDER BY due_at, v LIMIT ?`, micros(db.Now()), movedTogether)
	if err != nil {
		return nil, err
	}
	return due, eachRow(rows, func() error {
		var v int64
		err := rows.Scan(&v)
		due = append(due, v)
		return err
	})
}

// move takes one step of one case. Whatever has changed since it was due is seen
// here, inside the transaction.
func (tx *Tx) move(seq int64) error {
	var id string
	var road review.Road
	err := tx.row(`SELECT v.id, p.road FROM progress p JOIN verification v ON v.seq = p.v WHERE p.v = ?`, seq).Scan(&id, &road)
	if isNoRows(err) {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := loadRow(tx, id)
	if err == nil {
		err = tx.db.unsealCase(tx, &r)
	}
	if err != nil {
		return err
	}
	platform, err := tx.db.opts.Vocabularies.Of(r.v.Provider)
	if err != nil {
		return err
	}
	if at, moves := platform.Due(r.v, road); !moves || at.After(tx.Now) {
		return tx.schedule(r.v, road)
	}
	object, err := platform.Advance(r.v, road, tx.Now)
	if err != nil {
		return err
	}
	return tx.advanced(object, r.v.Provider, road)
}

func (tx *Tx) advanced(object []byte, p review.Provider, road review.Road) error {
	next, err := tx.db.parse(p, object)
	if err != nil {
		return err
	}
	intake, r, err := tx.receive(System("progress"), Incoming{Verification: next})
	if err != nil {
		return err
	}
	if intake != review.IntakeUpdated {
		return errors.New("the next step was taken for " + string(intake))
	}
	if err := tx.notify(&r, r.objectEntry); err != nil {
		return err
	}
	return tx.schedule(r.v, road)
}

// schedule says when a case is due next, or that it is not any more.
func (tx *Tx) schedule(v review.Verification, road review.Road) error {
	platform, err := tx.db.opts.Vocabularies.Of(v.Provider)
	if err != nil {
		return err
	}
	at, moves := platform.Due(v, road)
	if !moves {
		_, err = tx.exec(`DELETE FROM progress WHERE v = ?`, v.Seq)
		return err
	}
	_, err = tx.exec(`INSERT INTO progress (v, road, due_at) VALUES (?, ?, ?) ON CONFLICT (v) DO UPDATE SET road = excluded.road, due_at = excluded.due_at`,
		v.Seq, string(road), micros(at))
	return err
}

// NextDue is when the next case moves on by itself; the zero time when none does.
func (db *DB) NextDue(ctx context.Context) (time.Time, error) {
	var at int64
	err := db.read(ctx).row(`SELECT due_at FROM progress ORDER BY due_at LIMIT 1`).Scan(&at)
	if isNoRows(err) {
		return time.Time{}, nil
	}
	return fromMicros(at), err
}
