package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
	"reviewdesk/web/platform"
)

const identityVerifications = "/api/identity_verifications"

// The documented members, in their order (facts/cybrid.md, section 3). Guids that do
// not apply are left out.
var (
	listedKeys   = []string{"guid", "type", "method", "created_at", "updated_at", "state", "outcome", "failure_codes", "compliance_decisions", "options"}
	detailedKeys = append(slices.Clone(listedKeys), "compliance_checks", "persona_inquiry_id", "persona_state", "business_associates", "documents", "supporting_files")
)

func withCustomer(keys []string) []string {
	return slices.Insert(slices.Clone(keys), 5, "customer_guid")
}

// identity holds everything that any method of type kyc asks for.
func identity(method string) map[string]any {
	person := map[string]any{
		"type": "kyc", "method": method, "customer_guid": "6d3f1c0b2a9e48d7b5c4a3f2e1d0c9b8",
		"name":          map[string]any{"first": "Zoila", "middle": nil, "last": "Quispe", "full": "Zoila Quispe"},
		"address":       map[string]any{"street": "Calle Luna 7", "street2": nil, "city": "Lima", "subdivision": "LMA", "postal_code": "15001", "country_code": "PE"},
		"date_of_birth": "1990-02-14", "phone_number": "+5115550100", "email_address": "zoila@applicant.example", "occupation": "Chemist", "citizenship": "PE",
		"identification_numbers": []any{map[string]any{"type": "passport", "issuing_country_code": "PE", "identification_number": "X1234567", "issuing_subdivision": nil}},
		"supporting_file_guids":  []any{"00000000000000000000000000000001"}, "biometrics_verified": true,
		"website": "https://example.com", "nature_of_business": "Chemistry", "director_customer_guids": []any{"00000000000000000000000000000002"},
		"ultimate_beneficial_owners": []any{map[string]any{"customer_guid": "00000000000000000000000000000003", "ownership_percentage": 25}},
	}
	return person
}

