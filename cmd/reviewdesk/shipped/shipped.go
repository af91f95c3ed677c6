// Package shipped builds the command as people get it, for tests that drive the binary:
// without the race detector and without cgo, once for all tests of a process.
package shipped

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// Binary is the path of the built command.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Remove takes the command away again, once no test needs it.
func Remove() { _ = os.RemoveAll(folder) }

// folder is where the command lies, once it is built.
var folder string

var build = sync.OnceValues(func() (string, error) {
	if err := lookAtSources(); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "reviewdesk-bin-")
	if err != nil {
		return "", err
	}
	folder = dir
	path := filepath.Join(dir, "reviewdesk")
	cmd := exec.Command("go", "build", "-o", path, "reviewdesk/cmd/reviewdesk")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// lookAtSources reads the folders that the binary is built from. Go keeps a test's
// result until a file that the test has looked at changes, and what another process
// reads it does not know.
func lookAtSources() error {
	_, here, _, _ := runtime.Caller(0)
	top := filepath.Join(filepath.Dir(here), "..", "..", "..")
	return filepath.WalkDir(top, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && e.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
}
