package db

import (
	"crypto/cipher"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// source shows the tables to audit.Verify, all as one moment left them: the check holds
// the case rows against the entries, and both move while the desk runs. It reads over
// two connections, one for the entries and one for all beside them, since one connection
// keeps one processor busy. The streams on a connection are read side by side, so each
// reads a chunk by key, lets go of it, and only then hands the rows on.
type source struct {
	entries, beside reading
	db              *DB
}

const sourceChunk = 2_000

// chunks reads a table by its integer key. query's arguments are those given, the last
// key read and the chunk's size; scan reads one row and tells its key.
func chunks[T any](q querier, query string, scan func(answers) (int64, T, error), yield func(int64, T) error, args ...any) error {
	return chunksFrom(minKey, q, query, scan, yield, args...)
}

// chunksFrom is chunks for the keys behind one.
func chunksFrom[T any](last int64, q querier, query string, scan func(answers) (int64, T, error), yield func(int64, T) error, args ...any) error {
	type keyed struct {
		key int64
		row T
	}
	for {
		rows, err := q.rows(query, append(slices.Clip(args), last, sourceChunk)...)
		if err != nil {
			return err
		}
		var chunk []keyed
		if err := eachRow(rows, func() error {
			key, row, err := scan(rows)
			chunk = append(chunk, keyed{key, row})
			return err
		}); err != nil {
			return err
		}
		for _, k := range chunk {
			if err := yield(k.key, k.row); err != nil {
				return err
			}
			last = k.key
		}
		if len(chunk) < sourceChunk {
			return nil
		}
	}
}

const minKey = -1 << 62 // below every key, so that a forged negative one is seen too

// Entries implements audit.Source. The plain columns come as one: to fetch a column
// costs more than to take a text apart. A value that holds the mark between them makes
// one part too many, which no entry agrees with.
func (s source) Entries(yield func(seq int64, c audit.Columns, body []byte) error) error {
	type entry struct {
		columns string
		body    []byte
	}
	return chunks(s.entries, `SELECT seq, body, kind || char(31) || actor || char(31) || object || char(31) || at FROM audit_entry WHERE seq > ? ORDER BY seq LIMIT +?`,
		func(rows answers) (seq int64, e entry, err error) {
			err = rows.Scan(&seq, &e.body, &e.columns)
			return seq, e, err
		},
		func(seq int64, e entry) error { return yield(seq, columnsIn(e.columns), e.body) })
}

func columnsIn(text string) (c audit.Columns) {
	c.Kind, text, _ = strings.Cut(text, "\x1f")
	c.Actor, text, _ = strings.Cut(text, "\x1f")
	c.Object, text, _ = strings.Cut(text, "\x1f")
	at, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		c.At = fromMicros(at)
	}
	return c
}

// Hashes implements audit.Source. A run of places without a gap needs no numbers.
func (s source) Hashes(yield func(idx int64, h tlog.Hash) error) error {
	var first int64
	if err := s.beside.row(`SELECT COALESCE(MIN(idx), 0) FROM audit_hash`).Scan(&first); err != nil {
		return err
	}
	run := make([]tlog.Hash, 0, sourceChunk)
	for at := int64(0); first == 0; at += sourceChunk {
		rows, err := s.beside.rows(`SELECT h FROM audit_hash WHERE idx >= ? AND idx < ? ORDER BY idx`, at, at+sourceChunk)
		if err != nil {
			return err
		}
		run = run[:0]
		if err := eachRow(rows, func() error {
			var b sql.RawBytes
			err := rows.Scan(&b)
			if err == nil && len(b) != tlog.HashSize {
				err = fmt.Errorf("a hash from place %d on has %d bytes", at, len(b))
			}
			run = append(run, tlog.Hash{})
			copy(run[len(run)-1][:], b)
			return err
		}); err != nil {
			return err
		}
		if len(run) < sourceChunk {
			first = at // the last ones, or a gap
			break
		}
		for i, h := range run {
			if err := yield(at+int64(i), h); err != nil {
				return err
			}
		}
	}
	return s.hashesFrom(first-1, yield)
}

