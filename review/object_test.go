package review_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"reviewdesk/review"
)

func TestAnObjectIsReadStrictly(t *testing.T) {
	deep := func(levels int) string {
		return `{"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`
	}
	tests := []struct {
		name, object, want string // want: the error; "" for none
	}{
		{"an empty object is an object", `{}`, ""},
		{"white space around it is let through", " \t\r\n{ } \n", ""},
		{"every kind of value is let through", `{"a":"x","b":-0.5e+10,"c":true,"d":false,"e":null,"f":[1,[]],"g":{"h":{}}}`, ""},
		{"tab, line feed and carriage return may be escaped", `{"a":"x\ty\nz\r\u0009\u000A\u000d"}`, ""},
		{"a whole surrogate pair is a character", `{"a":"\uD83D\uDE00"}`, ""},
		{"any script is let through", `{"имя":"Ζωή 山田"}`, ""},
		{"a depth of 32 is let through", deep(32), ""},
		{"a depth of 33 is not", deep(33), "a" + strings.Repeat("[0]", 31) + ": lies deeper than 32 levels"},
		{"nothing at all is no object", ``, "the object: want one JSON object"},
		{"a list is no object", `[{}]`, "the object: want one JSON object"},
		{"a text is no object", `"x"`, "the object: want one JSON object"},
		{"a byte order mark is no object", "\ufeff{}", "the object: want one JSON object"},
		{"a second object is too much", `{} {}`, "the object: something follows it"},
		{"a stray bracket is too much", `{}}`, "the object: something follows it"},
		{"an object must end", `{"a":1`, "the object: want a comma or the end of the object"},
		{"a list must end", `{"a":[1`, "a[0]: want a comma or the end of the list after it"},
		{"a text must end", `{"a":"x`, "a: ends within a text"},
		{"an escape must end", `{"a":"x\`, "a: ends within a text"},
		{"a value must follow", `{"a":`, "a: ends too early"},
		{"a trailing comma is refused", `{"a":1,}`, "the object: want a member's name in quotes"},
		{"a trailing comma in a list is refused", `{"a":[1,]}`, "a[1]: want a value"},
		{"a name needs quotes", `{a:1}`, "the object: want a member's name in quotes"},
		{"a name needs a colon", `{"a" 1}`, "a: want a colon after the name"},
		{"a word that is no literal is refused", `{"a":nil}`, "a: want a value"},
		{"a literal must end where it ends", `{"a":nulls}`, "the object: want a comma or the end of the object"},
		{"a number has no leading zero", `{"a":01}`, "the object: want a comma or the end of the object"},
		{"a number has digits after its point", `{"a":1.}`, "a: is no number"},
		{"a number has digits after its exponent", `{"a":1e+}`, "a: is no number"},
		{"a number has digits after its sign", `{"a":-}`, "a: is no number"},
		{"a comment is refused", `{/*x*/"a":1}`, "the object: want a member's name in quotes"},
		{"a raw line feed in a text is refused", "{\"a\":\"x\ny\"}", "a: holds a control character"},
		{"a raw NUL is refused", "{\"a\":\"\x00\"}", "a: holds a control character"},
		{"a NUL outside a text is refused", "{\x00}", "the object: want a member's name in quotes"},
		{"an escaped NUL is refused", `{"a":"\u0000"}`, "a: holds a control character"},
		{"an escaped bell is refused", `{"a":"\u0007"}`, "a: holds a control character"},
		{"a backspace is refused", `{"a":"\b"}`, "a: holds a control character"},
		{"a form feed is refused", `{"a":"\f"}`, "a: holds a control character"},
		{"a delete is refused", "{\"a\":\"\x7f\"}", "a: holds a control character"},
		{"an escaped delete is refused", `{"a":"\u007F"}`, "a: holds a control character"},
		{"a C1 control is refused", "{\"a\":\"\u0085\"}", "a: holds a control character"},
		{"an escaped C1 control is refused", `{"a":"\u009b"}`, "a: holds a control character"},
		{"a control character in a name is refused", `{"\u0000":1}`, "(a member's name): holds a control character"},
		{"bytes that are no UTF-8 are refused", "{\"a\":\"\xff\"}", "a: holds bytes that are no UTF-8"},
		{"an encoded surrogate is no UTF-8", "{\"a\":\"\xed\xa0\x80\"}", "a: holds bytes that are no UTF-8"},
		{"an overlong form is no UTF-8", "{\"a\":\"\xc0\xaf\"}", "a: holds bytes that are no UTF-8"},
		{"a name that is no UTF-8 is refused", "{\"\xff\":1}", "(a member's name): holds bytes that are no UTF-8"},
		{"a lone high surrogate is refused", `{"a":"\uD83D"}`, "a: holds half a character (a lone high surrogate)"},
		{"a high surrogate before a letter is refused", `{"a":"\uD83D\u0041"}`, "a: holds half a character (a lone high surrogate)"},
		{"two high surrogates are refused", `{"a":"\uD83D\uD83D"}`, "a: holds half a character (a lone high surrogate)"},
		{"a lone low surrogate is refused", `{"a":"\uDE00"}`, "a: holds half a character (a lone low surrogate)"},
		{"a lone surrogate in a name is refused", `{"\uDE00":1}`, "(a member's name): holds half a character (a lone low surrogate)"},
		{"an escape of three digits is refused", `{"a":"\u12G4"}`, "a: holds an escape that JSON does not know"},
		{"an unknown escape is refused", `{"a":"\x41"}`, "a: holds an escape that JSON does not know"},
		{"a name twice is refused", `{"a":1,"a":1}`, "a: stands twice (capitals make no difference)"},
		{"a name twice with other capitals is refused", `{"guid":1,"GUID":1}`, "GUID: stands twice (capitals make no difference)"},
		{"a name twice by an escape is refused", `{"a":1,"\u0061":1}`, "a: stands twice (capitals make no difference)"},
		{"the Kelvin sign is a k", "{\"k\":1,\"\u212a\":1}", "(unusual name): stands twice (capitals make no difference)"},
		{"a name twice further down is refused", `{"a":{"b":[{"c":1,"C":2}]}}`, "a.b[0].C: stands twice (capitals make no difference)"},
		{"the path leads through objects", `{"pii":{"name":{"first":"\u0000"}}}`, "pii.name.first: holds a control character"},
		{"the path leads through lists", `{"documents":[{},{"files":[1,"\u0000"]}]}`, "documents[1].files[1]: holds a control character"},
		{"a strange name is not repeated", `{"<script>":"\u0000"}`, "(unusual name): holds a control character"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := review.ReadObject([]byte(test.object))
			if got := message(err); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var object *review.ObjectError
			if err != nil && !errors.As(err, &object) {
				t.Errorf("%T is no ObjectError", err)
			}
			if err == nil && !json.Valid([]byte(test.object)) {
				t.Error("accepted what encoding/json calls invalid")
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAnObjectKeepsEveryByteOfEveryValue(t *testing.T) {
	const object = `{ "z" : 1.000000000000000000001 , "a":"\u0041\/" ,"m":{ "x" : [ 1,2 ] },"\u00e9":null }`
	members, err := review.ReadObject([]byte(object))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"z":1.000000000000000000001,"a":"\u0041\/","m":{ "x" : [ 1,2 ] },"é":null}`
	if got := string(members.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestMembersAreGotSetAndTakenOut(t *testing.T) {
	members, err := review.ReadObject([]byte(`{"a":1,"b":"<&>","c":[ ]}`))
	if err != nil {
		t.Fatal(err)
	}
	if raw, there := members.Get("b"); !there || string(raw) != `"<&>"` {
		t.Errorf("b is %s", raw)
	}
	if _, there := members.Get("B"); there {
		t.Error("B was found by the name b")
	}
	rest := members.Without("b")
	if got := string(rest.Bytes()); got != `{"a":1,"c":[ ]}` {
		t.Errorf("without b: %s", got)
	}
	for _, set := range []review.Member{{"a", nil}, {"d", []byte(`{ "e" : 1 }`)}} {
		var value any = set.Value
		if set.Value == nil {
			value = "<&> é"
		}
		if err := members.Set(set.Name, value); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(members.Bytes()); got != `{"a":"<&> é","b":"<&>","c":[ ],"d":{ "e" : 1 }}` {
		t.Errorf("after Set: %s", got)
	}
	if got := string(rest.Bytes()); got != `{"a":1,"c":[ ]}` {
		t.Errorf("Set reached a copy: %s", got)
	}
}

func TestAMemberCannotBeSetToWhatIsNoSoundJSON(t *testing.T) {
	for name, value := range map[string]any{
		"half a list":         json.RawMessage(`[1`),
		"two values":          json.RawMessage(`1 2`),
		"nothing":             json.RawMessage(``),
		"a control character": "\x00",
		"a function":          func() {},
	} {
		members := review.Members{}
		if err := members.Set("a", value); err == nil {
			t.Errorf("%s was taken: %s", name, members.Bytes())
		}
	}
}

func TestFieldsNameTheFirstMistakeByItsPath(t *testing.T) {
	const object = `{"text":"x","number":1,"list":["a","b"],"mixed":["a",2],"yes":true,"none":null,"empty":"",
		"time":"2026-01-21T21:37:23.1234567+02:00","old":"1969-12-31T23:59:59Z","loose":"2026-1-21 21:37",
		"date":"2026-02-29","day":"2024-02-29","in":{"deep":{"n":1}},"ins":[{"n":1},3],"Odd":1}`
	tests := []struct {
		name string
		read func(review.Fields)
		want string
	}{
		{"a text is a text", func(f review.Fields) { f.Text("text") }, ""},
		{"what is absent is nobody's mistake", func(f review.Fields) { f.Text("absent"); f.Objects("absent"); f.Object("absent").Text("x") }, ""},
		{"null is as good as absent", func(f review.Fields) { f.Text("none"); f.Texts("none"); f.Time("none"); f.Bool("none") }, ""},
		{"a number is no text", func(f review.Fields) { f.Text("number") }, "number: want a text, got a number"},
		{"a text is no list", func(f review.Fields) { f.Texts("text") }, "text: want a list, got a text"},
		{"a list of texts holds texts", func(f review.Fields) { f.Texts("mixed") }, "mixed[1]: want a text"},
		{"true is no text", func(f review.Fields) { f.Text("yes") }, "yes: want a text, got true or false"},
		{"a text is neither true nor false", func(f review.Fields) { f.Bool("text") }, "text: want true or false, got a text"},
		{"an object is no text", func(f review.Fields) { f.Text("in") }, "in: want a text, got an object"},
		{"a text is no object", func(f review.Fields) { f.Object("text") }, "text: want an object, got a text"},
		{"a list of objects holds objects", func(f review.Fields) { f.Objects("ins") }, "ins[1]: want an object, got a number"},
		{"what is needed must be there", func(f review.Fields) { f.Need("absent") }, "absent: is missing"},
		{"what is needed must not be null", func(f review.Fields) { f.Need("none") }, "none: is missing"},
		{"what is needed must not be empty", func(f review.Fields) { f.Need("empty") }, "empty: is missing"},
		{"a needed time must be there", func(f review.Fields) { f.NeedTime("absent") }, "absent: is missing"},
		{"a mistake further down is named by its path", func(f review.Fields) { f.Object("in").Object("deep").Text("n") }, "in.deep.n: want a text, got a number"},
		{"a mistake in a list is named by its place", func(f review.Fields) { f.Objects("ins")[0].Text("n") }, "ins[1]: want an object, got a number"},
		{"a time has its own spelling", func(f review.Fields) { f.Time("loose") }, "loose: want a time such as 2026-01-21T21:37:23.172157Z"},
		{"a time is after 1970", func(f review.Fields) { f.Time("old") }, "old: want a time between 1970 and 9999"},
		{"a date is a day that was", func(f review.Fields) { f.Date("date") }, "date: want a date such as 1990-02-14"},
		{"a leap day is a day", func(f review.Fields) { f.Date("day") }, ""},
		{"a misspelt name is not overlooked", func(f review.Fields) { f.Text("odd") }, "odd: the name is written with other capitals"},
		{"the first mistake stays", func(f review.Fields) { f.Text("number"); f.Need("absent") }, "number: want a text, got a number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			members, err := review.ReadObject([]byte(object))
			if err != nil {
				t.Fatal(err)
			}
			f := members.Fields()
			test.read(f)
			if got := message(f.Err()); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestATimeIsReadToUTCAndMicroseconds(t *testing.T) {
	got, err := review.ParseTime("2026-01-21T21:37:23.1234567+02:00")
	if err != nil {
		t.Fatal(err)
	}
	if text := got.Format("2006-01-02T15:04:05.999999999Z07:00"); text != "2026-01-21T19:37:23.123456Z" {
		t.Errorf("got %s", text)
	}
	for _, bad := range []string{"", "2026-01-21", "2026-01-21T21:37:23", "2026-01-21T21:37:23,5Z", "2026-01-21T1:37:23Z", "9999-12-31T23:59:59-01:00"} {
		if _, err := review.ParseTime(bad); err == nil {
			t.Errorf("%q was taken for a time", bad)
		}
	}
}

func FuzzReadObject(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9\uD83D\uDE00",{"b":null}],"c":true}`))
	f.Fuzz(func(t *testing.T, object []byte) {
		members, err := review.ReadObject(object)
		if err != nil {
			return
		}
		if !json.Valid(object) {
			t.Fatal("accepted what encoding/json calls invalid")
		}
		again, err := review.ReadObject(members.Bytes())
		if err != nil || len(again) != len(members) {
			t.Fatalf("what was written back is refused: %v", err)
		}
		for i := range members {
			if members[i].Name != again[i].Name || string(members[i].Value) != string(again[i].Value) {
				t.Fatalf("member %d has changed", i)
			}
		}
	})
}
