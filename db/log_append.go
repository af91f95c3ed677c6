package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Actor is who acts, and from where. It comes from the session or the token,
// never from a form.
type Actor struct {
	Kind string // "person", "client" or "system"
	review.Person
	Address string   // network address
	Request string   // request id
	Session string   // digest of the session
	Factors []string // how they had signed in
}

// System is the desk itself, acting through one of its commands or workers.
func System(name string) Actor {
	return Actor{Kind: "system", Person: review.Person{ID: "system:" + name, Name: "System"}}
}

// append adds one event to the log, with its commitments. The words it commits to
// are kept sealed under the subject's key.
func (tx *Tx) append(by Actor, e review.Event, subject int64) (int64, error) {
	entry, keys, err := newEntry(tx.next, tx.Now, by, e)
	entry.ClockSteppedBack = tx.back
	if err != nil {
		return 0, fmt.Errorf("audit %s: %w", e.Kind, err)
	}
	body, err := entry.Bytes()
	if err != nil {
		return 0, fmt.Errorf("audit %s: %w", e.Kind, err)
	}
	if _, err := tx.exec(`INSERT INTO audit_entry (seq, body, kind, actor, object, at) VALUES (?, ?, ?, ?, ?, ?)`,
		entry.Seq, body, entry.Action, entry.Actor.ID, entry.Object, micros(entry.Time)); err != nil {
		return 0, fmt.Errorf("audit %s: %w", e.Kind, err)
	}
	tx.next++
	if err := tx.keepCodes(entry); err != nil {
		return 0, err
	}
	return entry.Seq, tx.keepWords(entry.Seq, e.Words, keys, subject)
}

// newEntry gives an event its number, time and actor, and commits to its words, each
// under a fresh key.
func newEntry(seq int64, at time.Time, by Actor, e review.Event) (audit.Entry, [][32]byte, error) {
	entry := audit.Entry{
		Seq: seq, Time: at, Actor: audit.Actor{Kind: by.Kind, ID: by.ID, Role: string(by.Role)},
		Action: string(e.Kind), Object: e.Object, Before: state(e.Before), After: state(e.After),
		Request: by.Request, Address: by.Address, Session: by.Session, Factors: by.Factors,
	}
	for _, f := range e.Facts {
		entry.Facts = append(entry.Facts, audit.Fact{Name: f.Name, Value: f.Value})
	}
	var keys [][32]byte
	for _, w := range e.Words {
		c, key, err := audit.Commit(w.Field, []byte(w.Text))
		if err != nil {
			return entry, nil, err
		}
		entry.Commitments = append(entry.Commitments, c)
		keys = append(keys, key)
	}
	return entry, keys, nil
}

func state(s *review.Snapshot) *audit.State {
	if s == nil {
		return nil
	}
	return &audit.State{State: string(s.Status), Version: s.Version}
}

func (tx *Tx) keepWords(seq int64, words []review.Words, keys [][32]byte, subject int64) error {
	if len(words) == 0 {
		return nil
	}
	aead, err := tx.db.subjectAEAD(tx, subject)
	if err != nil {
		return err
	}
	for i, w := range words {
		sealed := aead.Seal(nil, nil, []byte(w.Text), []byte(wordsPlace(seq, w.Field)))
		if _, err := tx.exec(`INSERT INTO commitment_key (entry, field, subject, key, sealed) VALUES (?, ?, ?, ?, ?)`,
			seq, w.Field, subject, keys[i][:], sealed); err != nil {
			return fmt.Errorf("keep words: %w", err)
		}
	}
	return nil
}

func wordsPlace(seq int64, field string) string {
	return fmt.Sprintf("commitment_key/%d/%s", seq, field)
}

// checkpoint hashes the entries appended since size, as read back from the table,
// and signs the new head. Nothing appended: nil.
func (tx *Tx) checkpoint(size int64) ([]byte, *audit.Frontier, error) {
	frontier := tx.db.frontier.Clone()
	if tx.next == size+1 {
		return nil, frontier, nil
	}
	if err := tx.hashNew(frontier, size); err != nil {
		return nil, nil, err
	}
	if frontier.Size() != tx.next-1 || frontier.Size() <= size {
		return nil, nil, fmt.Errorf("log holds %d entries, %d were expected", frontier.Size(), tx.next-1)
	}
	root, err := frontier.Root()
	if err != nil {
		return nil, nil, err
	}
	signer, err := tx.signing.signer()
	if err != nil {
		return nil, nil, err
	}
	signed, err := audit.Checkpoint{Origin: tx.db.instance, Size: frontier.Size(), Root: root}.Sign(signer)
	if err != nil {
		return nil, nil, err
	}
	_, err = tx.exec(`INSERT INTO audit_checkpoint (size, signed) VALUES (?, ?)`, frontier.Size(), signed)
	return signed, frontier, err
}

// hashNew reads first and inserts after: one connection cannot do both at once.
func (tx *Tx) hashNew(frontier *audit.Frontier, size int64) error {
	rows, err := tx.rows(`SELECT seq, body FROM audit_entry WHERE seq > ? ORDER BY seq`, size)
	if err != nil {
		return err
	}
	var hashes []tlog.Hash
	err = eachRow(rows, func() error {
		var seq int64
		var body []byte
		if err := rows.Scan(&seq, &body); err != nil {
			return err
		}
		if seq != frontier.Size()+1 {
			return fmt.Errorf("entry %d follows %d", seq, frontier.Size())
		}
		h, err := frontier.Append(body)
		hashes = append(hashes, h...)
		return err
	})
	if err != nil {
		return err
	}
	at := audit.StoredHashIndex(size + 1)
	for ; len(hashes) >= hashesTogether; hashes = hashes[hashesTogether:] {
		args := make([]any, 0, 2*hashesTogether)
		for i := range hashesTogether {
			args = append(args, at, hashes[i][:])
			at++
		}
		if _, err := tx.exec(insertHashes, args...); err != nil {
			return err
		}
	}
	for _, h := range hashes {
		if _, err := tx.exec(`INSERT INTO audit_hash (idx, h) VALUES (?, ?)`, at, h[:]); err != nil {
			return err
		}
		at++
	}
	return nil
}

