package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"reviewdesk/review"
)

// ErrKeyReused says that an Idempotency-Key came before, with another body.
var ErrKeyReused = errors.New("the idempotency key was used for another request")

// ErrRevoked says that the program may not speak any more.
var ErrRevoked = errors.New("the client was revoked")

// Creation is a case that a program makes through an API.
type Creation struct {
	Object  []byte // the provider's own object, as [review.Vocabulary.Parse] takes it
	Road    review.Road
	Key     string // the Idempotency-Key; "" for none
	Request []byte // the body as it came, to know the same request again
}

// Create takes in a case that a program made, and tells the platform. The same
// request under the same key again returns the case as it was made then, and again
// true; another request under that key is [ErrKeyReused]. A client that was revoked
// since its token was looked at is [ErrRevoked].
func (db *DB) Create(ctx context.Context, by Actor, p review.Provider, c Creation) (v review.Verification, again bool, err error) {
	in, err := db.parse(p, c.Object)
	if err != nil {
		return v, false, err
	}
	var entry int64
	err = db.Do(ctx, func(tx *Tx) (err error) {
		if err := tx.mayStill(by); err != nil {
			return err
		}
		if entry, err = tx.madeBefore(by, c); err == nil && entry == 0 {
			v, err = tx.create(by, in, c)
		}
		return err
	})
	if err != nil || entry == 0 {
		db.wakeSearch()
		return v, false, err
	}
	v, err = db.asMade(ctx, p, entry)
	return v, true, err
}

// mayStill sees to it that nothing is made after a revocation has been committed.
func (tx *Tx) mayStill(by Actor) error {
	if by.Kind != "client" {
		return nil
	}
	var one int
	err := tx.row(`SELECT 1 FROM client WHERE id = ? AND revoked_at = 0`, by.ID).Scan(&one)
	if isNoRows(err) {
		return ErrRevoked
	}
	return err
}

func (db *DB) parse(p review.Provider, object []byte) (review.Verification, error) {
	vocabulary, err := db.opts.Vocabularies.Of(p)
	if err != nil {
		return review.Verification{}, err
	}
	v, _, err := vocabulary.Parse(object)
	return v, err
}

// madeBefore finds the event that this very request made, 0 for none.
func (tx *Tx) madeBefore(by Actor, c Creation) (entry int64, err error) {
	if c.Key == "" {
		return 0, nil
	}
	var request []byte
	err = tx.row(`SELECT entry, request FROM idempotency WHERE client = ? AND key = ?`, by.ID, tx.db.digest("idempotency key", []byte(c.Key))).Scan(&entry, &request)
	switch {
	case isNoRows(err):
		return 0, nil
	case err == nil && !bytes.Equal(request, tx.db.digest("idempotent request", c.Request)):
		return 0, ErrKeyReused
	}
	return entry, err
}

func (tx *Tx) create(by Actor, in review.Verification, c Creation) (review.Verification, error) {
	intake, r, err := tx.receive(by, Incoming{Verification: in})
	if err != nil {
		return r.v, err
	}
	if intake != review.IntakeNew {
		return r.v, fmt.Errorf("create %s: the id is held already", in.ID)
	}
	if c.Key != "" {
		if _, err := tx.exec(`INSERT INTO idempotency (client, key, request, entry, created_at) VALUES (?, ?, ?, ?, ?)`,
			by.ID, tx.db.digest("idempotency key", []byte(c.Key)), tx.db.digest("idempotent request", c.Request), r.objectEntry, micros(tx.Now)); err != nil {
			return r.v, fmt.Errorf("idempotency key: %w", err)
		}
	}
	if err := tx.notify(&r, r.objectEntry); err != nil {
		return r.v, err
	}
	return r.v, tx.schedule(r.v, c.Road)
}

// asMade is a case as it was when an event brought it. Its running number it has
// still.
func (db *DB) asMade(ctx context.Context, p review.Provider, entry int64) (review.Verification, error) {
	object, err := db.words(db.read(ctx), entry, "object")
	if err != nil {
		return review.Verification{}, err
	}
	if object == "" {
		return review.Verification{}, fmt.Errorf("the person was forgotten since: %w", ErrNotFound)
	}
	v, err := db.parse(p, []byte(object))
	if err == nil {
		v, _, _ = review.Receive(nil, v, false, v.CreatedAt, review.FirstPolicy()) // fills in the same as it did then
		err = db.read(ctx).row(`SELECT seq FROM verification WHERE id = ?`, v.ID).Scan(&v.Seq)
	}
	return v, err
}

// notify writes what the platform is to be told of the state that a case has come
// to: the outbox row, and a delivery for each endpoint that stands now, to go out in its
// turn, but of a decision not before it takes effect. A state of which its provider
// tells nobody gets no delivery.
func (tx *Tx) notify(r *caseRow, entry int64) error {
	outbox, err := tx.insert(`INSERT INTO outbox (v, entry, event, created_at) VALUES (?, ?, ?, ?)`, r.v.Seq, entry, string(r.v.Status), micros(tx.Now))
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	vocabulary, err := tx.db.opts.Vocabularies.Of(r.v.Provider)
	if err != nil {
		return err
	}
	platform, ok := vocabulary.(review.Platform)
	if !ok {
		return nil
	}
	id := noticeID(r.v.Provider)
	event, body, ok := platform.Notice(r.v, tx.db.Desk(), id, tx.Now)
	if !ok {
		return nil
	}
	if _, err = tx.exec(`INSERT INTO delivery (endpoint, outbox, guid, event, body, created_at, next_at)
		SELECT id, ?, ?, ?, ?, ?, ? FROM endpoint WHERE provider = ? AND removed_at = 0 ORDER BY id`,
		outbox, id, event, body, micros(tx.Now), micros(r.v.EffectiveAt), string(r.v.Provider)); err != nil {
		return fmt.Errorf("deliveries: %w", err)
	}
	tx.told = true
	return nil
}

// noticeID is the id of a new event, as the provider spells its ids: Cybrid without
// hyphens.
func noticeID(p review.Provider) string {
	id := uuid.NewString()
	if p == review.Cybrid {
		id = strings.ReplaceAll(id, "-", "")
	}
	return id
}

// Desk says what the APIs tell of this desk; its BaseURL is the caller's to fill.
func (db *DB) Desk() review.Desk {
	return review.Desk{Organization: db.guid("organization"), Bank: db.guid("bank"), Sandbox: db.opts.Sandbox}
}

// guid is one of the desk's own ids in Cybrid's spelling, always the same.
func (db *DB) guid(of string) string {
	sum := sha256.Sum256([]byte(of + " of " + db.instance))
	return hex.EncodeToString(sum[:16])
}
