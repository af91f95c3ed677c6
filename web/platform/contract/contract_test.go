package contract

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

const small = `{"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": {
	"/things": {"post": {
		"security": [{"token": []}],
		"parameters": [{"name": "Key", "in": "header", "schema": {"type": "string", "maxLength": 3}}, {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 0}},
			{"name": "of", "in": "query", "allowEmptyValue": true, "schema": {"type": "array", "items": {"enum": ["a", "b"]}}}],
		"requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
		"responses": {"201": {"$ref": "#/components/responses/Made"}, "4XX": {"description": "Refused."}}}},
	"/things/{id}": {"get": {"responses": {"200": {"description": "One.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}},
	"components": {"schemas": {"Thing": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}, "additionalProperties": false}},
		"responses": {"Made": {"description": "Made.", "headers": {"Wait": {"required": true, "schema": {"type": "integer"}}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}}`

// exchange is what a test sends and what its handler answers.
type exchange struct {
	method, target, sent string
	header               []string
	status               int
	kind, wait, body     string
}

func (x exchange) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buf := make([]byte, 1000)
		n, _ := r.Body.Read(buf)
		if string(buf[:n]) != x.sent {
			w.Header().Set("Broken", "1")
		}
		w.Header().Set("Content-Type", x.kind)
		if x.wait != "" {
			w.Header().Set("Wait", x.wait)
		}
		w.WriteHeader(x.status)
		fmt.Fprint(w, x.body)
	})
}

// complaints gathers what a test would have failed with.
type complaints []string

func (c *complaints) Helper() {}
func (c *complaints) Errorf(format string, args ...any) {
	*c = append(*c, fmt.Sprintf(format, args...))
}

func TestWhatDiffersFromTheDescriptionFailsTheTest(t *testing.T) {
	good := exchange{"POST", "/things", `{"size":1}`, []string{"Authorization", "Bearer x", "Content-Type", "application/json"}, 201, "application/json", "3", `{"size":2}`}
	for _, test := range []struct {
		name   string
		change func(x *exchange)
		want   string // "" where it agrees
	}{
		{"what agrees passes", func(x *exchange) {}, ""},
		{"no token", func(x *exchange) { x.header = x.header[2:] }, "accepted without a token"},
		{"no body", func(x *exchange) { x.sent = "" }, "accepted without a body"},
		{"a body that is another thing", func(x *exchange) { x.sent = `{"weight":1}` }, "request: "},
		{"a body of another type", func(x *exchange) { x.header = append(slices.Clone(x.header[:3]), "text/plain") }, "media type text/plain is not described"},
		{"a parameter that nobody knows says nothing", func(x *exchange) { x.target += "?size=1" }, ""},
		{"a parameter out of range", func(x *exchange) { x.target += "?page=-1" }, "page: "},
		{"a parameter in range", func(x *exchange) { x.target += "?page=7" }, ""},
		{"a header that is too long", func(x *exchange) { x.header = append(slices.Clone(x.header), "Key", "abcd") }, "Key: "},
		{"a status that nobody knows", func(x *exchange) { x.status = 202 }, "the status 202 is not described"},
		{"an answer without its header", func(x *exchange) { x.wait = "" }, "the header Wait is missing"},
		{"an answer with a wrong header", func(x *exchange) { x.wait = "soon" }, "header Wait: "},
		{"an answer that is another thing", func(x *exchange) { x.body = `{"size":"2"}` }, "answer: "},
		{"an answer that is no JSON", func(x *exchange) { x.body = `{` }, "answer: "},
		{"an answer of another type", func(x *exchange) { x.kind = "text/html" }, "media type text/html is not described"},
		{"a refusal whose request is wrong", func(x *exchange) { x.sent, x.status, x.body = `{}`, 422, "" }, ""},
		{"a refusal with a body that nobody knows", func(x *exchange) { x.status = 422 }, "none is described"},
		{"another method", func(x *exchange) { x.method = "PUT" }, "this method is not described"},
		{"another method that is refused", func(x *exchange) { x.method, x.status = "PUT", 405 }, ""},
		{"a head is a get without a body", func(x *exchange) { x.method, x.target, x.status, x.body, x.sent = "HEAD", "/things/7", 200, "", "" }, ""},
		{"a list with places left empty", func(x *exchange) { x.target += "?of=a,,+b" }, ""},
		{"a list with a word that nobody knows", func(x *exchange) { x.target += "?of=a,c" }, "of: "},
		{"a parameter that may be empty", func(x *exchange) { x.target += "?of=" }, ""},
		{"a path with a hole", func(x *exchange) { x.method, x.target, x.status = "GET", "/things/7", 200 }, ""},
		{"a path that is not described passes by", func(x *exchange) { x.target, x.status = "/others/7/8", 500 }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := good
			test.change(&x)
			for name, got := range map[string]complaints{"around": around(t, x), "transport": through(t, x)} {
				if all := strings.Join(got, "\n"); (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
					t.Errorf("%s: got %q, want %q", name, all, test.want)
				}
			}
		})
	}
}

