package cybrid

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"reviewdesk/review"
)

// The codes of a refused request (section 1, Errors).
const (
	CodeInvalidParameter = "invalid_parameter" // no sound JSON, a member that nobody knows, the wrong kind of value
	CodeInvalidValue     = "invalid_value"     // the right kind, but out of range, too long or malformed
	CodeMissingParameter = "missing_parameter" // something that the type and method need
	CodeUnsupportedValue = "unsupported_value" // a word that is not in the list, or two that do not go together
)

// check gathers every mistake of a request, so that an integrator mends them in
// one go; [review.Fields] stops at the first, which is right for an object that a
// machine sent. It never quotes what came, which may be personal.
type check struct {
	unknown, missing []string
	wrong            []review.Refused
}

func (c *check) fail(code, at, problem string) {
	c.wrong = append(c.wrong, review.Refused{Code: code, Message: at + ": " + problem})
}

// told reports whether a mistake at a path was noted: a blank guid is malformed, and
// need not be called missing too.
func (c *check) told(path string) bool {
	return slices.ContainsFunc(c.wrong, func(r review.Refused) bool { return strings.HasPrefix(r.Message, path+":") })
}

// most is how many mistakes one answer tells.
const most = 20

// err is what was gathered: the code of the gravest, the words of all.
func (c *check) err() error {
	all := c.wrong
	if len(c.unknown) > 0 {
		all = append([]review.Refused{{Code: CodeInvalidParameter, Message: "unknown: " + review.Names(c.unknown)}}, all...)
	}
	if len(c.missing) > 0 {
		all = append(all, review.Refused{Code: CodeMissingParameter, Message: "missing: " + review.Names(c.missing)})
	}
	if len(all) == 0 {
		return nil
	}
	var words []string
	for _, r := range all {
		words = append(words, r.Message)
	}
	if n := len(words); n > most {
		words = append(words[:most], fmt.Sprintf("and %d more", n-most))
	}
	return &review.Refused{Code: all[0].Code, Message: strings.Join(words, "; ")}
}

// shape checks one value, which is not null; at is its path.
type shape func(c *check, at string, raw json.RawMessage)

// member is one row of an object's table.
type member struct {
	name   string
	needed bool // wherever the object itself stands
	shape  shape
}

// objectOf is an object with the members of the table and no others.
func objectOf(table []member) shape {
	return func(c *check, at string, raw json.RawMessage) {
		members, err := review.ReadObject(raw)
		if err != nil {
			c.fail(CodeInvalidParameter, at, "want an object, got "+review.KindOf(raw))
			return
		}
		c.object(at, members, table)
	}
}

func (c *check) object(at string, members review.Members, table []member) {
	names := make([]string, 0, len(table))
	for _, row := range table {
		names = append(names, row.name)
		raw, _ := members.Get(row.name)
		switch {
		case row.needed && blank(raw):
			c.missing = append(c.missing, below(at, row.name))
		case !none(raw):
			row.shape(c, below(at, row.name), raw)
		}
	}
	for _, name := range members.Unknown(names...) {
		c.unknown = append(c.unknown, below(at, name))
	}
}

func below(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// none is a value that is absent or null: every member but type may be either.
func none(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// blank is also a text of nothing but white space.
func blank(raw json.RawMessage) bool {
	var text string
	return none(raw) || raw[0] == '"' && json.Unmarshal(raw, &text) == nil && strings.TrimSpace(text) == ""
}

// textThat is a text of which more must hold.
func textThat(holds func(c *check, at, text string)) shape {
	return func(c *check, at string, raw json.RawMessage) {
		var text string
		if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
			c.fail(CodeInvalidParameter, at, "want a text, got "+review.KindOf(raw))
			return
		}
		holds(c, at, text)
	}
}

var anyText = textThat(func(*check, string, string) {})

func textOf(least, most int) shape {
	return textThat(func(c *check, at, text string) {
		if n := utf8.RuneCountInString(text); n < least || n > most {
			c.fail(CodeInvalidValue, at, fmt.Sprintf("want %d to %d characters, got %d", least, most, n))
		}
	})
}

var guid = textThat(func(c *check, at, text string) {
	switch n := utf8.RuneCountInString(text); {
	case n != 32:
		c.fail(CodeInvalidValue, at, fmt.Sprintf("want 32 hexadecimal digits without hyphens, got %d characters", n))
	case !hex32.MatchString(text):
		c.fail(CodeInvalidValue, at, "want 32 hexadecimal digits without hyphens, got other characters too")
	}
})

var country = textThat(func(c *check, at, text string) {
	switch n := utf8.RuneCountInString(text); {
	case n != 2:
		c.fail(CodeInvalidValue, at, fmt.Sprintf("want a country of ISO 3166 in two capital letters, such as US, got %d characters", n))
	case review.CountryName(text) == "":
		c.fail(CodeInvalidValue, at, "want a country of ISO 3166 in two capital letters, such as US, got no such country")
	}
})

// date is a day from 1900 on, which nobody alive was born before.
var date = textThat(func(c *check, at, text string) {
	t, err := review.ParseDate(text)
	switch {
	case err != nil:
		c.fail(CodeInvalidValue, at, err.Error())
	case t.Year() < 1900:
		c.fail(CodeInvalidValue, at, "want a date from 1900 on, got an earlier one")
	}
})

var boolean shape = func(c *check, at string, raw json.RawMessage) {
	if string(raw) != "true" && string(raw) != "false" {
		c.fail(CodeInvalidParameter, at, "want true or false, got "+review.KindOf(raw))
	}
}

var percentage shape = func(c *check, at string, raw json.RawMessage) {
	if !strings.ContainsRune("-0123456789", rune(raw[0])) {
		c.fail(CodeInvalidParameter, at, "want a number, got "+review.KindOf(raw))
		return
	}
	if n, err := strconv.ParseFloat(string(raw), 64); err != nil || n <= 0 || n > 100 {
		c.fail(CodeInvalidValue, at, "want a number above 0 and up to 100, got one out of range")
	}
}

// plainWord is a word that may be told again: no name, number or address is spelt
// like it.
var plainWord = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)

// oneOf is one of a closed list of words. The wording is the live API's.
func oneOf(words []string) shape {
	return textThat(func(c *check, at, text string) {
		if slices.Contains(words, text) {
			return
		}
		message := at + " does not have a valid value: want one of " + strings.Join(words, ", ")
		if plainWord.MatchString(text) && !strings.ContainsAny(at, ".[") { // further in it may be personal
			message += ", got " + text
		}
		c.wrong = append(c.wrong, review.Refused{Code: CodeUnsupportedValue, Message: message})
	})
}

// listOf is a list of least to most items; most 0 is no limit.
func listOf(least, most int, item shape) shape {
	return func(c *check, at string, raw json.RawMessage) {
		var items []json.RawMessage
		if raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
			c.fail(CodeInvalidParameter, at, "want a list, got "+review.KindOf(raw))
			return
		}
		if n := len(items); n < least || most > 0 && n > most {
			c.fail(CodeInvalidValue, at, fmt.Sprintf("want %d to %d items, got %d", least, most, n))
			return
		}
		for i, raw := range items {
			item(c, fmt.Sprintf("%s[%d]", at, i), raw)
		}
	}
}
