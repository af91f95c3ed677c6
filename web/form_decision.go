package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// typed is a decision as it was typed, to be taken or to be shown again.
type typed struct {
	review.Decision
	submission string
	second     bool // the second person's word on a proposal
}

// decision takes an officer's decision and goes on to the next case. Who decides
// comes from the session.
func (s *Server) decision(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	policy, err := s.db.Policy(r.Context())
	if err != nil {
		return err
	}
	t, err := readDecision(r.PostForm, policy)
	if err != nil {
		return s.drawAgain(w, r, id, opened{typed: t}, err)
	}
	l, noList := s.listing(r, listQuery(s.formList(r)))
	v, next, nextErr, err := s.db.DecideThenTake(r.Context(), visitOf(r.Context()).actor, id, t.Decision, t.submission, l.filter)
	if err != nil {
		return s.drawAgain(w, r, id, opened{typed: t}, err)
	}
	s.offerUndo(r, v)
	s.flash(w, r, "ok", outcomeWords(v))
	if noList != nil { // the case is of the whole queue then
		l = listing{}
	}
	return s.toNext(w, r, l, next, nextErr)
}

// readDecision reads the form. Grounds of the other action are dropped, since
// without script both lists are on the page; a word that is no ground at all stays
// and is told.
func readDecision(form url.Values, policy review.Policy) (*typed, error) {
	t := &typed{submission: submissionOf(form)}
	t.Action, t.Note, t.RejectReason = review.Action(form.Get("action")), typedText(form, "note"), form.Get("reject_reason")
	t.Second = form.Get("second") == "yes"
	for _, key := range form["ground"] {
		if !slices.Contains(t.Grounds, key) && !onlyOtherGround(policy, t.Action, key) {
			t.Grounds = append(t.Grounds, key)
		}
	}
	readResolutions(form, &t.Decision)
	var err error
	t.Version, err = readVersion(form)
	return t, err
}

// readResolutions reads the officer's word on each finding, and what it rests on. The
// page's form always sends a field of evidence, so that none ticked is told from none
// asked for.
func readResolutions(form url.Values, d *review.Decision) {
	d.Resolutions, d.Evidence = map[string]review.Resolution{}, map[string][]review.Exhibit{}
	for field, values := range form {
		if code, is := strings.CutPrefix(field, "finding."); is && form.Get(field) != "" {
			d.Resolutions[code] = review.Resolution(form.Get(field))
		}
		if code, is := strings.CutPrefix(field, "evidence."); is {
			d.Evidence[code] = []review.Exhibit{}
			for _, x := range values {
				if x != "" {
					d.Evidence[code] = append(d.Evidence[code], review.Exhibit(x))
				}
			}
		}
	}
}

// submissionOf is the form's one-time id, which the page made (crypto/rand.Text): no
// other text counts as one.
func submissionOf(form url.Values) string {
	id := form.Get("submission")
	if len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool {
		return !('A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-')
	}) {
		return ""
	}
	return id
}

// typedText is a text field. Browsers send line ends as two characters.
func typedText(form url.Values, field string) string {
	return strings.ReplaceAll(form.Get(field), "\r\n", "\n")
}

func onlyOtherGround(p review.Policy, a review.Action, key string) bool {
	known := false
	for _, g := range p.Grounds {
		if g.Key == key && g.Action == a {
			return false
		}
		known = known || g.Key == key
	}
	return known && (a == review.Approve || a == review.Reject)
}

func readVersion(form url.Values) (int64, error) {
	n, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, review.Invalid{"version": "The form does not say which version of the case it is about. Look at the case and send it again."}
	}
	return n, nil
}

// outcomeWords tell what has been done. They travel in a cookie, so that the case
// goes by its short id and not by the person's name.
func outcomeWords(v review.Verification) string {
	id := shortID(v.Provider, v.ID)
	switch v.Status {
	case review.StatusPassed:
		return id + " approved."
	case review.StatusFailed:
		return id + " rejected."
	case review.StatusSecondReview:
		return id + " sent to second review."
	}
	return id + " is back in the queue."
}

// nextCase goes on to the next case of the view. What was done is recorded by now, so
// that nothing here is an error of it.
func (s *Server) nextCase(w http.ResponseWriter, r *http.Request) error {
	l, err := s.listing(r, listQuery(s.formList(r)))
	if err != nil {
		return seeOther(w, r, "/queue")
	}
	id, err := s.db.TakeNext(r.Context(), visitOf(r.Context()).actor, l.filter)
	return s.toNext(w, r, l, id, err)
}

