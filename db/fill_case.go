package db

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// maker makes the rows of cases with their pasts. Their numbers are counted here, and
// so is what the triggers of table verification count.
type maker struct {
	db     *DB
	by     Actor
	policy review.Policy
	signer note.Signer

	frontier *audit.Frontier
	last     time.Time // of the newest event
	cases    int64     // made so far: the last one's number, and its person's
	decided  int64     // decisions made so far
	told     int64     // rows of the outbox

	kept     *kept
	likeness likenessRows
}

// newMaker begins where the log stands.
func (db *DB) newMaker(policy review.Policy, f Filling) (*maker, error) {
	signer, err := note.NewSigner(db.signingNow().skey)
	if err != nil {
		return nil, err
	}
	return &maker{db: db, by: f.By, policy: policy, signer: signer, frontier: db.frontier.Clone(), last: db.lastAt, kept: newKept()}, nil
}

// happening is an event of a case, with the number that it gets in the log.
type happening struct {
	of    *madeCase
	at    time.Time
	by    Actor
	event review.Event
	seq   int64
	entry audit.Entry
	body  []byte
	words []sealedWords
}

type sealedWords struct {
	field       string
	key, sealed []byte
}

// madeCase is a case with all that will stand in the tables because of it.
type madeCase struct {
	row      caseRow
	arrived  arrivedRow
	key      []byte // the person's
	wrapped  []byte
	history  []happening
	judged   int // which of them decided or proposed it; -1: none
	second   int // which of them confirmed it; -1: none
	search   string
	likeness []int64
	values   []any // of the row
}

// batch makes everything that some cases leave in the tables.
func (m *maker) batch(pasts []Past) (*batchRows, []searchDoc, error) {
	slices.SortStableFunc(pasts, func(a, b Past) int { return a.At.Compare(b.At) })
	made := make([]madeCase, len(pasts))
	if err := inParallel(len(pasts), func(i int) error {
		made[i] = madeCase{judged: -1, second: -1}
		return m.play(&made[i], m.cases+int64(i)+1, pasts[i])
	}); err != nil {
		return nil, nil, err
	}
	m.cases += int64(len(made))
	log, err := m.number(made)
	if err != nil {
		return nil, nil, err
	}
	if err := inParallel(len(made), func(i int) error { return made[i].write() }); err != nil {
		return nil, nil, err
	}
	return m.rows(made, log)
}

