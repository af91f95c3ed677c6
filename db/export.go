package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// An export reads in chunks by key, and nobody is handed a row before its chunk is
// read: so no snapshot of the database is held however long whoever takes the rows
// may take, and memory stays constant. The first chunk is small, so that the first
// rows come at once.
const (
	firstChunk  = 200
	exportChunk = 10_000
)

// EachRow hands the cases of a filter to yield, newest first. It reads what a list
// shows of a case but for what only the pages need: Email, Birth and what is said of
// snoozing, escalating and reopening stay empty. A row is good until yield returns.
func (db *DB) EachRow(ctx context.Context, f review.Filter, yield func(*Row) error) error {
	d, err := db.openDirect(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer d.close() // it only reads
	f.Sort = review.SortNewest
	from := rowReader{direct: d, codes: map[string][]string{}, people: map[string]string{}}
	at, size := Cursor{}, firstChunk
	for {
		if err := from.chunk(ctx, f, at, size, db.Now()); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		for i := range from.rows {
			if err := yield(&from.rows[i]); err != nil {
				return err
			}
		}
		if len(from.rows) < size {
			return nil
		}
		last := from.rows[size-1]
		at, size = Cursor{At: micros(last.sortTime(f)), Seq: last.Seq}, exportChunk
	}
}

// rowReader reads chunks of cases, one after the other into the same memory.
type rowReader struct {
	*direct
	rows   []Row
	codes  map[string][]string // lists of failure codes, as they are stored
	people map[string]string   // names by id
}

const exportColumns = `SELECT v.seq, v.id, v.provider, v.provider_id, v.method, v.status, v.arrived_state, v.arrived_reason, v.version, s.name, v.country,
	v.document_kind, v.document_country, v.severity, v.codes, v.created_at, v.review_since, v.due_at, v.owner, v.owner_until,
	v.decided_at, d.action, d.actor, d.second, d.reject_reason, d.entry, d.second_entry`

const exportJoins = ` JOIN subject s ON s.id = v.subject LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0`

func (r *rowReader) chunk(ctx context.Context, f review.Filter, at Cursor, size int, now time.Time) error {
	r.rows = r.rows[:0]
	query, args := listQueryOver(exportJoins, f, at, size, now)
	err := r.direct.rows(exportColumns+query, args, func(s *sqlite.Stmt) error {
		r.rows = append(r.rows, Row{})
		r.read(s, &r.rows[len(r.rows)-1])
		return nil
	})
	for i := 0; err == nil && i < len(r.rows); i++ {
		err = r.nameAll(&r.rows[i].Owner, &r.rows[i].DecidedBy, &r.rows[i].ConfirmedBy)
	}
	if ctx.Err() != nil {
		return ctx.Err() // rather than what SQLite says of being interrupted
	}
	return err
}

// read takes the columns in their order.
func (r *rowReader) read(s *sqlite.Stmt, to *Row) {
	column := -1
	word := func() string { column++; return r.word(s, column) }
	text := func() string { column++; return string(r.bytes(s, column)) }
	number := func() int64 { column++; return s.ColumnInt64(column) }
	to.Seq, to.ID, to.Provider, to.ProviderID = number(), text(), review.Provider(word()), text()
	to.Method, to.Status, to.Arrived.State, to.Arrived.Reason = word(), review.Status(word()), word(), word()
	to.Version, to.Name, to.Country, to.DocumentKind, to.DocumentFrom = number(), text(), word(), word(), word()
	to.Severity, to.Codes = review.Severity(number()), r.codesOf(word())
	to.CreatedAt, to.ReviewSince, to.DueAt = fromMicros(number()), fromMicros(number()), fromMicros(number())
	to.Owner.ID, to.OwnerUntil, to.DecidedAt = word(), fromMicros(number()), fromMicros(number())
	to.Action, to.DecidedBy.ID, to.ConfirmedBy.ID, to.RejectReason = review.Action(word()), word(), word(), word()
	to.DecisionEntry, to.ConfirmedEntry = number(), number()
}

func (r *rowReader) codesOf(stored string) []string {
	codes, known := r.codes[stored]
	if !known {
		codes = strings.Fields(stored)
		if len(r.codes) < mostKept {
			r.codes[stored] = codes
		}
	}
	return codes
}

// nameAll fills in the names of people, each asked for once in an export.
func (r *rowReader) nameAll(people ...*review.Person) error {
	for _, p := range people {
		if p.ID == "" {
			continue
		}
		name, known := r.people[p.ID]
		if !known {
			if err := r.direct.rows(`SELECT name FROM account WHERE id = ?`, []any{p.ID}, func(s *sqlite.Stmt) error {
				name = s.ColumnText(0)
				return nil
			}); err != nil {
				return err
			}
			r.people[p.ID] = name
		}
		p.Name = name
	}
	return nil
}

// EachEvent hands the events of a filter to yield, oldest first, with their actors'
// names and without those of the cases.
func (db *DB) EachEvent(ctx context.Context, f review.EventFilter, yield func(LogEntry) error) error {
	for last := int64(0); ; {
		entries, more, err := db.LogNewer(ctx, f, last, exportChunk)
		if err != nil {
			return err
		}
		for i := len(entries) - 1; i >= 0; i-- {
			if err := yield(entries[i]); err != nil {
				return err
			}
			last = entries[i].Seq
		}
		if !more {
			return nil
		}
	}
}

// Export is what the log says of one.
type Export struct {
	What   string // "verifications" or "audit"
	Format string // "csv", "ndjson" or "raw"
	Filter string // as an address writes it; may hold a name that was sought
	Rows   int64
	SHA256 string // hex, of the file
	Stage  string // "started", "finished" or "aborted"
}

// RecordExport records that data leaves the desk: once before the first byte, so
// that a crash leaves a trace, and once at the end with the row count and digest.
func (db *DB) RecordExport(ctx context.Context, by Actor, x Export) error {
	if by.Kind == "person" && !by.Role.May(review.RightExport) {
		return review.Forbidden{Why: "Your role does not export."}
	}
	return db.Do(ctx, func(tx *Tx) error {
		facts := []review.Fact{{Name: "what", Value: x.What}, {Name: "format", Value: x.Format}, {Name: "stage", Value: x.Stage}}
		if x.Stage != "started" {
			facts = append(facts, review.Fact{Name: "rows", Value: fmt.Sprint(x.Rows)}, review.Fact{Name: "sha256", Value: x.SHA256})
		}
		_, err := tx.append(by, review.Event{Kind: review.EventExported, Facts: facts, Words: []review.Words{{Field: "filter", Text: x.Filter}}}, 0)
		return err
	})
}
