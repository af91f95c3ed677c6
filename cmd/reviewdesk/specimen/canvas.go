package specimen

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// ink is a colour 0xRRGGBB with an opacity from 0 to 1.
type ink struct {
	c uint32
	a float32
}

func solid(c uint32) ink { return ink{c, 1} }

// rgba returns the premultiplied colour.
func (k ink) rgba() color.RGBA {
	m := func(v uint32) uint8 { return uint8(float32(v&0xff)*k.a + 0.5) }
	return color.RGBA{m(k.c >> 16), m(k.c >> 8), m(k.c), uint8(255*k.a + 0.5)}
}

// mix blends two colours: t = 0 gives a, t = 1 gives b.
func mix(a, b uint32, t float32) uint32 {
	ch := func(shift uint) uint32 {
		x, y := float32(a>>shift&0xff), float32(b>>shift&0xff)
		return uint32(x+(y-x)*t+0.5) << shift
	}
	return ch(16) | ch(8) | ch(0)
}

// canvas draws anti-aliased shapes into an RGBA picture. Coordinates pass
// through m first; clip, when set, limits what following calls may
// touch.
type canvas struct {
	img  *image.RGBA
	m    matrix
	clip *image.Alpha
	tone func(uint32) uint32 // recolours every ink, for the ghost portrait
	z    vector.Rasterizer
	uni  image.Uniform
	mask image.Alpha
}

// newCanvas makes a w×h picture whose drawing units are scaled by k.
func newCanvas(w, h int, k float32) *canvas {
	return &canvas{img: image.NewRGBA(image.Rect(0, 0, w, h)), m: scale(k, k)}
}

// with runs f with n put in front of the current transform.
func (c *canvas) with(n matrix, f func()) {
	old := c.m
	c.m = old.mul(n)
	f()
	c.m = old
}

// clipped runs f with drawing limited to the inside of p.
func (c *canvas) clipped(p path, f func()) {
	box := c.trace(p)
	if box.Empty() {
		return
	}
	old := c.clip
	clip := image.NewAlpha(box)
	c.cover(clip)
	if old != nil {
		multiply(clip, old)
	}
	c.clip = clip
	f()
	c.clip = old
}

// trace loads the path into the rasterizer and returns the pixels it may
// touch, already limited to picture and clip.
func (c *canvas) trace(p path) image.Rectangle {
	lo, hi := pt{1e9, 1e9}, pt{-1e9, -1e9}
	for _, s := range p {
		for i := range points(s.op) {
			q := c.m.at(s.p[i])
			lo.x, lo.y = min(lo.x, q.x), min(lo.y, q.y)
			hi.x, hi.y = max(hi.x, q.x), max(hi.y, q.y)
		}
	}
	box := c.limits(lo, hi)
	if box.Empty() {
		return box
	}
	c.z.Reset(box.Dx(), box.Dy())
	m := c.m
	m[4] -= float32(box.Min.X)
	m[5] -= float32(box.Min.Y)
	c.load(p, m)
	return box
}

// limits returns the pixels between two corners that may be drawn on.
func (c *canvas) limits(lo, hi pt) image.Rectangle {
	if !(lo.x < 1e8 && lo.y < 1e8 && hi.x > -1e8 && hi.y > -1e8) {
		return image.Rectangle{}
	}
	floor := func(v float32) int { return int(math.Floor(float64(max(v, -1e6)))) }
	ceil := func(v float32) int { return int(math.Ceil(float64(min(v, 1e6)))) }
	box := image.Rect(floor(lo.x), floor(lo.y), ceil(hi.x), ceil(hi.y)).Intersect(c.img.Rect)
	if c.clip != nil {
		box = box.Intersect(c.clip.Rect)
	}
	return box
}

// load sends the transformed path to the rasterizer, closing each part.
func (c *canvas) load(p path, m matrix) {
	open := false
	for _, s := range p {
		a := m.at(s.p[0])
		switch s.op {
		case 'M':
			if open {
				c.z.ClosePath()
			}
			c.z.MoveTo(a.x, a.y)
		case 'L':
			c.z.LineTo(a.x, a.y)
		case 'Q':
			b := m.at(s.p[1])
			c.z.QuadTo(a.x, a.y, b.x, b.y)
		case 'C':
			b, d := m.at(s.p[1]), m.at(s.p[2])
			c.z.CubeTo(a.x, a.y, b.x, b.y, d.x, d.y)
		case 'Z':
			c.z.ClosePath()
		}
		open = s.op != 'Z'
	}
	if open {
		c.z.ClosePath()
	}
}

// cover writes the rasterizer's coverage into mask.
func (c *canvas) cover(mask *image.Alpha) {
	c.z.DrawOp = draw.Src
	c.uni.C = color.Opaque
	c.z.Draw(mask, mask.Rect, &c.uni, image.Point{})
}

