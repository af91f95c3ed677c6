package contract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// request checks what was sent and accepted.
func (c *Contract) request(at string, operation map[string]any, path string, x Exchange) (problems []string) {
	if needsToken(operation) && x.Request.Header.Get("Authorization") == "" {
		problems = append(problems, "it was accepted without a token")
	}
	problems = append(problems, c.parameters(at, path, x.Request)...)
	body := at + "/requestBody"
	if c.at(body) == nil {
		return problems
	}
	body = c.resolve(body)
	if len(x.Sent) == 0 {
		if required, _ := c.at(body + "/required").(bool); required {
			problems = append(problems, "it was accepted without a body")
		}
		return problems
	}
	return append(problems, prefixed("request: ", c.content(body, x.Request.Header.Get("Content-Type"), x.Sent))...)
}

// needsToken reports whether every way in of an operation asks for something.
func needsToken(operation map[string]any) bool {
	ways, _ := operation["security"].([]any)
	for _, way := range ways {
		if asks, _ := way.(map[string]any); len(asks) == 0 {
			return false
		}
	}
	return len(ways) > 0
}

func (c *Contract) parameters(at, path string, r *http.Request) (problems []string) {
	list, _ := c.at(at + "/parameters").([]any)
	inPath, _ := holes(path, r.URL.Path)
	for i := range list {
		p := c.resolve(fmt.Sprintf("%s/parameters/%d", at, i))
		object, _ := c.at(p).(map[string]any)
		name, _ := object["name"].(string)
		var values []string
		switch object["in"] {
		case "query":
			values = r.URL.Query()[name]
		case "header":
			values = r.Header.Values(name)
		case "path":
			values = []string{inPath[name]}
		}
		if len(values) == 0 && object["required"] == true {
			problems = append(problems, name+" is required")
		}
		for _, v := range values {
			if v == "" && object["allowEmptyValue"] == true {
				continue
			}
			if err := c.valid(p+"/schema", c.coerced(p+"/schema", v)); err != nil {
				problems = append(problems, fmt.Sprintf("%s: %v", name, err))
			}
		}
	}
	return problems
}

// coerced reads a parameter or header as its schema means it.
func (c *Contract) coerced(schema, value string) any {
	object, _ := c.at(c.resolve(schema)).(map[string]any)
	switch object["type"] {
	case "integer", "number", "boolean":
		if v, err := jsonschema.UnmarshalJSON(strings.NewReader(value)); err == nil {
			return v
		}
	case "array":
		var out []any
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
		return out
	}
	return value
}

// response checks what was answered.
func (c *Contract) response(at string, x Exchange) (problems []string) {
	headers, _ := c.at(at + "/headers").(map[string]any)
	for name := range headers {
		h := c.resolve(at + pointer("headers", name))
		value := x.Header.Get(name)
		if required, _ := c.at(h + "/required").(bool); value == "" {
			if required {
				problems = append(problems, "the header "+name+" is missing")
			}
			continue
		}
		if err := c.valid(h+"/schema", c.coerced(h+"/schema", value)); err != nil {
			problems = append(problems, fmt.Sprintf("header %s: %v", name, err))
		}
	}
	if c.at(at+"/content") == nil {
		if len(x.Body) > 0 {
			problems = append(problems, "it has a body, and none is described")
		}
		return problems
	}
	if x.Request.Method == http.MethodHead {
		return problems
	}
	body, err := unpacked(x)
	if err != nil {
		return append(problems, fmt.Sprintf("it cannot be unpacked: %v", err))
	}
	return append(problems, prefixed("answer: ", c.content(at, x.Header.Get("Content-Type"), body))...)
}

func unpacked(x Exchange) ([]byte, error) {
	if x.Header.Get("Content-Encoding") != "gzip" {
		return x.Body, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(x.Body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// content holds a body against the schema of its media type.
func (c *Contract) content(at, kind string, body []byte) []string {
	media, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return []string{fmt.Sprintf("the media type %q cannot be read", kind)}
	}
	schema := at + pointer("content", media, "schema")
	if c.at(schema) == nil {
		return []string{"the media type " + media + " is not described"}
	}
	value, err := read(media, body)
	if err == nil {
		err = c.valid(schema, value)
	}
	if err != nil {
		return []string{fmt.Sprintf("%v\n%s", err, shortened(body))}
	}
	return nil
}

func read(media string, body []byte) (any, error) {
	switch media {
	case "application/json":
		return jsonschema.UnmarshalJSON(bytes.NewReader(body))
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		out := map[string]any{}
		for name := range form {
			out[name] = form.Get(name)
		}
		return out, err
	}
	return string(body), nil
}

func shortened(body []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		out.Write(body)
	}
	return string(out.Bytes()[:min(out.Len(), 3000)])
}

func prefixed(with string, problems []string) []string {
	for i := range problems {
		problems[i] = with + problems[i]
	}
	return problems
}
