package web

import (
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Sentences of the log about how long data are kept: holds and erasures.

// groundOf is the legal ground that an erasure names.
func groundOf(e db.LogEntry) review.LegalGround { return review.LegalGround(fact(e, "legal_ground")) }

// ofKeeping reports whether an event is a hold or an erasure. Who erases reads the
// reasons, too, though they see no cases.
func ofKeeping(e db.LogEntry) bool {
	switch review.EventKind(e.Action) {
	case review.EventHeld, review.EventHoldLifted, review.EventErased:
		return true
	}
	return false
}

// erasedSentence goes on from the name of whoever did it.
func erasedSentence(e db.LogEntry) string {
	if g := groundOf(e); g != "" {
		return "erased the person's data, because " + visible(g.Words())
	}
	return ""
}

// keptWords say what changed.
func keptWords(e db.LogEntry) string {
	switch review.EventKind(e.Action) {
	case review.EventHeld:
		return "Nothing of person " + visible(fact(e, "person")) + " is erased; reason given"
	case review.EventHoldLifted:
		return "The period of person " + visible(fact(e, "person")) + " counts again; reason given"
	}
	words := "Person " + visible(fact(e, "person")) + ": " + visible(groundOf(e).Words())
	if until, err := time.Parse(time.RFC3339Nano, fact(e, "keep_until")); err == nil {
		words += ", kept until " + until.UTC().Format("2 January 2006")
	}
	return strings.TrimSuffix(words, ": ")
}
