package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"unicode/utf8"
)

// Commitment stands in an entry for words or data that must not stand there
// themselves. Whoever has the key and the value can show that they belong to it;
// without the key it says nothing, not even whether two values were the same.
type Commitment struct {
	Field string   // what the value is, such as "note"
	Sum   [32]byte // HMAC-SHA256(key, value)
}

// Commit makes a commitment to a value under a fresh random key. The key is to be
// kept apart from the log, and deleted when the value is erased. The error is for a
// field that is empty or not valid UTF-8, or a system without randomness.
func Commit(field string, value []byte) (c Commitment, key [32]byte, err error) {
	if field == "" || !utf8.ValidString(field) {
		return Commitment{}, key, fmt.Errorf("commit: %q cannot name a field", field)
	}
	if _, err := rand.Read(key[:]); err != nil {
		return Commitment{}, key, fmt.Errorf("commit to %s: %w", field, err)
	}
	return Commitment{field, seal(key[:], value)}, key, nil
}

// Opens reports whether key and value are the ones committed to. It takes the same
// time for every wrong sum.
func (c Commitment) Opens(key, value []byte) bool {
	// HMAC fills short keys up with zeros, so a shortened key could pass for the
	// whole one
	if len(key) != len(c.Sum) {
		return false
	}
	sum := seal(key, value)
	return hmac.Equal(sum[:], c.Sum[:])
}

func seal(key, value []byte) (sum [32]byte) {
	mac := hmac.New(sha256.New, key)
	mac.Write(value)
	mac.Sum(sum[:0])
	return sum
}
