package web

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// auditEvent is one event of the log. Somebody else's is not there for those who
// see their own only.
func (s *Server) auditEvent(w http.ResponseWriter, r *http.Request) error {
	l, err := s.logView(r)
	if err != nil {
		return err
	}
	seq, err := parseSeq(r.PathValue("seq"))
	if err != nil || itoa(seq) != r.PathValue("seq") {
		return db.ErrNotFound
	}
	e, err := s.db.LogEntry(r.Context(), seq)
	if err != nil {
		return err
	}
	if !l.v.may(review.RightSeeLog) && e.Actor.ID != l.v.actor.ID {
		return db.ErrNotFound
	}
	blind, err := s.blindTo(r, l.v, e)
	if err != nil {
		return err
	}
	if blind {
		e = withoutReasons(e)
	}
	p := views.AuditEventPage{Page: s.page(w, r, "Audit event "+thousands(seq))}
	l.setZone(s, &p.Prefs)
	l.fillEvent(&p, e)
	if p.Grounds, err = s.groundsOf(r, e); err != nil {
		return err
	}
	if !e.Broken && !blind {
		p.Proof = views.ProofBox{Href: "/audit/" + itoa(seq) + "/proof", Name: proofName(seq), Keys: s.db.VerifierKeys()}
	}
	if blind {
		p.Facts = append(p.Facts, views.Fact{Label: "Reasons", Value: "Hidden from you until you have given your own word."})
	} else if err := s.eventWords(r, &p, l.v, e); err != nil {
		return err
	}
	if p.Prev, p.Next, err = s.eventNeighbours(r, l, seq); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.AuditEvent(p))
}

func (l logView) fillEvent(p *views.AuditEventPage, e db.LogEntry) {
	p.Row = l.row(e)
	p.Row.Time = timeAs(e.Time, l.zone, "2 January 2006, 15:04:05 MST")
	p.Sentence, p.Diff, p.Facts = sentence(e), diffOf(e), otherFacts(e)
	p.Resolutions = resolutionsOf(e, exhibitWords)
	p.Record = recordOfEvent(e)
	for _, c := range e.Commitments {
		p.Commitments = append(p.Commitments, views.Fact{Label: c.Field, Value: hex.EncodeToString(c.Sum[:])})
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, e.Body, "", "  ") == nil {
		p.Pretty = visible(pretty.String())
	}
	p.Raw = visible(string(e.Body))
}

// groundsOf are the grounds of a decision in the words of the policy that it was taken
// under.
func (s *Server) groundsOf(r *http.Request, e db.LogEntry) (words []string, err error) {
	keys := facts(e, "ground")
	if len(keys) == 0 {
		return nil, nil
	}
	version, _ := strconv.ParseInt(fact(e, "policy"), 10, 64) // none: from before there were versions
	policy, err := s.db.PolicyOf(r.Context(), version)
	for _, key := range keys {
		words = append(words, policy.GroundWords(review.Action(fact(e, "action")), key))
	}
	return words, err
}

// diffOf is what the event changed, before and after, in the provider's words
// where they are known.
func diffOf(e db.LogEntry) []views.DiffLine {
	var out []views.DiffLine
	line := func(sign, name, value string) {
		if value != "" {
			out = append(out, views.DiffLine{Sign: sign, Text: name + ": " + visible(value)})
		}
	}
	if e.Before == nil && e.After == nil {
		return nil
	}
	p := e.Provider
	if e.Before != nil {
		line("-", "state", stateBadge(e, p, e.Before.State).Word)
		line("-", "status on the desk", e.Before.State)
		line("-", "version", itoa(e.Before.Version))
	}
	if e.After != nil {
		line("+", "state", stateBadge(e, p, e.After.State).Word)
		if e.Action != string(review.EventProposed) {
			line("+", "reason sent", fact(e, "reject_reason"))
			line("+", "outcome", fact(e, "outcome"))
		}
		line("+", "status on the desk", e.After.State)
		line("+", "version", itoa(e.After.Version))
	}
	return sameLines(out)
}

// sameLines takes what is the same before and after for what it is: unchanged.
func sameLines(lines []views.DiffLine) []views.DiffLine {
	var out []views.DiffLine
	for _, d := range lines {
		twin := func(other views.DiffLine) bool { return other.Text == d.Text && other.Sign != d.Sign }
		switch {
		case !slices.ContainsFunc(lines, twin):
			out = append(out, d)
		case d.Sign == "-":
			out = append(out, views.DiffLine{Text: d.Text})
		}
	}
	return out
}

