package views

import (
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// prose is a paragraph without a space where none belongs, which a template would
// put between its pieces.
func prose(p Paragraph) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, piece := range p {
			text := templ.EscapeString(piece.Text)
			if piece.Code {
				text = "<code>" + strings.ReplaceAll(text, "_", "_<wbr>") + "</code>"
			}
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
		}
		return nil
	})
}

// slashable cuts a path where a line may end.
func slashable(path string) []string {
	return strings.FieldsFunc(strings.NewReplacer("/", "/\x00", "_", "_\x00").Replace(path), func(r rune) bool { return r == 0 })
}

// slug is a name as part of an id.
func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// saysMore reports whether a text says more than its first sentence.
func saysMore(all []Paragraph) bool {
	first := firstSentence(all)
	return len(all) > 1 || len(all) == 1 && first != plainText(all[0])
}

func plainText(p Paragraph) string {
	var text strings.Builder
	for _, piece := range p {
		text.WriteString(piece.Text)
	}
	return text.String()
}

// firstSentence is the beginning of a text, for a line that opens to the whole.
func firstSentence(all []Paragraph) string {
	if len(all) == 0 {
		return ""
	}
	text := plainText(all[0])
	first, _, more := strings.Cut(text, ". ")
	if more {
		return first + "."
	}
	return first
}
