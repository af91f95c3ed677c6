package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrForbidden is a rule of role or of four eyes that forbids the act. The text
// of the [Forbidden] that wraps it says which.
var ErrForbidden = errors.New("not allowed")

// Forbidden says why somebody may not do something.
type Forbidden struct{ Why string }

func (f Forbidden) Error() string { return f.Why }

// Is makes errors.Is(err, ErrForbidden) hold.
func (f Forbidden) Is(target error) bool { return target == ErrForbidden }

// ErrConflict is a case that is not as the person saw it. [Conflict] says how.
var ErrConflict = errors.New("the case has changed")

// Conflict says who was first, and when; or that the evidence is newer.
type Conflict struct {
	Status Status    // as the case stands now
	Who    string    // the person who was first; "" where it was the provider
	When   time.Time // UTC
	What   string    // "approved", "rejected", "proposed", "claimed", "changed"
}

func (c Conflict) Error() string {
	who := c.Who
	if who == "" {
		who = "the provider"
	}
	return fmt.Sprintf("%s %s this case at %s", who, c.What, c.When.UTC().Format("15:04:05 UTC on 2 January 2006"))
}

// Is makes errors.Is(err, ErrConflict) hold.
func (c Conflict) Is(target error) bool { return target == ErrConflict }

// ErrErased is a case whose person was erased. [Erased] says when, and why.
var ErrErased = errors.New("the person was erased")

// Erased says that there is nothing left to work on.
type Erased struct{ Erasure }

func (e Erased) Error() string {
	return fmt.Sprintf("The data of this person were erased on %s: %s.", day(e.At), e.Ground.Words())
}

// Is makes errors.Is(err, ErrErased) hold.
func (e Erased) Is(target error) bool { return target == ErrErased }

// Invalid is input that cannot be taken, by form field. It is returned whole, so
// that a form can show every mistake at once.
type Invalid map[string]string

// Add notes a mistake; the first one of a field stays.
func (i Invalid) Add(field, message string) {
	if _, there := i[field]; !there {
		i[field] = message
	}
}

// Err is the Invalid as an error, or nil when nothing is wrong.
func (i Invalid) Err() error {
	if len(i) == 0 {
		return nil
	}
	return i
}

// Fields lists the fields at fault in a steady order.
func (i Invalid) Fields() []string {
	fields := make([]string, 0, len(i))
	for f := range i {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	return fields
}

func (i Invalid) Error() string {
	parts := make([]string, 0, len(i))
	for _, f := range i.Fields() {
		parts = append(parts, f+": "+i[f])
	}
	return strings.Join(parts, "; ")
}
