package synthetic

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"reviewdesk/cmd/reviewdesk/specimen"
	"reviewdesk/review"
)

// draft is a case while it is made: what is true, what was typed, printed, read
// and held by a registry. Everything agrees until a twist changes it.
type draft struct {
	scenario
	r        *rand.Rand // for twists
	opts     Options
	id       string // 32 hexadecimal digits
	customer string
	who      person
	neighbor person // of the case before, for people who come twice

	created, updated time.Time
	attempt          int
	attempts         int

	typed    review.Reading
	print    specimen.Document // what the document says, and how its picture fails
	unread   bool              // the machine could read nothing
	registry review.Reading
	issuer   string // ISO alpha-2
	face     float64
	selfie   specimen.Defect
	front    bool // which pictures were sent
	back     bool
	self     bool
	swapped  bool   // the back stands in the front's place
	paper    string // a supporting document, in the provider's spelling
	counted  int    // a trader's, where it is counted and not drawn
	brief    bool   // the platform sends little of what it settled itself
}

// faceNeeded is the match from which the machine lets a face pass.
const faceNeeded = 0.70

func (g *Generator) draft(i int, s scenario) *draft {
	r := g.dice(i, forID)
	d := &draft{scenario: s, r: g.dice(i, forTwist), opts: g.opts, id: guid(r), customer: guid(r),
		who: g.person(i), neighbor: g.person(max(i-1, 0)), attempt: 1, attempts: 1, face: 0.80 + float64(r.IntN(18))/100}
	d.times(g.dice(i, forTime))
	if r.IntN(6) == 0 {
		d.attempt, d.attempts = 2, 2+r.IntN(2)
	}
	d.tell()
	return d
}

// tell gives every source its account.
func (d *draft) tell() {
	d.disguise()
	d.agree()
	for _, code := range d.list() {
		if twist := twists[code]; twist != nil {
			twist(d)
		}
	}
	d.hide()
	d.evidence()
	if d.brief && d.provider == review.Coinify { // whose own object has no place for more
		d.typed = review.Reading{Name: d.typed.Name, BirthDate: d.typed.BirthDate, Number: d.typed.Number, Country: d.typed.Country}
	}
}

// agree lets every source tell the truth.
func (d *draft) agree() {
	p := d.who
	if d.bank() {
		p.kind = ""
	}
	truth := review.Reading{Name: p.name(), BirthDate: p.birth.Format(time.DateOnly), Number: p.number, Country: p.nation.code}
	d.typed, d.registry, d.issuer = truth, truth, p.nation.code
	d.typed.Address, d.registry.Address = p.street+", "+p.city, p.street+", "+p.city
	d.typed.Expiry = p.expiry.Format(time.DateOnly)
	d.typed.Email, d.typed.Phone, d.typed.Occupation = p.email, p.phone, p.occupation
	d.print = specimen.Document{Seed: p.face, Kind: p.kind, Country: p.nation.code, Surname: p.surname, Given: p.given,
		Number: p.number, Sex: p.sex, Birth: p.birth, Expiry: p.expiry}
	d.front, d.back, d.self = p.kind != "", p.kind != "" && p.kind != "passport", p.kind != ""
}

// disguise gives a case with a trick an applicant whose name it works on.
func (d *draft) disguise() {
	if d.trick == plain {
		return
	}
	n := nationByCode["SE"]
	d.who.sex, d.who.face = "M", specimen.SeedFor("M", d.who.face)
	d.who.nation, d.who.given, d.who.surname = n, "Jonas", "Bergström"
	d.who.street, d.who.city = "Drottninggatan 12", "111 29 Stockholm"
	d.who.phone, d.who.number = fill(d.r, n.phone), fill(d.r, n.number)
}

// hide lets the name typed carry the trick.
func (d *draft) hide() {
	switch d.trick {
	case bidi: // what stands between the marks is shown from right to left
		d.typed.Name = "Jonas \u202eHoffman\u202c Bergström"
	case mixed: // Cyrillic letters that look like Latin ones
		d.typed.Name = strings.NewReplacer("o", "о", "a", "а", "e", "е").Replace(d.who.name())
	}
}

