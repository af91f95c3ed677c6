package cybrid

import "reviewdesk/review"

// ID is the desk's own id of the verification with this guid; false for what is no
// guid of an answer: 32 hexadecimal digits in lower case.
func ID(guid string) (string, bool) {
	if !lowerHex32.MatchString(guid) {
		return "", false
	}
	return uuid(guid), true
}

// Matches is how the desk holds a state that a list is filtered by; false for a word
// that is no state. It is [Vocabulary.State] the other way round.
func Matches(state string) (review.StateMatch, bool) {
	switch state {
	case StateStoring, StateWaiting, StatePending:
		return review.StateMatch{Statuses: []review.Status{review.StatusArriving}, Arrived: state}, true
	case StateReviewing:
		return review.StateMatch{Statuses: []review.Status{review.StatusInReview, review.StatusSecondReview}}, true
	case StateCompleted:
		return review.StateMatch{Statuses: []review.Status{review.StatusPassed, review.StatusFailed}}, true
	case StateExpired:
		return review.StateMatch{Statuses: []review.Status{review.StatusLapsed}}, true
	}
	return review.StateMatch{}, false
}

// ByCustomer and ByCounterparty are the persons that lists are filtered by: a
// verification is the customer's, unless it is about a counterparty.
func ByCustomer(guid string) review.Reference {
	return review.Reference{ID: guid, NotKind: TypeCounterparty}
}

// ByCounterparty is a counterparty.
func ByCounterparty(guid string) review.Reference {
	return review.Reference{ID: guid, Kind: TypeCounterparty}
}
