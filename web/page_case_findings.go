package web

import (
	"strconv"
	"strings"

	"reviewdesk/review"
	"reviewdesk/views"
)

// findings are what the checks found, the gravest first, each in plain words and,
// where the case is to be decided here, with the officer's word on it.
func (o *opened) findings() []views.Finding {
	decidable := o.mode() == "decide"
	out := make([]views.Finding, 0, len(o.Findings))
	for _, f := range o.Findings {
		code := o.catalogue().Lookup(o.Provider, f.Code)
		finding := views.Finding{
			Chip: chipFor(code), Title: code.Title, Explanation: code.Explanation,
			Evidence: code.Evidence, Applicant: code.Applicant, Rule: ruleWords(code), Source: visible(f.Source),
			Unknown: !code.Known, Picture: o.pictureFor(code),
			Error: o.wrong["finding."+f.Code], Info: code.Severity == review.SeverityInfo,
		}
		finding.Sheet = o.sheetLine(f.Code)
		switch {
		case finding.Info: // the rule's own answer, nobody's word
		case decidable:
			finding.Field = "finding." + f.Code
			finding.Options = o.resolutionOptions(f.Code)
			o.fillEvidence(&finding, code)
		default:
			resolved := o.resolved(f)
			finding.Resolution, finding.Rests = resolutionWords(resolved.Resolution), o.restsWords(resolved.Evidence)
		}
		out = append(out, finding)
	}
	return out
}

// resolved is a finding with the word on it as it stands, and what that rests on:
// decided, or proposed.
func (o *opened) resolved(f review.Finding) review.Finding {
	open := review.Finding{Code: f.Code, Source: f.Source}
	taken := o.Decision
	if o.Proposal != nil {
		taken = o.Proposal
	}
	if taken == nil || o.blind() {
		return open
	}
	for _, resolved := range taken.Resolutions {
		if resolved.Code == f.Code {
			return resolved
		}
	}
	return open
}

func (o *opened) resolutionOptions(code string) []views.Option {
	var chosen review.Resolution
	if o.typed != nil {
		chosen = o.typed.Resolutions[code]
	}
	var out []views.Option
	for _, r := range []review.Resolution{review.Cleared, review.Upheld, review.NotApplicable} {
		out = append(out, views.Option{Value: string(r), Label: resolutionWords(r), Chosen: r == chosen})
	}
	return out
}

// ruleWords say who may approve in spite of a finding. A critical one needs two
// persons whatever the outcome.
func ruleWords(c review.Code) string {
	switch {
	case c.Overridable == review.OverridableNo && c.Severity == review.SeverityCritical:
		return "Nobody can approve this case. A second person confirms its rejection."
	case c.Overridable == review.OverridableNo:
		return "Nobody can approve this case: reject it, or ask the applicant for a new attempt."
	case c.Overridable == review.OverridableFourEyes || c.Severity == review.SeverityCritical:
		return "Two persons must agree: your decision is a proposal until a senior confirms it."
	}
	return ""
}

// pictureFor is the picture that shows what a finding is about; "" for none.
func (o *opened) pictureFor(c review.Code) string {
	kind := review.PictureFront
	lower := strings.ToLower(c.Code)
	switch {
	case c.Category == "biometrics":
		kind = review.PictureSelfie
	case c.Category != "document":
		return ""
	case strings.Contains(lower, "barcode") || strings.Contains(lower, "back") || strings.Contains(lower, "double_side"):
		kind = review.PictureBack
	}
	for _, p := range o.Pictures {
		if p.Kind == kind {
			return "p" + strconv.Itoa(p.N)
		}
	}
	return ""
}

// findingsSum counts what failed and what passed. What is for information only has
// not failed.
func (o *opened) findingsSum() string {
	failed := 0
	for _, f := range o.Findings {
		if o.catalogue().Lookup(o.Provider, f.Code).Severity > review.SeverityInfo {
			failed++
		}
	}
	sum := thousands(failed) + " failed"
	switch {
	case failed == 0 && len(o.Passed) == 0:
		return ""
	case failed == 0:
		sum = "none failed"
	}
	if len(o.Passed) == 0 {
		return sum
	}
	return sum + ", " + thousands(len(o.Passed)) + " passed"
}
