package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"reviewdesk/review"
	"reviewdesk/views"
)

// The page of the APIs' description is made from the description itself, so that
// neither can say what the other does not.

// openDoc is the part of an OpenAPI document that the page shows. What is kept in
// an order is read in that order.
type openDoc struct {
	Info struct{ Title, Summary, Description string }
	Tags []struct{ Name, Description string }

	Paths, Webhooks ordered[ordered[openOperation]]
	Components      struct {
		Schemas    ordered[openSchema]
		Responses  map[string]openAnswer
		Parameters map[string]openParameter
		Headers    map[string]openParameter
	}
}

type openOperation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Deprecated                        bool
	Security                          []map[string][]string
	Parameters                        []openParameter
	RequestBody                       *struct {
		Required bool
		Content  ordered[openContent]
	}
	Responses ordered[openAnswer]
}

type openParameter struct {
	Ref                   string `json:"$ref"`
	Name, In, Description string
	Required              bool
	Schema                openSchema
	Example               any
}

type openContent struct {
	Schema   openSchema
	Examples ordered[struct {
		Summary string
		Value   json.RawMessage
	}]
}

type openAnswer struct {
	Ref         string `json:"$ref"`
	Description string
	Headers     ordered[openParameter]
	Content     ordered[openContent]
}

// ordered is a JSON object whose members keep their order.
type ordered[T any] []struct {
	Name  string
	Value T
}

func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value T
		if err := d.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, struct {
			Name  string
			Value T
		}{fmt.Sprint(name), value})
	}
	return nil
}

// docsOf makes the page.
func docsOf(text []byte) (views.DocsPage, error) {
	var doc openDoc
	if err := json.Unmarshal(text, &doc); err != nil {
		return views.DocsPage{}, fmt.Errorf("the APIs' description: %w", err)
	}
	p := views.DocsPage{Heading: doc.Info.Title, Summary: doc.Info.Summary, About: prose(doc.Info.Description)}
	for _, tag := range doc.Tags {
		g := views.DocsGroup{ID: anchor("chapter", tag.Name), Name: tag.Name, About: prose(tag.Description)}
		for _, path := range doc.Paths {
			g.Operations = append(g.Operations, doc.operations(tag.Name, path.Name, path.Value, false)...)
		}
		for _, hook := range doc.Webhooks {
			g.Operations = append(g.Operations, doc.operations(tag.Name, hook.Name, hook.Value, true)...)
		}
		p.Groups = append(p.Groups, g)
	}
	for _, s := range doc.Components.Schemas {
		s.Value.Meanings = meanings(s.Name, s.Value.Meanings)
		p.Schemas = append(p.Schemas, views.DocsSchema{
			ID: anchor("schema", s.Name), Name: s.Name, Type: s.Value.words(), About: prose(s.Value.Description), Parts: s.Value.parts(), Words: s.Value.list(),
		})
	}
	return p, nil
}

// meanings are what the words of a schema mean. Those of failure codes and reject
// reasons stand in the catalogue, and are the officers' own.
func meanings(schema string, said map[string]string) map[string]string {
	of, there := map[string]review.Provider{"FailureCode": review.Cybrid, "RejectReason": review.Coinify}[schema]
	if !there {
		return said
	}
	said = map[string]string{}
	for _, c := range review.Standard.Codes(of) {
		said[c.Code] = c.Title
	}
	return said
}

func anchor(kind, name string) string {
	return kind + "-" + strings.ToLower(strings.NewReplacer(" ", "-", ",", "", "_", "-").Replace(name))
}

