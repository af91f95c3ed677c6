package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// aPast is a case with a story that is told both ways.
func aPast(t testing.TB, n int, p review.Provider, state, reason string, codes ...string) db.Past {
	t.Helper()
	vocabulary, err := providers.All.Of(p)
	ok(t, err)
	at := dbtest.Start.Add(time.Duration(n) * time.Hour)
	id := fmt.Sprintf("0192ab%02d-0000-7000-8000-00000000%04d", n, n)
	row := review.Row{ID: id, State: state, Reason: reason, CreatedAt: at.Add(-time.Hour).Format(time.RFC3339), UpdatedAt: at.Add(-time.Minute).Format(time.RFC3339),
		Reference: fmt.Sprint("ref-", n), Subject: review.Reading{Name: fmt.Sprintf("Ines Moreau %c", 'A'+n), Email: fmt.Sprintf("ines%d@mail.example", n), BirthDate: "1990-02-14", Number: fmt.Sprintf("X%07d", n), Country: "ES"}, Codes: codes}
	if p == review.Cybrid {
		row.ID, row.Method = strings.ReplaceAll(id, "-", ""), "id_and_selfie"
	}
	object, err := vocabulary.Compose(row)
	ok(t, err)
	v, _, err := vocabulary.Parse(object)
	ok(t, err)
	return db.Past{Verification: v, At: at}
}

// aWeek are cases of every sort: settled by the machine, waiting, noted on, decided by
// one, confirmed by a second, and waiting for the second.
func aWeek(t testing.TB, ana, mei db.Actor) []db.Past {
	step := func(p *db.Past, after time.Duration, s db.Step) {
		s.At = p.At.Add(after)
		p.Steps = append(p.Steps, s)
	}
	claim, note := db.Step{Kind: review.EventClaimed, By: ana}, db.Step{Kind: review.EventNoted, By: ana, Note: "Asked for the other side of the card."}
	decide := func(d review.Decision) db.Step { return db.Step{Kind: review.EventDecided, By: ana, Decision: d} }
	confirm := db.Step{Kind: review.EventConfirmed, By: mei, Note: "I see it the same way."}
	week := []db.Past{
		aPast(t, 1, review.Cybrid, "completed", "passed"),
		aPast(t, 2, review.Cybrid, "reviewing", "", "address_check_failure"),
		aPast(t, 3, review.Coinify, "rejected", "MANUAL_REVIEW", "DENIED_EXPIRED_IDENTIFICATION"),
		aPast(t, 4, review.Cybrid, "reviewing", "", "name_check_failure", "address_check_failure"),
		aPast(t, 5, review.Cybrid, "reviewing", "", "selfie_failure"),
		aPast(t, 6, review.Coinify, "expired", ""),
		aPast(t, 7, review.Coinify, "rejected", "MANUAL_REVIEW", "ERROR_NOT_READABLE_ID.SAMPLE_DOCUMENT"),
	}
	step(&week[1], time.Minute, note)
	step(&week[2], 10*time.Minute, claim)
	step(&week[2], 17*time.Minute, note) // its holder's activity renews the claim
	step(&week[2], 150*time.Minute, decide(rejection(0)))
	step(&week[3], 20*time.Minute, decide(approval(0)))
	step(&week[4], 5*time.Minute, claim)
	step(&week[4], 9*time.Minute, decide(rejectionOf(0, "selfie_failure")))
	step(&week[4], 65*time.Minute, confirm)
	step(&week[6], 5*time.Minute, decide(rejection(0)))
	return week
}

// inOneGo hands all over at once.
func inOneGo(pasts ...db.Past) func() ([]db.Past, error) {
	return func() ([]db.Past, error) {
		if pasts == nil {
			return nil, io.EOF
		}
		out := pasts
		pasts = nil
		return out, nil
	}
}

func fill(t testing.TB, d *dbtest.Desk, next func() ([]db.Past, error)) error {
	t.Helper()
	d.Shut()
	d.Clock.Move(30 * 24 * time.Hour)
	err := db.Fill(t.Context(), d.Dir, dbtest.Options(d.Clock), db.Filling{By: db.System("test"), Next: next})
	d.Open()
	return err
}

