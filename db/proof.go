package db

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// Proof proves one event to an outsider. The head is the newest that as many
// witnesses have countersigned as the quorum asks for; while there is none over the
// event, it is the newest of all. An unknown number is [ErrNotFound].
func (db *DB) Proof(ctx context.Context, seq int64) (audit.Proof, error) {
	q := db.read(ctx)
	p := audit.Proof{Index: seq - 1}
	err := q.row(`SELECT body FROM audit_entry WHERE seq = ?`, seq).Scan(&p.Entry)
	if isNoRows(err) {
		return p, fmt.Errorf("audit event: %w", ErrNotFound)
	}
	if err != nil {
		return p, err
	}
	size, err := provingSize(q, seq)
	if err != nil {
		return p, err
	}
	if p.Checkpoint, err = cosignedHead(q, size); err != nil {
		return p, err
	}
	p.Hashes, err = audit.ProveInclusion(size, seq, hashReader(q))
	return p, err
}

// mostCosigned is how many of the newest cosignatures are looked at for a head that
// enough witnesses have seen.
const mostCosigned = 3_000

// provingSize chooses the head under which an event is proven.
func provingSize(q querier, seq int64) (size int64, err error) {
	quorum, err := quorumOf(q)
	if err != nil {
		return 0, err
	}
	err = q.row(`SELECT c.size FROM (SELECT size, name FROM cosignature WHERE size >= ? ORDER BY size DESC LIMIT +?) c
		JOIN witness w ON w.name = c.name GROUP BY c.size HAVING COUNT(*) >= ? ORDER BY c.size DESC LIMIT 1`, seq, mostCosigned, max(quorum, 1)).Scan(&size)
	if !isNoRows(err) {
		return size, err
	}
	return newestHead(q)
}

// newestHead is the size of the newest signed head. There is one, unless the log is
// damaged.
func newestHead(q querier) (size int64, err error) {
	if err = q.row(`SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint`).Scan(&size); err == nil && size == 0 {
		err = fmt.Errorf("signed head: %w", ErrNotFound)
	}
	return size, err
}

// signedHead reads the signed head of a size.
func signedHead(q querier, size int64) (signed []byte, err error) {
	err = q.row(`SELECT signed FROM audit_checkpoint WHERE size = ?`, size).Scan(&signed)
	if isNoRows(err) {
		return nil, fmt.Errorf("signed head of %d events: %w", size, ErrNotFound)
	}
	return signed, err
}

// cosignedHead is the signed head of a size with the witnesses' lines under it.
func cosignedHead(q querier, size int64) ([]byte, error) {
	signed, err := signedHead(q, size)
	if err != nil {
		return nil, err
	}
	rows, err := q.rows(`SELECT line FROM cosignature WHERE size = ? ORDER BY name`, size)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var line string
		err := rows.Scan(&line)
		signed = append(signed, line...)
		return err
	})
	return signed, err
}

// Decided finds the event that decided a case: the second person's word where one was
// needed, else the decision. A case that the desk has not decided is [ErrNotFound].
func (db *DB) Decided(ctx context.Context, id string) (seq int64, err error) {
	err = db.read(ctx).row(`SELECT CASE WHEN d.second_entry > 0 THEN d.second_entry ELSE d.entry END
		FROM verification v JOIN decision d ON d.id = v.decision WHERE v.id = ? AND v.decider <> ''`, id).Scan(&seq)
	if isNoRows(err) {
		return 0, fmt.Errorf("decision: %w", ErrNotFound)
	}
	return seq, err
}

// Consistency shows that the log with the newer head only added to that with the
// older one.
type Consistency struct {
	From, To       audit.Checkpoint
	FromNote, Note []byte // as they were signed; the newer one with its cosignatures
	Proof          tlog.TreeProof
}

// File is the proof for somebody who kept the older head, in the form in which a
// witness is asked (C2SP tlog-witness, add-checkpoint).
func (c Consistency) File() []byte {
	return audit.WitnessRequest{Old: c.From.Size, Proof: c.Proof, Checkpoint: c.Note}.Bytes()
}

// Consistency proves that the log of to events begins with that of from events. Sizes
// for which there is no signed head are [ErrNotFound].
func (db *DB) Consistency(ctx context.Context, from, to int64) (c Consistency, err error) {
	q := db.read(ctx)
	if c.FromNote, err = signedHead(q, from); err != nil {
		return c, err
	}
	if c.Note, err = cosignedHead(q, to); err != nil {
		return c, err
	}
	chain := db.signingNow().chain
	if c.From, err = chain.Open(c.FromNote); err != nil {
		return c, err
	}
	if c.To, err = chain.Open(c.Note); err != nil {
		return c, err
	}
	c.Proof, err = audit.ProveConsistency(from, to, hashReader(q))
	return c, err
}

// HeadNear is the size of the newest signed head of at most so many events; 0 if
// there is none so small.
func (db *DB) HeadNear(ctx context.Context, size int64) (near int64, err error) {
	err = db.read(ctx).row(`SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint WHERE size <= ?`, size).Scan(&near)
	return near, err
}
