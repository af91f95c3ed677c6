package specimen

import (
	"strings"
	"time"
)

// state is ICAO's specimen state, Utopia: the only issuer this package knows.
const state = "UTO"

// MRZ returns the machine-readable zone of the document after ICAO 9303: two
// lines of 44 characters (TD3) for passports, three lines of 30 (TD1) for
// every other kind. All check digits are right, except that MRZWrong spoils
// the one after the document number and nothing else.
func MRZ(d Document) []string {
	z := zone{
		number: alnum(d.Number), birth: mrzDate(d.Birth), expiry: mrzDate(d.Expiry),
		sex: mrzSex(d.Sex), spoil: d.Defect == MRZWrong,
	}
	if d.Kind == "passport" {
		z.names = mrzNames(d.Surname, d.Given, 39)
		return z.td3()
	}
	z.kind = map[string]string{"drivers_license": "IL", "residence_card": "IR"}[d.Kind]
	z.names = mrzNames(d.Surname, d.Given, 30)
	return z.td1()
}

// zone holds the data elements of a machine-readable zone.
type zone struct {
	kind, number, birth, sex, expiry string
	optional                         string
	names                            string
	spoil                            bool
}

// td1 lays the zone out as three lines of 30. A number longer than nine
// characters runs over into the optional field, as 9303-5 prescribes.
func (z zone) td1() []string {
	number, digit, rest := filler(z.number, 9), z.numberDigit(z.number), z.optional
	if len(z.number) > 9 {
		long := z.number[:min(len(z.number), 22)]
		digit, rest = "<", long[9:]+z.numberDigit(long)+"<"
	}
	one := filler(orElse(z.kind, "I"), 2) + state + number + digit + filler(rest, 15)
	two := z.birth + check(z.birth) + z.sex + z.expiry + check(z.expiry) + state + filler("", 11)
	two += check(one[5:] + two[:7] + two[8:15] + two[18:])
	return []string{one, two, z.names}
}

// td3 lays the zone out as two lines of 44.
func (z zone) td3() []string {
	number := filler(z.number, 9)
	optional := filler(z.optional, 14)
	two := number + z.numberDigit(number) + state + z.birth + check(z.birth) + z.sex +
		z.expiry + check(z.expiry) + optional + check(optional)
	two += check(two[:10] + two[13:20] + two[21:43])
	return []string{"P<" + state + z.names, two}
}

// numberDigit is the check digit printed for the document number.
func (z zone) numberDigit(number string) string {
	digit := check(number)
	if z.spoil {
		return string('0' + (digit[0]-'0'+3)%10)
	}
	return digit
}

// check computes the ICAO 9303 check digit: weights 7, 3, 1, modulo 10, with
// letters counting from A = 10 and the filler as 0.
func check(s string) string {
	sum := 0
	for i := range len(s) {
		v := 0
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			v = int(c - '0')
		case c >= 'A' && c <= 'Z':
			v = int(c-'A') + 10
		}
		sum += v * [3]int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}

// filler cuts or pads s with '<' to n characters.
func filler(s string, n int) string {
	if len(s) >= n {
		return s[:n]
	}
	return s + strings.Repeat("<", n-len(s))
}

// alnum keeps the letters and digits of a document number.
func alnum(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, latin(s))
}

// mrzNames writes "SURNAME<<GIVEN<NAMES" in n characters. A long surname is
// cut so that at least one letter of the given names is left.
func mrzNames(surname, given string, n int) string {
	first, second := mrzWords(surname), mrzWords(given)
	if first == "" {
		first, second = second, ""
	}
	if first == "" {
		first = "SPECIMEN"
	}
	if second == "" {
		return filler(first, n)
	}
	first = strings.TrimRight(first[:min(len(first), n-3)], "<")
	return filler(first+"<<"+second, n)
}

// mrzWords joins the words of a name with single fillers.
func mrzWords(name string) string {
	return strings.Join(strings.FieldsFunc(latin(name), func(r rune) bool {
		return r < 'A' || r > 'Z'
	}), "<")
}

// mrzDate writes YYMMDD; an unknown date is all fillers.
func mrzDate(t time.Time) string {
	if t.IsZero() {
		return "<<<<<<"
	}
	return t.Format("060102")
}

// mrzSex writes M, F or the filler for anything else.
func mrzSex(s string) string {
	switch c := strings.ToUpper(strings.TrimSpace(s)); {
	case strings.HasPrefix(c, "M"):
		return "M"
	case strings.HasPrefix(c, "F"):
		return "F"
	}
	return "<"
}

// orElse returns s, or other when s is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
