package cybrid

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"reviewdesk/review"
)

// timeLayout is how Cybrid writes times: microseconds and Z (section 3).
const timeLayout = "2006-01-02T15:04:05.000000Z"

// State is the verification's state and outcome as Cybrid's API shows them now. A
// decision that waits for the second person does not show.
func (Vocabulary) State(v review.Verification) review.WireState {
	if !v.SettledByDesk() {
		return v.Arrived
	}
	outcome := OutcomeFailed
	if v.Status == review.StatusPassed {
		outcome = OutcomePassed
	}
	return review.WireState{State: StateCompleted, Reason: outcome}
}

// Object writes the verification as the API shows it. Where the desk has not
// decided these are the bytes that came in. Where it has, state, outcome,
// failure_codes and updated_at are the decision's; everything else stays,
// compliance_decisions too, which are Cybrid's own. A case that was opened again is as
// it came in, changed when that was: what the platform holds is older.
func (w Vocabulary) Object(v review.Verification) ([]byte, error) {
	if len(v.Object) > 0 && !v.SettledByDesk() && !reopened(v) {
		return bytes.Clone(v.Object), nil
	}
	members, err := w.members(v)
	if err != nil {
		return nil, err
	}
	return members.Bytes(), nil
}

func reopened(v review.Verification) bool { return v.ReviewSince.After(v.UpdatedAt) }

// members is that object taken apart.
func (w Vocabulary) members(v review.Verification) (review.Members, error) {
	if len(v.Object) == 0 {
		return nil, errors.New("the provider's object was not kept")
	}
	members, err := review.ReadObject(v.Object)
	if err == nil && !v.SettledByDesk() && reopened(v) {
		err = members.Set("updated_at", v.ReviewSince.UTC().Format(timeLayout))
	}
	if err != nil || !v.SettledByDesk() {
		return members, err
	}
	state, codes := w.State(v), failureCodes(members, v.Status)
	err = errors.Join(
		members.Set("state", state.State),
		members.Set("outcome", state.Reason),
		members.Set("failure_codes", codes),
		members.Set("updated_at", v.SettledAt().UTC().Format(timeLayout)),
	)
	return members, err
}

// failureCodes is the object's own list in its order. A rejection adds
// compliance_rejection if it is missing; codes that only a check found stay with
// the check. A verification that passed was not rejected, so the code goes if it
// was there; and a list of which nothing changes stays byte for byte.
func failureCodes(members review.Members, status review.Status) any {
	codes := members.Fields().Texts("failure_codes")
	rejection := func(code string) bool { return review.StripSpace(code) == review.ComplianceRejection }
	switch there := slices.ContainsFunc(codes, rejection); {
	case status == review.StatusFailed && !there:
		return append(codes, review.ComplianceRejection)
	case status == review.StatusPassed && there:
		return slices.DeleteFunc(codes, rejection)
	}
	if raw, there := members.Get("failure_codes"); there {
		return raw
	}
	return json.RawMessage("[]")
}
