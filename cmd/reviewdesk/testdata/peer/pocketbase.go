package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// servePocketBase is PocketBase as its own documentation has it used from Go.
func servePocketBase(dir, addr string) error {
	os.Args = []string{os.Args[0], "serve", "--http", addr} // where it looks for what it is to do
	return pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, HideStartBanner: true}).Start()
}

// peer is PocketBase at work.
type peer struct {
	server
	token string
	total int64
	ids   []string // of verifications that wait, oldest first, as many as a run decides
}

const (
	peerEmail    = "officer@desk.example"
	peerPassword = "nine small boats"
)

// openPocketBase fills the folder where it is empty, and starts the server.
func openPocketBase(dir string, cases, waiting int) (*peer, error) {
	if _, err := os.Stat(dir + ".filled"); err != nil {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
		if err := fillPocketBase(dir, cases, waiting); err != nil {
			return nil, err
		}
		if err := os.WriteFile(dir+".filled", nil, 0o600); err != nil {
			return nil, err
		}
	}
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	p := &peer{server: server{url: "http://" + addr, alive: "/api/health",
		start: func() *exec.Cmd { return exec.Command(os.Args[0], "pocketbase", dir, addr) }}}
	if p.log, err = os.Create(dir + ".log"); err != nil {
		return nil, err
	}
	if err := p.begin(); err != nil {
		return nil, err
	}
	if err := p.again(); err != nil {
		return nil, err
	}
	return p, p.signIn()
}

// signIn gets a token of the officer, and the ids to work on.
func (p *peer) signIn() error {
	body, err := p.post("/api/collections/users/auth-with-password", map[string]string{"identity": peerEmail, "password": peerPassword})
	if err != nil {
		return err
	}
	var auth struct{ Token string }
	if err := json.Unmarshal(body, &auth); err != nil {
		return err
	}
	p.token = auth.Token
	for page := 1; page <= 10; page++ {
		body, err := p.get(fmt.Sprintf("/api/collections/verification/records?filter=%s&sort=due_at&perPage=1000&page=%d&fields=id&skipTotal=%v",
			url.QueryEscape("state='in_review'"), page, page > 1))
		if err != nil {
			return err
		}
		var list struct {
			TotalItems int64
			Items      []struct{ ID string }
		}
		if err := json.Unmarshal(body, &list); err != nil {
			return err
		}
		p.total = max(p.total, list.TotalItems)
		for _, i := range list.Items {
			p.ids = append(p.ids, i.ID)
		}
	}
	return nil
}

func (p *peer) request(method, path string, body any) *http.Request {
	var text io.Reader
	if body != nil {
		b, _ := json.Marshal(body) // maps of texts
		text = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, p.url+path, text)
	if err != nil {
		panic(err) // a path of ours
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", p.token)
	return r
}

func (p *peer) get(path string) ([]byte, error) { return once(p.request("GET", path, nil)) }
func (p *peer) post(path string, body any) ([]byte, error) {
	return once(p.request("POST", path, body))
}

// fillPocketBase makes the collections and their rows.
func fillPocketBase(dir string, cases, waiting int) error {
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: dir, HideStartBanner: true})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	defer app.ResetBootstrapState()
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	app.Settings().Batch.Enabled, app.Settings().Batch.MaxRequests, app.Settings().Batch.Timeout = true, 50, 5
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	officer := core.NewRecord(users)
	officer.SetEmail(peerEmail)
	officer.SetPassword(peerPassword)
	officer.SetVerified(true)
	if err := app.Save(officer); err != nil {
		return err
	}
	if err := makeCollections(app); err != nil {
		return err
	}
	return fillRows(app, cases, waiting)
}

