package db

import (
	"context"
	"errors"
	"fmt"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// AskWitness makes what a witness is to be asked next: the newest head, and the proof
// that it goes on from the old one. size is the newest head's.
func (db *DB) AskWitness(ctx context.Context, old int64) (ask audit.WitnessRequest, size int64, err error) {
	q := db.read(ctx)
	if size, err = newestHead(q); err != nil {
		return ask, 0, err
	}
	if old > size {
		return ask, size, fmt.Errorf("a head of %d events: %w", old, ErrNotFound)
	}
	ask.Old = old
	if ask.Checkpoint, err = signedHead(q, size); err != nil {
		return ask, size, err
	}
	ask.Proof, err = audit.ProveConsistency(old, size, hashReader(q))
	return ask, size, err
}

// Rotations are the numbers of the events that handed the log over to another key.
func (db *DB) Rotations(ctx context.Context) (seqs []int64, err error) {
	all, err := entriesOf(db.read(ctx), review.EventKeyRotated, -1)
	for _, e := range all {
		seqs = append(seqs, e.Seq)
	}
	return seqs, err
}

// AskRotation makes what a witness is to be asked that does not know the key which this
// rotation brought in: its proof under the first head over it, and the proof that the
// head goes on from the old one. size is that head's.
func (db *DB) AskRotation(ctx context.Context, seq, old int64) (ask audit.RotationRequest, size int64, err error) {
	q := db.read(ctx)
	p := audit.Proof{Index: seq - 1}
	if err = q.row(`SELECT e.body, (SELECT MIN(size) FROM audit_checkpoint WHERE size >= e.seq) FROM audit_entry e WHERE e.seq = ?`, seq).Scan(&p.Entry, &size); err != nil {
		return ask, 0, err
	}
	if p.Checkpoint, err = signedHead(q, size); err != nil {
		return ask, size, err
	}
	if p.Hashes, err = audit.ProveInclusion(size, seq, hashReader(q)); err != nil {
		return ask, size, err
	}
	ask = audit.RotationRequest{Rotation: p, Ask: audit.WitnessRequest{Old: old, Checkpoint: p.Checkpoint}}
	ask.Ask.Proof, err = audit.ProveConsistency(old, size, hashReader(q))
	return ask, size, err
}

// KeepCosignature stores what a witness answered for the head of a size, and ends its
// trouble. An answer without its good signature is refused.
func (db *DB) KeepCosignature(ctx context.Context, w Witness, size int64, answer []byte) error {
	signed, err := signedHead(db.read(ctx), size)
	if err != nil {
		return err
	}
	cosigned, by, err := audit.AddCosignatures(signed, answer, []string{w.VKey})
	if err != nil || len(by) != 1 {
		return errors.Join(errors.New("its answer does not hold its signature"), err)
	}
	line := string(cosigned[len(signed):])
	return db.Do(ctx, func(tx *Tx) error {
		if _, err := tx.exec(`INSERT INTO cosignature (size, name, line, at) VALUES (?, ?, ?, ?) ON CONFLICT (size, name) DO NOTHING`,
			size, w.Name, line, micros(tx.Now)); err != nil {
			return err
		}
		_, err := tx.exec(`UPDATE witness SET trouble = '', refused = 0, trouble_at = 0 WHERE name = ? AND trouble <> ''`, w.Name)
		return err
	})
}

// WitnessTrouble keeps why a witness could not be had, for the pages. refused says
// that it holds a log that this one does not go on from: the gravest answer there is.
func (db *DB) WitnessTrouble(ctx context.Context, w Witness, why string, refused bool) error {
	if w.Trouble == why && w.Refused == refused {
		return nil
	}
	return db.Do(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE witness SET trouble = ?, refused = ?, trouble_at = CASE trouble_at WHEN 0 THEN ? ELSE trouble_at END WHERE name = ?`,
			why, refused, micros(tx.Now), w.Name)
		return err
	})
}
