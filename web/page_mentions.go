package web

import (
	"net/http"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// mentions lists the notes that name whoever asks. What a note says stands on the case:
// to read it is a look, and recorded.
func (s *Server) mentions(w http.ResponseWriter, r *http.Request) error {
	all, err := s.db.Mentions(r.Context(), visitOf(r.Context()).actor.ID)
	if err != nil {
		return err
	}
	p := views.MentionsPage{Page: s.page(w, r, "Mentions")}
	now, zone := s.db.Now(), s.zone(p.Prefs)
	for _, m := range all {
		row := views.MentionRow{Href: "/verifications/" + m.Case + historyPart, Name: visible(m.Name), ShortID: shortID(m.Provider, m.Case),
			Provider: lookOf(m.Provider).name, By: ownerOf(m.By), At: moment(m.At, now, zone)}
		if m.Seen.IsZero() {
			p.Unseen = append(p.Unseen, row)
		} else {
			p.Seen = append(p.Seen, row)
		}
	}
	if len(all) == db.MostMentions {
		p.More = "The " + thousands(len(all)) + " newest are listed."
	}
	return s.render(w, r, http.StatusOK, views.Mentions(p))
}

// member is somebody of the team whom a note can name.
type member struct{ handle, name string }

// team are those who see cases and can sign in, by name.
func (s *Server) team(r *http.Request) ([]member, error) {
	all, err := s.db.Accounts(r.Context())
	if err != nil {
		return nil, err
	}
	var out []member
	for _, a := range all {
		handle, _, _ := strings.Cut(a.Email, "@")
		if a.Active() && a.Role.May(review.RightSeeCases) {
			out = append(out, member{handle, a.Name})
		}
	}
	return out, nil
}

// mostSuggested is how many colleagues the line under a note names.
const mostSuggested = 8

// fillTeam lays the team over the page: whom a note can name, and whom notes do.
func (s *Server) fillTeam(r *http.Request, o *opened, p *views.CasePage) error {
	team, err := s.team(r)
	if err != nil {
		return err
	}
	own, _, _ := strings.Cut(o.v.account.Email, "@")
	for _, m := range team {
		if p.MayNote && m.handle != own && len(p.Team) < mostSuggested {
			p.Team = append(p.Team, "@"+visible(m.handle))
		}
	}
	for i, e := range o.History {
		if e.Action == string(review.EventNoted) && i < len(p.History) {
			p.History[i].Pieces = notePieces(e.Note, team)
		}
	}
	return nil
}

// notePieces marks whom a note names; nil where it names nobody of the team.
func notePieces(note string, team []member) []views.NotePiece {
	var out []views.NotePiece
	named := false
	for _, part := range review.NoteParts(note) {
		piece := views.NotePiece{Text: visible(part.Text)}
		for _, m := range team {
			if part.Name != "" && strings.EqualFold(part.Name, m.handle) {
				piece.Person, named = visible(m.name), true
			}
		}
		out = append(out, piece)
	}
	if !named {
		return nil
	}
	return out
}
