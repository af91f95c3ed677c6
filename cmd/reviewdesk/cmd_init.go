package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"reviewdesk/db"
	"reviewdesk/review"
)

// linkFlag is where one-time links lead.
type linkFlag struct {
	BaseURL string `name:"base-url" default:"http://127.0.0.1:8080" placeholder:"URL" help:"Where browsers will reach the desk; one-time links begin with it (${default})."`
}

// Validate refuses what no browser could follow.
func (l linkFlag) Validate() error { return checkBaseURL(l.BaseURL) }

func checkBaseURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("--base-url: want http://HOST[:PORT] or https://HOST[:PORT]")
	}
	return nil
}

// welcome is the address of a one-time link.
func (l linkFlag) welcome(token string) string {
	return strings.TrimRight(l.BaseURL, "/") + "/welcome/" + token
}

type initCmd struct {
	dataFlag
	linkFlag
	anchorFlag
	Email     string `required:"" help:"E-mail address of the first admin."`
	Name      string `help:"Name of the first admin. Default: from the e-mail address."`
	Workspace string `help:"Name of the workspace, shown on every page. Default: the folder's name."`
}

// Run makes a workspace, once, and prints the link that makes its first admin.
func (c initCmd) Run(a *app) (err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make workspace: %w", err)
	}
	lock, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	s := settings{anchor: c.Anchor, log: a.log}
	if err := db.Init(a.ctx, c.Data, c.workspace(), s.options()); err != nil {
		lock.Close()
		return err
	}
	d, err := openHeld(a.ctx, c.Data, s, lock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	_, token, err := d.AddAccount(a.ctx, db.System("init"), db.NewAccount{Email: c.Email, Name: nameOr(c.Name, c.Email), Role: review.RoleAdmin})
	if err != nil {
		return fmt.Errorf("the workspace is made, but not its first admin (add one with reviewdesk user add): %w", err)
	}
	fmt.Fprintf(a.out, "The workspace %q is ready in %s.\nThe first admin opens this link once, within %d hours, while reviewdesk serve runs:\n%s\n",
		c.workspace(), c.Data, int(db.LinkLasts.Hours()), c.welcome(token))
	return nil
}

func (c initCmd) workspace() string {
	if c.Workspace != "" {
		return c.Workspace
	}
	full, err := filepath.Abs(c.Data)
	if err != nil {
		full = c.Data
	}
	return filepath.Base(full)
}

// nameOr is a name, or one made from an e-mail address: "ana.quiroga@x" becomes
// "Ana Quiroga".
func nameOr(name, email string) string {
	if name != "" {
		return name
	}
	local, _, _ := strings.Cut(email, "@")
	words := strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' || r == '+' })
	for i, w := range words {
		runes := []rune(w)
		words[i] = strings.ToUpper(string(runes[:1])) + string(runes[1:])
	}
	return strings.Join(words, " ")
}
