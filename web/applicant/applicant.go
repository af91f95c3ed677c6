// Package applicant is the desk's side that the person sees who is verified. It has
// a room of its own, so that what strangers may open can reach nothing that people
// of the desk have: no session, no cookie, no right, nothing of the pages.
//
// For now it says what to do next. Documents will be taken here later.
//
// It tells nobody how a case stands. Whoever guesses at ids reads of one that does
// not exist what is read of one that waits.
package applicant

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review/coinify"
)

// Step is what the applicant does next.
type Step struct {
	Back string // the platform's address, byte for byte; "": not known, or not yet
	Host string // its host, in words; "" without Back
}

// Next is the step of the applicant of a case. A case that does not exist has the
// step of one that waits.
func Next(ctx context.Context, d *db.DB, id string) (Step, error) {
	v, err := d.Peek(ctx, strings.ToLower(id))
	if errors.Is(err, db.ErrNotFound) {
		return Step{}, nil
	}
	if err != nil {
		return Step{}, err
	}
	back := coinify.Return(v)
	u, err := url.Parse(back)
	if back == "" || err != nil {
		return Step{}, nil // no address that can be read was ever taken
	}
	return Step{Back: back, Host: u.Hostname()}, nil
}
