package review

import "time"

// A decision is recorded at once and takes effect outside a little later, so that
// a slip can be taken back before anybody has been told.

// InForce reports whether the case's decision has taken effect outside.
func (v *Verification) InForce(now time.Time) bool { return !now.Before(v.EffectiveAt) }

// Outside is the case as the provider's API may show it: a decision that has not
// taken effect yet is not there.
func (v Verification) Outside(now time.Time) Verification {
	if v.Decision == nil || v.InForce(now) {
		return v
	}
	v.unsettle()
	v.Proposal, v.Status = nil, StatusInReview
	return v
}

// Undo takes a decision back before it has taken effect: who took it, or who gave
// the second word, and nobody else. A second word undone leaves the proposal; a
// decision or a proposal undone leaves the case with whoever undid it, unless they have
// stepped back from it. The proposer may take a proposal back for as long as nobody has
// confirmed it.
func (v Verification) Undo(by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not decide them."}
	}
	if err := v.undoable(by, now); err != nil {
		return v, Event{}, err
	}
	before := v.Snapshot()
	v.Version++
	facts := []Fact{{"action", string(v.unsettle())}}
	switch {
	case v.Confirm != nil:
		v.Status, v.Confirm = StatusSecondReview, nil
	case v.impartial(by) != nil:
		v.Status, v.Proposal = StatusInReview, nil
	default:
		v.Status, v.Proposal = StatusInReview, nil
		v.Claim = Claim{By: by, Until: now.Add(ClaimFor)}
		facts = append(facts, Fact{"until", v.Claim.Until.UTC().Format(time.RFC3339)})
	}
	return v, Event{Kind: EventUndone, Object: v.ID, Before: before, After: v.Snapshot(), Facts: facts}, nil
}

func (v *Verification) undoable(by Person, now time.Time) error {
	if v.Status == StatusSecondReview && v.Proposal != nil {
		if v.Proposal.By.ID != by.ID {
			return Forbidden{v.Proposal.By.Name + " proposed this. Send it back to the queue instead."}
		}
		return nil
	}
	switch {
	case v.Decision == nil:
		return Conflict{v.Status, "", v.UpdatedAt, "changed"}
	case v.InForce(now):
		return Conflict{v.Status, "the desk", v.EffectiveAt, "let the decision take effect on"}
	case v.Confirm != nil && v.Confirm.By.ID != by.ID:
		return Forbidden{v.Confirm.By.Name + " confirmed this decision, and only they can undo that."}
	case v.Confirm == nil && v.Decision.By.ID != by.ID:
		return Forbidden{v.Decision.By.Name + " decided this case, and only they can undo that."}
	}
	return nil
}

// unsettle takes what settle has set away again and says which action it was. The
// decision becomes the proposal that it was, if it was one.
func (v *Verification) unsettle() Action {
	if v.Decision != nil {
		v.Proposal, v.Decision = v.Decision, nil
	}
	v.ApprovedAt, v.EffectiveAt = time.Time{}, time.Time{}
	findings := make([]Finding, len(v.Findings))
	for i, f := range v.Findings {
		findings[i] = Finding{Code: f.Code, Source: f.Source}
	}
	v.Findings = findings
	return v.Proposal.Action
}

// AskReopen asks that a decision which has taken effect be looked at again. It needs
// a reason, and somebody else's yes.
func (v Verification) AskReopen(reason string, by Person, now time.Time) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not reopen them."}
	}
	switch {
	case v.Decision == nil || !v.Status.Decided():
		return v, Event{}, Conflict{v.Status, "", v.UpdatedAt, "changed"}
	case !v.InForce(now):
		return v, Event{}, Forbidden{"The decision has not taken effect yet: whoever took it can undo it."}
	case v.Reopen != nil:
		return v, Event{}, Conflict{v.Status, v.Reopen.By.Name, v.Reopen.At, "asked to reopen"}
	}
	if err := v.impartial(by); err != nil {
		return v, Event{}, err
	}
	if err := CheckNote(reason); err != nil {
		return v, Event{}, renamed(err, "note", "reason")
	}
	v.Reopen = &Word{By: by, At: now, Note: reason}
	return v, Event{Kind: EventReopenAsked, Object: v.ID, Words: []Words{{"reason", reason}}}, nil
}

// Reopened is the second person's yes: the case waits for an officer again. What was
// decided stays in its history.
func (v Verification) Reopened(note string, by Person, now time.Time, p Policy) (Verification, Event, error) {
	if err := v.secondOnReopening(by); err != nil {
		return v, Event{}, err
	}
	if err := CheckNote(note); err != nil {
		return v, Event{}, err
	}
	before := v.Snapshot()
	v.Version++
	v.unsettle()
	v.Status, v.Proposal, v.Confirm, v.Reopen = StatusInReview, nil, nil, nil
	v.ReviewSince, v.DueAt = now, now.Add(p.Target())
	return v, Event{Kind: EventReopened, Object: v.ID, Before: before, After: v.Snapshot(), Words: []Words{{"note", note}}}, nil
}

// KeepClosed is the second person's no. Nobody says it of their own decision: they let
// others look again, or leave the answer to somebody else.
func (v Verification) KeepClosed(note string, by Person) (Verification, Event, error) {
	if err := v.secondOnReopening(by); err != nil {
		return v, Event{}, err
	}
	if v.Decision != nil && v.Decision.By.ID == by.ID {
		return v, Event{}, Forbidden{"This decision is yours. You can let it be opened again; somebody else says whether it stays closed."}
	}
	if err := CheckNote(note); err != nil {
		return v, Event{}, err
	}
	v.Reopen = nil
	return v, Event{Kind: EventKeptClosed, Object: v.ID, Words: []Words{{"note", note}}}, nil
}

func (v *Verification) secondOnReopening(by Person) error {
	switch {
	case !by.Role.May(RightConfirm):
		return Forbidden{"Only a senior officer gives the second word."}
	case v.Reopen == nil:
		return Conflict{v.Status, "", v.UpdatedAt, "changed"}
	case v.Reopen.By.ID == by.ID:
		return Forbidden{"You asked to reopen this case. Somebody else gives the second word."}
	}
	return v.impartial(by)
}

// renamed moves a mistake to the field that the form calls it by.
func renamed(err error, from, to string) error {
	bad, is := err.(Invalid)
	if !is {
		return err
	}
	out := Invalid{}
	for field, text := range bad {
		if field == from {
			field = to
		}
		out.Add(field, text)
	}
	return out
}
