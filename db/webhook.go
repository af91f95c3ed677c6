package db

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"reviewdesk/review"
)

// Webhooks: whom the desk tells what became of a case. The delivery of a notice is
// written in the transaction that changes the case (see notify); delivery.go says
// how it is sent.

// Endpoint is one place that is told of one provider's cases. Times are UTC.
type Endpoint struct {
	ID           string
	Provider     review.Provider
	URL          string
	AllowPrivate bool // it may be at a private address
	Created      time.Time
	Paused       time.Time // zero: deliveries are sent
	Removed      time.Time // zero: it stands
	Secrets      []Secret  // oldest first, retired ones too
	Waiting      int       // deliveries that wait, up to [CountCap] and one more
	FailingSince time.Time // the first attempt that failed since one that did not; zero: none
}

// Secret is what deliveries are signed with, without the secret itself.
type Secret struct {
	ID      int64
	Created time.Time
	Retired time.Time // zero: it signs
}

// Live reports whether the secret signs.
func (s Secret) Live() bool { return s.Retired.IsZero() }

// NewEndpoint is what an admin gives to add one.
type NewEndpoint struct {
	Provider     review.Provider
	URL          string
	AllowPrivate bool
}

const (
	longestURL  = 1000
	mostSecrets = 5 // that sign at once: their signatures stand in one header
)

// check tells every mistake by form field.
func (n *NewEndpoint) check(db *DB) error {
	bad := review.Invalid{}
	n.URL = strings.TrimSpace(n.URL)
	if _, err := db.opts.Vocabularies.Of(n.Provider); err != nil {
		bad.Add("provider", "Choose Cybrid or Coinify.")
	}
	u, err := url.Parse(n.URL)
	strange := strings.ContainsFunc(n.URL, func(r rune) bool { return r <= ' ' || r > '~' })
	switch {
	case err != nil || strange || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		bad.Add("url", "Write the address as https://HOST/PATH, in plain letters.")
	case len(n.URL) > longestURL:
		bad.Add("url", fmt.Sprintf("An address has at most %d characters.", longestURL))
	case u.User != nil:
		bad.Add("url", "Leave the name and password out of the address: the signature says who calls.")
	case strings.Contains(n.URL, "#"):
		bad.Add("url", "Leave out what follows the #: it is not sent.")
	case u.Scheme == "http" && !n.AllowPrivate && !loopback(u.Hostname()):
		bad.Add("url", "Use https: what is sent over http can be read and changed on its way.")
	}
	return bad.Err()
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}

// AddEndpoint adds a place to be told, from the next change on, and returns the
// secret that signs, which is never shown again.
func (db *DB) AddEndpoint(ctx context.Context, by Actor, n NewEndpoint) (e Endpoint, secret string, err error) {
	if err := mayChangeWebhooks(by); err != nil {
		return e, "", err
	}
	if err := n.check(db); err != nil {
		return e, "", err
	}
	e = Endpoint{ID: strings.ReplaceAll(uuid.NewString(), "-", ""), Provider: n.Provider, URL: n.URL, AllowPrivate: n.AllowPrivate}
	err = db.Do(ctx, func(tx *Tx) error {
		e.Created = tx.Now
		var there int
		if err := tx.row(`SELECT COUNT(*) FROM endpoint WHERE provider = ? AND removed_at = 0 AND url = ?`, string(n.Provider), n.URL).Scan(&there); err != nil {
			return err
		}
		if there > 0 {
			return review.Invalid{"url": "This address is there already: it would be told everything twice."}
		}
		if _, err := tx.exec(`INSERT INTO endpoint (id, provider, url, allow_private, created_at) VALUES (?, ?, ?, ?, ?)`,
			e.ID, string(e.Provider), e.URL, e.AllowPrivate, micros(tx.Now)); err != nil {
			return fmt.Errorf("endpoint: %w", err)
		}
		var added Secret
		if added, secret, err = tx.newEndpointSecret(e.ID); err != nil {
			return err
		}
		e.Secrets = []Secret{added}
		return tx.webhookChanged(by, e, "endpoint_added", []review.Fact{{Name: "private", Value: fmt.Sprint(e.AllowPrivate)}}, review.Words{Field: "url", Text: e.URL})
	})
	return e, secret, err
}

func mayChangeWebhooks(by Actor) error {
	if by.Kind == "person" && !by.Role.May(review.RightAdminister) {
		return review.Forbidden{Why: "Only an admin changes whom the desk tells."}
	}
	return nil
}

// webhookChanged records what was done to an endpoint. Its address may hold a token,
// and stands in the log only as a commitment.
func (tx *Tx) webhookChanged(by Actor, e Endpoint, change string, facts []review.Fact, words ...review.Words) error {
	facts = append([]review.Fact{{Name: "change", Value: change}, {Name: "provider", Value: string(e.Provider)}}, facts...)
	_, err := tx.append(by, review.Event{Kind: review.EventWebhookChange, Object: e.ID, Facts: facts, Words: words}, 0)
	return err
}

