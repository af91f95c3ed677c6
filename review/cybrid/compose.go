package cybrid

import (
	"encoding/json"

	"reviewdesk/review"
)

// composed is an identity verification made from a plain row, its members in the
// order of the documentation.
type composed struct {
	GUID       string           `json:"guid"`
	Type       string           `json:"type"`
	Method     string           `json:"method,omitempty"`
	CreatedAt  string           `json:"created_at"`
	UpdatedAt  string           `json:"updated_at"`
	Customer   *string          `json:"customer_guid"`
	State      string           `json:"state"`
	Outcome    *string          `json:"outcome"`
	Codes      []string         `json:"failure_codes"`
	Decisions  []struct{}       `json:"compliance_decisions"`
	Checks     []struct{}       `json:"compliance_checks"`
	Reviewdesk review.Extension `json:"reviewdesk"`
}

// Compose makes a verification of type kyc out of a row. The person and the
// document go into our extension: Cybrid takes addresses apart and gives every
// number a type, and a row says neither.
func (Vocabulary) Compose(row review.Row) ([]byte, error) {
	e := row.Extension()
	e.Reference, e.Findings = "", nil // Cybrid has members for both
	codes := row.Codes
	if codes == nil {
		codes = []string{}
	}
	return json.Marshal(composed{
		GUID: row.ID, Type: TypeKYC, Method: row.Method,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt,
		Customer: optional(row.Reference), State: row.State, Outcome: optional(row.Reason),
		Codes: codes, Decisions: []struct{}{}, Checks: []struct{}{}, Reviewdesk: e,
	})
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
