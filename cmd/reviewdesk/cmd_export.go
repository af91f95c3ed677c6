package main

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"strings"
)

type exportCmd struct {
	dataFlag
	anchorFlag
	What   string `arg:"" enum:"verifications,audit" help:"One of ${enum}."`
	Format string `enum:"csv,ndjson,raw" default:"csv" help:"csv, ndjson (one object a line), or for the audit log raw: {\"seq\",\"entry\"} a line, the entry's exact bytes in base64."`

	Provider string `group:"Filters of verifications, as on the page" help:"cybrid or coinify."`
	Status   string `group:"Filters of verifications, as on the page" help:"all, open, decided, or one status. Default: all."`
	Severity string `group:"Filters of verifications, as on the page" help:"This grave or graver: critical, high, medium, low or info."`
	Country  string `group:"Filters of verifications, as on the page" help:"Two letters, such as ES."`
	Owner    string `group:"Filters of verifications, as on the page" help:"none, or a person's e-mail address or id."`
	Due      string `group:"Filters of verifications, as on the page" help:"over: past the target for a decision."`
	Work     string `group:"Filters of verifications, as on the page" help:"What waits beside the queue: escalated, aside or reopen."`
	Q        string `group:"Filters of verifications, as on the page" help:"Words of a name, an id or an e-mail address."`

	Code string `group:"Filters of both" help:"A failure code found; of the log, the entries that name it."`
	From string `group:"Filters of both" placeholder:"DATE" help:"From this day on, UTC."`
	To   string `group:"Filters of both" placeholder:"DATE" help:"To this day, UTC, included."`

	Actor string `group:"Filters of the audit log" help:"A person's e-mail address or id."`
	Kind  string `group:"Filters of the audit log" help:"A kind of event, such as decided."`
	Case  string `group:"Filters of the audit log" help:"A verification's id."`
}

// Validate refuses a format that the table does not come in, and a filter that it does
// not have: left aside, it would make a file that holds more than was asked for.
func (c exportCmd) Validate() error {
	if c.Format == "raw" && c.What != "audit" {
		return fmt.Errorf("--format raw is for the audit log only")
	}
	others, of := []filterFlag{{"actor", c.Actor}, {"kind", c.Kind}, {"case", c.Case}}, "the audit log"
	if c.What == "audit" {
		others, of = c.ofVerifications(), "verifications"
	}
	for _, f := range others {
		if f.value != "" {
			return fmt.Errorf("--%s is a filter of %s only", f.name, of)
		}
	}
	return nil
}

// filterFlag is a filter under the name that the page's addresses use, too.
type filterFlag struct{ name, value string }

func (c exportCmd) ofVerifications() []filterFlag {
	return []filterFlag{{"provider", c.Provider}, {"status", c.Status}, {"severity", c.Severity}, {"country", c.Country},
		{"owner", c.Owner}, {"due", c.Due}, {"work", c.Work}, {"q", c.Q}}
}

// Run streams the export to standard output. The log tells of it, so it needs the
// folder for itself; while the desk runs, the page exports.
func (c exportCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		filters, err := c.filters(a, d)
		if err != nil {
			return err
		}
		bar := newProgress(a.err, "export", "bytes", -1)
		out := bufio.NewWriterSize(a.out, 64<<10)
		made, err := export(a.ctx, d.DB, c.What, c.Format, filters, io.MultiWriter(out, counted{bar}))
		bar.end()
		if err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("export: %w", err)
		}
		fmt.Fprintf(a.err, "%d rows, sha256 %s\n", made.Rows, made.SHA256)
		return nil
	})
}

// counted counts what is written to it.
type counted struct{ p *progress }

func (c counted) Write(b []byte) (int, error) {
	c.p.add(len(b))
	return len(b), nil
}

// filters are those that were given.
func (c exportCmd) filters(a *app, d *desk) (url.Values, error) {
	q := url.Values{}
	for _, f := range append(c.ofVerifications(), filterFlag{"code", c.Code}, filterFlag{"from", c.From}, filterFlag{"to", c.To},
		filterFlag{"actor", c.Actor}, filterFlag{"kind", c.Kind}, filterFlag{"case", c.Case}) {
		if f.value == "" {
			continue
		}
		if (f.name == "owner" || f.name == "actor") && strings.Contains(f.value, "@") {
			p, err := d.AccountByEmail(a.ctx, f.value)
			if err != nil {
				return nil, fmt.Errorf("--%s: nobody has the address %s: %w", f.name, f.value, err)
			}
			f.value = p.ID
		}
		q.Set(f.name, f.value)
	}
	return q, nil
}
