package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"reviewdesk/review"
)

// fillTable is a table that a filling writes to, many rows a statement.
type fillTable int

const (
	tableSubject fillTable = iota
	tableCase
	tableEntry
	tableHash
	tableHead
	tableCode
	tableWords
	tableFinding
	tableDecision
	tableOutbox
	tableLikeness
	tableEnded
	fillTables // how many there are
)

var fillColumns = [fillTables]string{
	tableSubject:  `subject (id, provider, reference, name, email, birth_date, key)`,
	tableCase:     `verification (seq, id, provider, provider_id, decision, decided_at, decider, ` + caseColumns + `)`,
	tableEntry:    `audit_entry (seq, body, kind, actor, object, at)`,
	tableHash:     `audit_hash (idx, h)`,
	tableHead:     `audit_checkpoint (size, signed)`,
	tableCode:     `audit_code (seq, code)`,
	tableWords:    `commitment_key (entry, field, subject, key, sealed)`,
	tableFinding:  `finding (v, n, code, source, resolution)`,
	tableDecision: `decision (id, second, second_at, second_entry, ` + decisionColumns + `)`,
	tableOutbox:   `outbox (id, v, entry, event, created_at)`,
	tableLikeness: `likeness (digest, v)`,
	tableEnded:    `ended (subject, ordinary, sanctions)`,
}

func (t fillTable) columns() int { return strings.Count(fillColumns[t], ",") + 1 }

// batchRows are the rows of some cases, the values of each table one behind the other.
type batchRows struct {
	cases  int
	values [fillTables][]any
}

func (b *batchRows) add(t fillTable, row ...any) { b.values[t] = append(b.values[t], row...) }

// rows puts the rows of some cases together, each table in the order of its key: rows
// that are appended cost the least.
func (m *maker) rows(made []madeCase, log []*happening) (*batchRows, []searchDoc, error) {
	b := &batchRows{cases: len(made)}
	docs := make([]searchDoc, len(made))
	for i := range made {
		c := &made[i]
		v := &c.row.v
		b.add(tableSubject, c.row.subject, string(v.Provider), v.Subject.Reference, v.Subject.Name, v.Subject.Email, v.Subject.BirthDate, c.wrapped)
		at, decider := c.row.standing()
		b.add(tableCase, v.Seq, v.ID, string(v.Provider), v.ProviderID, c.row.decision, micros(at), decider)
		b.add(tableCase, c.values...)
		for n, f := range v.Findings {
			b.add(tableFinding, v.Seq, n, f.Code, f.Source, string(f.Resolution))
		}
		if ended := micros(v.Ended()); ended != 0 && review.Sanctions(v.Provider, v.Codes()) {
			b.add(tableEnded, c.row.subject, int64(0), ended)
		} else if ended != 0 {
			b.add(tableEnded, c.row.subject, ended, int64(0))
		}
		docs[i] = searchDoc{v.Seq, c.search, idPieces(v.ID, v.ProviderID, v.Subject.Reference)}
		m.kept.count(&c.row)
		for _, digest := range c.likeness {
			m.likeness.add(likenessRow{digest, v.Seq})
		}
	}
	return b, docs, m.entries(b, log)
}

// entries adds the log's rows, what belongs to each entry, and the new head.
func (m *maker) entries(b *batchRows, log []*happening) error {
	bodies := make([][]byte, len(log))
	for i, h := range log {
		e, r := &h.entry, &h.of.row
		bodies[i] = h.body
		b.add(tableEntry, e.Seq, h.body, e.Action, e.Actor.ID, e.Object, micros(e.Time))
		codes := codesOf(e.Action, e.Facts)
		slices.Sort(codes)
		for _, code := range codes {
			b.add(tableCode, e.Seq, code)
		}
		for _, w := range h.words {
			b.add(tableWords, e.Seq, w.field, r.subject, w.key, w.sealed)
		}
		if h.judges() {
			if err := b.decision(h.of); err != nil {
				return err
			}
		}
		if h.settles() {
			m.told++
			b.add(tableOutbox, m.told, r.v.Seq, e.Seq, string(r.v.Status), micros(e.Time))
		}
	}
	return m.checkpoint(b, bodies)
}

