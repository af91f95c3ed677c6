package db

import (
	"slices"
	"strings"

	"reviewdesk/review"
)

// mostExhibitsLinked is how many linked cases of a kind a resolution can rest on: the
// likeliest, as the page lists them first.
const mostExhibitsLinked = 5

// held is what a case's evidence consists of beside its row.
type held struct {
	pictures []review.SeenImage // by their number
	attached []heldFile         // by the event that added them
	sheets   []heldSheet        // name-match worksheets that count, by their code
}

type heldFile struct {
	entry  int64
	digest []byte
}

type heldSheet struct {
	code  string
	entry int64
}

func loadHeld(q querier, v int64) (h held, err error) {
	if h.pictures, err = seenImages(q, v); err != nil {
		return h, err
	}
	files, err := q.rows(`SELECT entry, digest FROM attachment WHERE v = ? ORDER BY entry`, v)
	if err != nil {
		return h, err
	}
	if err = eachRow(files, func() error {
		var f heldFile
		err := files.Scan(&f.entry, &f.digest)
		h.attached = append(h.attached, f)
		return err
	}); err != nil {
		return h, err
	}
	sheets, err := q.rows(`SELECT code, entry FROM worksheet WHERE v = ? ORDER BY code`, v)
	if err != nil {
		return h, err
	}
	return h, eachRow(sheets, func() error {
		var s heldSheet
		err := sheets.Scan(&s.code, &s.entry)
		h.sheets = append(h.sheets, s)
		return err
	})
}

// files are the digests of what officers have added.
func (h held) files() (out [][]byte) {
	for _, f := range h.attached {
		out = append(out, f.digest)
	}
	return out
}

// exhibits lists the evidence that a case has at this moment; its dossier is open. Linked
// cases are evidence where somebody may be here twice.
func (db *DB) exhibits(q querier, r caseRow, h held) (out []review.Exhibit, err error) {
	b := review.Beside{Pictures: h.pictures}
	for _, f := range h.attached {
		b.Attached = append(b.Attached, f.entry)
	}
	if slices.ContainsFunc(r.v.Codes(), func(code string) bool { return strings.Contains(code, "duplicate") }) {
		b.Linked, err = db.linkedIDs(q, r)
	}
	return r.v.Exhibits(b), err
}

func (db *DB) linkedIDs(q querier, r caseRow) (out []string, err error) {
	attempts, err := attemptsBeside(q, r.subject, r.v.Seq)
	if err != nil {
		return nil, err
	}
	found, _, err := db.alike(q, r.v, attempts)
	if err != nil {
		return nil, err
	}
	shown := likeliest(found)
	alike, err := describe(q, shown[:min(len(shown), mostExhibitsLinked)])
	if err != nil {
		return nil, err
	}
	attempts = attempts[:min(len(attempts), mostExhibitsLinked)]
	for _, c := range slices.Concat(alike, attempts) {
		out = append(out, c.ID)
	}
	return out, err
}
