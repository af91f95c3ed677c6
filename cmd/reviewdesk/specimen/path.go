package specimen

import (
	"math"
	"strconv"
	"sync"
)

// pt is a point in drawing units.
type pt struct{ x, y float32 }

// seg is one drawing command: 'M', 'L', 'Q', 'C' or 'Z', with as many points
// as the command needs.
type seg struct {
	op byte
	p  [3]pt
}

// path is an outline: closed for fill, open or closed for stroke.
type path []seg

// matrix is an affine transform: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float32

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul returns the transform that applies n first and m afterwards.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

// at applies the transform to a point.
func (m matrix) at(p pt) pt {
	return pt{m[0]*p.x + m[2]*p.y + m[4], m[1]*p.x + m[3]*p.y + m[5]}
}

// size is the mean factor by which the transform grows a length.
func (m matrix) size() float32 {
	return float32(math.Sqrt(math.Abs(float64(m[0]*m[3] - m[1]*m[2]))))
}

func move(x, y float32) matrix  { return matrix{1, 0, 0, 1, x, y} }
func scale(x, y float32) matrix { return matrix{x, 0, 0, y, 0, 0} }

// turn rotates clockwise on screen by deg degrees about (cx, cy).
func turn(deg, cx, cy float32) matrix {
	s64, c64 := math.Sincos(float64(deg) * math.Pi / 180)
	s, c := float32(s64), float32(c64)
	return move(cx, cy).mul(matrix{c, s, -s, c, 0, 0}).mul(move(-cx, -cy))
}

// apply returns a transformed copy of the path.
func (p path) apply(m matrix) path {
	out := make(path, len(p))
	for i, s := range p {
		out[i] = seg{s.op, [3]pt{m.at(s.p[0]), m.at(s.p[1]), m.at(s.p[2])}}
	}
	return out
}

// points says how many points a command carries.
func points(op byte) int {
	switch op {
	case 'M', 'L':
		return 1
	case 'Q':
		return 2
	case 'C':
		return 3
	}
	return 0
}

// flatten turns the path into polylines of points no farther apart than the
// eye would notice at the path's own scale.
func (p path) flatten() (lines [][]pt, closed []bool) {
	var cur []pt
	flush := func(c bool) {
		if len(cur) > 1 {
			lines, closed = append(lines, cur), append(closed, c)
		}
		cur = nil
	}
	for _, s := range p {
		switch s.op {
		case 'M':
			flush(false)
			cur = []pt{s.p[0]}
		case 'L':
			cur = append(cur, s.p[0])
		case 'Q', 'C':
			cur = appendCurve(cur, s)
		case 'Z':
			flush(true)
		}
	}
	flush(false)
	return lines, closed
}

// appendCurve appends the flattened Bézier s, which starts at the last point.
func appendCurve(cur []pt, s seg) []pt {
	if len(cur) == 0 {
		return cur
	}
	a := cur[len(cur)-1]
	b, c, d := s.p[0], s.p[1], s.p[2]
	if s.op == 'Q' {
		q, e := s.p[0], s.p[1]
		b = pt{a.x + (q.x-a.x)*2/3, a.y + (q.y-a.y)*2/3}
		c = pt{e.x + (q.x-e.x)*2/3, e.y + (q.y-e.y)*2/3}
		d = e
	}
	length := dist(a, b) + dist(b, c) + dist(c, d)
	n := int(min(max(math.Sqrt(float64(length))*1.3, 3), 40))
	for i := 1; i <= n; i++ {
		t := float32(i) / float32(n)
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		cur = append(cur, pt{k0*a.x + k1*b.x + k2*c.x + k3*d.x, k0*a.y + k1*b.y + k2*c.y + k3*d.y})
	}
	return cur
}

func dist(a, b pt) float32 {
	return float32(math.Hypot(float64(a.x-b.x), float64(a.y-b.y)))
}

const kappa = 0.5522847 // handle length of a quarter circle's Bézier

// oval is an ellipse about (x, y).
func oval(x, y, rx, ry float32) path {
	kx, ky := rx*kappa, ry*kappa
	return path{
		{'M', [3]pt{{x, y - ry}}},
		{'C', [3]pt{{x + kx, y - ry}, {x + rx, y - ky}, {x + rx, y}}},
		{'C', [3]pt{{x + rx, y + ky}, {x + kx, y + ry}, {x, y + ry}}},
		{'C', [3]pt{{x - kx, y + ry}, {x - rx, y + ky}, {x - rx, y}}},
		{'C', [3]pt{{x - rx, y - ky}, {x - kx, y - ry}, {x, y - ry}}},
		{op: 'Z'},
	}
}

