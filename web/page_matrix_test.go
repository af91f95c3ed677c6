package web

import (
	"fmt"
	"net/http"
	"testing"

	"reviewdesk/db"
	"reviewdesk/review"
)

// inStatus takes in a case and brings it to a status; by made the proposal or the
// decision where there is one.
func (d *testDesk) inStatus(n int, s review.Status, by db.Actor) string {
	d.t.Helper()
	row := review.Row{ID: fmt.Sprintf("abcd%028x", n), State: "reviewing", CreatedAt: "2026-11-22T08:00:00Z", UpdatedAt: "2026-11-22T08:00:00Z",
		Subject: review.Reading{Name: "Ines Moreau", Email: "ines@applicant.example"}, Codes: []string{plainCode}}
	decision := review.Decision{Action: review.Approve, Version: 1, Grounds: []string{"other"}, Note: goodNote}
	switch s {
	case review.StatusArriving:
		row.State = "pending"
	case review.StatusLapsed:
		row.State = "expired"
	case review.StatusSecondReview:
		row.Codes, decision.Action = []string{graveCode}, review.Reject
	case review.StatusFailed:
		decision.Action = review.Reject
	}
	id := d.take(review.Cybrid, row, nil)
	if s.Decided() || s == review.StatusSecondReview {
		if v, err := d.Decide(d.t.Context(), by, id, decision, ""); err != nil || v.Status != s {
			d.t.Fatalf("a case %s: got %s, %v", s, v.Status, err)
		}
	}
	return id
}

func TestEveryActionByEveryRoleOnACaseInEveryStatus(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	proposer := d.member("Petra Proposer", review.RoleSenior)
	first := db.Actor{Kind: "person", Person: proposer.Person}
	who := map[string]*browser{"the proposer": d.browser()}
	who["the proposer"].signIn(proposer.Email)
	roles := map[string]review.Role{"the proposer": review.RoleSenior}
	for _, role := range review.Roles() {
		who[string(role)], roles[string(role)] = d.officer("Some "+upperFirst(string(role)), role), role
	}
	waiting, second := []review.Status{review.StatusInReview}, []review.Status{review.StatusSecondReview}
	decide := []string{"version", "1", "ground", "other", "note", goodNote, "return", "/queue?code=none_of_them"}
	again := []string{"version", "2", "note", goodNote}
	n := 0
	for _, act := range []struct {
		name, path string
		form       []string
		right      review.Right
		in         []review.Status
		done       int
	}{
		{"approves", "decision", append([]string{"action", "approve"}, decide...), review.RightDecide, waiting, http.StatusSeeOther},
		{"rejects", "decision", append([]string{"action", "reject"}, decide...), review.RightDecide, waiting, http.StatusSeeOther},
		{"confirms", "confirm", again, review.RightConfirm, second, http.StatusSeeOther},
		{"returns", "return", again, review.RightConfirm, second, http.StatusSeeOther},
		{"claims", "claim", nil, review.RightDecide, append(waiting, second...), http.StatusSeeOther},
		{"releases what nobody holds", "release", nil, review.RightDecide, nil, 0},
		{"notes", "note", []string{"note", goodNote}, review.RightDecide, review.Statuses(), http.StatusSeeOther},
		{"undoes", "undo", nil, review.RightDecide, nil, 0},
		{"asks to reopen", "reopen", []string{"reason", goodNote}, review.RightDecide, nil, 0},
		{"reopens what nobody asked for", "reopen", []string{"answer", "yes", "note", goodNote}, review.RightConfirm, nil, 0},
		{"skips", "skip", []string{"reason", goodNote, "return", "/queue?code=none_of_them"}, review.RightDecide, append(waiting, second...), http.StatusSeeOther},
		{"sets aside", "snooze", []string{"preset", "week", "reason", goodNote}, review.RightDecide, waiting, http.StatusSeeOther},
		{"wakes what is awake", "wake", nil, review.RightDecide, nil, 0},
		{"asks again", "ask-again", []string{"redo", plainCode, "text", "Please send a newer bill."}, review.RightDecide, waiting, http.StatusSeeOther},
		{"escalates", "escalate", []string{"reason", goodNote}, review.RightDecide, waiting, http.StatusSeeOther},
		{"steps back", "recuse", nil, review.RightDecide, review.Statuses(), http.StatusSeeOther},
		{"gives away", "assign", []string{"to", proposer.ID}, review.RightDecide, append(waiting, second...), http.StatusSeeOther},
		{"puts on hold", "hold", []string{"reason", goodNote}, review.RightHold, review.Statuses(), http.StatusSeeOther},
		{"reveals", "reveal", []string{"field", review.FieldEmail, "reason", "to compare"}, review.RightReveal, review.Statuses(), http.StatusOK},
	} {
		for _, status := range review.Statuses() {
			for name, b := range who {
				n++
				id := d.inStatus(n, status, first)
				want := http.StatusConflict
				for _, s := range act.in {
					if s == status {
						want = act.done
					}
				}
				switch said := status.Decided() || status == review.StatusSecondReview; {
				case act.name == "undoes" && said && name == "the proposer":
					want = http.StatusSeeOther
				case act.name == "undoes" && said, act.name == "asks to reopen" && status.Decided(): // nobody else's to undo; undone, it needs no reopening
					want = http.StatusForbidden
				}
				own := name == "the proposer" && act.path != "reopen" && act.right == review.RightConfirm && status == review.StatusSecondReview
				if !roles[name].May(act.right) || own {
					want = http.StatusForbidden
				}
				before, err := d.Peek(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				if got := b.post("/verifications/"+id+"/"+act.path, act.form...); got.Code != want {
					t.Errorf("%s %s a case that is %s: %d, want %d", name, act.name, status, got.Code, want)
				}
				after, err := d.Peek(t.Context(), id)
				if err != nil || want >= 400 && (after.Status != before.Status || after.Version != before.Version) {
					t.Errorf("%s %s a case that is %s: refused, and yet it went from %s to %s, %v", name, act.name, status, before.Status, after.Status, err)
				}
				if len(after.Findings) != len(before.Findings) {
					t.Errorf("%s %s a case that is %s: %d findings became %d", name, act.name, status, len(before.Findings), len(after.Findings))
				}
			}
		}
	}
}
