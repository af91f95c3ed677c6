package dbtest

import (
	"math"
	"os"
	"strconv"
	"testing"
)

// Soaks reports whether the large figures are wanted: make soak says so by
// REVIEWDESK_SOAK, the part of them that is, 1 for all.
func Soaks() bool { return os.Getenv("REVIEWDESK_SOAK") != "" }

// Figure is how many times a test does what it does: the small figure in make test, in
// make soak the part of the large one that is wanted.
func Figure(small, large int) int {
	if !Soaks() {
		return small
	}
	part, err := strconv.ParseFloat(os.Getenv("REVIEWDESK_SOAK"), 64)
	if err != nil || part <= 0 {
		panic("REVIEWDESK_SOAK: want a number above 0, such as 1 or 0.01")
	}
	return max(1, int(math.Ceil(float64(large)*part)))
}

// Seed is what chance begins with: REVIEWDESK_SEED, or always the same.
func Seed(t testing.TB) uint64 {
	t.Helper()
	text := os.Getenv("REVIEWDESK_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d", n)
	return n
}
