package web

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"reviewdesk/db"
)

// Metrics in Prometheus' text format, written by hand: its own client library would add
// 2.4 MB to the binary, mostly protocol buffers, for a format of one line a figure. The
// labels are routes, statuses, providers and the names of witnesses; nothing of a person.

// meter counts requests by route and status, and how long they took by route.
type meter struct {
	requests sync.Map // of *atomic.Int64 by answered
	took     sync.Map // of *db.Histogram by route
}

type answered struct {
	route  string // the pattern; "" for an address that is none
	status int
}

func (m *meter) note(route string, status int, took time.Duration) {
	n, known := m.requests.Load(answered{route, status})
	if !known {
		n, _ = m.requests.LoadOrStore(answered{route, status}, new(atomic.Int64))
	}
	n.(*atomic.Int64).Add(1)
	h, known := m.took.Load(route)
	if !known {
		h, _ = m.took.LoadOrStore(route, db.NewHistogram(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10))
	}
	h.(*db.Histogram).Observe(took.Seconds())
}

// metrics answers this machine, and whoever holds the token.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) error {
	if err := onlyHere(r); err != nil && !s.holdsMetricsToken(r) {
		return err
	}
	m, err := s.db.Metrics(r.Context())
	if err != nil {
		return err
	}
	var out exposition
	out.requests(&s.meter)
	s.deskMetrics(&out, m)
	out.witnesses(m.Witnesses, s.db.Now())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(out.Bytes()) // the reader left, or not
	return nil
}

// holdsMetricsToken compares digests, so that the time it takes tells nothing.
func (s *Server) holdsMetricsToken(r *http.Request) bool {
	given := r.Header.Values("Authorization")
	if s.opts.MetricsToken == "" || len(given) != 1 {
		return false
	}
	have, want := sha256.Sum256([]byte(given[0])), sha256.Sum256([]byte("Bearer "+s.opts.MetricsToken))
	return subtle.ConstantTimeCompare(have[:], want[:]) == 1
}

func (s *Server) deskMetrics(out *exposition, m db.Metrics) {
	now := s.db.Now()
	out.family("reviewdesk_build_info", "gauge", "The build that runs.")
	out.line("reviewdesk_build_info", 1, "version", s.opts.Version)
	out.one("reviewdesk_sealed", "gauge", "1 while the desk only reads, since its database and its anchor do not agree.", truth(s.db.Sealed() != ""))
	out.one("reviewdesk_writable", "gauge", "0 while nothing can be recorded.", truth(s.db.Writes()))
	out.queue(m.Queue, now)
	out.family("reviewdesk_decisions_total", "counter", "Cases decided, as the desk's own figures have it.")
	out.line("reviewdesk_decisions_total", float64(m.Approved), "outcome", "approved")
	out.line("reviewdesk_decisions_total", float64(m.Decided-m.Approved), "outcome", "rejected")
	took, together := s.db.Commits()
	out.family("reviewdesk_commit_seconds", "histogram", "How long commits took, the anchor included.")
	out.histogram("reviewdesk_commit_seconds", took)
	out.family("reviewdesk_commit_batch", "histogram", "How many pieces of work shared a commit.")
	out.histogram("reviewdesk_commit_batch", together)
	out.one("reviewdesk_log_events", "gauge", "Events in the audit log.", float64(m.Events))
	out.one("reviewdesk_anchor_lag_events", "gauge", "Events that no anchored head covers yet.", float64(m.Events-m.Anchored))
	out.one("reviewdesk_outbox_waiting", "gauge", "Messages that wait to be sent, counted up to 10001.", float64(m.Outbox))
	out.one("reviewdesk_outbox_lag_seconds", "gauge", "Age of the oldest of them.", age(m.OutboxSince, now))
	out.one("reviewdesk_database_bytes", "gauge", "Size of the database file.", float64(m.DatabaseBytes))
	out.one("reviewdesk_wal_bytes", "gauge", "Size of its write-ahead log.", float64(m.LogBytes))
	out.one("reviewdesk_anchor_bytes", "gauge", "Size of the anchor file.", float64(m.AnchorBytes))
}

// exposition is the text as it grows.
type exposition struct{ bytes.Buffer }

