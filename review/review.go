// Package review is the domain of the desk: what a verification is, what was
// found about it, who may decide it, and what a decision does. It knows no SQL,
// no HTTP, no HTML and no clock; it imports the standard library only.
//
// The ideas:
//
// A [Verification] is one person's identity check at one provider. Machines
// settle most of them; the ones that no machine could settle wait on the desk in
// [StatusInReview]. Each provider has its own words for that (Cybrid says
// "reviewing", Coinify "MANUAL_REVIEW"); a [Vocabulary] translates, and nothing
// outside its folder knows those words.
//
// A [Finding] is what a machine found, under the failure code the provider gave
// it. The [Catalogue] says in plain words what a code means, how severe it is and
// who may overrule it. A code the catalogue does not hold is shown as it came and
// fails closed: high severity, two persons. Findings are evidence: whatever the
// outcome, nothing overwrites them.
//
// A [Decision] is an officer's answer: an [Action], one [Resolution] for each
// finding, grounds from a list, and a note. [Verification.Decide] is the one rule
// that turns it into a new state. Where a finding needs two persons the decision
// is only proposed, and a second, senior person confirms it or sends it back.
//
// A case that a platform made through a provider's API on this desk moves along its
// [Road] until it waits for an officer or has run out; [Platform] knows the way.
//
// How long a case is kept after it has ended is the policy's ([Keeping]); then the
// person is erased, whole, unless somebody holds them, and of each case a skeleton
// stays ([Retention]).
//
// Each change returns an [Event], which the storage appends to the audit log in
// the transaction that makes the change.
package review

// Provider names a source of verifications.
type Provider string

// The providers this desk knows. A third one is a new folder under review/ and
// one line in review/providers.
const (
	Cybrid  Provider = "cybrid"
	Coinify Provider = "coinify"
)

// Status is where a verification stands on the desk, whatever its provider calls it.
type Status string

// The statuses of the desk.
const (
	StatusArriving     Status = "arriving"      // with the provider or the applicant, nothing to decide yet
	StatusInReview     Status = "in_review"     // waits for an officer
	StatusSecondReview Status = "second_review" // decided by one, waits for the second person
	StatusPassed       Status = "passed"
	StatusFailed       Status = "failed"
	StatusLapsed       Status = "lapsed" // expired before anybody decided, or its documents did
)

// Statuses lists every status in the order a verification runs through them.
func Statuses() []Status {
	return []Status{StatusArriving, StatusInReview, StatusSecondReview, StatusPassed, StatusFailed, StatusLapsed}
}

// Open reports whether the desk still has something to do.
func (s Status) Open() bool { return s == StatusInReview || s == StatusSecondReview }

// Decided reports whether the verification has its outcome.
func (s Status) Decided() bool { return s == StatusPassed || s == StatusFailed }

// Valid reports whether s is one of [Statuses].
func (s Status) Valid() bool {
	for _, known := range Statuses() {
		if s == known {
			return true
		}
	}
	return false
}
