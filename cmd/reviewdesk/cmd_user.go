package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add a person and print the one-time link with which they choose a password."`
	List    userListCmd    `cmd:"" help:"List everybody."`
	Role    userRoleCmd    `cmd:"" help:"Give a person another role; their sessions end."`
	Disable userDisableCmd `cmd:"" help:"Shut a person out at once."`
	Enable  userEnableCmd  `cmd:"" help:"Let a person in again."`
	Reset   userResetCmd   `cmd:"" help:"End a person's password and sessions and print a fresh one-time link."`
}

// byCommand is who the log names for what is done from a terminal.
var byCommand = db.System("command")

type userAddCmd struct {
	dataFlag
	linkFlag
	anchorFlag
	Email string `required:"" help:"E-mail address, with which they sign in."`
	Name  string `help:"Name. Default: from the e-mail address."`
	Role  string `required:"" enum:"reviewer,senior,auditor,admin" help:"One of ${enum}."`
}

// Run adds a person.
func (c userAddCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		_, token, err := d.AddAccount(a.ctx, byCommand, db.NewAccount{Email: c.Email, Name: nameOr(c.Name, c.Email), Role: review.Role(c.Role)})
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, c.welcome(token))
		return nil
	})
}

type userListCmd struct {
	dataFlag
	anchorFlag
}

// Run lists everybody.
func (c userListCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		people, err := d.Accounts(a.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "E-MAIL\tNAME\tROLE\tSTATE\tLAST SEEN")
		for _, p := range people {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Email, p.Name, p.Role, stateOf(p), seen(p.Seen))
		}
		return w.Flush()
	})
}

func stateOf(p db.Account) string {
	switch {
	case !p.Disabled.IsZero():
		return "disabled"
	case p.Password == "":
		return "link not used"
	}
	return "active"
}

func seen(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// whom names a person by e-mail address.
type whom struct {
	dataFlag
	anchorFlag
	Email string `arg:"" help:"The person's e-mail address."`
}

// change finds the person and does something to the account.
func (w whom) change(a *app, fn func(d *desk, p db.Account) error) error {
	return a.withDesk(w.Data, w.Anchor, func(d *desk) error {
		p, err := d.AccountByEmail(a.ctx, w.Email)
		if err != nil {
			return fmt.Errorf("nobody has the address %s: %w", w.Email, err)
		}
		return fn(d, p)
	})
}

type userRoleCmd struct {
	whom
	Role string `arg:"" enum:"reviewer,senior,auditor,admin" help:"One of ${enum}."`
}

// Run gives a person another role.
func (c userRoleCmd) Run(a *app) error {
	return c.change(a, func(d *desk, p db.Account) error {
		if err := d.SetRole(a.ctx, byCommand, p.ID, review.Role(c.Role)); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s is %s now.\n", p.Email, c.Role)
		return nil
	})
}

type userDisableCmd struct{ whom }

// Run shuts a person out.
func (c userDisableCmd) Run(a *app) error { return c.disable(a, true, "can no longer sign in") }

type userEnableCmd struct{ whom }

// Run lets a person in again.
func (c userEnableCmd) Run(a *app) error { return c.disable(a, false, "can sign in again") }

func (w whom) disable(a *app, off bool, words string) error {
	return w.change(a, func(d *desk, p db.Account) error {
		if err := d.SetDisabled(a.ctx, byCommand, p.ID, off); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s %s.\n", p.Email, words)
		return nil
	})
}

type userResetCmd struct {
	whom
	linkFlag
}

// Run ends a person's password and prints a fresh link.
func (c userResetCmd) Run(a *app) error {
	return c.change(a, func(d *desk, p db.Account) error {
		_, token, err := d.ResetLink(a.ctx, byCommand, p.ID)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, c.welcome(token))
		return nil
	})
}
