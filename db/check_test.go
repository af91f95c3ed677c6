package db_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// worked is a closed desk on which a few things have happened.
func worked(t *testing.T) *dbtest.Desk {
	t.Helper()
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	plain, grave := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Kwame Mensah", "selfie_failure")
	d.Coinify(3, "Olu Adebayo")
	v := plainCase(90)
	var face bytes.Buffer
	ok(t, png.Encode(&face, image.NewGray(image.Rect(0, 0, 2, 2))))
	_, err := d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v, Pictures: []review.Picture{{Kind: "selfie", MediaType: "image/png", Data: face.Bytes()}}}})
	ok(t, err)
	_, err = d.Decide(t.Context(), ana, plain, approval(1), "")
	ok(t, err)
	_, err = d.Decide(t.Context(), ana, grave, rejection(1), "")
	ok(t, err)
	_, err = d.Confirm(t.Context(), mei, grave, 2, "I see it the same way.")
	ok(t, err)
	d.Shut()
	ownOnly(t, d.Dir)
	return d
}

// ownOnly sets the modes that the program's umask gives; that of tests is another.
func ownOnly(t *testing.T, dir string) {
	t.Helper()
	ok(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil {
			mode := fs.FileMode(0o600)
			if e.IsDir() {
				mode = 0o700
			}
			err = os.Chmod(path, mode)
		}
		return err
	}))
}

