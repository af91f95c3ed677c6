package review

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Action is what an officer decides.
type Action string

// The two decisions.
const (
	Approve Action = "approve"
	Reject  Action = "reject"
)

// ComplianceRejection is the failure code that a rejection on this desk leaves:
// in Cybrid's list of failure codes, and as the desk's own outcome for Coinify.
const ComplianceRejection = "compliance_rejection"

// Resolution is the officer's word on one finding (31 CFR 1020.220(a)(3)(i)(D):
// how each substantive discrepancy was resolved).
type Resolution string

// The three resolutions.
const (
	Cleared       Resolution = "cleared"        // looked into, and it does not stand
	Upheld        Resolution = "upheld"         // it stands
	NotApplicable Resolution = "not_applicable" // it says nothing about this case
)

// Valid reports whether r is one of the three.
func (r Resolution) Valid() bool { return r == Cleared || r == Upheld || r == NotApplicable }

// Ground is a structured reason for a decision.
type Ground struct {
	Key    string // what is stored and sent in forms
	Words  string // what the officer reads
	Action Action // which decision it can ground
}

// Grounds is the list officers choose from, in the order of the keys 1, 2, 3 …
var Grounds = []Ground{
	{"evidence_agrees", "Evidence read by eye agrees", Approve},
	{"false_alarm", "Finding is a false alarm", Approve},
	{"explained", "Applicant explained the difference", Approve},
	{"second_source", "Confirmed by a second source", Approve},
	{"other", "Other, see note", Approve},
	{"already_customer", "Already has an account", Reject},
	{"document_altered", "Document altered or inconsistent", Reject},
	{"document_expired", "Document expired or not accepted", Reject},
	{"another_person", "Selfie is another person", Reject},
	{"other", "Other, see note", Reject},
}

// GroundsFor lists the grounds of one action.
func GroundsFor(a Action) []Ground {
	var out []Ground
	for _, g := range Grounds {
		if g.Action == a {
			out = append(out, g)
		}
	}
	return out
}

// Limits of a note, in characters. A note of fewer than NoteMin says nothing.
const (
	NoteMin = 10
	NoteMax = 4000
)

// Decision is what an officer sends.
type Decision struct {
	Action  Action
	Version int64    // the version of the case that the officer saw
	Grounds []string // keys of [Grounds]
	Note    string   // for the record; may hold personal data
	// Resolutions by failure code. A finding without one takes the action's own
	// answer (an approval clears it, a rejection upholds it), except a grave one
	// under an approval, which must be named.
	Resolutions map[string]Resolution
	// Evidence names by failure code what the resolution rests on. A finding that is
	// not among them rests on what its code suggests (see [Code.Suggested]).
	Evidence     map[string][]Exhibit
	RejectReason string // only where the provider has reasons of its own; "" takes its default
	Second       bool   // the officer wishes a second person
}

// Decided is a decision as it was taken.
type Decided struct {
	Action       Action
	By           Person
	At           time.Time // UTC
	Version      int64     // of the case it was taken on
	Grounds      []string
	Note         string
	Resolutions  []Finding // every finding with its resolution, in the case's order
	RejectReason string    // "" unless rejected at a provider with reasons of its own
	Policy       int64     // the version of the policy it was taken under; 0: before there was one
	Evidence     string    // digest of what was judged: nobody confirms on other evidence
}

// Word is the second person's word on a proposal.
type Word struct {
	By   Person
	At   time.Time // UTC
	Note string
}

// Rules is what the decision depends on beside the case itself.
type Rules struct {
	Catalogue *Catalogue
	// Reasons lists the provider's own reject reasons an officer may give; the
	// first is the default. Nil where the provider has none.
	Reasons []string
	Policy  Policy // the zero value: the catalogue's own rules, and effect at once
	Sampled bool   // drawn for a second person
	// Evidence is a digest of the case's evidence as it stands; "" is not compared.
	Evidence string
	Exhibits []Exhibit // the case's evidence, piece by piece: what a resolution can rest on
}

func (r Rules) groundsFor(a Action) []Ground {
	if len(r.Policy.Grounds) == 0 {
		return GroundsFor(a)
	}
	return r.Policy.GroundsFor(a)
}

// second says why a second person is needed; nil where none is. The strictest rule
// wins: nothing takes away what a code asks for.
func (r Rules) second(v Verification, d Decision) []string {
	_, why := r.Catalogue.NeedsSecond(v.Provider, v.Findings)
	if r.Sampled {
		why = append(why, SecondBySample)
	}
	if d.Second {
		why = append(why, SecondByWish)
	}
	return why
}

// Why a second person is asked for, beside the codes.
const (
	SecondBySample = "sample"
	SecondByWish   = "wish"
)

