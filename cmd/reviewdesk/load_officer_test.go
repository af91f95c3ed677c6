//go:build linux

package main_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"reviewdesk/review"
)

// How an officer works: the acts, and what each page and answer must be.

// opened is a case on the screen.
type opened struct {
	id, short string
	version   int64
	doc       *goquery.Document
	form      url.Values
	answers   string // where its form goes: decision or confirm; "" for nowhere
}

// signIn opens the form, sends it and comes to the queue.
func (o *officer) signIn() error {
	a, err := o.ask("sign in (form)", http.MethodGet, "/signin", nil)
	if err != nil || a.StatusCode != http.StatusOK {
		return fmt.Errorf("the form to sign in: %v, %w", a.Response, err)
	}
	to, err := o.send(kindSignIn, "/signin", url.Values{"email": {o.email}, "password": {officersPassword}})
	for errors.As(err, new(busy)) {
		o.turnedAway++
		time.Sleep(err.(busy).wait)
		to, err = o.send(kindSignIn, "/signin", url.Values{"email": {o.email}, "password": {officersPassword}})
	}
	if err != nil {
		return err
	}
	if a, err = o.ask("start", http.MethodGet, to, nil); err != nil || a.Header.Get("Location") != "/queue" {
		return fmt.Errorf("signed in, and sent to %q: %w", a.Header.Get("Location"), err)
	}
	page, err := o.look(kindQueue, "/queue")
	if err != nil {
		return err
	}
	for selector, is := range map[string][2]string{"link[rel=stylesheet]": {"href", "text/css"}, "script[src]": {"src", "text/javascript"}, "link[rel=icon]": {"href", "image/svg+xml"}} {
		for _, path := range linked(page, selector, is[0]) {
			if err := o.fetch(kindStatic, path, is[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// done reports whether the officer goes home.
func (o *officer) done() bool {
	return o.c.over() || o.c.each > 0 && o.decisions >= o.c.each || o.turns > 1000
}

// turn is what is done from the list on, until the officer comes back to it.
func (o *officer) turn() error {
	o.turns++
	if o.senior {
		if err := o.secondWord(); err != nil {
			return err
		}
	}
	if _, err := o.look(kindQueue, "/queue"); err != nil {
		return err
	}
	o.pause(0.2)
	to, err := o.send("review next", "/queue/next", url.Values{"return": {"/queue"}})
	if err != nil {
		return err
	}
	id, err := o.given(to)
	if id == "" && err == nil {
		o.turns += 100 // nobody waits: the rest of the day is for other things
		o.told = "Nobody is waiting"
		_, err = o.look(kindQueue, to)
		return err
	}
	for n := 0; id != "" && err == nil; n++ {
		// A senior looks more often at what waits for a second word.
		if id, err = o.handle(id, n >= 10 || n >= 2 && o.senior || o.done()); err != nil {
			o.c.lets(id)
		}
	}
	return err
}

// pause is a share of the time that somebody looks at a case.
func (o *officer) pause(part float64) {
	least, most := o.c.think[0], o.c.think[1]
	time.Sleep(time.Duration(part * float64(least+time.Duration(o.r.Int64N(int64(most-least)+1)))))
}

// given reads which case an answer leads to, and notes that the officer holds it.
// None is the list.
func (o *officer) given(to string) (id string, err error) {
	u, err := url.Parse(to)
	if err != nil || u.Path == "/queue" {
		return "", err
	}
	id, is := strings.CutPrefix(u.Path, "/verifications/")
	if !is || strings.Contains(id, "/") {
		return "", fmt.Errorf("sent to %s", to)
	}
	if err := o.c.takes(o, id); err != nil {
		return "", err
	}
	o.said = append(o.said, said{string(review.EventClaimed), id})
	return id, nil
}

// handle looks at a case that the officer holds and does something about it. It gives
// the case that comes next; none where the officer goes back to the list.
func (o *officer) handle(id string, back bool) (next string, err error) {
	p, err := o.open(id)
	if err != nil {
		return "", err
	}
	if p.answers != "decision" {
		return "", fmt.Errorf("case %s was given, and cannot be decided: its form goes to %q", id, p.answers)
	}
	o.pause(1)
	o.cases++
	switch {
	case back:
		return "", o.release(p)
	case o.each(12):
		return o.skip(p)
	case o.each(9):
		if p, err = o.note(p); err != nil {
			return "", err
		}
	}
	next, outright, err := o.decide(p)
	if err != nil || !outright || !o.each(7) {
		return next, err
	}
	return o.thinkAgain(p, next)
}

// each picks one case in n, another one for each officer.
func (o *officer) each(n int) bool { return (o.cases+o.n)%n == 0 }

// open looks at a case: the page must be its own, as this officer last left it.
func (o *officer) open(id string) (p opened, err error) {
	p.id = id
	if p.doc, err = o.look(kindCase, "/verifications/"+id); err != nil {
		return p, err
	}
	wrong := func(what string, got any) error { return fmt.Errorf("case %s: %s %v", id, what, got) }
	if here := p.doc.Find(".subject").AttrOr("data-here", ""); here != "/verifications/"+id {
		return p, wrong("the page is of", here)
	}
	p.short = p.doc.Find(".subject .facts .mono").First().Text()
	shown := p.doc.Find("section.decide header .num").Text()
	if p.version, err = strconv.ParseInt(strings.TrimPrefix(shown, "Version "), 10, 64); err != nil {
		return p, err
	}
	if last := o.versions[id]; p.version < last {
		return p, wrong(fmt.Sprintf("this officer made version %d, the page shows", last), p.version)
	}
	for _, path := range linked(p.doc, `img[src*="/pictures/"]`, "src") {
		if !strings.HasPrefix(path, "/verifications/"+id+"/") {
			return p, wrong("shows a picture of", path)
		}
		if err := o.fetch(kindPicture, path, "image/"); err != nil {
			return p, err
		}
	}
	form := p.doc.Find("form#decision")
	if form.Length() == 0 {
		return p, nil
	}
	p.form = fields(p.doc)
	action, is := strings.CutPrefix(form.AttrOr("action", ""), "/verifications/"+id+"/")
	if !is || p.form.Get("version") != strconv.FormatInt(p.version, 10) {
		return p, wrong("its form is of", form.AttrOr("action", "")+", version "+p.form.Get("version"))
	}
	p.answers = action
	if held := p.doc.Find(".owner.claimed").Text(); action == "decision" && !strings.Contains(held, "Yours for") {
		return p, wrong("is not this officer's:", held)
	}
	return p, nil
}

// stands checks that the case has the very version that this officer left it at:
// nobody else can have changed it meanwhile.
func (o *officer) stands(p opened) error {
	if want := o.versions[p.id]; p.version != want {
		return fmt.Errorf("case %s: version %d, want %d", p.id, p.version, want)
	}
	return nil
}

// did notes what the desk says is done.
func (o *officer) did(kind review.EventKind, p opened, version int64) {
	o.said = append(o.said, said{string(kind), p.id})
	o.versions[p.id] = version
}

// beside is a form beside the decision's, which takes the untouched decision along.
func (p opened) beside(field, text string) url.Values {
	form := maps.Clone(p.form)
	form.Set(field, text)
	return form
}

// note writes a note and finds it in the history.
func (o *officer) note(p opened) (opened, error) {
	text := fmt.Sprintf("%s looked twice, in turn %d.", o.name, o.turns)
	to, err := o.send("note", "/verifications/"+p.id+"/note", p.beside("add_note", text))
	if err != nil {
		return p, err
	}
	if !strings.HasPrefix(to, "/verifications/"+p.id) {
		return p, fmt.Errorf("after a note on %s: sent to %s", p.id, to)
	}
	o.did(review.EventNoted, p, p.version)
	o.told = "Note added."
	again, err := o.open(p.id)
	if err != nil {
		return p, err
	}
	if history := again.doc.Find("#history li").Text(); !strings.Contains(history, text) {
		return p, fmt.Errorf("case %s: the note is not in its history", p.id)
	}
	o.pause(0.3)
	return again, o.stands(again)
}

// skip gives the case back; it does not come to the same officer again today.
func (o *officer) skip(p opened) (next string, err error) {
	o.c.lets(p.id)
	to, err := o.send("skip", "/verifications/"+p.id+"/skip", p.beside("skip.reason", "Needs somebody who reads the script."))
	if err != nil {
		return "", err
	}
	o.did(review.EventSkipped, p, p.version)
	o.told = p.short + " skipped."
	next, err = o.given(to)
	if err == nil && next == p.id {
		return "", fmt.Errorf("case %s came back to the officer who had skipped it", p.id)
	}
	if next == "" && err == nil {
		_, err = o.look(kindQueue, to)
	}
	return next, err
}

// release gives the case back without a word.
func (o *officer) release(p opened) error {
	o.c.lets(p.id)
	if _, err := o.send("release", "/verifications/"+p.id+"/release", p.form); err != nil {
		return err
	}
	o.did(review.EventReleased, p, p.version)
	return nil
}

// decide sends the decision. The answer leads to the next case; outright tells that no
// second person is asked.
func (o *officer) decide(p opened) (next string, outright bool, err error) {
	action := o.chooses(p)
	form := p.form
	form.Set("action", action)
	form.Set("note", o.name+" compared the document with the answers.")
	grounds := p.doc.Find(`[data-grounds="` + action + `"] input[name=ground]`)
	form.Set("ground", grounds.First().AttrOr("value", ""))
	if action == "approve" {
		for _, field := range linked(p.doc, `input[name^="finding."]`, "name") {
			form.Set(field, "cleared")
		}
		for _, field := range linked(p.doc, `[type=checkbox][name^="evidence."]`, "name") { // a grave finding rests on more than its own result
			form.Set(field, p.doc.Find(`[name="`+field+`"]:not([value=""]):not([value=provider])`).First().AttrOr("value", "provider"))
		}
	} else {
		form.Set("ground", grounds.Last().AttrOr("value", ""))
	}
	outright = p.doc.Find(`form#decision > .banner[data-is=crit]`).Length() == 0
	o.c.lets(p.id)
	to, err := o.send("decision", "/verifications/"+p.id+"/decision", form)
	if err != nil {
		return "", false, err
	}
	o.decisions++
	kind, words := review.EventDecided, map[string]string{"approve": " approved.", "reject": " rejected."}[action]
	if !outright {
		kind, words = review.EventProposed, " sent to second review."
	}
	o.did(kind, p, p.version+1)
	o.told = p.short + words
	next, err = o.given(to)
	if next == "" && err == nil {
		_, err = o.look(kindQueue, to)
	}
	return next, outright, err
}

// chooses approves what can be approved at once, six times in ten.
func (o *officer) chooses(p opened) string {
	barred := p.doc.Find(`form#decision input[value=approve][disabled]`).Length() > 0
	sheet := strings.Contains(p.doc.Find(".sheetline").Text(), "Worksheet needed")
	if barred || sheet || o.r.IntN(10) >= 6 {
		return "reject"
	}
	return "approve"
}
