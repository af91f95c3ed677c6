package synthetic

import (
	"math/rand/v2"
	"time"
)

// times sets when the case was made and last changed, before the start.
func (d *draft) times(r *rand.Rand) {
	age := d.age(r)
	d.updated = d.opts.Start.Add(-age)
	took := 3*time.Minute + time.Duration(r.IntN(400))*time.Second
	d.created = d.updated.Add(-took).Add(-time.Duration(r.IntN(1e6)) * time.Microsecond)
	d.updated = d.updated.Add(time.Duration(r.IntN(1e6)) * time.Microsecond)
}

// age is how long ago the case last changed. Of those that wait, two thirds came
// within a day; the others have passed the target, a few the limit too.
func (d *draft) age(r *rand.Rand) time.Duration {
	between := func(from, to time.Duration) time.Duration {
		return from + time.Duration(r.Int64N(int64(to-from)/int64(time.Second)))*time.Second
	}
	switch dice := r.IntN(100); {
	case d.fate == arriving:
		return between(4*time.Minute, 3*time.Hour)
	case d.fate == lapsed:
		return between(2*day, 9*day)
	case d.fate != reviewing:
		return between(2*time.Hour, 9*day)
	case dice < 64:
		return between(4*time.Minute, 23*time.Hour)
	case dice < 82:
		return between(24*time.Hour, 70*time.Hour)
	}
	return between(73*time.Hour, 7*day)
}

const day = 24 * time.Hour
