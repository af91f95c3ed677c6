package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"reviewdesk/review"
)

// Interest is a person, by name or e-mail address, whose cases somebody of the team
// must not get: family, friends, themselves under another name.
type Interest struct {
	ID    int64
	Words string
	At    time.Time
}

// Declare notes an interest of one's own. The desk compares keyed digests; nobody but
// who declared it reads the words again.
func (db *DB) Declare(ctx context.Context, by Actor, words string) error {
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n < 3 || n > 200 || !utf8.ValidString(words) || len(likeWords(words)) == 0 {
		return review.Invalid{"interest": "Give a name or an e-mail address of 3 to 200 characters."}
	}
	return db.Do(ctx, func(tx *Tx) error {
		digest := db.likeness(words)
		sealed, err := sealWith(db.DeriveKey("desk words", 32), interestPlace(by.ID), []byte(words))
		if err != nil {
			return err
		}
		res, err := tx.exec(`INSERT INTO interest (account, digest, sealed, at) VALUES (?, ?, ?, ?) ON CONFLICT (account, digest) DO NOTHING`,
			by.ID, digest, sealed, micros(tx.Now))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		_, err = tx.append(by, review.Event{Kind: review.EventInterest, Object: by.ID, Facts: []review.Fact{{Name: "change", Value: "declared"}}}, 0)
		return err
	})
}

// Withdraw takes an interest of one's own back.
func (db *DB) Withdraw(ctx context.Context, by Actor, id int64) error {
	return db.Do(ctx, func(tx *Tx) error {
		res, err := tx.exec(`DELETE FROM interest WHERE id = ? AND account = ?`, id, by.ID)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("interest: %w", ErrNotFound)
		}
		_, err = tx.append(by, review.Event{Kind: review.EventInterest, Object: by.ID, Facts: []review.Fact{{Name: "change", Value: "withdrawn"}}}, 0)
		return err
	})
}

// Interests lists one's own.
func (db *DB) Interests(ctx context.Context, account string) ([]Interest, error) {
	rows, err := db.read(ctx).rows(`SELECT id, sealed, at FROM interest WHERE account = ? ORDER BY id`, account)
	if err != nil {
		return nil, err
	}
	var out []Interest
	return out, eachRow(rows, func() error {
		var i Interest
		var sealed []byte
		var at int64
		if err := rows.Scan(&i.ID, &sealed, &at); err != nil {
			return err
		}
		words, err := unsealWith(db.DeriveKey("desk words", 32), interestPlace(account), sealed)
		i.Words, i.At = string(words), fromMicros(at)
		out = append(out, i)
		return err
	})
}

func interestPlace(account string) string { return "interest/" + account }

// likeness is a keyed digest of a name or an address as people compare them: its
// words without case, accents and order.
func (db *DB) likeness(text string) []byte {
	return db.digest("interest", []byte(strings.Join(likeWords(text), " ")))
}

func likeWords(text string) []string {
	if strings.Contains(text, "@") {
		return []string{normalEmail(text)}
	}
	parts := words(text)
	slices.Sort(parts)
	return parts
}

// ownCase adds somebody to a case of a person who goes by their name, however it is
// written: they are as good as recused. By their address [DB.interested] knows them.
func ownCase(r *caseRow, p review.Person) {
	name := likeWords(r.v.Subject.Name)
	if len(name) > 0 && slices.Equal(name, likeWords(p.Name)) && !slices.Contains(r.v.Recused, p.ID) {
		r.v.Recused = append(r.v.Recused, p.ID)
	}
}

// interested adds to a case those who declared an interest in its person, who have the
// person's address, and whoever works on it where it is their own: for the rules they
// are as good as recused.
func (db *DB) interested(q querier, r *caseRow, by review.Person) error {
	ownCase(r, by)
	name, email := r.v.Subject.Name, r.v.Subject.Email
	if name == "" && email == "" {
		return nil
	}
	rows, err := q.rows(`SELECT account FROM interest WHERE digest IN (?, ?) UNION ALL SELECT id FROM account WHERE email = ?`,
		db.likeness(name), db.likeness(email), normalEmail(email))
	if err != nil {
		return err
	}
	return eachRow(rows, func() error {
		var account string
		err := rows.Scan(&account)
		if !slices.Contains(r.v.Recused, account) {
			r.v.Recused = append(r.v.Recused, account)
		}
		return err
	})
}
