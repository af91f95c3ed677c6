package db

import (
	"context"
	"errors"
	"fmt"

	"reviewdesk/review"
)

// The secrets that deliveries are signed with. They must be read again to sign, so
// they are sealed and not hashed: under a key of their own from the master key, so
// that a copy of the database alone signs nothing.

// AddSecret gives an endpoint one more secret and returns it; it is never shown
// again. From the next delivery on our own header bears its signature too, and the
// provider's header once every older one is retired.
//
// newest is the secret that was the newest when it was asked for: where another one came
// between, nothing is added ([ErrRepeated]).
func (db *DB) AddSecret(ctx context.Context, by Actor, id string, newest int64) (secret string, err error) {
	err = db.changeEndpoint(ctx, by, id, func(tx *Tx, e Endpoint) error {
		var now int64
		if err := tx.row(`SELECT COALESCE(MAX(id), 0) FROM endpoint_secret WHERE endpoint = ?`, id).Scan(&now); err != nil || now != newest {
			return errors.Join(err, ErrRepeated)
		}
		live, err := tx.liveSecrets(id)
		if err != nil {
			return err
		}
		if live >= mostSecrets {
			return review.Invalid{"secret": fmt.Sprintf("%d secrets sign already: retire one first.", live)}
		}
		var added Secret
		if added, secret, err = tx.newEndpointSecret(id); err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "secret_added", []review.Fact{{Name: "secret", Value: fmt.Sprint(added.ID)}})
	})
	return secret, err
}

// RetireSecret ends a secret for good. The last one that signs cannot be retired:
// [review.Invalid]. Retiring one again changes nothing.
func (db *DB) RetireSecret(ctx context.Context, by Actor, id string, secret int64) error {
	return db.changeEndpoint(ctx, by, id, func(tx *Tx, e Endpoint) error {
		var retired int64
		err := tx.row(`SELECT retired_at FROM endpoint_secret WHERE id = ? AND endpoint = ?`, secret, id).Scan(&retired)
		switch {
		case isNoRows(err):
			return fmt.Errorf("secret: %w", ErrNotFound)
		case err != nil || retired != 0:
			return err
		}
		live, err := tx.liveSecrets(id)
		if err != nil {
			return err
		}
		if live == 1 {
			return review.Invalid{"secret": "This is the only secret that signs: add another one first."}
		}
		if err := tx.one(`UPDATE endpoint_secret SET retired_at = ?, sealed = x'' WHERE id = ?`, micros(tx.Now), secret); err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "secret_retired", []review.Fact{{Name: "secret", Value: fmt.Sprint(secret)}})
	})
}

func (tx *Tx) liveSecrets(endpoint string) (n int, err error) {
	err = tx.row(`SELECT COUNT(*) FROM endpoint_secret WHERE endpoint = ? AND retired_at = 0`, endpoint).Scan(&n)
	return n, err
}

func (tx *Tx) newEndpointSecret(endpoint string) (s Secret, text string, err error) {
	text, _ = newSecret()
	sealed, err := sealWith(tx.db.webhookKey(), secretPlace(endpoint), []byte(text))
	if err != nil {
		return s, "", err
	}
	s.Created = tx.Now
	s.ID, err = tx.insert(`INSERT INTO endpoint_secret (endpoint, sealed, created_at) VALUES (?, ?, ?)`, endpoint, sealed, micros(tx.Now))
	return s, text, err
}

func (db *DB) webhookKey() []byte { return db.DeriveKey("webhook secrets", 32) }

func secretPlace(endpoint string) string { return "endpoint_secret/" + endpoint }

func endpointSecrets(q querier, endpoint string) (out []Secret, err error) {
	rows, err := q.rows(`SELECT id, created_at, retired_at FROM endpoint_secret WHERE endpoint = ? ORDER BY id`, endpoint)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var s Secret
		var created, retired int64
		err := rows.Scan(&s.ID, &created, &retired)
		s.Created, s.Retired = fromMicros(created), fromMicros(retired)
		out = append(out, s)
		return err
	})
	return out, err
}

// SigningSecrets opens the secrets that sign an endpoint's deliveries, oldest first:
// for the worker that sends, and for nobody else.
func (db *DB) SigningSecrets(ctx context.Context, endpoint string) (out []string, err error) {
	rows, err := db.read(ctx).rows(`SELECT sealed FROM endpoint_secret WHERE endpoint = ? AND retired_at = 0 ORDER BY id`, endpoint)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return err
		}
		text, err := unsealWith(db.webhookKey(), secretPlace(endpoint), sealed)
		out = append(out, string(text))
		return err
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("secrets of endpoint %s: %w", endpoint, ErrNotFound)
	}
	return out, err
}
