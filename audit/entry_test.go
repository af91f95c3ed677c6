package audit_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"reviewdesk/audit"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)

// full has something in every field.
var full = audit.Entry{
	Seq: 7, Time: noon,
	Actor:  audit.Actor{Kind: "person", ID: "u-12", Role: "senior"},
	Action: "decided", Object: "5f0c",
	Before:      &audit.State{State: "in_review", Version: 3},
	After:       &audit.State{State: "passed", Version: 4},
	Facts:       []audit.Fact{{Name: "ground", Value: "false_alarm"}, {Name: "ground", Value: "other"}},
	Commitments: []audit.Commitment{{Field: "note", Sum: [32]byte{0xab, 31: 1}}},
	Request:     "r-9", Address: "192.0.2.7", Session: "c41f",
	Factors: []string{"password", "passkey"}, ClockSteppedBack: true,
}

const fullBytes = `{"v":1,"seq":7,"time":"2026-03-01T12:00:00.250Z",` +
	`"actor":{"kind":"person","id":"u-12","role":"senior"},"action":"decided","object":"5f0c",` +
	`"before":{"state":"in_review","version":3},"after":{"state":"passed","version":4},` +
	`"facts":[{"name":"ground","value":"false_alarm"},{"name":"ground","value":"other"}],` +
	`"commitments":[{"field":"note","sum":"ab00000000000000000000000000000000000000000000000000000000000001"}],` +
	`"request":"r-9","address":"192.0.2.7","session":"c41f","factors":["password","passkey"],"clock_stepped_back":true}`

const bareBytes = `{"v":1,"seq":1,"time":"2026-03-01T12:00:00.000Z","actor":{"kind":"","id":"","role":""},` +
	`"action":"started","object":"","before":null,"after":null,"facts":[],"commitments":[],` +
	`"request":"","address":"","session":"","factors":[],"clock_stepped_back":false}`

func bare() audit.Entry {
	return audit.Entry{Seq: 1, Time: noon.Truncate(time.Second), Action: "started"}
}

func object(s string) audit.Entry {
	e := bare()
	e.Object = s
	return e
}

func TestEntryHasOneEncoding(t *testing.T) {
	far := bare()
	far.Seq, far.Time = math.MaxInt64, time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
	with := func(s string) string { return strings.Replace(bareBytes, `"object":""`, `"object":`+s, 1) }
	for name, c := range map[string]struct {
		entry audit.Entry
		want  string
	}{
		"every field is filled":                    {full, fullBytes},
		"nothing is filled that may be empty":      {bare(), bareBytes},
		"quotes and backslashes are escaped":       {object(`a"b\c`), with(`"a\"b\\c"`)},
		"control characters have their short form": {object("\b\t\n\f\r"), with(`"\b\t\n\f\r"`)},
		"other control characters are numbered":    {object("\x00\x1f\x7f"), with("\"\\u0000\\u001f\x7f\"")},
		"markup stands as itself":                  {object("<a>&'/"), with(`"<a>&'/"`)},
		"every script stands as itself":            {object("é漢😀\u2028\ufffd"), with("\"é漢😀\u2028\ufffd\"")},
		"the largest number and the last time": {far, strings.NewReplacer(`"seq":1`, `"seq":9223372036854775807`,
			"2026-03-01T12:00:00.000Z", "9999-12-31T23:59:59.999Z").Replace(bareBytes)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.entry.Bytes()
			if err != nil || string(got) != c.want {
				t.Fatalf("got  %s, %v\nwant %s", got, err, c.want)
			}
			if !json.Valid(got) {
				t.Error("that is not JSON")
			}
			back, err := audit.Parse(got)
			if err != nil || !reflect.DeepEqual(back, c.entry) {
				t.Errorf("read back %+v, %v\nwant %+v", back, err, c.entry)
			}
		})
	}
}