// Decide is the one rule for an officer's decision. It returns the case as it
// stands after it and the event that says so: [EventDecided], or [EventProposed]
// where a second person must confirm. It changes nothing in v.
//
// Errors: [ErrForbidden] (role), [ErrConflict] (decided, changed or held by
// somebody else), [Invalid] (by form field).
func (v Verification) Decide(d Decision, by Person, now time.Time, rules Rules) (Verification, Event, error) {
	if !by.Role.May(RightDecide) {
		return v, Event{}, Forbidden{"Your role reads cases and does not decide them."}
	}
	if err := v.open(d.Version, by, now); err != nil {
		return v, Event{}, err
	}
	decided, err := v.take(d, by, now, rules)
	if err != nil {
		return v, Event{}, err
	}
	before := v.Snapshot()
	v.Version++
	v.wake(now)
	v.Claim, v.Confirm, v.Escalated = Claim{}, nil, false
	kind := EventDecided
	why := rules.second(v, d)
	if len(why) > 0 {
		kind = EventProposed
		v.Status, v.Proposal = StatusSecondReview, &decided
	} else {
		v.settle(decided, now, rules.Policy)
	}
	event := decisionEvent(kind, before, v, decided)
	for _, w := range why {
		event.Facts = append(event.Facts, Fact{"second_because", w})
	}
	event.Facts = append(event.Facts, Fact{"catalogue", rules.Catalogue.Version()})
	return v, event, nil
}

// open checks that the case can still be decided, and is the one the officer saw.
func (v Verification) open(seen int64, by Person, now time.Time) error {
	switch {
	case v.Status == StatusSecondReview && v.Proposal != nil:
		return Conflict{v.Status, v.Proposal.By.Name, v.Proposal.At, "proposed to " + string(v.Proposal.Action)}
	case v.Status != StatusInReview && v.Decision != nil:
		return Conflict{v.Status, v.Decision.By.Name, v.Decision.At, pastTense(v.Decision.Action)}
	case v.Status != StatusInReview:
		return v.notWaiting()
	case v.Claim.Held(now) && v.Claim.By.ID != by.ID:
		return Conflict{v.Status, v.Claim.By.Name, v.Claim.Until.Add(-ClaimFor), "claimed"}
	case seen != v.Version:
		return Conflict{v.Status, "", v.UpdatedAt, "changed"}
	}
	return v.mayTouch(by)
}

func pastTense(a Action) string {
	if a == Approve {
		return "approved"
	}
	return "rejected"
}

// take checks every field of the decision and names each mistake.
func (v Verification) take(d Decision, by Person, now time.Time, rules Rules) (Decided, error) {
	bad := Invalid{}
	if d.Action != Approve && d.Action != Reject {
		bad.Add("action", "Choose to approve or to reject.")
		return Decided{}, bad
	}
	out := Decided{Action: d.Action, By: by, At: now, Version: v.Version, Grounds: slices.Clone(d.Grounds), Note: d.Note,
		Policy: rules.Policy.Version, Evidence: rules.Evidence}
	checkGrounds(d, rules.groundsFor(d.Action), bad)
	out.Resolutions = v.resolve(d, rules, bad)
	if d.Action == Approve {
		v.worksheets(rules.Catalogue, bad)
		for _, code := range rules.Catalogue.NeverApprovable(v.Provider, v.Findings) {
			bad.Add("action", fmt.Sprintf("%s cannot be approved by anybody: reject the case or ask the applicant again.", code))
		}
	}
	checkNote(d, rules.Catalogue.Worst(v.Provider, v.Findings), bad)
	out.RejectReason = checkReason(d, rules.Reasons, bad)
	return out, bad.Err()
}

func checkGrounds(d Decision, allowed []Ground, bad Invalid) {
	for _, key := range d.Grounds {
		if !slices.ContainsFunc(allowed, func(g Ground) bool { return g.Key == key }) {
			bad.Add("ground", fmt.Sprintf("%q is not a ground to %s a case.", key, d.Action))
		}
	}
	if len(d.Grounds) == 0 {
		bad.Add("ground", "Choose at least one ground.")
	}
}

// resolve gives every finding its resolution and the evidence that it rests on.
func (v Verification) resolve(d Decision, rules Rules, bad Invalid) []Finding {
	found := v.Codes()
	for code := range d.Resolutions {
		if !slices.Contains(found, code) {
			bad.Add("finding."+code, "This was not found in this case.")
		}
	}
	for code := range d.Evidence {
		if !slices.Contains(found, code) {
			bad.Add("evidence."+code, "This was not found in this case.")
		}
	}
	out := make([]Finding, 0, len(v.Findings))
	for _, f := range v.Findings {
		code := rules.Catalogue.Lookup(v.Provider, f.Code)
		f.Resolution = resolution(d, code, bad)
		f.Evidence = v.restsOn(d, f, code, rules.Exhibits, bad)
		out = append(out, f)
	}
	return out
}

func resolution(d Decision, code Code, bad Invalid) Resolution {
	field := "finding." + code.Code
	given := d.Resolutions[code.Code]
	switch {
	case given != "" && !given.Valid():
		bad.Add(field, "Choose cleared, upheld or not applicable.")
	case given == Upheld && d.Action == Approve && code.Severity > SeverityInfo:
		bad.Add(field, "A finding that stands cannot be approved over. Clear it, or reject the case.")
	case given == "" && d.Action == Approve && code.Severity >= SeverityHigh:
		bad.Add(field, "A grave finding needs your own word: cleared or not applicable.")
	case given == "" && d.Action == Approve:
		return Cleared
	case given == "":
		return Upheld
	}
	return given
}

