package audit

import (
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Fault names what is wrong with a log, in words for people.
type Fault string

// The faults.
const (
	FaultNone         Fault = ""
	FaultChanged      Fault = "changed"         // bytes, a hash, a copy or a root is another one
	FaultMissing      Fault = "missing"         // something between others is gone
	FaultReordered    Fault = "reordered"       // something stands in another's place
	FaultInserted     Fault = "inserted"        // something stands under no signed head
	FaultCutOff       Fault = "cut off"         // the newest entries are gone
	FaultSignature    Fault = "wrong signature" // a head is not signed by this log's key, or is another log's
	FaultTime         Fault = "time"            // an entry is older than the one before it
	FaultCase         Fault = "case differs"    // the entries and the table of cases disagree
	FaultAccount      Fault = "account differs" // the entries and the table of accounts disagree
	FaultTwoDecisions Fault = "two decisions"   // a second decision in one round of review
	FaultCommitment   Fault = "commitment"      // a value is not the one committed to
	FaultRolledBack   Fault = "rolled back"     // the database is older than its anchor
	FaultUnwitnessed  Fault = "not witnessed"   // too few witnesses cosigned the head
	FaultUnreadable   Fault = "unreadable"      // the check could not be carried out
)

// Report is what [Verify] found. It stops at the first fault; the counts say how far
// it came.
type Report struct {
	Fault       Fault
	Seq         int64  // first bad entry, 0 if the fault is not an entry's
	Detail      string // what was seen, in words, on one line
	Entries     int64
	Checkpoints int64
	Rotations   int64 // of the signing key
	Cosigned    int64 // cosignatures of known witnesses that hold
	Anchored    int64 // anchored heads that are on the log's timeline
	Cases       int64
	Openings    int64     // commitments that opened
	Root        tlog.Hash // over Entries
}

// ExitCode is 0 for a whole log, 1 for a changed one, 2 for a database older than
// its anchor, 3 if the check could not be carried out.
func (r Report) ExitCode() int {
	switch r.Fault {
	case FaultNone:
		return 0
	case FaultRolledBack:
		return 2
	case FaultUnreadable:
		return 3
	}
	return 1
}

// Sentence is the report on one line for people.
func (r Report) Sentence() string {
	if r.Fault != FaultNone {
		return r.complaint()
	}
	anchored := "no anchored head to compare with"
	if r.Anchored > 0 {
		anchored = count(r.Anchored, "anchored head") + " on the timeline"
	}
	return "Whole: " + strings.Join([]string{
		count(r.Entries, "entry"),
		count(r.Checkpoints, "signed head") + r.rotations() + r.cosigned(),
		anchored,
		count(r.Cases, "case") + " as recorded",
		count(r.Openings, "commitment") + " opened",
		"head " + r.Root.String(),
	}, ", ") + "."
}

func (r Report) rotations() string {
	if r.Rotations == 0 {
		return ""
	}
	return " under " + count(r.Rotations+1, "key")
}

func (r Report) cosigned() string {
	if r.Cosigned == 0 {
		return ""
	}
	return " with " + count(r.Cosigned, "cosignature")
}

func (r Report) complaint() string {
	s := strings.ToUpper(string(r.Fault[:1])) + string(r.Fault[1:])
	if r.Seq > 0 {
		s += " at entry " + thousands(r.Seq)
	}
	return s + ": " + r.Detail + "."
}

// count writes a number and its noun.
func count(n int64, noun string) string {
	switch {
	case n != 1 && strings.HasSuffix(noun, "ry"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	case n != 1 && strings.HasSuffix(noun, "s"):
		noun += "es"
	case n != 1:
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// thousands groups digits by three with thin spaces.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u2009" + s[i:]
	}
	return s
}
