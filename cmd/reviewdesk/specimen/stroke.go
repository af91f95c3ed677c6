package specimen

import "math"

// stroke draws along the path with a pen w units wide and round ends.
func (c *canvas) stroke(p path, w float32, k ink) {
	c.fill(outline(p, w, true), k)
}

// line draws along the path like stroke, with flat ends: cheaper, and right
// for hairlines, where ends cannot be told apart.
func (c *canvas) line(p path, w float32, k ink) {
	c.fill(outline(p, w, false), k)
}

// outline returns the shape a pen of width w leaves when it follows p.
func outline(p path, w float32, caps bool) path {
	lines, closed := p.flatten()
	var out path
	for i, l := range lines {
		l = distinct(l)
		if len(l) < 2 {
			continue
		}
		if closed[i] && dist(l[0], l[len(l)-1]) > 1e-3 {
			l = append(l, l[0])
		}
		out = append(out, ribbon(l, w/2, closed[i])...)
		if caps && !closed[i] {
			out = append(out, roundEnd(l[0], l[1], w/2)...)
			out = append(out, roundEnd(l[len(l)-1], l[len(l)-2], w/2)...)
		}
	}
	return out
}

// distinct drops points that repeat the one before.
func distinct(l []pt) []pt {
	out := l[:0:0]
	for _, p := range l {
		if len(out) == 0 || dist(out[len(out)-1], p) > 1e-3 {
			out = append(out, p)
		}
	}
	return out
}

// ribbon is the band of half-width r along the polyline l. A closed line
// gives two rings of opposite direction, so that its middle stays open.
func ribbon(l []pt, r float32, closed bool) path {
	n := len(l)
	left, right := make([]pt, n), make([]pt, n)
	for i, p := range l {
		prev, next := l[max(i-1, 0)], l[min(i+1, n-1)]
		if closed && (i == 0 || i == n-1) {
			prev, next = l[n-2], l[1]
		}
		d := miter(prev, p, next, r)
		left[i] = pt{p.x + d.x, p.y + d.y}
		right[n-1-i] = pt{p.x - d.x, p.y - d.y}
	}
	if closed {
		return append(poly(left...), poly(right...)...)
	}
	return poly(append(left, right...)...)
}

// miter returns the offset from b to the pen's left edge where a–b meets b–c.
func miter(a, b, c pt, r float32) pt {
	n1, n2 := normal(a, b), normal(b, c)
	if a == b {
		n1 = n2
	}
	if b == c {
		n2 = n1
	}
	m := pt{n1.x + n2.x, n1.y + n2.y}
	l2 := m.x*m.x + m.y*m.y
	if l2 < 0.3 { // a hairpin: keep the corner blunt
		return pt{n1.x * r, n1.y * r}
	}
	return pt{m.x * 2 * r / l2, m.y * 2 * r / l2}
}

// normal is the unit vector to the left of a→b.
func normal(a, b pt) pt {
	d := dist(a, b)
	if d == 0 {
		return pt{}
	}
	return pt{(a.y - b.y) / d, (b.x - a.x) / d}
}

// roundEnd is the half disc that rounds off the end a of a line coming from b.
func roundEnd(a, b pt, r float32) path {
	n := normal(b, a)
	var ps []pt
	for i := range 9 {
		s, c := math.Sincos(math.Pi * float64(i) / 8)
		sn, cs := float32(s), float32(c)
		// n turned clockwise points away from b.
		ps = append(ps, pt{a.x + r*(n.x*cs+n.y*sn), a.y + r*(n.y*cs-n.x*sn)})
	}
	return poly(ps...)
}