// leftBehind are the rows that a story left, but for what is drawn anew on every desk: keys,
// ids of accounts, and what is sealed or digested under either.
func leftBehind(t testing.TB, d *dbtest.Desk) string {
	t.Helper()
	reader := d.Reader()
	var b strings.Builder
	for _, query := range []string{
		`SELECT seq, id, provider, provider_id, kind, method, status, arrived_state, arrived_reason, version, subject, country, document_kind, document_country,
			severity, codes, created_at, updated_at, received_at, review_since, due_at, approved_at, expires_at, (SELECT name FROM account WHERE id = owner), owner_until,
			decision, decided_at, (SELECT name FROM account WHERE id = decider), object_entry, effective_at, escalated, snoozed_at, snoozed_until, reopen_by, reopen_at, reopen_entry
			FROM verification ORDER BY seq`,
		`SELECT id, provider, reference, name, email, birth_date FROM subject ORDER BY id`,
		`SELECT v, n, code, source, resolution FROM finding ORDER BY v, n`,
		`SELECT id, v, entry, action, (SELECT name FROM account WHERE id = actor), at, on_version, grounds, resolutions, reject_reason, (SELECT name FROM account WHERE id = second), second_at, second_entry,
			submission, policy, length(evidence), undone_at FROM decision ORDER BY id`,
		`SELECT id, v, entry, event, created_at, withdrawn_at FROM outbox ORDER BY id`,
		`SELECT provider, status, n FROM counter WHERE n <> 0 ORDER BY 1, 2`,
		`SELECT provider, kind, method, status, state, n FROM platform_count WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5`,
		`SELECT slot, arrived, decided, approved FROM tally ORDER BY 1`,
		`SELECT seq, kind, (SELECT name FROM account WHERE id = actor), at, length(body), (SELECT seq FROM verification WHERE id = object) FROM audit_entry ORDER BY seq`,
		`SELECT e.seq, json_extract(f.value, '$.name'), CASE WHEN json_extract(f.value, '$.name') IN ('row', 'evidence', 'verifier') THEN '' ELSE json_extract(f.value, '$.value') END
			FROM audit_entry e, json_each(CAST(e.body AS TEXT), '$.facts') f ORDER BY 1, f.id`,
		`SELECT seq, code FROM audit_code ORDER BY 1, 2`,
		`SELECT entry, field, subject, length(key), length(sealed) FROM commitment_key ORDER BY 1, 2`,
		`SELECT v, COUNT(*) FROM likeness GROUP BY v ORDER BY v`,
		`SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'search_%' ORDER BY name`,
	} {
		rows, err := reader.Query(query)
		ok(t, err)
		columns, err := rows.Columns()
		ok(t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			ok(t, rows.Scan(into...))
			fmt.Fprintln(&b, values...)
		}
		ok(t, rows.Err())
	}
	return b.String()
}

func TestADeskThatIsFilledHoldsWhatTheWriterWouldHaveWritten(t *testing.T) {
	written, filled := dbtest.New(t), dbtest.New(t)
	actFor := func(d *dbtest.Desk) (ana, mei db.Actor) {
		return d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	}
	ana, mei := actFor(written)
	live(t, written, aWeek(t, ana, mei))
	ok(t, written.IndexPending())
	ok(t, written.TakePending())

	ana, mei = actFor(filled)
	ok(t, fill(t, filled, inOneGo(aWeek(t, ana, mei)...)))
	want, got := strings.Split(leftBehind(t, written), "\n"), strings.Split(leftBehind(t, filled), "\n")
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			t.Fatalf("the writer left\n%s\nand the filling\n%s", want[i], got[i])
		}
	}
	if len(want) != len(got) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	whole(t, filled)
}

// live lets a week happen through the methods that the pages use, event by event.
func live(t *testing.T, d *dbtest.Desk, week []db.Past) {
	t.Helper()
	type happening struct {
		at time.Time
		do func() error
	}
	var all []happening
	for _, p := range week {
		v := p.Verification
		all = append(all, happening{p.At, func() error {
			return second(d.Receive(t.Context(), db.System("test"), []db.Incoming{{Verification: v}}))
		}})
		for _, s := range p.Steps {
			all = append(all, happening{s.At, func() error {
				now, err := d.Peek(t.Context(), v.ID)
				ok(t, err)
				s.Decision.Version = now.Version
				switch s.Kind {
				case review.EventClaimed:
					return second(d.Claim(t.Context(), s.By, v.ID))
				case review.EventNoted:
					return d.Note(t.Context(), s.By, v.ID, s.Note)
				case review.EventConfirmed:
					return second(d.Confirm(t.Context(), s.By, v.ID, now.Version, s.Note))
				}
				return second(d.Decide(t.Context(), s.By, v.ID, s.Decision, ""))
			}})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return a.at.Compare(b.at) })
	for _, h := range all {
		d.Clock.Move(h.at.Sub(d.Clock.Now()))
		ok(t, h.do())
	}
}

