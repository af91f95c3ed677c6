package web

import (
	"context"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/views"
)

// witnessBanner says how far the witnesses have come. A missing one is told first of
// all: what nobody outside has seen could still be written anew.
func (s *Server) witnessBanner(ctx context.Context, zone *time.Location) (views.Flash, error) {
	w, err := s.db.Witnesses(ctx)
	if err != nil || len(w.All) == 0 {
		return views.Flash{}, err
	}
	now := s.db.Now()
	tone, parts := witnessWords(w, now, func(t time.Time) string { return stamp(t, now, zone).Text })
	return views.Flash{Tone: tone, Text: strings.Join(parts, "; ") + "."}, nil
}

// witnessWords is the state of the witnesses: first how many have seen what, then one
// part for each that is silent or refuses.
func witnessWords(w db.Witnesses, now time.Time, clock func(time.Time) string) (tone string, parts []string) {
	seq, seen := w.Agreed()
	tone, parts = "ok", []string{itoa(int64(seen)) + " of " + counted(len(w.All), "witness has", "witnesses have") + " seen event " + thousands(seq)}
	if seq == 0 {
		parts[0] = "No witness has seen the log yet"
	}
	for _, one := range w.All {
		name := visible(one.Name)
		switch {
		case one.Refused:
			tone = "crit"
			parts = append(parts, name+" refuses: "+visible(one.Trouble))
		case one.Silent(now):
			tone = worse(tone, "warn")
			parts = append(parts, name+silentWords(one, clock))
		}
	}
	if w.Quorum > 0 && (seen < w.Quorum || seq == 0) {
		tone = worse(tone, "bad")
		parts = append(parts, counted(w.Quorum, "witness must", "witnesses must")+" have seen a head before it counts")
	}
	if behind := w.Size - seq; seq > 0 && behind > 0 && tone != "ok" {
		parts = append(parts, counted(behind, "newer event waits", "newer events wait")+" for it")
	}
	return tone, parts
}

func silentWords(w db.Witness, clock func(time.Time) string) string {
	words := " silent since " + clock(w.Since())
	if w.SeenAt.IsZero() {
		words = " has not answered since it was added at " + clock(w.Added)
	}
	if w.Trouble != "" {
		words += " (" + visible(w.Trouble) + ")"
	}
	return words
}

// worse is the graver of two tones.
func worse(a, b string) string {
	order := " ok warn bad crit"
	if strings.Index(order, b) > strings.Index(order, a) {
		return b
	}
	return a
}
