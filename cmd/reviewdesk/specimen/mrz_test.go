package specimen

import (
	"strings"
	"testing"
)

// anna is the holder of ICAO 9303's published specimens.
func anna(kind, number string) Document {
	return Document{
		Kind: kind, Surname: "Eriksson", Given: "Anna Maria", Number: number, Sex: "F",
		Birth: date(1974, 8, 12), Expiry: date(2012, 4, 15),
	}
}

func TestPublishedTD3(t *testing.T) {
	z := zone{number: "L898902C3", birth: "740812", sex: "F", expiry: "120415", optional: "ZE184226B",
		names: mrzNames("Eriksson", "Anna Maria", 39)}
	got := z.td3()
	want := []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if line := MRZ(anna("passport", "L898902C3"))[1]; line[:28] != want[1][:28] {
		t.Errorf("MRZ gives %s", line)
	}
}

func TestPublishedTD1(t *testing.T) {
	got := strings.Join(MRZ(anna("identity_card", "D23145890")), "\n")
	want := "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLongNumber checks 9303-5's overflow of long numbers in TD1.
func TestLongNumber(t *testing.T) {
	got := MRZ(anna("identity_card", "D23145890734"))[0]
	if want := "I<UTOD23145890<7349<<<<<<<<<<<"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWrongDigit wants exactly one wrong check digit, the document number's.
func TestWrongDigit(t *testing.T) {
	for _, kind := range kinds {
		good, bad := anna(kind, "L898902C3"), anna(kind, "L898902C3")
		bad.Defect = MRZWrong
		g, b := MRZ(good), MRZ(bad)
		if kind == "passport" {
			if b[1][9] == g[1][9] || b[1][43:] != check(b[1][:10]+b[1][13:20]+b[1][21:43]) {
				t.Errorf("passport: %s", b[1])
			}
			continue
		}
		if b[0][14] == g[0][14] || b[1][29:] != check(b[0][5:]+b[1][:7]+b[1][8:15]+b[1][18:29]) {
			t.Errorf("%s: %s %s", kind, b[0], b[1])
		}
	}
}

func TestLatin(t *testing.T) {
	for _, c := range []struct{ name, latin, printed string }{
		{"Fernández Quispe", "FERNANDEZ QUISPE", "FERNÁNDEZ QUISPE"},
		{"Müller-Østergård", "MUELLER-OESTERGAARD", "MÜLLER-ØSTERGÅRD"},
		{"O’Connor", "OCONNOR", "O’CONNOR"},
		{"Nguyễn", "NGUYEN", "NGUYEN"},
		{"Lucı́a", "LUCIA", "LUCIA"},
		{"Сергей Иванов", "SERGEI IVANOV", "SERGEI IVANOV"},
		{"Παπαδόπουλος", "PAPADOPOYLOS", "PAPADOPOYLOS"},
		{"محمد الخوري", "MUHAMMAD AL-KHOURY", "MUHAMMAD AL-KHOURY"},
		{"李小明", "LIXIAOMING", "LIXIAOMING"},
		{"김 민준", "KIM MINJUN", "KIM MINJUN"},
		{"さとう きょうこ", "SATOU KYOUKO", "SATOU KYOUKO"},
		{"राम शर्मा", "RAM SHARMA", "RAM SHARMA"},
		{"🙂", "", ""},
	} {
		if got := latin(c.name); got != c.latin {
			t.Errorf("latin(%q) = %q, want %q", c.name, got, c.latin)
		}
		got := printable(c.name)
		if got != c.printed {
			t.Errorf("printable(%q) = %q, want %q", c.name, got, c.printed)
		}
		for _, r := range got {
			if !hasGlyph(r) {
				t.Errorf("printable(%q) contains %q, which the font lacks", c.name, r)
			}
		}
	}
}

// TestFixedTextHasGlyphs keeps tofu out of everything printed by design.
func TestFixedTextHasGlyphs(t *testing.T) {
	for _, r := range "SPECIMEN REPUBLIC · IDENTITY CARD — 0123456789.,:" {
		if !hasGlyph(r) || r < 0x80 && glyphOf(mono, r) == nil {
			t.Errorf("no glyph for %q", r)
		}
	}
	if glyphOf(mono, '<') == nil || glyphOf(mono, '*') == nil {
		t.Error("the mono font lacks < or *")
	}
}

func TestNoNames(t *testing.T) {
	if got := MRZ(Document{})[2]; got != "SPECIMEN<<<<<<<<<<<<<<<<<<<<<<" {
		t.Errorf("no name gives %s", got)
	}
	if got := mrzNames("Wolfeschlegelsteinhausenbergerdorff", "Hubert", 30); got != "WOLFESCHLEGELSTEINHAUSENBER<<H" {
		t.Errorf("long name gives %s", got)
	}
}
