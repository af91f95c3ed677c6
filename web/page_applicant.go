package web

import (
	"net/http"

	"reviewdesk/views"
	"reviewdesk/web/applicant"
)

// applicant shows the person who is verified what to do next. Search engines are not
// to know the address.
func (s *Server) applicant(w http.ResponseWriter, r *http.Request) error {
	next, err := applicant.Next(r.Context(), s.db, r.PathValue("id"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	return s.render(w, r, http.StatusOK, views.Applicant(views.ApplicantPage{Page: s.frame(r, "Identity verification"), Back: next.Back, Host: next.Host}))
}
