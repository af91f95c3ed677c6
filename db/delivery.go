package db

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"reviewdesk/review"
)

// How deliveries are sent. Each endpoint has a line of its own, in the order in
// which the changes were committed: a delivery is tried only once every earlier one
// of its endpoint is delivered or given up. One that fails is tried again after a
// pause that doubles from a second to an hour, until seven days after it was
// written; then it is given up and the line goes on. However old, none is given up
// before it was tried a few times: a line that was long paused, or a desk that was
// long off, does not lose it all to a receiver's first bad minute.
//
// An attempt is recorded after it was made. Should the process die between the two,
// the same delivery is sent again, under the same guid and with the same bytes: at
// least once, never under another id.
//
// What is sent again by hand joins the end of the line as a row of its own, with the
// guid, the event and the bytes of the first: it holds nobody up, and the log keeps
// both.

// DeliveryState says how far a delivery has come.
type DeliveryState string

// The states.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed"    // given up
	DeliveryWithdrawn DeliveryState = "withdrawn" // the decision was undone before it took effect
)

// Delivery is one notice on its way to one endpoint. Times are UTC.
type Delivery struct {
	ID       int64
	Endpoint string
	GUID     string // of the event: the same for every endpoint and every attempt
	Event    string // in the provider's words
	Case     string // the verification's id; "" for a test
	State    DeliveryState
	Attempts int
	Created  time.Time
	NextAt   time.Time // when it is tried again; zero: in its turn
	TriedAt  time.Time
	DoneAt   time.Time // delivered, or given up
	Status   int       // of the last answer; 0: none came
	Trouble  string    // why the last attempt failed; "" when it did not
}

// Sending is a delivery whose turn it is, with what it takes to send it.
type Sending struct {
	Delivery
	Provider     review.Provider
	URL          string
	AllowPrivate bool
	Body         []byte // to be sent byte for byte
}

// Outcome is what came of an attempt.
type Outcome struct {
	Status  int    // of the answer; 0: none came
	Trouble string // why it failed, without secrets and without the answer's text; "": it was taken
}

const (
	firstPause    = time.Second
	longestPause  = time.Hour
	giveUpAfter   = 7 * 24 * time.Hour
	leastAttempts = 8 // over about two minutes
	deliveredKept = 90 * 24 * time.Hour
)

const deliveryColumns = `d.id, d.endpoint, d.guid, d.event, COALESCE(v.id, ''), d.state, d.attempts,
	d.created_at, d.next_at, d.tried_at, d.done_at, d.status, d.trouble`

const deliveryTables = ` FROM delivery d LEFT JOIN outbox o ON o.id = d.outbox LEFT JOIN verification v ON v.seq = o.v`

func scanDelivery(scan func(...any) error, more ...any) (Delivery, error) {
	var d Delivery
	var created, next, tried, done int64
	err := scan(append([]any{&d.ID, &d.Endpoint, &d.GUID, &d.Event, &d.Case, &d.State, &d.Attempts,
		&created, &next, &tried, &done, &d.Status, &d.Trouble}, more...)...)
	if isNoRows(err) {
		return d, fmt.Errorf("delivery: %w", ErrNotFound)
	}
	d.Created, d.NextAt, d.TriedAt, d.DoneAt = fromMicros(created), fromMicros(next), fromMicros(tried), fromMicros(done)
	return d, err
}

// Deliveries reads an endpoint's deliveries, newest first: those with an id smaller
// than before, or the newest where before is 0; and whether there are older ones.
func (db *DB) Deliveries(ctx context.Context, endpoint string, before int64, size int) (page []Delivery, more bool, err error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	rows, err := db.read(ctx).rows(`SELECT `+deliveryColumns+deliveryTables+` WHERE d.endpoint = ? AND d.id < ? ORDER BY d.id DESC LIMIT +?`, endpoint, before, size+1)
	if err != nil {
		return nil, false, err
	}
	err = eachRow(rows, func() error {
		d, err := scanDelivery(rows.Scan)
		page = append(page, d)
		return err
	})
	if len(page) > size {
		return page[:size], true, err
	}
	return page, false, err
}

// DeliveryByID finds one delivery.
func (db *DB) DeliveryByID(ctx context.Context, id int64) (Delivery, error) {
	return scanDelivery(db.read(ctx).row(`SELECT `+deliveryColumns+deliveryTables+` WHERE d.id = ?`, id).Scan)
}

