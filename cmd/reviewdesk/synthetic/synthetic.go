// Package synthetic makes up verifications: people who do not exist, their
// documents, and what a machine found about them. The demo and load tests are
// filled with them.
//
// The ideas:
//
// Nothing is stored in the desk's own shape. A [Case] is written as the object
// that its provider would send, with our extension member for what the provider
// has no place for, and takes the road of every import: what the demo shows is
// what real input looks like.
//
// The same [Options] and the same number give the same case, whatever was made
// before it, so that a million cases need no more memory than one.
//
// The evidence fits the findings. Each failure code has a twist (twist.go) that
// makes the trouble: for id_expiration_check_failure the document runs out before
// it is submitted, for name_check_failure the name typed is not the one printed,
// for selfie_failure the selfie shows somebody else and the match is low. What no
// twist touched agrees. A [scenario] is a list of codes and an outcome; the first
// cases go once through all scenarios, which together hold every code of the
// catalogue and one that it does not hold, and later ones repeat the frequent.
//
// Nobody real can be meant: names are put together from lists, addresses end in
// .example, telephone numbers are of ranges that regulators keep free for fiction
// or of the unassigned country code 999, and every picture says SPECIMEN.
package synthetic

import (
	"encoding/hex"
	"math/rand/v2"
	"time"

	"reviewdesk/review"
)

// Options fix what is made.
type Options struct {
	Seed  int64
	Start time.Time // "now": every case is older
}

// Generator makes cases.
type Generator struct {
	opts Options
	turn []int // the order in which the first cases go through the scenarios
}

// New makes a generator.
func New(o Options) *Generator {
	o.Start = o.Start.UTC().Truncate(time.Second)
	g := &Generator{opts: o}
	g.turn = g.dice(-1, forTurn).Perm(len(scenarios))
	return g
}

// Case is one verification before it is written as its provider's object.
type Case struct {
	Provider review.Provider
	Updated  time.Time // when the provider last changed it, UTC
	draft    *draft
}

// Case makes case number i, from 0.
func (g *Generator) Case(i int) Case {
	s := g.scenario(i)
	d := g.draft(i, s)
	return Case{Provider: s.provider, Updated: d.updated, draft: d}
}

// Object writes the case as its provider's JSON, without pictures.
func (c Case) Object() ([]byte, error) { return c.draft.object(nil) }

// Illustrated writes the case as its provider's JSON, with the pictures that its
// applicant sent. Drawing them takes most of the time.
func (c Case) Illustrated() ([]byte, error) { return c.draft.object(c.draft.pictures()) }

// What a random source is for. Each has its own, so that a change in one leaves
// the others as they were.
const (
	forTurn = iota
	forScenario
	forPerson
	forID
	forTwist
	forTime
)

// dice is the random source for one aspect of case i.
func (g *Generator) dice(i int, aspect uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(g.opts.Seed)*0x9e3779b97f4a7c15+aspect, uint64(i)*0xd1b54a32d192ed03+aspect<<32))
}

// scenario picks what case i is about.
func (g *Generator) scenario(i int) scenario {
	if i < len(g.turn) {
		return scenarios[g.turn[i]]
	}
	at := g.dice(i, forScenario).IntN(scenarioWeight)
	for _, s := range scenarios {
		if at -= s.weight; at < 0 {
			return s
		}
	}
	return scenarios[0]
}

// guid makes 32 hexadecimal digits in the manner of a random UUID.
func guid(r *rand.Rand) string {
	b := make([]byte, 16)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return hex.EncodeToString(b)
}

// hyphens puts the hyphens of a UUID into 32 digits.
func hyphens(g string) string {
	return g[:8] + "-" + g[8:12] + "-" + g[12:16] + "-" + g[16:20] + "-" + g[20:]
}

// one picks an element.
func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
