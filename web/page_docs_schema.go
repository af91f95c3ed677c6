package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"reviewdesk/views"
)

// openSchema is the part of a JSON Schema that the page puts into words.
type openSchema struct {
	Ref, Title, Description, Format    string
	Type                               kinds
	Const                              any
	Enum                               []any
	Default                            any
	Meanings                           map[string]string
	Required                           []string
	Properties                         ordered[openSchema]
	Items                              *openSchema
	AnyOf, OneOf                       []openSchema
	MinLength, MaxLength               *int
	MinItems, MaxItems                 *int
	Minimum, Maximum, ExclusiveMinimum *float64
}

// UnmarshalJSON also takes true and false, which are schemas.
func (s *openSchema) UnmarshalJSON(text []byte) error {
	if text[0] != '{' {
		return nil
	}
	type plain openSchema
	var own struct {
		plain
		Ref      string            `json:"$ref"`
		Meanings map[string]string `json:"x-enum-descriptions"`
	}
	err := json.Unmarshal(text, &own)
	*s = openSchema(own.plain)
	s.Ref, s.Meanings = own.Ref, own.Meanings
	return err
}

// kinds is a schema's type: one word or several.
type kinds []string

func (k *kinds) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		var one string
		err := json.Unmarshal(text, &one)
		*k = kinds{one}
		return err
	}
	return json.Unmarshal(text, (*[]string)(k))
}

func (k kinds) has(word string) bool { return slices.Contains(k, word) }

// named is the schema's own name; "" where it has none.
func (s openSchema) named() string {
	name, _ := strings.CutPrefix(s.Ref, "#/components/schemas/")
	return name
}

// link leads to the schema with a name that this one is, is a list of, or may be
// beside null.
func (s openSchema) link() views.Link {
	if name := s.named(); name != "" {
		return views.Link{Label: name, Href: "#" + anchor("schema", name)}
	}
	if s.Items != nil {
		return s.Items.link()
	}
	for _, one := range s.AnyOf {
		if l := one.link(); l.Href != "" {
			return l
		}
	}
	return views.Link{}
}

// words say what kind of value it is. A schema with a name says only how it is used.
func (s openSchema) words() string {
	var parts []string
	add := func(yes bool, text string) {
		if yes {
			parts = append(parts, text)
		}
	}
	if s.named() != "" {
		return ""
	}
	named := s.link().Href != ""
	null := s.Type.has("null") || slices.ContainsFunc(s.AnyOf, func(o openSchema) bool { return o.Type.has("null") })
	for _, kind := range s.Type {
		add(kind != "null" && kind != "array", kindWords[kind])
	}
	add(s.Type.has("array") && named, "in a list")
	add(s.Type.has("array") && !named, "list")
	add(len(s.Type) == 1 && null, "always null")
	add(len(s.Type) == 0 && len(s.AnyOf) > 0 && !named, "text")
	add(len(s.OneOf) > 0, "one of several")
	add(s.Const != nil, fmt.Sprintf("always %v", s.Const))
	add(s.Format != "" && formatWords[s.Format] != "", formatWords[s.Format])
	add(len(s.Type) != 1 && null, "or null")
	parts = append(parts, s.limits()...)
	add(s.Default != nil, fmt.Sprintf("otherwise %v", s.Default))
	return strings.Join(parts, ", ")
}

var kindWords = map[string]string{"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object"}

var formatWords = map[string]string{
	"date": "a date", "date-time": "a time", "uri": "an address", "email": "an e-mail address", "uuid": "a UUID", "password": "kept secret",
}

func (s openSchema) limits() (out []string) {
	span := func(least, most *int, of string) {
		switch {
		case least != nil && most != nil && *least == *most:
			out = append(out, fmt.Sprintf("%d %s", *least, of))
		case least != nil && most != nil:
			out = append(out, fmt.Sprintf("%d to %d %s", *least, *most, of))
		case most != nil:
			out = append(out, fmt.Sprintf("at most %d %s", *most, of))
		case least != nil:
			out = append(out, fmt.Sprintf("at least %d %s", *least, of))
		}
	}
	span(s.MinLength, s.MaxLength, "characters")
	span(s.MinItems, s.MaxItems, "items")
	if s.Minimum != nil {
		out = append(out, fmt.Sprintf("from %v", *s.Minimum))
	}
	if s.ExclusiveMinimum != nil {
		out = append(out, fmt.Sprintf("above %v", *s.ExclusiveMinimum))
	}
	if s.Maximum != nil {
		out = append(out, fmt.Sprintf("up to %v", *s.Maximum))
	}
	return out
}

// list is what a text can be: closed, or open with the words known today.
func (s openSchema) list() (out []views.DocsWord) {
	enum := s.Enum
	for _, one := range s.AnyOf {
		enum = append(enum, one.Enum...)
	}
	for _, word := range enum {
		if text, is := word.(string); is {
			out = append(out, views.DocsWord{Word: text, Meaning: s.Meanings[text]})
		}
	}
	return out
}

// parts are an object's members; those of each alternative where there are several.
func (s openSchema) parts() (out []views.DocsPart) {
	if fields := s.fields(); len(fields) > 0 {
		out = append(out, views.DocsPart{Name: "Members", Fields: fields})
	}
	for _, one := range s.OneOf {
		out = append(out, views.DocsPart{Name: one.Title, Fields: one.fields()})
	}
	return out
}

// fields are an object's members, and below each those of an object without a name.
func (s openSchema) fields() (out []views.DocsField) {
	for _, m := range s.Properties {
		out = append(out, views.DocsField{
			Name: m.Name, Type: m.Value.words(), Schema: m.Value.link(), Required: slices.Contains(s.Required, m.Name),
			About: prose(m.Value.Description), Words: m.Value.list(),
		})
		if inner := m.Value; inner.Ref == "" {
			out = append(out, below(m.Name, inner)...)
		}
	}
	return out
}

// below are the members of an object that has no name of its own.
func below(name string, s openSchema) (out []views.DocsField) {
	if s.Items != nil && s.Items.Ref == "" {
		s = *s.Items
		name += "[]"
	}
	for _, f := range s.fields() {
		f.Name = name + "." + f.Name
		out = append(out, f)
	}
	return out
}
