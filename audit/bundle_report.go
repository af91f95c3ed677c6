package audit

import (
	"fmt"
	"strings"
	"time"
)

// BundleOptions says what [VerifyBundle] checks a bundle against.
type BundleOptions struct {
	Keys      Keys         // the pinned keys; the newest the auditor knows
	Witnesses []string     // vkeys of witnesses whose word counts
	Quorum    int          // how many of them must have cosigned
	Held      []Checkpoint // checkpoints that the auditor holds already; the log must go on from each
}

// BundleReport is what [VerifyBundle] found. It stops at the first fault.
type BundleReport struct {
	Fault      Fault
	Seq        int64  // first bad entry, 0 if the fault is not an entry's
	Detail     string // what was seen, in words, on one line
	Scope      BundleScope
	Checkpoint Checkpoint
	Keys       []string // the log's keys as the rotations give them, oldest first
	Entries    int64
	Rotations  int64
	Held       int        // held checkpoints that the log goes on from
	Cosigned   []Cosigned // by the witnesses asked for
	Missing    []string   // names of the witnesses that did not cosign
}

// ExitCode is 0 for a good bundle, 1 for a bad one, 2 for one whose log is older than
// a checkpoint held, 3 if the check could not be carried out.
func (r BundleReport) ExitCode() int { return Report{Fault: r.Fault}.ExitCode() }

// Sentence is the report on one line for people.
func (r BundleReport) Sentence() string {
	if r.Fault != FaultNone {
		return Report{Fault: r.Fault, Seq: r.Seq, Detail: r.Detail}.complaint()
	}
	held := "no checkpoint held to compare with"
	if r.Held > 0 {
		held = "going on from " + count(int64(r.Held), "checkpoint") + " held"
	}
	return "Proven: " + strings.Join([]string{
		count(r.Entries, "entry") + " of " + r.Scope.words() + " in a log of " + thousands(r.Checkpoint.Size),
		count(r.Rotations, "change") + " of key",
		count(int64(len(r.Cosigned)), "witness"),
		held,
		"head " + r.Checkpoint.Root.String(),
	}, ", ") + "."
}

func (s BundleScope) words() string {
	switch s.Kind {
	case ScopeCase:
		return fmt.Sprintf("case %q", s.Case)
	case ScopePeriod:
		return "the period" + edge(" from ", s.From) + edge(" to before ", s.To)
	}
	return "the whole log"
}

func edge(word string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return word + t.Format(timeLayout)
}

// Limits says in sentences what a good bundle of this scope does not show.
func (r BundleReport) Limits() []string {
	var out []string
	switch r.Scope.Kind {
	case ScopeLog:
		out = append(out, "Complete: this is every entry up to the checkpoint.",
			"Not compared: the desk's table of cases; reviewdesk audit verify --data does that.")
	case ScopeCase:
		out = append(out, "Complete: every step that moved the case, up to the last one shown.",
			"Not shown: whether later steps, or entries that move nothing (views, notes, exports), were left out; only the whole log shows that.")
	case ScopePeriod:
		out = append(out, "Complete: every entry between the first and the last one shown, and these stand on both sides of the period.",
			"Not shown: that no entry elsewhere in the log bears a time of this period; that times never fall, only the whole log shows.")
	}
	if len(r.Missing) > 0 {
		out = append(out, "Did not cosign: "+strings.Join(r.Missing, ", ")+".")
	}
	if len(r.Cosigned) == 0 && r.Held == 0 {
		out = append(out, "Not shown: that others were given the same log; neither a witness nor a checkpoint of your own vouches for it.")
	}
	return out
}
