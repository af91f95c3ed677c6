package db_test

import (
	"math"
	"os"
	"strconv"
	"testing"
)

// make soak asks for the large figures by REVIEWDESK_SOAK: the part of them that is
// wanted, 1 for all.

func soaks() bool { return os.Getenv("REVIEWDESK_SOAK") != "" }

// soakOf is that part of a large figure.
func soakOf(figure int) int {
	part, err := strconv.ParseFloat(os.Getenv("REVIEWDESK_SOAK"), 64)
	if err != nil || part <= 0 {
		panic("REVIEWDESK_SOAK: want a number above 0, such as 1 or 0.01")
	}
	return max(1, int(math.Ceil(float64(figure)*part)))
}

// seed is what chance begins with: REVIEWDESK_SEED, or always the same.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("REVIEWDESK_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	ok(t, err)
	t.Logf("seed %d", n)
	return n
}
