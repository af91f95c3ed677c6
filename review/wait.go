package review

import (
	"fmt"
	"slices"
	"time"
)

// Forever is until the applicant answers.
var Forever = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Snoozed reports whether the case waits for something outside.
func (v *Verification) Snoozed(now time.Time) bool { return now.Before(v.SnoozedUntil) }

// longestSnooze is 30 days: longer than any target, and no way to bury a case.
const longestSnooze = 30 * 24 * time.Hour

// Snooze takes a case out of the queue until a time. Its clock stands meanwhile:
// the target moves by as long as it waits.
func (v Verification) Snooze(until time.Time, reason string, by Person, now time.Time) (Verification, Event, error) {
	if err := v.waits(by, now); err != nil {
		return v, Event{}, err
	}
	bad := Invalid{}
	if !until.After(now) || until.After(now.Add(longestSnooze)) {
		bad.Add("until", "Choose a time from now to 30 days from now.")
	}
	if err, is := renamed(CheckNote(reason), "note", "reason").(Invalid); is {
		bad.Add("reason", err["reason"])
	}
	if bad.Err() != nil {
		return v, Event{}, bad
	}
	v.sleep(until, now)
	return v, Event{Kind: EventSnoozed, Object: v.ID, Facts: []Fact{{"until", until.UTC().Format(time.RFC3339)}}, Words: []Words{{"reason", reason}}}, nil
}

// waits checks that a case can be set aside.
func (v *Verification) waits(by Person, now time.Time) error {
	if err := v.workable(by, now); err != nil {
		return err
	}
	if v.Status != StatusInReview || v.Snoozed(now) {
		return Conflict{v.Status, "", v.UpdatedAt, "changed"}
	}
	return nil
}

func (v *Verification) sleep(until, now time.Time) {
	v.Claim = Claim{}
	v.SnoozedAt, v.SnoozedUntil = now, until
	if until != Forever {
		v.DueAt = v.DueAt.Add(until.Sub(now))
	}
}

// wake ends the waiting and lets the clock go on from where it stood.
func (v *Verification) wake(now time.Time) {
	if v.SnoozedAt.IsZero() {
		return
	}
	switch {
	case v.SnoozedUntil == Forever:
		v.DueAt = v.DueAt.Add(now.Sub(v.SnoozedAt))
	case v.Snoozed(now):
		v.DueAt = v.DueAt.Add(now.Sub(v.SnoozedUntil))
	}
	v.SnoozedAt, v.SnoozedUntil = time.Time{}, time.Time{}
}

// Wake takes a case back into the queue before its time.
func (v Verification) Wake(by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not work on them."}
	}
	if !v.Snoozed(now) {
		return v, Event{}, Conflict{v.Status, "", v.UpdatedAt, "changed"}
	}
	if err := v.mayTouch(by); err != nil {
		return v, Event{}, err
	}
	v.wake(now)
	return v, Event{Kind: EventWoken, Object: v.ID}, nil
}

// AskAgain asks the applicant to redo what some findings are about. The case waits
// until a newer copy comes from the provider, and then returns by itself.
func (v Verification) AskAgain(codes []string, text string, by Person, now time.Time) (Verification, Event, error) {
	if err := v.waits(by, now); err != nil {
		return v, Event{}, err
	}
	bad := Invalid{}
	if len(codes) == 0 {
		bad.Add("redo", "Choose what the applicant is to redo.")
	}
	for _, code := range codes {
		if !slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Code == code }) {
			bad.Add("redo", fmt.Sprintf("%q was not found in this case.", code))
		}
	}
	checkText(text, bad)
	if bad.Err() != nil {
		return v, Event{}, bad
	}
	v.sleep(Forever, now)
	event := Event{Kind: EventAskedAgain, Object: v.ID, Words: []Words{{"text", text}}}
	for _, code := range codes {
		event.Facts = append(event.Facts, Fact{"redo", code})
	}
	return v, event, nil
}