// inParallel does something for each of n, on every processor.
func inParallel(n int, do func(i int) error) error {
	var next atomic.Int64
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range errs {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && errs[w] == nil; i = int(next.Add(1)) - 1 {
				errs[w] = do(i)
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// play lets a case come in and everything happen to it that did.
func (m *maker) play(c *madeCase, number int64, p Past) (err error) {
	now := p.At.UTC().Truncate(time.Millisecond)
	v, _, event := review.Receive(nil, p.Verification, false, now, m.policy)
	v.Seq = number
	c.key = newSubjectKey()
	if c.wrapped, err = m.db.wrapKey(c.key); err != nil {
		return err
	}
	c.row = caseRow{v: v, subject: number, severity: m.policy.Catalogue().Worst(v.Provider, v.Findings)}
	if c.row.objectDigest, err = m.db.incomingDigest(Incoming{Verification: p.Verification}); err != nil {
		return err
	}
	if c.arrived, err = c.row.arrived(); err != nil {
		return err
	}
	stateMarks(&event, &c.row, c.arrived, nil, c.key)
	c.happened(now, m.by, event)
	for _, s := range p.Steps {
		if err := m.step(c, s); err != nil {
			return fmt.Errorf("%s of %s: %w", s.Kind, v.ID, err)
		}
	}
	c.search = searchWords(v)
	for _, l := range v.Likenesses(fold) {
		c.likeness = append(c.likeness, m.db.likenessDigest(l))
	}
	return nil
}

// judges reports whether the event is the case's decision or proposal.
func (h *happening) judges() bool { return h.of.judged >= 0 && h == &h.of.history[h.of.judged] }

// settles reports whether the case's decision stands with this event.
func (h *happening) settles() bool {
	c := h.of
	return c.row.v.Decision != nil && (c.second < 0 && h.judges() || c.second >= 0 && h == &c.history[c.second])
}

func (c *madeCase) happened(at time.Time, by Actor, e review.Event) {
	c.history = append(c.history, happening{of: c, at: at, by: by, event: loggable(e)})
}

// step is what [DB.Claim], [DB.Note], [DB.Decide] and [DB.Confirm] do, less the storage.
func (m *maker) step(c *madeCase, s Step) (err error) {
	r, now := &c.row, s.At.UTC().Truncate(time.Millisecond)
	if s.Kind == review.EventConfirmed && r.v.Status != review.StatusSecondReview {
		return nil
	}
	rules, err := m.db.rulesOf(r, m.policy, m.db.evidence(r, held{}))
	if err != nil {
		return err
	}
	var event review.Event
	switch s.Kind {
	case review.EventClaimed:
		r.v, event, err = r.v.Take(s.By.Person, now)
	case review.EventNoted:
		event, err = noted(r.v.ID, s.Note), review.CheckNote(s.Note)
	case review.EventDecided:
		event, err = c.decide(s, now, rules)
	case review.EventConfirmed:
		r.v, event, err = r.v.ConfirmProposal(r.v.Version, s.Note, s.By.Person, now, rules)
		c.second = len(c.history)
	default:
		err = errors.New("no step of a past")
	}
	if err != nil {
		return err
	}
	event.Facts = append(event.Facts, r.v.Renew(s.By.Person, now)...)
	c.happened(now, s.By, event)
	return nil
}

func (c *madeCase) decide(s Step, now time.Time, rules review.Rules) (event review.Event, err error) {
	if c.judged >= 0 {
		return event, errors.New("a past has one decision")
	}
	before := c.row.v
	s.Decision.Version = before.Version
	if c.row.v, event, err = before.Decide(s.Decision, s.By.Person, now, rules); err != nil {
		return event, err
	}
	seen, err := review.See(before, nil, rules.Catalogue).Words()
	event.Words = append(event.Words, seen)
	c.judged = len(c.history)
	return event, err
}

// number brings the events of some cases into the order of their times, which is the
// order of the log, and numbers them.
func (m *maker) number(made []madeCase) (log []*happening, err error) {
	for i := range made {
		for j := range made[i].history {
			log = append(log, &made[i].history[j])
		}
	}
	slices.SortStableFunc(log, func(a, b *happening) int { return a.at.Compare(b.at) })
	seq := m.frontier.Size()
	for _, h := range log {
		if h.at.Before(m.last) {
			return nil, fmt.Errorf("an event of %s comes after one of %s", audit.Stamp(h.at), audit.Stamp(m.last))
		}
		seq++
		h.seq, m.last = seq, h.at
		if h.judges() {
			m.decided++
			h.of.row.decision = m.decided
		}
	}
	for i := range made {
		made[i].row.objectEntry = made[i].history[0].seq
	}
	return log, nil
}

// write makes the entries and seals what is to be sealed, under the numbers given.
func (c *madeCase) write() (err error) {
	for i := range c.history {
		h := &c.history[i]
		var keys [][32]byte
		if h.entry, keys, err = newEntry(h.seq, h.at, h.by, h.event); err != nil {
			return err
		}
		if h.body, err = h.entry.Bytes(); err != nil {
			return err
		}
		for n, w := range h.event.Words {
			sealed, err := sealWith(c.key, wordsPlace(h.seq, w.Field), []byte(w.Text))
			if err != nil {
				return err
			}
			h.words = append(h.words, sealedWords{w.Field, keys[n][:], sealed})
		}
		slices.SortFunc(h.words, func(a, b sealedWords) int { return strings.Compare(a.field, b.field) })
	}
	c.values, err = c.row.caseValues(c.arrived, c.key)
	return err
}
