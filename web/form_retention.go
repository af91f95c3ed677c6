package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// setRetention makes a new version of the policy, of which the form knows this part
// only. What lets the desk erase more people than it would by now is asked for twice.
func (s *Server) setRetention(w http.ResponseWriter, r *http.Request) error {
	held, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	p, bad := readKeeping(r.PostForm, held)
	if err = bad.Err(); err == nil {
		err = p.Check()
	}
	if err == nil && r.PostForm.Get("sure") != "yes" && erasesMore(held.Keep, p.Keep) {
		return s.sureOfKeeping(w, r, held.Keep, p)
	}
	if err == nil {
		p, err = s.db.SetPolicy(r.Context(), visitOf(r.Context()).actor, p)
	}
	if errors.As(err, &bad) {
		return s.showRetention(w, r, http.StatusUnprocessableEntity, views.RetentionPage{Errors: formErrors(bad)}, &p)
	}
	if err != nil {
		return err
	}
	s.flash(w, r, "ok", "Saved. Version "+itoa(p.Version)+" of the policy holds from now on.")
	return seeOther(w, r, "/admin/retention")
}

// readKeeping reads the form into the policy that holds.
func readKeeping(form url.Values, p review.Policy) (review.Policy, review.Invalid) {
	bad := review.Invalid{}
	var err error
	if p.Version, err = strconv.ParseInt(form.Get("version"), 10, 64); err != nil {
		bad.Add("keep_years", "The form does not say which version of the policy it is about. Look at it again.")
	}
	for name, into := range map[string]*int{"keep_years": &p.Keep.Years, "keep_sanctions_years": &p.Keep.SanctionsYears} {
		if *into, err = strconv.Atoi(strings.TrimSpace(form.Get(name))); err != nil {
			bad.Add(name, "Give a whole number.")
		}
	}
	p.Keep.Erase = form.Get("keep_erase") == "yes"
	return p, bad
}

// erasesMore reports whether the desk would erase by itself whom it does not erase now.
func erasesMore(from, to review.Keeping) bool {
	return to.Erase && (!from.Erase || to.Years < from.Years || to.SanctionsYears < from.SanctionsYears)
}

func (s *Server) sureOfKeeping(w http.ResponseWriter, r *http.Request, held review.Keeping, p review.Policy) error {
	counts, err := s.db.CountRetention(r.Context())
	if err != nil {
		return err
	}
	text := "Nobody is due by the periods that hold now."
	if counts.Due > 0 {
		text = upperFirst(dueWords(counts)) + " due by the periods that hold now."
	}
	if p.Keep.Years < held.Years || p.Keep.SanctionsYears < held.SanctionsYears {
		text += " A shorter period makes more people due."
	}
	page := views.SurePage{
		Page: s.page(w, r, "Let the desk erase"), Heading: "Let the desk erase by itself?",
		Text:  text + " The desk begins with whoever is due at once, and goes on from day to day without asking. A legal hold stops it.",
		Facts: []views.Fact{{Label: "Kept for", Value: years(p.Keep.Years)}, {Label: "Kept for, with a sanctions code", Value: years(p.Keep.SanctionsYears)}},
		Gone:  goneWords, Stays: staysWords, Action: "/admin/retention", Button: "Let the desk erase", BackHref: "/admin/retention", Back: "Retention",
		Hidden: []views.Hidden{{Name: "version", Value: itoa(p.Version)}, {Name: "keep_years", Value: strconv.Itoa(p.Keep.Years)},
			{Name: "keep_sanctions_years", Value: strconv.Itoa(p.Keep.SanctionsYears)}, {Name: "keep_erase", Value: "yes"}},
	}
	page.Return = "/admin/retention"
	return s.render(w, r, http.StatusOK, views.Sure(page))
}

// holdPerson puts the person of a case on legal hold: from the case, or from the
// person's page for those who see no cases.
func (s *Server) holdPerson(w http.ResponseWriter, r *http.Request) error {
	if !visitOf(r.Context()).may(review.RightSeeCases) {
		return s.onKept(w, r, "hold", s.db.HoldPerson, "The person is on legal hold. Nothing of theirs is erased until an admin lifts it.")
	}
	return s.acting(w, r, actHold, func(id string, a acted, by db.Actor) (review.Verification, error) {
		if err := s.db.HoldPerson(r.Context(), by, id, a.sent("reason")); err != nil {
			return review.Verification{}, err
		}
		return s.db.Peek(r.Context(), id)
	}, s.stay(w, r, "is on legal hold, with all cases of this person."))
}

// liftHold takes the hold off again.
func (s *Server) liftHold(w http.ResponseWriter, r *http.Request) error {
	return s.onKept(w, r, "lift", s.db.LiftHold, "The hold is lifted. The period counts again.")
}

// erasePerson erases a person, once the form was sent and then confirmed.
func (s *Server) erasePerson(w http.ResponseWriter, r *http.Request) error {
	ground := review.LegalGround(r.PostForm.Get("ground"))
	return s.onKept(w, r, "erase", func(ctx context.Context, by db.Actor, id, reason string) error {
		if r.PostForm.Get("sure") == "yes" {
			return s.db.ErasePerson(ctx, by, id, ground, reason)
		}
		return s.askFirst(ctx, by, id, ground, reason)
	}, "Erased. The decisions and their proofs stand.")
}

// errAskFirst: nothing is wrong with the form, and nothing was done.
var errAskFirst = errors.New("ask once more")

// askFirst holds an erasure against its rule without doing it.
func (s *Server) askFirst(ctx context.Context, by db.Actor, id string, ground review.LegalGround, reason string) error {
	k, err := s.db.Retention(ctx, id)
	if err == nil {
		err = k.MayErase(ground, by.Person, s.db.Now())
	}
	if err == nil && strings.TrimSpace(reason) == "" {
		err = review.Invalid{"reason": "Say in a few words why."}
	}
	if err == nil {
		err = errAskFirst
	}
	return err
}

// onKept takes one of the forms of a person's page. What the rule refuses is answered by
// the page as it stands, with what was typed.
func (s *Server) onKept(w http.ResponseWriter, r *http.Request, act string, do func(ctx context.Context, by db.Actor, id, reason string) error, done string) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	t := keptTyped{act: act, ground: r.PostForm.Get("ground"), reason: typedText(r.PostForm, "reason")}
	err = do(r.Context(), visitOf(r.Context()).actor, id, t.reason)
	var no review.Forbidden
	var clash review.Conflict
	switch {
	case err == nil:
		s.flash(w, r, "ok", done)
		return seeOther(w, r, keptHref(id))
	case errors.Is(err, errAskFirst):
		k, err := s.db.Retention(r.Context(), id)
		if err != nil {
			return err
		}
		return s.sureOfErasing(w, r, id, k, t)
	case errors.As(err, &t.wrong):
		return s.showKept(w, r, http.StatusUnprocessableEntity, id, t)
	case errors.As(err, &clash):
		t.notice = &views.Flash{Tone: "bad", Text: upperFirst(clash.Error()) + ". Nothing of yours was recorded."}
		return s.showKept(w, r, http.StatusConflict, id, t)
	case errors.As(err, &no):
		t.notice = &views.Flash{Tone: "bad", Text: no.Why}
		return s.showKept(w, r, http.StatusForbidden, id, t)
	case unwritten(err):
		_, heading, text := explain(err)
		t.notice = &views.Flash{Tone: "bad", Text: heading + ". " + text + " What you typed is still here."}
		return s.showKept(w, r, http.StatusServiceUnavailable, id, t)
	}
	return err
}
