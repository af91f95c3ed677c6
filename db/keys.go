package db

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// keys are the secrets that lie beside the database and never in it. Folder keys
// holds:
//
//	master              32 bytes; every other symmetric key is derived from it or wrapped by it
//	audit, audit.pub    what signs the log's heads, and its public key
//	audit-HASH.pub      every public key that a rotation has ended or begun; they stay
//	audit-HASH.next     a key that a rotation is about to bring in
//
// Which key the log has now is said by the log itself; the files follow it.
type keys struct {
	master  []byte
	signing signing
	files   []string // every public key that lies in the folder, oldest first as far as is known
}

// signing is the key in use and the public keys that lead to it.
type signing struct {
	skey  string      // signs the next head
	heads note.Signer // with skey; made when the first head is to be signed
	chain audit.Keys  // every key of the log in the order of their use; the last is skey's
}

// signer signs heads with the key. It is made once.
func (s *signing) signer() (_ note.Signer, err error) {
	if s.heads == nil {
		s.heads, err = note.NewSigner(s.skey)
	}
	return s.heads, err
}

func (s signing) vkey() string {
	all := s.chain.VKeys()
	return all[len(all)-1]
}

// makeKeys writes the keys, unless an earlier attempt already has.
func makeKeys(dir, instance string) error {
	folder := filepath.Join(dir, "keys")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	master := make([]byte, 32)
	rand.Read(master)
	skey, vkey, err := audit.NewKey(instance)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"master": hex.EncodeToString(master), "audit": skey, "audit.pub": vkey} {
		if err := writeFile(filepath.Join(folder, name), text+"\n"); err != nil {
			return err
		}
	}
	if err := syncDir(folder); err != nil {
		return err
	}
	return syncDir(dir)
}

func readKey(dir, name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dir, "keys", name))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("key %q is missing: %w", name, ErrNoWorkspace)
	}
	return strings.TrimSpace(string(b)), err
}

// readKeys reads the folder. The chain is filled from the log, see [DB.followKeys].
func readKeys(dir string) (k keys, err error) {
	hexMaster, err := readKey(dir, "master")
	if err != nil {
		return k, err
	}
	if k.master, err = hex.DecodeString(hexMaster); err != nil || len(k.master) != 32 {
		return k, errors.New("key \"master\" is damaged")
	}
	if k.signing.skey, err = readKey(dir, "audit"); err != nil {
		return k, err
	}
	k.files, err = readPublicKeys(dir)
	return k, err
}

// readPublicKeys reads every public key of the folder; the one in use comes last.
func readPublicKeys(dir string) ([]string, error) {
	newest, err := readKey(dir, "audit.pub")
	if err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "keys", "audit-*.pub"))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range names {
		vkey, err := readKey(dir, filepath.Base(name))
		if err != nil {
			return nil, err
		}
		if vkey != newest {
			out = append(out, vkey)
		}
	}
	return append(out, newest), nil
}

// keyChain is the key with which the log began, and those that its rotations brought
// in. A log without a beginning has the folder's own.
func keyChain(q querier, own string) (chain audit.Keys, err error) {
	first, err := entriesOf(q, review.EventStarted, 1)
	if err != nil {
		return chain, err
	}
	rotations, err := entriesOf(q, review.EventKeyRotated, -1)
	if err != nil {
		return chain, err
	}
	for _, e := range first {
		for _, f := range e.Facts {
			if f.Name == factVerifier {
				own = f.Value
			}
		}
	}
	chain, err = audit.NewKeys(own)
	for _, e := range rotations {
		if err == nil {
			chain, err = chain.Follow(e)
		}
	}
	if err != nil {
		return chain, fmt.Errorf("keys of the log: %w", err)
	}
	return chain, nil
}

// factVerifier is the fact of the log's first event that names its first public key.
const factVerifier = "verifier"

// entriesOf reads the first entries of a kind; a negative limit reads all.
func entriesOf(q querier, kind review.EventKind, limit int) (out []audit.Entry, err error) {
	rows, err := q.rows(`SELECT body FROM audit_entry WHERE kind = ? ORDER BY seq LIMIT +?`, string(kind), limit)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		e, err := audit.Parse(body)
		out = append(out, e)
		return err
	})
	return out, err
}

// known are the keys of the chain and those of the folder that it lacks: a head that
// one of them signed is the desk's own, if perhaps from a history that was put back.
func (k keys) known() (audit.Keys, error) {
	all := k.signing.chain.VKeys()
	for _, vkey := range k.files {
		if !slices.Contains(all, vkey) {
			all = append(all, vkey)
		}
	}
	known, err := audit.NewKeys(all...)
	if err != nil {
		return known, fmt.Errorf("public keys of the log: %w", err)
	}
	return known, nil
}

// ownKey is the public key that lies in the folder. The check of the log holds the
// log against it, and not against what the log says of itself.
func (db *DB) ownKey() string {
	db.keysMu.RLock()
	defer db.keysMu.RUnlock()
	return db.keys.files[len(db.keys.files)-1]
}

// trusted is known, for readers beside the writer.
func (db *DB) trusted() (audit.Keys, error) {
	db.keysMu.RLock()
	defer db.keysMu.RUnlock()
	return db.keys.known()
}

// followKeys reads which key the log has now and brings the folder into line with it.
// A folder that does not hold that key leaves the desk reading only.
func (db *DB) followKeys(q querier) (err error) {
	db.keysMu.Lock()
	defer db.keysMu.Unlock()
	k := &db.keys
	own := k.files[len(k.files)-1]
	if k.signing.chain, err = keyChain(q, own); err != nil {
		db.noKey = "The log does not say rightly which keys it has had: " + err.Error() + "."
		k.signing.chain, err = audit.NewKeys(own) // to read with
		return err
	}
	if err := db.adoptKey(k); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	have, err := audit.PublicKey(k.signing.skey)
	if err != nil {
		return fmt.Errorf("key \"audit\": %w", err)
	}
	if have != k.signing.vkey() {
		db.noKey = "The file keys/audit does not hold the key that the log has now. Put back the file keys/audit of the database's time."
	}
	return nil
}

// signingNow is the key in use, for readers beside the writer.
func (db *DB) signingNow() signing {
	db.keysMu.RLock()
	defer db.keysMu.RUnlock()
	return db.keys.signing
}

func (db *DB) signWith(s signing) {
	db.keysMu.Lock()
	defer db.keysMu.Unlock()
	db.keys.signing = s
}

// VerifierKey is the public key that verifies this desk's newest checkpoints.
func (db *DB) VerifierKey() string { return db.signingNow().vkey() }

// VerifierKeys are all public keys that the log has had, oldest first.
func (db *DB) VerifierKeys() []string { return db.signingNow().chain.VKeys() }
