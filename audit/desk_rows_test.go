package audit_test

import (
	"fmt"
	"time"

	"reviewdesk/audit"
)

// caseRow is a case's rows under the desk's hands.
type caseRow struct{ *audit.CaseState }

// write does to the rows what the desk does, and returns the facts that state it.
func (c caseRow) write(action, actor string, seq int64, now time.Time) (facts []audit.Fact) {
	at := audit.Fact{Name: "at", Value: audit.Stamp(now)}
	switch action {
	case "received", "updated":
		facts = []audit.Fact{{Name: "provider", Value: "cybrid"}, {Name: "state", Value: "reviewing"}, {Name: "code", Value: "selfie_failure"},
			{Name: "row", Value: fmt.Sprintf("%032x", seq)}, {Name: "picture", Value: "selfie 77"}}
		c.Arrived, c.Approved = audit.Row{Seq: seq, Holds: facts}, time.Time{}
	case "decided", "proposed":
		facts = []audit.Fact{{Name: "action", Value: "approve"}, {Name: "ground", Value: "explained"}, {Name: "finding.selfie_failure", Value: "cleared"},
			{Name: "decided_on_version", Value: fmt.Sprint(c.Version - 1)}}
		c.Decision = seq
		c.Steps = append(c.Steps, audit.Row{Seq: seq, Holds: append([]audit.Fact{{Name: "actor", Value: actor}, at}, facts...)})
	case "confirmed":
		c.Steps = append(c.Steps, audit.Row{Seq: seq, Holds: []audit.Fact{{Name: "second", Value: actor}, at}})
	}
	c.settle(action, actor, now)
	return facts
}

func (c caseRow) settle(action, actor string, now time.Time) {
	said := ""
	switch {
	case action == "decided" || action == "confirmed":
		c.Decider, c.Decided, said = actor, now, "cleared"
		if c.State == "passed" {
			c.Approved = now
		}
	case c.State == "passed" || action == "escalated" || action == "proposed": // a decision stands, or goes on standing
		return
	default:
		c.Decider, c.Decided, c.Decision = "", time.Time{}, 0
		if action == "reopened" {
			c.Approved = time.Time{}
		}
	}
	c.Findings = []audit.Fact{{Name: "finding.selfie_failure", Value: said}}
}
