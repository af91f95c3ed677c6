package db_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// grows matches a step that reads a whole table that grows with the desk's work.
// (The outbox and the mentions stand in the plan of a new case, for a foreign key that is only
// looked at when a child came before its parent: never here.)
var grows = regexp.MustCompile(`SCAN (verification|v|subject|s|finding|f|decision|d|evidence|e|commitment_key|audit_\w+|session|delivery|w|o|endpoint_secret|progress|idempotency|token|t|likeness|l|m|attachment|worksheet|ended|erasure|x)\n`)

// peeks matches an argument that SQLite's planner would look at, and prepare the
// statement anew for each value.
var peeks = regexp.MustCompile(`LIMIT \?|\b(snoozed_until|effective_at) > \?|\bv\.status = \?`)

// late matches a bound that stands after its index's own condition: of the two SQLite
// seeks by the first.
var late = regexp.MustCompile(`\b(snoozed_until|effective_at|decided_at) > 0 AND (v\.)?(snoozed_until|effective_at|decided_at) >`)

// A statement that reads a whole table is quick in every test, and takes for ever on
// a desk with ten million cases.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id, grave := d.Cybrid(1, "Ines Moreau"), d.Cybrid(2, "Kwame Mensah", "selfie_failure")
	d.Cybrid(1, "Ines Moreau", "name_check_failure")
	d.Coinify(3, "Viktor Hahn")
	for what, err := range map[string]error{
		"view":    second(d.View(t.Context(), ana, id)),
		"next":    second(d.ClaimNext(t.Context(), mei, review.Filter{})),
		"note":    d.Note(t.Context(), ana, grave, "A note of some length."),
		"propose": second(d.Decide(t.Context(), ana, grave, rejection(1), "form")),
		"confirm": second(d.Confirm(t.Context(), mei, grave, 2, "I see it the same way.")),
		"reveal":  d.Reveal(t.Context(), ana, id, review.FieldEmail, "to compare"),
		"export":  d.RecordExport(t.Context(), db.System("test"), db.Export{What: "audit", Stage: "started"}),
		"try":     d.ReserveSignIn(t.Context(), "somebody@desk.example", "127.0.0.1"),
		"failed":  d.SignInFailed(t.Context(), ana, "somebody@desk.example"),
		"disable": d.SetDisabled(t.Context(), db.System("test"), ana.ID, true),
	} {
		if err != nil && what != "next" && what != "propose" && what != "confirm" {
			t.Fatalf("%s: %v", what, err)
		}
	}
	useWebhooks(t, d)
	readEverything(t, d, ana, id)
	speakAsPrograms(t, d)
	keepAndErase(t, d)
	statements := d.Statements()
	reader := d.Reader()
	looked := 0
	for _, query := range statements {
		if word, _, _ := strings.Cut(strings.TrimSpace(query), " "); !strings.Contains("SELECT INSERT UPDATE DELETE", word) {
			continue
		}
		if peeks.MatchString(query) {
			t.Errorf("is prepared anew at every call, for want of a plus before the argument: %s", query)
		}
		if late.MatchString(query) {
			t.Errorf("reads the whole of a partial index, for want of its bound before the index's condition: %s", query)
		}
		plan, err := db.PlanText(reader, query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		looked++
		early := strings.HasSuffix(query, "ORDER BY e.seq DESC LIMIT +?") || strings.HasSuffix(query, "ORDER BY seq DESC LIMIT 1")
		if grows.MatchString(plan) && !early || strings.HasPrefix(query, `UPDATE outbox`) && strings.Contains(plan, `SCAN outbox`) { // those stop early
			t.Errorf("%s\n%s", query, plan)
		}
	}
	for name, f := range map[string]review.Filter{
		"open_due":               {Statuses: []review.Status{review.StatusInReview, review.StatusSecondReview}},
		"verification_owner":     {Owner: ana.ID},
		"verification_created":   {Statuses: review.Statuses()},
		"queue_created":          {Provider: review.Coinify, Sort: review.SortNewest},
		"queue_provider":         {Provider: review.Coinify},
		"verification_reopen":    {Reopening: true, Statuses: []review.Status{review.StatusPassed, review.StatusFailed}},
		"verification_escalated": {Escalated: true},
	} {
		if plan, err := db.Plan(reader, f); err != nil || !plan.Uses(name) || plan.Sorts() {
			t.Errorf("%+v is not read by %s: %v\n%s", f, name, err, plan)
		}
	}
	if looked < 80 {
		t.Errorf("looked at %d statements", looked)
	}
}

