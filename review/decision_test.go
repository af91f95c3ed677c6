package review_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
)

var (
	now     = time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	rules   = review.Rules{Catalogue: review.Standard}
	ana     = review.Person{ID: "ana", Name: "Ana Ruiz", Role: review.RoleReviewer}
	bo      = review.Person{ID: "bo", Name: "Bo Lind", Role: review.RoleSenior}
	cy      = review.Person{ID: "cy", Name: "Cy Okafor", Role: review.RoleSenior}
	longTxt = "Compared portrait and selfie by eye."
)

func as(role review.Role) review.Person {
	return review.Person{ID: "somebody", Name: "Some Body", Role: role}
}

// inReview is a case at Cybrid with the codes found.
func inReview(codes ...string) review.Verification {
	v := review.Verification{
		ID: "case", Provider: review.Cybrid, Status: review.StatusInReview, Version: 3, UpdatedAt: now.Add(-time.Hour),
	}
	for _, code := range codes {
		v.AddFinding(code, "")
		v.Worksheets = map[string]review.Conclusion{}
		for _, c := range review.Standard.Codes(review.Cybrid) {
			if c.NeedsWorksheet() {
				v.Worksheets[c.Code] = review.AnotherPerson
			}
		}
	}
	return v
}

func approve(v review.Verification) review.Decision {
	d := review.Decision{Action: review.Approve, Version: v.Version, Grounds: []string{"evidence_agrees"}, Note: longTxt}
	d.Resolutions = map[string]review.Resolution{}
	for _, code := range v.Codes() {
		d.Resolutions[code] = review.Cleared
	}
	return d
}

func reject(v review.Verification) review.Decision {
	return review.Decision{Action: review.Reject, Version: v.Version, Grounds: []string{"document_altered"}, Note: longTxt}
}

// proposed is a case whose rejection waits for the second person.
func proposed(t *testing.T) review.Verification {
	t.Helper()
	v := inReview("selfie_failure")
	v, _, err := v.Decide(reject(v), ana, now, rules)
	if err != nil || v.Status != review.StatusSecondReview {
		t.Fatalf("no proposal was made: %v", err)
	}
	return v
}

// inStatus is a case in each status, with what belongs to it.
func inStatus(t *testing.T, s review.Status) review.Verification {
	if s == review.StatusSecondReview {
		return proposed(t)
	}
	v := inReview("address_check_failure")
	if s.Decided() {
		d := approve(v)
		if s == review.StatusFailed {
			d = reject(v)
		}
		var err error
		if v, _, err = v.Decide(d, cy, now, rules); err != nil {
			t.Fatal(err)
		}
	}
	v.Status = s
	return v
}

