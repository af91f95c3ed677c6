package views

import (
	"bytes"
	"context"
	"testing"

	"github.com/a-h/templ"
)

// strangersPages are the pages of programs and applicants.
func strangersPages(outside Page) map[string]templ.Component {
	return map[string]templ.Component{
		"docs empty": Docs(DocsPage{Heading: "API"}), "docs full": Docs(fullDocs(outside)),
		"applicant waits":     Applicant(ApplicantPage{}),
		"applicant goes back": Applicant(ApplicantPage{Page: outside, Back: "https://platform.example/back?a=1&b=2", Host: "platform.example"}),
	}
}

func fullDocs(page Page) DocsPage {
	says := []Paragraph{{{Text: "Send "}, {Text: "expected_behaviours", Code: true}, {Text: ", or none. And more."}}}
	words := []DocsWord{{"storing", "Just created."}, {"waiting", ""}}
	schema := Link{Label: "State", Href: "#schema-state"}
	example := []DocsExample{{"One", "{\n  \"state\": \"storing\"\n}"}, {"Another", "{}"}}
	field := DocsField{Name: "state", Where: "query", Type: "in a list", Schema: schema, Required: true, About: says, Words: words}
	return DocsPage{
		Page: page, Heading: "API", Summary: "What it is.", About: says, Script: "/static/docs.js",
		Groups: []DocsGroup{{ID: "chapter-one", Name: "One", About: says, Operations: []DocsOperation{
			{ID: "op-a", Method: "POST", Path: "/api/things", Summary: "Make a thing", About: says, Access: "A token", Fields: []DocsField{field},
				Body:    &DocsBody{Media: "application/json", Schema: schema, Examples: example},
				Answers: []DocsAnswer{{"201", "ok", says, schema, []DocsField{{Name: "Retry-After", Type: "whole number"}}, example}, {Status: "500", Tone: "bad"}},
				Try:     &DocsTry{Token: "cybrid", Body: "{}", Media: "application/json", Fields: []DocsInput{{ID: "try-a", Name: "state", In: "query", Required: true}, {ID: "try-b", Name: "whole", In: "query", Options: []string{"true", "false"}}}}},
			{ID: "op-b", Method: "POST", Path: "thing.made", Summary: "A thing was made", Webhook: true, Deprecated: true},
		}}},
		Schemas: []DocsSchema{{ID: "schema-state", Name: "State", Type: "text", About: says, Parts: []DocsPart{{"Members", []DocsField{{Name: "inner"}}}, {"Or else", []DocsField{{Name: "outer"}}}}, Words: words}},
	}
}

func TestProseHasNoSpaceWhereNoneBelongs(t *testing.T) {
	var b bytes.Buffer
	if err := prose(Paragraph{{Text: "Send <"}, {Text: "a_b", Code: true}, {Text: ">."}}).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "Send &lt;<code>a_<wbr>b</code>&gt;." {
		t.Errorf("got %s", got)
	}
}

func TestALineThatOpensShowsItsFirstSentence(t *testing.T) {
	for want, text := range map[string]string{"": "", "One.": "One. Two.", "One": "One", "One.two": "One.two"} {
		if got := firstSentence([]Paragraph{{{Text: text}}}); got != want {
			t.Errorf("of %q: %q", text, got)
		}
	}
	if firstSentence(nil) != "" || saysMore(nil) {
		t.Error("nothing says something")
	}
	if one := []Paragraph{{{Text: "One."}}}; saysMore(one) || !saysMore(append(one, one[0])) || !saysMore([]Paragraph{{{Text: "One. Two."}}}) {
		t.Error("what is said is not measured")
	}
}
