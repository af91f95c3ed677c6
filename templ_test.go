package reviewdesk_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The laws of the house, as tests: which way imports run, who may know SQL, and
// that each page has its generated file.

const module = "reviewdesk"

// arrows says which of our packages each one may import. No other arrow, no circle.
var arrows = map[string][]string{
	"":                         {},
	"review":                   {},
	"review/cybrid":            {"review"},
	"review/coinify":           {"review"},
	"review/providers":         {"review", "review/cybrid", "review/coinify"},
	"audit":                    {},
	"db":                       {"review", "audit"},
	"db/dbtest":                {"db", "review", "review/providers"},
	"db/dbtest/gauge":          {},
	"views":                    {"review"},
	"web":                      {"", "db", "views", "review", "review/providers", "audit", "web/platform", "web/applicant"},
	"web/hooks":                {"db", "review", "web/outward"},
	"web/outward":              {},
	"web/platform":             {"db", "review", "review/cybrid", "review/coinify"},
	"web/platform/contract":    {},
	"web/applicant":            {"db", "review/coinify"},
	"cmd/reviewdesk":           {"web", "web/hooks", "web/outward", "db", "review", "review/providers", "audit", "cmd/reviewdesk/synthetic"},
	"cmd/reviewdesk/browser":   {},
	"cmd/reviewdesk/shipped":   {},
	"cmd/reviewdesk/specimen":  {},
	"cmd/benchtable":           {"db/dbtest/gauge"},
	"cmd/reviewdesk/synthetic": {"review", "review/cybrid", "review/coinify", "review/providers", "cmd/reviewdesk/specimen"},
}

// outside says which packages of others a room may import; rooms not named here may
// import what go.mod holds, but never what onlyDB lists.
var outside = map[string][]string{
	"":                         {},
	"review":                   {},
	"review/cybrid":            {},
	"review/coinify":           {},
	"review/providers":         {},
	"audit":                    {"golang.org/x/mod/"},
	"web/outward":              {},
	"db/dbtest/gauge":          {},
	"cmd/benchtable":           {},
	"views":                    {"github.com/a-h/templ"},
	"cmd/reviewdesk/synthetic": {},
}

// onlyDB may be imported by db alone: it is the only package that knows SQL.
var onlyDB = []string{"database/sql", "modernc.org/", "zombiezen.com/", "github.com/pressly/goose"}

type listed struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func packages(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Standard,Imports"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// room is a package's path inside the house.
func room(path string) (string, bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range packages(t, "./...") {
		from, _ := room(p.ImportPath)
		allowed, known := arrows[from]
		if !known {
			t.Errorf("%s is a new room: give it a row in arrows, and a line in the map of templ.go", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if to, ours := room(i); ours && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s: no such arrow in the house", p.ImportPath, i)
			}
		}
	}
}

func TestEachRoomKeepsToItsOwnLibraries(t *testing.T) {
	standard := map[string]bool{}
	for _, p := range packages(t, "std") {
		standard[p.ImportPath] = true
	}
	for _, p := range packages(t, "./...") {
		from, _ := room(p.ImportPath)
		for _, i := range p.Imports {
			if _, ours := room(i); ours {
				continue
			}
			if from != "db" && startsWithAny(i, onlyDB) {
				t.Errorf("%s imports %s: only db knows SQL", p.ImportPath, i)
			}
			if allowed, strict := outside[from]; strict && !standard[i] && !startsWithAny(i, allowed) {
				t.Errorf("%s imports %s: this room keeps to the standard library and %v", p.ImportPath, i, allowed)
			}
		}
	}
}

func startsWithAny(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// sources walks the Go files that people wrote.
func sources(t *testing.T, look func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && strings.HasPrefix(e.Name(), ".") && path != "." {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		look(path, text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheDomainHasNoClock(t *testing.T) {
	sources(t, func(path string, text []byte) {
		if strings.HasPrefix(path, "review/") && !strings.HasSuffix(path, "_test.go") && strings.Contains(string(text), "time.Now(") {
			t.Errorf("%s asks for the time: the transaction's time is handed in", path)
		}
	})
}

func TestOnlyTheStorageWritesAuditEntries(t *testing.T) {
	sources(t, func(path string, text []byte) {
		inside := strings.HasPrefix(path, "db/") || strings.HasPrefix(path, "audit/") || strings.HasSuffix(path, "_test.go")
		if !inside && strings.Contains(string(text), "audit.Entry{") {
			t.Errorf("%s makes an audit entry by hand: entries come from the rules, through db", path)
		}
	})
}

func TestEveryPageHasItsGeneratedFile(t *testing.T) {
	pages, err := filepath.Glob("views/*.templ")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, p := range pages {
		if _, err := os.Stat(strings.TrimSuffix(p, ".templ") + "_templ.go"); err != nil {
			t.Errorf("%s was not generated: run make generate", p)
		}
	}
}

func TestFilesAndFunctionsStayReadable(t *testing.T) {
	const mostLines, mostInFunction = 400, 60
	sources(t, func(path string, text []byte) {
		if n := strings.Count(string(text), "\n"); n > mostLines {
			t.Errorf("%s has %d lines: is it one room or two?", path, n)
		}
		if strings.HasSuffix(path, "_test.go") {
			return // tables are long
		}
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := files.Position(fn.End()).Line - files.Position(fn.Pos()).Line; n > mostInFunction {
				t.Errorf("%s: %s has %d lines", path, fn.Name.Name, n)
			}
		}
	})
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}|{{.Doc}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if path, doc, _ := strings.Cut(strings.TrimSpace(line), "|"); doc == "" {
			t.Errorf("%s has no package comment", path)
		}
	}
}
