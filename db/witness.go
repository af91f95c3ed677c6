package db

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// Witness is somebody else's machine that countersigns the log's heads, and how far
// it has come.
type Witness struct {
	Name         string // of its key
	VKey         string
	URL          string
	AllowPrivate bool // it may be at a private address
	Added        time.Time
	Seen         int64     // the newest event under a head that it countersigned; 0: none
	SeenAt       time.Time // when that came in
	Unseen       time.Time // of the first event it has not countersigned; zero: it has all
	Trouble      string    // why the last try failed; "" when it did not
	TroubleSince time.Time
	Refused      bool // it holds a log that this one does not go on from
}

// WitnessPatience is how long a head may stay unseen before its witness counts as silent.
const WitnessPatience = time.Minute

// Silent reports whether the witness is behind for longer than it should be.
func (w Witness) Silent(now time.Time) bool {
	return !w.Unseen.IsZero() && now.Sub(w.Unseen) > WitnessPatience || w.Trouble != ""
}

// Since is when a silent witness was last heard of; if it never was, when it was added.
func (w Witness) Since() time.Time {
	if w.SeenAt.IsZero() {
		return w.Added
	}
	return w.SeenAt
}

// Witnesses is how the log stands with all of them.
type Witnesses struct {
	All    []Witness // by name
	Quorum int       // how many must have seen a head before it counts as witnessed; 0: none must
	Size   int64     // of the newest head
}

// Agreed is the newest event that as many witnesses as the quorum asks for (one at
// least) have seen, and how many have.
func (w Witnesses) Agreed() (seq int64, seen int) {
	for _, candidate := range w.All {
		n := 0
		for _, other := range w.All {
			if candidate.Seen > 0 && other.Seen >= candidate.Seen {
				n++
			}
		}
		if n >= max(w.Quorum, 1) && candidate.Seen > seq || seq == 0 && n > seen {
			seq, seen = candidate.Seen, n
		}
	}
	return seq, seen
}

// Witnesses reads who witnesses the log and how far each has come.
func (db *DB) Witnesses(ctx context.Context) (Witnesses, error) { return witnesses(db.read(ctx)) }

// Witnesses is like [DB.Witnesses], from the reader's snapshot.
func (l *LogReader) Witnesses() (Witnesses, error) { return witnesses(l.q) }

func witnesses(q querier) (all Witnesses, err error) {
	if all.Quorum, err = quorumOf(q); err != nil {
		return all, err
	}
	if all.Size, err = newestHead(q); err != nil {
		return all, err
	}
	rows, err := q.rows(`SELECT name, vkey, url, allow_private, added_at, trouble, refused, trouble_at,
		COALESCE((SELECT MAX(size) FROM cosignature c WHERE c.name = witness.name), 0) FROM witness ORDER BY name`)
	if err != nil {
		return all, err
	}
	err = eachRow(rows, func() error {
		w, err := scanWitness(rows)
		all.All = append(all.All, w)
		return err
	})
	for i := range all.All {
		if err == nil {
			err = all.All[i].readTimes(q)
		}
	}
	return all, err
}

func scanWitness(rows answers) (Witness, error) {
	var w Witness
	var added, trouble int64
	err := rows.Scan(&w.Name, &w.VKey, &w.URL, &w.AllowPrivate, &added, &w.Trouble, &w.Refused, &trouble, &w.Seen)
	w.Added, w.TroubleSince = fromMicros(added), fromMicros(trouble)
	return w, err
}

func (w *Witness) readTimes(q querier) error {
	var at, unseen int64
	if err := q.row(`SELECT COALESCE((SELECT at FROM cosignature WHERE name = ? AND size = ?), 0),
		COALESCE((SELECT at FROM audit_entry WHERE seq = ?), 0)`, w.Name, w.Seen, w.Seen+1).Scan(&at, &unseen); err != nil {
		return err
	}
	w.SeenAt, w.Unseen = fromMicros(at), fromMicros(unseen)
	if w.Unseen.Before(w.Added) && unseen != 0 {
		w.Unseen = w.Added // what was there before it came is not held against it
	}
	return nil
}

const policyQuorum = "witness_quorum"

func quorumOf(q querier) (n int, err error) {
	var text string
	err = q.row(`SELECT value FROM policy WHERE name = ?`, policyQuorum).Scan(&text)
	if isNoRows(err) {
		return 0, nil
	}
	if err == nil {
		n, err = strconv.Atoi(text)
	}
	return n, err
}

// NewWitness is what an admin gives to add one.
type NewWitness struct {
	URL, VKey    string
	AllowPrivate bool
}

