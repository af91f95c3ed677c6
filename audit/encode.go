package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

const timeLayout = "2006-01-02T15:04:05.000Z"

// Bytes returns the entry's canonical bytes (see the package comment). It refuses
// an entry that has no canonical form: Seq below 1, a time that is not UTC in whole
// milliseconds of the years 1970 to 9999, an empty Action, a string that is not
// valid UTF-8, or two commitments to one field.
func (e Entry) Bytes() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
	}
	return e.appendTo(make([]byte, 0, 512)), nil
}

// appendTo is the encoder. [parser.entry] follows it line by line.
func (e *Entry) appendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"v":`...), Version, 10)
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	b = e.Time.AppendFormat(append(b, `,"time":"`...), timeLayout)
	b = appendMember(b, `","actor":{"kind":`, e.Actor.Kind)
	b = appendMember(b, `,"id":`, e.Actor.ID)
	b = appendMember(b, `,"role":`, e.Actor.Role)
	b = appendMember(b, `},"action":`, e.Action)
	b = appendMember(b, `,"object":`, e.Object)
	b = appendState(append(b, `,"before":`...), e.Before)
	b = appendState(append(b, `,"after":`...), e.After)
	b = appendList(append(b, `,"facts":`...), e.Facts, appendFact)
	b = appendList(append(b, `,"commitments":`...), e.Commitments, appendCommitment)
	b = appendMember(b, `,"request":`, e.Request)
	b = appendMember(b, `,"address":`, e.Address)
	b = appendMember(b, `,"session":`, e.Session)
	b = appendList(append(b, `,"factors":`...), e.Factors, appendString)
	b = strconv.AppendBool(append(b, `,"clock_stepped_back":`...), e.ClockSteppedBack)
	return append(b, '}')
}

func (e *Entry) check() error {
	switch {
	case e.Seq < 1:
		return errors.New("seq counts from 1")
	case e.Action == "":
		return errors.New("no action")
	}
	if err := checkTime(e.Time); err != nil {
		return err
	}
	for i, c := range e.Commitments {
		if slices.ContainsFunc(e.Commitments[:i], func(o Commitment) bool { return o.Field == c.Field }) {
			return fmt.Errorf("two commitments to the field %q", c.Field)
		}
	}
	return e.checkText()
}

func checkTime(t time.Time) error {
	switch {
	case t.Location() != time.UTC:
		return errors.New("time is not in UTC")
	case t.Nanosecond()%int(time.Millisecond) != 0:
		return errors.New("time is not in whole milliseconds")
	case t.Year() < 1970 || t.Year() > 9999:
		return fmt.Errorf("year %d has no place in a log", t.Year())
	}
	return nil
}

// checkText looks at every string of the entry.
func (e *Entry) checkText() error {
	all := make([]string, 0, 32) // enough for most, so that it need not grow
	all = append(all, e.Actor.Kind, e.Actor.ID, e.Actor.Role, e.Action, e.Object, e.Request, e.Address, e.Session)
	all = append(all, e.Factors...)
	for _, s := range []*State{e.Before, e.After} {
		if s != nil {
			all = append(all, s.State)
		}
	}
	for _, f := range e.Facts {
		all = append(all, f.Name, f.Value)
	}
	for _, c := range e.Commitments {
		all = append(all, c.Field)
	}
	for _, s := range all {
		if !utf8.ValidString(s) {
			return fmt.Errorf("%q is not valid UTF-8", s)
		}
	}
	return nil
}

func appendState(b []byte, s *State) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	b = appendMember(b, `{"state":`, s.State)
	b = strconv.AppendInt(append(b, `,"version":`...), s.Version, 10)
	return append(b, '}')
}

func appendFact(b []byte, f Fact) []byte {
	b = appendMember(b, `{"name":`, f.Name)
	b = appendMember(b, `,"value":`, f.Value)
	return append(b, '}')
}

func appendCommitment(b []byte, c Commitment) []byte {
	b = appendMember(b, `{"field":`, c.Field)
	b = hex.AppendEncode(append(b, `,"sum":"`...), c.Sum[:])
	return append(b, `"}`...)
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func appendMember(b []byte, before, s string) []byte {
	return appendString(append(b, before...), s)
}

// appendString writes a JSON string as RFC 8785 does. encoding/json is no help
// here: it escapes U+2028 and U+2029 whatever one asks of it, and another
// verifier should not have to know that.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = appendControl(b, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	}
	return hex.AppendEncode(append(b, `\u00`...), []byte{c})
}
