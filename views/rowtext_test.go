package views

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

const hostile = `<script>"'&`

// fillHostile puts it into every text of a value, and three elements into every slice.
func fillHostile(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Struct:
		for i := range v.NumField() {
			fillHostile(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fillHostile(v.Index(i))
		}
	}
}

// escaped draws a component and checks that none of so many texts got through as markup.
func escaped(t *testing.T, c templ.Component, texts int) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	got := strings.ToLower(b.String()) // caps of keys are in capitals
	for _, raw := range []string{hostile, "<script", `"'&`, `'&`} {
		if strings.Contains(got, raw) {
			t.Errorf("%s stands there as it came: %s", raw, got)
		}
	}
	if n := strings.Count(got, "&lt;script&gt;&#34;&#39;&amp;"); n < texts {
		t.Errorf("%d values were found, want %d: %s", n, texts, got)
	}
}

// Every text of a row is put where markup could begin, and none gets through as markup.
func TestARowEscapesEveryValue(t *testing.T) {
	var r QueueRow
	fillHostile(reflect.ValueOf(&r).Elem())
	r.Shown = 1
	paused, waits, settled := r, r, r
	waits.Paused = ""
	settled.Paused, settled.Waiting, settled.Settled = "", "", true
	escaped(t, queueRows(&QueuePage{Rows: []QueueRow{paused, waits, settled}, BulkReturn: "/queue"}), 60)
}

// The same holds for what the frame repeats.
func TestWhatIsRepeatedEscapesEveryValue(t *testing.T) {
	var some struct {
		Nav     []NavItem
		Options []Option
		Links   []Link
		Hidden  []Hidden
		Help    []KeyGroup
		Prefs   Prefs
	}
	fillHostile(reflect.ValueOf(&some).Elem())
	for i := range some.Nav {
		some.Nav[i].Calls = true
	}
	p := Page{Help: some.Help, Prefs: some.Prefs, Return: hostile}
	for name, c := range map[string]struct {
		drawn templ.Component
		texts int // in all
	}{
		"links of the navigation": {navLinks(hostile, some.Nav), 3 * 8},
		"saved lists":             {savedLinks(some.Nav), 3 * 7},
		"tabs":                    {tabLinks(hostile, some.Nav), 3 * 5},
		"commands":                {commands(hostile, "", some.Nav), 3 * 5},
		"keys":                    {keymap(p), 3 * (1 + 3*2)},
		"a display choice":        {choice(p, hostile, hostile, hostile, some.Options...), 2 + 3*3 + 5},
		"hidden fields":           {hidden(some.Hidden), 3 * 2},
		"a filter's list":         {selection(FilterPill{Name: hostile, Label: hostile, Options: some.Options}), 4 + 3*2},
		"segments":                {segmentLinks(some.Links), 3 * 3},
		"a symbol":                {icon(hostile, hostile), 2},
	} {
		t.Run(name, func(t *testing.T) { escaped(t, c.drawn, c.texts) })
	}
}

// What a page of rows costs:
//
//	go test ./views -run '^$' -bench QueueRows
func BenchmarkQueueRows(b *testing.B) {
	p := sampleQueue()
	for len(p.Rows) < 50 {
		p.Rows = append(p.Rows, p.Rows...)
	}
	p.Rows = p.Rows[:50]
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := queueRows(&p).Render(b.Context(), &out); err != nil {
			b.Fatal(err)
		}
	}
}
