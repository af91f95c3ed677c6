package review

import "strings"

// The machine-readable zone of a travel document (ICAO 9303, parts 4 to 7) has one of
// three shapes. Each of its fields that matters is followed by a digit computed from
// it, and the last digit is computed from all of them: a letter misread or altered by
// hand shows.

// MRZ is a machine-readable zone taken apart. Dates are as printed, YYMMDD: the zone
// does not tell the century.
type MRZ struct {
	Format      string // "TD1", "TD2" or "TD3"
	Kind        string // the document's code, such as "P", "ID" or "V"
	Issuer      string // three letters
	Surname     string
	Given       string
	Number      string
	Nationality string
	Birth       string // YYMMDD; unknown parts are "<<"
	Sex         string // "M", "F" or "" for unspecified
	Expiry      string // YYMMDD
	Optional    string
	Checks      []MRZCheck
}

// MRZCheck is one check digit.
type MRZCheck struct {
	Field   string // one of the MRZ constants
	Printed string // as read: a digit, "<", or a letter that is none
	Want    string // computed from the characters it covers; "" where one of them is not allowed
}

// What a check digit is about.
const (
	MRZNumber   = "number"
	MRZBirth    = "birth"
	MRZExpiry   = "expiry"
	MRZOptional = "optional"
	MRZAll      = "all" // the composite one
)

// Right reports whether the digit is the one it has to be.
func (c MRZCheck) Right() bool { return c.Want != "" && c.Printed == c.Want }

// Wrong lists the fields whose digits are not right.
func (m MRZ) Wrong() []string {
	var out []string
	for _, c := range m.Checks {
		if !c.Right() {
			out = append(out, c.Field)
		}
	}
	return out
}

// mrzShape is a format's lines.
type mrzShape struct {
	lines, length int
	read          func(lines []string) MRZ
}

var mrzShapes = []mrzShape{{3, 30, readTD1}, {2, 36, readTD2}, {2, 44, readTD3}}

// DecodeMRZ takes a zone apart, whose lines a reader has read. White space within them
// and the case of letters do not count. A zone of no shape that ICAO 9303 knows is not
// decoded.
func DecodeMRZ(lines []string) (MRZ, bool) {
	var plain []string
	for _, line := range lines {
		if line = strings.ToUpper(StripSpace(line)); line != "" {
			plain = append(plain, line)
		}
	}
	for _, shape := range mrzShapes {
		if fits(plain, shape) {
			return shape.read(plain), true
		}
	}
	return MRZ{}, false
}

func fits(lines []string, shape mrzShape) bool {
	if len(lines) != shape.lines {
		return false
	}
	for _, line := range lines {
		if len(line) != shape.length || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
			return false
		}
	}
	return true
}

// readTD1 reads a card: three lines of 30 (9303-5).
func readTD1(l []string) MRZ {
	m := MRZ{Format: "TD1", Kind: unfilled(l[0][:2]), Issuer: unfilled(l[0][2:5]), Nationality: unfilled(l[1][15:18]),
		Birth: l[1][:6], Sex: unfilled(l[1][7:8]), Expiry: l[1][8:14]}
	m.setNames(l[2])
	m.setNumber(l[0][5:14], l[0][14:15], l[0][15:30])
	m.Optional = strings.TrimSpace(m.Optional + " " + unfilled(l[1][18:29]))
	m.check(MRZBirth, l[1][:6], l[1][6:7])
	m.check(MRZExpiry, l[1][8:14], l[1][14:15])
	m.check(MRZAll, l[0][5:30]+l[1][:7]+l[1][8:15]+l[1][18:29], l[1][29:30])
	return m
}

// readTD2 reads two lines of 36 (9303-6), and a visa of that size.
func readTD2(l []string) MRZ {
	m := readTwoLines("TD2", l)
	m.setNumber(l[1][:9], l[1][9:10], l[1][28:35])
	m.checkDates(l[1])
	if m.visa() {
		m.Optional = unfilled(l[1][28:36])
	} else {
		m.check(MRZAll, l[1][:10]+l[1][13:20]+l[1][21:35], l[1][35:36])
	}
	return m
}

