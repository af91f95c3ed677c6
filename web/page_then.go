package web

import (
	"net/http"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// A case can be looked at as it stood with each of its decisions: the same page, drawn
// from the log, on which nothing can be done.

// showThen shows a case as it stood with the event that the address names.
func (s *Server) showThen(w http.ResponseWriter, r *http.Request, id string) error {
	text := r.URL.Query().Get("at")
	seq, err := parseSeq(text)
	if err != nil || itoa(seq) != text {
		return db.ErrNotFound
	}
	if id != r.PathValue("id") {
		return seeOther(w, r, thenHref(id, seq))
	}
	v := visitOf(r.Context())
	m, err := s.db.ViewAt(r.Context(), v.actor, id, seq)
	if err != nil {
		return err
	}
	o := opened{Case: m.Case, v: v, now: s.db.Now(), then: &m}
	if err := s.policies(r, &o); err != nil {
		return err
	}
	o.codes = m.Catalogue
	frame := s.page(w, r, o.title()+", as it stood")
	o.zone = s.zone(frame.Prefs)
	p := o.page(frame)
	p.Here = thenHref(id, seq)
	if err := s.fillTeam(r, &o, &p); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Case(p))
}

func thenHref(id string, seq int64) string { return "/verifications/" + id + "?at=" + itoa(seq) }

// thenHref is the case as it stood with one of its decisions; "" for the very page.
func (o *opened) thenHref(seq int64) string {
	if o.then != nil && o.then.Event.Seq == seq {
		return ""
	}
	return thenHref(o.ID, seq)
}

// may reports whether whoever looks may do something to the case. As it stood, nobody
// does anything to it.
func (o *opened) may(r review.Right) bool { return o.then == nil && o.v.may(r) }

// catalogue holds the words for what was found: those of the time, where the case is
// shown as it stood.
func (o *opened) catalogue() *review.Catalogue {
	if o.then != nil {
		return o.then.Catalogue
	}
	return o.codes
}

// banner says which moment the page shows; nil for now.
func (o *opened) banner() *views.Then {
	if o.then == nil {
		return nil
	}
	e := o.then.Event
	b := &views.Then{At: timeAs(e.Time, o.zone, "2 January 2006, 15:04:05 MST"), NowHref: "/verifications/" + o.ID,
		Words: "when " + actorOf(e).Name + " " + eventLookOf(e).did + " (event " + thousands(e.Seq) + ")"}
	if o.then.Partly {
		b.Partly = "Decisions did not yet keep what was read from documents and registries, and newer copies came in since: only the provider's own words are left."
	}
	return b
}

// packetHref is the packet of the decision that the page shows; "" for none.
func (o *opened) packetHref() string {
	if o.Decision == nil || o.typed != nil {
		return ""
	}
	href := "/verifications/" + o.ID + "/packet"
	if o.then != nil {
		href += "?at=" + itoa(o.then.Event.Seq)
	}
	return href
}
