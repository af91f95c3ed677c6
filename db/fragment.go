package db

import (
	"context"
	"strings"

	"reviewdesk/review"
)

// A fragment of an id is found by its characters, four at a time: each four that follow
// one another in an id are a word of the search index, and a fragment is sought by those
// it is made of. The cases that have them all are read to see that they stand together.
//
// It is a search of its own, "id:" and the fragment, since ids are of figures and of
// letters up to f: among ten million cases any such word of four letters stands in the ids
// of thousands, which would bury a person of that name. What it costs follows the rarest
// four, and no row is read that does not have them all. The other way, to go backwards
// through all ids with a limit, adds nothing to the index, but on such a desk it finds a
// case of last year after a hundred pages.

const (
	inIDs            = "id:"
	shortest         = 4     // characters of a fragment
	longest          = 100   // and of one at most
	fragmentWord     = "···" // before the four, so that no name is taken for them; three, so that all share their beginnings
	reindexedAtATime = 500
)

// InIDs is the query that looks for a text inside ids. It is not ok where the text cannot
// stand in one, or is such a query already.
func InIDs(text string) (query string, ok bool) {
	if strings.HasPrefix(strings.TrimSpace(text), inIDs) {
		return "", false
	}
	_, ok = fragmentOf(inIDs + text)
	return inIDs + strings.TrimSpace(text), ok
}

// fragmentOf is the fragment that a query asks for, as ids are compared. It is not ok
// where it asks for none, "" where for one that is too short.
func fragmentOf(query string) (fragment string, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(query), inIDs)
	fragment = plainID(strings.TrimSpace(text))
	return fragment, ok && len(fragment) >= shortest && len(fragment) <= longest && plainCharacters(fragment)
}

// plainID is an id without what makes no difference.
func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

func plainCharacters(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') })
}

// addFragments adds the words that an id is found by.
func addFragments(id string, add func(string)) {
	id = plainID(id)
	if len(id) < shortest {
		add(strings.Join(words(id), ""))
	}
	for i := 0; i+shortest <= len(id); i++ {
		if four := id[i : i+shortest]; plainCharacters(four) {
			add(fragmentWord + four)
		}
	}
}

// fragmentTerms are the words that a fragment is sought by: enough to cover it.
func fragmentTerms(fragment string) (terms []string) {
	for at := 0; at+shortest <= len(fragment); at += shortest {
		terms = append(terms, fragmentWord+fragment[at:at+shortest])
	}
	if len(fragment)%shortest != 0 {
		terms = append(terms, fragmentWord+fragment[len(fragment)-shortest:])
	}
	return terms
}

// together keeps the cases in whose ids the fragment stands in one piece.
func (w *where) together(query string) {
	if fragment, ok := fragmentOf(query); ok && len(fragment) > shortest {
		w.add(`(instr(replace(v.id, '-', ''), ?) > 0 OR instr(lower(replace(v.provider_id, '-', '')), ?) > 0
			OR EXISTS (SELECT 1 FROM subject x WHERE x.id = v.subject AND instr(lower(replace(x.reference, '-', '')), ?) > 0))`, fragment, fragment, fragment)
	}
}

// indexAgain has cases taken into the search index that it holds in an older form. They
// are found by their names meanwhile.
func (db *DB) indexAgain() error {
	for range batchesInARow {
		var n int
		if err := db.reader.QueryRow(`SELECT COUNT(*) FROM (SELECT 1 FROM search_again LIMIT 1)`).Scan(&n); err != nil || n == 0 {
			return err
		}
		if err := db.Do(context.Background(), (*Tx).againBatch); err != nil {
			return err
		}
		if err := db.indexPending(); err != nil {
			return err
		}
	}
	db.wakeSearch()
	return nil
}

func (tx *Tx) againBatch() error {
	rows, err := tx.rows(`SELECT v.seq, v.id, v.provider_id, s.reference, s.name, s.email FROM search_again a JOIN verification v ON v.seq = a.v JOIN subject s ON s.id = v.subject
		ORDER BY a.v DESC LIMIT +?`, reindexedAtATime)
	if err != nil {
		return err
	}
	var batch []review.Verification
	if err := eachRow(rows, func() error {
		var v review.Verification
		err := rows.Scan(&v.Seq, &v.ID, &v.ProviderID, &v.Subject.Reference, &v.Subject.Name, &v.Subject.Email)
		batch = append(batch, v)
		return err
	}); err != nil {
		return err
	}
	for _, v := range batch {
		if _, err := tx.exec(`INSERT INTO search_pending (v, words) VALUES (?, ?) ON CONFLICT (v) DO NOTHING`, v.Seq, searchWords(v)); err != nil {
			return err
		}
		if _, err := tx.exec(`DELETE FROM search_again WHERE v = ?`, v.Seq); err != nil {
			return err
		}
	}
	return nil
}
