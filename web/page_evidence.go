package web

import (
	"slices"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// Words for the pieces of evidence that a resolution rests on.

// exhibitWords name a piece of evidence where nothing of its case is at hand, as in
// the log.
func exhibitWords(x review.Exhibit) string {
	kind, which := x.Parts()
	switch kind {
	case review.PictureFront:
		return "Document, front"
	case review.PictureBack:
		return "Document, back"
	case review.PictureSelfie:
		return "Selfie"
	case review.ExhibitCompared:
		return fieldWords(which) + " compared"
	case review.ExhibitMRZ:
		return "Machine-readable zone"
	case review.ExhibitFace:
		return "Face match"
	case review.ExhibitWorksheet:
		return "Name-match worksheet"
	case review.ExhibitAttachment:
		return "File of event " + visible(which)
	case review.ExhibitLinked:
		return "Linked case " + hexID(which)
	case review.ExhibitProvider:
		return "The provider's result alone"
	}
	return visible(string(x))
}

// hexID is the beginning of a case's id without its provider's prefix.
func hexID(id string) string {
	hex := strings.ToUpper(strings.ReplaceAll(id, "-", ""))
	if len(hex) < 8 {
		return visible(id)
	}
	return hex[:4] + "-" + hex[4:8]
}

// exhibitWords name it as the case's page does.
func (o *opened) exhibitWords(x review.Exhibit) string {
	kind, which := x.Parts()
	switch kind {
	case review.PictureFront, review.PictureBack, review.PictureSelfie:
		words := o.caption(kind)
		if o.several(kind) {
			n, _ := strconv.Atoi(which)
			words += ", picture " + strconv.Itoa(n+1)
		}
		return words
	case review.ExhibitAttachment:
		for _, a := range o.Attached {
			if itoa(a.Entry) == which {
				return "File " + visible(a.Name)
			}
		}
	}
	return exhibitWords(x)
}

func (o *opened) several(kind string) bool {
	n := 0
	for _, p := range o.Pictures {
		if p.Kind == kind {
			n++
		}
	}
	return n > 1
}

// restsWords list what a resolution rests on; "" where nobody was asked.
func (o *opened) restsWords(evidence []review.Exhibit) string {
	words := make([]string, len(evidence))
	for i, x := range evidence {
		words[i] = o.exhibitWords(x)
	}
	return strings.Join(words, "; ")
}

// fillEvidence offers the evidence that the officer's word on a finding can rest on:
// ticked is what was typed, and before that by what such a finding is judged as a rule.
func (o *opened) fillEvidence(f *views.Finding, code review.Code) {
	have := o.ExhibitsFor(code.Code, o.Exhibits)
	chosen := code.Suggested(have)
	if o.typed != nil {
		if named, given := o.typed.Evidence[code.Code]; given {
			chosen = named
		}
	}
	f.EvidenceField = "evidence." + code.Code
	f.EvidenceError = o.wrong[f.EvidenceField]
	f.Rests = o.restsWords(chosen)
	for _, x := range have {
		f.Exhibits = append(f.Exhibits, views.Option{Value: string(x), Label: o.exhibitWords(x), Chosen: slices.Contains(chosen, x)})
	}
}

// resolutionsOf are the resolutions of a deciding event, each with its evidence.
func resolutionsOf(e db.LogEntry, words func(review.Exhibit) string) []views.Fact {
	var out []views.Fact
	for _, f := range e.Facts {
		if code, is := strings.CutPrefix(f.Name, "finding."); is {
			out = append(out, views.Fact{Label: visible(code), Value: resolvedWords(e, code, review.Resolution(f.Value), words)})
		}
	}
	return out
}

// resolvedHere is the same without what is for information only, which nobody resolved.
func (o *opened) resolvedHere(e db.LogEntry) []views.Fact {
	return slices.DeleteFunc(resolutionsOf(e, o.exhibitWords), func(f views.Fact) bool { return f.Value == forInformation })
}

const forInformation = "For information"

func resolvedWords(e db.LogEntry, code string, r review.Resolution, words func(review.Exhibit) string) string {
	var rests []string
	for _, x := range facts(e, "evidence."+code) {
		rests = append(rests, lowerFirst(words(review.Exhibit(x))))
	}
	switch {
	case e.Code(e.Provider, code).Severity == review.SeverityInfo:
		return forInformation
	case len(rests) == 0:
		return resolutionWords(r)
	}
	return resolutionWords(r) + ", resting on " + strings.Join(rests, "; ")
}
