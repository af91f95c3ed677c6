package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
)

// evidenced is a case at Cybrid with all kinds of evidence, and what lies beside it.
func evidenced(codes ...string) (review.Verification, review.Rules) {
	v := inReview(codes...)
	v.Subject.Reading = review.Reading{Name: "Ines Moreau", BirthDate: "1990-02-14", Email: "ines@applicant.example"}
	v.Documents = []review.Document{{Kind: "passport", Read: review.Reading{Name: "Ines Moreau", BirthDate: "1990-02-14", Number: "X1"}, MRZ: []string{"P<"}}}
	v.Registry = review.Reading{Number: "X1"}
	v.Face.Known = true
	with := rules
	with.Exhibits = v.Exhibits(review.Beside{
		Pictures: []review.SeenImage{{N: 0, Kind: review.PictureFront}, {N: 1, Kind: review.PictureSelfie}, {N: 2, Kind: review.PictureSelfie}},
		Attached: []int64{57}, Linked: []string{"c0ffee00-0000-4000-8000-000000000001", "c0ffee00-0000-4000-8000-000000000002"},
	})
	return v, with
}

func TestACaseListsTheEvidenceThatItHas(t *testing.T) {
	v, with := evidenced("selfie_failure")
	want := []review.Exhibit{"document_front:0", "selfie:1", "selfie:2", "face_match", "mrz", "compared:name", "compared:birth_date", "compared:number",
		"attachment:57", "linked_case:c0ffee00-0000-4000-8000-000000000001", "linked_case:c0ffee00-0000-4000-8000-000000000002", "provider"}
	if !slices.Equal(with.Exhibits, want) {
		t.Errorf("its evidence: %q", with.Exhibits)
	}
	if got := v.ExhibitsFor("pep_check_failure", with.Exhibits); got[0] != review.ExhibitWorksheet {
		t.Errorf("for a code with a worksheet: %q", got)
	}
	bare := inReview()
	if got := bare.Exhibits(review.Beside{}); !slices.Equal(got, []review.Exhibit{review.ExhibitProvider}) {
		t.Errorf("a bare case has %q", got)
	}
}

func TestEachCodeSuggestsTheEvidenceThatSpeaksOfIt(t *testing.T) {
	for code, want := range map[string]string{
		"selfie_failure":                   "document_front:0 selfie:2", // the newest selfie
		"id_mrz_check_failure":             "document_front:0 mrz",
		"id_digital_replica_check_failure": "document_front:0",
		"id_barcode_check_failure":         "document_front:0", // there is no picture of the back
		"dob_check_failure":                "compared:birth_date",
		"name_check_failure":               "compared:name",
		"id_number_check_failure":          "compared:number",
		"email_address_check_failure":      "provider", // nothing to compare it with
		"duplicate_person_check_failure":   "linked_case:c0ffee00-0000-4000-8000-000000000001",
		"pep_check_failure":                "worksheet",
		"decision_timeout":                 "provider",
		"plaid_failure":                    "provider",
		"moon_phase_check_failure":         "document_front:0",
	} {
		v, with := evidenced(code)
		var got []string
		for _, x := range review.Standard.Lookup(v.Provider, code).Suggested(v.ExhibitsFor(code, with.Exhibits)) {
			got = append(got, string(x))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s is judged by %q, want %q", code, got, want)
		}
	}
	for _, code := range review.Standard.Codes("") {
		if got := code.Suggested(nil); !slices.Equal(got, []review.Exhibit{review.ExhibitProvider}) {
			t.Errorf("%s on a case with nothing is judged by %q", code.Code, got)
		}
	}
}

func TestADecisionNamesTheEvidenceOfEachResolution(t *testing.T) {
	const grave, plain, info = "selfie_failure", "address_check_failure", "review_required"
	for _, c := range []struct {
		name  string
		named map[string][]review.Exhibit
		want  string // facts of evidence
		wrong string // field of a mistake
	}{
		{"named by nobody, it is what the codes suggest", nil, "evidence.address_check_failure=document_front:0 evidence.selfie_failure=document_front:0 evidence.selfie_failure=selfie:2", ""},
		{"what is named stands, in the case's order and once", map[string][]review.Exhibit{grave: {"face_match", "selfie:1", "selfie:1"}, plain: {"attachment:57"}},
			"evidence.address_check_failure=attachment:57 evidence.selfie_failure=selfie:1 evidence.selfie_failure=face_match", ""},
		{"a picture that the case does not have", map[string][]review.Exhibit{plain: {"document_front:7"}}, "", "evidence." + plain},
		{"another code's worksheet", map[string][]review.Exhibit{plain: {"worksheet"}}, "", "evidence." + plain},
		{"words that are no evidence", map[string][]review.Exhibit{plain: {"a hunch"}}, "", "evidence." + plain},
		{"none at all", map[string][]review.Exhibit{plain: {}}, "", "evidence." + plain},
		{"a finding of another case", map[string][]review.Exhibit{"name_check_failure": {"provider"}}, "", "evidence.name_check_failure"},
		{"a grave finding is not cleared on the result that found it", map[string][]review.Exhibit{grave: {"provider"}}, "", "evidence." + grave},
		{"with something else it is not the provider's result alone", map[string][]review.Exhibit{plain: {"provider", "mrz"}, grave: {"selfie:2"}}, "evidence.address_check_failure=mrz evidence.selfie_failure=selfie:2", ""},
		{"a mild one may be", map[string][]review.Exhibit{plain: {"provider"}, grave: {"selfie:2"}}, "evidence.address_check_failure=provider evidence.selfie_failure=selfie:2", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, with := evidenced(grave, plain, info)
			delete(v.Worksheets, plain)
			d := approve(v)
			d.Evidence = c.named
			_, event, err := v.Decide(d, ana, now, with)
			var bad review.Invalid
			if c.wrong != "" {
				if !errors.As(err, &bad) || bad[c.wrong] == "" || len(bad) != 1 {
					t.Fatalf("the mistakes: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range event.Facts {
				if strings.HasPrefix(f.Name, "evidence.") {
					got = append(got, f.Name+"="+f.Value)
				}
			}
			slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(a[:12], b[:12]) })
			if strings.Join(got, " ") != c.want {
				t.Errorf("the event says %q", got)
			}
		})
	}
}

func TestASecondWordAndAnUndoKeepOrTakeAwayTheEvidence(t *testing.T) {
	v, with := evidenced("selfie_failure")
	v, _, err := v.Decide(approve(v), ana, now, with)
	if err != nil || len(v.Proposal.Resolutions[0].Evidence) != 2 {
		t.Fatalf("%v %+v", err, v.Proposal)
	}
	done, event, err := v.ConfirmProposal(v.Version, longTxt, bo, now, with)
	if err != nil || !slices.Contains(event.Facts, review.Fact{Name: "evidence.selfie_failure", Value: "selfie:2"}) || len(done.Findings[0].Evidence) != 2 {
		t.Errorf("confirmed: %v %+v", err, event.Facts)
	}
	back, _, err := v.Undo(ana, now)
	if err != nil || back.Findings[0].Evidence != nil {
		t.Errorf("undone: %v %+v", err, back.Findings)
	}
}