// readEverything reads what pages read, with each filter by itself.
func readEverything(t *testing.T, d *dbtest.Desk, by db.Actor, id string) {
	t.Helper()
	day := dbtest.Start
	for _, f := range []review.Filter{
		{}, {Provider: review.Cybrid}, {Code: "selfie_failure"}, {Severity: review.SeverityHigh}, {Country: "ES"}, {Owner: by.ID}, {Owner: review.OwnerNone},
		{Sort: review.SortNewest}, {Sort: review.SortOldest}, {Statuses: review.Statuses()}, {Statuses: []review.Status{review.StatusSecondReview}}, {Statuses: []review.Status{review.StatusInReview, review.StatusSecondReview}},
		{Statuses: []review.Status{review.StatusPassed, review.StatusFailed}}, {Query: "moreau"}, {From: day, To: day}, {Overdue: true},
		{Escalated: true}, {Snoozed: true}, {Reopening: true, Statuses: []review.Status{review.StatusPassed, review.StatusFailed}},
	} {
		_, err := d.List(t.Context(), f, db.Cursor{}, 50)
		var failed error
		if len(f.Statuses) < 2 { // pages count nothing else
			_, failed = d.Count(t.Context(), f)
		}
		_, alone := d.Beside(t.Context(), f, db.Cursor{At: 1, Seq: 1}, false)
		if err := errors.Join(err, failed, alone); err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
	}
	for _, f := range []review.EventFilter{{}, {Actor: by.ID}, {Kind: review.EventViewed}, {Case: id}, {Code: "selfie_failure"}, {From: day, To: day}} {
		_, _, err := d.Log(t.Context(), f, 0, 50)
		_, _, failed := d.LogNewer(t.Context(), f, 1, 50)
		if err != nil || failed != nil {
			t.Fatalf("%+v: %v, %v", f, err, failed)
		}
	}
	for what, err := range map[string]error{
		"pulse":     second(d.Pulse(t.Context(), day, 7)),
		"metrics":   second(d.Metrics(t.Context())),
		"counts":    second(d.Counts(t.Context())),
		"work":      second(d.Work(t.Context())),
		"countries": second(d.Countries(t.Context())),
		"accounts":  second(d.Accounts(t.Context())),
		"peek":      second(d.Peek(t.Context(), id)),
		"find":      second(d.FindID(t.Context(), id)),
		"words":     second(d.Words(t.Context(), 1)),
		"event":     second(d.LogEntry(t.Context(), 1)),
		"clients":   second(d.Clients(t.Context())),
		"moment":    moments(t, d, by),
		"linked":    linked(t, d, id),
		"mentions":  second(d.Mentions(t.Context(), by.ID)),
		"named":     second(d.CountMentions(t.Context(), by.ID)),
		"session":   second(d.Touch(t.Context(), "no session's token", by.ID)),
		"bearer":    second(d.Bearer(t.Context(), db.TokenAccess, "no token")),
	} {
		if err != nil && what != "session" && what != "bearer" {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// useWebhooks runs through an endpoint's life.
func useWebhooks(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	e := endpoint(t, d, review.Cybrid, "https://one.example/in")
	attested(t, d, strings.Repeat("ab", 16))
	all := sent(t, d, e.ID)
	for what, err := range map[string]error{
		"secret":   second(d.AddSecret(t.Context(), admin, e.ID, d.NewestSecret(e.ID))),
		"retire":   d.RetireSecret(t.Context(), admin, e.ID, e.Secrets[0].ID),
		"signing":  second(d.SigningSecrets(t.Context(), e.ID)),
		"next":     second(d.NextDeliveries(t.Context(), d.Now())),
		"attempt":  d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 500, Trouble: "it answers 500"}),
		"hurry":    d.Redeliver(t.Context(), admin, all[0].ID),
		"done":     d.Attempted(t.Context(), all[0].ID, db.Outcome{Status: 200}),
		"again":    d.Redeliver(t.Context(), admin, all[0].ID),
		"test":     d.TestDelivery(t.Context(), admin, e.ID),
		"one":      second(d.EndpointByID(t.Context(), e.ID)),
		"list":     second(d.Endpoints(t.Context())),
		"delivery": second(d.DeliveryByID(t.Context(), all[0].ID)),
		"page":     errOf3(d.Deliveries(t.Context(), e.ID, 7, 3)),
		"forget":   d.ForgetDeliveries(),
		"move":     second(d.MoveDue(t.Context())),
		"pause":    d.PauseEndpoint(t.Context(), admin, e.ID),
		"resume":   d.ResumeEndpoint(t.Context(), admin, e.ID),
		"remove":   d.RemoveEndpoint(t.Context(), admin, e.ID),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

// speakAsPrograms does all that the APIs do.
func speakAsPrograms(t *testing.T, d *dbtest.Desk) {
	t.Helper()
	by := bank(t, d)
	c := creation(t, d, 1, asked)
	c.Key = "key"
	for range 2 {
		if _, _, err := d.Create(t.Context(), by, review.Cybrid, c); err != nil {
			t.Fatal(err)
		}
	}
	d.Clock.Move(review.Step)
	move(t, d)
	token := db.NewToken{Kind: db.TokenRefresh, Text: "token", Expires: d.Now().Add(time.Hour)}
	for what, err := range map[string]error{
		"issue": d.IssueTokens(t.Context(), by, "refresh_token", "", token), "refuse": d.RefuseToken(t.Context(), by, "refresh_token", by.ID),
		"bearer": second(d.Bearer(t.Context(), db.TokenAccess, "token")), "secret": second(d.ClientBySecret(t.Context(), review.Cybrid, by.ID, "x")),
		"offline": second(d.ClientBySecret(t.Context(), review.Coinify, "", "x")), "email": second(d.ClientByEmail(t.Context(), "x")), "due": second(d.NextDue(t.Context())),
		"number": second(d.IDByNumber(t.Context(), review.Coinify, 1)), "look": second(d.PlatformCase(t.Context(), by, review.Cybrid, "00000000-0000-0000-0000-000000000001", "", true)),
		"spend":  d.IssueTokens(t.Context(), by, "refresh_token", "token", db.NewToken{Kind: db.TokenRefresh, Text: "next", Expires: d.Now().Add(time.Hour)}),
		"revoke": d.RevokeClient(t.Context(), db.System("test"), by.ID), "clients": second(d.Clients(t.Context())),
	} {
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	one := []string{"x"}
	persons := []review.Reference{{ID: "a", Kind: "counterparty"}, {ID: "b", NotKind: "counterparty"}, {ID: "c"}}
	states := []review.StateMatch{{Statuses: []review.Status{review.StatusArriving}, Arrived: "storing"}, {Statuses: []review.Status{review.StatusPassed, review.StatusFailed}}}
	for _, f := range []review.PlatformFilter{
		{}, {IDs: one}, {References: persons}, {References: persons[:1]}, {Kinds: one}, {Methods: one}, {States: states}, {States: states[:1]},
		{IDs: one, References: persons, Kinds: one, Methods: one, States: states}, {References: persons[2:], States: states}, {Kinds: one, Methods: one, States: states},
	} {
		f.Provider = review.Cybrid
		for _, skip := range []int64{0, -1} { // the list is not read where the total says that it is empty
			if _, _, err := d.PlatformList(t.Context(), f, skip, 10); err != nil {
				t.Fatalf("%+v: %v", f, err)
			}
		}
	}
}

// moments reads a decided case as it stood, with and without what the officer saw, and
// its packet.
func moments(t *testing.T, d *dbtest.Desk, by db.Actor) error {
	id := d.Cybrid(4, "Noor El-Sayed", "address_check_failure")
	v, err := d.Attach(t.Context(), by, id, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 a bill")})
	ok(t, err)
	_, err = d.Decide(t.Context(), by, id, approval(v.Version), "")
	ok(t, err)
	_, err = d.Packet(t.Context(), by, id, 0, "html")
	ok(t, err)
	decided := eventOf(t, d, id, review.EventDecided)
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`DELETE FROM commitment_key WHERE entry = ? AND field = 'seen'`, decided)
	}))
	return second(d.ViewAt(t.Context(), by, id, decided))
}

// linked takes the digests of every case, and reads the cases beside one.
func linked(t *testing.T, d *dbtest.Desk, id string) error {
	ok(t, d.TakePending())
	v, err := d.Peek(t.Context(), id)
	ok(t, err)
	return second(d.Linked(t.Context(), v))
}

func second[T any](_ T, err error) error { return err }

// Whatever the view, the writer finds the one case by its number: nobody waits for it.
func TestTheWriterSearchesNoView(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	reader := d.Reader()
	for what, f := range map[string]review.Filter{"the queue": {}, "a code": {Code: "selfie_failure"}, "a country": {Country: "ES", Provider: review.Cybrid}, "a name": {Query: "Moreau"}} {
		f.Statuses, f.Owner, f.For = []review.Status{review.StatusInReview}, review.OwnerNone, &ana.Person
		plan, err := db.PlanText(reader, db.StillOffered(f))
		if err != nil || !strings.Contains(plan, "SEARCH v USING INTEGER PRIMARY KEY") {
			t.Errorf("%s: %v\n%s", what, err, plan)
		}
	}
}
