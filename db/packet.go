package db

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// ExportPacket is what the log calls a decision packet that somebody took home.
const ExportPacket = "packet"

// Packet is all that a decision packet is made of. For the same decision it is the
// same for ever.
type Packet struct {
	Moment
	Images     []review.Picture    // in the order of Moment.Pictures
	Files      []review.Attachment // in the order of Moment.Attached
	Instance   string
	Head       audit.Checkpoint // the first signed head that covers the decision
	Checkpoint []byte           // that head as it was signed, without cosignatures: these come later
	Keys       []string         // the log's public keys up to that head
	Extract    []byte           // the case's part of the log up to the decision, with proofs: a bundle
}

// ErrUndecided means that a case has no decision that stands.
var ErrUndecided = errors.New("not decided")

// Packet gathers a decision's packet and records first that it left the desk. seq is
// the deciding event; 0 is that of the decision that stands.
func (db *DB) Packet(ctx context.Context, by Actor, id string, seq int64, format string) (Packet, error) {
	if !by.Role.May(review.RightSeeCases) {
		return Packet{}, review.Forbidden{Why: "Your role does not see cases."}
	}
	seq, err := db.packetEvent(ctx, id, seq)
	if err != nil {
		return Packet{}, err
	}
	if err := db.recordPacket(ctx, by, id, seq, format); err != nil {
		return Packet{}, err
	}
	q := db.read(ctx)
	p := Packet{Instance: db.instance}
	if p.Moment, err = db.moment(q, id, seq); err != nil {
		return p, err
	}
	if err := db.openImages(q, &p); err != nil {
		return p, err
	}
	if err := db.openFiles(q, &p); err != nil {
		return p, err
	}
	return p, db.extract(q, &p)
}

// packetEvent is the event that a packet is about. A proposal decides nothing.
func (db *DB) packetEvent(ctx context.Context, id string, seq int64) (int64, error) {
	if seq == 0 {
		seq, err := db.Decided(ctx, id)
		if errors.Is(err, ErrNotFound) {
			err = ErrUndecided
		}
		return seq, err
	}
	e, err := db.decidingEvent(db.read(ctx), id, seq)
	if err == nil && e.Action == string(review.EventProposed) {
		err = ErrUndecided
	}
	return seq, err
}

func (db *DB) recordPacket(ctx context.Context, by Actor, id string, seq int64, format string) error {
	if db.Sealed() != "" {
		return fmt.Errorf("a packet is recorded, and %w", ErrSealed)
	}
	return db.Do(ctx, func(tx *Tx) error {
		r, err := loadRow(tx, id)
		if err != nil {
			return err
		}
		_, err = tx.append(by, review.Event{Kind: review.EventExported, Object: r.v.ID, Facts: []review.Fact{
			{Name: "what", Value: ExportPacket}, {Name: "format", Value: format}, {Name: "stage", Value: "finished"}, {Name: "decision", Value: fmt.Sprint(seq)}}}, r.subject)
		return err
	})
}

// openImages opens the pictures that were there, and holds each against the digest
// that the decision's event commits to.
func (db *DB) openImages(q querier, p *Packet) error {
	for _, info := range p.Pictures {
		picture, err := db.openPicture(q, p.ID, info.N)
		if err != nil {
			return err
		}
		if !bytes.Equal(db.digest("picture", picture.Data), p.image(info.N).Digest) {
			return fmt.Errorf("picture %d of %s is not the one that was there when the case was decided", info.N, p.ID)
		}
		p.Images = append(p.Images, picture)
	}
	return nil
}

// openFiles does the same with the files that officers had attached.
func (db *DB) openFiles(q querier, p *Packet) error {
	if p.told && len(p.files) != len(p.Attached) {
		return fmt.Errorf("a file that was attached to %s when it was decided is missing", p.ID)
	}
	for _, info := range p.Attached {
		digest, err := hex.DecodeString(info.Digest)
		if err != nil {
			return err
		}
		file, err := db.openAttachment(q, p.ID, digest)
		if err != nil {
			return err
		}
		if !bytes.Equal(db.digest("attachment", file.Data), digest) {
			return fmt.Errorf("a file attached to %s is not the one that was there when the case was decided", p.ID)
		}
		p.Files = append(p.Files, file)
	}
	return nil
}

// extract writes the case's part of the log up to the decision as a bundle under the
// first head that covers it: both are the same whenever the packet is made.
func (db *DB) extract(q querier, p *Packet) error {
	var size int64
	err := q.row(`SELECT size FROM audit_checkpoint WHERE size >= ? ORDER BY size LIMIT 1`, p.Event.Seq).Scan(&size)
	if err != nil {
		return fmt.Errorf("signed head of the decision: %w", err)
	}
	if p.Checkpoint, err = signedHead(q, size); err != nil {
		return err
	}
	keys, err := db.keysAt(q, size)
	if err != nil {
		return err
	}
	if p.Head, err = keys.Open(p.Checkpoint); err != nil {
		return err
	}
	p.Keys = keys.VKeys()
	var out bytes.Buffer
	w, err := audit.NewBundleWriter(&out, audit.BundleHeader{Keys: p.Keys, Scope: audit.BundleScope{Kind: audit.ScopeCase, Case: p.ID}, Checkpoint: p.Checkpoint}, hashReader(q))
	if err != nil {
		return err
	}
	if err := writeExtract(q, w, p, size); err != nil {
		return err
	}
	err = w.Close()
	p.Extract = out.Bytes()
	return err
}

func writeExtract(q querier, w *audit.BundleWriter, p *Packet, size int64) error {
	rows, err := q.rows(`SELECT seq, body FROM audit_entry WHERE object = ? AND object <> '' AND seq <= ?
		UNION SELECT seq, body FROM audit_entry WHERE kind = 'key_rotated' AND seq <= ? ORDER BY seq`, p.ID, p.Event.Seq, size)
	if err != nil {
		return err
	}
	type line struct {
		seq  int64
		body []byte
	}
	var lines []line
	if err := eachRow(rows, func() error {
		var l line
		err := rows.Scan(&l.seq, &l.body)
		lines = append(lines, l)
		return err
	}); err != nil {
		return err
	}
	for _, l := range lines {
		if err := w.Entry(l.seq, l.body); err != nil {
			return err
		}
	}
	return nil
}

// keysAt are the log's keys as far as a head of this size was signed with them.
func (db *DB) keysAt(q querier, size int64) (audit.Keys, error) {
	var later int
	if err := q.row(`SELECT COUNT(*) FROM audit_entry WHERE kind = 'key_rotated' AND seq > ?`, size).Scan(&later); err != nil {
		return audit.Keys{}, err
	}
	all := db.signingNow().chain.VKeys()
	if later >= len(all) {
		return audit.Keys{}, fmt.Errorf("keys of the log: %s", strings.Join(all, ", "))
	}
	return audit.NewKeys(all[:len(all)-later]...)
}
