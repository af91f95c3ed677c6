package coinify

import (
	"time"

	"reviewdesk/review"
)

// attempt is the nine members of section 5 in their order, as an answer shows them.
type attempt struct {
	ID           string  `json:"id"`
	State        string  `json:"state"`
	CreateTime   string  `json:"createTime"`
	ApproveTime  *string `json:"approveTime"`
	ExpireTime   *string `json:"expireTime"`
	RedirectURL  string  `json:"redirectUrl"`
	SDKToken     *string `json:"sdkToken"` // deprecated: always null
	ReturnURL    *string `json:"returnUrl"`
	RejectReason *string `json:"rejectReason"`
}

// Shown is the attempt as the API shows it at now, with what the desk has decided.
// An approved one shows expired once its expireTime has come, which is when the
// documents ran out.
func Shown(v review.Verification, now time.Time) ([]byte, error) {
	a, err := show(v, now)
	if err != nil {
		return nil, err
	}
	return review.EncodeJSON(a)
}

func show(v review.Verification, now time.Time) (attempt, error) {
	object, err := Vocabulary{}.Object(v)
	if err != nil {
		return attempt{}, err
	}
	members, err := review.ReadObject(object)
	if err != nil {
		return attempt{}, err
	}
	f := members.Fields()
	state := Vocabulary{}.State(v)
	a := attempt{
		ID: v.ID, State: state.State, CreateTime: wireTime(v.CreatedAt),
		ApproveTime: timeOrNil(f.Time("approveTime")), ExpireTime: timeOrNil(f.Time("expireTime")),
		RedirectURL: f.Text("redirectUrl"), ReturnURL: textOrNil(f.Text("returnUrl")), RejectReason: textOrNil(state.Reason),
	}
	if until := f.Time("expireTime"); a.State == StateApproved && !until.IsZero() && !now.Before(until) {
		a.State = StateExpired
	}
	return a, f.Err()
}

func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func timeOrNil(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	return textOrNil(wireTime(t))
}

// older is the object of the generation before (section 2.2). All of it is never
// null, and its times have no fraction.
type older struct {
	ID          int64  `json:"id"`
	State       string `json:"state"`
	ReturnURL   string `json:"returnUrl"`
	RedirectURL string `json:"redirectUrl"`
	ExternalID  string `json:"externalId"`
	UpdateTime  string `json:"updateTime"`
	CreateTime  string `json:"createTime"`
}

// olderTime is how that generation writes times.
const olderTime = "2006-01-02T15:04:05Z"

// Older is the attempt in the words of the older API, as section 2.2 suggests it.
// number is what that API calls the id; the attempt's own is its externalId. Where
// there is no return address it is an empty text.
func Older(v review.Verification, number int64, now time.Time) ([]byte, error) {
	a, err := show(v, now)
	if err != nil {
		return nil, err
	}
	o := older{
		ID: number, State: olderState(a), RedirectURL: a.RedirectURL, ExternalID: a.ID,
		UpdateTime: lastChange(v, a).UTC().Format(olderTime), CreateTime: v.CreatedAt.UTC().Format(olderTime),
	}
	if a.ReturnURL != nil {
		o.ReturnURL = *a.ReturnURL
	}
	return review.EncodeJSON(o)
}

// olderState puts a state into the seven old ones, without which the old client
// shows "Unknown state".
func olderState(a attempt) string {
	switch {
	case a.State == StateProcessing, a.State == StateRejected && a.RejectReason != nil && *a.RejectReason == ReasonManualReview:
		return "reviewing"
	case a.State == StateApproved:
		return "completed"
	}
	return a.State // pending, rejected and expired are spelt alike
}

// lastChange is the latest time that is known of the attempt.
func lastChange(v review.Verification, a attempt) time.Time {
	at := latest(v.UpdatedAt, v.ReviewSince)
	if v.SettledByDesk() {
		at = latest(at, v.SettledAt())
	}
	if a.State == StateExpired && a.ExpireTime != nil {
		if until, err := review.ParseTime(*a.ExpireTime); err == nil {
			at = latest(at, until)
		}
	}
	return at
}
