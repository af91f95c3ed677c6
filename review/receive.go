package review

import "time"

// Intake says what became of an object that came in.
type Intake string

// What can become of it.
const (
	IntakeNew     Intake = "new"
	IntakeUpdated Intake = "updated"
	IntakeSame    Intake = "same"    // held already, byte for byte
	IntakeOlder   Intake = "older"   // what is held is newer
	IntakeDecided Intake = "decided" // this desk has decided the case; its word stands
	IntakeErased  Intake = "erased"  // its person was erased, and nothing of theirs comes back
)

// Receive is the rule for an object that came in: held is what the desk has under
// the same id, nil for nothing; same says that it holds these very bytes. It
// returns the case as it is to be stored and the event, for [IntakeNew] and
// [IntakeUpdated] only.
//
// A newer copy voids a proposal, since the evidence is no longer what was judged.
// Of two copies of the same time that differ the one that came later counts as newer,
// since Coinify's object does not say when it changed; but not where it stands at an
// earlier stage: that is an export of last week, read in again.
//
// The target for a decision is the policy's.
func Receive(held *Verification, in Verification, same bool, now time.Time, p Policy) (Verification, Intake, Event) {
	in.ReceivedAt = now
	if in.UpdatedAt.IsZero() {
		in.UpdatedAt = in.CreatedAt
	}
	if held == nil {
		in.Version = 1
		in.startReview(now, p)
		return in, IntakeNew, Event{Kind: EventReceived, Object: in.ID, After: in.Snapshot(), Facts: in.arrival(),
			Words: []Words{{"object", string(in.Object)}}}
	}
	switch {
	case held.Erased != nil:
		return *held, IntakeErased, Event{}
	case same:
		return *held, IntakeSame, Event{}
	case held.Decision != nil:
		return *held, IntakeDecided, Event{}
	case in.UpdatedAt.Before(held.UpdatedAt), in.UpdatedAt.Equal(held.UpdatedAt) && in.Status.stage() < held.Status.stage():
		return *held, IntakeOlder, Event{}
	}
	in.inherit(*held)
	in.Seq, in.ReceivedAt, in.Version = held.Seq, held.ReceivedAt, held.Version+1
	held.wake(now) // the answer that it may have waited for
	in.ReviewSince, in.DueAt = held.ReviewSince, held.DueAt
	in.Escalated, in.Recused = held.Escalated && in.Status.Open(), held.Recused
	if in.Status.Open() {
		in.Claim = held.Claim
	}
	if held.ReviewSince.IsZero() {
		in.startReview(now, p)
	}
	return in, IntakeUpdated, Event{Kind: EventUpdated, Object: in.ID, Before: held.Snapshot(), After: in.Snapshot(),
		Facts: in.arrival(), Words: []Words{{"object", string(in.Object)}}}
}

// stage is how far along its way a verification is; none goes back by itself.
func (s Status) stage() int {
	switch {
	case s == StatusArriving:
		return 0
	case s.Open():
		return 1
	}
	return 2
}

// inherit keeps what the newer copy does not mention: an export that lacks the
// pictures' reading does not wipe it, and a finding once made stays for the officer
// to resolve.
func (v *Verification) inherit(held Verification) {
	v.Subject.Reading = v.Subject.Reading.Or(held.Subject.Reading)
	v.Registry = v.Registry.Or(held.Registry)
	if v.Subject.Reference == "" {
		v.Subject.Reference = held.Subject.Reference
	}
	if len(v.Documents) == 0 {
		v.Documents = held.Documents
	}
	if !v.Face.Known {
		v.Face = held.Face
	}
	for _, f := range held.Findings {
		v.AddFinding(f.Code, f.Source)
	}
	Standard.SortFindings(v.Provider, v.Findings)
	v.Attempt, v.Attempts = max(v.Attempt, held.Attempt), max(v.Attempts, held.Attempts)
}

// startReview starts the clock: from when the provider last changed the case, as
// it waits since then, but never in the future.
func (v *Verification) startReview(now time.Time, p Policy) {
	if v.Status != StatusInReview {
		return
	}
	v.ReviewSince = v.UpdatedAt
	if v.ReviewSince.IsZero() || v.ReviewSince.After(now) {
		v.ReviewSince = now
	}
	v.DueAt = v.ReviewSince.Add(p.Target())
}

func (v Verification) arrival() []Fact {
	facts := []Fact{{"provider", string(v.Provider)}, {"state", v.Arrived.State}}
	if v.Arrived.Reason != "" {
		facts = append(facts, Fact{"reason", v.Arrived.Reason})
	}
	for _, code := range v.Codes() {
		facts = append(facts, Fact{"code", code})
	}
	return facts
}
