package synthetic

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"reviewdesk/review"
	"reviewdesk/review/coinify"
	"reviewdesk/review/cybrid"
)

// object writes the draft as its provider's JSON.
func (d *draft) object(pictures []review.ExtensionPicture) ([]byte, error) {
	if d.provider == review.Coinify {
		return encode(d.coinify(pictures))
	}
	return encode(d.cybrid(pictures))
}

// encode writes JSON on one line and leaves <, > and & as they are.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

// extension is what neither provider has a member for.
func (d *draft) extension(pictures []review.ExtensionPicture) review.Extension {
	if d.brief {
		return review.Extension{Attempt: d.attempt, Attempts: d.attempts}
	}
	return review.Extension{Documents: d.documents(), Registry: d.registry, Face: d.match(), Passed: d.passedChecks(),
		Attempt: d.attempt, Attempts: d.attempts, Pictures: pictures}
}

// attempt of Coinify: the nine members in the order of its documentation.
type coinifyAttempt struct {
	ID           string           `json:"id"`
	State        string           `json:"state"`
	CreateTime   string           `json:"createTime"`
	ApproveTime  *string          `json:"approveTime"`
	ExpireTime   *string          `json:"expireTime"`
	RedirectURL  string           `json:"redirectUrl"`
	SDKToken     *string          `json:"sdkToken"`
	ReturnURL    string           `json:"returnUrl"`
	RejectReason *string          `json:"rejectReason"`
	Reviewdesk   review.Extension `json:"reviewdesk"`
}

func (d *draft) coinify(pictures []review.ExtensionPicture) coinifyAttempt {
	id := hyphens(d.id)
	a := coinifyAttempt{ID: id, CreateTime: millis(d.created), RedirectURL: "https://identify.example/start/" + id,
		ReturnURL: "https://platform.example/kyc/done", Reviewdesk: d.extension(pictures)}
	a.Reviewdesk.Reference, a.Reviewdesk.Subject = d.trader(), d.typed
	switch d.fate {
	case reviewing:
		a.State, a.RejectReason = coinify.StateRejected, ref(coinify.ReasonManualReview)
		a.Reviewdesk.Findings = d.list()
	case arriving:
		a.State = one(d.r, []string{coinify.StatePending, coinify.StateProcessing})
	case failed:
		a.State, a.RejectReason = coinify.StateRejected, ref(d.list()[0])
	case lapsed: // approved long ago; the document has run out since
		a.State, a.ExpireTime = coinify.StateExpired, ref(millis(d.updated.Truncate(day)))
		a.CreateTime, a.ApproveTime = millis(d.created.AddDate(-2, 0, 0)), ref(millis(d.updated.AddDate(-2, 0, 0)))
	default:
		a.State, a.ApproveTime, a.ExpireTime = coinify.StateApproved, ref(millis(d.updated)), ref(millis(d.print.Expiry))
	}
	return a
}

// trader is a trader's number, which Coinify counts.
func (d *draft) trader() string {
	if d.counted > 0 {
		return strconv.Itoa(d.counted)
	}
	n, _ := strconv.ParseUint(d.customer[:6], 16, 32)
	return strconv.FormatUint(100_000+n, 10)
}

