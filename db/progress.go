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
// time is the clock's, also where the log's, which never runs backwards, is ahead of
// it: a clock that steps back makes those cases wait that changed after the time it
// shows now, and none that is made later; one that jumps ahead makes them due, one step
// at a time.

const movedTogether = 50

// tryAgainAfter is how long a case waits whose step failed, so that it stands in no
// other's way.
const tryAgainAfter = time.Minute

// MoveDue takes the next step of the cases that are due and says how many there
// were. Fewer than a full batch means that the rest is for later. A step that fails
// is told, and holds up no other case.
func (db *DB) MoveDue(ctx context.Context) (due int, err error) {
	cases, err := db.due(ctx)
	for _, v := range cases {
		failed := db.Do(ctx, func(tx *Tx) error { return tx.move(v) })
		if failed == nil {
			continue
		}
		err = errors.Join(err, fmt.Errorf("move case %d on: %w", v, failed))
		if failed := db.Do(ctx, func(tx *Tx) error { return tx.putOff(v) }); failed != nil {
			return len(cases), errors.Join(err, failed) // nothing can be recorded
		}
	}
	if len(cases) > 0 {
		db.wakeSearch()
	}
	return len(cases), err
}

func (tx *Tx) putOff(v int64) error {
	_, err := tx.exec(`UPDATE progress SET due_at = ? WHERE v = ?`, micros(tx.db.Now().Add(tryAgainAfter)), v)
	return err
}

func (db *DB) due(ctx context.Context) (due []int64, err error) {
	rows, err := db.read(ctx).rows(`SELECT v FROM progress WHERE due_at <= ? ORDER BY due_at, v LIMIT +?`, micros(db.Now()), movedTogether)
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
	now := tx.db.Now()
	if at, moves := platform.Due(r.v, road); !moves || at.After(now) {
		return tx.schedule(r.v, road)
	}
	object, err := platform.Advance(r.v, road, now)
	if err != nil {
		return err
	}
	return tx.advanced(object, r.v, road)
}

func (tx *Tx) advanced(object []byte, before review.Verification, road review.Road) error {
	next, err := tx.db.parse(before.Provider, object)
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
	if r.v.Status != before.Status || r.v.Arrived != before.Arrived {
		if err := tx.notify(&r, r.objectEntry); err != nil {
			return err
		}
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
