package main

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // for sqlexec

	"reviewdesk/cmd/reviewdesk/shipped"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, commands)
}

// tidy are tests that leave no binary behind.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	defer shipped.Remove()
	return t.M.Run()
}

// commands are what scripts can run, each in a process of its own.
var commands = map[string]func(){
	"reviewdesk": main,
	"sqlexec":    sqlexec,
	"flipbyte":   flipbyte,
}

func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"running": running,
			"stops":   stops,
			"mode":    mode,
			"lines":   lines,
			"fileenv": fileenv,

			"firstid":    firstid,
			"proofof":    proofof,
			"askwitness": askwitness,
			"cosign":     cosign,
		},
	})
}

// exits runs a command and wants an exit code: exits 2 reviewdesk import
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// running starts a command that serves, waits for its ready line and puts the
// address into $URL and everything printed so far into ready.txt.
func running(ts *testscript.TestScript, neg bool, args []string) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = ts.Getenv("WORK")
	cmd.Env = append(os.Environ(), "TMPDIR="+ts.Getenv("TMPDIR"))
	logs, err := os.Create(ts.MkAbs("logs.txt"))
	ts.Check(err)
	cmd.Stderr = logs
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cmd.Process.Kill()
		cmd.Wait()
		logs.Close()
	})
	servers.Store(ts, cmd)
	var said strings.Builder
	for scan := bufio.NewScanner(out); ; {
		if !scan.Scan() {
			text, _ := os.ReadFile(logs.Name())
			ts.Fatalf("ended without serving: %s\n%s", said.String(), text)
		}
		fmt.Fprintln(&said, scan.Text())
		if url, ready := strings.CutPrefix(scan.Text(), "listening on "); ready {
			ts.Setenv("URL", url)
			ts.Setenv("ADDR", url[strings.LastIndexByte(url, '/')+1:])
			break
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("ready.txt"), []byte(said.String()), 0o600))
	go io.Copy(io.Discard, out)
}

var servers sync.Map // of *exec.Cmd by script: scripts run side by side

// stops sends SIGTERM to what running started and wants it to end with 0.
func stops(ts *testscript.TestScript, neg bool, args []string) {
	kept, _ := servers.Load(ts)
	cmd := kept.(*exec.Cmd)
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		text, _ := os.ReadFile(ts.MkAbs("logs.txt"))
		ts.Fatalf("stopping: %v\n%s", err, text)
	}
}

// mode wants a file's permissions: mode 0600 desk/desk.db
func mode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}

// lines wants the last output to have so many lines: lines 4
func lines(ts *testscript.TestScript, neg bool, args []string) {
	if got := fmt.Sprint(strings.Count(ts.ReadFile("stdout"), "\n")); got != args[0] {
		ts.Fatalf("%s lines, want %s", got, args[0])
	}
}

// fileenv puts a file's text into a variable: fileenv KEY desk/keys/audit.pub
func fileenv(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}

// sqlexec FILE SQL changes a database behind the desk's back.
func sqlexec() {
	h, err := sql.Open("sqlite", "file:"+os.Args[1])
	if err == nil {
		_, err = h.Exec(os.Args[2])
	}
	if err == nil {
		err = h.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// flipbyte FILE OFFSET turns one byte of a file over.
func flipbyte() {
	at, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err == nil {
		err = flip(os.Args[1], at)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func flip(name string, at int64) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return err
	}
	b[0] ^= 0xff
	_, err = f.WriteAt(b[:], at)
	return err
}
