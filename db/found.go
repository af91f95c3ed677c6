package db

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

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
	find := finder{db: db, ctx: ctx, terms: searchTerms(f.Query), shows: showsOf(f), down: true}
	few, _, err := find.numbers(0, foundExactly+1)
	if err != nil {
		return page, err
	}
	var w where // no filter leads: the numbers do
	w.statuses(f.Statuses)
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
		page.Rows, err = find.byArrival(w, at.Seq, size+1, few)
	}
	page.turn(f, at, size)
	return page, err
}

// finder finds the numbers of cases by words.
type finder struct {
	db    *DB
	ctx   context.Context
	terms []string
	shows shown
	down  bool // by falling numbers
}

// byArrival reads the next cases of a search that meet the conditions; the newest of
// what was found are known already. Only where most of it does not meet the conditions
// does it look at many more.
func (find finder) byArrival(w where, after int64, limit int, newest []int64) (rows []Row, err error) {
	for n, more := limit, true; more && len(rows) < limit; n = min(4*n, mostNumbers) {
		var batch []int64
		if after == 0 && find.down {
			batch = newest
		} else if batch, more, err = find.numbers(after, n); err != nil || len(batch) == 0 {
			return rows, err
		}
		among := w.among(batch)
		query, args := w.from()+find.shows.joins+among.String()+` ORDER BY v.seq`+find.direction()+` LIMIT +?`, append(among.args, limit-len(rows))
		fresh, err := find.db.shownRows(find.ctx, find.shows, limit-len(rows), query, args)
		if err != nil {
			return rows, err
		}
		rows, after = append(rows, fresh...), batch[len(batch)-1]
	}
	return rows, nil
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
	match, pending, words := matching(find.terms)
	// One statement, so that a case on its way into the index is in one of the two.
	query := `SELECT * FROM (SELECT rowid FROM search WHERE search MATCH ? AND rowid` + beyond +
		` AND NOT EXISTS (SELECT 1 FROM search_pending p WHERE p.v = search.rowid) ORDER BY rowid` + find.direction() + ` LIMIT +?)
		UNION ALL SELECT * FROM (SELECT p.v FROM search_pending p WHERE p.v` + beyond + ` AND ` + pending + ` ORDER BY p.v` + find.direction() + ` LIMIT +?)`
	args := append(append([]any{match, after, limit, after}, words...), limit)
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

// matching is how every term is sought: in the index, and in the words of what waits.
func matching(terms []string) (match, pending string, args []any) {
	var all, waiting []string
	for _, t := range terms {
		all = append(all, `"`+t+`" *`)
		waiting = append(waiting, "instr(p.words, ?) > 0")
		args = append(args, " "+t)
	}
	return strings.Join(all, " AND "), strings.Join(waiting, " AND "), args
}
