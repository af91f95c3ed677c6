package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"reviewdesk/db"
	"reviewdesk/db/dbtest"
	"reviewdesk/review"
)

func TestAFileIsKeptSealedAndKnownAgain(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "selfie_failure")
	if _, err := d.Decide(t.Context(), ana, id, rejection(1), ""); err != nil {
		t.Fatal(err)
	}
	bill := review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 the bill of Ines Moreau")}
	v, err := d.Attach(t.Context(), mei, id, bill)
	if err != nil || v.Status != review.StatusInReview {
		t.Fatalf("the proposal stands over new evidence: %+v %v", v, err)
	}
	if _, err := d.Confirm(t.Context(), mei, id, 2, "I see it the same way."); !errors.Is(err, review.ErrConflict) {
		t.Errorf("a void proposal was confirmed: %v", err)
	}
	if again, err := d.Attach(t.Context(), mei, id, bill); err != nil || again.Version != v.Version {
		t.Errorf("the same file twice is two: %+v %v", again, err)
	}
	c, err := d.View(t.Context(), ana, id)
	if err != nil || len(c.Attached) != 1 || c.Attached[0].Name != "bill.pdf" || c.Attached[0].MediaType != "application/pdf" || c.Attached[0].By.Name != "Mei Tan" || !c.Attached[0].At.Equal(d.Now()) {
		t.Fatalf("%+v %v", c.Attached, err)
	}
	got, err := d.Attachment(t.Context(), ana, id, c.Attached[0].Digest)
	if err != nil || string(got.Data) != string(bill.Data) {
		t.Errorf("%s %v", got.Data, err)
	}
	if _, err := d.Attachment(t.Context(), ana, id, "00ff"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a file that is not there: %v", err)
	}
	whole(t, d)
}

