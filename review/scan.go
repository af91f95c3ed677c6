package review

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxDepth is how deep objects and lists may lie within one another, the
// outermost counted.
const MaxDepth = 32

// MaxRequestDepth is the same for the body of a request, of which none that is
// documented needs more than four.
const MaxRequestDepth = 16

// ObjectError is a fault in an object from outside. It names the place and says
// what is wrong there; it never quotes a value, which may be personal.
type ObjectError struct {
	Path    string // such as "pii.name.first" or "documents[0]"; "" for the object as a whole
	Problem string
}

func (e *ObjectError) Error() string {
	if e.Path == "" {
		return "the object: " + e.Problem
	}
	return e.Path + ": " + e.Problem
}

// under puts a step in front of the path of an error on its way out, so that the
// good case never builds a path.
func under(step string, err error) error {
	if e, ok := err.(*ObjectError); ok {
		e.Path = joinPath(step, e.Path)
	}
	return err
}

func joinPath(step, rest string) string {
	if step == "" || rest == "" || strings.HasPrefix(rest, "[") {
		return step + rest
	}
	return step + "." + rest
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// placeName is a member's name fit for an error message: names come from outside
// too, and one that is no ordinary name is not repeated.
func placeName(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "(unusual name)"
}

// scanner walks over JSON text once and holds it to the rules of [ReadObject].
type scanner struct {
	text []byte
	at   int
	most int // how deep values may lie
}

func problem(format string, args ...any) error {
	return &ObjectError{Problem: fmt.Sprintf(format, args...)}
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the next byte after white space, or 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.at >= len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// take moves over the byte c if it is next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.at >= len(s.text) {
		return false
	}
	s.at++
	return true
}

func (s *scanner) value(depth int) error {
	if depth > s.most {
		return problem("lies deeper than %d levels", s.most)
	}
	switch c := s.peek(); {
	case c == '{':
		return s.object(depth, nil)
	case c == '[':
		return s.list(depth)
	case c == '"':
		_, _, err := s.quoted()
		return err
	case c == '-' || isDigit(c):
		return s.number()
	}
	return s.literal()
}

// object walks over one object; each, if given, sees every member.
func (s *scanner) object(depth int, each func(Member)) error {
	if !s.take('{') {
		return problem("want an object")
	}
	if s.take('}') {
		return nil
	}
	var seen nameSet
	for {
		if err := s.member(depth, &seen, each); err != nil {
			return err
		}
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return problem("want a comma or the end of the object")
		}
	}
}

// nameSet holds the names of one object. Most have few, which are looked through quicker
// than a map is made.
type nameSet struct {
	few  [16]string
	n    int
	many map[string]bool
}

// add reports whether a name is new.
func (set *nameSet) add(name string) bool {
	if slices.Contains(set.few[:min(set.n, len(set.few))], name) || set.many[name] {
		return false
	}
	if set.n < len(set.few) {
		set.few[set.n] = name
	} else {
		if set.many == nil {
			set.many = map[string]bool{}
		}
		set.many[name] = true
	}
	set.n++
	return true
}

func (s *scanner) member(depth int, seen *nameSet, each func(Member)) error {
	if s.peek() != '"' {
		return problem("want a member's name in quotes")
	}
	name, err := s.name()
	if err != nil {
		return under("(a member's name)", err)
	}
	if !seen.add(foldName(name)) {
		return under(placeName(name), problem("stands twice (capitals make no difference)"))
	}
	if !s.take(':') {
		return under(placeName(name), problem("want a colon after the name"))
	}
	s.space()
	from := s.at
	if err := s.value(depth + 1); err != nil {
		return under(placeName(name), err)
	}
	if each != nil {
		each(Member{Name: name, Value: s.text[from:s.at:s.at]})
	}
	return nil
}

func (s *scanner) list(depth int) error {
	s.at++ // the bracket that the caller saw
	if s.take(']') {
		return nil
	}
	for i := 0; ; i++ {
		if err := s.value(depth + 1); err != nil {
			return under(fmt.Sprintf("[%d]", i), err)
		}
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return under(fmt.Sprintf("[%d]", i), problem("want a comma or the end of the list after it"))
		}
	}
}

