package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Sealing. Each person has a random data key; personal fields, notes, pictures and
// the provider's object are sealed under it (AES-256-GCM, random 96-bit nonce, the
// place of the field as additional data, so that a sealed value cannot be moved).
// The data keys are wrapped by a key derived from the master key, which lies
// outside the database and its backups. Deleting a data key forgets the person.
// Subject 0 is the desk itself: words about staff.

var errUnseal = errors.New("sealed value does not open: wrong key, or moved, or damaged")

// DeriveKey derives a key for one purpose from the master key (HKDF-SHA256), once:
// the caller does not change it.
func (db *DB) DeriveKey(purpose string, size int) []byte {
	type of struct {
		purpose string
		size    int
	}
	if known, ok := db.derived.Load(of{purpose, size}); ok {
		return known.([]byte)
	}
	key, err := hkdf.Key(sha256.New, db.keys.master, nil, "reviewdesk "+purpose, size)
	if err != nil {
		panic(err) // only for sizes that no hash can give
	}
	db.derived.Store(of{purpose, size}, key)
	return key
}

// digest is a keyed digest: equal values are equal, and nobody without the master
// key can guess the value from it.
func (db *DB) digest(purpose string, value []byte) []byte {
	mac := hmac.New(sha256.New, db.DeriveKey("digest "+purpose, 32))
	mac.Write(value)
	return mac.Sum(nil)
}

func newSubjectKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

func (db *DB) wrapKey(key []byte) ([]byte, error) {
	return sealWith(db.DeriveKey("subject keys", 32), "subject.key", key)
}

func (db *DB) unwrapKey(wrapped []byte) ([]byte, error) {
	return unsealWith(db.DeriveKey("subject keys", 32), "subject.key", wrapped)
}

func sealWith(key []byte, place string, value []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, value, []byte(place)), nil
}

func unsealWith(key []byte, place string, sealed []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	value, err := aead.Open(nil, nil, sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, errUnseal)
	}
	return value, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

const deskWords = "desk words" // the purpose of the key of subject 0

// subjectKey unwraps a person's data key; subject 0 is the desk's own.
func (db *DB) subjectKey(q querier, subject int64) ([]byte, error) {
	if subject == 0 {
		return db.DeriveKey(deskWords, 32), nil
	}
	var wrapped []byte
	if err := q.row(`SELECT key FROM subject WHERE id = ?`, subject).Scan(&wrapped); err != nil {
		return nil, fmt.Errorf("subject key: %w", err)
	}
	return db.unwrapKey(wrapped)
}

// subjectKey is a person's data key, which is unwrapped once in a piece of work.
func (tx *Tx) subjectKey(subject int64) ([]byte, error) {
	if subject != 0 && subject == tx.keyOf {
		return tx.key, nil
	}
	key, err := tx.db.subjectKey(tx, subject)
	if err == nil {
		tx.keyOf, tx.key = subject, key
	}
	return key, err
}
