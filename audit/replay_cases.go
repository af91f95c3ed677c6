package audit

import (
	"encoding/hex"
	"iter"
	"maps"
	"strings"
)

// replay is every case as the entries leave it. There may be ten million, so no case
// holds a pointer: the collector has nothing to follow in them, and they never move.
// A case costs about 190 bytes with its share of the maps. The zero replay is empty.
type replay struct {
	short map[[16]byte]uint32 // by ids of 32 hexadecimal digits, as most are
	other map[string]uint32   // by all others
	cases [][]caseNow         // in blocks; the n-th is at n/blockCases, n%blockCases
	n     uint32
	words words
}

const blockCases = 4096

// find is the case of an id, nil if no entry brought it.
func (r *replay) find(id string) *caseNow {
	var at uint32
	var known bool
	if key, ok := shortID(id); ok {
		at, known = r.short[key]
	} else {
		at, known = r.other[id]
	}
	if !known {
		return nil
	}
	return r.at(at)
}

func (r *replay) at(n uint32) *caseNow { return &r.cases[n/blockCases][n%blockCases] }

// add makes room for a case that no entry brought so far.
func (r *replay) add(id string) *caseNow {
	if r.short == nil {
		r.short, r.other = map[[16]byte]uint32{}, map[string]uint32{}
	}
	if r.n%blockCases == 0 {
		r.cases = append(r.cases, make([]caseNow, blockCases))
	}
	if key, ok := shortID(id); ok {
		r.short[key] = r.n
	} else {
		r.other[strings.Clone(id)] = r.n // the id alone, not the entry it is a part of
	}
	r.n++
	return r.at(r.n - 1)
}

// all are the cases with their ids, in no order.
func (r *replay) all() iter.Seq2[string, *caseNow] {
	return func(yield func(string, *caseNow) bool) {
		for key, at := range r.short {
			if !yield(hex.EncodeToString(key[:]), r.at(at)) {
				return
			}
		}
		maps.All(r.other)(func(id string, at uint32) bool { return yield(id, r.at(at)) })
	}
}

// shortID reads an id of 32 hexadecimal digits. Capital letters are another id.
func shortID(id string) (key [16]byte, ok bool) {
	if len(id) != 2*len(key) {
		return key, false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case '0' <= c && c <= '9':
			key[i/2] = key[i/2]<<4 | (c - '0')
		case 'a' <= c && c <= 'f':
			key[i/2] = key[i/2]<<4 | (c - 'a' + 10)
		default:
			return key, false
		}
	}
	return key, true
}

// words are texts that come again and again, held once each, and known by number.
type words struct {
	known map[string]word
	texts []string // without the empty one, which is number 0
}

type word uint32

// The empty text: nobody, or nothing.
const (
	none   word = 0
	nobody      = none
)

func (w *words) of(text string) word {
	if text == "" {
		return none
	}
	n, ok := w.known[text]
	if !ok {
		if w.known == nil {
			w.known = map[string]word{}
		}
		text = strings.Clone(text)
		w.texts = append(w.texts, text)
		n = word(len(w.texts))
		w.known[text] = n
	}
	return n
}

func (w *words) text(n word) string {
	if n == none {
		return ""
	}
	return w.texts[n-1]
}
