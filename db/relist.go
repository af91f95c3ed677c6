package db

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// The list of who was erased. A backup that is put back brings back whoever was erased
// after it was made, unless somebody remembers: so each erasure is a line of a file that
// lies beside the anchor, outside the database and its backups, synced before anybody is
// told that the person is gone. A line names the case, the event and its leaf hash, and
// nobody. It is authenticated under a key derived from the master key: who can write
// beside the anchor cannot make the desk erase anybody by that.
//
// At the start the list's last line is looked up in the log. If it is there, so is
// everything before it. If not, the database is an older copy: whoever the list names
// behind the last line that the log holds is erased again, before anything is served. A
// desk that is sealed cannot record that yet; it takes the data away all the same, and
// the events follow with the one that accepts the rollback.

// factLost is the number that an erasure had in the log that is lost.
const factLost = "lost_entry"

// listFile is the list's file: several desks may have their anchors in one folder.
func listFile(anchor string) string { return anchor + ".erased" }

// erasedLine is one case whose person was erased.
type erasedLine struct {
	Time   string             `json:"time"`
	Case   string             `json:"case"`
	Ground review.LegalGround `json:"ground"`
	Entry  int64              `json:"entry"`
	Leaf   string             `json:"leaf"` // hex
	MAC    string             `json:"mac"`  // hex; of the line with "" in this place
}

func (db *DB) macOf(l erasedLine) string {
	l.MAC = ""
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // texts and a number: nothing can fail
	}
	mac := hmac.New(sha256.New, db.DeriveKey("list of the erased", 32))
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}

// list puts an erasure down, to be listed once it is committed.
func (tx *Tx) list(entry int64) error {
	l, err := tx.db.lineOf(tx, entry)
	if err == nil {
		tx.listed = append(tx.listed, l)
	}
	return err
}

// lineOf is the line of an event.
func (db *DB) lineOf(q querier, entry int64) (l erasedLine, err error) {
	var body []byte
	if err := q.row(`SELECT body FROM audit_entry WHERE seq = ?`, entry).Scan(&body); err != nil {
		return l, err
	}
	e, err := audit.Parse(body)
	if err != nil {
		return l, err
	}
	leaf := tlog.RecordHash(body)
	l = erasedLine{Time: e.Time.Format(time.RFC3339Nano), Case: e.Object, Ground: review.LegalGround(factsOf(&e, factGround)), Entry: entry, Leaf: hex.EncodeToString(leaf[:])}
	l.MAC = db.macOf(l)
	return l, nil
}

// listWaiting appends what is committed to the list.
func (db *DB) listWaiting() error {
	if len(db.unlisted) == 0 {
		return nil
	}
	var text bytes.Buffer
	for _, l := range db.unlisted {
		if err := json.NewEncoder(&text).Encode(l); err != nil {
			return err
		}
	}
	if err := appendSynced(listFile(db.opts.Anchor), text.Bytes()); err != nil {
		return fmt.Errorf("%w: list of who was erased: %w", ErrNotAnchored, err)
	}
	db.unlisted = nil
	return nil
}

// appendSynced appends to a file, or takes back what it has appended.
func appendSynced(path string, text []byte) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return errors.Join(err, f.Truncate(info.Size()))
	}
	if info.Size() == 0 {
		return syncDir(filepath.Dir(path))
	}
	return nil
}

// takeList holds the log against the list, and fills db.again.
func (db *DB) takeList(q querier) error {
	path := listFile(db.opts.Anchor)
	last, whole, err := lastLine(path)
	if err != nil {
		return err
	}
	if err := cutTo(path, whole); err != nil { // a line that a crash cut short was never told of
		return err
	}
	known := last == nil
	if last != nil {
		if known, err = db.knows(q, *last); err != nil {
			return err
		}
	}
	if known {
		return db.listMissing(q, last)
	}
	if db.again, err = db.readList(q, path); err != nil {
		db.seal("The list of who was erased, " + path + ", holds a line that this desk did not write: nobody can tell whether somebody is to be erased again: " + err.Error() + ".")
		return nil
	}
	if db.Sealed() == "" {
		return nil
	}
	if err := db.wipeAgain(db.again); err != nil || len(db.again) == 0 {
		return err
	}
	return db.emptyNow(context.Background())
}

// lastLine reads the end of the list, and how long it is with its last whole line.
func lastLine(path string) (last *erasedLine, whole int64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, -1, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	const longest = 4 << 10 // two lines, by far
	from := max(info.Size()-longest, 0)
	tail, err := io.ReadAll(io.NewSectionReader(f, from, longest))
	if err != nil {
		return nil, 0, err
	}
	end := bytes.LastIndexByte(tail, '\n') + 1
	if end == 0 {
		return nil, from, nil
	}
	begin := bytes.LastIndexByte(tail[:end-1], '\n') + 1
	last = new(erasedLine)
	if json.Unmarshal(tail[begin:end], last) != nil {
		*last = erasedLine{} // no log holds it
	}
	return last, from + int64(end), nil
}

