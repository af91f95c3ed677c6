package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress tells on standard error how far a long command has come: a bar where
// that is a terminal, a plain line now and then otherwise.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	bar   *progressbar.ProgressBar // nil: plain lines
	unit  string                   // "bytes" or what is counted
	total int64                    // -1: unknown
	done  int64
	began time.Time
	last  time.Time
}

// lineEvery is how often a plain line comes.
const lineEvery = 5 * time.Second

func newProgress(out io.Writer, what, unit string, total int64) *progress {
	p := &progress{out: out, unit: unit, total: total, began: time.Now(), last: time.Now()}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
			progressbar.OptionShowBytes(unit == "bytes"), progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(total > 0), progressbar.OptionSetItsString(unit))
		if unit != "bytes" {
			progressbar.OptionShowIts()(p.bar)
		}
	}
	return p
}

// add counts something more.
func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += int64(n)
	if p.bar != nil {
		_ = p.bar.Add(n) // a bar that cannot be drawn is no reason to stop
		return
	}
	if now := time.Now(); now.Sub(p.last) >= lineEvery {
		p.last = now
		fmt.Fprintln(p.out, p.line(now.Sub(p.began)))
	}
}

// line says how much is done, and how fast; where the end is known, how long it takes.
func (p *progress) line(took time.Duration) string {
	n, second := fmt.Sprintf("%d %s", p.done, p.unit), float64(p.done)/took.Seconds()
	rate := fmt.Sprintf("%.0f a second", second)
	if p.unit == "bytes" {
		n, rate = fmt.Sprintf("%.1f MiB", float64(p.done)/(1<<20)), fmt.Sprintf("%.1f MiB a second", second/(1<<20))
	}
	if p.total <= 0 {
		return n + ", " + rate
	}
	left := time.Duration(float64(p.total-p.done) / second * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s (%d %%), %s, %v left", n, p.done*100/p.total, rate, max(left, 0))
}

// say writes a line of its own, between two states of the bar.
func (p *progress) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	fmt.Fprintf(p.out, format+"\n", args...)
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// reader counts what is read through it.
func (p *progress) reader(r io.Reader) io.Reader { return countingReader{r, p} }

type countingReader struct {
	r io.Reader
	p *progress
}

func (c countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.p.add(n)
	return n, err
}
