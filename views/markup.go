package views

import (
	"context"
	"html"
	"io"
	"strings"
	"sync"
)

// markup is a piece of a page that is put together by hand. Pages are templ's; this is
// for what stands on one dozens of times: the rows of the queue, symbols, links of the
// navigation, options of filters, caps of keys. templ asks for memory three times for
// each value, and takes five times as long over fifty rows (BenchmarkQueueRows). Markup
// goes through raw, as constants of the code; everything else through with, which
// escapes it.
type markup struct{ b []byte }

var markups = sync.Pool{New: func() any { return new(markup) }}

// blank is a piece to begin with; into writes it and takes it back.
func blank() *markup {
	t := markups.Get().(*markup)
	t.b = t.b[:0]
	return t
}

func (t *markup) into(w io.Writer) error {
	_, err := w.Write(t.b)
	markups.Put(t)
	return err
}

func (t *markup) raw(markup ...string) {
	for _, m := range markup {
		t.b = append(t.b, m...)
	}
}

// with is markup around a value.
func (t *markup) with(before, value, after string) {
	b := append(t.b, before...)
	b = appendText(b, value)
	t.b = append(b, after...)
}

// escapes are the bytes for which [html.EscapeString] writes something else.
var escapes = [256]bool{'<': true, '>': true, '&': true, '\'': true, '"': true}

func appendText(b []byte, value string) []byte {
	for i := range len(value) {
		if escapes[value[i]] {
			return append(b, html.EscapeString(value)...)
		}
	}
	return append(b, value...)
}

// drawn is a component put together by hand.
type drawn func(*markup)

// Render implements [templ.Component].
func (draw drawn) Render(_ context.Context, w io.Writer) error {
	t := blank()
	draw(t)
	return t.into(w)
}

// symbol is one of the sprite's; names come with or without its prefix "i-".
type symbol struct{ begin, sprite, name string }

func icon(sprite, name string) symbol {
	return symbol{`<svg class="icon" aria-hidden="true"><use href="`, sprite, name}
}

func smallIcon(sprite, name string) symbol {
	return symbol{`<svg class="icon s" aria-hidden="true"><use href="`, sprite, name}
}

// Render implements [templ.Component].
func (s symbol) Render(_ context.Context, w io.Writer) error {
	t := blank()
	t.symbol(s)
	return t.into(w)
}

func (t *markup) symbol(s symbol) {
	t.with(s.begin, s.sprite, "#i-")
	t.with("", strings.TrimPrefix(s.name, "i-"), `"></use></svg>`)
}
