package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// LogEntry is one event of the log as people read it: what the entry says, and the
// names that its ids have now.
type LogEntry struct {
	audit.Entry
	Body      []byte // the canonical bytes
	Broken    bool   // they are none; number and time are those of the row
	Leaf      tlog.Hash
	ActorName string // "" for the desk itself
	OtherName string // whom a case was given to or taken from; "" for nobody
	CaseName  string // not kept in the log: the subject's name as it stands now; "" once forgotten
	Provider  review.Provider
	// Note is the note the entry commits to, where a history was asked for.
	Note string
	// Codes is how the failure codes that the entry names were seen then; nil where it
	// names none.
	Codes *review.Catalogue
}

// Code explains a failure code as it was seen with the event.
func (e LogEntry) Code(p review.Provider, code string) review.Code {
	return cmp.Or(e.Codes, review.Standard).Lookup(p, code)
}

const logColumns = `SELECT e.seq, e.at, e.body`

// logEntries parses the bodies that rows hold and looks the names up. An event whose
// bytes somebody has damaged is there all the same: nobody would find it otherwise.
func (db *DB) logEntries(q querier, rows answers) ([]LogEntry, error) {
	var all []rawEntry
	err := eachRow(rows, func() error {
		var e rawEntry
		err := rows.Scan(&e.seq, &e.at, &e.body)
		all = append(all, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	var p audit.Parser
	out := make([]LogEntry, len(all))
	for i, e := range all {
		out[i] = e.parsedBy(&p)
	}
	for i := range out {
		if !namesCodes[out[i].Action] {
			continue
		}
		if out[i].Codes, err = db.catalogueWith(q, out[i].Entry); err != nil {
			return nil, err
		}
	}
	return out, lookUpNames(q, out)
}

// parsed reads the bytes. Where they are none it says so.
func (r rawEntry) parsed() LogEntry { return r.parsedBy(&audit.Parser{}) }

func (r rawEntry) parsedBy(p *audit.Parser) LogEntry {
	e := LogEntry{Body: r.body, Leaf: tlog.RecordHash(r.body)}
	parsed, err := p.Parse(r.body)
	if err != nil {
		e.Broken = true
		parsed = audit.Entry{Seq: r.seq, Time: fromMicros(r.at), Action: "unreadable"}
	}
	e.Entry = parsed
	return e
}

// nameQueries find the name of an actor of a kind.
var nameQueries = map[string]string{
	"person": `SELECT name FROM account WHERE id = ?`,
	"client": `SELECT name FROM client WHERE id = ?`,
}

// otherFact is the fact by which an event names another account than its actor.
var otherFact = map[string]string{string(review.EventAssigned): "to", string(review.EventTakenOver): "from", string(review.EventClaimed): "run_out"}

// actorName asks for a name unless it is known already.
func actorName(q querier, known map[string]string, a audit.Actor) (string, error) {
	name, there := known[a.ID]
	query := nameQueries[a.Kind]
	if there || query == "" {
		return name, nil
	}
	if err := q.row(query, a.ID).Scan(&name); err != nil && !isNoRows(err) {
		return "", err
	}
	known[a.ID] = name
	return name, nil
}

// lookUpNames asks for each name once a page.
func lookUpNames(q querier, entries []LogEntry) error {
	actors := map[string]string{}
	type subject struct{ name, provider string }
	subjects := map[string]subject{}
	for i := range entries {
		e := &entries[i]
		var err error
		if e.ActorName, err = actorName(q, actors, e.Actor); err != nil {
			return err
		}
		if other := e.Fact(otherFact[e.Action]); other != "" {
			if e.OtherName, err = actorName(q, actors, audit.Actor{Kind: "person", ID: other}); err != nil {
				return err
			}
		}
		s, known := subjects[e.Object]
		if !known && e.Object != "" {
			err := q.row(`SELECT s.name, v.provider FROM verification v JOIN subject s ON s.id = v.subject WHERE v.id = ?`, e.Object).Scan(&s.name, &s.provider)
			if err != nil && !isNoRows(err) {
				return err
			}
			subjects[e.Object] = s
		}
		e.CaseName, e.Provider = s.name, review.Provider(s.provider)
	}
	return nil
}

// Log reads one page of the audit log, newest first. after is the number of the
// last event of the page before; 0 is the beginning.
func (db *DB) Log(ctx context.Context, f review.EventFilter, after int64, size int) (entries []LogEntry, more bool, err error) {
	from := logFilter(f)
	if after > 0 {
		from.add(from.key+" < ?", after)
	}
	return db.logPage(db.read(ctx), from, " DESC", size)
}

// LogNewer reads the page before: the events that follow number before, newest first.
func (db *DB) LogNewer(ctx context.Context, f review.EventFilter, before int64, size int) (entries []LogEntry, more bool, err error) {
	from := logFilter(f)
	from.add(from.key+" > ?", before)
	entries, more, err = db.logPage(db.read(ctx), from, "", size)
	slices.Reverse(entries)
	return entries, more, err
}

func (db *DB) logPage(q reading, from logQuery, order string, size int) ([]LogEntry, bool, error) {
	rows, err := q.rows(logColumns+from.table+from.String()+" ORDER BY "+from.key+order+" LIMIT +?", append(from.args, size+1)...)
	if err != nil {
		return nil, false, fmt.Errorf("audit log: %w", err)
	}
	entries, err := db.logEntries(q, rows)
	if len(entries) > size {
		return entries[:size], true, err
	}
	return entries, false, err
}

// logQuery is where the events of a filter are found.
type logQuery struct {
	where
	table string
	key   string // the column that holds the event's number, by which the list is ordered
}

// firstAt is the number of the first event at a time or after it: the log's times
// never fall, so a span of time is a span of numbers, in the order of every list.
const firstAt = `COALESCE((SELECT seq FROM audit_entry WHERE at >= ? ORDER BY at, seq LIMIT 1), 9223372036854775807)`

// logFilter turns a filter into a query. Only what is asked for by code is read by
// way of the index of codes.
func logFilter(f review.EventFilter) logQuery {
	w := logQuery{table: ` FROM audit_entry e`, key: "e.seq"}
	if f.Code != "" {
		w.table, w.key = ` FROM audit_code c JOIN audit_entry e ON e.seq = c.seq`, "c.seq"
		codes := spellings(f.Code)
		w.add("c.code IN (?"+strings.Repeat(", ?", len(codes)-1)+")", codes...)
	}
	if f.Actor != "" {
		w.add("e.actor = ?", f.Actor)
	}
	if f.Kind != "" {
		w.add("e.kind = ?", string(f.Kind))
	}
	if f.Case != "" {
		w.add("e.object = ? AND e.object <> ''", f.Case)
	}
	if !f.From.IsZero() {
		w.add(w.key+" >= "+firstAt, micros(f.From))
	}
	if !f.To.IsZero() {
		w.add(w.key+" < "+firstAt, micros(f.To))
	}
	return w
}

// LogEntry reads one event. An unknown number is [ErrNotFound].
func (db *DB) LogEntry(ctx context.Context, seq int64) (LogEntry, error) {
	rows, err := db.read(ctx).rows(logColumns+` FROM audit_entry e WHERE e.seq = ?`, seq)
	if err != nil {
		return LogEntry{}, err
	}
	entries, err := db.logEntries(db.read(ctx), rows)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("audit event: %w", ErrNotFound)
	}
	if err != nil {
		return LogEntry{}, err
	}
	return entries[0], nil
}

// LogSize is how many events the log holds.
func (db *DB) LogSize(ctx context.Context) (n int64, err error) {
	err = db.read(ctx).row(`SELECT COALESCE(MAX(seq), 0) FROM audit_entry`).Scan(&n)
	return n, err
}

// Check is the result of one verification of the log.
type Check struct {
	audit.Report
	At   time.Time // UTC
	Took time.Duration
}

// CheckLog verifies the whole log against the case rows, the checkpoints and the
// anchor, from one snapshot.
func (db *DB) CheckLog(ctx context.Context) Check {
	began := time.Now()
	pinned, err := audit.NewKeys(db.ownKey())
	if err != nil {
		return Check{Report: unreadable(err), At: db.Now()}
	}
	return Check{Report: db.verify(ctx, pinned, nil), At: db.Now(), Took: time.Since(began)}
}
