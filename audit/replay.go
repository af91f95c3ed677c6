package audit

import (
	"fmt"
	"strings"
	"unique"
)

// CaseActions are the actions that move a case. Their entries carry Object and After,
// and Before unless the case is new; all others leave the table of cases alone.
var CaseActions = map[string]bool{
	"received": true, "updated": true, "decided": true, "proposed": true,
	"confirmed": true, "returned": true, "undone": true, "reopened": true, "escalated": true, "attached": true,
}

// stateInReview is the state in which a case waits for an officer. An update that
// leads there begins a new round of review.
const stateInReview = "in_review"

// caseNow is a case as the entries leave it. State and decider are few different
// words, so they are held once each: a case costs about 180 bytes with its id (36
// characters) and its share of the map: 180 MB for a million cases.
type caseNow struct {
	state, decider unique.Handle[string]
	version        int64
	seq            int64 // the last entry that moved it
	decided        bool  // in this round of review
}

type replay map[string]caseNow

// apply plays one entry of a case action.
func (r replay) apply(e Entry) error {
	if e.Object == "" || e.After == nil {
		return fault(FaultCase, e.Seq, "%q says no case or not its state afterwards", e.Action)
	}
	c, known := r[e.Object]
	if err := c.follows(e, known); err != nil {
		return err
	}
	switch {
	case e.Action == "decided" || e.Action == "confirmed":
		if c.decided {
			return fault(FaultTwoDecisions, e.Seq, "case %q was already decided in this round of review", e.Object)
		}
		c.decided, c.decider = true, unique.Make(e.Actor.ID)
	case !known, e.Action == "undone", e.Action == "reopened", e.Action == "updated" && e.After.State == stateInReview:
		c.decided, c.decider = false, unique.Make("")
	}
	c.state, c.version, c.seq = unique.Make(e.After.State), e.After.Version, e.Seq
	r[strings.Clone(e.Object)] = c // the object alone, not the entry it is a part of
	return nil
}

// follows checks that an entry begins where the one before it ended.
func (c caseNow) follows(e Entry, known bool) error {
	switch {
	case !known && e.Before == nil:
		return nil
	case !known:
		return fault(FaultCase, e.Seq, "case %q had a state before its first entry", e.Object)
	case e.Before == nil:
		return fault(FaultCase, e.Seq, "case %q begins a second time", e.Object)
	case e.Before.State != c.state.Value() || e.Before.Version != c.version:
		return fault(FaultCase, e.Seq, "case %q goes on from %s version %d, but entry %d left it at %s version %d",
			e.Object, e.Before.State, e.Before.Version, c.seq, c.state.Value(), c.version)
	}
	return nil
}

// compare checks one row of the table of cases and ticks the case off.
func (r replay) compare(row CaseState) error {
	c, ok := r[row.ID]
	if !ok {
		return fault(FaultCase, 0, "case %q has a row in the table and no entries, or a second row", row.ID)
	}
	want := CaseState{row.ID, c.state.Value(), c.version, c.decider.Value()}
	if row != want {
		return fault(FaultCase, c.seq, "case %q is %s in the table, %s by the entries", row.ID, describe(row), describe(want))
	}
	delete(r, row.ID)
	return nil
}

func describe(c CaseState) string {
	return fmt.Sprintf("%s version %d decided by %q", c.State, c.Version, c.Decider)
}

// rest checks that no case is left without its row. It names the one that moved
// last, so that two runs say the same.
func (r replay) rest() error {
	var id string
	var last int64
	for k, c := range r {
		if c.seq > last {
			id, last = k, c.seq
		}
	}
	if last == 0 {
		return nil
	}
	return fault(FaultCase, last, "case %q has entries and no row in the table", id)
}
