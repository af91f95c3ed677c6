package audit

import (
	"os"
	"strings"
	"testing"
	"time"
)

// This test is inside the package because no disk fails at the right moment when
// asked from outside.
func TestAppendTriesAgainWhereItFailed(t *testing.T) {
	path := t.TempDir() + "/anchor.log"
	a, err := OpenAnchor(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	at := time.UnixMilli(0)
	if err := a.Append(at, []byte("one")); err != nil {
		t.Fatal(err)
	}
	for name, left := range map[string]string{
		"half a line":  lineStart,
		"a whole line": lineStart + "\"}\n", // written, but the fsync failed
		"nothing":      "",
	} {
		t.Run("which left "+name, func(t *testing.T) {
			if _, err := a.f.WriteString(left); err != nil {
				t.Fatal(err)
			}
			a.torn = true
			if err := a.Append(at, []byte(name)); err != nil {
				t.Fatal(err)
			}
		})
	}
	b, _ := os.ReadFile(path)
	if lines := strings.Count(string(b), "\n"); lines != 4 || strings.Count(string(b), `"checkpoint"`) != 4 {
		t.Errorf("%d lines:\n%s", lines, b)
	}
}
