package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// bulk shows what an act would do to each of the cases that were ticked, and with
// step=do does it. Nobody approves in bulk.
func (s *Server) bulk(w http.ResponseWriter, r *http.Request) error {
	cases, err := readCases(r.PostForm["case"])
	if err != nil {
		return err
	}
	if len(cases) == 0 || len(cases) > db.MostBulk {
		s.flash(w, r, "warn", "Select 1 to "+strconv.Itoa(db.MostBulk)+" cases first.")
		return seeOther(w, r, s.formList(r))
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	b, wrong := readBulk(r.PostForm, policy, s.zone(s.prefs(r)), s.db.Now())
	if b.Act == db.BulkAssign && b.To == "" { // as the page stands: the first of its list
		people, err := s.deciders(r.Context())
		if err != nil {
			return err
		}
		b.To = people[0].ID
	}
	do := r.PostForm.Get("step") == "do" && wrong.Err() == nil
	try := s.db.BulkTry
	if do {
		try = s.db.BulkDo
	}
	results, err := try(r.Context(), visitOf(r.Context()).actor, cases, b)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if r.PostForm.Get("step") == "do" && !do {
		status = http.StatusUnprocessableEntity
	} else if !do {
		wrong = nil // nothing was typed yet
	}
	return s.showBulk(w, r, status, b, cases, results, wrong, do)
}

// readCases reads which cases were ticked, each with the version that was shown.
func readCases(values []string) ([]db.BulkCase, error) {
	var out []db.BulkCase
	for _, value := range values {
		id, text, _ := strings.Cut(value, ":")
		version, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !uuidForm.MatchString(id) {
			return nil, errBadRequest{"The form names no case. Open the list again and select the cases anew."}
		}
		if c := (db.BulkCase{ID: id, Version: version}); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out, nil
}

// readBulk reads the act and what it needs. Where something is missing it stands in
// for it, so that the page can say for each case whether the act could be done.
func readBulk(form url.Values, policy review.Policy, zone *time.Location, now time.Time) (db.Bulk, review.Invalid) {
	bad := review.Invalid{}
	b := db.Bulk{Act: db.BulkAct(form.Get("act")), To: form.Get("to"), Reason: typedText(form, "reason"), Grounds: form["ground"], Note: typedText(form, "note")}
	switch b.Act {
	case db.BulkAssign:
		if b.To == "" {
			bad.Add("to", "Choose whom to give the cases to.")
		}
	case db.BulkSnooze:
		until, err := time.ParseInLocation("2006-01-02T15:04", form.Get("until"), zone)
		if b.Until = until; err != nil || !until.After(now) {
			bad.Add("until", "Choose a time to come.")
			b.Until = now.Add(time.Hour)
		}
		standIn(&b.Reason, "reason", bad)
	case db.BulkReject:
		if len(b.Grounds) == 0 {
			bad.Add("ground", "Choose at least one ground.")
			b.Grounds = []string{policy.GroundsFor(review.Reject)[0].Key}
		}
		standIn(&b.Note, "note", bad)
	}
	return b, bad
}

func standIn(text *string, field string, bad review.Invalid) {
	var wrong review.Invalid
	if errors.As(review.CheckNote(*text), &wrong) {
		bad.Add(field, wrong["note"])
		*text = strings.Repeat("x", review.NoteMin)
	}
}

func (s *Server) showBulk(w http.ResponseWriter, r *http.Request, status int, b db.Bulk, cases []db.BulkCase, results []db.BulkResult, wrong review.Invalid, done bool) error {
	words, known := bulkWords[b.Act]
	if !known {
		return errBadRequest{"The form does not say what to do."}
	}
	p := views.BulkPage{Page: s.page(w, r, words.title), Act: string(b.Act), Done: done, Back: s.formList(r),
		Until: unhidden(r.PostForm.Get("until")), Reason: unhidden(typedText(r.PostForm, "reason")), Note: unhidden(typedText(r.PostForm, "note")), Errors: formErrors(wrong)}
	zone := s.zone(p.Prefs)
	p.Zone = s.db.Now().In(zone).Format("MST")
	p.Return = p.Back
	p.Keep = []views.Hidden{{Name: "act", Value: string(b.Act)}, {Name: "return", Value: p.Back}}
	for i, result := range results {
		row := bulkRow(result, cases[i], words, done)
		if result.Err == nil {
			p.Can++
		}
		p.Rows = append(p.Rows, row)
	}
	p.Verb = words.verb + " " + counted(p.Can, "case", "cases")
	if err := s.bulkChoices(r, &p, b); err != nil {
		return err
	}
	return s.render(w, r, status, views.Bulk(p))
}

// bulkChoices are the people and the grounds to choose from.
func (s *Server) bulkChoices(r *http.Request, p *views.BulkPage, b db.Bulk) error {
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	for _, g := range policy.GroundsFor(review.Reject) {
		p.Grounds = append(p.Grounds, views.Option{Value: g.Key, Label: g.Words, Chosen: slices.Contains(r.PostForm["ground"], g.Key)})
	}
	people, err := s.deciders(r.Context())
	for _, a := range people {
		p.People = append(p.People, views.Option{Value: a.ID, Label: visible(a.Name), Chosen: a.ID == b.To})
	}
	return err
}

// deciders are those who decide cases, by name: whoever asks is one of them.
func (s *Server) deciders(ctx context.Context) ([]db.Account, error) {
	everybody, err := s.db.People(ctx)
	return slices.DeleteFunc(slices.Clone(everybody), func(a db.Account) bool { return !a.Active() || !a.Role.May(review.RightDecide) }), err
}

type bulkWord struct{ title, verb, will, did string }

var bulkWords = map[db.BulkAct]bulkWord{
	db.BulkAssign:   {"Assign cases", "Assign", "Goes to them for eight hours.", "Given to them."},
	db.BulkSnooze:   {"Snooze cases", "Snooze", "Leaves the queue until then; its clock stands.", "Set aside."},
	db.BulkAskAgain: {"Ask applicants again", "Ask about", "Waits for the applicant's answer; its clock stands.", "Asked."},
	db.BulkReject:   {"Reject cases", "Reject", "Will be rejected. Each finding is upheld on the provider's result alone.", "Rejected."},
}

func bulkRow(result db.BulkResult, c db.BulkCase, words bulkWord, done bool) views.BulkRow {
	v, status := result.Case, result.Was
	if done {
		status = result.Case.Status
	}
	row := views.BulkRow{Value: c.ID + ":" + strconv.FormatInt(c.Version, 10), Href: "/verifications/" + c.ID, ShortID: shortID(v.Provider, v.ID), Name: visible(v.Subject.Name),
		Badge: badgeOf(v.Provider, status, wireOf(v.Provider, status, v.Arrived, review.Reject, "")), Tone: "ok", Happens: words.will}
	if done {
		row.Happens = words.did
	}
	if v.Status == review.StatusSecondReview && result.Err == nil {
		row.Tone, row.Happens = "warn", "Goes to second review: a second person confirms it."
		if done {
			row.Happens = "Sent to second review: a second person confirms it."
		}
	}
	if result.Err != nil {
		row.Tone = "bad"
		_, _, row.Happens = explain(result.Err)
		var clash review.Conflict
		if errors.As(result.Err, &clash) {
			row.Happens = "Left alone: " + visible(clash.Error()) + "."
		}
		var bad review.Invalid
		if errors.As(result.Err, &bad) && bad["text"] != "" {
			row.Happens = "Left alone: " + lowerFirst(bad["text"])
		}
	}
	return row
}