func cutTo(path string, whole int64) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == whole {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Truncate(path, whole)
}

// knows reports whether the log holds the event of a line.
func (db *DB) knows(q querier, l erasedLine) (bool, error) {
	var body []byte
	err := q.row(`SELECT body FROM audit_entry WHERE seq = ?`, l.Entry).Scan(&body)
	if isNoRows(err) {
		return false, nil
	}
	leaf := tlog.RecordHash(body)
	return hex.EncodeToString(leaf[:]) == l.Leaf, err
}

// listMissing lists what was committed before a crash and not listed; all of it, where
// the list is gone.
func (db *DB) listMissing(q querier, last *erasedLine) error {
	from := int64(0)
	if last != nil {
		from = last.Entry
	}
	for {
		missing, err := db.linesBehind(q, from)
		if err != nil || len(missing) == 0 {
			return err
		}
		db.unlisted = missing
		if err := db.listWaiting(); err != nil {
			return err
		}
		from = missing[len(missing)-1].Entry
	}
}

// listedTogether is how many lines are made at once.
const listedTogether = 2_000

// linesBehind are the next lines of what was erased behind an event.
func (db *DB) linesBehind(q querier, from int64) (out []erasedLine, err error) {
	rows, err := q.rows(`SELECT seq FROM audit_entry WHERE kind = 'erased' AND seq > ? ORDER BY seq LIMIT +?`, from, listedTogether)
	if err != nil {
		return nil, err
	}
	var missing []int64
	if err := eachRow(rows, func() error {
		var seq int64
		err := rows.Scan(&seq)
		missing = append(missing, seq)
		return err
	}); err != nil {
		return nil, err
	}
	for _, seq := range missing {
		l, err := db.lineOf(q, seq)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// readList reads who is to be erased again: of the lines behind the last one that the log
// holds, those whose case is here, and not erased.
func (db *DB) readList(q querier, path string) (again []erasedLine, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		var l erasedLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || !hmac.Equal([]byte(l.MAC), []byte(db.macOf(l))) {
			return nil, fmt.Errorf("line %d is not as it was written", n)
		}
		known, err := db.knows(q, l)
		if err != nil {
			return nil, err
		}
		if known {
			again = nil
		} else if again, err = addStanding(q, again, l); err != nil {
			return nil, err
		}
	}
	return again, lines.Err()
}

// addStanding adds a line whose case is here, and not erased, and not among the lines.
func addStanding(q querier, lines []erasedLine, l erasedLine) ([]erasedLine, error) {
	var stands bool
	err := q.row(`SELECT COUNT(*) FROM verification v WHERE v.id = ? AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.v = v.seq)`, l.Case).Scan(&stands)
	if stands && !slices.ContainsFunc(lines, func(other erasedLine) bool { return other.Case == l.Case }) {
		lines = append(lines, l)
	}
	return lines, err
}

// wipeAgain takes away, without an event, what the list says is gone: the event is in the
// list's own log.
func (db *DB) wipeAgain(lines []erasedLine) (err error) {
	if len(lines) == 0 {
		return nil
	}
	tx := &Tx{db: db, ctx: context.Background(), Now: db.Now()}
	if _, err := tx.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	for _, l := range lines {
		if err = tx.wipeListed(l); err != nil {
			_, back := tx.exec(`ROLLBACK`)
			return errors.Join(err, back)
		}
	}
	_, err = tx.exec(`COMMIT`)
	return err
}

func (tx *Tx) wipeListed(l erasedLine) error {
	subject, err := subjectOf(tx, l.Case)
	if err != nil {
		return err
	}
	rows, err := tx.rowsOf(subject)
	if err != nil {
		return err
	}
	return tx.wipe(subject, rows)
}

// eraseAgain records and does again what the list says was done in a log that is lost.
func (tx *Tx) eraseAgain() error {
	for _, l := range tx.db.again {
		subject, err := subjectOf(tx, l.Case)
		if err != nil {
			return err
		}
		r, err := tx.db.retention(tx, subject)
		if err != nil {
			return err
		}
		if r.Erased != nil {
			continue // with another of their cases
		}
		if err := tx.liftLost(r); err != nil {
			return err
		}
		lost := []review.Fact{{Name: factLost, Value: strconv.FormatInt(l.Entry, 10)}, {Name: "lost_leaf", Value: l.Leaf}}
		if err := tx.erase(System("retention"), r, l.Ground, nil, lost); err != nil {
			return err
		}
	}
	return nil
}

// liftLost lifts a hold that was lifted in the log that is lost: nobody who is held is
// erased.
func (tx *Tx) liftLost(r review.Retention) error {
	if r.Hold == nil {
		return nil
	}
	event := review.Event{Kind: review.EventHoldLifted, Object: r.Hold.Case, Facts: []review.Fact{{Name: factPerson, Value: strconv.FormatInt(r.Person, 10)}}}
	if _, err := tx.append(System("retention"), event, 0); err != nil {
		return err
	}
	return tx.one(`DELETE FROM hold WHERE subject = ?`, r.Person)
}
