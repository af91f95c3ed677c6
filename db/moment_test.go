package db_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

// eventOf is the number of a case's newest event of a kind.
func eventOf(t *testing.T, d *dbtest.Desk, id string, kind review.EventKind) int64 {
	t.Helper()
	entries, _, err := d.Log(t.Context(), review.EventFilter{Case: id, Kind: kind}, 0, 1)
	ok(t, err)
	if len(entries) == 0 {
		t.Fatalf("%s has no %s", id, kind)
	}
	return entries[0].Seq
}

// proposedTwice is a case whose first proposal a newer copy of another person's name
// made void, and whose second one was confirmed.
func proposedTwice(t *testing.T) (d *dbtest.Desk, ana, mei db.Actor, id string, first int64) {
	d = dbtest.New(t)
	ana, mei = d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id = d.Cybrid(1, "Ines Moreau", "selfie_failure")
	_, err := d.Decide(t.Context(), ana, id, rejectionOf(1, "selfie_failure"), "")
	ok(t, err)
	first = eventOf(t, d, id, review.EventProposed)
	d.Clock.Move(time.Hour)
	d.Cybrid(1, "Ines Dubois", "selfie_failure", "name_check_failure")
	_, err = d.Decide(t.Context(), ana, id, rejectionOf(3, "selfie_failure", "name_check_failure"), "")
	ok(t, err)
	d.Clock.Move(time.Hour)
	_, err = d.Confirm(t.Context(), mei, id, 4, "The faces are not alike.")
	ok(t, err)
	return d, ana, mei, id, first
}

func TestACaseIsShownAsItStoodWithEachOfItsDecisions(t *testing.T) {
	d, ana, mei, id, first := proposedTwice(t)
	ok(t, d.Note(t.Context(), ana, id, "Said later, and no part of the decision."))
	then, err := d.ViewAt(t.Context(), mei, id, first)
	ok(t, err)
	if then.Subject.Name != "Ines Moreau" || len(then.Findings) != 1 || then.Status != review.StatusSecondReview || then.Version != 2 || then.Partly {
		t.Errorf("with the first proposal: %s, %v, %s, version %d", then.Subject.Name, then.Findings, then.Status, then.Version)
	}
	if p := then.Proposal; p == nil || p.By.Name != "Ana Quiroga" || p.Action != review.Reject || p.Resolutions[0].Resolution != review.Upheld || len(p.Note) == 0 || then.Decision != nil {
		t.Errorf("the proposal: %+v", then.Proposal)
	}
	if newest := then.History[0]; newest.Seq != first || len(then.History) < 2 {
		t.Errorf("the history goes on to %d", newest.Seq)
	}
	last, err := d.ViewAt(t.Context(), mei, id, eventOf(t, d, id, review.EventConfirmed))
	ok(t, err)
	if last.Subject.Name != "Ines Dubois" || last.Status != review.StatusFailed || last.Decision == nil || last.Confirm == nil || last.Confirm.By.Name != "Mei Tan" || last.Confirm.Note != "The faces are not alike." {
		t.Errorf("with the confirmation: %s, %s, %+v, %+v", last.Subject.Name, last.Status, last.Decision, last.Confirm)
	}
	if got := last.Decision.Resolutions; len(got) != 2 || got[0].Resolution != review.Upheld || got[1].Resolution != review.Upheld || !reflect.DeepEqual(last.Findings, got) {
		t.Errorf("the findings: %v", got)
	}
	if slices.ContainsFunc(last.History, func(e db.LogEntry) bool { return e.Action == string(review.EventNoted) }) {
		t.Error("what was noted later is in the history")
	}
	whole(t, d)
}

func TestTheWordsOfTheCatalogueAreThoseOfTheTime(t *testing.T) {
	d, _, mei, id, first := proposedTwice(t)
	m, err := d.ViewAt(t.Context(), mei, id, first)
	ok(t, err)
	if got, want := m.Decided.Fact("catalogue"), review.Standard.Version(); got != want || len(want) != 12 || m.Catalogue.Version() != want {
		t.Errorf("the event names catalogue %q, the case %q, want %q", got, m.Catalogue.Version(), want)
	}
	now := review.Standard.Lookup(review.Cybrid, "selfie_failure")
	if got := m.Catalogue.Lookup(review.Cybrid, "selfie_failure"); got.Title != now.Title || got.Severity != now.Severity || got.Overridable != now.Overridable || !got.Known {
		t.Errorf("the code was %+v", got)
	}
}

func TestOnlyADecidingEventOfTheCaseItselfShowsIt(t *testing.T) {
	d, ana, mei, id, _ := proposedTwice(t)
	other := d.Cybrid(2, "Viktor Hahn", "address_check_failure")
	_, err := d.Decide(t.Context(), ana, other, approval(1), "")
	ok(t, err)
	before, err := d.LogSize(t.Context())
	ok(t, err)
	for what, seq := range map[string]int64{"none": 0, "before the log": -1, "after it": before + 1, "an arrival": eventOf(t, d, id, review.EventReceived), "another case's": eventOf(t, d, other, review.EventDecided)} {
		if _, err := d.ViewAt(t.Context(), mei, id, seq); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after, _ := d.LogSize(t.Context()); after != before {
		t.Error("a look at nothing was recorded")
	}
	_, err = d.ViewAt(t.Context(), mei, id, eventOf(t, d, id, review.EventConfirmed))
	ok(t, err)
	if got := kinds(t, d, id)[0]; got != "viewed" {
		t.Errorf("the look left %s", got)
	}
	admin := d.Person("Ada Admin", review.RoleAdmin)
	if _, err := d.ViewAt(t.Context(), admin, id, eventOf(t, d, id, review.EventConfirmed)); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("an admin: %v", err)
	}
}

