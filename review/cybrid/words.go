package cybrid

// The value sets of facts/cybrid.md, section 4. Where a response may hold values
// beyond them, the parser lets them through; only state and outcome are closed,
// because the desk could not act on others.

// States of an identity verification, in the order it runs through them (section 5).
const (
	StateStoring   = "storing"
	StateWaiting   = "waiting"
	StatePending   = "pending"
	StateReviewing = "reviewing"
	StateCompleted = "completed"
	StateExpired   = "expired"
)

// States lists the constants above.
func States() []string {
	return []string{
		StateStoring, StateWaiting, StatePending,
		StateReviewing, StateCompleted, StateExpired,
	}
}

// Outcomes of a completed verification; null until then.
const (
	OutcomePassed = "passed"
	OutcomeFailed = "failed"
)

// Outcomes lists the constants above.
func Outcomes() []string {
	return []string{
		OutcomePassed, OutcomeFailed,
	}
}

// Types of verification. There is none for businesses: they are kyc with the method
// business_registration (section 2).
const (
	TypeKYC          = "kyc"
	TypeBankAccount  = "bank_account"
	TypeCounterparty = "counterparty"
)

// Types lists the constants above.
func Types() []string {
	return []string{
		TypeKYC, TypeBankAccount, TypeCounterparty,
	}
}

// Methods of verification. The last one is gone since v0.123.140 and stands in old
// objects only.
const (
	MethodAttested                     = "attested"
	MethodDocumentSubmission           = "document_submission"
	MethodEnhancedDueDiligence         = "enhanced_due_diligence"
	MethodIDAndSelfie                  = "id_and_selfie"
	MethodTaxIDAndSelfie               = "tax_id_and_selfie"
	MethodBusinessRegistration         = "business_registration"
	MethodAttestedIDAndSelfie          = "attested_id_and_selfie"
	MethodAttestedBusinessRegistration = "attested_business_registration"
	MethodAttestedBusinessAssociate    = "attested_business_associate"
	MethodAttestedIDAndDatabase        = "attested_id_and_database"
	MethodWatchlists                   = "watchlists"
	MethodAttestedOwnership            = "attested_ownership"
	MethodAccountOwnership             = "account_ownership"
	MethodPlaidIdentityMatch           = "plaid_identity_match"
)

// Methods lists the constants above.
func Methods() []string {
	return []string{
		MethodAttested, MethodDocumentSubmission, MethodEnhancedDueDiligence,
		MethodIDAndSelfie, MethodTaxIDAndSelfie, MethodBusinessRegistration,
		MethodAttestedIDAndSelfie, MethodAttestedBusinessRegistration, MethodAttestedBusinessAssociate,
		MethodAttestedIDAndDatabase, MethodWatchlists, MethodAttestedOwnership,
		MethodAccountOwnership, MethodPlaidIdentityMatch,
	}
}

// States of the inquiry at Persona, which does the checks.
const (
	PersonaStateWaiting    = "waiting"
	PersonaStatePending    = "pending"
	PersonaStateReviewing  = "reviewing"
	PersonaStateProcessing = "processing"
	PersonaStateExpired    = "expired"
	PersonaStateCompleted  = "completed"
	PersonaStateUnknown    = "unknown"
)

// PersonaStates lists the constants above.
func PersonaStates() []string {
	return []string{
		PersonaStateWaiting, PersonaStatePending, PersonaStateReviewing,
		PersonaStateProcessing, PersonaStateExpired, PersonaStateCompleted,
		PersonaStateUnknown,
	}
}

// Outcomes of a compliance check.
const (
	CheckOutcomePassed       = "passed"
	CheckOutcomeFailed       = "failed"
	CheckOutcomeInconclusive = "inconclusive"
	CheckOutcomeInsufficient = "insufficient"
)

// CheckOutcomes lists the constants above.
func CheckOutcomes() []string {
	return []string{
		CheckOutcomePassed, CheckOutcomeFailed, CheckOutcomeInconclusive,
		CheckOutcomeInsufficient,
	}
}

// States of a compliance decision.
const (
	DecisionStatePassed      = "passed"
	DecisionStateFailed      = "failed"
	DecisionStateExpired     = "expired"
	DecisionStateInvalidated = "invalidated"
)

