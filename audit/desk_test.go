package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

type entryRow struct {
	seq     int64
	columns audit.Columns
	body    []byte
}

type hashRow struct {
	place int64
	hash  tlog.Hash
}

type headRow struct {
	size   int64
	signed []byte
}

type keyRow struct {
	seq        int64
	field      string
	key, value []byte
}

// memory is a whole log in slices: an audit.Source with nothing behind it.
type memory struct {
	entries  []entryRow
	hashes   []hashRow
	heads    []headRow
	openings []keyRow
	cosigned []cosignedRow
	outbox   []toldRow
	cases    []audit.CaseState
	accounts []audit.AccountState
}

type cosignedRow struct {
	size       int64
	name, line string
}

type toldRow struct {
	seq           int64
	object, state string
}

func (m *memory) Entries(yield func(int64, audit.Columns, []byte) error) error {
	for _, r := range m.entries {
		if err := yield(r.seq, r.columns, r.body); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Hashes(yield func(int64, tlog.Hash) error) error {
	for _, r := range m.hashes {
		if err := yield(r.place, r.hash); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Checkpoints(yield func(int64, []byte) error) error {
	for _, r := range m.heads {
		if err := yield(r.size, r.signed); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Openings(yield func(int64, string, []byte, []byte) error) error {
	for _, r := range m.openings {
		if err := yield(r.seq, r.field, r.key, r.value); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Cosignatures(yield func(int64, string, string) error) error {
	for _, r := range m.cosigned {
		if err := yield(r.size, r.name, r.line); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Outbox(yield func(int64, string, string) error) error {
	for _, r := range m.outbox {
		if err := yield(r.seq, r.object, r.state); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Cases(yield func(*audit.CaseState) error) error {
	for i := range m.cases {
		if err := yield(&m.cases[i]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Accounts(yield func(audit.AccountState) error) error {
	for _, r := range m.accounts {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

// copy is a backup of the log.
func (m *memory) copy() memory {
	c := memory{
		slices.Clone(m.entries), slices.Clone(m.hashes), slices.Clone(m.heads),
		slices.Clone(m.openings), slices.Clone(m.cosigned), slices.Clone(m.outbox), slices.Clone(m.cases), slices.Clone(m.accounts),
	}
	for i := range c.cases {
		c.cases[i].Steps, c.cases[i].Findings = slices.Clone(c.cases[i].Steps), slices.Clone(c.cases[i].Findings)
	}
	for i := range c.entries {
		c.entries[i].body = bytes.Clone(c.entries[i].body)
	}
	for i := range c.heads {
		c.heads[i].signed = bytes.Clone(c.heads[i].signed)
	}
	for i := range c.openings {
		c.openings[i].key = bytes.Clone(c.openings[i].key)
		c.openings[i].value = bytes.Clone(c.openings[i].value)
	}
	return c
}

// desk writes a log as the server does.
type desk struct {
	memory
	t        testing.TB
	now      time.Time
	tree     *audit.Frontier
	signer   note.Signer
	verifier note.Verifier
	keys     audit.Keys // pinned
	path     string     // of the anchor
	anchor   *audit.Anchor
	skey     string   // of signer
	chain    []string // all public keys so far
	older    bool     // write as the desk did before its entries stated whole rows
}

func newDesk(t testing.TB) *desk {
	d := &desk{t: t, now: noon, tree: &audit.Frontier{}, path: t.TempDir() + "/anchor.log"}
	d.signer, d.verifier = keys(t)
	d.keys, d.skey, d.chain = pinned(t), secretKey, []string{publicKey}
	var err error
	if d.anchor, err = audit.OpenAnchor(d.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.anchor.Close() })
	return d
}

// add appends an entry as it is, but for its number and, unless it has one, its time.
func (d *desk) add(e audit.Entry) {
	d.t.Helper()
	e.Seq = d.tree.Size() + 1
	if e.Time.IsZero() {
		d.now = d.now.Add(time.Second)
		e.Time = d.now
	}
	body, err := e.Bytes()
	if err != nil {
		d.t.Fatal(err)
	}
	hashes, err := d.tree.Append(body)
	if err != nil {
		d.t.Fatal(err)
	}
	for i, h := range hashes {
		d.hashes = append(d.hashes, hashRow{audit.StoredHashIndex(e.Seq) + int64(i), h})
	}
	columns := audit.Columns{Kind: e.Action, Actor: e.Actor.ID, Object: e.Object, At: e.Time}
	d.entries = append(d.entries, entryRow{e.Seq, columns, body})
}

// move does something to a case: it changes its row and appends the entry. words
// are committed to.
func (d *desk) move(actor, action, id, state string, words ...string) {
	d.t.Helper()
	e := audit.Entry{Actor: audit.Actor{Kind: "person", ID: actor}, Action: action, Object: id}
	i := slices.IndexFunc(d.cases, func(c audit.CaseState) bool { return c.ID == id })
	if i < 0 {
		i = len(d.cases)
		d.cases = append(d.cases, audit.CaseState{ID: id})
	} else {
		e.Before = &audit.State{State: d.cases[i].State, Version: d.cases[i].Version}
	}
	c := &d.cases[i]
	c.State, c.Version = state, c.Version+1
	c.Escalated = action == "escalated" || c.Escalated && action == "received"
	e.After = &audit.State{State: c.State, Version: c.Version}
	e.Facts = caseRow{c}.write(action, actor, d.tree.Size()+1, d.now.Add(time.Second))
	if d.older && len(e.Facts) > 3 && (action == "received" || action == "updated") {
		e.Facts = e.Facts[:3] // the tables hold the rest all the same
	}
	if action == "decided" || action == "confirmed" {
		d.outbox = append(d.outbox, toldRow{d.tree.Size() + 1, id, state})
	}
	for _, w := range words {
		made, key, err := audit.Commit("note", []byte(w))
		if err != nil {
			d.t.Fatal(err)
		}
		e.Commitments = append(e.Commitments, made)
		d.openings = append(d.openings, keyRow{d.tree.Size() + 1, "note", key[:], []byte(w)})
	}
	d.add(e)
}

// sign makes the checkpoint of the log as it stands, without anchoring it.
func (d *desk) sign() []byte {
	d.t.Helper()
	root, err := d.tree.Root()
	if err != nil {
		d.t.Fatal(err)
	}
	signed, err := audit.Checkpoint{Origin: origin, Size: d.tree.Size(), Root: root}.Sign(d.signer)
	if err != nil {
		d.t.Fatal(err)
	}
	d.heads = append(d.heads, headRow{d.tree.Size(), signed})
	return signed
}

// commit ends a batch: checkpoint, then anchor.
func (d *desk) commit() {
	d.t.Helper()
	if err := d.anchor.Append(d.now, d.sign()); err != nil {
		d.t.Fatal(err)
	}
}

// rotate hands the log over to a new key: what is signed from now on is signed by it.
func (d *desk) rotate() {
	d.t.Helper()
	skey, vkey := seededKey(d.t, fmt.Sprint("key ", len(d.chain)))
	facts, err := audit.RotationFacts(origin, d.tree.Size()+1, d.skey, skey)
	if err != nil {
		d.t.Fatal(err)
	}
	d.add(audit.Entry{Actor: audit.Actor{Kind: "person", ID: "root"}, Action: audit.ActionKeyRotated, Facts: facts})
	d.use(skey, vkey)
}

// seededKey makes the same key for the same words, so that fuzzing can go on where it
// stopped.
func seededKey(t testing.TB, words string) (skey, vkey string) {
	t.Helper()
	seed := sha256.Sum256([]byte(words))
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(vkey, "+")[1]
	return "PRIVATE+KEY+" + origin + "+" + hash + "+" + base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...)), vkey
}

// use signs with another key from now on.
func (d *desk) use(skey, vkey string) {
	d.t.Helper()
	var err error
	if d.signer, err = note.NewSigner(skey); err != nil {
		d.t.Fatal(err)
	}
	if d.verifier, err = note.NewVerifier(vkey); err != nil {
		d.t.Fatal(err)
	}
	d.skey, d.chain = skey, append(d.chain, vkey)
}

// pin makes the desk's checks trust these keys.
func (d *desk) pin(vkeys ...string) {
	d.t.Helper()
	var err error
	if d.keys, err = audit.NewKeys(vkeys...); err != nil {
		d.t.Fatal(err)
	}
}

// ReadHashes makes the log a tlog.HashReader.
func (m *memory) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		if p < 0 || p >= int64(len(m.hashes)) {
			return nil, fmt.Errorf("no hash number %d", p)
		}
		out[i] = m.hashes[p].hash
	}
	return out, nil
}

// head is the newest signed head.
func (d *desk) head() (signed []byte, c audit.Checkpoint) {
	d.t.Helper()
	signed = d.heads[len(d.heads)-1].signed
	c, err := audit.OpenCheckpoint(signed, d.verifier)
	if err != nil {
		d.t.Fatal(err)
	}
	return signed, c
}

// at is the head of an earlier size.
func (d *desk) at(size int64) audit.Checkpoint {
	d.t.Helper()
	root, err := audit.Root(size, &d.memory)
	if err != nil {
		d.t.Fatal(err)
	}
	return audit.Checkpoint{Origin: origin, Size: size, Root: root}
}

func (d *desk) verify() audit.Report {
	return audit.Verify(&d.memory, audit.Options{Keys: d.keys, AnchorPath: d.path})
}

// workday is a log of 16 entries in 8 batches, with three cases: A decided, B
// proposed and confirmed, reopened and decided again, C still waiting.
func workday(t testing.TB) *desk {
	d := newDesk(t)
	d.add(audit.Entry{Actor: audit.Actor{Kind: "system"}, Action: "started"})
	d.commit() // 1
	d.move("feed", "received", "A", "in_review")
	d.move("feed", "received", "B", "in_review")
	d.move("feed", "received", "C", "arriving")
	d.commit() // 4
	d.add(audit.Entry{Actor: audit.Actor{Kind: "person", ID: "ann"}, Action: "viewed", Object: "A"})
	d.move("ann", "decided", "A", "passed", "The picture is the same person.")
	d.commit() // 6
	d.move("ann", "proposed", "B", "second_review", "Looks altered.")
	d.commit() // 7
	d.move("bob", "returned", "B", "in_review", "Look again.")
	d.move("ann", "proposed", "B", "second_review")
	d.move("bob", "confirmed", "B", "failed")
	d.commit() // 10
	d.move("bob", "reopened", "B", "in_review")
	d.move("bob", "decided", "B", "passed", "The second document is good.")
	d.commit() // 12
	d.move("feed", "updated", "C", "in_review")
	d.commit() // 13
	d.move("bob", "escalated", "C", "in_review")
	d.add(audit.Entry{Actor: audit.Actor{Kind: "client", ID: "key-1"}, Action: "exported", Facts: []audit.Fact{{Name: "rows", Value: "3"}}})
	d.add(audit.Entry{Actor: audit.Actor{Kind: "person", ID: "ann"}, Action: "signed_out", Time: d.now, ClockSteppedBack: true})
	d.commit() // 16
	return d
}
