package audit

import (
	"cmp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"
)

// headJob is a checkpoint of which all is known to be right but one signature.
type headJob struct {
	signed []byte // the note; its text comes first
	text   int    // how long that is
	sig    []byte
	key    note.Verifier
	before Report // as the walk stood before the checkpoint
	by     string // the witness whose cosignature it is; "" for the log's own
}

func (j headJob) holds() bool { return j.key.Verify(j.signed[:j.text], j.sig) }

// earlier reports whether a walk alone would have met j before o.
func (j headJob) earlier(o headJob) bool {
	return cmp.Or(cmp.Compare(j.before.Entries, o.before.Entries), strings.Compare(j.by, o.by)) < 0
}

func (j headJob) fault() error {
	if j.by != "" {
		return badCosignature(j.before.Entries, j.by, "it does not hold")
	}
	_, err := openStored(j.signed, note.VerifierList(j.key))
	return fault(FaultSignature, j.before.Entries, "the checkpoint of size %d: %v", j.before.Entries, err)
}

// jobsTogether is how many signatures a worker is handed at once.
const jobsTogether = 16

// checker checks signatures behind the walk, on all processors. It remembers the bad
// one with the smallest size: the first that a walk alone would have met.
type checker struct {
	jobs   chan []headJob
	some   []headJob // not yet handed on
	wait   sync.WaitGroup
	failed atomic.Bool

	mu  sync.Mutex
	bad *headJob
}

func newChecker() *checker {
	c := &checker{jobs: make(chan []headJob, 4*runtime.GOMAXPROCS(0))}
	for range runtime.GOMAXPROCS(0) {
		c.wait.Go(func() {
			for some := range c.jobs {
				c.check(some)
			}
		})
	}
	return c
}

func (c *checker) check(some []headJob) {
	for i := range some {
		if some[i].holds() {
			continue
		}
		c.mu.Lock()
		if c.bad == nil || some[i].earlier(*c.bad) {
			c.bad = &some[i]
		}
		c.mu.Unlock()
		c.failed.Store(true)
		return // what follows is of larger sizes
	}
}

// add hands a checkpoint over. Once one was found bad, it asks the walk to stop.
func (c *checker) add(j headJob) error {
	if c.failed.Load() {
		return errStopped
	}
	if c.some = append(c.some, j); len(c.some) == jobsTogether {
		c.jobs <- c.some
		c.some = make([]headJob, 0, jobsTogether)
	}
	return nil
}

// finish waits for all that was handed over and returns the first bad one.
func (c *checker) finish() *headJob {
	c.jobs <- c.some
	close(c.jobs)
	c.wait.Wait()
	return c.bad
}
