package cybrid_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

const guid = "9b3f1c5a7d2e4f60811a2b3c4d5e6f70"

var (
	production = review.Desk{Organization: strings.Repeat("0a", 16), Bank: strings.Repeat("0b", 16), BaseURL: "https://desk.example"}
	sandbox    = review.Desk{Organization: production.Organization, Bank: production.Bank, BaseURL: production.BaseURL, Sandbox: true}
)

// body is a request to be changed: members in no order.
type body map[string]any

// whole is a request that gives every member, soundly.
func whole() body {
	address := func() body {
		return body{"street": "1 Main St", "street2": "Unit 2", "city": "Springfield", "subdivision": "IL", "postal_code": "62701", "country_code": "US"}
	}
	return body{
		"type": "kyc", "method": "attested",
		"customer_guid": strings.Repeat("c", 32), "counterparty_guid": strings.Repeat("d", 32),
		"external_bank_account_guid": strings.Repeat("e", 32), "expected_behaviours": []any{},
		"country_code": "US", "require_tax_id": true,
		"name":          body{"first": "Ana", "middle": "B.", "last": "Ruiz & <Sons>", "full": "Ana B. Ruiz"},
		"address":       address(),
		"date_of_birth": "1990-02-14",
		"identification_numbers": []any{
			body{"type": "social_security_number", "issuing_country_code": "US", "identification_number": "078-05-1120"},
			body{"type": "drivers_license", "issuing_country_code": "US", "identification_number": "D1", "issuing_subdivision": "IL"},
		},
		"aliases":      []any{body{"full": "A. Ruiz"}},
		"phone_number": "+12175550123", "email_address": "ana@example.com", "website": "https://example.com",
		"nature_of_business": "Bakery", "director_customer_guids": []any{strings.Repeat("1", 32)},
		"ultimate_beneficial_owners": []any{body{"customer_guid": strings.Repeat("2", 32), "ownership_percentage": 51.5}},
		"supporting_file_guids":      []any{strings.Repeat("3", 32)},
		"registered_address":         address(),
		"business_industry":          "food", "business_funds_source": "sales", "business_funds_destination": "suppliers",
		"occupation": "Baker", "citizenship": "ES", "biometrics_verified": true,
	}
}

// with sets a value at a path; absent takes it out.
func (b body) with(path string, value any) body {
	name, rest, deeper := strings.Cut(path, ".")
	switch {
	case deeper:
		b[name] = b[name].(body).with(rest, value)
	case value == absent:
		delete(b, name)
	default:
		b[name] = value
	}
	return b
}

type nothing struct{}

var absent = nothing{}

func (b body) bytes() []byte {
	raw, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return raw
}

// goesWith is section 2's table: the documented types, their methods, and what each
// pair needs. It is written out again here so that it checks the one of the code.
var goesWith = map[string]map[string][]string{
	"kyc": {
		"attested":               {"name.first", "name.last", "address", "date_of_birth", "identification_numbers"},
		"document_submission":    nil,
		"enhanced_due_diligence": nil,
		"id_and_selfie":          nil,
		"tax_id_and_selfie":      nil,
		"business_registration":  nil,
		"attested_id_and_selfie": {"customer_guid", "name.first", "name.last", "address", "date_of_birth", "phone_number", "email_address"},
		"attested_business_registration": {"customer_guid", "name.full", "address", "identification_numbers", "phone_number", "email_address",
			"nature_of_business", "director_customer_guids", "supporting_file_guids",
			"registered_address", "business_industry", "business_funds_source", "business_funds_destination"},
		"attested_business_associate": {"customer_guid", "name.first", "name.last", "address", "date_of_birth", "identification_numbers",
			"phone_number", "email_address", "supporting_file_guids", "occupation", "citizenship", "biometrics_verified"},
		"attested_id_and_database": {"customer_guid", "name.first", "name.last", "address", "date_of_birth", "identification_numbers",
			"phone_number", "email_address", "supporting_file_guids", "biometrics_verified"},
		"watchlists": nil,
	},
	"counterparty": {"watchlists": {"counterparty_guid"}},
	"bank_account": {
		"attested_ownership": {"external_bank_account_guid", "name.full"},
		"account_ownership":  {"external_bank_account_guid"},
	},
}

// always is what stands in any request, or in any address it gives.
var always = []string{"type", "method", "address.street", "address.city", "address.country_code",
	"registered_address.street", "registered_address.city", "registered_address.country_code"}

