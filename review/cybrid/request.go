package cybrid

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"reviewdesk/review"
)

// Behaviours that a sandbox takes as expected_behaviours (section 8). The last one
// is this desk's own: it sends the case to an officer, which nothing in Cybrid's
// sandbox can.
const (
	BehaviourPassed          = "passed_immediately"
	BehaviourFailed          = "failed_immediately"
	BehaviourTaxIDNotChecked = "tax_id_not_checked"
	BehaviourReviewRequired  = "review_required"
)

// Behaviours lists the constants above.
func Behaviours() []string {
	return []string{BehaviourPassed, BehaviourFailed, BehaviourTaxIDNotChecked, BehaviourReviewRequired}
}

// Request is a PostIdentityVerification that is whole and sound. Everything but
// type and method may be absent.
type Request struct {
	Type                    string   `json:"type"`
	Method                  string   `json:"method"`
	CustomerGUID            *string  `json:"customer_guid"`
	CounterpartyGUID        *string  `json:"counterparty_guid"`
	ExternalBankAccountGUID *string  `json:"external_bank_account_guid"`
	ExpectedBehaviours      []string `json:"expected_behaviours"`
	CountryCode             *string  `json:"country_code"`
	RequireTaxID            *bool    `json:"require_tax_id"`
	SupportingFileGUIDs     []string `json:"supporting_file_guids"`
	DirectorCustomerGUIDs   []string `json:"director_customer_guids"`
	BeneficialOwners        []owner  `json:"ultimate_beneficial_owners"`
	BiometricsVerified      *bool    `json:"biometrics_verified"`
	pii
}

type owner struct {
	CustomerGUID        string  `json:"customer_guid"`
	OwnershipPercentage float64 `json:"ownership_percentage"`
}

// pii is what a request says about a person or business, and what an answer with
// include_pii says of them again (section 3).
type pii struct {
	Name                     *name    `json:"name"`
	Aliases                  []alias  `json:"aliases"`
	Address                  *address `json:"address"`
	DateOfBirth              *string  `json:"date_of_birth"`
	PhoneNumber              *string  `json:"phone_number"`
	EmailAddress             *string  `json:"email_address"`
	Occupation               *string  `json:"occupation"`
	Website                  *string  `json:"website"`
	NatureOfBusiness         *string  `json:"nature_of_business"`
	IdentificationNumbers    []number `json:"identification_numbers"`
	Citizenship              *string  `json:"citizenship"`
	RegisteredAddress        *address `json:"registered_address"`
	BusinessIndustry         *string  `json:"business_industry"`
	BusinessFundsSource      *string  `json:"business_funds_source"`
	BusinessFundsDestination *string  `json:"business_funds_destination"`
}

type name struct {
	First  *string `json:"first"`
	Middle *string `json:"middle"`
	Last   *string `json:"last"`
	Full   *string `json:"full"`
}

type alias struct {
	Full *string `json:"full"`
}

type address struct {
	Street      *string `json:"street"`
	Street2     *string `json:"street2"`
	City        *string `json:"city"`
	Subdivision *string `json:"subdivision"`
	PostalCode  *string `json:"postal_code"`
	CountryCode *string `json:"country_code"`
}

type number struct {
	Type                 string  `json:"type"`
	IssuingCountryCode   *string `json:"issuing_country_code"`
	IdentificationNumber string  `json:"identification_number"`
	IssuingSubdivision   *string `json:"issuing_subdivision"`
}

// ParseRequest reads a PostIdentityVerification (section 2). The error is a
// [*review.Refused] and tells every mistake at once.
func ParseRequest(body []byte, desk review.Desk) (Request, error) {
	members, err := review.ReadRequest(body)
	if err != nil {
		return Request{}, &review.Refused{Code: CodeInvalidParameter, Message: err.Error()}
	}
	c := &check{}
	c.object("", members, request)
	c.together(members)
	c.behaviours(members, desk)
	if err := c.err(); err != nil {
		return Request{}, err
	}
	var r Request
	if err := json.Unmarshal(body, &r); err != nil {
		return Request{}, &review.Refused{Code: CodeInvalidParameter, Message: "the object: cannot be read"}
	}
	return r, nil
}

// behaviours checks expected_behaviours, of which a desk that is no sandbox takes
// none, and a sandbox no two that contradict each other.
func (c *check) behaviours(members review.Members, desk review.Desk) {
	const at = "expected_behaviours"
	raw, _ := members.Get(at)
	var given []string
	if none(raw) || json.Unmarshal(raw, &given) != nil || len(given) == 0 {
		return
	}
	if !desk.Sandbox {
		c.fail(CodeInvalidParameter, at, "this desk is no sandbox and takes none")
		return
	}
	ends := map[string]bool{}
	for i, word := range given {
		if !slices.Contains(Behaviours(), word) {
			c.fail(CodeInvalidParameter, fmt.Sprintf("%s[%d]", at, i), "expected behaviour invalid, want one of "+strings.Join(Behaviours(), ", "))
		}
		if word != BehaviourTaxIDNotChecked {
			ends[word] = true
		}
	}
	if len(ends) > 1 {
		c.fail(CodeInvalidParameter, at, "want one end at most, got several that contradict each other")
	}
}

// Road is how the case moves on by itself. Where nobody has to act for the
// applicant to be known, as with everything attested, only an officer can decide,
// so the case goes to one. tax_id_not_checked alone is read as passed with that
// check left open; beside failed_immediately or review_required it changes nothing.
func (r Request) Road() review.Road {
	said := func(word string) bool { return slices.Contains(r.ExpectedBehaviours, word) }
	switch {
	case said(BehaviourFailed):
		return review.RoadFailed
	case said(BehaviourReviewRequired):
		return review.RoadReview
	case said(BehaviourTaxIDNotChecked):
		return review.RoadTaxIDNotChecked
	case said(BehaviourPassed):
		return review.RoadPassed
	case !needsApplicant(r.Method):
		return review.RoadReview
	}
	return review.RoadApplicant
}
