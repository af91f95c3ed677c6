// Package coinify is Coinify's vocabulary: the identification attempt of its KYC
// API as [review.Verification], and back (facts/coinify.md, sections 5 and 6).
//
// The ideas:
//
// An attempt says with a state and a reject reason how it stands. It has no state
// for "a person must look": that is the reason MANUAL_REVIEW, which arrives on a
// rejected attempt, or by another reading of the documentation on a processing
// one (section 5.2). Both bring it to the desk. The desk's answer is approved, or
// rejected with another reason.
//
// The attempt has nine members and tells nothing about the person, the documents
// or what was found beyond the one reason. A platform that knows says it in our
// own [review.Extension].
//
// It has no time of its last change either. The latest of its creation and its
// approval stands in, so that a copy that was rejected meanwhile is no newer by
// its times. Of two copies with equal times and different bytes the later stage
// counts as the newer one, and within a stage the one that came later.
//
// The desk also stands in for Coinify: [ParseRequest] reads what begins an attempt,
// [Request.Attempt] makes it, [Vocabulary.Advance] moves it on until it waits for an
// officer, and [Shown] and [Older] write it for clients of either generation.
package coinify

import "reviewdesk/review"

// Vocabulary is Coinify's language.
type Vocabulary struct{}

var _ review.Vocabulary = Vocabulary{}

// Provider is [review.Coinify].
func (Vocabulary) Provider() review.Provider { return review.Coinify }

// ReviewState is "MANUAL_REVIEW": a reject reason, for want of a state.
func (Vocabulary) ReviewState() string { return ReasonManualReview }

// Reasons lists the 24 reasons an officer may give, DENIED first: all but the one
// that says that nobody has decided yet.
func (Vocabulary) Reasons() []string {
	var out []string
	for _, reason := range Reasons() {
		if reason != ReasonManualReview {
			out = append(out, reason)
		}
	}
	return out
}

// Codes lists the 25 reject reasons with their plain words.
func Codes() []review.Code { return review.Standard.Codes(review.Coinify) }