// premul returns the ink as the canvas' tone shows it.
func (c *canvas) premul(k ink) color.RGBA {
	if c.tone != nil {
		k.c = c.tone(k.c)
	}
	return k.rgba()
}

// fill paints the inside of the path with one colour.
func (c *canvas) fill(p path, k ink) {
	box := c.trace(p)
	if box.Empty() {
		return
	}
	flat := c.premul(k)
	c.paint(box, func(int) color.RGBA { return flat })
}

// fade paints the inside of the path with a gradient from top to bottom.
func (c *canvas) fade(p path, top, bottom uint32) {
	box := c.trace(p)
	if box.Empty() {
		return
	}
	y0, h := box.Min.Y, float32(max(box.Dy()-1, 1))
	c.paint(box, func(y int) color.RGBA {
		return c.premul(solid(mix(top, bottom, float32(y-y0)/h)))
	})
}

// paint blends the traced shape into box, asking row for each line's colour.
func (c *canvas) paint(box image.Rectangle, row func(y int) color.RGBA) {
	n := box.Dx() * box.Dy()
	if cap(c.mask.Pix) < n {
		c.mask.Pix = make([]uint8, n)
	}
	c.mask = image.Alpha{Pix: c.mask.Pix[:n], Stride: box.Dx(), Rect: box}
	c.cover(&c.mask)
	if c.clip != nil {
		multiply(&c.mask, c.clip)
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		o := c.img.PixOffset(box.Min.X, y)
		m := c.mask.Pix[(y-box.Min.Y)*c.mask.Stride:][:box.Dx()]
		blendRow(c.img.Pix[o:][:4*len(m)], m, row(y))
	}
}

// blendRow puts colour k over a row of pixels through a coverage mask.
func blendRow(pix, mask []uint8, k color.RGBA) {
	r, g, b, a := uint32(k.R), uint32(k.G), uint32(k.B), uint32(k.A)
	for i, v := range mask {
		if v == 0 {
			continue
		}
		q := pix[4*i : 4*i+4 : 4*i+4]
		if v == 255 && k.A == 255 {
			q[0], q[1], q[2], q[3] = k.R, k.G, k.B, 255
			continue
		}
		m := uint32(v)
		rest := 255*255 - a*m
		q[0] = uint8((uint32(q[0])*rest + r*m*255 + 32512) / 65025)
		q[1] = uint8((uint32(q[1])*rest + g*m*255 + 32512) / 65025)
		q[2] = uint8((uint32(q[2])*rest + b*m*255 + 32512) / 65025)
		q[3] = uint8((uint32(q[3])*rest + a*m*255 + 32512) / 65025)
	}
}

// multiply scales mask by the part of by that lies over it.
func multiply(mask, by *image.Alpha) {
	for y := mask.Rect.Min.Y; y < mask.Rect.Max.Y; y++ {
		m := mask.Pix[mask.PixOffset(mask.Rect.Min.X, y):][:mask.Rect.Dx()]
		b := by.Pix[by.PixOffset(mask.Rect.Min.X, y):][:len(m)]
		for i := range m {
			m[i] = uint8(uint32(m[i]) * uint32(b[i]) / 255)
		}
	}
}

// glow paints an ellipse that fades out softly towards its rim.
func (c *canvas) glow(x, y, rx, ry float32, k ink) {
	o, s := c.m.at(pt{x, y}), c.m.size()
	rx, ry = rx*s, ry*s
	box := c.limits(pt{o.x - rx, o.y - ry}, pt{o.x + rx, o.y + ry})
	if c.tone != nil {
		k.c = c.tone(k.c)
	}
	r, g, b := float32(k.c>>16&0xff), float32(k.c>>8&0xff), float32(k.c&0xff)
	for py := box.Min.Y; py < box.Max.Y; py++ {
		dy := (float32(py) + 0.5 - o.y) / ry
		i := c.img.PixOffset(box.Min.X, py)
		for px := box.Min.X; px < box.Max.X; px, i = px+1, i+4 {
			dx := (float32(px) + 0.5 - o.x) / rx
			f := 1 - dx*dx - dy*dy
			if f <= 0 {
				continue
			}
			f *= f * k.a
			if c.clip != nil {
				f *= float32(c.clip.Pix[c.clip.PixOffset(px, py)]) / 255
			}
			q := c.img.Pix[i : i+4 : i+4]
			q[0] = uint8(float32(q[0])*(1-f) + r*f + 0.5)
			q[1] = uint8(float32(q[1])*(1-f) + g*f + 0.5)
			q[2] = uint8(float32(q[2])*(1-f) + b*f + 0.5)
			q[3] = uint8(float32(q[3])*(1-f) + 255*f + 0.5)
		}
	}
}
