package db

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"reviewdesk/review"
)

// Search finds a fragment of a name in any script. (For one of an id see fragment.go.)
// Each word is indexed with all
// its endings: "quispe" as quispe, uispe, ispe, … A fragment of the word is then
// the beginning of one of them, which the index finds at once; a word of a script
// that writes without spaces works the same way. Words are folded before they are
// stored and before they are sought, so that case, width and accents do not count.

const (
	longestWord  = 40  // runes; the rest of a longer one is not searched
	mostWords    = 24  // of one case
	mostQuery    = 8   // words of a query
	indexBatch   = 500 // cases taken into the index at once
	shortestTail = 2   // endings of one letter would find everything
)

var folder = cases.Fold()

// Letters that Unicode does not take apart, though people type them plain.
var plainLetters = strings.NewReplacer("ß", "ss", "đ", "d", "ð", "d", "ø", "o", "ł", "l", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th", "ħ", "h")

// fold is NFKD without accents, case-folded. Marks are dropped only where they
// stand on a letter of an alphabet that has them as accents: in other scripts they
// carry the vowels.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	accent := false
	for _, r := range norm.NFKD.String(folder.String(s)) {
		if unicode.Is(unicode.Mn, r) && accent {
			continue
		}
		if !unicode.Is(unicode.Mn, r) {
			accent = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
		}
		b.WriteRune(r)
	}
	return plainLetters.Replace(norm.NFC.String(b.String()))
}

// isASCII reports whether a text has none of what folding is about, but capitals.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// words splits a text at everything that is no letter, digit or mark.
func words(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// searchWords is the text that is indexed for a case: a space before every word.
func searchWords(v review.Verification) string {
	seen := make(map[string]bool, 64)
	var b strings.Builder
	add := func(w string) {
		if w != "" && !seen[w] {
			seen[w] = true
			b.WriteByte(' ')
			b.WriteString(w)
		}
	}
	all := append(words(v.Subject.Name), words(v.Subject.Email)...)
	for i, w := range all {
		if i == mostWords {
			break
		}
		addEndings(w, add)
	}
	for _, id := range []string{v.ProviderID, v.Subject.Reference} {
		if id = plainID(id); len(id) < shortest { // has no fragment
			add(strings.Join(words(id), ""))
		}
	}
	return b.String() + " "
}

// addEndings adds a word and all its endings that are long enough.
func addEndings(w string, add func(string)) {
	if utf8.RuneCountInString(w) > longestWord {
		w = string([]rune(w)[:longestWord])
	}
	left := utf8.RuneCountInString(w)
	for i, r := range w {
		if i > 0 && left < shortestTail && r <= unicode.MaxLatin1 {
			break
		}
		add(w[i:])
		left--
	}
}

// search narrows a list to the cases in which every word of the query begins a
// word or an ending of one, or whose ids hold the fragment. What was just written is found among the pending rows.
func (w *where) search(query string) {
	find, ok := soughtBy(query)
	if !ok {
		if strings.TrimSpace(query) != "" {
			w.add("0") // only punctuation: nothing can match, and everything would be wrong
		}
		return
	}
	w.add("v.seq IN (SELECT rowid FROM "+find.table+" WHERE "+find.table+" MATCH "+find.match+" UNION ALL SELECT p.v FROM search_pending p WHERE "+find.pending+")",
		slices.Concat(find.matchArgs, find.pendingArgs)...)
	find.narrow(w)
}

func (db *DB) wakeSearch() {
	select {
	case db.searchWake <- struct{}{}:
	default:
	}
}

// indexPending takes waiting cases into the index, batch by batch.
func (db *DB) indexPending() error {
	for {
		var n int
		if err := db.reader.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM search_pending LIMIT 1)`).Scan(&n); err != nil || n == 0 {
			return err
		}
		if err := db.Do(context.Background(), (*Tx).indexBatch); err != nil {
			return err
		}
		db.checkpointWAL() // an import can keep this loop going for minutes
	}
}

func (tx *Tx) indexBatch() error {
	rows, err := tx.rows(`SELECT p.v, p.words, v.id, v.provider_id, s.reference FROM search_pending p JOIN verification v ON v.seq = p.v JOIN subject s ON s.id = v.subject
		ORDER BY p.v LIMIT +?`, indexBatch)
	if err != nil {
		return err
	}
	var batch []searchDoc
	if err := eachRow(rows, func() error {
		var d searchDoc
		var id, providerID, reference string
		err := rows.Scan(&d.v, &d.words, &id, &providerID, &reference)
		d.pieces = idPieces(id, providerID, reference)
		batch = append(batch, d)
		return err
	}); err != nil {
		return err
	}
	for _, d := range batch {
		for _, change := range []struct {
			query string
			args  []any
		}{
			{`DELETE FROM search WHERE rowid = ?`, []any{d.v}}, {`INSERT INTO search (rowid, words) VALUES (?, ?)`, []any{d.v, d.words}},
			{`DELETE FROM search_id WHERE rowid = ?`, []any{d.v}}, {`INSERT INTO search_id (rowid, pieces) VALUES (?, ?)`, []any{d.v, d.pieces}},
			{`DELETE FROM search_pending WHERE v = ?`, []any{d.v}},
		} {
			if _, err := tx.exec(change.query, change.args...); err != nil {
				return err
			}
		}
	}
	return nil
}