// hashesFrom reads the hashes with their places.
func (s source) hashesFrom(after int64, yield func(idx int64, h tlog.Hash) error) error {
	return chunksFrom(after, s.beside, `SELECT idx, h FROM audit_hash WHERE idx > ? ORDER BY idx LIMIT +?`,
		func(rows answers) (idx int64, h tlog.Hash, err error) {
			var b sql.RawBytes
			if err := rows.Scan(&idx, &b); err != nil {
				return idx, h, err
			}
			if len(b) != len(h) {
				return idx, h, fmt.Errorf("hash %d has %d bytes", idx, len(b))
			}
			copy(h[:], b)
			return idx, h, nil
		}, yield)
}

// Checkpoints implements audit.Source.
func (s source) Checkpoints(yield func(size int64, signed []byte) error) error {
	return chunks(s.beside, `SELECT size, signed FROM audit_checkpoint WHERE size > ? ORDER BY size LIMIT +?`,
		func(rows answers) (size int64, signed []byte, err error) {
			err = rows.Scan(&size, &signed)
			return size, signed, err
		}, yield)
}

// Cosignatures implements audit.Source.
func (s source) Cosignatures(yield func(size int64, name, line string) error) error {
	if there, err := hasTable(s.beside, "cosignature"); err != nil || !there {
		return err
	}
	for lastSize, lastName := int64(minKey), ""; ; {
		var chunk []cosignature
		rows, err := s.beside.rows(`SELECT size, name, line FROM cosignature WHERE (size, name) > (?, ?) ORDER BY size, name LIMIT +?`, lastSize, lastName, sourceChunk)
		if err != nil {
			return err
		}
		if err := eachRow(rows, func() error {
			var c cosignature
			err := rows.Scan(&c.size, &c.name, &c.line)
			chunk = append(chunk, c)
			return err
		}); err != nil {
			return err
		}
		for _, c := range chunk {
			if err := yield(c.size, c.name, c.line); err != nil {
				return err
			}
			lastSize, lastName = c.size, c.name
		}
		if len(chunk) < sourceChunk {
			return nil
		}
	}
}

type cosignature struct {
	size       int64
	name, line string
}

// Openings implements audit.Source. Words that do not open are handed over without
// their key: somebody changed them, or the key that seals them.
func (s source) Openings(yield func(seq int64, field string, key, value []byte) error) error {
	type opening struct {
		seq, subject         int64
		field                string
		key, sealed, wrapped []byte
	}
	persons := personKeys{db: s.db}
	for lastSeq, lastField := int64(minKey), ""; ; {
		rows, err := s.beside.rows(`SELECT k.entry, k.field, k.subject, k.key, k.sealed, s.key FROM commitment_key k LEFT JOIN subject s ON s.id = k.subject
			WHERE (k.entry, k.field) > (?, ?) ORDER BY k.entry, k.field LIMIT +?`, lastSeq, lastField, sourceChunk)
		if err != nil {
			return err
		}
		var chunk []opening
		if err := eachRow(rows, func() error {
			var o opening
			err := rows.Scan(&o.seq, &o.field, &o.subject, &o.key, &o.sealed, &o.wrapped)
			chunk = append(chunk, o)
			return err
		}); err != nil {
			return err
		}
		for _, o := range chunk {
			value, err := persons.unseal(o.subject, o.wrapped, wordsPlace(o.seq, o.field), o.sealed)
			if err != nil {
				o.key = nil
			}
			if err := yield(o.seq, o.field, o.key, value); err != nil {
				return err
			}
			lastSeq, lastField = o.seq, o.field
		}
		if len(chunk) < sourceChunk {
			return nil
		}
	}
}

// personKeys remembers the keys of the persons whose words came last: most have
// several, not far from each other.
type personKeys struct {
	db    *DB
	known map[int64]cipher.AEAD
}

const personsKnown = 4_000

func (p *personKeys) unseal(subject int64, wrapped []byte, place string, sealed []byte) ([]byte, error) {
	aead, ok := p.known[subject]
	if !ok {
		key, err := p.db.DeriveKey(deskWords, 32), error(nil)
		if subject != 0 {
			key, err = p.db.unwrapKey(wrapped)
		}
		if err != nil {
			return nil, err
		}
		if aead, err = newAEAD(key); err != nil {
			return nil, err
		}
		if p.known == nil || len(p.known) == personsKnown {
			p.known = map[int64]cipher.AEAD{}
		}
		p.known[subject] = aead
	}
	return aead.Open(nil, nil, sealed, []byte(place))
}
