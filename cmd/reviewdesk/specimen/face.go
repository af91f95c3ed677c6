package specimen

// The person is drawn about the middle of the face: the face is 90 units wide
// and 116 high, eyes at y = 2, chin at y = 58.

// facePaths are four jaws: oval, broad, round, long.
var facePaths = []string{
	"M0-58C26-58 45-37 45-5C45 28 25 58 0 58C-25 58-45 28-45-5C-45-37-26-58 0-58Z",
	"M0-58C27-58 45-38 45-6C45 14 43 31 35 42C27 53 14 58 0 58C-14 58-27 53-35 42C-43 31-45 14-45-6C-45-38-27-58 0-58Z",
	"M0-58C27-58 46-38 46-4C46 32 28 56 0 56C-28 56-46 32-46-4C-46-38-27-58 0-58Z",
	"M0-58C26-58 44-38 44-8C44 16 37 36 26 49C17 59 8 61 0 61C-8 61-17 59-26 49C-37 36-44 16-44-8C-44-38-26-58 0-58Z",
}

// person draws head, neck and clothes; clothes picks what they wear.
func (l look) person(c *canvas, clothes outfit) {
	wide := func(f func()) { c.with(scale(l.wide, 1), f) }
	wide(func() { l.hairBack(c) })
	l.body(c, clothes)
	wide(func() {
		face := svg(facePaths[int(l.jaw)])
		l.ears(c)
		c.fill(face, solid(l.skin.base))
		c.clipped(face, func() { l.shading(c) })
		l.drawBeard(c, face)
		l.features(c)
		l.hairFront(c)
		l.drawGlasses(c)
	})
}

// ears draws both ears, unless hair or scarf lies over them.
func (l look) ears(c *canvas) {
	if l.style == scarf {
		return
	}
	for _, side := range []float32{-1, 1} {
		c.with(scale(side, 1), func() {
			c.fill(oval(45, 5, 7, 12.5), solid(mix(l.skin.base, l.skin.shade, 0.45)))
			c.stroke(svg("M46-2C50-1 50 6 46.5 11"), 1.4, ink{l.skin.line, 0.45})
			if l.earring {
				c.fill(oval(48, 18.5, 2.1, 2.1), solid(0xd8c07a))
			}
		})
	}
}

// shading models the face: a soft shadow down one side and below the hair,
// colour in the cheeks and a light on the brow.
func (l look) shading(c *canvas) {
	c.glow(-14, -20, 44, 40, ink{0xffffff, 0.13})
	side := append(rect(-60, -70, 130, 140), oval(-9, -6, 50, 68)...)
	c.fill(reverseLast(side, 6), ink{l.skin.shade, 0.42})
	for _, x := range []float32{-25, 25} {
		c.glow(x, 20, 17, 13, ink{mix(l.skin.lip, l.skin.base, 0.25), 0.34})
	}
	c.with(move(0, 6), func() { c.fill(l.hairShape(), ink{l.skin.shade, 0.65}) })
	if l.freckles {
		r := dice(int64(l.molex*1000), 3)
		for range 16 {
			x, y := r.Float32()*60-30, 9+r.Float32()*12
			c.fill(oval(x, y, 0.8, 0.8), ink{l.skin.line, 0.4})
		}
	}
	if l.mole {
		c.fill(oval(l.molex, l.moley+8, 1.5, 1.5), ink{mix(l.skin.line, 0x1a1010, 0.65), 0.9})
	}
	if l.aged {
		k := ink{l.skin.line, 0.4}
		c.stroke(svg("M-18 24C-21 28-21 33-19 37"), 1.1, k)
		c.stroke(svg("M18 24C21 28 21 33 19 37"), 1.1, k)
		c.stroke(svg("M-16-27C-6-29 6-29 16-27"), 1, ink{l.skin.line, 0.28})
	}
}

// reverseLast reverses the direction of the last n segments, an oval, so that
// it becomes a hole in what lies before it.
func reverseLast(p path, n int) path {
	o := p[len(p)-n:]
	cx := o[0].p[0].x
	for i, s := range o {
		for j := range points(s.op) {
			o[i].p[j].x = 2*cx - s.p[j].x
		}
	}
	return p
}

