package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"reviewdesk/db"
)

// isHealth names the addresses at which programs ask how the desk is, by any name of
// this machine.
func isHealth(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// onlyHere hides an address from everybody but this machine. A request that a
// proxy on this machine hands on comes from elsewhere.
func onlyHere(r *http.Request) error {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	here := err == nil && peer.Addr().Unmap().IsLoopback() || overSocket(r)
	forwarded := r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" || r.Header.Get("X-Real-Ip") != ""
	if !here || forwarded {
		return db.ErrNotFound
	}
	return nil
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) error {
	if err := onlyHere(r); err != nil {
		return err
	}
	return plainAnswer(w, http.StatusOK, "ok")
}

// readyz says whether the desk can do its work: read, and record.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) error {
	if err := onlyHere(r); err != nil {
		return err
	}
	if err := s.db.Healthy(r.Context()); err != nil {
		s.opts.Log.Error("not ready", "error", err)
		return plainAnswer(w, http.StatusServiceUnavailable, "the database does not answer")
	}
	if s.db.Sealed() != "" {
		return plainAnswer(w, http.StatusServiceUnavailable, "sealed: the database and its anchor do not agree; reviewdesk check says more")
	}
	if !s.db.Writes() {
		return plainAnswer(w, http.StatusServiceUnavailable, "reading only: nothing can be recorded; is the disk full, or the anchor out of reach?")
	}
	return plainAnswer(w, http.StatusOK, "ok"+s.witnessesForMachines(r))
}

// witnessesForMachines follows the "ok": a desk whose witnesses are silent does its
// work all the same, but whoever watches it is to know.
func (s *Server) witnessesForMachines(r *http.Request) string {
	all, err := s.db.Witnesses(r.Context())
	if err != nil || len(all.All) == 0 {
		return ""
	}
	tone, parts := witnessWords(all, s.db.Now(), utcTime)
	return "\nwitnesses " + tone + ": " + strings.ReplaceAll(strings.Join(parts, "; "), thinSpace, "")
}

func plainAnswer(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintln(w, text) // the reader left, or not
	return nil
}
