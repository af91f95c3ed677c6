package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"reviewdesk/review"
)

// thinkAgain takes the last decision back from the next page, decides anew, and goes on
// with the case that was given meanwhile.
func (o *officer) thinkAgain(p opened, next string) (string, error) {
	if next == "" {
		return "", nil
	}
	page, err := o.open(next)
	if err != nil {
		return next, err
	}
	undo := "/verifications/" + p.id + "/undo"
	if page.doc.Find(`.toasts form[action="`+undo+`"]`).Length() != 1 {
		return next, fmt.Errorf("case %s: the next page does not offer to undo the decision", p.id)
	}
	time.Sleep(min(o.c.think[0], time.Second)) // it can be taken back for ten seconds
	to, err := o.send("undo", undo, url.Values{})
	if err != nil {
		return next, err
	}
	if to != "/verifications/"+p.id {
		return next, fmt.Errorf("after an undo of %s: sent to %s", p.id, to)
	}
	o.did(review.EventUndone, p, p.version+2)
	o.told = p.short + " taken back."
	if err := o.c.takes(o, p.id); err != nil {
		return next, err
	}
	again, err := o.open(p.id)
	if err == nil {
		err = o.stands(again)
	}
	if err != nil {
		return next, err
	}
	o.pause(0.3)
	claims := len(o.said)
	after, _, err := o.decide(again)
	if err != nil {
		return next, err
	}
	if after != next {
		return after, fmt.Errorf("holding %s, sent to %q", next, after)
	}
	o.said = append(o.said[:claims+1], o.said[claims+2:]...) // it was held already
	return next, nil
}

// secondWord is a senior's: to confirm somebody's proposal, or to send it back.
func (o *officer) secondWord() error {
	const list = "/queue?status=second_review"
	page, err := o.look(kindSecond, list)
	if err != nil {
		return err
	}
	waiting := linked(page, "tr[data-id]", "data-id")
	if len(waiting) == 0 {
		return nil
	}
	o.pause(0.2)
	p, err := o.open(waiting[o.r.IntN(len(waiting))])
	if err != nil || p.answers != "confirm" { // their own proposal, or somebody was first
		return err
	}
	o.pause(1)
	kind, act := review.EventConfirmed, "confirm"
	if o.words++; o.words%4 == 2 {
		kind, act = review.EventReturned, "return"
	}
	p.form.Set("note", o.name+" judged the evidence anew.")
	_, err = o.send(act, "/verifications/"+p.id+"/"+act, p.form)
	var no refused
	if errors.As(err, &no) && no.a.StatusCode == http.StatusConflict {
		return nil // another senior was first: the log must name one
	}
	if err != nil {
		return err
	}
	o.did(kind, p, p.version+1)
	o.told = p.short
	_, err = o.look(kindSecond, list)
	return err
}
