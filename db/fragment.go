package db

import (
	"context"
	"slices"
	"strings"

	"reviewdesk/review"
)

// A fragment of an id is found by its characters, three at a time: each three that follow
// one another in an id are a word of an index, and a fragment is sought by those it is
// made of. The cases that have them all are read, from the newest on, to see that they
// stand together; after so many the page says how far it looked, and goes on from there.
//
// It is a search of its own, "id:" and the fragment, since ids are of figures and of
// letters up to f: among ten million cases any such word of four letters stands in the ids
// of thousands, which would bury a person of that name. To go backwards through all ids,
// with the same bound, would do without the index, and on such a desk find a case of last
// year after a hundred pages. The index takes 10 us a case, in the batches of the other
// (by fours 30 us, there are more of them), and has the ids instead of that: together they
// are no larger than the one was that had both.

// InID stands before a fragment, in a query.
const InID = "id:"

const (
	piece    = 3   // characters of a word
	shortest = 4   // characters of a fragment
	longest  = 100 // and of one at most
)

// mostTried bounds how many cases are read for one page, a tenth of a second's worth: of
// ids that are counted up, with zeros before, all have the pieces of a fragment that
// hardly any has in one.
var mostTried = 40_000

// InIDs is the query that looks for a text inside ids. It is not ok where the text cannot
// stand in one, or is such a query already.
func InIDs(text string) (query string, ok bool) {
	if strings.HasPrefix(strings.TrimSpace(text), InID) {
		return "", false
	}
	_, ok = fragmentOf(InID + text)
	return InID + strings.TrimSpace(text), ok
}

// fragmentOf is the fragment that a query asks for, as ids are compared. It is not ok
// where it asks for none, or for one that is too short, too long or in no id.
func fragmentOf(query string) (fragment string, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(query), InID)
	fragment = plainID(strings.TrimSpace(text))
	return fragment, ok && len(fragment) >= shortest && len(fragment) <= longest && plainCharacters(fragment)
}

// plainID is an id without what makes no difference.
func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

func plainCharacters(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') })
}

// idPieces is the text that is indexed for a case's ids.
func idPieces(ids ...string) string {
	var b strings.Builder
	for n, id := range ids {
		ids[n] = plainID(id)
		if slices.Contains(ids[:n], ids[n]) {
			continue
		}
		for i := 0; i+piece <= len(ids[n]); i++ {
			if three := ids[n][i : i+piece]; plainCharacters(three) {
				b.WriteByte(' ')
				b.WriteString(three)
			}
		}
	}
	return b.String()
}

// piecesOf are the words that a fragment is sought by: enough to cover it.
func piecesOf(fragment string) string {
	var all []string
	for at := 0; at < len(fragment); at += piece {
		at := min(at, len(fragment)-piece)
		all = append(all, `"`+fragment[at:at+piece]+`"`)
	}
	return strings.Join(all, " AND ")
}

// inOnePiece is the condition that the fragment stands in an id in one piece.
const inOnePiece = `(instr(replace(v.id, '-', ''), ?) > 0 OR instr(lower(replace(v.provider_id, '-', '')), ?) > 0
	OR EXISTS (SELECT 1 FROM subject x WHERE x.id = v.subject AND instr(lower(replace(x.reference, '-', '')), ?) > 0))`

// fragmentSought is the search for a fragment.
func fragmentSought(fragment string) sought {
	return sought{table: "search_id", match: "?", matchArgs: []any{piecesOf(fragment)}, pending: "1", // any that waits may have it
		condition: inOnePiece, conditionArgs: []any{fragment, fragment, fragment}}
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
		ORDER BY a.v DESC LIMIT +?`, indexBatch)
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
