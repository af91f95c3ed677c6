package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/providers"
)

func TestStatusesKnowWhatIsOpenAndWhatIsDecided(t *testing.T) {
	for _, s := range review.Statuses() {
		open := s == review.StatusInReview || s == review.StatusSecondReview
		decided := s == review.StatusPassed || s == review.StatusFailed
		if s.Open() != open || s.Decided() != decided || !s.Valid() {
			t.Errorf("%s: open %v, decided %v", s, s.Open(), s.Decided())
		}
	}
	if review.Status("limbo").Valid() {
		t.Error("limbo is a status")
	}
}

func TestRightsOfRoles(t *testing.T) {
	all := []review.Right{
		review.RightSeeCases, review.RightDecide, review.RightConfirm, review.RightReveal,
		review.RightSeeOwnLog, review.RightSeeLog, review.RightExport, review.RightAdminister, "", "fly",
	}
	for role, want := range map[review.Role]string{
		review.RoleReviewer: "see_cases decide reveal see_own_log",
		review.RoleSenior:   "see_cases decide confirm reveal see_own_log see_log",
		review.RoleAuditor:  "see_cases see_own_log see_log export",
		review.RoleAdmin:    "see_own_log see_log export administer",
		"nobody":            "",
	} {
		var got []string
		for _, right := range all {
			if role.May(right) {
				got = append(got, string(right))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s may %v, want %s", role, got, want)
		}
		if role.Valid() != (role != "nobody") {
			t.Errorf("%s: valid is %v", role, role.Valid())
		}
	}
}

func TestACodeIsFoundOnceAndWithoutWhiteSpace(t *testing.T) {
	var v review.Verification
	v.AddFinding("ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT .BLURRED", "")
	v.AddFinding(" ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED\u00a0", "again")
	v.AddFinding(" \t", "")
	if got := v.Codes(); !slices.Equal(got, []string{"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED"}) {
		t.Errorf("found %q", got)
	}
}

func TestTheCountryIsTheSubjectsOrElseADocuments(t *testing.T) {
	v := review.Verification{Documents: []review.Document{{Kind: "selfie"}, {Country: "ES"}, {Country: "PT"}}}
	if got := v.Country(); got != "ES" {
		t.Errorf("got %q", got)
	}
	if v.Subject.Country = "FR"; v.Country() != "FR" {
		t.Errorf("got %q", v.Country())
	}
	if got := (&review.Verification{}).Country(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestInvalidNamesEveryFieldAndKeepsTheFirstMessage(t *testing.T) {
	bad := review.Invalid{}
	if bad.Err() != nil {
		t.Error("nothing is wrong, and it is an error")
	}
	bad.Add("note", "Too short.")
	bad.Add("note", "Too long.")
	bad.Add("ground", "Missing.")
	if got := message(bad.Err()); got != "ground: Missing.; note: Too short." {
		t.Errorf("got %q", got)
	}
	if got := bad.Fields(); !slices.Equal(got, []string{"ground", "note"}) {
		t.Errorf("got %v", got)
	}
}

func TestErrorsAreKnownByTheirKind(t *testing.T) {
	if err := error(review.Forbidden{Why: "no"}); !errors.Is(err, review.ErrForbidden) || errors.Is(err, review.ErrConflict) || err.Error() != "no" {
		t.Errorf("got %v", err)
	}
	err := error(review.Conflict{Who: "Bo Lind", When: now, What: "approved"})
	if !errors.Is(err, review.ErrConflict) || err.Error() != "Bo Lind approved this case at 10:00:00 UTC on 1 September 2026" {
		t.Errorf("got %v", err)
	}
}

func TestEveryKindOfEventIsListedOnce(t *testing.T) {
	kinds := review.EventKinds()
	slices.Sort(kinds)
	if len(slices.Compact(kinds)) != len(review.EventKinds()) {
		t.Error("a kind is listed twice")
	}
}

func TestEveryProviderHasItsVocabularyAndItsCodes(t *testing.T) {
	for _, p := range []review.Provider{review.Cybrid, review.Coinify} {
		v, err := providers.All.Of(p)
		if err != nil || v.Provider() != p || len(review.Standard.Codes(p)) == 0 {
			t.Errorf("%s: %v, %v", p, v, err)
		}
	}
	if _, err := providers.All.Of("another"); err == nil {
		t.Error("another provider has a vocabulary")
	}
}
