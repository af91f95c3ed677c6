package web

import (
	"net/http"
	"slices"
	"strings"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// policies reads what the case is judged by: the policy as it stands, and the one that
// its decision was taken under, whose words it keeps.
func (s *Server) policies(r *http.Request, o *opened) (err error) {
	if o.policy, err = s.db.Policy(r.Context()); err != nil {
		return err
	}
	o.codes = o.policy.Catalogue()
	taken := o.Decision
	if taken == nil {
		taken = o.Proposal
	}
	if taken == nil || taken.Policy == o.policy.Version {
		return nil
	}
	then, err := s.db.PolicyOf(r.Context(), taken.Policy)
	o.taken = &then
	if o.Decision != nil {
		o.codes = then.Catalogue()
	}
	return err
}

// takenUnder is the policy in whose words a decision of this case is told.
func (o *opened) takenUnder() review.Policy {
	if o.taken != nil {
		return *o.taken
	}
	return o.policy
}

// blind reports whether whoever looks is to give the second word without knowing the
// first one's reasons.
func (o *opened) blind() bool {
	return o.policy.Blind && o.Status == review.StatusSecondReview && o.v.may(review.RightConfirm) && o.Proposal != nil && o.Proposal.By.ID != o.v.actor.ID
}

// whySecond says why the decision needed a second person, once it is taken: that it was
// drawn as a sample is nobody's to know before.
func (o *opened) whySecond() string {
	e, found := o.eventOf(review.EventProposed)
	if !found {
		return ""
	}
	var codes, parts []string
	for _, why := range facts(e, "second_because") {
		switch why {
		case review.SecondBySample:
			parts = append(parts, "it was drawn as a sample")
		case review.SecondByWish:
			parts = append(parts, actorOf(e).Name+" asked for it")
		default:
			codes = append(codes, why)
		}
	}
	if len(codes) > 0 {
		parts = append([]string{"of " + codesInWords(codes)}, parts...)
	}
	if len(parts) == 0 {
		return ""
	}
	return "A second person confirms it because " + strings.Join(parts, ", and because ") + "."
}

// blindTo is the same for an event of the log: the proposal that still waits for the
// second word of whoever asks.
func (s *Server) blindTo(r *http.Request, v *visit, e db.LogEntry) (bool, error) {
	if e.Action != string(review.EventProposed) || !v.may(review.RightConfirm) || e.Actor.ID == v.actor.ID {
		return false, nil
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil || !policy.Blind {
		return false, err
	}
	held, err := s.db.Peek(r.Context(), e.Object)
	return held.Status == review.StatusSecondReview, err
}

// withoutReasons is an event without what somebody gave as reasons.
func withoutReasons(e db.LogEntry) db.LogEntry {
	e.Body = nil
	e.Facts = slices.DeleteFunc(slices.Clone(e.Facts), func(f audit.Fact) bool {
		return f.Name == "ground" || f.Name == "reject_reason" || strings.HasPrefix(f.Name, "finding.") || strings.HasPrefix(f.Name, "evidence.")
	})
	return e
}
