package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// story is the week that the demo's desk has behind it when it first starts.
type story struct {
	ctx    context.Context
	desk   *db.DB
	clock  *storyClock
	start  time.Time
	team   map[review.Role][]db.Actor
	coming []*arrival // by time

	waiting  []string // cases in review that nobody has touched, oldest first
	proposed []string // cases that wait for the second person
	acts     int      // how many cases were taken up so far
	held     bool     // somebody is on legal hold
}

// shifts are the stretches of the week: what came in during one is stored together,
// then the officers take up a few cases. The last day is told in more detail.
func (s *story) shifts() (ends []time.Time) {
	for at := s.start.Add(-lived + 8*time.Hour); at.Before(s.start.Add(-24 * time.Hour)); at = at.Add(8 * time.Hour) {
		ends = append(ends, at)
	}
	for h := 24; h > 0; h -= 3 {
		ends = append(ends, s.start.Add(-time.Duration(h)*time.Hour))
	}
	return append(ends, s.start.Add(-quiet))
}

// quiet is how long before the start the last shift ends: time enough for its acts.
// The newest case is older than fresh; what the officers did since is not.
const (
	quiet = 30 * time.Minute
	fresh = 3 * time.Minute
)

// tell lets the week happen.
func (s *story) tell() error {
	for i, end := range s.shifts() {
		if err := s.arrive(end); err != nil {
			return err
		}
		if err := s.work(end, i); err != nil {
			return err
		}
	}
	if err := s.arrive(s.start.Add(-fresh)); err != nil {
		return err
	}
	return s.lastMinutes()
}

// arrive stores what came in up to the end of a shift.
func (s *story) arrive(end time.Time) error {
	var in []db.Incoming
	for len(s.coming) > 0 && !s.coming[0].at.After(end) {
		next, err := s.coming[0].wait(s.ctx)
		if err != nil {
			return fmt.Errorf("make up a case: %w", err)
		}
		in, s.coming = append(in, next), s.coming[1:]
		if next.Verification.Status == review.StatusInReview {
			s.waiting = append(s.waiting, next.Verification.ID)
		}
	}
	s.clock.turn(end)
	if len(in) == 0 {
		return nil
	}
	_, err := s.desk.Receive(s.ctx, db.System("import"), in)
	return err
}

// work lets officers take up the oldest cases, and the senior say the second word
// on what was proposed in an earlier shift. Every fourth case is left lying, so that
// some pass their target.
func (s *story) work(end time.Time, shift int) error {
	before := len(s.proposed)
	perShift := 1
	if end.After(s.start.Add(-25 * time.Hour)) {
		perShift = 2
	}
	for range perShift {
		if len(s.waiting) == 0 {
			break
		}
		s.acts++
		id := s.waiting[0]
		s.waiting = s.waiting[1:]
		if s.acts%4 == 0 {
			continue
		}
		s.pause(2*time.Minute + time.Duration(s.acts%5)*40*time.Second)
		officers := s.team[review.RoleReviewer]
		if err := s.decide(officers[s.acts%len(officers)], id); err != nil {
			return err
		}
	}
	if shift%3 == 2 && before > 0 {
		id := s.proposed[0]
		s.proposed = s.proposed[1:]
		return s.second(id, shift%6 == 5)
	}
	return nil
}

// pause turns the clock on, and never past the start: the log would hold the future.
func (s *story) pause(d time.Duration) {
	to := s.clock.now().Add(d)
	if to.After(s.start) {
		to = s.start
	}
	s.clock.turn(to)
}

// take opens a case and claims it.
func (s *story) take(by db.Actor, id string) (review.Verification, error) {
	if _, err := s.desk.View(s.ctx, by, id); err != nil {
		return review.Verification{}, err
	}
	s.pause(10*time.Second + time.Duration(s.acts%4)*5*time.Second)
	return s.desk.Claim(s.ctx, by, id)
}

// decide takes a case up and decides it as its findings suggest.
func (s *story) decide(by db.Actor, id string) error {
	v, err := s.take(by, id)
	if err != nil {
		return err
	}
	s.pause(time.Minute + time.Duration(s.acts%7)*25*time.Second)
	d := verdict(v, s.acts)
	if err := s.compareNames(by, v, d.Action); err != nil {
		return err
	}
	after, err := s.desk.Decide(s.ctx, by, id, d, "")
	if err == nil && after.Status == review.StatusSecondReview {
		s.proposed = append(s.proposed, id)
	}
	return err
}

