package coinify

import (
	"bytes"
	"errors"
	"time"

	"reviewdesk/review"
)

// timeLayout is how Coinify writes times: three decimals and Z, as JavaScript
// does (section 5). The standard JSON encoding would drop trailing zeros.
const timeLayout = "2006-01-02T15:04:05.000Z"

func wireTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// State is the attempt's state and reject reason as Coinify's API shows them now.
// A decision that waits for the second person does not show.
func (Vocabulary) State(v review.Verification) review.WireState {
	switch {
	case !v.SettledByDesk():
		return v.Arrived
	case v.Status == review.StatusPassed:
		return review.WireState{State: StateApproved}
	case v.Decision.RejectReason == "":
		return review.WireState{State: StateRejected, Reason: ReasonDenied}
	}
	return review.WireState{State: StateRejected, Reason: v.Decision.RejectReason}
}

// Object writes the attempt as the API shows it. Where the desk has not decided
// these are the bytes that came in. Where it has, state, approveTime and
// rejectReason are the decision's, and an approval sets expireTime to the day the
// document runs out, if that is known; everything else stays.
func (w Vocabulary) Object(v review.Verification) ([]byte, error) {
	if len(v.Object) == 0 {
		return nil, errors.New("the provider's object was not kept")
	}
	if !v.SettledByDesk() {
		return bytes.Clone(v.Object), nil
	}
	members, err := review.ReadObject(v.Object)
	if err != nil {
		return nil, err
	}
	state := w.State(v)
	approved := ""
	if v.Status == review.StatusPassed {
		approved = wireTime(v.SettledAt())
	}
	err = errors.Join(
		members.Set("state", state.State),
		members.Set("approveTime", orNull(approved)),
		setExpiry(&members, v),
		members.Set("rejectReason", orNull(state.Reason)),
	)
	return members.Bytes(), err
}

func setExpiry(members *review.Members, v review.Verification) error {
	if v.Status != review.StatusPassed {
		return nil
	}
	for _, d := range v.Documents {
		if at, err := review.ParseDate(d.Read.Expiry); err == nil {
			return members.Set("expireTime", wireTime(at))
		}
	}
	return nil
}
