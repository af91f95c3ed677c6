package coinify

// States of an attempt (facts/coinify.md, section 5.1). Expired means that the
// documents ran out, not that nobody finished in time.
const (
	StatePending    = "pending"
	StateProcessing = "processing"
	StateApproved   = "approved"
	StateRejected   = "rejected"
	StateExpired    = "expired"
)

// States lists the constants above.
func States() []string {
	return []string{StatePending, StateProcessing, StateApproved, StateRejected, StateExpired}
}

// Reject reasons (section 6). The documentation prints five of them with a space
// before the last point; they are written without, and read either way.
const (
	ReasonDenied                           = "DENIED"
	ReasonDeniedUnsupportedIDType          = "DENIED_UNSUPPORTED_ID_TYPE"
	ReasonDeniedUnsupportedIDCountry       = "DENIED_UNSUPPORTED_ID_COUNTRY"
	ReasonDeniedMissingDateOfBirth         = "DENIED_MISSING_DATE_OF_BIRTH"
	ReasonDeniedYoungerThan18Years         = "DENIED_YOUNGER_THAN_18_YEARS"
	ReasonDeniedExpiredIdentification      = "DENIED_EXPIRED_IDENTIFICATION"
	ReasonDeniedFailedIdentityVerification = "DENIED_FAILED_IDENTITY_VERIFICATION"
	ReasonPhotocopyBlackWhite              = "ERROR_NOT_READABLE_ID.PHOTOCOPY_BLACK_WHITE"
	ReasonPhotocopyColor                   = "ERROR_NOT_READABLE_ID.PHOTOCOPY_COLOR"
	ReasonDigitalCopy                      = "ERROR_NOT_READABLE_ID.DIGITAL_COPY"
	ReasonBlurred                          = "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED"
	ReasonBadQuality                       = "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BAD_QUALITY"
	ReasonMissingPartDocument              = "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.MISSING_PART_DOCUMENT"
	ReasonHiddenPartDocument               = "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.HIDDEN_PART_DOCUMENT"
	ReasonDamagedDocument                  = "ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.DAMAGED_DOCUMENT"
	ReasonNoDocument                       = "ERROR_NOT_READABLE_ID.NO_DOCUMENT"
	ReasonSampleDocument                   = "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT"
	ReasonMissingBack                      = "ERROR_NOT_READABLE_ID.MISSING_BACK"
	ReasonWrongDocumentPage                = "ERROR_NOT_READABLE_ID.WRONG_DOCUMENT_PAGE"
	ReasonMissingSignature                 = "ERROR_NOT_READABLE_ID.MISSING_SIGNATURE"
	ReasonCameraBlackWhite                 = "ERROR_NOT_READABLE_ID.CAMERA_BLACK_WHITE"
	ReasonDifferentPersonsShown            = "ERROR_NOT_READABLE_ID.DIFFERENT_PERSONS_SHOWN"
	ReasonManualRejection                  = "ERROR_NOT_READABLE_ID.MANUAL_REJECTION"
	ReasonManualReview                     = "MANUAL_REVIEW"
	ReasonNoIDUploaded                     = "NO_ID_UPLOADED"
)

// Reasons lists the constants above.
func Reasons() []string {
	return []string{
		ReasonDenied, ReasonDeniedUnsupportedIDType, ReasonDeniedUnsupportedIDCountry,
		ReasonDeniedMissingDateOfBirth, ReasonDeniedYoungerThan18Years, ReasonDeniedExpiredIdentification,
		ReasonDeniedFailedIdentityVerification, ReasonPhotocopyBlackWhite, ReasonPhotocopyColor,
		ReasonDigitalCopy, ReasonBlurred, ReasonBadQuality,
		ReasonMissingPartDocument, ReasonHiddenPartDocument, ReasonDamagedDocument,
		ReasonNoDocument, ReasonSampleDocument, ReasonMissingBack,
		ReasonWrongDocumentPage, ReasonMissingSignature, ReasonCameraBlackWhite,
		ReasonDifferentPersonsShown, ReasonManualRejection, ReasonManualReview,
		ReasonNoIDUploaded,
	}
}