// formatted are texts of which a blank one is malformed rather than missing.
var formatted = []string{"customer_guid", "counterparty_guid", "external_bank_account_guid", "date_of_birth", "citizenship"}

// paths lists every path of the whole request, objects and what lies in them.
func paths() []string {
	var out []string
	for name, value := range whole() {
		out = append(out, name)
		if inner, ok := value.(body); ok {
			for below := range inner {
				out = append(out, name+"."+below)
			}
		}
	}
	slices.Sort(out)
	return out
}

func each(do func(kind, method string, needed []string)) {
	for _, kind := range slices.Sorted(maps.Keys(goesWith)) {
		for _, method := range slices.Sorted(maps.Keys(goesWith[kind])) {
			do(kind, method, goesWith[kind][method])
		}
	}
}

func TestEveryTypeGoesWithItsOwnMethodsOnly(t *testing.T) {
	for _, kind := range cybrid.Types() {
		for _, method := range cybrid.Methods() {
			_, err := cybrid.ParseRequest(whole().with("type", kind).with("method", method).bytes(), production)
			_, allowed := goesWith[kind][method]
			switch {
			case allowed && err != nil:
				t.Errorf("%s by %s: %v", kind, method, err)
			case !allowed && refused(t, err).Code != "unsupported_value":
				t.Errorf("%s by %s: %v", kind, method, err)
			case !allowed && !strings.Contains(refused(t, err).Message, "method does not have a valid value: "):
				t.Errorf("%s by %s: %v", kind, method, err)
			}
		}
	}
}

func refused(t *testing.T, err error) review.Refused {
	t.Helper()
	var r *review.Refused
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal", err)
	}
	return *r
}

func TestEachMethodNeedsWhatIsDocumentedAndNothingElse(t *testing.T) {
	each(func(kind, method string, needed []string) {
		for _, path := range paths() {
			for words, gone := range map[string]any{"absent": absent, "null": nil, "blank": " "} {
				if _, isText := whole().at(path).(string); words == "blank" && !isText {
					continue
				}
				if words == "blank" && !slices.Contains(append(needed, always...), path) {
					continue // an optional text may be empty, an optional word may not: see the refusals
				}
				_, err := cybrid.ParseRequest(whole().with("type", kind).with("method", method).with(path, gone).bytes(), production)
				if words == "blank" && slices.Contains(formatted, path) {
					if got := refused(t, err); got.Code != "invalid_value" || !strings.HasPrefix(got.Message, path+": want ") || strings.Contains(got.Message, "missing") {
						t.Errorf("%s by %s, %s blank: %v", kind, method, path, got)
					}
					continue
				}
				if want := missing(path, needed); want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
					t.Errorf("%s by %s, %s %s: got %v, want %q", kind, method, path, words, err, want)
				}
			}
		}
	})
}

// at is the value at a path.
func (b body) at(path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		return b[name].(body).at(rest)
	}
	return b[name]
}

// missing is the answer where a path of the whole request is gone.
func missing(path string, needed []string) string {
	var names []string
	if slices.Contains(always, path) || slices.Contains(needed, path) {
		names = []string{path}
	}
	for _, n := range needed {
		if strings.HasPrefix(n, path+".") {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "missing_parameter: missing: " + strings.Join(names, ", ")
}

func TestABusinessIsAttestedByEitherVersion(t *testing.T) {
	v3 := []string{"registered_address", "business_industry", "business_funds_source", "business_funds_destination"}
	v2 := []string{"website", "ultimate_beneficial_owners"}
	business := func(without ...string) error {
		b := whole().with("method", "attested_business_registration")
		for _, path := range without {
			b = b.with(path, nil)
		}
		_, err := cybrid.ParseRequest(b.bytes(), production)
		return err
	}
	if err := business(v2...); err != nil {
		t.Errorf("the third version: %v", err)
	}
	if err := business(v3...); err != nil {
		t.Errorf("the second version: %v", err)
	}
	for _, path := range v2 {
		if err := business(append(v3, path)...); fmt.Sprint(err) != "missing_parameter: missing: "+path {
			t.Errorf("the second version without %s: %v", path, err)
		}
	}
	for i, given := range v3 { // one of its members makes it the third version
		others := slices.Delete(slices.Clone(v3), i, i+1)
		want := "missing_parameter: missing: " + strings.Join(others, ", ")
		if err := business(others...); fmt.Sprint(err) != want {
			t.Errorf("%s alone: got %v, want %s", given, err, want)
		}
	}
}
