package specimen

import "math"

// hairStyle is how the hair is cut.
type hairStyle int

const (
	crop hairStyle = iota
	sidePart
	quiff
	buzz
	curls
	bald
	long
	bob
	bun
	waves
	fringe
	scarf
)

var (
	femmeStyles = []hairStyle{long, bob, bun, waves, fringe, curls, long, waves, scarf, sidePart}
	mascStyles  = []hairStyle{crop, sidePart, quiff, buzz, curls, crop, quiff, bald, sidePart}
)

// hairPaths are the parts in front of the face; hairBacks those behind it.
var hairPaths = map[hairStyle]string{
	crop:     "M-48 2C-55-60-24-82 4-82C38-82 58-54 49 2C45-20 37-36 29-44C10-32-16-32-32-38C-40-28-44-14-48 2Z",
	sidePart: "M-48 4C-55-36-48-66-24-76C6-88 42-78 50-44C53-26 51-10 48 4C45-10 42-22 35-32C10-28-12-36-26-50C-32-38-42-24-44-10Z",
	quiff:    "M-47 2C-54-30-50-54-38-66C-34-84-8-92 14-88C38-86 52-66 51-44C52-28 50-12 47 2C45-14 42-28 36-38C26-46 12-46-4-42C-14-38-24-38-31-40C-39-28-43-14-47 2Z",
	buzz:     "M-46-2C-49-44-30-67 0-67C30-67 49-44 46-2C43-18 40-28 34-36C14-44-14-44-34-36C-40-28-43-18-46-2Z",
	long:     "M-51 20C-60-62-28-84 2-84C36-84 60-58 52 20C47-14 42-32 30-48C12-34-16-32-32-38C-42-26-46-8-51 20Z",
	bob:      "M4-76C-36-80-56-52-56-12C-58 18-57 42-50 60C-44 63-37 61-35 56C-43 36-45 8-41-10C-35-26-14-36 6-51C16-42 34-30 41-10C45 8 43 36 35 56C37 61 44 63 50 60C57 42 58 18 56-12C56-52 40-76 4-76Z",
	bun:      "M-48 4C-54-52-28-76 0-76C28-76 54-52 48 4C43-30 26-48 0-52C-26-48-43-30-48 4Z",
	waves:    "M-54 34C-66-6-60-70-18-80C26-90 60-62 57-14C56 6 58 20 54 34C48 20 48 2 44-10C36-34 14-44-10-58C-18-38-38-26-43-8C-47 6-46 20-54 34Z",
	fringe:   "M-50 16C-58-56-30-82 0-82C30-82 58-56 50 16C46 0 45-8 43-15C14-21-14-21-43-15C-45-8-46 0-50 16Z",
	curls:    "M-47 0C-52-40-30-66 0-66C30-66 52-40 47 0C44-16 40-26 32-34C12-40-12-40-32-34C-40-26-44-16-47 0Z",
	bald:     "",
	scarf:    "M0-82C46-82 66-46 63-4C62 34 56 58 60 92C30 112-30 112-60 92C-56 58-62 34-63-4C-66-46-46-82 0-82ZM0-50C-27-50-43-32-43-4C-43 28-24 60 0 60C24 60 43 28 43-4C43-32 27-50 0-50Z",
}

var hairBacks = map[hairStyle]string{
	long:   "M-52-10C-60 36-66 80-60 122C-40 132 40 132 60 122C66 80 60 36 52-10C50-64-50-64-52-10Z",
	waves:  "M-55-20C-70 10-54 34-66 58C-74 80-58 92-64 112C-40 126 40 126 64 112C58 92 74 80 66 58C54 34 70 10 55-20C50-64-50-64-55-20Z",
	bob:    "M-54-14C-60 20-56 44-49 58C-30 66 30 66 49 58C56 44 60 20 54-14C50-60-50-60-54-14Z",
	fringe: "M-50-10C-54 30-54 50-48 66C-30 74 30 74 48 66C54 50 54 30 50-10Z",
}

// hairShape is the outline that lies over the forehead.
func (l look) hairShape() path { return svg(hairPaths[l.style]) }

