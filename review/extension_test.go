package review_test

import (
	"reflect"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnExtensionIsReadStrictlyAndNeverQuoted(t *testing.T) {
	tests := []struct{ name, json, want string }{
		{"an empty one says nothing", `{}`, ""},
		{"null says nothing", `null`, ""},
		{"a whole one is read", `{"reference":"r","subject":{"name":"x"},"documents":[{"kind":"passport","country":"ES","read":{"expiry":"2030-01-02"},"mrz":["P<"]}],
			"registry":{"name":"y"},"face_match":{"score":0.5,"needed":1},"findings":["a"],"passed":["b"],"attempt":2,"attempts":3,
			"pictures":[{"kind":"selfie","media_type":"image/png","data":"AAEC"}]}`, ""},
		{"a misspelt name would lose evidence", `{"finding":["a"]}`, `reviewdesk: unknown field "finding"`},
		{"a misspelt name further down too", `{"subject":{"nmae":"Secret"}}`, `reviewdesk: unknown field "nmae"`},
		{"a text is no extension", `"Secret"`, "reviewdesk: want an object"},
		{"a name is a text", `{"subject":{"name":4711}}`, "reviewdesk.subject.name: want a text"},
		{"findings are a list", `{"findings":"Secret"}`, "reviewdesk.findings: want a list"},
		{"an attempt is a whole number", `{"attempt":4.7}`, "reviewdesk.attempt: want a whole number"},
		{"an attempt is not negative", `{"attempt":-1}`, "reviewdesk.attempt: want a whole number from 1"},
		{"a score is a number", `{"face_match":{"score":"Secret"}}`, "reviewdesk.face_match.score: want a number"},
		{"a score is at most 1", `{"face_match":{"score":97}}`, "reviewdesk.face_match: want numbers from 0 to 1"},
		{"a picture has a known kind", `{"pictures":[{"kind":"Secret"}]}`, "reviewdesk.pictures[0].kind: want document_front, document_back or selfie"},
		{"a picture is a picture", `{"pictures":[{"kind":"selfie","media_type":"text/html"}]}`, "reviewdesk.pictures[0].media_type: want image/jpeg or image/png"},
		{"a picture is in base64", `{"pictures":[{"kind":"selfie","media_type":"image/png","data":"Secret!"}]}`, "reviewdesk: cannot be read (is the data of every picture base64?)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := review.ParseExtension([]byte(test.json))
			if got := message(err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if strings.Contains(message(err), "Secret") || strings.Contains(message(err), "4.7") {
				t.Error("the error quotes a value")
			}
		})
	}
}

func TestWhatTheProviderSaysStaysAndTheExtensionFillsTheRest(t *testing.T) {
	v := review.Verification{
		Subject:   review.Subject{Reference: "own", Reading: review.Reading{Name: "Own Name"}},
		Documents: []review.Document{{Kind: "passport", Read: review.Reading{Expiry: "2030-01-02"}}, {Kind: "passport"}},
		Passed:    []string{"a"},
		Findings:  []review.Finding{{Code: "x"}},
	}
	e := review.Extension{
		Reference: "other", Subject: review.Reading{Name: "Other", Email: "o@example.com"},
		Documents: []review.Document{
			{Kind: "Passport", Country: "ES", Read: review.Reading{Expiry: "1999-01-01", Number: "X1"}, MRZ: []string{"P<"}},
			{Kind: "visa", Country: "PT"},
		},
		Registry: review.Reading{Name: "Registered"}, Face: &review.ExtensionFace{Score: 0.4, Needed: 0.8},
		Findings: []string{"x", "y"}, Passed: []string{"a", "b"}, Attempt: 2, Attempts: 1,
		Pictures: []review.ExtensionPicture{{Kind: review.PictureSelfie, MediaType: "image/png", Data: []byte{1}}},
	}
	pictures := review.Opened{Extension: e}.Finish(&v)
	want := review.Verification{
		Subject: review.Subject{Reference: "own", Reading: review.Reading{Name: "Own Name", Email: "o@example.com"}},
		Documents: []review.Document{
			{Kind: "passport", Country: "ES", Read: review.Reading{Expiry: "2030-01-02", Number: "X1"}, MRZ: []string{"P<"}},
			{Kind: "passport"}, {Kind: "visa", Country: "PT"},
		},
		Registry: review.Reading{Name: "Registered"}, Face: review.FaceMatch{Score: 0.4, Needed: 0.8, Known: true},
		Findings: []review.Finding{{Code: "x"}, {Code: "y"}}, Passed: []string{"a", "b"}, Attempt: 2, Attempts: 2,
	}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("got  %+v\nwant %+v", v, want)
	}
	if len(pictures) != 1 || pictures[0].Kind != review.PictureSelfie {
		t.Errorf("the pictures are %v", pictures)
	}
}

func TestWithoutAnExtensionTheBytesStayAsTheyCame(t *testing.T) {
	in, err := review.OpenObject([]byte(" \n{ \"b\" : 1 ,\t\"a\":2 }\n"))
	if err != nil || string(in.Kept) != "{ \"b\" : 1 ,\t\"a\":2 }" {
		t.Errorf("kept %s, %v", in.Kept, err)
	}
	in, err = review.OpenObject([]byte(`{ "b" : 1 , "reviewdesk" : {"attempt":2}, "a":[ 2 ] }`))
	if err != nil || string(in.Kept) != `{"b":1,"a":[ 2 ]}` || in.Extension.Attempt != 2 {
		t.Errorf("kept %s, %v", in.Kept, err)
	}
	if _, err = review.OpenObject([]byte(`{"ReviewDesk":{}}`)); message(err) != "reviewdesk: the name is written with other capitals" {
		t.Errorf("got %v", err)
	}
}
