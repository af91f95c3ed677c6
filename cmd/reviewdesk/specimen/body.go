package specimen

// outfit is what a person wears in one picture.
type outfit struct {
	kind          int // 0 crew neck, 1 V-neck, 2 shirt, 3 hooded, 4 jacket
	cloth, accent uint32
}

var cloths = []uint32{0x7b4b3c, 0x3d4a5e, 0x4a6259, 0x6a6f78, 0x8c7a58, 0x2f3b46, 0x74485a, 0x9aa3a8, 0x536b8a, 0xa5674a}

// outfitOf picks the clothes of one picture; aspect tells pictures apart.
func outfitOf(seed int64, aspect uint64) outfit {
	r := dice(seed, aspect)
	o := outfit{kind: r.IntN(5), cloth: cloths[r.IntN(len(cloths))]}
	o.accent = []uint32{0xf2f0ea, 0xdfe6ec, 0xe9dccb}[r.IntN(3)]
	return o
}

const (
	torso    = "M-124 240C-122 138-104 104-56 90C-44 87-36 85-32 82L32 82C36 85 44 87 56 90C104 104 122 138 124 240Z"
	neckCrew = "M-23 30L-23 64C-25 72-32 78-40 82C-24 100 24 100 40 82C32 78 25 72 23 64L23 30Z"
	neckVee  = "M-23 30L-23 64C-25 72-32 78-40 82C-30 96-12 116 0 132C12 116 30 96 40 82C32 78 25 72 23 64L23 30Z"
)

// body draws neck, shoulders and clothes.
func (l look) body(c *canvas, o outfit) {
	if o.kind == 3 {
		c.fill(svg("M-66 96C-62 60-44 46-34 44L34 44C44 46 62 60 66 96Z"), solid(mix(o.cloth, 0x000000, 0.25)))
	}
	c.fill(svg(torso), solid(o.cloth))
	c.clipped(svg(torso), func() {
		c.glow(-60, 120, 70, 60, ink{0xffffff, 0.10})
		c.glow(96, 190, 60, 110, ink{0x000000, 0.16})
	})
	neck := svg(neckCrew)
	if o.kind == 1 || o.kind == 4 {
		neck = svg(neckVee)
	}
	if o.kind == 4 {
		c.fill(svg("M-42 82C-30 110-10 160 0 200C10 160 30 110 42 82Z"), solid(o.accent))
		neck = svg(neckCrew)
	}
	c.fill(neck, solid(mix(l.skin.base, l.skin.shade, 0.35)))
	c.clipped(neck, func() {
		c.fill(oval(3, 46, 42, 33), ink{l.skin.shade, 0.85})
		c.stroke(svg("M-20 84C-10 88-5 92-3 96"), 1.4, ink{l.skin.line, 0.3})
		c.stroke(svg("M20 84C10 88 5 92 3 96"), 1.4, ink{l.skin.line, 0.3})
	})
	o.neckline(c)
}

// neckline draws the collar of each kind of clothing.
func (o outfit) neckline(c *canvas) {
	dark := solid(mix(o.cloth, 0x000000, 0.28))
	switch o.kind {
	case 0:
		c.stroke(svg("M-41 82C-24 102 24 102 41 82"), 5, dark)
	case 1:
		c.stroke(svg("M-41 82C-30 97-12 117 0 134C12 117 30 97 41 82"), 4.4, dark)
	case 2:
		light := solid(mix(o.cloth, 0xffffff, 0.16))
		c.fill(svg("M-30 66C-42 74-50 84-48 96L-30 120L0 98C-14 96-24 86-27 72Z"), light)
		c.fill(svg("M30 66C42 74 50 84 48 96L30 120L0 98C14 96 24 86 27 72Z"), light)
		c.stroke(svg("M-30 120L0 98L30 120"), 1.3, dark)
		c.stroke(svg("M0 100L0 240"), 1.6, dark)
		for _, y := range []float32{124, 152, 180} {
			c.fill(oval(4, y, 2, 2), ink{0xffffff, 0.55})
		}
	case 3:
		c.stroke(svg("M-48 80C-34 108 34 108 48 80"), 11, dark)
		c.stroke(svg("M-14 104L-17 150"), 2.2, solid(0xe9e4da))
		c.stroke(svg("M14 104L17 146"), 2.2, solid(0xe9e4da))
	case 4:
		lapel := solid(mix(o.cloth, 0x000000, 0.22))
		shirt := solid(mix(o.accent, 0xffffff, 0.5))
		c.fill(svg("M-30 68C-38 74-42 82-40 90L-22 108L0 98C-14 94-24 84-27 72Z"), shirt)
		c.fill(svg("M30 68C38 74 42 82 40 90L22 108L0 98C14 94 24 84 27 72Z"), shirt)
		c.fill(svg("M-46 82C-60 88-66 100-62 116L-44 122L-50 134L0 214C-4 170-22 112-46 82Z"), lapel)
		c.fill(svg("M46 82C60 88 66 100 62 116L44 122L50 134L0 214C4 170 22 112 46 82Z"), lapel)
	}
}
