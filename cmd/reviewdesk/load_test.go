//go:build linux

package main_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"reviewdesk/cmd/reviewdesk/shipped"
	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/review/providers"
	"reviewdesk/web"
)

// A crowd of officers works the queue of the real binary at once, each as people do:
// the queue, "Review next", the case with its pictures, a decision, the next case; now
// and then a note, a skipped case, a decision taken back, a second person's word. Each
// browser holds the stream of changes open. Every answer is checked, and in the end the
// log is held against what the officers were told.
//
// TestOfficersAtOnce runs a small crowd. With REVIEWDESK_LOAD (how many officers) it is
// as large as wished, and its times count too: make load.

// load is what a crowd is asked to do.
type load struct {
	officers int
	lasts    time.Duration    // at most, once all have signed in
	each     int              // decisions of each officer at most; 0: as many as the time allows
	think    [2]time.Duration // the least and the most that somebody looks at a case
	arrive   time.Duration    // they sign in within this time
	cases    int              // that wait, at least
	pictured int              // of those made, how many have pictures
}

// The figures that a large crowd must keep to (SECURITY.md and SPEED.md, row 15).
const (
	slowestPage = 250 * time.Millisecond // of ninety-nine in a hundred
	mostMemory  = 256 << 10              // KiB
)

var smallLoad = load{officers: 12, lasts: time.Minute, each: 8, think: [2]time.Duration{0, 40 * time.Millisecond}, cases: 120, pictured: 30}

// largeLoad is the one that the environment asks for.
func largeLoad(t *testing.T) (l load, wished bool) {
	t.Helper()
	n := os.Getenv("REVIEWDESK_LOAD")
	if n == "" {
		return load{}, false
	}
	var err error
	if l.officers, err = strconv.Atoi(n); err != nil {
		t.Fatal(err)
	}
	length := func(name, usual string) time.Duration {
		text := os.Getenv(name)
		if text == "" {
			text = usual
		}
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return d
	}
	l.lasts, l.arrive = length("REVIEWDESK_LOAD_TIME", "10m"), length("REVIEWDESK_LOAD_ARRIVE", "2m")
	l.think = [2]time.Duration{length("REVIEWDESK_LOAD_THINK_LEAST", "5s"), length("REVIEWDESK_LOAD_THINK_MOST", "20s")}
	l.cases, l.pictured = l.wanted(), min(l.wanted()/5, 1000)
	return l, true
}

// wanted is how many cases such a crowd can decide, and some more.
func (l load) wanted() int {
	pause := max((l.think[0]+l.think[1])/2, time.Duration(l.officers)*5*time.Millisecond) // 200 decisions a second at most
	return l.officers*3 + int(float64(l.officers)*l.lasts.Seconds()/pause.Seconds()*1.1)
}

func TestOfficersAtOnce(t *testing.T) {
	l, large := largeLoad(t)
	if !large {
		l = smallLoad
	}
	w := fillWorkspace(t, l)
	s := serveWorkspace(t, w.dir)
	c := &crowd{t: t, load: l, url: s.url, holder: map[string]string{}, figures: newFigures()}
	began := time.Now()
	c.signIn(w.officers)
	before := s.used(t)
	s.forget(t)
	signedIn := time.Since(began)
	began = time.Now()
	c.ends = began.Add(l.lasts)
	c.work()
	took, after, commits := time.Since(began), s.used(t), s.commits(t)
	s.stop(t)
	for _, fault := range c.faults {
		t.Error(fault)
	}
	w.agrees(t, c)
	for _, kind := range []string{kindPicture, "note", "skip", "release", "undo", "confirm", "return"} {
		if len(c.figures.took[kind]) == 0 {
			t.Errorf("nobody came to: %s", kind)
		}
	}
	t.Logf("%d officers, signed in within %s (%d times turned away); %s of work, %s to %s at a case\n%s\n%s\n%s", l.officers, signedIn.Round(time.Second),
		c.count(func(o *officer) int { return o.turnedAway }), took.Round(time.Second), l.think[0], l.think[1],
		c.figures, after.since(before, took, c.count(func(o *officer) int { return o.decisions })), commits)
	if peak := max(before.peak, after.peak); peak > mostMemory {
		t.Errorf("the process took %d MiB at its peak, want at most %d", peak/1024, mostMemory/1024)
	}
	if large && l.think[1] > 0 { // without a pause it is a question of how much, not how soon
		c.figures.within(t, slowestPage)
	}
}

// workspace is a desk's folder with cases that wait and officers who can sign in.
type workspace struct {
	dir      string
	officers []*officer
}

const officersPassword = "nine small boats at the harbour"

