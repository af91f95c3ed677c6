package review_test

import (
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestTheCatalogueHoldsEveryCodeOfBothProviders(t *testing.T) {
	for provider, want := range map[review.Provider]int{review.Cybrid: 43, review.Coinify: 25, "": 68, "another": 0} {
		if got := len(review.Standard.Codes(provider)); got != want {
			t.Errorf("provider %q has %d codes, want %d", provider, got, want)
		}
	}
}

func TestEveryCodeIsExplainedInFull(t *testing.T) {
	for _, code := range review.Standard.Codes("") {
		for field, text := range map[string]string{
			"category": code.Category, "title": code.Title, "explanation": code.Explanation,
			"evidence": code.Evidence, "applicant": code.Applicant,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", code.Code, field)
			}
		}
		if !code.Known || code.Code != review.StripSpace(code.Code) {
			t.Errorf("%q is not as a code should be", code.Code)
		}
		if got := review.Standard.Lookup(code.Provider, code.Code); got != code {
			t.Errorf("%s is not found by its name", code.Code)
		}
	}
}

func TestAnUnknownCodeFailsClosed(t *testing.T) {
	code := review.Standard.Lookup(review.Cybrid, "invented_yesterday")
	if code.Known || code.Code != "invented_yesterday" || code.Severity != review.SeverityHigh || code.Overridable != review.OverridableFourEyes {
		t.Errorf("got %+v", code)
	}
	found := []review.Finding{{Code: "invented_yesterday"}}
	if needed, why := review.Standard.NeedsSecond(review.Cybrid, found); !needed || !slices.Equal(why, []string{"invented_yesterday"}) {
		t.Error("one person may decide on an unknown code")
	}
	if review.Standard.Lookup(review.Coinify, "id_check_failure").Known {
		t.Error("one provider's code is known at the other")
	}
}

func TestFindingsAreSortedByGravityAndOtherwiseStayInTheirOrder(t *testing.T) {
	found := []review.Finding{
		{Code: "review_required"}, {Code: "address_check_failure"}, {Code: "watchlist_check_failure"},
		{Code: "never_heard_of"}, {Code: "phone_number_check_failure"}, {Code: "selfie_failure"},
	}
	review.Standard.SortFindings(review.Cybrid, found)
	v := review.Verification{Findings: found}
	want := "watchlist_check_failure never_heard_of selfie_failure address_check_failure phone_number_check_failure review_required"
	if got := strings.Join(v.Codes(), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if worst := review.Standard.Worst(review.Cybrid, found); worst != review.SeverityCritical {
		t.Errorf("the worst is %s", worst)
	}
	if worst := review.Standard.Worst(review.Cybrid, nil); worst != review.SeverityInfo {
		t.Errorf("the worst of nothing is %s", worst)
	}
}

func TestABrokenCatalogueIsRefusedByItsLine(t *testing.T) {
	const head = "source,code,since,category,severity,title,explanation,evidence,applicant_action,overridable\n"
	tests := []struct{ name, csv, want string }{
		{"nothing at all", "", "line 1"},
		{"another header", "a,b\n", "line 1"},
		{"an unknown severity", head + "cybrid,x,seed,c,grave,t,e,e,a,yes\n", `line 2: unknown severity "grave"`},
		{"an unknown rule", head + "cybrid,x,seed,c,low,t,e,e,a,maybe\n", `line 2: unknown rule "maybe"`},
		{"a code twice", head + "cybrid,x,seed,c,low,t,e,e,a,yes\ncybrid,x,seed,c,low,t,e,e,a,no\n", `line 3: code "x" stands twice`},
		{"a row without a code", head + "cybrid,,seed,c,low,t,e,e,a,yes\n", "line 2: want a source and a code"},
		{"a short row", head + "cybrid,x\n", "wrong number of fields"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := review.ParseCatalogue([]byte(test.csv)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSeveritiesHaveWords(t *testing.T) {
	for _, word := range []string{"info", "low", "medium", "high", "critical"} {
		if s, ok := review.ParseSeverity(word); !ok || s.String() != word {
			t.Errorf("%s is read as %s", word, s)
		}
	}
	if _, ok := review.ParseSeverity("grave"); ok {
		t.Error("grave is a severity")
	}
	if review.Severity(9).String() != "unknown" || review.Severity(-1).String() != "unknown" {
		t.Error("a number that is no severity has a word")
	}
}

func TestACheckHasASpokenName(t *testing.T) {
	for code, want := range map[string]string{"id_mrz_check_failure": "id_mrz", "selfie_failure": "selfie", "decision_timeout": "decision_timeout"} {
		if got := review.CheckName(code); got != want {
			t.Errorf("%s is spoken %s", code, got)
		}
	}
}
