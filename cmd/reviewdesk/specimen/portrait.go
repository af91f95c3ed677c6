package specimen

// drawPortrait draws the document's photograph into the given frame.
func drawPortrait(c *canvas, seed int64, x, y, w, h float32) {
	l := lookOf(seed)
	frame := round(x, y, w, h, 3, 3)
	c.fade(frame, 0xe4e8ed, 0xc3cbd5)
	c.clipped(frame, func() {
		k := w / 92 * 0.47
		c.with(matrix{k, 0, 0, k, x + w/2, y + h*0.46}, func() { l.person(c, outfitOf(seed, 11)) })
	})
	c.line(frame, 0.8, ink{0x22333a, 0.35})
}

// ghost draws the portrait again, small and in one pale hue.
func ghost(c *canvas, seed int64, t theme, x, y, w, h float32) {
	l := lookOf(seed)
	paper := mix(t.top, t.bottom, 0.6)
	c.tone = func(k uint32) uint32 {
		v := float32(luma(k)) / 255
		return mix(mix(t.band, paper, 0.48), mix(paper, 0xffffff, 0.25), v)
	}
	frame := oval(x+w/2, y+h/2, w/2, h/2)
	c.clipped(frame, func() {
		k := w / 92 * 0.44
		c.with(matrix{k, 0, 0, k, x + w/2, y + h*0.47}, func() { l.person(c, outfitOf(seed, 11)) })
	})
	c.tone = nil
	c.line(frame, 0.5, ink{t.band, 0.35})
}
