package review_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"reviewdesk/review"
)

func TestMaskedValuesKeepWhatTellsRecordsApartAndNoMore(t *testing.T) {
	tests := []struct {
		name        string
		mask        func(string) string
		value, want string
	}{
		{"a date keeps day and century", review.MaskDate, "1990-02-14", "14 ••• 19••"},
		{"what is no date keeps nothing", review.MaskDate, "14/02/1990", "•••"},
		{"no date stays no date", review.MaskDate, "", ""},
		{"a number keeps its last three", review.MaskNumber, "XDA123418", "••••••418"},
		{"a short number keeps a third", review.MaskNumber, "1234", "•••4"},
		{"a number of two keeps nothing", review.MaskNumber, "12", "••"},
		{"no number stays no number", review.MaskNumber, "", ""},
		{"a number in Arabic digits is masked by character", review.MaskNumber, "٠١٢٣٤٥٦٧٨", "••••••٦٧٨"},
		{"an address of mail keeps first letters and ending", review.MaskEmail, "ana.ruiz@example.com", "a•••@e•••.com"},
		{"a local part of one letter is hidden whole", review.MaskEmail, "a@example.com", "•••@e•••.com"},
		{"what has no at sign is masked like a word", review.MaskEmail, "ana", "a•••"},
		{"the last at sign counts", review.MaskEmail, `"a@b"@example.co.uk`, "a•••@e•••.uk"},
		{"a host without a point has no ending", review.MaskEmail, "ana@localhost", "a•••@l•••"},
		{"an ending that is none is not kept", review.MaskEmail, "ana@example. Ana Ruiz", "a•••@e•••"},
		{"no mail stays no mail", review.MaskEmail, "", ""},
		{"a phone keeps its last two digits and its groups", review.MaskPhone, "+34 600 123 456", "+•• ••• ••• •56"},
		{"a short number of a phone keeps nothing", review.MaskPhone, "12345", "•••••"},
		{"letters in a phone are masked", review.MaskPhone, "555-0199-CALL", "•••-••99-••••"},
		{"an address keeps first letters and no digit", review.MaskAddress, "Calle Alcalá 27B, 28004", "C•••• A••••• •••, •••••"},
		{"an address in Greek does too", review.MaskAddress, "Οδός Ερμού 7", "Ο••• Ε•••• •"},
		{"a name keeps first letters", review.MaskName, "  María José  Ruiz", "M••• J••• R•••"},
		{"a name in Cyrillic does too", review.MaskName, "Анна Петрова", "А••• П•••"},
		{"a name of one character is hidden whole", review.MaskName, "李", "•••"},
		{"a name of two keeps the first", review.MaskName, "李娜", "李•••"},
		{"quotation marks are no letters", review.MaskName, "“Bo” Lind", "B••• L•••"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.mask(test.value); got != test.want || !utf8.ValidString(got) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// shown writes spans with the differing ones in brackets and marks as they are.
func shown(spans []review.Span) string {
	var out strings.Builder
	for _, s := range spans {
		if s.Differs {
			out.WriteString("<" + s.Text + ">")
		} else {
			out.WriteString(s.Text)
		}
	}
	return out.String()
}

func TestCompareMarksTheCharactersThatDiffer(t *testing.T) {
	long := strings.Repeat("a", 300)
	tests := []struct{ name, a, b, want string }{
		{"the same is the same", "Ruiz", "Ruiz", "Ruiz"},
		{"nothing is nothing", "", "", ""},
		{"against nothing all differs", "", "Ruiz", "<Ruiz>"},
		{"what is missing leaves no mark", "Ruiz", "Rui", "Rui"},
		{"one letter is marked", "X1234567", "X1284567", "X12<8>4567"},
		{"a letter more is marked", "Petrova", "Petrovva", "Petrov<v>a"},
		{"swapped digits mark one", "1990-02-14", "1990-20-14", "1990-2<0>-14"},
		{"letters around are marked", "ab", "xaby", "<x>ab<y>"},
		{"capitals make no difference", "GARCIA", "Garcia", "Garcia"},
		{"spaces make no difference", "X123 456", "X 123456", "X 123456"},
		{"an accent does", "Garcia", "García", "Garc<í>a"},
		{"letters of another script do", "Anna", "Аnna", "<А>nna"},
		{"any script is compared by character", "山田太郎", "山口太郎", "山<口>太郎"},
		{"long texts are compared at their ends", "x" + long + "y", "x" + strings.Repeat("b", 300) + "y", "x<" + strings.Repeat("b", 300) + ">y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := shown(review.Compare(test.a, test.b)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestReadingsAgreeButForCapitalsAndSpacing(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"Ana Ruiz", "ANA  RUIZ"}: true, {"X 12\u00a03", "x123"}: true, {"ΣΟΦΟΣ", "σοφος"}: true, {"σοφος", "σοφοσ"}: true,
		{"", " "}: true, {"", "Ana"}: false, {"García", "Garcia"}: false, {"Anna", "Аnna"}: false,
	} {
		if got := review.Agree(pair[0], pair[1]); got != want {
			t.Errorf("%q: %v", pair, got)
		}
	}
}

func TestHiddenCharactersBecomeVisible(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain text of any script stays", "Ζωή 山田 אבג Łukasz", "Ζωή 山田 אבג Łukasz"},
		{"nothing is nothing", "", ""},
		{"tab and line ends stay", "a\tb\r\nc", "a\tb\r\nc"},
		{"an override is marked", "a\u202Egpj.exe", "a{[U+202E]}gpj.exe"},
		{"every bidirectional control is marked", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069",
			"{[U+061C]}{[U+200E]}{[U+200F]}{[U+202A]}{[U+202B]}{[U+202C]}{[U+202D]}{[U+2066]}{[U+2067]}{[U+2068]}{[U+2069]}"},
		{"every zero-width character is marked", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u3164",
			"{[U+200B]}{[U+200C]}{[U+200D]}{[U+2060]}{[U+FEFF]}{[U+00AD]}{[U+034F]}{[U+3164]}"},
		{"a control character is marked", "\x00\x1b[31m\u0085", "{[U+0000]}{[U+001B]}[31m{[U+0085]}"},
		{"a line separator is marked", "a\u2028b", "a{[U+2028]}b"},
		{"a tag character is marked", "a\U000E0041", "a{[U+E0041]}"},
		{"a variation selector after its character stays", "葛\U000E0100", "葛\U000E0100"},
		{"a second one hides something", "葛\U000E0100\U000E0101", "葛\U000E0100{[U+E0101]}"},
		{"one at the beginning hides something", "\ufe0fa", "{[U+FE0F]}a"},
		{"bytes that are no text are marked", "a\xffb", "a{[0xFF]}b"},
		{"the replacement character is a character", "a\ufffdb", "a\ufffdb"},
		{"an Arabic number sign has a shape", "\u0600", "\u0600"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			for _, s := range review.Visible(test.text) {
				if s.Mark {
					out.WriteString("{" + s.Text + "}")
				} else {
					out.WriteString(s.Text)
				}
			}
			if out.String() != test.want {
				t.Errorf("got %q, want %q", out.String(), test.want)
			}
		})
	}
}

// The blocks that are told quickly are told as Unicode's tables tell them.
func TestEveryCharacterHidesAsItsPropertiesSay(t *testing.T) {
	for r := rune(1); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		space := r == '\t' || r == '\n' || r == '\r'
		want := !space && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) &&
			unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
		if got := review.Hides(string(r)); got != want {
			t.Errorf("%U hides: %v", r, got)
		}
		other := unicode.In(r, unicode.Latin, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu)
		if mixed := review.MixedScript("Ж" + string(r)); mixed != other {
			t.Errorf("%U is of another script: %v", r, mixed)
		}
	}
	for text, want := range map[string]bool{"": false, "Ana": false, "a\xff": true, "\ufffd": false, "葛\U000E0100": false, " \ufe0f": true} {
		if review.Hides(text) != want {
			t.Errorf("%q hides something: %v", text, !want)
		}
	}
}