// DecisionStates lists the constants above.
func DecisionStates() []string {
	return []string{
		DecisionStatePassed, DecisionStateFailed, DecisionStateExpired,
		DecisionStateInvalidated,
	}
}

// Types of compliance checks and compliance decisions.
const (
	CheckBusinessWatchlists                      = "business_watchlists"
	CheckBusinessVerification                    = "business_verification"
	CheckBusinessTaxIDVerification               = "business_tax_id_verification"
	CheckBusinessAttested                        = "business_attested"
	CheckBusinessTaxIDAttested                   = "business_tax_id_attested"
	CheckBusinessWatchlistsAttested              = "business_watchlists_attested"
	CheckPersonAttested                          = "person_attested"
	CheckPersonTaxIDAttested                     = "person_tax_id_attested"
	CheckPersonGovIDAttested                     = "person_gov_id_attested"
	CheckPersonAuthenticationAttested            = "person_authentication_attested"
	CheckPersonWatchlistsAttested                = "person_watchlists_attested"
	CheckPersonWatchlists                        = "person_watchlists"
	CheckPersonVerification                      = "person_verification"
	CheckPersonAuthentication                    = "person_authentication"
	CheckPersonGovIDVerification                 = "person_gov_id_verification"
	CheckPersonTaxIDVerification                 = "person_tax_id_verification"
	CheckBusinessAssociateGovIDAttested          = "business_associate_gov_id_attested"
	CheckBusinessAssociateAuthenticationAttested = "business_associate_authentication_attested"
	CheckBusinessAssociateAttested               = "business_associate_attested"
	CheckBusinessAssociateTaxIDAttested          = "business_associate_tax_id_attested"
	CheckBusinessAssociateWatchlistsAttested     = "business_associate_watchlists_attested"
	CheckExternalBankAccountVerification         = "external_bank_account_verification"
	CheckExternalBankAccountAttested             = "external_bank_account_attested"
)

// CheckTypes lists the constants above.
func CheckTypes() []string {
	return []string{
		CheckBusinessWatchlists, CheckBusinessVerification, CheckBusinessTaxIDVerification,
		CheckBusinessAttested, CheckBusinessTaxIDAttested, CheckBusinessWatchlistsAttested,
		CheckPersonAttested, CheckPersonTaxIDAttested, CheckPersonGovIDAttested,
		CheckPersonAuthenticationAttested, CheckPersonWatchlistsAttested, CheckPersonWatchlists,
		CheckPersonVerification, CheckPersonAuthentication, CheckPersonGovIDVerification,
		CheckPersonTaxIDVerification, CheckBusinessAssociateGovIDAttested, CheckBusinessAssociateAuthenticationAttested,
		CheckBusinessAssociateAttested, CheckBusinessAssociateTaxIDAttested, CheckBusinessAssociateWatchlistsAttested,
		CheckExternalBankAccountVerification, CheckExternalBankAccountAttested,
	}
}

// Types of identification numbers (section 2).
const (
	NumberDriversLicense               = "drivers_license"
	NumberPassport                     = "passport"
	NumberPassportCard                 = "passport_card"
	NumberVisa                         = "visa"
	NumberResidenceCard                = "residence_card"
	NumberSocialSecurityNumber         = "social_security_number"
	NumberTaxIdentificationNumber      = "tax_identification_number"
	NumberIdentificationCard           = "identification_card"
	NumberWorkPermit                   = "work_permit"
	NumberIndigenousDocumentNumber     = "indigenous_document_number"
	NumberNationalIdentificationNumber = "national_identification_number"
	NumberEmployerIdentificationNumber = "employer_identification_number"
	NumberBusinessRegistrationNumber   = "business_registration_number"
)

// NumberTypes lists the constants above.
func NumberTypes() []string {
	return []string{
		NumberDriversLicense, NumberPassport, NumberPassportCard,
		NumberVisa, NumberResidenceCard, NumberSocialSecurityNumber,
		NumberTaxIdentificationNumber, NumberIdentificationCard, NumberWorkPermit,
		NumberIndigenousDocumentNumber, NumberNationalIdentificationNumber, NumberEmployerIdentificationNumber,
		NumberBusinessRegistrationNumber,
	}
}
