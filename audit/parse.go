package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	e, _, err := parse(string(b), make([]byte, 0, len(b)))
	return e, err
}

// parse is Parse with a buffer to write in, which it gives back.
func parse(text string, scratch []byte) (Entry, []byte, error) {
	p := parser{all: text, rest: text}
	e := p.entry()
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

func (p *parser) entry() (e Entry) {
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
	e.Facts = list(p, p.fact)
	p.skip(`,"commitments":`)
	e.Commitments = list(p, p.commitment)
	e.Request = p.member(`,"request":`)
	e.Address = p.member(`,"address":`)
	e.Session = p.member(`,"session":`)
	p.skip(`,"factors":`)
	e.Factors = list(p, p.text)
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

func list[T any](p *parser, one func() T) (out []T) {
	p.skip(`[`)
	if p.try(`]`) {
		return nil
	}
	for p.err == nil {
		out = append(out, one())
		if p.try(`]`) {
			return out
		}
		p.skip(`,`)
	}
	return nil
}
