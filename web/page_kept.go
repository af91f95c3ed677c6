package web

import (
	"net/http"
	"strings"

	"reviewdesk/review"
	"reviewdesk/views"
)

// kept is the page of one person, by any case of theirs.
func (s *Server) kept(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	if id != r.PathValue("id") {
		return seeOther(w, r, keptHref(id))
	}
	return s.showKept(w, r, http.StatusOK, id, keptTyped{})
}

// keptTyped is what was typed into one of the forms of the page, and what is wrong with it.
type keptTyped struct {
	act            string // "hold", "lift" or "erase"; "" for none
	ground, reason string
	wrong          review.Invalid
	notice         *views.Flash
}

func (s *Server) showKept(w http.ResponseWriter, r *http.Request, status int, id string, t keptTyped) error {
	k, err := s.db.Retention(r.Context(), id)
	if err != nil {
		return err
	}
	p := views.KeptPage{Page: s.page(w, r, personLabel(k)), KeptPerson: keptPerson(k), ID: id}
	p.Return = keptHref(id)
	if t.notice != nil {
		p.Flash = append(p.Flash, *t.notice)
	}
	now, zone, by := s.db.Now(), s.zone(p.Prefs), visitOf(r.Context()).actor.Person
	p.Lead = "Kept until"
	if k.Due(now) {
		p.Lead = "Was to be kept until"
	}
	p.Hold, p.KeptPerson.Erased = holdWords(k.Hold, zone), erasedWords(k.Erased, zone)
	for _, ground := range []review.LegalGround{review.GroundEnded, review.GroundRequest, review.GroundOrder} {
		if k.MayErase(ground, by, now) == nil {
			p.Grounds = append(p.Grounds, views.Option{Value: string(ground), Label: upperFirst(ground.Words()), Chosen: t.ground == string(ground)})
		}
	}
	p.Says = s.mayBeErased(k, by)
	p.Erase = t.form("erase")
	if k.MayHold(by) == nil {
		f := t.form("hold")
		p.HoldOn = &f
	}
	if k.MayLift(by, now) == nil {
		f := t.form("lift")
		p.Lift = &f
	}
	return s.render(w, r, status, views.Kept(p))
}

// form is one of the page's forms, with what was typed into it.
func (t keptTyped) form(act string) views.KeptForm {
	if t.act != act {
		return views.KeptForm{}
	}
	f := views.KeptForm{Reason: unhidden(t.reason)}
	for _, e := range formErrors(t.wrong) {
		if e.Field == "reason" {
			e.ID = act + "-reason"
		}
		f.Errors = append(f.Errors, e)
	}
	return f
}

// mayBeErased says whether the person can be erased now, in the rule's own words where
// they cannot.
func (s *Server) mayBeErased(k review.Retention, by review.Person) string {
	now := s.db.Now()
	order, ended := k.MayErase(review.GroundOrder, by, now), k.MayErase(review.GroundEnded, by, now)
	switch {
	case order != nil:
		return order.Error()
	case ended != nil:
		return ended.Error()
	}
	return "The period has run out. What the law wanted kept may go now, and has to."
}

// What an erasure takes and what it leaves, as the last question tells it.
var (
	goneWords = []string{
		"Names, birth dates, addresses, e-mail addresses and phone numbers, as typed, as read and as registered",
		"Document numbers and machine-readable zones",
		"Pictures, selfies, attached files",
		"Notes, name-match worksheets, and the reasons that officers gave",
		"The provider's own object, and every way to find the person by search or by likeness",
	}
	staysWords = []string{
		"The cases' ids, provider, failure codes, and what was decided of each",
		"The outcome, its grounds, its times, who decided, and under which policy",
		"Every event of the audit log, whose proofs still hold: personal words in it can no longer be opened",
		"That this person was erased: by whom, when, on which ground, and for which reason",
		"What officers wrote elsewhere: a saved view, a declared interest, a note on somebody else's case",
	}
)

// sureOfErasing asks once more.
func (s *Server) sureOfErasing(w http.ResponseWriter, r *http.Request, id string, k review.Retention, t keptTyped) error {
	p := views.SurePage{
		Page: s.page(w, r, "Erase "+lowerFirst(personLabel(k))), Heading: "Erase " + lowerFirst(personLabel(k)) + "?",
		Text:  "All of their data go, in " + counted(len(k.Cases), "case", "cases") + ": " + strings.Join(casesOf(k), ", ") + ".",
		Facts: []views.Fact{{Label: "Legal ground", Value: upperFirst(review.LegalGround(t.ground).Words())}, {Label: "Reason", Value: visible(t.reason)}},
		Gone:  goneWords, Stays: staysWords,
		Action: keptHref(id) + "/erase", Hidden: []views.Hidden{{Name: "ground", Value: t.ground}, {Name: "reason", Value: unhidden(t.reason)}},
		Button: "Erase " + lowerFirst(personLabel(k)) + " for good", BackHref: keptHref(id), Back: personLabel(k),
	}
	p.Return = keptHref(id)
	return s.render(w, r, http.StatusOK, views.Sure(p))
}

func casesOf(k review.Retention) []string {
	var out []string
	for _, c := range k.Cases {
		out = append(out, shortID(c.Provider, c.ID))
	}
	return out
}
