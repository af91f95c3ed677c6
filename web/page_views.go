package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// countedViews is how many saved views the navigation counts, and mostCounted how far.
const (
	countedViews = 12
	mostCounted  = 99
)

// keptViews lists somebody's own and the shared views, ready to be counted.
func (s *Server) keptViews(r *http.Request) ([]views.ViewRow, error) {
	v := visitOf(r.Context())
	all, err := s.db.SavedViews(r.Context(), v.actor.ID)
	if err != nil {
		return nil, err
	}
	var out []views.ViewRow
	for i, kept := range all {
		row := views.ViewRow{ID: itoa(kept.ID), Name: visible(kept.Name), Href: address("/queue", queryOf(kept.Query)), Shared: kept.Shared, Filters: filterWords(queryOf(kept.Query))}
		if kept.Owner.ID != v.actor.ID {
			row.Owner = visible(kept.Owner.Name)
		}
		if i < countedViews {
			row.Count = s.countView(r, queryOf(kept.Query))
		}
		out = append(out, row)
	}
	return out, nil
}

// countView counts a view's cases, "99+" for more; "" where the view cannot be read
// any more or is not one of open cases.
func (s *Server) countView(r *http.Request, query url.Values) string {
	l, err := s.listing(r, query)
	if err != nil || !l.open() {
		return ""
	}
	n, err := s.db.CountUpTo(r.Context(), l.filter, mostCounted)
	if err != nil {
		return ""
	}
	if n > mostCounted {
		return strconv.Itoa(mostCounted) + "+"
	}
	return strconv.Itoa(n)
}

// queryOf reads a saved view's filters: the fields of a list and no others.
func queryOf(text string) url.Values {
	u, err := url.Parse(listAddress("/queue?" + text))
	if err != nil {
		return url.Values{}
	}
	q := u.Query()
	q.Del("after")
	q.Del("before")
	return q
}

// filterWords names what a view asks for.
func filterWords(q url.Values) string {
	var parts []string
	for _, field := range listFields {
		if value := q.Get(field); value != "" {
			parts = append(parts, field+" "+strings.ReplaceAll(visible(value), "_", " "))
		}
	}
	return strings.Join(parts, ", ")
}

// savedViewsPage lists them, to open or remove.
func (s *Server) savedViewsPage(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.keptViews(r)
	if err != nil {
		return err
	}
	p := views.ViewsPage{Page: s.page(w, r, "Saved views"), Views: kept}
	p.Return = "/views"
	return s.render(w, r, http.StatusOK, views.Views(p))
}

// saveView keeps a list under a name and goes back to it.
func (s *Server) saveView(w http.ResponseWriter, r *http.Request) error {
	query := queryOf(r.PostForm.Get("query"))
	view := db.SavedView{Name: typedText(r.PostForm, "name"), Query: query.Encode(), Shared: r.PostForm.Get("shared") == "yes"}
	_, err := s.db.SaveView(r.Context(), visitOf(r.Context()).actor, view)
	var bad review.Invalid
	switch {
	case errors.As(err, &bad):
		s.flash(w, r, "bad", "The view was not saved. "+bad["name"])
	case err != nil:
		return err
	default:
		s.flash(w, r, "ok", "View saved.")
	}
	return seeOther(w, r, address("/queue", query))
}

func (s *Server) removeView(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return db.ErrNotFound
	}
	if err := s.db.RemoveView(r.Context(), visitOf(r.Context()).actor, id); err != nil {
		return err
	}
	s.flash(w, r, "ok", "View removed.")
	return seeOther(w, r, "/views")
}
