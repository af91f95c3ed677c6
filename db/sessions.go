package db

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"

	"reviewdesk/review"
)

// Sessions end after SessionIdle without a request and SessionLasts after the
// sign-in, whichever is first (the limits of AAL2, SP 800-63B).
const (
	SessionIdle  = 30 * time.Minute
	SessionLasts = 12 * time.Hour
	touchEvery   = time.Minute // a request notes that the session is alive at most this often
)

// SessionAccountKey is the session value that says who is signed in: an account's id.
const SessionAccountKey = "account"

// SessionCodec stores session values as JSON of strings, never gob.
type SessionCodec struct{}

type sessionData struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	data := sessionData{deadline.UTC(), map[string]string{}}
	for k, v := range values {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("session value %q is no string", k)
		}
		data.Values[k] = s
	}
	return json.Marshal(data)
}

// Decode implements scs.Codec.
func (SessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var data sessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return time.Time{}, nil, fmt.Errorf("session: %w", err)
	}
	values := map[string]any{}
	for k, v := range data.Values {
		values[k] = v
	}
	return data.Deadline, values, nil
}

// sessionStore keeps scs sessions: reads from the reader, writes through the
// writer. It hashes the token itself. A session that ended never comes back, even
// if a request in flight saves it again. Making a session that names an account is
// signing in, and deleting one is signing out: both are audit events of the same
// transaction.
type sessionStore struct{ db *DB }

// SessionStore is the desk's store for scs.
func (db *DB) SessionStore() scs.CtxStore { return sessionStore{db} }

type actorKey struct{}

// WithActor tells the session store who acts, since scs hands on a context only.
func WithActor(ctx context.Context, by Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, by)
}

// SessionDigest is how a session is named in the log: a digest that opens nothing.
func SessionDigest(token string) string { return hex.EncodeToString(secretDigest(token)[:8]) }

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var data []byte
	var seen, expires, ended int64
	err := s.db.brief(ctx).row(`SELECT data, seen_at, expires_at, ended_at FROM session WHERE token = ?`, secretDigest(token)).
		Scan(&data, &seen, &expires, &ended)
	if isNoRows(err) {
		return nil, false, nil
	}
	now := s.db.Now()
	if err != nil || ended != 0 || !now.Before(fromMicros(expires)) || !now.Before(fromMicros(seen).Add(SessionIdle)) {
		return nil, false, err
	}
	return data, true, nil
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	var data sessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	id := data.Values[SessionAccountKey]
	if id == "" {
		return errors.New("session without an account: nobody is signed in, so nothing is kept")
	}
	by, _ := ctx.Value(actorKey{}).(Actor)
	return s.db.Do(ctx, func(tx *Tx) error {
		a, err := account(tx, id)
		if err != nil {
			return err
		}
		res, err := tx.exec(`UPDATE session SET data = ?, expires_at = ? WHERE token = ?`, b, micros(expiry), secretDigest(token))
		if err != nil {
			return err
		}
		if n, _ := res.RowsAffected(); n == 1 {
			return nil // ended_at stays as it is: a tombstone is for good
		}
		return tx.signIn(by, a, token, b, expiry)
	})
}

func (tx *Tx) signIn(by Actor, a Account, token string, data []byte, expiry time.Time) error {
	if !a.Active() {
		return review.Forbidden{Why: "This account may not sign in."}
	}
	now := micros(tx.Now)
	if _, err := tx.exec(`INSERT INTO session (token, account, data, created_at, seen_at, expires_at, address) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		secretDigest(token), a.ID, data, now, now, micros(expiry), by.Address); err != nil {
		return err
	}
	if err := tx.one(`UPDATE account SET seen_at = ? WHERE id = ?`, now, a.ID); err != nil {
		return err
	}
	if err := tx.forgetAttempts(a.Email); err != nil {
		return err
	}
	by.Kind, by.Person, by.Session = "person", a.Person, SessionDigest(token)
	_, err := tx.append(by, review.Event{Kind: review.EventSignedIn, Object: a.ID}, 0)
	return err
}

// DeleteCtx implements scs.CtxStore.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	by, _ := ctx.Value(actorKey{}).(Actor)
	return s.db.Do(ctx, func(tx *Tx) error {
		var id string
		err := tx.row(`SELECT account FROM session WHERE token = ? AND ended_at = 0`, secretDigest(token)).Scan(&id)
		if isNoRows(err) {
			return nil
		}
		if err != nil {
			return err
		}
		a, err := account(tx, id)
		if err != nil {
			return err
		}
		if err := tx.one(`UPDATE session SET ended_at = ? WHERE token = ?`, micros(tx.Now), secretDigest(token)); err != nil {
			return err
		}
		by.Kind, by.Person, by.Session = "person", a.Person, SessionDigest(token)
		_, err = tx.append(by, review.Event{Kind: review.EventSignedOut, Object: id}, 0)
		return err
	})
}

// Find, Commit and Delete implement scs.Store for callers without a context.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// endSessions ends every session of a person.
func (tx *Tx) endSessions(account string) error {
	_, err := tx.exec(`UPDATE session SET ended_at = ? WHERE account = ? AND ended_at = 0`, micros(tx.Now), account)
	return err
}

// Touch notes that a session is alive, at most once a minute. It returns what the
// store knows of the person, so that a changed role holds from the next request on.
func (db *DB) Touch(ctx context.Context, token, accountID string) (Account, error) {
	a, seen, err := db.signedIn(ctx, token, accountID)
	if err != nil {
		return a, err
	}
	if db.Now().Sub(fromMicros(seen)) < touchEvery || db.Sealed() != "" {
		return a, nil
	}
	return a, db.Do(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE session SET seen_at = ? WHERE token = ? AND ended_at = 0`, micros(tx.Now), secretDigest(token))
		return err
	})
}
