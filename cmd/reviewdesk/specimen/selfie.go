package specimen

// A selfie is drawn in 260×325 units.
const (
	selfieUnits = 260
	selfieHigh  = float32(selfieH) * selfieUnits / selfieW
	faceX       = 130
	faceY       = 138
)

// drawSelfie draws room, person, focus brackets and caption.
func drawSelfie(seed int64, defect Defect) *canvas {
	c := newCanvas(selfieW, selfieH, float32(selfieW)/selfieUnits)
	if defect == OtherFace {
		seed = other(seed)
	}
	stage := scene{c: c, w: selfieUnits, h: selfieHigh, seed: seed, selfie: true}
	drawRoom(c, seed)
	if defect == Glare {
		c.glow(196, 60, 130, 150, ink{0xfff6dc, 0.95})
	}
	if defect != NoDocument {
		stage.sitter(defect)
	}
	stage.after(defect)
	brackets(c)
	caption(c)
	return c
}

// sitter places the person: a little off centre and tilted, as people are.
func (s scene) sitter(defect Defect) {
	l := lookOf(s.seed)
	r := dice(s.seed, 13)
	dx, dy, k := r.Float32()*10-5, r.Float32()*8-4, 1.06+r.Float32()*0.12
	if defect == Cropped {
		dx, dy, k = 92, -58, 1.3
	}
	at := matrix{k, 0, 0, k, faceX + dx, faceY + dy}.mul(turn(l.tilt, 0, 60))
	s.c.with(at, func() {
		l.person(s.c, outfitOf(s.seed, 12))
		if defect == Covered {
			mask(s.c)
		}
	})
}

// mask covers nose and mouth with a pleated face mask.
func mask(c *canvas) {
	c.stroke(svg("M-38 16L-48 2"), 1.6, ink{0xdfe8ec, 0.9})
	c.stroke(svg("M38 16L48 2"), 1.6, ink{0xdfe8ec, 0.9})
	shape := svg("M-41 15C-26 9-10 6 0 6C10 6 26 9 41 15C42 32 36 52 22 61C12 66-12 66-22 61C-36 52-42 32-41 15Z")
	c.fade(shape, 0xb7d0dc, 0x8fb0c2)
	for _, d := range []string{"M-40 26C-20 22 20 22 40 26", "M-38 37C-20 34 20 34 38 37", "M-33 48C-18 46 18 46 33 48"} {
		c.stroke(svg(d), 1.3, ink{0x5f8599, 0.55})
	}
	c.stroke(svg("M-24 10C-10 7.4 10 7.4 24 10"), 1.8, ink{0xffffff, 0.55})
}

// brackets are the four white corners of a capture screen.
func brackets(c *canvas) {
	for _, d := range []string{"M60 62V44H78", "M182 44H200V62", "M200 214V232H182", "M78 232H60V214"} {
		c.stroke(svg(d), 2, ink{0xffffff, 0.9})
	}
}

// caption says in the corner that the picture is drawn.
func caption(c *canvas) {
	st := style{bold, 6.2, 0.45, ink{0xffffff, 0.94}}
	const s = "SPECIMEN · DRAWN BY REVIEWDESK"
	y := float32(selfieHigh) - 10
	c.fill(round(8, y-9.2, st.width(s)+12, 13.4, 4, 4), ink{0x10181b, 0.62})
	c.text(st, 14, y, s)
}