func TestAFilledDeskIsServedAndGoesOn(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	week := aWeek(t, ana, mei)
	ok(t, fill(t, d, inOneGo(week...)))
	page, err := d.List(t.Context(), review.Filter{Query: "mor", Statuses: review.Statuses()}, db.Cursor{}, 50)
	ok(t, err)
	if len(page.Rows) != len(week) {
		t.Fatalf("%d cases are found by the beginning of their name, want %d", len(page.Rows), len(week))
	}
	waiting := week[1].Verification.ID
	c, err := d.View(t.Context(), ana, waiting)
	ok(t, err)
	if len(c.History) < 2 || c.Subject.Email != "ines2@mail.example" {
		t.Fatalf("the case shows %d events and %q", len(c.History), c.Subject.Email)
	}
	v, err := d.Decide(t.Context(), ana, waiting, approval(c.Version), "")
	ok(t, err)
	if v.Status != review.StatusPassed {
		t.Fatalf("it is %s", v.Status)
	}
	d.Cybrid(9, "Kwame Mensah", "name_check_failure")
	ok(t, d.IndexPending())
	ok(t, d.TakePending())
	whole(t, d)
	d.Shut()
	ownOnly(t, d.Dir)
	health, err := db.CheckWorkspace(t.Context(), d.Dir, db.VerifyOptions{})
	ok(t, err)
	if health.ExitCode() != 0 {
		t.Fatalf("%s %v", health.Report.Sentence(), health.Faults)
	}
	d.Open()
}

func TestOnlyANewDeskIsFilled(t *testing.T) {
	for name, touch := range map[string]func(t *testing.T, d *dbtest.Desk){
		"it has a case": func(_ *testing.T, d *dbtest.Desk) { d.Cybrid(1, "Ines Moreau") },
		"it has a webhook": func(t *testing.T, d *dbtest.Desk) {
			useWebhooks(t, d)
		},
		"it has a policy of its own": func(_ *testing.T, d *dbtest.Desk) { d.AtOnce() },
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			touch(t, d)
			before := whole(t, d)
			if err := fill(t, d, inOneGo(aPast(t, 1, review.Cybrid, "completed", "passed"))); !errors.Is(err, db.ErrNotEmpty) {
				t.Fatal(err)
			}
			if after := whole(t, d); after != before {
				t.Fatalf("%s\nwas before\n%s", after.Sentence(), before.Sentence())
			}
		})
	}
}

func TestAFillingThatFailsLeavesTheDeskAsItWas(t *testing.T) {
	good := func(n int) db.Past { return aPast(t, n, review.Cybrid, "reviewing", "", "address_check_failure") }
	wrong := good(3)
	wrong.Steps = []db.Step{{Kind: review.EventConfirmed, At: wrong.At, Note: "Nobody proposed it."}, {Kind: review.EventUndone, At: wrong.At}}
	failed := errors.New("no more cases")
	for name, parts := range map[string][]db.Past{
		"the cases end in an error":        {good(1), good(2)},
		"a case comes before the last one": {good(2), good(1)},
		"something that cannot happen":     {good(1), wrong},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			before := whole(t, d)
			err := fill(t, d, func() ([]db.Past, error) {
				if len(parts) == 0 {
					return nil, failed
				}
				out := parts[:1]
				parts = parts[1:]
				return out, nil
			})
			if err == nil {
				t.Fatal("it was filled")
			}
			if after := whole(t, d); after != before {
				t.Fatalf("%s\nwas before\n%s", after.Sentence(), before.Sentence())
			}
			if left, _ := filepath.Glob(filepath.Join(d.Dir, "*.filling*")); left != nil {
				t.Fatalf("%v are left", left)
			}
		})
	}
}

// fillAndDie is the child: it fills a desk and is killed while it makes the third part.
func fillAndDie() {
	t := &testing.B{} // for its fatal errors only
	n := 0
	err := db.Fill(context.Background(), os.Getenv("REVIEWDESK_DIR"), dbtest.Options(&dbtest.Clock{}), db.Filling{By: db.System("test"), Next: func() ([]db.Past, error) {
		if n++; n == 3 {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
		return []db.Past{aPast(t, n, review.Cybrid, "completed", "passed")}, nil
	}})
	panic(err)
}

func TestAFillingThatIsKilledLeavesTheDeskAsItWas(t *testing.T) {
	d := dbtest.New(t)
	before := whole(t, d)
	d.Shut()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "REVIEWDESK_FILL=1", "REVIEWDESK_DIR="+d.Dir)
	var said bytes.Buffer
	child.Stderr = &said
	var exit *exec.ExitError
	if err := child.Run(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child was to be killed: %v\n%s", err, said.String())
	}
	if left, _ := filepath.Glob(filepath.Join(d.Dir, "*.filling")); left == nil {
		t.Fatal("it was killed before it began, or after it ended")
	}
	d.Open()
	if after := whole(t, d); after != before {
		t.Fatalf("%s\nwas before\n%s", after.Sentence(), before.Sentence())
	}
	ok(t, fill(t, d, inOneGo(aPast(t, 1, review.Cybrid, "completed", "passed"))))
	if after := whole(t, d); after.Cases != 1 {
		t.Fatal(after.Sentence())
	}
	if left, _ := filepath.Glob(filepath.Join(d.Dir, "*.filling*")); left != nil {
		t.Fatalf("%v are left", left)
	}
}
