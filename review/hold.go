package review

import (
	"slices"
	"strings"
	"time"
)

// workable checks that somebody may work on an open case: the one they hold, or one that
// nobody else holds.
func (v *Verification) workable(by Person, now time.Time) error {
	switch {
	case !by.Role.May(RightDecide):
		return Forbidden{"Your role reads cases and does not work on them."}
	case !v.Status.Open():
		return v.notOpen()
	case v.Claim.Held(now) && v.Claim.By.ID != by.ID:
		return Conflict{v.Status, v.Claim.By.Name, v.Claim.Until.Add(-ClaimFor), "claimed"}
	}
	return v.mayTouch(by)
}

// mayTouch keeps people from cases that are not for them: their own conflict of
// interest, or a case handed to the seniors.
func (v *Verification) mayTouch(by Person) error {
	if err := v.impartial(by); err != nil {
		return err
	}
	if v.Escalated && !by.Role.May(RightConfirm) {
		return Forbidden{"This case was handed to the seniors."}
	}
	return nil
}

// impartial keeps people from the cases of those close to them, and from their own.
func (v *Verification) impartial(by Person) error {
	if slices.Contains(v.Recused, by.ID) {
		return Forbidden{"You recused yourself from this case, declared its person, or are that person: somebody else works on it."}
	}
	if v.Subject.Name != "" && strings.EqualFold(v.Subject.Name, by.Name) {
		return Forbidden{"The applicant goes by your name, so somebody else works on this case."}
	}
	return nil
}

// TakeOver claims a case that somebody else holds. Only seniors do; the other one's
// typed words stay on their screen.
func (v Verification) TakeOver(by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightConfirm) {
		return v, Event{}, Forbidden{"Only a senior takes a case over."}
	}
	if !v.Status.Open() {
		return v, Event{}, v.notOpen()
	}
	if err := v.mayTouch(by); err != nil {
		return v, Event{}, err
	}
	if !v.Claim.Held(now) || v.Claim.By.ID == by.ID {
		return v.Take(by, now)
	}
	from := v.Claim.By.ID
	v.Claim = Claim{By: by, Until: now.Add(ClaimFor)}
	return v, Event{Kind: EventTakenOver, Object: v.ID, Facts: []Fact{{"from", from}, {"until", v.Claim.Until.UTC().Format(time.RFC3339)}}}, nil
}

// Skip gives a case back unfinished, with the reason. For [SkipFor] it does not come
// to the same person by itself.
func (v Verification) Skip(reason string, by Person, now time.Time) (Verification, Event, error) {
	if err := v.workable(by, now); err != nil {
		return v, Event{}, err
	}
	if err := CheckNote(reason); err != nil {
		return v, Event{}, renamed(err, "note", "reason")
	}
	v.Claim = Claim{}
	return v, Event{Kind: EventSkipped, Object: v.ID, Words: []Words{{"reason", reason}}}, nil
}

// SkipFor is how long a skipped case stays away from whoever skipped it.
const SkipFor = 12 * time.Hour

// Recuse shuts somebody out of a case for a conflict of interest of their own. It
// needs no reason: naming one could tell more than the officer wants to.
func (v Verification) Recuse(by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not work on them."}
	}
	if slices.Contains(v.Recused, by.ID) {
		return v, Event{}, nil
	}
	if v.Claim.By.ID == by.ID {
		v.Claim = Claim{}
	}
	v.Recused = append(slices.Clone(v.Recused), by.ID)
	return v, Event{Kind: EventRecused, Object: v.ID}, nil
}

// Assign gives a case to somebody, as a claim of theirs; a claim that somebody else
// has keeps.
func (v Verification) Assign(to, by Person, now time.Time) (Verification, Event, error) {
	if err := v.workable(by, now); err != nil {
		return v, Event{}, err
	}
	v.Claim = Claim{} // by's own, or nobody's
	if err := v.workable(to, now); err != nil {
		return v, Event{}, Forbidden{to.Name + " may not work on this case."}
	}
	v.Claim = Claim{By: to, Until: now.Add(AssignFor)}
	return v, Event{Kind: EventAssigned, Object: v.ID, Facts: []Fact{{"to", to.ID}, {"until", v.Claim.Until.UTC().Format(time.RFC3339)}}}, nil
}

// AssignFor is how long a case waits for somebody it was given to.
const AssignFor = 8 * time.Hour

// Escalate hands a case to the seniors, with the reason.
func (v Verification) Escalate(reason string, by Person, now time.Time) (Verification, Event, error) {
	if err := v.workable(by, now); err != nil {
		return v, Event{}, err
	}
	if v.Status != StatusInReview || v.Escalated {
		return v, Event{}, Conflict{v.Status, "", v.UpdatedAt, "handed over"}
	}
	if err := CheckNote(reason); err != nil {
		return v, Event{}, renamed(err, "note", "reason")
	}
	before := v.Snapshot()
	v.Version++
	v.Claim, v.Escalated = Claim{}, true
	return v, Event{Kind: EventEscalated, Object: v.ID, Before: before, After: v.Snapshot(), Words: []Words{{"reason", reason}}}, nil
}
