package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"reviewdesk/cmd/reviewdesk/synthetic"
	"reviewdesk/db"
	"reviewdesk/review"
)

// generatedPeople are the team of a generated desk. Nobody has a password: who wants to
// sign in as one of them gets a link from reviewdesk user reset.
var generatedPeople = []demoPerson{
	{"Amina Yusuf", "amina@generated.example", review.RoleReviewer},
	{"Bo Lindgren", "bo@generated.example", review.RoleReviewer},
	{"Carla Esposito", "carla@generated.example", review.RoleReviewer},
	{"Dmitri Volkov", "dmitri@generated.example", review.RoleReviewer},
	{"Eun-ji Park", "eunji@generated.example", review.RoleReviewer},
	{"Farid Rahimi", "farid@generated.example", review.RoleReviewer},
	{"Grace Adeyemi", "grace@generated.example", review.RoleSenior},
	{"Henrik Dahl", "henrik@generated.example", review.RoleSenior},
}

// generatedAdmin is the first admin of a workspace that generate has made.
var generatedAdmin = demoPerson{"Irina Admin", "admin@generated.example", review.RoleAdmin}

// fill fills a desk that holds nothing yet. Where there is no workspace it makes one
// whose log begins with the oldest case: a log never goes back in time, so a desk that
// was made a moment ago can only be told all of it since that moment.
func (c generateCmd) fill(a *app) (err error) {
	stock := synthetic.NewStock(synthetic.Options{Seed: c.Seed, Start: c.until()}, c.Cases)
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	lock, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	p, err := c.prepare(a, stock)
	if err != nil {
		return err
	}
	// What lives is little and what is thrown away much: fewer collections, for some memory.
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	bar := newProgress(a.err, "generate", "cases", int64(c.Cases))
	f := db.Filling{By: db.System("generate"), Next: p.next, Moved: bar.add, Stage: func(what string) { bar.say("Cases are in; now %s.", what) }}
	err = db.Fill(a.ctx, c.Data, settings{anchor: c.Anchor, log: a.log}.options(), f)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "new %d\nupdated 0\n", c.Cases)
	return nil
}

// prepare makes the workspace if there is none, and its team, and sees where its log
// stands.
func (c generateCmd) prepare(a *app, stock *synthetic.Stock) (p *pasts, err error) {
	p = &pasts{stock: stock, seed: c.Seed, cases: c.Cases}
	p.from, p.to = stock.Span()
	s := settings{anchor: c.Anchor, log: a.log}
	people := generatedPeople
	if !hasWorkspace(c.Data) {
		s.clock = func() time.Time { return p.from.Add(-time.Hour) }
		if err := db.Init(a.ctx, c.Data, "Generated workspace", s.options()); err != nil {
			return nil, err
		}
		people = append([]demoPerson{generatedAdmin}, people...)
		defer fmt.Fprintf(a.err, "A new workspace. A link to sign in: reviewdesk user reset --data %s %s\n", c.Data, generatedAdmin.email)
	}
	d, err := db.Open(a.ctx, c.Data, s.options())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.MayFill(a.ctx); err != nil {
		return nil, err
	}
	if err := p.hire(a, d, people); err != nil {
		return nil, err
	}
	if _, p.since, err = d.Checkpointed(a.ctx); err == nil && p.since.After(c.until()) {
		err = fmt.Errorf("the log of this desk goes on from %s, which is after --end", p.since.Format(time.RFC3339))
	}
	p.until = c.until()
	return p, err
}

// hire adds the team, but for those who are there from a run that did not end.
func (p *pasts) hire(a *app, d *db.DB, people []demoPerson) error {
	for _, who := range people {
		account, err := d.AccountByEmail(a.ctx, who.email)
		if errors.Is(err, db.ErrNotFound) {
			account, _, err = d.AddAccount(a.ctx, db.System("generate"), db.NewAccount{Email: who.email, Name: who.name, Role: who.role})
		}
		if err != nil {
			return err
		}
		by := db.Actor{Kind: "person", Person: account.Person, Address: "127.0.0.1", Factors: []string{"password"}}
		switch account.Role {
		case review.RoleReviewer:
			p.reviewers = append(p.reviewers, by)
		case review.RoleSenior:
			p.seniors = append(p.seniors, by)
		}
	}
	if len(p.reviewers) == 0 || len(p.seniors) == 0 {
		return errors.New("the generated people have other roles by now")
	}
	return nil
}