func checkNote(d Decision, worst Severity, bad Invalid) {
	n, said := utf8.RuneCountInString(d.Note), utf8.RuneCountInString(strings.TrimSpace(d.Note))
	needed := d.Action == Reject || worst >= SeverityHigh || slices.Contains(d.Grounds, "other")
	switch {
	case !utf8.ValidString(d.Note):
		bad.Add("note", "The note holds bytes that are no text. Type it again.")
	case n > NoteMax:
		bad.Add("note", fmt.Sprintf("%d characters too many: a note holds %d.", n-NoteMax, NoteMax))
	case needed && said < NoteMin:
		bad.Add("note", fmt.Sprintf("%d more characters needed. Say what you saw.", NoteMin-said))
	}
}

func checkReason(d Decision, reasons []string, bad Invalid) string {
	switch {
	case d.RejectReason == "" && d.Action == Reject && len(reasons) > 0:
		return reasons[0]
	case d.RejectReason == "":
		return ""
	case d.Action == Approve:
		return "" // the field is on the form either way; an approval has no reason to reject
	case !slices.Contains(reasons, d.RejectReason):
		bad.Add("reject_reason", fmt.Sprintf("%q is not a reason of this provider.", d.RejectReason))
	}
	return d.RejectReason
}

// settle lets a decision take effect. The findings keep what was found; only the
// officer's word on each is added.
func (v *Verification) settle(d Decided, now time.Time, p Policy) {
	v.Decision, v.Proposal = &d, nil
	v.Findings = slices.Clone(d.Resolutions)
	v.Status, v.EffectiveAt = StatusFailed, now.Add(p.Undo())
	if d.Action == Approve {
		v.Status, v.ApprovedAt = StatusPassed, now
	}
}

// ConfirmProposal is the second person's yes: the first person's decision takes
// effect under the first person's name.
// What is confirmed is the proposal on the evidence it was made on: on any other it is
// [ErrConflict].
func (v Verification) ConfirmProposal(seen int64, note string, by Person, now time.Time, rules Rules) (Verification, Event, error) {
	if err := v.second(seen, note, by, now); err != nil {
		return v, Event{}, err
	}
	if v.Proposal.Evidence != "" && v.Proposal.Evidence != rules.Evidence {
		return v, Event{}, Conflict{v.Status, "", v.UpdatedAt, "changed the evidence of"}
	}
	before := v.Snapshot()
	v.Version++
	v.Claim = Claim{}
	v.Confirm = &Word{By: by, At: now, Note: note}
	proposal := *v.Proposal
	v.settle(proposal, now, rules.Policy)
	event := decisionEvent(EventConfirmed, before, v, proposal)
	event.Words = []Words{{"note", note}}
	return v, event, nil
}

// ReturnProposal is the second person's no: the case goes back to the queue, and
// the proposal stays in its history.
func (v Verification) ReturnProposal(seen int64, note string, by Person, now time.Time) (Verification, Event, error) {
	if err := v.second(seen, note, by, now); err != nil {
		return v, Event{}, err
	}
	before := v.Snapshot()
	v.Version++
	v.Claim = Claim{}
	v.Status, v.Proposal = StatusInReview, nil
	return v, Event{Kind: EventReturned, Object: v.ID, Before: before, After: v.Snapshot(), Words: []Words{{"note", note}}}, nil
}

func (v Verification) second(seen int64, note string, by Person, now time.Time) error {
	if !by.Role.May(RightConfirm) {
		return Forbidden{"Only a senior officer gives the second word."}
	}
	if v.Status != StatusSecondReview || v.Proposal == nil {
		return v.notProposed()
	}
	if v.Proposal.By.ID == by.ID {
		return Forbidden{"You proposed this decision. Somebody else gives the second word."}
	}
	if v.Claim.Held(now) && v.Claim.By.ID != by.ID {
		return Conflict{v.Status, v.Claim.By.Name, v.Claim.Until.Add(-ClaimFor), "claimed"}
	}
	if seen != v.Version {
		return Conflict{v.Status, "", v.UpdatedAt, "changed"}
	}
	if err := v.mayTouch(by); err != nil {
		return err
	}
	return CheckNote(note)
}

func (v Verification) notProposed() error {
	if v.Confirm != nil {
		return Conflict{v.Status, v.Confirm.By.Name, v.Confirm.At, "confirmed"}
	}
	if v.Decision != nil {
		return Conflict{v.Status, v.Decision.By.Name, v.Decision.At, pastTense(v.Decision.Action)}
	}
	return Conflict{v.Status, "", v.UpdatedAt, "changed"}
}

// CheckNote is the rule for a note written on its own.
func CheckNote(text string) error {
	bad := Invalid{}
	checkNote(Decision{Action: Reject, Note: text}, SeverityHigh, bad)
	return bad.Err()
}
