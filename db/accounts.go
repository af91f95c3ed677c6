package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"reviewdesk/review"
)

// Account is one person of the team, as stored. Times are UTC.
type Account struct {
	review.Person
	Email    string
	Password string // PHC string; "" until the one-time link was used
	Version  int64
	Created  time.Time
	Seen     time.Time // zero: never signed in
	Disabled time.Time // zero: may sign in
	Sessions int       // sessions alive, only where [DB.Accounts] filled it
}

// Active reports whether the account may sign in.
func (a Account) Active() bool { return a.Disabled.IsZero() && a.Password != "" }

// NewAccount is what an admin gives to add a person.
type NewAccount struct {
	Email, Name string
	Role        review.Role
}

// LinkLasts is how long a one-time link is good.
const LinkLasts = 72 * time.Hour

// check tells every mistake by form field.
func (n *NewAccount) check() error {
	bad := review.Invalid{}
	n.Email, n.Name = strings.ToLower(strings.TrimSpace(n.Email)), strings.TrimSpace(n.Name)
	if addr, err := mail.ParseAddress(n.Email); err != nil || addr.Address != n.Email || len(n.Email) > 254 {
		bad.Add("email", "This is no e-mail address.")
	}
	hidden := slices.ContainsFunc(review.Visible(n.Name), func(s review.Span) bool { return s.Mark })
	switch {
	case n.Name == "" || utf8.RuneCountInString(n.Name) > 100 || !utf8.ValidString(n.Name):
		bad.Add("name", "A name has 1 to 100 characters.")
	case hidden:
		bad.Add("name", "The name holds characters that nobody can see. Type it again.")
	}
	if !n.Role.Valid() {
		bad.Add("role", "Choose one of the four roles.")
	}
	return bad.Err()
}

// AddAccount adds a person and returns the secret of the one-time link with which
// they choose their password. A taken address is [review.Invalid] on "email".
func (db *DB) AddAccount(ctx context.Context, by Actor, n NewAccount) (Account, string, error) {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return Account{}, "", review.Forbidden{Why: "Only an admin adds people."}
	}
	if err := n.check(); err != nil {
		return Account{}, "", err
	}
	a := Account{Person: review.Person{ID: uuid.Must(uuid.NewV7()).String(), Name: n.Name, Role: n.Role}, Email: n.Email, Version: 1}
	var token string
	err := db.Do(ctx, func(tx *Tx) error {
		a.Created = tx.Now
		res, err := tx.exec(`INSERT INTO account (id, email, name, role, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING`,
			a.ID, a.Email, a.Name, string(a.Role), micros(tx.Now))
		if err != nil {
			return err
		}
		if added, _ := res.RowsAffected(); added == 0 {
			return review.Invalid{"email": "Somebody has this address already."}
		}
		if token, err = tx.newLink(a.ID); err != nil {
			return err
		}
		_, err = tx.append(by, review.Event{Kind: review.EventAccountAdded, Object: a.ID,
			Facts: []review.Fact{{Name: "role", Value: string(a.Role)}},
			Words: []review.Words{{Field: "name", Text: a.Name}, {Field: "email", Text: a.Email}}}, 0)
		return err
	})
	return a, token, err
}

// newSecret makes an unguessable text and the digest under which it is stored.
func newSecret() (text string, digest []byte) {
	b := make([]byte, 32)
	rand.Read(b)
	text = base64.RawURLEncoding.EncodeToString(b)
	return text, secretDigest(text)
}

func secretDigest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func (tx *Tx) newLink(account string) (string, error) {
	if _, err := tx.exec(`UPDATE one_time_link SET used_at = ? WHERE account = ? AND used_at = 0`, micros(tx.Now), account); err != nil {
		return "", err
	}
	text, digest := newSecret()
	_, err := tx.exec(`INSERT INTO one_time_link (token, account, expires_at) VALUES (?, ?, ?)`, digest, account, micros(tx.Now.Add(LinkLasts)))
	return text, err
}

const accountColumns = `a.id, a.name, a.role, a.email, a.password, a.version, a.created_at, a.seen_at, a.disabled_at`

func scanAccount(scan func(...any) error, more ...any) (Account, error) {
	var a Account
	var created, seen, disabled int64
	err := scan(append([]any{&a.ID, &a.Name, &a.Role, &a.Email, &a.Password, &a.Version, &created, &seen, &disabled}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("account: %w", ErrNotFound)
	}
	a.Created, a.Seen, a.Disabled = fromMicros(created), fromMicros(seen), fromMicros(disabled)
	return a, err
}

func account(q querier, id string) (Account, error) {
	return scanAccount(q.row(`SELECT `+accountColumns+` FROM account a WHERE a.id = ?`, id).Scan)
}

// Account finds a person by id.
func (db *DB) Account(ctx context.Context, id string) (Account, error) {
	return account(db.read(ctx), id)
}

// AccountByEmail finds a person by e-mail address, in any case of letters.
func (db *DB) AccountByEmail(ctx context.Context, email string) (Account, error) {
	return scanAccount(db.read(ctx).row(`SELECT `+accountColumns+` FROM account a WHERE a.email = ?`, strings.ToLower(strings.TrimSpace(email))).Scan)
}

// Accounts lists everybody by name, with how many sessions each has alive.
func (db *DB) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := db.read(ctx).rows(`SELECT `+accountColumns+`,
		(SELECT COUNT(*) FROM session s WHERE s.account = a.id AND s.ended_at = 0 AND s.expires_at > ? AND s.seen_at > ?)
		FROM account a ORDER BY a.name, a.id`, micros(db.Now()), micros(db.Now().Add(-SessionIdle)))
	if err != nil {
		return nil, err
	}
	var out []Account
	err = eachRow(rows, func() error {
		var n int
		a, err := scanAccount(rows.Scan, &n)
		a.Sessions = n
		out = append(out, a)
		return err
	})
	return out, err
}