// compareNames fills in the worksheets that an approval needs.
func (s *story) compareNames(by db.Actor, v review.Verification, a review.Action) error {
	for _, f := range v.Findings {
		if a != review.Approve || !review.Standard.Lookup(v.Provider, f.Code).NeedsWorksheet() {
			continue
		}
		w := review.Worksheet{Code: f.Code, List: "Demo list of names, first edition", Entry: "Entry 17, a name much like this one", Conclusion: review.AnotherPerson,
			Note: "Another person by age and country.", Compared: []review.Comparison{
				{What: "name", Applicant: v.Subject.Name, Entry: v.Subject.Name, Answer: "same"},
				{What: "birth_date", Applicant: v.Subject.BirthDate, Entry: "1951", Answer: "different"},
				{What: "nationality", Applicant: v.Subject.Country, Entry: "ZZ", Answer: "different"},
			}}
		if _, err := s.desk.NameMatch(s.ctx, by, v.ID, w); err != nil {
			return err
		}
		s.pause(40 * time.Second)
	}
	return nil
}

// everyRejected: of so many decisions one is a rejection.
const everyRejected = 3

// verdict is a decision that fits the case: what nobody may approve is rejected,
// and of the rest every third.
func verdict(v review.Verification, n int) review.Decision {
	d := review.Decision{Action: review.Approve, Version: v.Version, Resolutions: map[string]review.Resolution{}}
	never := review.Standard.NeverApprovable(v.Provider, v.Findings)
	if n%everyRejected == 0 || len(never) > 0 {
		d.Action, d.RejectReason = review.Reject, rejectReason(v)
	}
	for _, f := range v.Findings {
		d.Resolutions[f.Code] = review.Upheld
		if d.Action == review.Approve {
			d.Resolutions[f.Code] = review.Cleared
		}
	}
	d.Grounds, d.Note = []string{"evidence_agrees"}, approvals[n%len(approvals)]
	if d.Action == review.Reject {
		d.Grounds, d.Note = []string{"document_altered"}, rejections[n%len(rejections)]
	}
	return d
}

// rejectReason is the provider's reason that was found, if it is one.
func rejectReason(v review.Verification) string {
	vocabulary, err := providers.All.Of(v.Provider)
	if err != nil {
		return ""
	}
	for _, f := range v.Findings {
		if slices.Contains(vocabulary.Reasons(), f.Code) {
			return f.Code
		}
	}
	return ""
}

var approvals = []string{
	"Name, birth date and number read by eye on the card; they agree with the registry.",
	"The blur covers the border only. All fields can be read at 200 %.",
	"Postal code was mistyped; the bill of the same month shows the right one.",
	"Portrait and selfie compared: ears, nose and the mole agree.",
}

var rejections = []string{
	"The document cannot be relied on; the applicant may try again with another one.",
	"Portrait and selfie show two people. Nothing explains the difference.",
	"Edge of a screen visible at the left; the original was not presented.",
}

// second lets the senior confirm a proposal, or send it back with a question.
func (s *story) second(id string, back bool) error {
	mei := s.team[review.RoleSenior][0]
	s.pause(3 * time.Minute)
	c, err := s.desk.View(s.ctx, mei, id)
	if err != nil {
		return err
	}
	s.pause(2 * time.Minute)
	if back {
		_, err = s.desk.Return(s.ctx, mei, id, c.Version, "Please compare the signature too before this goes out.")
	} else {
		_, err = s.desk.Confirm(s.ctx, mei, id, c.Version, "Looked at the same evidence and agree with the proposal.")
	}
	if err != nil || back || s.held {
		return err
	}
	s.held = true
	return s.desk.HoldPerson(s.ctx, mei, id, "A court has asked for the file; it must not be erased.")
}

// lastMinutes leave the desk as a visitor finds it: some cases held, one noted on.
func (s *story) lastMinutes() error {
	officers := []db.Actor{s.team[review.RoleReviewer][0], s.team[review.RoleReviewer][1], s.team[review.RoleReviewer][0], s.team[review.RoleSenior][0]}
	step := len(s.waiting) / 6
	if step == 0 {
		return nil // too small a demo to hold anything in it
	}
	for i, by := range officers {
		at := step * (i + 1)
		if _, err := s.take(by, s.waiting[at]); err != nil {
			return err
		}
		s.pause(20 * time.Second)
		if i > 0 {
			continue
		}
		if err := s.desk.Note(s.ctx, by, s.waiting[at], "Asked the applicant for a picture of the back of the card."); err != nil {
			return err
		}
	}
	return nil
}
