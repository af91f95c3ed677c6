package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"reviewdesk/db"
	"reviewdesk/review"
)

type clientCmd struct {
	Add    clientAddCmd    `cmd:"" help:"Add a program and print its id and its secret, which is never shown again."`
	List   clientListCmd   `cmd:"" help:"List the programs that may speak to the APIs, and those that no longer may."`
	Revoke clientRevokeCmd `cmd:"" help:"Shut a program out: its secret and its tokens are worth nothing at once."`
}

type clientAddCmd struct {
	dataFlag
	anchorFlag
	Provider string   `required:"" enum:"cybrid,coinify" help:"Whose API it speaks: one of ${enum}."`
	Name     string   `required:"" help:"The program's name; it stands in the log."`
	Scope    []string `placeholder:"SCOPE" help:"Cybrid: what its tokens may do, such as identity_verifications:read; several times or with commas between."`
	Email    string   `placeholder:"ADDRESS" help:"Coinify: lets it sign in with this address and a password, which is read from standard input."`
}

// Run adds a program. Its lines are made for scripts: id=…, for a trader trader=…,
// and secret=…, which is the client secret at Cybrid and the offline token at Coinify.
func (c clientAddCmd) Run(a *app) error {
	n := db.NewClient{Provider: review.Provider(c.Provider), Name: c.Name, Scopes: c.Scope, Email: c.Email}
	if c.Provider == string(review.Coinify) && len(c.Scope) > 0 {
		return wrongUsage{errors.New("--scope is Cybrid's: a Coinify client speaks as one trader, who sees their own")}
	}
	return a.withDesk(c.Data, c.Anchor, func(d *desk) (err error) {
		if n.Email != "" {
			if n.Password, err = a.readPassword(); err != nil {
				return err
			}
		}
		if n, err = hashedClient(n); err != nil {
			return err
		}
		added, secret, err := d.AddClient(a.ctx, byCommand, n)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "id=%s\n", added.ID)
		if added.Trader != 0 {
			fmt.Fprintf(a.out, "trader=%s\n", added.Reference())
		}
		fmt.Fprintf(a.out, "secret=%s\n", secret)
		return nil
	})
}

// readPassword reads one line from standard input, unseen where that is a terminal.
func (a *app) readPassword() (string, error) {
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.err, "Password: ")
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.err)
		return string(text), err
	}
	line, err := bufio.NewReader(io.LimitReader(a.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", wrongUsage{errors.New("--email wants a password on standard input")}
	}
	return line, nil
}

type clientListCmd struct {
	dataFlag
	anchorFlag
}

// Run lists the programs.
func (c clientListCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		all, err := d.Clients(a.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "ID\tPROVIDER\tNAME\tMAY\tTOKENS\tADDED\tREVOKED")
		for _, p := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", p.ID, p.Provider, p.Name, allowed(p), p.Tokens, seen(p.Created), seen(p.Revoked))
		}
		return w.Flush()
	})
}

func allowed(c db.Client) string {
	if c.Trader != 0 {
		return "trader " + c.Reference()
	}
	return strings.Join(c.Scopes, ",")
}

type clientRevokeCmd struct {
	dataFlag
	anchorFlag
	ID string `arg:"" help:"The client's id, as client list prints it."`
}

// Run shuts a program out.
func (c clientRevokeCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		p, err := d.Client(a.ctx, c.ID)
		if err == nil {
			err = d.RevokeClient(a.ctx, byCommand, p.ID)
		}
		if errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("no client has the id %s: %w", c.ID, err)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s may no longer speak to the API.\n", p.Name)
		return nil
	})
}