// rect is an axis-aligned rectangle.
func rect(x, y, w, h float32) path {
	return poly(pt{x, y}, pt{x + w, y}, pt{x + w, y + h}, pt{x, y + h})
}

// poly is a closed polygon.
func poly(ps ...pt) path {
	return append(polyline(ps...), seg{op: 'Z'})
}

// polyline is an open run of straight lines.
func polyline(ps ...pt) path {
	out := make(path, 0, len(ps)+1)
	for i, p := range ps {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		out = append(out, seg{op, [3]pt{p}})
	}
	return out
}

// round is a rectangle with corner radius top for the upper corners and
// bottom for the lower ones.
func round(x, y, w, h, top, bottom float32) path {
	t, b := top*(1-kappa), bottom*(1-kappa)
	r, l := x+w, y+h
	return path{
		{'M', [3]pt{{x + top, y}}},
		{'L', [3]pt{{r - top, y}}},
		{'C', [3]pt{{r - t, y}, {r, y + t}, {r, y + top}}},
		{'L', [3]pt{{r, l - bottom}}},
		{'C', [3]pt{{r, l - b}, {r - b, l}, {r - bottom, l}}},
		{'L', [3]pt{{x + bottom, l}}},
		{'C', [3]pt{{x + b, l}, {x, l - b}, {x, l - bottom}}},
		{'L', [3]pt{{x, y + top}}},
		{'C', [3]pt{{x, y + t}, {x + t, y}, {x + top, y}}},
		{op: 'Z'},
	}
}

var parsed sync.Map // SVG path text → path

// svg parses the path commands M L H V C S Q Z (either case) of an SVG d
// attribute. Texts are constants of this package, so each is parsed once.
func svg(d string) path {
	if p, ok := parsed.Load(d); ok {
		return p.(path)
	}
	p := parseSVG(d)
	parsed.Store(d, p)
	return p
}

// pen walks along an SVG path text.
type pen struct {
	d           string
	i           int
	cur, last   pt // current point, last control point
	start       pt
	relative    bool
	out         path
	lastWasCube bool
}

func parseSVG(d string) path {
	w := &pen{d: d}
	var op byte
	for w.skip(); w.i < len(d); w.skip() {
		if c := d[w.i]; c >= 'A' && c != 'e' {
			w.relative = c >= 'a'
			op = c &^ 0x20
			w.i++
		}
		w.step(op)
		if op == 'M' {
			op = 'L'
		}
	}
	return w.out
}

// step reads the operands of one command and appends it.
func (w *pen) step(op byte) {
	cubic := false
	switch op {
	case 'M', 'L':
		w.emit(op, w.point())
		if op == 'M' {
			w.start = w.cur
		}
	case 'H':
		w.emit('L', pt{w.number(w.cur.x), w.cur.y})
	case 'V':
		w.emit('L', pt{w.cur.x, w.number(w.cur.y)})
	case 'Q':
		a := w.point()
		w.emit('Q', a, w.point())
	case 'C', 'S':
		a := w.cur
		if op == 'C' {
			a = w.point()
		} else if w.lastWasCube {
			a = pt{2*w.cur.x - w.last.x, 2*w.cur.y - w.last.y}
		}
		b := w.point()
		end := w.point()
		w.emit('C', a, b, end)
		w.last, cubic = b, true
	case 'Z':
		w.out = append(w.out, seg{op: 'Z'})
		w.cur = w.start
	default:
		w.i++
	}
	w.lastWasCube = cubic
}

func (w *pen) emit(op byte, ps ...pt) {
	s := seg{op: op}
	copy(s.p[:], ps)
	w.out = append(w.out, s)
	w.cur = ps[len(ps)-1]
}

func (w *pen) point() pt {
	x := w.number(w.cur.x)
	return pt{x, w.number(w.cur.y)}
}

// number reads one number; in a relative command it counts from base.
func (w *pen) number(base float32) float32 {
	w.skip()
	from := w.i
	for dot := false; w.i < len(w.d); w.i++ {
		c := w.d[w.i]
		if c == '.' && !dot {
			dot = true
		} else if (c < '0' || c > '9') && !(c == '-' && w.i == from) {
			break
		}
	}
	v, _ := strconv.ParseFloat(w.d[from:w.i], 32)
	if w.relative {
		return base + float32(v)
	}
	return float32(v)
}

func (w *pen) skip() {
	for w.i < len(w.d) && (w.d[w.i] == ' ' || w.d[w.i] == ',') {
		w.i++
	}
}
