package coinify

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"reviewdesk/review"
)

// The codes of a refused request (facts/coinify.md, section 4).
const (
	CodeInvalidRequest  = "invalid_request"  // the body is no sound JSON object
	CodeInvalidArgument = "invalid_argument" // something in it is wrong
)

// ReturnURLMax is the longest return address, in bytes.
const ReturnURLMax = 2000

// Request is what begins an identification attempt, whole and sound.
type Request struct {
	ReturnURL string // as it came, byte for byte; "" for null

	// In the sandbox only: how the attempt ends. State is "", approved or rejected.
	// Rejected is this desk's own, as is sending the attempt to an officer by the
	// reason MANUAL_REVIEW.
	State        string
	RejectReason string
}

// ParseRequest reads the body of POST /kyc/identification-attempts (section 2). An
// empty one is taken like {}: the older client sends no body for an empty object.
// The error is a [*review.Refused].
func ParseRequest(body []byte, desk review.Desk) (Request, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return Request{}, nil
	}
	members, err := review.ReadRequest(body)
	if err != nil {
		return Request{}, &review.Refused{Code: CodeInvalidRequest, Message: err.Error()}
	}
	if unknown := members.Unknown("returnUrl", "state", "rejectReason"); len(unknown) > 0 {
		return Request{}, &review.Refused{Code: CodeInvalidArgument, Message: "unknown: " + review.Names(unknown)}
	}
	f := members.Fields()
	r := Request{ReturnURL: f.Text("returnUrl"), State: f.Text("state"), RejectReason: review.StripSpace(f.Text("rejectReason"))}
	checkReturn(f, r.ReturnURL)
	checkEnd(f, &r, desk)
	if err := f.Err(); err != nil {
		return Request{}, &review.Refused{Code: CodeInvalidArgument, Message: err.Error()}
	}
	return r, nil
}

// checkReturn lets through what a browser can be sent to and what it reads as it is
// written: no white space, no backslash (browsers take it for a slash), nothing but
// ASCII, and no password that would show.
func checkReturn(f review.Fields, address string) {
	const at = "returnUrl"
	if !f.Has(at) {
		return
	}
	odd := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }
	u, err := url.Parse(address)
	switch {
	case address == "":
		f.Fail(at, "want an http or https address or null, got an empty text")
	case len(address) > ReturnURLMax:
		f.Fail(at, fmt.Sprintf("want at most %d bytes, got %d", ReturnURLMax, len(address)))
	case strings.ContainsFunc(address, odd):
		f.Fail(at, "want printable ASCII without spaces and backslashes: percent-encode the rest")
	case err != nil:
		f.Fail(at, "want an http or https address, got none that can be read")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		f.Fail(at, "want an http or https address with a host")
	case u.User != nil:
		f.Fail(at, "want an address without a user name or password")
	}
}

// checkEnd reads how a sandbox is to end the attempt.
func checkEnd(f review.Fields, r *Request, desk review.Desk) {
	for _, name := range []string{"state", "rejectReason"} {
		if f.Has(name) && !desk.Sandbox {
			f.Fail(name, "this desk is no sandbox: only its officers decide an attempt")
		}
	}
	switch {
	case f.Has("state") && r.State != StateApproved && r.State != StateRejected:
		f.Fail("state", "want approved or rejected")
	case f.Has("rejectReason") && r.State != StateRejected:
		f.Fail("rejectReason", "goes with the state rejected only")
	case f.Has("rejectReason") && !slices.Contains(Reasons(), r.RejectReason):
		f.Fail("rejectReason", "want one of "+strings.Join(Reasons(), ", "))
	case r.State == StateRejected && r.RejectReason == "":
		r.RejectReason = ReasonDenied
	}
}

// Road is how the attempt moves on by itself.
func (r Request) Road() review.Road {
	if r.RejectReason == ReasonManualReview {
		return review.RoadReview
	}
	return review.RoadApplicant
}

// Attempt is the attempt that the request makes: pending since now, or as the
// sandbox was told. The id is a UUID in lower case, since the older client takes
// two spellings for two attempts; trader is the reference of whose it is, which the
// attempt itself has no member for.
func (r Request) Attempt(id, trader string, desk review.Desk, now time.Time) ([]byte, error) {
	if !uuid.MatchString(id) || id != strings.ToLower(id) {
		return nil, errors.New("an attempt's id is a UUID in lower case")
	}
	if trader == "" {
		return nil, errors.New("an attempt belongs to a trader")
	}
	c := composed{
		ID: id, State: StatePending, CreateTime: wireTime(now), RedirectURL: desk.BaseURL + ApplicantPath + id,
		ReturnURL: orNull(r.ReturnURL), Reviewdesk: review.Extension{Reference: trader},
	}
	switch {
	case r.State == StateApproved:
		c.State, c.ApproveTime = StateApproved, wireTime(now)
	case r.State == StateRejected && r.RejectReason != ReasonManualReview:
		c.State, c.RejectReason = StateRejected, r.RejectReason
	}
	return review.EncodeJSON(c)
}
