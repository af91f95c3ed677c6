package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// mostObject bounds one object of an import, its pictures included.
const mostObject = 8 << 20

// splitter cuts a stream into JSON objects without holding more than one of them.
// It takes a JSON array, a list answer (an object with the member "objects"), one
// object a line, or any run of these. It only finds where an object ends, byte for
// byte, and leaves its grammar to the strict reader of package review; so an object
// that is wrong in itself does not stop the ones behind it. encoding/json would
// hold a whole object before one could say that it is too large.
type splitter struct {
	r     *bufio.Reader
	limit int
	buf   []byte
	over  bool   // the object has outgrown the limit; what follows is only counted
	stack []byte // closing brackets awaited within the object

	lists []byte // closing brackets of the containers around the objects: ']' and '}'
	lined bool   // the object before stood on one line: a line end ends the next one
}

// brokenObject is an object that could not be cut out or is too large; the stream
// goes on behind it.
type brokenObject struct{ why string }

func (b brokenObject) Error() string { return b.why }

// errLost is a stream in which the next object cannot be found any more.
var errLost = errors.New("its end cannot be found (a quote or a bracket is missing), so nothing behind it can be read")

func newSplitter(r io.Reader, limit int) *splitter {
	return &splitter{r: bufio.NewReaderSize(r, 256<<10), limit: limit}
}

// next returns the next object in memory of its own; io.EOF at the end.
func (s *splitter) next() ([]byte, error) {
	for {
		c, err := s.token()
		if err != nil {
			return nil, s.atEnd(err)
		}
		switch {
		case c == '[' && len(s.lists) == 0:
			s.lists = append(s.lists, ']')
		case len(s.lists) > 0 && c == s.lists[len(s.lists)-1]:
			if err := s.leave(); err != nil {
				return nil, err
			}
		case c == ',' && len(s.lists) > 0:
		case c == '{':
			object, err := s.object(len(s.lists) == 0)
			if object != nil || err != nil {
				return object, err
			}
		case c == ']' || c == '}' || c == ',' || c == ':':
			return nil, errLost
		default:
			return s.stray(c)
		}
	}
}

// atEnd is the end of the stream, which must not come within a list.
func (s *splitter) atEnd(err error) error {
	if err == io.EOF && len(s.lists) > 0 {
		s.lists = nil
		return brokenObject{"the list is not closed; the end is missing"}
	}
	return err
}

// leave goes out of a container. Behind the objects of a list answer its other
// members follow; they are passed over.
func (s *splitter) leave() error {
	s.lists = s.lists[:len(s.lists)-1]
	if len(s.lists) == 0 || s.lists[0] != '}' {
		return nil
	}
	s.lists = nil
	s.begin('{')
	s.over = true // nothing of it is kept
	if _, err := s.rest(false); err != nil {
		return errLost
	}
	s.over = false
	return nil
}

// token is the next byte that is no white space, and no byte order mark.
func (s *splitter) token() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xEF, 0xBB, 0xBF:
		default:
			return c, nil
		}
	}
}

func (s *splitter) begin(open byte) {
	s.buf, s.over, s.stack = append(make([]byte, 0, 2048), open), false, append(s.stack[:0], closing(open))
}

func closing(open byte) byte {
	if open == '[' {
		return ']'
	}
	return '}'
}

// object reads one object whose bracket is read already. At the top level it may
// turn out to be a list answer; then it returns nothing, and the objects follow.
func (s *splitter) object(top bool) ([]byte, error) {
	s.begin('{')
	list, err := s.rest(top)
	switch {
	case err != nil:
		return nil, err
	case list:
		s.lists = append(s.lists[:0], '}', ']')
		return nil, nil
	case s.over:
		return nil, brokenObject{fmt.Sprintf("larger than %d MiB", s.limit>>20)}
	}
	if top {
		s.lined = s.endsLine()
	}
	return s.buf, nil
}

// endsLine reports whether the object just read stood on one line of its own.
func (s *splitter) endsLine() bool {
	for _, c := range s.buf {
		if c == '\n' {
			return false
		}
	}
	ahead, _ := s.r.Peek(2)
	return len(ahead) > 0 && (ahead[0] == '\n' || ahead[0] == '\r')
}