func TestEveryStatusActionAndRole(t *testing.T) {
	acts := []struct {
		name    string
		right   review.Right
		allowed []review.Status
		do      func(v review.Verification, by review.Person) (review.Verification, review.Event, error)
	}{
		{"approves", review.RightDecide, []review.Status{review.StatusInReview},
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				return v.Decide(approve(v), by, now, rules)
			}},
		{"rejects", review.RightDecide, []review.Status{review.StatusInReview},
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				return v.Decide(reject(v), by, now, rules)
			}},
		{"confirms", review.RightConfirm, []review.Status{review.StatusSecondReview},
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				return v.ConfirmProposal(v.Version, longTxt, by, now, rules)
			}},
		{"returns", review.RightConfirm, []review.Status{review.StatusSecondReview},
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				return v.ReturnProposal(v.Version, longTxt, by, now)
			}},
		{"takes", review.RightDecide, []review.Status{review.StatusInReview, review.StatusSecondReview},
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				return v.Take(by, now)
			}},
		{"releases", review.RightDecide, review.Statuses(),
			func(v review.Verification, by review.Person) (review.Verification, review.Event, error) {
				v.Claim = review.Claim{By: by, Until: now.Add(time.Minute)}
				return v.Release(by, now)
			}},
	}
	for _, act := range acts {
		for _, status := range review.Statuses() {
			for _, role := range append(review.Roles(), "nobody") {
				t.Run(fmt.Sprintf("%s %s a case that is %s", role, act.name, status), func(t *testing.T) {
					v := inStatus(t, status)
					after, event, err := act.do(v, as(role))
					switch {
					case !role.May(act.right):
						wantError(t, err, review.ErrForbidden)
					case !slices.Contains(act.allowed, status):
						wantError(t, err, review.ErrConflict)
					case err != nil:
						t.Fatal(err)
					case event.Object != v.ID || event.Kind == "":
						t.Errorf("the event is %+v", event)
					}
					if err != nil && (after.Status != v.Status || after.Version != v.Version) {
						t.Error("a refused act changed the case")
					}
				})
			}
		}
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestEveryCodesApprovalRule(t *testing.T) {
	for _, code := range review.Standard.Codes("") {
		t.Run(code.Code, func(t *testing.T) {
			v := inReview(code.Code)
			v.Provider = code.Provider
			after, event, err := v.Decide(approve(v), ana, now, rules)
			switch {
			case code.Overridable == review.OverridableNo:
				wantField(t, err, "action")
				return
			case err != nil:
				t.Fatal(err)
			case code.Overridable == review.OverridableFourEyes || code.Severity == review.SeverityCritical:
				if after.Status != review.StatusSecondReview || after.Decision != nil || event.Kind != review.EventProposed {
					t.Errorf("one person approved it: %s", after.Status)
				}
			case after.Status != review.StatusPassed || after.ApprovedAt != now || event.Kind != review.EventDecided:
				t.Errorf("got %s", after.Status)
			}
		})
		t.Run(code.Code+" can be rejected", func(t *testing.T) {
			v := inReview(code.Code)
			v.Provider = code.Provider
			after, _, err := v.Decide(reject(v), ana, now, rules)
			want := review.StatusFailed
			if code.Overridable == review.OverridableFourEyes || code.Severity == review.SeverityCritical {
				want = review.StatusSecondReview
			}
			if err != nil || after.Status != want {
				t.Errorf("got %s and %v, want %s", after.Status, err, want)
			}
		})
	}
}

func wantField(t *testing.T, err error, fields ...string) {
	t.Helper()
	var bad review.Invalid
	if !errors.As(err, &bad) {
		t.Fatalf("got %v, want Invalid", err)
	}
	if got := bad.Fields(); !slices.Equal(got, fields) {
		t.Errorf("fields %v are named, want %v", got, fields)
	}
}

func TestAnUnknownCodeNeedsASecondPersonForEitherOutcome(t *testing.T) {
	for _, d := range []review.Decision{approve(inReview("brand_new")), reject(inReview("brand_new"))} {
		after, _, err := inReview("brand_new").Decide(d, bo, now, rules)
		if err != nil || after.Status != review.StatusSecondReview {
			t.Errorf("%s: got %s and %v", d.Action, after.Status, err)
		}
	}
}

func TestNoDecisionLosesAFinding(t *testing.T) {
	codes := []string{"review_required", "address_check_failure", "dob_check_failure"}
	grave := append(slices.Clone(codes), "selfie_failure", "brand_new")
	for _, found := range [][]string{codes, grave} {
		for _, form := range []func(review.Verification) review.Decision{approve, reject} {
			v := inReview(found...)
			after, _, err := v.Decide(form(v), ana, now, rules)
			if err != nil {
				t.Fatal(err)
			}
			if after.Status == review.StatusSecondReview {
				if !slices.Equal(after.Codes(), found) {
					t.Errorf("the proposal lost a finding: %v", after.Codes())
				}
				if after, _, err = after.ConfirmProposal(after.Version, longTxt, bo, now, rules); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(after.Codes(), found) || slices.ContainsFunc(after.Findings, unresolved) {
				t.Errorf("after the decision: %+v", after.Findings)
			}
			if !slices.Equal(v.Codes(), found) || !slices.ContainsFunc(v.Findings, unresolved) {
				t.Error("the decision reached the case it was taken on")
			}
		}
	}
}

func unresolved(f review.Finding) bool { return !f.Resolution.Valid() }

func TestADecisionThatCannotBeTakenNamesItsFields(t *testing.T) {
	long := strings.Repeat("é", review.NoteMax)
	tests := []struct {
		name   string
		codes  []string
		edit   func(*review.Decision)
		fields []string // nil: it can be taken
	}{
		{"a whole decision is taken", []string{"address_check_failure"}, func(d *review.Decision) {}, nil},
		{"an action is needed", nil, func(d *review.Decision) { d.Action = "" }, []string{"action"}},
		{"an action must be one of the two", nil, func(d *review.Decision) { d.Action = "maybe" }, []string{"action"}},
		{"a ground is needed", nil, func(d *review.Decision) { d.Grounds = nil }, []string{"ground"}},
		{"a ground must be known", nil, func(d *review.Decision) { d.Grounds = []string{"felt_like_it"} }, []string{"ground"}},
		{"a ground must fit the action", nil, func(d *review.Decision) { d.Grounds = []string{"another_person"} }, []string{"ground"}},
		{"no note is needed for a light approval", []string{"address_check_failure"}, func(d *review.Decision) { d.Note = "" }, nil},
		{"a note is needed over a grave finding", []string{"selfie_failure"}, func(d *review.Decision) { d.Note = "" }, []string{"note"}},
		{"a note is needed with the ground other", nil, func(d *review.Decision) { d.Grounds, d.Note = []string{"other"}, "" }, []string{"note"}},
		{"a note of nine characters is too short", []string{"selfie_failure"}, func(d *review.Decision) { d.Note = "123456789" }, []string{"note"}},
		{"a note of ten characters of any script is enough", []string{"selfie_failure"}, func(d *review.Decision) { d.Note = "顔写真を目で比べました" }, nil},
		{"a note of white space says nothing", []string{"selfie_failure"}, func(d *review.Decision) { d.Note = strings.Repeat(" ", 40) }, []string{"note"}},
		{"a note of 4000 characters is taken", nil, func(d *review.Decision) { d.Note = long }, nil},
		{"a note of 4001 characters is too long", nil, func(d *review.Decision) { d.Note = long + "x" }, []string{"note"}},
		{"a note must be text", nil, func(d *review.Decision) { d.Note = longTxt + "\xff" }, []string{"note"}},
		{"a resolution must be known", []string{"address_check_failure"}, func(d *review.Decision) { d.Resolutions["address_check_failure"] = "hm" }, []string{"finding.address_check_failure"}},
		{"a resolution must be of a finding of the case", nil, func(d *review.Decision) { d.Resolutions["selfie_failure"] = review.Cleared }, []string{"finding.selfie_failure"}},
		{"a finding that stands is not approved over", []string{"address_check_failure"}, func(d *review.Decision) { d.Resolutions["address_check_failure"] = review.Upheld }, []string{"finding.address_check_failure"}},
		{"a mere notice may stand", []string{"review_required"}, func(d *review.Decision) { d.Resolutions["review_required"] = review.Upheld }, nil},
		{"a grave finding needs its own word", []string{"selfie_failure"}, func(d *review.Decision) { d.Resolutions = nil }, []string{"finding.selfie_failure"}},
		{"a light finding needs none", []string{"address_check_failure"}, func(d *review.Decision) { d.Resolutions = nil }, nil},
		{"a reason at a provider without reasons is refused in a rejection", nil, func(d *review.Decision) {
			d.Action, d.Grounds, d.RejectReason = review.Reject, []string{"other"}, "DENIED"
		}, []string{"reject_reason"}},
		{"a reason is passed over in an approval", nil, func(d *review.Decision) { d.RejectReason = "DENIED" }, nil},
		{"every mistake is named at once", []string{"selfie_failure"}, func(d *review.Decision) {
			d.Grounds, d.Note, d.Resolutions = nil, "", map[string]review.Resolution{"x": review.Cleared}
		}, []string{"finding.selfie_failure", "finding.x", "ground", "note"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := inReview(test.codes...)
			d := approve(v)
			test.edit(&d)
			after, _, err := v.Decide(d, ana, now, rules)
			if test.fields == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wantField(t, err, test.fields...)
			if after.Version != v.Version || after.Status != v.Status {
				t.Error("a decision that was refused changed the case")
			}
		})
	}
}

func TestARejectionTakesTheProvidersReason(t *testing.T) {
	withReasons := review.Rules{Catalogue: review.Standard, Reasons: []string{"DENIED", "NO_ID_UPLOADED"}}
	for given, want := range map[string]string{"": "DENIED", "NO_ID_UPLOADED": "NO_ID_UPLOADED"} {
		v := inReview()
		d := reject(v)
		d.RejectReason = given
		after, event, err := v.Decide(d, ana, now, withReasons)
		if err != nil || after.Decision.RejectReason != want {
			t.Fatalf("reason %q became %+v, %v", given, after.Decision, err)
		}
		for _, fact := range []review.Fact{{"action", "reject"}, {"outcome", review.ComplianceRejection}, {"reject_reason", want}, {"ground", "document_altered"}} {
			if !slices.Contains(event.Facts, fact) {
				t.Errorf("the event does not say %v", fact)
			}
		}
	}
	v := inReview()
	d := reject(v)
	d.RejectReason = "MANUAL_REVIEW"
	_, _, err := v.Decide(d, ana, now, withReasons)
	wantField(t, err, "reject_reason")
}

func TestADecisionEndsTheClaimAndCountsTheVersion(t *testing.T) {
	v := inReview("address_check_failure")
	v, _, err := v.Take(ana, now)
	if err != nil {
		t.Fatal(err)
	}
	after, event, err := v.Decide(approve(v), ana, now, rules)
	if err != nil {
		t.Fatal(err)
	}
	if after.Claim.Held(now) || after.Version != v.Version+1 || after.Decision.Version != v.Version {
		t.Errorf("claim %v, version %d decided on %d", after.Claim, after.Version, after.Decision.Version)
	}
	want := review.Event{Kind: review.EventDecided, Before: &review.Snapshot{Status: review.StatusInReview, Version: 3}, After: &review.Snapshot{Status: review.StatusPassed, Version: 4}}
	if event.Kind != want.Kind || *event.Before != *want.Before || *event.After != *want.After {
		t.Errorf("the event is %+v", event)
	}
	if !slices.Equal(event.Words, []review.Words{{"note", longTxt}}) || !slices.Contains(event.Facts, review.Fact{"finding.address_check_failure", "cleared"}) {
		t.Errorf("the event says %v and %v", event.Facts, event.Words)
	}
}

func TestGroundsHaveWords(t *testing.T) {
	for _, ground := range review.Grounds {
		if review.FirstPolicy().GroundWords(ground.Action, ground.Key) != ground.Words {
			t.Errorf("%s has no words", ground.Key)
		}
	}
	if len(review.GroundsFor(review.Approve))+len(review.GroundsFor(review.Reject)) != len(review.Grounds) {
		t.Error("a ground is of neither action")
	}
	if review.FirstPolicy().GroundWords(review.Approve, "unheard_of") != "unheard_of" {
		t.Error("an unknown ground does not stand as it is")
	}
}
