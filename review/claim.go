package review

import "time"

// Take claims the case for somebody for [ClaimFor]. Claiming it again renews it. Where
// somebody else's claim has run out, the event says whose.
func (v Verification) Take(by Person, now time.Time) (Verification, Event, error) {
	if err := v.workable(by, now); err != nil {
		return v, Event{}, err
	}
	event := Event{Kind: EventClaimed, Object: v.ID}
	if before := v.Claim; before.By.ID != "" && before.By.ID != by.ID {
		event.Facts = []Fact{{"run_out", before.By.ID}, {"run_out_at", before.Until.UTC().Format(time.RFC3339)}}
	}
	v.Claim = Claim{By: by, Until: now.Add(ClaimFor)}
	event.Facts = append(event.Facts, Fact{"until", v.Claim.Until.UTC().Format(time.RFC3339)})
	return v, event, nil
}

// RenewBelow is what must be left of a claim at most for its holder's activity to renew
// it: an officer at work keeps a case, and not every look writes.
const RenewBelow = 10 * time.Minute

// Renew lets a holder's activity prolong their claim to [ClaimFor] from now. It never
// makes a claim, and what somebody was given for longer stays as long. The facts say so
// in the event of that activity; none where there is nothing to renew.
func (v *Verification) Renew(by Person, now time.Time) []Fact {
	if !v.Status.Open() || !v.Claim.Held(now) || v.Claim.By.ID != by.ID || v.Claim.Until.Sub(now) >= RenewBelow {
		return nil
	}
	v.Claim.Until = now.Add(ClaimFor)
	return []Fact{{"claim_until", v.Claim.Until.UTC().Format(time.RFC3339)}}
}

// Release gives a claim back. Nobody can give back what they do not hold.
func (v Verification) Release(by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not work on them."}
	}
	switch {
	case !v.Claim.Held(now):
		return v, Event{}, Conflict{v.Status, "nobody", now, "holds"}
	case v.Claim.By.ID != by.ID:
		return v, Event{}, Conflict{v.Status, v.Claim.By.Name, now, "holds, and you do not hold,"}
	}
	v.Claim = Claim{}
	return v, Event{Kind: EventReleased, Object: v.ID}, nil
}

func (v Verification) notOpen() error {
	if v.Decision != nil {
		return Conflict{v.Status, v.Decision.By.Name, v.Decision.At, pastTense(v.Decision.Action)}
	}
	return v.notWaiting()
}

// notWaiting is the conflict of a case that the provider has not handed to
// anybody, or has settled itself.
func (v Verification) notWaiting() Conflict {
	if v.Status == StatusArriving {
		return Conflict{v.Status, "", v.UpdatedAt, "has not handed over"}
	}
	return Conflict{v.Status, "", v.UpdatedAt, "settled"}
}
