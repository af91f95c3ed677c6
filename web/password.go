package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// The cost of a password hash: 64 MiB, three passes, two lanes; 0.2 s on a small
// machine, well above OWASP's floor.
var hashCost = argon2id.Params{Memory: 64 << 10, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}

// HashPassword makes the PHC string under which a password is stored.
func HashPassword(password string) (string, error) {
	return argon2id.CreateHash(password, &hashCost)
}

// hasher hashes at most two passwords at once, since each takes 64 MiB, and no more than
// there are processors for: more would come no sooner, and hold up every page.
type hasher struct {
	slots    chan struct{}
	patience time.Duration // how long somebody waits for a place
	cost     argon2id.Params
	dummy    string // a hash that no password opens, for names nobody has
	ran      atomic.Int64
}

// patience ends before the server hangs up ([writeTimeout]): who waits gets an answer.
const patience = 20 * time.Second

// errBusy is for those who found no place.
var errBusy = refusal{http.StatusServiceUnavailable, "Many people are signing in", "Nothing is wrong with what you typed: the desk checks one password after another. Try again in a moment."}

func newHasher(cost argon2id.Params) *hasher {
	places := max(1, min(2, runtime.GOMAXPROCS(0)/int(cost.Parallelism)))
	return &hasher{slots: make(chan struct{}, places), patience: patience, cost: cost, dummy: fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s",
		cost.Memory, cost.Iterations, cost.Parallelism, strings.Repeat("A", 22), strings.Repeat("A", 43))}
}

