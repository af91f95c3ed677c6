package specimen

import (
	"math"
	"strings"
	"time"
)

// cardHigh is the height of an ID-1 card in drawing units.
const cardHigh = 236.8

// kindTitle is what the header calls the document.
func kindTitle(kind string) string {
	switch kind {
	case "passport":
		return "PASSPORT"
	case "drivers_license":
		return "DRIVING LICENCE"
	case "residence_card":
		return "RESIDENCE CARD"
	}
	return "IDENTITY CARD"
}

// drawFront draws the front of a card in 376×237 units.
func drawFront(c *canvas, d Document, t theme) {
	ground(c, t, cardHigh, d.Kind)
	c.fill(round(0, 0, unitsWide, 34, 14, 0), solid(t.band))
	c.textIn(style{bold, 12.2, 1.4, solid(0xffffff)}, 18, 21.6, 288, "SPECIMEN REPUBLIC · "+kindTitle(d.Kind))
	codeBadge(c, 338, 17, countryCode(d.Country), solid(0xffffff))
	microtext(c, t, 34, unitsWide)
	drawPortrait(c, d.Seed, 20, 48, 92, 116)
	cardFields(c, d, t)
	seal(c, t, 334, 79, 23)
	ghost(c, d.Seed, t, 314, 117, 40, 52)
	signature(c, d.Seed, t, 232, 153, 66, 18)
	mrzBand(c, MRZ(d), 184, cardHigh, 14, 13)
	watermark(c, t, unitsWide/2, 118, -24, 66)
}

// cardFields prints captions and values of a card's front.
func cardFields(c *canvas, d Document, t theme) {
	f := form{c, t, 7.2}
	f.field(130, 52, 172, 13.4, "SURNAME", nameOr(d.Surname))
	f.field(130, 80, 172, 13.4, "GIVEN NAMES", nameOr(d.Given))
	f.field(130, 107, 76, 11.6, "DATE OF BIRTH", printDate(d.Birth))
	f.field(212, 107, 24, 11.6, "SEX", printSex(d.Sex))
	f.field(240, 107, 64, 11.6, "NATIONALITY", state)
	f.field(130, 132, 92, 11.6, "DOCUMENT NO.", numberOr(d.Number))
	f.field(232, 132, 72, 11.6, "EXPIRES", printDate(d.Expiry))
	switch d.Kind {
	case "drivers_license":
		f.field(130, 157, 92, 10, "CLASSES", "AM · A1 · B")
	case "residence_card":
		f.field(130, 157, 92, 10, "TYPE OF PERMIT", "SPECIMEN STAY")
	default:
		f.field(130, 157, 92, 10, "AUTHORITY", "SPECIMEN OFFICE")
	}
}

// drawBack draws the back of a card in 376×237 units.
func drawBack(c *canvas, d Document, t theme) {
	ground(c, t, cardHigh, d.Kind)
	c.fill(rect(0, 22, unitsWide, 40), solid(0x2f353a))
	c.fill(rect(0, 22, unitsWide, 1.2), ink{0xffffff, 0.12})
	c.text(style{regular, 6.6, 0.7, solid(t.label)}, 18, 15, "SPECIMEN REPUBLIC · "+kindTitle(d.Kind)+" · NOT A DOCUMENT OF ANY STATE")
	c.fill(round(18, 72, 232, 74, 3, 3), ink{0xffffff, 0.72})
	barcode(c, orElse(alnum(d.Number), "SPECIMEN"), 26, 79, 216, 49, t.text)
	c.text(style{mono, 7.6, 1.2, solid(t.text)}, 26, 140, "*"+orElse(alnum(d.Number), "SPECIMEN")+"*")
	seal(c, t, 282, 94, 20)
	chip(c, t, 318, 79, 38, 31)
	f := form{c, t, 6.4}
	f.field(262, 122, 94, 10, "ISSUED BY", "REVIEWDESK")
	c.text(style{regular, 6.6, 0.3, solid(t.label)}, 18, 161, "A drawn specimen for demonstration. If found, keep it:")
	c.text(style{regular, 6.6, 0.3, solid(t.label)}, 18, 170, "it identifies nobody and opens no door.")
	codeBadge(c, 339, 164, countryCode(d.Country), solid(t.band))
	mrzBand(c, MRZ(d), 182, cardHigh, 14, 13)
	watermark(c, t, unitsWide/2, 118, -24, 66)
}

// form prints captioned values; small is the size of the captions.
type form struct {
	c     *canvas
	t     theme
	small float32
}

// field prints a caption at (x, y) and its value below, w units wide at most.
func (f form) field(x, y, w, size float32, caption, value string) {
	f.c.textIn(style{regular, f.small, 0.25, solid(f.t.label)}, x, y+4, w, caption)
	f.c.textIn(style{bold, size, 0, solid(f.t.text)}, x, y+6+size*0.86, w, value)
}

// nameOr is a name ready to print; a dash when nothing readable is left.
func nameOr(s string) string { return orElse(printable(s), "—") }

// numberOr is the document number as printed.
func numberOr(s string) string {
	return orElse(strings.Join(strings.Fields(printable(s)), " "), "—")
}

// printDate writes a date the way the specimen republic does.
func printDate(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.Format("02 01 2006")
}

// printSex writes the sex marker; X when it is neither M nor F.
func printSex(s string) string {
	return strings.Replace(mrzSex(s), "<", "X", 1)
}

