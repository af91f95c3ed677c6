package review

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// ExtensionMember is the one member of our own that a provider's object may carry
// on its way in. Neither provider's API tells what was read from a document, and
// Coinify's tells nothing about the person at all; a platform that knows says it
// here. The member is taken out before the object is kept, so that what we write
// back is the provider's own again.
const ExtensionMember = "reviewdesk"

// Extension is what that member holds. Everything in it is optional.
type Extension struct {
	Reference string             `json:"reference,omitempty"` // the platform's or provider's id of the person
	Subject   Reading            `json:"subject,omitzero"`    // as typed by the applicant
	Documents []Document         `json:"documents,omitempty"` // with what was read from them
	Registry  Reading            `json:"registry,omitzero"`   // what reference data says
	Face      *ExtensionFace     `json:"face_match,omitempty"`
	Findings  []string           `json:"findings,omitempty"` // failure codes the object itself has no place for
	Passed    []string           `json:"passed,omitempty"`   // checks that passed
	Attempt   int                `json:"attempt,omitempty"`
	Attempts  int                `json:"attempts,omitempty"`
	Pictures  []ExtensionPicture `json:"pictures,omitempty"`
}

// ExtensionFace is a machine's comparison of selfie and portrait, 0 to 1.
type ExtensionFace struct {
	Score  float64 `json:"score"`
	Needed float64 `json:"needed"`
}

// ExtensionPicture is one image, its bytes in base64.
type ExtensionPicture struct {
	Kind      string `json:"kind"`
	MediaType string `json:"media_type"`
	Data      []byte `json:"data"`
}

// ParseExtension reads the member. An unknown name in it is an error, since a
// misspelt one would silently lose evidence.
func ParseExtension(raw []byte) (Extension, error) {
	var e Extension
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, decodeProblem(err)
	}
	return e, under(ExtensionMember, e.check())
}

// decodeProblem puts an error of encoding/json into words that quote no value.
func decodeProblem(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return &ObjectError{joinPath(ExtensionMember, wrong.Field), "want " + jsonKind(wrong.Type.Kind())}
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return &ObjectError{ExtensionMember, strings.TrimPrefix(err.Error(), "json: ")}
	}
	return &ObjectError{ExtensionMember, "cannot be read (is the data of every picture base64?)"}
}

func jsonKind(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a text"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// check refuses what would mislead an officer or a browser.
func (e Extension) check() error {
	for i, p := range e.Pictures {
		at := fmt.Sprintf("pictures[%d]", i)
		if p.Kind != PictureFront && p.Kind != PictureBack && p.Kind != PictureSelfie {
			return &ObjectError{at + ".kind", "want document_front, document_back or selfie"}
		}
		if p.MediaType != "image/jpeg" && p.MediaType != "image/png" {
			return &ObjectError{at + ".media_type", "want image/jpeg or image/png"}
		}
	}
	if f := e.Face; f != nil && (f.Score < 0 || f.Score > 1 || f.Needed < 0 || f.Needed > 1) {
		return &ObjectError{"face_match", "want numbers from 0 to 1"}
	}
	if e.Attempt < 0 || e.Attempts < 0 {
		return &ObjectError{"attempt", "want a whole number from 1"}
	}
	return nil
}

// Apply adds what the extension knows to a verification that the provider's own
// members have filled. What the provider said itself stays.
func (e Extension) Apply(v *Verification) []Picture {
	if v.Subject.Reference == "" {
		v.Subject.Reference = e.Reference
	}
	v.Subject.Reading = v.Subject.Reading.Or(e.Subject)
	v.Documents = joinDocuments(v.Documents, e.Documents)
	v.Registry = v.Registry.Or(e.Registry)
	if e.Face != nil {
		v.Face = FaceMatch{Score: e.Face.Score, Needed: e.Face.Needed, Known: true}
	}
	for _, code := range e.Findings {
		v.AddFinding(code, "")
	}
	for _, check := range e.Passed {
		if !slices.Contains(v.Passed, check) {
			v.Passed = append(v.Passed, check)
		}
	}
	v.Attempt, v.Attempts = max(v.Attempt, e.Attempt), max(v.Attempts, e.Attempts)
	var pictures []Picture
	for _, p := range e.Pictures {
		pictures = append(pictures, Picture(p))
	}
	return pictures
}

// joinDocuments adds to the provider's documents what somebody read from them: the
// first one of the same kind takes it, and what fits none is a document more.
func joinDocuments(have, more []Document) []Document {
	taken := make([]bool, len(have))
	for _, d := range more {
		at := 0
		for at < len(taken) && (taken[at] || !strings.EqualFold(have[at].Kind, d.Kind)) {
			at++
		}
		if at == len(taken) {
			have = append(have, d)
			continue
		}
		taken[at] = true
		have[at] = have[at].or(d)
	}
	return have
}

func (d Document) or(other Document) Document {
	if d.Country == "" {
		d.Country = other.Country
	}
	if len(d.MRZ) == 0 {
		d.MRZ = other.MRZ
	}
	d.Read = d.Read.Or(other.Read)
	return d
}

// Or fills what r leaves empty from other.
func (r Reading) Or(other Reading) Reading {
	fill := func(have *string, give string) {
		if *have == "" {
			*have = give
		}
	}
	fill(&r.Name, other.Name)
	fill(&r.BirthDate, other.BirthDate)
	fill(&r.Number, other.Number)
	fill(&r.Expiry, other.Expiry)
	fill(&r.Address, other.Address)
	fill(&r.Country, other.Country)
	fill(&r.Email, other.Email)
	fill(&r.Phone, other.Phone)
	fill(&r.Occupation, other.Occupation)
	return r
}
