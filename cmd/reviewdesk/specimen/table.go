package specimen

// desk is the wooden table a document lies on.
func (s scene) desk() {
	c := s.c
	c.fade(rect(0, 0, s.w, s.h), 0xcdb592, 0xa98d68)
	for i := range 5 {
		y := s.h * (0.08 + 0.22*float32(i))
		c.line(polyline(pt{0, y}, pt{s.w, y + 3}), 1, ink{0x5f4a30, 0.35})
		c.line(wave(y+s.h*0.10, 3, 1.2, float64(i)*1.7), 0.7, ink{0x6b5232, 0.22})
		c.line(wave(y+s.h*0.15, 2, 0.8, float64(i)*2.3), 0.7, ink{0x6b5232, 0.18})
	}
	c.glow(s.w*0.25, s.h*0.2, s.w*0.6, s.w*0.5, ink{0xfff3dc, 0.35})
}

// tableTop is the picture of somebody who photographed everything but the
// document.
func (s scene) tableTop() {
	s.desk()
	c := s.c
	c.with(scale(1, s.h/cardHigh), func() {
		c.with(move(4, 6), func() { c.fill(oval(310, 66, 54, 54), ink{0x2a1f12, 0.22}) })
		c.fill(oval(310, 66, 54, 54), solid(0xf1eee7))
		c.fill(oval(310, 66, 46, 46), solid(0xd9d4c9))
		c.fill(oval(310, 66, 43, 43), solid(0x4a2f1e))
		c.glow(298, 54, 30, 26, ink{0xb98a5a, 0.6})
		s.pen()
		s.keys()
	})
	c.centred(style{bold, 58, 3, ink{0xffffff, 0.14}}, s.w/2, s.h/2, -24, "SPECIMEN")
	c.text(style{bold, 6.4, 0.5, ink{0x2a1f12, 0.6}}, 12, s.h-9, "SPECIMEN · DRAWN BY REVIEWDESK")
}

func (s scene) pen() {
	c := s.c
	c.with(turn(-34, 250, 176), func() {
		c.fill(round(172, 175, 156, 9, 4, 4), ink{0x2a1f12, 0.22})
		c.fill(round(170, 170, 150, 9, 3, 3), solid(0x2c3f5e))
		c.fill(rect(170, 171.4, 150, 1.6), ink{0xffffff, 0.3})
		c.fill(poly(pt{170, 170}, pt{152, 174.5}, pt{170, 179}), solid(0xc8ccd0))
		c.fill(rect(284, 168, 30, 3), solid(0xc8ccd0))
	})
}

// keys is a ring with two keys and a leather tag.
func (s scene) keys() {
	type part struct {
		deg    float32
		colour uint32
		shape  string
	}
	const brassKey = "M112 108C130 108 142 120 142 134C142 144 136 152 128 156L128 214L120 222L112 214L112 206L104 203L104 196L112 193L112 188L102 184L102 177L112 174L112 158C100 154 90 146 90 133C90 119 98 108 112 108ZM114 116C110 116 108 119 108 122C108 126 111 128 114 128C118 128 121 126 121 122C121 119 118 116 114 116Z"
	const tag = "M104 104C112 100 124 100 132 104L138 150C138 160 98 160 98 150Z"
	parts := []part{{62, 0x7a4630, tag}, {24, 0xc2a35a, brassKey}, {-16, 0xaab0b6, brassKey}}
	c := s.c
	for _, p := range parts {
		c.with(turn(p.deg, 114, 100), func() {
			shape := svg(p.shape)
			c.with(move(3, 4), func() { c.fill(shape, ink{0x2a1f12, 0.25}) })
			c.fill(shape, solid(p.colour))
			c.line(shape, 0.9, ink{mix(p.colour, 0x000000, 0.45), 0.8})
			if p.shape == brassKey {
				c.line(polyline(pt{121, 160}, pt{121, 210}), 1.6, ink{mix(p.colour, 0x000000, 0.4), 0.6})
			}
		})
	}
	c.stroke(oval(114, 100, 21, 21), 4, solid(0x6d7378))
	c.stroke(oval(113.4, 99.4, 21, 21), 1.2, ink{0xffffff, 0.6})
}
