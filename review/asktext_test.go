package review_test

import (
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnApplicantReadsNothingThatIsMeantForTheOfficer(t *testing.T) {
	var silent []string
	for _, c := range review.Standard.Codes("") {
		text := review.AskText(review.Standard, c.Provider, []string{c.Code})
		if text == "" {
			silent = append(silent, c.Code)
			continue
		}
		if found := review.TipsOff(text); found != nil || !strings.Contains(text, "- "+c.Applicant) {
			t.Errorf("%s: %q has %q", c.Code, text, found)
		}
		for _, word := range []string{"neutral", "none", "the person", "customer", "otherwise", "do not say", "refus"} {
			if strings.Contains(strings.ToLower(c.ForApplicant()), word) {
				t.Errorf("%s tells the applicant %q", c.Code, c.ForApplicant())
			}
		}
	}
	slices.Sort(silent)
	want := []string{"DENIED", "DENIED_UNSUPPORTED_ID_COUNTRY", "DENIED_YOUNGER_THAN_18_YEARS", "ERROR_NOT_READABLE_ID.MANUAL_REJECTION", "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT",
		"MANUAL_REVIEW", "compliance_rejection", "decision_timeout", "duplicate_person_check_failure", "id_country_allowed_check_failure", "media_check_failure", "pep_check_failure",
		"plaid_invalid_product", "prohibited_person_check_failure", "requested_failure", "review_required", "watchlist_check_failure"}
	slices.Sort(want)
	if !slices.Equal(silent, want) {
		t.Errorf("no words for the applicant:\n%q, want\n%q", silent, want)
	}
}

func TestATextAsksForEachThingOnceAndLeavesTheRestUnsaid(t *testing.T) {
	got := review.AskText(review.Standard, review.Cybrid, []string{"id_quality_check_failure", "watchlist_check_failure", "duplicate_person_check_failure", "selfie_failure", "id_quality_check_failure", "moon_phase_check_failure"})
	want := "We could not finish checking your identity yet. Please send the following once more:\n" +
		"- Retake the photo in even light, all four corners visible, no glare.\n" +
		"- Repeat the selfie in good light, bare face, alone, following the head movements.\n" +
		"Nothing else is needed from you for now."
	if got != want {
		t.Errorf("%q", got)
	}
	if got := review.AskText(review.Standard, review.Cybrid, []string{"watchlist_check_failure", "moon_phase_check_failure"}); got != "" {
		t.Errorf("of a list alone: %q", got)
	}
}

func TestWordsThatWouldTipOffAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"Please send a clear photo of your passport.":                                "",
		"Your name is on a sanctions list.":                                          "sanction",
		"We told the FIU.":                                                           "fiu",
		"This is for our anti-money-laundering screening.":                           "money laundering, laundering, screening",
		"A SAR was filed with law enforcement.":                                      "sar, law enforcement",
		"You are a politically exposed person (PEP), so.":                            "politically exposed, pep",
		"Send the letter to Mr Sargent, Pepper Street.":                              "",
		"No tipping-off, please.":                                                    "tipping",
		"Your passport seems to be a forgery.":                                       "forger",
		"Send one that is not counterfeit or tampered with, or falsified.":           "falsif, counterfeit, tamper",
		"You are on a list of PEPs; SARs were filed.":                                "pep, sar",
		"That would be illegal. Do not forget the page with your address in Crimea.": "illegal",
		"This looks like fra\u200bud.":                                               "fraud",
		"Please send the stole you wore, Peps.":                                      "pep",
	} {
		if got := strings.Join(review.TipsOff(text), ", "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
