package db

import (
	"slices"
	"strings"

	"reviewdesk/review"
)

// mostExhibitsLinked is how many linked cases of a kind a resolution can rest on: the
// likeliest, as the page lists them first.
const mostExhibitsLinked = 5

// exhibits lists the evidence that a case has at this moment. Linked cases are evidence
// where somebody may be here twice.
func (db *DB) exhibits(q querier, r caseRow) ([]review.Exhibit, error) {
	if err := db.unsealDossier(q, &r); err != nil {
		return nil, err
	}
	return db.exhibitsOpened(q, r)
}

// exhibitsOpened are those of a case whose dossier has been opened.
func (db *DB) exhibitsOpened(q querier, r caseRow) ([]review.Exhibit, error) {
	var b review.Beside
	var err error
	if b.Pictures, err = seenImages(q, r.v.Seq); err != nil {
		return nil, err
	}
	if b.Attached, err = attachedBy(q, r.v.Seq); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(r.v.Codes(), func(code string) bool { return strings.Contains(code, "duplicate") }) {
		b.Linked, err = db.linkedIDs(q, r)
	}
	return r.v.Exhibits(b), err
}

// attachedBy are the events that added a case's files.
func attachedBy(q querier, v int64) (out []int64, err error) {
	rows, err := q.rows(`SELECT entry FROM attachment WHERE v = ? ORDER BY entry`, v)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var entry int64
		err := rows.Scan(&entry)
		out = append(out, entry)
		return err
	})
	return out, err
}

func (db *DB) linkedIDs(q querier, r caseRow) (out []string, err error) {
	attempts, err := attemptsBeside(q, r.subject, r.v.Seq)
	if err != nil {
		return nil, err
	}
	alike, _, err := db.alike(q, r.v, attempts)
	if err != nil {
		return nil, err
	}
	alike = alike[:min(len(alike), mostExhibitsLinked)]
	if err := describe(q, alike); err != nil {
		return nil, err
	}
	attempts = attempts[:min(len(attempts), mostExhibitsLinked)]
	for _, c := range slices.Concat(alike, attempts) {
		out = append(out, c.ID)
	}
	return out, err
}
