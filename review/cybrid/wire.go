package cybrid

import (
	"encoding/json"

	"reviewdesk/review"
)

// shown is a member of an answer and what stands there when the verification has
// none: null where the documentation allows it, an empty list where it does not,
// and "" for nothing at all.
type shown struct{ name, otherwise string }

// identityVerification is the table of section 3: what create answers and lists hold.
var identityVerification = []shown{
	{"guid", ""}, {"type", ""}, {"method", ""}, {"created_at", ""}, {"updated_at", ""},
	{"customer_guid", ""}, {"counterparty_guid", ""}, {"external_bank_account_guid", ""},
	{"state", ""}, {"outcome", "null"}, {"failure_codes", "[]"}, {"compliance_decisions", "[]"}, {"options", "null"},
}

// withDetails is what IdentityVerificationWithDetails has more, without pii.
var withDetails = []shown{
	{"compliance_checks", "[]"}, {"persona_inquiry_id", "null"}, {"persona_state", "null"},
	{"business_associates", "null"}, {"documents", "null"}, {"supporting_files", "null"},
}

// Listed is the verification as create answers it and lists hold it: the documented
// members and no others, with what the desk has decided.
func Listed(v review.Verification) ([]byte, error) { return show(v, identityVerification) }

// Detailed is the verification as get answers it; pii stands there only when it was
// asked for with the right to see it.
func Detailed(v review.Verification, withPII bool) ([]byte, error) {
	table := [][]shown{identityVerification, withDetails}
	if withPII {
		table = append(table, []shown{{"pii", "null"}})
	}
	return show(v, table...)
}

func show(v review.Verification, tables ...[]shown) ([]byte, error) {
	members, err := Vocabulary{}.members(v)
	if err != nil {
		return nil, err
	}
	out := make(review.Members, 0, len(identityVerification))
	for _, table := range tables {
		for _, m := range table {
			value, _ := members.Get(m.name)
			if none(value) {
				value = json.RawMessage(m.otherwise)
			}
			if len(value) > 0 {
				out = append(out, review.Member{Name: m.name, Value: value})
			}
		}
	}
	return out.Bytes(), nil
}