func (h *hasher) enter(ctx context.Context) error {
	wait := time.NewTimer(h.patience)
	defer wait.Stop()
	select {
	case h.slots <- struct{}{}:
		h.ran.Add(1)
		return nil
	case <-wait.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

// leave gives the place back, and the hash's memory to the machine before that: left
// to the collector, some people who sign in after one another would keep four times
// 64 MiB.
func (h *hasher) leave() {
	if h.cost.Memory >= muchMemory {
		debug.FreeOSMemory()
	}
	<-h.slots
}

const muchMemory = 16 << 10 // KiB; less, as in tests, is not worth a collection

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(password, &h.cost)
}

// errHash is a stored hash that cannot be read. Nobody can sign in with it; the
// visitor is told no more than of a wrong password.
var errHash = errors.New("the stored password hash cannot be read")

// check compares a password with a stored hash. Without a hash to compare with it
// does the same work on the dummy, so that known and unknown names take the same
// time. fresh is a new hash where the stored one was made at another cost.
func (h *hasher) check(ctx context.Context, password, stored string) (ok bool, fresh string, err error) {
	if err := h.enter(ctx); err != nil {
		return false, "", err
	}
	defer h.leave()
	if _, _, _, broken := argon2id.DecodeHash(stored); broken != nil {
		_, _, err := argon2id.CheckHash(password, h.dummy)
		if stored != "" && err == nil {
			err = errHash
		}
		return false, "", err
	}
	ok, params, err := argon2id.CheckHash(password, stored)
	if err != nil || !ok || *params == h.cost {
		return ok, "", err
	}
	fresh, err = argon2id.CreateHash(password, &h.cost)
	return true, fresh, err
}

// A password's length, in characters. There are no rules of composition.
const (
	shortestPassword = 15
	longestPassword  = 128
)

// passwordFault says what is wrong with a new password; "" for nothing.
func passwordFault(password, email, name string) string {
	switch n := utf8.RuneCountInString(password); {
	case n < shortestPassword:
		return fmt.Sprintf("Use %d characters or more. A few words are fine.", shortestPassword)
	case n > longestPassword:
		return fmt.Sprintf("Use at most %d characters.", longestPassword)
	}
	folded := foldPassword(password)
	if isCommon(folded) {
		return "This password is among the first that attackers try. Choose another one."
	}
	for _, own := range ownWords(email, name) {
		if strings.Contains(folded, own) {
			return "Leave out your name, your e-mail address and the name of this program."
		}
	}
	return ""
}

// ownWords are the words that somebody who knows the person would try.
func ownWords(email, name string) []string {
	words := []string{"reviewdesk"}
	local, _, _ := strings.Cut(email, "@")
	for _, text := range []string{email, local, name} {
		if folded := foldPassword(text); utf8.RuneCountInString(folded) >= 4 {
			words = append(words, folded)
		}
	}
	for part := range strings.FieldsSeq(name) {
		if folded := foldPassword(part); utf8.RuneCountInString(folded) >= 4 {
			words = append(words, folded)
		}
	}
	return words
}

// foldPassword is a text without case, white space and the marks that people put
// between words: what an attacker's rules vary first.
func foldPassword(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-_.,!?'", r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}

// isCommon knows the long passwords of the public lists, by word and by pattern:
// one short piece over and over, and runs of the keyboard or the alphabet.
func isCommon(folded string) bool {
	if commonPasswords[folded] {
		return true
	}
	runes := []rune(folded)
	for size := 1; size <= min(6, len(runes)/2); size++ {
		if repeats(runes, size) {
			return true
		}
	}
	for _, run := range keyRuns {
		if len(runes) >= 10 && strings.Contains(run, folded) {
			return true
		}
	}
	return len(runes) < 8 // nothing but white space and marks
}

func repeats(runes []rune, size int) bool {
	for i := size; i < len(runes); i++ {
		if runes[i] != runes[i-size] {
			return false
		}
	}
	return len(runes) >= 2*size
}

var keyRuns = []string{
	strings.Repeat("abcdefghijklmnopqrstuvwxyz", 5), strings.Repeat("zyxwvutsrqponmlkjihgfedcba", 5),
	strings.Repeat("1234567890", 13), strings.Repeat("0123456789", 13), strings.Repeat("9876543210", 13), strings.Repeat("0987654321", 13),
	strings.Repeat("qwertyuiopasdfghjklzxcvbnm", 5), strings.Repeat("qwertzuiopasdfghjklyxcvbnm", 5), strings.Repeat("azertyuiopqsdfghjklmwxcvbn", 5),
	strings.Repeat("1qaz2wsx3edc4rfv5tgb6yhn7ujm", 5), strings.Repeat("q1w2e3r4t5y6u7i8o9p0", 7), strings.Repeat("1q2w3e4r5t6y7u8i9o0p", 7),
	strings.Repeat("abc123", 22), strings.Repeat("a1b2c3d4e5f6g7h8i9j0", 7),
}

// commonPasswords are those of 15 characters and more (as typed) that stand in
// public lists of leaked passwords, folded.
var commonPasswords = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonList) {
		set[word] = true
	}
	return set
}()

