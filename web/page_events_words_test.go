package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// retold is an event as the log's list and its own page tell it.
type retold struct {
	kind          review.EventKind
	facts         string // "name=value name=value"
	before, after string // states; "" for none
	label         string
	sentence      string
	change        string
}

// everyKind tells each kind of event at least once.
var everyKind = []retold{
	{review.EventStarted, "", "", "", "Set up", "Ana set up the desk", "The log begins"},
	{review.EventReceived, "provider=cybrid state=reviewing code=name_check_failure", "", "in_review", "Received", "Ana took in the case from Cybrid: 1 check failed, arrived as reviewing", "reviewing 1 code"},
	{review.EventUpdated, "provider=cybrid state=reviewing code=name_check_failure", "in_review", "in_review", "Received again", "Ana took in a newer copy of the case from Cybrid: 1 check failed, arrived as reviewing", "reviewing 1 code"},
	{review.EventViewed, "what=case version=3", "", "", "Viewed", "Ana opened the case", "Version 3"},
	{review.EventViewed, "what=attachment version=3", "", "", "Viewed", "Ana opened a file attached to the case", "An attached file"},
	{review.EventRevealed, "field=birth_date", "", "", "Revealed field", "Ana revealed the date of birth", "Date of birth"},
	{review.EventClaimed, "until=2026-11-22T09:15:00Z", "", "", "Claimed", "Ana claimed the case", "For 15 minutes"},
	{review.EventClaimed, "run_out=x run_out_at=2026-11-22T08:50:00Z until=2026-11-22T09:15:00Z", "", "", "Claimed", "Ana claimed the case after Bo Lind's claim had run out", "For 15 minutes, after Bo Lind's claim had run out"},
	{review.EventReleased, "", "", "", "Released", "Ana gave the case back", "Back in the queue, for anybody"},
	{review.EventDecided, "action=approve finding.name_check_failure=cleared", "in_review", "passed", "Approved", "Ana approved the case, clearing one finding", "reviewing passed Clearing one finding"},
	{review.EventDecided, "action=reject finding.name_check_failure=upheld", "in_review", "failed", "Rejected", "Ana rejected the case, upholding one finding", "reviewing failed Upholding one finding"},
	{review.EventProposed, "action=reject", "in_review", "second_review", "Proposed", "Ana proposed to reject the case", "To reject, waits for a second person"},
	{review.EventConfirmed, "action=approve", "second_review", "passed", "Confirmed", "Ana confirmed the approval", "reviewing passed"},
	{review.EventReturned, "", "second_review", "in_review", "Sent back", "Ana sent the case back to the queue", "Back to the queue"},
	{review.EventNoted, "", "", "", "Noted", "Ana added a note", "A note; its words are sealed"},
	{review.EventUndone, "action=approve", "passed", "in_review", "Undone", "Ana took the approval back before it took effect", "The approval does not count"},
	{review.EventUndone, "action=reject", "failed", "second_review", "Undone", "Ana took the second word on the rejection back before it took effect", "The second word on the rejection does not count"},
	{review.EventUndone, "action=reject", "second_review", "in_review", "Undone", "Ana took the proposal of the rejection back before it took effect", "The proposal of the rejection does not count"},
	{review.EventReopenAsked, "", "", "", "Reopening asked", "Ana asked to reopen the case", "Waits for a second person; reason given"},
	{review.EventReopened, "", "passed", "in_review", "Reopened", "Ana reopened the case as the second person", "Waits for an officer again"},
	{review.EventKeptClosed, "", "", "", "Kept closed", "Ana declined to reopen the case", "The decision stands"},
	{review.EventTakenOver, "from=x until=2026-11-22T09:15:00Z", "", "", "Taken over", "Ana took the case over from Bo Lind", "From Bo Lind, for 15 minutes"},
	{review.EventSkipped, "", "", "", "Skipped", "Ana skipped the case", "Back in the queue, for others first; reason given"},
	{review.EventRecused, "", "", "", "Recused", "Ana stepped back from the case for a conflict of interest", "Not theirs any more, for good"},
	{review.EventSnoozed, "until=2026-11-24T09:30:00Z", "", "", "Snoozed", "Ana set the case aside until 24 November 2026, 09:30 UTC", "Until 24 November 2026, 09:30 UTC, the clock paused"},
	{review.EventSnoozed, "until=9999-12-31T00:00:00Z", "", "", "Snoozed", "Ana set the case aside until the applicant answers", "Until the applicant answers, the clock paused"},
	{review.EventWoken, "", "", "", "Woken", "Ana took the case back into the queue", "Waits for an officer, the clock runs again"},
	{review.EventAskedAgain, "redo=id_quality_check_failure redo=selfie_failure", "", "", "Asked again", "Ana asked the applicant to redo id_quality_check_failure, selfie_failure", "To redo: id_quality_check_failure, selfie_failure; the clock paused"},
	{review.EventEscalated, "", "in_review", "in_review", "Escalated", "Ana handed the case to the seniors", "For seniors only; reason given"},
	{review.EventAssigned, "to=x until=2026-11-22T17:00:00Z", "", "", "Assigned", "Ana gave the case to Bo Lind", "To Bo Lind, for 8 hours"},
	{review.EventNameMatched, "code=pep_check_failure conclusion=another_person", "", "", "Names compared", "Ana compared the applicant with a list entry: another person", "Another person"},
	{review.EventAttached, "kind=pdf bytes=1200", "in_review", "in_review", "Attached", "Ana attached a PDF of 1 kB", "PDF, 1 kB"},
	{review.EventInterest, "change=declared", "", "", "Interest declared", "Ana declared whose cases must not come to them", "One declaration more; whose, is sealed"},
	{review.EventInterest, "change=withdrawn", "", "", "Interest declared", "Ana withdrew a declaration of whose cases must not come to them", "One declaration fewer"},
	{review.EventExported, "what=audit format=csv stage=finished rows=7", "", "", "Exported", "Ana exported the audit log as CSV, 7 rows", "The audit log as CSV, 7 rows"},
	{review.EventSignedIn, "", "", "", "Signed in", "Ana signed in", "By password"},
	{review.EventSignInFailed, "", "", "", "Sign-in failed", "Ana refused a sign-in", "For no account of this desk"},
	{review.EventSignedOut, "", "", "", "Signed out", "Ana signed out", "The session ended"},
	{review.EventAccountAdded, "role=senior", "", "", "Account added", "Ana added an account with the role senior", "Senior"},
	{review.EventAccountChange, "change=disabled", "", "", "Account changed", "Ana disabled an account", "Disabled"},
	{review.EventRollback, "lost_size=12", "", "", "Rollback accepted", "Ana accepted that the database is older than its anchor, whose head was of 12 events", "A head of 12 events was lost"},
	{review.EventRollback, "anchor=missing", "", "", "Rollback accepted", "Ana accepted that the database is older than its anchor", "The anchor was missing"},
	{review.EventKeyRotated, "", "", "", "Key changed", "Ana handed the log over to a new signing key", "Signed by a new key from here on"},
	{review.EventPolicyChange, "policy=2", "", "", "Policy changed", "Ana made version 2 of the policy", "Made version 2 of the policy"},
	{review.EventClientAdded, "provider=cybrid name=Bank", "", "", "API client added", "Ana let Bank speak to Cybrid's API", "Bank"},
	{review.EventClientRevoked, "name=Bank", "", "", "API client revoked", "Ana shut Bank out of the API", "Bank"},
	{review.EventTokenIssued, "grant=client_credentials", "", "", "Token issued", "Ana took a token for the API (client credentials)", "Client credentials"},
	{review.EventTokenRefused, "grant=client_credentials", "", "", "Token refused", "Ana refused a token for the API (client credentials)", "Client credentials"},
	{review.EventHeld, "person=12", "", "", "Legal hold", "Ana put a legal hold on the person", "Nothing of person 12 is erased; reason given"},
	{review.EventHoldLifted, "person=12", "", "", "Hold lifted", "Ana lifted the legal hold on the person", "The period of person 12 counts again; reason given"},
	{review.EventErased, "person=12 legal_ground=order keep_until=2031-05-03T08:00:00Z", "", "", "Erased", "Ana erased the person's data, because an authority ordered it", "Person 12: an authority ordered it, kept until 3 May 2031"},
	{review.EventWebhookChange, "provider=cybrid change=paused", "", "", "Webhook changed", "Ana paused a webhook of Cybrid's cases", "Paused a webhook of Cybrid's cases"},
}