func TestANameOfTwoScriptsThatLookAlikeIsNoticed(t *testing.T) {
	for name, want := range map[string]bool{
		"Anna": false, "Анна": false, "Ζωή": false, "Аnna": true, "Paνl": true, "Анна Petrova": true,
		"山田 Taro": false, "O'Neill-Σ": true, "1234": false, "": false,
	} {
		if got := review.MixedScript(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func FuzzTextHelpers(f *testing.F) {
	f.Add("Ana Ruiz", "ana@example.com")
	f.Add("\u202E\xff", "山田")
	f.Fuzz(func(t *testing.T, a, b string) {
		var plain strings.Builder
		for _, s := range review.Compare(a, b) {
			plain.WriteString(s.Text)
		}
		if utf8.ValidString(b) && plain.String() != b {
			t.Errorf("comparing changed %q to %q", b, plain.String())
		}
		for _, s := range review.Visible(a) {
			if !utf8.ValidString(s.Text) {
				t.Errorf("%q shows bytes that are no text", a)
			}
		}
		for _, mask := range []func(string) string{review.MaskDate, review.MaskNumber, review.MaskEmail, review.MaskPhone, review.MaskAddress, review.MaskName} {
			if got := mask(a); utf8.ValidString(a) && !utf8.ValidString(got) {
				t.Errorf("%q is masked as %q", a, got)
			}
		}
	})
}

func TestLettersThatOnlyLookLikeTheOthersAreMarked(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string // each span's script in brackets before its letters
	}{
		"Latin":                        {"Lucía Fernández", "[]Lucía Fernández"},
		"Cyrillic alone":               {"Анна Павлова", "[]Анна Павлова"},
		"one Cyrillic letter":          {"Pаul", "[]P[Cyrillic]а[]ul"},
		"Latin letters among Cyrillic": {"Aннушкa", "[Latin]A[]ннушк[Latin]a"},
		"Greek in Latin, with a space": {"Ανa Moreau", "[Greek]Αν[]a Moreau"},
		"another script altogether":    {"ธนา ทองดี Tana", "[]ธนา ทองดี Tana"},
		"nothing":                      {"", ""},
	} {
		got := ""
		for _, s := range review.LookAlikes(c.text) {
			got += "[" + s.Script + "]" + s.Text
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
