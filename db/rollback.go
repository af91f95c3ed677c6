package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// onlyRollback serves a sealed desk: it takes nothing but the acceptance of the
// rollback, which carries the mark acceptingRollback.
func (db *DB) onlyRollback(batch []*job) error {
	for _, j := range batch {
		if j.ctx.Value(acceptingRollback{}) == nil {
			j.err = ErrSealed
			continue
		}
		why := db.Sealed()
		db.seal("")
		if err := db.commitBatch([]*job{j}); err != nil || j.err != nil {
			db.seal(why)
			j.err = errors.Join(j.err, err)
		}
	}
	return nil
}

type acceptingRollback struct{}

// AcceptRollback unseals a desk whose database is older than its anchor, or whose anchor
// is missing. The event says why, and holds the head that was lost as far as it is known,
// so that the gap stays visible for good. Every session ends.
func (db *DB) AcceptRollback(ctx context.Context, by Actor, reason string) error {
	head, known, err := db.lastAnchored()
	if err != nil {
		return err
	}
	lost := []review.Fact{{Name: "lost_size", Value: fmt.Sprint(head.Size)}, {Name: "lost_root", Value: head.Root.String()}}
	if !known {
		lost = []review.Fact{{Name: "anchor", Value: "missing"}}
	}
	if db.Sealed() == "" {
		return errors.New("the desk is not sealed")
	}
	if db.noKey != "" {
		return errors.New(db.noKey)
	}
	return db.Do(context.WithValue(ctx, acceptingRollback{}, true), func(tx *Tx) error {
		// Whoever was signed out in what is lost would be signed in again.
		for _, end := range []string{`UPDATE session SET ended_at = ? WHERE ended_at = 0`, `UPDATE token SET ended_at = ? WHERE ended_at = 0`} {
			if _, err := tx.exec(end, micros(tx.Now)); err != nil {
				return err
			}
		}
		tx.renewAnchor = true
		if _, err := tx.append(by, review.Event{Kind: review.EventRollback, Facts: lost, Words: []review.Words{{Field: "reason", Text: reason}}}, 0); err != nil {
			return err
		}
		return tx.eraseAgain()
	})
}

// renewAnchor puts the anchor of the lost timeline aside, as evidence, and begins a
// new one: the lost heads can never lie on the timeline that goes on from here. It
// happens after the commit: should the process die before it, the desk is sealed
// again, and never open without the event that says why.
func (db *DB) renewAnchor(now time.Time) (err error) {
	err = os.Rename(db.opts.Anchor, db.opts.Anchor+".lost-"+now.Format("20060102T150405.000Z"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if db.anchor != nil {
		if err := db.anchor.Close(); err != nil {
			return err
		}
	}
	db.anchor, err = audit.OpenAnchor(db.opts.Anchor)
	return err
}
