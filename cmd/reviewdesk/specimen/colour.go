package specimen

import "math"

// oklch converts lightness (0–1), chroma and hue (degrees) to 0xRRGGBB.
// OKLCH keeps equal lightness looking equal at every hue, so each country's
// colours are as legible as the next one's.
func oklch(l, chroma, hue float64) uint32 {
	s, c := math.Sincos(hue * math.Pi / 180)
	a, b := chroma*c, chroma*s
	lp := l + 0.3963377774*a + 0.2158037573*b
	mp := l - 0.1055613458*a - 0.0638541728*b
	sp := l - 0.0894841775*a - 1.2914855480*b
	lp, mp, sp = lp*lp*lp, mp*mp*mp, sp*sp*sp
	r := 4.0767416621*lp - 3.3077115913*mp + 0.2309699292*sp
	g := -1.2684380046*lp + 2.6097574011*mp - 0.3413193965*sp
	bl := -0.0041960863*lp - 0.7034186147*mp + 1.7076147010*sp
	return gamma(r)<<16 | gamma(g)<<8 | gamma(bl)
}

// gamma encodes linear light as an 8-bit sRGB value.
func gamma(v float64) uint32 {
	v = min(max(v, 0), 1)
	if v <= 0.0031308 {
		return uint32(v*12.92*255 + 0.5)
	}
	return uint32((1.055*math.Pow(v, 1/2.4)-0.055)*255 + 0.5)
}

// theme is the colour set of one issuing state and kind of document.
type theme struct {
	band, text, label uint32 // header band, values, captions
	top, bottom       uint32 // card ground
	wave, wave2       uint32 // guilloche
	gold              uint32
}

// themeFor gives every country its own hue; the golden ratio keeps countries
// with neighbouring codes apart.
func themeFor(code, kind string) theme {
	n := 0
	for _, c := range code {
		n = n*26 + int(c-'A')
	}
	turns := float64(n)*0.61803398875 + 0.13
	hue := (turns - math.Floor(turns)) * 360
	shift := map[string]float64{"passport": 8, "drivers_license": 150, "residence_card": 65}[kind]
	side := hue + 40 + shift
	return theme{
		band: oklch(0.43, 0.075, hue), text: oklch(0.30, 0.03, hue), label: oklch(0.50, 0.03, hue),
		top: oklch(0.945, 0.022, hue), bottom: oklch(0.885, 0.038, side),
		wave: oklch(0.66, 0.07, hue), wave2: oklch(0.66, 0.07, side),
		gold: 0xb0913a,
	}
}
