package synthetic

import (
	"strings"
	"time"
	"unicode"

	"reviewdesk/cmd/reviewdesk/specimen"
	"reviewdesk/review"
)

// twists make the trouble that each code stands for. A code without one shows
// nowhere in the evidence: it is a matter of process, or of a list that the desk
// does not hold.
var twists = map[string]func(*draft){
	// Cybrid
	"id_check_failure":                 func(d *draft) { d.registry.Number = oneOff(d, d.registry.Number) },
	"id_quality_check_failure":         anyOf(specimen.Blurred, specimen.Dark, specimen.Glare),
	"id_barcode_check_failure":         picture(specimen.Damaged),
	"id_mrz_check_failure":             picture(specimen.MRZWrong),
	"id_presence_check_failure":        noDocument,
	"id_expiration_check_failure":      expired,
	"id_double_side_check_failure":     oneSide,
	"id_type_allowed_check_failure":    licence,
	"id_country_allowed_check_failure": otherIssuer,
	"id_digital_replica_check_failure": picture(specimen.ScreenReplica),
	"id_paper_replica_check_failure":   picture(specimen.PaperCopy),
	unlisted:                           picture(specimen.Glare),
	"database_check_failure":           func(d *draft) { d.registry = review.Reading{Name: d.registry.Name, Country: d.registry.Country} },
	"selfie_failure":                   otherFace,
	"selfie_pose_check_failure":        selfie(specimen.Cropped, 0.74),
	"selfie_quality_check_failure":     selfie(specimen.Dark, 0.61),
	"country_comparison_check_failure": func(d *draft) { d.typed.Country = elsewhere(d) },
	"duplicate_person_check_failure":   again,
	"prohibited_person_check_failure":  func(d *draft) { d.registry.BirthDate = d.who.birth.AddDate(-3, 0, 11).Format(time.DateOnly) },
	"watchlist_check_failure":          func(d *draft) { d.registry.BirthDate = d.who.birth.AddDate(1, 2, 0).Format(time.DateOnly) },
	"pep_check_failure":                func(d *draft) { d.typed.Occupation = "Deputy minister" },
	"media_check_failure":              func(d *draft) { d.typed.Occupation = "Company director" },
	"name_check_failure":               otherName,
	"name_comparison_check_failure":    otherName,
	"address_check_failure":            func(d *draft) { d.registry.Address = swapDigits(d.registry.Address) },
	"dob_check_failure":                dayForMonth,
	"id_number_check_failure":          func(d *draft) { d.typed.Number = oneOff(d, d.typed.Number) },
	"phone_number_check_failure":       func(d *draft) { d.registry.Phone = swapDigits(d.typed.Phone) },
	"email_address_check_failure":      func(d *draft) { d.typed.Email = "throwaway" + fill(d.r, "######") + "@mail.example" },
	"document_type_check_failure":      func(d *draft) { d.paper = "bank_statement" },
	"document_quality_check_failure":   func(d *draft) { d.paper = "utility_bill" },
	"document_check_failure":           func(d *draft) { d.paper, d.registry.Address = "proof_of_address", "" },

	// Coinify
	"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BLURRED":               picture(specimen.Blurred),
	"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.BAD_QUALITY":           anyOf(specimen.Dark, specimen.Glare),
	"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.MISSING_PART_DOCUMENT": picture(specimen.Cropped),
	"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.HIDDEN_PART_DOCUMENT":  picture(specimen.Covered),
	"ERROR_NOT_READABLE_ID.NOT_READABLE_DOCUMENT.DAMAGED_DOCUMENT":      picture(specimen.Damaged),
	"ERROR_NOT_READABLE_ID.PHOTOCOPY_BLACK_WHITE":                       picture(specimen.PaperCopy),
	"ERROR_NOT_READABLE_ID.DIGITAL_COPY":                                picture(specimen.ScreenReplica),
	"ERROR_NOT_READABLE_ID.CAMERA_BLACK_WHITE":                          picture(specimen.BlackWhite),
	"ERROR_NOT_READABLE_ID.DIFFERENT_PERSONS_SHOWN":                     otherFace,
	"ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT":                             picture(specimen.Sample),
	"ERROR_NOT_READABLE_ID.MISSING_BACK":                                oneSide,
	"ERROR_NOT_READABLE_ID.WRONG_DOCUMENT_PAGE":                         wrongPage,
	"ERROR_NOT_READABLE_ID.NO_DOCUMENT":                                 noDocument,
	"NO_ID_UPLOADED":                                                    func(d *draft) { d.print.Kind = "" },
	"DENIED_FAILED_IDENTITY_VERIFICATION":                               otherFace,
	"DENIED_EXPIRED_IDENTIFICATION":                                     expired,
	"DENIED_MISSING_DATE_OF_BIRTH":                                      func(d *draft) { d.print.Birth = time.Time{} },
	"DENIED_YOUNGER_THAN_18_YEARS":                                      minor,
	"DENIED_UNSUPPORTED_ID_TYPE":                                        licence,
	"DENIED_UNSUPPORTED_ID_COUNTRY":                                     otherIssuer,
}

func picture(defect specimen.Defect) func(*draft) {
	return func(d *draft) { d.print.Defect = defect }
}

func anyOf(defects ...specimen.Defect) func(*draft) {
	return func(d *draft) { d.print.Defect = one(d.r, defects) }
}

func selfie(defect specimen.Defect, score float64) func(*draft) {
	return func(d *draft) { d.selfie, d.face = defect, score }
}

