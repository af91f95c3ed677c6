package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"reviewdesk/review"
)

// Sign-in throttling. An attempt is reserved before the password is looked at, so
// that many at once count as many. The limits are delays, never a lock-out: an
// attacker cannot shut an officer out for good.
const (
	throttleWindow     = 15 * time.Minute
	triesPerAccount    = 8
	triesPerSource     = 40
	triesForEverybody  = 400
	attemptsKeptFor    = 24 * time.Hour
	maxEmailCharacters = 254
)

// Throttled says how long to wait before the next attempt.
type Throttled struct{ Wait time.Duration }

func (t Throttled) Error() string {
	return fmt.Sprintf("too many attempts; try again in %s", t.Wait.Round(time.Second))
}

// ReserveSignIn counts an attempt before the password is checked. Too many of late
// for this account, this network or the whole desk is [Throttled].
func (db *DB) ReserveSignIn(ctx context.Context, email, address string) error {
	account := db.digest("sign-in account", []byte(normalEmail(email)))
	source := db.digest("sign-in source", []byte(network(address)))
	return db.Do(ctx, func(tx *Tx) error {
		since := micros(tx.Now.Add(-throttleWindow))
		limits := []struct {
			query string
			arg   any
			most  int
		}{
			{`SELECT COUNT(*), MIN(at) FROM (SELECT at FROM sign_in_attempt WHERE account = ? AND at > ? ORDER BY at DESC LIMIT +?)`, account, triesPerAccount},
			{`SELECT COUNT(*), MIN(at) FROM (SELECT at FROM sign_in_attempt WHERE source = ? AND at > ? ORDER BY at DESC LIMIT +?)`, source, triesPerSource},
			{`SELECT COUNT(*), MIN(at) FROM (SELECT at FROM sign_in_attempt WHERE ? <> '' AND at > ? ORDER BY at DESC LIMIT +?)`, "everybody", triesForEverybody},
		}
		for _, l := range limits {
			var n int
			var oldest sql.NullInt64
			if err := tx.row(l.query, l.arg, since, l.most).Scan(&n, &oldest); err != nil {
				return err
			}
			if n >= l.most {
				return Throttled{fromMicros(oldest.Int64).Add(throttleWindow).Sub(tx.Now)}
			}
		}
		_, err := tx.exec(`INSERT INTO sign_in_attempt (at, account, source) VALUES (?, ?, ?)`, micros(tx.Now), account, source)
		return err
	})
}

// forgetAttempts is for who has shown the right password: those before it count no
// longer, for the account or for anybody else. The address is a normal one.
func (tx *Tx) forgetAttempts(email string) error {
	_, err := tx.exec(`DELETE FROM sign_in_attempt WHERE account = ?`, tx.db.digest("sign-in account", []byte(email)))
	return err
}

func normalEmail(email string) string {
	if len(email) > maxEmailCharacters {
		email = email[:maxEmailCharacters]
	}
	return strings.ToLower(strings.TrimSpace(email))
}

// network is the part of an address that one attacker is likely to own: the /24 of
// IPv4, the /64 of IPv6.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	bits := 64
	if addr = addr.Unmap(); addr.Is4() {
		bits = 24
	}
	p, _ := addr.Prefix(bits)
	return p.String()
}

// SignInFailed records a failed sign-in. The address tried is only committed to:
// people type passwords into that field.
func (db *DB) SignInFailed(ctx context.Context, from Actor, email string) error {
	return db.Do(ctx, func(tx *Tx) error {
		a, err := scanAccount(tx.row(`SELECT `+accountColumns+` FROM account a WHERE a.email = ?`, normalEmail(email)).Scan)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		from.Kind, from.Person = "system", review.Person{ID: "system:sign-in"}
		_, err = tx.append(from, review.Event{Kind: review.EventSignInFailed, Object: a.ID,
			Words: []review.Words{{Field: "email", Text: strings.ToValidUTF8(normalEmail(email), "?")}}}, 0)
		return err
	})
}

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
