package cybrid

import (
	"encoding/json"
	"slices"
	"strings"

	"reviewdesk/review"
)

// The tables of section 2: what each member must look like, and what each method
// needs.

var addressTable = []member{
	{"street", true, anyText}, {"street2", false, anyText}, {"city", true, anyText},
	{"subdivision", false, textOf(1, 3)}, {"postal_code", false, anyText}, {"country_code", true, country},
}

var request = []member{
	{"type", true, oneOf(Types())},
	{"method", true, oneOf(requestMethods())},
	{"customer_guid", false, guid},
	{"counterparty_guid", false, guid},
	{"external_bank_account_guid", false, guid},
	{"expected_behaviours", false, listOf(0, 50, anyText)}, // the words: [check.behaviours]
	{"country_code", false, country},
	{"require_tax_id", false, boolean},
	{"name", false, objectOf([]member{{"first", false, anyText}, {"middle", false, anyText}, {"last", false, anyText}, {"full", false, anyText}})},
	{"address", false, objectOf(addressTable)},
	{"date_of_birth", false, date},
	{"identification_numbers", false, numbers},
	{"aliases", false, listOf(0, 0, objectOf([]member{{"full", false, anyText}}))},
	{"phone_number", false, anyText},
	{"email_address", false, anyText},
	{"website", false, anyText},
	{"nature_of_business", false, textOf(0, 256)},
	{"director_customer_guids", false, listOf(1, 50, guid)},
	{"ultimate_beneficial_owners", false, listOf(0, 50, objectOf([]member{{"customer_guid", true, guid}, {"ownership_percentage", true, percentage}}))},
	{"supporting_file_guids", false, listOf(1, 10, guid)},
	{"registered_address", false, objectOf(addressTable)},
	{"business_industry", false, anyText},
	{"business_funds_source", false, anyText},
	{"business_funds_destination", false, anyText},
	{"occupation", false, anyText},
	{"citizenship", false, country},
	{"biometrics_verified", false, boolean},
}

// requestMethods are the methods that can still be asked for.
func requestMethods() []string {
	return slices.DeleteFunc(Methods(), func(m string) bool { return m == MethodPlaidIdentityMatch })
}

// numbers are identification numbers, each type once.
var numbers shape = func(c *check, at string, raw json.RawMessage) {
	listOf(1, 10, objectOf([]member{
		{"type", true, oneOf(NumberTypes())}, {"issuing_country_code", true, country},
		{"identification_number", true, anyText}, {"issuing_subdivision", false, textOf(1, 3)},
	}))(c, at, raw)
	var given []number
	if json.Unmarshal(raw, &given) != nil {
		return
	}
	seen := map[string]bool{}
	for _, n := range given {
		if seen[n.Type] && slices.Contains(NumberTypes(), n.Type) {
			c.fail(CodeInvalidValue, at, "duplicate type "+n.Type+", want each once")
		}
		seen[n.Type] = true
	}
}

// methodsOf says which methods go with a type.
func methodsOf(kind string) []string {
	switch kind {
	case TypeCounterparty:
		return []string{MethodWatchlists}
	case TypeBankAccount:
		return []string{MethodAttestedOwnership, MethodAccountOwnership}
	}
	return slices.DeleteFunc(requestMethods(), func(m string) bool {
		return m == MethodAttestedOwnership || m == MethodAccountOwnership
	})
}

// neededBy says what a type and method need beside themselves, by path.
func neededBy(kind, method string) []string {
	switch kind {
	case TypeCounterparty:
		return []string{"counterparty_guid"}
	case TypeBankAccount:
		if method == MethodAttestedOwnership {
			return []string{"external_bank_account_guid", "name.full"}
		}
		return []string{"external_bank_account_guid"}
	}
	return attestedNeeds[method]
}

var attestedNeeds = map[string][]string{
	MethodAttested: {"name.first", "name.last", "address", "date_of_birth", "identification_numbers"},
	MethodAttestedIDAndSelfie: {"customer_guid", "name.first", "name.last", "address", "date_of_birth",
		"phone_number", "email_address"},
	MethodAttestedIDAndDatabase: {"customer_guid", "name.first", "name.last", "address", "date_of_birth",
		"identification_numbers", "phone_number", "email_address", "supporting_file_guids", "biometrics_verified"},
	MethodAttestedBusinessAssociate: {"customer_guid", "name.first", "name.last", "address", "date_of_birth",
		"identification_numbers", "phone_number", "email_address", "supporting_file_guids", "occupation",
		"citizenship", "biometrics_verified"},
	MethodAttestedBusinessRegistration: {"customer_guid", "name.full", "address", "identification_numbers",
		"phone_number", "email_address", "nature_of_business", "director_customer_guids", "supporting_file_guids"},
}

// The two versions of attested_business_registration. Who gives any member that
// only the third has means the third.
var (
	businessV2 = []string{"website", "ultimate_beneficial_owners"}
	businessV3 = []string{"registered_address", "business_industry", "business_funds_source", "business_funds_destination"}
)

// together checks what depends on type and method, once both are known words.
func (c *check) together(members review.Members) {
	kind, method := word(members, "type"), word(members, "method")
	if !slices.Contains(Types(), kind) || !slices.Contains(requestMethods(), method) {
		return
	}
	if allowed := methodsOf(kind); !slices.Contains(allowed, method) {
		c.wrong = append(c.wrong, review.Refused{Code: CodeUnsupportedValue,
			Message: "method does not have a valid value: type " + kind + " goes with " + strings.Join(allowed, ", ") + ", and not with " + method})
		return
	}
	needed := neededBy(kind, method)
	if method == MethodAttestedBusinessRegistration {
		version := businessV2
		if slices.ContainsFunc(businessV3, func(name string) bool { return !lacks(members, name) }) {
			version = businessV3
		}
		needed = append(slices.Clone(needed), version...)
	}
	for _, path := range needed {
		if lacks(members, path) && !c.told(path) {
			c.missing = append(c.missing, path)
		}
	}
}

func word(members review.Members, name string) (text string) {
	if raw, there := members.Get(name); there {
		_ = json.Unmarshal(raw, &text) // what is no text is no known word
	}
	return text
}

// lacks reports whether nothing stands at a path of one or two steps. What is of
// the wrong kind stands there, and is told as that.
func lacks(members review.Members, path string) bool {
	name, rest, deeper := strings.Cut(path, ".")
	raw, _ := members.Get(name)
	if blank(raw) || !deeper {
		return blank(raw)
	}
	inner, err := review.ReadObject(raw)
	return err == nil && lacks(inner, rest)
}
