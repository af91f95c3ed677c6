// Package cybrid is Cybrid's vocabulary: the identity verification of its bank
// API as [review.Verification], and back (facts/cybrid.md, sections 3 to 5).
//
// The ideas:
//
// Cybrid says with two words how a verification stands: a state, and once that
// is "completed" an outcome. "reviewing" is the state that brings it to the desk.
// The desk's answer is completed and passed, or completed and failed with
// "compliance_rejection" among the failure codes. Cybrid's public API has no
// operation for that: it only shows it.
//
// What was found stands in two places, the verification's failure codes and those
// of its compliance checks; while it is reviewed often in the second only
// (section 5). Both become findings. A check that did not pass and gives no code
// is a finding too, named after the check and its outcome, such as
// "person_watchlists_failed": the catalogue does not hold it, so it fails closed.
//
// The object is kept as it came. Members that this package does not know are
// neither lost nor an error; responses are open sets and grow (section 11).
//
// The desk also stands in for Cybrid: [ParseRequest] reads what create is sent and
// takes nothing that it does not know, [Request.Object] makes the verification,
// [Vocabulary.Advance] moves it on until it waits for an officer, and [Listed] and
// [Detailed] write the documented members and no others.
package cybrid

import "reviewdesk/review"

// Vocabulary is Cybrid's language.
type Vocabulary struct{}

var _ review.Vocabulary = Vocabulary{}

// Provider is [review.Cybrid].
func (Vocabulary) Provider() review.Provider { return review.Cybrid }

// ReviewState is "reviewing".
func (Vocabulary) ReviewState() string { return StateReviewing }

// Reasons is nil: a rejection at Cybrid has the one code compliance_rejection.
func (Vocabulary) Reasons() []string { return nil }

// Codes lists the 43 failure codes with their plain words (section 4).
func Codes() []review.Code { return review.Standard.Codes(review.Cybrid) }
