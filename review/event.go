package review

import (
	"strconv"
	"time"
)

// EventKind names an action of the audit log.
type EventKind string

// Everything the desk records. Reading is recorded too.
const (
	EventStarted       EventKind = "started" // the instance was made
	EventReceived      EventKind = "received"
	EventUpdated       EventKind = "updated" // a newer copy came from the provider
	EventViewed        EventKind = "viewed"
	EventRevealed      EventKind = "revealed"
	EventClaimed       EventKind = "claimed"
	EventReleased      EventKind = "released"
	EventDecided       EventKind = "decided"
	EventProposed      EventKind = "proposed"
	EventConfirmed     EventKind = "confirmed"
	EventReturned      EventKind = "returned"
	EventNoted         EventKind = "noted"
	EventUndone        EventKind = "undone"       // a decision was taken back before it took effect
	EventReopenAsked   EventKind = "reopen_asked" // a second person is to say whether a decided case is opened again
	EventReopened      EventKind = "reopened"
	EventKeptClosed    EventKind = "kept_closed"
	EventTakenOver     EventKind = "taken_over" // a senior took a case that somebody else held
	EventSkipped       EventKind = "skipped"    // given back, and not to come to the same person again today
	EventRecused       EventKind = "recused"    // whoever it is will not work on this case
	EventSnoozed       EventKind = "snoozed"
	EventWoken         EventKind = "woken"
	EventAskedAgain    EventKind = "asked_again" // the applicant is to redo something
	EventEscalated     EventKind = "escalated"
	EventAssigned      EventKind = "assigned"
	EventNameMatched   EventKind = "name_matched" // a name-match worksheet
	EventAttached      EventKind = "attached"
	EventInterest      EventKind = "interest_declared" // whose cases somebody must not get
	EventExported      EventKind = "exported"
	EventSignedIn      EventKind = "signed_in"
	EventSignInFailed  EventKind = "sign_in_failed"
	EventSignedOut     EventKind = "signed_out"
	EventAccountAdded  EventKind = "account_added"
	EventAccountChange EventKind = "account_changed"
	EventRollback      EventKind = "rollback_accepted"
	EventKeyRotated    EventKind = "key_rotated"    // the log's signing key was replaced
	EventPolicyChange  EventKind = "policy_changed" // what holds for the whole desk: who witnesses its log
	EventClientAdded   EventKind = "client_added"   // a program may speak to an API
	EventClientRevoked EventKind = "client_revoked"
	EventTokenIssued   EventKind = "token_issued"
	EventTokenRefused  EventKind = "token_refused"
	EventWebhookChange EventKind = "webhook_changed" // whom the desk tells of its decisions
	EventHeld          EventKind = "held"            // a legal hold was put on a person
	EventHoldLifted    EventKind = "hold_lifted"
	EventErased        EventKind = "erased" // the person's data are gone; the case's skeleton stays
)

// EventKinds lists every kind, for filters.
func EventKinds() []EventKind {
	return []EventKind{
		EventStarted, EventReceived, EventUpdated, EventViewed, EventRevealed, EventClaimed, EventReleased,
		EventDecided, EventProposed, EventConfirmed, EventReturned, EventNoted,
		EventUndone, EventReopenAsked, EventReopened, EventKeptClosed, EventTakenOver, EventSkipped, EventRecused, EventSnoozed,
		EventWoken, EventAskedAgain, EventEscalated, EventAssigned, EventNameMatched, EventAttached, EventInterest, EventExported,
		EventSignedIn, EventSignInFailed, EventSignedOut, EventAccountAdded, EventAccountChange, EventRollback,
		EventKeyRotated, EventPolicyChange, EventClientAdded, EventClientRevoked, EventTokenIssued, EventTokenRefused,
		EventWebhookChange, EventHeld, EventHoldLifted, EventErased,
	}
}

// Snapshot is the part of a case that the log states before and after a change.
type Snapshot struct {
	Status  Status
	Version int64
}

// Snapshot takes the case's.
func (v Verification) Snapshot() *Snapshot { return &Snapshot{v.Status, v.Version} }

// Fact is one structured, impersonal statement of an event: a code, a ground, a
// count. Facts stand in the log in clear.
type Fact struct{ Name, Value string }

// Words is something personal or free that an event is about: a note, the
// provider's object. The log holds only a commitment to it; the words themselves
// lie sealed under the person's key.
type Words struct{ Field, Text string }

// Event is one entry of the audit log before the storage gives it a number, a
// time and an actor.
type Event struct {
	Kind          EventKind
	Object        string // what it is about: a verification's or an account's id; "" for neither
	Before, After *Snapshot
	Facts         []Fact
	Words         []Words
}

func decisionEvent(kind EventKind, before *Snapshot, after Verification, d Decided) Event {
	e := Event{Kind: kind, Object: after.ID, Before: before, After: after.Snapshot()}
	e.Facts = append(e.Facts, Fact{"action", string(d.Action)})
	if d.Action == Reject && kind != EventProposed {
		e.Facts = append(e.Facts, Fact{"outcome", ComplianceRejection})
	}
	if d.RejectReason != "" {
		e.Facts = append(e.Facts, Fact{"reject_reason", d.RejectReason})
	}
	for _, g := range d.Grounds {
		e.Facts = append(e.Facts, Fact{"ground", g})
	}
	for _, f := range d.Resolutions {
		e.Facts = append(e.Facts, Fact{"finding." + f.Code, string(f.Resolution)})
		for _, x := range f.Evidence {
			e.Facts = append(e.Facts, Fact{"evidence." + f.Code, string(x)})
		}
	}
	e.Facts = append(e.Facts, Fact{"decided_on_version", strconv.FormatInt(d.Version, 10)})
	if d.Policy != 0 {
		e.Facts = append(e.Facts, Fact{"policy", strconv.FormatInt(d.Policy, 10)})
	}
	if !after.EffectiveAt.IsZero() {
		e.Facts = append(e.Facts, Fact{"effective_at", after.EffectiveAt.UTC().Format(time.RFC3339Nano)})
	}
	if d.Evidence != "" {
		e.Facts = append(e.Facts, Fact{"evidence", d.Evidence})
	}
	if d.Note != "" {
		e.Words = []Words{{"note", d.Note}}
	}
	return e
}