// readTD3 reads a passport's two lines of 44 (9303-4), and a visa of that size.
func readTD3(l []string) MRZ {
	m := readTwoLines("TD3", l)
	m.Number = unfilled(l[1][:9])
	m.check(MRZNumber, l[1][:9], l[1][9:10])
	m.checkDates(l[1])
	if m.visa() {
		m.Optional = unfilled(l[1][28:44])
		return m
	}
	m.Optional = unfilled(l[1][28:42])
	if printed := l[1][42:43]; m.Optional != "" || printed != "<" { // an empty field may go without its digit
		m.check(MRZOptional, l[1][28:42], printed)
	}
	m.check(MRZAll, l[1][:10]+l[1][13:20]+l[1][21:43], l[1][43:44])
	return m
}

// readTwoLines reads what both formats of two lines have in the same places.
func readTwoLines(format string, l []string) MRZ {
	m := MRZ{Format: format, Kind: unfilled(l[0][:2]), Issuer: unfilled(l[0][2:5]), Nationality: unfilled(l[1][10:13]),
		Birth: l[1][13:19], Sex: unfilled(l[1][20:21]), Expiry: l[1][21:27]}
	m.setNames(l[0][5:])
	return m
}

func (m *MRZ) checkDates(line string) {
	m.check(MRZBirth, line[13:19], line[19:20])
	m.check(MRZExpiry, line[21:27], line[27:28])
}

// visa reports whether the document is a visa, which has no composite digit (9303-7).
func (m *MRZ) visa() bool { return strings.HasPrefix(m.Kind, "V") }

// setNumber reads the number with its digit. One that is longer than its nine places
// runs on in the optional field, and its digit follows it there.
func (m *MRZ) setNumber(number, digit, optional string) {
	rest, after, _ := strings.Cut(optional, "<")
	if digit == "<" && len(rest) > 1 {
		number, digit, optional = number+rest[:len(rest)-1], rest[len(rest)-1:], after
	}
	m.Number, m.Optional = unfilled(number), unfilled(optional)
	m.check(MRZNumber, number, digit)
}

func (m *MRZ) setNames(field string) {
	surname, given, _ := strings.Cut(field, "<<")
	m.Surname, m.Given = unfilled(surname), unfilled(given)
}

// unfilled is a field without its filler, which stands between words too.
func unfilled(field string) string {
	return strings.Join(strings.FieldsFunc(field, func(r rune) bool { return r == '<' }), " ")
}

func (m *MRZ) check(field, covered, printed string) {
	m.Checks = append(m.Checks, MRZCheck{field, printed, CheckDigit(covered)})
}

// CheckDigit computes the digit of a field: weights 7, 3, 1, modulo 10; letters count
// from A = 10, the filler counts 0. It is "" for a character that no zone has.
func CheckDigit(field string) string {
	sum := 0
	for i := range len(field) {
		value := 0
		switch c := field[i]; {
		case c >= '0' && c <= '9':
			value = int(c - '0')
		case c >= 'A' && c <= 'Z':
			value = int(c-'A') + 10
		case c != '<':
			return ""
		}
		sum += value * [3]int{7, 3, 1}[i%3]
	}
	return string(rune('0' + sum%10))
}

// SameNumber reports whether a number in the zone and one read elsewhere are the same,
// whatever stands between their letters and digits.
func SameNumber(zone, elsewhere string) bool {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
				return r
			}
			return -1
		}, strings.ToUpper(s))
	}
	return plain(zone) == plain(elsewhere)
}

// SameDate reports whether a date in the zone and a whole one (YYYY-MM-DD) are the
// same. Parts that the zone leaves open count as the same.
func SameDate(zone, date string) bool {
	if len(zone) != 6 || len(date) != len("2006-01-02") {
		return false
	}
	short := date[2:4] + date[5:7] + date[8:10]
	for i := range len(zone) {
		if zone[i] != '<' && zone[i] != short[i] {
			return false
		}
	}
	return true
}
