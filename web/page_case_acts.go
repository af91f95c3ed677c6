package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"reviewdesk/review"
	"reviewdesk/views"
)

// The forms beside the decision's, by the last part of their address.
const (
	actUndo     = "undo"
	actReopen   = "reopen"
	actSkip     = "skip"
	actSnooze   = "snooze"
	actAsk      = "ask-again"
	actEscalate = "escalate"
	actAssign   = "assign"
	actRecuse   = "recuse"
	actHold     = "hold"
)

// acted is what was typed into these forms. One of them was sent, or another form of the
// page, to which their fields are joined so that nothing typed is lost.
type acted struct {
	act    string     // the form sent; "": another one
	values url.Values // by "act.field"
	fresh  bool       // the server has just drawn up the text
}

var actFields = map[string][]string{
	actReopen: {"reason", "note"}, actSkip: {"reason"}, actSnooze: {"reason", "until", "preset"}, actAsk: {"redo", "text"},
	actEscalate: {"reason"}, actAssign: {"to"}, actHold: {"reason"},
}

// readActs reads the forms. Where the page has the decision's form, their fields are part
// of it and have longer names.
func readActs(form url.Values, act string) acted {
	a := acted{act: act, values: url.Values{}}
	for of, fields := range actFields {
		for _, field := range fields {
			from := of + "." + field
			switch {
			case form.Has("panel"):
			case of == act:
				from = field
			default:
				continue
			}
			for _, text := range form[from] {
				a.values.Add(of+"."+field, strings.ReplaceAll(text, "\r\n", "\n"))
			}
		}
	}
	return a
}

func (a acted) get(act, field string) string { return a.values.Get(act + "." + field) }

// sent is a field of the form that was sent.
func (a acted) sent(field string) string { return a.get(a.act, field) }

// typedInto reports whether a form holds anything that somebody wrote.
func (a acted) typedInto(act string) bool {
	for _, field := range []string{"reason", "text", "until", "note"} {
		if a.get(act, field) != "" {
			return true
		}
	}
	return false
}

// offered reports whether a rule would take the act: it says no more than that something
// has still to be typed.
func offered(_ review.Verification, _ review.Event, err error) bool {
	var missing review.Invalid
	return err == nil || errors.As(err, &missing)
}

// fillActs draws what can be done beside deciding. The rules themselves are asked what
// they would take.
func (s *Server) fillActs(r *http.Request, p *views.CasePage, o *opened) error {
	by, a := o.v.actor.Person, &p.Acts
	if o.Erased != nil {
		return nil // there is nothing left to work on
	}
	a.Seniors, a.Told, a.Lead = o.Escalated, o.told(), o.lead()
	a.Undo = o.undo()
	if a.Undo != nil && p.Page.Undo != nil && p.Page.Undo.ID == o.ID {
		p.Page.Undo = nil // the same stands beside the decision
	}
	if o.v.may(review.RightDecide) && (o.Snoozed(o.now) || o.mode() != "decide" && o.mode() != "second") {
		a.NextList = o.list
	}
	_, _, err := o.Wake(by, o.now)
	a.Wake = err == nil
	if o.mode() == "decide" {
		needed, _ := o.codes.NeedsSecond(o.Provider, o.Findings)
		a.Wish, a.Wished = !needed, o.typed != nil && o.typed.Second
	}
	if offered(o.AskReopen("", by, o.now)) {
		a.Reopen = o.actForm(actReopen, "", "undo", "Reopen", "The decision has taken effect. To open the case again takes a reason, and the yes of a senior who is not you.", "Ask to reopen", "reason", "Why")
	}
	if offered(o.Reopened("", by, o.now, o.policy)) {
		a.Answer = o.actForm(actReopen, "", "", "", "", "", "note", "Your note")
		a.Answer.Answers, a.Answer.OnlyYes = true, !offered(o.KeepClosed("", by))
		if a.Answer.OnlyYes {
			a.Answer.Hint = "The decision is yours, so you can let it be opened again. Whether it stays closed, another senior says."
		}
	}
	a.Hold = o.holdForm()
	a.Forms, err = s.actForms(r, o)
	return err
}

