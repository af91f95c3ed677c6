package audit_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

func signedHead(t testing.TB, size int64) []byte {
	t.Helper()
	s, _ := keys(t)
	signed, err := audit.Checkpoint{Origin: origin, Size: size, Root: tlog.Hash{byte(size)}}.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// anchorOf writes an anchor with heads of these sizes and returns its path.
func anchorOf(t testing.TB, sizes ...int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "elsewhere", "anchor.log")
	a, err := audit.OpenAnchor(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		if err := a.Append(noon, signedHead(t, size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func sizesIn(t testing.TB, path string) (sizes []int64, err error) {
	t.Helper()
	err = pinned(t).ReadAnchor(path, func(c audit.Checkpoint) error {
		sizes = append(sizes, c.Size)
		return nil
	})
	return sizes, err
}

func edit(t testing.TB, path string, change func(string) string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(b))), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnchorIsMadeForItsOwnerOnly(t *testing.T) {
	path := anchorOf(t)
	for p, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700 | fs.ModeDir} {
		if info, err := os.Stat(p); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", p, info.Mode(), err)
		}
	}
}

func TestAnchorLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchor.log")
	a, err := audit.OpenAnchor(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	at := noon.Add(999 * time.Microsecond).In(time.FixedZone("", 7200))
	if err := a.Append(at, []byte(goldenNote)); err != nil {
		t.Fatal(err)
	}
	want := `{"time":"2026-03-01T12:00:00.250Z","checkpoint":"` + strings.ReplaceAll(goldenNote, "\n", `\n`) + "\"}\n"
	if got, _ := os.ReadFile(path); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for name, bad := range map[string]struct {
		at     time.Time
		signed string
	}{
		"no time":                    {time.Time{}, goldenNote},
		"bytes that are no text":     {noon, "\xff"},
		"far more than a checkpoint": {noon, strings.Repeat("x", 1e5)},
	} {
		if err := a.Append(bad.at, []byte(bad.signed)); err == nil {
			t.Errorf("%s was anchored", name)
		}
	}
	if got, _ := os.ReadFile(path); string(got) != want {
		t.Error("what was refused left something behind")
	}
}

func TestAnchorAfterACrash(t *testing.T) {
	whole, _ := os.ReadFile(anchorOf(t, 3))
	for name, c := range map[string]struct {
		tail string
		want []int64
	}{
		"nothing was torn":                 {"", []int64{1, 2, 9}},
		"one byte was written":             {"{", []int64{1, 2, 9}},
		"half a line was written":          {string(whole[:len(whole)/2]), []int64{1, 2, 9}},
		"only the newline is missing":      {string(whole[:len(whole)-1]), []int64{1, 2, 9}},
		"of a line only the length":        {strings.Repeat("\x00", 200), []int64{1, 2, 9}},
		"of a line only the first sector":  {string(whole[:150]) + strings.Repeat("\x00", len(whole)-150), []int64{1, 2, 9}},
		"of a line only the last sector":   {strings.Repeat("\x00", 150) + string(whole[150:]), []int64{1, 2, 9}},
		"a whole line was written in time": {string(whole), []int64{1, 2, 3, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			path := anchorOf(t, 1, 2)
			edit(t, path, func(s string) string { return s + c.tail })
			before := c.want[:len(c.want)-1]
			if got, err := sizesIn(t, path); err != nil || !slices.Equal(got, before) {
				t.Errorf("before it is opened: %v, %v", got, err)
			}
			last, _, ok, err := pinned(t).LastAnchored(path)
			if err != nil || !ok || last.Size != before[len(before)-1] {
				t.Errorf("last anchored: %v, %t, %v", last, ok, err)
			}
			a, err := audit.OpenAnchor(path)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			if err := a.Append(noon, signedHead(t, 9)); err != nil {
				t.Fatal(err)
			}
			if got, err := sizesIn(t, path); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("after one more: %v, %v", got, err)
			}
		})
	}
}

func TestAFileThatIsNoAnchorIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "precious.txt")
	if err := os.WriteFile(path, []byte("first\nlast without newline"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := audit.OpenAnchor(path); err == nil {
		a.Close()
		t.Error("it was opened as an anchor")
	}
	if got, _ := os.ReadFile(path); string(got) != "first\nlast without newline" {
		t.Errorf("it now says %q", got)
	}
}

func TestAnchorFaultsNameTheLine(t *testing.T) {
	replace := func(old, new string) func(string) string {
		return func(s string) string {
			i := strings.LastIndex(s, old)
			return s[:i] + new + s[i+len(old):]
		}
	}
	other, _ := stranger(t, origin)
	foreign, _ := golden.Sign(other)
	for name, c := range map[string]struct {
		change func(string) string
		want   error
	}{
		"a space more":                 {replace(`,"checkpoint"`, `, "checkpoint"`), audit.ErrNotCanonical},
		"a time that is none":          {replace(`12:00`, `25:00`), audit.ErrNotCanonical},
		"not JSON":                     {replace(`{`, `[`), audit.ErrNotCanonical},
		"an empty line":                {func(s string) string { return s + "\n" }, audit.ErrNotCanonical},
		"a carriage return":            {replace("}\n", "}\r\n"), audit.ErrNotCanonical},
		"a line without end":           {func(s string) string { return s + strings.Repeat("x", 1e5) + "\n" }, audit.ErrNotCanonical},
		"another size":                 {replace(`\n2\n`, `\n3\n`), audit.ErrSignature},
		"another's key":                {func(s string) string { return s + noteLine(string(foreign)) }, audit.ErrSignature},
		"a spare bit in the signature": {replace("=\\n\"}", "=\\n— x aaaaaaaa\\n\"}"), audit.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			path := anchorOf(t, 1, 2)
			edit(t, path, c.change)
			_, err := sizesIn(t, path)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), "line ") {
				t.Errorf("got %v", err)
			}
			if _, _, _, err := pinned(t).LastAnchored(path); err == nil {
				t.Error("the last line passes")
			}
		})
	}
}

func noteLine(signed string) string {
	return `{"time":"2026-03-01T12:00:00.250Z","checkpoint":"` + strings.ReplaceAll(signed, "\n", `\n`) + "\"}\n"
}

func TestReadingStopsWhenTold(t *testing.T) {
	enough := errors.New("enough")
	lines := 0
	err := pinned(t).ReadAnchor(anchorOf(t, 1, 2, 3), func(audit.Checkpoint) error {
		lines++
		return enough
	})
	if err != enough || lines != 1 {
		t.Errorf("%d lines, %v", lines, err)
	}
}

func TestMissingAnchor(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none")
	if _, err := sizesIn(t, missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading: %v", err)
	}
	for _, path := range []string{missing, anchorOf(t)} {
		if c, _, ok, err := pinned(t).LastAnchored(path); ok || err != nil {
			t.Errorf("last anchored: %v, %v", c, err)
		}
	}
	if _, err := audit.OpenAnchor(t.TempDir()); err == nil {
		t.Error("a folder passes for an anchor")
	}
}

func TestAnchorAfterAFailedWrite(t *testing.T) {
	a, err := audit.OpenAnchor("/dev/full")
	if err != nil {
		t.Skip("this system has no disk that is always full: ", err)
	}
	defer a.Close()
	for range 2 {
		if err := a.Append(noon, signedHead(t, 1)); err == nil {
			t.Error("a full disk took it")
		}
	}
}
