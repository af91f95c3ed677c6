package web

import (
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// Sentences of the log about the work on a case: who has it, what it waits for, what
// was taken back.

// workSentence goes on from the name of whoever did it; "" for what needs no more than
// its look.
func workSentence(e db.LogEntry) string {
	switch review.EventKind(e.Action) {
	case review.EventAssigned:
		return "gave the case to " + otherName(e)
	case review.EventTakenOver:
		return "took the case over from " + otherName(e)
	case review.EventClaimed:
		if out := runOut(e); out != "" {
			return "claimed the case " + out
		}
	case review.EventSnoozed:
		return "set the case aside " + untilWords(e)
	case review.EventAskedAgain:
		return "asked the applicant to redo " + redoWords(e)
	case review.EventUndone:
		return "took " + takenBack(e) + " back before it took effect"
	case review.EventErased:
		return erasedSentence(e)
	case review.EventInterest:
		if fact(e, "change") == "withdrawn" {
			return "withdrew a declaration of whose cases must not come to them"
		}
		return "declared whose cases must not come to them"
	case review.EventRollback:
		if n := fact(e, "lost_size"); n != "" {
			return eventLooks[review.EventRollback].did + ", whose head was of " + visible(n) + " events"
		}
	}
	return ""
}

// workWords say what an event changed, where that is no state; in the log's list they
// stand beside the word for its kind.
func workWords(e db.LogEntry) string {
	switch review.EventKind(e.Action) {
	case review.EventReleased:
		return "Back in the queue, for anybody"
	case review.EventTakenOver:
		return joinWords("From "+otherName(e), lowerFirst(claimWords(e)))
	case review.EventAssigned:
		return joinWords("To "+otherName(e), lowerFirst(claimWords(e)))
	case review.EventSkipped:
		return "Back in the queue, for others first; reason given"
	case review.EventRecused:
		return "Not theirs any more, for good"
	case review.EventSnoozed:
		return upperFirst(untilWords(e)) + ", the clock paused"
	case review.EventWoken:
		return "Waits for an officer, the clock runs again"
	case review.EventAskedAgain:
		return "To redo: " + redoWords(e) + "; the clock paused"
	case review.EventEscalated:
		return "For seniors only; reason given"
	case review.EventUndone:
		return upperFirst(takenBack(e)) + " does not count"
	case review.EventReopenAsked:
		return "Waits for a second person; reason given"
	case review.EventReopened:
		return "Waits for an officer again"
	case review.EventKeptClosed:
		return "The decision stands"
	case review.EventNoted:
		return "A note; its words are sealed"
	case review.EventHeld, review.EventHoldLifted, review.EventErased:
		return keptWords(e)
	}
	return deskWords(e)
}

// deskWords are the same for events that are about no case.
func deskWords(e db.LogEntry) string {
	switch review.EventKind(e.Action) {
	case review.EventStarted:
		return "The log begins"
	case review.EventInterest:
		if fact(e, "change") == "withdrawn" {
			return "One declaration fewer"
		}
		return "One declaration more; whose, is sealed"
	case review.EventSignedIn:
		if len(e.Factors) > 0 {
			return "By " + visible(strings.Join(e.Factors, " and "))
		}
		return "A session began"
	case review.EventSignedOut:
		return "The session ended"
	case review.EventSignInFailed:
		if e.Object == "" {
			return "For no account of this desk"
		}
		return "For an account of this desk"
	case review.EventRollback:
		if n := fact(e, "lost_size"); n != "" {
			return "A head of " + visible(n) + " events was lost"
		}
		return "The anchor was missing"
	case review.EventKeyRotated:
		return "Signed by a new key from here on"
	}
	return ""
}

// runOut says whose claim had ended by itself before this one; "" for nobody's.
func runOut(e db.LogEntry) string {
	if fact(e, "run_out") == "" {
		return ""
	}
	return "after " + otherName(e) + "'s claim had run out"
}

func joinWords(first, then string) string {
	if then == "" {
		return first
	}
	return first + ", " + then
}

// otherName is the person whom a case was given to or taken from.
func otherName(e db.LogEntry) string { return first(visible(e.OtherName), "somebody") }

// untilWords say until when a case was set aside, in UTC.
func untilWords(e db.LogEntry) string {
	until, err := time.Parse(time.RFC3339, fact(e, "until"))
	switch {
	case err != nil || until.Year() == review.Forever.Year():
		return "until the applicant answers"
	case until.Hour() == 0 && until.Minute() == 0:
		return "until " + until.UTC().Format("2 January 2006")
	}
	return "until " + until.UTC().Format("2 January 2006, 15:04 UTC")
}

// redoWords list what the applicant is to redo, by its codes.
func redoWords(e db.LogEntry) string {
	var codes []string
	for _, code := range facts(e, "redo") {
		codes = append(codes, visible(code))
	}
	if len(codes) == 0 {
		return "something"
	}
	return strings.Join(codes, ", ")
}

func takenBack(e db.LogEntry) string {
	noun := "the decision"
	switch review.Action(fact(e, "action")) {
	case review.Approve:
		noun = "the approval"
	case review.Reject:
		noun = "the rejection"
	}
	switch {
	case e.After != nil && review.Status(e.After.State) == review.StatusSecondReview:
		return "the second word on " + noun
	case e.Before != nil && review.Status(e.Before.State) == review.StatusSecondReview:
		return "the proposal of " + noun
	}
	return noun
}
