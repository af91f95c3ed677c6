package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// Proof files hold an event's bytes, which name nobody and hold no free text. So they
// are for everybody who may read the event itself, and handing one out is no event.

// auditProof hands out the proof of one event.
func (s *Server) auditProof(w http.ResponseWriter, r *http.Request) error {
	seq, err := parseSeq(r.PathValue("seq"))
	if err != nil || itoa(seq) != r.PathValue("seq") {
		return db.ErrNotFound
	}
	return s.sendProof(w, r, seq)
}

// caseProof hands out the proof of the event that decided a case.
func (s *Server) caseProof(w http.ResponseWriter, r *http.Request) error {
	id, err := s.caseID(r)
	if err != nil {
		return err
	}
	seq, err := s.db.Decided(r.Context(), id)
	if err != nil {
		return err
	}
	return s.sendProof(w, r, seq)
}

func (s *Server) sendProof(w http.ResponseWriter, r *http.Request, seq int64) error {
	v := visitOf(r.Context())
	e, err := s.db.LogEntry(r.Context(), seq)
	if err != nil {
		return err
	}
	if !v.may(review.RightSeeLog) && e.Actor.ID != v.actor.ID {
		return db.ErrNotFound
	}
	blind, err := s.blindTo(r, v, e)
	if err != nil {
		return err
	}
	if blind {
		return review.Forbidden{Why: "The first person's reasons stay hidden from you until you have given your own word."}
	}
	p, err := s.db.Proof(r.Context(), seq)
	if err != nil {
		return err
	}
	return sendText(w, proofName(seq), p.Bytes())
}

func proofName(seq int64) string {
	return "reviewdesk-event-" + itoa(seq) + audit.ProofExtension
}

// sendText hands out a small text file. Its name is made of our own words and
// numbers, so it needs no escaping.
func sendText(w http.ResponseWriter, name string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(http.StatusOK)
	w.Write(b) // the reader left, or not
	return nil
}

// consistencySizes reads the two sizes of the address. Without any they are those of
// the first head and the newest.
func (s *Server) consistencySizes(r *http.Request) (from, to int64, bad review.Invalid, err error) {
	newest, err := s.db.LogSize(r.Context())
	if err != nil {
		return 0, 0, nil, err
	}
	bad, from, to = review.Invalid{}, 1, newest
	for _, size := range []struct {
		field string
		into  *int64
	}{{"from", &from}, {"to", &to}} {
		text := strings.TrimSpace(r.URL.Query().Get(size.field))
		if text == "" {
			continue
		}
		if *size.into, err = strconv.ParseInt(text, 10, 64); err != nil || *size.into < 1 {
			*size.into = 0
			bad.Add(size.field, "Write how many events the head covers, such as "+itoa(newest)+".")
		}
	}
	if len(bad) == 0 && from > to {
		bad.Add("to", "The newer head cannot be the smaller one.")
	}
	return from, to, bad, nil
}

// consistency proves that the log between two of its heads was only added to.
func (s *Server) consistency(w http.ResponseWriter, r *http.Request) error {
	from, to, bad, err := s.consistencySizes(r)
	if err != nil {
		return err
	}
	p := views.ConsistencyPage{Page: s.page(w, r, "Two heads of the log"), From: itoa(from), To: itoa(to), Keys: s.db.VerifierKeys()}
	if len(bad) == 0 {
		err = s.fillConsistency(r, &p, from, to, bad)
	}
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		p.Errors = fieldErrors(bad, "")
		return s.render(w, r, http.StatusUnprocessableEntity, views.Consistency(p))
	}
	return s.render(w, r, http.StatusOK, views.Consistency(p))
}

func (s *Server) fillConsistency(r *http.Request, p *views.ConsistencyPage, from, to int64, bad review.Invalid) error {
	c, err := s.db.Consistency(r.Context(), from, to)
	if errors.Is(err, db.ErrNotFound) {
		return s.noSuchHead(r, from, to, bad)
	}
	if err != nil {
		return err
	}
	if err := audit.CheckConsistency(c.Proof, c.From.Size, c.From.Root, c.To.Size, c.To.Root); err != nil {
		p.Broken = "The stored hashes do not lead from one head to the other. Check the log now."
	}
	p.FileHref = "/audit/consistency/proof?from=" + itoa(from) + "&to=" + itoa(to)
	p.Older, p.Newer = visible(string(c.FromNote)), visible(string(c.Note))
	p.Sentence = "The log of " + counted(to, "event", "events") + " begins with the very " + strings.TrimPrefix(counted(from, "event", "events"), "1 ") +
		" that the older head was signed over: none was changed, dropped or moved, and " + counted(to-from, "event was", "events were") + " added behind."
	for _, h := range c.Proof {
		p.Hashes = append(p.Hashes, h.String())
	}
	return nil
}

// noSuchHead names the heads that there are near the sizes asked for.
func (s *Server) noSuchHead(r *http.Request, from, to int64, bad review.Invalid) error {
	for field, size := range map[string]int64{"from": from, "to": to} {
		near, err := s.db.HeadNear(r.Context(), size)
		switch {
		case err != nil:
			return err
		case near == 0:
			bad.Add(field, "There is no head of "+thousands(size)+" events, nor any smaller one.")
		case near != size:
			bad.Add(field, "There is no head of "+thousands(size)+" events. The one before it covers "+itoa(near)+".")
		}
	}
	return nil
}

// consistencyProof hands out the proof as a file.
func (s *Server) consistencyProof(w http.ResponseWriter, r *http.Request) error {
	from, to, bad, err := s.consistencySizes(r)
	if err == nil {
		err = bad.Err()
	}
	if err != nil {
		return err
	}
	c, err := s.db.Consistency(r.Context(), from, to)
	if err != nil {
		return err
	}
	return sendText(w, "reviewdesk-heads-"+itoa(from)+"-"+itoa(to)+".txt", c.File())
}
