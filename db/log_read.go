package db

import (
	"context"
	"database/sql"
	"fmt"
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
	Leaf      tlog.Hash
	ActorName string // "" for programs and the desk itself
	CaseName  string // not kept in the log: the subject's name as it stands now; "" once forgotten
	Provider  review.Provider
	// Note is the note the entry commits to, where a history was asked for.
	Note string
}

const logColumns = `SELECT e.body`

// logEntries parses the bodies that rows hold and looks the names up.
func (db *DB) logEntries(q querier, rows *sql.Rows) ([]LogEntry, error) {
	var out []LogEntry
	err := eachRow(rows, func() error {
		var e LogEntry
		if err := rows.Scan(&e.Body); err != nil {
			return err
		}
		parsed, err := audit.Parse(e.Body)
		if err != nil {
			return fmt.Errorf("audit log: %w", err)
		}
		e.Entry, e.Leaf = parsed, tlog.RecordHash(e.Body)
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, lookUpNames(q, out)
}

// lookUpNames asks for each name once a page.
func lookUpNames(q querier, entries []LogEntry) error {
	people := map[string]string{}
	type subject struct{ name, provider string }
	subjects := map[string]subject{}
	for i := range entries {
		e := &entries[i]
		name, known := people[e.Actor.ID]
		if !known && e.Actor.Kind == "person" {
			if err := q.row(`SELECT name FROM account WHERE id = ?`, e.Actor.ID).Scan(&name); err != nil && !isNoRows(err) {
				return err
			}
			people[e.Actor.ID] = name
		}
		e.ActorName = name
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
	query, args := logQuery(f, after, size+1)
	rows, err := db.reader.QueryContext(ctx, logColumns+query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("audit log: %w", err)
	}
	entries, err = db.logEntries(db.read(ctx), rows)
	if len(entries) > size {
		return entries[:size], true, err
	}
	return entries, false, err
}

func logQuery(f review.EventFilter, after int64, limit int) (string, []any) {
	w := where{}
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
		w.add("e.at >= ?", micros(f.From))
	}
	if !f.To.IsZero() {
		w.add("e.at < ?", micros(f.To))
	}
	if after > 0 {
		w.add("e.seq < ?", after)
	}
	return ` FROM audit_entry e` + w.String() + ` ORDER BY e.seq DESC LIMIT ?`, append(w.args, limit)
}

// LogNewer reads the page before: the events that follow number before, newest first.
func (db *DB) LogNewer(ctx context.Context, f review.EventFilter, before int64, size int) (entries []LogEntry, more bool, err error) {
	query, args := logQuery(f, 0, size+1)
	glue := " WHERE "
	if strings.Contains(query, " WHERE ") {
		glue = " AND "
	}
	query = strings.Replace(query, " ORDER BY e.seq DESC", glue+"e.seq > ? ORDER BY e.seq", 1)
	args = append(args[:len(args)-1], before, size+1)
	rows, err := db.reader.QueryContext(ctx, logColumns+query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("audit log: %w", err)
	}
	if entries, err = db.logEntries(db.read(ctx), rows); err != nil {
		return nil, false, err
	}
	if more = len(entries) > size; more {
		entries = entries[:size]
	}
	for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
		entries[i], entries[j] = entries[j], entries[i]
	}
	return entries, more, nil
}

// LogEntry reads one event. An unknown number is [ErrNotFound].
func (db *DB) LogEntry(ctx context.Context, seq int64) (LogEntry, error) {
	rows, err := db.reader.QueryContext(ctx, logColumns+` FROM audit_entry e WHERE e.seq = ?`, seq)
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
	return Check{Report: db.verify(ctx), At: db.Now(), Took: time.Since(began)}
}
