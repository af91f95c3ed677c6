package specimen

import "math"

// ground draws the document's coloured ground with its guilloche.
func ground(c *canvas, t theme, h float32, kind string) {
	c.fade(round(0, 0, unitsWide, h, 14, 14), t.top, t.bottom)
	c.glow(120, h*0.45, 180, 120, ink{0xffffff, 0.35})
	switch kind {
	case "passport":
		bands(c, t, h, 30, 24, 1)
		for i := range 3 {
			c.line(rosette(250, h*0.44, 76-float32(i)*9, 0.34, 12, float64(i)*0.9), 1.1, ink{t.wave2, 0.26})
		}
	case "drivers_license":
		bands(c, t, h, 22, 8, 2.2)
	case "residence_card":
		bands(c, t, h, 22, 17, 1.5)
	default:
		bands(c, t, h, 22, 12, 1.25)
	}
}

// bands draws two families of waves that cross each other. step is the space
// between lines, amp their height and turns how often they swing.
func bands(c *canvas, t theme, h, step, amp, turns float32) {
	var one, two path
	for i := 0; ; i++ {
		y := 46 + float32(i)*step
		if y > h-14 {
			break
		}
		phase := float64(i) * 0.55
		one = append(one, outline(wave(y, amp, turns, phase), 1.25, false)...)
		two = append(two, outline(wave(y+step/2, amp*0.8, turns*1.5, 2-phase), 1.1, false)...)
	}
	c.fill(one, ink{t.wave, 0.27})
	c.fill(two, ink{t.wave2, 0.25})
}

// wave is a sine across the document about height y.
func wave(y, amp, turns float32, phase float64) path {
	const n = 72
	ps := make([]pt, 0, n+1)
	for i := range n + 1 {
		f := float64(i) / n
		swing := math.Sin(2*math.Pi*float64(turns)*f+phase) * (0.75 + 0.25*math.Cos(2*math.Pi*f+phase/2))
		ps = append(ps, pt{float32(f) * unitsWide, y + amp*float32(swing)})
	}
	return polyline(ps...)
}