// prose cuts a text into paragraphs, and these at their backquotes.
func prose(text string) (out []views.Paragraph) {
	for part := range strings.SplitSeq(text, "\n\n") {
		var p views.Paragraph
		for i, piece := range strings.Split(part, "`") {
			if piece != "" {
				p = append(p, views.Piece{Text: piece, Code: i%2 == 1})
			}
		}
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

func (doc *openDoc) operations(tag, path string, methods ordered[openOperation], hook bool) (out []views.DocsOperation) {
	for _, m := range methods {
		o := m.Value
		if !slices.Contains(o.Tags, tag) {
			continue
		}
		out = append(out, views.DocsOperation{
			ID: anchor("op", o.OperationID), Method: strings.ToUpper(m.Name), Path: path, Summary: o.Summary, Deprecated: o.Deprecated, Webhook: hook,
			About: prose(o.Description), Access: accessWords(o.Security), Fields: doc.parameters(o), Body: doc.body(o), Answers: doc.answers(o),
			Try: doc.try(o, path, hook),
		})
	}
	return out
}

// accessWords say what a caller must show.
func accessWords(ways []map[string][]string) string {
	for _, way := range ways {
		switch {
		case way["oauth2"] != nil:
			return "A token from /oauth/token with the scope " + strings.Join(way["oauth2"], ", ")
		case way["TraderBearer"] != nil:
			return "A token from /auth"
		}
	}
	return ""
}

func (doc *openDoc) parameter(p openParameter) openParameter {
	if name, is := strings.CutPrefix(p.Ref, "#/components/parameters/"); is {
		return doc.Components.Parameters[name]
	}
	if name, is := strings.CutPrefix(p.Ref, "#/components/headers/"); is {
		return doc.Components.Headers[name]
	}
	return p
}

func (doc *openDoc) parameters(o openOperation) (out []views.DocsField) {
	for _, p := range o.Parameters {
		p = doc.parameter(p)
		out = append(out, p.field(p.Name))
	}
	return out
}

func (p openParameter) field(name string) views.DocsField {
	return views.DocsField{
		Name: name, Where: p.In, Type: p.Schema.words(), Schema: p.Schema.link(), Required: p.Required,
		About: append(prose(p.Description), prose(p.Schema.Description)...), Words: p.Schema.list(),
	}
}

func (doc *openDoc) body(o openOperation) *views.DocsBody {
	if o.RequestBody == nil {
		return nil
	}
	var kinds []string
	for _, c := range o.RequestBody.Content {
		kinds = append(kinds, c.Name)
	}
	first := o.RequestBody.Content[len(o.RequestBody.Content)-1].Value
	return &views.DocsBody{Media: strings.Join(kinds, " or "), Required: o.RequestBody.Required, Schema: first.Schema.link(), Examples: first.examples()}
}

func (c openContent) examples() (out []views.DocsExample) {
	for _, e := range c.Examples {
		out = append(out, views.DocsExample{Summary: e.Value.Summary, Text: indented(e.Value.Value)})
	}
	return out
}

func indented(text []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return string(text)
	}
	return out.String()
}

func (doc *openDoc) answers(o openOperation) (out []views.DocsAnswer) {
	for _, r := range o.Responses {
		a := r.Value
		if name, is := strings.CutPrefix(a.Ref, "#/components/responses/"); is {
			a = doc.Components.Responses[name]
		}
		shown := views.DocsAnswer{Status: r.Name, Tone: statusTone(r.Name), About: prose(a.Description)}
		for _, h := range a.Headers {
			shown.Headers = append(shown.Headers, doc.parameter(h.Value).field(h.Name))
		}
		for _, c := range a.Content {
			shown.Schema, shown.Examples = c.Value.Schema.link(), c.Value.examples()
		}
		out = append(out, shown)
	}
	return out
}

func statusTone(status string) string {
	switch status[0] {
	case '2', '3':
		return "ok"
	case '4':
		return "warn"
	}
	return "bad"
}

// try is the form for an operation. Nobody tries what the desk itself sends.
func (doc *openDoc) try(o openOperation, path string, hook bool) *views.DocsTry {
	if hook || path == "/api/docs" {
		return nil
	}
	t := &views.DocsTry{}
	for _, way := range o.Security {
		if way["oauth2"] != nil {
			t.Token = "cybrid"
		} else if way["TraderBearer"] != nil {
			t.Token = "coinify"
		}
	}
	for _, p := range o.Parameters {
		p = doc.parameter(p)
		in := views.DocsInput{ID: anchor("try", o.OperationID+" "+p.Name), Name: p.Name, In: p.In, Required: p.Required}
		if p.Schema.Type.has("boolean") {
			in.Options = []string{"true", "false"}
		}
		t.Fields = append(t.Fields, in)
	}
	if b := o.RequestBody; b != nil {
		last := b.Content[len(b.Content)-1]
		t.Media = last.Name
		if all := last.Value.examples(); len(all) > 0 {
			t.Body = all[0].Text
		}
	}
	return t
}