// TestADecisionOfBeforeIsShownFromWhatIsLeft is about workspaces whose decisions were
// taken before events kept what the officer saw.
func TestADecisionOfBeforeIsShownFromWhatIsLeft(t *testing.T) {
	d, _, mei, id, first := proposedTwice(t)
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM commitment_key WHERE field = 'seen'`) }))
	then, err := d.ViewAt(t.Context(), mei, id, first)
	ok(t, err)
	if !then.Partly || then.Subject.Name != "" || len(then.Findings) != 1 || then.Proposal.Resolutions[0].Resolution != review.Upheld {
		t.Errorf("a newer copy came in since: %v, %s, %v", then.Partly, then.Subject.Name, then.Findings)
	}
	last, err := d.ViewAt(t.Context(), mei, id, eventOf(t, d, id, review.EventConfirmed))
	ok(t, err)
	if last.Partly || last.Subject.Name != "Ines Dubois" || len(last.Findings) != 2 || last.Catalogue.Version() != "" {
		t.Errorf("none came in since: %v, %s, %v, %q", last.Partly, last.Subject.Name, last.Findings, last.Catalogue.Version())
	}
}

func TestAPacketIsTheSameWhateverHappensLater(t *testing.T) {
	d, ana, mei, id, _ := proposedTwice(t)
	one, err := d.Packet(t.Context(), mei, id, 0, "html")
	ok(t, err)
	d.Clock.Move(48 * time.Hour)
	ok(t, d.Note(t.Context(), ana, id, "Somebody asked for the packet."))
	_, err = d.View(t.Context(), ana, id)
	ok(t, err)
	_, err = d.RotateKey(t.Context(), db.System("test"), "a yearly change")
	ok(t, err)
	d.Shut()
	d.Open()
	two, err := d.Packet(t.Context(), ana, id, one.Event.Seq, "zip")
	ok(t, err)
	if !bytes.Equal(one.Extract, two.Extract) || !bytes.Equal(one.Checkpoint, two.Checkpoint) || !slices.Equal(one.Keys, two.Keys) || one.Event.Seq != two.Event.Seq {
		t.Errorf("the extract changed:\n%s\n%s", one.Extract, two.Extract)
	}
	keys, err := audit.NewKeys(one.Keys...)
	ok(t, err)
	report, err := audit.VerifyBundle(bytes.NewReader(two.Extract), audit.BundleOptions{Keys: keys})
	ok(t, err)
	if report.ExitCode() != 0 || report.Scope.Case != id || report.Checkpoint.Size < one.Event.Seq {
		t.Errorf("the extract: %s", report.Sentence())
	}
	if n := strings.Count(string(two.Extract), `{"seq":`); n != int(report.Entries) || n < 5 {
		t.Errorf("the extract has %d entries", n)
	}
	e, _, err := d.Log(t.Context(), review.EventFilter{Case: id, Kind: review.EventExported}, 0, 9)
	ok(t, err)
	if len(e) != 2 || e[0].Fact("what") != db.ExportPacket || e[0].Fact("format") != "zip" || e[0].ActorName != "Ana Quiroga" {
		t.Errorf("the log tells %d packets: %v", len(e), e[0].Facts)
	}
	whole(t, d)
}

func TestAPacketTakenAfterARotationBringsItsKeysAlong(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	_, err := d.RotateKey(t.Context(), db.System("test"), "before the decision")
	ok(t, err)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	_, err = d.Decide(t.Context(), ana, id, approval(1), "")
	ok(t, err)
	p, err := d.Packet(t.Context(), ana, id, 0, "html")
	ok(t, err)
	keys, err := audit.NewKeys(p.Keys...)
	ok(t, err)
	report, err := audit.VerifyBundle(bytes.NewReader(p.Extract), audit.BundleOptions{Keys: keys})
	ok(t, err)
	if report.ExitCode() != 0 || report.Rotations != 1 || len(p.Keys) != 2 {
		t.Errorf("%s, %d keys", report.Sentence(), len(p.Keys))
	}
}

func TestACaseWithoutADecisionHasNoPacket(t *testing.T) {
	d, _, mei, id, first := proposedTwice(t)
	open := d.Cybrid(9, "Noor El-Sayed", "selfie_failure")
	before := len(kinds(t, d, open))
	if _, err := d.Packet(t.Context(), mei, open, 0, "html"); !errors.Is(err, db.ErrUndecided) {
		t.Errorf("an open case: %v", err)
	}
	if _, err := d.Packet(t.Context(), mei, id, first, "html"); !errors.Is(err, db.ErrUndecided) {
		t.Errorf("a proposal: %v", err)
	}
	if after := len(kinds(t, d, open)); after != before {
		t.Error("what was not handed out was recorded")
	}
}
