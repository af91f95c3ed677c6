package web

import (
	"reviewdesk/review"
	"reviewdesk/views"
)

// How the case's data are kept, on its own page: until when, who holds the person, and
// that they were erased.

// fillKept draws that. A case as it stood says nothing of today, but that nobody is left
// to look at.
func (o *opened) fillKept(p *views.CasePage) {
	p.Erased = erasedWords(o.Erased, o.zone)
	if p.Erased != nil && !o.v.may(review.RightSeeLog) {
		p.Erased.Href = ""
	}
	if p.Erased != nil {
		p.MayNote, p.MayReveal, p.Attached = false, false, views.FilesCard{}
	}
	if o.then != nil || o.Erased != nil {
		return
	}
	if p.Hold = holdWords(o.Retention.Hold, o.zone); p.Hold != nil && !o.v.may(review.RightSeeLog) {
		p.Hold.Href = ""
	}
	p.KeptUntil, p.KeptWhy = o.keptUntil()
	p.KeptLead = "Kept until"
	if o.Retention.Due(o.now) {
		p.KeptLead = "Was to be kept until"
	}
}

// keptUntil is until when the case is kept, and from what that follows. A person is
// erased whole, so that another case of theirs may keep this one longer.
func (o *opened) keptUntil() (views.Time, string) {
	for _, c := range o.Retention.Cases {
		if c.ID != o.ID || c.Ended.IsZero() {
			continue
		}
		why := years(c.Years) + " from " + o.endedWith()
		if code := sanctionsCode(c); code != "" {
			why += ", since " + code + " stood on it"
		}
		switch {
		case o.Retention.KeepUntil.IsZero():
			return keptDay(c.KeepUntil), why + "; longer while another case of this person is open"
		case o.Retention.KeepUntil.After(c.KeepUntil):
			return keptDay(o.Retention.KeepUntil), "with a later case of this person"
		}
		return keptDay(c.KeepUntil), why
	}
	return views.Time{}, ""
}

func (o *opened) endedWith() string {
	switch {
	case o.SettledByDesk():
		return "the decision"
	case o.Status == review.StatusLapsed:
		return "the day it lapsed"
	}
	return "the provider's last word"
}

// holdForm puts the person on legal hold; nil for those who may not, and where somebody
// has.
func (o *opened) holdForm() *views.ActForm {
	if o.then != nil || o.Retention.MayHold(o.v.actor.Person) != nil {
		return nil
	}
	f := o.actForm(actHold, "h", "lock", "Put on legal hold", "For a dispute, an inquiry or an order to preserve. Nothing of this person is erased until an admin lifts it.", "Put on hold", "reason", "Reason")
	f.Needs = "in a few words"
	return f
}
