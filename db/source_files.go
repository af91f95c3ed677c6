package db

import (
	"bytes"
	"database/sql"
	"strconv"

	"reviewdesk/audit"
)

// scanPicture looks at the picture itself too: opens it, and digests what it shows.
func (s source) scanPicture(rows answers, find func(int64) *shownCase) error {
	var v int64
	var p keptPicture
	var sealed sql.RawBytes // there may be many, and each is large
	if err := rows.Scan(&v, &p.n, &p.kind, &p.media, &p.width, &p.height, &p.digest, &sealed); err != nil {
		return err
	}
	c := find(v)
	c.files = true
	key, err := s.db.unwrapKey(c.key)
	if err != nil {
		return nil // the mark of the row says so
	}
	fact := p.mark(key, c.ID)
	data, err := unsealWith(key, picturePlace(v, p.n), sealed)
	switch {
	case err != nil:
		fact.Value = p.kind + " that does not open"
	case !bytes.Equal(s.db.digest(factPicture, data), p.digest):
		fact.Value = p.kind + " that is another one"
	}
	c.pictures = append(c.pictures, fact)
	return nil
}

// scanFile looks at the file itself too.
func (s source) scanFile(rows answers, find func(int64) *shownCase) error {
	var v, bytesLong int64
	var media string
	var digest []byte
	var sealed sql.RawBytes
	row := audit.Row{}
	if err := rows.Scan(&v, &row.Seq, &media, &bytesLong, &digest, &sealed); err != nil {
		return err
	}
	c := find(v)
	c.files = true
	hold(&row, "media_type", media)
	hold(&row, "bytes", strconv.FormatInt(bytesLong, 10))
	file := "that does not open"
	if key, err := s.db.unwrapKey(c.key); err == nil {
		data, err := unsealWith(key, attachmentPlace(c.ID, digest), sealed)
		if err == nil && bytes.Equal(s.db.digest("attachment", data), digest) {
			file = fileMark(key, c.ID, digest)
		}
	}
	row.Holds = append(row.Holds, audit.Fact{Name: factFile, Value: file})
	c.Steps = append(c.Steps, row)
	return nil
}