// toNext leads to a case of a list, or, where none could be had, to the list.
func (s *Server) toNext(w http.ResponseWriter, r *http.Request, l listing, id string, err error) error {
	if err == nil {
		return seeOther(w, r, caseHref(id, l.href(), 0))
	}
	if errors.Is(err, db.ErrNotFound) {
		s.flash(w, r, "info", "That was the last case of this view that nobody else holds.")
	}
	return seeOther(w, r, l.href())
}

// formList is the list that a form's case was opened from.
func (s *Server) formList(r *http.Request) string {
	if text := r.PostForm.Get("return"); text != "" {
		return listAddress(text)
	}
	from, err := url.Parse(s.wanted(r))
	if err != nil {
		return "/queue"
	}
	return listAddress(from.Query().Get("return"))
}

// confirm is the second person's yes.
func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	return s.secondWord(w, r, s.db.Confirm)
}

// returnProposal is the second person's no.
func (s *Server) returnProposal(w http.ResponseWriter, r *http.Request) error {
	return s.secondWord(w, r, s.db.Return)
}

func (s *Server) secondWord(w http.ResponseWriter, r *http.Request, give secondWord) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	t := &typed{second: true, submission: submissionOf(r.PostForm)}
	t.Note = typedText(r.PostForm, "note")
	if t.Version, err = readVersion(r.PostForm); err != nil {
		return s.drawAgain(w, r, id, opened{typed: t}, err)
	}
	v, err := give(r.Context(), visitOf(r.Context()).actor, id, t.Version, t.Note)
	if err != nil {
		return s.drawAgain(w, r, id, opened{typed: t}, err)
	}
	s.offerUndo(r, v)
	s.flash(w, r, "ok", outcomeWords(v))
	list := s.formList(r)
	if list == "/queue" {
		list = "/queue?status=" + string(review.StatusSecondReview)
	}
	return seeOther(w, r, list)
}

// drawAgain shows the case as it now stands with everything that was typed, where
// the person can do something about the error; any other error is given back.
func (s *Server) drawAgain(w http.ResponseWriter, r *http.Request, id string, o opened, err error) error {
	o.list, o.number = s.formList(r), formNumber(r.PostForm)
	if o.acts.values == nil {
		o.acts = readActs(r.PostForm, "")
	}
	status := http.StatusServiceUnavailable
	var clash review.Conflict
	var no review.Forbidden
	switch {
	case errors.As(err, &o.wrong):
		status = http.StatusUnprocessableEntity
	case errors.As(err, &clash):
		status, o.clash = http.StatusConflict, &clash
	case errors.As(err, &no) && o.knows(r):
		status, o.notice = http.StatusForbidden, &views.Flash{Tone: "bad", Text: no.Why}
	case unwritten(err):
		_, heading, text := explain(err)
		o.notice = &views.Flash{Tone: "bad", Text: heading + ". " + text + " What you typed is still here."}
	default:
		return err
	}
	if drawn := s.drawCase(w, r, status, id, o); !unwritten(drawn) {
		return drawn
	}
	return s.drawBare(w, r, id, o)
}

// unwritten reports whether the desk could not write, so that nothing happened.
func unwritten(err error) bool {
	return errors.Is(err, db.ErrSealed) || errors.Is(err, db.ErrNotRecorded) || errors.Is(err, db.ErrClosed)
}

// drawBare keeps what was typed when not even the look at the case can be recorded:
// the form with the case's codes, and nothing of the person.
func (s *Server) drawBare(w http.ResponseWriter, r *http.Request, id string, o opened) error {
	v, err := s.db.Peek(r.Context(), id)
	if err != nil {
		return err
	}
	o.v, o.now = visitOf(r.Context()), s.db.Now()
	o.Verification = review.Verification{ID: v.ID, Provider: v.Provider, ProviderID: v.ProviderID, Status: v.Status,
		Arrived: v.Arrived, Version: v.Version, Findings: v.Findings}
	if err := s.policies(r, &o); err != nil {
		return err
	}
	frame := s.page(w, r, o.title())
	o.zone = s.zone(frame.Prefs)
	if o.notice != nil {
		frame.Flash = append(frame.Flash, *o.notice)
	}
	p := o.page(frame)
	p.Name = p.ShortID
	if err := s.fillActs(r, &p, &o); err != nil {
		return err
	}
	return s.render(w, r, http.StatusServiceUnavailable, views.Case(p))
}

