package review_test

import (
	"errors"
	"testing"

	"reviewdesk/review"
)

func sheet(change func(*review.Worksheet)) review.Worksheet {
	w := review.Worksheet{Code: "watchlist_check_failure", List: "SDN list of 1 August 2026", Entry: "Entry 4711", Conclusion: review.AnotherPerson,
		Note: "Born twenty years apart, other country.", Compared: []review.Comparison{
			{What: "name", Applicant: "Ines Moreau", Entry: "Inés Moreau", Answer: "same"},
			{What: "birth_date", Applicant: "1990-01-01", Entry: "1970", Answer: "different"},
			{What: "nationality", Applicant: "FR", Entry: "MX", Answer: "different"},
		}}
	change(&w)
	return w
}

func TestANameMatchWorksheetIsWholeOrRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*review.Worksheet)
		field  string
	}{
		"a whole one":                      {func(*review.Worksheet) {}, ""},
		"no list":                          {func(w *review.Worksheet) { w.List = " " }, "list"},
		"no entry":                         {func(w *review.Worksheet) { w.Entry = "" }, "entry"},
		"no conclusion":                    {func(w *review.Worksheet) { w.Conclusion = "" }, "conclusion"},
		"no note":                          {func(w *review.Worksheet) { w.Note = "" }, "note"},
		"a conclusion from the name alone": {func(w *review.Worksheet) { w.Compared = w.Compared[:1] }, "compared"},
		"nothing concluded from little":    {func(w *review.Worksheet) { w.Compared, w.Conclusion = w.Compared[:1], review.Undetermined }, ""},
		"another person, and nothing differs": {func(w *review.Worksheet) {
			for i := range w.Compared {
				w.Compared[i].Answer = "same"
			}
		}, "conclusion"},
		"an answer that is none":         {func(w *review.Worksheet) { w.Compared[1].Answer = "maybe" }, "compared.birth_date"},
		"an identifier that is none":     {func(w *review.Worksheet) { w.Compared[1].What = "shoe_size" }, "compared"},
		"a code that was not found":      {func(w *review.Worksheet) { w.Code = "pep_check_failure" }, "code"},
		"a code that comes from no list": {func(w *review.Worksheet) { w.Code = "selfie_failure" }, "code"},
	} {
		t.Run(name, func(t *testing.T) {
			v := inReview("watchlist_check_failure", "selfie_failure")
			got, event, err := v.NameMatch(sheet(test.change), ana)
			var bad review.Invalid
			switch {
			case test.field == "" && (err != nil || event.Kind != review.EventNameMatched || got.Worksheets["watchlist_check_failure"] == ""):
				t.Errorf("%v %+v", err, event)
			case test.field != "" && (!errors.As(err, &bad) || bad[test.field] == ""):
				t.Errorf("want a mistake on %s, got %v", test.field, err)
			}
		})
	}
}

func TestAListedNameIsApprovedOnlyOverAWorksheet(t *testing.T) {
	for _, test := range []struct {
		code       string
		conclusion review.Conclusion
		approved   bool
	}{
		{"watchlist_check_failure", "", false},
		{"watchlist_check_failure", review.Undetermined, false},
		{"watchlist_check_failure", review.SamePerson, false},
		{"watchlist_check_failure", review.AnotherPerson, true},
		{"pep_check_failure", "", false},
		{"pep_check_failure", review.SamePerson, true},
		{"media_check_failure", review.SamePerson, true},
		{"media_check_failure", review.Undetermined, false},
	} {
		v := inReview(test.code)
		v.Worksheets = map[string]review.Conclusion{test.code: test.conclusion}
		_, _, err := v.Decide(approve(v), bo, now, rules)
		if (err == nil) != test.approved {
			t.Errorf("%s concluded %q: %v", test.code, test.conclusion, err)
		}
		if _, _, err := v.Decide(reject(v), bo, now, rules); err != nil {
			t.Errorf("%s cannot be rejected: %v", test.code, err)
		}
	}
}
