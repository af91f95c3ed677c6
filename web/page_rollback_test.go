package web

import (
	"os"
	"path/filepath"
	"strings"

	"reviewdesk/review"
)

// rollBack closes the desk, puts an older copy of its database back, and opens it
// again: it is sealed then, and reads only.
func (d *testDesk) rollBack() {
	d.t.Helper()
	old := d.keepCopy()
	if err := d.Note(d.t.Context(), d.Person("Late Comer", review.RoleReviewer), d.Cybrid(900, "Later", plainCode), "A note that will be lost."); err != nil {
		d.t.Fatal(err)
	}
	d.putBack(old)
	if d.Sealed() == "" {
		d.t.Fatal("the desk is not sealed")
	}
}

// keepCopy shuts the desk, copies its database and opens it again.
func (d *testDesk) keepCopy() map[string][]byte {
	d.t.Helper()
	d.Shut()
	kept := map[string][]byte{}
	files, err := os.ReadDir(d.Dir)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, f := range files {
		if f.IsDir() || !strings.Contains(f.Name(), ".db") {
			continue
		}
		if kept[f.Name()], err = os.ReadFile(filepath.Join(d.Dir, f.Name())); err != nil {
			d.t.Fatal(err)
		}
	}
	d.Open()
	return kept
}

// putBack puts the copy in place of the database; keys and anchor stay as they are.
func (d *testDesk) putBack(kept map[string][]byte) {
	d.t.Helper()
	d.Shut()
	files, err := filepath.Glob(filepath.Join(d.Dir, "*.db*"))
	if err != nil {
		d.t.Fatal(err)
	}
	for _, name := range files {
		if err := os.Remove(name); err != nil {
			d.t.Fatal(err)
		}
	}
	for name, b := range kept {
		if err := os.WriteFile(filepath.Join(d.Dir, name), b, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	d.Open()
	d.serve(Options{BaseURL: testBase})
}
