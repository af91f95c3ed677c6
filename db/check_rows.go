package db

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// dangling finds rows that point to rows which are not there.
func (h *Health) dangling(q querier, _ *DB) error {
	rows, err := q.rows(`PRAGMA foreign_key_check`)
	if err != nil {
		return err
	}
	found := map[string]int{}
	err = eachRow(rows, func() error {
		var table, parent string
		var rowid, key sql.NullInt64
		err := rows.Scan(&table, &rowid, &parent, &key)
		found[fmt.Sprintf("of table %s that point to no row of table %s", table, parent)]++
		return err
	})
	var words []string
	for what, n := range found {
		words = append(words, fmt.Sprintf("There are %d rows %s.", n, what))
	}
	slices.Sort(words)
	h.Faults = append(h.Faults, words...)
	return err
}

// counted are figures that must be 0, and the sentence that says so when they are not.
// Each reads whole tables: only a check does that.
var counted = []struct{ query, words string }{
	{`SELECT COUNT(*) FROM subject s WHERE NOT EXISTS (SELECT 1 FROM verification v WHERE v.subject = s.id)`,
		"Persons without any case: %d."},
	{`SELECT COUNT(*) FROM commitment_key k WHERE k.subject <> 0 AND NOT EXISTS (SELECT 1 FROM subject s WHERE s.id = k.subject)`,
		"Sealed words of persons that are not there: %d."},
	{`SELECT COUNT(*) FROM verification v WHERE v.decision <> 0 AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.id = v.decision AND d.v = v.seq)`,
		"Cases whose decision is not there: %d."},
	{`SELECT COUNT(*) FROM verification v WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.seq = v.object_entry AND e.object = v.id)`,
		"Cases whose arrival is not in the log: %d."},
	{`SELECT COUNT(*) FROM (SELECT provider, status, COUNT(*) AS n FROM verification GROUP BY provider, status) c
		FULL JOIN (SELECT provider, status, n FROM counter WHERE n <> 0) k ON k.provider = c.provider AND k.status = c.status WHERE c.n IS NOT k.n`,
		"The kept counts of cases differ from the cases for %d pairs of provider and status."},
	{`SELECT COUNT(*) FROM (SELECT created_at / 900000000 AS slot, COUNT(*) AS n FROM verification GROUP BY 1) c
		FULL JOIN (SELECT slot, arrived AS n FROM tally WHERE arrived <> 0) k ON k.slot = c.slot WHERE c.n IS NOT k.n`,
		"The kept counts of arrivals differ from the cases in %d quarters of an hour."},
	{`SELECT COUNT(*) FROM (SELECT decided_at / 900000000 AS slot, COUNT(*) AS n, SUM(status = 'passed') AS p FROM verification WHERE decided_at > 0 GROUP BY 1) c
		FULL JOIN (SELECT slot, decided AS n, approved AS p FROM tally WHERE decided <> 0 OR approved <> 0) k ON k.slot = c.slot WHERE c.n IS NOT k.n OR c.p IS NOT k.p`,
		"The kept counts of decisions differ from the cases in %d quarters of an hour."},
	{`SELECT COUNT(*) FROM (SELECT DISTINCT f.code, v.due_at, v.seq, v.snoozed_until FROM finding f JOIN verification v ON v.seq = f.v AND v.status = 'in_review') c
		FULL JOIN queue_code k ON k.code = c.code AND k.due_at = c.due_at AND k.v = c.seq WHERE c.snoozed_until IS NOT k.snoozed_until`,
		"Failure codes of cases in review that the queue's filter does not have, or has wrongly: %d."},
	{`SELECT COUNT(*) FROM verification v WHERE NOT EXISTS (SELECT 1 FROM search_docsize d WHERE d.id = v.seq) AND NOT EXISTS (SELECT 1 FROM search_pending p WHERE p.v = v.seq)`,
		"Cases that search does not find: %d."},
	{`SELECT COUNT(*) FROM likeness l JOIN erasure x ON x.v = l.v`, "Digests of what erased persons had in common with others: %d."},
	{`SELECT COUNT(*) FROM ended n JOIN verification v ON v.subject = n.subject WHERE v.status IN ('arriving', 'in_review', 'second_review') OR v.reopen_by <> ''`,
		"Open cases of persons who are kept as if all their cases had ended: %d."},
	{`SELECT COUNT(*) FROM verification v JOIN subject s ON s.id = v.subject WHERE v.status IN ('passed', 'failed', 'lapsed') AND s.key <> x'' AND v.seq > (SELECT left FROM reckoning)
		AND NOT EXISTS (SELECT 1 FROM ended n WHERE n.subject = v.subject)
		AND NOT EXISTS (SELECT 1 FROM verification o WHERE o.subject = v.subject AND (o.status IN ('arriving', 'in_review', 'second_review') OR o.reopen_by <> ''))`,
		"Cases that have ended, and of whose persons nobody knows when they are due: %d."},
	{`SELECT COUNT(*) FROM verification v WHERE NOT EXISTS (SELECT 1 FROM search_id_docsize d WHERE d.id = v.seq)
		AND NOT EXISTS (SELECT 1 FROM search_pending p WHERE p.v = v.seq) AND NOT EXISTS (SELECT 1 FROM search_again a WHERE a.v = v.seq)`,
		"Cases that search does not find by their ids: %d."},
	{`SELECT COUNT(*) FROM search_docsize d WHERE NOT EXISTS (SELECT 1 FROM verification v WHERE v.seq = d.id)`,
		"Cases in the search index that are not there: %d."},
}

