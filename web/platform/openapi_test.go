package platform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/coinify"
	"reviewdesk/review/cybrid"
	"reviewdesk/web/platform/contract"
)

var dayOne = time.Date(2026, 3, 2, 9, 15, 4, 120_931_000, time.UTC)

func value(t *testing.T, text []byte) any {
	t.Helper()
	v, err := contract.Value(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func description(t *testing.T) (*contract.Contract, map[string]any) {
	t.Helper()
	text := Description("http://127.0.0.1:8080")
	c, err := contract.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return c, value(t, text).(map[string]any)
}

func TestTheDescriptionIsOpenAPI31(t *testing.T) {
	text, err := os.ReadFile("testdata/openapi/schema-3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema-3.1.json", value(t, text)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema-3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	_, doc := description(t)
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	doc["openapi"] = "3.0.0"
	if schema.Validate(doc) == nil {
		t.Error("the schema takes everything")
	}
}

func TestTheDescriptionNamesThisDesk(t *testing.T) {
	text := Description("https://kyc.desk.test")
	if bytes.Contains(text, []byte("desk.example")) || !bytes.Contains(text, []byte(`"servers": [{"url": "https://kyc.desk.test"`)) ||
		!bytes.Contains(text, []byte(`"tokenUrl": "https://kyc.desk.test/oauth/token"`)) {
		t.Error("the description names another desk")
	}
	if !json.Valid(Description(`http://"quoted"`)) {
		t.Error("an odd address breaks the JSON")
	}
}

// walk calls look for every object of the description, with its pointer.
func walk(at string, v any, look func(at string, object map[string]any)) {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	switch v := v.(type) {
	case map[string]any:
		look(at, v)
		for name, inner := range v {
			walk(at+"/"+escape.Replace(name), inner, look)
		}
	case []any:
		for i, inner := range v {
			walk(fmt.Sprintf("%s/%d", at, i), inner, look)
		}
	}
}

func TestEveryExampleMatchesItsSchema(t *testing.T) {
	c, doc := description(t)
	schemas, examples := 0, 0
	check := func(at, schema string, v any) {
		examples++
		if err := c.Valid(schema, v); err != nil {
			t.Errorf("%s: %v", at, err)
		}
	}
	walk("", doc, func(at string, object map[string]any) {
		if strings.Contains(at, "/value/") || strings.HasSuffix(at, "/value") {
			return // an example itself
		}
		if _, is := object["schema"].(map[string]any); is {
			schemas++
			if err := c.Valid(at+"/schema", nil); err != nil && !isInvalid(err) {
				t.Errorf("%s/schema is no schema: %v", at, err)
			}
			if example, there := object["example"]; there {
				check(at, at+"/schema", example)
			}
			named, _ := object["examples"].(map[string]any)
			for name, example := range named {
				check(at+" "+name, at+"/schema", example.(map[string]any)["value"])
			}
		}
		if strings.HasPrefix(at, "/components/schemas/") && strings.Count(at, "/") == 3 {
			schemas++
			if err := c.Valid(at, nil); err != nil && !isInvalid(err) {
				t.Errorf("%s is no schema: %v", at, err)
			}
		}
		list, _ := object["examples"].([]any)
		for _, example := range list {
			check(at, at, example)
		}
	})
	if schemas < 100 || examples < 80 {
		t.Errorf("only %d schemas and %d examples were found", schemas, examples)
	}
}

func isInvalid(err error) bool {
	_, invalid := err.(*jsonschema.ValidationError)
	return invalid
}

// words reads a schema's list, also an open one.
func words(t *testing.T, doc map[string]any, name string) []string {
	t.Helper()
	schema := doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	list, closed := schema["enum"].([]any)
	if !closed {
		list = schema["anyOf"].([]any)[0].(map[string]any)["enum"].([]any)
	}
	var out []string
	for _, word := range list {
		out = append(out, word.(string))
	}
	return out
}

func TestEveryListOfWordsIsTheOneInCode(t *testing.T) {
	_, doc := description(t)
	requested := slices.DeleteFunc(cybrid.Methods(), func(m string) bool { return m == cybrid.MethodPlaidIdentityMatch })
	for name, want := range map[string][]string{
		"Type": cybrid.Types(), "Method": requested, "State": cybrid.States(), "Outcome": cybrid.Outcomes(), "ExpectedBehaviour": cybrid.Behaviours(),
		"NumberType": cybrid.NumberTypes(), "PersonaState": cybrid.PersonaStates(), "CheckType": cybrid.CheckTypes(), "CheckOutcome": cybrid.CheckOutcomes(),
		"DecisionState": cybrid.DecisionStates(), "FailureCode": codes(cybrid.Codes()), "AttemptState": coinify.States(), "RejectReason": coinify.Reasons(),
	} {
		got := words(t, doc, name)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", name, got, want)
		}
	}
}

func codes(all []review.Code) (out []string) {
	for _, c := range all {
		out = append(out, c.Code)
	}
	return out
}

func TestTheScopesAreTheOnesThatClientsCanHave(t *testing.T) {
	_, doc := description(t)
	flow := doc["components"].(map[string]any)["securitySchemes"].(map[string]any)["oauth2"].(map[string]any)["flows"].(map[string]any)["clientCredentials"]
	var got []string
	for scope := range flow.(map[string]any)["scopes"].(map[string]any) {
		got = append(got, scope)
	}
	want := db.Scopes()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestTheDescriptionAndTheCodeTakeTheSameBodies walks the create bodies: what the description takes,
// the code takes, and the other way round.
func TestTheDescriptionAndTheCodeTakeTheSameBodies(t *testing.T) {
	c, _ := description(t)
	sandbox := review.Desk{Sandbox: true}
	for _, kind := range cybrid.Types() {
		for _, method := range cybrid.Methods() {
			for _, without := range append([]string{""}, everything...) {
				for _, instead := range []any{absent{}, nil, " ", []any{}} {
					body := bodyOf(t, kind, method, without, instead)
					_, err := cybrid.ParseRequest(body, sandbox)
					said := c.Valid("/components/schemas/PostIdentityVerification", value(t, body))
					if (err == nil) != (said == nil) {
						t.Errorf("%s by %s with %v for %q: the code says %v, the description %v", kind, method, instead, without, err, said)
					}
				}
			}
		}
	}
}

// everything that a create body may hold beside type and method.
var everything = []string{
	"customer_guid", "counterparty_guid", "external_bank_account_guid", "name", "address", "date_of_birth", "identification_numbers", "phone_number",
	"email_address", "website", "nature_of_business", "director_customer_guids", "ultimate_beneficial_owners", "supporting_file_guids",
	"occupation", "citizenship", "biometrics_verified",
}

// absent stands for a member that is left out.
type absent struct{}

func isAbsent(v any) bool {
	_, is := v.(absent)
	return is
}

// bodyOf is a create body with all members but one, in whose place stands instead.
func bodyOf(t *testing.T, kind, method, without string, instead any) []byte {
	t.Helper()
	const guid = "a4b39fd7e1c84f0f9d25c6a81f3e7b10"
	full := map[string]any{
		"type": kind, "method": method, "customer_guid": guid, "counterparty_guid": guid, "external_bank_account_guid": guid,
		"name":    map[string]any{"first": "Example", "last": "Applicant", "full": "Example Applicant"},
		"address": map[string]any{"street": "1 Example Street", "city": "Exampleton", "country_code": "US"}, "date_of_birth": "1990-01-31",
		"identification_numbers": []any{map[string]any{"type": "passport", "issuing_country_code": "US", "identification_number": "X"}},
		"phone_number":           "+1", "email_address": "a@b.example", "website": "https://b.example", "nature_of_business": "Examples",
		"director_customer_guids": []any{guid}, "ultimate_beneficial_owners": []any{map[string]any{"customer_guid": guid, "ownership_percentage": 25.5}},
		"supporting_file_guids": []any{guid}, "occupation": "Examiner", "citizenship": "US", "biometrics_verified": true,
	}
	full[without] = instead
	if without == "" || isAbsent(instead) {
		delete(full, without)
	}
	text, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheObjectsMadeHereMatchTheDescription(t *testing.T) {
	c, _ := description(t)
	for _, method := range cybrid.Methods() {
		for _, kind := range cybrid.Types() {
			r, err := cybrid.ParseRequest(bodyOf(t, kind, method, "", nil), review.Desk{})
			if err != nil {
				continue
			}
			object, err := r.Object("5b1f0c7e2d9a4c6f8e3a1b7d4c905e62", dayOne)
			if err != nil {
				t.Fatal(err)
			}
			follow(t, c, object, r.Road())
			follow(t, c, object, review.RoadPassed)
			follow(t, c, object, review.RoadFailed)
			follow(t, c, object, review.RoadTaxIDNotChecked)
		}
	}
}

// follow takes a verification down its road and holds every stop against the
// description, as lists and get show it.
func follow(t *testing.T, c *contract.Contract, object []byte, road review.Road) {
	t.Helper()
	for stops := 0; stops < 9; stops++ {
		v, _, err := cybrid.Vocabulary{}.Parse(object)
		if err != nil {
			t.Fatal(err)
		}
		listed, err1 := cybrid.Listed(v)
		detailed, err2 := cybrid.Detailed(v, true)
		_, event, _ := cybrid.Vocabulary{}.Notice(v, review.Desk{Organization: strings.Repeat("0", 32)}, "5a0c1f6e0b1d4c439a543a8d6f2f7b11", dayOne)
		for name, text := range map[string][]byte{"IdentityVerification": listed, "IdentityVerificationWithDetails": detailed, "CybridEvent": event} {
			if err := c.Valid("/components/schemas/"+name, value(t, text)); err1 != nil || err2 != nil || err != nil {
				t.Fatalf("%s by %s: %v %v %v\n%s", v.Arrived.State, v.Method, err1, err2, err, text)
			}
		}
		at, moves := cybrid.Vocabulary{}.Due(v, road)
		if !moves {
			return
		}
		if object, err = (cybrid.Vocabulary{}).Advance(v, road, at); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the road never ends")
}

func TestEveryMemberThatTheCodeReadsIsDescribed(t *testing.T) {
	_, doc := description(t)
	schema := doc["components"].(map[string]any)["schemas"].(map[string]any)["PostIdentityVerification"].(map[string]any)
	var described []string
	for name := range schema["properties"].(map[string]any) {
		described = append(described, name)
	}
	read := fieldsOf(reflect.TypeFor[cybrid.Request]())
	slices.Sort(described)
	slices.Sort(read)
	if !slices.Equal(described, read) {
		t.Errorf("described %v\nread      %v", described, read)
	}
}

// fieldsOf lists the JSON names of a struct, those of embedded structs too.
func fieldsOf(of reflect.Type) (names []string) {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			names = append(names, fieldsOf(f.Type)...)
		case name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}