// hashesTogether is how many hashes one statement stores, where there are so many: two
// come with each event, and a statement costs more than what it stores.
const hashesTogether = 16

var insertHashes = `INSERT INTO audit_hash (idx, h) VALUES (?, ?)` + strings.Repeat(`, (?, ?)`, hashesTogether-1)

// anchorWaiting writes committed checkpoints to the anchor, and who was erased to the list
// beside it. While it cannot, the desk takes no further change.
func (db *DB) anchorWaiting() error {
	for len(db.unsent) > 0 {
		if err := db.anchor.Append(db.unsent[0].at, db.unsent[0].signed); err != nil {
			return fmt.Errorf("%w: %w", ErrNotAnchored, err)
		}
		db.unsent = db.unsent[1:]
	}
	return db.listWaiting()
}

// startWriter reads where the log stands and holds it
// against the anchor.
func (db *DB) startWriter(ctx context.Context) (err error) {
	q := db.read(ctx)
	var size, at int64
	if err = q.row(`SELECT COALESCE(MAX(seq), 0) FROM audit_entry`).Scan(&size); err != nil {
		return err
	}
	if db.frontier, err = audit.NewFrontier(size, hashReader(q)); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	if err = q.row(`SELECT COALESCE(MAX(at), 0) FROM audit_entry WHERE seq = ?`, size).Scan(&at); err != nil {
		return err
	}
	db.lastAt = fromMicros(at)
	if err = db.followKeys(q); err != nil {
		return err
	}
	if err = db.takeAnchor(q, size); err != nil {
		return err
	}
	if err = db.takeList(q); err != nil {
		return fmt.Errorf("list of who was erased: %w", err)
	}
	if db.noKey != "" {
		db.seal(strings.TrimSpace(db.Sealed() + " " + db.noKey))
	}
	return nil
}

// takeAnchor opens the anchor and holds the log against it. Every head is anchored
// before the next is made, so only a log of one event can have an anchor that is empty,
// and none that is missing: a new one in its place would vouch for any older copy.
func (db *DB) takeAnchor(q querier, size int64) error {
	info, err := os.Stat(db.opts.Anchor)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && size > 0 || err == nil && info.Size() == 0 && size > 1 {
		db.seal(fmt.Sprintf("The anchor %s is missing or empty, and the log holds %d events: without it nobody can tell whether this database is an older copy. If it was moved, put it back, or say where it is with --anchor.", db.opts.Anchor, size))
		return nil
	}
	if db.anchor, err = audit.OpenAnchor(db.opts.Anchor); err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	return db.compareAnchor(q, size)
}

// compareAnchor seals the desk when the database is behind its anchor or on
// another timeline, and brings the anchor up to date when a crash left it behind.
func (db *DB) compareAnchor(q querier, size int64) error {
	head, known, err := db.lastAnchored()
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	if known && head.Size > size {
		db.seal(fmt.Sprintf("The anchor holds %d events and the database %d: an older copy was put back.", head.Size, size))
		return nil
	}
	if known {
		root, err := audit.Root(head.Size, hashReader(q))
		if err != nil || root != head.Root {
			db.seal("The anchor's last head is not on this database's timeline: the log was changed or replaced.")
			return nil
		}
	}
	rows, err := q.rows(`SELECT signed FROM audit_checkpoint WHERE size > ? ORDER BY size`, head.Size)
	if err != nil {
		return err
	}
	err = eachRow(rows, func() error {
		var signed []byte
		err := rows.Scan(&signed)
		db.unsent = append(db.unsent, anchored{db.lastAt, signed})
		return err
	})
	return errors.Join(err, db.anchorWaiting())
}

// lastAnchored reads the newest head that the anchor holds. Its key may be one that
// this database has not heard of: an older copy was put back behind a rotation.
func (db *DB) lastAnchored() (head audit.Checkpoint, known bool, err error) {
	trusted, err := db.trusted()
	if err != nil {
		return head, false, err
	}
	head, _, known, err = trusted.LastAnchored(db.opts.Anchor)
	return head, known, err
}

func hashReader(q querier) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			var h []byte
			if err := q.row(`SELECT h FROM audit_hash WHERE idx = ?`, idx).Scan(&h); err != nil {
				return nil, fmt.Errorf("hash %d: %w", idx, err)
			}
			if copy(out[i][:], h) != len(out[i]) {
				return nil, fmt.Errorf("hash %d: wrong length", idx)
			}
		}
		return out, nil
	})
}

// eachRow runs fn for each row and returns the first error of any kind.
func eachRow(rows answers, fn func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Checkpointed reports the log's newest signed head.
func (db *DB) Checkpointed(ctx context.Context) (audit.Checkpoint, time.Time, error) {
	var signed []byte
	var at int64
	err := db.read(ctx).row(`SELECT c.signed, e.at FROM audit_checkpoint c JOIN audit_entry e ON e.seq = c.size ORDER BY c.size DESC LIMIT 1`).Scan(&signed, &at)
	if err != nil {
		return audit.Checkpoint{}, time.Time{}, fmt.Errorf("newest checkpoint: %w", err)
	}
	head, err := db.signingNow().chain.Open(signed)
	return head, fromMicros(at), err
}