// evidence takes away what a case at this stage does not have.
func (d *draft) evidence() {
	switch {
	case d.unfinished():
		d.unread, d.registry, d.face = true, review.Reading{}, 0
		d.front, d.back, d.self = false, false, false
	case d.fate != reviewing: // platforms send pictures of what a person must look at
		d.front, d.back, d.self = false, false, false
	}
	if d.print.Kind == "" {
		d.face, d.unread = 0, true
	}
}

// unfinished reports whether the applicant never got to the end.
func (d *draft) unfinished() bool {
	return d.fate == arriving || d.fate == lapsed && d.provider == review.Cybrid
}

// read is what the machine read from the document.
func (d *draft) read() review.Reading {
	if d.unread {
		return review.Reading{}
	}
	r := review.Reading{Name: d.who.nation.order(d.print.Given, d.print.Surname), Number: d.print.Number, Country: d.issuer}
	if !d.print.Birth.IsZero() {
		r.BirthDate = d.print.Birth.Format(time.DateOnly)
	}
	if !d.print.Expiry.IsZero() {
		r.Expiry = d.print.Expiry.Format(time.DateOnly)
	}
	return r
}

// mrz is the machine-readable zone as read; the lines of a licence are no such zone.
func (d *draft) mrz() []string {
	if d.unread || d.print.Kind == "drivers_license" {
		return nil
	}
	return specimen.MRZ(d.print)
}

// checks are what a machine runs on an identity, by their failure codes.
var checks = []string{
	"id_presence_check_failure", "id_quality_check_failure", "id_type_allowed_check_failure", "id_country_allowed_check_failure",
	"id_expiration_check_failure", "id_double_side_check_failure", "id_mrz_check_failure", "id_barcode_check_failure",
	"id_digital_replica_check_failure", "id_paper_replica_check_failure", "selfie_failure", "selfie_pose_check_failure",
	"selfie_quality_check_failure", "database_check_failure", "name_check_failure", "dob_check_failure", "watchlist_check_failure",
}

// passedChecks names the checks that found nothing.
func (d *draft) passedChecks() []string {
	if d.unfinished() || d.bank() || d.fate == lapsed {
		return nil
	}
	var out []string
	for _, code := range checks {
		if !slices.Contains(d.list(), code) && !d.doubted(code) {
			out = append(out, review.CheckName(code))
		}
	}
	return out
}

// doubted reports whether the evidence speaks against a check that the provider
// has no code of its own for.
func (d *draft) doubted(code string) bool {
	switch code {
	case "id_presence_check_failure":
		return d.unread
	case "id_quality_check_failure", "id_digital_replica_check_failure", "id_paper_replica_check_failure":
		return d.print.Defect != specimen.None
	case "id_expiration_check_failure":
		return d.print.Expiry.Before(d.updated)
	case "id_double_side_check_failure":
		return !d.back && d.print.Kind != "passport"
	case "id_mrz_check_failure":
		return d.unread || d.print.Defect != specimen.None
	case "selfie_failure":
		return d.face < faceNeeded
	case "id_type_allowed_check_failure", "id_country_allowed_check_failure", "dob_check_failure":
		return strings.Contains(d.codes, "DENIED_")
	}
	return false
}

// documentKind is the kind of the document in the provider's spelling.
func (d *draft) documentKind() string {
	if d.provider == review.Cybrid && d.print.Kind == "identity_card" {
		return "identification_card"
	}
	return d.print.Kind
}

// documents are those of the case with what was read from them.
func (d *draft) documents() []review.Document {
	if d.print.Kind == "" || d.unfinished() {
		return nil
	}
	return []review.Document{{Kind: d.documentKind(), Country: d.issuer, Read: d.read(), MRZ: d.mrz()}}
}

// match is the machine's comparison of the faces; nil where there was none.
func (d *draft) match() *review.ExtensionFace {
	if d.face == 0 || d.unread {
		return nil
	}
	return &review.ExtensionFace{Score: d.face, Needed: faceNeeded}
}
