package specimen

import (
	"strings"
	"sync"
	"unicode"
)

// latin writes a name of any script in A–Z, digits, spaces and hyphens.
// European letters follow ICAO 9303-3; other scripts get a plain romanisation
// (no reversible X-codes), so that the printed name and the machine-readable
// zone agree. What cannot be read is left out.
func latin(s string) string {
	words := strings.FieldsFunc(strings.ToUpper(s), unicode.IsSpace)
	out := words[:0]
	for _, w := range words {
		if w = word(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// word writes one upper-case word; an Arabic article is set off by a hyphen.
func word(w string) string {
	if known, ok := tables().words[w]; ok {
		return known
	}
	if rest, ok := strings.CutPrefix(w, "ال"); ok && rest != "" {
		return "AL-" + word(rest)
	}
	return spell(w)
}

// printable is the name as the document shows it: Latin letters with their
// accents where the font has them, the transliteration everywhere else.
func printable(s string) string {
	own := true
	up := strings.ToUpper(strings.Join(strings.Fields(s), " "))
	for _, r := range up {
		punct := r < 0x80 && !unicode.IsControl(r) || r == '’'
		if !punct && !(unicode.Is(unicode.Latin, r) && hasGlyph(r)) {
			own = false
		}
	}
	if own {
		return up
	}
	var out []string
	for w := range strings.FieldsSeq(up) {
		out = append(out, printableWord(w))
	}
	return strings.Join(strings.Fields(strings.Join(out, " ")), " ")
}

// printableWord keeps a Latin word's accents and transliterates the rest.
func printableWord(w string) string {
	var b strings.Builder
	for _, r := range w {
		switch {
		case unicode.Is(unicode.Latin, r) && hasGlyph(r), r == '-', r == '\'', r == '’', r == '.':
			b.WriteRune(r)
		case unicode.Is(unicode.Latin, r):
			b.WriteString(tables().runes[r])
		case unicode.Is(unicode.Mn, r) && r < 0x370, unicode.IsControl(r):
		default:
			return latin(w)
		}
	}
	return b.String()
}

// speller builds one transliterated word.
type speller struct {
	b        strings.Builder
	inherent bool // an Indic consonant whose vowel is still open
	double   bool // a small tsu: the next consonant counts twice
}

// spell transliterates one upper-case word.
func spell(w string) string {
	var sp speller
	for _, r := range w {
		sp.add(r)
	}
	return strings.Trim(sp.b.String(), "-")
}

func (sp *speller) add(r rune) {
	t := tables()
	switch {
	case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
		sp.write(string(r))
	case r >= 0xAC00 && r <= 0xD7A3:
		sp.write(hangul(r))
	case r >= 0x900 && r <= 0x97F:
		sp.indic(r)
	case strings.ContainsRune("ゃゅょャュョ", r):
		sp.smallKana(r)
	case r == 'っ' || r == 'ッ':
		sp.double = true
	default:
		sp.write(t.runes[r])
	}
}

func (sp *speller) write(s string) {
	if s == "" {
		return
	}
	if sp.inherent {
		sp.b.WriteString("A")
		sp.inherent = false
	}
	if sp.double {
		sp.b.WriteByte(s[0])
		sp.double = false
	}
	sp.b.WriteString(s)
}

// indic handles Devanagari, whose consonants carry an A unless a vowel sign
// or a virama follows; at the end of a word it is not spoken.
func (sp *speller) indic(r rune) {
	s := tables().runes[r]
	sign := r >= 0x93A && r <= 0x94F && r != 0x93D
	if sign {
		sp.inherent = false
	}
	sp.write(s)
	sp.inherent = r >= 0x915 && r <= 0x939 || r >= 0x958 && r <= 0x95F
}

// smallKana joins ya, yu, yo to the syllable before: KI + YA is KYA.
func (sp *speller) smallKana(r rune) {
	vowel := map[rune]string{'ゃ': "A", 'ャ': "A", 'ゅ': "U", 'ュ': "U", 'ょ': "O", 'ョ': "O"}[r]
	s := strings.TrimSuffix(sp.b.String(), "I")
	sp.b.Reset()
	sp.b.WriteString(s)
	if !strings.HasSuffix(s, "SH") && !strings.HasSuffix(s, "CH") && !strings.HasSuffix(s, "J") {
		sp.b.WriteString("Y")
	}
	sp.b.WriteString(vowel)
}

var (
	hangulFirst = strings.Split("G GG N D DD R M B BB S SS  J JJ CH K T P H", " ")
	hangulVowel = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WO WE WI YU EU UI I", " ")
	hangulLast  = strings.Split(" K K K N N N T L K M L L L P L M P P T T NG T T K T P T", " ")
)

// hangul spells a Korean syllable after the Revised Romanisation.
func hangul(r rune) string {
	i := int(r - 0xAC00)
	return hangulFirst[i/588] + hangulVowel[i%588/28] + hangulLast[i%28]
}

// letterTables maps letters, and a few very common whole words, to Latin.
type letterTables struct {
	runes map[rune]string
	words map[string]string
}

// tables reads the letter lists below once.
var tables = sync.OnceValue(func() letterTables {
	t := letterTables{map[rune]string{}, map[string]string{}}
	for group := range strings.FieldsSeq(letterGroups) {
		to, from, _ := strings.Cut(group, "=")
		for _, r := range from {
			t.runes[r] = to
		}
	}
	for entry := range strings.FieldsSeq(wholeWords) {
		to, from, _ := strings.Cut(entry, "=")
		t.words[from] = to
	}
	return t
})
