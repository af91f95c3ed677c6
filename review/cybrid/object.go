package cybrid

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"reviewdesk/review"
)

var lowerHex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

// details is an IdentityVerificationWithDetails as this desk makes it, in the order
// of the documentation. Guids that do not apply are left out, as in the documented
// examples; everything else always stands there.
type details struct {
	GUID                    string            `json:"guid"`
	Type                    string            `json:"type"`
	Method                  string            `json:"method"`
	CreatedAt               string            `json:"created_at"`
	UpdatedAt               string            `json:"updated_at"`
	CustomerGUID            *string           `json:"customer_guid,omitempty"`
	CounterpartyGUID        *string           `json:"counterparty_guid,omitempty"`
	ExternalBankAccountGUID *string           `json:"external_bank_account_guid,omitempty"`
	State                   string            `json:"state"`
	Outcome                 *string           `json:"outcome"`
	FailureCodes            []string          `json:"failure_codes"`
	ComplianceDecisions     []struct{}        `json:"compliance_decisions"`
	Options                 options           `json:"options"`
	ComplianceChecks        []complianceCheck `json:"compliance_checks"`
	PersonaInquiryID        *string           `json:"persona_inquiry_id"`
	PersonaState            *string           `json:"persona_state"`
	BusinessAssociates      []associate       `json:"business_associates"`
	PII                     pii               `json:"pii"`
	Documents               []document        `json:"documents"`
	SupportingFiles         []document        `json:"supporting_files"`

	Reviewdesk review.Extension `json:"reviewdesk,omitzero"`
}

type options struct {
	RequireTaxID *bool `json:"require_tax_id"`
}

type complianceCheck struct {
	Type         string   `json:"type"`
	Outcome      string   `json:"outcome"`
	FailureCodes []string `json:"failure_codes"`
}

type associate struct {
	PersonaInquiryID *string `json:"persona_inquiry_id"`
	PersonaState     *string `json:"persona_state"`
	CustomerGUID     string  `json:"customer_guid"`
	Role             string  `json:"role"`
	EmailAddress     *string `json:"email_address"`
	State            string  `json:"state"`
}

// document is a file of which the caller gave the guid and nothing else.
type document struct {
	GUID           string     `json:"guid"`
	Validated      bool       `json:"validated"`
	ExpirationDate *string    `json:"expiration_date"`
	Files          []struct{} `json:"files"`
}

// Object is the verification that the request makes, storing since now. The guid
// has 32 lower-case hexadecimal digits. A birth after now is a [*review.Refused].
func (r Request) Object(guid string, now time.Time) ([]byte, error) {
	if !lowerHex32.MatchString(guid) {
		return nil, errors.New("a guid has 32 lower-case hexadecimal digits")
	}
	if err := bornBy(r.DateOfBirth, now); err != nil {
		return nil, err
	}
	at := now.UTC().Format(timeLayout)
	d := details{
		GUID: guid, Type: r.Type, Method: r.Method, CreatedAt: at, UpdatedAt: at,
		CustomerGUID: r.CustomerGUID, CounterpartyGUID: r.CounterpartyGUID, ExternalBankAccountGUID: r.ExternalBankAccountGUID,
		State: StateStoring, FailureCodes: []string{}, ComplianceDecisions: []struct{}{},
		Options: options{r.RequireTaxID}, ComplianceChecks: []complianceCheck{},
		BusinessAssociates: r.associates(), PII: r.pii, Documents: []document{}, SupportingFiles: r.files(),
	}
	if d.PII.Aliases == nil {
		d.PII.Aliases = []alias{}
	}
	if d.PII.IdentificationNumbers == nil {
		d.PII.IdentificationNumbers = []number{}
	}
	if r.CountryCode != nil && r.Address == nil { // the answer has no member for it, the desk's queue has
		d.Reviewdesk.Subject.Country = *r.CountryCode
	}
	return review.EncodeJSON(d)
}

func bornBy(day *string, now time.Time) error {
	if day == nil {
		return nil
	}
	t, err := review.ParseDate(*day)
	if err != nil {
		return fmt.Errorf("date_of_birth: %w", err)
	}
	if t.After(now.Add(24 * time.Hour)) { // today may have begun elsewhere
		return &review.Refused{Code: CodeInvalidValue, Message: "date_of_birth: want a date in the past, got one to come"}
	}
	return nil
}

// associates are the directors and owners of a business. Who attests the business
// attests them too, so nothing is awaited of them.
func (r Request) associates() []associate {
	out := []associate{}
	for _, guid := range r.DirectorCustomerGUIDs {
		out = append(out, associate{CustomerGUID: guid, Role: "director", State: StateCompleted})
	}
	for _, o := range r.BeneficialOwners {
		out = append(out, associate{CustomerGUID: o.CustomerGUID, Role: "owner", State: StateCompleted})
	}
	return out
}

func (r Request) files() []document {
	out := []document{}
	for _, guid := range r.SupportingFileGUIDs {
		out = append(out, document{GUID: guid, Files: []struct{}{}})
	}
	return out
}