func (b *batchRows) decision(c *madeCase) error {
	second := []any{"", int64(0), int64(0)}
	if c.second >= 0 {
		h := c.history[c.second]
		second = []any{h.by.ID, micros(h.at), h.seq}
	}
	values, err := c.row.decisionValues(c.history[c.judged].seq, "")
	b.add(tableDecision, c.row.decision)
	b.add(tableDecision, second...)
	b.add(tableDecision, values...)
	return err
}

// rowsTogether is about how many values one statement is given.
const rowsTogether = 480

// fillWriter writes to the file that is filled.
type fillWriter struct {
	h        *sql.DB
	conn     *sql.Conn
	many     [fillTables]*sql.Stmt // of as many rows as one statement takes
	one      [fillTables]*sql.Stmt
	triggers []string
}

// The file is thrown away if anything goes wrong: it needs no journal, and is synced
// once, when it is whole. Rows are put in with their parents.
const fillPragmas = "?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=foreign_keys(0)" +
	"&_pragma=temp_store(2)&_pragma=cache_size(-131072)"

func openFillWriter(ctx context.Context, path string) (w *fillWriter, err error) {
	w = &fillWriter{}
	if w.h, err = openHandle(path, fillPragmas, 1); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.conn, err = w.h.Conn(ctx); err != nil {
		return w, err
	}
	if err = w.dropTriggers(ctx); err != nil {
		return w, fmt.Errorf("triggers: %w", err)
	}
	for t := range fillTables {
		if err = w.prepare(ctx, t); err != nil {
			return w, fmt.Errorf("prepare: %w", err)
		}
	}
	return w, nil
}

func (w *fillWriter) prepare(ctx context.Context, t fillTable) (err error) {
	row := "(" + strings.Repeat("?, ", t.columns()-1) + "?)"
	text := `INSERT INTO ` + fillColumns[t] + ` VALUES ` + row
	if w.one[t], err = w.conn.PrepareContext(ctx, text); err != nil {
		return err
	}
	w.many[t], err = w.conn.PrepareContext(ctx, text+strings.Repeat(", "+row, t.together()-1))
	return err
}

func (t fillTable) together() int { return max(rowsTogether/t.columns(), 2) }

// dropTriggers takes away what counts the cases one by one, to be put back at the end.
func (w *fillWriter) dropTriggers(ctx context.Context) error {
	rows, err := w.conn.QueryContext(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'verification'`)
	if err != nil {
		return err
	}
	var names []string
	if err := eachRow(rows, func() error {
		var name, text string
		err := rows.Scan(&name, &text)
		names, w.triggers = append(names, name), append(w.triggers, text)
		return err
	}); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := w.conn.ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			return err
		}
	}
	return nil
}

// commit writes the rows of a batch in one transaction.
func (w *fillWriter) commit(ctx context.Context, b *batchRows) error {
	if _, err := w.conn.ExecContext(ctx, `BEGIN`); err != nil {
		return err
	}
	for t := range fillTables {
		if err := w.insert(ctx, t, b.values[t]); err != nil {
			return fmt.Errorf("fill %s: %w", fillColumns[t], err)
		}
	}
	_, err := w.conn.ExecContext(ctx, `COMMIT`)
	return err
}

func (w *fillWriter) insert(ctx context.Context, t fillTable, values []any) error {
	for _, step := range []struct {
		s *sql.Stmt
		n int
	}{{w.many[t], t.columns() * t.together()}, {w.one[t], t.columns()}} {
		for len(values) >= step.n {
			if _, err := step.s.ExecContext(ctx, values[:step.n]...); err != nil {
				return err
			}
			values = values[step.n:]
		}
	}
	return nil
}

func (w *fillWriter) close() (err error) {
	if w.h == nil {
		return nil
	}
	for _, s := range append(w.many[:], w.one[:]...) {
		if s != nil {
			err = errors.Join(err, s.Close()) // or the file stays open
		}
	}
	if w.conn != nil {
		err = errors.Join(err, w.conn.Close())
	}
	err = errors.Join(err, w.h.Close())
	w.h = nil
	return err
}
