package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

func TestTheSecondPersonIsAnother(t *testing.T) {
	v := inReview("selfie_failure")
	v, _, err := v.Decide(reject(v), bo, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = v.ConfirmProposal(v.Version, longTxt, bo, now, rules)
	wantError(t, err, review.ErrForbidden)
	_, _, err = v.ReturnProposal(v.Version, longTxt, bo, now)
	wantError(t, err, review.ErrForbidden)

	later := now.Add(time.Hour)
	done, event, err := v.ConfirmProposal(v.Version, longTxt, cy, later, rules)
	if err != nil {
		t.Fatal(err)
	}
	if done.Status != review.StatusFailed || done.Proposal != nil || done.Decision.By != bo || done.Confirm.By != cy || done.SettledAt() != later {
		t.Errorf("got %+v", done)
	}
	if event.Kind != review.EventConfirmed || !slices.Contains(event.Facts, review.Fact{"outcome", review.ComplianceRejection}) {
		t.Errorf("the event is %+v", event)
	}
}

func TestTheSecondWordNeedsANoteAndTheVersionOnScreen(t *testing.T) {
	v := proposed(t)
	_, _, err := v.ConfirmProposal(v.Version, "ok", bo, now, rules)
	wantField(t, err, "note")
	_, _, err = v.ReturnProposal(v.Version, "  ", bo, now)
	wantField(t, err, "note")
	_, _, err = v.ConfirmProposal(v.Version-1, longTxt, bo, now, rules)
	wantError(t, err, review.ErrConflict)
	confirmed, _, err := v.ConfirmProposal(v.Version, longTxt, bo, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = confirmed.ConfirmProposal(v.Version, longTxt, cy, now, rules)
	var conflict review.Conflict
	if !errors.As(err, &conflict) || conflict.Who != bo.Name || conflict.What != "confirmed" {
		t.Errorf("got %v", err)
	}
}

func TestAReturnedProposalCanBeDecidedAnew(t *testing.T) {
	v := proposed(t)
	back, event, err := v.ReturnProposal(v.Version, longTxt, bo, now)
	if err != nil || back.Status != review.StatusInReview || back.Proposal != nil || event.Kind != review.EventReturned {
		t.Fatalf("got %s, %v", back.Status, err)
	}
	again, _, err := back.Decide(approve(back), ana, now, rules)
	if err != nil || again.Status != review.StatusSecondReview {
		t.Errorf("got %s, %v", again.Status, err)
	}
}

func TestAProposalSaysNothingOfAnOutcome(t *testing.T) {
	v := inReview("selfie_failure")
	_, event, err := v.Decide(reject(v), ana, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(event.Facts, func(f review.Fact) bool { return f.Name == "outcome" }) {
		t.Error("a proposal already has an outcome")
	}
}

func TestANoteOnItsOwnKeepsTheSameLimits(t *testing.T) {
	for note, good := range map[string]bool{longTxt: true, "": false, "too short": false, "          ": false, strings.Repeat("x", review.NoteMax+1): false} {
		if err := review.CheckNote(note); good != (err == nil) {
			t.Errorf("%.20q: %v", note, err)
		}
	}
}

func TestAMaskedFieldIsRevealedForAReason(t *testing.T) {
	v := inReview()
	event, err := v.Reveal(review.FieldNumber, "Compare with the card", ana)
	if err != nil || event.Kind != review.EventRevealed || event.Object != v.ID || !slices.Contains(event.Facts, review.Fact{Name: "field", Value: "number"}) {
		t.Errorf("got %+v, %v", event, err)
	}
	for _, role := range []review.Role{review.RoleAuditor, review.RoleAdmin, "nobody"} {
		_, err := v.Reveal(review.FieldNumber, "Compare with the card", as(role))
		wantError(t, err, review.ErrForbidden)
	}
	_, err = v.Reveal("name", "     ", ana)
	wantField(t, err, "field", "reason")
}