// Eye outlines, upper lids first; the right half of the face is mirrored.
var eyePaths = []string{
	"M-9 1.2C-5.5-4.6 4-5.4 9-0.4C4.5 4.4-5 4.8-9 1.2Z",
	"M-9 0.6C-6-5.6 3.5-6.4 9-0.2C5 5.2-5 5.4-9 0.6Z",
	"M-9.4 1.6C-5-3.4 4.5-4.6 9.4-1.6C5 3.6-4.5 4.2-9.4 1.6Z",
}

var lidPaths = []string{
	"M-9.4 1.4C-5.5-4.8 4-5.6 9.6-0.6",
	"M-9.4 0.8C-6-5.8 3.5-6.6 9.6-0.4",
	"M-9.8 1.8C-5-3.6 4.5-4.8 10-1.9",
}

// features draws eyes, brows, nose and mouth.
func (l look) features(c *canvas) {
	for _, side := range []float32{-1, 1} {
		c.with(matrix{side, 0, 0, 1, side * (18 + l.eyeGap), 2}, func() { l.eye(c, side) })
	}
	l.drawNose(c)
	l.drawMouth(c)
}

// eye draws one eye and its brow about the pupil; side is -1 on the left.
func (l look) eye(c *canvas, side float32) {
	shape := svg(eyePaths[l.eyes])
	c.fill(shape, solid(mix(0xfbf8f4, l.skin.base, 0.12)))
	c.clipped(shape, func() {
		c.fill(oval(0, -0.4, 4.9, 4.9), solid(l.iris))
		c.fill(oval(0, -0.4, 2.3, 2.3), solid(0x120c0a))
		c.fill(rect(-10, -7, 20, 4.4), ink{0x2a1a14, 0.22})
	})
	c.fill(oval(side*1.7, -2, 1.15, 1.15), ink{0xffffff, 0.92})
	lash := ink{mix(l.brow, 0x120c0a, 0.5), 1}
	c.stroke(svg(lidPaths[l.eyes]), pick(l.femme, 2.1, 1.5), lash)
	if l.femme {
		c.stroke(svg("M8.6-1.2L11.4-3.4"), 1.4, lash)
	}
	c.stroke(svg("M-8-5.2C-4-8.4 3-8.6 8.4-5.4"), 1, ink{l.skin.line, 0.5})
	c.stroke(svg("M-6 6.4C-2 8 3 7.8 7 5.6"), 0.9, ink{l.skin.line, 0.28})
	c.with(matrix{1, 0, 0, l.browThick, 0, -12}, func() {
		c.fill(svg("M-10.8 0.4C-5-3.4 5-4.4 12.8 2.2C6-0.6-2-0.8-10 3.4C-11.2 3.2-11.6 1.2-10.8 0.4Z"), ink{l.brow, 0.94})
	})
}

// pick returns a when ok, else b.
func pick(ok bool, a, b float32) float32 {
	if ok {
		return a
	}
	return b
}

var nosePaths = []string{
	"M2.5 3C3.5 11 6 15.5 6.4 18.8C5.8 22-1 23-4.6 20.6",
	"M2 4C2.6 11 4.4 15 4.4 18C3.6 21-2 21.4-4.4 19.6",
	"M3 2C4.4 11 8 15.6 8 19.4C6.8 23.4-2 23.6-6 20.8",
}

func (l look) drawNose(c *canvas) {
	c.glow(-1.5, 14, 5, 9, ink{0xffffff, 0.20})
	c.stroke(svg(nosePaths[l.nose]), 2, ink{l.skin.line, 0.55})
	for _, x := range []float32{-4.2, 4.2} {
		c.fill(oval(x, 20.6, 1.7, 0.9), ink{l.skin.line, 0.55})
	}
}

// lips are upper lip, lower lip and the line between, in four expressions.
var lips = [][3]string{
	{"M-14 36C-9 33.4-4 31.8 0 33.4C4 31.8 9 33.4 14 36C6 37.2-6 37.2-14 36Z", "M-14 36C-6 37.2 6 37.2 14 36C9 43.4-9 43.4-14 36Z", "M-14.4 36C-6 37.4 6 37.4 14.4 36"},
	{"M-14 35C-9 33.6-4 32.4 0 33.6C4 32.4 9 33.6 14 35C6 38.6-6 38.6-14 35Z", "M-14 35C-6 38.6 6 38.6 14 35C9 44-9 44-14 35Z", "M-15 34.4C-8 38.8 8 38.8 15 34.4"},
	{"M-12 36C-8 33-3 31 0 33C3 31 8 33 12 36C5 37-5 37-12 36Z", "M-12 36C-5 37 5 37 12 36C8 45-8 45-12 36Z", "M-12.4 36C-5 37.2 5 37.2 12.4 36"},
	{"M-15 35.4C-9 34-4 33 0 34C4 33 9 34 15 35.4C6 37.6-6 37.6-15 35.4Z", "M-15 35.4C-6 37.6 6 37.6 15 35.4C9 41.4-9 41.4-15 35.4Z", "M-15.6 35C-7 38 7 38 15.6 35"},
}