// kept compares what is kept beside the cases with the cases.
func (h *Health) kept(q querier, _ *DB) error {
	for _, c := range counted {
		var n int64
		if err := q.row(c.query).Scan(&n); err != nil {
			return err
		}
		if n != 0 {
			h.add(c.words, n)
		}
	}
	return nil
}

// sealed opens everything that is sealed and is no part of the log, whose own words
// the log's check opens.
func (h *Health) sealed(readable bool) func(querier, *DB) error {
	return func(q querier, db *DB) error {
		if !readable {
			return nil
		}
		dossiers, err := db.closedDossiers(q)
		if err != nil {
			return err
		}
		h.closed("Cases whose sealed data does not open: %d (%s).", dossiers)
		pictures, err := db.closedPictures(q)
		if err == nil {
			h.closed("Cases with a picture that does not open: %d (%s).", pictures)
		}
		return err
	}
}

// closed names a few of the cases.
func (h *Health) closed(words string, ids []string) {
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return
	}
	named := strings.Join(ids[:min(len(ids), 3)], ", ")
	if len(ids) > 3 {
		named += ", …"
	}
	h.add(words, len(ids), named)
}

// sealedValue is one sealed value on its way to being opened.
type sealedValue struct {
	id      string // of the case
	subject int64
	place   string
	sealed  []byte
}

func (db *DB) closedDossiers(q querier) (ids []string, err error) {
	err = chunks(q, `SELECT seq, id, subject, dossier FROM verification WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.v = seq) ORDER BY seq LIMIT +?`,
		func(rows answers) (seq int64, v sealedValue, err error) {
			err = rows.Scan(&seq, &v.id, &v.subject, &v.sealed)
			v.place = dossierPlace(v.id)
			return seq, v, err
		},
		func(_ int64, v sealedValue) error {
			if !db.opens(q, v) {
				ids = append(ids, v.id)
			}
			return nil
		})
	return ids, err
}

// closedPictures reads one picture at a time: they are large.
func (db *DB) closedPictures(q querier) (ids []string, err error) {
	last := int64(minKey)
	for {
		var rowid, v int64
		var n int
		var x sealedValue
		err := q.row(`SELECT e.rowid, e.v, e.n, e.sealed, c.id, c.subject FROM evidence e JOIN verification c ON c.seq = e.v WHERE e.rowid > ? ORDER BY e.rowid LIMIT 1`, last).
			Scan(&rowid, &v, &n, &x.sealed, &x.id, &x.subject)
		if isNoRows(err) {
			return ids, nil
		}
		if err != nil {
			return ids, err
		}
		x.place, last = picturePlace(v, n), rowid
		if !db.opens(q, x) {
			ids = append(ids, x.id)
		}
	}
}

func (db *DB) opens(q querier, v sealedValue) bool {
	_, err := db.unsealFor(q, v.subject, v.place, v.sealed)
	return err == nil
}
