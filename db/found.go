package db

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"reviewdesk/review"
)

// A search that finds few cases lists them in the order that was asked for. To put
// many in order every one of them would have to be read, which takes seconds on a large
// desk: beyond foundExactly they come by their numbers, the last one received first (the
// first one, where the oldest were asked for), so that hardly more are read than a page
// shows. [Page.ByArrival] says so.

const (
	foundExactly = 250
	mostNumbers  = 8_000 // taken from the index at once; the first time, as many as a page shows
)

// listFound reads one page of what a query finds.
func (db *DB) listFound(ctx context.Context, f review.Filter, at Cursor, size int) (page Page, err error) {
	by, _ := soughtBy(f.Query)
	find := finder{sought: by, db: db, ctx: ctx, shows: showsOf(f), down: true}
	few, _, err := find.numbers(0, foundExactly+1)
	if err != nil {
		return page, err
	}
	var w where // no filter leads: the numbers do
	w.statuses(f.Statuses)
	by.narrow(&w)
	f.Query = ""
	w.filter(f, db.Now())
	if len(few) <= foundExactly {
		among := w.among(few)
		among.sorted = true
		query, args := among.inOrder(find.shows.joins, f, at, size+1, false)
		page.Rows, err = db.shownRows(ctx, find.shows, size+1, query, args)
	} else {
		page.ByArrival = true
		find.down = (f.Sort != review.SortOldest) != at.Back
		page.Rows, page.Stopped, err = find.byArrival(w, at.Seq, size+1, few)
	}
	page.turn(f, at, size)
	if on := (&Cursor{Seq: page.Stopped, Back: at.Back}); page.Stopped != 0 && at.Back {
		page.Prev = on
	} else if page.Stopped != 0 {
		page.Next = on
	}
	return page, err
}

// finder finds the numbers of cases by words.
type finder struct {
	sought
	db    *DB
	ctx   context.Context
	shows shown
	down  bool // by falling numbers
}

// byArrival reads the next cases of a search that meet the conditions; the newest of
// what was found are known already. Only where most of it does not meet the conditions
// does it look at many more; at mostTried it stops, and says where.
func (find finder) byArrival(w where, after int64, limit int, newest []int64) (rows []Row, stopped int64, err error) {
	tried := 0
	for n, more := limit, true; more && len(rows) < limit; n = min(4*n, mostNumbers) {
		if tried >= mostTried && find.condition != "" {
			return rows, after, nil
		}
		var batch []int64
		if after == 0 && find.down {
			batch = newest
		} else if batch, more, err = find.numbers(after, n); err != nil || len(batch) == 0 {
			return rows, 0, err
		}
		tried += len(batch)
		among := w.among(batch)
		query, args := w.from()+find.shows.joins+among.String()+` ORDER BY v.seq`+find.direction()+` LIMIT +?`, append(among.args, limit-len(rows))
		fresh, err := find.db.shownRows(find.ctx, find.shows, limit-len(rows), query, args)
		if err != nil {
			return nil, 0, err
		}
		rows, after = append(rows, fresh...), batch[len(batch)-1]
	}
	return rows, 0, nil
}

func (find finder) direction() string {
	if find.down {
		return " DESC"
	}
	return ""
}

// numbers are the next ones, at most limit, of what the index holds and of what waits
// to be taken into it; and whether there may be more.
func (find finder) numbers(after int64, limit int) (out []int64, more bool, err error) {
	beyond := ` < ?`
	if !find.down {
		beyond = ` > ?`
	} else if after == 0 {
		after = math.MaxInt64
	}
	// One statement, so that a case on its way into the index is in one of the two.
	query := `SELECT * FROM (SELECT rowid FROM ` + find.table + ` i WHERE i.` + find.table + ` MATCH ` + find.match + ` AND rowid` + beyond +
		` AND NOT EXISTS (SELECT 1 FROM search_pending p WHERE p.v = i.rowid) ORDER BY rowid` + find.direction() + ` LIMIT +?)
		UNION ALL SELECT * FROM (SELECT p.v FROM search_pending p WHERE p.v` + beyond + ` AND ` + find.pending + ` ORDER BY p.v` + find.direction() + ` LIMIT +?)`
	args := slices.Concat(find.matchArgs, []any{after, limit, after}, find.pendingArgs, []any{limit})
	rows, err := find.db.read(find.ctx).rows(query, args...)
	if err == nil {
		err = eachRow(rows, func() error {
			var v int64
			err := rows.Scan(&v)
			out = append(out, v)
			return err
		})
	}
	if err != nil {
		return nil, false, fmt.Errorf("search: %w", err)
	}
	slices.Sort(out)
	if find.down {
		slices.Reverse(out)
	}
	more = len(out) >= limit // if neither was cut off, there are no others
	return out[:min(len(out), limit)], more, nil
}

