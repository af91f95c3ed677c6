package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// secondWord is how the second person's yes or no is recorded.
type secondWord func(ctx context.Context, by db.Actor, id string, seen int64, note string) (review.Verification, error)

// asked is a wish to see a masked field.
type asked struct{ field, reason, bad string }

// claim takes the case for whoever asks, or renews their claim.
func (s *Server) claim(w http.ResponseWriter, r *http.Request) error {
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
	if _, err := do(r.Context(), visitOf(r.Context()).actor, id); err != nil {
		return s.drawAgain(w, r, id, opened{}, err)
	}
	return seeOther(w, r, caseHref(id, s.formList(r), 0))
}

// note adds a note to the case.
func (s *Server) note(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	text := typedText(r.PostForm, "note")
	if err := s.db.Note(r.Context(), visitOf(r.Context()).actor, id, text); err != nil {
		return s.drawAgain(w, r, id, opened{note: text}, err)
	}
	s.flash(w, r, "ok", "Note added.")
	return seeOther(w, r, caseHref(id, s.formList(r), 0))
}

// reveal shows one masked field in clear, once its reason is recorded. The answer
// is the page itself: in an address the field would be shown again and again.
func (s *Server) reveal(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := opened{list: s.formList(r), ask: asked{field: r.PostForm.Get("field"), reason: typedText(r.PostForm, "reason")}}
	if err := s.db.Reveal(r.Context(), visitOf(r.Context()).actor, id, o.ask.field, o.ask.reason); err != nil {
		var wrong review.Invalid
		if errors.As(err, &wrong) {
			o.ask.bad = first(wrong["reason"], wrong["field"])
		}
		return s.drawAgain(w, r, id, o, err)
	}
	o.revealed, o.ask = o.ask.field, asked{}
	return s.drawCase(w, r, http.StatusOK, id, o)
}

// second is a moment to the second, with its day and zone: what a dispute is about.
func (o *opened) second(t time.Time) string {
	return t.In(o.zone).Format("15:04:05 MST on 2 January 2006")
}
