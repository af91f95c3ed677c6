package db

import (
	"context"
	"encoding/hex"
	"fmt"

	"reviewdesk/review"
)

// AttachmentInfo describes a file that an officer added, without its bytes.
type AttachmentInfo struct {
	Digest    string // hex; names the file in addresses
	Entry     int64  // the event that added it
	Name      string
	MediaType string
	Bytes     int
}

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

func attachmentPlace(id string, digest []byte) string {
	return fmt.Sprintf("attachment/%s/%x", id, digest)
}

func (db *DB) attachments(q querier, v int64) ([]AttachmentInfo, error) {
	rows, err := q.rows(`SELECT digest, entry, media_type, bytes FROM attachment WHERE v = ? ORDER BY entry`, v)
	if err != nil {
		return nil, err
	}
	var out []AttachmentInfo
	if err := eachRow(rows, func() error {
		var a AttachmentInfo
		var digest []byte
		err := rows.Scan(&digest, &a.Entry, &a.MediaType, &a.Bytes)
		a.Digest = hex.EncodeToString(digest)
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
	if err != nil {
		return a, fmt.Errorf("attachment: %w", ErrNotFound)
	}
	if err := db.recordView(ctx, by, id, picturesShared, "attachment"); err != nil {
		return a, err
	}
	q := db.read(ctx)
	var subject, entry int64
	var sealed []byte
	err = q.row(`SELECT v.subject, a.entry, a.media_type, a.sealed FROM verification v JOIN attachment a ON a.v = v.seq WHERE v.id = ? AND a.digest = ?`, id, name).
		Scan(&subject, &entry, &a.MediaType, &sealed)
	if isNoRows(err) {
		return a, fmt.Errorf("attachment: %w", ErrNotFound)
	}
	if err != nil {
		return a, err
	}
	key, err := db.subjectKey(q, subject)
	if err != nil {
		return a, err
	}
	if a.Name, err = db.words(q, entry, "name"); err != nil {
		return a, err
	}
	a.Data, err = unsealWith(key, attachmentPlace(id, name), sealed)
	return a, err
}