// actForms are those of an open case.
func (s *Server) actForms(r *http.Request, o *opened) ([]views.ActForm, error) {
	by := o.v.actor.Person
	out := make([]views.ActForm, 0, len(actFields))
	add := func(offered bool, f *views.ActForm) {
		if offered {
			out = append(out, *f)
		}
	}
	add(offered(o.Escalate("", by, o.now)), o.actForm(actEscalate, "e", "flag", "Escalate", "Hands the case to the seniors. Only they can decide it then.", "Hand to the seniors", "reason", "Reason"))
	add(offered(o.AskAgain(nil, "", by, o.now)), o.askForm())
	add(offered(o.Snooze(o.now.Add(time.Hour), "", by, o.now)), o.snoozeForm())
	add(offered(o.Skip("", by, o.now)) && o.Status == review.StatusInReview, o.actForm(actSkip, "p", "arrow", "Skip", "Gives the case back and opens the next one. It does not come to you by itself for "+inWords(int(review.SkipFor/time.Hour))+" hours.", "Skip the case", "reason", "Reason"))
	assign, err := s.assignForm(r, o)
	if err != nil {
		return nil, err
	}
	add(assign != nil, assign)
	if o.Status.Open() && offered(o.Take(by, o.now)) {
		f := o.actForm(actRecuse, "o", "ban", "Step back", "For a conflict of interest of your own. You can never work on this case again. No reason is asked.", "Step back for good", "", "")
		f.Danger, f.AtOnce = true, "o"
		out = append(out, *f)
	}
	return out, nil
}

func (o *opened) actForm(act, key, icon, title, hint, button, field, label string) *views.ActForm {
	f := &views.ActForm{Act: act, Key: key, Icon: icon, Title: title, Hint: hint, Button: button, Name: field, Label: label,
		Reason: unhidden(o.acts.get(act, field)), Open: o.acts.typedInto(act)}
	if o.acts.act == act {
		f.Open = true
		for _, field := range o.wrong.Fields() {
			f.Errors = append(f.Errors, views.FieldError{Field: field, Text: visible(o.wrong[field])})
		}
	}
	return f
}

// askForm offers every finding that the applicant could do something about.
func (o *opened) askForm() *views.ActForm {
	f := o.actForm(actAsk, "q", "send", "Ask the applicant again", "The case waits, its clock standing, until a newer copy comes from "+lookOf(o.Provider).name+". The desk keeps the text; it sends no mail.", "Ask and wait", "", "")
	f.Text, f.Fresh = unhidden(o.acts.get(actAsk, "text")), o.acts.fresh
	for _, finding := range o.Findings {
		code := o.codes.Lookup(o.Provider, finding.Code)
		if code.Severity == review.SeverityInfo {
			continue
		}
		chosen := false
		for _, redo := range o.acts.values[actAsk+".redo"] {
			chosen = chosen || redo == finding.Code
		}
		f.Choices = append(f.Choices, views.Option{Value: finding.Code, Label: code.Title, Chosen: chosen})
	}
	return f
}

func (o *opened) snoozeForm() *views.ActForm {
	f := o.actForm(actSnooze, "w", "clock", "Set aside", "Out of the queue until then. Its clock stands meanwhile.", "Set aside", "reason", "Reason")
	f.Until, f.Zone = o.acts.get(actSnooze, "until"), o.now.In(o.zone).Format("MST")
	for i, preset := range presets {
		if i > 0 && preset.at(o.now.In(o.zone)).Equal(presets[0].at(o.now.In(o.zone))) {
			continue // on a Sunday, Monday is tomorrow
		}
		chosen := o.acts.get(actSnooze, "preset")
		f.Choices = append(f.Choices, views.Option{Value: preset.name, Chosen: chosen == preset.name || chosen == "" && preset.name == presets[0].name,
			Label: preset.words + ", " + preset.at(o.now.In(o.zone)).Format("Mon 2 Jan 15:04")})
	}
	return f
}

// presets are the times that cases are usually set aside until, in the viewer's zone.
var presets = []struct {
	name, words string
	at          func(now time.Time) time.Time
}{
	{"tomorrow", "Tomorrow", func(now time.Time) time.Time { return morning(now, 1) }},
	{"monday", "Next Monday", func(now time.Time) time.Time { return morning(now, (7-int(now.Weekday()))%7+1) }},
	{"week", "In a week", func(now time.Time) time.Time { return now.AddDate(0, 0, 7) }},
}

// morning is nine o'clock some days from now.
func morning(now time.Time, days int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, now.Location())
}

