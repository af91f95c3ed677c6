// Package audit is the proof of the audit log: the exact bytes of an entry, the
// Merkle tree over them, signed heads of that tree, and the offline check of the
// whole. It knows no SQL and no HTTP; storage hands it bytes and keeps what it
// returns.
//
// # The ideas
//
// An [Entry] says who did what to which case, when, from which state to which.
// It holds no names and no free text: a [Commitment] stands for those, and its
// key lies elsewhere, so that erasing the key erases the person from the log
// without breaking it; an entry says so, and [Verify] wants both or neither. The entries are the leaves of one Merkle tree (RFC 6962).
// The root of that tree, signed, is a [Checkpoint]: whoever kept one can show any
// later change to the entries it covers. An [Anchor] keeps them in a file outside
// the database; without one (or a head kept by somebody else) nobody can tell an
// older copy of the database from the newest. [Verify] checks everything, and
// replays the entries to see that the table of cases says the same. For people without
// the database there are a [Proof] of one entry and a bundle of many ([VerifyBundle]).
// A [Witness] on somebody else's machine cosigns heads, so that the log cannot show
// different histories to different people.
//
// # The bytes of an entry
//
// One JSON object in UTF-8 on one line: no white space between tokens, no byte
// order mark, no newline behind it. Every member is always there, in this order
// (broken over lines here only to be read):
//
//	{"v":1,
//	 "seq":7,
//	 "time":"2026-03-01T09:30:00.250Z",
//	 "actor":{"kind":"person","id":"u-12","role":"senior"},
//	 "action":"decided",
//	 "object":"5f0c",
//	 "before":{"state":"in_review","version":3},
//	 "after":{"state":"passed","version":4},
//	 "facts":[{"name":"ground","value":"false_alarm"}],
//	 "commitments":[{"field":"note","sum":"<64 lower-case hexadecimal digits>"}],
//	 "request":"r-9",
//	 "address":"192.0.2.7",
//	 "session":"c41f",
//	 "factors":["password"],
//	 "clock_stepped_back":false}
//
// The rules for the members:
//
//   - v is [Version]. seq counts from 1 without gaps.
//   - Numbers are decimal integers of 64 bits, signed, without leading zeros, plus
//     sign, fraction or exponent.
//   - time is UTC in whole milliseconds, always 24 characters, years 1970 to 9999.
//   - before and after are null where there is no state. Lists without members are
//     [], texts without characters "". Lists keep the order they were given in;
//     two commitments of one entry never have the same field.
//   - action is not empty.
//   - Strings are valid UTF-8 and written as in RFC 8785, section 3.2.2.2: the two
//     characters " and \ behind a \; U+0008, U+0009, U+000A, U+000C and U+000D as
//     \b \t \n \f \r; the other characters below U+0020 as \u00 and two lower-case
//     hexadecimal digits; every other character as itself.
//
// So an entry has exactly one encoding, and [Parse] refuses every other.
//
// A commitment's sum is HMAC-SHA256 over the exact bytes of the value, under 32
// random bytes that are used for this entry and field only.
//
// # The tree
//
// Leaf n (from 0) is the entry with seq n+1. Leaf hash: SHA-256 of the byte 0x00
// and the entry's bytes. Node hash: SHA-256 of 0x01, the left hash, the right hash.
// The root of n leaves, n > 1, is the node hash of the root of the first k leaves
// and that of the others, k being the largest power of two below n; the root of no
// leaves is SHA-256 of nothing (RFC 6962, section 2.1).
//
// The hashes are stored in the order in which they become known: behind each leaf
// hash come the hashes of the complete subtrees which that leaf completes,
// smallest first. The place (from 0) of leaf n's hash is therefore
// n + n/2 + n/4 + … , each term rounded down. This is [tlog.StoredHashIndex].
//
// # The checkpoint
//
// Three lines, each ending in a newline: origin, number of entries in decimal, root
// in standard base64 with padding (C2SP tlog-checkpoint, no extension lines). The
// origin is not empty and has no white space, control characters or plus sign. It
// is signed as a C2SP signed-note with Ed25519: the three lines, an empty line, and
//
//	— <key name> <base64 of 4 bytes key hash and 64 bytes signature>
//
// The dash is U+2014. The signature is over the three lines. A checkpoint that the
// log stores has this one signature line and nothing more.
//
// # The anchor
//
// A text file, one line for each checkpoint, sizes never falling:
//
//	{"time":"2026-03-01T09:30:00.251Z","checkpoint":"<the signed note>"}
//
// with time and string written as in an entry. A last line without its newline was
// cut short by a crash before anybody was told of it, and does not count.
//
// # Keys and their rotation
//
// Keys are written as vkeys of C2SP signed-note (name, plus sign, 8 hexadecimal digits
// of the key hash, plus sign, base64 of the byte 1 and the 32 bytes of the Ed25519
// public key); the name is the log's origin. The first entry may name the log's first
// key in a fact "verifier". An entry with the action "key_rotated" hands the log over
// to another key. Its first four facts, in this order, are old_key and new_key, both
// vkeys, and old_signature and new_signature: base64 of the Ed25519 signatures that
// both keys made over this text, each line ending in a newline:
//
//	reviewdesk key rotation v1
//	<origin>
//	<seq of the entry>
//	<old_key>
//	<new_key>
//
// The checkpoint that covers the entry, and all after it, are signed by the new key. A
// key never comes back. See [Keys] for which key an auditor should pin.
//
// # The proof file
//
// C2SP tlog-proof, for one entry, every line ending in a newline:
//
//	c2sp.org/tlog-proof@v1
//	extra <base64 of the entry's bytes>
//	index <seq - 1, in decimal>
//	<base64 of a hash, from the leaf's sibling up; a line each, none for a log of one>
//	<an empty line>
//	<the signed checkpoint, verbatim, with cosignatures if there are any>
//
// The proof is that of RFC 6962, section 2.1.1, for the leaf hash of those bytes. The
// entry must say the seq that the index gives.
//
// # The bundle
//
// Many entries with their proof in one text file, a line each. Every line is one JSON
// object written by the rules for entries above: no white space, members in this order
// and always there, strings and times as in an entry, numbers in decimal, hashes and
// entries as strings in standard base64 with padding. A line has at most 1 MiB with its
// newline, which the last line has too. The first line:
//
//	{"reviewdesk_bundle":2,
//	 "origin":"<origin>",
//	 "keys":["<vkey>",…],
//	 "scope":{"kind":"log","case":"","from":"","to":""},
//	 "checkpoint":"<the signed note, with cosignatures if there are any>"}
//
// The keys are all that the log had up to the checkpoint, in the order of their use;
// the last one signed it. Kind is "log", "case" with the id in case, or "period" with
// from <= time < to, where "" leaves a side open, but not both. Then, by rising seq, a
// line for each entry, and in a bundle of the whole log without the member proof:
//
//	{"seq":7,"entry":"<bytes>","proof":["<hash>",…]}
//
// The proof is as in the proof file. In a bundle of the whole log a line with a head
// stands behind the entry that it covers last: behind the last entry, and before it so
// often that no two are further apart than 64 entries, nor the first from the beginning.
//
//	{"head":{"size":64,"root":"<hash>","proof":["<hash>",…],"leaves":["<hash>",…]}}
//
// Root is that of the first size entries, the proof that of RFC 6962, section 2.1.2, from
// there to the checkpoint, and empty for the checkpoint's own size. Leaves are the leaf
// hashes of the entries since the last such line. Where the entries give another root,
// the first whose leaf hash is not the one listed was changed, if the leaves give the root.
// Bundles of version 1 have no such lines; else the two versions are one.
//
// What has to be there:
//
//   - Of the log: every entry from 1 to the checkpoint's size. Together they give its
//     root.
//   - Of a case: the entries with this object, and key_rotated entries. Of the entries
//     that move a case ([CaseActions]) the first has no before, and the before of each
//     other one is the after of the one before it. At least one is there.
//   - Of a period: one run of seqs without gaps, from the last entry before the period
//     (or seq 1) to the first one at or after its end (or the checkpoint's size), and
//     key_rotated entries besides.
//   - Of any: every key_rotated entry, so that they lead from the first key to the last.
//
// Times do not fall from line to line. Then, for checkpoints that the auditor holds
// already, any number of these; the proof is that of RFC 6962, section 2.1.2, from this
// size and root to the checkpoint, and empty for the sizes 0 and the checkpoint's own:
//
//	{"consistency":{"from":5,"root":"<hash>","proof":["<hash>",…]}}
//
// The last line says how many lines with entries there were:
//
//	{"end":{"entries":12}}
//
// # What rows must hold
//
// The entries also say what stands in the tables that people work with, and [Verify]
// compares the two. A [Source] hands over each row in the words below; values are texts,
// times in UTC as RFC 3339 with as many decimals as they have, facts in the entry's order.
// An entry states
//
//   - received and updated: in one row, the facts provider, state, reason (left out when
//     empty), code (one for each finding), row and picture (one for each picture that the
//     case then has). Row and picture are digests keyed by storage, of all else that the
//     copy left there. The fact approved_at is when the provider had approved. Older entries
//     have no fact row: then row, picture and approved_at are not compared. The newest copy
//     counts alone.
//   - decided and proposed: a row with "actor" (the entry's), "at" (its time), and the
//     facts action, reject_reason (left out when empty), ground, finding.CODE, evidence.CODE
//     (one for each piece of evidence that the resolution rests on), decided_on_version,
//     policy and evidence, as far as it has them. These rows stay.
//   - confirmed: a row with "second" (the entry's actor) and "at".
//   - attached: a row with the facts media_type, bytes and file, a digest keyed by storage.
//   - erased: that nothing of the person is left in the rows of the case, nor the key of any
//     commitment of its entries but those of such an entry itself; and a row with the fact
//     row, a digest of what is left. Nothing moves the case after it. Then row, picture and
//     file of its earlier entries cannot be checked any more, and storage repeats them from
//     there. Of a case without this entry no such key is missing.
//   - undone: where the state after it is "second_review", the row of the confirmation is
//     gone; else a row of the number of the decision with "undone_at" (the entry's time).
//   - decided, proposed: that this entry is the decision that stands; until another, or
//     returned, undone, reopened, attached or updated ends it. decided and confirmed: since
//     when, from when on with effect (the fact effective_at), and, where the state after
//     it is "passed", when the case was approved; after undone and reopened it is not.
//   - of the findings, the resolutions of the decision that was taken or confirmed; before
//     it, each code of the newest copy with none.
//   - decided and confirmed: one row of the outbox with the state after it. Another entry
//     that moves a case may have one.
//   - claimed, taken_over: that the actor works on the case; assigned: that the account of
//     its fact to does; released, skipped, returned, escalated, snoozed, asked_again,
//     decided, proposed, confirmed, and updated to a state that is not open: that nobody
//     does; recused: not the actor; undone to "in_review": the actor.
//   - escalated: that the case is for the seniors, until decided, proposed, or updated to a
//     state that is not open. snoozed and asked_again: until when it is set aside (the fact
//     until; without one 9999-12-31T00:00:00Z), until woken, updated, decided or proposed.
//     reopen_asked: that the actor asks to reopen it, until reopened or kept_closed. Since
//     when either holds is the time of its entry.
//   - claimed, taken_over, assigned, undone: until when the case is theirs, in the fact
//     until; any entry of who holds it can prolong that by the fact claim_until. Whole
//     seconds are compared.
//   - any entry that names a case, by the facts review_since and due_at: since when the case
//     waits for an officer and when it is due; "never" for neither. A case whose entries
//     have no such facts is older than they are, and its times are not compared.
//   - account_added: the account with the fact role, and, while their keys are kept, the
//     committed name and email. account_changed: the fact role ("senior to admin"), or the
//     fact change ("disabled", with the entry's time, or "enabled").
//
// # Witnesses
//
// A witness speaks C2SP tlog-witness (add-checkpoint) and signs with a cosignature/v1
// of C2SP tlog-cosignature under an Ed25519 key of type 4. So that a change of the log's
// key need not be told to it by hand, it has one request of its own, add-rotation. Its
// body is a line, and behind it the body of an add-checkpoint request for the same
// checkpoint, which the new key has signed:
//
//	rotation <base64 of the proof file of the key_rotated entry under that checkpoint>
//
// It is answered as add-checkpoint is; 403 says that the change does not begin at the key
// that the witness knows last, or does not hold.
package audit