const commonList = `
passwordpassword password123456 password12345678 password123456789 password1234567 password123password mypassword123456 mypassword12345
passwordpassword1 thisismypassword thisisapassword thisispassword thisisnotapassword newpassword12345 newpassword123456 changemechangeme
changeme12345678 changemeplease changemenow12345 letmeinletmein letmeinplease123 letmein123456789 letmeinnow12345 welcomewelcome welcome123456789
welcome12345678 welcometothejungle welcomebackagain administrator administrator1 administrator12 administrator123 administrator1234 adminadminadmin
admin1234567890 adminpassword adminpassword1 adminpassword123 administratorpassword rootrootrootroot rootpassword1234 superadministrator qwertyuiopasdf
qwertyuiopasdfg qwertyuiop12345 qwertyuiop123456 qwertyuiop1234567890 qwertyuiop[]asdf qwerty123456789 qwerty1234567890 qwertyqwerty1234 qwerty123qwerty123
asdfghjkl123456 asdfghjklqwertyuiop zxcvbnmasdfghjkl zxcvbnmasdfghjklqwertyuiop 1qaz2wsx3edc4rfv 1qaz2wsx3edc4rfv5tgb qazwsxedcrfvtgb qazwsxedcrfvtgbyhn
qazwsxedcrfvtgbyhnujm zaq12wsxcde34rfv 1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8 123456789012345 1234567890123456 12345678901234567890
123456789abcdef 0123456789abcdef abcdef0123456789 abcdefghijklmno abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcd1234abcd1234 abc123abc123abc123
111111111111111 000000000000000 aaaaaaaaaaaaaaa iloveyouiloveyou iloveyou12345678 iloveyou123456789 iloveyouforever iloveyousomuch iloveyouverymuch iloveyoubaby123
iloveyou3000iloveyou loveyouforever ihateyouihateyou correcthorsebatterystaple correcthorsebattery
tobeornottobe tobeornottobethatisthequestion maytheforcebewithyou theforceiswithyou opensesameopensesame opensesame123456 abracadabra12345 supercalifragilistic
supercalifragilisticexpialidocious onceuponatime thequickbrownfox thequickbrownfoxjumpsoverthelazydog quickbrownfoxjumps loremipsumdolor loremipsumdolorsitamet
trustno1trustno1 trustnoonetrustnoone letthemeatcake ilovemyfamily ilovemymother ilovemyhusband ilovemywife12345 ilovemydog12345 ilovejesuschrist jesuschristislord
jesusismysavior jesusislord12345 godisgoodallthetime godisgreat123456 thankyoujesus123 liverpoolfootballclub manchesterunited manchesterunited1 manchestercity123 realmadrid123456
fcbarcelona12345 barcelonabarcelona youllneverwalkalone starwarsstarwars harrypotterharrypotter lordoftherings gameofthrones winteriscoming valarmorghulis expectopatronum
ilovechocolate chocolatechocolate sunshinesunshine sunshine12345678 princessprincess princess12345678 footballfootball football12345678 baseballbaseball superman12345678
supermansuperman batmanbatmanbatman dragondragondragon monkeymonkeymonkey mastermastermaster secretsecretsecret secretpassword topsecretpassword supersecretpassword
thisisasecret123 thisismysecret donttellanyone dontforgetthis donotforgetthis iforgotmypassword forgotmypassword forgottenpassword idontknowmypassword mysecretpassword
yourpasswordhere enterpasswordhere defaultpassword defaultpassword1 defaultpassword123 temporarypassword temporarypassword1 temppassword1234 testpassword1234 testtesttesttest
testing123456789 testingtesting123 userpassword1234 useruseruseruser guestguestguest1 guestpassword123 computercomputer internetinternet googlegooglegoogle facebookfacebook
facebookpassword microsoftwindows windowsxpwindows linuxlinuxlinux1 companypassword companypassword1 compliancecompliance complianceofficer complianceteam12345 verification12345
identityverification passwordmanager correctpassword incorrectpassword wrongpassword123 passwordisincorrect yourpasswordisincorrect whatismypassword whatisthepassword
whatisyourpassword nopasswordneeded nopassword123456 p@ssw0rdp@ssw0rd p@ssw0rd12345678 p@ssword12345678 passw0rdpassw0rd passw0rd12345678 passwort12345678 passwortpasswort
motdepasse123456 motdepassemotdepasse contraseña123456 contrasena123456 micontraseña1234 contraseñacontraseña senha12345678901 minhasenha123456 wachtwoord123456 hasło12345678901
summer2024summer2024 summer2025summer2025 summer2026summer2026 winter2024winter2024 winter2025winter2025 winter2026winter2026 spring2026spring2026 autumn2026autumn2026
january123456789 december12345678 monday1234567890 happybirthday123 happybirthdaytoyou merrychristmas123 happynewyear2025 happynewyear2026 happynewyear2027 goodmorning12345
goodmorningsunshine hellohellohello hellohellohello1 helloworld123456 helloworldhelloworld hello1234567890 howareyoutoday whateverwhatever whatever12345678 nothingnothing
somethingsomething everything12345 neversaynever123 neversaydie12345 liveandletlive livelaughlove123 livelaughlove dontworrybehappy carpediemcarpediem hakunamatata1234 hakunamatata
`
