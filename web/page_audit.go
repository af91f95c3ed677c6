package web

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// logFields are the names that the audit log's address may hold beside its place.
var logFields = []string{"actor", "kind", "case", "code", "from", "to", "zone"}

// logView is what the address of the audit log asks for, and who asks.
type logView struct {
	values        url.Values
	filter        review.EventFilter
	after, before int64
	v             *visit
	now           time.Time
	zone          *time.Location
}

// auditLog is the log, newest first. Who may not see all of it sees their own
// actions, whatever the address asks for.
func (s *Server) auditLog(w http.ResponseWriter, r *http.Request) error {
	l, err := s.logView(r)
	if err != nil {
		return err
	}
	entries, pager, err := s.logPage(r, l)
	if err != nil {
		return err
	}
	p := views.AuditPage{Page: s.page(w, r, "Audit log"), Pager: pager, Filters: l.filters(), ClearHref: "/audit"}
	l.setZone(s, &p.Prefs)
	if p.Pills, err = s.logPills(r, l); err != nil {
		return err
	}
	p.Zones = l.zones(s.opts.Zone)
	p.Rows = l.rows(entries)
	if l.v.may(review.RightSeeLog) {
		p.MayCheck = true
		p.Banner, p.BannerLink = s.checks.banner(r.Context(), s.db, l.zone)
		p.HeadsHref = "/audit/consistency"
		if p.Witness, err = s.witnessBanner(r.Context(), l.zone); err != nil {
			return err
		}
	}
	if l.v.may(review.RightExport) {
		p.ExportHref = strings.Replace(l.href("zone", ""), "/audit", "/export/audit.csv", 1)
		p.LinesHref = strings.Replace(l.href("zone", ""), "/audit", "/export/audit.ndjson", 1)
	}
	return s.render(w, r, http.StatusOK, views.Audit(p))
}

func (s *Server) logView(r *http.Request) (logView, error) {
	q := r.URL.Query()
	l := logView{values: url.Values{}, v: visitOf(r.Context()), now: s.db.Now()}
	for _, field := range logFields {
		if text := unhidden(q.Get(field)); text != "" {
			l.values.Set(field, text)
		}
	}
	f, err := ParseEventFilter(l.values)
	if err != nil {
		return l, err
	}
	if f.Case != "" {
		if id, err := s.db.FindID(r.Context(), f.Case); err == nil {
			f.Case = id
		}
	}
	if !l.v.may(review.RightSeeLog) {
		f.Actor = l.v.actor.ID
		l.values.Del("actor")
	}
	l.filter = f
	if l.after, err = parseSeq(q.Get("after")); err == nil {
		l.before, err = parseSeq(q.Get("before"))
	}
	return l, err
}

// parseSeq reads the number of an event; "" is 0.
func parseSeq(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, errBadRequest{"Events have numbers from 1. Open the audit log again from its beginning."}
	}
	return n, nil
}

// setZone is the zone of the address, or the one the browser prefers.
func (l *logView) setZone(s *Server, prefs *views.Prefs) {
	if zone := known(l.values.Get("zone"), "local", "UTC"); zone != "" {
		prefs.Zone = zone
	}
	l.zone = s.zone(*prefs)
}

func (l logView) href(changes ...string) string {
	return changed("/audit", l.values, changes)
}

func (l logView) filters() int {
	n := 0
	for _, field := range []string{"actor", "kind", "case", "code"} {
		if l.values.Get(field) != "" {
			n++
		}
	}
	if l.values.Get("from")+l.values.Get("to") != "" {
		n++
	}
	return n
}

// logPage reads the entries of the page. A page before the first full one is the
// first one, so that its newest events are not cut off from the rest.
func (s *Server) logPage(r *http.Request, l logView) ([]db.LogEntry, views.Pager, error) {
	if l.before > 0 {
		entries, newer, err := s.db.LogNewer(r.Context(), l.filter, l.before, pageSize)
		if err != nil || newer {
			return entries, l.pager(entries, newer, true), err
		}
	}
	after := l.after
	if l.before > 0 {
		after = 0
	}
	entries, older, err := s.db.Log(r.Context(), l.filter, after, pageSize)
	return entries, l.pager(entries, after > 0, older), err
}

func (l logView) pager(entries []db.LogEntry, newer, older bool) views.Pager {
	if len(entries) == 0 {
		return views.Pager{}
	}
	p := views.Pager{Range: counted(len(entries), "event", "events") + " shown"}
	if newer {
		p.Prev = l.href("before", itoa(entries[0].Seq))
	}
	if older {
		p.Next = l.href("after", itoa(entries[len(entries)-1].Seq))
	}
	return p
}

// zones switches between the desk's zone and UTC; a desk in UTC has nothing to switch.
func (l logView) zones(local *time.Location) []views.Link {
	if local == time.UTC {
		return nil
	}
	utc := l.zone == time.UTC
	return []views.Link{
		{Label: zoneName(local), Href: l.href("zone", "local"), Current: !utc},
		{Label: "UTC", Href: l.href("zone", "UTC"), Current: utc},
	}
}

// zoneName is the city of a zone: "Madrid" for Europe/Madrid.
func zoneName(z *time.Location) string {
	name := z.String()
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

func (l logView) rows(entries []db.LogEntry) []views.AuditRow {
	out := make([]views.AuditRow, 0, len(entries))
	day := ""
	for _, e := range entries {
		row := l.row(e)
		if d := e.Time.In(l.zone).Format(time.DateOnly); d != day {
			day, row.Day = d, dayWords(e.Time, l.now, l.zone)
		}
		out = append(out, row)
	}
	return out
}

func (l logView) row(e db.LogEntry) views.AuditRow {
	look := eventLookOf(e)
	row := views.AuditRow{
		Seq: thousands(e.Seq), Href: "/audit/" + itoa(e.Seq), Time: clock(e.Time, l.zone), Who: actorOf(e),
		Icon: look.icon, Tone: look.tone, Action: look.action, Hash: shortHash(e),
	}
	row.From, row.To, row.Change = changeOf(e)
	if row.Change == "" {
		row.Change = upperFirst(strings.TrimPrefix(resolutionSentence(e), ", "))
	}
	if e.Provider != "" {
		row.CaseID = shortID(e.Provider, e.Object)
		if l.v.may(review.RightSeeCases) {
			row.CaseHref = "/verifications/" + e.Object
		}
	}
	return row
}

func shortHash(e db.LogEntry) string {
	text := hex.EncodeToString(e.Leaf[:])
	return text[:4] + "…" + text[len(text)-4:]
}

// dayWords heads the events of one day.
func dayWords(t, now time.Time, zone *time.Location) string {
	local, today := t.In(zone), now.In(zone)
	layout := "Monday 2 January 2006"
	if local.Year() == today.Year() {
		layout = "Monday 2 January"
	}
	switch local.Format(time.DateOnly) {
	case today.Format(time.DateOnly):
		return "Today, " + local.Format(layout)
	case today.AddDate(0, 0, -1).Format(time.DateOnly):
		return "Yesterday, " + local.Format(layout)
	}
	return local.Format(layout)
}