func TestEmptyAndMissingListsAreTheSame(t *testing.T) {
	e := bare()
	e.Facts, e.Commitments, e.Factors = []audit.Fact{}, []audit.Commitment{}, []string{}
	got, err := e.Bytes()
	if err != nil || string(got) != bareBytes {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestBytesRefusesWhatHasNoCanonicalForm(t *testing.T) {
	const bad = "\xff"
	for name, spoil := range map[string]func(*audit.Entry){
		"no number":                  func(e *audit.Entry) { e.Seq = 0 },
		"a negative number":          func(e *audit.Entry) { e.Seq = -1 },
		"no action":                  func(e *audit.Entry) { e.Action = "" },
		"no time":                    func(e *audit.Entry) { e.Time = time.Time{} },
		"a part of a millisecond":    func(e *audit.Entry) { e.Time = e.Time.Add(1) },
		"another time zone":          func(e *audit.Entry) { e.Time = e.Time.In(time.FixedZone("", 3600)) },
		"a time zone that looks UTC": func(e *audit.Entry) { e.Time = e.Time.In(time.FixedZone("UTC", 0)) },
		"a year of five digits":      func(e *audit.Entry) { e.Time = e.Time.AddDate(8000, 0, 0) },
		"two sums for one field":     func(e *audit.Entry) { e.Commitments = append(e.Commitments, e.Commitments[0]) },
		"a broken actor kind":        func(e *audit.Entry) { e.Actor.Kind = bad },
		"a broken actor id":          func(e *audit.Entry) { e.Actor.ID = bad },
		"a broken role":              func(e *audit.Entry) { e.Actor.Role = bad },
		"a broken action":            func(e *audit.Entry) { e.Action = bad },
		"a broken object":            func(e *audit.Entry) { e.Object = bad },
		"a broken state before":      func(e *audit.Entry) { e.Before = &audit.State{State: bad} },
		"a broken state after":       func(e *audit.Entry) { e.After = &audit.State{State: bad} },
		"a broken fact name":         func(e *audit.Entry) { e.Facts = []audit.Fact{{Name: bad}} },
		"a broken fact value":        func(e *audit.Entry) { e.Facts = []audit.Fact{{Value: bad}} },
		"a broken field":             func(e *audit.Entry) { e.Commitments = []audit.Commitment{{Field: bad}} },
		"a broken request":           func(e *audit.Entry) { e.Request = bad },
		"a broken address":           func(e *audit.Entry) { e.Address = bad },
		"a broken session":           func(e *audit.Entry) { e.Session = bad },
		"a broken factor":            func(e *audit.Entry) { e.Factors = []string{bad} },
	} {
		t.Run(name, func(t *testing.T) {
			e := full
			spoil(&e)
			if b, err := e.Bytes(); err == nil {
				t.Errorf("written as %s", b)
			}
		})
	}
}

func TestParseRefusesEveryOtherForm(t *testing.T) {
	for name, c := range map[string]struct{ old, new string }{
		"nothing at all":                {fullBytes, ""},
		"not an object":                 {fullBytes, "null"},
		"a newline behind it":           {`true}`, "true}\n"},
		"a space between members":       {`,"seq"`, `, "seq"`},
		"a second object behind it":     {`true}`, `true}{}`},
		"a byte order mark":             {`{"v"`, "\ufeff" + `{"v"`},
		"another version":               {`"v":1`, `"v":2`},
		"no version":                    {`"v":1,`, ``},
		"members in another order":      {`"v":1,"seq":7`, `"seq":7,"v":1`},
		"a member twice":                {`"seq":7`, `"seq":7,"seq":7`},
		"a member nobody knows":         {`"seq":7`, `"seq":7,"x":0`},
		"a member in capitals":          {`"seq"`, `"SEQ"`},
		"a member gone":                 {`"object":"5f0c",`, ``},
		"null for a text":               {`"5f0c"`, `null`},
		"null for a list":               {`["password","passkey"]`, `null`},
		"a number as text":              {`"seq":7`, `"seq":"7"`},
		"a number with an exponent":     {`"seq":7`, `"seq":7e0`},
		"a number with a fraction":      {`"seq":7`, `"seq":7.0`},
		"a number too large":            {`"seq":7`, `"seq":9223372036854775808`},
		"number nought":                 {`"seq":7`, `"seq":0`},
		"a time without milliseconds":   {`:00.250Z`, `:00Z`},
		"a time in microseconds":        {`.250Z`, `.250000Z`},
		"a time with a comma":           {`.250Z`, `,250Z`},
		"a time with an offset":         {`.250Z`, `.250+00:00`},
		"a day that is not":             {`03-01T`, `02-30T`},
		"an escape that is not needed":  {`"5f0c"`, `"\u0035f0c"`},
		"an escaped slash":              {`"5f0c"`, `"\/"`},
		"half a surrogate pair":         {`"5f0c"`, `"\ud800"`},
		"bytes that are not UTF-8":      {`"5f0c"`, "\"\xff\""},
		"a sum in capitals":             {`"ab00`, `"AB00`},
		"a sum too short":               {`"ab00`, `"ab`},
		"a sum that is no number":       {`"ab00`, `"xy00`},
		"a state without its version":   {`,"version":3`, ``},
		"one field committed to twice":  {`"commitments":[`, `"commitments":[{"field":"note","sum":"` + strings.Repeat("0", 64) + `"},`},
		"a truth as a number":           {`:true}`, `:1}`},
		"cut off in the middle":         {fullBytes, fullBytes[:100]},
		"brackets without any end":      {`"5f0c"`, strings.Repeat("[", 1e5)},
		"an actor who is only a string": {`{"kind":"person","id":"u-12","role":"senior"}`, `"u-12"`},
	} {
		t.Run(name, func(t *testing.T) {
			input := strings.Replace(fullBytes, c.old, c.new, 1)
			if input == fullBytes {
				t.Fatal("the test changes nothing")
			}
			if _, err := audit.Parse([]byte(input)); !errors.Is(err, audit.ErrNotCanonical) {
				t.Errorf("got %v, want %v", err, audit.ErrNotCanonical)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(fullBytes))
	f.Add([]byte(bareBytes))
	f.Add([]byte(strings.Replace(bareBytes, `"object":""`, `"object":"\u0000<é\u2028"`, 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := audit.Parse(b)
		if err != nil {
			if !errors.Is(err, audit.ErrNotCanonical) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		again, err := e.Bytes()
		if err != nil || string(again) != string(b) {
			t.Fatalf("read %q\nwrote %q, %v", b, again, err)
		}
	})
}

func TestCommitment(t *testing.T) {
	c, key, err := audit.Commit("note", []byte("Maria Example"))
	if err != nil {
		t.Fatal(err)
	}
	other, otherKey, _ := audit.Commit("note", []byte("Maria Example"))
	if other.Sum == c.Sum || otherKey == key {
		t.Error("two commitments to one value can be told to be to the same")
	}
	flipped := key
	flipped[31] ^= 1
	for name, row := range map[string]struct {
		key   []byte
		value string
		want  bool
	}{
		"its own key and value open it":  {key[:], "Maria Example", true},
		"another value does not":         {key[:], "Maria Exampla", false},
		"another key does not":           {otherKey[:], "Maria Example", false},
		"a key with one bit turned":      {flipped[:], "Maria Example", false},
		"a key with a zero behind":       {append(key[:], 0), "Maria Example", false},
		"no key":                         {nil, "Maria Example", false},
		"an empty value where there was": {key[:], "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.Opens(row.key, []byte(row.value)); got != row.want {
				t.Errorf("got %t", got)
			}
		})
	}
	for _, field := range []string{"", "\xff"} {
		if _, _, err := audit.Commit(field, nil); err == nil {
			t.Errorf("%q passed for a field", field)
		}
	}
}