// conflict tells who was first and when, in words of the case's own history where
// the rule knows only that something changed.
func (o *opened) conflict() string {
	if o.clash == nil {
		return ""
	}
	kept := ". Nothing of yours was recorded; what you typed is still here."
	who := visible(o.clash.Who)
	switch {
	case o.acts.act != "":
		return o.actConflict(who)
	case o.clash.What == "changed the evidence of":
		return "The evidence has changed since " + visible(o.Proposal.By.Name) + " proposed this" + o.lately() + ". Nobody confirms on other evidence: send the case back, so that it is decided anew" + kept
	case who == "" && o.lead() != "":
		return upperFirst(strings.TrimPrefix(o.lately(), ": ")) + ", after it was proposed" + kept
	case strings.HasPrefix(o.clash.What, "holds") && who == "nobody":
		return "Nobody holds it any more" + kept
	case strings.HasPrefix(o.clash.What, "holds"):
		return who + " holds it, not you" + kept
	case who == "":
		return o.changedBy() + kept
	}
	return who + " " + o.clash.What + " this case at " + o.second(o.clash.When) + kept
}

// actConflict tells why one of the forms beside the decision's came too late.
func (o *opened) actConflict(who string) string {
	switch {
	case o.clash.What == "let the decision take effect on":
		return "The decision took effect outside at " + o.second(o.clash.When) + ". To open the case again takes two persons: see below."
	case who == "":
		return upperFirst(strings.TrimPrefix(o.lately(), ": ")) + ". Nothing was changed."
	}
	return who + " " + o.clash.What + " this case at " + o.second(o.clash.When) + ". Nothing was changed."
}

// lately is the last thing that was done to the case, beside looking at it.
func (o *opened) lately() string {
	for _, e := range o.History {
		switch review.EventKind(e.Action) {
		case review.EventViewed, review.EventRevealed, review.EventNoted, review.EventClaimed, review.EventReleased:
			continue
		case review.EventReceived, review.EventUpdated:
			return ": a copy came from " + lookOf(o.Provider).name + " at " + o.second(e.Time)
		}
		return ": " + actorOf(e).Name + " " + eventLookOf(e).did + " at " + o.second(e.Time)
	}
	return ": it is not as you saw it"
}

// knows reports whether whoever asks may see cases at all.
func (o *opened) knows(r *http.Request) bool {
	return visitOf(r.Context()).may(review.RightSeeCases)
}

// changedBy finds the event that made the case's present version.
func (o *opened) changedBy() string {
	for _, e := range o.History {
		if e.After == nil || e.After.Version != o.Version {
			continue
		}
		if e.Actor.Kind == "person" {
			return actorOf(e).Name + " " + eventLookOf(e).did + " at " + o.second(e.Time)
		}
		break
	}
	return lookOf(o.Provider).name + " " + o.clash.What + " this case at " + o.second(o.clash.When)
}

// fieldErrors lists what is wrong in the order of the form, each with the id of its
// field on the page.
func fieldErrors(wrong review.Invalid, action review.Action) []views.FieldError {
	var out []views.FieldError
	for _, field := range wrong.Fields() {
		id := field
		switch {
		case field == "ground" && action == review.Approve:
			id = "ground-approve"
		case field == "ground":
			id = "ground-reject"
		case field == "version":
			id = "decision"
		case strings.HasPrefix(field, "finding."):
			id = "res-" + plainID(visible(strings.TrimPrefix(field, "finding.")))
		case strings.HasPrefix(field, "evidence."):
			id = "rests-" + plainID(visible(strings.TrimPrefix(field, "evidence.")))
		}
		text := wrong[field]
		for _, about := range []string{"finding.", "evidence."} {
			if code, is := strings.CutPrefix(field, about); is {
				text = visible(code) + ": " + text
			}
		}
		out = append(out, views.FieldError{Field: field, ID: id, Text: visible(text)})
	}
	return out
}

// plainID is a code as part of an id, as the views write it.
func plainID(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, code)
}