// told are the facts that have a place of their own on the page.
var told = []string{"action", "ground", "reject_reason", "outcome"}

func otherFacts(e db.LogEntry) []views.Fact {
	var out []views.Fact
	for _, f := range e.Facts {
		if strings.HasPrefix(f.Name, "finding.") || strings.HasPrefix(f.Name, "evidence.") || slices.Contains(told, f.Name) {
			continue
		}
		value := visible(f.Value)
		if f.Name == "field" {
			value = fieldWords(f.Value)
		}
		label := upperFirst(strings.ReplaceAll(visible(f.Name), "_", " "))
		switch f.Name {
		case "evidence":
			label = "Digest of the evidence"
		case "row":
			label = "Digest of what stays"
		case "legal_ground":
			value = visible(groundOf(e).Words())
		}
		out = append(out, views.Fact{Label: label, Value: value})
	}
	return out
}

func recordOfEvent(e db.LogEntry) []views.Fact {
	out := []views.Fact{{Label: "UTC", Value: utcMillis(e.Time)}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, views.Fact{Label: label, Value: visible(value)})
		}
	}
	add("Actor", e.Actor.ID)
	add("Role then", e.Actor.Role)
	add("From", e.Address)
	add("Session", e.Session)
	add("Signed in by", strings.Join(e.Factors, ", "))
	add("Request", e.Request)
	add("Object", e.Object)
	add("Leaf hash", hex.EncodeToString(e.Leaf[:]))
	add("Size", counted(len(e.Body), "byte", "bytes"))
	if e.ClockSteppedBack {
		add("Clock", "stood before the previous event; the time is not earlier than it all the same")
	}
	return out
}

// eventWords adds what the entry itself only points at: the words it commits to and
// the account it is about, as far as this person may read them. What was said about
// a case belongs to the case: an admin, who sees no cases, does not read it here
// either. The provider's object, and an address that was tried at the door, are
// never shown.
func (s *Server) eventWords(r *http.Request, p *views.AuditEventPage, v *visit, e db.LogEntry) error {
	if e.Object != "" && e.Provider == "" {
		p.Facts = append(p.Facts, s.objectFacts(r.Context(), e)...)
	}
	if len(e.Commitments) == 0 || !v.may(review.RightSeeCases) && !ofTheDesk(e) && !(v.may(review.RightErase) && ofKeeping(e)) {
		return nil
	}
	words, err := s.db.Words(r.Context(), e.Seq)
	if err != nil {
		return err
	}
	p.Note = visible(first(words["note"], words["reason"], words["text"]))
	if filter := words["filter"]; filter != "" {
		p.Facts = append(p.Facts, views.Fact{Label: "Filter", Value: visible(filter)})
	}
	return nil
}

// ofTheDesk reports whether an event is about no case, so that whoever sees the log
// reads its words.
func ofTheDesk(e db.LogEntry) bool {
	return e.Action == string(review.EventRollback) || e.Action == string(review.EventKeyRotated)
}

// objectFacts name what an event is about, where that is no case.
func (s *Server) objectFacts(ctx context.Context, e db.LogEntry) []views.Fact {
	if e.Action == string(review.EventWebhookChange) {
		if endpoint, err := s.db.EndpointByID(ctx, e.Object); err == nil {
			return []views.Fact{{Label: "Webhook at", Value: hostOf(endpoint.URL)}}
		}
	}
	if a, err := s.db.Account(ctx, e.Object); err == nil {
		return []views.Fact{{Label: "Account", Value: visible(a.Name)}}
	}
	if c, err := s.db.Client(ctx, e.Object); err == nil && fact(e, "name") == "" {
		return []views.Fact{{Label: "API client", Value: visible(c.Name)}}
	}
	return nil
}

// eventNeighbours are the events before and after, among those this person sees.
func (s *Server) eventNeighbours(r *http.Request, l logView, seq int64) (prev, next string, err error) {
	mine := review.EventFilter{}
	if !l.v.may(review.RightSeeLog) {
		mine.Actor = l.v.actor.ID
	}
	older, _, err := s.db.Log(r.Context(), mine, seq, 1)
	if err != nil {
		return "", "", err
	}
	newer, _, err := s.db.LogNewer(r.Context(), mine, seq, 1)
	if len(older) > 0 {
		prev = "/audit/" + itoa(older[0].Seq)
	}
	if len(newer) > 0 {
		next = "/audit/" + itoa(newer[0].Seq)
	}
	return prev, next, err
}