// check tells every mistake by field, and returns the name of the witness's key.
func (n *NewWitness) check() (name string, err error) {
	bad := review.Invalid{}
	n.URL, n.VKey = strings.TrimRight(strings.TrimSpace(n.URL), "/"), strings.TrimSpace(n.VKey)
	u, err := url.Parse(n.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(n.URL) > 500 {
		bad.Add("url", "Write the witness's address as https://HOST/PATH.")
	}
	names, err := audit.WitnessNames([]string{n.VKey})
	if err != nil {
		bad.Add("vkey", "This is no witness's public key: reviewdesk witness prints it.")
		return "", bad.Err()
	}
	return names[0], bad.Err()
}

// AddWitness adds a witness; from then on it is shown, whether it answers or not.
func (db *DB) AddWitness(ctx context.Context, by Actor, n NewWitness) (name string, err error) {
	if name, err = n.check(); err != nil {
		return "", err
	}
	err = db.changePolicy(ctx, by, func(tx *Tx) ([]review.Fact, error) {
		res, err := tx.exec(`INSERT INTO witness (name, vkey, url, allow_private, added_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
			name, n.VKey, n.URL, n.AllowPrivate, micros(tx.Now))
		if err != nil {
			return nil, err
		}
		if added, _ := res.RowsAffected(); added == 0 {
			return nil, review.Invalid{"vkey": "A witness of this name is there already. Remove it first."}
		}
		facts := []review.Fact{{Name: "policy", Value: "witness_added"}, {Name: "witness", Value: name}, {Name: "vkey", Value: n.VKey}, {Name: "url", Value: n.URL}}
		return facts, distinctWitnesses(tx)
	})
	return name, err
}

// distinctWitnesses refuses two witnesses with one key: they would count as two and
// are one.
func distinctWitnesses(tx *Tx) error {
	vkeys, err := witnessKeys(tx)
	if err != nil {
		return err
	}
	if _, err := audit.WitnessNames(vkeys); err != nil {
		return review.Invalid{"vkey": "This key is there already under another name."}
	}
	return nil
}

func witnessKeys(q querier) (out []string, err error) {
	rows, err := q.rows(`SELECT vkey FROM witness ORDER BY name`)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var v string
		err := rows.Scan(&v)
		out = append(out, v)
		return err
	})
	return out, err
}

// RemoveWitness takes a witness away. What it countersigned stays; an unknown name is
// [ErrNotFound], and so many must stay as the quorum asks for.
func (db *DB) RemoveWitness(ctx context.Context, by Actor, name string) error {
	return db.changePolicy(ctx, by, func(tx *Tx) ([]review.Fact, error) {
		res, err := tx.exec(`DELETE FROM witness WHERE name = ?`, name)
		if err != nil {
			return nil, err
		}
		if gone, _ := res.RowsAffected(); gone == 0 {
			return nil, fmt.Errorf("witness %q: %w", name, ErrNotFound)
		}
		return []review.Fact{{Name: "policy", Value: "witness_removed"}, {Name: "witness", Value: name}}, tx.quorumHolds(-1)
	})
}

// SetQuorum says how many witnesses must have seen a head; 0 for none.
func (db *DB) SetQuorum(ctx context.Context, by Actor, n int) error {
	return db.changePolicy(ctx, by, func(tx *Tx) ([]review.Fact, error) {
		if _, err := tx.exec(`INSERT INTO policy (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			policyQuorum, strconv.Itoa(n)); err != nil {
			return nil, err
		}
		return []review.Fact{{Name: "policy", Value: policyQuorum}, {Name: "quorum", Value: strconv.Itoa(n)}}, tx.quorumHolds(n)
	})
}

// quorumHolds refuses a quorum that the witnesses there are can never make; a negative
// one is the present one.
func (tx *Tx) quorumHolds(n int) (err error) {
	if n < 0 {
		if n, err = quorumOf(tx); err != nil {
			return err
		}
	}
	vkeys, err := witnessKeys(tx)
	if err != nil {
		return err
	}
	if n > len(vkeys) {
		return review.Invalid{"quorum": fmt.Sprintf("There would be %d witnesses and a quorum of %d: set the quorum first, from 0 to %d.", len(vkeys), n, len(vkeys))}
	}
	return nil
}

// changePolicy changes what holds for the whole desk, and records it.
func (db *DB) changePolicy(ctx context.Context, by Actor, change func(*Tx) ([]review.Fact, error)) error {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return review.Forbidden{Why: "Only an admin changes what holds for the whole desk."}
	}
	return db.Do(ctx, func(tx *Tx) error {
		facts, err := change(tx)
		if err != nil {
			return err
		}
		_, err = tx.append(by, review.Event{Kind: review.EventPolicyChange, Object: db.instance, Facts: facts}, 0)
		return err
	})
}