func (x exchange) request(base string) *http.Request {
	r := httptest.NewRequest(x.method, base+x.target, strings.NewReader(x.sent))
	r.RequestURI = ""
	for i := 0; i+1 < len(x.header); i += 2 {
		r.Header.Set(x.header[i], x.header[i+1])
	}
	return r
}

func load(t *testing.T) *Contract {
	t.Helper()
	c, err := New([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func around(t *testing.T, x exchange) (got complaints) {
	w := httptest.NewRecorder()
	load(t).Around(&got, x.handler()).ServeHTTP(w, x.request("http://desk.test"))
	if w.Code != x.status || w.Body.String() != x.body || w.Header().Get("Broken") != "" {
		t.Errorf("the exchange was changed: %d %s", w.Code, w.Body)
	}
	return got
}

func through(t *testing.T, x exchange) (got complaints) {
	server := httptest.NewServer(x.handler())
	defer server.Close()
	client := http.Client{Transport: load(t).Transport(&got, http.DefaultTransport)}
	w, err := client.Do(x.request(server.URL))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	if w.StatusCode != x.status || w.Header.Get("Broken") != "" {
		t.Errorf("the exchange was changed: %d", w.StatusCode)
	}
	return got
}

func TestAWebhookIsHeldAgainstItsDescription(t *testing.T) {
	c, err := New([]byte(`{"webhooks": {"thing": {"post": {"parameters": [{"name": "Signed", "in": "header", "required": true, "schema": {"type": "string", "pattern": "^[0-9a-f]+$"}}],
		"requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object", "required": ["id"]}}}}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, signed, body, want string }{
		{"thing", "0a", `{"id":1}`, ""}, {"thing", "", `{"id":1}`, "Signed is required"}, {"thing", "xy", `{"id":1}`, "Signed: "},
		{"thing", "0a", `{}`, "request: "}, {"thing", "0a", ``, "without a body"}, {"other", "0a", `{}`, "is not described"},
	} {
		r := httptest.NewRequest("POST", "/in", strings.NewReader(test.body))
		r.Header.Set("Content-Type", "application/json")
		if test.signed != "" {
			r.Header.Set("Signed", test.signed)
		}
		if all := strings.Join(c.Webhook(test.name, r, []byte(test.body)), "\n"); (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
			t.Errorf("%+v: %q", test, all)
		}
	}
}

func TestWhatWasCheckedIsKnown(t *testing.T) {
	c := load(t)
	x := exchange{method: "GET", target: "/things/7", status: 200, kind: "application/json", body: `{"size":1}`}
	c.Around(t, x.handler()).ServeHTTP(httptest.NewRecorder(), x.request("http://desk.test"))
	if got := c.Seen(); !slices.Equal(got, []string{"GET /things/{id} 200"}) {
		t.Errorf("seen %v", got)
	}
}
