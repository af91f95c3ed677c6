package specimen

import (
	"image"
	"math"
)

// lookup recolours every pixel through one table per channel.
func lookup(img *image.RGBA, r, g, b *[256]uint8) {
	for p := img.Pix; len(p) >= 4; p = p[4:] {
		p[0], p[1], p[2] = r[p[0]], g[p[1]], b[p[2]]
	}
}

// curve builds a lookup table from a function on 0–1.
func curve(f func(v float64) float64) *[256]uint8 {
	var t [256]uint8
	for i := range t {
		t[i] = uint8(min(max(f(float64(i)/255), 0), 1)*255 + 0.5)
	}
	return &t
}

// grey takes the colour out of the picture and applies the curve t.
func grey(img *image.RGBA, t *[256]uint8) {
	for p := img.Pix; len(p) >= 4; p = p[4:] {
		v := t[(uint32(p[0])*77+uint32(p[1])*151+uint32(p[2])*28)>>8]
		p[0], p[1], p[2] = v, v, v
	}
}

// blur softens the picture with two box blurs of radius r in each direction.
func blur(img *image.RGBA, r int) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	line := make([]uint8, 4*max(w, h))
	for range 2 {
		for y := range h {
			boxLine(img.Pix[y*img.Stride:], line, w, 4, r)
		}
		for x := range w {
			boxLine(img.Pix[4*x:], line, h, img.Stride, r)
		}
	}
}

// boxLine averages n pixels, step bytes apart, over 2r+1 neighbours each; the
// ends repeat. tmp must hold 4·n bytes.
func boxLine(pix, tmp []uint8, n, step, r int) {
	for i := range n {
		copy(tmp[4*i:4*i+4], pix[i*step:i*step+4])
	}
	at := func(i int) []uint8 {
		i = min(max(i, 0), n-1)
		return tmp[4*i : 4*i+4]
	}
	var sum [4]uint32
	for i := -r; i <= r; i++ {
		for ch, v := range at(i) {
			sum[ch] += uint32(v)
		}
	}
	size := uint32(2*r + 1)
	for i := range n {
		out := pix[i*step : i*step+4]
		in, gone := at(i+r+1), at(i-r)
		for ch := range 4 {
			out[ch] = uint8((sum[ch] + size/2) / size)
			sum[ch] += uint32(in[ch]) - uint32(gone[ch])
		}
	}
}

// shrink averages blocks of k×k pixels into one.
func shrink(img *image.RGBA, k int) *image.RGBA {
	w, h := img.Rect.Dx()/k, img.Rect.Dy()/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	n := uint32(k * k)
	for y := range h {
		for x := range w {
			var r, g, b uint32
			for dy := range k {
				p := img.Pix[(y*k+dy)*img.Stride+4*x*k:][:4*k]
				for ; len(p) >= 4; p = p[4:] {
					r, g, b = r+uint32(p[0]), g+uint32(p[1]), b+uint32(p[2])
				}
			}
			q := out.Pix[y*out.Stride+4*x:][:4]
			q[0], q[1], q[2], q[3] = uint8(r/n), uint8(g/n), uint8(b/n), 255
		}
	}
	return out
}

// enlarge scales src up to fill dst, blending between neighbours.
func enlarge(dst, src *image.RGBA) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	xs, xf := ramp(w, src.Rect.Dx())
	ys, yf := ramp(h, src.Rect.Dy())
	row := make([]uint32, 4*src.Rect.Dx()+4)
	for y := range h {
		a := src.Pix[ys[y]*src.Stride:][:src.Stride]
		b := src.Pix[min(ys[y]+1, src.Rect.Dy()-1)*src.Stride:][:src.Stride]
		for i := range a {
			row[i] = uint32(a[i])*(256-yf[y]) + uint32(b[i])*yf[y]
		}
		copy(row[len(a):], row[len(a)-4:len(a)])
		out := dst.Pix[y*dst.Stride:][:4*w]
		for x := range w {
			p, f := row[4*xs[x]:][:8], xf[x]
			q := out[4*x : 4*x+4 : 4*x+4]
			q[0] = uint8((p[0]*(256-f) + p[4]*f) >> 16)
			q[1] = uint8((p[1]*(256-f) + p[5]*f) >> 16)
			q[2] = uint8((p[2]*(256-f) + p[6]*f) >> 16)
			q[3] = 255
		}
	}
}

// ramp says for each of n target pixels which of m source pixels lies before
// it, and how far it is from there to the next, in 256ths.
func ramp(n, m int) (at []int, frac []uint32) {
	at, frac = make([]int, n), make([]uint32, n)
	for i := range n {
		f := max((float64(i)+0.5)*float64(m)/float64(n)-0.5, 0)
		at[i] = min(int(f), m-1)
		frac[i] = uint32((f - float64(at[i])) * 256)
	}
	return at, frac
}

// soften puts the whole picture out of focus.
func soften(img *image.RGBA) {
	small := shrink(img, 3)
	blur(small, 2)
	enlarge(img, small)
}

// moire lays slow coloured bands over the picture, as two grids of pixels do
// that almost agree.
func moire(img *image.RGBA) {
	var swing [1024]int32
	for i := range swing {
		swing[i] = int32(math.Round(1024 * math.Sin(2*math.Pi*float64(i)/1024)))
	}
	for y := range img.Rect.Dy() {
		p := img.Pix[y*img.Stride:][:img.Stride]
		bend := int(swing[(y*3)&1023]) / 7
		for x := 0; len(p) >= 4; x, p = x+1, p[4:] {
			a := swing[(x*26+y*9+bend)&1023]
			b := swing[(x*7-y*31+bend*2)&1023]
			p[0] = lift(p[0], (a+b)*11>>10)
			p[1] = lift(p[1], (b-a)*8>>10)
			p[2] = lift(p[2], (a*13-b*4)>>10+6)
		}
	}
}

// lift adds d to a channel within its range.
func lift(v uint8, d int32) uint8 {
	return uint8(min(max(int32(v)+d, 0), 255))
}