func (e *exposition) family(name, kind, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// line writes one figure; labels are names and values by turns.
func (e *exposition) line(name string, v float64, labels ...string) {
	e.WriteString(name)
	for i := 0; i < len(labels); i += 2 {
		fmt.Fprintf(e, `%c%s="%s"`, "{,"[min(i, 1)], labels[i], labelEscapes.Replace(labels[i+1]))
	}
	if len(labels) > 0 {
		e.WriteByte('}')
	}
	fmt.Fprintf(e, " %g\n", v)
}

func (e *exposition) one(name, kind, help string, v float64) {
	e.family(name, kind, help)
	e.line(name, v)
}

func (e *exposition) histogram(name string, h *db.Histogram, labels ...string) {
	labels = slices.Clip(labels)
	n, sum := h.Read(func(bound float64, n int64) {
		e.line(name+"_bucket", float64(n), append(labels, "le", fmt.Sprintf("%g", bound))...)
	})
	e.line(name+"_bucket", float64(n), append(labels, "le", "+Inf")...)
	e.line(name+"_sum", sum, labels...)
	e.line(name+"_count", float64(n), labels...)
}

func (e *exposition) requests(m *meter) {
	counts := map[answered]float64{}
	m.requests.Range(func(k, n any) bool { counts[k.(answered)] = float64(n.(*atomic.Int64).Load()); return true })
	e.family("reviewdesk_requests_total", "counter", "Requests answered, by route and status; 0 for a connection broken off.")
	for _, k := range sortedKeys(counts, func(a, b answered) int {
		return strings.Compare(fmt.Sprint(a.route, " ", a.status), fmt.Sprint(b.route, " ", b.status))
	}) {
		e.line("reviewdesk_requests_total", counts[k], "route", k.route, "status", fmt.Sprint(k.status))
	}
	took := map[string]*db.Histogram{}
	m.took.Range(func(k, h any) bool { took[k.(string)] = h.(*db.Histogram); return true })
	e.family("reviewdesk_request_seconds", "histogram", "How long requests took, by route.")
	for _, route := range sortedKeys(took, strings.Compare) {
		e.histogram("reviewdesk_request_seconds", took[route], "route", route)
	}
}

func sortedKeys[K comparable, V any](m map[K]V, compare func(a, b K) int) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compare)
	return keys
}

func (e *exposition) queue(depths []db.QueueDepth, now time.Time) {
	e.family("reviewdesk_cases", "gauge", "Cases, by provider and status.")
	for _, d := range depths {
		e.line("reviewdesk_cases", float64(d.N), "provider", string(d.Provider), "status", string(d.Status))
	}
	e.family("reviewdesk_oldest_case_seconds", "gauge", "Age of the oldest case that waits for a person, by provider and status.")
	for _, d := range depths {
		if !d.Oldest.IsZero() {
			e.line("reviewdesk_oldest_case_seconds", age(d.Oldest, now), "provider", string(d.Provider), "status", string(d.Status))
		}
	}
}

func (e *exposition) witnesses(all db.Witnesses, now time.Time) {
	agreed, _ := all.Agreed()
	e.one("reviewdesk_witness_quorum", "gauge", "How many witnesses must have countersigned a head.", float64(all.Quorum))
	e.one("reviewdesk_witnessed_events", "gauge", "Events under the newest head that as many have.", float64(agreed))
	e.family("reviewdesk_witness_lag_events", "gauge", "Events that a witness has not countersigned.")
	for _, w := range all.All {
		e.line("reviewdesk_witness_lag_events", float64(max(all.Size-w.Seen, 0)), "witness", w.Name)
	}
	e.family("reviewdesk_witness_silent", "gauge", "1 for a witness that is behind for longer than it should be.")
	for _, w := range all.All {
		e.line("reviewdesk_witness_silent", truth(w.Silent(now)), "witness", w.Name)
	}
	e.family("reviewdesk_witness_refused", "gauge", "1 for a witness that holds a log which this one does not go on from.")
	for _, w := range all.All {
		e.line("reviewdesk_witness_refused", truth(w.Refused), "witness", w.Name)
	}
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// age is in seconds; nothing has none.
func age(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(now.Sub(since).Seconds(), 0)
}
