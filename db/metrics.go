package db

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"reviewdesk/review"
)

// Histogram counts values by the bound under which they fall, as Prometheus does. It is
// safe for concurrent use.
type Histogram struct {
	bounds []float64 // upper bounds, rising; the last bucket has none
	counts []atomic.Int64
	sum    atomic.Int64 // in millionths
}

// NewHistogram makes an empty one.
func NewHistogram(bounds ...float64) *Histogram {
	return &Histogram{bounds: bounds, counts: make([]atomic.Int64, len(bounds)+1)}
}

// Observe counts one value.
func (h *Histogram) Observe(v float64) {
	i := 0
	for i < len(h.bounds) && v > h.bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(v * 1e6))
}

// Count is how many values there are in all.
func (h *Histogram) Count() int64 {
	n, _ := h.Read(func(float64, int64) {})
	return n
}

// Read calls bucket with each bound and how many values lie under it, and returns how
// many there are in all and their sum.
func (h *Histogram) Read(bucket func(bound float64, n int64)) (n int64, sum float64) {
	for i := range h.counts {
		n += h.counts[i].Load()
		if i < len(h.bounds) {
			bucket(h.bounds[i], n)
		}
	}
	return n, float64(h.sum.Load()) / 1e6
}

// commitMeter measures the writer.
type commitMeter struct{ took, together *Histogram }

func newCommitMeter() commitMeter {
	return commitMeter{NewHistogram(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5), NewHistogram(1, 2, 4, 8, 16, 32, 64, mostTogether)}
}

// Commits are how long commits took, in seconds, anchor included, and how many pieces
// of work shared each.
func (db *DB) Commits() (took, together *Histogram) { return db.commits.took, db.commits.together }

// QueueDepth is how many cases of a provider have a status, and when the oldest of them
// was made; only of those that wait for a person, and zero for others.
type QueueDepth struct {
	Provider review.Provider
	Status   review.Status
	N        int64
	Oldest   time.Time
}

// Metrics is how the desk stands, for those who watch it.
type Metrics struct {
	Queue         []QueueDepth
	Decided       int64 // ever, as the kept figures have it
	Approved      int64
	Events        int64     // in the log
	Anchored      int64     // of them, under the anchor's newest head
	Outbox        int       // messages not sent yet, up to [CountCap] and one more
	OutboxSince   time.Time // of the oldest of them
	DatabaseBytes int64
	LogBytes      int64 // of the write-ahead log
	AnchorBytes   int64
	Witnesses     Witnesses
}

// oldestWaiting is when the oldest delivery that waits was written: it is the first of
// one endpoint's line.
const oldestWaiting = `(SELECT COALESCE(MIN((SELECT w.created_at FROM delivery w WHERE w.endpoint = ep.id AND w.state = 'waiting' ORDER BY w.id LIMIT 1)), 0) FROM endpoint ep)`

// Metrics reads them from indexes and kept counters.
func (db *DB) Metrics(ctx context.Context) (m Metrics, err error) {
	q := db.read(ctx)
	if m.Witnesses, err = witnesses(q); err != nil {
		return m, err
	}
	if m.Events, _, err = newestEvent(q); err != nil {
		return m, err
	}
	head, _, err := db.lastAnchored()
	if err != nil {
		return m, err
	}
	m.Anchored = min(head.Size, m.Events) // it may have moved on meanwhile
	if err = q.row(`SELECT COALESCE(SUM(decided), 0), COALESCE(SUM(approved), 0) FROM tally`).Scan(&m.Decided, &m.Approved); err != nil {
		return m, err
	}
	var since int64
	if err = q.row(`SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE state = 'waiting' LIMIT +?)), `+oldestWaiting, CountCap+1).Scan(&m.Outbox, &since); err != nil {
		return m, err
	}
	m.OutboxSince = fromMicros(since)
	m.DatabaseBytes, m.LogBytes = fileSize(filepath.Join(db.dir, databaseFile)), fileSize(filepath.Join(db.dir, databaseFile+"-wal"))
	m.AnchorBytes = fileSize(db.opts.Anchor)
	m.Queue, err = queueDepths(q)
	return m, err
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func queueDepths(q querier) (out []QueueDepth, err error) {
	rows, err := q.rows(`SELECT provider, status, n FROM counter ORDER BY provider, status`)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func() error {
		var d QueueDepth
		err := rows.Scan(&d.Provider, &d.Status, &d.N)
		out = append(out, d)
		return err
	})
	for i := range out {
		if err == nil && out[i].N > 0 {
			err = out[i].readOldest(q)
		}
	}
	return out, err
}

// oldestOpen is one look into the index of what is open. The index is used only where
// its own condition stands in the statement word for word.
const oldestOpen = `SELECT COALESCE(MIN(created_at), 0) FROM verification
	WHERE status IN ('in_review', 'second_review') AND provider = ? AND status = ?`

func (d *QueueDepth) readOldest(q querier) error {
	if !d.Status.Open() {
		return nil
	}
	var at int64
	err := q.row(oldestOpen, string(d.Provider), string(d.Status)).Scan(&at)
	d.Oldest = fromMicros(at) // none: decided meanwhile
	return err
}
