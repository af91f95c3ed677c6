package cybrid_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"reviewdesk/review"
	"reviewdesk/review/cybrid"
)

func TestAWebhookTellsTheStateAndNothingPersonal(t *testing.T) {
	for _, state := range cybrid.States() {
		member := []string{`state="` + state + `"`, `pii={"name":{"full":"Ana Ruiz"}}`}
		if state == "completed" {
			member = append(member, `outcome="passed"`)
		}
		for desk, environment := range map[review.Desk]string{sandbox: "sandbox", production: "production"} {
			event, body, ok := vocabulary.Notice(parse(t, object(member...)), desk, strings.Repeat("f", 32), now)
			want := `{"guid":"` + strings.Repeat("f", 32) + `","organization_guid":"` + desk.Organization + `","event_type":"identity_verification.` + state +
				`","object_guid":"` + guid + `","environment":"` + environment + `"}`
			if event != "identity_verification."+state || string(body) != want || !ok {
				t.Errorf("%s: %s\n%s", state, event, body)
			}
		}
	}
	event, body := vocabulary.TestNotice(sandbox, strings.Repeat("f", 32), now)
	want := `{"guid":"` + strings.Repeat("f", 32) + `","organization_guid":"` + sandbox.Organization +
		`","event_type":"identity_verification.storing","object_guid":"00000000000000000000000000000000","environment":"sandbox"}`
	if event != "identity_verification.storing" || string(body) != want {
		t.Errorf("the test is %s\n%s", event, body)
	}
}

// The documented members in their order; those with a star may be missing, those
// with a question mark may be null.
const (
	listed   = "guid type method created_at updated_at customer_guid* counterparty_guid* external_bank_account_guid* state outcome? failure_codes compliance_decisions options?"
	detailed = listed + " compliance_checks persona_inquiry_id? persona_state? business_associates? documents? supporting_files?"
)

func TestTheWireFormsHoldTheDocumentedMembersAndNoOthers(t *testing.T) {
	golden, err := os.ReadFile("testdata/with_details.json")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]review.Verification{
		"a full one": parse(t, golden), "the barest one": parse(t, object(`method=null`, `type=null`, `failure_codes=null`)),
		"one of nulls":           parse(t, object(`customer_guid=null`, `compliance_checks=null`, `compliance_decisions=null`, `options=null`, `documents=null`)),
		"one with our extension": parse(t, object(`reviewdesk={"reference":"secret","subject":{"name":"Ana Ruiz"},"findings":["x"]}`)),
	}
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		cases[kind+" "+method+" stored"] = v
		cases[kind+" "+method], _, _ = walk(t, v, road)
	})
	for name, v := range cases {
		optional := ""
		if name == "the barest one" {
			optional = "*" // what came without a type goes out without
		}
		write := map[string]func() ([]byte, error){
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(listed):             func() ([]byte, error) { return cybrid.Listed(v) },
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(detailed):           func() ([]byte, error) { return cybrid.Detailed(v, false) },
			strings.NewReplacer("type", "type"+optional, "method", "method"+optional).Replace(detailed) + " pii?": func() ([]byte, error) { return cybrid.Detailed(v, true) },
		}
		for want, do := range write {
			raw, err := do()
			if err != nil {
				t.Fatal(err)
			}
			checkMembers(t, name, raw, strings.Fields(want))
			if _, _, err := vocabulary.Parse(raw); err != nil {
				t.Errorf("%s cannot be read again: %v", name, err)
			}
		}
	}
}

// checkMembers holds an answer to its members, their order and their nulls.
func checkMembers(t *testing.T, name string, raw []byte, want []string) {
	t.Helper()
	members, err := review.ReadObject(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range want {
		plain := strings.TrimRight(w, "*?")
		if len(members) == 0 || members[0].Name != plain {
			if !strings.HasSuffix(w, "*") {
				t.Errorf("%s: %s is missing in %s", name, plain, raw)
			}
			continue
		}
		if string(members[0].Value) == "null" && !strings.HasSuffix(w, "?") {
			t.Errorf("%s: %s is null", name, plain)
		}
		members = members[1:]
	}
	for _, m := range members {
		t.Errorf("%s: %s is too much", name, m.Name)
	}
}

func TestNothingPersonalLeaksWithoutPII(t *testing.T) {
	personal := []string{"Ana", "Ruiz", "1990-02-14", "Main St", "Springfield", "62701", "078-05-1120", "0123", "ana@", "Baker", "Bakery", "https://", "suppliers", "reviewdesk", "biometrics"}
	each(func(kind, method string, _ []string) {
		v, road := asked(t, kind, method, "review_required")
		v, _, _ = walk(t, v, road)
		list, err := cybrid.Listed(v)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := cybrid.Detailed(v, false)
		if err != nil {
			t.Fatal(err)
		}
		full, err := cybrid.Detailed(v, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range personal {
			if strings.Contains(string(list), secret) || strings.Contains(string(plain), secret) {
				t.Errorf("%s tells %s", method, secret)
			}
		}
		for _, known := range personal[:12] {
			if !strings.Contains(string(full), known) {
				t.Errorf("%s does not tell %s with the right to see it", method, known)
			}
		}
	})
}

func TestAnAttestedBusinessIsAnsweredAsItsExampleStands(t *testing.T) {
	v, road := asked(t, "kyc", "attested_business_registration")
	v, _, _ = walk(t, v, road)
	got, err := cybrid.Detailed(v, true)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/attested_business.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != strings.TrimSpace(string(want)) {
		t.Errorf("got %s", got)
	}
}

func FuzzRequest(f *testing.F) {
	each(func(kind, method string, _ []string) {
		f.Add(whole().with("type", kind).with("method", method).bytes(), true)
	})
	f.Add([]byte(`{"type":"kyc","method":"id_and_selfie","expected_behaviours":["review_required"],"country_code":"CA"}`), true)
	f.Add([]byte(`{"type":"kyc","method":"watchlists","name":{"full":"\ud83d\ude00"},"aliases":[{}]}`), false)
	f.Fuzz(func(t *testing.T, came []byte, inSandbox bool) {
		desk := production
		desk.Sandbox = inSandbox
		r, err := cybrid.ParseRequest(came, desk)
		if err != nil {
			if got := refused(t, err); got.Code == "" || got.Message == "" || len(got.Message) > 8000 || !json.Valid(mustJSON(t, got)) {
				t.Fatalf("%+v", got)
			}
			return
		}
		object, err := r.Object(guid, now)
		if err != nil {
			refused(t, err)
			return
		}
		v := parse(t, object)
		for range 4 {
			checkWire(t, v)
			if _, moves := vocabulary.Due(v, r.Road()); !moves {
				return
			}
			if object, err = vocabulary.Advance(v, r.Road(), now); err != nil {
				t.Fatal(err)
			}
			v = parse(t, object)
		}
		t.Fatalf("it never ends: %s", v.Object)
	})
}

func checkWire(t *testing.T, v review.Verification) {
	t.Helper()
	for _, write := range []func() ([]byte, error){
		func() ([]byte, error) { return cybrid.Listed(v) },
		func() ([]byte, error) { return cybrid.Detailed(v, true) },
	} {
		raw, err := write()
		if err != nil || !json.Valid(raw) {
			t.Fatalf("%v: %s", err, raw)
		}
		parse(t, raw)
	}
	if _, _, ok := vocabulary.Notice(v, production, guid, now); !ok {
		t.Fatal("no webhook")
	}
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := review.EncodeJSON(value)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
