package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"
)

// Browsers tell here when the content policy has stopped something: a fault of
// ours, or somebody's attempt. The addresses that a report names may hold secrets,
// so only the rule and the kind of what was stopped are written down.
const (
	reportPath     = "/_/reports"
	reportLimit    = 16 << 10
	reportsAMinute = 30 // in the log; more say nothing new
)

type policyReport struct {
	Type string `json:"type"`
	Body struct {
		Directive string `json:"effectiveDirective"`
		Blocked   string `json:"blockedURL"`
	} `json:"body"`
}

var directives = regexp.MustCompile(`^[a-z-]{1,40}$`)

func (s *Server) reports(w http.ResponseWriter, r *http.Request) error {
	var all []policyReport
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		return errBadRequest{"This is no report of a browser."}
	}
	for _, report := range all {
		if report.Type == "csp-violation" && directives.MatchString(report.Body.Directive) && s.reported.another(time.Now()) {
			s.opts.Log.Warn("content policy", "request", visitOf(r.Context()).id, "directive", report.Body.Directive, "blocked", blockedKind(report.Body.Blocked))
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// blockedKind is the host of an address, or the browser's own word such as "inline".
func blockedKind(blocked string) string {
	if directives.MatchString(blocked) {
		return blocked
	}
	if u, err := url.Parse(blocked); err == nil && u.Host != "" {
		return firstRunes(u.Host, 100)
	}
	return "other"
}

// perMinute counts what is let through.
type perMinute struct {
	mu     sync.Mutex
	minute int64
	n      int
}

func (p *perMinute) another(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute := now.Unix() / 60; minute != p.minute {
		p.minute, p.n = minute, 0
	}
	p.n++
	return p.n <= reportsAMinute
}
