package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Member is one member of a JSON object, its value byte for byte as it came.
type Member struct {
	Name  string
	Value json.RawMessage
}

// Members is a JSON object taken apart without losing anything: the members in
// their order, every value with all its bytes, however large its numbers and
// however odd its spelling. What is put back together is the same object.
type Members []Member

// ReadObject takes one JSON object apart. It is stricter than encoding/json,
// because two readers must never see two different objects in the same bytes:
//
//   - one value, an object, and nothing after it; JSON's own grammar
//   - UTF-8 throughout, and no half of a surrogate pair in an escape
//   - no control characters in texts or names, escaped or not, except the
//     escapes of tab, line feed and carriage return (\t, \n, \r)
//   - no name twice in one object, at any depth; names that differ only in
//     capitals count as the same
//   - no deeper than [MaxDepth]
//
// An error is an [*ObjectError]. How large an object may be is the caller's to
// say. The values share b's memory.
func ReadObject(b []byte) (Members, error) { return read(b, MaxDepth) }

// ReadRequest is [ReadObject] for the body of a request, which has no reason to
// lie deeper than [MaxRequestDepth].
func ReadRequest(b []byte) (Members, error) { return read(b, MaxRequestDepth) }

func read(b []byte, deepest int) (Members, error) {
	s := &scanner{text: b, most: deepest}
	if s.peek() != '{' {
		return nil, problem("want one JSON object")
	}
	members := make(Members, 0, 16)
	if err := s.object(1, func(m Member) { members = append(members, m) }); err != nil {
		return nil, err
	}
	s.space()
	if s.at < len(b) {
		return nil, problem("something follows it")
	}
	return members, nil
}

// Get finds a member by its exact name.
func (m Members) Get(name string) (json.RawMessage, bool) {
	if i := m.index(name); i >= 0 {
		return m[i].Value, true
	}
	return nil, false
}

func (m Members) index(name string) int {
	return slices.IndexFunc(m, func(member Member) bool { return member.Name == name })
}

// misspelt finds a member whose name differs from the one given in capitals only.
func (m Members) misspelt(name string) bool {
	return slices.ContainsFunc(m, func(member Member) bool {
		return member.Name != name && strings.EqualFold(member.Name, name)
	})
}

// Unknown names every member that is not among those known, fit for an error
// message. A name that differs in capitals only is told with the right one.
func (m Members) Unknown(known ...string) []string {
	var out []string
	for _, member := range m {
		if slices.Contains(known, member.Name) {
			continue
		}
		name := placeName(member.Name)
		i := slices.IndexFunc(known, func(k string) bool { return strings.EqualFold(k, member.Name) })
		if i >= 0 {
			name += " (write " + known[i] + ")"
		}
		out = append(out, name)
	}
	return out
}

// namesMost is how many names one error message tells.
const namesMost = 20

// Names puts names into one line of an error message, and no more than a reader can
// use of them.
func Names(names []string) string {
	if len(names) > namesMost {
		names = append(slices.Clone(names[:namesMost]), fmt.Sprintf("and %d more", len(names)-namesMost))
	}
	return strings.Join(names, ", ")
}

// Set replaces a member's value where it stands, or adds the member at the end.
// A [json.RawMessage] is taken as it is, once it is known to be sound.
func (m *Members) Set(name string, value any) error {
	raw, err := encode(value)
	if err != nil {
		return under(placeName(name), err)
	}
	if i := m.index(name); i >= 0 {
		(*m)[i].Value = raw
		return nil
	}
	*m = append(*m, Member{name, raw})
	return nil
}

// EncodeJSON writes a value as JSON and leaves <, > and & as they are, which the
// standard encoding does not.
func EncodeJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return nil, problem("cannot be written as JSON")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// encode is a member's value, sound also where it came as JSON.
func encode(value any) (json.RawMessage, error) {
	raw, isRaw := value.(json.RawMessage)
	if !isRaw {
		var err error
		if raw, err = EncodeJSON(value); err != nil {
			return nil, err
		}
	}
	s := &scanner{text: raw, most: MaxDepth}
	if err := s.value(2); err != nil {
		return nil, err
	}
	if s.at != len(raw) {
		return nil, problem("something follows the value")
	}
	return raw, nil
}

// Without is the object less one member; m itself stays as it is.
func (m Members) Without(name string) Members {
	return slices.DeleteFunc(slices.Clone(m), func(member Member) bool { return member.Name == name })
}

// Bytes puts the object back together: the members in order, each value byte for
// byte, with no white space between members.
func (m Members) Bytes() []byte {
	size := 2
	for _, member := range m {
		size += len(member.Name) + len(member.Value) + len(`"":,`)
	}
	out := append(make([]byte, 0, size), '{')
	for i, member := range m {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendQuoted(out, member.Name), ':')
		out = append(out, member.Value...)
	}
	return append(out, '}')
}

func appendQuoted(out []byte, name string) []byte {
	if Plain(name) && !strings.ContainsAny(name, `"\`) {
		return append(append(append(out, '"'), name...), '"')
	}
	quoted, _ := EncodeJSON(name) // a text: nothing can fail
	return append(out, quoted...)
}