func TestACheckExplainsTheDamage(t *testing.T) {
	remove := func(name string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { ok(t, os.Remove(filepath.Join(dir, name))) }
	}
	write := func(name, text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { ok(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)) }
	}
	mode := func(name string, m os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) { ok(t, os.Chmod(filepath.Join(dir, name), m)) }
	}
	query := func(q string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			raw, err := db.OpenRaw(filepath.Join(dir, "desk.db"))
			ok(t, err)
			_, err = raw.Exec(`PRAGMA foreign_keys = 0; ` + q)
			ok(t, errors.Join(err, raw.Close()))
		}
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		want   string
		code   int
	}{
		"nothing is wrong":                   {func(*testing.T, string) {}, "Whole: ", 0},
		"the database can be read by others": {mode("desk.db", 0o644), "desk.db (mode 0644): chmod 600 ", 1},
		"the folder can be read by others":   {mode(".", 0o755), "(mode 0755): chmod 700 ", 1},
		"a key can be read by others":        {mode("keys/master", 0o640), "keys/master (mode 0640)", 1},
		"the anchor can be read by others":   {mode("anchor/anchor.log", 0o604), "anchor.log (mode 0604)", 1},
		"the master key is missing":          {remove("keys/master"), `The keys are not whole: key "master" is missing`, 3},
		"the master key is damaged":          {write("keys/master", "zz"), `key "master" is damaged`, 3},
		"the master key is another one":      {write("keys/master", strings.Repeat("ab", 32)), "does not open", 3},
		"the public key is missing":          {remove("keys/audit.pub"), `key "audit.pub" is missing`, 3},
		"the public key is damaged":          {write("keys/audit.pub", "nokey"), "keys/audit.pub is damaged", 3},
		"the signing key is damaged":         {write("keys/audit", "nokey"), "keys/audit is damaged", 1},
		"the anchor is missing":              {remove("anchor/anchor.log"), "The anchor ", 3},
		"the database is damaged": {func(t *testing.T, dir string) {
			overwrite(strings.Repeat("\xff", 4096), 9*4096)(t, filepath.Join(dir, "desk.db"))
		}, "damaged", 3},
		"the database is no database":          {write("desk.db", strings.Repeat("no database ", 900)), "not a database", 3},
		"a case was decided behind the log":    {query(`UPDATE verification SET status = 'failed' WHERE status = 'passed'`), "Case differs", 1},
		"a finding belongs to no case":         {query(`INSERT INTO finding (v, n, code) VALUES (99, 1, 'x')`), "There are 1 rows of table finding that point to no row of table verification.", 1},
		"a person has no case":                 {query(`INSERT INTO subject (provider, key) VALUES ('cybrid', (SELECT key FROM subject))`), "Persons without any case: 1.", 1},
		"a decision is gone":                   {query(`DELETE FROM decision WHERE action = 'reject'`), "Cases whose decision is not there: 1.", 1},
		"a counter is wrong":                   {query(`UPDATE counter SET n = n + 1 WHERE status = 'passed'`), "counts of cases differ from the cases for 1 pairs", 1},
		"a counter is gone":                    {query(`DELETE FROM counter WHERE status = 'failed'`), "counts of cases differ from the cases for 1 pairs", 1},
		"the arrivals of a quarter are wrong":  {query(`UPDATE tally SET arrived = arrived - 1 WHERE arrived > 0`), "counts of arrivals", 1},
		"the decisions of a quarter are wrong": {query(`UPDATE tally SET approved = 0`), "counts of decisions", 1},
		"the queue has a code too much":        {query(`INSERT INTO queue_code (code, due_at, v, snoozed_until) VALUES ('x', 1, 1, 0)`), "Failure codes of cases in review that the queue's filter does not have, or has wrongly: 1.", 1},
		"a case is not in the search index":    {query(`DELETE FROM search WHERE rowid IN (SELECT seq FROM verification); DELETE FROM search_pending`), "Cases that search does not find: 4.", 1},
		"the search index has a case too much": {query(`INSERT INTO search (rowid, words) VALUES (99, ' ines')`), "Cases in the search index that are not there: 1.", 1},
		"a sealed dossier was changed":         {query(`UPDATE verification SET dossier = zeroblob(40) WHERE seq = 1`), "Cases whose sealed data does not open: 1 (c0ffee", 1},
		"a picture is another one's":           {query(`UPDATE evidence SET n = 2`), "Cases with a picture that does not open: 1 (", 1},
		"the anchor is empty":                  {write("anchor/anchor.log", ""), "is empty: nobody can tell", 1},
		"the anchor ends in foreign words":     {func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "anchor/anchor.log"), "foreign") }, "The desk will not start: ", 1},
		"the anchor is torn by a crash":        {func(t *testing.T, dir string) { appendTo(t, filepath.Join(dir, "anchor/anchor.log"), `{"time":"20`) }, "Whole: ", 0},
		"the database is missing":              {remove("desk.db"), "desk.db is missing", 3},
		"the search index is damaged":          {query(`UPDATE search_data SET block = zeroblob(10) WHERE id > 10`), "search", 3},
		"a restore did not end":                {write("desk.db.restored", "half"), "desk.db.restored was left by reviewdesk restore", 1},
		"the database is empty":                {write("desk.db", ""), "reviewdesk restore FILE", 3},
		"the database says not whose it is":    {query(`DELETE FROM instance`), "does not say whose it is", 1},
		"the database is another desk's":       {query(`UPDATE instance SET id = 'reviewdesk/0011223344556677'`), "is of the workspace reviewdesk/0011223344556677, and the keys are of reviewdesk/", 1},
		"a trigger of the log is gone":         {query(`DROP TRIGGER audit_entry_no_update`), "The database lacks the trigger audit_entry_no_update", 1},
		"a trigger of the log does nothing":    {query(`DROP TRIGGER audit_entry_no_update; CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry BEGIN SELECT 1; END`), "The trigger audit_entry_no_update is not as", 1},
		"an index is gone":                     {query(`DROP INDEX delivery_waiting`), "The database lacks the index delivery_waiting", 1},
		"a table is there that no desk makes":  {query(`CREATE TABLE notes_of_mine (x)`), "The database holds a table notes_of_mine that", 1},
		"Litestream was here":                  {query(`CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)`), "Whole: ", 0},
		"the schema is a newer one":            {query(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`), "The database has schema 999", 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := worked(t)
			c.damage(t, d.Dir)
			h, err := db.CheckWorkspace(t.Context(), d.Dir, db.VerifyOptions{})
			ok(t, err)
			said := strings.Join(append([]string{h.Report.Sentence()}, h.Faults...), "\n")
			if !strings.Contains(said, c.want) || h.ExitCode() != c.code {
				t.Errorf("exit code %d, want %d with %q:\n%s", h.ExitCode(), c.code, c.want, said)
			}
		})
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	ok(t, err)
	_, err = f.WriteString(text)
	ok(t, errors.Join(err, f.Close()))
}

func TestACheckWorksBesideARunningDesk(t *testing.T) {
	d := dbtest.New(t)
	receiveMany(t, d, 50)
	ownOnly(t, d.Dir)
	h, err := db.CheckWorkspace(t.Context(), d.Dir, db.VerifyOptions{})
	if err != nil || h.ExitCode() != 0 {
		t.Errorf("%s %q %v", h.Report.Sentence(), h.Faults, err)
	}
	if _, err := db.CheckWorkspace(t.Context(), t.TempDir(), db.VerifyOptions{}); !errors.Is(err, db.ErrNoWorkspace) {
		t.Error(err)
	}
}
