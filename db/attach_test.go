package db_test

import (
	"errors"
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
	if err != nil || len(c.Attached) != 1 || c.Attached[0].Name != "bill.pdf" || c.Attached[0].MediaType != "application/pdf" {
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
	if c, err := d.View(t.Context(), mei, id); err != nil || len(c.Sheets) != 1 || c.Sheets[0].Entry != "Entry 4711" {
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
	if err != nil || len(got) != 1 || got[0].Case != id || got[0].By != ana.Name {
		t.Fatalf("%+v %v", got, err)
	}
	if err := d.MentionsSeen(t.Context(), mei, id); err != nil {
		t.Fatal(err)
	}
	if got, err = d.Mentions(t.Context(), mei.ID); err != nil || len(got) != 0 {
		t.Errorf("%+v %v", got, err)
	}
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
	const officers = 16
	for n := range officers {
		d.Cybrid(n+1, "Ines Moreau", "address_check_failure")
	}
	got := make(chan string, officers)
	for n := range officers {
		by := d.Person("Officer "+string(rune('A'+n)), review.RoleReviewer)
		go func() {
			id, err := d.ClaimNext(t.Context(), by, review.Filter{})
			if err != nil {
				t.Error(err)
			}
			got <- id
		}()
	}
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
