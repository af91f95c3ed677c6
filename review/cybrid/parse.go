package cybrid

import (
	"regexp"
	"slices"
	"strings"

	"reviewdesk/review"
)

var hex32 = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// Parse reads an IdentityVerification or an IdentityVerificationWithDetails. It
// needs guid, state, created_at and updated_at; the documentation calls every
// member optional, but without these four there is no case. Of all documented
// members it checks the type.
func (Vocabulary) Parse(object []byte) (review.Verification, []review.Picture, error) {
	in, err := review.OpenObject(object)
	if err != nil {
		return review.Verification{}, nil, err
	}
	f := in.Own.Fields()
	v := readHead(f)
	v.Object = in.Kept
	v.Status = status(f, v.Arrived)
	readSubject(f, &v)
	readFindings(f, &v)
	readDocuments(f, &v)
	checkRest(f)
	if err := f.Err(); err != nil {
		return review.Verification{}, nil, err
	}
	pictures := in.Finish(&v)
	dropOutcome(&v)
	return v, pictures, nil
}

func readHead(f review.Fields) review.Verification {
	guid := f.Need("guid")
	if guid != "" && !hex32.MatchString(guid) {
		f.Fail("guid", "want 32 hexadecimal digits without hyphens")
		guid = ""
	}
	return review.Verification{
		Provider: review.Cybrid, ProviderID: guid, ID: uuid(guid),
		Kind: f.Text("type"), Method: f.Text("method"),
		Arrived:   review.WireState{State: f.Need("state"), Reason: f.Text("outcome")},
		CreatedAt: f.NeedTime("created_at"), UpdatedAt: f.NeedTime("updated_at"),
	}
}

// uuid puts the hyphens into a guid.
func uuid(guid string) string {
	if guid == "" {
		return ""
	}
	g := strings.ToLower(guid)
	return strings.Join([]string{g[:8], g[8:12], g[12:16], g[16:20], g[20:]}, "-")
}

// status is the desk's word for a state and outcome (section 5). An outcome
// belongs to a completed verification; whether an expired one may carry it is not
// known, so it may.
func status(f review.Fields, w review.WireState) review.Status {
	switch w.State {
	case StateStoring, StateWaiting, StatePending, StateReviewing:
		if w.Reason != "" {
			f.Fail("outcome", "a verification that is not completed has none")
		}
		if w.State == StateReviewing {
			return review.StatusInReview
		}
		return review.StatusArriving
	case StateExpired:
		return review.StatusLapsed
	case StateCompleted:
		return completed(f, w.Reason)
	}
	f.Fail("state", "want one of "+strings.Join(States(), ", "))
	return ""
}

func completed(f review.Fields, outcome string) review.Status {
	switch outcome {
	case OutcomePassed:
		return review.StatusPassed
	case OutcomeFailed:
		return review.StatusFailed
	}
	f.Fail("outcome", "a completed verification has passed or failed")
	return ""
}

// readFindings takes the verification's own failure codes, then those of its
// checks.
func readFindings(f review.Fields, v *review.Verification) {
	for _, code := range f.Texts("failure_codes") {
		v.AddFinding(code, "")
	}
	for _, check := range f.Objects("compliance_checks") {
		kind, outcome := check.Need("type"), check.Need("outcome")
		codes := check.Texts("failure_codes")
		if outcome == CheckOutcomePassed && !slices.Contains(v.Passed, kind) {
			v.Passed = append(v.Passed, kind)
		}
		if outcome != CheckOutcomePassed && len(codes) == 0 {
			codes = []string{kind + "_" + outcome}
		}
		for _, code := range codes {
			v.AddFinding(code, kind)
		}
	}
}

// dropOutcome takes compliance_rejection out of the findings of a verification
// that did not fail: it is an outcome, and nothing that a machine found. On a
// failed one it stays to be seen.
func dropOutcome(v *review.Verification) {
	if v.Status == review.StatusFailed {
		return
	}
	v.Findings = slices.DeleteFunc(v.Findings, func(f review.Finding) bool {
		return f.Code == review.ComplianceRejection
	})
}

func readSubject(f review.Fields, v *review.Verification) {
	pii := f.Object("pii")
	address := pii.Object("address")
	v.Subject.Reading = review.Reading{
		Name: readName(pii.Object("name")), BirthDate: pii.Date("date_of_birth"),
		Address: oneLine(address), Country: address.Text("country_code"),
		Email: pii.Text("email_address"), Phone: pii.Text("phone_number"), Occupation: pii.Text("occupation"),
	}
	for _, number := range pii.Objects("identification_numbers") {
		number.Text("type")
		number.Text("issuing_country_code")
		number.Text("issuing_subdivision")
		if text := number.Text("identification_number"); v.Subject.Number == "" {
			v.Subject.Number = text
		}
	}
	// A counterparty's verification may name the customer whose counterparty it is.
	customer, counterparty := f.Text("customer_guid"), f.Text("counterparty_guid")
	v.Subject.Reference = customer
	if counterparty != "" && (v.Kind == TypeCounterparty || customer == "") {
		v.Subject.Reference = counterparty
	}
}

func readName(name review.Fields) string {
	parts := []string{name.Text("first"), name.Text("middle"), name.Text("last")}
	if full := name.Text("full"); full != "" {
		return full
	}
	return join(" ", parts...)
}

func oneLine(address review.Fields) string {
	return join(", ",
		address.Text("street"), address.Text("street2"), address.Text("city"),
		address.Text("subdivision"), address.Text("postal_code"))
}

func join(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), between)
}

func readDocuments(f review.Fields, v *review.Verification) {
	for _, d := range f.Objects("documents") {
		checkDocument(d)
		v.Documents = append(v.Documents, review.Document{
			Kind: d.Text("type"),
			Read: review.Reading{Expiry: d.Date("expiration_date")},
		})
	}
}

func checkDocument(d review.Fields) {
	d.Text("guid")
	d.Text("type")
	d.Bool("validated")
	d.Date("expiration_date")
	for _, file := range d.Objects("files") {
		texts(file, "guid", "type", "content_type", "filename")
		file.Object("metadata").Text("part")
	}
}

// checkRest looks at the documented members that the desk keeps and does not use,
// so that what it takes in it can also serve to a client that believes their types.
func checkRest(f review.Fields) {
	texts(f, "external_bank_account_guid", "persona_inquiry_id", "persona_state")
	f.Object("options").Bool("require_tax_id")
	for _, d := range f.Objects("compliance_decisions") {
		d.Need("type")
		d.Need("state")
		d.Texts("failure_codes")
		d.Time("expired_at")
	}
	for _, b := range f.Objects("business_associates") {
		texts(b, "persona_inquiry_id", "persona_state", "customer_guid", "role", "email_address", "state")
	}
	for _, d := range f.Objects("supporting_files") {
		checkDocument(d)
	}
	checkBusiness(f.Object("pii"))
}

func checkBusiness(pii review.Fields) {
	texts(pii, "website", "nature_of_business", "citizenship",
		"business_industry", "business_funds_source", "business_funds_destination")
	oneLine(pii.Object("registered_address"))
	for _, alias := range pii.Objects("aliases") {
		alias.Text("full")
	}
}

func texts(f review.Fields, names ...string) {
	for _, name := range names {
		f.Text(name)
	}
}
