package review

import (
	"slices"
	"strings"
	"testing"
)

// The zones that ICAO 9303 itself prints as examples.
var specimens = map[string][]string{
	"TD1": {"I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
	"TD2": {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"},
	"TD3": {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
}

func TestTheZonesThatTheStandardPrintsAreReadWithEveryDigitRight(t *testing.T) {
	for format, lines := range specimens {
		m, ok := DecodeMRZ(lines)
		if !ok || m.Format != format || len(m.Wrong()) != 0 {
			t.Errorf("%s: %+v, %v", format, m, ok)
		}
		if m.Surname != "ERIKSSON" || m.Given != "ANNA MARIA" || m.Birth != "740812" || m.Sex != "F" || m.Expiry != "120415" || m.Issuer != "UTO" || m.Nationality != "UTO" {
			t.Errorf("%s reads %+v", format, m)
		}
	}
	if m, _ := DecodeMRZ(specimens["TD3"]); m.Kind != "P" || m.Number != "L898902C3" || m.Optional != "ZE184226B" || len(m.Checks) != 5 {
		t.Errorf("the passport reads %+v", m)
	}
	if m, _ := DecodeMRZ(specimens["TD1"]); m.Kind != "I" || m.Number != "D23145890" || m.Optional != "" || len(m.Checks) != 4 {
		t.Errorf("the card reads %+v", m)
	}
}

func TestEachDigitIsWrongWhenWhatItCoversIsAltered(t *testing.T) {
	for name, c := range map[string]struct {
		format string
		line   int
		at     int
		put    string
		wrong  []string
	}{
		"number of a passport":   {"TD3", 1, 0, "M", []string{MRZNumber, MRZAll}},
		"birth of a passport":    {"TD3", 1, 13, "8", []string{MRZBirth, MRZAll}},
		"expiry of a passport":   {"TD3", 1, 21, "2", []string{MRZExpiry, MRZAll}},
		"optional of a passport": {"TD3", 1, 28, "Y", []string{MRZOptional, MRZAll}},
		"composite alone":        {"TD3", 1, 43, "1", []string{MRZAll}},
		"number of a card":       {"TD1", 0, 5, "E", []string{MRZNumber, MRZAll}},
		"birth of a card":        {"TD1", 1, 0, "8", []string{MRZBirth, MRZAll}},
		"expiry of a card":       {"TD1", 1, 8, "2", []string{MRZExpiry, MRZAll}},
		"a letter for a digit":   {"TD1", 1, 6, "O", []string{MRZBirth, MRZAll}},
		"a character of no zone": {"TD2", 1, 2, "*", []string{MRZNumber, MRZAll}},
		"the name":               {"TD2", 0, 5, "A", nil}, // no digit covers it
	} {
		lines := slices.Clone(specimens[c.format])
		lines[c.line] = lines[c.line][:c.at] + c.put + lines[c.line][c.at+1:]
		if m, ok := DecodeMRZ(lines); !ok || !slices.Equal(m.Wrong(), c.wrong) {
			t.Errorf("%s: wrong are %v, want %v", name, m.Wrong(), c.wrong)
		}
	}
}

func TestALongNumberRunsOnInTheOptionalField(t *testing.T) {
	// 9303-5, appendix: number D23145890734, its digit 9 behind it.
	lines := []string{"I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"}
	m, ok := DecodeMRZ(lines)
	if !ok || m.Number != "D23145890734" || m.Optional != "" || m.Checks[0].Printed != "9" || len(m.Wrong()) != 0 {
		t.Errorf("it reads %+v, wrong are %v", m, m.Wrong())
	}
}

func TestAVisaHasNoDigitOverAll(t *testing.T) {
	visa := []string{"V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"}
	m, ok := DecodeMRZ(visa)
	if !ok || len(m.Checks) != 3 || len(m.Wrong()) != 0 || m.Optional != "6ZE184226B" {
		t.Errorf("it reads %+v, wrong are %v", m, m.Wrong())
	}
}

func TestLinesAreReadWhateverTheirCaseAndSpacing(t *testing.T) {
	var loose []string
	for _, line := range specimens["TD1"] {
		loose = append(loose, " "+strings.ToLower(line[:10])+" "+line[10:]+"\t")
	}
	if m, ok := DecodeMRZ(append(loose, "")); !ok || len(m.Wrong()) != 0 {
		t.Errorf("they read %+v", m)
	}
}

func TestWhatIsNoZoneIsNotDecoded(t *testing.T) {
	for _, lines := range [][]string{nil, {""}, {"P<UTO"}, specimens["TD1"][:2], append(slices.Clone(specimens["TD2"]), "X"),
		{specimens["TD3"][0], specimens["TD3"][1][:43]}, {strings.Repeat("é", 22), strings.Repeat("é", 22)}} {
		if m, ok := DecodeMRZ(lines); ok {
			t.Errorf("%q reads %+v", lines, m)
		}
	}
}

func TestTheZoneIsComparedWithWhatWasRead(t *testing.T) {
	if !SameNumber("XDA123418", "xda 123-418") || SameNumber("XDA123418", "XDA123419") {
		t.Error("numbers")
	}
	for _, c := range []struct {
		zone, date string
		same       bool
	}{{"900214", "1990-02-14", true}, {"900214", "1990-02-15", false}, {"90<<<<", "1990-02-14", true}, {"91<<<<", "1990-02-14", false}, {"900214", "", false}, {"", "1990-02-14", false}} {
		if SameDate(c.zone, c.date) != c.same {
			t.Errorf("%s and %s", c.zone, c.date)
		}
	}
}

func FuzzDecodeMRZ(f *testing.F) {
	for _, lines := range specimens {
		f.Add(strings.Join(lines, "\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := DecodeMRZ(strings.Split(text, "\n"))
		if ok && (len(m.Checks) < 3 || m.Format == "") {
			t.Errorf("%q reads %+v", text, m)
		}
	})
}
