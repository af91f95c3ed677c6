package main

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"reviewdesk/db"
)

type auditWitnessCmd struct {
	Add    witnessAddCmd    `cmd:"" help:"Ask a witness to countersign the log's heads from now on."`
	List   witnessListCmd   `cmd:"" help:"List the witnesses and how far each has come."`
	Remove witnessRemoveCmd `cmd:"" help:"Ask a witness no longer; what it has countersigned stays."`
	Quorum witnessQuorumCmd `cmd:"" help:"Say how many witnesses must have seen a head before it counts as witnessed."`
}

type witnessAddCmd struct {
	dataFlag
	anchorFlag
	URL          string `required:"" placeholder:"URL" help:"Where the witness listens; /add-checkpoint is put behind it."`
	Vkey         string `required:"" placeholder:"KEY" help:"The witness's public key, as reviewdesk witness prints it."`
	AllowPrivate bool   `help:"Let it be at a private address of the desk's own network."`
}

// Run adds a witness.
func (c witnessAddCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		name, err := d.AddWitness(a.ctx, byCommand, db.NewWitness{URL: c.URL, VKey: c.Vkey, AllowPrivate: c.AllowPrivate})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s witnesses the log from now on, while reviewdesk serve runs.\n", name)
		return nil
	})
}

type witnessRemoveCmd struct {
	dataFlag
	anchorFlag
	Name string `arg:"" help:"The witness's name, as list shows it."`
}

// Run takes a witness away.
func (c witnessRemoveCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		if err := d.RemoveWitness(a.ctx, byCommand, c.Name); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%s is asked no longer.\n", c.Name)
		return nil
	})
}

type witnessQuorumCmd struct {
	dataFlag
	anchorFlag
	N int `arg:"" help:"How many; 0 for none."`
}

// Validate refuses what is no number of witnesses.
func (c witnessQuorumCmd) Validate() error {
	if c.N < 0 {
		return errors.New("a quorum is 0 or more")
	}
	return nil
}

// Run sets the quorum.
func (c witnessQuorumCmd) Run(a *app) error {
	return a.withDesk(c.Data, c.Anchor, func(d *desk) error {
		if err := d.SetQuorum(a.ctx, byCommand, c.N); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "The quorum is %d.\n", c.N)
		return nil
	})
}

type witnessListCmd struct{ dataFlag }

// Run lists the witnesses. It only reads, and works beside a running desk.
func (c witnessListCmd) Run(a *app) (err error) {
	log, err := db.OpenLog(a.ctx, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	all, err := log.Witnesses()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tHAS SEEN\tLAST HEARD OF\tSTATE\tURL")
	for _, one := range all.All {
		fmt.Fprintf(w, "%s\t%d of %d\t%s\t%s\t%s\n", one.Name, one.Seen, all.Size, seen(one.SeenAt), witnessState(one, time.Now()), one.URL)
	}
	fmt.Fprintf(w, "Quorum: %d\n", all.Quorum)
	return w.Flush()
}

func witnessState(w db.Witness, now time.Time) string {
	switch {
	case w.Refused:
		return "refuses: " + w.Trouble
	case w.Trouble != "":
		return "silent: " + w.Trouble
	case w.Silent(now):
		return "silent"
	}
	return "well"
}