// People lists everybody by name, without their sessions. The slice is shared: nobody
// changes it.
func (db *DB) People(ctx context.Context) ([]Account, error) {
	return keep(ctx, db, "people", func(q querier, _ time.Time) ([]Account, time.Time, error) {
		rows, err := q.rows(`SELECT ` + accountColumns + ` FROM account a ORDER BY a.name, a.id`)
		if err != nil {
			return nil, lasting, err
		}
		var out []Account
		err = eachRow(rows, func() error {
			a, err := scanAccount(rows.Scan)
			out = append(out, a)
			return err
		})
		return out, lasting, err
	})
}

// LinkAccount finds whose one-time link this is. A used, expired or unknown one is
// [ErrNotFound].
func (db *DB) LinkAccount(ctx context.Context, token string) (Account, error) {
	return db.linkAccount(db.read(ctx), token, db.Now())
}

func (db *DB) linkAccount(q querier, token string, now time.Time) (Account, error) {
	return scanAccount(q.row(`SELECT `+accountColumns+` FROM one_time_link l JOIN account a ON a.id = l.account
		WHERE l.token = ? AND l.used_at = 0 AND l.expires_at > ? AND a.disabled_at = 0`, secretDigest(token), micros(now)).Scan)
}

// RedeemLink uses a one-time link up and sets the person's password (a PHC
// string). Every session the person had ends.
func (db *DB) RedeemLink(ctx context.Context, from Actor, token, password string) (Account, error) {
	var a Account
	err := db.Do(ctx, func(tx *Tx) (err error) {
		if a, err = db.linkAccount(tx, token, tx.Now); err != nil {
			return err
		}
		if err := tx.one(`UPDATE one_time_link SET used_at = ? WHERE token = ? AND used_at = 0`, micros(tx.Now), secretDigest(token)); err != nil {
			return err
		}
		by := from
		by.Kind, by.Person, by.Factors = "person", a.Person, []string{"one_time_link"}
		return tx.changeAccount(by, a, review.Fact{Name: "change", Value: "password_set"}, `password = ?`, password)
	})
	return a, err
}

// RenewHash replaces the stored hash of a password by one of the same password made
// at another cost. Nothing changes that a person would know of, so no event tells
// of it; a hash that is not the one given stays.
func (db *DB) RenewHash(ctx context.Context, id, from, to string) error {
	return db.Do(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE account SET password = ? WHERE id = ? AND password = ? AND password <> ''`, to, id, from)
		return err
	})
}

// changeAccount writes one change of an account, ends the person's sessions and
// records both.
func (tx *Tx) changeAccount(by Actor, a Account, fact review.Fact, set string, value any) error {
	if err := tx.one(`UPDATE account SET `+set+`, version = version + 1 WHERE id = ? AND version = ?`, value, a.ID, a.Version); err != nil {
		return err
	}
	if err := tx.endSessions(a.ID); err != nil {
		return err
	}
	_, err := tx.append(by, review.Event{Kind: review.EventAccountChange, Object: a.ID, Facts: []review.Fact{fact}}, 0)
	return err
}

// SetRole gives a person another role; their sessions end, so that it holds at
// once. Nobody changes their own.
func (db *DB) SetRole(ctx context.Context, by Actor, id string, role review.Role) error {
	if !role.Valid() {
		return review.Invalid{"role": "Choose one of the four roles."}
	}
	return db.administer(ctx, by, id, func(tx *Tx, a Account) error {
		if a.Role == role {
			return nil
		}
		return tx.changeAccount(by, a, review.Fact{Name: "role", Value: string(a.Role) + " to " + string(role)}, `role = ?`, string(role))
	})
}

// SetDisabled shuts a person out at once, or lets them in again.
func (db *DB) SetDisabled(ctx context.Context, by Actor, id string, disabled bool) error {
	return db.administer(ctx, by, id, func(tx *Tx, a Account) error {
		at, change := int64(0), "enabled"
		if disabled {
			at, change = micros(tx.Now), "disabled"
		}
		return tx.changeAccount(by, a, review.Fact{Name: "change", Value: change}, `disabled_at = ?`, at)
	})
}

// ResetLink makes a fresh one-time link; the old password and sessions end.
func (db *DB) ResetLink(ctx context.Context, by Actor, id string) (a Account, token string, err error) {
	err = db.administer(ctx, by, id, func(tx *Tx, found Account) (err error) {
		a = found
		if token, err = tx.newLink(id); err != nil {
			return err
		}
		return tx.changeAccount(by, a, review.Fact{Name: "change", Value: "password_reset"}, `password = ?`, "")
	})
	return a, token, err
}

func (db *DB) administer(ctx context.Context, by Actor, id string, fn func(*Tx, Account) error) error {
	if by.Kind == "person" && by.ID == id {
		return review.Forbidden{Why: "Nobody changes their own account here. Ask another admin."}
	}
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return review.Forbidden{Why: "Only an admin changes accounts."}
	}
	return db.Do(ctx, func(tx *Tx) error {
		a, err := account(tx, id)
		if err != nil {
			return err
		}
		return fn(tx, a)
	})
}
