package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

// brought takes in an object of Cybrid's as an import does.
func (d *testDesk) brought(n int, members string) (guid string) {
	d.t.Helper()
	guid = fmt.Sprintf("%032x", n)
	v, _, err := cybrid.Vocabulary{}.Parse(fmt.Appendf(nil, `{"guid":%q,"type":"kyc","method":"id_and_selfie","created_at":"2026-11-22T08:00:00Z","updated_at":"2026-11-22T08:00:00Z",%s}`, guid, members))
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.Receive(d.t.Context(), db.System("import"), []db.Incoming{{Verification: v}}); err != nil {
		d.t.Fatal(err)
	}
	return guid
}

// Each word of Cybrid's value sets that comes in goes out again, in the place where
// the documentation has it.
func TestEveryWordOfCybridsComesOutAsItCameIn(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	n := 0
	through := func(word, members, want string) {
		t.Helper()
		n++
		w := p.send("GET", identityVerifications+"/"+d.brought(n, members), "")
		wantStatus(t, w, http.StatusOK)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s lacks %s", word, w.Body, want)
		}
	}
	const reviewing = `"state":"reviewing","outcome":null,`
	for _, code := range review.Standard.Codes(review.Cybrid) {
		through(code.Code, `"state":"completed","outcome":"failed","failure_codes":["`+code.Code+`"]`, `"failure_codes":["`+code.Code+`"]`)
	}
	for _, state := range cybrid.States() {
		outcome := "null"
		if state == cybrid.StateCompleted {
			outcome = `"passed"`
		}
		through(state, `"state":"`+state+`","outcome":`+outcome, `"state":"`+state+`","outcome":`+outcome)
	}
	for _, outcome := range cybrid.Outcomes() {
		through(outcome, `"state":"completed","outcome":"`+outcome+`"`, `"outcome":"`+outcome+`"`)
	}
	for _, kind := range cybrid.CheckTypes() {
		check := `[{"type":"` + kind + `","outcome":"passed","failure_codes":[]}]`
		through(kind, reviewing+`"compliance_checks":`+check, `"compliance_checks":`+check)
	}
	for _, outcome := range cybrid.CheckOutcomes() {
		check := `[{"type":"person_verification","outcome":"` + outcome + `","failure_codes":null}]`
		through(outcome, reviewing+`"compliance_checks":`+check, `"compliance_checks":`+check)
	}
	for _, state := range cybrid.DecisionStates() {
		decision := `[{"type":"person_verification","state":"` + state + `","failure_codes":[],"expired_at":null}]`
		through(state, reviewing+`"compliance_decisions":`+decision, `"compliance_decisions":`+decision)
	}
	for _, state := range cybrid.PersonaStates() {
		through(state, reviewing+`"persona_state":"`+state+`"`, `"persona_state":"`+state+`"`)
	}
	for _, method := range cybrid.Methods() {
		w := p.send("GET", identityVerifications+"?method="+method, "")
		wantStatus(t, w, http.StatusOK)
	}
	for _, state := range cybrid.States() {
		list := members(t, p.send("GET", identityVerifications+"?per_page=100&state="+state, ""))
		for _, o := range list["objects"].([]any) {
			if o.(map[string]any)["state"] != state {
				t.Errorf("a list of %s holds %v", state, o)
			}
		}
		if list["total"] == 0.0 {
			t.Errorf("nothing is %s", state)
		}
	}
}

func TestEveryTypeOfNumberIsTakenAndShown(t *testing.T) {
	d := newTestDesk(t)
	d.serve(Options{BaseURL: testBase, Programs: unlimited})
	p := d.bank()
	for _, kind := range cybrid.NumberTypes() {
		body := identity("attested")
		body["identification_numbers"] = []any{map[string]any{"type": kind, "issuing_country_code": "PE", "identification_number": "N-1"}}
		guid := p.made(text64(body))
		w := p.send("GET", identityVerifications+"/"+guid+"?include_pii=true", "")
		numbers := members(t, w)["pii"].(map[string]any)["identification_numbers"].([]any)
		if got := numbers[0].(map[string]any); len(numbers) != 1 || got["type"] != kind || got["identification_number"] != "N-1" || got["issuing_country_code"] != "PE" {
			t.Errorf("%s: %v", kind, numbers)
		}
	}
}

// The keys of pii and of what lies in it (facts/cybrid.md, section 3).
func TestPersonalDataHasTheDocumentedKeys(t *testing.T) {
	d := newTestDesk(t)
	p := d.bank()
	body := identity("attested")
	body["aliases"] = []any{map[string]any{"full": "Zoe"}}
	body["registered_address"] = body["address"]
	w := p.send("GET", identityVerifications+"/"+p.made(text64(body))+"?include_pii=true", "")
	wantStatus(t, w, http.StatusOK)
	all, err := review.ReadObject(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	pii, _ := all.Get("pii")
	keys := func(object []byte, want string) {
		t.Helper()
		got := keysOf(t, object)
		slices.Sort(got)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s has %v", object, got)
		}
	}
	keys(pii, "name aliases address date_of_birth phone_number email_address occupation website nature_of_business identification_numbers citizenship registered_address business_industry business_funds_source business_funds_destination")
	inner, err := review.ReadObject(pii)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"name": "first middle last full", "address": "street street2 city subdivision postal_code country_code", "registered_address": "street street2 city subdivision postal_code country_code",
		"aliases": "full", "identification_numbers": "type issuing_country_code identification_number issuing_subdivision",
	} {
		raw, _ := inner.Get(name)
		keys([]byte(strings.Trim(string(raw), "[]")), want)
	}
}
