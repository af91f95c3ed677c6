package db

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"reviewdesk/review"
)

// Cases of the same person are found by keyed digests of what they have in common.
// They are taken in batches beside the writer, like the search index: in the order of
// the digests a batch costs a fraction of what its rows would one by one.

const (
	likenessBatch = 250 // cases whose digests are taken at once
	batchesInARow = 40
	mostAlike     = 200 // cases looked at for each trait
	// MostLinked is how many linked cases of a kind are read; of more, only how many.
	MostLinked = 20
	// MostByEmail is how many of them may have no more in common than an e-mail address:
	// families share one, and agents, and on a large desk every case had twenty such.
	MostByEmail = 3
)

// Linked are the cases that belong beside one.
type Linked struct {
	Attempts     []LinkedCase // the provider says that they are of the same person, newest first
	MoreAttempts int          // not among them
	Alike        []LinkedCase // they may be, newest first
	MoreAlike    int
	Capped       bool // there may be still more alike than that
}

// LinkedCase is one of them.
type LinkedCase struct {
	ID           string
	Provider     review.Provider
	Name         string
	Status       review.Status
	Arrived      review.WireState
	Action       review.Action // of the decision of this desk; "" for none
	RejectReason string
	Created      time.Time
	Traits       []review.Trait // what they have in common; nil for an attempt
	seq          int64
}

func (db *DB) likenessDigest(l review.Likeness) int64 {
	sum := db.digest("likeness "+string(l.Trait), []byte(l.Text))
	return int64(binary.BigEndian.Uint64(sum)) // wraps around, and stays as good
}

// Linked finds the cases that belong beside a case that has been opened. It reads
// nobody's sealed data.
func (db *DB) Linked(ctx context.Context, v review.Verification) (l Linked, err error) {
	err = db.asOfNow(ctx, func(q querier) error {
		l, err = db.linked(q, v)
		return err
	})
	return l, err
}

func (db *DB) linked(q querier, v review.Verification) (l Linked, err error) {
	var subject int64
	if err := q.row(`SELECT subject FROM verification WHERE id = ?`, v.ID).Scan(&subject); err != nil {
		return l, fmt.Errorf("linked cases: %w", err)
	}
	if l.Attempts, err = attemptsBeside(q, subject, v.Seq); err != nil {
		return l, err
	}
	found, capped, err := db.alike(q, v, l.Attempts)
	if err != nil {
		return l, err
	}
	shown := likeliest(found)
	l.Capped, l.MoreAlike = capped, len(found)-len(shown)
	n := min(len(l.Attempts), MostLinked)
	l.Attempts, l.MoreAttempts = l.Attempts[:n], len(l.Attempts)-n
	l.Alike, err = describe(q, shown)
	return l, err
}

const linkedColumns = `SELECT v.seq, v.id, v.provider, s.name, v.status, v.arrived_state, v.arrived_reason, v.created_at,
	COALESCE(d.action, ''), COALESCE(d.reject_reason, '')
	FROM verification v JOIN subject s ON s.id = v.subject LEFT JOIN decision d ON d.id = v.decision AND v.decider <> ''`

func scanLinked(scan func(...any) error) (c LinkedCase, err error) {
	var created int64
	err = scan(&c.seq, &c.ID, &c.Provider, &c.Name, &c.Status, &c.Arrived.State, &c.Arrived.Reason, &created, &c.Action, &c.RejectReason)
	c.Created = fromMicros(created)
	return c, err
}

// attemptsBeside are the other cases of the same person at the same provider.
func attemptsBeside(q querier, subject, v int64) (out []LinkedCase, err error) {
	rows, err := q.rows(linkedColumns+` WHERE v.subject = ? AND v.seq <> ? ORDER BY v.created_at DESC LIMIT +?`, subject, v, mostAlike)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		c, err := scanLinked(rows.Scan)
		out = append(out, c)
		return err
	})
	return out, err
}

// foundAlike is a case that shares traits with another: each a bit, by its place in
// [linkTraits].
type foundAlike struct {
	seq    int64
	traits uint8
}

var linkTraits = []review.Trait{review.TraitNumber, review.TraitPerson, review.TraitEmail}

const onlyEmail = 1 << 2

// alike finds the cases that share a trait and are none of the same person's, newest
// first, by their numbers only: on a large desk a name has many bearers, and no row is
// read of those that are not shown.
func (db *DB) alike(q querier, v review.Verification, attempts []LinkedCase) (found []foundAlike, capped bool, err error) {
	same := map[int64]bool{v.Seq: true}
	for _, c := range attempts {
		same[c.seq] = true
	}
	for _, l := range v.Likenesses(fold) {
		rows, err := q.rows(`SELECT v FROM likeness WHERE digest = ? ORDER BY v DESC LIMIT +?`, db.likenessDigest(l), mostAlike+len(same))
		if err != nil {
			return nil, false, err
		}
		n, bit := 0, uint8(1)<<slices.Index(linkTraits, l.Trait)
		err = eachRow(rows, func() error {
			var other int64
			if err := rows.Scan(&other); err != nil || same[other] || n == mostAlike {
				return err
			}
			n++
			found = append(found, foundAlike{other, bit})
			return nil
		})
		if err != nil {
			return nil, false, err
		}
		capped = capped || n == mostAlike
	}
	return joinFound(found), capped, nil
}

