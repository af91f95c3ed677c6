package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"reviewdesk/review"
)

// What is built beside the rows of a filling, and put in at the end.

// searchBeside is behind the name of the file in which the search index is built. SQLite
// writes a database from one connection only, so the index is made in one of its own.
const searchBeside = "-search"

type searchDoc struct {
	v             int64
	words, pieces string // of names, and of ids
}

// FTS5 gathers what it is given in memory and writes it as one sorted piece, at the end
// of a transaction or when it has so many bytes; pieces are merged then. With larger ones
// less is merged, and the processor's cache holds less: of 1 to 128 MiB this cost the
// least.
const (
	indexMemory   = 16 << 20
	indexTogether = 100_000 // cases a transaction
)

type searchSide struct {
	h          *sql.DB
	conn       *sql.Conn
	words, ids *sql.Stmt
	open       int // cases in the transaction that is open; 0: none is
}

// openSearchBeside makes indexes like the desk's.
func (w *fillWriter) openSearchBeside(ctx context.Context, path string) (s *searchSide, err error) {
	s = &searchSide{}
	var words, ids string
	if err := w.conn.QueryRowContext(ctx, `SELECT a.sql, b.sql FROM sqlite_schema a, sqlite_schema b WHERE a.name = 'search' AND b.name = 'search_id'`).Scan(&words, &ids); err != nil {
		return nil, err
	}
	if err := dropDatabase(path); err != nil { // left by a filling that did not end
		return nil, err
	}
	if s.h, err = openHandle(path, fillPragmas, 1); err != nil {
		return nil, err
	}
	s.conn, err = s.h.Conn(ctx)
	for _, text := range []string{words, ids, fmt.Sprintf(`INSERT INTO search (search, rank) VALUES ('hashsize', %d)`, indexMemory),
		fmt.Sprintf(`INSERT INTO search_id (search_id, rank) VALUES ('hashsize', %d)`, indexMemory)} {
		if err == nil {
			_, err = s.conn.ExecContext(ctx, text)
		}
	}
	if err == nil {
		s.words, err = s.conn.PrepareContext(ctx, `INSERT INTO search (rowid, words) VALUES (?, ?)`)
	}
	if err == nil {
		s.ids, err = s.conn.PrepareContext(ctx, `INSERT INTO search_id (rowid, pieces) VALUES (?, ?)`)
	}
	if err != nil {
		err = errors.Join(err, s.close())
	}
	return s, err
}

// add takes the words of a batch in.
func (s *searchSide) add(ctx context.Context, docs []searchDoc) error {
	if s.open == 0 {
		if _, err := s.conn.ExecContext(ctx, `BEGIN`); err != nil {
			return err
		}
	}
	for _, d := range docs {
		if _, err := s.words.ExecContext(ctx, d.v, d.words); err != nil {
			return err
		}
		if _, err := s.ids.ExecContext(ctx, d.v, d.pieces); err != nil {
			return err
		}
	}
	if s.open += len(docs); s.open < indexTogether {
		return nil
	}
	return s.commit(ctx)
}

func (s *searchSide) commit(ctx context.Context) (err error) {
	if s.open > 0 {
		_, err = s.conn.ExecContext(ctx, `COMMIT`)
	}
	s.open = 0
	return err
}

func (s *searchSide) close() (err error) {
	if s.h == nil {
		return nil
	}
	for _, insert := range []*sql.Stmt{s.words, s.ids} {
		if insert != nil {
			err = errors.Join(err, insert.Close()) // or the file stays open
		}
	}
	if s.conn != nil {
		err = errors.Join(err, s.conn.Close())
	}
	err = errors.Join(err, s.h.Close())
	s.h = nil
	return err
}

type likenessRow struct{ digest, v int64 }

// likenessRows are gathered until all cases are in, since the digests come in no order:
// by their first byte, so that a part can be sorted and let go of after the other.
type likenessRows [256][]likenessRow

func (l *likenessRows) add(r likenessRow) {
	part := uint8(r.digest>>56) ^ 0x80 // the negative ones come first
	l[part] = append(l[part], r)
}

// likeness puts the links in, in the order of their key.
func (w *fillWriter) likeness(ctx context.Context, all *likenessRows) error {
	for i, part := range all {
		slices.SortFunc(part, func(a, b likenessRow) int { return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.v, b.v)) })
		b := &batchRows{}
		for _, l := range slices.Compact(part) {
			b.add(tableLikeness, l.digest, l.v)
		}
		if err := w.commit(ctx, b); err != nil {
			return err
		}
		all[i] = nil
	}
	return nil
}

// kept is what the triggers of table verification keep.
type kept struct {
	status map[[2]string]int64
	sort   map[[5]string]int64
	slots  map[int64]*slotTally
}

type slotTally struct{ arrived, decided, approved int64 }

func newKept() *kept {
	return &kept{map[[2]string]int64{}, map[[5]string]int64{}, map[int64]*slotTally{}}
}

// count counts a case as the triggers would.
func (k *kept) count(r *caseRow) {
	v := &r.v
	k.status[[2]string{string(v.Provider), string(v.Status)}]++
	k.sort[[5]string{string(v.Provider), v.Kind, v.Method, string(v.Status), v.Arrived.State}]++
	k.at(slot(v.CreatedAt)).arrived++
	if at, _ := r.standing(); !at.IsZero() {
		t := k.at(slot(at))
		t.decided++
		if v.Status == review.StatusPassed {
			t.approved++
		}
	}
}

func (k *kept) at(slot int64) *slotTally {
	t := k.slots[slot]
	if t == nil {
		t = &slotTally{}
		k.slots[slot] = t
	}
	return t
}

// finish puts in what was built beside the rows, and the triggers back.
func (w *fillWriter) finish(ctx context.Context, k *kept, search string) error {
	exec := func(query string, args ...any) error {
		_, err := w.conn.ExecContext(ctx, query, args...)
		return err
	}
	for key, n := range k.status {
		if err := exec(`INSERT INTO counter (provider, status, n) VALUES (?, ?, ?)`, key[0], key[1], n); err != nil {
			return err
		}
	}
	for key, n := range k.sort {
		if err := exec(`INSERT INTO platform_count (provider, kind, method, status, state, n) VALUES (?, ?, ?, ?, ?, ?)`, key[0], key[1], key[2], key[3], key[4], n); err != nil {
			return err
		}
	}
	for slot, t := range k.slots {
		if err := exec(`INSERT INTO tally (slot, arrived, decided, approved) VALUES (?, ?, ?, ?)`, slot, t.arrived, t.decided, t.approved); err != nil {
			return err
		}
	}
	for _, text := range w.triggers {
		if err := exec(text); err != nil {
			return err
		}
	}
	return w.takeSearch(exec, search)
}

// takeSearch puts the tables of the indexes in the place of the empty ones. This
// connection has not looked at the index yet, so it holds nothing of the empty one.
func (w *fillWriter) takeSearch(exec func(string, ...any) error, path string) error {
	if err := exec(`ATTACH ? AS beside`, path); err != nil {
		return err
	}
	for _, table := range []string{"search_data", "search_idx", "search_docsize", "search_id_data", "search_id_idx", "search_id_docsize"} { // search_config stays the desk's own
		if err := exec(fmt.Sprintf(`DELETE FROM main.%s`, table)); err != nil {
			return err
		}
		if err := exec(fmt.Sprintf(`INSERT INTO main.%s SELECT * FROM beside.%[1]s`, table)); err != nil {
			return err
		}
	}
	return exec(`DETACH beside`)
}
