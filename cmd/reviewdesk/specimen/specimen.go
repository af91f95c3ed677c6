// Package specimen draws the identity documents and selfies of the demo.
//
// A reviewing desk needs pictures to review, and no real person's picture may
// ever be one of them. So every picture here is drawn from scratch: a seed
// fixes a face, a country fixes a hue, and the document is laid out in vector
// shapes in the manner of an ID-1 card or a passport page. The same input
// always gives the same pixels, which lets the demo be rebuilt, tested and
// compared. Nothing can be mistaken for a real document: the issuer is the
// "Specimen Republic" (ICAO's Utopia in the machine-readable zone), every
// card carries the word SPECIMEN in its header and across its face, and every
// selfie says in its corner who drew it.
//
// A Defect makes the picture wrong in one way an applicant's upload can be
// wrong: out of focus, photographed off a screen, covered by a finger, or
// showing no document at all.
package specimen

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"time"
)

// Document says what one synthetic document reads and whose face it shows.
// Any field may be empty; the document then shows a dash in its place.
type Document struct {
	Seed           int64  // fixes the face and the signature
	Kind           string // "identity_card", "passport", "drivers_license" or "residence_card"
	Country        string // ISO alpha-2 code; each country has its own hue
	Surname, Given string // in any script
	Number, Sex    string
	Birth, Expiry  time.Time
	Defect         Defect // what is wrong with the picture
}

// Defect is one way in which a picture is wrong.
type Defect int

// The defects. MRZWrong changes documents only, OtherFace selfies only, and
// Expired nothing: the date printed is the one given.
const (
	None          Defect = iota // a good picture
	Blurred                     // out of focus
	Dark                        // taken in the dark
	Glare                       // a lamp reflected in it, or behind the head
	Cropped                     // part of it outside the frame
	Covered                     // a thumb on the document; a mask on the face
	BlackWhite                  // no colour
	ScreenReplica               // photographed off a screen: bezel and moiré
	PaperCopy                   // a flat grey copy on a sheet of paper
	MRZWrong                    // a wrong check digit is printed
	Expired                     // no visual change
	NoDocument                  // a table top with keys; an empty room
	Sample                      // SAMPLE in large letters over it
	Damaged                     // torn, creased and stained
	OtherFace                   // the selfie shows another person
)

// Card and picture sizes. ID-1 cards are drawn at 300 dpi.
const (
	cardW, cardH         = 1013, 638
	passportW, passportH = 1250, 880
	selfieW, selfieH     = 720, 900
)

// Front draws the front of a card (1013×638) or a passport's data page
// (1250×880).
func Front(d Document) image.Image {
	if d.Kind == "passport" {
		return drawSide(d, passportW, passportH, drawPassport)
	}
	return drawSide(d, cardW, cardH, drawFront)
}

// Back draws the back of a card; passports have none, and Back returns nil.
func Back(d Document) image.Image {
	if d.Kind == "passport" {
		return nil
	}
	return drawSide(d, cardW, cardH, drawBack)
}

// Selfie draws the portrait a person with this seed would take: the same face
// as on the document, in other clothes and in a room. With OtherFace it is
// somebody else.
func Selfie(seed int64, defect Defect) image.Image {
	return drawSelfie(seed, defect).img
}

// SeedFor returns a seed near n whose face suits the sex marker: even seeds
// look feminine, odd ones masculine. Any other marker leaves n as it is.
func SeedFor(sex string, n int64) int64 {
	switch mrzSex(sex) {
	case "F":
		return n &^ 1
	case "M":
		return n | 1
	}
	return n
}

// JPEG encodes the picture at quality 82. A nil picture gives nil.
func JPEG(img image.Image) []byte {
	if img == nil {
		return nil
	}
	var b bytes.Buffer
	b.Grow(64 << 10)
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 82}); err != nil {
		return nil // only sizes beyond JPEG's 65535 pixels fail
	}
	return b.Bytes()
}

// unitsWide is the width of every document in drawing units.
const unitsWide = 376

// drawSide draws a document side into a w×h picture with its defect.
func drawSide(d Document, w, h int, side func(*canvas, Document, theme)) image.Image {
	k := float32(w) / unitsWide
	c := newCanvas(w, h, k)
	stage := scene{c: c, w: unitsWide, h: float32(h) / k, seed: d.Seed}
	if d.Defect == NoDocument {
		stage.tableTop()
		return c.img
	}
	place := stage.before(d.Defect)
	c.with(place, func() { side(c, d, themeFor(countryCode(d.Country), d.Kind)) })
	lens(c.img)
	stage.after(d.Defect)
	return c.img
}

// countryCode cleans the code to one to three capital letters; XX if none.
func countryCode(s string) string {
	code := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(s))
	return orElse(code[:min(len(code), 3)], "XX")
}
