package coinify

import (
	"errors"
	"fmt"
	"time"

	"reviewdesk/review"
)

var _ review.Platform = Vocabulary{}

// uploadWithin is how long the applicant has to submit a document. The
// documentation names the reason for not doing so, NO_ID_UPLOADED, and no time; a
// day is the longest of the other provider's times for one person.
const uploadWithin = 24 * time.Hour

// Due is when the attempt next moves by itself (see [review.Platform]). An attempt
// has no time of its last change, so every move is counted from its creation.
func (Vocabulary) Due(v review.Verification, road review.Road) (time.Time, bool) {
	switch {
	case v.Status != review.StatusArriving:
	case v.Arrived.State == StatePending && road == review.RoadApplicant:
		return v.CreatedAt.Add(uploadWithin), true
	case v.Arrived.State == StatePending:
		return v.CreatedAt.Add(review.Step), true
	case road != review.RoadApplicant:
		return v.CreatedAt.Add(2 * review.Step), true
	}
	return time.Time{}, false
}

// Advance makes the next move (see [review.Platform]): to rejected where nothing
// was uploaded, in the sandbox through processing to a manual review. The time does
// not show in the attempt.
func (w Vocabulary) Advance(v review.Verification, road review.Road, _ time.Time) ([]byte, error) {
	if _, moves := w.Due(v, road); !moves {
		return nil, fmt.Errorf("an attempt that is %s does not move by itself", v.Arrived.State)
	}
	members, err := review.ReadObject(v.Object)
	if err != nil {
		return nil, err
	}
	state, reason := StateRejected, ReasonManualReview
	switch {
	case road == review.RoadApplicant:
		reason = ReasonNoIDUploaded
	case v.Arrived.State == StatePending:
		state, reason = StateProcessing, ""
	}
	err = errors.Join(members.Set("state", state), members.Set("rejectReason", orNull(reason)))
	return members.Bytes(), err
}

// event is the body of a webhook (section 8).
type event struct {
	ID      string  `json:"id"`
	Time    string  `json:"time"`
	Event   string  `json:"event"`
	Context context `json:"context"`
}

// context names the trader and not the attempt: that is all there is. The trader is
// a text here, though a number elsewhere.
type context struct {
	TraderID     string `json:"traderId"`
	RejectReason string `json:"rejectReason,omitempty"`
}

// The two events about identification.
const (
	eventApproved = "identification-attempt.approved"
	eventRejected = "identification-attempt.rejected"
)

// Notice is the webhook of an attempt that was approved or rejected, and of one
// whose manual review begins, since that is rejected with MANUAL_REVIEW. There is
// none for other states, nor where the trader is not known.
func (w Vocabulary) Notice(v review.Verification, _ review.Desk, id string, at time.Time) (string, []byte, bool) {
	e := event{ID: id, Time: wireTime(at), Context: context{TraderID: v.Subject.Reference}}
	switch now := w.State(v); now.State {
	case StateApproved:
		e.Event = eventApproved
	case StateRejected:
		e.Event, e.Context.RejectReason = eventRejected, now.Reason
		if now.Reason == "" {
			e.Context.RejectReason = ReasonDenied // "without any further reason"
		}
	default:
		return "", nil, false
	}
	if e.Context.TraderID == "" {
		return "", nil, false
	}
	return e.Event, e.bytes(), true
}

// TestNotice is about trader 0, whom nobody has: his attempt went to a manual
// review, so that even who overlooks that grants nothing.
func (Vocabulary) TestNotice(_ review.Desk, id string, at time.Time) (string, []byte) {
	e := event{id, wireTime(at), eventRejected, context{TraderID: "0", RejectReason: ReasonManualReview}}
	return e.Event, e.bytes()
}

func (e event) bytes() []byte {
	body, _ := review.EncodeJSON(e) // texts only: nothing can fail
	return body
}
