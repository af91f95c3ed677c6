package db

import (
	"context"
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
	now := db.Now()
	a, err = scanAccount(db.brief(ctx).row(`SELECT `+accountColumns+`, s.seen_at FROM session s JOIN account a ON a.id = s.account
		WHERE s.token = ? AND s.account = ? AND s.ended_at = 0 AND s.expires_at > ? AND s.seen_at > ?`,
		secretDigest(token), accountID, micros(now), micros(now.Add(-SessionIdle))).Scan, &seen)
	if err != nil {
		return Account{}, 0, err
	}
	if !a.Active() {
		return Account{}, 0, ErrNotFound
	}
	return a, seen, nil
}