func (w retold) entry() db.LogEntry {
	e := db.LogEntry{ActorName: "Ana", OtherName: "Bo Lind", Provider: review.Cybrid}
	e.Action, e.Actor.Kind, e.Actor.ID, e.Factors = string(w.kind), "person", "ana", []string{"password"}
	e.Time = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, pair := range strings.Fields(w.facts) {
		name, value, _ := strings.Cut(pair, "=")
		e.Facts = append(e.Facts, audit.Fact{Name: name, Value: value})
	}
	if w.before != "" {
		e.Before = &audit.State{State: w.before, Version: 1}
	}
	if w.after != "" {
		e.After = &audit.State{State: w.after, Version: 2}
	}
	return e
}

func TestEveryKindOfEventIsToldInWordsThatAnAuditorUnderstands(t *testing.T) {
	missing := map[review.EventKind]bool{}
	for _, kind := range review.EventKinds() {
		missing[kind] = true
	}
	for _, w := range everyKind {
		delete(missing, w.kind)
		e := w.entry()
		row := logView{v: &visit{}, zone: time.UTC}.row(e)
		var change []string
		if row.From != nil {
			change = append(change, row.From.Word)
		}
		if row.To != nil {
			change = append(change, row.To.Word)
		}
		if row.Change != "" {
			change = append(change, row.Change)
		}
		if got := strings.Join(change, " "); row.Action != w.label || got != w.change {
			t.Errorf("the list says %q: %q\n want %q: %q", row.Action, got, w.label, w.change)
		}
		if got := sentence(e); got != w.sentence {
			t.Errorf("the event says %q\n want %q", got, w.sentence)
		}
	}
	for kind := range missing {
		t.Errorf("nobody says how %s is told", kind)
	}
}

