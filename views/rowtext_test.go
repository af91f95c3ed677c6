package views

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// Every text of a row is put where markup could begin, and none gets through as markup.
func TestARowEscapesEveryValue(t *testing.T) {
	hostile := `<script>"'&`
	var r QueueRow
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			v.SetString(hostile)
		case reflect.Struct:
			for i := range v.NumField() {
				fill(v.Field(i))
			}
		case reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 3, 3))
			for i := range 3 {
				fill(v.Index(i))
			}
		}
	}
	fill(reflect.ValueOf(&r).Elem())
	r.Shown = 1
	paused, waits, settled := r, r, r
	waits.Paused = ""
	settled.Paused, settled.Waiting, settled.Settled = "", "", true
	p := QueuePage{Rows: []QueueRow{paused, waits, settled}, BulkReturn: "/queue"}
	var b bytes.Buffer
	if err := queueRows(&p).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, raw := range []string{hostile, "<script", `"'&`, `'&`} {
		if strings.Contains(got, raw) {
			t.Errorf("%s stands in a row as it came", raw)
		}
	}
	if n := strings.Count(got, "&lt;script&gt;&#34;&#39;&amp;"); n < 60 {
		t.Errorf("%d values were found in three rows", n)
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
