// Command reviewdesk is the desk: the server, and everything that is done to a
// workspace from a terminal.
//
// The ideas:
//
// One file a command: cmd_serve.go holds serve, cmd_import.go import, and so on.
// Every flag has an environment variable REVIEWDESK_<FLAG>, and the flag beats it.
// What a command was asked for goes to standard output, logs and progress to
// standard error. The exit code is 0 for done, 1 for failed, 2 for wrong usage
// (audit verify has codes of its own).
//
// A folder has one writer. The audit log's frontier lives in the memory of the
// process that writes, so a second one would fork the log. Every opening for
// writing passes openDesk (desk.go), which holds a lock on the folder as long as it
// is open; backup, check, audit verify, audit bundle, audit checkpoint and retention's dry
// run only read, and work beside a running desk.
//
// Nothing here has rules of its own: commands call the same methods of package db
// as the pages do, and as somebody that the log can name.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // the desk must not depend on the host's zone files

	"github.com/alecthomas/kong"
)

// cli is the whole command line.
type cli struct {
	Init      initCmd      `cmd:"" help:"Make a workspace and print a one-time link for its first admin."`
	Serve     serveCmd     `cmd:"" help:"Run the desk on a workspace."`
	Demo      demoCmd      `cmd:"" help:"Run the desk with a workspace full of made-up cases."`
	Import    importCmd    `cmd:"" help:"Take in verifications from a file or standard input."`
	Export    exportCmd    `cmd:"" help:"Write verifications or the audit log to standard output."`
	Audit     auditCmd     `cmd:"" help:"Check and maintain the proof of the audit log."`
	Witness   witnessCmd   `cmd:"" help:"Cosign the heads of other machines' logs once each is shown to go on from the one before."`
	User      userCmd      `cmd:"" help:"Add and change the people of the team."`
	Client    clientCmd    `cmd:"" help:"Add and revoke the programs that may speak to the APIs."`
	Retention retentionCmd `cmd:"" help:"Say whose data are due to be erased, hold them, or erase them."`
	Generate  generateCmd  `cmd:"" help:"Fill a workspace with synthetic verifications, for load tests."`
	Backup    backupCmd    `cmd:"" help:"Copy a workspace's database to one file, checked, while the desk runs."`
	Restore   restoreCmd   `cmd:"" help:"Put a backup in the place of a workspace's database, which is kept aside."`
	Check     checkCmd     `cmd:"" help:"Check a workspace's database and its audit log."`
	Ready     readyCmd     `cmd:"" help:"Ask a running desk on this machine whether it can do its work. Exit: 0 yes, 1 no."`
	Unit      unitCmd      `cmd:"" help:"Print a systemd unit for the desk, with how to install it."`
	Routes    routesCmd    `cmd:"" help:"Print every address of the desk and who may use it."`
	Version   versionCmd   `cmd:"" help:"Print version, commit and Go version."`
}

// app is what every command is given.
type app struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
	log      *slog.Logger
}

func main() {
	restrictUmask()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run carries out one command line and returns the exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	var c cli
	parser, err := kong.New(&c, kong.Name("reviewdesk"), kong.Writers(out, errs), kong.DefaultEnvars("REVIEWDESK"),
		kong.Description("The desk where compliance officers decide identity verifications. Every flag can be given as REVIEWDESK_<FLAG> in the environment; a flag beats its variable."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}))
	if err != nil {
		fmt.Fprintln(errs, "reviewdesk:", err)
		return exitFailed
	}
	if len(args) > 0 && args[0] == "help" { // as people type it: help, help serve
		args = append(slices.Clone(args[1:]), "--help")
	}
	command, err := parser.Parse(args)
	if err == nil {
		a := &app{ctx: ctx, in: in, out: out, err: errs, log: slog.New(slog.NewJSONHandler(errs, nil))}
		err = command.Run(a)
	}
	return report(err, errs)
}

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// wrongUsage is a command line that cannot be carried out as it stands.
type wrongUsage struct{ error }

// ended is a command that has said everything itself and ends with a code.
type ended int

func (e ended) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// report says what went wrong and picks the exit code.
func report(err error, errs io.Writer) int {
	var code ended
	var parse *kong.ParseError
	var wrong wrongUsage
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &parse):
		fmt.Fprintf(errs, "reviewdesk: %v\nTry: reviewdesk --help\n", err)
		return exitUsage
	case errors.As(err, &wrong):
		fmt.Fprintf(errs, "reviewdesk: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(errs, "reviewdesk: %s\n", inWords(err))
	return exitFailed
}
