package main

import (
	"database/sql"
	"os/exec"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"reviewdesk/audit"
	"reviewdesk/cmd/reviewdesk/shipped"
)

// A process of its own says as much of the log as this one would.
func TestALongLogIsCheckedByAProcessOfItsOwn(t *testing.T) {
	self, dir := shipped.Binary(t), filepath.Join(t.TempDir(), "desk")
	if out, err := exec.Command(self, "generate", "--data", dir, "--cases", "60").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r, err := checkApart(t.Context(), self, dir, "")
	if err != nil || r.Fault != audit.FaultNone || r.Entries < 60 || r.Cases != 60 || r.Root.String() == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	h, err := sql.Open("sqlite", filepath.Join(dir, "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Exec(`UPDATE verification SET due_at = due_at + 1000000 WHERE seq = (SELECT MIN(seq) FROM verification WHERE status = 'in_review')`); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if r, err = checkApart(t.Context(), self, dir, ""); err != nil || r.Fault != audit.FaultCase || r.Seq == 0 || r.Detail == "" {
		t.Errorf("a case that was pushed back: %+v, %v", r, err)
	}
	if _, err = checkApart(t.Context(), filepath.Join(dir, "nothing"), dir, ""); err == nil {
		t.Error("a check that was never made holds")
	}
}
