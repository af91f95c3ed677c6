package audit

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Source is a stored log, read from beginning to end. [Verify] reads Entries, Hashes,
// Checkpoints, Cosignatures, Openings and Outbox ahead and at the same time, each in a goroutine of its own,
// and Cases after them; all should see one state of the database.
//
// Every method hands over one row after the other and returns the first error: its
// own, or the one that yield returned, which must end the reading. Slices need to
// stay as they are only until yield returns.
type Source interface {
	// Entries yields the entries by rising seq (from 1).
	Entries(yield func(seq int64, columns Columns, body []byte) error) error
	// Hashes yields the stored hashes by rising place (from 0).
	Hashes(yield func(idx int64, h tlog.Hash) error) error
	// Checkpoints yields the signed heads by rising size (in entries).
	Checkpoints(yield func(size int64, signed []byte) error) error
	// Cosignatures yields what witnesses signed, by rising size and name: the name of the
	// witness, and its line under the signed note.
	Cosignatures(yield func(size int64, name, line string) error) error
	// Openings yields the commitments that still have their keys, by rising seq and
	// field, with the value as it was committed to; with no key at all where what
	// storage keeps is damaged, so that there is no value.
	Openings(yield func(seq int64, field string, key, value []byte) error) error
	// Outbox yields what was put down to be told to the platform, in the order in which
	// it was: the entry of the change, its case, and the state it is told of.
	Outbox(yield func(seq int64, object, state string) error) error
	// Cases yields the table of cases as it stands, in any order.
	Cases(yield func(*CaseState) error) error
	// Accounts yields the table of accounts, in any order.
	Accounts(yield func(AccountState) error) error
}

// Columns are the plain copies that storage keeps beside an entry's bytes, to search
// by. They must say what the bytes say.
type Columns struct {
	Kind   string // the entry's Action
	Actor  string // its Actor.ID
	Object string
	At     time.Time // its Time
}

// CaseState is one row of the table of cases, with the rows of other tables that
// belong to it.
type CaseState struct {
	ID        string
	State     string
	Version   int64
	Decider   string    // who took or confirmed the decision that stands; "" if none stands
	Decided   time.Time // when; zero if none stands
	Effective time.Time // from when it has effect outside; zero for at once
	Approved  time.Time // when an approval took effect; zero for none
	Decision  int64     // the entry of the proposal or decision that stands; 0 for none
	Arrived   Row       // what the newest copy brought
	Steps     []Row     // proposals, decisions, confirmations and files, by rising Seq
	Findings  []Fact    // "finding." and the code, with the officer's word
	Emptied   bool      // nothing of its person is left in any row; then storage repeats row, picture and file from the entries
	Working
}

// AccountState is one row of the table of accounts.
type AccountState struct {
	ID, Role, Name, Email string
	Disabled              time.Time // zero: it is not
}

// Options says what [Verify] checks a log against.
type Options struct {
	Keys       Keys     // the log's pinned keys; Verify follows rotations from there
	Witnesses  []string // vkeys of witnesses, beside those that the log itself names
	AnchorPath string   // the anchor; "" for none, and then a rollback cannot be seen
	// AnchorBytes is how much of the anchor counts, 0 for all of it. A running desk
	// goes on appending while its log is checked: what was anchored after the source's
	// state of the database was taken is not yet in it.
	AnchorBytes int64
}
