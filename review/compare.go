package review

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compareMax bounds the comparison character by character, whose cost is the
// product of both lengths. Longer texts are compared at their ends only.
const compareMax = 200

// Agree reports whether two readings say the same but for capitals and spacing.
// Accents count: taking them away is a judgement, and the officer's.
func Agree(a, b string) bool { return a == b || spaceless(a) == spaceless(b) }

func spaceless(s string) string { return foldName(StripSpace(s)) }

// Compare marks the characters of b that differ from a, by their longest common
// subsequence. Its notion of sameness is that of [Agree]: capitals and spacing
// make no difference. What a has more than b is marked by Compare(b, a).
func Compare(a, b string) []Span {
	if a == b && b != "" && Plain(b) { // as most are
		return []Span{{Text: b}}
	}
	runes := []rune(b)
	from, to := make([]rune, 0, len(a)), make([]rune, 0, len(b)) // what is compared
	places := make([]int, 0, len(b))                             // of to within b
	for _, r := range a {
		if !unicode.IsSpace(r) {
			from = append(from, foldRune(r))
		}
	}
	for i, r := range runes {
		if !unicode.IsSpace(r) {
			to, places = append(to, foldRune(r)), append(places, i)
		}
	}
	differs := make([]bool, len(runes))
	for i, differ := range unlike(from, to) {
		differs[places[i]] = differ
	}
	return spans(runes, differs)
}

// foldRune makes capitals and small letters the same.
func foldRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r < utf8.RuneSelf:
		return r
	}
	return []rune(foldName(string(r)))[0]
}

// unlike says of each rune of b whether it is outside the longest common
// subsequence of both.
func unlike(a, b []rune) []bool {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	out := make([]bool, len(b))
	a, middle := a[head:len(a)-tail], b[head:len(b)-tail]
	copy(out[head:], unlikeMiddle(a, middle))
	return out
}

func unlikeMiddle(a, b []rune) []bool {
	out := slices.Repeat([]bool{true}, len(b))
	if len(a) > compareMax || len(b) > compareMax {
		return out
	}
	length := commonLengths(a, b)
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out[j] = false
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// commonLengths holds, for every pair of rests of a and b, the length of their
// longest common subsequence.
func commonLengths(a, b []rune) [][]int {
	length, all := make([][]int, len(a)+1), make([]int, (len(a)+1)*(len(b)+1))
	for i := range length {
		length[i] = all[i*(len(b)+1):][:len(b)+1]
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	return length
}

func spans(runes []rune, differs []bool) []Span {
	var out []Span
	var text strings.Builder
	for i, r := range runes {
		text.WriteRune(r)
		if i+1 == len(runes) || differs[i+1] != differs[i] {
			out = append(out, Span{Text: text.String(), Differs: differs[i]})
			text.Reset()
		}
	}
	return out
}
