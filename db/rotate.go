package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// A rotation has three steps, each of which may be the last before a crash:
//
//  1. the new secret key is written under a name of its own and synced;
//  2. one transaction appends the event, signed by both keys, and the head over it,
//     signed by the new one;
//  3. the files take the new key's place; the old secret key is gone for good.
//
// After step 1 the new key is a file that nothing asks for. After step 2 the log says
// which key it has, and opening the desk does step 3.

// RotateKey hands the log over to a new signing key, and returns its public key. The
// error of a desk that could record the change but not put the files in order is
// told; the next opening puts them in order.
func (db *DB) RotateKey(ctx context.Context, by Actor, reason string) (string, error) {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return "", review.Forbidden{Why: "Only an admin changes the log's key."}
	}
	if err := checkReason(reason); err != nil {
		return "", err
	}
	db.rotating.Lock()
	defer db.rotating.Unlock()
	skey, vkey, err := audit.NewKey(db.instance)
	if err != nil {
		return "", err
	}
	if err := db.writeKey(nextFile(vkey), skey); err != nil {
		return "", fmt.Errorf("rotate key: %w", err)
	}
	err = db.Do(ctx, func(tx *Tx) error { return tx.rotateKey(by, skey, reason) })
	if err != nil && !errors.Is(err, ErrNotAnchored) {
		return "", err // the new key stays: a commit that failed may yet be found whole
	}
	db.keysMu.Lock()
	defer db.keysMu.Unlock()
	if failed := db.adoptKey(&db.keys); failed != nil {
		err = errors.Join(err, fmt.Errorf("the log has its new key; its files are put in order when the desk is next opened: %w", failed))
	}
	return vkey, err
}

// checkReason wants a few words.
func checkReason(reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 4 || n > review.NoteMax || !utf8.ValidString(reason) {
		return review.Invalid{"reason": "Say in a few words why."}
	}
	return nil
}

func (tx *Tx) rotateKey(by Actor, skey, reason string) error {
	facts, err := audit.RotationFacts(tx.db.instance, tx.next, tx.signing.skey, skey)
	if err != nil {
		return err
	}
	event := review.Event{Kind: review.EventKeyRotated, Object: tx.db.instance, Words: []review.Words{{Field: "reason", Text: reason}}}
	for _, f := range facts {
		event.Facts = append(event.Facts, review.Fact{Name: f.Name, Value: f.Value})
	}
	seq, err := tx.append(by, event, 0)
	if err != nil {
		return err
	}
	var body []byte
	if err := tx.row(`SELECT body FROM audit_entry WHERE seq = ?`, seq).Scan(&body); err != nil {
		return err
	}
	written, err := audit.Parse(body)
	if err != nil {
		return err
	}
	chain, err := tx.signing.chain.Follow(written)
	if err != nil {
		return err
	}
	tx.signing = signing{skey: skey, chain: chain}
	return nil
}

// adoptKey does step 3 for the key that the log has now, unless it is done, and
// removes keys that no rotation brought in. It is harmless at any moment.
func (db *DB) adoptKey(k *keys) error {
	vkey := k.signing.vkey()
	next, err := readKey(db.dir, nextFile(vkey))
	switch {
	case err == nil:
		if err := db.putInPlace(k, vkey, next); err != nil {
			return err
		}
	case !errors.Is(err, ErrNoWorkspace):
		return err
	}
	left, err := filepath.Glob(filepath.Join(db.dir, "keys", "audit-*.next*"))
	for _, name := range left {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// putInPlace lets the new key take the old one's place. The secret key comes last: it
// alone makes the rotation's file go away.
func (db *DB) putInPlace(k *keys, vkey, skey string) error {
	if have, err := audit.PublicKey(skey); err != nil || have != vkey {
		return errors.Join(err, fmt.Errorf("%s holds another key", nextFile(vkey)))
	}
	for _, known := range k.signing.chain.VKeys() {
		if err := db.writeKey(publicFile(known), known); err != nil {
			return err
		}
	}
	if err := db.writeKey("audit.pub", vkey); err != nil {
		return err
	}
	folder := filepath.Join(db.dir, "keys")
	if err := os.Rename(filepath.Join(folder, nextFile(vkey)), filepath.Join(folder, "audit")); err != nil {
		return err
	}
	k.signing.skey = skey
	files, err := readPublicKeys(db.dir)
	k.files = files
	return errors.Join(err, syncDir(folder))
}

// writeKey writes a file of the folder of keys, and is done when it is on the disk.
func (db *DB) writeKey(name, text string) error {
	folder := filepath.Join(db.dir, "keys")
	return errors.Join(writeFile(filepath.Join(folder, name), text+"\n"), syncDir(folder))
}

func nextFile(vkey string) string   { return "audit-" + keyHash(vkey) + ".next" }
func publicFile(vkey string) string { return "audit-" + keyHash(vkey) + ".pub" }

// keyHash is the middle part of a public key: eight hexadecimal digits.
func keyHash(vkey string) string {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return "none"
	}
	return parts[1]
}