// rest reads to the end of what begin began. With top it stops behind the bracket
// of a member "objects" and says so.
func (s *splitter) rest(top bool) (list bool, err error) {
	for len(s.stack) > 0 {
		c, err := s.r.ReadByte()
		if err != nil {
			return false, s.cut(err)
		}
		s.keep(c)
		switch c {
		case '"':
			if err := s.text(top); err != nil {
				return false, err
			}
		case '{', '[':
			if top && c == '[' && len(s.stack) == 1 && s.objectsMember() {
				return true, nil
			}
			s.stack = append(s.stack, closing(c))
		case '}', ']':
			if c != s.stack[len(s.stack)-1] {
				return false, s.mismatch(top)
			}
			s.stack = s.stack[:len(s.stack)-1]
		case '\n':
			if top && s.lined {
				return false, s.broken("ends too early, at the end of its line")
			}
		}
	}
	return false, nil
}

func (s *splitter) keep(c byte) {
	if s.over {
		return
	}
	if len(s.buf) >= s.limit {
		s.over, s.buf = true, nil
		return
	}
	s.buf = append(s.buf, c)
}

// text reads to the end of a string whose quote is read already. No string of JSON
// holds a line end: one that does has lost its quote.
func (s *splitter) text(top bool) error {
	for {
		c, err := s.r.ReadByte()
		if err != nil {
			return s.cut(err)
		}
		s.keep(c)
		switch c {
		case '"':
			return nil
		case '\\':
			if c, err = s.r.ReadByte(); err != nil {
				return s.cut(err)
			}
			s.keep(c)
		case '\n':
			if top {
				return s.broken("a text is not closed")
			}
			return errLost
		}
	}
}

func (s *splitter) cut(err error) error {
	if err == io.EOF {
		s.lists = nil
		return brokenObject{"ends too early, at the end of the input"}
	}
	return err
}

// mismatch is a bracket that closes another one. In a list nobody can say where the
// next object begins.
func (s *splitter) mismatch(top bool) error {
	if !top {
		return errLost
	}
	if err := s.line(); err != nil {
		return err
	}
	return s.broken("the brackets do not match")
}

// broken goes on at the next line that begins with a bracket.
func (s *splitter) broken(why string) error {
	for {
		ahead, err := s.r.Peek(1)
		if err == io.EOF || len(ahead) == 1 && ahead[0] == '{' {
			return brokenObject{why}
		}
		if err != nil {
			return err
		}
		if err := s.line(); err != nil {
			return err
		}
	}
}

// objectsMember reports whether the bytes kept end with the name "objects", a
// colon and the bracket just read.
func (s *splitter) objectsMember() bool {
	if s.over {
		return false
	}
	rest := trimSpaceRight(s.buf[:len(s.buf)-1])
	if len(rest) == 0 || rest[len(rest)-1] != ':' {
		return false
	}
	rest = trimSpaceRight(rest[:len(rest)-1])
	const name = `"objects"`
	if len(rest) < len(name)+1 || string(rest[len(rest)-len(name):]) != name {
		return false
	}
	before := trimSpaceRight(rest[:len(rest)-len(name)])
	return before[len(before)-1] == '{' || before[len(before)-1] == ','
}

func trimSpaceRight(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t' || b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

const noObject = "is no JSON object"

// stray passes over something that is no object: a number, a word, a string.
func (s *splitter) stray(first byte) ([]byte, error) {
	if len(s.lists) == 0 {
		if err := s.line(); err != nil {
			return nil, err
		}
		return nil, s.broken(noObject)
	}
	s.begin(first)
	switch first {
	case '[':
		if _, err := s.rest(false); err != nil {
			return nil, err
		}
	case '"':
		if err := s.text(false); err != nil {
			return nil, err
		}
	default:
		if err := s.word(); err != nil {
			return nil, err
		}
	}
	return nil, brokenObject{noObject}
}

// word reads to the comma or bracket that ends a number or a word.
func (s *splitter) word() error {
	for {
		ahead, err := s.r.Peek(1)
		if err == io.EOF || len(ahead) == 1 && (ahead[0] == ',' || ahead[0] == ']' || ahead[0] == '}') {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := s.r.Discard(1); err != nil {
			return err
		}
	}
}

// line reads to the end of the line, or of the stream.
func (s *splitter) line() error {
	for {
		c, err := s.r.ReadByte()
		if err == io.EOF || c == '\n' {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