func millis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
func micros(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func ref(s string) *string { return &s }

// cybridVerification is Cybrid's IdentityVerificationWithDetails.
type cybridVerification struct {
	GUID         string           `json:"guid"`
	Type         string           `json:"type"`
	Method       string           `json:"method"`
	CreatedAt    string           `json:"created_at"`
	UpdatedAt    string           `json:"updated_at"`
	Customer     string           `json:"customer_guid"`
	State        string           `json:"state"`
	Outcome      *string          `json:"outcome"`
	Codes        []string         `json:"failure_codes"`
	Decisions    []struct{}       `json:"compliance_decisions"`
	Checks       []cybridCheck    `json:"compliance_checks"`
	Inquiry      string           `json:"persona_inquiry_id,omitempty"`
	InquiryState string           `json:"persona_state,omitempty"`
	PII          cybridPII        `json:"pii"`
	Documents    []cybridDocument `json:"documents"`
	Supporting   []cybridDocument `json:"supporting_files,omitempty"`
	Reviewdesk   review.Extension `json:"reviewdesk"`
}

type cybridCheck struct {
	Type    string   `json:"type"`
	Outcome string   `json:"outcome"`
	Codes   []string `json:"failure_codes"`
}

type cybridPII struct {
	Name struct {
		First string  `json:"first"`
		Last  string  `json:"last"`
		Full  *string `json:"full"`
	} `json:"name"`
	Address struct {
		Street     string `json:"street"`
		City       string `json:"city"`
		PostalCode string `json:"postal_code"`
		Country    string `json:"country_code"`
	} `json:"address"`
	Birth      string         `json:"date_of_birth"`
	Phone      string         `json:"phone_number"`
	Email      string         `json:"email_address"`
	Occupation string         `json:"occupation"`
	Numbers    []cybridNumber `json:"identification_numbers"`
}

type cybridNumber struct {
	Type    string `json:"type"`
	Country string `json:"issuing_country_code"`
	Number  string `json:"identification_number"`
}

type cybridDocument struct {
	GUID      string  `json:"guid"`
	Type      string  `json:"type"`
	Validated bool    `json:"validated"`
	Expires   *string `json:"expiration_date"`
}

func (d *draft) cybrid(pictures []review.ExtensionPicture) cybridVerification {
	v := cybridVerification{GUID: d.id, Type: cybrid.TypeKYC, Method: cybrid.MethodIDAndSelfie, CreatedAt: micros(d.created),
		UpdatedAt: micros(d.updated), Customer: d.customer, Codes: []string{}, Decisions: []struct{}{}, Checks: []cybridCheck{},
		Inquiry: "inq_" + d.id[:24], InquiryState: cybrid.PersonaStateCompleted, Documents: []cybridDocument{}, Reviewdesk: d.extension(pictures)}
	v.PII = d.pii()
	if d.bank() {
		v.Type, v.Method, v.Inquiry, v.InquiryState = cybrid.TypeBankAccount, cybrid.MethodAccountOwnership, "", ""
		v.PII.Numbers = []cybridNumber{}
	} else {
		v.Reviewdesk.Subject.Expiry = d.typed.Expiry
	}
	d.cybridState(&v)
	d.cybridDocuments(&v)
	if d.brief { // without the details that nobody looked at
		v.Checks, v.Documents, v.Inquiry, v.InquiryState = []cybridCheck{}, []cybridDocument{}, "", ""
	}
	return v
}

func (d *draft) cybridState(v *cybridVerification) {
	switch d.fate {
	case reviewing:
		v.State, v.Checks = cybrid.StateReviewing, d.cybridChecks()
		for _, code := range d.list() {
			if checkOf(code) == "" {
				v.Codes = append(v.Codes, code)
			}
		}
	case arriving:
		v.State = one(d.r, []string{cybrid.StateStoring, cybrid.StateWaiting, cybrid.StatePending})
		v.InquiryState = cybrid.PersonaStateWaiting
	case lapsed:
		v.State, v.InquiryState = cybrid.StateExpired, cybrid.PersonaStateExpired
	default:
		v.State, v.Outcome, v.Checks = cybrid.StateCompleted, ref(cybrid.OutcomePassed), d.cybridChecks()
		if d.fate == failed {
			v.Outcome, v.Codes = ref(cybrid.OutcomeFailed), d.list()
		}
	}
}

// checkOf is the compliance check that reports a code; "" for none.
func checkOf(code string) string {
	switch {
	case code == "id_number_check_failure":
		return cybrid.CheckPersonTaxIDVerification
	case strings.HasPrefix(code, "id_"):
		return cybrid.CheckPersonGovIDVerification
	case strings.HasPrefix(code, "selfie"):
		return cybrid.CheckPersonAuthentication
	case strings.HasPrefix(code, "plaid_"), strings.HasPrefix(code, "account_"), code == "name_comparison_check_failure":
		return cybrid.CheckExternalBankAccountVerification
	case slices.Contains([]string{"pep_check_failure", "media_check_failure", "watchlist_check_failure", "prohibited_person_check_failure"}, code):
		return cybrid.CheckPersonWatchlists
	case strings.HasSuffix(code, "_check_failure"), code == "review_required":
		return cybrid.CheckPersonVerification
	}
	return ""
}

// cybridChecks are the compliance checks of the case's method.
func (d *draft) cybridChecks() []cybridCheck {
	kinds := []string{cybrid.CheckPersonGovIDVerification, cybrid.CheckPersonAuthentication, cybrid.CheckPersonVerification, cybrid.CheckPersonWatchlists}
	if d.bank() {
		kinds = []string{cybrid.CheckExternalBankAccountVerification}
	}
	if strings.Contains(d.codes, "id_number") {
		kinds = append(kinds, cybrid.CheckPersonTaxIDVerification)
	}
	var out []cybridCheck
	for _, kind := range kinds {
		c := cybridCheck{Type: kind, Outcome: cybrid.CheckOutcomePassed, Codes: []string{}}
		for _, code := range d.list() {
			if checkOf(code) == kind {
				c.Outcome, c.Codes = cybrid.CheckOutcomeFailed, append(c.Codes, code)
			}
		}
		if slices.Contains(c.Codes, "review_required") {
			c.Outcome = cybrid.CheckOutcomeInconclusive
		}
		out = append(out, c)
	}
	return out
}

func (d *draft) pii() (p cybridPII) {
	t := d.typed
	p.Name.First, p.Name.Last, p.Name.Full = d.print.Given, d.print.Surname, &t.Name
	p.Address.Street, p.Address.City, _ = strings.Cut(t.Address, ", ")
	p.Address.Country = t.Country
	p.Birth, p.Phone, p.Email, p.Occupation = t.BirthDate, t.Phone, t.Email, t.Occupation
	p.Numbers = []cybridNumber{{cmp.Or(d.documentKind(), cybrid.NumberIdentificationCard), d.issuer, t.Number}}
	return p
}

func (d *draft) cybridDocuments(v *cybridVerification) {
	if d.print.Kind == "" || d.unfinished() {
		return
	}
	doc := cybridDocument{GUID: d.customer[16:] + d.id[:16], Type: d.documentKind(), Validated: d.fate == passed}
	if expires := d.read().Expiry; expires != "" {
		doc.Expires = &expires
	}
	v.Documents = append(v.Documents, doc)
	if d.paper != "" {
		v.Method = cybrid.MethodDocumentSubmission
		v.Supporting = []cybridDocument{{GUID: d.id[16:] + d.customer[:16], Type: d.paper}}
	}
}