// hairBack draws what hangs behind head and shoulders.
func (l look) hairBack(c *canvas) {
	dark := solid(mix(l.hair, 0x0c0808, 0.32))
	if d, ok := hairBacks[l.style]; ok {
		c.fill(svg(d), dark)
	}
	switch l.style {
	case bun:
		c.fill(oval(3, -86, 21, 19), solid(l.hair))
		c.stroke(svg("M-10-86C-4-98 12-98 18-86"), 1.6, ink{mix(l.hair, 0xffffff, 0.3), 0.4})
	case curls:
		l.curlRing(c, 30, pick(l.femme, 62, 52), pick(l.femme, 18, 13), pick(l.femme, 50, -4))
	}
}

// curlRing draws n round curls about the head, down to the height low.
func (l look) curlRing(c *canvas, n int, r, size, low float32) {
	var p path
	rnd := dice(int64(l.molex*100), 5)
	for i := range n {
		a := math.Pi * (0.78 + 1.44*float64(i)/float64(n-1))
		if low > 0 {
			a = math.Pi * (0.66 + 1.68*float64(i)/float64(n-1))
		}
		s, co := math.Sincos(a)
		x, y := r*0.86*float32(co), -14+r*float32(s)
		if y < low {
			k := size * (0.85 + 0.3*rnd.Float32())
			p = append(p, oval(x, y, k, k)...)
		}
	}
	c.fill(p, solid(l.hair))
	c.fill(oval(0, -20, r*0.86, r*0.9), solid(l.hair))
}

// hairFront draws the hair over the forehead, with a few lighter strands.
func (l look) hairFront(c *canvas) {
	colour := l.hair
	switch l.style {
	case bald:
		c.glow(-12, -44, 22, 13, ink{0xffffff, 0.22})
		return
	case scarf:
		colour = l.scarf
	}
	shape := l.hairShape()
	c.fill(shape, ink{colour, pick(l.style == buzz, 0.86, 1)})
	if l.style == buzz {
		return
	}
	c.clipped(shape, func() { l.strands(c, colour) })
	switch l.style {
	case long:
		for _, side := range []float32{-1, 1} {
			c.with(scale(side, 1), func() {
				c.fill(svg("M-52 6C-62 48-62 84-52 124C-44 128-36 126-32 120C-42 92-46 50-42 10Z"), solid(l.hair))
				c.stroke(svg("M-49 30C-53 60-51 90-44 114"), 1.4, ink{mix(l.hair, 0xffffff, 0.28), 0.4})
			})
		}
	case curls:
		l.curlEdge(c)
	}
}

// strands draws light running through the hair, or folds in a scarf.
func (l look) strands(c *canvas, colour uint32) {
	light := ink{mix(colour, 0xffffff, 0.34), 0.34}
	if l.style == scarf {
		shade := ink{mix(colour, 0x000000, 0.4), 0.45}
		c.stroke(svg("M0-51C-28-51-44-33-44-4C-44 29-25 61 0 61C25 61 44 29 44-4C44-33 28-51 0-51Z"), 3, shade)
		c.stroke(svg("M-40 50C-20 78 14 86 50 82"), 2, shade)
		c.stroke(svg("M-54 20C-40 66-8 92 40 98"), 2, shade)
		c.stroke(svg("M-50-40C-36-64-10-72 16-70"), 2, light)
		return
	}
	c.glow(-16, -66, 40, 20, ink{mix(colour, 0xffffff, 0.6), 0.28})
	c.stroke(svg("M-44-22C-42-52-22-70 2-72"), 1.8, light)
	c.stroke(svg("M-34-32C-28-54-8-66 20-66"), 1.4, light)
	c.stroke(svg("M14-72C36-66 46-48 46-20"), 1.6, light)
	c.stroke(svg("M6-60C26-58 38-46 42-30"), 1.2, ink{mix(colour, 0x000000, 0.5), 0.4})
}

// curlEdge breaks the hairline of curls into small rounds.
func (l look) curlEdge(c *canvas) {
	var p path
	for i := range 9 {
		a := math.Pi * (1.09 + 0.82*float64(i)/8)
		s, co := math.Sincos(a)
		p = append(p, oval(41*float32(co), -6+40*float32(s), 8, 7.5)...)
	}
	c.fill(p, solid(l.hair))
	light := ink{mix(l.hair, 0xffffff, 0.3), 0.34}
	for i := range 7 {
		a := math.Pi * (1.12 + 0.76*float64(i)/6)
		s, co := math.Sincos(a)
		x, y := 48*float32(co), -10+52*float32(s)
		c.stroke(path{{'M', [3]pt{{x - 5, y + 2}}}, {'Q', [3]pt{{x, y - 6}, {x + 6, y}}}}, 1.3, light)
	}
}
