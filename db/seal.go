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

	"reviewdesk/review"
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

const subjectKeys = "subject keys" // the purpose of the key that wraps data keys

func (db *DB) wrapKey(key []byte) ([]byte, error) {
	aead, err := db.aeadFor(subjectKeys)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, key, []byte("subject.key")), nil
}

func (db *DB) unwrapKey(wrapped []byte) ([]byte, error) {
	aead, err := db.aeadFor(subjectKeys)
	if err != nil {
		return nil, err
	}
	return unseal(aead, "subject.key", wrapped)
}

// aeadFor is the cipher under the derived key of one purpose, made once.
func (db *DB) aeadFor(purpose string) (cipher.AEAD, error) {
	if known, ok := db.ciphers.Load(purpose); ok {
		return known.(cipher.AEAD), nil
	}
	aead, err := newAEAD(db.DeriveKey(purpose, 32))
	if err == nil {
		db.ciphers.Store(purpose, aead)
	}
	return aead, err
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
	return unseal(aead, place, sealed)
}

func unseal(aead cipher.AEAD, place string, sealed []byte) ([]byte, error) {
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

// keyring holds one person's data key while their case is worked on: it is read and
// unwrapped once, and the cipher under it is made once.
type keyring struct {
	of   int64 // 0: nobody's
	key  []byte
	aead cipher.AEAD // made when it is first wanted
}

// subjectKey unwraps a person's data key; subject 0 is the desk's own.
func (db *DB) subjectKey(q querier, subject int64) ([]byte, error) {
	if subject == 0 {
		return db.DeriveKey(deskWords, 32), nil
	}
	ring := q.ring()
	if ring != nil && ring.of == subject {
		return ring.key, nil
	}
	var wrapped []byte
	if err := q.row(`SELECT key FROM subject WHERE id = ?`, subject).Scan(&wrapped); err != nil {
		return nil, fmt.Errorf("subject key: %w", err)
	}
	if len(wrapped) == 0 {
		return nil, fmt.Errorf("subject key: %w", review.ErrErased)
	}
	key, err := db.unwrapKey(wrapped)
	if err == nil && ring != nil {
		*ring = keyring{of: subject, key: key}
	}
	return key, err
}

// unsealFor opens what is sealed under a person's key.
func (db *DB) unsealFor(q querier, subject int64, place string, sealed []byte) ([]byte, error) {
	aead, err := db.subjectAEAD(q, subject)
	if err != nil {
		return nil, err
	}
	return unseal(aead, place, sealed)
}

func (db *DB) subjectAEAD(q querier, subject int64) (cipher.AEAD, error) {
	if subject == 0 {
		return db.aeadFor(deskWords)
	}
	key, err := db.subjectKey(q, subject)
	if err != nil {
		return nil, err
	}
	ring := q.ring()
	if ring == nil {
		return newAEAD(key)
	}
	if ring.aead == nil {
		ring.aead, err = newAEAD(key)
	}
	return ring.aead, err
}
