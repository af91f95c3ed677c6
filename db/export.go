package db

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"

	"reviewdesk/review"
)

// An export reads in chunks by key, and holds no snapshot of the database between
// them: so the write-ahead log can be folded however long an export lasts. The first
// chunk is small, so that the first rows come at once.
const (
	firstChunk  = 200
	exportChunk = 10_000
	logChunk    = 500 // of events, which are held while they are handed on
)

// EachRow hands the cases of a filter to row, newest first. It reads what a list shows
// of a case but for what only the pages need: Version and what is said of
// snoozing, escalating and reopening stay empty. A chunk's snapshot is held while row
// has it, so row waits for nobody and keeps the Row no longer than it runs; pause is
// called between the chunks and after the last, and may take its time.
func (db *DB) EachRow(ctx context.Context, f review.Filter, row func(*Row), pause func() error) error {
	d, err := db.openDirect(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer d.close() // it only reads
	f.Sort = review.SortNewest
	from := rowReader{direct: d, now: db.Now(), people: map[string]string{}}
	at, size := Cursor{}, firstChunk
	for {
		rest := db.rest(ctx)
		n, last, err := from.chunk(ctx, f, at, size, row)
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		if err := pause(); err != nil || n < size {
			return err
		}
		rest()
		at, size = last, exportChunk
	}
}

// longestRest bounds how long an export stands back after a chunk.
const longestRest = 100 * time.Millisecond

// rest begins to watch a chunk. What it returns stands back twice as long as the chunk
// took, if anybody wrote meanwhile: so an export takes a third of a processor while
// people are at work, and all of one at night.
func (db *DB) rest(ctx context.Context) func() {
	began, commits := time.Now(), db.commits.took.Count()
	return func() {
		if db.commits.took.Count() == commits {
			return
		}
		select {
		case <-time.After(min(2*time.Since(began), longestRest)):
		case <-ctx.Done():
		}
	}
}

// rowReader reads chunks of cases.
type rowReader struct {
	*direct
	now    time.Time
	people map[string]string // names by id
}

const exportColumns = `SELECT v.seq, v.id, v.provider, v.provider_id, v.method, v.status, v.arrived_state, v.arrived_reason, s.name, v.country,
	v.document_kind, v.document_country, v.severity, v.codes, v.created_at, v.review_since, v.due_at, v.owner, v.owner_until,
	v.decided_at, d.action, d.actor, d.second, d.reject_reason, d.entry, d.second_entry, length(s.key) = 0`

const exportJoins = ` JOIN subject s ON s.id = v.subject LEFT JOIN decision d ON d.id = v.decision AND v.decision > 0`

// chunk hands at most size cases to row, and says how many and where they ended.
func (r *rowReader) chunk(ctx context.Context, f review.Filter, at Cursor, size int, row func(*Row)) (n int, last Cursor, err error) {
	query, args := listQueryOver(exportJoins, f, at, size, r.now, false)
	var one Row
	err = r.each(exportColumns+query, args, func(s *sqlite.Stmt) error {
		r.read(s, &one)
		for _, p := range [...]*review.Person{&one.Owner, &one.DecidedBy, &one.ConfirmedBy} {
			if err := r.name(p); err != nil {
				return err
			}
		}
		n++
		row(&one)
		return nil
	})
	if ctx.Err() != nil {
		return n, last, ctx.Err() // rather than what SQLite says of being interrupted
	}
	return n, Cursor{At: micros(one.sortTime(f)), Seq: one.Seq}, err
}

// read takes the columns in their order.
func (r *rowReader) read(s *sqlite.Stmt, to *Row) {
	column := -1
	word := func() string { column++; return r.word(s, column) }
	text := func() string { column++; return string(r.bytes(s, column)) }
	number := func() int64 { column++; return s.ColumnInt64(column) }
	to.Seq, to.ID, to.Provider, to.ProviderID = number(), text(), review.Provider(word()), text()
	to.Method, to.Status, to.Arrived.State, to.Arrived.Reason = word(), review.Status(word()), word(), word()
	to.Name, to.Country, to.DocumentKind, to.DocumentFrom = text(), word(), word(), word()
	to.Severity, to.Codes = review.Severity(number()), r.list(word())
	to.CreatedAt, to.ReviewSince, to.DueAt = fromMicros(number()), fromMicros(number()), fromMicros(number())
	to.Owner.ID, to.OwnerUntil, to.DecidedAt = word(), fromMicros(number()), fromMicros(number())
	to.Action, to.DecidedBy.ID, to.ConfirmedBy.ID, to.RejectReason = review.Action(word()), word(), word(), word()
	to.DecisionEntry, to.ConfirmedEntry, to.Erased = number(), number(), number() != 0
}

// name fills in a person's name, which is asked for once in an export.
func (r *rowReader) name(p *review.Person) error {
	p.Name = ""
	if p.ID == "" {
		return nil
	}
	name, known := r.people[p.ID]
	if !known {
		if err := r.each(`SELECT name FROM account WHERE id = ?`, []any{p.ID}, func(s *sqlite.Stmt) error {
			name = s.ColumnText(0)
			return nil
		}); err != nil {
			return err
		}
		r.people[p.ID] = name
	}
	p.Name = name
	return nil
}

// EachEntry hands the numbers and the bytes of the events of a filter to yield, oldest
// first. No snapshot is held while yield has one.
func (db *DB) EachEntry(ctx context.Context, f review.EventFilter, yield func(seq int64, body []byte) error) error {
	return db.eachEntry(ctx, f, func(e rawEntry) error { return yield(e.seq, e.body) })
}

// EachEvent hands the events of a filter to yield, oldest first, with the names of
// their actors and not of the cases. No snapshot is held while yield has one.
func (db *DB) EachEvent(ctx context.Context, f review.EventFilter, yield func(LogEntry) error) error {
	q, names := db.read(ctx), map[string]string{}
	return db.eachEntry(ctx, f, func(raw rawEntry) (err error) {
		e := raw.parsed()
		if e.ActorName, err = actorName(q, names, e.Actor); err != nil {
			return err
		}
		return yield(e)
	})
}

// rawEntry is an event as it is stored.
type rawEntry struct {
	seq, at int64
	body    []byte
}

func (db *DB) eachEntry(ctx context.Context, f review.EventFilter, yield func(rawEntry) error) error {
	d, err := db.openDirect(ctx)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer d.close() // it only reads
	var chunk []rawEntry
	for last, size := int64(0), firstChunk; ; size = logChunk {
		rest := db.rest(ctx)
		if chunk, err = d.entries(f, last, size, chunk[:0]); err != nil || ctx.Err() != nil {
			return cmp.Or(ctx.Err(), err) // rather than what SQLite says of being interrupted
		}
		for _, e := range chunk {
			if err := yield(e); err != nil {
				return err
			}
		}
		if len(chunk) < size {
			return nil
		}
		last = chunk[size-1].seq
		rest()
	}
}

// entries appends at most size events that follow a number.
func (d *direct) entries(f review.EventFilter, last int64, size int, to []rawEntry) ([]rawEntry, error) {
	var all []byte // the bodies one after the other; a new one each time, since they may be kept
	from := logFilter(f)
	from.add(from.key+" > ?", last)
	err := d.each(logColumns+from.table+from.String()+" ORDER BY "+from.key+" LIMIT ?", append(from.args, size), func(s *sqlite.Stmt) error {
		begin := len(all)
		all = append(all, d.bytes(s, 2)...)
		to = append(to, rawEntry{s.ColumnInt64(0), s.ColumnInt64(1), all[begin:len(all):len(all)]})
		return nil
	})
	return to, err
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
