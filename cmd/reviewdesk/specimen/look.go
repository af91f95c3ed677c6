package specimen

import "math/rand/v2"

// look is everything that makes one person recognisable. It depends on the
// seed alone, so document and selfie show the same face.
type look struct {
	femme              bool
	skin               skin
	hair, brow, iris   uint32
	style              hairStyle
	wide, jaw          float32 // face width, 0.92–1.08; jaw shape index
	eyes, nose, mouth  int
	eyeGap, browThick  float32
	glasses            int // 0 none, 1 round, 2 square, 3 half-rim
	frame              uint32
	beard              int // 0 none, 1 stubble, 2 full, 3 moustache, 4 goatee
	mole, freckles     bool
	earring, aged      bool
	molex, moley, tilt float32
	scarf              uint32
}

// skin is a tone with the shades drawn on it.
type skin struct{ base, shade, line, lip uint32 }

var skins = []skin{
	{0xf1cfb5, 0xdcae90, 0xb98467, 0xc4776c},
	{0xe8bd9c, 0xcf9b78, 0xab7657, 0xb7685c},
	{0xdba983, 0xbf8862, 0x976345, 0xa65a4c},
	{0xc99b7c, 0xb08365, 0x8a5f47, 0x96574a},
	{0xb98560, 0x9c6a48, 0x774b31, 0x8a4a40},
	{0x9a6b4a, 0x7f5338, 0x5e3a26, 0x763d36},
	{0x7b5038, 0x623c29, 0x462819, 0x66332f},
	{0x5f3d2c, 0x4a2d20, 0x331c13, 0x552b28},
}

var hairs = []uint32{0x1f1a1a, 0x2d2522, 0x33281f, 0x4a3324, 0x6b4428, 0x8a4b2a, 0xb78a52, 0xd3ae74, 0x8d8a88, 0xc9c6c2}

var irises = []uint32{0x3b2416, 0x2f1d14, 0x5a3a20, 0x6b7a3c, 0x4d7a94, 0x5d6b72}

var scarves = []uint32{0x6d7f8f, 0x8a5a6a, 0x4f6b62, 0xb9a58a, 0x3f4660}

// dice is a random source for one aspect of one seed.
func dice(seed int64, aspect uint64) *rand.Rand {
	x := uint64(seed)*0x9e3779b97f4a7c15 + aspect*0xd1b54a32d192ed03
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return rand.New(rand.NewPCG(x^x>>31, x))
}

// lookOf derives a person from the seed.
func lookOf(seed int64) look {
	r := dice(seed, 1)
	l := look{femme: seed&1 == 0}
	tone := r.IntN(len(skins))
	l.skin = skins[tone]
	l.hair = hairColour(r, tone)
	l.brow = mix(l.hair, 0x1a1412, 0.35)
	l.iris = irises[r.IntN(2)]
	if tone < 4 {
		l.iris = irises[r.IntN(len(irises))]
	}
	l.wide = 0.93 + 0.14*r.Float32()
	l.jaw = float32(r.IntN(4))
	l.eyes, l.nose, l.mouth = r.IntN(3), r.IntN(3), r.IntN(4)
	l.eyeGap = -1 + 2.2*r.Float32()
	l.browThick = 0.8 + 0.6*r.Float32()
	if r.IntN(10) < 3 {
		l.glasses = 1 + r.IntN(3)
	}
	l.frame = []uint32{0x22201f, 0x4a2f22, 0x8a7440, 0x2c3a4c}[r.IntN(4)]
	l.mole, l.freckles = r.IntN(4) == 0, tone < 3 && r.IntN(3) == 0
	l.molex, l.moley = 20+10*r.Float32(), 8+14*r.Float32()
	if r.IntN(2) == 0 {
		l.molex = -l.molex
	}
	l.tilt = -3 + 6*r.Float32()
	l.aged = luma(l.hair) > 110 && l.hair&0xff > 0x80
	l.scarf = scarves[r.IntN(len(scarves))]
	if l.femme {
		l.style = femmeStyles[r.IntN(len(femmeStyles))]
		l.earring = r.IntN(3) == 0
		l.browThick *= 0.8
		return l
	}
	l.style = mascStyles[r.IntN(len(mascStyles))]
	l.beard = []int{0, 0, 0, 1, 1, 2, 2, 3, 4}[r.IntN(9)]
	return l
}

// hairColour picks a colour that goes with the skin tone.
func hairColour(r *rand.Rand, tone int) uint32 {
	switch n := r.IntN(10); {
	case n == 0:
		return hairs[8+r.IntN(2)]
	case tone <= 1:
		return hairs[2+r.IntN(6)]
	case tone <= 3:
		return hairs[r.IntN(6)]
	default:
		return hairs[r.IntN(3)]
	}
}

// other returns a seed whose face cannot be taken for the given one.
func other(seed int64) int64 {
	a := lookOf(seed)
	for n := int64(2); ; n += 2 {
		b := lookOf(seed + n*7919*2)
		apart := luma(b.skin.base) - luma(a.skin.base)
		if b.style != a.style && b.hair != a.hair && b.skin != a.skin && apart < 60 && apart > -60 || n > 400 {
			return seed + n*7919*2
		}
	}
}

// luma is the brightness of a colour, 0–255.
func luma(c uint32) int {
	return (int(c>>16&0xff)*54 + int(c>>8&0xff)*183 + int(c&0xff)*19) >> 8
}
