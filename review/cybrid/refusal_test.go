package cybrid_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

func TestWhatIsRefusedAndHowItIsSaid(t *testing.T) {
	hex := func(n int) string { return strings.Repeat("a", n) }
	list := func(n int, item any) []any { return slices.Repeat([]any{item}, n) }
	owners := func(percentage any) []any {
		return []any{body{"customer_guid": hex(32), "ownership_percentage": percentage}}
	}
	const country = "want a country of ISO 3166 in two capital letters, such as US, got "
	const hexadecimal = "want 32 hexadecimal digits without hyphens, got "
	for _, test := range []struct {
		name, path string
		value      any
		want       string // "" is accepted
	}{
		{"a type that is a business", "type", "kyb", "unsupported_value: type does not have a valid value: want one of kyc, bank_account, counterparty, got kyb"},
		{"a type in capitals", "type", "KYC", "unsupported_value: type does not have a valid value: want one of kyc, bank_account, counterparty"},
		{"an empty type", "type", "", "missing_parameter: missing: type"},
		{"a type that is a number", "type", 1, "invalid_parameter: type: want a text, got a number"},
		{"a method that is a list", "method", []any{}, "invalid_parameter: method: want a text, got a list"},
		{"a guid of 31 digits", "customer_guid", hex(31), "invalid_value: customer_guid: " + hexadecimal + "31 characters"},
		{"a guid of 33 digits", "counterparty_guid", hex(33), "invalid_value: counterparty_guid: " + hexadecimal + "33 characters"},
		{"a guid with hyphens", "external_bank_account_guid", "9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70", "invalid_value: external_bank_account_guid: " + hexadecimal + "36 characters"},
		{"a guid of other letters", "customer_guid", strings.Repeat("g", 32), "invalid_value: customer_guid: " + hexadecimal + "other characters too"},
		{"a guid in capitals", "customer_guid", strings.Repeat("A", 32), ""},
		{"a guid that is a number", "customer_guid", 12, "invalid_parameter: customer_guid: want a text, got a number"},
		{"an empty guid", "customer_guid", "", "invalid_value: customer_guid: " + hexadecimal + "0 characters"},
		{"a country that is none", "country_code", "XX", "invalid_value: country_code: " + country + "no such country"},
		{"a country in small letters", "country_code", "us", "invalid_value: country_code: " + country + "no such country"},
		{"a country of three letters", "country_code", "USA", "invalid_value: country_code: " + country + "3 characters"},
		{"the country of an address", "address.country_code", "ZZ", "invalid_value: address.country_code: " + country + "no such country"},
		{"a citizenship that is none", "citizenship", "EU", "invalid_value: citizenship: " + country + "no such country"},
		{"a tax id that is a text", "require_tax_id", "true", "invalid_parameter: require_tax_id: want true or false, got a text"},
		{"a tax id not required", "require_tax_id", false, ""},
		{"biometrics that are a number", "biometrics_verified", 1, "invalid_parameter: biometrics_verified: want true or false, got a number"},
		{"a name that is a text", "name", "Ana Ruiz", "invalid_parameter: name: want an object, got a text"},
		{"a first name that is a list", "name.first", []any{"Ana"}, "invalid_parameter: name.first: want a text, got a list"},
		{"an address that is a list", "address", []any{}, "invalid_parameter: address: want an object, got a list"},
		{"a street that is a number", "address.street", 1, "invalid_parameter: address.street: want a text, got a number"},
		{"a subdivision of four letters", "address.subdivision", "ILLI", "invalid_value: address.subdivision: want 1 to 3 characters, got 4"},
		{"an empty subdivision", "registered_address.subdivision", "", "invalid_value: registered_address.subdivision: want 1 to 3 characters, got 0"},
		{"a subdivision of three signs that are not ASCII", "address.subdivision", "ÄÖÜ", ""},
		{"an empty second street", "address.street2", "", ""},
		{"a birth date that is none", "date_of_birth", "1990-02-30", "invalid_value: date_of_birth: want a date such as 1990-02-14"},
		{"a birth date in another order", "date_of_birth", "14.02.1990", "invalid_value: date_of_birth: want a date such as 1990-02-14"},
		{"a birth date with a time", "date_of_birth", "1990-02-14T00:00:00Z", "invalid_value: date_of_birth: want a date such as 1990-02-14"},
		{"a birth date of long ago", "date_of_birth", "1899-12-31", "invalid_value: date_of_birth: want a date from 1900 on, got an earlier one"},
		{"the first day", "date_of_birth", "1900-01-01", ""},
		{"numbers that are an object", "identification_numbers", body{}, "invalid_parameter: identification_numbers: want a list, got an object"},
		{"no numbers", "identification_numbers", []any{}, "invalid_value: identification_numbers: want 1 to 10 items, got 0"},
		{"eleven numbers", "identification_numbers", list(11, body{}), "invalid_value: identification_numbers: want 1 to 10 items, got 11"},
		{"a number that is null", "identification_numbers", []any{nil}, "invalid_parameter: identification_numbers[0]: want an object, got null"},
		{"a number of nothing", "identification_numbers", []any{body{}}, "missing_parameter: missing: identification_numbers[0].type, identification_numbers[0].issuing_country_code, identification_numbers[0].identification_number"},
		{"a number of an unknown type", "identification_numbers", numbers("ssn"), "unsupported_value: identification_numbers[0].type does not have a valid value: want one of " + strings.Join(cybrid.NumberTypes(), ", ")},
		{"two numbers of one type", "identification_numbers", numbers("passport", "visa", "passport"), "invalid_value: identification_numbers: duplicate type passport, want each once"},
		{"a number's long subdivision", "identification_numbers", []any{body{"type": "visa", "issuing_country_code": "US", "identification_number": "1", "issuing_subdivision": "ABCD"}}, "invalid_value: identification_numbers[0].issuing_subdivision: want 1 to 3 characters, got 4"},
		{"aliases that are texts", "aliases", []any{"Ana"}, "invalid_parameter: aliases[0]: want an object, got a text"},
		{"an alias that is null within", "aliases", []any{body{"full": nil}}, ""},
		{"no aliases", "aliases", []any{}, ""},
		{"an unknown member of an alias", "aliases", []any{body{"full": "A", "first": "B"}}, "invalid_parameter: unknown: aliases[0].first"},
		{"a business that is told at length", "nature_of_business", strings.Repeat("ä", 256), ""},
		{"a business that is told too long", "nature_of_business", strings.Repeat("ä", 257), "invalid_value: nature_of_business: want 0 to 256 characters, got 257"},
		{"no directors", "director_customer_guids", []any{}, "invalid_value: director_customer_guids: want 1 to 50 items, got 0"},
		{"fifty directors", "director_customer_guids", list(50, hex(32)), ""},
		{"fifty-one directors", "director_customer_guids", list(51, hex(32)), "invalid_value: director_customer_guids: want 1 to 50 items, got 51"},
		{"a director's short guid", "director_customer_guids", []any{hex(32), "a"}, "invalid_value: director_customer_guids[1]: " + hexadecimal + "1 characters"},
		{"a director who is null", "director_customer_guids", []any{nil}, "invalid_parameter: director_customer_guids[0]: want a text, got null"},
		{"no files", "supporting_file_guids", []any{}, "invalid_value: supporting_file_guids: want 1 to 10 items, got 0"},
		{"a file's guid with hyphens", "supporting_file_guids", []any{"9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70"}, "invalid_value: supporting_file_guids[0]: " + hexadecimal + "36 characters"},
		{"ten files", "supporting_file_guids", list(10, hex(32)), ""},
		{"eleven files", "supporting_file_guids", list(11, hex(32)), "invalid_value: supporting_file_guids: want 1 to 10 items, got 11"},
		{"no owners", "ultimate_beneficial_owners", []any{}, ""},
		{"fifty-one owners", "ultimate_beneficial_owners", list(51, body{}), "invalid_value: ultimate_beneficial_owners: want 0 to 50 items, got 51"},
		{"an owner of all", "ultimate_beneficial_owners", owners(100), ""},
		{"an owner of more than all", "ultimate_beneficial_owners", owners(100.1), "invalid_value: ultimate_beneficial_owners[0].ownership_percentage: want a number above 0 and up to 100, got one out of range"},
		{"an owner of nothing", "ultimate_beneficial_owners", owners(0), "invalid_value: ultimate_beneficial_owners[0].ownership_percentage: want a number above 0 and up to 100, got one out of range"},
		{"an owner of less than nothing", "ultimate_beneficial_owners", owners(-1), "invalid_value: ultimate_beneficial_owners[0].ownership_percentage: want a number above 0 and up to 100, got one out of range"},
		{"a share beyond all numbers", "ultimate_beneficial_owners", owners(json.RawMessage("1e999")), "invalid_value: ultimate_beneficial_owners[0].ownership_percentage: want a number above 0 and up to 100, got one out of range"},
		{"a share that is a text", "ultimate_beneficial_owners", owners("51"), "invalid_parameter: ultimate_beneficial_owners[0].ownership_percentage: want a number, got a text"},
		{"an owner without a share", "ultimate_beneficial_owners", owners(nil), "missing_parameter: missing: ultimate_beneficial_owners[0].ownership_percentage"},
		{"an owner's long guid", "ultimate_beneficial_owners", []any{body{"customer_guid": hex(33), "ownership_percentage": 1}}, "invalid_value: ultimate_beneficial_owners[0].customer_guid: " + hexadecimal + "33 characters"},
		{"a phone that is a number", "phone_number", 1, "invalid_parameter: phone_number: want a text, got a number"},
		{"an e-mail that is an object", "email_address", body{}, "invalid_parameter: email_address: want a text, got an object"},
		{"a website that is true", "website", true, "invalid_parameter: website: want a text, got true or false"},
		{"an occupation that is a list", "occupation", []any{}, "invalid_parameter: occupation: want a text, got a list"},
		{"an industry that is a number", "business_industry", 1, "invalid_parameter: business_industry: want a text, got a number"},
		{"a source that is a number", "business_funds_source", 1, "invalid_parameter: business_funds_source: want a text, got a number"},
		{"a destination that is a number", "business_funds_destination", 1, "invalid_parameter: business_funds_destination: want a text, got a number"},
		{"an unknown member", "nickname", "Ani", "invalid_parameter: unknown: nickname"},
		{"an unknown member that is null", "nickname", nil, "invalid_parameter: unknown: nickname"},
		{"an unknown member further in", "address.zip", "62701", "invalid_parameter: unknown: address.zip"},
		{"a member in capitals", "Nature_Of_Business2", 1, "invalid_parameter: unknown: Nature_Of_Business2"},
		{"a strange name", "ana@example", 1, "invalid_parameter: unknown: (unusual name)"},
		{"a member of the answer", "guid", guid, "invalid_parameter: unknown: guid"},
		{"our own extension", "reviewdesk", body{}, "invalid_parameter: unknown: reviewdesk"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cybrid.ParseRequest(whole().with("method", "watchlists").with(test.path, test.value).bytes(), production)
			if got := fmt.Sprint(err); got != test.want && !(err == nil && test.want == "") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// numbers are identification numbers of the types given.
func numbers(types ...string) []any {
	var out []any
	for _, kind := range types {
		out = append(out, body{"type": kind, "issuing_country_code": "US", "identification_number": "1"})
	}
	return out
}

func TestABodyThatIsNoSoundObjectIsRefused(t *testing.T) {
	deep := func(levels int) string {
		return `{"type":"kyc","method":"id_and_selfie","x":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	for _, test := range []struct{ name, body, want string }{
		{"nothing", ``, "the object: want one JSON object"},
		{"a list", `[]`, "the object: want one JSON object"},
		{"two objects", `{}{}`, "the object: something follows it"},
		{"a member twice", `{"type":"kyc","type":"kyc"}`, "type: stands twice (capitals make no difference)"},
		{"a member twice in other capitals", `{"type":"kyc","Type":"kyc"}`, "Type: stands twice (capitals make no difference)"},
		{"a member twice further in", `{"name":{"first":"a","First":"b"}}`, "name.First: stands twice (capitals make no difference)"},
		{"bytes that are no text", "{\"type\":\"\xff\"}", "type: holds bytes that are no UTF-8"},
		{"half a character", `{"name":{"first":"\ud800"}}`, "name.first: holds half a character (a lone high surrogate)"},
		{"a control character", `{"name":{"first":"\u0000"}}`, "name.first: holds a control character"},
		{"seventeen levels", deep(17), "x" + strings.Repeat("[0]", 15) + ": lies deeper than 16 levels"},
		{"sixteen levels are sound, if unknown", deep(16), "unknown: x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := cybrid.ParseRequest([]byte(test.body), production)
			if got := refused(t, err); got.Code != "invalid_parameter" || got.Message != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestEveryMistakeIsToldAtOnceAndTheListIsShort(t *testing.T) {
	_, err := cybrid.ParseRequest([]byte(`{"Type":"kyc","method":"x y","zip":1,"address":{"town":2,"country_code":"us"}}`), production)
	const want = "invalid_parameter: unknown: address.town, Type (write type), zip; " +
		"method does not have a valid value: want one of attested, document_submission, enhanced_due_diligence, id_and_selfie, tax_id_and_selfie, business_registration, " +
		"attested_id_and_selfie, attested_business_registration, attested_business_associate, attested_id_and_database, watchlists, attested_ownership, account_ownership; " +
		"address.country_code: want a country of ISO 3166 in two capital letters, such as US, got no such country; missing: type, address.street, address.city"
	if got := fmt.Sprint(err); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	many := whole()
	for i := range 1000 {
		many[fmt.Sprintf("x%d", i)] = 1
	}
	many["aliases"] = slices.Repeat([]any{1}, 1000)
	_, err = cybrid.ParseRequest(many.bytes(), production)
	got := refused(t, err).Message
	if !strings.Contains(got, "and 980 more; aliases[0]") || !strings.HasSuffix(got, "; and 981 more") || len(got) > 3000 {
		t.Errorf("got %d characters: %s", len(got), got)
	}
}

func TestARefusalQuotesNothingPersonal(t *testing.T) {
	const secret = "Zzyzx-1234"
	for _, path := range paths() {
		for _, value := range []any{secret, []any{secret}, body{secret: secret, "first": []any{secret}, "type": secret}, []any{body{"type": secret, "full": 1}}} {
			_, err := cybrid.ParseRequest(whole().with(path, value).bytes(), production)
			if err != nil && strings.Contains(err.Error(), secret) && !strings.Contains(err.Error(), "."+secret) && !strings.Contains(err.Error(), "unknown: "+secret) {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestEveryWordOfEverySetIsTaken(t *testing.T) {
	for _, kind := range cybrid.NumberTypes() {
		if _, err := cybrid.ParseRequest(whole().with("identification_numbers", numbers(kind)).bytes(), production); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	var taken int
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			if _, err := cybrid.ParseRequest(whole().with("country_code", string([]rune{a, b})).bytes(), production); err == nil {
				taken++
			}
		}
	}
	if taken != 250 { // the 249 of ISO 3166-1, and Kosovo
		t.Errorf("%d countries", taken)
	}
}

func TestExpectedBehavioursChooseTheRoadInTheSandboxOnly(t *testing.T) {
	const contradict = "invalid_parameter: expected_behaviours: want one end at most, got several that contradict each other"
	for _, test := range []struct {
		name  string
		given any
		road  review.Road
		want  string // in the sandbox
	}{
		{"none", nil, "", ""},
		{"an empty list", []any{}, "", ""},
		{"passed", []any{"passed_immediately"}, review.RoadPassed, ""},
		{"failed", []any{"failed_immediately"}, review.RoadFailed, ""},
		{"a tax id not checked", []any{"tax_id_not_checked"}, review.RoadTaxIDNotChecked, ""},
		{"our own review", []any{"review_required"}, review.RoadReview, ""},
		{"passed without a tax id", []any{"tax_id_not_checked", "passed_immediately"}, review.RoadTaxIDNotChecked, ""},
		{"failed without a tax id", []any{"tax_id_not_checked", "failed_immediately"}, review.RoadFailed, ""},
		{"a review without a tax id", []any{"review_required", "tax_id_not_checked"}, review.RoadReview, ""},
		{"one said fifty times", slices.Repeat([]any{"passed_immediately"}, 50), review.RoadPassed, ""},
		{"one said fifty-one times", slices.Repeat([]any{"passed_immediately"}, 51), "", "invalid_value: expected_behaviours: want 0 to 50 items, got 51"},
		{"passed and failed", []any{"passed_immediately", "failed_immediately"}, "", contradict},
		{"passed and reviewed", []any{"passed_immediately", "review_required"}, "", contradict},
		{"an unknown one", []any{"passed"}, "", "invalid_parameter: expected_behaviours[0]: expected behaviour invalid, want one of passed_immediately, failed_immediately, tax_id_not_checked, review_required"},
		{"a number", []any{1}, "", "invalid_parameter: expected_behaviours[0]: want a text, got a number"},
		{"a text", "passed_immediately", "", "invalid_parameter: expected_behaviours: want a list, got a text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := whole().with("method", "id_and_selfie").with("expected_behaviours", test.given).bytes()
			r, err := cybrid.ParseRequest(b, sandbox)
			if got := fmt.Sprint(err); err == nil && r.Road() != test.road || got != test.want && !(err == nil && test.want == "") {
				t.Errorf("got %q, %v", r.Road(), err)
			}
			_, err = cybrid.ParseRequest(b, production)
			if list, ok := test.given.([]any); ok && len(list) > 0 && test.road != "" {
				if fmt.Sprint(err) != "invalid_parameter: expected_behaviours: this desk is no sandbox and takes none" {
					t.Errorf("outside the sandbox: %v", err)
				}
			}
		})
	}
}

func TestEveryRequestBecomesAVerificationThatIsStored(t *testing.T) {
	each(func(kind, method string, _ []string) {
		r, err := cybrid.ParseRequest(whole().with("type", kind).with("method", method).bytes(), production)
		if err != nil {
			t.Fatal(err)
		}
		object, err := r.Object(guid, now)
		if err != nil {
			t.Fatal(err)
		}
		v := parse(t, object)
		if v.Status != review.StatusArriving || v.Arrived.State != "storing" || v.Kind != kind || v.Method != method || v.ProviderID != guid {
			t.Errorf("%s by %s became %+v", kind, method, v)
		}
		person := map[bool]string{true: strings.Repeat("d", 32), false: strings.Repeat("c", 32)}[kind == cybrid.TypeCounterparty]
		if v.Subject.Name != "Ana B. Ruiz" || v.Subject.Country != "US" || v.Subject.Number != "078-05-1120" || v.Subject.Email != "ana@example.com" ||
			v.Subject.Reference != person || !v.CreatedAt.Equal(now) || !v.UpdatedAt.Equal(now) || len(v.Findings) != 0 {
			t.Errorf("the person is %+v", v.Subject)
		}
	})
}

func TestAnObjectIsRefusedItsGuidAndABirthToCome(t *testing.T) {
	r, err := cybrid.ParseRequest(whole().with("date_of_birth", "2026-09-03").bytes(), production)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Object(guid, now)
	if got := refused(t, err); got.Code != "invalid_value" || got.Message != "date_of_birth: want a date in the past, got one to come" {
		t.Errorf("got %v", got)
	}
	if _, err := r.Object(guid, now.Add(48*time.Hour)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "9b3f", strings.ToUpper(guid), "9b3f1c5a-7d2e-4f60-811a-2b3c4d5e6f70"} {
		if _, err := r.Object(bad, now.AddDate(1, 0, 0)); err == nil {
			t.Errorf("%q is a guid", bad)
		}
	}
}

func TestTheCountryOfTheCheckReachesTheDeskAndNotTheAnswer(t *testing.T) {
	r, err := cybrid.ParseRequest([]byte(`{"type":"kyc","method":"id_and_selfie","country_code":"CA"}`), production)
	if err != nil {
		t.Fatal(err)
	}
	object, err := r.Object(guid, now)
	if err != nil {
		t.Fatal(err)
	}
	v := parse(t, object)
	if v.Country() != "CA" || strings.Contains(string(v.Object), "CA") {
		t.Errorf("the desk reads %q and keeps %s", v.Country(), v.Object)
	}
}