import (
	"errors"
	"time"
)

// Version is the version of the entry format, the number behind "v".
const Version = 1

// ErrNotCanonical says that bytes are not what this package writes.
var ErrNotCanonical = errors.New("not in canonical form")

// Actor is who did it.
type Actor struct {
	Kind string // "person", "client" or "system"
	ID   string // account or client id, never a name
	Role string // the role the actor had then; may be ""
}

// State is where a case or an account stands.
type State struct {
	State   string
	Version int64 // counts every change of the object
}

// Fact is one structured statement that is not personal: a code, a ground, a
// count, a digest. It stands in the log in clear and for ever.
type Fact struct{ Name, Value string }

// Entry is one entry of the log.
type Entry struct {
	Seq              int64     // from 1, no gaps; the leaf index is Seq-1
	Time             time.Time // UTC, whole milliseconds
	Actor            Actor
	Action           string // what was done, such as "decided"; never ""
	Object           string // verification id, account id, or ""
	Before, After    *State // nil where the action changes no state
	Facts            []Fact // in the caller's order
	Commitments      []Commitment
	Request          string   // request id or ""
	Address          string   // network address of the actor or ""
	Session          string   // digest of the session or ""
	Factors          []string // how the actor had signed in, such as "password"
	ClockSteppedBack bool     // the clock stood before the previous entry; Time is not earlier than it all the same
}