// Redeliver sends a delivery again that was delivered or given up: the same guid and
// the same bytes, at the end of its endpoint's line. For one that waits, the line is
// tried at once, whatever pause it is in.
func (db *DB) Redeliver(ctx context.Context, by Actor, id int64) error {
	d, err := db.DeliveryByID(ctx, id)
	if err != nil {
		return err
	}
	return db.changeEndpoint(ctx, by, d.Endpoint, func(tx *Tx, e Endpoint) error {
		d, err := scanDelivery(tx.row(`SELECT `+deliveryColumns+deliveryTables+` WHERE d.id = ?`, id).Scan)
		if err != nil {
			return err
		}
		if d.State == DeliveryWithdrawn {
			return review.Invalid{"delivery": "The decision was undone before it took effect: there is nothing to tell."}
		}
		var size int
		if err := tx.row(`SELECT length(body) FROM delivery WHERE id = ?`, id).Scan(&size); err != nil || size == 0 {
			return cmp.Or(err, error(review.Invalid{"delivery": "The person was erased since: there is nothing left to send."}))
		}
		if d.State == DeliveryWaiting {
			err = tx.hurry(e.ID)
		} else {
			_, err = tx.exec(`INSERT INTO delivery (endpoint, outbox, guid, event, body, created_at) SELECT endpoint, outbox, guid, event, body, ? FROM delivery WHERE id = ?`,
				micros(tx.Now), id)
		}
		if err != nil {
			return err
		}
		return tx.webhookChanged(by, e, "sent_again", []review.Fact{{Name: "event", Value: d.Event}, {Name: "guid", Value: d.GUID}})
	})
}

// hurry ends the pause that an endpoint's line is in.
func (tx *Tx) hurry(endpoint string) error {
	_, err := tx.exec(`UPDATE delivery SET next_at = 0 WHERE id = (SELECT MIN(id) FROM delivery WHERE endpoint = ? AND state = 'waiting') AND attempts > 0`, endpoint)
	return err
}

// TestDelivery sends an endpoint a message that is about no case, in its turn.
func (db *DB) TestDelivery(ctx context.Context, by Actor, endpoint string) error {
	return db.changeEndpoint(ctx, by, endpoint, func(tx *Tx, e Endpoint) error {
		platform, err := tx.db.opts.Vocabularies.Of(e.Provider)
		if err != nil {
			return err
		}
		id := noticeID(e.Provider)
		event, body := platform.TestNotice(tx.db.Desk(), id, tx.Now)
		if _, err := tx.exec(`INSERT INTO delivery (endpoint, guid, event, body, created_at) VALUES (?, ?, ?, ?, ?)`, e.ID, id, event, body, micros(tx.Now)); err != nil {
			return fmt.Errorf("test delivery: %w", err)
		}
		return tx.webhookChanged(by, e, "tested", []review.Fact{{Name: "guid", Value: id}})
	})
}

// DeliveriesWake says, after the commit, that there may be something to send. It is
// for one listener; a wake that nobody took stays.
func (db *DB) DeliveriesWake() <-chan struct{} { return db.deliveryWake }

func (db *DB) wakeDeliveries() {
	select {
	case db.deliveryWake <- struct{}{}:
	default:
	}
}

// NextDeliveries are those whose turn it is: of each endpoint that is not paused the
// first that waits, unless it is in a pause. A pause that would last longer than any
// was made for a clock that has stepped back since, and counts as over. One that was
// never tried is no pause: that decision has not taken effect by the clock, and does not
// show either.
func (db *DB) NextDeliveries(ctx context.Context, now time.Time) (out []Sending, err error) {
	rows, err := db.read(ctx).rows(`SELECT `+deliveryColumns+`, ep.provider, ep.url, ep.allow_private, d.body
		FROM endpoint ep JOIN delivery d ON d.id = (SELECT MIN(w.id) FROM delivery w WHERE w.endpoint = ep.id AND w.state = 'waiting')
		LEFT JOIN outbox o ON o.id = d.outbox LEFT JOIN verification v ON v.seq = o.v
		WHERE ep.removed_at = 0 AND ep.paused_at = 0 AND (d.next_at <= ? OR d.attempts > 0 AND d.next_at > ?)`, micros(now), micros(now.Add(longestPause)))
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var s Sending
		d, err := scanDelivery(rows.Scan, &s.Provider, &s.URL, &s.AllowPrivate, &s.Body)
		s.Delivery = d
		out = append(out, s)
		return err
	})
	return out, err
}