// joinFound joins what was found of one case by several traits. The more two cases share,
// the likelier it is one person: these come first, and of as many the newest.
func joinFound(found []foundAlike) []foundAlike {
	slices.SortFunc(found, func(a, b foundAlike) int { return cmp.Compare(a.seq, b.seq) })
	out := found[:0]
	for _, f := range found {
		if n := len(out); n > 0 && out[n-1].seq == f.seq {
			out[n-1].traits |= f.traits
			continue
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b foundAlike) int {
		return cmp.Or(bits.OnesCount8(b.traits)-bits.OnesCount8(a.traits), cmp.Compare(b.seq, a.seq))
	})
	return out
}

// likeliest are those of which a page shows more than how many they are.
func likeliest(found []foundAlike) []foundAlike {
	var out []foundAlike
	byEmail := 0
	for _, f := range found {
		if f.traits == onlyEmail {
			if byEmail++; byEmail > MostByEmail {
				continue
			}
		}
		if out = append(out, f); len(out) == MostLinked {
			break
		}
	}
	return out
}

// describe reads what a page shows of each case.
func describe(q querier, found []foundAlike) ([]LinkedCase, error) {
	out := make([]LinkedCase, 0, len(found))
	for _, f := range found {
		c, err := scanLinked(q.row(linkedColumns+` WHERE v.seq = ?`, f.seq).Scan)
		if err != nil {
			return nil, fmt.Errorf("linked case: %w", err)
		}
		for i, trait := range linkTraits {
			if f.traits&(1<<i) != 0 {
				c.Traits = append(c.Traits, trait)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// forgetLikeness takes away the digests of a case as it is held until now.
func (tx *Tx) forgetLikeness(v review.Verification) error {
	for _, l := range v.Likenesses(fold) {
		if _, err := tx.exec(`DELETE FROM likeness WHERE digest = ? AND v = ?`, tx.db.likenessDigest(l), v.Seq); err != nil {
			return err
		}
	}
	return nil
}

// Shared tells what links two cases: that the provider says they are of the same
// person, and the traits they share.
func (db *DB) Shared(ctx context.Context, a, b review.Verification) (samePerson bool, traits []review.Trait, err error) {
	err = db.read(ctx).row(`SELECT (SELECT subject FROM verification WHERE id = ?) = (SELECT subject FROM verification WHERE id = ?)`, a.ID, b.ID).Scan(&samePerson)
	if err != nil {
		return false, nil, fmt.Errorf("linked cases: %w", err)
	}
	theirs := b.Likenesses(fold)
	for _, l := range a.Likenesses(fold) {
		if slices.Contains(theirs, l) && !slices.Contains(traits, l.Trait) {
			traits = append(traits, l.Trait)
		}
	}
	return samePerson, traits, nil
}

// takePending takes the digests of cases that wait, batch by batch. After a large
// import it lets the other housekeeping have its turn, and is called again at once.
func (db *DB) takePending() error {
	for range batchesInARow {
		var n int
		if err := db.reader.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM likeness_pending LIMIT 1)`).Scan(&n); err != nil || n == 0 {
			return err
		}
		if err := db.Do(context.Background(), (*Tx).takeBatch); err != nil {
			return err
		}
		db.checkpointWAL()
	}
	db.wakeSearch()
	return nil
}

func (tx *Tx) takeBatch() error {
	waiting, err := tx.pendingCases()
	if err != nil {
		return err
	}
	type row struct{ digest, v int64 }
	var all []row
	for i := range waiting {
		r := &waiting[i]
		if err := tx.db.unsealDossier(tx, r); err != nil {
			return err
		}
		for _, l := range r.v.Likenesses(fold) {
			all = append(all, row{tx.db.likenessDigest(l), r.v.Seq})
		}
	}
	slices.SortFunc(all, func(a, b row) int { return cmp.Compare(a.digest, b.digest) })
	for _, a := range all {
		if _, err := tx.exec(`INSERT INTO likeness (digest, v) VALUES (?, ?) ON CONFLICT DO NOTHING`, a.digest, a.v); err != nil {
			return err
		}
	}
	for _, r := range waiting {
		if _, err := tx.exec(`DELETE FROM likeness_pending WHERE v = ?`, r.v.Seq); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) pendingCases() (out []caseRow, err error) {
	rows, err := tx.rows(`SELECT v.seq, v.id, v.subject, v.dossier FROM likeness_pending p JOIN verification v ON v.seq = p.v ORDER BY p.v LIMIT +?`, likenessBatch)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var r caseRow
		err := rows.Scan(&r.v.Seq, &r.v.ID, &r.subject, &r.dossier)
		out = append(out, r)
		return err
	})
	return out, err
}
