package specimen

// room is the palette of one background.
type room struct{ top, bottom, light, dark, accent uint32 }

var rooms = []room{
	{0x9fb0b0, 0x56686a, 0xdfe9e6, 0x3a4648, 0x7d9a78},
	{0xd9cdbd, 0xa08f7b, 0xf7efe2, 0x6b5a48, 0x8a9a6a},
	{0xb9c4d3, 0x6f7f96, 0xeaf1f8, 0x46546a, 0xc98f5a},
	{0xcfd3c4, 0x87907a, 0xf3f5ea, 0x535b48, 0x5d7a58},
	{0xd8c3bb, 0x9a7d74, 0xf8ebe6, 0x6a4d46, 0x5e7684},
	{0xa9a4b4, 0x615b70, 0xe2dfea, 0x3f3a4c, 0xb59a6a},
}

// drawRoom draws an out-of-focus room over the whole picture: it is drawn
// small, blurred and scaled up.
func drawRoom(c *canvas, seed int64) {
	const down = 6
	w, h := c.img.Rect.Dx()/down, c.img.Rect.Dy()/down
	small := newCanvas(w, h, float32(w)/selfieUnits)
	r := dice(seed, 14)
	p := rooms[r.IntN(len(rooms))]
	small.fade(rect(0, 0, selfieUnits, selfieHigh), p.top, p.bottom)
	if r.IntN(2) == 0 {
		small.m = small.m.mul(matrix{-1, 0, 0, 1, selfieUnits, 0})
	}
	switch r.IntN(4) {
	case 0:
		windowScene(small, p)
	case 1:
		shelfScene(small, p, seed)
	case 2:
		doorScene(small, p)
	default:
		plantScene(small, p)
	}
	blur(small.img, 2)
	enlarge(c.img, small.img)
}

func windowScene(c *canvas, p room) {
	c.fill(rect(6, 16, 84, 150), solid(p.light))
	c.fill(rect(45, 16, 5, 150), solid(p.dark))
	c.fill(rect(6, 86, 84, 5), solid(p.dark))
	c.glow(48, 90, 110, 130, ink{0xffffff, 0.5})
	c.fill(rect(206, 0, 54, 325), ink{p.dark, 0.55})
	c.fill(rect(0, 166, 100, 8), ink{p.light, 0.8})
}

func shelfScene(c *canvas, p room, seed int64) {
	r := dice(seed, 15)
	for row := range 4 {
		y := 20 + float32(row)*62
		c.fill(rect(170, y+46, 90, 5), solid(p.dark))
		for x := float32(174); x < 256; {
			w := 6 + r.Float32()*8
			h := 28 + r.Float32()*16
			c.fill(rect(x, y+46-h, w-1, h), ink{mix(cloths[r.IntN(len(cloths))], p.top, 0.3), 0.9})
			x += w
		}
	}
	c.fill(round(18, 34, 62, 78, 2, 2), solid(p.light))
	c.fill(rect(25, 41, 48, 64), solid(mix(p.accent, p.light, 0.35)))
}

func doorScene(c *canvas, p room) {
	c.fill(rect(12, 20, 62, 92), ink{p.light, 0.55})
	c.fill(rect(194, 0, 66, 325), ink{p.dark, 0.7})
	c.fill(rect(204, 24, 44, 90), ink{p.bottom, 0.6})
	c.fill(rect(204, 134, 44, 120), ink{p.bottom, 0.6})
	c.fill(oval(200, 180, 4, 4), solid(p.light))
	c.glow(30, 40, 130, 150, ink{p.light, 0.35})
}

func plantScene(c *canvas, p room) {
	c.glow(200, 50, 110, 110, ink{p.light, 0.85})
	c.fill(round(8, 236, 52, 89, 4, 4), solid(mix(p.light, p.dark, 0.3)))
	for i := range 9 {
		deg := float32(i)*17 - 72
		c.with(turn(deg, 34, 238), func() {
			c.fill(svg("M34 238C20 210 22 166 34 140C46 166 48 210 34 238Z"), ink{mix(p.accent, p.dark, float32(i%3)*0.25), 0.95})
		})
	}
	c.fill(rect(0, 300, selfieUnits, 25), ink{p.dark, 0.35})
}
