//go:build linux

package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// officer is one of the crowd with a browser: a jar of cookies, the connections, and
// the stream of changes that the page in front holds open.
type officer struct {
	n                        int
	name, email, id, address string
	senior                   bool
	r                        *rand.Rand

	c      *crowd
	client *http.Client
	live   context.CancelFunc // ends the stream of the page in front
	heard  sync.WaitGroup

	turns, cases, decisions, words int // so far; a word is one on somebody's proposal
	turnedAway                     int // when signing in

	said     []said           // what the desk has acknowledged, in order
	versions map[string]int64 // of a case, once this officer has changed it
	told     string           // what the next page has to say about the last act
}

// said is an act that the desk has told an officer of as done.
type said struct{ kind, id string }

// kinds of answers, as the table of figures calls them.
const (
	kindSignIn  = "sign in (form sent)"
	kindCase    = "case"
	kindQueue   = "queue"
	kindSecond  = "second review list"
	kindPicture = "picture"
	kindStatic  = "style, script and icon"
	kindLive    = "stream of changes, first word"
)

// sits gives the officer a browser.
func (o *officer) sits(c *crowd) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.fault(o, err)
	}
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(o.address)}}
	o.c, o.versions, o.live = c, map[string]int64{}, func() {}
	o.client = &http.Client{Jar: jar, Timeout: time.Minute,
		Transport:     &http.Transport{DialContext: from.DialContext, MaxConnsPerHost: 6}, // as many as browsers open
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// leave closes the browser.
func (o *officer) leave() {
	o.live()
	o.heard.Wait()
	o.client.CloseIdleConnections()
}

// answer is a response with its body.
type answer struct {
	*http.Response
	body []byte
}

// busy says that too many people are signing in: whoever it is tries again.
type busy struct{ wait time.Duration }

func (b busy) Error() string { return "try again in " + b.wait.String() }

// ask sends a request and reads the whole answer. A server's error is an error.
func (o *officer) ask(kind, method, path string, form url.Values) (answer, error) {
	req, err := http.NewRequest(method, o.c.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", o.c.url)
	}
	began := time.Now()
	res, err := o.client.Do(req)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", kind, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	o.c.figures.note(kind, time.Since(began))
	if wait, after := strconv.Atoi(res.Header.Get("Retry-After")); kind == kindSignIn && res.StatusCode == http.StatusServiceUnavailable && err == nil && after == nil {
		return answer{}, busy{time.Duration(wait) * time.Second}
	}
	if err == nil && (res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests) {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	if err != nil {
		return answer{}, fmt.Errorf("%s: %s %s: %w", kind, method, path, err)
	}
	return answer{res, body}, nil
}

// look opens a page. The one before goes, and its stream with it.
func (o *officer) look(kind, path string) (*goquery.Document, error) {
	o.live()
	a, err := o.ask(kind, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: GET %s: status %d", kind, path, a.StatusCode)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	if who := doc.Find("aside.rail .me bdi").Text(); who != o.name {
		return nil, fmt.Errorf("%s: the page of %q", kind, who)
	}
	if said := doc.Find(".toasts").Text(); !strings.Contains(said, o.told) {
		return nil, fmt.Errorf("%s: the page says %q, want %q", kind, strings.Join(strings.Fields(said), " "), o.told)
	}
	o.told = ""
	o.listen()
	return doc, nil
}

// send posts a form, which leads on to another page.
func (o *officer) send(kind, path string, form url.Values) (to string, err error) {
	a, err := o.ask(kind, http.MethodPost, path, form)
	if err == nil && a.StatusCode != http.StatusSeeOther {
		err = refused{kind, a}
	}
	if err != nil {
		return "", err
	}
	return a.Header.Get("Location"), nil
}

// refused is an answer that leads nowhere.
type refused struct {
	kind string
	a    answer
}

func (e refused) Error() string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(e.a.body))
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s: POST %s: status %d: %s", e.kind, e.a.Request.URL.Path, e.a.StatusCode,
		strings.Join(strings.Fields(doc.Find("#main [role=alert], #main .fault, #main .errors, #main h1").Text()), " "))
}

// listen holds the stream of changes open until the page goes.
func (o *officer) listen() {
	ctx, cancel := context.WithCancel(context.Background())
	o.live = cancel
	o.heard.Go(func() {
		if err := o.hear(ctx); err != nil && ctx.Err() == nil {
			o.c.fault(o, err)
		}
	})
}

func (o *officer) hear(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.c.url+"/live", nil)
	if err != nil {
		return err
	}
	began := time.Now()
	listener := &http.Client{Jar: o.client.Jar, Transport: o.client.Transport, CheckRedirect: o.client.CheckRedirect} // no time-out
	res, err := listener.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		return fmt.Errorf("the stream of changes: status %d, %s", res.StatusCode, kind)
	}
	lines := bufio.NewScanner(res.Body)
	for n := 0; lines.Scan(); n++ {
		if n == 0 {
			o.c.figures.note(kindLive, time.Since(began))
		}
		text, is := strings.CutPrefix(lines.Text(), "data: ")
		var said struct{ Counts map[string]string }
		if !is {
			continue
		}
		if err := json.Unmarshal([]byte(text), &said); err != nil || len(said.Counts) == 0 {
			return fmt.Errorf("the stream of changes says %q: %w", text, err)
		}
	}
	return lines.Err() // the desk ends a stream after some minutes, and a browser asks anew
}

// fetch gets what a page shows beside its text.
func (o *officer) fetch(kind, path, mediaType string) error {
	a, err := o.ask(kind, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if got := a.Header.Get("Content-Type"); a.StatusCode != http.StatusOK || !strings.HasPrefix(got, mediaType) || len(a.body) == 0 {
		return fmt.Errorf("%s: GET %s: status %d, %s, %d bytes", kind, path, a.StatusCode, got, len(a.body))
	}
	return nil
}

// linked are the values of an attribute, each once.
func linked(doc *goquery.Document, selector, attribute string) (out []string) {
	doc.Find(selector).Each(func(_ int, s *goquery.Selection) {
		if v := s.AttrOr(attribute, ""); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	})
	return out
}

// fields are what a browser would send of the decision's form; buttons and the lists
// of grounds are left to whoever decides.
func fields(doc *goquery.Document) url.Values {
	form := url.Values{}
	doc.Find("form#decision [name], [form=decision][name]").Each(func(_ int, f *goquery.Selection) {
		name, kind := f.AttrOr("name", ""), f.AttrOr("type", "")
		_, checked := f.Attr("checked")
		switch node := goquery.NodeName(f); {
		case node == "button", name == "ground", (kind == "radio" || kind == "checkbox") && !checked:
		case node == "textarea":
			form.Add(name, strings.TrimPrefix(f.Text(), "\n"))
		case node == "select":
			form.Add(name, f.Find("option[selected], option").First().AttrOr("value", ""))
		default:
			form.Add(name, f.AttrOr("value", ""))
		}
	})
	return form
}
