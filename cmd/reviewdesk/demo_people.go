package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"reviewdesk/db"
	"reviewdesk/review"
)

// demoPerson is somebody of the demo's team.
type demoPerson struct {
	name, email string
	role        review.Role
}

// demoPeople are the demo's team. They have one password, so that one hash serves
// all and the demo starts at once; it is printed, written down and on the sign-in
// page, and the demo listens on loopback only.
var demoPeople = []demoPerson{
	{"Ana Quiroga", "ana@demo.example", review.RoleReviewer},
	{"Jonas Lind", "jonas@demo.example", review.RoleReviewer},
	{"Mei Tan", "mei@demo.example", review.RoleSenior},
	{"Samira Haddad", "samira@demo.example", review.RoleAuditor},
	{"Rosa Oliveira", "rosa@demo.example", review.RoleAdmin},
}

const demoPassword = "specimen-desk-only"

// demoFile is demo.json: everything that a program needs to use the demo.
type demoFile struct {
	URL      string        `json:"url"`
	Accounts []demoAccount `json:"accounts"`
	Client   demoClient    `json:"client"`
	Trader   demoTrader    `json:"trader"`
}

type demoAccount struct {
	Email    string      `json:"email"`
	Password string      `json:"password"`
	Role     review.Role `json:"role"`
}

type demoClient struct {
	ID     string   `json:"id"`
	Secret string   `json:"secret"`
	Scopes []string `json:"scopes"`
}

type demoTrader struct {
	AccessToken  string `json:"access_token"`
	OfflineToken string `json:"offline_token"`
}

const demoFileName = "demo.json"

// hasDemo reports whether a demo was made in the folder, to the end.
func hasDemo(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, demoFileName))
	return err == nil
}

// describeDemo writes demo.json, with the address of this run. The secrets of an
// earlier run stay.
func describeDemo(ctx context.Context, d *db.DB, path, url string) (demoFile, error) {
	f, err := readDemo(path)
	if err == nil {
		err = f.programs(ctx, d)
	}
	if err != nil {
		return f, err
	}
	f.URL = url
	return f, f.write(path)
}

// readDemo reads what an earlier run wrote.
func readDemo(path string) (demoFile, error) {
	f := newDemoFile()
	text, err := os.ReadFile(path)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return f, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// newDemoFile is the file before its programs are there.
func newDemoFile() demoFile {
	var f demoFile
	for _, p := range demoPeople {
		f.Accounts = append(f.Accounts, demoAccount{p.email, demoPassword, p.role})
	}
	return f
}

// write replaces the file in one step.
func (f demoFile) write(path string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("describe the demo: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("describe the demo: %w", err)
	}
	return nil
}
