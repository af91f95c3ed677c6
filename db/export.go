package db

import (
	"context"
	"fmt"

	"reviewdesk/review"
)

const exportChunk = 2_000

// EachRow hands the cases of a filter to yield, newest first, in chunks by key, so
// that memory stays constant and no snapshot is held however long the reader takes.
func (db *DB) EachRow(ctx context.Context, f review.Filter, yield func(Row) error) error {
	f.Sort = review.SortNewest
	for at := (Cursor{}); ; {
		page, err := db.List(ctx, f, at, exportChunk)
		if err != nil {
			return err
		}
		for _, r := range page.Rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		if page.Next == nil {
			return nil
		}
		at = *page.Next
	}
}

// EachEvent hands the events of a filter to yield, oldest first, in chunks.
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
