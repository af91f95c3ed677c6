package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// Fields reads an object's members by name and type. The first mistake stays and
// is told by [Fields.Err] with its path, so that a vocabulary reads all it needs
// in a row and looks once. A member that is absent or null reads as the zero
// value; one whose name differs in capitals only is a mistake, for it would be
// overlooked. Members that nobody asks for are nobody's mistake.
type Fields struct {
	members Members
	path    string
	fault   *error
}

// Fields begins to read the object.
func (m Members) Fields() Fields { return Fields{members: m, fault: new(error)} }

// Err is the first mistake, in this object or in any below it; an [*ObjectError].
func (f Fields) Err() error { return *f.fault }

// Fail notes a mistake at a member, unless there was one already.
func (f Fields) Fail(name, problem string) {
	if *f.fault == nil {
		*f.fault = &ObjectError{Path: joinPath(f.path, name), Problem: problem}
	}
}

// raw is a member's value; nil for absent and null.
func (f Fields) raw(name string) json.RawMessage {
	raw, there := f.members.Get(name)
	if !there && f.members.misspelt(name) {
		f.Fail(name, "the name is written with other capitals")
	}
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// Has reports whether the member is there and not null.
func (f Fields) Has(name string) bool { return f.raw(name) != nil }

// Text reads a text.
func (f Fields) Text(name string) string {
	raw := f.raw(name)
	if len(raw) > 1 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]) // it was seen to be sound when the object was read
	}
	var text string
	f.decode(name, &text, '"', "a text")
	return text
}

// Need reads a text that must be there and not be empty.
func (f Fields) Need(name string) string {
	text := f.Text(name)
	if text == "" {
		f.Fail(name, "is missing")
	}
	return text
}

// Texts reads a list of texts.
func (f Fields) Texts(name string) []string {
	var items []json.RawMessage
	f.decode(name, &items, '[', "a list")
	texts := make([]string, 0, len(items))
	for i, item := range items {
		text, err := textOf(item)
		if err != nil {
			f.Fail(fmt.Sprintf("%s[%d]", name, i), "want a text")
		}
		texts = append(texts, text)
	}
	return texts
}

func textOf(raw json.RawMessage) (text string, err error) {
	if raw[0] != '"' {
		return "", problem("want a text")
	}
	return text, json.Unmarshal(raw, &text)
}

// Bool reads true or false.
func (f Fields) Bool(name string) bool {
	raw := f.raw(name)
	if raw != nil && string(raw) != "true" && string(raw) != "false" {
		f.Fail(name, "want true or false, got "+KindOf(raw))
	}
	return string(raw) == "true"
}

// Time reads an RFC 3339 time with any fraction and any zone, to UTC and the
// desk's own microseconds.
func (f Fields) Time(name string) time.Time {
	text := f.Text(name)
	if text == "" {
		return time.Time{}
	}
	t, err := ParseTime(text)
	if err != nil {
		f.Fail(name, err.Error())
	}
	return t
}

// NeedTime reads a time that must be there.
func (f Fields) NeedTime(name string) time.Time {
	f.Need(name)
	return f.Time(name)
}

// Date reads a date of the form YYYY-MM-DD.
func (f Fields) Date(name string) string {
	text := f.Text(name)
	if text == "" {
		return ""
	}
	if _, err := ParseDate(text); err != nil {
		f.Fail(name, err.Error())
	}
	return text
}

// Object reads the object below; an empty one where there is none.
func (f Fields) Object(name string) Fields {
	below := Fields{path: joinPath(f.path, name), fault: f.fault}
	if raw := f.raw(name); raw != nil {
		below.members = f.open(name, raw)
	}
	return below
}

// Objects reads a list of objects.
func (f Fields) Objects(name string) []Fields {
	var items []json.RawMessage
	f.decode(name, &items, '[', "a list")
	below := make([]Fields, 0, len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", name, i)
		below = append(below, Fields{f.open(at, item), joinPath(f.path, at), f.fault})
	}
	return below
}

func (f Fields) open(name string, raw json.RawMessage) Members {
	if raw[0] != '{' {
		f.Fail(name, "want an object, got "+KindOf(raw))
		return nil
	}
	members, err := ReadObject(raw)
	if err != nil {
		f.Fail(name, "is no sound object") // it was sound as part of the whole
	}
	return members
}

// decode fills what into points to from a value that must begin with first.
func (f Fields) decode(name string, into any, first byte, want string) {
	raw := f.raw(name)
	if raw == nil {
		return
	}
	if raw[0] != first || json.Unmarshal(raw, into) != nil {
		f.Fail(name, "want "+want+", got "+KindOf(raw))
	}
}

// KindOf says what kind of JSON value it is, in an error's words. The value is not
// empty.
func KindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// timeShape is what package time lets through too widely: it takes a comma for the
// point and an hour of one digit (go.dev/issue/54580).
var timeShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// ParseTime reads an RFC 3339 time, strictly, from 1970 to 9999, to UTC and
// microseconds (the desk's own resolution). The error does not quote the text.
func ParseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !timeShape.MatchString(text) {
		return time.Time{}, fmt.Errorf("want a time such as 2026-01-21T21:37:23.172157Z")
	}
	t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}, fmt.Errorf("want a time between 1970 and 9999")
	}
	return t, nil
}

// ParseDate reads a date of the form YYYY-MM-DD as midnight UTC. The error does
// not quote the text.
func ParseDate(text string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return time.Time{}, fmt.Errorf("want a date such as 1990-02-14")
	}
	return t, nil
}
