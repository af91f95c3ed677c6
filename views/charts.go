package views

import (
	"strconv"
	"strings"
)

// spark draws a line through points (0 to 100) as the path of an 88 by 28 picture.
func spark(points []int) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(strconv.Itoa(sparkX(i, len(points))))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(sparkY(p)))
	}
	return b.String()
}

func sparkX(i, n int) int {
	if n < 2 {
		return 85
	}
	return 2 + i*83/(n-1)
}

func sparkY(p int) int { return 25 - min(max(p, 0), 100)*22/100 }

// lastPoint is where a sparkline ends.
func lastPoint(points []int) (x, y string) {
	n := len(points)
	return strconv.Itoa(sparkX(n-1, n)), strconv.Itoa(sparkY(points[n-1]))
}

// column is one bar of a bar chart 88 wide and 28 high.
type column struct{ X, Y, W, H, Opacity string }

// columns lays out the bars; the last one, the present, stands out.
func columns(points []int) []column {
	n := len(points)
	step := min(8, 88/max(n, 1))
	width := max(step-3, 1)
	out := make([]column, n)
	for i, p := range points {
		h := 2 + min(max(p, 0), 100)*26/100
		opacity := "0.35"
		if i == n-1 {
			opacity = "1"
		}
		out[i] = column{
			X: strconv.Itoa(88 - (n-i)*step), Y: strconv.Itoa(28 - h),
			W: strconv.Itoa(width), H: strconv.Itoa(h), Opacity: opacity,
		}
	}
	return out
}
