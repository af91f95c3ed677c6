package review

import "time"

// Desk says what the provider APIs tell of the desk itself.
type Desk struct {
	Organization string // 32 lower-case hexadecimal digits
	Bank         string // the same
	Sandbox      bool   // whether a caller may say how a case is to end
	BaseURL      string // of the applicant's page, without a slash at the end
}

// Refused is a request that cannot be taken. Code is the provider's own word for
// it, Message tells an integrator what to change: it names the members at fault
// and never quotes personal data.
type Refused struct{ Code, Message string }

func (r *Refused) Error() string { return r.Code + ": " + r.Message }

// Road is how a case that was made through a provider's API moves on by itself. It
// is stored beside the case. Those below that end without an officer, and
// [RoadReview] where an applicant would have to act, exist in the sandbox only.
type Road string

// The roads.
const (
	RoadApplicant       Road = ""                   // waits for the applicant until it runs out
	RoadReview          Road = "review"             // to an officer
	RoadPassed          Road = "passed"             // ends by itself
	RoadFailed          Road = "failed"             // ends by itself
	RoadTaxIDNotChecked Road = "tax_id_not_checked" // ends by itself, with less checked
)

// Step is how long a case that waits for nobody stays in one state: long enough
// for a client that polls to see it, short enough for a test.
const Step = time.Second

// Platform is what a vocabulary knows of a provider's side of the counter: how the
// cases that were made through its API move on until they reach an officer, and
// what its webhooks say.
type Platform interface {
	// Due is when a case next moves by itself, UTC; moves is false where it waits
	// for an officer, or has ended. It is asked only for cases made through this
	// desk's API: those that a provider sent are moved by the provider.
	Due(v Verification, road Road) (at time.Time, moves bool)
	// Advance writes the provider's object as it stands after the next move, made
	// at now. It makes one move, also where several were missed, and leaves it to
	// the caller to see that the time has come. The object's own time of change, if
	// it has one, is always later than before, even if the clock went back.
	Advance(v Verification, road Road, now time.Time) ([]byte, error)
	// Notice is the webhook that tells the platform how the case stands: its event
	// and body. The id is the event's own and stays the same however often it is
	// sent. ok is false where the provider has no event for that state.
	Notice(v Verification, desk Desk, id string, at time.Time) (event string, body []byte, ok bool)
	// TestNotice is a webhook about a case that does not exist.
	TestNotice(desk Desk, id string, at time.Time) (event string, body []byte)
}

// Later is now, or the shortest time after last if now is no later: the desk's
// resolution is the microsecond.
func Later(now, last time.Time) time.Time {
	now = now.UTC().Truncate(time.Microsecond)
	if now.After(last) {
		return now
	}
	return last.UTC().Add(time.Microsecond)
}

// PlatformFilter is what an API's list asks for. Lists combine; an empty one asks
// for everything.
type PlatformFilter struct {
	Provider   Provider
	IDs        []string // the desk's own, UUIDs
	References []Reference
	Kinds      []string
	Methods    []string
	States     []StateMatch
}

// Reference is a person as the provider names them; Kind narrows to cases of that
// kind (Cybrid's counterparties), NotKind to all others.
type Reference struct{ ID, Kind, NotKind string }

// StateMatch is one of the provider's states as the desk holds it. Arrived, where
// it is given, is the provider's word as it last came in.
type StateMatch struct {
	Statuses []Status
	Arrived  string
}