// until is the time that a form asks for: the one typed, or else the one chosen. What
// cannot be read is the zero time, which the rule refuses.
func (a acted) until(now time.Time, zone *time.Location) time.Time {
	if text := a.sent("until"); text != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", text, zone)
		if err != nil {
			return time.Time{}
		}
		return t
	}
	for _, preset := range presets {
		if preset.name == a.sent("preset") {
			return preset.at(now.In(zone))
		}
	}
	return time.Time{}
}

// assignForm lists those who may work on the case; nil where nobody else may, or where
// whoever looks may not give it away.
func (s *Server) assignForm(r *http.Request, o *opened) (*views.ActForm, error) {
	if !o.Status.Open() || !o.v.may(review.RightDecide) {
		return nil, nil
	}
	people, err := s.db.People(r.Context())
	if err != nil {
		return nil, err
	}
	f := o.actForm(actAssign, "m", "user", "Give to somebody", "Theirs for "+inWords(int(review.AssignFor/time.Hour))+" hours.", "Give the case", "", "")
	for _, p := range people {
		if _, _, err := o.Assign(p.Person, o.v.actor.Person, o.now); err != nil || !p.Active() || p.ID == o.v.actor.ID {
			continue
		}
		f.Choices = append(f.Choices, views.Option{Value: p.ID, Label: visible(p.Name) + ", " + lowerFirst(roleWords(p.Role)), Chosen: p.ID == o.acts.get(actAssign, "to")})
	}
	if len(f.Choices) == 0 {
		return nil, nil
	}
	return f, nil
}

// undo offers to take the decision back, to whoever may.
func (o *opened) undo() *views.Undo {
	if _, _, err := o.Undo(o.v.actor.Person, o.now); err != nil {
		return nil
	}
	if o.Status == review.StatusSecondReview {
		return &views.Undo{ID: o.ID, Label: "Take the proposal back"}
	}
	return &views.Undo{ID: o.ID, Label: "Undo", Until: clock(o.EffectiveAt, o.zone), Left: leftWords(o.EffectiveAt.Sub(o.now))}
}

// leftWords is what is left of a time as script counts it on: "12:43".
func leftWords(left time.Duration) string {
	seconds := int((left + time.Second - 1) / time.Second)
	return strconv.Itoa(seconds/60) + ":" + twoDigits(seconds%60)
}

// told are the sentences that stand over the case, for everybody who reads it.
func (o *opened) told() []views.Banner {
	var out []views.Banner
	if w := o.Reopen; w != nil {
		out = append(out, views.Banner{Tone: "warn", Icon: "undo", Lead: visible(w.By.Name) + " asks to reopen this case.",
			Text: "A senior who is not them says yes or no.", Note: visible(w.Note)})
	}
	if e, found := o.eventOf(review.EventEscalated); found && o.Escalated {
		out = append(out, views.Banner{Tone: "crit", Icon: "flag", Lead: actorOf(e).Name + " handed this case to the seniors.", Note: visible(e.Note)})
	}
	if !o.Snoozed(o.now) {
		return out
	}
	if o.SnoozedUntil.Equal(review.Forever) {
		e, _ := o.eventOf(review.EventAskedAgain)
		return append(out, views.Banner{Tone: "info", Icon: "clock", Lead: "Waits for the applicant.", Text: "Its clock stands. It comes back by itself when a newer copy comes from " + lookOf(o.Provider).name + ".", Note: visible(e.Note)})
	}
	e, _ := o.eventOf(review.EventSnoozed)
	return append(out, views.Banner{Tone: "info", Icon: "clock", Lead: "Set aside until " + stamp(o.SnoozedUntil, o.now, o.zone).Text + ".", Text: "Its clock stands until then.", Note: visible(e.Note)})
}

// paused says how long a case had waited when its clock was stopped, and for what.
func paused(since, at, until, now time.Time, zone *time.Location) (words, why string) {
	if !now.Before(until) || since.IsZero() {
		return "", ""
	}
	why = "until " + stamp(until, now, zone).Text
	if until.Equal(review.Forever) {
		why = "for the applicant"
	}
	return waited(at.Sub(since)), why
}

// lead heads the red banner: what could not be done.
func (o *opened) lead() string {
	switch {
	case o.clash == nil:
		return ""
	case o.acts.act == actUndo:
		return "This could not be undone."
	case o.acts.act != "":
		return "This could not be done."
	case o.typed != nil && o.typed.second && o.Proposal == nil && o.Decision == nil:
		return "The proposal is void."
	}
	return ""
}
