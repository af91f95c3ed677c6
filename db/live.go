package db

import (
	"context"
	"errors"
	"sync"
)

// live tells whoever listens that something was recorded. It says no more than that:
// who wants to know what, reads.
type live struct {
	mu sync.Mutex
	ch chan struct{}
}

// next is closed at the next commit.
func (l *live) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch == nil {
		l.ch = make(chan struct{})
	}
	return l.ch
}

func (l *live) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ch != nil {
		close(l.ch)
		l.ch = nil
	}
}

// Changed is closed once anything more has been recorded. To miss nothing, ask for it
// before reading.
func (db *DB) Changed() <-chan struct{} { return db.changes.next() }

// StillSignedIn finds whose living session a token is, and counts as no sign of life: for a
// page that listens while nobody may be in front of it. An ended one is [ErrNotFound].
func (db *DB) StillSignedIn(ctx context.Context, token, accountID string) (Account, error) {
	a, _, err := db.signedIn(ctx, token, accountID)
	return a, err
}

func (db *DB) signedIn(ctx context.Context, token, accountID string) (a Account, seen int64, err error) {
	q := db.read(ctx)
	if a, err = account(q, accountID); err != nil {
		return a, 0, err
	}
	err = q.row(`SELECT seen_at FROM session WHERE token = ? AND ended_at = 0 AND expires_at > ? AND seen_at > ?`,
		secretDigest(token), micros(db.Now()), micros(db.Now().Add(-SessionIdle))).Scan(&seen)
	if err != nil || !a.Active() {
		return a, 0, errors.Join(ErrNotFound, err)
	}
	return a, seen, nil
}
