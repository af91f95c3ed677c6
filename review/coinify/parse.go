package coinify

import (
	"regexp"
	"strings"
	"time"

	"reviewdesk/review"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// Parse reads an identification attempt. It needs id, state and createTime, and
// checks the type of all nine members. White space within the reject reason is a
// stray of the documentation and is never kept: such an attempt is kept with the
// reason as it is meant, every other one byte for byte.
func (Vocabulary) Parse(object []byte) (review.Verification, []review.Picture, error) {
	in, err := review.OpenObject(object)
	if err != nil {
		return review.Verification{}, nil, err
	}
	f := in.Own.Fields()
	v := read(f)
	v.Status = status(f, v.Arrived)
	v.AddFinding(v.Arrived.Reason, "")
	f.Text("redirectUrl")
	f.Text("returnUrl")
	if f.Has("sdkToken") {
		f.Fail("sdkToken", "is always null")
	}
	if err := f.Err(); err != nil {
		return review.Verification{}, nil, err
	}
	v.Object, err = tidy(in, f.Text("rejectReason"), v.Arrived.Reason)
	return v, in.Finish(&v), err
}

func read(f review.Fields) review.Verification {
	id := f.Need("id")
	if id != "" && !uuid.MatchString(id) {
		f.Fail("id", "want a UUID")
	}
	v := review.Verification{
		Provider: review.Coinify, ProviderID: id, ID: strings.ToLower(id),
		Arrived:   review.WireState{State: f.Need("state"), Reason: review.StripSpace(f.Text("rejectReason"))},
		CreatedAt: f.NeedTime("createTime"), ApprovedAt: f.Time("approveTime"), ExpiresAt: f.Time("expireTime"),
	}
	v.UpdatedAt = latest(v.CreatedAt, v.ApprovedAt)
	return v
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// status is the desk's word for a state and reject reason (section 5.2). A reason
// belongs to a rejected attempt; the one exception is MANUAL_REVIEW on a
// processing one. What an expired one may still carry is not known.
func status(f review.Fields, w review.WireState) review.Status {
	manual := w.Reason == ReasonManualReview
	switch {
	case w.State == StateRejected && manual, w.State == StateProcessing && manual:
		return review.StatusInReview
	case w.State == StateRejected:
		return review.StatusFailed
	case w.State == StateExpired:
		return review.StatusLapsed
	}
	return unrejected(f, w)
}

func unrejected(f review.Fields, w review.WireState) (s review.Status) {
	switch w.State {
	case StatePending, StateProcessing:
		s = review.StatusArriving
	case StateApproved:
		s = review.StatusPassed
	default:
		f.Fail("state", "want one of "+strings.Join(States(), ", "))
	}
	if w.Reason != "" {
		f.Fail("rejectReason", "an attempt that is not rejected has none")
	}
	return s
}

// tidy is the object to keep: the one that came, unless its reason had a stray
// space.
func tidy(in review.Opened, came, meant string) ([]byte, error) {
	if came == meant {
		return in.Kept, nil
	}
	err := in.Own.Set("rejectReason", orNull(meant))
	return in.Own.Bytes(), err
}

// orNull is a text, or null for the empty one.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
