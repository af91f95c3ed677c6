package web

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// LookReport tells a person when their data was looked at and for what, and names
// nobody of the team.
type LookReport struct {
	Name  string
	Made  time.Time
	Cases int
	Rows  []LookRow // oldest first
}

// LookRow is one look. Which way a decision went is not in it: the person hears of that
// from the platform, and of none that was proposed only or taken back.
type LookRow struct {
	At      time.Time // UTC
	What    string
	Purpose string
	Case    string // short id; "" for a list that may have held several
}

// NewLookReport makes the report of a case's person, over all their cases. That it
// was made is recorded first.
func NewLookReport(ctx context.Context, d *db.DB, by db.Actor, id, format string) (LookReport, error) {
	id, err := d.FindID(ctx, id)
	if err != nil {
		return LookReport{}, err
	}
	looks, err := d.Looks(ctx, by, id, format)
	if err != nil {
		return LookReport{}, err
	}
	r := LookReport{Name: visible(looks.Name), Made: looks.At, Cases: len(looks.Cases)}
	for _, e := range looks.Seen {
		r.Rows = append(r.Rows, lookRow(e))
	}
	for _, e := range looks.Exports {
		if mayHold(e.Note, looks.Cases) {
			r.Rows = append(r.Rows, exportRow(e))
		}
	}
	slices.SortStableFunc(r.Rows, func(a, b LookRow) int { return a.At.Compare(b.At) })
	return r, nil
}

// What a look is for.
const (
	forReview   = "Reviewing the identity verification"
	forAudit    = "Checking the work of the desk"
	forPlatform = "Telling the platform that asked for the verification"
	forAnswer   = "Answering who has seen this data"
	forFile     = "Keeping the record of the decision"
)

func lookRow(e db.LogEntry) LookRow {
	row := LookRow{At: e.Time, Purpose: forReview, Case: shortID(e.Provider, e.Object)}
	if e.Actor.Role == string(review.RoleAuditor) {
		row.Purpose = forAudit
	}
	switch review.EventKind(e.Action) {
	case review.EventViewed:
		row.What = viewedWords(e)
		if byProgram(e) {
			row.Purpose = forPlatform
		}
	case review.EventRevealed:
		row.What = fieldWords(fact(e, "field")) + " shown in full"
		row.Purpose += "; a reason was given and is on record"
	case review.EventProposed:
		row.What = "A decision was proposed"
	case review.EventDecided:
		row.What = "A decision was taken"
	case review.EventConfirmed:
		row.What = "A decision was confirmed by a second person"
	case review.EventReturned:
		row.What = "A proposed decision was sent back for another look"
	case review.EventExported:
		row.What, row.Purpose = "Exported", forAudit
		switch fact(e, "what") {
		case db.ExportLooks:
			row.What, row.Purpose = "A report like this one was made", forAnswer
		case db.ExportPacket:
			row.What, row.Purpose = "The record of the decision left the desk as "+strings.ToUpper(visible(fact(e, "format"))), forFile
		}
	}
	return row
}

func viewedWords(e db.LogEntry) string {
	switch what := fact(e, "what"); what {
	case "", "case":
		return "The case was opened"
	case "picture":
		return "A picture of the document or the face was opened"
	case "attachment":
		return "A file that an officer had attached was opened"
	case "api":
		return "The personal data was read by a program, through the API"
	default:
		return "Opened: " + strings.ReplaceAll(visible(what), "_", " ")
	}
}

func exportRow(e db.LogEntry) LookRow {
	what := "A list that may have held this data, masked, left the desk as " + strings.ToUpper(visible(fact(e, "format")))
	if fact(e, "stage") == "aborted" {
		what += " (broken off)"
	}
	return LookRow{At: e.Time, What: what, Purpose: "Reporting to those responsible for the desk"}
}

// mayHold reports whether a list with this filter can have held one of the cases.
// Only what never changes about a case can rule it out.
func mayHold(filter string, cases []db.LookedAt) bool {
	q, err := url.ParseQuery(filter)
	if err != nil {
		return true
	}
	q.Del("owner") // "me" is whoever made it, and owners come and go
	f, err := parseFilter(q, "")
	if err != nil {
		return true
	}
	return slices.ContainsFunc(cases, func(c db.LookedAt) bool {
		outside := f.Provider != "" && f.Provider != c.Provider ||
			!f.From.IsZero() && c.Created.Before(f.From) || !f.To.IsZero() && !c.Created.Before(f.To)
		return !outside
	})
}

// WriteCSV writes the report as a table.
func (r LookReport) WriteCSV(w io.Writer) error {
	var b bytes.Buffer
	csvLine(&b, []string{"time", "what", "purpose", "case"})
	for _, row := range r.Rows {
		csvLine(&b, []string{utcTime(row.At), row.What, row.Purpose, row.Case})
	}
	_, err := w.Write(b.Bytes())
	return err
}
