package db

import (
	"context"
	"strings"
	"sync"
	"time"
)

// What pages show beside their lists (counts, figures of the day, countries, people) is
// read once for each commit that could have changed it, and not once for each page. The
// process holds the workspace's lock, so its one writer is the only one who changes
// anything: as long as no commit came that touched more than the log, what was read
// before is what would be read now. What depends on the clock besides says until when
// it holds.

// mostKept bounds how many values are kept: some are one person's own.
const mostKept = 1000

// keptValues are those that were read, by name.
type keptValues struct {
	mu  sync.Mutex
	all map[string]*keptValue
}

// keptValue is one of them. Its lock is held while it is read, so that many pages that
// want it at once read it once.
type keptValue struct {
	mu          sync.Mutex
	value       any
	known       bool
	edition     int64 // [DB.edition] when it was read
	from, until time.Time
}

// lasting is a value that does not depend on the clock.
var lasting time.Time

func (k *keptValues) named(name string) *keptValue {
	k.mu.Lock()
	defer k.mu.Unlock()
	v := k.all[name]
	if v == nil {
		if k.all == nil || len(k.all) >= mostKept {
			k.all = map[string]*keptValue{}
		}
		v = &keptValue{}
		k.all[name] = v
	}
	return v
}

// keep gives what read reads, which holds until the next commit and, unless it is
// [lasting], from now to the time that read says. The value is shared: nobody changes it.
func keep[T any](ctx context.Context, db *DB, name string, read func(q querier, now time.Time) (T, time.Time, error)) (T, error) {
	v := db.kept.named(name)
	v.mu.Lock()
	defer v.mu.Unlock()
	edition, now := db.edition.Load(), db.Now() // before reading: what is read may be newer, never older
	if v.known && v.edition == edition && (v.until.IsZero() || !now.Before(v.from) && now.Before(v.until)) {
		return v.value.(T), nil
	}
	v.known = false
	value, until, err := read(db.read(ctx), now)
	if err == nil {
		v.value, v.known, v.edition, v.from, v.until = value, true, edition, now, until
	}
	return value, err
}

// onlyLogged are the beginnings of the statements that change nothing which is kept:
// the log itself, that a session is alive, and that a mention was seen (by most looks
// at a case none is: what sees one says so itself).
var onlyLogged = []string{"SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "INSERT INTO audit_", "INSERT INTO commitment_key",
	"UPDATE session SET seen_at", "UPDATE mention SET seen_at"}

// changes reports whether a statement of the writer may change something that is kept.
// One that nobody thought of does.
func changes(query string) bool {
	for _, beginning := range onlyLogged {
		if strings.HasPrefix(query, beginning) {
			return false
		}
	}
	return true
}
