package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"reviewdesk/review"
)

// Token is what a bearer token stands for.
type Token struct {
	Client  Client
	Scopes  []string
	Expires time.Time // UTC
}

// Has reports whether the token was issued for a scope.
func (t Token) Has(scope string) bool {
	for _, s := range t.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// The kinds of tokens.
const (
	TokenAccess  = "access"
	TokenRefresh = "refresh"
)

// GrantPassword is the grant whose good use ends the counting of bad ones.
const GrantPassword = "password"

// NewToken is a token as it is to be kept. Only a digest of Text is stored.
type NewToken struct {
	Kind    string // TokenAccess or TokenRefresh
	Text    string
	Scopes  []string
	Expires time.Time
}

// IssueTokens records tokens for a program under one event. With spent, a refresh
// token is used up by it: a second use of the same finds nothing ([ErrNotFound]).
// A client that was revoked meanwhile is [ErrNotFound] too.
func (db *DB) IssueTokens(ctx context.Context, by Actor, grant, spent string, tokens ...NewToken) error {
	return db.Do(ctx, func(tx *Tx) error {
		c, err := scanClient(tx.row(`SELECT `+clientColumns+` FROM client c WHERE c.id = ? AND c.revoked_at = 0`, by.ID).Scan)
		if err != nil {
			return err
		}
		if spent != "" {
			if err := tx.spend(c.ID, spent); err != nil {
				return err
			}
		}
		if grant == GrantPassword {
			if err := tx.forgetAttempts(c.Email); err != nil {
				return err
			}
		}
		facts := []review.Fact{{Name: "grant", Value: grant}}
		for _, t := range tokens {
			if _, err := tx.exec(`INSERT INTO token (token, client, kind, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
				secretDigest(t.Text), c.ID, t.Kind, strings.Join(t.Scopes, " "), micros(tx.Now), micros(t.Expires)); err != nil {
				return fmt.Errorf("token: %w", err)
			}
			if t.Kind == TokenAccess {
				for _, s := range t.Scopes {
					facts = append(facts, review.Fact{Name: "scope", Value: s})
				}
			}
		}
		_, err = tx.append(by, review.Event{Kind: review.EventTokenIssued, Object: c.ID, Facts: facts}, 0)
		return err
	})
}

func (tx *Tx) spend(client, refresh string) error {
	res, err := tx.exec(`UPDATE token SET ended_at = ? WHERE token = ? AND client = ? AND kind = 'refresh' AND ended_at = 0 AND expires_at > ?`,
		micros(tx.Now), secretDigest(refresh), client, micros(tx.Now))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("refresh token: %w", ErrNotFound)
	}
	return nil
}

// RefuseToken records that a program was refused one. Whatever was sent is kept out
// of the log; object is the client's id where one is known by it.
func (db *DB) RefuseToken(ctx context.Context, from Actor, grant, id string) error {
	return db.Do(ctx, func(tx *Tx) error {
		c, err := scanClient(tx.row(`SELECT `+clientColumns+` FROM client c WHERE c.id = ?`, id).Scan)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		from.Kind, from.Person = "system", review.Person{ID: "system:token"}
		_, err = tx.append(from, review.Event{Kind: review.EventTokenRefused, Object: c.ID, Facts: []review.Fact{{Name: "grant", Value: grant}}}, 0)
		return err
	})
}

// Bearer finds what a token stands for. An unknown, expired or ended one, or one of a
// revoked client, is [ErrNotFound].
func (db *DB) Bearer(ctx context.Context, kind, text string) (Token, error) {
	var scopes string
	var expires int64
	c, err := scanClient(db.read(ctx).row(`SELECT `+clientColumns+`, t.scopes, t.expires_at FROM token t JOIN client c ON c.id = t.client
		WHERE t.token = ? AND t.kind = ? AND t.ended_at = 0 AND t.expires_at > ? AND c.revoked_at = 0`,
		secretDigest(text), kind, micros(db.Now())).Scan, &scopes, &expires)
	return Token{Client: c, Scopes: strings.Fields(scopes), Expires: fromMicros(expires)}, err
}
