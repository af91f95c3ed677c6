package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// generated makes a desk of its own and returns its folder.
func generated(t *testing.T, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	generate(t, dir, args...)
	return dir
}

// generate runs the command, which must succeed, and returns what it said on standard error.
func generate(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{"generate", "--data", dir}, args...), strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	return errs.String()
}

func must(t *testing.T, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("%s: exit code %d: %s%s", args, code, out.String(), errs.String())
	}
}

// answers are the rows of a query, a line each.
func answers(t *testing.T, dir, query string) []string {
	t.Helper()
	h, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "desk.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	rows, err := h.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	var out []string
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(values...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func one(t *testing.T, dir, query string) string {
	t.Helper()
	return strings.Join(answers(t, dir, query), "\n")
}

func TestAGeneratedDeskIsWholeAndHasAPast(t *testing.T) {
	dir := generated(t, "--cases", "3000", "--seed", "7")
	must(t, "audit", "verify", "--data", dir)
	must(t, "check", "--data", dir)
	for _, c := range []struct{ what, query, want string }{
		{"one in twenty waits", `SELECT COUNT(*) FROM verification WHERE status = 'in_review'`, "150"},
		{"what waits is of the newest tenth", `SELECT MIN(seq) > 2700 FROM verification WHERE status = 'in_review'`, "1"},
		{"officers have decided some", `SELECT COUNT(*) BETWEEN 200 AND 400 FROM verification WHERE decider <> ''`, "1"},
		{"several of them", `SELECT COUNT(DISTINCT actor) > 4 FROM decision`, "1"},
		{"some decisions needed two", `SELECT COUNT(*) > 20 FROM decision WHERE second <> '' AND second <> actor`, "1"},
		{"some were rejections", `SELECT COUNT(*) > 20 FROM decision WHERE action = 'reject'`, "1"},
		{"some were claimed first", `SELECT COUNT(*) > 50 FROM audit_entry WHERE kind = 'claimed'`, "1"},
		{"there are notes", `SELECT COUNT(*) > 10 FROM audit_entry WHERE kind = 'noted'`, "1"},
		{"it took more than a week", `SELECT MAX(at) - MIN(at) > 7 * 86400000000 FROM audit_entry`, "1"},
		{"decisions came after their cases", `SELECT COUNT(*) FROM verification WHERE decided_at > 0 AND decided_at <= received_at`, "0"},
		{"nothing waits to be indexed or linked", `SELECT (SELECT COUNT(*) FROM search_pending) + (SELECT COUNT(*) FROM likeness_pending)`, "0"},
		{"a frequent name is frequent", `SELECT COUNT(*) > 40 FROM subject WHERE name LIKE '%Kovács%' OR name LIKE '%Hoàng%' OR name LIKE '%Murphy%'`, "1"},
		{"a rare one is rare", `SELECT COUNT(*) > 100 FROM (SELECT substr(name, instr(name, ' ') + 1) n FROM subject GROUP BY n HAVING COUNT(*) = 1)`, "1"},
	} {
		if got := one(t, dir, c.query); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestTheSameSeedAndEndGenerateTheSameDesk(t *testing.T) {
	made := func(seed string) string {
		dir := generated(t, "--cases", "400", "--seed", seed, "--end", "2026-11-20T09:00:00Z")
		var all []string
		for _, query := range []string{
			`SELECT seq, id, provider, provider_id, status, version, country, severity, codes, created_at, updated_at, received_at, review_since, due_at, decided_at FROM verification ORDER BY seq`,
			`SELECT id, reference, name, email, birth_date FROM subject ORDER BY id`,
			`SELECT v, entry, action, (SELECT email FROM account WHERE id = actor), at, grounds, resolutions, second_at FROM decision ORDER BY id`,
			`SELECT seq, kind, (SELECT email FROM account WHERE id = actor), at, length(body) FROM audit_entry WHERE seq > 1 ORDER BY seq`,
		} {
			all = append(all, answers(t, dir, query)...)
		}
		return strings.Join(all, "\n")
	}
	first := made("3")
	if again := made("3"); again != first {
		t.Error("the same seed made another desk")
	}
	if other := made("4"); other == first {
		t.Error("another seed made the same desk")
	}
}

func TestADeskMadeBeforeIsToldAllOfItSinceThen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "desk")
	must(t, "init", "--data", dir, "--email", "rosa@desk.example")
	generate(t, dir, "--cases", "300")
	must(t, "check", "--data", dir)
	if kinds := answers(t, dir, `SELECT kind FROM audit_entry ORDER BY seq`); kinds[0] != "started" || !slices.Contains(kinds, "decided") {
		t.Errorf("the log begins with %q", kinds[:3])
	}
	if got := one(t, dir, `SELECT COUNT(*) FROM verification`); got != "300" {
		t.Errorf("%s cases", got)
	}
}

func TestADeskWithCasesTakesMoreOneByOne(t *testing.T) {
	dir := generated(t, "--cases", "40")
	said := generate(t, dir, "--cases", "10", "--seed", "2")
	if !strings.Contains(said, "one after the other") || !strings.Contains(said, "it has cases") {
		t.Errorf("it said %q", said)
	}
	must(t, "check", "--data", dir)
	if got := one(t, dir, `SELECT COUNT(*) FROM verification`); got != "50" {
		t.Errorf("%s cases", got)
	}
}
