package synthetic

import (
	"math/rand/v2"
	"strings"
	"time"

	"reviewdesk/cmd/reviewdesk/specimen"
)

// person is an applicant, as they truly are in the made-up world.
type person struct {
	nation         nation
	given, surname string
	sex            string // "F" or "M"
	face           int64  // the seed of their face
	birth          time.Time
	street, city   string
	phone, email   string
	occupation     string
	number         string // of their document
	kind           string // of their document, in the words of package specimen
	expiry         time.Time
}

var occupations = []string{"Nurse", "Software developer", "Teacher", "Electrician", "Student", "Accountant", "Baker", "Civil engineer", "Translator", "Retired", "Farmer", "Photographer"}

var kinds = []string{"identity_card", "identity_card", "passport", "passport", "passport", "drivers_license", "residence_card"}

// person makes the applicant of case i.
func (g *Generator) person(i int) person {
	r := g.dice(i, forPerson)
	n := one(r, nations)
	p := person{nation: n, sex: one(r, []string{"F", "M"}), occupation: one(r, occupations), kind: one(r, kinds)}
	given := list(n.men)
	if p.sex == "F" {
		given = list(n.women)
	}
	p.given, p.surname = one(r, given), familyName(one(r, list(n.families)), p.sex)
	p.face = specimen.SeedFor(p.sex, r.Int64N(1<<40))
	p.birth = g.day(-(19+r.IntN(50))*365 - r.IntN(365))
	p.expiry = g.day(120 + r.IntN(3000))
	p.street, p.city = fill(r, one(r, strings.Split(n.streets, "|"))), one(r, strings.Split(n.cities, "|"))
	p.phone, p.number = fill(r, n.phone), fill(r, n.number)
	p.email = "applicant" + fill(r, "####") + one(r, []string{"@example.com", "@example.net", "@example.org"})
	return p
}

// day is midnight of the day so many days from the start.
func (g *Generator) day(days int) time.Time {
	return g.opts.Start.Truncate(24*time.Hour).AddDate(0, 0, days)
}

// name is the whole name in the order of the country.
func (p person) name() string { return p.nation.order(p.given, p.surname) }

func (n nation) order(given, surname string) string {
	switch {
	case n.joined:
		return surname + given
	case n.familyFirst:
		return surname + " " + given
	}
	return given + " " + surname
}

// fill puts a digit for each '#' and a letter for each '@'.
func fill(r *rand.Rand, pattern string) string {
	return strings.Map(func(c rune) rune {
		switch c {
		case '#':
			return '1' + rune(r.IntN(9))
		case '@':
			return rune("ABCDEFGHJKLMNPRSTUVWXYZ"[r.IntN(23)])
		}
		return c
	}, pattern)
}