func (l look) drawMouth(c *canvas) {
	m := lips[l.mouth]
	depth := pick(l.femme, 0.85, pick(l.beard > 1, 0.75, 0.5))
	c.fill(svg(m[0]), solid(mix(l.skin.base, l.skin.lip, depth)))
	c.fill(svg(m[1]), solid(mix(l.skin.base, l.skin.lip, depth*0.8)))
	c.stroke(svg(m[2]), 1.5, ink{mix(l.skin.lip, 0x30100c, 0.45), 0.85})
	c.stroke(svg("M-5 46C-2 47.4 2 47.4 5 46"), 1.4, ink{l.skin.line, 0.35})
}

// drawBeard draws stubble, beard, moustache or goatee over the lower face.
func (l look) drawBeard(c *canvas, face path) {
	const jawline = "M-48-4C-42 6-40 16-34 24C-26 28-18 27-13 28.6C-6 25.6-3 27 0 27.4C3 27 6 25.6 13 28.6C18 27 26 28 34 24C40 16 42 6 48-4L52 70L-52 70Z"
	const lipHole = "M-13 35.6C-8 32.6 8 32.6 13 35.6C8 43.6-8 43.6-13 35.6Z"
	hair := ink{l.brow, 0.93}
	switch l.beard {
	case 1:
		c.clipped(face, func() { c.fill(svg(jawline), ink{l.brow, 0.17}) })
	case 2:
		c.clipped(face, func() { c.fill(svg(jawline), hair) })
		c.fill(svg("M-42 18C-42 44-26 66 0 67C26 66 42 44 42 18C38 40 24 50 0 50C-24 50-38 40-42 18Z"), hair)
		c.fill(svg(lipHole), solid(l.skin.base))
	case 3:
		c.fill(svg("M-17 32.5C-13 25.6-4 25.2 0 27C4 25.2 13 25.6 17 32.5C11 31.6 5 31.8 0 32.4C-5 31.8-11 31.6-17 32.5Z"), hair)
	case 4:
		c.fill(svg("M-17 33C-13 25.6-4 25.2 0 27C4 25.2 13 25.6 17 33C19 42 17 57 0 60C-17 57-19 42-17 33Z"), hair)
		c.fill(svg(lipHole), solid(l.skin.base))
	}
}

// drawGlasses draws the frames, a glint and the temples.
func (l look) drawGlasses(c *canvas) {
	if l.glasses == 0 {
		return
	}
	x := 18.5 + l.eyeGap
	for _, side := range []float32{-1, 1} {
		c.with(matrix{side, 0, 0, 1, side * x, 3}, func() {
			lens := oval(0, 0, 14.5, 13.5)
			if l.glasses == 2 {
				lens = round(-15, -9.5, 30, 20, 5, 7)
			} else if l.glasses == 3 {
				lens = round(-15, -8.5, 30, 20, 3, 9.5)
			}
			c.fill(lens, ink{0xffffff, 0.10})
			c.stroke(lens, pick(l.glasses == 2, 2.6, 1.8), solid(l.frame))
			if l.glasses == 3 {
				c.stroke(polyline(pt{-14, -8}, pt{14, -8}), 3.2, solid(l.frame))
			}
			c.stroke(polyline(pt{14.6, -3}, pt{46 - x, -4}), 2, solid(l.frame))
		})
		c.stroke(polyline(pt{side*x - 9, -4}, pt{side*x - 4, -7.5}), 1.4, ink{0xffffff, 0.5})
	}
	c.stroke(path{{'M', [3]pt{{-x + 14, 1}}}, {'Q', [3]pt{{0, -4}, {x - 14, 1}}}}, 2, solid(l.frame))
}
