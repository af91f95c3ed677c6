package db

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"reviewdesk/review"
)

// AttachmentInfo describes a file that an officer added, without its bytes.
type AttachmentInfo struct {
	Digest    string // hex; names the file in addresses
	Entry     int64  // the event that added it
	Name      string
	MediaType string
	Bytes     int
	By        review.Person // by whom, without the role
	At        time.Time
}

// What one case can hold, so that its packet fits the memory of a small machine.
const (
	mostAttached      = 20
	mostAttachedBytes = 40 << 20
)

// Attach adds a file to a case: known by its content, a picture made anew, sealed
// under the person's key. The same file again changes nothing. A proposal is void,
// since the evidence is no longer what was judged.
func (db *DB) Attach(ctx context.Context, by Actor, id string, a review.Attachment) (review.Verification, error) {
	a, err := a.Clean()
	if err != nil {
		return review.Verification{}, err
	}
	digest := db.digest("attachment", a.Data)
	return db.change(ctx, by, id, func(tx *Tx, r *caseRow) (event review.Event, err error) {
		var held int
		if err := tx.row(`SELECT COUNT(*) FROM attachment WHERE v = ? AND digest = ?`, r.v.Seq, digest).Scan(&held); err != nil || held > 0 {
			return event, err
		}
		if err := tx.roomFor(r.v.Seq, len(a.Data)); err != nil {
			return event, err
		}
		r.v, event, err = r.v.Attach(a, by.Person)
		if err != nil {
			return event, err
		}
		r.decision = 0
		key, err := db.subjectKey(tx, r.subject)
		event.Facts = append(event.Facts, review.Fact{Name: factFile, Value: fileMark(key, r.v.ID, digest)})
		return event, err
	}, func(tx *Tx, r *caseRow, entry int64) error {
		key, err := db.subjectKey(tx, r.subject)
		if err != nil {
			return err
		}
		sealed, err := sealWith(key, attachmentPlace(r.v.ID, digest), a.Data)
		if err != nil {
			return err
		}
		_, err = tx.exec(`INSERT INTO attachment (v, digest, entry, media_type, bytes, sealed) VALUES (?, ?, ?, ?, ?, ?)`,
			r.v.Seq, digest, entry, a.MediaType, len(a.Data), sealed)
		return err
	})
}

// factFile is the mark of a file, see marks.go.
const factFile = "file"

func fileMark(key []byte, id string, digest []byte) string {
	return mark(key, factFile, fmt.Appendf(nil, "%s\n%x", id, digest))
}

// roomFor reports whether one more file fits the case.
func (tx *Tx) roomFor(v int64, size int) error {
	var n, held int
	err := tx.row(`SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM attachment WHERE v = ?`, v).Scan(&n, &held)
	if err == nil && (n >= mostAttached || held+size > mostAttachedBytes) {
		err = review.Invalid{"file": fmt.Sprintf("A case holds %d files of %d MiB together, and this one no more.", mostAttached, mostAttachedBytes>>20)}
	}
	return err
}

func attachmentPlace(id string, digest []byte) string {
	return fmt.Sprintf("attachment/%s/%x", id, digest)
}

func (db *DB) attachments(q querier, v int64) ([]AttachmentInfo, error) {
	rows, err := q.rows(`SELECT t.digest, t.entry, t.media_type, t.bytes, e.actor, COALESCE(p.name, ''), e.at FROM attachment t
		JOIN audit_entry e ON e.seq = t.entry LEFT JOIN account p ON p.id = e.actor WHERE t.v = ? ORDER BY t.entry`, v)
	if err != nil {
		return nil, err
	}
	var out []AttachmentInfo
	if err := eachRow(rows, func() error {
		var a AttachmentInfo
		var digest []byte
		var at int64
		err := rows.Scan(&digest, &a.Entry, &a.MediaType, &a.Bytes, &a.By.ID, &a.By.Name, &at)
		a.Digest, a.At = hex.EncodeToString(digest), fromMicros(at)
		out = append(out, a)
		return err
	}); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Name, err = db.words(q, out[i].Entry, "name"); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Attachment opens one file. Asked for by somebody who has not opened the case, it is
// recorded as a view of its own.
func (db *DB) Attachment(ctx context.Context, by Actor, id, digest string) (review.Attachment, error) {
	var a review.Attachment
	if !by.Role.May(review.RightSeeCases) {
		return a, review.Forbidden{Why: "Your role does not see cases."}
	}
	name, err := hex.DecodeString(digest)
	if err != nil || hex.EncodeToString(name) != digest {
		return a, fmt.Errorf("attachment: %w", ErrNotFound)
	}
	if err := db.hasAttachment(ctx, id, name); err != nil {
		return a, err // a look at nothing is no look
	}
	if err := db.recordView(ctx, by, id, picturesShared, "attachment"); err != nil {
		return a, err
	}
	return db.openAttachment(db.read(ctx), id, name)
}

func (db *DB) hasAttachment(ctx context.Context, id string, digest []byte) error {
	var n int
	err := db.read(ctx).row(`SELECT COUNT(*) FROM verification v JOIN attachment a ON a.v = v.seq WHERE v.id = ? AND a.digest = ?`, id, digest).Scan(&n)
	if err == nil && n == 0 {
		err = fmt.Errorf("attachment: %w", ErrNotFound)
	}
	return err
}

func (db *DB) openAttachment(q querier, id string, digest []byte) (a review.Attachment, err error) {
	var subject, entry int64
	var sealed []byte
	err = q.row(`SELECT v.subject, a.entry, a.media_type, a.sealed FROM verification v JOIN attachment a ON a.v = v.seq WHERE v.id = ? AND a.digest = ?`, id, digest).
		Scan(&subject, &entry, &a.MediaType, &sealed)
	if isNoRows(err) {
		return a, fmt.Errorf("attachment: %w", ErrNotFound)
	}
	if err != nil {
		return a, err
	}
	if a.Name, err = db.words(q, entry, "name"); err != nil {
		return a, err
	}
	a.Data, err = db.unsealFor(q, subject, attachmentPlace(id, digest), sealed)
	return a, err
}
