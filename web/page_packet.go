package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
	"reviewdesk/views"
)

// The decision packet is what stays of a decision outside the desk: one page that
// prints to two sheets, and a zip with the evidence and the proof. Nothing in it
// depends on who takes it home or when, so that it is the same byte for byte whenever
// it is made. It shows no more than the case's page does: personal fields are masked
// for every role.

// packet hands out the page.
func (s *Server) packet(w http.ResponseWriter, r *http.Request) error {
	p, err := s.gatherPacket(w, r, "html")
	if err != nil {
		return err
	}
	b, err := s.packetHTML(r, p)
	if err != nil {
		return err
	}
	return sendPacket(w, packetName(p)+".html", "text/html; charset=utf-8", b)
}

// packetZip hands out the page with the evidence and the proof.
func (s *Server) packetZip(w http.ResponseWriter, r *http.Request) error {
	p, err := s.gatherPacket(w, r, "zip")
	if err != nil {
		return err
	}
	b, err := s.packetHTML(r, p)
	if err != nil {
		return err
	}
	b, err = zipPacket(p, b)
	if err != nil {
		return err
	}
	return sendPacket(w, packetName(p)+".zip", "application/zip", b)
}

// gatherPacket reads what a packet is made of, once it is recorded that it left.
func (s *Server) gatherPacket(w http.ResponseWriter, r *http.Request, format string) (db.Packet, error) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		return db.Packet{}, errMethod
	}
	if err := fetchedByUs(r); err != nil {
		return db.Packet{}, err
	}
	id, err := s.caseID(r)
	if err != nil {
		return db.Packet{}, err
	}
	text := r.URL.Query().Get("at")
	seq, err := parseSeq(text)
	if err != nil || text != "" && itoa(seq) != text {
		return db.Packet{}, db.ErrNotFound
	}
	return s.db.Packet(r.Context(), visitOf(r.Context()).actor, id, seq, format)
}

func sendPacket(w http.ResponseWriter, name, kind string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", picturePolicy) // it is to be kept, not to be opened here
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.Write(b) // the reader left, or not
	return nil
}

// packetName is made of our own words and an id, so it needs no escaping.
func packetName(p db.Packet) string { return "reviewdesk-packet-" + p.ID }

func (s *Server) packetHTML(r *http.Request, p db.Packet) ([]byte, error) {
	var b bytes.Buffer
	page, err := s.packetPage(r, p)
	if err == nil {
		err = views.Packet(page).Render(r.Context(), &b)
	}
	return b.Bytes(), err
}

// packetPage draws the packet as nobody in particular, at the time of the decision.
func (s *Server) packetPage(r *http.Request, p db.Packet) (views.PacketPage, error) {
	o := opened{Case: p.Case, v: &visit{}, now: p.Event.Time, zone: time.UTC, then: &p.Moment}
	if err := s.policies(r, &o); err != nil {
		return views.PacketPage{}, err
	}
	o.codes = p.Catalogue
	workspace, _ := s.db.Workspace()
	page := views.PacketPage{
		ID: o.ID, ShortID: shortID(o.Provider, o.ID), ProviderID: visible(o.ProviderID), Provider: lookOf(o.Provider).name, Workspace: visible(workspace),
		Name: visible(o.Subject.Name), NameWarning: nameWarning(o.Subject.Name), State: wireWords(o.wire()),
		Outcome: "Rejected", Tone: "bad", Time: packetTime(p.Event.Time), Face: o.face(), Findings: o.findings(), Compare: o.compare(), Zones: o.zones(),
		First: o.decided(), Second: o.confirmed(), FirstTime: packetTime(p.Decided.Time), SecondTime: packetTime(p.Event.Time),
		Versions: packetVersions(p), Checkpoint: visible(string(p.Checkpoint)), Keys: p.Keys, Extract: digestOf(p.Extract),
	}
	if o.Decision.Action == review.Approve {
		page.Outcome, page.Tone = "Approved", "ok"
	}
	page.First.Words = page.Outcome
	if page.Second != nil { // what was proposed counted only once it was confirmed
		page.First.Words = upperFirst(string(o.Decision.Action))
	}
	if o.Erased != nil {
		e := erasedWords(o.Erased, time.UTC)
		page.Erased = "Personal data erased on " + e.At.Text + ", because " + e.Why + ". The decision and its proof stand."
	}
	if p.Partly {
		page.Partly = o.banner().Partly
	}
	for _, check := range o.Passed {
		page.Passed = append(page.Passed, visible(review.CheckName(check)))
	}
	page.Facts = packetFacts(&o, page)
	page.Pictures, page.Files, page.Sheets = packetPictures(&o, p), packetFiles(p), packetSheets(p)
	page.Log, page.LogMore = packetLog(&o)
	page.Head = []views.Fact{{Label: "Log", Value: p.Instance}, {Label: "Events", Value: itoa(p.Head.Size)}, {Label: "Root", Value: p.Head.Root.String()}}
	page.Dense = dense(page)
	return page, nil
}

func packetTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006, 15:04:05 UTC")
}

func packetFacts(o *opened, page views.PacketPage) []views.Fact {
	out := []views.Fact{{Label: "Case", Value: o.ID}, {Label: page.Provider, Value: page.ProviderID}, {Label: "State", Value: page.State}}
	add := func(label, value string) {
		if value != "" {
			out = append(out, views.Fact{Label: label, Value: value})
		}
	}
	for _, f := range o.facts() {
		add(strings.TrimSuffix(f.Label, ","), f.Value)
	}
	add("Made", packetTime(o.CreatedAt))
	add("Taken in", packetTime(o.ReceivedAt))
	add("Waited since", packetTime(o.ReviewSince))
	add("Due", packetTime(o.DueAt))
	return out
}

// packetVersions are the rules that the decision was made under, as its event tells.
func packetVersions(p db.Packet) []views.Fact {
	catalogue := p.Catalogue.Version()
	if catalogue == "" {
		catalogue = "not told by the event; words of " + review.Standard.Version()
	}
	out := []views.Fact{{Label: "Catalogue of codes", Value: catalogue}}
	if policy := p.Decided.Fact("policy"); policy != "" {
		out = append(out, views.Fact{Label: "Policy", Value: visible(policy)})
	}
	return append(out, views.Fact{Label: "Case, version", Value: itoa(p.Decision.Version)}, views.Fact{Label: "Desk", Value: p.Instance})
}

func packetPictures(o *opened, p db.Packet) []views.PacketPicture {
	var out []views.PacketPicture
	for i, image := range p.Images {
		info := p.Pictures[i]
		out = append(out, views.PacketPicture{
			Caption: o.caption(info.Kind), Size: strconv.Itoa(info.Width) + " × " + strconv.Itoa(info.Height), SHA256: digestOf(image.Data),
			File: evidenceName(i, image), Data: "data:" + image.MediaType + ";base64," + base64.StdEncoding.EncodeToString(image.Data),
		})
	}
	return out
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// logLines is how many events the second sheet has room for.
const logLines = 18

// packetLog lists what moved the case, oldest first. Looks are counted: the extract
// holds each of them.
func packetLog(o *opened) (out []views.PacketEvent, more string) {
	looks, older := 0, 0
	for _, e := range o.History { // newest first
		kind := review.EventKind(e.Action)
		if kind == review.EventViewed || kind == review.EventExported {
			looks++
			continue
		}
		if len(out) == logLines {
			older++
			continue
		}
		out = append(out, views.PacketEvent{Seq: thousands(e.Seq), Time: packetTime(e.Time), Who: actorOf(e).Name,
			What: strings.TrimPrefix(sentence(e), actorOf(e).Name+" "), Leaf: hex.EncodeToString(e.Leaf[:8]) + "…"})
	}
	slices.Reverse(out)
	var parts []string
	if looks > 0 {
		parts = append(parts, counted(looks, "look at the case", "looks at the case"))
	}
	if older > 0 {
		parts = append(parts, counted(older, "earlier event", "earlier events"))
	}
	if len(parts) > 0 {
		more = "Not listed, and in the extract: " + strings.Join(parts, " and ") + "."
	}
	return out, more
}

// dense guesses whether the case needs smaller letters to stay on two sheets.
func dense(p views.PacketPage) bool {
	note := len(p.First.Note)
	if p.Second != nil {
		note = max(note, len(p.Second.Note))
	}
	first := 2*len(p.Compare) + 4*len(p.Zones) + room(5, 4, len(p.Files))
	for _, f := range p.Findings {
		first += max(6, 2+len(f.Rests)/28)
	}
	second := note/70 + 2*len(p.Log) + 4*len(p.Keys) + room(5, 4, len(p.Sheets))
	return first > 48 || second > 56
}

// room is what a table takes that is only there where it has rows.
func room(head, row, rows int) int {
	if rows == 0 {
		return 0
	}
	return head + row*rows
}
