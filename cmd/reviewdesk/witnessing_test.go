package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"reviewdesk/audit"
	"reviewdesk/db"
	"reviewdesk/review"
)

// runWitness starts reviewdesk witness over loopback and returns its key and address.
func runWitness(t *testing.T, dir, addr string, logs ...string) (vkey, url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	a := &app{ctx: ctx, out: in, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	go func() {
		ended <- witnessCmd{Data: dir, Addr: addr, Log: logs, Name: filepath.Base(dir) + ".example"}.Run(a)
	}()
	stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ended <- nil
	}
	t.Cleanup(stop)
	for scan := bufio.NewScanner(out); scan.Scan(); {
		if rest, is := strings.CutPrefix(scan.Text(), "witness key "); is {
			vkey = rest
		}
		if rest, is := strings.CutPrefix(scan.Text(), "listening on "); is {
			return vkey, rest, stop
		}
	}
	t.Fatalf("the witness did not start: %v", <-ended)
	return "", "", nil
}

// witnessedDesk is a workspace whose witnesses are asked.
func witnessedDesk(t *testing.T) (*app, *desk) {
	t.Helper()
	a := &app{ctx: t.Context(), out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	dir := filepath.Join(t.TempDir(), "desk")
	if err := db.Init(t.Context(), dir, "Test", settings{}.options()); err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), dir, settings{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return a, d
}

// event makes the log one event longer.
func (d *desk) event(t *testing.T, email string) {
	t.Helper()
	if _, _, err := d.AddAccount(t.Context(), byCommand, db.NewAccount{Email: email, Name: "Ana Quiroga", Role: review.RoleReviewer}); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) addWitness(t *testing.T, url, vkey string, private bool) {
	t.Helper()
	if _, err := d.AddWitness(t.Context(), byCommand, db.NewWitness{URL: url, VKey: vkey, AllowPrivate: private}); err != nil {
		t.Fatal(err)
	}
}

// until waits for the witnesses to be as they should.
func (d *desk) until(t *testing.T, what string, is func(db.Witnesses) bool) db.Witnesses {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		all, err := d.Witnesses(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if is(all) {
			return all
		}
		if time.Now().After(deadline) {
			t.Fatalf("never %s: %+v", what, all)
		}
	}
}

func allHaveSeenTheNewest(w db.Witnesses) bool {
	for _, one := range w.All {
		if one.Seen < w.Size {
			return false
		}
	}
	return true
}

func TestWitnessesOverLoopbackCountersignEachNewHead(t *testing.T) {
	a, d := witnessedDesk(t)
	var vkeys []string
	for _, name := range []string{"one", "two"} {
		vkey, url, _ := runWitness(t, filepath.Join(t.TempDir(), name), "127.0.0.1:0", d.VerifierKey())
		d.addWitness(t, url, vkey, true)
		vkeys = append(vkeys, vkey)
	}
	defer a.witness(d.DB)()
	for _, email := range []string{"a@desk.example", "b@desk.example", "c@desk.example"} {
		d.event(t, email)
		d.until(t, "seen by both", allHaveSeenTheNewest)
	}
	size, err := d.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Proof(t.Context(), size)
	if err != nil {
		t.Fatal(err)
	}
	if by, err := audit.VerifyCosignatures(p.Checkpoint, vkeys); err != nil || len(by) != 2 {
		t.Errorf("the newest event's proof bears %v, %v", by, err)
	}
	if c := d.CheckLog(t.Context()); c.ExitCode() != 0 || c.Entries != size {
		t.Errorf("%s; %d events before", c.Sentence(), size)
	}
}

func TestASilentWitnessIsToldAndCatchesUp(t *testing.T) {
	a, d := witnessedDesk(t)
	dir := filepath.Join(t.TempDir(), "one")
	vkey, url, stop := runWitness(t, dir, "127.0.0.1:0", d.VerifierKey())
	d.addWitness(t, url, vkey, true)
	defer a.witness(d.DB)()
	d.until(t, "seen", allHaveSeenTheNewest)
	stop()
	d.event(t, "a@desk.example")
	d.until(t, "told", func(w db.Witnesses) bool {
		return w.All[0].Trouble == "nobody listens at its address" && w.All[0].Silent(d.Now()) && !w.All[0].Refused
	})
	runWitness(t, dir, strings.TrimPrefix(url, "http://"), d.VerifierKey())
	w := d.until(t, "caught up", allHaveSeenTheNewest)
	if w.All[0].Trouble != "" {
		t.Errorf("still in trouble: %s", w.All[0].Trouble)
	}
}

func TestAWitnessThatHoldsAnotherLogRefusesAndIsHeard(t *testing.T) {
	a, d := witnessedDesk(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/ahead/add-checkpoint", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, "99\n")
	})
	mux.HandleFunc("/other/add-checkpoint", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, "1\n")
	})
	mux.HandleFunc("/moved/add-checkpoint", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/ahead/add-checkpoint", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/stranger/add-checkpoint", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("/endless/add-checkpoint", func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/liar/add-checkpoint", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "— liar AAAAAAE=\n") })
	server := httptest.NewServer(mux)
	defer server.Close()
	want := map[string]struct {
		words   string
		refused bool
	}{
		"ahead":    {"it has seen 99 events, and the log has only", true},
		"other":    {"from which this one does not go on", true},
		"moved":    {"it answers 307", false},
		"stranger": {"does not know this log", false},
		"endless":  {"too long", false},
		"liar":     {"does not hold its signature", false},
		"private":  {"its address is a private one: add the witness with --allow-private", false},
	}
	for name := range want {
		_, vkey, err := audit.NewWitnessKey(name)
		if err != nil {
			t.Fatal(err)
		}
		d.addWitness(t, server.URL+"/"+name, vkey, name != "private")
	}
	defer a.witness(d.DB)()
	all := d.until(t, "answered", func(w db.Witnesses) bool {
		for _, one := range w.All {
			if one.Trouble == "" {
				return false
			}
		}
		return true
	})
	for _, one := range all.All {
		if w := want[one.Name]; !strings.Contains(one.Trouble, w.words) || one.Refused != w.refused {
			t.Errorf("%s: %q, refused %v", one.Name, one.Trouble, one.Refused)
		}
	}
}

func TestAWitnessFollowsTheLogsKeysByItself(t *testing.T) {
	a, d := witnessedDesk(t)
	dir, first := filepath.Join(t.TempDir(), "one"), d.VerifierKey()
	vkey, url, stop := runWitness(t, dir, "127.0.0.1:0", first)
	d.addWitness(t, url, vkey, true)
	defer a.witness(d.DB)()
	d.until(t, "seen", allHaveSeenTheNewest)
	for range 2 {
		if _, err := d.RotateKey(t.Context(), byCommand, "The yearly change."); err != nil {
			t.Fatal(err)
		}
		d.event(t, strings.ToLower(rand.Text())+"@desk.example")
	}
	if w := d.until(t, "seen under the newest key", allHaveSeenTheNewest); w.All[0].Trouble != "" {
		t.Errorf("it is in trouble: %s", w.All[0].Trouble)
	}
	stop()
	runWitness(t, dir, strings.TrimPrefix(url, "http://"), first) // it remembers
	d.event(t, "later@desk.example")
	d.until(t, "seen again", allHaveSeenTheNewest)
	if c := d.CheckLog(t.Context()); c.ExitCode() != 0 || c.Cosigned == 0 {
		t.Error(c.Sentence())
	}
}

// A witness of another make has no request for rotations, and is told by hand.
func TestAWitnessFollowsTheKeysItWasTold(t *testing.T) {
	a, d := witnessedDesk(t)
	skey, vkey, err := audit.NewWitnessKey("other.example")
	if err != nil {
		t.Fatal(err)
	}
	dir, keys := t.TempDir(), []string{d.VerifierKey()}
	var mu sync.Mutex
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		w, err := audit.OpenWitness(dir, skey, keys)
		if err != nil {
			t.Error(err)
			return
		}
		answerWitness("add-checkpoint", w.AddCheckpoint, a.log, rw, r)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	d.addWitness(t, server.URL, vkey, true)
	defer a.witness(d.DB)()
	d.until(t, "seen", allHaveSeenTheNewest)
	if _, err := d.RotateKey(t.Context(), byCommand, "The yearly change."); err != nil {
		t.Fatal(err)
	}
	d.until(t, "refused for its key", func(w db.Witnesses) bool { return strings.Contains(w.All[0].Trouble, "does not know this log's key") })
	mu.Lock()
	keys = d.VerifierKeys()
	mu.Unlock()
	d.until(t, "seen again", allHaveSeenTheNewest)
}
