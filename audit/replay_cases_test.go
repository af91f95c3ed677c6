package audit

import (
	"maps"
	"strings"
	"testing"
)

func TestCasesAreFoundByTheirWholeID(t *testing.T) {
	ids := []string{"", "5f0c", strings.Repeat("a", 32), strings.Repeat("A", 32), strings.Repeat("a", 31) + "b", strings.Repeat("a", 31) + "g",
		strings.Repeat("a", 33), strings.Repeat("0", 32), "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}
	var r replay
	for n, id := range ids {
		if c := r.find(id); c != nil {
			t.Fatalf("%q is found before it came, as number %d", id, c.version)
		}
		r.add(id).version = int64(n)
	}
	for n := range 2 * blockCases {
		r.add(strings.Repeat("z", 40) + string(rune('0'+n%10)) + string(rune(n))).version = -1
	}
	for n, id := range ids {
		if c := r.find(id); c == nil || c.version != int64(n) {
			t.Errorf("%q is found as %v, not as number %d", id, c, n)
		}
	}
	all := maps.Collect(r.all())
	for n, id := range ids {
		if c := all[id]; c == nil || c.version != int64(n) {
			t.Errorf("of all, %q is %v, not number %d", id, c, n)
		}
	}
}

func TestAWordIsKeptOnce(t *testing.T) {
	var w words
	if w.of("") != none || w.text(none) != "" {
		t.Error("the empty text is not nobody")
	}
	ana, bo := w.of("ana"), w.of("bo")
	if ana == bo || w.of("ana") != ana || w.text(ana) != "ana" || w.text(bo) != "bo" {
		t.Errorf("ana is %d and bo is %d", ana, bo)
	}
}