// among narrows a list to cases by their numbers.
func (w where) among(numbers []int64) where {
	list, _ := json.Marshal(numbers) // numbers only: nothing can fail
	out := where{parts: slices.Clone(w.parts), args: slices.Clone(w.args)}
	out.add("v.seq IN (SELECT value FROM json_each(?))", string(list))
	return out
}

// sought is what a search asks of an index and of what waits to be taken into it, and of
// each case that they name.
type sought struct {
	table                                 string
	match, pending, condition             string
	matchArgs, pendingArgs, conditionArgs []any
}

// soughtBy is not ok where a query asks for nothing that can be found.
func soughtBy(query string) (s sought, ok bool) {
	if fragment, ok := fragmentOf(query); ok {
		return fragmentSought(fragment), true
	}
	terms := searchTerms(query)
	if len(terms) == 0 || strings.HasPrefix(strings.TrimSpace(query), InID) {
		return s, false
	}
	s.table = "search"
	s.match, s.matchArgs = matchingIndexed(terms)
	s.pending, s.pendingArgs = matchingPending(terms)
	return s, true
}

// narrow adds what each case has to meet.
func (s sought) narrow(w *where) {
	if s.condition != "" {
		w.add(s.condition, s.conditionArgs...)
	}
}

// searchTerms are the words of a query as the index has them.
func searchTerms(query string) []string {
	terms := words(query)
	terms = terms[:min(len(terms), mostQuery)]
	for i, t := range terms {
		runes := []rune(t)
		terms[i] = string(runes[:min(len(runes), longestWord)])
	}
	return terms
}

// matchingPending is how every term is sought in the words of what waits for the index.
func matchingPending(terms []string) (condition string, args []any) {
	var all []string
	for _, t := range terms {
		all = append(all, "instr(p.words, ?) > 0")
		args = append(args, " "+t)
	}
	return strings.Join(all, " AND "), args
}

// matchingIndexed is an expression for what the index is asked: every term, as the
// beginning of a word.
func matchingIndexed(terms []string) (expression string, args []any) {
	var all []string
	for _, t := range terms {
		word, beginning := `"`+t+`"`, `"`+t+`" *`
		if utf8.RuneCountInString(t) <= keptBeginning {
			all, args = append(all, "?"), append(args, beginning)
		} else {
			all, args = append(all, wordsBeginning), append(args, t, t, beginning, word, t)
		}
	}
	return strings.Join(all, ` || ' AND ' || `), args
}

// The index has the cases of beginnings of up to three letters, and reads them from the
// newest on. For a longer one FTS5 puts the cases of all words that begin so in order
// before the first one comes: with a common name, some per cent of the desk. Whole words
// it reads from the newest on, and with several at once it goes by the rarest. So the
// words that begin so are looked up first and asked for by themselves, which finds the
// same, unless they are many. It is one statement: both see the same index.
const (
	keptBeginning  = 3 // letters, as in the index's option "prefix"
	wordsBeginning = `(WITH RECURSIVE beginning (word) AS (
		SELECT (SELECT term FROM search_word WHERE term >= ? LIMIT 1)
		UNION ALL SELECT (SELECT term FROM search_word WHERE term >= b.word || char(1) LIMIT 1) FROM beginning b WHERE instr(b.word, ?) = 1
		LIMIT 17)
		SELECT CASE WHEN COUNT(*) > 16 THEN ? ELSE COALESCE('("' || group_concat(word, '" OR "') || '")', ?) END FROM beginning WHERE instr(word, ?) = 1)`
)
