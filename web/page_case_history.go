package web

import (
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// history is the case's part of the log in sentences, newest first.
func (o *opened) history() []views.HistoryItem {
	out := make([]views.HistoryItem, 0, len(o.History))
	for _, e := range o.History {
		l := eventLookOf(e)
		item := views.HistoryItem{Icon: l.icon, Tone: l.tone, Who: actorOf(e).Name, Words: l.did, Note: visible(e.Note), At: moment(e.Time, o.now, o.zone), Href: o.eventHref(e)}
		switch review.EventKind(e.Action) {
		case review.EventReceived:
			if byProgram(e) {
				item.Words += cameFrom(e)
				break
			}
			item.Who, item.Words = "", upperFirst(arrivalWords(e))
		case review.EventUpdated:
			if byItself(e) {
				item.Who, item.Words = "", "Moved on by itself: "+stateWord(e)
				break
			}
			item.Who, item.Words = "", "A newer copy came from "+lookOf(o.Provider).name+": "+arrivalWords(e)
		case review.EventDecided, review.EventProposed, review.EventConfirmed:
			item.Words += resolutionSentence(e)
			item.ThenHref = o.thenHref(e.Seq)
			if review.EventKind(e.Action) != review.EventConfirmed { // which repeats the proposal's
				item.Resolved = o.resolvedHere(e)
			}
			if o.blind() && review.EventKind(e.Action) == review.EventProposed {
				item.Words, item.Note, item.Href, item.Resolved = l.did, "", "", nil
			}
		}
		if e.Actor.Kind == "person" && e.Actor.ID == o.v.actor.ID {
			item.Who = "You"
		}
		out = append(out, item)
	}
	return out
}

// eventHref leads to an event of the log, for those who may read it: reviewers
// read their own.
func (o *opened) eventHref(e db.LogEntry) string {
	if o.v.may(review.RightSeeLog) || o.v.may(review.RightSeeOwnLog) && e.Actor.ID == o.v.actor.ID {
		return "/audit/" + itoa(e.Seq)
	}
	return ""
}

// seqHref is the same for an event of the case's history, by its number.
func (o *opened) seqHref(seq int64) string {
	for _, e := range o.History {
		if e.Seq == seq {
			return o.eventHref(e)
		}
	}
	return ""
}

// eventOf is the newest event of one of the kinds; false for none.
func (o *opened) eventOf(kinds ...review.EventKind) (db.LogEntry, bool) {
	for _, e := range o.History {
		for _, kind := range kinds {
			if e.Action == string(kind) {
				return e, true
			}
		}
	}
	return db.LogEntry{}, false
}