func text64(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// made creates a verification and returns its guid.
func (p *apiClient) made(body string) string {
	p.d.t.Helper()
	w := p.send("POST", identityVerifications, body)
	wantStatus(p.d.t, w, http.StatusCreated)
	return textOf(p.d.t, w, "guid")
}

// moved lets every case take the steps that are due, second by second.
func (d *testDesk) moved(seconds int) {
	d.t.Helper()
	for range seconds {
		d.Clock.Move(time.Second)
		if _, err := d.MoveDue(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (p *apiClient) shown(guid string) map[string]any {
	p.d.t.Helper()
	w := p.send("GET", identityVerifications+"/"+guid, "")
	wantStatus(p.d.t, w, http.StatusOK)
	return members(p.d.t, w)
}

func TestEveryTypeAndMethodCanBeMadeAndIsAnsweredAsDocumented(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	for _, method := range cybrid.Methods() {
		body := identity(method)
		keys, details := withCustomer(listedKeys), withCustomer(detailedKeys)
		switch method {
		case cybrid.MethodPlaidIdentityMatch:
			continue // gone
		case cybrid.MethodAttestedOwnership, cybrid.MethodAccountOwnership:
			body["type"], body["external_bank_account_guid"] = "bank_account", "00000000000000000000000000000004"
			keys = slices.Insert(slices.Clone(keys), 6, "external_bank_account_guid")
			details = slices.Insert(slices.Clone(details), 6, "external_bank_account_guid")
		}
		w := p.send("POST", identityVerifications, text64(body))
		wantStatus(t, w, http.StatusCreated)
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, keys) {
			t.Errorf("%s is made with %v", method, got)
		}
		made := members(t, w)
		if made["state"] != "storing" || made["outcome"] != nil || made["method"] != method || text64(made["failure_codes"]) != "[]" || text64(made["compliance_decisions"]) != "[]" {
			t.Errorf("%s is made as %s", method, w.Body)
		}
		guid := made["guid"].(string)
		if _, ok := cybrid.ID(guid); !ok {
			t.Errorf("guid %q", guid)
		}
		w = p.send("GET", identityVerifications+"/"+guid, "")
		wantStatus(t, w, http.StatusOK)
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, details) {
			t.Errorf("%s is shown with %v", method, got)
		}
		for _, personal := range []string{"Zoila", "X1234567", "1990-02-14", "Luna", "5550100", "applicant.example"} {
			if strings.Contains(w.Body.String(), personal) {
				t.Errorf("%s shows %q to who did not ask for personal data", method, personal)
			}
		}
		w = p.send("GET", identityVerifications+"/"+guid+"?include_pii=true", "")
		if got := keysOf(t, w.Body.Bytes()); !slices.Equal(got, append(details, "pii")) || !strings.Contains(w.Body.String(), "X1234567") {
			t.Errorf("%s is shown with %v", method, got)
		}
		for _, at := range []string{"created_at", "updated_at"} {
			if _, err := time.Parse("2006-01-02T15:04:05.000000Z", made[at].(string)); err != nil {
				t.Error(err)
			}
		}
	}
	guid := p.made(`{"type":"counterparty","method":"watchlists","counterparty_guid":"00000000000000000000000000000005","customer_guid":null,"name":null,"expected_behaviours":null}`)
	if got := p.shown(guid); got["type"] != "counterparty" || got["counterparty_guid"] != "00000000000000000000000000000005" {
		t.Errorf("%v", got)
	}
}

func TestEachDocumentedRefusalOfACreate(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	without := func(method, name string) string {
		body := identity(method)
		delete(body, name)
		return text64(body)
	}
	with := func(name string, value any) string {
		body := identity("attested")
		body[name] = value
		return text64(body)
	}
	for _, test := range []struct {
		what, body, code, says string
	}{
		{"no type", `{"method":"attested"}`, "missing_parameter", "type"},
		{"type null", `{"type":null,"method":"attested"}`, "missing_parameter", "type"},
		{"no such type", `{"type":"kyb","method":"business_registration"}`, "unsupported_value", "type does not have a valid value"},
		{"no method", `{"type":"kyc"}`, "missing_parameter", "method"},
		{"no such method", `{"type":"kyc","method":"video"}`, "unsupported_value", "method"},
		{"a method that is gone", `{"type":"bank_account","method":"plaid_identity_match","external_bank_account_guid":"00000000000000000000000000000004"}`, "unsupported_value", "method"},
		{"a method of another type", `{"type":"counterparty","method":"attested"}`, "unsupported_value", "method"},
		{"no counterparty", `{"type":"counterparty","method":"watchlists"}`, "missing_parameter", "counterparty_guid"},
		{"no bank account", `{"type":"bank_account","method":"account_ownership"}`, "missing_parameter", "external_bank_account_guid"},
		{"no name", without("attested", "name"), "missing_parameter", "name.first, name.last"},
		{"no address", without("attested", "address"), "missing_parameter", "address"},
		{"no birth", without("attested", "date_of_birth"), "missing_parameter", "date_of_birth"},
		{"no numbers", without("attested", "identification_numbers"), "missing_parameter", "identification_numbers"},
		{"no customer", without("attested_id_and_selfie", "customer_guid"), "missing_parameter", "customer_guid"},
		{"no phone", without("attested_id_and_selfie", "phone_number"), "missing_parameter", "phone_number"},
		{"no files", without("attested_id_and_database", "supporting_file_guids"), "missing_parameter", "supporting_file_guids"},
		{"no occupation", without("attested_business_associate", "occupation"), "missing_parameter", "occupation"},
		{"no owners", without("attested_business_registration", "ultimate_beneficial_owners"), "missing_parameter", "ultimate_beneficial_owners"},
		{"a short guid", with("customer_guid", "abc"), "invalid_value", "customer_guid"},
		{"a guid with a hyphen", with("customer_guid", "6d3f1c0b-2a9e-48d7-b5c4-a3f2e1d0c9b8"), "invalid_value", "customer_guid"},
		{"a country of three letters", with("country_code", "USA"), "invalid_value", "country_code"},
		{"no such country", with("country_code", "XX"), "invalid_value", "country_code"},
		{"a birth to come", with("date_of_birth", "2999-01-01"), "invalid_value", "date_of_birth"},
		{"no date", with("date_of_birth", "yesterday"), "invalid_value", "date_of_birth"},
		{"eleven numbers", with("identification_numbers", slices.Repeat([]any{identity("")["identification_numbers"].([]any)[0]}, 11)), "invalid_value", "identification_numbers"},
		{"no number at all", with("identification_numbers", []any{}), "invalid_value", "identification_numbers"},
		{"a type of number twice", with("identification_numbers", slices.Repeat([]any{identity("")["identification_numbers"].([]any)[0]}, 2)), "invalid_value", "duplicate type"},
		{"a long nature", with("nature_of_business", strings.Repeat("x", 257)), "invalid_value", "nature_of_business"},
		{"51 directors", with("director_customer_guids", slices.Repeat([]any{"00000000000000000000000000000002"}, 51)), "invalid_value", "director_customer_guids"},
		{"behaviours outside the sandbox", with("expected_behaviours", []any{"passed_immediately"}), "invalid_parameter", "no sandbox"},
		{"a text for a boolean", with("require_tax_id", "yes"), "invalid_parameter", "require_tax_id"},
		{"a number for a text", with("phone_number", 5), "invalid_parameter", "phone_number"},
		{"an unknown member", with("colour", "red"), "invalid_parameter", "unknown: colour"},
		{"a member in capitals", `{"type":"kyc","method":"id_and_selfie","Customer_GUID":"x"}`, "invalid_parameter", "write customer_guid"},
		{"a member twice", `{"type":"kyc","type":"kyc","method":"attested"}`, "invalid_parameter", "type"},
		{"no JSON", `{"type":`, "invalid_parameter", ""},
		{"two objects", plainRequest + plainRequest, "invalid_parameter", ""},
		{"a list", `[]`, "invalid_parameter", ""},
		{"white space", " \n", "invalid_parameter", ""},
		{"invalid UTF-8", "{\"type\":\"kyc\",\"method\":\"\xff\xfe\"}", "invalid_parameter", ""},
		{"half a character", `{"type":"kyc","method":"\ud800"}`, "invalid_parameter", ""},
		{"a NUL", `{"type":"kyc","method":"\u0000"}`, "", ""},
		{"a deep one", `{"type":"kyc","method":` + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40) + "}", "invalid_parameter", "deep"},
	} {
		w := p.send("POST", identityVerifications, test.body)
		if test.code == "" {
			wantStatus(t, w, http.StatusBadRequest)
			continue
		}
		wantError(t, identityVerifications, w, http.StatusBadRequest, test.code)
		if message := textOf(t, w, "error_message"); !strings.Contains(message, test.says) {
			t.Errorf("%s: %s", test.what, message)
		}
		for _, personal := range []string{"Zoila", "X1234567", "Luna", "5550100", "applicant.example"} {
			if strings.Contains(w.Body.String(), personal) {
				t.Errorf("%s: the refusal quotes %q", test.what, personal)
			}
		}
		d.Clock.Move(time.Second)
	}
	if n := len(d.events(review.EventFilter{Kind: review.EventReceived})); n != 0 {
		t.Errorf("%d cases were made", n)
	}
}

func TestTheSandboxEndsACaseAsItWasToldAndSendsOneToAnOfficer(t *testing.T) {
	d := newSandbox(t)
	p := d.bank()
	for _, test := range []struct{ behaviours, state, outcome, codes string }{
		{`["passed_immediately"]`, "completed", "passed", `[]`},
		{`["failed_immediately"]`, "completed", "failed", `["requested_failure"]`},
		{`["tax_id_not_checked"]`, "completed", "passed", `[]`},
		{`["review_required"]`, "reviewing", "", `[]`},
		{`null`, "waiting", "", `[]`},
		{`[]`, "waiting", "", `[]`},
	} {
		guid := p.made(`{"type":"kyc","method":"id_and_selfie","expected_behaviours":` + test.behaviours + `}`)
		var seen []string
		for range 6 {
			seen = append(seen, p.shown(guid)["state"].(string))
			d.moved(1)
		}
		got := p.shown(guid)
		outcome, _ := got["outcome"].(string)
		if got["state"] != test.state || outcome != test.outcome || text64(got["failure_codes"]) != test.codes {
			t.Errorf("%s ends as %v by %v", test.behaviours, got, seen)
		}
		if want := []string{"storing", "waiting"}; !slices.Equal(slices.Compact(seen)[:2], want) {
			t.Errorf("%s went by %v", test.behaviours, seen)
		}
	}
	wantError(t, identityVerifications, p.send("POST", identityVerifications, `{"type":"kyc","method":"id_and_selfie","expected_behaviours":["won"]}`), 400, "invalid_parameter")
}

func TestAnApplicantWhoDoesNotComeLetsItExpire(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	guid := p.made(plainRequest)
	d.moved(2)
	d.Clock.Move(time.Hour)
	d.moved(1)
	p = d.bank() // the other token has expired too
	if got := p.shown(guid); got["state"] != "expired" || got["outcome"] != nil {
		t.Errorf("%v", got)
	}
}

// decideBoth is an officer's decision, and a second one's word where it needs one.
func (d *testDesk) decideBoth(id string, action review.Action) {
	d.t.Helper()
	d.decide(d.Person("Ana Quiroga", review.RoleReviewer), id, action)
	v, err := d.Peek(d.t.Context(), id)
	if err == nil && v.Status == review.StatusSecondReview {
		_, err = d.Confirm(d.t.Context(), d.Person("Mei Tan", review.RoleSenior), id, v.Version, "I see it the same way.")
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// The whole road: a platform creates, the desk takes it to review, an officer
// decides, and the platform reads what was decided as soon as it takes effect.
func TestTheWholeRoadFromCreateToAnOfficersWord(t *testing.T) {
	for _, test := range []struct {
		action  review.Action
		outcome string
		codes   string
	}{
		{review.Approve, "passed", `[]`},
		{review.Reject, "failed", `["compliance_rejection"]`},
	} {
		d := newTestDesk(t)
		p := d.bank()
		guid := p.made(text64(identity("attested")))
		id, _ := cybrid.ID(guid)
		d.moved(4)
		if got := p.shown(guid); got["state"] != "reviewing" || got["outcome"] != nil {
			t.Fatalf("%v", got)
		}
		d.decideBoth(id, test.action)
		for state, want := range map[string]int{"reviewing": 1, "completed": 0} {
			list := members(t, p.send("GET", identityVerifications+"?state="+state, ""))
			if rows := list["objects"].([]any); len(rows) != want || list["total"] != float64(want) || p.shown(guid)["state"] != "reviewing" {
				t.Errorf("before it takes effect %v of %v are %s", len(rows), list["total"], state)
			}
		}
		d.Clock.Move(10 * time.Second)
		got := p.shown(guid)
		if got["state"] != "completed" || got["outcome"] != test.outcome || text64(got["failure_codes"]) != test.codes {
			t.Errorf("%v", got)
		}
		w := p.send("GET", identityVerifications+"?state=completed&guid="+guid, "")
		if rows := members(t, w)["objects"].([]any); len(rows) != 1 || rows[0].(map[string]any)["outcome"] != test.outcome {
			t.Errorf("%s", w.Body)
		}
		if rows := members(t, p.send("GET", identityVerifications+"?state=reviewing", ""))["objects"].([]any); len(rows) != 0 {
			t.Errorf("%v are still reviewed", rows)
		}
	}
}

// A platform that keeps the newer of two copies by updated_at takes the reopened one.
func TestACaseThatIsOpenedAgainIsNewerThanItsDecision(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	guid := p.made(text64(identity("attested")))
	id, _ := cybrid.ID(guid)
	d.moved(4)
	d.decideBoth(id, review.Reject)
	d.Clock.Move(time.Minute)
	decided := p.shown(guid)
	if _, err := d.AskReopen(t.Context(), d.Person("Bo Lind", review.RoleReviewer), id, goodReason); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Reopen(t.Context(), d.Person("Cy Okafor", review.RoleSenior), id, goodNote); err != nil {
		t.Fatal(err)
	}
	got := p.shown(guid)
	if got["state"] != "reviewing" || got["outcome"] != nil || got["updated_at"].(string) <= decided["updated_at"].(string) {
		t.Errorf("decided %v, opened again %v: %v", decided["updated_at"], got["updated_at"], got)
	}
	rows := members(t, p.send("GET", identityVerifications+"?guid="+guid, ""))["objects"].([]any)
	if row := rows[0].(map[string]any); row["updated_at"] != got["updated_at"] {
		t.Errorf("the list says %v", row["updated_at"])
	}
}

func TestPersonalDataIsShownToWhoMayAndOnlyOnceItIsRecorded(t *testing.T) {
	d := newTestDesk(t)
	p, reader := d.bank(), d.bank(platform.ScopeRead)
	guid := p.made(text64(identity("attested")))
	at := identityVerifications + "/" + guid
	looks := func() []db.LogEntry { return d.events(review.EventFilter{Kind: review.EventViewed}) }
	w := reader.send("GET", at+"?include_pii=true", "")
	wantError(t, at, w, http.StatusForbidden, "invalid_scopes")
	if !strings.Contains(w.Body.String(), platform.ScopePII) {
		t.Errorf("%s", w.Body)
	}
	wantStatus(t, reader.send("GET", at, ""), http.StatusOK)
	wantStatus(t, reader.send("GET", at+"?include_pii=false", ""), http.StatusOK)
	for _, odd := range []string{"yes", "1", "TRUE", "true&include_pii=true"} {
		w := p.send("GET", at+"?include_pii="+odd, "")
		if w.Code != http.StatusBadRequest {
			t.Errorf("include_pii=%s answers %d", odd, w.Code)
		}
	}
	if n := len(looks()); n != 0 {
		t.Errorf("%d looks without one", n)
	}
	for range 2 { // every one of them is a look
		wantStatus(t, p.send("GET", at+"?include_pii=true", ""), http.StatusOK)
	}
	wantError(t, at, p.send("GET", identityVerifications+"/"+strings.Repeat("0", 32)+"?include_pii=true", ""), http.StatusNotFound, "not_found")
	all := looks()
	if len(all) != 2 || all[0].Actor.ID != p.client.ID || all[0].Actor.Kind != "client" || factsOf(all[0])["what"] != "api" || all[0].Address != "198.51.100.9" || all[0].Request == "" {
		t.Errorf("%+v", all)
	}
	made := d.events(review.EventFilter{Kind: review.EventReceived})
	if len(made) != 1 || made[0].Actor.Kind != "client" || made[0].Actor.ID != p.client.ID {
		t.Errorf("%+v", made)
	}
}
