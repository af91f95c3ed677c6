package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// cutUp runs the splitter to the end: every object, and every complaint in angle
// brackets.
func cutUp(input string, limit int) (out []string) {
	s := newSplitter(strings.NewReader(input), limit)
	for {
		object, err := s.next()
		var broken brokenObject
		switch {
		case err == io.EOF:
			return out
		case errors.As(err, &broken):
			out = append(out, "<"+broken.why+">")
		case errors.Is(err, errLost):
			return append(out, "<lost>")
		case err != nil:
			return append(out, err.Error())
		default:
			out = append(out, string(object))
		}
	}
}

func TestObjectsAreCutOutByteForByte(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		want  []string
	}{
		"nothing":                        {"", nil},
		"white space":                    {" \r\n\t", nil},
		"an empty list":                  {"[]", nil},
		"a list":                         {`[{"a":1} , {"b": [2,{"c":3}]}]`, []string{`{"a":1}`, `{"b": [2,{"c":3}]}`}},
		"one a line":                     {"{\"a\":1}\n\n{\"b\":2}\r\n{}", []string{`{"a":1}`, `{"b":2}`, `{}`}},
		"on one line without a comma":    {`{"a":1}{"b":2} {"c":3}`, []string{`{"a":1}`, `{"b":2}`, `{"c":3}`}},
		"over several lines":             {"{\n \"a\": 1\n}\n{\n \"b\": 2\n}", []string{"{\n \"a\": 1\n}", "{\n \"b\": 2\n}"}},
		"a byte order mark":              {"\ufeff[{\"a\":1}]", []string{`{"a":1}`}},
		"brackets within texts":          {`[{"a":"}]\"{"},{"b":"\\"}]`, []string{`{"a":"}]\"{"}`, `{"b":"\\"}`}},
		"a list answer":                  {`{"total":2,"objects":[{"a":1},{"b":2}],"page":{"n":[0]}}`, []string{`{"a":1}`, `{"b":2}`}},
		"a list answer, objects first":   {`{ "objects" : [ {"a":1} ] }`, []string{`{"a":1}`}},
		"list answers behind each other": {`{"objects":[{"a":1}],"page":0}` + "\n" + `{"page":1,"objects":[{"b":2}]}`, []string{`{"a":1}`, `{"b":2}`}},
		"objects further down":           {`{"a":{"objects":[{"b":1}]},"x":"objects","c":[1]}`, []string{`{"a":{"objects":[{"b":1}]},"x":"objects","c":[1]}`}},
		"objects that are no list":       {`{"objects":{"a":1}}`, []string{`{"objects":{"a":1}}`}},
		"two lists":                      {`[{"a":1}][{"b":2}]`, []string{`{"a":1}`, `{"b":2}`}},
	} {
		if got := cutUp(c.input, 1000); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestABrokenObjectDoesNotTakeTheOthersWithIt(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		want  []string
	}{
		"wrong grammar is for the parser":     {"[{\"a\" 1},{\"b\":2}]", []string{`{"a" 1}`, `{"b":2}`}},
		"a quote missing on a line":           {"{\"a\":1}\n{\"b:2}\n{\"c\":3}\n", []string{`{"a":1}`, "<a text is not closed>", `{"c":3}`}},
		"a quote missing on the first line":   {"{\"b:2}\n{\"c\":3}\n", []string{"<a text is not closed>", `{"c":3}`}},
		"a bracket missing on a line":         {"{\"a\":1}\n{\"b\":\n{\"c\":3}", []string{`{"a":1}`, "<ends too early, at the end of its line>", `{"c":3}`}},
		"a wrong bracket":                     {"{\"a\":1}\n{\"b\":[2}\n{\"c\":3}", []string{`{"a":1}`, "<the brackets do not match>", `{"c":3}`}},
		"a wrong bracket over several lines":  {"{\n \"a\":[1}\n}\n{\n \"b\":2\n}", []string{"<the brackets do not match>", "{\n \"b\":2\n}"}},
		"words between lines":                 {"{\"a\":1}\nhello\nyou\n{\"b\":2}", []string{`{"a":1}`, "<is no JSON object>", `{"b":2}`}},
		"other values in a list":              {`[1,"x,]",null,[{"a":1}],{"b":2}, true]`, []string{"<is no JSON object>", "<is no JSON object>", "<is no JSON object>", "<is no JSON object>", `{"b":2}`, "<is no JSON object>"}},
		"too large":                           {`[{"a":"` + strings.Repeat("x", 2<<20) + `"},{"b":2}]`, []string{"<larger than 1 MiB>", `{"b":2}`}},
		"the end missing":                     {`[{"a":1},{"b":`, []string{`{"a":1}`, "<ends too early, at the end of the input>"}},
		"the list's end missing":              {`[{"a":1}`, []string{`{"a":1}`, "<the list is not closed; the end is missing>"}},
		"a quote missing in a list":           {"[{\"a:1},\n{\"b\":2}]", []string{"<lost>"}},
		"a wrong bracket in a list":           {`[{"a":[1},{"b":2}]`, []string{"<lost>"}},
		"a bracket too many":                  {`{"a":1}}`, []string{`{"a":1}`, "<lost>"}},
		"an end of input in a text":           {`{"a":"x`, []string{"<ends too early, at the end of the input>"}},
		"an end of input behind a back slash": {`{"a":"x\`, []string{"<ends too early, at the end of the input>"}},
	} {
		if got := cutUp(c.input, 1<<20); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %.200q, want %q", name, got, c.want)
		}
	}
}

func TestABrokenReaderIsNotTakenForTheEnd(t *testing.T) {
	s := newSplitter(io.MultiReader(strings.NewReader(`[{"a":1},{"b"`), brokenReader{}), 1000)
	if _, err := s.next(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(); !errors.Is(err, errCable) {
		t.Errorf("got %v", err)
	}
}

var errCable = errors.New("the cable is out")

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errCable }

// FuzzSplitter holds the splitter against encoding/json wherever the input is a
// sound list of objects, and wants it to end everywhere else.
func FuzzSplitter(f *testing.F) {
	for _, seed := range []string{`[{"a":1},{}]`, `{"objects":[{"a":"}"}]}`, "{}\n{}\n", `[1,"\"",{"a":[{}]}]`, `{"a":`, "\ufeff[]", `]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		got := cutUp(input, 1<<20)
		if len(got) > len(input)+1 {
			t.Fatalf("%d results from %d bytes", len(got), len(input))
		}
		var want []json.RawMessage
		if json.Unmarshal([]byte(input), &want) != nil || slices.ContainsFunc(want, func(m json.RawMessage) bool { return !bytes.HasPrefix(m, []byte("{")) }) {
			return
		}
		if strings.TrimSpace(input) == "null" {
			return
		}
		if len(got) != len(want) {
			t.Fatalf("%d objects, want %d: %q", len(got), len(want), got)
		}
		for i := range want {
			if got[i] != string(want[i]) {
				t.Errorf("object %d is %q, want %q", i, got[i], want[i])
			}
		}
	})
}
