package specimen

// scene is the picture around a document or a sitter: what it lies on, what
// lies over it, and how it was taken. w and h are in drawing units.
type scene struct {
	c      *canvas
	w, h   float32
	seed   int64
	selfie bool
}

// before paints what lies beneath a document and says where the document
// goes.
func (s scene) before(d Defect) matrix {
	switch d {
	case Cropped:
		s.desk()
		return s.placed(-6, 1.2, 88, 40)
	case PaperCopy:
		s.c.fill(rect(0, 0, s.w, s.h), solid(0xf6f5f1))
		return s.placed(1.6, 0.74, -8, -6)
	case ScreenReplica:
		s.screen()
		return s.placed(-1.2, 0.8, 0, 4)
	}
	for _, x := range []float32{0, s.w - 16} {
		s.c.fill(rect(x, 0, 16, 16), solid(0xe4e1d8))
		s.c.fill(rect(x, s.h-16, 16, 17), solid(0xe4e1d8))
	}
	return identity
}

// placed turns and scales about the middle, then shifts.
func (s scene) placed(deg, k, dx, dy float32) matrix {
	return move(s.w/2+dx, s.h/2+dy).mul(turn(deg, 0, 0)).mul(scale(k, k)).mul(move(-s.w/2, -s.h/2))
}

// after does to the picture what makes it defective.
func (s scene) after(d Defect) {
	switch d {
	case Blurred:
		soften(s.c.img)
	case Dark:
		s.dark()
	case Glare:
		s.glare()
	case Covered:
		if !s.selfie {
			s.thumb()
		}
	case BlackWhite:
		grey(s.c.img, curve(func(v float64) float64 { return v }))
	case ScreenReplica:
		moire(s.c.img)
		s.bezel()
	case PaperCopy:
		s.paperCopy()
	case Sample:
		s.sample()
	case Damaged:
		s.damage()
	}
}

// dark leaves a fifth of the light, bluish, and a dim lamp to one side.
func (s scene) dark() {
	dim := func(k float64) *[256]uint8 {
		return curve(func(v float64) float64 { return 0.015 + k*v*(0.55+0.45*v) })
	}
	lookup(s.c.img, dim(0.27), dim(0.29), dim(0.34))
	s.c.glow(s.w*0.16, s.h*0.1, s.w*0.5, s.w*0.42, ink{0xffdca0, 0.10})
}

// glare is a lamp mirrored in the laminate, with a streak across it.
func (s scene) glare() {
	x, y, u := s.w*0.62, s.h*0.40, s.w/376
	white := solid(0xffffff)
	if s.selfie {
		s.c.glow(x, y, 150*u, 150*u, ink{0xfffaf0, 0.9})
		s.c.glow(s.w*0.3, s.h*0.72, 44*u, 44*u, ink{0xffe6b8, 0.5})
		s.c.glow(s.w*0.42, s.h*0.58, 20*u, 20*u, ink{0xffe6b8, 0.6})
		return
	}
	s.c.fill(poly(pt{x - 150*u, s.h}, pt{x - 90*u, s.h}, pt{x + 130*u, 0}, pt{x + 50*u, 0}), ink{0xffffff, 0.18})
	s.c.glow(x, y, 120*u, 84*u, white)
	s.c.glow(x, y, 78*u, 56*u, white)
	s.c.glow(x, y, 52*u, 38*u, white)
	s.c.glow(x-110*u, y+62*u, 40*u, 26*u, ink{0xffffff, 0.6})
}

// thumb covers the right of a document with the thumb that holds it.
func (s scene) thumb() {
	tone := lookOf(s.seed).skin
	finger := svg("M392 250C350 236 318 206 288 176C262 152 236 128 246 104C258 82 290 86 314 104C342 126 372 140 392 146Z")
	s.c.with(scale(1, s.h/cardHigh), func() {
		s.c.with(move(-4, 6), func() { s.c.fill(finger, ink{0x14181a, 0.22}) })
		s.c.fill(finger, solid(tone.base))
		s.c.clipped(finger, func() {
			s.c.glow(300, 116, 90, 34, ink{0xffffff, 0.20})
			s.c.fill(svg("M392 262C340 250 300 214 240 150C290 196 340 222 392 226Z"), ink{tone.shade, 0.75})
			for _, d := range []string{"M322 148C318 158 312 166 306 170", "M330 153C326 163 320 172 313 178", "M340 162C336 170 332 176 328 181"} {
				s.c.stroke(svg(d), 1.5, ink{tone.line, 0.4})
			}
		})
		nail := svg("M249 110C256 92 282 96 290 108C294 118 286 136 274 142C262 138 246 124 249 110Z")
		s.c.fill(nail, solid(mix(tone.base, 0xffe6dc, 0.55)))
		s.c.stroke(nail, 1.1, ink{tone.line, 0.4})
		s.c.stroke(svg("M254 111C260 99 276 100 284 108"), 2, ink{0xffffff, 0.5})
	})
}

// screen is the window in which a photographed screen shows the document.
func (s scene) screen() {
	s.c.fill(rect(0, 0, s.w, s.h), solid(0xd5dae1))
	s.c.fill(rect(0, 0, s.w, 24), solid(0xb9c0ca))
}