// mrzBand prints the machine-readable zone on a white band from y to bottom.
func mrzBand(c *canvas, lines []string, y, bottom, radius, size float32) {
	c.fill(round(0, y, unitsWide, bottom-y, 0, radius), ink{0xffffff, 0.66})
	if len(lines) == 0 {
		return
	}
	advance := glyphOf(mono, '<').advance
	span := float32(unitsWide - 36)
	n := float32(len(lines[0]))
	st := style{mono, size, (span - n*advance*size) / (n - 1), solid(0x1d2427)}
	pitch := (bottom - y - 6) / float32(len(lines))
	for i, l := range lines {
		c.text(st, 18, y+3+pitch*(float32(i)+0.5)+size*0.34, l)
	}
}

// codeBadge is a ring with the country code in it.
func codeBadge(c *canvas, x, y float32, code string, k ink) {
	c.stroke(round(x-17, y-9.5, 34, 19, 9.5, 9.5), 1.1, ink{k.c, 0.75})
	st, code := style{bold, 11, 0.8, k}.fit(code, 26)
	c.centred(st, x, y, 0, code)
}

// microtext is the hairline of tiny lettering below the header.
func microtext(c *canvas, t theme, y, w float32) {
	st := style{regular, 3.1, 0.2, ink{t.band, 0.65}}
	word := "SPECIMEN · NOT VALID · "
	line := strings.Repeat(word, int((w-36)/st.width(word))) + "SPECIMEN"
	st.track += (w - 36 - st.width(line)) / float32(len([]rune(line))-1)
	c.text(st, 18, y+5.4, line)
}

// watermark writes the pale SPECIMEN across the document.
func watermark(c *canvas, t theme, x, y, deg, size float32) {
	c.centred(style{bold, size, 3, ink{t.band, 0.115}}, x, y, deg, "SPECIMEN")
}

// barcode draws bars whose widths follow the text's bits.
func barcode(c *canvas, s string, x, y, w, h float32, colour uint32) {
	var bars path
	const modules = 180
	module := w / modules
	state := uint32(2166136261)
	for i, n := float32(0), 0; i < modules-2; n++ {
		state = (state ^ uint32(s[n%len(s)])) * 16777619
		bar := float32(1 + state>>28&3)
		gap := float32(1 + state>>24&1 + state>>20&1)
		if i+bar > modules {
			break
		}
		bars = append(bars, rect(x+i*module, y, bar*module, h)...)
		i += bar + gap
	}
	c.fill(bars, solid(colour))
}

// chip is a gold contact plate.
func chip(c *canvas, t theme, x, y, w, h float32) {
	c.fill(round(x, y, w, h, 5, 5), solid(0xd9bf72))
	k := ink{mix(t.gold, 0x4a3a10, 0.35), 0.8}
	c.stroke(round(x, y, w, h, 5, 5), 0.7, k)
	c.stroke(round(x+w*0.34, y+h*0.24, w*0.32, h*0.52, 3, 3), 0.7, k)
	for _, f := range []float32{0.24, 0.5, 0.76} {
		c.line(polyline(pt{x, y + h*f}, pt{x + w*0.34, y + h*f}), 0.7, k)
		c.line(polyline(pt{x + w*0.66, y + h*f}, pt{x + w, y + h*f}), 0.7, k)
	}
}

// signature is a run of pen loops that differs from seed to seed.
func signature(c *canvas, seed int64, t theme, x, y, w, h float32) {
	r := dice(seed, 7)
	loops := 4.5 + 3*r.Float64()
	lean, swing, start := 0.06+0.14*r.Float64(), 1+r.Float64()*5, r.Float64()*6
	fall := 0.2 + 0.5*r.Float64()
	const n = 150
	ps := make([]pt, 0, n)
	for i := range n {
		f := float64(i) / (n - 1)
		s, co := math.Sincos(2*math.Pi*loops*f + 1.8 + start/5)
		tall := (0.22 + 0.26*math.Abs(math.Sin(swing*math.Pi*f+start))) * (1 - fall*f)
		px := f*0.9 + lean*s*(1-f*0.5) - 0.10*co*tall
		ps = append(ps, pt{x + w*float32(px), y + h*float32(0.62+0.9*tall*co)})
	}
	k := ink{mix(t.text, 0x20306a, 0.6), 0.85}
	c.stroke(polyline(ps...), 0.95, k)
	c.stroke(path{{'M', [3]pt{{x + w*0.2, y + h}}}, {'Q', [3]pt{{x + w*0.7, y + h*0.86}, {x + w*1.02, y + h*0.8}}}}, 0.9, k)
}

// seal is the rosette of gold lines.
func seal(c *canvas, t theme, x, y, r float32) {
	c.fill(oval(x, y, r, r), ink{0xc8a84a, 0.34})
	for i := range 3 {
		c.line(rosette(x, y, r*0.97, 0.30, 18, float64(i)*2.09), 0.55, ink{t.gold, 0.75})
	}
	c.line(oval(x, y, r, r), 0.9, ink{t.gold, 0.8})
	c.fill(oval(x, y, r*0.42, r*0.42), ink{0xf0e3b4, 0.9})
	c.line(oval(x, y, r*0.42, r*0.42), 0.8, ink{t.gold, 0.9})
	c.centred(style{bold, r * 0.52, 0, ink{mix(t.gold, 0x4a3a10, 0.3), 1}}, x, y, 0, "S")
}

// rosette is a closed line winding n times between r and (1-depth)·r.
func rosette(x, y, r float32, depth float64, n int, phase float64) path {
	var ps []pt
	steps := n * 12
	for i := range steps {
		a := 2 * math.Pi * float64(i) / float64(steps)
		q := float64(r) * (1 - depth + depth*math.Cos(float64(n)*a+phase))
		s, co := math.Sincos(a)
		ps = append(ps, pt{x + float32(q*co), y + float32(q*s)})
	}
	return poly(ps...)
}
