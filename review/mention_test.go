package review_test

import (
	"slices"
	"testing"

	"reviewdesk/review"
)

func TestANoteIsSplitAtWhomItNames(t *testing.T) {
	for _, test := range []struct {
		name, note string
		want       []review.NotePart
	}{
		{"nobody", "Called at noon.", []review.NotePart{{Text: "Called at noon."}}},
		{"nothing", "", nil},
		{"one in the middle, with a full stop", "Please look, @Ana.Quiroga. Thanks", []review.NotePart{{Text: "Please look, "}, {Text: "@Ana.Quiroga", Name: "ana.quiroga"}, {Text: ". Thanks"}}},
		{"two, one after the other", "@mei.tan @bo", []review.NotePart{{Text: "@mei.tan", Name: "mei.tan"}, {Text: " "}, {Text: "@bo", Name: "bo"}}},
		{"in brackets", "(@bo) saw it", []review.NotePart{{Text: "("}, {Text: "@bo", Name: "bo"}, {Text: ") saw it"}}},
		{"an e-mail address names nobody", "wrote to ana@desk.example", []review.NotePart{{Text: "wrote to ana@desk.example"}}},
		{"an @ alone", "@ noon, @. and @x", []review.NotePart{{Text: "@ noon, @. and @x"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := review.NoteParts(test.note); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
