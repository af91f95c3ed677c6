package synthetic

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Stock is what a desk holds that has been at work for long: many cases, most of them
// settled. Of twenty, one waits for an officer; these are among the newest tenth.
// Their ids begin with the time, as those of RFC 9562, version 7, and of many
// platforms do.
type Stock struct {
	g        *Generator
	cases    int
	from, to time.Time
}

// perDay is how many cases come in a day, so that a large stock is an old one; but none
// is younger than leastDays or older than mostDays.
const (
	perDay    = 14_000
	leastDays = 9
	mostDays  = 730
)

// NewStock makes a stock that ends at o.Start.
func NewStock(o Options, cases int) *Stock {
	g := New(o)
	days := min(max(cases/perDay, leastDays), mostDays)
	return &Stock{g: g, cases: cases, from: g.opts.Start.AddDate(0, 0, -days), to: g.opts.Start}
}

// Span is the time in which it all happened, UTC.
func (s *Stock) Span() (from, to time.Time) { return s.from, s.to }

// Arrival is when case i comes in. They come in the order of their numbers.
func (s *Stock) Arrival(i int) time.Time {
	part := float64(i) / float64(max(s.cases, 1))
	return s.from.Add(time.Duration(part * float64(s.to.Sub(s.from)))).Truncate(time.Millisecond)
}

// Life is what becomes of a case on the desk.
type Life int

// What can become of it.
const (
	Settled Life = iota // by the machine, before it came in, or still with it
	Waiting             // for an officer
	Decided             // by officers
)

// Case makes case i, and says what becomes of it.
func (s *Stock) Case(i int) (Case, Life) {
	r := s.g.dice(i, forScenario)
	life, fates := s.life(i, r)
	picked := pick(r, fates)
	d := s.draft(i, picked)
	d.brief = life == Settled
	d.tell()
	return Case{Provider: picked.provider, Updated: d.updated, draft: d}, life
}

// life is exact about how many wait: k of the newest 2k, where k is a twentieth, rounded up.
func (s *Stock) life(i int, r *rand.Rand) (Life, []fate) {
	left, waiting := s.cases-i, (s.cases+19)/20
	switch dice := r.IntN(100); {
	case left <= 2*waiting && left%2 == 0:
		return Waiting, []fate{reviewing}
	case dice < 7:
		return Decided, []fate{reviewing}
	case left <= waiting/5 && dice < 40:
		return Settled, []fate{arriving}
	default:
		return Settled, []fate{passed, failed, lapsed}
	}
}

// pick takes one of the scenarios with these fates, the frequent ones more often.
func pick(r *rand.Rand, fates []fate) scenario {
	sum := 0
	for _, f := range fates {
		sum += weights[f]
	}
	at := r.IntN(sum)
	for _, f := range fates {
		for _, s := range byFate[f] {
			if at -= s.weight; at < 0 {
				return s
			}
		}
	}
	return scenarios[0]
}

var byFate, weights = func() (map[fate][]scenario, map[fate]int) {
	by, sums := map[fate][]scenario{}, map[fate]int{}
	for _, s := range scenarios {
		by[s.fate] = append(by[s.fate], s)
		sums[s.fate] += s.weight
	}
	return by, sums
}()

// draft is a case that came in at its time, some minutes after it was made.
func (s *Stock) draft(i int, picked scenario) *draft {
	g, r := s.g, s.g.dice(i, forID)
	d := &draft{scenario: picked, r: g.dice(i, forTwist), opts: g.opts, who: g.person(i), neighbor: g.person(max(i-1, 0)),
		attempt: 1, attempts: 1, face: 0.80 + float64(r.IntN(18))/100, counted: 100_000 + i}
	d.updated = s.Arrival(i).Add(-time.Duration(r.IntN(20_000)) * time.Millisecond)
	d.created = d.updated.Add(-3*time.Minute - time.Duration(r.IntN(400_000))*time.Millisecond)
	d.id, d.customer = timed(r, d.created), timed(r, d.created.Add(-time.Hour))
	if first, _ := utf8.DecodeRuneInString(d.who.surname); r.IntN(8) == 0 && unicode.Is(unicode.Latin, first) {
		d.who.surname = rareName(r, d.who.surname)
	}
	return d
}

// timed makes 32 hexadecimal digits in the manner of a UUID of version 7.
func timed(r *rand.Rand, at time.Time) string {
	b := make([]byte, 16)
	for i, ms := 5, at.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		b[i] = byte(ms)
	}
	for i := 6; i < len(b); i++ {
		b[i] = byte(r.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return hex.EncodeToString(b)
}

// Syllables of family names that few have: the lists of the nations hold only frequent
// ones, and a search is also for a name that comes once in a million.
var (
	heads  = strings.Fields("Bar Ber Bro Cal Cor Dal Del Dor Ek Fal Fen Gar Gel Gor Hal Hem Hol Jar Kal Kel Kor Lan Lin Lor Mar Mel Mor Nor Or Par Pel Ros Sal Sel Sor Tal Tor Val Ver Vol")
	hearts = strings.Fields("a an ar be bi co da de do e en er fi ga ge go i in ka ke ko la le li lo ma me mi mo na ne ni no o on ra re ri ro sa se si so ta te ti to u va ve vi vo")
	tails  = strings.Fields("bach berg berry brook by camp cott court dale den dorf feld ford gaard ham hof holm hurst kamp land ley low man mark meyer more nell nik quist ridge sen shaw son sted stein strand ström ton vall vik wald ward well wick wood worth")
)

// rareName joins such a name to the one that is there in half of the cases, and stands
// alone in the others.
func rareName(r *rand.Rand, surname string) string {
	rare := one(r, heads) + one(r, hearts) + one(r, tails)
	if r.IntN(2) == 0 {
		return surname + "-" + rare
	}
	return rare
}