func TestAnEventIsToldByThePolicyOfItsTime(t *testing.T) {
	d := newTestDesk(t)
	ana, sam := d.officer("Ana Quiroga", review.RoleReviewer), d.officer("Samira Haddad", review.RoleAuditor)
	id := d.Cybrid(1, "Ines Moreau", plainCode)
	wantStatus(t, ana.decide(id, "approve"), http.StatusSeeOther)
	decided, received := d.lastEvent(id, review.EventDecided), d.lastEvent(id, review.EventReceived)
	tells := func() string {
		return strings.Join([]string{
			folded(rowOf(sam.log("?case="+id), "Approved").Find(".l-chg")), folded(page(t, sam.get("/audit/"+itoa(decided.Seq))).Find("main")),
			folded(page(t, sam.get("/audit/"+itoa(received.Seq))).Find("h1")), folded(page(t, sam.get("/verifications/"+id)).Find("#history .resolved")),
			folded(sam.list("?status=decided").Find("[data-row] .chip").First()), folded(page(t, sam.get("/verifications/"+id+"/packet")).Find("table")),
		}, "\n")
	}
	before := tells()
	if !strings.Contains(before, "clearing one finding") || !strings.Contains(before, "1 check failed") || !strings.Contains(before, "Cleared, resting on") {
		t.Fatalf("before: %s", before)
	}
	p, err := d.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.Codes = []review.CodeRule{{Provider: review.Cybrid, Code: plainCode, Severity: "info", Overridable: review.OverridableYes}}
	if _, err := d.SetPolicy(t.Context(), d.actor(review.RoleAdmin), p); err != nil {
		t.Fatal(err)
	}
	if after := tells(); after != before {
		t.Errorf("a newer policy tells it otherwise:\n%s\nbefore:\n%s", after, before)
	}
	later := d.Cybrid(2, "Kwame Mensah", plainCode)
	if got := folded(page(t, sam.get("/audit/"+itoa(d.lastEvent(later, review.EventReceived).Seq))).Find("h1")); strings.Contains(got, "check failed") {
		t.Errorf("under the newer policy nothing has failed: %q", got)
	}
}
