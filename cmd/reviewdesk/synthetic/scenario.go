package synthetic

import (
	"strings"

	"reviewdesk/review"
)

// fate is how a case stands at its provider.
type fate int

const (
	reviewing fate = iota // waits for an officer
	arriving              // the applicant or the machine is not done
	passed
	failed
	lapsed
)

// trick is what a name hides.
type trick int

const (
	plain trick = iota
	bidi        // a character that turns the rest of the line around
	mixed       // letters of another script that look alike
)

// scenario is what a case is about. Weight says how often it comes after the first
// round; 0 is never.
type scenario struct {
	provider review.Provider
	fate     fate
	weight   int
	codes    string // separated by spaces
	trick    trick
}

// unlisted is a failure code that the catalogue does not hold, as a provider may
// send one tomorrow.
const unlisted = "id_hologram_check_failure"

// scenarios hold every failure code of the catalogue at least once.
var scenarios = []scenario{
	// Cybrid, waiting for an officer.
	{review.Cybrid, reviewing, 9, "id_quality_check_failure", plain},
	{review.Cybrid, reviewing, 5, "id_quality_check_failure id_barcode_check_failure name_check_failure", plain},
	{review.Cybrid, reviewing, 8, "name_check_failure", plain},
	{review.Cybrid, reviewing, 4, "name_check_failure selfie_failure", plain},
	{review.Cybrid, reviewing, 7, "address_check_failure", plain},
	{review.Cybrid, reviewing, 5, "address_check_failure phone_number_check_failure", plain},
	{review.Cybrid, reviewing, 6, "dob_check_failure", plain},
	{review.Cybrid, reviewing, 6, "id_number_check_failure", plain},
	{review.Cybrid, reviewing, 3, "id_number_check_failure dob_check_failure database_check_failure", plain},
	{review.Cybrid, reviewing, 5, "database_check_failure review_required", plain},
	{review.Cybrid, reviewing, 5, "id_expiration_check_failure", plain},
	{review.Cybrid, reviewing, 3, "id_expiration_check_failure address_check_failure id_mrz_check_failure", plain},
	{review.Cybrid, reviewing, 4, "id_mrz_check_failure", plain},
	{review.Cybrid, reviewing, 4, "selfie_failure", plain},
	{review.Cybrid, reviewing, 3, "selfie_quality_check_failure", plain},
	{review.Cybrid, reviewing, 3, "duplicate_person_check_failure", plain},
	{review.Cybrid, reviewing, 1, "duplicate_person_check_failure id_mrz_check_failure id_expiration_check_failure address_check_failure", plain},
	{review.Cybrid, reviewing, 2, "prohibited_person_check_failure", plain},
	{review.Cybrid, reviewing, 2, "watchlist_check_failure name_check_failure", plain},
	{review.Cybrid, reviewing, 2, "pep_check_failure", plain},
	{review.Cybrid, reviewing, 1, "media_check_failure pep_check_failure", plain},
	{review.Cybrid, reviewing, 3, "id_digital_replica_check_failure id_check_failure", plain},
	{review.Cybrid, reviewing, 2, "id_paper_replica_check_failure", plain},
	{review.Cybrid, reviewing, 2, "id_check_failure", plain},
	{review.Cybrid, reviewing, 2, "id_double_side_check_failure", plain},
	{review.Cybrid, reviewing, 2, "id_type_allowed_check_failure", plain},
	{review.Cybrid, reviewing, 1, "id_country_allowed_check_failure", plain},
	{review.Cybrid, reviewing, 2, "country_comparison_check_failure email_address_check_failure", plain},
	{review.Cybrid, reviewing, 1, "id_presence_check_failure", plain},
	{review.Cybrid, reviewing, 1, "selfie_pose_check_failure", plain},
	{review.Cybrid, reviewing, 2, "document_quality_check_failure", plain},
	{review.Cybrid, reviewing, 1, "document_check_failure document_type_check_failure", plain},
	{review.Cybrid, reviewing, 2, "plaid_item_login_required", plain},
	{review.Cybrid, reviewing, 1, "plaid_no_accounts", plain},
	{review.Cybrid, reviewing, 1, "plaid_item_not_found plaid_failure", plain},
	{review.Cybrid, reviewing, 1, "account_number_check_failure name_comparison_check_failure", plain},
	{review.Cybrid, reviewing, 1, "decision_timeout database_check_failure", plain},
	{review.Cybrid, reviewing, 1, unlisted + " id_quality_check_failure", plain},
	{review.Cybrid, reviewing, 0, "name_check_failure", bidi},
	{review.Cybrid, reviewing, 0, "email_address_check_failure", mixed},

	// Cybrid, not waiting.
	{review.Cybrid, arriving, 12, "", plain},
	{review.Cybrid, passed, 28, "", plain},
	{review.Cybrid, failed, 4, "id_digital_replica_check_failure selfie_failure", plain},
	{review.Cybrid, failed, 2, "id_number_check_failure compliance_rejection", plain},
	{review.Cybrid, failed, 1, "requested_failure", plain},
	{review.Cybrid, failed, 1, "plaid_invalid_product", plain},
	{review.Cybrid, failed, 1, "deleted_account", plain},
	{review.Cybrid, failed, 1, "user_canceled", plain},
	{review.Cybrid, lapsed, 13, "", plain},

	// Coinify, under manual review.
	{review.Coinify, reviewing, 5, "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED", plain},
	{review.Coinify, reviewing, 3, "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BAD_QUALITY", plain},
	{review.Coinify, reviewing, 2, "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.MISSING_PART_DOCUMENT", plain},
	{review.Coinify, reviewing, 2, "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.HIDDEN_PART_DOCUMENT", plain},
	{review.Coinify, reviewing, 2, "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.DAMAGED_DOCUMENT", plain},
	{review.Coinify, reviewing, 2, "ERROR_NOT_READABLE_ID.PHOTOCOPY_BLACK_WHITE", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.PHOTOCOPY_COLOR", plain},
	{review.Coinify, reviewing, 3, "ERROR_NOT_READABLE_ID.DIGITAL_COPY DENIED_EXPIRED_IDENTIFICATION", plain},
	{review.Coinify, reviewing, 3, "ERROR_NOT_READABLE_ID.CAMERA_BLACK_WHITE", plain},
	{review.Coinify, reviewing, 3, "ERROR_NOT_READABLE_ID.DIFFERENT_PERSONS_SHOWN", plain},
	{review.Coinify, reviewing, 4, "DENIED_FAILED_IDENTITY_VERIFICATION", plain},
	{review.Coinify, reviewing, 3, "DENIED_EXPIRED_IDENTIFICATION", plain},
	{review.Coinify, reviewing, 1, "DENIED_MISSING_DATE_OF_BIRTH", plain},
	{review.Coinify, reviewing, 1, "DENIED_YOUNGER_THAN_18_YEARS", plain},
	{review.Coinify, reviewing, 1, "DENIED_UNSUPPORTED_ID_TYPE", plain},
	{review.Coinify, reviewing, 1, "DENIED_UNSUPPORTED_ID_COUNTRY", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT", plain},
	{review.Coinify, reviewing, 2, "ERROR_NOT_READABLE_ID.MISSING_BACK", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.WRONG_DOCUMENT_PAGE", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.MISSING_SIGNATURE", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.NO_DOCUMENT", plain},
	{review.Coinify, reviewing, 1, "ERROR_NOT_READABLE_ID.MANUAL_REJECTION", plain},
	{review.Coinify, reviewing, 4, "", plain},

	// Coinify, not under review.
	{review.Coinify, arriving, 8, "", plain},
	{review.Coinify, passed, 18, "", plain},
	{review.Coinify, failed, 2, "DENIED", plain},
	{review.Coinify, failed, 3, "NO_ID_UPLOADED", plain},
	{review.Coinify, failed, 2, "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT", plain},
	{review.Coinify, lapsed, 9, "", plain},
}

var scenarioWeight = func() (sum int) {
	for _, s := range scenarios {
		sum += s.weight
	}
	return sum
}()

func (s scenario) list() []string { return strings.Fields(s.codes) }

// bank reports whether the scenario is about a bank account and not about a document.
func (s scenario) bank() bool {
	return strings.Contains(s.codes, "plaid_") || strings.Contains(s.codes, "account_number") || strings.Contains(s.codes, "deleted_account")
}