// bezel is the rim of the screen, a reflection on it and the mouse pointer.
func (s scene) bezel() {
	u := s.w / 376
	frame := append(rect(-2, -2, s.w+4, s.h+4), s.hole(9*u, 9*u, s.w-9*u, s.h-17*u)...)
	s.c.fill(frame, solid(0x17191c))
	s.c.line(s.hole(9*u, 9*u, s.w-9*u, s.h-17*u), 0.8*u, ink{0x565c63, 0.9})
	s.c.fill(poly(pt{s.w * 0.62, 0}, pt{s.w * 0.86, 0}, pt{s.w * 0.5, s.h}, pt{s.w * 0.3, s.h}), ink{0xffffff, 0.055})
	s.c.with(matrix{u, 0, 0, u, s.w * 0.8, s.h * 0.62}, func() {
		arrow := svg("M0 0L0 19L4.6 15L7.6 22L11 20.6L8 13.8L14 13.4Z")
		s.c.fill(arrow, solid(0x111111))
		s.c.stroke(arrow, 1.4, solid(0xffffff))
	})
	s.c.fill(oval(s.w/2, s.h-8.5*u, 2.2*u, 2.2*u), solid(0x3a3f45))
}

// hole is a rectangle drawn the other way round, to cut out of another.
func (s scene) hole(x0, y0, x1, y1 float32) path {
	return poly(pt{x0, y0}, pt{x0, y1}, pt{x1, y1}, pt{x1, y0})
}

// paperCopy turns the picture into a photocopy and lays the sheet on a desk.
func (s scene) paperCopy() {
	grey(s.c.img, curve(func(v float64) float64 { return 0.06 + 0.90*(v+0.42*(v-0.55)*(1-v)) }))
	u := s.w / 376
	a, b, c2, d := pt{20 * u, 14 * u}, pt{s.w - 12*u, 4 * u}, pt{s.w - 22*u, s.h - 12*u}, pt{10 * u, s.h - 6*u}
	if !s.selfie {
		s.c.line(polyline(pt{0, s.h * 0.93}, pt{s.w, s.h * 0.96}), 0.5*u, ink{0x000000, 0.12})
	}
	outside := append(rect(-9, -9, s.w+18, s.h+18), poly(a, d, c2, b)...)
	s.c.fill(outside, solid(0x8d7a62))
	s.c.clipped(outside, func() {
		s.c.stroke(poly(a, b, c2, d), 9*u, ink{0x201810, 0.20})
		s.c.stroke(poly(a, b, c2, d), 4*u, ink{0x201810, 0.25})
	})
	s.c.line(poly(a, b, c2, d), 0.7*u, ink{0xffffff, 0.8})
	fold := poly(pt{b.x - 26*u, b.y + 0.7*u}, pt{b.x - 2.5*u, b.y + 25*u}, pt{b.x - 24*u, b.y + 21*u})
	s.c.fill(poly(pt{b.x - 26*u, b.y - 5*u}, pt{b.x + 9*u, b.y - 5*u}, pt{b.x - 2.5*u, b.y + 25*u}), solid(0x8d7a62))
	s.c.fill(fold, solid(0xdcdad3))
	s.c.line(fold, 0.5*u, ink{0x201810, 0.3})
}

// sample writes SAMPLE in large letters over the picture.
func (s scene) sample() {
	st := style{bold, s.w * 0.215, s.w * 0.01, ink{0xb3261e, 0.70}}
	deg := pick(s.selfie, -38, -18)
	s.c.centred(st, s.w/2, s.h/2, deg, "SAMPLE")
}

// damage tears a corner off, creases the picture and spills coffee on it.
func (s scene) damage() {
	u := s.w / 376
	crease := polyline(pt{s.w * 0.34, 0}, pt{s.w * 0.37, s.h * 0.4}, pt{s.w * 0.33, s.h * 0.7}, pt{s.w * 0.36, s.h})
	s.c.line(crease, 1.5*u, ink{0xffffff, 0.75})
	s.c.with(move(1.3*u, 0.6*u), func() { s.c.line(crease, 1.1*u, ink{0x20180f, 0.30}) })
	x, y := s.w*0.30, s.h*pick(s.selfie, 0.24, 0.66)
	s.c.glow(x, y, 56*u, 48*u, ink{0x7a4a20, 0.34})
	s.c.stroke(oval(x, y, 40*u, 36*u), 3.4*u, ink{0x6b3f1a, 0.30})
	s.c.stroke(oval(x+1.5*u, y+u, 42*u, 37*u), 1.2*u, ink{0x5a3212, 0.38})
	s.c.fill(oval(x+58*u, y+20*u, 5*u, 4*u), ink{0x6b3f1a, 0.35})
	tear := []pt{{s.w + 3, s.h * 0.34}}
	r := dice(s.seed, 21)
	for i := range 13 {
		f := float32(i+1) / 14
		jag := (r.Float32() - 0.5) * 13 * u
		tear = append(tear, pt{s.w - f*s.w*0.30 + jag, s.h*0.34 - f*s.h*0.34 - jag*1.4})
	}
	tear = append(tear, pt{s.w * 0.69, -3}, pt{s.w + 3, -3})
	s.c.stroke(polyline(tear[:14]...), 6.5*u, solid(0xf8f6f0))
	s.c.fill(poly(tear...), solid(0xc9bda8))
	s.c.with(move(2.5*u, -2.5*u), func() { s.c.line(polyline(tear[:14]...), 2.6*u, ink{0x2a2015, 0.22}) })
}
