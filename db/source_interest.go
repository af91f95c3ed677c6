package db

import (
	"bytes"
	"fmt"

	"reviewdesk/audit"
	"reviewdesk/review"
)

// declared is what is known of one person's declared interests.
type declared struct {
	last int64 // the newest event
	open int   // declared and not withdrawn, by the events
	rows int
}

// holdInterests holds who must not get whose cases against the log. The events do not
// say who was declared, so that nobody reads it there: they say how many, and the row says
// when. A row must open, and its digest be that of its words.
func (s source) holdInterests() (r audit.Report, err error) {
	all := map[string]*declared{}
	of := func(account string) *declared {
		if all[account] == nil {
			all[account] = &declared{}
		}
		return all[account]
	}
	if err := s.entriesOf(review.EventInterest, func(e *audit.Entry) error {
		d := of(e.Object)
		d.last = e.Seq
		if factsOf(e, "change") == "withdrawn" {
			d.open--
		} else {
			d.open++
		}
		return nil
	}); err != nil {
		return r, err
	}
	rows, err := s.beside.rows(`SELECT i.account, i.digest, i.sealed, EXISTS (SELECT 1 FROM audit_entry e WHERE e.kind = ? AND +e.actor = i.account AND +e.at = i.at) FROM interest i`,
		string(review.EventInterest))
	if err != nil {
		return r, err
	}
	if err := eachRow(rows, func() error {
		var account string
		var digest, sealed []byte
		var said bool
		err := rows.Scan(&account, &digest, &sealed, &said)
		d := of(account)
		d.rows++
		words, closed := unsealWith(s.db.DeriveKey(deskWords, 32), interestPlace(account), sealed)
		if !said || closed != nil || !bytes.Equal(s.db.likeness(string(words)), digest) {
			r = audit.Report{Fault: audit.FaultAccount, Seq: d.last, Detail: "an interest of account " + account + " is not one that it declared"}
		}
		return err
	}); err != nil || r.Fault != audit.FaultNone {
		return r, err
	}
	for account, d := range all {
		if d.rows != d.open && (r.Fault == audit.FaultNone || d.last < r.Seq) {
			r = audit.Report{Fault: audit.FaultAccount, Seq: d.last, Detail: fmt.Sprintf("account %s has %d declared interests, %d by the events", account, d.rows, d.open)}
		}
	}
	return r, nil
}
