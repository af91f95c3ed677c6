package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// secondWord is how the second person's yes or no is recorded.
type secondWord func(ctx context.Context, by db.Actor, id string, seen int64, note string) (review.Verification, error)

// asked is a wish to see a masked field.
type asked struct{ field, reason, bad string }

// claim takes the case for whoever asks, or renews their claim; a senior can take it over.
func (s *Server) claim(w http.ResponseWriter, r *http.Request) error {
	if r.PostForm.Get("take_over") == "1" {
		return s.hold(w, r, s.db.TakeOver)
	}
	return s.hold(w, r, s.db.Claim)
}

// release gives it back.
func (s *Server) release(w http.ResponseWriter, r *http.Request) error {
	return s.hold(w, r, s.db.Release)
}

func (s *Server) hold(w http.ResponseWriter, r *http.Request, do func(context.Context, db.Actor, string) (review.Verification, error)) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := s.besides(r)
	if _, err := do(r.Context(), visitOf(r.Context()).actor, id); err != nil {
		return s.drawAgain(w, r, id, o, err)
	}
	return s.goOn(w, r, id, o, "")
}

// besides is what a form beside the decision's sends along: the place in the list,
// and the decision as it was typed so far, which a reload would lose. The page joins
// its buttons to the decision's form, so that this needs no script.
func (s *Server) besides(r *http.Request) opened {
	o := opened{list: s.formList(r), number: formNumber(r.PostForm)}
	switch r.PostForm.Get("panel") {
	case "decide":
		policy, _ := s.db.Policy(r.Context())         // without it no ground is left out
		o.typed, _ = readDecision(r.PostForm, policy) // whether it can be taken is not asked yet
		o.beside = o.typed.Action != "" || o.typed.Note != "" || len(o.typed.Resolutions) > 0
	case "second":
		o.typed = &typed{second: true, submission: submissionOf(r.PostForm)}
		o.typed.Note = typedText(r.PostForm, "note")
		o.typed.Version, _ = readVersion(r.PostForm)
		o.beside = o.typed.Note != ""
	}
	if !o.beside {
		o.typed = nil
	}
	return o
}

func formNumber(form url.Values) int {
	n, err := strconv.Atoi(form.Get("n"))
	if err != nil {
		return 0
	}
	return n
}

// goOn answers a form beside the decision's once it is done: by the case's own
// address, or by the page with what is typed for the decision still in it.
func (s *Server) goOn(w http.ResponseWriter, r *http.Request, id string, o opened, part string) error {
	o.acts = readActs(r.PostForm, "")
	if o.beside {
		return s.drawCase(w, r, http.StatusOK, id, o)
	}
	return seeOther(w, r, caseHref(id, o.list, o.number)+part)
}

// note adds a note to the case.
func (s *Server) note(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := s.besides(r)
	o.note = typedText(r.PostForm, "note")
	if r.PostForm.Has("panel") { // the decision's own note goes by that name
		o.note = typedText(r.PostForm, "add_note")
	}
	if err := s.db.Note(r.Context(), visitOf(r.Context()).actor, id, o.note); err != nil {
		return s.drawAgain(w, r, id, o, err)
	}
	o.note = ""
	s.flash(w, r, "ok", "Note added.")
	return s.goOn(w, r, id, o, historyPart)
}

// historyPart is where the page shows what was just done.
const historyPart = "#history"

// reveal shows one masked field in clear, once its reason is recorded. The answer
// is the page itself: in an address the field would be shown again and again.
func (s *Server) reveal(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := s.besides(r)
	o.ask = asked{field: r.PostForm.Get("field"), reason: typedText(r.PostForm, "reason")}
	if r.PostForm.Has("panel") { // each field has a reason of its own there
		o.ask.reason = typedText(r.PostForm, "reason."+o.ask.field)
	}
	if err := s.db.Reveal(r.Context(), visitOf(r.Context()).actor, id, o.ask.field, o.ask.reason); err != nil {
		var wrong review.Invalid
		if errors.As(err, &wrong) {
			o.ask.bad = first(wrong["reason"], wrong["field"])
		}
		return s.drawAgain(w, r, id, o, err)
	}
	o.revealed, o.ask = o.ask.field, asked{}
	o.acts = readActs(r.PostForm, "")
	return s.drawCase(w, r, http.StatusOK, id, o)
}

// second is a moment to the second, with its day and zone: what a dispute is about.
func (o *opened) second(t time.Time) string {
	return t.In(o.zone).Format("15:04:05 MST on 2 January 2006")
}