// fillWorkspace makes one with the commands, as people do. The officers have one
// password, so that one hash serves them all.
func fillWorkspace(t *testing.T, l load) workspace {
	t.Helper()
	w := workspace{dir: filepath.Join(t.TempDir(), "desk")}
	command(t, "init", "--data", w.dir, "--email", "rosa@desk.example")
	if l.pictured > 0 {
		command(t, "generate", "--data", w.dir, "--seed", "1", "--cases", strconv.Itoa(l.pictured), "--pictures")
	}
	for seed, waiting := 2, int64(0); waiting < int64(l.cases); seed++ {
		command(t, "generate", "--data", w.dir, "--seed", strconv.Itoa(seed), "--cases", strconv.Itoa(l.cases))
		w.read(t, func(d *db.DB) {
			counts, err := d.Counts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			waiting = counts.Queue
		})
	}
	hash, err := web.HashPassword(officersPassword)
	if err != nil {
		t.Fatal(err)
	}
	w.read(t, func(d *db.DB) {
		for n := range l.officers {
			w.officers = append(w.officers, hire(t, d, n, hash))
		}
	})
	return w
}

// hire adds an officer; each fifth is a senior.
func hire(t *testing.T, d *db.DB, n int, hash string) *officer {
	t.Helper()
	o := &officer{n: n, name: fmt.Sprintf("Officer %03d", n), email: fmt.Sprintf("officer%03d@desk.example", n), senior: n%5 == 0,
		// Each sits in a network of their own: the desk bounds the attempts to sign in of one.
		address: fmt.Sprintf("127.1.%d.1", n%250), r: rand.New(rand.NewPCG(uint64(n), 6))}
	role := review.RoleReviewer
	if o.senior {
		role = review.RoleSenior
	}
	a, token, err := d.AddAccount(t.Context(), db.System("test"), db.NewAccount{Email: o.email, Name: o.name, Role: role})
	if err == nil {
		_, err = d.RedeemLink(t.Context(), db.Actor{Address: o.address}, token, hash)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.id = a.ID
	return o
}

// read opens the workspace for as long as fn runs.
func (w workspace) read(t *testing.T, fn func(*db.DB)) {
	t.Helper()
	d, err := db.Open(t.Context(), w.dir, db.Options{Vocabularies: providers.All})
	if err != nil {
		t.Fatal(err)
	}
	fn(d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// command runs the binary to its end.
func command(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command(shipped.Binary(t), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("reviewdesk %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// served is the binary at work on a workspace.
type served struct {
	url string
	cmd *exec.Cmd
	log *os.File
}

func serveWorkspace(t *testing.T, dir string) *served {
	t.Helper()
	s := &served{cmd: exec.Command(shipped.Binary(t), "serve", "--data", dir, "--addr", "127.0.0.1:0")}
	var err error
	if s.log, err = os.Create(filepath.Join(t.TempDir(), "log.json")); err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.log
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.log.Close() }) // after stop it is gone already
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the desk never listened")
	}
	s.url = strings.TrimPrefix(lines.Text(), "listening on ")
	return s
}

// stop ends it as an operator does. It may have complained about nothing meanwhile.
func (s *served) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the desk did not end well: %v", err)
	}
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, `"level":"WARN"`) {
			t.Errorf("the desk complained: %s", line)
		}
	}
}

// crowd is what its officers share.
type crowd struct {
	load
	t       *testing.T
	url     string
	ends    time.Time
	figures *figures

	mu       sync.Mutex
	officers []*officer
	holder   map[string]string // case to officer, while one holds it
	faults   []string
}

// mostFaults is how many are told; after so many nobody goes on.
const mostFaults = 20

func (c *crowd) fault(o *officer, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.faults) < mostFaults {
		c.faults = append(c.faults, fmt.Sprintf("%s: %v", o.name, err))
	}
}

func (c *crowd) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.faults) >= mostFaults || time.Now().After(c.ends)
}

// takes notes that the desk has given somebody a case. Nobody may have it already.
func (c *crowd) takes(o *officer, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.holder[id]; other != "" && other != o.name {
		return fmt.Errorf("got case %s, which %s holds", id, other)
	}
	c.holder[id] = o.name
	return nil
}

// lets notes, before it is asked for, that somebody gives a case out of their hands:
// the next one may get it before the answer is read.
func (c *crowd) lets(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.holder, id)
}

// signIn lets all of them in, evenly over the time in which they arrive.
func (c *crowd) signIn(all []*officer) {
	c.officers = all
	var arriving sync.WaitGroup
	for n, o := range all {
		arriving.Go(func() {
			o.sits(c)
			time.Sleep(c.arrive * time.Duration(n) / time.Duration(len(all)))
			if err := o.signIn(); err != nil {
				c.fault(o, err)
			}
		})
	}
	arriving.Wait()
	if len(c.faults) > 0 {
		c.t.Fatal(strings.Join(c.faults, "\n"))
	}
}

// work lets them work until the time is over.
func (c *crowd) work() {
	var working sync.WaitGroup
	for _, o := range c.officers {
		working.Go(func() {
			defer o.leave()
			time.Sleep(time.Duration(o.r.Int64N(int64(c.think[1] + 1)))) // nobody begins on a word of command
			for !o.done() {
				if err := o.turn(); err != nil {
					c.fault(o, err)
				}
			}
		})
	}
	working.Wait()
}

func (c *crowd) count(of func(*officer) int) (n int) {
	for _, o := range c.officers {
		n += of(o)
	}
	return n
}
