package web

import (
	"net/http"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// logPills are the filters of the audit log. Who sees only their own actions has
// nobody to choose.
func (s *Server) logPills(r *http.Request, l logView) ([]views.FilterPill, error) {
	out := []views.FilterPill{l.periodPill(), l.kindPill()}
	if l.v.may(review.RightSeeLog) {
		people, err := s.db.People(r.Context())
		if err != nil {
			return nil, err
		}
		programs, err := s.db.Clients(r.Context())
		if err != nil {
			return nil, err
		}
		out = append(out, l.actorPill(people, programs))
	}
	return append(out, l.casePill(), l.codePill()), nil
}

func (l logView) keep(without ...string) []views.Hidden {
	return hiddenFields(l.values, logFields, without)
}

func (l logView) periodPill() views.FilterPill {
	from, to := l.values.Get("from"), l.values.Get("to")
	p := views.FilterPill{Name: "period", Label: "Period", Kind: "dates", From: from, To: to, Keep: l.keep("from", "to")}
	switch {
	case from != "" && to != "":
		p.Value = dateWords(from) + " to " + dateWords(to)
	case from != "":
		p.Value = "from " + dateWords(from)
	case to != "":
		p.Value = "to " + dateWords(to)
	}
	if p.Value != "" {
		p.Value += ", UTC"
		p.Clear = l.href("from", "", "to", "")
	}
	return p
}

func dateWords(date string) string {
	t, err := review.ParseDate(date)
	if err != nil {
		return visible(date)
	}
	return t.Format("2 Jan 2006")
}

func (l logView) kindPill() views.FilterPill {
	p := views.FilterPill{Name: "kind", Label: "Action", Kind: "select", Options: []views.Option{{Label: "All"}}, Keep: l.keep("kind")}
	for _, kind := range review.EventKinds() {
		o := views.Option{Value: string(kind), Label: eventLooks[kind].action, Chosen: l.filter.Kind == kind}
		if o.Chosen {
			p.Value, p.Clear = o.Label, l.href("kind", "")
		}
		p.Options = append(p.Options, o)
	}
	return p
}

func (l logView) actorPill(people []db.Account, programs []db.Client) views.FilterPill {
	p := views.FilterPill{Name: "actor", Label: "Actor", Kind: "select", Options: []views.Option{{Label: "Anyone"}}, Keep: l.keep("actor")}
	choose := func(id, name string) {
		chosen := l.filter.Actor == id
		if chosen {
			p.Value, p.Clear = name, l.href("actor", "")
		}
		p.Options = append(p.Options, views.Option{Value: id, Label: name, Chosen: chosen})
	}
	for _, a := range people {
		choose(a.ID, visible(a.Name)+" · "+strings.ToLower(roleWords(a.Role)))
	}
	for _, c := range programs {
		choose(c.ID, visible(c.Name)+" · program")
	}
	if l.filter.Actor != "" && p.Value == "" {
		choose(l.filter.Actor, visible(l.filter.Actor))
	}
	return p
}

func (l logView) casePill() views.FilterPill {
	text := l.values.Get("case")
	p := views.FilterPill{Name: "case", Label: "Case", Kind: "text", Text: text, Keep: l.keep("case")}
	if text != "" {
		p.Value, p.Clear = visible(text), l.href("case", "")
	}
	return p
}

func (l logView) codePill() views.FilterPill {
	text := l.values.Get("code")
	p := views.FilterPill{Name: "code", Label: "Code", Kind: "text", Text: text, Keep: l.keep("code")}
	if text != "" {
		p.Value, p.Clear = visible(text), l.href("code", "")
	}
	return p
}

// utcMillis is a time as the log's bytes have it.
func utcMillis(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000 UTC") }
