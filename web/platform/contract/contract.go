// Package contract holds requests and answers against the OpenAPI description of
// the APIs. Only tests import it, as they do package dbtest.
//
// A test puts [Contract.Around] around the real handler, or [Contract.Transport]
// under a client that talks to the real program. Every exchange that meets a path
// of the description is then checked, and the test fails where a request that was
// accepted does not match its schema, or an answer has a status, header, media type
// or body that the description does not know. What meets no path passes by.
package contract

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract is a description that exchanges are held against. It may be used by
// many goroutines.
type Contract struct {
	doc      map[string]any
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
	seen     map[string]bool // "GET /path 200"
}

const address = "openapi.json" // under which the schemas find each other

// New reads a description. Formats count, as the description means them.
func New(document []byte) (*Contract, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	object, ok := doc.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("description: want an object")
	}
	c := &Contract{doc: object, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}, seen: map[string]bool{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource(address, doc)
}

// Exchange is a request and what was answered.
type Exchange struct {
	Request *http.Request // its body is not read
	Sent    []byte
	Status  int
	Header  http.Header
	Body    []byte
}

// Check says how an exchange differs from the description; nothing where it agrees
// or where the description has no such path.
func (c *Contract) Check(x Exchange) (problems []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path, there := c.pathOf(x.Request.URL.Path)
	if !there {
		return nil
	}
	method := strings.ToLower(x.Request.Method)
	if method == "head" {
		method = "get"
	}
	at := pointer("paths", path, method)
	operation, _ := c.at(at).(map[string]any)
	if operation == nil {
		if x.Status == http.StatusMethodNotAllowed {
			return nil
		}
		return []string{"this method is not described"}
	}
	if x.Status/100 == 2 {
		problems = c.request(at, operation, path, x)
	}
	answer, known := c.answer(at, x.Status)
	if !known {
		return append(problems, fmt.Sprintf("the status %d is not described", x.Status))
	}
	c.seen[fmt.Sprintf("%s %s %d", x.Request.Method, path, x.Status)] = true
	return append(problems, c.response(answer, x)...)
}

// Webhook says how a request that the desk sent differs from the description of the
// webhook of that name.
func (c *Contract) Webhook(name string, r *http.Request, sent []byte) (problems []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := pointer("webhooks", name, strings.ToLower(r.Method))
	operation, _ := c.at(at).(map[string]any)
	if operation == nil {
		return []string{"the webhook " + name + " is not described"}
	}
	return c.request(at, operation, r.URL.Path, Exchange{Request: r, Sent: sent})
}

// Seen lists the answers that were checked, such as "GET /kyc 200".
func (c *Contract) Seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for s := range c.seen {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// pathOf finds the template that an address meets; one without holes comes first.
func (c *Contract) pathOf(path string) (template string, there bool) {
	paths, _ := c.doc["paths"].(map[string]any)
	if _, plain := paths[path]; plain {
		return path, true
	}
	for t := range paths {
		if _, meets := holes(t, path); meets && strings.Contains(t, "{") {
			return t, true
		}
	}
	return "", false
}

// holes reads a path's values out of an address.
func holes(template, path string) (values map[string]string, meets bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	values = map[string]string{}
	for i, part := range want {
		if name, hole := strings.CutPrefix(part, "{"); hole && got[i] != "" {
			values[strings.TrimSuffix(name, "}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}
	return values, true
}

// answer is where the description of a status stands.
func (c *Contract) answer(operation string, status int) (at string, known bool) {
	for _, word := range []string{fmt.Sprint(status), fmt.Sprintf("%dXX", status/100), "default"} {
		if at = operation + pointer("responses", word); c.at(at) != nil {
			return c.resolve(at), true
		}
	}
	return "", false
}

// pointer writes a JSON pointer.
func pointer(steps ...string) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// at is the value that a pointer leads to, references on the way followed.
func (c *Contract) at(at string) any {
	var value any = c.doc
	for step := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// resolve follows a reference to where the thing itself stands.
func (c *Contract) resolve(at string) string {
	for {
		object, _ := c.at(at).(map[string]any)
		to, is := object["$ref"].(string)
		if !is {
			return at
		}
		at = strings.TrimPrefix(to, "#")
	}
}

// Valid holds a value, as [Value] reads it, against the schema at a pointer, such as
// "/components/schemas/Type". A schema that is unsound is an error too.
func (c *Contract) Valid(at string, value any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.valid(at, value)
}

// Value reads JSON as the schemas take it.
func Value(text []byte) (any, error) { return jsonschema.UnmarshalJSON(bytes.NewReader(text)) }

// valid holds a value against the schema at a pointer.
func (c *Contract) valid(at string, value any) error {
	schema, there := c.compiled[at]
	if !there {
		var err error
		if schema, err = c.compiler.Compile(address + "#" + escaped(at)); err != nil {
			return err
		}
		c.compiled[at] = schema
	}
	return schema.Validate(value)
}

// escaped is a pointer as a fragment of an address.
func escaped(at string) string { return (&url.URL{Fragment: at}).EscapedFragment() }
