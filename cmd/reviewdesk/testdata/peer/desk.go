package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// desk is the product at work.
type desk struct {
	server
	officer, auditor string   // their sessions' cookies
	ids              []string // of cases that wait, the most urgent first
	deep             string   // the address of the page at that depth
	depth            int
	rare             string   // the words of a name that few have
	tokens           []string // of programs that may create
}

const (
	deskPassword = "nine small boats at the harbour"
	programs     = 60 // each may create 20 a second, and 40 at once
	deepest      = 50_000
)

// openDesk fills the folder where it is empty, and starts the server.
func openDesk(binary, dir string, cases int) (*desk, error) {
	fresh := false
	if _, err := os.Stat(dir + ".secrets"); err != nil {
		fresh = true
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		if err := fillDesk(binary, dir, cases); err != nil {
			return nil, err
		}
	}
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	d := &desk{server: server{url: "http://" + addr, alive: "/healthz",
		start: func() *exec.Cmd { return exec.Command(binary, "serve", "--data", dir, "--addr", addr) }}}
	if d.log, err = os.Create(dir + ".log"); err != nil { // a line a request
		return nil, err
	}
	if err := d.begin(); err != nil {
		return nil, err
	}
	if err := d.again(); err != nil {
		return nil, err
	}
	return d, d.enter(dir+".secrets", fresh)
}

func reviewdesk(binary string, args ...string) (string, error) {
	out, err := exec.Command(binary, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s: %w: %s", args[0], err, exit.Stderr)
	}
	return string(out), err
}

// secrets are what the commands print once.
type secrets struct {
	Links    []string    // of the officer and the auditor
	Programs [][2]string // id and secret
}

func fillDesk(binary, dir string, cases int) error {
	if _, err := reviewdesk(binary, "init", "--data", dir, "--email", "rosa@desk.example"); err != nil {
		return err
	}
	if _, err := reviewdesk(binary, "generate", "--data", dir, "--cases", fmt.Sprint(cases)); err != nil {
		return err
	}
	var s secrets
	for _, role := range []string{"senior", "auditor"} {
		out, err := reviewdesk(binary, "user", "add", "--data", dir, "--email", role+"@desk.example", "--name", "Peer "+role, "--role", role)
		if err != nil {
			return err
		}
		link := strings.TrimSpace(out)
		s.Links = append(s.Links, link[strings.Index(link, "/welcome/"):])
	}
	for n := range programs {
		out, err := reviewdesk(binary, "client", "add", "--data", dir, "--provider", "cybrid", "--name", fmt.Sprint("Program ", n), "--scope", "identity_verifications:execute")
		if err != nil {
			return err
		}
		id, secret, _ := strings.Cut(strings.TrimSpace(out), "\n")
		s.Programs = append(s.Programs, [2]string{strings.TrimPrefix(id, "id="), strings.TrimPrefix(secret, "secret=")})
	}
	text, err := json.Marshal(s)
	if err == nil {
		err = os.WriteFile(dir+".secrets", text, 0o600)
	}
	return err
}

// enter signs everybody in and finds out what the paths ask for.
func (d *desk) enter(file string, fresh bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var s secrets
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	for n, cookie := range []*string{&d.officer, &d.auditor} {
		path, form := "/signin", url.Values{"email": {[]string{"senior", "auditor"}[n] + "@desk.example"}, "password": {deskPassword}}
		if fresh {
			path, form = s.Links[n], url.Values{"password": {deskPassword}, "again": {deskPassword}}
		}
		if *cookie, err = d.signIn(path, form); err != nil {
			return err
		}
	}
	for n, p := range s.Programs {
		token, err := d.token(n, p)
		if err != nil {
			return err
		}
		d.tokens = append(d.tokens, token)
	}
	return d.walk()
}

func (d *desk) signIn(path string, form url.Values) (cookie string, err error) {
	res, err := http.DefaultTransport.RoundTrip(d.request("POST", path, "", form))
	if err != nil {
		return "", err
	}
	res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "desk_session" {
			return c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("%s: status %d and no session", path, res.StatusCode)
}

// token asks as a program in a network of its own: the desk bounds how often one asks.
func (d *desk) token(n int, program [2]string) (string, error) {
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n), 1)}}
	client := &http.Client{Transport: &http.Transport{DialContext: from.DialContext, DisableKeepAlives: true}}
	res, err := client.PostForm(d.url+"/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {program[0]},
		"client_secret": {program[1]}, "scope": {"identity_verifications:execute"}})
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var answer struct {
		Token string `json:"access_token"`
	}
	err = json.NewDecoder(res.Body).Decode(&answer)
	if err == nil && answer.Token == "" {
		err = fmt.Errorf("status %d and no token", res.StatusCode)
	}
	return answer.Token, err
}

func (d *desk) request(method, path, cookie string, form url.Values) *http.Request {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, d.url+path, body)
	if err != nil {
		panic(err) // a path of ours
	}
	r.Header.Set("Cookie", cookie)
	r.Header.Set("Origin", d.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Encoding", "identity")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

var (
	rowID    = regexp.MustCompile(`data-id="([0-9a-f-]{36})"`)
	nextPage = regexp.MustCompile(`href="(/queue\?[^"]*)"[^>]*rel="next"`)
	subject  = regexp.MustCompile(`<bdi>([A-Za-z]{4,}(?: [A-Za-z]{4,})+)</bdi></a>`)
	count    = regexp.MustCompile(`(?m)^reviewdesk_cases\{[^}]*status="in_review"\} ([0-9e+.]+)$`)
)

// walk goes through the queue as somebody would who turns the pages, down to the depth
// that is asked for.
func (d *desk) walk() error {
	path := "/queue"
	names := map[string]int{}
	for len(d.ids) < deepest+perPage {
		body, err := once(d.request("GET", path, d.officer, nil))
		if err != nil {
			return err
		}
		rows := rowID.FindAllSubmatch(body, -1)
		if len(rows) == perPage {
			d.deep, d.depth = path, len(d.ids)
		}
		for _, m := range rows {
			d.ids = append(d.ids, string(m[1]))
		}
		for _, m := range subject.FindAllSubmatch(body, -1) {
			names[string(m[1])]++
		}
		next := nextPage.FindSubmatch(body)
		if next == nil {
			break
		}
		path = strings.ReplaceAll(string(next[1]), "&amp;", "&")
	}
	for name, n := range names { // the longest of those met once: words of a name, the last one begun
		if n == 1 && (len(name) > len(d.rare) || len(name) == len(d.rare) && name < d.rare) {
			d.rare = name
		}
	}
	if d.depth == 0 || d.rare == "" {
		return errors.New("the queue has one page only: ask for more cases")
	}
	d.rare = d.rare[:len(d.rare)-1]
	return nil
}

// waiting is how many cases are in review, by the desk's own metrics.
func (d *desk) waiting() (n int, err error) {
	body, err := once(d.request("GET", "/metrics", "", nil))
	for _, m := range count.FindAllSubmatch(body, -1) {
		var part float64
		fmt.Sscan(string(m[1]), &part)
		n += int(part)
	}
	return n, err
}
