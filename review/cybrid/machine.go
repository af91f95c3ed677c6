package cybrid

import (
	"errors"
	"fmt"
	"time"

	"reviewdesk/review"
)

var _ review.Platform = Vocabulary{}

// needsApplicant reports whether a method is a person's doing. The rest is settled
// from what the caller sent or what lists and banks say.
func needsApplicant(method string) bool {
	switch method {
	case MethodIDAndSelfie, MethodTaxIDAndSelfie, MethodBusinessRegistration, MethodDocumentSubmission, MethodEnhancedDueDiligence:
		return true
	}
	return false
}

// lifetime is how long the applicant has, from the creation (section 5). For the
// methods that it does not name it is the shortest.
func lifetime(method string) time.Duration {
	switch method {
	case MethodBusinessRegistration:
		return 24 * time.Hour
	case MethodDocumentSubmission:
		return 7 * 24 * time.Hour
	}
	return time.Hour
}

// roadOf is the road stored, except that a method without an applicant never waits
// for one, and that a road nobody knows leads to an officer.
func roadOf(v review.Verification, road review.Road) review.Road {
	switch road {
	case review.RoadPassed, review.RoadFailed, review.RoadTaxIDNotChecked:
		return road
	case review.RoadApplicant:
		if needsApplicant(v.Method) {
			return road
		}
	}
	return review.RoadReview
}

// Due is when the verification next moves by itself (see [review.Platform]).
func (Vocabulary) Due(v review.Verification, road review.Road) (time.Time, bool) {
	switch waits := roadOf(v, road) == review.RoadApplicant; {
	case v.Status != review.StatusArriving:
		return time.Time{}, false
	case v.Arrived.State != StateStoring && waits:
		return v.CreatedAt.Add(lifetime(v.Method)), true
	}
	return v.UpdatedAt.Add(review.Step), true
}

// next is the state that follows (section 5): the applicant's inquiry exists, then
// is under way, then the road decides.
func next(v review.Verification, road review.Road) string {
	switch {
	case v.Arrived.State == StateStoring && needsApplicant(v.Method):
		return StateWaiting
	case v.Arrived.State != StateStoring && road == review.RoadApplicant:
		return StateExpired
	case v.Arrived.State != StatePending:
		return StatePending
	case road == review.RoadReview:
		return StateReviewing
	}
	return StateCompleted
}

// Advance makes the next move (see [review.Platform]). While the verification is
// reviewed the trouble shows in its checks; outcome and failure_codes come with
// completed (section 5, the reasonable reading), and an expired one has neither.
func (w Vocabulary) Advance(v review.Verification, road review.Road, now time.Time) ([]byte, error) {
	if _, moves := w.Due(v, road); !moves {
		return nil, fmt.Errorf("a verification that is %s does not move by itself", v.Arrived.State)
	}
	members, err := review.ReadObject(v.Object)
	if err != nil {
		return nil, err
	}
	road = roadOf(v, road)
	state := next(v, road)
	err = errors.Join(
		members.Set("state", state),
		members.Set("updated_at", review.Later(now, v.UpdatedAt).Format(timeLayout)),
		setInquiry(&members, v, state),
	)
	switch state {
	case StateReviewing:
		err = errors.Join(err, members.Set("compliance_checks", checked(v.Method, CheckOutcomeInconclusive, []string{"review_required"})))
	case StateCompleted:
		err = errors.Join(err, settle(&members, v.Method, road))
	}
	return members.Bytes(), err
}

// setInquiry tells of the inquiry at Persona, where the applicant would do his
// part: its id since it exists, its state since then.
func setInquiry(members *review.Members, v review.Verification, state string) error {
	if !needsApplicant(v.Method) {
		return nil
	}
	return errors.Join(
		members.Set("persona_inquiry_id", "inq_"+v.ProviderID[:24]),
		members.Set("persona_state", state),
	)
}

// settle ends a verification as its road says.
func settle(members *review.Members, method string, road review.Road) error {
	outcome, codes := OutcomePassed, []string{}
	if road == review.RoadFailed {
		outcome, codes = OutcomeFailed, []string{"requested_failure"}
	}
	checks := checked(method, outcome, codes)
	if road == review.RoadTaxIDNotChecked {
		checks = append(checks, complianceCheck{CheckPersonTaxIDVerification, CheckOutcomeInsufficient, []string{}})
	}
	return errors.Join(
		members.Set("outcome", outcome),
		members.Set("failure_codes", codes),
		members.Set("compliance_checks", checks),
	)
}

// checked is the one check that stands for what a method checks. Its outcomes
// passed and failed are spelt like those of the whole.
func checked(method, outcome string, codes []string) []complianceCheck {
	return []complianceCheck{{checkOf(method), outcome, codes}}
}

func checkOf(method string) string {
	switch method {
	case MethodBusinessRegistration:
		return CheckBusinessVerification
	case MethodAttested, MethodAttestedIDAndSelfie, MethodAttestedIDAndDatabase:
		return CheckPersonAttested
	case MethodAttestedBusinessRegistration:
		return CheckBusinessAttested
	case MethodAttestedBusinessAssociate:
		return CheckBusinessAssociateAttested
	case MethodWatchlists:
		return CheckPersonWatchlists
	case MethodAttestedOwnership:
		return CheckExternalBankAccountAttested
	case MethodAccountOwnership:
		return CheckExternalBankAccountVerification
	}
	return CheckPersonVerification
}

// Notice is the webhook identity_verification.STATE (section 7). It has neither
// outcome nor personal data: the receiver gets the object by its guid.
func (w Vocabulary) Notice(v review.Verification, desk review.Desk, id string, _ time.Time) (string, []byte, bool) {
	event, body := notice(w.State(v).State, v.ProviderID, desk, id)
	return event, body, true
}

// TestNotice is an event that clients pass over, storing, of a verification that
// does not exist.
func (Vocabulary) TestNotice(desk review.Desk, id string, _ time.Time) (string, []byte) {
	return notice(StateStoring, "00000000000000000000000000000000", desk, id)
}

func notice(state, object string, desk review.Desk, id string) (string, []byte) {
	environment := "production"
	if desk.Sandbox {
		environment = "sandbox"
	}
	event := "identity_verification." + state
	body, _ := review.EncodeJSON(struct { // texts only: nothing can fail
		GUID             string `json:"guid"`
		OrganizationGUID string `json:"organization_guid"`
		EventType        string `json:"event_type"`
		ObjectGUID       string `json:"object_guid"`
		Environment      string `json:"environment"`
	}{id, desk.Organization, event, object, environment})
	return event, body
}
