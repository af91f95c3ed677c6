package specimen

import "time"

// passportHigh is the height of a passport's data page in drawing units.
const passportHigh = float32(passportH) * unitsWide / passportW

// drawPassport draws the data page of a passport in 376×265 units.
func drawPassport(c *canvas, d Document, t theme) {
	ground(c, t, passportHigh, d.Kind)
	c.text(style{bold, 17, 2.4, solid(t.band)}, 18, 24.5, "PASSPORT")
	c.text(style{bold, 7.4, 0.9, solid(t.band)}, 142, 16, "SPECIMEN REPUBLIC")
	c.text(style{regular, 7, 0.9, solid(t.label)}, 142, 25, "DRAWN BY REVIEWDESK")
	codeBadge(c, 340, 19, countryCode(d.Country), solid(t.band))
	biometric(c, t, 296, 12, 20)
	c.fill(rect(0, 32, unitsWide, 2.2), solid(t.band))
	microtext(c, t, 34, unitsWide)
	drawPortrait(c, d.Seed, 18, 48, 104, 131)
	passportFields(c, d, t)
	seal(c, t, 335, 150, 20)
	ghost(c, d.Seed, t, 312, 56, 46, 60)
	signature(c, d.Seed, t, 262, 176, 84, 20)
	mrzBand(c, MRZ(d), 208, passportHigh, 14, 12.2)
	watermark(c, t, unitsWide/2, 128, -27, 68)
}

// passportFields prints captions and values of a data page.
func passportFields(c *canvas, d Document, t theme) {
	f := form{c, t, 6.4}
	f.field(138, 46, 26, 10.6, "TYPE", "P")
	f.field(172, 46, 40, 10.6, "CODE", state)
	f.field(222, 46, 84, 10.6, "PASSPORT NO.", numberOr(d.Number))
	f.field(138, 70, 168, 12.6, "SURNAME", nameOr(d.Surname))
	f.field(138, 96, 168, 12.6, "GIVEN NAMES", nameOr(d.Given))
	f.field(138, 122, 78, 10.6, "NATIONALITY", "UTOPIAN")
	f.field(222, 122, 80, 10.6, "DATE OF BIRTH", printDate(d.Birth))
	f.field(138, 146, 30, 10.6, "SEX", printSex(d.Sex))
	f.field(172, 146, 46, 10.6, "PLACE", "UTOPIA")
	f.field(222, 146, 84, 10.6, "DATE OF ISSUE", printDate(issued(d.Expiry)))
	f.field(138, 170, 78, 10.6, "DATE OF EXPIRY", printDate(d.Expiry))
	c.text(style{regular, 6.4, 0.25, solid(t.label)}, 222, 174, "SIGNATURE")
	c.text(style{regular, 6, 0.3, solid(t.label)}, 18, 198, "AUTHORITY: REVIEWDESK SPECIMEN OFFICE · IDENTIFIES NOBODY")
}

// issued is ten years before the expiry, the usual life of a passport.
func issued(expiry time.Time) time.Time {
	if expiry.IsZero() {
		return expiry
	}
	return expiry.AddDate(-10, 0, 0)
}

// biometric is the sign of a passport with a chip: a circle between two bars.
func biometric(c *canvas, t theme, x, y, w float32) {
	h := w * 0.66
	k := solid(t.band)
	c.stroke(round(x, y, w, h, 1.5, 1.5), 1.2, k)
	c.line(polyline(pt{x, y + h/2}, pt{x + w, y + h/2}), 1.2, k)
	c.fill(oval(x+w/2, y+h/2, h*0.3, h*0.3), solid(t.top))
	c.stroke(oval(x+w/2, y+h/2, h*0.26, h*0.26), 1.2, k)
}