func TestACaseHoldsSoManyFilesAndNoMore(t *testing.T) {
	d := dbtest.New(t)
	mei := d.Person("Mei Tan", review.RoleSenior)
	many, large := d.Cybrid(1, "Ines Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "address_check_failure")
	var bad review.Invalid
	for n := range 20 {
		ok(t, second(d.Attach(t.Context(), mei, many, review.Attachment{Name: "bill.pdf", Data: fmt.Appendf(nil, "%%PDF-1.7 %d", n)})))
	}
	if _, err := d.Attach(t.Context(), mei, many, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 one more")}); !errors.As(err, &bad) || bad["file"] == "" {
		t.Errorf("the twenty-first: %v", err)
	}
	ok(t, second(d.Attach(t.Context(), mei, many, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 3")}))) // the same again is none more
	for n := range 4 {
		ok(t, second(d.Attach(t.Context(), mei, large, review.Attachment{Name: "scan.pdf", Data: append(fmt.Appendf(nil, "%%PDF-1.7 %d", n), make([]byte, review.MostAttachmentBytes-10)...)})))
	}
	if _, err := d.Attach(t.Context(), mei, large, review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 one more")}); !errors.As(err, &bad) {
		t.Errorf("more than fits: %v", err)
	}
}

func TestWhatWasAddedBeforeADecisionBelongsToItsRecord(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "watchlist_check_failure")
	bill := review.Attachment{Name: "bill.pdf", Data: []byte("%PDF-1.7 the bill")}
	ok(t, second(d.NameMatch(t.Context(), mei, id, sheet(review.Undetermined))))
	ok(t, second(d.NameMatch(t.Context(), ana, id, sheet(review.AnotherPerson))))
	ok(t, second(d.Attach(t.Context(), ana, id, bill)))
	ok(t, second(d.Decide(t.Context(), ana, id, rejectionOf(2, "watchlist_check_failure"), "")))
	ok(t, second(d.Confirm(t.Context(), mei, id, 3, "I see it the same way.")))
	seq := eventOf(t, d, id, review.EventConfirmed)
	one, err := d.Packet(t.Context(), mei, id, seq, "zip")
	ok(t, err)
	if len(one.Sheets) != 1 || one.Sheets[0].Conclusion != review.AnotherPerson || one.Sheets[0].By.Name != ana.Name {
		t.Errorf("worksheets %+v", one.Sheets)
	}
	if len(one.Files) != 1 || string(one.Files[0].Data) != string(bill.Data) || one.Files[0].Name != "bill.pdf" || one.Attached[0].By.Name != ana.Name {
		t.Errorf("files %+v", one.Files)
	}
	d.Clock.Move(time.Minute) // it takes effect
	ok(t, second(d.AskReopen(t.Context(), ana, id, "The applicant sent a newer bill.")))
	ok(t, second(d.Reopen(t.Context(), mei, id, "Let us look at it again.")))
	ok(t, second(d.Attach(t.Context(), ana, id, review.Attachment{Name: "later.pdf", Data: []byte("%PDF-1.7 later")})))
	ok(t, second(d.NameMatch(t.Context(), ana, id, sheet(review.SamePerson))))
	two, err := d.ViewAt(t.Context(), mei, id, seq)
	ok(t, err)
	if len(two.Sheets) != 1 || two.Sheets[0].Conclusion != review.AnotherPerson || len(two.Attached) != 1 {
		t.Errorf("what came later is in the record: %+v %+v", two.Sheets, two.Attached)
	}
	ok(t, d.Do(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM attachment WHERE media_type <> ''`) }))
	if _, err := d.Packet(t.Context(), mei, id, seq, "zip"); err == nil {
		t.Error("the file that the decision commits to is gone, and a packet was made without it")
	}
}

func sheet(c review.Conclusion) review.Worksheet {
	return review.Worksheet{Code: "watchlist_check_failure", List: "SDN list of 1 August 2026", Entry: "Entry 4711", Conclusion: c, Note: "Another person by age.",
		Compared: []review.Comparison{{What: "name", Answer: "same"}, {What: "birth_date", Answer: "different"}, {What: "nationality", Answer: "different"}}}
}

func TestNobodyGetsACaseOfAPersonTheyDeclared(t *testing.T) {
	d := dbtest.New(t)
	ana := d.Person("Ana Quiroga", review.RoleReviewer)
	first, second := d.Cybrid(1, "Inès  Moreau", "address_check_failure"), d.Cybrid(2, "Kwame Mensah", "address_check_failure")
	if err := d.Declare(t.Context(), ana, "moreau ines"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), ana, first, rejection(1), ""); !errors.Is(err, review.ErrForbidden) {
		t.Errorf("decided on a friend: %v", err)
	}
	if id, err := d.ClaimNext(t.Context(), ana, review.Filter{}); err != nil || id != second {
		t.Errorf("got %s, %v", id, err)
	}
	mine, err := d.Interests(t.Context(), ana.ID)
	if err != nil || len(mine) != 1 || mine[0].Words != "moreau ines" {
		t.Fatalf("%+v %v", mine, err)
	}
	if err := d.Withdraw(t.Context(), ana, mine[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decide(t.Context(), ana, first, rejection(1), ""); err != nil {
		t.Errorf("the interest is withdrawn: %v", err)
	}
}

func TestAWorksheetOpensTheWayToAnApproval(t *testing.T) {
	d := dbtest.New(t)
	mei := d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "watchlist_check_failure")
	approval := review.Decision{Action: review.Approve, Version: 1, Grounds: []string{"false_alarm"}, Note: "Another person by age and country.",
		Resolutions: map[string]review.Resolution{"watchlist_check_failure": review.Cleared}}
	var bad review.Invalid
	if _, err := d.Decide(t.Context(), mei, id, approval, ""); !errors.As(err, &bad) || bad["finding.watchlist_check_failure"] == "" {
		t.Fatalf("approved without a worksheet: %v", err)
	}
	w := review.Worksheet{Code: "watchlist_check_failure", List: "SDN list of 1 August 2026", Entry: "Entry 4711", Conclusion: review.AnotherPerson, Note: "Another person by age.",
		Compared: []review.Comparison{{What: "name", Answer: "same"}, {What: "birth_date", Answer: "different"}, {What: "nationality", Answer: "different"}}}
	if _, err := d.NameMatch(t.Context(), mei, id, w); err != nil {
		t.Fatal(err)
	}
	if v, err := d.Decide(t.Context(), mei, id, approval, ""); err != nil || v.Status != review.StatusSecondReview {
		t.Errorf("%+v %v", v, err)
	}
	if c, err := d.View(t.Context(), mei, id); err != nil || len(c.Sheets) != 1 || c.Sheets[0].Entry != "Entry 4711" || c.Sheets[0].By.Name != "Mei Tan" || !c.Sheets[0].At.Equal(d.Now()) {
		t.Errorf("%+v %v", c.Sheets, err)
	}
	whole(t, d)
}

func TestANoteFindsWhomItNames(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	a, err := d.Account(t.Context(), mei.ID)
	if err != nil {
		t.Fatal(err)
	}
	local, _, _ := strings.Cut(a.Email, "@")
	if err := d.Note(t.Context(), ana, id, "Please look at the seal, @"+local+". Nobody is called @nobody."); err != nil {
		t.Fatal(err)
	}
	got, err := d.Mentions(t.Context(), mei.ID)
	if err != nil || len(got) != 1 || got[0].Case != id || got[0].By.Name != ana.Name || got[0].Name != "Ines Moreau" || !got[0].Seen.IsZero() {
		t.Fatalf("%+v %v", got, err)
	}
	if n, err := d.CountMentions(t.Context(), mei.ID); err != nil || n != 1 {
		t.Errorf("%d unseen, %v", n, err)
	}
	if n, err := d.CountMentions(t.Context(), ana.ID); err != nil || n != 0 {
		t.Errorf("Ana is named %d times, %v", n, err)
	}
}

func TestAMentionIsSeenWithTheRecordThatTheCaseWasOpened(t *testing.T) {
	d := dbtest.New(t)
	ana, mei := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "address_check_failure")
	views := func() int { return strings.Count(strings.Join(kinds(t, d, id), " "), "viewed") }
	unseen := func() int {
		n, err := d.CountMentions(t.Context(), mei.ID)
		ok(t, err)
		return n
	}
	ok(t, second(d.View(t.Context(), mei, id)))
	ok(t, d.Note(t.Context(), ana, id, "Please look at the seal, @meitan."))
	if before := views(); unseen() != 1 || before != 1 {
		t.Fatalf("%d unseen, %d views", unseen(), before)
	}
	ok(t, second(d.View(t.Context(), ana, id)))
	if unseen() != 1 {
		t.Error("somebody else's look saw it")
	}
	before := views()
	ok(t, second(d.View(t.Context(), mei, id)))
	if unseen() != 0 || views() != before+1 {
		t.Errorf("%d unseen with %d views after %d: within the minute the note was new", unseen(), views(), before)
	}
	ok(t, second(d.View(t.Context(), mei, id)))
	if views() != before+1 {
		t.Error("a reload was recorded")
	}
	if got, err := d.Mentions(t.Context(), mei.ID); err != nil || len(got) != 1 || got[0].Seen.IsZero() {
		t.Errorf("what was seen can be found again: %+v %v", got, err)
	}
	whole(t, d)
}

func TestViewsAreOnesOwnOrShared(t *testing.T) {
	d := dbtest.New(t)
	ana, bo := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Bo Lind", review.RoleReviewer)
	for _, v := range []db.SavedView{{Name: "Spain", Query: "country=ES"}, {Name: "Grave", Query: "severity=high", Shared: true}} {
		if _, err := d.SaveView(t.Context(), ana, v); err != nil {
			t.Fatal(err)
		}
	}
	own, err := d.SavedViews(t.Context(), ana.ID)
	if err != nil || len(own) != 2 {
		t.Fatalf("%+v %v", own, err)
	}
	others, err := d.SavedViews(t.Context(), bo.ID)
	if err != nil || len(others) != 1 || others[0].Name != "Grave" || others[0].Owner.Name != ana.Name {
		t.Fatalf("%+v %v", others, err)
	}
	if err := d.RemoveView(t.Context(), bo, others[0].ID); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("removed somebody else's view: %v", err)
	}
}

func TestTwoOfficersNeverGetTheSameCase(t *testing.T) {
	d := dbtest.New(t)
	const officers = 48 // more than are looked at for each: most of them are late, and look again
	for n := range officers {
		d.Cybrid(n+1, "Ines Moreau", "address_check_failure")
	}
	got := make(chan string, officers)
	start := make(chan struct{})
	for n := range officers {
		by := d.Person("Officer "+string(rune('A'+n/26))+string(rune('A'+n%26)), review.RoleReviewer)
		go func() {
			<-start
			id, err := d.ClaimNext(t.Context(), by, review.Filter{})
			if err != nil {
				t.Error(err)
			}
			got <- id
		}()
	}
	close(start)
	seen := map[string]bool{}
	for range officers {
		select {
		case id := <-got:
			if seen[id] {
				t.Errorf("%s was handed out twice", id)
			}
			seen[id] = true
		case <-time.After(20 * time.Second):
			t.Fatal("somebody never got a case")
		}
	}
}

func TestAWorksheetFilledInAfterAProposalVoidsIt(t *testing.T) {
	d := dbtest.New(t)
	ana, mei, bo := d.Person("Ana Quiroga", review.RoleReviewer), d.Person("Mei Tan", review.RoleSenior), d.Person("Bo Lind", review.RoleSenior)
	id := d.Cybrid(1, "Ines Moreau", "watchlist_check_failure")
	ok(t, second(d.NameMatch(t.Context(), ana, id, sheet(review.AnotherPerson))))
	approve := approval(1)
	approve.Resolutions = map[string]review.Resolution{"watchlist_check_failure": review.Cleared}
	ok(t, second(d.Decide(t.Context(), ana, id, approve, "")))
	ok(t, second(d.NameMatch(t.Context(), bo, id, sheet(review.SamePerson))))
	if _, err := d.Confirm(t.Context(), mei, id, 2, "I see it the same way."); !errors.Is(err, review.ErrConflict) {
		t.Fatalf("a person on a list was approved over the newer worksheet: %v", err)
	}
	ok(t, second(d.Return(t.Context(), mei, id, 2, "The newer worksheet says otherwise.")))
	approve.Version = 3
	var bad review.Invalid
	if _, err := d.Decide(t.Context(), ana, id, approve, ""); !errors.As(err, &bad) {
		t.Errorf("approved again: %v", err)
	}
	whole(t, d)
}
