package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads an entry's canonical bytes. Every other input, however close, is an
// error that wraps [ErrNotCanonical]. Empty lists come back as nil. It never panics.
//
// The reading follows the writing in encode.go line by line. Where it is lenient (in
// numbers, times and escapes) it need not be trusted: the entry is written again and
// must come out as the same bytes.
func Parse(b []byte) (Entry, error) {
	e, _, err := parse(string(b), make([]byte, 0, len(b)), &lists{})
	return e, err
}

// Parser is [Parse] for many entries, which share its room. The zero Parser is ready; one
// goroutine uses it at a time.
type Parser struct {
	scratch []byte
	room    lists
}

// Parse reads one entry's canonical bytes and nothing else.
func (p *Parser) Parse(b []byte) (e Entry, err error) {
	e, p.scratch, err = parse(string(b), p.scratch, &p.room)
	return e, err
}

// lists is room for the lists of entries, one behind the other: they are many and
// short, and to make each by itself costs more than to read it.
type lists struct {
	facts       []Fact
	commitments []Commitment
	factors     []string
}

// clear makes the room free again, and lets go of the texts in it.
func (l *lists) clear() {
	clear(l.facts)
	clear(l.factors)
	*l = lists{l.facts[:0], l.commitments[:0], l.factors[:0]}
}

// parse is Parse with a buffer to write in, which it gives back, and with room for the
// entry's lists.
func parse(text string, scratch []byte, room *lists) (Entry, []byte, error) {
	p := parser{all: text, rest: text}
	e := p.entry(room)
	if p.err != nil {
		return Entry{}, scratch, fmt.Errorf("%w: %v", ErrNotCanonical, p.err)
	}
	if err := e.check(); err != nil {
		return Entry{}, scratch, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	if scratch = e.appendTo(scratch[:0]); string(scratch) != text {
		return Entry{}, scratch, fmt.Errorf("%w: the same entry is written otherwise", ErrNotCanonical)
	}
	return e, scratch, nil
}

// parser reads from the front of rest. After its first error it reads nothing more.
type parser struct {
	all, rest string
	err       error
}

func (p *parser) entry(room *lists) (e Entry) {
	p.skip(`{"v":1,"seq":`)
	e.Seq = p.number()
	p.skip(`,"time":`)
	e.Time = p.time()
	e.Actor.Kind = p.member(`,"actor":{"kind":`)
	e.Actor.ID = p.member(`,"id":`)
	e.Actor.Role = p.member(`,"role":`)
	e.Action = p.member(`},"action":`)
	e.Object = p.member(`,"object":`)
	p.skip(`,"before":`)
	e.Before = p.state()
	p.skip(`,"after":`)
	e.After = p.state()
	p.skip(`,"facts":`)
	e.Facts = listIn(&room.facts, p, p.fact)
	p.skip(`,"commitments":`)
	e.Commitments = listIn(&room.commitments, p, p.commitment)
	e.Request = p.member(`,"request":`)
	e.Address = p.member(`,"address":`)
	e.Session = p.member(`,"session":`)
	p.skip(`,"factors":`)
	e.Factors = listIn(&room.factors, p, p.text)
	p.skip(`,"clock_stepped_back":`)
	e.ClockSteppedBack = p.truth()
	p.skip(`}`)
	if p.rest != "" {
		p.fail("the end")
	}
	return e
}

func (p *parser) fail(want string) {
	if p.err == nil {
		p.err = fmt.Errorf("byte %d is not %s", len(p.all)-len(p.rest), want)
		p.rest = ""
	}
}

// try reads what is wanted if it is there.
func (p *parser) try(want string) bool {
	rest, ok := strings.CutPrefix(p.rest, want)
	p.rest = rest
	return ok
}

// skip reads what must be there.
func (p *parser) skip(want string) {
	if !p.try(want) {
		p.fail(want)
	}
}

func (p *parser) member(before string) string {
	p.skip(before)
	return p.text()
}

func (p *parser) number() int64 {
	end := 0
	for end < len(p.rest) && p.rest[end] != ',' && p.rest[end] != '}' {
		end++
	}
	n, err := strconv.ParseInt(p.rest[:end], 10, 64)
	if err != nil {
		p.fail("a number")
		return 0
	}
	p.rest = p.rest[end:]
	return n
}

func (p *parser) truth() bool {
	if p.try("true") {
		return true
	}
	p.skip("false")
	return false
}

// text reads a string. Hardly any has an escape in it, so encoding/json gets only
// those.
func (p *parser) text() string {
	p.skip(`"`)
	end := strings.IndexByte(p.rest, '"')
	if end < 0 {
		p.fail("a string with an end")
		return ""
	}
	if strings.IndexByte(p.rest[:end], '\\') >= 0 {
		return p.escaped()
	}
	s := p.rest[:end]
	p.rest = p.rest[end+1:]
	return s
}

func (p *parser) escaped() (s string) {
	for i := 0; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '\\':
			i++
		case '"':
			if json.Unmarshal([]byte(`"`+p.rest[:i+1]), &s) != nil {
				p.fail("a string")
				return ""
			}
			p.rest = p.rest[i+1:]
			return s
		}
	}
	p.fail("a string with an end")
	return ""
}

func (p *parser) time() time.Time {
	t, err := time.Parse(timeLayout, p.text())
	if err != nil {
		p.fail("behind a time")
	}
	return t
}

func (p *parser) state() *State {
	if p.try("null") {
		return nil
	}
	s := &State{State: p.member(`{"state":`)}
	p.skip(`,"version":`)
	s.Version = p.number()
	p.skip(`}`)
	return s
}

func (p *parser) fact() Fact {
	f := Fact{Name: p.member(`{"name":`), Value: p.member(`,"value":`)}
	p.skip(`}`)
	return f
}

func (p *parser) commitment() Commitment {
	c := Commitment{Field: p.member(`{"field":`)}
	sum, err := hex.DecodeString(p.member(`,"sum":`))
	if err != nil || len(sum) != len(c.Sum) {
		p.fail("behind a sum")
		return Commitment{}
	}
	c.Sum = [32]byte(sum)
	p.skip(`}`)
	return c
}

func list[T any](p *parser, one func() T) []T {
	var room []T
	return listIn(&room, p, one)
}

// listIn reads a list into room, behind what is there.
func listIn[T any](room *[]T, p *parser, one func() T) []T {
	p.skip(`[`)
	if p.try(`]`) {
		return nil
	}
	from := len(*room)
	for p.err == nil {
		*room = append(*room, one())
		if p.try(`]`) {
			return slices.Clip((*room)[from:])
		}
		p.skip(`,`)
	}
	return nil
}