func makeCollections(app core.App) error {
	signedIn := types.Pointer("@request.auth.id != ''")
	open := func(name string) *core.Collection {
		c := core.NewBaseCollection(name)
		c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule = signedIn, signedIn, signedIn, signedIn
		return c
	}
	v := open("verification")
	for _, f := range []string{"provider", "provider_id", "method", "state", "name", "email", "birth_date", "country", "document_kind", "codes", "owner", "outcome", "decided_by", "ground", "note"} {
		v.Fields.Add(&core.TextField{Name: f})
	}
	for _, f := range []string{"created_at", "due_at", "decided_at"} {
		v.Fields.Add(&core.DateField{Name: f})
	}
	v.Fields.Add(&core.NumberField{Name: "severity", OnlyInt: true}, &core.NumberField{Name: "version", OnlyInt: true})
	v.AddIndex("verification_queue", false, "state, due_at", "")
	v.AddIndex("verification_filter", false, "country, provider, state, due_at", "")
	v.AddIndex("verification_created", false, "created_at", "")
	v.AddIndex("verification_name", false, "name COLLATE NOCASE", "")
	v.AddIndex("verification_provider", true, "provider, provider_id", "")
	if err := app.Save(v); err != nil {
		return err
	}
	f, e := open("finding"), open("event")
	f.Fields.Add(&core.RelationField{Name: "verification", CollectionId: v.Id, MaxSelect: 1}, &core.TextField{Name: "code"}, &core.NumberField{Name: "severity", OnlyInt: true})
	f.AddIndex("finding_verification", false, "verification", "")
	e.Fields.Add(&core.RelationField{Name: "verification", CollectionId: v.Id, MaxSelect: 1}, &core.TextField{Name: "kind"}, &core.TextField{Name: "actor"},
		&core.DateField{Name: "at"}, &core.TextField{Name: "note"})
	e.AddIndex("event_verification", false, "verification, at", "")
	if err := app.Save(f); err != nil {
		return err
	}
	return app.Save(e)
}

var (
	given    = strings.Fields("Ana Beatriz Chen Dario Elif Farid Greta Hana Ines Jonas Kofi Lucia Marta Nadia Omar Petra Quim Rosa Samira Tomas Ulla Vera Wanda Yara Zoe")
	family   = strings.Fields("Abara Borges Cisneros Dimitrov Eriksen Fujita Garcia Haddad Ivanov Jansen Kowalska Lind Moreau Nowak Oliveira Petrov Quispe Rossi Suzuki Tan Usman Vargas Weber Yilmaz Zanetti")
	states   = []string{"passed", "passed", "failed", "arriving", "lapsed"}
	codes    = strings.Fields("id_check_failure pii_verification_failure selfie_failure duplicate_identity attempts_exceeded")
	lands    = strings.Fields("ES FR DE PL PT BR MX US UA TR IT SE")
	rareName = "Zephyrine Okonkwo-Thorvaldsen" // of one verification
)

const batch = 10_000

// fillRows writes the rows past the API, in PocketBase's own form.
func fillRows(app core.App, cases, waiting int) error {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Now().Add(-90 * 24 * time.Hour)
	for n := 0; n < cases; n += batch {
		err := app.RunInTransaction(func(tx core.App) error {
			for i := n; i < min(n+batch, cases); i++ {
				// Those that wait are spread over the whole table.
				if err := fillOne(tx, r, i, (i+1)*waiting/cases > i*waiting/cases, start); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, err := app.DB().NewQuery("ANALYZE").Execute()
	return err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000Z") }

func fillOne(tx core.App, r *rand.Rand, i int, waits bool, start time.Time) error {
	id := core.GenerateDefaultRandomId()
	created := start.Add(time.Duration(i) * time.Second)
	state := states[r.IntN(len(states))]
	if waits {
		state = "in_review"
	}
	name := given[r.IntN(len(given))] + " " + family[r.IntN(len(family))]
	if i == 7 {
		name = rareName
	}
	found := codes[:1+r.IntN(2)]
	row := map[string]any{"id": id, "provider": []string{"cybrid", "coinify"}[i%2], "provider_id": fmt.Sprintf("%032x", i), "method": "id_and_selfie", "state": state, "name": name,
		"email": fmt.Sprintf("a%d@applicant.example", i), "birth_date": "1990-02-14", "country": lands[r.IntN(len(lands))], "document_kind": "passport", "codes": strings.Join(found, " "),
		"owner": "", "outcome": "", "decided_by": "", "ground": "", "note": "", "created_at": stamp(created), "due_at": stamp(created.Add(48 * time.Hour)), "decided_at": "", "severity": 3, "version": 1}
	if _, err := tx.DB().Insert("verification", row).Execute(); err != nil {
		return err
	}
	for _, code := range found {
		if _, err := tx.DB().Insert("finding", map[string]any{"id": core.GenerateDefaultRandomId(), "verification": id, "code": code, "severity": 3}).Execute(); err != nil {
			return err
		}
	}
	for n, kind := range []string{"received", "updated", "viewed"} {
		event := map[string]any{"id": core.GenerateDefaultRandomId(), "verification": id, "kind": kind, "actor": "desk", "at": stamp(created.Add(time.Duration(n) * time.Minute)), "note": ""}
		if _, err := tx.DB().Insert("event", event).Execute(); err != nil {
			return err
		}
	}
	return nil
}
