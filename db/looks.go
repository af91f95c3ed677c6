package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"reviewdesk/review"
)

// Looks is everything that was seen of one person's data, over all their cases.
type Looks struct {
	Name  string // the person's
	Cases []LookedAt
	Seen  []LogEntry // the looks at the cases themselves, oldest first
	// Exports are the lists that left the desk since it first held the person's data,
	// oldest first; Note is each one's filter, as an address writes it. Whether a list
	// held the person is not in the log.
	Exports []LogEntry
	At      time.Time // of the report
}

// LookedAt is one case of the person.
type LookedAt struct {
	ID       string
	Provider review.Provider
	Country  string
	Created  time.Time
	Received time.Time
}

// lookKinds are the events that show somebody a person's data, or follow from it.
var lookKinds = []any{
	string(review.EventViewed), string(review.EventRevealed), string(review.EventProposed), string(review.EventDecided),
	string(review.EventConfirmed), string(review.EventReturned), string(review.EventExported),
}

// Looks reports when the data of a case's person was looked at, for that person
// to have. The report is recorded before it is made, as an export is; it does not
// tell of itself.
func (db *DB) Looks(ctx context.Context, by Actor, id, format string) (Looks, error) {
	if by.Kind == "person" && !by.Role.May(review.RightReportLooks) {
		return Looks{}, review.Forbidden{Why: "Your role does not report who saw a person's data."}
	}
	var l Looks
	var subject, self int64
	err := db.Do(ctx, func(tx *Tx) error {
		r, err := loadRow(tx, id)
		if err != nil {
			return err
		}
		subject, l.Name, l.At = r.subject, r.v.Subject.Name, tx.Now
		self, err = tx.append(by, review.Event{Kind: review.EventExported, Object: r.v.ID,
			Facts: []review.Fact{{Name: "what", Value: ExportLooks}, {Name: "format", Value: format}, {Name: "stage", Value: "finished"}}}, r.subject)
		return err
	})
	if err != nil {
		return l, err
	}
	q := db.read(ctx)
	if l.Cases, err = casesOf(q, subject); err != nil {
		return l, err
	}
	if l.Seen, err = db.looksAt(q, subject, self); err != nil {
		return l, err
	}
	l.Exports, err = db.exportsSince(q, firstHeld(l.Cases), self)
	return l, err
}

// ExportLooks is what the log calls a report of looks.
const ExportLooks = "access_report"

func firstHeld(cases []LookedAt) time.Time {
	var first time.Time
	for _, c := range cases {
		if first.IsZero() || c.Received.Before(first) {
			first = c.Received
		}
	}
	return first
}

func casesOf(q querier, subject int64) (out []LookedAt, err error) {
	rows, err := q.rows(`SELECT id, provider, country, created_at, received_at FROM verification WHERE subject = ? ORDER BY created_at, seq`, subject)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var c LookedAt
		var created, received int64
		err := rows.Scan(&c.ID, &c.Provider, &c.Country, &created, &received)
		c.Created, c.Received = fromMicros(created), fromMicros(received)
		out = append(out, c)
		return err
	})
	return out, err
}

func (db *DB) looksAt(q querier, subject, before int64) ([]LogEntry, error) {
	rows, err := q.rows(logColumns+` FROM audit_entry e WHERE object IN (SELECT id FROM verification WHERE subject = ?) AND object <> ''
		AND kind IN (?`+strings.Repeat(", ?", len(lookKinds)-1)+`) AND seq < ? ORDER BY seq`,
		append(append([]any{subject}, lookKinds...), before)...)
	if err != nil {
		return nil, fmt.Errorf("looks: %w", err)
	}
	return db.logEntries(q, rows)
}

func (db *DB) exportsSince(q querier, since time.Time, before int64) ([]LogEntry, error) {
	rows, err := q.rows(logColumns+` FROM audit_entry e WHERE kind = ? AND object = '' AND at >= ? AND seq < ? ORDER BY seq`,
		string(review.EventExported), micros(since), before)
	if err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	all, err := db.logEntries(q, rows)
	if err != nil {
		return nil, err
	}
	var out []LogEntry
	for _, e := range all {
		if e.Fact("what") != "verifications" || e.Fact("stage") == "started" {
			continue
		}
		if e.Note, err = db.words(q, e.Seq, "filter"); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Fact is the entry's first fact of a name; "" for none.
func (e LogEntry) Fact(name string) string {
	for _, f := range e.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
