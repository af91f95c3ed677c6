package db_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func contextForChild() context.Context { return context.Background() }

// changesTheLog matches a statement that could change what the log holds.
var changesTheLog = regexp.MustCompile(`(?is)\b(update|delete\s+from|replace\s+into|insert\s+or\s+\w+\s+into|drop\s+table(\s+if\s+exists)?|alter\s+table)\s+["'\x60]?audit_(entry|hash|checkpoint)`)

func TestNoStatementOfTheProjectChangesTheLog(t *testing.T) {
	looked := 0
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		ext := filepath.Ext(path)
		if err != nil || e.IsDir() || (ext != ".go" && ext != ".sql") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		text := string(b)
		if up, _, found := strings.Cut(text, "-- +goose Down"); found {
			text = up // taking a whole schema down is not changing the log
		}
		looked++
		if m := changesTheLog.FindString(text); m != "" {
			t.Errorf("%s holds %q: the audit log is appended to and never changed; write a new event instead", path, m)
		}
		return err
	})
	if err != nil || looked < 20 {
		t.Fatalf("looked at %d files: %v", looked, err)
	}
}

func TestTheDatabaseItselfRefusesToChangeTheLog(t *testing.T) {
	d := dbtest.New(t)
	d.Cybrid(1, "Ines Moreau")
	d.Shut() // gives the one write connection back
	writer, err := db.OpenRaw(filepath.Join(d.Dir, "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	for name, statement := range map[string]string{
		"an entry changed":     `UPDATE audit_entry SET actor = 'x' WHERE seq = 1`,
		"an entry deleted":     `DELETE FROM audit_entry WHERE seq = 1`,
		"an entry forged":      `INSERT OR REPLACE INTO audit_entry (seq, body, kind, actor, object, at) VALUES (1, x'00', 'x', 'x', 'x', 1)`,
		"a hash changed":       `UPDATE audit_hash SET h = x'00'`,
		"a hash deleted":       `DELETE FROM audit_hash`,
		"a hash forged":        `INSERT OR REPLACE INTO audit_hash (idx, h) VALUES (0, x'00')`,
		"a checkpoint changed": `UPDATE audit_checkpoint SET signed = x'00'`,
		"a checkpoint deleted": `DELETE FROM audit_checkpoint`,
		"a checkpoint forged":  `INSERT OR REPLACE INTO audit_checkpoint (size, signed) VALUES (1, x'00')`,
	} {
		if _, err := writer.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheReaderRefusesWrites(t *testing.T) {
	d := dbtest.New(t)
	reader := d.Reader()
	if _, err := reader.Exec(`INSERT INTO search_pending (v, words) VALUES (1, 'x')`); err == nil {
		t.Fatal("the reader wrote")
	}
}

func TestAnOlderCopyUnderANewerAnchorSealsTheDesk(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	id := d.Cybrid(1, "Ines Moreau")
	d.Shut()
	backup, err := os.ReadFile(filepath.Join(d.Dir, "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	d.Open()
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
		t.Fatal(err)
	}
	d.Shut()
	for _, name := range []string{"desk.db-wal", "desk.db-shm"} {
		os.Remove(filepath.Join(d.Dir, name))
	}
	if err := os.WriteFile(filepath.Join(d.Dir, "desk.db"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := db.Verify(t.Context(), d.Dir, db.VerifyOptions{})
	if err != nil || report.ExitCode() != 2 {
		t.Fatalf("verify: %s, %v", report.Sentence(), err)
	}
	d.Open()
	if d.Sealed() == "" {
		t.Fatal("the desk should be sealed")
	}
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err == nil {
		t.Fatal("a sealed desk decided")
	}
	lost := func() int {
		aside, err := filepath.Glob(filepath.Join(d.Dir, "anchor", "anchor.log.lost-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(aside)
	}
	d.AfterStatement(func(query string) {
		if query == "COMMIT" && lost() != 0 {
			t.Error("the anchor was put aside before its event was committed")
		}
	})
	if err := d.AcceptRollback(t.Context(), db.System("test"), "restored after a disk failure"); err != nil {
		t.Fatal(err)
	}
	d.AfterStatement(nil)
	if lost() != 1 {
		t.Error("the lost heads were not kept")
	}
	if _, err := d.Decide(t.Context(), ana, id, approval(1), ""); err != nil {
		t.Fatal(err)
	}
	whole(t, d)
	d.Shut()
	d.Open()
	if d.Sealed() != "" {
		t.Fatalf("sealed again: %s", d.Sealed())
	}
}

// The driver's authors demand the very libc that its go.mod names; go get can leave
// another one behind without a word.
func TestLibcIsTheOneThatTheDriverNames(t *testing.T) {
	list := func(format, module string) string {
		out, err := exec.Command("go", "list", "-m", "-f", format, module).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	used := list("{{.Version}}", "modernc.org/libc")
	named, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(named), "modernc.org/libc "+used+"\n") {
		t.Errorf("libc %s is built in, and the driver's go.mod names another", used)
	}
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	if err := db.Init(t.Context(), dir, "Test", db.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"desk.db", "keys/master", "keys/audit", "anchor/anchor.log"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", name, mode)
		}
	}
}