// changeEndpoint changes one that stands; an unknown or a removed one is
// [ErrNotFound]. The change records itself.
func (db *DB) changeEndpoint(ctx context.Context, by Actor, id string, change func(*Tx, Endpoint) error) error {
	if err := mayChangeWebhooks(by); err != nil {
		return err
	}
	return db.Do(ctx, func(tx *Tx) error {
		e, err := scanEndpoint(tx.row(`SELECT `+endpointColumns+` FROM endpoint ep WHERE ep.id = ? AND ep.removed_at = 0`, id).Scan)
		if err != nil {
			return err
		}
		tx.told = true
		return change(tx, e)
	})
}

// PauseEndpoint holds an endpoint's deliveries back; what happens meanwhile waits.
// Pausing it again changes nothing.
func (db *DB) PauseEndpoint(ctx context.Context, by Actor, id string) error {
	return db.changeEndpoint(ctx, by, id, func(tx *Tx, e Endpoint) error {
		if !e.Paused.IsZero() {
			return nil
		}
		if err := tx.one(`UPDATE endpoint SET paused_at = ? WHERE id = ?`, micros(tx.Now), id); err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "paused", nil)
	})
}

// ResumeEndpoint sends what waited, the first one at once.
func (db *DB) ResumeEndpoint(ctx context.Context, by Actor, id string) error {
	return db.changeEndpoint(ctx, by, id, func(tx *Tx, e Endpoint) error {
		if e.Paused.IsZero() {
			return nil
		}
		if err := tx.one(`UPDATE endpoint SET paused_at = 0 WHERE id = ?`, id); err != nil {
			return err
		}
		if err := tx.hurry(id); err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "resumed", nil)
	})
}

// RemoveEndpoint ends an endpoint for good: what waits is not sent any more, and its
// secrets are gone. The log of its deliveries stays.
func (db *DB) RemoveEndpoint(ctx context.Context, by Actor, id string) error {
	err := db.changeEndpoint(ctx, by, id, func(tx *Tx, e Endpoint) error {
		if err := tx.one(`UPDATE endpoint SET removed_at = ? WHERE id = ?`, micros(tx.Now), id); err != nil {
			return err
		}
		if _, err := tx.exec(`UPDATE endpoint_secret SET retired_at = ?, sealed = x'' WHERE endpoint = ? AND retired_at = 0`, micros(tx.Now), id); err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "removed", nil)
	})
	if err == nil {
		err = db.stopRemoved(ctx)
	}
	return err
}

const endpointColumns = `ep.id, ep.provider, ep.url, ep.allow_private, ep.created_at, ep.paused_at, ep.removed_at, ep.failing_at,
	(SELECT COUNT(*) FROM (SELECT 1 FROM delivery w WHERE w.endpoint = ep.id AND w.state = 'waiting' LIMIT 10001))` // CountCap and one more

func scanEndpoint(scan func(...any) error) (Endpoint, error) {
	var e Endpoint
	var created, paused, removed, failing int64
	err := scan(&e.ID, &e.Provider, &e.URL, &e.AllowPrivate, &created, &paused, &removed, &failing, &e.Waiting)
	if isNoRows(err) {
		return e, fmt.Errorf("endpoint: %w", ErrNotFound)
	}
	e.Created, e.Paused, e.Removed, e.FailingSince = fromMicros(created), fromMicros(paused), fromMicros(removed), fromMicros(failing)
	return e, err
}

// Endpoints lists those that stand, by provider and age, then those that were removed.
func (db *DB) Endpoints(ctx context.Context) ([]Endpoint, error) {
	q := db.read(ctx)
	rows, err := q.rows(`SELECT ` + endpointColumns + ` FROM endpoint ep ORDER BY ep.removed_at, ep.provider, ep.created_at, ep.id`)
	if err != nil {
		return nil, err
	}
	var out []Endpoint
	err = eachRow(rows, func() error {
		e, err := scanEndpoint(rows.Scan)
		out = append(out, e)
		return err
	})
	for i := range out {
		if err == nil {
			out[i].Secrets, err = endpointSecrets(q, out[i].ID)
		}
	}
	return out, err
}

// EndpointByID finds one, also one that was removed.
func (db *DB) EndpointByID(ctx context.Context, id string) (Endpoint, error) {
	q := db.read(ctx)
	e, err := scanEndpoint(q.row(`SELECT `+endpointColumns+` FROM endpoint ep WHERE ep.id = ?`, id).Scan)
	if err == nil {
		e.Secrets, err = endpointSecrets(q, id)
	}
	return e, err
}
