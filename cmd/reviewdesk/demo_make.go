package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"reviewdesk/cmd/reviewdesk/synthetic"
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
)

// demoSeed makes the same people on every machine.
const demoSeed = 1

// lived is how long the demo's desk has been at work when it first starts.
const lived = 8 * 24 * time.Hour

// storyClock is a clock that the story of the demo turns on.
type storyClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *storyClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// turn sets the clock, never back.
func (c *storyClock) turn(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if to.After(c.at) {
		c.at = to
	}
}

// makeDemo makes the workspace and lets its last week happen: cases come in at
// their times and the officers work, all through the methods that the pages use,
// under a clock that ends at start. Pictures are drawn meanwhile.
func makeDemo(a *app, dir string, cases int, start time.Time) (err error) {
	ctx, stop := context.WithCancel(a.ctx)
	defer stop()
	coming := drawCases(ctx, cases, start)
	hash := make(chan hashed, 1)
	go func() {
		text, err := hashPassword(demoPassword)
		hash <- hashed{text, err}
	}()
	clock := &storyClock{at: start.Add(-lived)}
	o := settings{clock: clock.now, log: a.log, sandbox: true}.options()
	if err := db.Init(ctx, dir, "Demo workspace", o); err != nil {
		return err
	}
	d, err := db.Open(ctx, dir, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	s := &story{ctx: ctx, desk: d, clock: clock, start: start, coming: coming}
	if s.team, err = addTeam(ctx, d, hash); err != nil {
		return err
	}
	f := newDemoFile()
	if err := f.programs(ctx, d); err != nil {
		return err
	}
	if err := s.tell(); err != nil {
		return err
	}
	return f.write(filepath.Join(dir, demoFileName))
}

type hashed struct {
	text string
	err  error
}

// addTeam adds the demo's people and lets each choose the password.
func addTeam(ctx context.Context, d *db.DB, hash <-chan hashed) (map[review.Role][]db.Actor, error) {
	password := <-hash
	if password.err != nil {
		return nil, password.err
	}
	team := map[review.Role][]db.Actor{}
	for _, p := range demoPeople {
		a, token, err := d.AddAccount(ctx, db.System("demo"), db.NewAccount{Email: p.email, Name: p.name, Role: p.role})
		if err == nil {
			a, err = d.RedeemLink(ctx, db.Actor{Address: "127.0.0.1"}, token, password.text)
		}
		if err != nil {
			return nil, err
		}
		team[p.role] = append(team[p.role], db.Actor{Kind: "person", Person: a.Person, Address: "127.0.0.1", Factors: []string{"password"}})
	}
	return team, nil
}

// arrival is a case on its way in, once its pictures are drawn.
type arrival struct {
	at   time.Time // when its provider sent it
	done chan struct{}
	in   db.Incoming
	err  error
}

// drawCases makes the cases in the order of their times, on every core. They are
// ready when done is closed.
func drawCases(ctx context.Context, n int, start time.Time) []*arrival {
	g := synthetic.New(synthetic.Options{Seed: demoSeed, Start: start})
	cases := make([]synthetic.Case, n)
	for i := range cases {
		cases[i] = g.Case(i)
	}
	slices.SortStableFunc(cases, func(a, b synthetic.Case) int { return a.Updated.Compare(b.Updated) })
	out := make([]*arrival, n)
	next := make(chan int)
	for i, c := range cases {
		out[i] = &arrival{at: c.Updated, done: make(chan struct{})}
	}
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for i := range next {
				out[i].draw(cases[i])
			}
		}()
	}
	go func() {
		defer close(next)
		for i := range cases {
			select {
			case next <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// draw makes the case's object and reads it as an import would. The pictures need
// no cleaning: they were encoded here.
func (a *arrival) draw(c synthetic.Case) {
	defer close(a.done)
	var object []byte
	if object, a.err = c.Illustrated(); a.err != nil {
		return
	}
	var vocabulary review.Vocabulary
	if vocabulary, a.err = providers.All.Of(c.Provider); a.err != nil {
		return
	}
	a.in.Verification, a.in.Pictures, a.err = vocabulary.Parse(object)
}

// wait returns the case when it is ready.
func (a *arrival) wait(ctx context.Context) (db.Incoming, error) {
	select {
	case <-a.done:
		return a.in, a.err
	case <-ctx.Done():
		return db.Incoming{}, ctx.Err()
	}
}
