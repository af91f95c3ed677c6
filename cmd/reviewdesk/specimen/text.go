package specimen

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface names one of the three fonts the documents are set in.
type typeface int

const (
	regular typeface = iota
	bold
	mono
)

// fonts parses the three fonts once.
var fonts = sync.OnceValue(func() (f [3]*sfnt.Font) {
	for i, ttf := range [][]byte{goregular.TTF, gobold.TTF, gomono.TTF} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			panic("specimen: embedded font: " + err.Error())
		}
		f[i] = parsed
	}
	return f
})

// glyph is a letter's outline and advance at a size of one unit.
type glyph struct {
	outline path
	advance float32
}

type glyphKey struct {
	face typeface
	r    rune
}

var glyphs sync.Map // glyphKey → *glyph, nil where the font has none

// glyphOf returns the glyph for r, or nil when the font has none.
func glyphOf(face typeface, r rune) *glyph {
	key := glyphKey{face, r}
	if g, ok := glyphs.Load(key); ok {
		return g.(*glyph)
	}
	g := loadGlyph(face, r)
	glyphs.Store(key, g)
	return g
}

func loadGlyph(face typeface, r rune) *glyph {
	const em = 2048
	var buf sfnt.Buffer
	f := fonts()[face]
	i, err := f.GlyphIndex(&buf, r)
	if err != nil || i == 0 {
		return nil
	}
	adv, err := f.GlyphAdvance(&buf, i, fixed.I(em), font.HintingNone)
	if err != nil {
		return nil
	}
	segs, err := f.LoadGlyph(&buf, i, fixed.I(em), nil)
	if err != nil {
		return nil
	}
	ops := [...]byte{sfnt.SegmentOpMoveTo: 'M', sfnt.SegmentOpLineTo: 'L', sfnt.SegmentOpQuadTo: 'Q', sfnt.SegmentOpCubeTo: 'C'}
	g := &glyph{advance: float32(adv) / (64 * em)}
	for _, s := range segs {
		out := seg{op: ops[s.Op]}
		for j, a := range s.Args {
			out.p[j] = pt{float32(a.X) / (64 * em), float32(a.Y) / (64 * em)}
		}
		g.outline = append(g.outline, out)
	}
	return g
}

// hasGlyph says whether the text fonts can draw r.
func hasGlyph(r rune) bool {
	return glyphOf(bold, r) != nil && glyphOf(regular, r) != nil
}

// style is how a line of text is set. track is extra space between letters.
type style struct {
	face  typeface
	size  float32
	track float32
	ink   ink
}

// width measures a line. Runes without a glyph take no space.
func (st style) width(s string) (w float32) {
	for _, r := range s {
		if g := glyphOf(st.face, r); g != nil {
			w += g.advance*st.size + st.track
		}
	}
	return max(w-st.track, 0)
}

// outlineOf lays the line out with its baseline starting at (x, y).
func (st style) outlineOf(s string, x, y float32) path {
	var out path
	for _, r := range s {
		g := glyphOf(st.face, r)
		if g == nil {
			continue
		}
		out = append(out, g.outline.apply(matrix{st.size, 0, 0, st.size, x, y})...)
		x += g.advance*st.size + st.track
	}
	return out
}

// fit returns the style reduced so that s is no wider than w, and s itself
// cut short where even 55 % of the size would be too wide.
func (st style) fit(s string, w float32) (style, string) {
	if have := st.width(s); have > w {
		k := max(w/have, 0.55)
		st.size, st.track = st.size*k, st.track*k
	}
	rs := []rune(s)
	for len(rs) > 0 && st.width(string(rs)) > w {
		rs = rs[:len(rs)-1]
	}
	return st, string(rs)
}

// text writes a line with its baseline starting at (x, y).
func (c *canvas) text(st style, x, y float32, s string) {
	c.fill(st.outlineOf(s, x, y), st.ink)
}

// textIn writes a line no wider than w.
func (c *canvas) textIn(st style, x, y, w float32, s string) {
	st, s = st.fit(s, w)
	c.text(st, x, y, s)
}

// centred writes a line with its middle at (x, y), turned by deg.
func (c *canvas) centred(st style, x, y, deg float32, s string) {
	c.with(turn(deg, x, y), func() {
		c.text(st, x-st.width(s)/2, y+st.size*0.36, s)
	})
}
