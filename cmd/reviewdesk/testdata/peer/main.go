// Command peer holds Reviewdesk against PocketBase, which a team would take to build
// such a desk itself: the same number of verifications, both servers on this machine,
// one client, one run, so that the ratios are what is read.
//
// It is a module of its own: what PocketBase needs is no concern of the product, and the
// go command passes testdata by. Run it from the product's root: make peer.
//
// PocketBase holds collections of verifications, findings and events with the indexes
// that a careful user would make; its answers are JSON and take no page to draw. The
// desk's are the whole product's: session, audit, the page as HTML.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) > 2 && os.Args[1] == "pocketbase" { // this program again, as the other server
		if err := servePocketBase(os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		return
	}
	var o options
	flag.StringVar(&o.desk, "desk", "bin/reviewdesk", "the product's binary")
	flag.StringVar(&o.data, "data", "", "where both keep their data; filled on the first run. Default: a temporary folder")
	flag.IntVar(&o.cases, "cases", 1_000_000, "verifications in each")
	flag.DurationVar(&o.lasts, "lasts", 3*time.Second, "how long each path is asked, at each number of connections")
	flag.IntVar(&o.rounds, "rounds", 2, "how often the two take turns")
	flag.Parse()
	if err := o.run(); err != nil {
		log.Fatal(err)
	}
}

type options struct {
	desk, data    string
	cases, rounds int
	lasts         time.Duration
}

func (o options) run() error {
	if o.data == "" {
		dir, err := os.MkdirTemp("", "reviewdesk-peer-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.data = dir
	}
	d, err := openDesk(o.desk, filepath.Join(o.data, "desk"), o.cases)
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	defer d.stop()
	waiting, err := d.waiting()
	if err != nil {
		return fmt.Errorf("desk: %w", err)
	}
	log.Printf("desk: %d verifications, %d wait", o.cases, waiting)
	p, err := openPocketBase(filepath.Join(o.data, "pocketbase"), o.cases, waiting)
	if err != nil {
		return fmt.Errorf("pocketbase: %w", err)
	}
	defer p.stop()
	log.Printf("pocketbase: the same")
	return o.compare(d, p)
}