// Attempted records an attempt and says when the next one is due, or that there is
// none. What was delivered while its endpoint was being removed was delivered.
func (db *DB) Attempted(ctx context.Context, id int64, o Outcome) error {
	return db.Do(ctx, func(tx *Tx) error {
		d, err := scanDelivery(tx.row(`SELECT `+deliveryColumns+deliveryTables+` WHERE d.id = ?`, id).Scan)
		if err != nil {
			return err
		}
		d.afterAttempt(o, tx.Now, tx.db.Now())
		if err := tx.one(`UPDATE delivery SET state = ?, attempts = ?, next_at = ?, tried_at = ?, done_at = ?, status = ?, trouble = ? WHERE id = ?`,
			string(d.State), d.Attempts, micros(d.NextAt), micros(d.TriedAt), micros(d.DoneAt), d.Status, d.Trouble, id); err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
		if o.Trouble == "" {
			_, err = tx.exec(`UPDATE endpoint SET failing_at = 0 WHERE id = ? AND failing_at <> 0`, d.Endpoint)
		} else {
			_, err = tx.exec(`UPDATE endpoint SET failing_at = ? WHERE id = ? AND failing_at = 0`, micros(tx.Now), d.Endpoint)
		}
		return err
	})
}

// afterAttempt is the delivery after an attempt. The pause is counted on the clock as
// it stands, since that is what will be asked whether it is over.
func (d *Delivery) afterAttempt(o Outcome, now, clock time.Time) {
	ended := d.State != DeliveryWaiting // its endpoint was removed meanwhile
	d.Attempts, d.TriedAt, d.Status, d.NextAt = d.Attempts+1, now, o.Status, time.Time{}
	left := d.Created.Add(giveUpAfter).Sub(now)
	switch {
	case o.Trouble == "":
		d.State, d.DoneAt, d.Trouble = DeliveryDelivered, now, ""
	case ended:
	case left <= 0 && d.Attempts >= leastAttempts:
		d.State, d.DoneAt, d.Trouble = DeliveryFailed, now, o.Trouble
	default:
		pause := pauseAfter(d.Attempts)
		if left > 0 {
			pause = min(pause, left)
		}
		d.Trouble, d.NextAt = o.Trouble, clock.Add(pause)
	}
}

// pauseAfter is how long to wait after so many attempts: twice as long each time,
// less up to half of it at random, so that what failed together does not come back
// together.
func pauseAfter(attempts int) time.Duration {
	full := longestPause
	if doubled := firstPause << min(attempts-1, 12); doubled < full {
		full = doubled
	}
	return (full - rand.N(full/2)).Truncate(time.Millisecond)
}

// stopRemoved gives up what waits for endpoints that were removed.
func (db *DB) stopRemoved(ctx context.Context) error {
	return db.inBatches(ctx, func(tx *Tx) (sql.Result, error) {
		return tx.exec(`UPDATE delivery SET state = 'failed', done_at = ?, trouble = 'the endpoint was removed' WHERE id IN
			(SELECT w.id FROM endpoint ep JOIN delivery w ON w.endpoint = ep.id AND w.state = 'waiting' WHERE ep.removed_at <> 0 LIMIT +?)`, micros(tx.Now), batch)
	})
}

// forgetDeliveries drops what was delivered or given up long ago.
func (db *DB) forgetDeliveries(ctx context.Context, now time.Time) error {
	return db.inBatches(ctx, func(tx *Tx) (sql.Result, error) {
		return tx.exec(`DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE done_at <> 0 AND done_at < ? ORDER BY done_at LIMIT +?)`,
			micros(now.Add(-deliveredKept)), batch)
	})
}

// batch is how many rows go in one piece of work: a million at once would hold up
// every officer for seconds.
const batch = 500

func (db *DB) inBatches(ctx context.Context, change func(*Tx) (sql.Result, error)) error {
	for {
		var n int64
		err := db.Do(ctx, func(tx *Tx) error {
			res, err := change(tx)
			if err == nil {
				n, err = res.RowsAffected()
			}
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}