func noDocument(d *draft) {
	d.print.Defect, d.unread, d.back = specimen.NoDocument, true, false
}

// expired lets the document run out weeks before it was sent; the applicant typed
// the year after.
func expired(d *draft) {
	d.print.Expiry = d.created.Truncate(day).AddDate(0, 0, -5-d.r.IntN(120))
	d.typed.Expiry = d.print.Expiry.AddDate(1, 0, 0).Format(time.DateOnly)
}

func oneSide(d *draft) {
	d.print.Kind, d.front, d.back = "identity_card", true, false
}

// wrongPage shows the back where the front should be.
func wrongPage(d *draft) {
	d.print.Kind, d.swapped, d.back, d.unread = "identity_card", true, false, true
}

func licence(d *draft) { d.print.Kind, d.back = "drivers_license", true }

func otherIssuer(d *draft) {
	d.issuer = elsewhere(d)
	d.print.Country = d.issuer
}

// elsewhere is a country that is not the applicant's.
func elsewhere(d *draft) string {
	for {
		if n := one(d.r, nations); n.code != d.who.nation.code {
			return n.code
		}
	}
}

func otherFace(d *draft) {
	d.selfie, d.face = specimen.OtherFace, 0.22+float64(d.r.IntN(30))/100
}

// again lets the person of the case before come under a new customer's number.
func again(d *draft) {
	kept := d.who
	d.who = d.neighbor
	d.who.email, d.who.phone = kept.email, kept.phone
	d.agree()
}

// minor makes the applicant sixteen, or nearly.
func minor(d *draft) {
	d.print.Birth = d.updated.Truncate(day).AddDate(-17, d.r.IntN(11), 3)
	born := d.print.Birth.Format(time.DateOnly)
	d.registry.BirthDate, d.typed.BirthDate = born, d.print.Birth.AddDate(-2, 0, 0).Format(time.DateOnly)
}

// dayForMonth swaps the day and the month of birth, as people from elsewhere do.
func dayForMonth(d *draft) {
	born := d.print.Birth
	twelfth := 1 + d.r.IntN(12)
	if twelfth == int(born.Month()) {
		twelfth = twelfth%12 + 1
	}
	right, swapped := born.AddDate(0, 0, twelfth-born.Day()), time.Date(born.Year(), time.Month(twelfth), int(born.Month()), 0, 0, 0, 0, time.UTC)
	d.print.Birth = right
	d.registry.BirthDate, d.typed.BirthDate = right.Format(time.DateOnly), swapped.Format(time.DateOnly)
}

// otherName types the name in one of the ways in which names differ: without
// accents, with the parts turned round, or with a name by marriage.
func otherName(d *draft) {
	given, surname := d.print.Given, d.print.Surname
	if bare := withoutAccents(d.typed.Name); bare != d.typed.Name {
		d.typed.Name = bare
		return
	}
	if d.r.IntN(2) == 0 {
		n := d.who.nation
		n.familyFirst, n.joined = !n.familyFirst, false
		d.typed.Name = n.order(given, surname)
		return
	}
	married := surname
	for married == surname {
		married = familyName(one(d.r, list(d.who.nation.families)), d.who.sex)
	}
	d.typed.Name = d.who.nation.order(given, married)
}

// accents maps the Latin letters of the lists to what people type without them.
var accents = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n", "Á", "A", "Ñ", "N", "Í", "I", "ł", "l", "Ł", "L",
	"ó", "o", "ą", "a", "ę", "e", "ń", "n", "ś", "s", "ź", "z", "ż", "z", "ć", "c", "Đ", "D", "đ", "d", "ặ", "a", "ị", "i", "ị", "i", "ế", "e", "ễ", "e",
	"ầ", "a", "ạ", "a", "ă", "a", "õ", "o", "ứ", "u", "ố", "o", "ả", "a", "ươ", "uo", "ã", "a", "ç", "c", "ê", "e", "ô", "o", "å", "a", "Å", "A", "ä", "a",
	"ö", "o", "Ö", "O", "ü", "u", "ß", "ss", "è", "e", "ï", "i", "ű", "u", "ő", "o", "ş", "s", "Ş", "S", "ğ", "g", "ı", "i", "İ", "I", "Ç", "C",
	"ț", "t", "Ț", "T", "ș", "s", "Ș", "S", "â", "a", "þ", "th", "Þ", "Th", "ð", "d", "ọ", "o", "ẹ", "e", "ṣ", "s", "Ọ", "O", "ì", "i", "ò", "o", "Ò", "O", "\u0300", "")

func withoutAccents(name string) string { return accents.Replace(name) }

// oneOff changes one digit of a number, the slip of a finger.
func oneOff(d *draft, number string) string {
	runes := []rune(number)
	for i := len(runes) - 1 - d.r.IntN(3); i >= 0; i-- {
		if unicode.IsDigit(runes[i]) {
			runes[i] = '0' + (runes[i]-'0'+1+rune(d.r.IntN(8)))%10
			return string(runes)
		}
	}
	return number
}

// swapDigits turns the first two neighbouring digits round that differ.
func swapDigits(text string) string {
	runes := []rune(text)
	for i := len(runes) - 2; i >= 0; i-- {
		if unicode.IsDigit(runes[i]) && unicode.IsDigit(runes[i+1]) && runes[i] != runes[i+1] {
			runes[i], runes[i+1] = runes[i+1], runes[i]
			return string(runes)
		}
	}
	return text
}
