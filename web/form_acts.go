package web

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// acting takes one of the forms beside the decision's. What the rule refuses is answered
// by the case as it stands, with every typed word.
func (s *Server) acting(w http.ResponseWriter, r *http.Request, act string, do func(id string, a acted, by db.Actor) (review.Verification, error), done func(v review.Verification) error) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	o := s.besides(r)
	o.acts = readActs(r.PostForm, act)
	v, err := do(id, o.acts, visitOf(r.Context()).actor)
	if err != nil {
		return s.drawAgain(w, r, id, o, err)
	}
	return done(v)
}

// stay tells what was done and shows the case again.
func (s *Server) stay(w http.ResponseWriter, r *http.Request, did string) func(review.Verification) error {
	return func(v review.Verification) error {
		s.flash(w, r, "ok", shortID(v.Provider, v.ID)+" "+did)
		return seeOther(w, r, caseHref(v.ID, s.formList(r), formNumber(r.PostForm)))
	}
}

// undo takes a decision back before it takes effect outside.
func (s *Server) undo(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actUndo, func(id string, _ acted, by db.Actor) (review.Verification, error) {
		return s.db.Undo(r.Context(), by, id)
	}, func(v review.Verification) error {
		s.carried(r).Undo = nil
		return s.stay(w, r, "taken back. Nobody outside has heard of it.")(v)
	})
}

// reopen asks that a decided case be opened again, or is the second person's answer.
func (s *Server) reopen(w http.ResponseWriter, r *http.Request) error {
	answer, did := r.PostForm.Get("answer"), "is to be reopened. A senior who is not you answers."
	switch answer {
	case "yes":
		did = "is in review again."
	case "no":
		did = "stays closed."
	}
	return s.acting(w, r, actReopen, func(id string, a acted, by db.Actor) (review.Verification, error) {
		switch answer {
		case "":
			return s.db.AskReopen(r.Context(), by, id, a.sent("reason"))
		case "yes":
			return s.db.Reopen(r.Context(), by, id, a.sent("note"))
		case "no":
			return s.db.KeepClosed(r.Context(), by, id, a.sent("note"))
		}
		return review.Verification{}, errBadRequest{"The answer is yes or no."}
	}, s.stay(w, r, did))
}

// skip gives a case back and goes on to the next one.
func (s *Server) skip(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actSkip, func(id string, a acted, by db.Actor) (review.Verification, error) {
		return s.db.Skip(r.Context(), by, id, a.sent("reason"))
	}, func(v review.Verification) error {
		s.flash(w, r, "ok", shortID(v.Provider, v.ID)+" skipped.")
		return s.nextCase(w, r)
	})
}

// recuse shuts whoever asks out of a case, and leaves it.
func (s *Server) recuse(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actRecuse, func(id string, _ acted, by db.Actor) (review.Verification, error) {
		return s.db.Recuse(r.Context(), by, id)
	}, func(v review.Verification) error {
		s.flash(w, r, "ok", shortID(v.Provider, v.ID)+" will not come to you again.")
		return seeOther(w, r, s.formList(r))
	})
}

// assign gives a case to somebody.
func (s *Server) assign(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actAssign, func(id string, a acted, by db.Actor) (review.Verification, error) {
		v, err := s.db.Assign(r.Context(), by, id, a.sent("to"))
		if errors.Is(err, db.ErrNotFound) { // the case was found: it is the person who is not there
			err = review.Invalid{"to": "Choose a person of the list."}
		}
		return v, err
	}, s.stay(w, r, "given away."))
}

// escalate hands a case to the seniors.
func (s *Server) escalate(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actEscalate, func(id string, a acted, by db.Actor) (review.Verification, error) {
		return s.db.Escalate(r.Context(), by, id, a.sent("reason"))
	}, s.stay(w, r, "handed to the seniors."))
}

// snooze sets a case aside until a time.
func (s *Server) snooze(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, actSnooze, func(id string, a acted, by db.Actor) (review.Verification, error) {
		return s.db.Snooze(r.Context(), by, id, a.until(s.db.Now(), s.zone(s.prefs(r))), a.sent("reason"))
	}, s.stay(w, r, "set aside. Its clock stands."))
}

// wake takes it back before its time.
func (s *Server) wake(w http.ResponseWriter, r *http.Request) error {
	return s.acting(w, r, "wake", func(id string, _ acted, by db.Actor) (review.Verification, error) {
		return s.db.Wake(r.Context(), by, id)
	}, s.stay(w, r, "is back in the queue."))
}

// askAgain asks the applicant to redo something. Sent without a text, or with the wish
// for one, it draws the text up from the catalogue instead, to be looked through.
func (s *Server) askAgain(w http.ResponseWriter, r *http.Request) error {
	a := readActs(r.PostForm, actAsk)
	codes := a.values[actAsk+".redo"]
	if len(codes) > 0 && (r.PostForm.Has("compose") || a.sent("text") == "") {
		return s.drawUp(w, r, a, codes)
	}
	return s.acting(w, r, actAsk, func(id string, a acted, by db.Actor) (review.Verification, error) {
		return s.db.AskAgain(r.Context(), by, id, codes, a.sent("text"))
	}, s.stay(w, r, "waits for the applicant. Its clock stands."))
}

func (s *Server) drawUp(w http.ResponseWriter, r *http.Request, a acted, codes []string) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	v, err := s.db.Peek(r.Context(), id)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return !slices.Contains(v.Codes(), code) })
	a.values.Set(actAsk+".text", review.AskText(policy.Catalogue(), v.Provider, found))
	a.fresh = true
	o := s.besides(r)
	o.acts = a
	if a.values.Get(actAsk+".text") == "" && len(found) > 0 {
		o.wrong = review.Invalid{"text": "The catalogue has no words for the applicant here. Write what they are to send, and not why."}
	}
	return s.drawCase(w, r, http.StatusOK, id, o)
}

// undoOffer is what the browser carries of a decision that can still be taken back: the
// case and until when, nothing of the person.
type undoOffer struct {
	Case  string `json:"c"`
	Text  string `json:"t"`
	Until int64  `json:"u"` // microseconds UTC
}

// offerUndo lets the next pages offer to take back what was just decided. A proposal can
// be taken back for longer, on its own page. The message that is flashed next takes the
// offer to the browser.
func (s *Server) offerUndo(r *http.Request, v review.Verification) {
	until := v.EffectiveAt
	if v.Status == review.StatusSecondReview {
		policy, err := s.db.Policy(r.Context())
		if err != nil {
			return // the case's own page offers it too
		}
		until = s.db.Now().Add(policy.Undo())
	}
	if !until.After(s.db.Now()) || v.Status == review.StatusInReview {
		return
	}
	s.carried(r).Undo = &undoOffer{v.ID, outcomeWords(v), until.UnixMicro()}
}

// undoOffered is that offer while it lasts.
func (s *Server) undoOffered(r *http.Request, prefs views.Prefs) *views.Undo {
	offer, now := s.carried(r).Undo, s.db.Now()
	if offer == nil || !visitOf(r.Context()).may(review.RightDecide) || offer.Until <= now.UnixMicro() {
		return nil
	}
	until := time.UnixMicro(offer.Until)
	return &views.Undo{ID: offer.Case, Text: offer.Text, Label: "Undo", Until: clock(until, s.zone(prefs)), Left: leftWords(until.Sub(now))}
}
