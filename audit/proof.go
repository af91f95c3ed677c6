package audit

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveInclusion returns the proof that the entry with this seq (from 1) is among
// the first size entries: at most log₂ size hashes. The error is r's, or says that
// there is no such entry.
func ProveInclusion(size, seq int64, r tlog.HashReader) (tlog.RecordProof, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	p, err := tlog.ProveRecord(size, seq-1, r)
	if err != nil {
		return nil, fmt.Errorf("proof of entry %d in %d: %w", seq, size, err)
	}
	return p, nil
}

// CheckInclusion checks that the log of this size and root has these bytes as the
// entry with this seq (from 1). Nil means it has.
func CheckInclusion(p tlog.RecordProof, size int64, root tlog.Hash, seq int64, body []byte) error {
	if err := checkSize(size); err != nil {
		return err
	}
	if err := tlog.CheckRecord(p, size, root, seq-1, tlog.RecordHash(body)); err != nil {
		return fmt.Errorf("proof of entry %d in %d: %w", seq, size, err)
	}
	return nil
}

// ProveConsistency returns the proof that the first size entries begin with the
// first old entries. The error is r's, or says that old is larger than size.
func ProveConsistency(old, size int64, r tlog.HashReader) (tlog.TreeProof, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if old == 0 {
		return tlog.TreeProof{}, nil // every log begins with the empty one
	}
	p, err := tlog.ProveTree(size, old, r)
	if err != nil {
		return nil, fmt.Errorf("proof that %d entries begin with %d: %w", size, old, err)
	}
	return p, nil
}

// CheckConsistency checks that the log with the newer size and root only added to
// the log with the older ones. Nil means it did.
func CheckConsistency(p tlog.TreeProof, old int64, oldRoot tlog.Hash, size int64, root tlog.Hash) error {
	if err := checkSize(size); err != nil {
		return err
	}
	if old == 0 {
		return checkEmpty(p, oldRoot)
	}
	if err := tlog.CheckTree(p, size, root, old, oldRoot); err != nil {
		return fmt.Errorf("proof that %d entries begin with %d: %w", size, old, err)
	}
	return nil
}

func checkEmpty(p tlog.TreeProof, root tlog.Hash) error {
	empty, err := Root(0, nil)
	if err != nil {
		return err
	}
	if len(p) != 0 || root != empty {
		return errors.New("that is not the empty log")
	}
	return nil
}
