package review

import (
	"encoding/json"
	"fmt"
	"time"
)

// Seen is a case as the officer had it before them when they decided: what each
// source said, what was found and in which words, and which pictures there were. The
// log commits to it with the decision, so that the case can be shown years later as
// it stood then, whatever came in since and whatever the catalogue says by now.
type Seen struct {
	Catalogue string      `json:"catalogue"` // version, see [Catalogue.Version]
	Kind      string      `json:"kind,omitempty"`
	Method    string      `json:"method,omitempty"`
	State     string      `json:"state"` // as the provider's object came in
	Reason    string      `json:"reason,omitempty"`
	Created   time.Time   `json:"created_at"`
	Updated   time.Time   `json:"updated_at"`
	Received  time.Time   `json:"received_at"`
	Since     time.Time   `json:"review_since,omitzero"`
	Due       time.Time   `json:"due_at,omitzero"`
	Expires   time.Time   `json:"expires_at,omitzero"`
	Reference string      `json:"reference,omitempty"`
	Subject   Reading     `json:"subject"`
	Documents []Document  `json:"documents,omitempty"`
	Registry  Reading     `json:"registry,omitzero"`
	Face      FaceMatch   `json:"face,omitzero"`
	Passed    []string    `json:"passed,omitempty"`
	Attempt   int         `json:"attempt,omitempty"`
	Attempts  int         `json:"attempts,omitempty"`
	Findings  []SeenCode  `json:"findings"`
	Pictures  []SeenImage `json:"pictures,omitempty"`
	Attached  [][]byte    `json:"attached,omitempty"` // digests of the files that officers had added
}

// SeenCode is a finding with the catalogue's words for it at the time.
type SeenCode struct {
	Finding
	Category    string      `json:"category"`
	Severity    string      `json:"severity"`
	Title       string      `json:"title"`
	Explanation string      `json:"explanation"`
	Overridable Overridable `json:"overridable"`
	Known       bool        `json:"known"`
}

// SeenImage is a picture of the case: its number there, and the digest by which the
// storage knows it again.
type SeenImage struct {
	N      int    `json:"n"`
	Kind   string `json:"kind"`
	Digest []byte `json:"digest"`
}

// See takes down what an officer has before them. Findings are without resolutions:
// those are the decision's.
func See(v Verification, pictures []SeenImage, c *Catalogue) Seen {
	s := Seen{
		Catalogue: c.Version(), Kind: v.Kind, Method: v.Method, State: v.Arrived.State, Reason: v.Arrived.Reason,
		Created: v.CreatedAt, Updated: v.UpdatedAt, Received: v.ReceivedAt, Since: v.ReviewSince, Due: v.DueAt, Expires: v.ExpiresAt,
		Reference: v.Subject.Reference, Subject: v.Subject.Reading, Documents: v.Documents, Registry: v.Registry, Face: v.Face,
		Passed: v.Passed, Attempt: v.Attempt, Attempts: v.Attempts, Findings: []SeenCode{}, Pictures: pictures,
	}
	for _, f := range v.Findings {
		code := c.Lookup(v.Provider, f.Code)
		s.Findings = append(s.Findings, SeenCode{Finding{Code: f.Code, Source: f.Source}, code.Category, code.Severity.String(),
			code.Title, code.Explanation, code.Overridable, code.Known})
	}
	return s
}

// Words is what the log commits to.
func (s Seen) Words() (Words, error) {
	text, err := json.Marshal(s)
	return Words{SeenField, string(text)}, err
}

// SeenField is the name under which an event commits to a [Seen].
const SeenField = "seen"

// ParseSeen reads what [Seen.Words] has written.
func ParseSeen(text string) (s Seen, err error) {
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("case as it was seen: %w", err)
	}
	return s, nil
}

// Over lays what was seen over a case as it is held now; what never changes about a
// case stays, and nobody holds or has decided it.
func (s Seen) Over(now Verification) Verification {
	v := Verification{Seq: now.Seq, ID: now.ID, Provider: now.Provider, ProviderID: now.ProviderID,
		Kind: s.Kind, Method: s.Method, Arrived: WireState{s.State, s.Reason},
		CreatedAt: s.Created, UpdatedAt: s.Updated, ReceivedAt: s.Received, ReviewSince: s.Since, DueAt: s.Due, ExpiresAt: s.Expires,
		Subject: Subject{s.Reference, s.Subject}, Documents: s.Documents, Registry: s.Registry, Face: s.Face,
		Passed: s.Passed, Attempt: s.Attempt, Attempts: s.Attempts}
	for _, f := range s.Findings {
		v.Findings = append(v.Findings, f.Finding)
	}
	return v
}

// codes are the catalogue's words as they stood then. Evidence and what to ask of the
// applicant help to decide and are no part of the record.
func (s Seen) codes(p Provider) []Code {
	var out []Code
	for _, f := range s.Findings {
		severity, _ := ParseSeverity(f.Severity)
		out = append(out, Code{Provider: p, Code: f.Code, Category: f.Category, Severity: severity,
			Title: f.Title, Explanation: f.Explanation, Overridable: f.Overridable, Known: f.Known})
	}
	return out
}

// Then is the catalogue as far as the case needed it, in the words of that time.
func (s Seen) Then(p Provider) *Catalogue {
	c := &Catalogue{version: s.Catalogue, index: map[codeKey]int{}}
	for i, code := range s.codes(p) {
		c.index[codeKey{p, code.Code}] = i
		c.codes = append(c.codes, code)
	}
	return c
}
