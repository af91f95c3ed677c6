package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
	"reviewdesk/web/platform"
)

// buffers begin with room for most pages.
var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 96<<10)) }}

// render draws a page into a buffer and writes it whole: a page that fails to
// render is a clean error, never half an answer.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer buffers.Put(b)
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	return s.send(w, status, b)
}

var packers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is one that there is
	return z
}}

// renderPublic draws a page that holds nothing of anybody, packed for whoever takes it
// so. No other page is packed. The size of a packed page tells somebody who listens
// whether a text of their own, brought in by an address or by a case they sent, is like
// another text on it (the attack called BREACH): and pages are full of names. An
// export's answer has the same mixture, but only the desk's own pages can ask for it.
func (s *Server) renderPublic(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	w.Header().Set("Vary", "Accept-Encoding, Cookie")
	if !takesGzip(r.Header.Get("Accept-Encoding")) {
		return s.render(w, r, http.StatusOK, page)
	}
	b, z := buffers.Get().(*bytes.Buffer), packers.Get().(*gzip.Writer)
	defer buffers.Put(b)
	defer packers.Put(z)
	b.Reset()
	z.Reset(b)
	if err := errors.Join(page.Render(r.Context(), z), z.Close()); err != nil {
		return err
	}
	w.Header().Set("Content-Encoding", "gzip")
	return s.send(w, http.StatusOK, b)
}

// send writes a page that is whole.
func (s *Server) send(w http.ResponseWriter, status int, page *bytes.Buffer) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(status)
	if _, err := w.Write(page.Bytes()); err != nil {
		s.opts.Log.Debug("write answer", "error", err) // the reader left; nothing to tell them
	}
	return nil
}

// seeOther sends the browser on after a form; nothing but our own paths.
func seeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, localPath(path, "/"), http.StatusSeeOther)
	return nil
}

// refusal is an answer that says no, in words made to be read.
type refusal struct {
	status        int
	heading, text string
}

func (e refusal) Error() string { return e.heading + ": " + e.text }

// Refusal is what a program is told of it.
func (e refusal) Refusal() (status int, text string) { return e.status, e.text }

// errPanic stands for a panic, whose own text is in the log.
var errPanic = errors.New("panic")

// errBadRequest is a request that no page of ours sends; text says what is wrong.
type errBadRequest struct{ text string }

func (e errBadRequest) Error() string { return e.text }

// statusLeft stands in the log and in the metrics for a reader who left before the answer
// was made, as when one page closes another's stream: nobody hears it, and nothing failed.
const statusLeft = 499

// fail turns an error into an answer: the only place that does.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	v := visitOf(r.Context())
	if r.Context().Err() != nil {
		s.opts.Log.Info("the reader left", "request", v.id, "route", v.route, "error", err)
		w.WriteHeader(statusLeft)
		return
	}
	if platform.Owns(r.URL.Path) {
		s.failProgram(w, r, err)
		return
	}
	status, heading, text := explain(err)
	s.logRefusal(v, status, err)
	var wait db.Throttled
	if errors.As(err, &wait) {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Wait.Seconds())+1))
	}
	page := views.ErrorPage{Page: s.frame(r, heading), Status: status, Heading: heading, Text: text, Action: views.Link{Label: "Back to the start", Href: "/"}}
	if renderErr := s.render(w, r, status, views.Error(page)); renderErr != nil {
		s.opts.Log.Error("render the error page", "request", v.id, "error", renderErr)
		http.Error(w, heading+". "+text+" Reference "+v.id, status)
	}
}

// failProgram answers in the shape of the provider whose address it is.
func (s *Server) failProgram(w http.ResponseWriter, r *http.Request, err error) {
	a := platform.Refusal(r.URL.Path, err)
	s.logRefusal(visitOf(r.Context()), a.Status, err)
	if a.Header[0] != "" {
		w.Header().Set(a.Header[0], a.Header[1])
	}
	platform.Send(w, a.Status, a.Body)
}

func (s *Server) logRefusal(v *visit, status int, err error) {
	level := s.opts.Log.Info
	if status >= 500 {
		level = s.opts.Log.Error
	}
	level("refused", "request", v.id, "route", v.route, "status", status, "error", logged(err, status))
}

// explain chooses status and words. Only errors that were made to be read are
// quoted; everything else is an internal error, told by its reference alone.
func explain(err error) (status int, heading, text string) {
	var forbidden review.Forbidden
	var conflict review.Conflict
	var erased review.Erased
	var invalid review.Invalid
	var bad errBadRequest
	var wait db.Throttled
	var tooLarge *http.MaxBytesError
	var refused refusal
	switch {
	case errors.As(err, &refused):
		return refused.status, refused.heading, refused.text
	case errors.As(err, &forbidden):
		return http.StatusForbidden, "Not allowed", forbidden.Why
	case errors.As(err, &conflict):
		return http.StatusConflict, "Somebody was first", upperFirst(conflict.Error()) + ". Nothing of yours was recorded."
	case errors.As(err, &invalid):
		return http.StatusUnprocessableEntity, "Something needs another look", invalid.Error()
	case errors.As(err, &wait):
		return http.StatusTooManyRequests, "Too many attempts", "Wait " + waitWords(wait.Wait) + ", then try again."
	case errors.As(err, &bad):
		return http.StatusBadRequest, "This request cannot be read", bad.text
	case errors.As(err, &tooLarge):
		return http.StatusRequestEntityTooLarge, "Too much was sent", "The form holds more than the desk takes. Shorten it and send it again."
	case errors.As(err, &erased):
		return http.StatusGone, "Erased", erased.Error()
	case errors.Is(err, db.ErrNotFound):
		return http.StatusNotFound, "There is nothing here", "The address is wrong, or what it names is not for you."
	case errors.Is(err, db.ErrUndecided):
		return http.StatusConflict, "Not decided yet", "A packet is the record of a decision. None stands on this case."
	case errors.Is(err, db.ErrSealed):
		return http.StatusServiceUnavailable, "The desk is sealed", "Nothing was recorded. Opening a case is recorded, and so are a sign-in, a decision and an export: they wait until whoever runs the desk lets it write again. Lists and the log can be read."
	case errors.Is(err, db.ErrNotRecorded), errors.Is(err, db.ErrClosed):
		return http.StatusServiceUnavailable, "Nothing was recorded", "The desk cannot write just now. Try again in a moment."
	case errors.Is(err, db.ErrDisk):
		return http.StatusServiceUnavailable, "The disk failed", "Whether your action was recorded shows once the desk runs again: look before you repeat it."
	case errors.Is(err, db.ErrNotAnchored):
		return http.StatusServiceUnavailable, "Recorded, not yet anchored", "Your action is in the log, but the copy outside the database could not be written. The desk reads only until it can."
	}
	return http.StatusInternalServerError, "Something went wrong", "The fault is ours. Nothing you typed was lost if you go back. Tell us the reference."
}

// logged keeps what people typed out of the log: of a refusal only its kind is told.
func logged(err error, status int) string {
	if status >= 500 {
		return err.Error()
	}
	return http.StatusText(status)
}