func (s *scanner) literal() error {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(string(s.text[s.at:min(s.at+5, len(s.text))]), word) {
			s.at += len(word)
			return nil
		}
	}
	if s.at >= len(s.text) {
		return problem("ends too early")
	}
	return problem("want a value")
}

// number follows the JSON grammar: no leading zeros, no bare points.
func (s *scanner) number() error {
	if s.text[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.text) && s.text[s.at] == '0' {
		s.at++
	} else if s.digits() == 0 {
		return problem("is no number")
	}
	if s.is(".") {
		if s.at++; s.digits() == 0 {
			return problem("is no number")
		}
	}
	if s.is("eE") {
		if s.at++; s.is("+-") {
			s.at++
		}
		if s.digits() == 0 {
			return problem("is no number")
		}
	}
	return nil
}

// is reports whether the next byte is one of those given.
func (s *scanner) is(oneOf string) bool {
	return s.at < len(s.text) && strings.IndexByte(oneOf, s.text[s.at]) >= 0
}

func (s *scanner) digits() (n int) {
	for s.at < len(s.text) && isDigit(s.text[s.at]) {
		s.at, n = s.at+1, n+1
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// name walks over a text and returns what it says.
func (s *scanner) name() (string, error) {
	raw, escaped, err := s.quoted()
	if err != nil || !escaped {
		return string(bytes.Trim(raw, `"`)), err
	}
	return textOf(raw)
}

// quoted walks over a text and returns it as it is written.
func (s *scanner) quoted() (raw []byte, escaped bool, err error) {
	from := s.at
	s.at++ // the quote that the caller saw
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.at++
			return s.text[from:s.at], escaped, nil
		case c == '\\':
			escaped, err = true, s.escape()
		case ' ' <= c && c <= '~':
			s.at++
		default:
			err = s.char()
		}
		if err != nil {
			return nil, false, err
		}
	}
	return nil, false, problem("ends within a text")
}

// char moves over one character that stands for itself.
func (s *scanner) char() error {
	r, n := rune(s.text[s.at]), 1
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRune(s.text[s.at:])
	}
	switch {
	case r == utf8.RuneError && n == 1:
		return problem("holds bytes that are no UTF-8")
	case unicode.IsControl(r):
		return problem("holds a control character")
	}
	s.at += n
	return nil
}

func (s *scanner) escape() error {
	if s.at+1 >= len(s.text) {
		return problem("ends within a text")
	}
	switch s.text[s.at+1] {
	case '"', '\\', '/', 'n', 'r', 't':
		s.at += 2
		return nil
	case 'b', 'f':
		return problem("holds a control character")
	case 'u':
		return s.escapedRune()
	}
	return problem("holds an escape that JSON does not know")
}

// escapedRune moves over \uXXXX, or over the two that make one character.
func (s *scanner) escapedRune() error {
	r, ok := s.hex4(s.at)
	if !ok {
		return problem("holds an escape that JSON does not know")
	}
	switch {
	case 0xD800 <= r && r < 0xDC00:
		low, ok := s.hex4(s.at + 6)
		if !ok || low < 0xDC00 || low > 0xDFFF {
			return problem("holds half a character (a lone high surrogate)")
		}
		s.at += 6
	case 0xDC00 <= r && r <= 0xDFFF:
		return problem("holds half a character (a lone low surrogate)")
	case unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r':
		return problem("holds a control character")
	}
	s.at += 6
	return nil
}

// hex4 reads \uXXXX at a place.
func (s *scanner) hex4(at int) (rune, bool) {
	if at+6 > len(s.text) || s.text[at] != '\\' || s.text[at+1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range s.text[at+2 : at+6] {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// foldName makes names equal that differ only in capitals, as encoding/json and
// other readers would take them for each other.
func foldName(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ToLower(name)
	}
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		if 'A' <= least && least <= 'Z' { // as above: the Kelvin sign is a k
			least += 'a' - 'A'
		}
		return least
	}, name)
}
