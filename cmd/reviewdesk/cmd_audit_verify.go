package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
)

type auditVerifyCmd struct {
	Data   string   `placeholder:"DIR" help:"The workspace to check."`
	Bundle string   `placeholder:"FILE" help:"Check a bundle (reviewdesk audit bundle) instead: it needs no workspace."`
	Vkey   []string `placeholder:"KEY" sep:"none" help:"The log's verifier key, the newest one known. Can be repeated. Needed for a bundle. Default with --data: the workspace's own, which proves less."`
	Held   []string `placeholder:"FILE" sep:"none" help:"For a bundle: a signed head that you hold already; the log must go on from it. Can be repeated."`
	JSON   bool     `help:"With --data: print all that was found as one line of JSON."`
	Give   bool     `name:"give-way" help:"Let every other process go first."`
	anchorFlag
	witnessFlags
}

// witnessFlags say whose word counts besides the log's own.
type witnessFlags struct {
	Witness []string `placeholder:"KEY" sep:"none" help:"A witness's verifier key: the newest head must bear its cosignature. Can be repeated."`
	Quorum  int      `default:"-1" placeholder:"N" help:"How many of the witnesses must have cosigned. Default: all of them."`
}

func (w witnessFlags) quorum() int {
	if w.Quorum < 0 {
		return len(w.Witness)
	}
	return w.Quorum
}

// Validate refuses what nothing could be checked with.
func (c auditVerifyCmd) Validate() error {
	switch {
	case c.Bundle == "" && c.Data == "":
		return errors.New("--data or --bundle is needed")
	case c.Bundle != "" && len(c.Vkey) == 0:
		return errors.New("--bundle needs --vkey: a bundle cannot vouch for its own key")
	case c.Bundle != "" && c.JSON:
		return errors.New("--json is for --data")
	case c.Bundle == "" && len(c.Held) > 0:
		return errors.New("--held is for --bundle")
	case c.quorum() > len(c.Witness):
		return errors.New("--quorum asks for more witnesses than --witness names")
	}
	return nil
}

// Run checks the log, or a bundle of it, and says on one line what it found. It works
// beside a running desk and writes nothing.
func (c auditVerifyCmd) Run(a *app) error {
	if c.Give {
		if err := giveWay(); err != nil {
			a.log.Warn("give way", "error", err)
		}
	}
	if c.Bundle != "" {
		return c.bundle(a)
	}
	r := verify(a, c.Data, db.VerifyOptions{Keys: c.Vkey, Anchor: c.Anchor, Witnesses: c.Witness})
	if err := c.say(a, r); err != nil {
		return err
	}
	if code := r.ExitCode(); code != exitDone {
		return ended(code)
	}
	if len(c.Witness) == 0 {
		return nil
	}
	log, err := db.OpenLog(a.ctx, c.Data)
	if err != nil {
		return err
	}
	defer log.Close()
	signed, err := log.Head()
	if err != nil {
		return err
	}
	return c.sayWitnesses(a, signed)
}

func (c auditVerifyCmd) say(a *app, r audit.Report) error {
	if c.JSON {
		return json.NewEncoder(a.out).Encode(r)
	}
	_, err := fmt.Fprintln(a.out, r.Sentence())
	return err
}

// verify checks a workspace's log; what keeps it from being read is the report's fault.
func verify(a *app, dir string, o db.VerifyOptions) audit.Report {
	r, err := db.Verify(a.ctx, dir, o)
	if err != nil {
		return audit.Report{Fault: audit.FaultUnreadable, Detail: inWords(err)}
	}
	return r
}

// bundle checks a bundle with no database and no network, and says what it shows and
// what it does not.
func (c auditVerifyCmd) bundle(a *app) error {
	r, err := c.checkBundle()
	if err != nil {
		r.Fault = audit.FaultUnreadable
		if r.Detail == "" {
			r.Detail = err.Error()
		}
	}
	fmt.Fprintln(a.out, r.Sentence())
	if code := r.ExitCode(); code != exitDone {
		return ended(code)
	}
	for _, w := range r.Cosigned {
		fmt.Fprintln(a.out, cosignedBy(w))
	}
	for _, limit := range r.Limits() {
		fmt.Fprintln(a.out, limit)
	}
	return nil
}

func (c auditVerifyCmd) checkBundle() (audit.BundleReport, error) {
	keys, err := audit.NewKeys(c.Vkey...)
	if err != nil {
		return audit.BundleReport{}, err
	}
	held, err := readHeads(c.Held)
	if err != nil {
		return audit.BundleReport{}, err
	}
	return checkBundle(c.Bundle, audit.BundleOptions{Keys: keys, Witnesses: c.Witness, Quorum: c.quorum(), Held: held})
}

// sayWitnesses prints who cosigned a head and who did not. Too few is exit code 1.
func (w witnessFlags) sayWitnesses(a *app, signed []byte) error {
	cosigned, err := audit.VerifyCosignatures(signed, w.Witness)
	if errors.Is(err, audit.ErrSignature) {
		fmt.Fprintln(a.out, err)
		return ended(exitFailed)
	}
	if err != nil {
		fmt.Fprintln(a.out, err)
		return ended(exitUnreadable)
	}
	for _, c := range cosigned {
		fmt.Fprintln(a.out, cosignedBy(c))
	}
	for _, vkey := range w.Witness {
		name, _, _ := strings.Cut(vkey, "+")
		if !slices.ContainsFunc(cosigned, func(c audit.Cosigned) bool { return c.Name == name }) {
			fmt.Fprintf(a.out, "Not cosigned by %s.\n", name)
		}
	}
	if len(cosigned) < w.quorum() {
		fmt.Fprintf(a.out, "Not witnessed: %d of the witnesses cosigned the head, %d are to.\n", len(cosigned), w.quorum())
		return ended(exitFailed)
	}
	return nil
}

func cosignedBy(c audit.Cosigned) string {
	return fmt.Sprintf("Cosigned by %s at %s.", c.Name, c.At.Format(time.RFC3339))
}

// exitUnreadable is the exit code of a check that could not be carried out.
const exitUnreadable = 3

type auditVerifyProofCmd struct {
	File string   `arg:"" help:"A proof file, as an event's page offers it."`
	Vkey []string `required:"" placeholder:"KEY" sep:"none" help:"The log's verifier key. Can be repeated: a proof under an older head needs the key of that time."`
	witnessFlags
}

// Validate refuses a quorum that cannot be met.
func (c auditVerifyProofCmd) Validate() error {
	if c.quorum() > len(c.Witness) {
		return errors.New("--quorum asks for more witnesses than --witness names")
	}
	return nil
}

// Run checks one proof file with nothing but the keys, and prints the entry it proves.
func (c auditVerifyProofCmd) Run(a *app) error {
	keys, err := audit.NewKeys(c.Vkey...)
	var b []byte
	if err == nil {
		b, err = os.ReadFile(c.File)
	}
	if err != nil {
		fmt.Fprintf(a.out, "Unreadable: %v.\n", err)
		return ended(exitUnreadable)
	}
	p, err := audit.ParseProof(b)
	if err != nil {
		fmt.Fprintf(a.out, "Not proven: %v.\n", err)
		return ended(exitFailed)
	}
	e, head, err := p.Verify(keys)
	if err != nil {
		fmt.Fprintf(a.out, "Not proven: %v.\n", err)
		return ended(exitFailed)
	}
	fmt.Fprintf(a.out, "Proven: entry %d of the log %s, under its signed head of %d entries.\n%s\n", e.Seq, head.Origin, head.Size, p.Entry)
	return c.sayWitnesses(a, p.Checkpoint)
}
