package web

import (
	"context"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/views"
)

// faultWords say what kind of damage the check of the log has found, to somebody who
// has never heard of a Merkle tree.
var faultWords = map[audit.Fault]string{
	audit.FaultChanged:      "it was changed after it was written",
	audit.FaultMissing:      "something that was written is gone",
	audit.FaultReordered:    "something stands in another's place",
	audit.FaultInserted:     "something stands in the log that was never signed",
	audit.FaultCutOff:       "the newest events were cut off",
	audit.FaultSignature:    "a head of the log is not signed by its key",
	audit.FaultTime:         "it is older than the event before it",
	audit.FaultCase:         "a case does not stand as its events left it",
	audit.FaultAccount:      "somebody's account does not stand as its events left it",
	audit.FaultTwoDecisions: "a case was decided twice in one round",
	audit.FaultCommitment:   "words that are kept are not those that were recorded",
	audit.FaultRolledBack:   "an older copy of the database was put back",
	audit.FaultUnreadable:   "the check could not be carried out",
}

// faultBanner names the first bad event and the kind of fault, with the way there.
func faultBanner(ctx context.Context, d *db.DB, last db.Check) (views.Flash, views.Link) {
	words, known := faultWords[last.Fault]
	if !known {
		words = string(last.Fault)
	}
	text := "The log does not hold: " + words + ". "
	if last.Seq > 0 {
		text = "The log does not hold at event " + thousands(last.Seq) + ": " + words + ". "
	}
	text += "The check says: " + visible(last.Sentence()) + " Tell whoever runs the desk, and change nothing."
	var to views.Link
	if _, err := d.LogEntry(ctx, last.Seq); err == nil {
		to = views.Link{Label: "Event " + thousands(last.Seq), Href: "/audit/" + itoa(last.Seq)}
	}
	return views.Flash{Tone: "crit", Text: text}, to
}
