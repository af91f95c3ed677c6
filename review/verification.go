package review

import (
	"slices"
	"strings"
	"time"
)

// Verification is one identity check as the desk holds it. All times are UTC; a
// zero time means "not yet".
type Verification struct {
	Seq        int64  // the desk's own running number, for paging
	ID         string // UUID with hyphens, made from the provider's id
	Provider   Provider
	ProviderID string // as the provider spells it
	Kind       string // the provider's type, such as "kyc"; "" where it has none
	Method     string // the provider's method; "" where it has none

	Status Status
	// Arrived is the provider's own state and reason as they last came in. What the
	// provider's API shows now is [Vocabulary.State], since a decision changes it.
	Arrived WireState
	Version int64 // counts every change of the case; a decision names the one it was made on

	CreatedAt   time.Time // when the provider made it
	UpdatedAt   time.Time // when the provider last changed it; decides which of two copies is newer
	ReceivedAt  time.Time // when the desk first held it
	ReviewSince time.Time // when it began to wait for an officer
	DueAt       time.Time // the target for a decision (see [Target])
	ApprovedAt  time.Time // when the case was approved
	EffectiveAt time.Time // when the desk's decision takes effect outside (see Outside)
	ExpiresAt   time.Time // when the provider says the attempt or its document runs out

	Attempt  int // which try of this person this is, from 1
	Attempts int // how many there are

	Subject   Subject
	Documents []Document
	Registry  Reading // what reference data says, where somebody asked
	Face      FaceMatch
	Findings  []Finding // worst first, never overwritten
	Passed    []string  // checks that passed, in the provider's words

	Claim    Claim
	Proposal *Decided // set while Status is second_review
	Decision *Decided // set once decided on this desk
	Confirm  *Word    // the second person's word on the decision, where one was needed
	Reopen   *Word    // somebody asks to reopen it, and a second person has not answered

	Worksheets map[string]Conclusion // of the name-match worksheets, by code

	Erased *Erasure // the person's data are gone: of what is personal here nothing is filled

	Escalated    bool      // for seniors only
	Recused      []string  // who will not work on it, by account
	SnoozedAt    time.Time // since when it waits for something outside; its clock stands
	SnoozedUntil time.Time // until when it does; Forever: until the applicant answers

	// Object is the provider's own JSON object as it last came in, byte for byte
	// but for our extension member. It holds personal data.
	Object []byte
}

// WireState is a state in a provider's own words.
type WireState struct {
	State  string // Cybrid: state; Coinify: state
	Reason string // Cybrid: outcome; Coinify: rejectReason; "" for null
}

// Subject is the person under verification, as the applicant gave it.
type Subject struct {
	Reference string // the provider's customer or trader id; "" where it gives none
	Reading
}

// Reading is one source's account of a person: typed by the applicant, read from
// a document, or held by a registry. An empty string is "not given".
type Reading struct {
	Name       string `json:"name,omitempty"`
	BirthDate  string `json:"birth_date,omitempty"` // YYYY-MM-DD
	Number     string `json:"number,omitempty"`     // the document's or the identification number
	Expiry     string `json:"expiry,omitempty"`     // YYYY-MM-DD
	Address    string `json:"address,omitempty"`    // one line
	Country    string `json:"country,omitempty"`    // ISO 3166 alpha-2
	Email      string `json:"email,omitempty"`
	Phone      string `json:"phone,omitempty"`
	Occupation string `json:"occupation,omitempty"`
}

// Empty reports whether the source says nothing at all.
func (r Reading) Empty() bool { return r == Reading{} }

// Document is one document of the case and what was read from it.
type Document struct {
	Kind    string   `json:"kind"`    // such as "passport"; the provider's spelling where it gave one
	Country string   `json:"country"` // issuing country, alpha-2
	Read    Reading  `json:"read"`
	MRZ     []string `json:"mrz,omitempty"` // machine-readable lines as read
}

// FaceMatch is the machine's comparison of selfie and portrait, from 0 to 1.
type FaceMatch struct {
	Score, Needed float64
	Known         bool
}

// Finding is one thing a machine found, under the provider's failure code.
type Finding struct {
	Code   string `json:"code"`             // as it came, white space stripped
	Source string `json:"source,omitempty"` // the check that found it; "" for the case as a whole
	// Resolution is the officer's word on this finding; "" until decided.
	Resolution Resolution `json:"resolution,omitempty"`
	// Evidence is what that word rests on; nil until decided, and in decisions of a
	// time when nobody was asked.
	Evidence []Exhibit `json:"evidence,omitempty"`
}

// Claim says who works on the case, and until when.
type Claim struct {
	By    Person
	Until time.Time
}

// Held reports whether somebody holds the case at the time given.
func (c Claim) Held(now time.Time) bool { return c.By.ID != "" && now.Before(c.Until) }

// ClaimFor is how long a claim lasts (UI.md, Flow and safety, 1).
const ClaimFor = 15 * time.Minute

// Target is the time in which a case should be decided; amber starts at
// [AmberShare] of it. Limit is the latest: Coinify's page promises 1 to 3 days.
const (
	Target     = 24 * time.Hour
	Limit      = 72 * time.Hour
	AmberShare = 0.8
)

// Picture kinds of evidence.
const (
	PictureFront  = "document_front"
	PictureBack   = "document_back"
	PictureSelfie = "selfie"
)

// Picture is one image of the evidence.
type Picture struct {
	Kind      string // one of the Picture constants
	MediaType string // "image/jpeg" or "image/png"
	Data      []byte
}

// Country is the subject's country, or that of the first document that has one.
func (v *Verification) Country() string {
	if v.Subject.Country != "" {
		return v.Subject.Country
	}
	for _, d := range v.Documents {
		if d.Country != "" {
			return d.Country
		}
	}
	return ""
}

// Codes lists the failure codes found, in the order of the findings.
func (v *Verification) Codes() []string {
	codes := make([]string, 0, len(v.Findings))
	for _, f := range v.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// AddFinding notes a failure code unless the same code is there already: one
// code, one resolution, however many checks reported it. White space in a code is
// a stray of the source page and is stripped (facts/coinify.md, section 6).
func (v *Verification) AddFinding(code, source string) {
	code = StripSpace(code)
	if code == "" || slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Code == code }) {
		return
	}
	v.Findings = append(v.Findings, Finding{Code: code, Source: source})
}

// StripSpace removes every white space from a code.
func StripSpace(code string) string { return strings.Join(strings.Fields(code), "") }
