package web

import (
	"net/http"
	"slices"
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

// mostSuggested is how many colleagues the line under a note names.
const mostSuggested = 8

// fillTeam lays the team over the page: whom a note can name, and whom notes do.
func (s *Server) fillTeam(r *http.Request, o *opened, p *views.CasePage) error {
	team, err := s.db.Team(r.Context())
	if err != nil {
		return err
	}
	team = slices.DeleteFunc(team, func(m db.Member) bool { return !m.Role.May(review.RightSeeCases) })
	own, _, _ := strings.Cut(o.v.account.Email, "@")
	for _, m := range team {
		if p.MayNote && m.Handle != own && len(p.Team) < mostSuggested {
			p.Team = append(p.Team, "@"+visible(m.Handle))
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
func notePieces(note string, team []db.Member) []views.NotePiece {
	var out []views.NotePiece
	named := false
	for _, part := range review.NoteParts(note) {
		piece := views.NotePiece{Text: visible(part.Text)}
		for _, m := range team {
			if part.Name != "" && strings.EqualFold(part.Name, m.Handle) {
				piece.Person, named = visible(m.Name), true
			}
		}
		out = append(out, piece)
	}
	if !named {
		return nil
	}
	return out
}
